// page_model.mjs: what tests of the page need: its scripts without the document, and
// messages as the server sends them.

import {readFileSync} from 'node:fs';
import vm from 'node:vm';

for (const file of ['text.js', 'series.js', 'breaker.js', 'meters.js', 'model.js', 'incident.js', 'link.js']) {
  const url = new URL('../../tools/dashboard/' + file, import.meta.url);
  vm.runInThisContext(readFileSync(url, 'utf8'), {filename: file});
}
const names = ['Model', 'Series', 'MOST_EVENTS', 'metersOf', 'incidentOf', 'linkOf', 'readLink', 'refuseUnknown', 'isChosen', 'NOTHING_CHOSEN', 'processFacts',
               'modeText', 'eventTitle', 'eventText', 'timeText', 'rateText', 'percent', 'grouped'];
export const page = vm.runInThisContext(`({${names}})`);

export const kWall = '2023-11-14T22:13:20Z';       // when `now` is 10_000
export const kEpoch = Date.parse(kWall) - 10_000;  // of the dashboard
const wall = (secondsAgo) => new Date(Date.parse(kWall) - secondsAgo * 1000).toISOString();

// The time of the browser, and what a page knows. It begins anew for each test.
export const world = {
  begin() {
    this.now = 10_000;
    this.model = new page.Model(() => this.now);
  },
};

export const head = (snapshot = false) => ({now: world.now, wall: kEpoch + world.now, from: 0, snapshot});
export const processItem = (more = {}) => ({
  process: 0, address: 'unix:/a', up: true, why: '', since: 0, at: world.now, offset: 0, began: 0, hidden: false, missedEvents: 0,
  info: {name: 'shop', pid: '77', incarnation: 'a', time: kWall}, ...more,
});
export const cardItem = (breaker = {}, more = {}) => ({
  card: 7, process: 0, at: world.now, breaker: {name: {method: '/s/A'}, state: 'CLOSED', ...breaker}, modeSeen: 1000, modeExact: false, ...more,
});

// Takes a first message with one breaker, and returns it.
export function begin(breaker, more) {
  world.model.take([head(true), processItem(), cardItem(breaker, more)]);
  return world.model.breakers.get(7);
}

export const event = (sequence, secondsAgo, more = {}) => ({
  sequence: String(sequence), time: wall(secondsAgo), type: 'TRANSITION', from: 'CLOSED', to: 'OPEN', text: '/s/A: opened ' + sequence, ...more,
});
// An event as the server sends it.
export const happening = (e, run = 1) => ({run, at: 10_000 + Date.parse(e.time) - Date.parse(kWall), event: e});
