'use strict';
// card.js: shows a breaker in the document. Names and texts come from other
// programs. Therefore they are only set as textContent.

const SECONDS = 60;  // how many a chart shows

const byId = (id) => document.getElementById(id);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
function append(parent, tag, className, text) {
  const element = make(tag, className, text);
  parent.append(element);
  return element;
}

// These change the document only if the value is new.
function setText(element, text) {
  if (element.shown !== text) element.textContent = element.shown = text;
}
function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}
function setVariable(element, name, value) {
  if (element[name] !== value) element.style.setProperty(name, element[name] = value);
}
function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

// Adds the rates of successes, failures and rejections. Returns the three elements
// that contain the numbers.
function makeRates(parent) {
  return [['success', 'ok'], ['failure', 'failed'], ['rejected', 'rejected']].map(([kind, text]) => {
    const key = append(parent, 'span', 'key ' + kind);
    const number = append(key, 'b', '', '0');
    key.append('/s ' + text);
    return number;
  });
}

// Returns a list item. If `named` is true, it names the breaker.
function makeEvent(event, breaker, named) {
  const item = make('li', 'event ' + (event.to === undefined ? 'MODE' : event.to));
  const head = append(item, 'div');
  append(head, 'b', '', named ? breaker.method : eventTitle(event));
  if (named) head.append(' ' + eventTitle(event).toLowerCase());
  append(head, 'time', '', new Date(event.wall).toLocaleTimeString([], {hour12: false}));
  append(item, 'p', '', eventText(event, breaker.name.method));
  return item;
}

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
    e.method = append(title, 'h3', 'method');
    e.service = append(title, 'div', 'service');
    const badges = append(head, 'div', 'badges');
    e.pill = append(badges, 'span', 'pill');
    e.since = append(badges, 'span', 'since');
    e.why = append(this.root, 'p', 'why');
    e.held = append(this.root, 'p', 'why held');
    e.probe = append(this.root, 'div', 'probe');
    e.probeText = append(e.probe, 'span');
    e.probeTime = append(e.probe, 'b');
    e.probeBar = append(e.probe, 'i');
    e.canvas = append(this.root, 'canvas', 'chart');
    e.canvas.card = this;
    sizes.observe(e.canvas);
    e.rates = makeRates(append(this.root, 'div', 'rates'));
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
    setClass(this.root, 'card ' + b.look + (this.found ? ' found' : ''));
    setText(e.method, b.method);
    e.method.title = b.name.method;
    setText(e.service, b.service || (b.name.method ? 'service' : 'channel'));
    let pill = words(b.state);
    if (b.mode === 'FORCED_OPEN') pill = 'Forced open';
    if (b.mode === 'DISABLED') pill = 'Disabled';
    if (b.mode === 'DRY_RUN') pill += ' · dry run';
    setText(e.pill, pill.toUpperCase());

    const caused = b.state !== 'CLOSED' && b.mode !== 'DISABLED' && b.cause;
    setHidden(e.why, !caused && !(b.mode === 'FORCED_OPEN' && !b.held));
    setText(e.why, caused ? b.why : 'The config rejects every call.');
    e.why.title = b.why;
    setHidden(e.held, !b.held);
    const where = [b.process.name || b.process.address];
    if (b.name.target) where.push(b.name.target);
    if (b.name.key) where.push('key ' + b.name.key);
    setText(e.place, b.lost ? where[0] + ' · not connected, reconnecting' : where.join(' · '));
    e.place.title = where.join(' · ');
    setClass(e.place, b.lost ? 'place gone' : 'place');
    this.renderMeters();
    this.renderEvents();
    this.tick();
    this.draw();
  }

  renderMeters() {
    const wanted = this.breaker.meters();
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
    e.list.replaceChildren(...events.slice().reverse().map((event) => makeEvent(event, this.breaker, false)));
  }

  // Updates what changes with time.
  tick() {
    const e = this.parts;
    const b = this.breaker;
    const t = model.now();
    const from = b.outageSince === undefined ? b.since : b.outageSince;
    setText(e.since, from === undefined || b.lost ? '' : 'for ' + timeText(t - from));
    b.rates(t).forEach((rate, i) => setText(e.rates[i], rateText(rate)));
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
    if (b.held) {
      setText(e.held, 'Held by an operator: ' + words(b.operatorMode) +
              (b.heldUntil === undefined ? ', until it is cleared' : ', ' + timeText(b.heldUntil - t) + ' left'));
    }
  }

  // Draws the calls of the last minute and, below them, the state at each time.
  draw() {
    const pen = fit(this.parts.canvas);
    if (!pen) return;
    const {width, height, context: g} = pen;
    const end = Math.floor(model.now() / 1000);  // excludes the current second
    const begin = end - SECONDS;
    const shown = this.breaker.history.seconds.filter(([second]) => second >= begin && second < end);
    const floor = height - 11;
    const step = width / SECONDS;
    const bar = Math.max(1, step - (step > 4 ? 1.5 : 0.75));
    const most = shown.reduce((max, [, a, b, c]) => Math.max(max, a + b + c), 1);
    g.fillStyle = colours.line;
    g.fillRect(0, floor, width, 1);
    const scale = (floor - 13) / most;
    for (const [second, ...counts] of shown) {
      let y = floor;
      counts.forEach((count, k) => {
        if (count === 0) return;
        const h = Math.max(1, count * scale);
        g.fillStyle = colours.bars[k];
        g.fillRect((second - begin) * step, y - h, bar, h);
        y -= h;
      });
    }
    g.fillStyle = colours.faint;
    g.font = '10px system-ui, sans-serif';
    g.fillText(rateText(most) + '/s', 0, 8);

    const x = (at) => (at / 1000 - begin) * step;
    for (const [state, from, to] of this.breaker.states(begin * 1000, end * 1000)) {
      g.fillStyle = colours.states[state] || colours.faint;
      g.fillRect(x(from), height - 5, Math.max(1.5, x(to) - x(from)), 5);
    }
  }
}

// Gives the canvas the resolution of the screen. Returns its size and its context, or
// null if it is not shown.
function fit(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.wide || (canvas.wide = canvas.clientWidth);
  const height = canvas.high || (canvas.high = canvas.clientHeight);
  if (!width || !height) return null;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.pen = null;
  }
  const context = canvas.pen || (canvas.pen = canvas.getContext('2d'));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height};
}

const colours = {};
function readColours() {
  const root = document.documentElement;
  const get = (name) => {
    root.style.color = 'var(--' + name + ')';  // a canvas cannot read light-dark()
    return getComputedStyle(root).color;
  };
  Object.assign(colours, {
    line: get('line'), faint: get('faint'),
    bars: [get('bar-success'), get('bar-failure'), get('bar-rejected')],
    states: {OPEN: get('open'), HALF_OPEN: get('half'), CLOSED: get('bar-success')},
    looks: {open: get('open'), forced: get('open'), half: get('half'), closed: get('bar-success'), off: get('off'), lost: get('line-strong')},
  });
  root.style.color = '';
}

// The size of a chart depends on its neighbours.
const sizes = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    if (target.wide === target.clientWidth && target.high === target.clientHeight) continue;
    target.wide = target.high = 0;
    target.card.draw();
  }
});

const visible = new Set();  // cards
const observer = new IntersectionObserver((entries) => {
  for (const {target: {card}, isIntersecting} of entries) {
    if (!isIntersecting) { visible.delete(card); continue; }
    visible.add(card);
    card.dirty = true;
    schedule();
  }
}, {rootMargin: '250px 0px'});
