'use strict';
// breaker.js: keeps what the page knows about one breaker.
//
// The messages of the server contain messages of admin.proto as proto3 JSON: a 64-bit
// number is a string, a duration is "1.5s", a time is RFC 3339, and a field that is
// zero is left out. Times without a name are in milliseconds since the dashboard
// started.

const HOUR = 3600000;
const JITTER = 250;            // ms by which the times of two reports may differ
const JUST_RECOVERED = 30000;  // ms for which a closed circuit stays in the first group
const KEPT_EVENTS = 20;        // the newest events are kept, however old they are
const MOST_EVENTS = 400;       // of a breaker or a process

// Returns 0 if the value is absent or not a finite number.
const number = (value) => Number.isFinite(Number(value)) ? Number(value) : 0;
const millis = (duration) => number(parseFloat(duration)) * 1000;

// Returns `before` if `now` differs from it only by jitter, so that a countdown does
// not flicker.
const steady = (before, now) => Math.abs(now - before) <= JITTER ? before : now;

// What the command line counts, too: `fusebox list --troubled` and `fusebox watch`.
// The last known state of a breaker counts, also while its process is lost.
const SHOWN = {
  all: () => true,
  troubled: (breaker) => breaker.state !== 'CLOSED' || breaker.held,
  open: (breaker) => breaker.state === 'OPEN',
  half: (breaker) => breaker.state === 'HALF_OPEN',
  held: (breaker) => breaker.held,
  closed: (breaker) => breaker.state === 'CLOSED',
};

// Something that happened to a breaker or, without one, to the config of a process.
class Happening {
  constructor({run, at, event}, process, breaker) {
    this.process = process;
    this.breaker = breaker;
    this.place = [run, number(event.sequence)];
    this.own = at;  // by the time of the process
    this.wall = number(Date.parse(event.time));
    this.type = event.type;
    const isTransition = event.type === 'TRANSITION';
    this.from = isTransition ? event.from || 'STATE_UNSPECIFIED' : undefined;
    this.to = isTransition ? event.to || 'STATE_UNSPECIFIED' : undefined;
    this.mode = event.mode || 'ENFORCE';
    this.text = event.text || '';
  }
  get at() { return this.own + this.process.offset; }
}

// Adds new events to `list`, which stays in their order, without those that it has.
// Returns a new list.
function mergeEvents(list, added, now) {
  const byPlace = new Map([...list, ...added].map((event) => [event.place.join(), event]));
  const all = [...byPlace.values()].sort(({place: a}, {place: b}) => a[0] - b[0] || a[1] - b[1]);
  const first = all.findIndex((event, i) => i >= all.length - KEPT_EVENTS || event.at >= now - HOUR);
  return all.slice(Math.max(first, all.length - MOST_EVENTS));
}

class Breaker {
  constructor(id, process) {
    this.id = id;
    this.process = process;
    this.used = false;      // it has a state, not only a history
    this.events = [];       // oldest first
    this.eventsSince = 0;   // the server has dropped older ones
    this.seconds = new Series(1000, 80);
    this.tens = new Series(10000, 366);
  }

  // Takes a card of a message at `now`. Returns whether the place of the breaker on
  // the page may change.
  take(card, now) {
    const before = this.key;
    if (card.unused) {
      this.used = false;
      this.takeName(card.unused);
      this.key = undefined;
    }
    if (card.events) {
      this.events = mergeEvents(this.events, card.events.map((event) => new Happening(event, this.process, this)), now);
    }
    if (card.eventsSince) this.eventsSince = card.eventsSince + this.process.offset;
    if (card.breaker) this.takeBreaker(card.breaker, card);
    this.seconds.take(card.seconds || []);
    this.tens.take(card.tens || []);
    return this.key !== before;
  }

  takeName({target = '', method = '', key = ''}) {
    this.name = {target, method, key};
    const slash = method.lastIndexOf('/');
    this.method = method.slice(slash + 1);
    this.service = slash >= 0 ? method.slice(method.startsWith('/') ? 1 : 0, slash) : '';
    if (!this.method) {
      this.method = this.service || target || 'all methods';
      this.service = '';
    }
    this.shortName = this.service ? this.service.slice(this.service.lastIndexOf('.') + 1) + '/' + this.method : this.method;
    this.sortName = [this.service, this.method, target, key].join('\n');
  }

  takeBreaker(b, card) {
    const at = card.at + this.process.offset;
    this.used = true;
    this.takeName(b.name || {});
    this.rules = b.thresholds || {};
    this.counts = b;
    this.state = b.state || 'STATE_UNSPECIFIED';
    this.mode = b.mode || 'ENFORCE';
    this.reason = b.reason;
    const outage = b.outage;
    this.cause = outage ? outage.cause || '' : b.cause || '';
    this.lastCause = outage ? outage.lastCause || '' : '';
    this.openings = outage ? number(outage.openings) : 0;
    this.rejectedInOutage = outage ? number(outage.rejected) : 0;
    this.fallbacksInOutage = outage ? number(outage.fallbacks) : 0;
    this.passedInOutage = outage ? number(outage.notEnforced) : 0;
    this.rejected = Object.values((b.totals || {}).rejected || {}).reduce((sum, count) => sum + number(count), 0);
    // A new generation begins a new time, even if it differs only by jitter.
    if (b.generation !== this.generation) this.since = this.probeAt = undefined;
    this.generation = b.generation;
    this.since = b.inState === undefined ? undefined : steady(this.since, at - millis(b.inState));
    this.outageSince = outage && steady(this.outageSince, at - millis(outage.duration));
    const left = millis(b.probeIn);
    if (b.probeIn === undefined) this.probeAt = undefined;
    // A time that is over stays over.
    else if (left > 0 || !(this.probeAt <= at)) this.probeAt = steady(this.probeAt, at + left);
    this.operatorMode = b.operatorMode;
    this.heldUntil = b.operatorModeLeft === undefined ? undefined : steady(this.heldUntil, at + millis(b.operatorModeLeft));
    this.modeSetAt = b.operatorModeAge === undefined ? undefined : at - millis(b.operatorModeAge);
    this.modeAuthor = b.operatorModeAuthor || '';
    this.modeSeen = card.modeSeen;
    this.modeExact = card.modeExact;
    this.key = [this.sortName, this.state, this.mode, this.operatorMode, this.cause, this.since].join('\n');
  }

  get lost() { return !this.process.up; }
  get held() { return this.operatorMode !== undefined; }

  // Whether somebody, an operator or the config, has set a mode.
  get hasMode() { return this.held || this.mode !== 'ENFORCE'; }

  // Returns since when the mode is in force, and whether it began `exactly` then. If
  // not, it may have begun earlier.
  modeBegin() {
    if (this.modeSetAt !== undefined) return {at: this.modeSetAt, exactly: true};
    const change = this.events.filter((event) => event.type === 'MODE').pop();
    if (change && change.mode === this.mode) return {at: change.at, exactly: true};
    return {at: this.modeSeen + this.process.offset, exactly: this.modeExact};
  }

  get why() {
    const counts = this.openings > 1
      ? ` (${this.openings} openings, ${grouped(this.rejectedInOutage)} ${this.rejectedInOutage === 1 ? 'call' : 'calls'} rejected)`
      : '';
    return this.cause + (this.lastCause ? '; then ' + this.lastCause : '') + counts;
  }

  // Returns the colour: that of the circuit, unless a mode decides about all calls.
  get look() {
    if (this.lost) return 'lost';
    if (this.mode === 'FORCED_OPEN') return 'forced';
    if (this.mode === 'DISABLED') return 'off';
    return {OPEN: 'open', HALF_OPEN: 'half'}[this.state] || 'closed';
  }
  get waitsForProbe() {
    return this.look === 'open' && this.probeAt !== undefined;
  }

  // Returns the group of the page in which the breaker is, and its place there.
  rank(now) {
    if (this.lost) return [2, 0];
    const first = {forced: 0, open: 1, half: 2}[this.look];
    if (first !== undefined) return [0, first];
    if (this.held) return [0, 3];
    if (this.since !== undefined && now - this.since < JUST_RECOVERED) return [0, 4];
    return [1, 0];
  }

  // Returns whether the breaker passes the filter, which is a key of SHOWN, and has
  // each of the `needles` in one of its texts.
  matches(shown, needles) {
    if (!SHOWN[shown](this)) return false;
    if (needles.length === 0) return true;
    const p = this.process;
    const text = [this.name.method, this.name.target, this.name.key, p.label, p.address, this.state, this.cause].join('\n').toLowerCase();
    return needles.every((needle) => text.includes(needle));
  }

  // Returns the calls per second: [admitted, successes, failures, rejected, fallbacks].
  rates() { return this.lost ? [0, 0, 0, 0, 0] : this.seconds.mean(this.process.at, 3); }

  // Returns the known states between two times, in order: [state, from, to].
  states(from, to) {
    const states = [];
    let state;
    const until = (end) => { if (state && end > from) { states.push([state, from, Math.min(end, to)]); from = end; } };
    const known = this.process.began + this.process.offset;
    from = Math.max(from, this.events.length ? Math.min(known, this.events[0].at) : known);
    for (const event of this.events) {
      if (event.to === undefined) continue;
      state = state || event.from;
      until(event.at);
      state = event.to;
    }
    state = states.length === 0 ? this.state : state;
    until(this.lost ? Math.min(this.process.since, to) : to);
    return states.filter(([, begin]) => begin < to);
  }
}
