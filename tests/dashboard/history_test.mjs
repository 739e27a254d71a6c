// history_test.mjs: what the page knows of the last hour: rates, events, and what is going on.
//
//   node --test history_test.mjs

import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {begin, cardItem, event, happening, head, kWall, page, processItem, world} from './page_model.mjs';

const {Series, MOST_EVENTS, incidentOf, eventTitle, eventText} = page;

beforeEach(() => world.begin());

// ---- Rates.

test('Slots are replaced, added in their order, and the oldest go', () => {
  const series = new Series(1000, 3);
  series.take([[5, 1, 1, 0, 0, 0], [7, 2, 2, 0, 0, 0]]);
  series.take([[7, 4, 3, 1, 0, 0], [6, 9, 9, 0, 0, 0]]);
  assert.deepEqual(series.slots, [[5, 1, 1, 0, 0, 0], [6, 9, 9, 0, 0, 0], [7, 4, 3, 1, 0, 0]]);
  series.take([[9, 1, 1, 0, 0, 0]]);
  assert.deepEqual(series.slots.map(([slot]) => slot), [7, 9]);
  assert.deepEqual(series.sum(7, 9), [4, 3, 1, 0, 0]);
});

// One breaker with ten calls in each second until `at`, by the time of the process.
const tenPerSecond = (at) => Array.from({length: Math.floor(at / 1000)}, (_, slot) => [slot, 10, 10, 0, 0, 0]);

test('The rate is that of the last seconds which the process has reported', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0]);
});

test('A late answer changes no rate, neither while it is awaited nor when it comes', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  world.now += 7000;
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'it is late');
  world.model.take([head(), processItem({at: 11_000}), cardItem({}, {at: 11_000, seconds: [[10, 10, 10, 0, 0, 0]]})]);
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'it has come');
  world.now += 140;
  world.model.take([head(), processItem({at: 17_140}), cardItem({}, {at: 17_140, seconds: [11, 12, 13, 14, 15, 16].map((slot) => [slot, 10, 10, 0, 0, 0])})]);
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'the next one came right after it');
});

test('A response at once, before the others report, changes no rate', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  for (const at of [10_050, 10_899, 11_040]) {
    world.model.take([head(), processItem({at})]);
    assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], at);
  }
});

test('A breaker that is left out has no calls', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  world.model.take([head(), processItem({at: 14_000})]);
  assert.deepEqual(breaker.rates(), [0, 0, 0, 0, 0]);
});

test('A lost process has no rates', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  world.model.take([head(), processItem({up: false, why: 'UNAVAILABLE: refused'})]);
  assert.deepEqual(breaker.rates(), [0, 0, 0, 0, 0]);
});

test('Bars join slots, and the last one is the mean of its part', () => {
  const series = new Series(10_000, 100);
  series.take([[0, 50, 50, 0, 0, 0], [1, 100, 90, 10, 0, 0], [2, 200, 200, 0, 0, 0], [3, 40, 40, 0, 0, 0]]);
  assert.deepEqual(series.bars(10_000, 40_000, 0, 34_000).map(([begin, end, [calls]]) => [begin, end, calls]),
                   [[10_000, 20_000, 10], [20_000, 30_000, 20], [30_000, 40_000, 10]]);
  assert.deepEqual(series.bars(0, 40_000, 15_000, 40_000).map(([begin, end, [calls]]) => [begin, end, calls]),
                   [[0, 20_000, 7.5], [20_000, 40_000, 12]]);
});

// ---- Events.

test('Events have the time of the process', () => {
  const breaker = begin({}, {events: [happening(event(5, 30)), happening(event(8, 1))]});
  assert.deepEqual(breaker.events.map(({at}) => at), [-20_000, 9_000]);
  assert.equal(breaker.events[0].wall, Date.parse(kWall) - 30_000);
  assert.equal(breaker.events[1].from, 'CLOSED');
  assert.equal(breaker.events[1].to, 'OPEN');
  world.model.take([head(), processItem({offset: -500})]);
  assert.deepEqual(breaker.events.map(({at}) => at), [-20_500, 8_500], 'a faster response has come');
});

test('Histories are merged, each event once and in order, across restarts', () => {
  const breaker = begin({}, {events: [happening(event(8, 3)), happening(event(9, 2))]});
  const changes = world.model.take([head(), {card: 7, process: 0, events: [happening(event(1, 1), 2), happening(event(5, 4)), happening(event(9, 2))]}]);
  assert(changes.events);
  assert.deepEqual(breaker.events.map(({place}) => place), [[1, 5], [1, 8], [1, 9], [2, 1]]);
});

test('An hour of events is kept, and the newest however old they are', () => {
  const old = Array.from({length: 30}, (_, i) => happening(event(i, 4000 - i)));
  const breaker = begin({}, {events: old});
  assert.equal(breaker.events.length, 20);
  assert.equal(breaker.events[19].place[1], 29);
  const many = Array.from({length: 900}, (_, i) => happening(event(100 + i, 0)));
  world.model.take([head(), {card: 7, process: 0, events: many}]);
  assert.equal(breaker.events.length, MOST_EVENTS);
});

test('The timeline has all events of a time, newest first, and says since when it is complete', () => {
  begin({}, {events: [happening(event(1, 9)), happening(event(4, 2))]});
  world.model.take([head(), processItem({events: [happening(event(3, 3, {type: 'CONFIG_REFUSED', to: undefined, text: 'no'}))]}),
              {...cardItem({name: {method: '/s/B'}}), card: 8, events: [happening(event(2, 5, {from: 'OPEN', to: 'CLOSED'}))]}]);
  const all = world.model.events(0, world.now, () => true);
  assert.deepEqual(all.map(({place, process, breaker}) => [place[1], process.label, breaker && breaker.method]),
                   [[4, 'shop', 'A'], [3, 'shop', undefined], [2, 'shop', 'B'], [1, 'shop', 'A']]);
  assert.equal(eventTitle(all[1]), 'Config refused');
  assert.deepEqual(world.model.events(5000, 7000, () => true).map(({place}) => place[1]), [3, 2]);
  assert.deepEqual(world.model.events(0, world.now, (process, breaker) => breaker && breaker.id === 8).map(({place}) => place[1]), [2]);
  assert.equal(world.model.completeSince(-50_000), 0);
  assert.equal(world.model.completeSince(3000), 3000);
  world.model.take([head(), {card: 8, process: 0, eventsSince: 4000}]);
  assert.equal(world.model.completeSince(3000), 4000);
});

test('A breaker that is no longer in use keeps its history', () => {
  const breaker = begin({}, {events: [happening(event(1, 9))]});
  const changes = world.model.take([head(), {card: 7, process: 0, unused: {method: '/s/A'}}]);
  assert(changes.order);
  assert(!breaker.used);
  assert.deepEqual(world.model.used(), []);
  assert.equal(world.model.events(0, world.now, () => true).length, 1);
  world.model.take([head(), cardItem()]);
  assert(breaker.used);
  assert.equal(breaker.events.length, 1);
});

test('Processes of the same name have numbers', () => {
  world.model.take([head(true), processItem(), {...processItem({address: 'unix:/b', info: {name: 'shop', pid: '78'}}), process: 1},
              {...processItem({address: 'unix:/c', info: {name: ''}}), process: 2}]);
  assert.deepEqual([...world.model.processes.values()].map(({label}) => label), ['shop/77', 'shop/78', 'unix:/c']);
});

test('Events as text', () => {
  const breaker = begin({}, {events: [event(1, 2), {...event(2, 1), type: 'MODE', to: undefined, mode: 'DRY_RUN'}, event(3, 0, {to: undefined, from: 9})]
    .map((each) => happening(each))});
  assert.deepEqual(breaker.events.map(eventTitle), ['Opened', 'Mode: dry run', 'state unspecified']);
  assert.equal(eventText(breaker.events[0], '/s/A'), 'opened 1');
  assert.equal(eventText(breaker.events[0], '/s/B'), '/s/A: opened 1');
});

test('The states of a time', () => {
  const breaker = begin({state: 'HALF_OPEN'}, {events: [happening(event(1, 8)), happening(event(2, 3, {from: 'OPEN', to: 'HALF_OPEN'}))]});
  assert.deepEqual(breaker.states(0, 10_000), [['CLOSED', 0, 2000], ['OPEN', 2000, 7000], ['HALF_OPEN', 7000, 10_000]]);
  assert.deepEqual(breaker.states(8000, 10_000), [['HALF_OPEN', 8000, 10_000]]);
  assert.deepEqual(breaker.states(0, 5000), [['CLOSED', 0, 2000], ['OPEN', 2000, 5000]]);
  assert.deepEqual(breaker.states(-9000, 1000), [['CLOSED', 0, 1000]], 'nobody watched before');
  world.model.take([head(), processItem({up: false, since: 9000})]);
  assert.deepEqual(breaker.states(8000, 10_000), [['HALF_OPEN', 8000, 9000]]);
  assert.deepEqual(begin({state: 'OPEN'}).states(0, 1000), [['OPEN', 0, 1000]]);
});

// ---- What is going on.

test('Somebody who has just come learns since when, why, how many, where, and what next', () => {
  const outage = (more) => ({state: 'OPEN', probeIn: '3.5s', outage: {duration: '90s', cause: 'Refused', openings: 1, rejected: '1200', ...more}});
  world.now = 100_000;
  world.model.take([head(true), processItem(), {...processItem({address: 'unix:/b', info: {name: 'mail'}}), process: 1},
              cardItem(outage(), {tens: [[0, 9, 0, 9, 0, 0], [1, 5, 0, 5, 0, 0]]}),
              {...cardItem({name: {method: '/s/B'}, ...outage({duration: '60s', rejected: '34', fallbacks: '5', openings: 2, lastCause: 'a probe failed: refused'})}), card: 8},
              {...cardItem({name: {method: '/s/C'}, ...outage({cause: 'Slow', rejected: '0'}), probeIn: '9s'}), card: 9, process: 1},
              {...cardItem({name: {method: '/s/D'}, mode: 'DISABLED', operatorMode: 'DISABLED'}), card: 10}]);
  const {title, look, rows} = incidentOf(world.model, world.model.now());
  assert.equal(title, '3 of 4 circuits open for 1 min 30 s');
  assert.equal(look, 'open');
  const facts = Object.fromEntries(rows);
  assert.match(facts.Since, /^\d\d:\d\d:\d\d, 1 min 30 s ago$/);
  assert.equal(facts.Why, 'Refused (2 of 3); 1 other cause');
  assert.equal(facts.Calls, '1,234 calls rejected, 5 failed, 5 answered by a fallback');
  assert.equal(facts.Where, 'shop (2 of 3), mail (1 of 1)');
  assert.equal(facts.Next, 'Next probe in 3.5 s (s/A in shop); before, a probe failed: refused');
  assert.equal(facts.Held, '1 by an operator, for at least 1 min 39 s: 1 disabled in shop');
});

test('The title counts as the tiles do', () => {
  const title = (...states) => {
    world.model.take([head(true), processItem(), ...states.map((state, i) =>
      ({...cardItem({name: {method: '/s/' + i}, state, outage: state === 'CLOSED' ? undefined : {duration: '5s'}}), card: i}))]);
    return incidentOf(world.model, world.model.now()).title;
  };
  assert.equal(title('OPEN', 'HALF_OPEN', 'CLOSED'), '1 of 3 circuits open, 1 half-open for 5 s');
  assert.equal(title('HALF_OPEN', 'CLOSED'), '1 of 2 circuits half-open for 5 s');
  title('OPEN', 'CLOSED');
  world.model.take([head(), processItem({up: false})]);
  assert.equal(incidentOf(world.model, world.model.now()).title, '1 of 2 circuits open', 'the last known state');
});

test('If all is well, the page says so', () => {
  begin();
  assert.deepEqual(incidentOf(world.model, world.model.now()), {title: 'No circuit is open (1 circuit)', look: 'closed', rows: []});
  world.now += 9000;
  assert.deepEqual(incidentOf(world.model, world.model.now()).rows, [['Silent', 'shop (no report for 9 s)']]);
  world.now -= 9000;
  world.model.take([head(), processItem({up: false, since: 4000})]);
  assert.deepEqual(incidentOf(world.model, world.model.now()).rows, [['Lost', 'shop (for 6 s)']]);
});
