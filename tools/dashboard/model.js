'use strict';
// model.js: keeps what the page knows about the processes and their breakers.
//
// The model takes the messages of the server, which relay.h describes. Nothing in
// this file touches the document. All times are in milliseconds since the dashboard
// started.

class Model {
  // `clock` returns milliseconds since any fixed time.
  constructor(clock) {
    this.clock = clock;
    this.offset = 0;             // what to add to get the time of the dashboard
    this.epoch = 0;              // the wall-clock time at which the dashboard started
    this.from = 0;               // the history is complete since then
    this.processes = new Map();  // by index
    this.breakers = new Map();   // by number of the card; also those with only a history
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
    this.epoch = head.wall - head.now;
    this.from = head.from;
  }

  takeProcess({info, events, ...item}, changes) {
    const p = this.processes.get(item.process) || {events: []};
    const before = [p.up, p.name, p.address].join('\n');
    Object.assign(p, item, {
      name: info.name || '', pid: number(info.pid), readOnly: info.readOnly, configErrors: number(info.configErrors),
    });
    this.processes.set(item.process, p);
    if (events) {
      p.events = mergeEvents(p.events, events.map((event) => new Happening(event, p)), this.now());
      changes.events = true;
    }
    if ([p.up, p.name, p.address].join('\n') === before) return;
    this.label();
    changes.order = true;
    for (const breaker of this.breakers.values()) if (breaker.process === p) changes.changed.add(breaker);
  }

  // Names each process as the command line does: with its number if several have the
  // same name, and by its address if it has none.
  label() {
    const all = [...this.processes.values()];
    for (const p of all) {
      p.label = !p.name ? p.address : all.some((other) => other !== p && other.name === p.name) ? p.name + '/' + p.pid : p.name;
    }
  }

  takeCard(item, changes) {
    let breaker = this.breakers.get(item.card);
    if (!breaker) this.breakers.set(item.card, breaker = new Breaker(item.card, this.processes.get(item.process)));
    if (breaker.take(item, this.now())) changes.order = true;
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

  // Returns the breakers that have a state.
  used() { return [...this.breakers.values()].filter((breaker) => breaker.used); }

  // Returns how many breakers there are of each kind, as the command line counts them.
  counts() {
    const counts = {};
    const all = this.used();
    for (const [name, is] of Object.entries(SHOWN)) counts[name] = all.filter(is).length;
    return counts;
  }

  // Returns what happened between two times to the breakers and processes for which
  // `of(process, breaker)` is true, newest first.
  events(from, to, of) {
    const all = [];
    const add = (events, process, breaker) => {
      if (!of(process, breaker)) return;
      for (let i = events.length - 1; i >= 0; --i) if (events[i].at >= from && events[i].at <= to) all.push(events[i]);
    };
    for (const process of this.processes.values()) add(process.events, process);
    for (const breaker of this.breakers.values()) add(breaker.events, breaker.process, breaker);
    return all.sort((a, b) => b.at - a.at);
  }

  // Returns since when the events of a range are complete, or `from` if they are all
  // there.
  completeSince(from) {
    let since = Math.max(from, this.from);
    for (const breaker of this.breakers.values()) since = Math.max(since, breaker.eventsSince);
    return since;
  }
}
