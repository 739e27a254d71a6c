'use strict';
// series.js: keeps the calls of a breaker in slots of time, as the server counts
// them (relay.h).
//
// The server spreads calls over the time in which the process says that they were
// made. Neither it nor the page divides by the time between two arrivals.

const REPORT = 900;  // ms; what happened less than this before a report may be in the next one

class Series {
  // A slot is `width` ms long. The last `most` slots are kept.
  constructor(width, most) {
    this.width = width;
    this.most = most;
    this.slots = [];  // [number, admitted, successes, failures, rejected, fallbacks], sorted; without slots that had no calls
  }

  // Takes slots that are new or have changed.
  take(slots) {
    for (const slot of slots) {
      let at = this.slots.length;
      while (at > 0 && this.slots[at - 1][0] > slot[0]) --at;
      if (at > 0 && this.slots[at - 1][0] === slot[0]) this.slots[at - 1] = slot;
      else this.slots.splice(at, 0, slot);
    }
    const last = this.slots.length ? this.slots[this.slots.length - 1][0] : 0;
    while (this.slots.length && this.slots[0][0] <= last - this.most) this.slots.shift();
  }

  // Returns the calls per second of each kind, [admitted, ...]: the mean of the last
  // `count` whole slots that the process had reported at `at`. If the process answers
  // late, the rate stays until it does.
  mean(at, count) {
    const end = Math.floor((at - REPORT) / this.width);
    return this.sum(end - count, end).map((sum) => sum * 1000 / (count * this.width));
  }

  // Returns the number of calls of each kind in the slots from `begin` to before `end`.
  sum(begin, end) {
    const sums = [0, 0, 0, 0, 0];
    for (let i = this.slots.length - 1; i >= 0 && this.slots[i][0] >= begin; --i) {
      if (this.slots[i][0] < end) for (let kind = 0; kind < 5; ++kind) sums[kind] += this.slots[i][kind + 1];
    }
    return sums;
  }

  // Returns the rates from `from` to `to` as bars of at least `least` ms: [from, to,
  // [admitted, ...] per second]. The process has reported everything until `at`. A bar
  // that is not over at that time is the mean of its part.
  bars(from, to, least, at) {
    const group = Math.max(1, Math.ceil(least / this.width));
    const bars = [];
    for (const [number, ...counts] of this.slots) {
      const begin = Math.floor(number / group) * group * this.width;
      if (begin + group * this.width <= from || begin >= to) continue;
      let bar = bars[bars.length - 1];
      if (!bar || bar[0] !== begin) bars.push(bar = [begin, begin + group * this.width, [0, 0, 0, 0, 0]]);
      counts.forEach((count, kind) => { bar[2][kind] += count; });
    }
    for (const bar of bars) {
      const length = Math.max(1000, Math.min(bar[1], at) - bar[0]);
      bar[2] = bar[2].map((count) => count * 1000 / length);
    }
    return bars;
  }
}
