'use strict';
// card.js: shows one breaker.

class Card {
  constructor(breaker) {
    this.breaker = breaker;
    this.dirty = true;
    this.root = make('article', 'card');
    this.root.card = this;
    observer.observe(this.root);
  }

  remove() {
    observer.unobserve(this.root);
    if (this.parts) sizes.unobserve(this.parts.canvas);
    this.root.remove();
    visible.delete(this);
  }

  // Adds the contents of the card. This happens when it first comes into view.
  build() {
    const e = this.parts = {};
    const head = append(this.root, 'div', 'head');
    const title = append(head, 'div');
    e.method = appendButton(append(title, 'h3'), 'method', '', () => chooseBreaker(this.breaker));
    e.service = append(title, 'div', 'service');
    const badges = append(head, 'div', 'badges');
    e.pill = append(badges, 'span', 'pill');
    e.since = append(badges, 'span', 'since');
    e.why = append(this.root, 'p', 'why');
    e.mode = append(this.root, 'p', 'mode');
    e.modeName = append(e.mode, 'b');
    e.modeText = append(e.mode, 'span');
    e.probe = append(this.root, 'div', 'probe');
    e.probeText = append(e.probe, 'span');
    e.probeTime = append(e.probe, 'b');
    e.probeBar = append(e.probe, 'i');
    e.canvas = append(this.root, 'canvas', 'chart');
    e.canvas.card = this;
    sizes.observe(e.canvas);
    e.setRates = makeRates(append(this.root, 'div', 'rates'));
    e.meters = append(this.root, 'div', 'meters');
    const foot = append(this.root, 'div', 'foot');
    e.past = append(foot, 'details', 'past');
    e.last = append(append(e.past, 'summary'), 'span');
    e.list = append(e.past, 'ol', 'events');
    e.past.addEventListener('toggle', () => { this.listed = null; this.renderEvents(); });
    e.place = append(foot, 'div', 'place');
  }

  render() {
    if (!this.parts) this.build();
    this.dirty = false;
    const e = this.parts;
    const b = this.breaker;
    setClass(this.root, 'card ' + b.look + (this.found ? ' found' : '') + (this.chosen ? ' chosen' : ''));
    e.method.setAttribute('aria-pressed', String(Boolean(this.chosen)));
    setText(e.method, b.method);
    e.method.title = b.name.method;
    setText(e.service, b.process.label + ' · ' + (b.service || (b.name.method ? 'service' : 'channel')));
    setText(e.pill, words(b.state).toUpperCase());
    setClass(e.pill, 'pill ' + (b.lost ? 'lost' : {OPEN: 'open', HALF_OPEN: 'half', CLOSED: 'closed'}[b.state] || 'lost'));

    const caused = b.state !== 'CLOSED' && b.mode !== 'DISABLED' && b.cause;
    setHidden(e.why, !caused);
    setText(e.why, caused ? b.why : '');
    e.why.title = b.why;
    setHidden(e.mode, !b.hasMode);
    setText(e.modeName, words(b.mode));
    const where = [b.process.address];
    if (b.name.key) where.unshift('key ' + b.name.key);
    if (b.name.target) where.unshift(b.name.target);
    setText(e.place, b.lost ? 'not connected, reconnecting' : where.join(' · '));
    e.place.title = where.join(' · ');
    setClass(e.place, b.lost ? 'place gone' : 'place');
    this.renderMeters();
    this.renderEvents();
    this.tick();
    this.draw();
  }

  renderMeters() {
    const wanted = metersOf(this.breaker);
    const drawn = (m) => m.pips <= 12;  // one by one; a larger number becomes a bar
    const shape = wanted.map((m) => m.name + (drawn(m) ? m.pips : '')).join();
    if (this.shape !== shape) {
      this.shape = shape;
      this.meters = wanted.map((m) => {
        const root = make('div', 'meter');
        append(root, 'span', '', m.name);
        const meter = {root, value: append(root, 'b')};
        if (drawn(m)) {
          const pips = append(root, 'div', 'pips');
          meter.pips = Array.from({length: m.pips}, () => append(pips, 'span', 'pip'));
        } else {
          meter.track = append(root, 'div', 'track');
          append(meter.track, 'span', 'fill');
          append(meter.track, 'span', 'mark');
        }
        return meter;
      });
      this.parts.meters.replaceChildren(...this.meters.map((m) => m.root));
    }
    wanted.forEach((m, i) => {
      const meter = this.meters[i];
      setClass(meter.root, 'meter ' + m.heat + (m.few ? ' few' : ''));
      setText(meter.value, m.value);
      if (meter.pips) {
        meter.pips.forEach((pip, k) => setClass(pip, k < m.on ? 'pip on' : 'pip'));
      } else {
        const [part, at] = m.pips ? [m.on / m.pips, 1] : [m.part, m.at];
        setVariable(meter.track, '--part', Math.min(100, part * 100).toFixed(1) + '%');
        setVariable(meter.track, '--at', Math.min(100, at * 100).toFixed(1) + '%');
      }
    });
  }

  renderEvents() {
    const e = this.parts;
    const events = this.breaker.events;
    setHidden(e.past, events.length === 0);
    if (!e.past.open || this.listed === events) return;
    this.listed = events;
    e.list.replaceChildren(...events.slice().reverse().map((event) => makeEvent(event, false)));
  }

  // Updates what changes with time.
  tick() {
    const e = this.parts;
    const b = this.breaker;
    const t = model.now();
    const from = b.outageSince === undefined ? b.since : b.outageSince;
    setText(e.since, from === undefined || b.lost ? '' : 'for ' + timeText(t - from));
    e.setRates(b.rates().slice(1));
    const last = b.events[b.events.length - 1];
    if (last) setText(e.last, eventTitle(last) + ' ' + timeText(t - last.at) + ' ago');
    this.countDown();
  }

  countDown() {
    const e = this.parts;
    const b = this.breaker;
    const t = model.now();
    setHidden(e.probe, !b.waitsForProbe);
    if (b.waitsForProbe) {
      const left = b.probeAt - t;
      setText(e.probeText, left > 0 ? 'Next probe in' : 'The next call is the probe');
      setText(e.probeTime, left > 0 ? timeText(left, true) : '');
      const whole = b.probeAt > b.since ? b.probeAt - b.since : millis(b.rules.openDuration) || 1;
      setVariable(e.probeBar, '--part', Math.min(1, Math.max(0, left / whole)).toFixed(3));
    }
    if (b.hasMode) setText(e.modeText, modeText(b, t));
  }

  draw() {
    const [from, to] = shownTimes();
    drawCalls(this.parts.canvas, this.breaker, from, to);
  }
}
