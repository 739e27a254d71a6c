'use strict';
// model.js: keeps what the page knows about the processes and their breakers.
//
// The model takes the messages of the server, which relay.h describes. They
// contain messages of admin.proto as proto3 JSON: a 64-bit number is a string, a
// duration is "1.5s", a time is RFC 3339, and a field that is zero is left out.
// Nothing in this file touches the document. All times are in milliseconds since
// the dashboard started.

const HISTORY = 64;            // how many seconds of rates are kept; a chart shows 60
const INTERVAL = 1000;         // ms between two reports of a process
const JITTER = 250;            // ms by which a report may be early or late
const JUST_RECOVERED = 30000;  // ms for which a closed circuit stays in the first group

// Returns 0 if the value is absent or not a finite number.
const number = (value) => Number.isFinite(Number(value)) ? Number(value) : 0;
const millis = (duration) => number(parseFloat(duration)) * 1000;

// Returns how near a count is to its limit.
const heatOf = (count, limit) => count >= limit ? 'hot' : count * 2 >= limit ? 'warm' : '';

// Returns `before` if `now` differs from it only by jitter, so that a countdown does
// not flicker.
const steady = (before, now) => Math.abs(now - before) <= JITTER ? before : now;

// Counts the calls of each second by how they ended.
class RateHistory {
  constructor() {
    this.seconds = [];  // [second, successes, failures, rejected], sorted; seconds without calls are left out
    this.sums = [0, 0, 0];
    this.at = -Infinity;
  }

  // Takes the sums of all calls at `at`. Spreads the new calls evenly over the time
  // since the last sums, but at most over one interval.
  take([at, ...sums], unseen) {
    const added = sums.map((sum, i) => sum - this.sums[i]);
    const from = Math.min(at, Math.max(this.at, at - INTERVAL));
    this.sums = sums;
    this.at = at;
    // If a sum went down, the process was restarted.
    if (!unseen && added.every((calls) => calls >= 0)) this.spread(added, from, at);
  }

  spread(added, from, to) {
    const before = (end, all) => end >= to ? all : end <= from ? 0 : Math.floor(all * (end - from) / (to - from));
    const last = Math.floor(to / 1000);
    for (let second = Math.floor(from / 1000); second <= last; ++second) {
      const begin = second * 1000;
      const end = second === last ? to : begin + 1000;
      const part = added.map((all) => before(end, all) - (begin <= from ? 0 : before(begin, all)));
      if (part.some((calls) => calls > 0)) this.add(second, part);
    }
    while (this.seconds.length && this.seconds[0][0] <= last - HISTORY) this.seconds.shift();
  }

  add(second, part) {
    let at = this.seconds.length;
    while (at > 0 && this.seconds[at - 1][0] > second) --at;
    if (at > 0 && this.seconds[at - 1][0] === second) part.forEach((calls, i) => { this.seconds[at - 1][i + 1] += calls; });
    else this.seconds.splice(at, 0, [second, ...part]);
  }

  // Returns the calls per second: the mean of the last three whole seconds.
  mean(now) {
    const end = Math.floor(now / 1000);
    const sums = [0, 0, 0];
    for (const [second, ...calls] of this.seconds) {
      if (second >= end - 3 && second < end) calls.forEach((count, i) => { sums[i] += count / 3; });
    }
    return sums;
  }
}

class Breaker {
  constructor(id, process) {
    this.id = id;
    this.process = process;
    this.events = [];  // oldest first
    this.history = new RateHistory();
  }

  // Takes a card of a message. Returns whether the place of the breaker on the page
  // may change.
  take(card) {
    const before = this.key;
    if (card.breaker) this.takeBreaker(card.breaker, card.at);
    if (card.events) this.events = card.events.map((event) => this.eventOf(event));
    for (const sums of card.sums || []) this.history.take(sums.slice(0, 4), sums[4]);
    return this.key !== before;
  }

  takeBreaker(b, at) {
    const {target = '', method = '', key = ''} = b.name || {};
    this.name = {target, method, key};
    const slash = method.lastIndexOf('/');
    this.method = method.slice(slash + 1);
    this.service = slash >= 0 ? method.slice(method.startsWith('/') ? 1 : 0, slash) : '';
    if (!this.method) {
      this.method = this.service || target || 'all methods';
      this.service = '';
    }
    this.sortName = [this.service, this.method, target, key].join('\n');

    this.rules = b.thresholds || {};
    this.counts = b;
    this.state = b.state || 'STATE_UNSPECIFIED';
    this.mode = b.mode || 'ENFORCE';
    this.reason = b.reason;
    const outage = b.outage;
    this.cause = outage ? outage.cause : b.cause || '';
    this.lastCause = outage ? outage.lastCause || '' : '';
    this.openings = outage ? number(outage.openings) : 0;
    this.rejectedInOutage = outage ? number(outage.rejected) : 0;
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
    this.key = [this.sortName, this.state, this.mode, this.operatorMode, this.cause, this.since].join('\n');
  }

  // Computes `at` from the age of the event by the clock of the process.
  eventOf(event) {
    const wall = number(Date.parse(event.time));
    const isTransition = event.type === 'TRANSITION';
    return {
      wall,
      at: this.process.at - Math.max(0, this.process.wall - wall),
      from: isTransition ? event.from || 'STATE_UNSPECIFIED' : undefined,
      to: isTransition ? event.to || 'STATE_UNSPECIFIED' : undefined,
      mode: event.mode || 'ENFORCE',
      text: event.text || '',
    };
  }

  get lost() { return !this.process.up; }
  get held() { return this.operatorMode !== undefined; }
  get why() {
    const counts = this.openings > 1
      ? ` (${this.openings} openings, ${this.rejectedInOutage} ${this.rejectedInOutage === 1 ? 'call' : 'calls'} rejected)`
      : '';
    return this.cause + (this.lastCause ? '; then ' + this.lastCause : '') + counts;
  }
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

  // Returns whether the breaker passes the filter, which is a look, 'held' or 'all',
  // and has each of the `needles` in one of its texts.
  matches(filter, needles) {
    const look = {forced: 'open', off: 'closed'}[this.look] || this.look;
    if (filter === 'held' ? !this.held || this.lost : filter !== 'all' && filter !== look) return false;
    if (needles.length === 0) return true;
    const p = this.process;
    const text = [this.name.method, this.name.target, this.name.key, p.name, p.address, this.state, this.cause].join('\n').toLowerCase();
    return needles.every((needle) => text.includes(needle));
  }

  rates(now) { return this.lost ? [0, 0, 0] : this.history.mean(now); }

  // Returns how far each rule is from opening the circuit: either `on` of a number of
  // `pips`, or a bar that is filled to `part` and has a mark at `at`.
  meters() {
    const c = this.counts;
    const r = this.rules;
    const meters = [];
    const judged = this.state === 'CLOSED' && (this.mode === 'ENFORCE' || this.mode === 'DRY_RUN');
    const tripped = (reason) => this.state === 'OPEN' && this.reason === reason;
    if (this.state === 'HALF_OPEN') {
      const pips = r.successesToClose || 1;
      const on = number(c.probeSuccesses);
      meters.push({name: 'Successful probes', pips, on, heat: '',
                   value: on + ' of ' + pips + (c.probesInFlight ? ', ' + c.probesInFlight + ' in flight' : '')});
    }
    const pips = number(r.consecutiveFailures);
    if (pips) {
      const over = tripped('CONSECUTIVE_FAILURES');
      const on = over ? pips : judged ? number(c.consecutiveFailures) : 0;
      meters.push({name: 'Failures in a row', pips, on,
                   value: over ? 'tripped at ' + pips : judged ? on + ' of ' + pips : 'opens at ' + pips,
                   heat: heatOf(on, pips)});
    }
    const score = number(r.failureScore);
    if (score) {
      const over = tripped('FAILURE_SCORE');
      const on = over ? score : judged ? number(c.failureScore) : 0;
      meters.push({name: 'Failure score', part: on / score, at: 1,
                   value: over ? 'tripped at ' + score : judged ? on + ' of ' + score : 'opens at ' + score,
                   heat: heatOf(on, score)});
    }
    const ratio = (name, limit, count, least, reason) => {
      if (!(limit > 0)) return;
      const over = tripped(reason);
      const calls = judged ? number(c.window?.calls) : 0;
      const part = calls ? number(count) / calls : 0;
      const few = calls < (least || 1);
      meters.push({name, few, part: over ? Math.max(limit, part) : part, at: limit,
                   value: over ? 'tripped at ' + percent(limit)
                        : !judged ? 'opens at ' + percent(limit)
                        : few ? calls + ' of ' + (least || 1) + ' calls' : percent(part) + ' of ' + percent(limit),
                   heat: over ? 'hot' : few ? '' : heatOf(part, limit)});
    };
    ratio('Failure rate', number(r.failureRate), c.window?.failures, r.failureMinimumCalls, 'FAILURE_RATE');
    ratio('Slow calls', number(r.slowCallRate), c.window?.slowCalls, r.slowMinimumCalls, 'SLOW_CALL_RATE');
    if (r.maxConcurrentCalls) {
      const part = number(c.concurrentCalls) / r.maxConcurrentCalls;
      meters.push({name: 'Concurrent calls', part, at: 1, value: number(c.concurrentCalls) + ' of ' + r.maxConcurrentCalls,
                   heat: part >= 1 ? 'hot' : part >= 0.75 ? 'warm' : ''});
    }
    return meters;
  }

  // Returns the known states between two times, in order: [state, from, to].
  states(from, to) {
    const states = [];
    let state;
    const until = (end) => { if (state && end > from) { states.push([state, from, Math.min(end, to)]); from = end; } };
    for (const event of this.events) {
      if (event.to === undefined) continue;
      state = state || event.from;
      until(event.at);
      state = event.to;
    }
    state = states.length === 0 ? this.state : state;
    until(this.lost ? Math.min(this.process.since, to) : to);
    return states;
  }
}

class Model {
  // `clock` returns milliseconds since any fixed time.
  constructor(clock) {
    this.clock = clock;
    this.offset = 0;             // what to add to get the time of the dashboard
    this.processes = new Map();  // by index
    this.breakers = new Map();   // by number of the card
  }

  now() { return this.clock() + this.offset; }

  // Takes a message. Returns the breakers that are `gone` and those that `changed`,
  // whether the `order` of the page may change, and whether `events` have changed.
  take(message) {
    const changes = {gone: [], changed: new Set(), order: false, events: false};
    for (const item of message) {
      if (item.now !== undefined) this.begin(item, changes);
      else if (item.card !== undefined) this.takeCard(item, changes);
      else if (item.process !== undefined) this.takeProcess(item, changes);
      else if (item.gone !== undefined) this.remove(item.gone, changes);
      else if (item.ended !== undefined) this.processes.delete(item.ended);
    }
    return changes;
  }

  begin(head, changes) {
    if (head.snapshot) {
      for (const id of [...this.breakers.keys()]) this.remove(id, changes);
      this.processes.clear();
      this.offset = -Infinity;
    }
    // Messages can be late, but not early.
    this.offset = Math.max(this.offset, head.now - this.clock());
  }

  takeProcess({info, ...item}, changes) {
    const p = this.processes.get(item.process) || {};
    const before = [p.up, p.name, p.address].join('\n');
    Object.assign(p, item, {
      name: info.name || '', pid: number(info.pid), readOnly: info.readOnly, configErrors: number(info.configErrors),
      wall: number(Date.parse(info.time)),
    });
    this.processes.set(item.process, p);
    if ([p.up, p.name, p.address].join('\n') === before) return;
    changes.order = true;
    for (const breaker of this.breakers.values()) if (breaker.process === p) changes.changed.add(breaker);
  }

  takeCard(item, changes) {
    let breaker = this.breakers.get(item.card);
    if (!breaker) this.breakers.set(item.card, breaker = new Breaker(item.card, this.processes.get(item.process)));
    if (breaker.take(item)) changes.order = true;
    if (item.events) changes.events = true;
    changes.changed.add(breaker);
  }

  remove(id, changes) {
    const breaker = this.breakers.get(id);
    if (!breaker) return;
    this.breakers.delete(id);
    changes.changed.delete(breaker);
    changes.gone.push(breaker);
    changes.order = changes.events = true;
  }
}
