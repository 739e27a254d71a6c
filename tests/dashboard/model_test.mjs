// model_test.mjs: what the page makes of the messages of its server.
//
//   node --test model_test.mjs

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {beforeEach, test} from 'node:test';
import vm from 'node:vm';

for (const file of ['text.js', 'series.js', 'breaker.js', 'meters.js', 'model.js', 'incident.js', 'link.js']) {
  const url = new URL('../../tools/dashboard/' + file, import.meta.url);
  vm.runInThisContext(readFileSync(url, 'utf8'), {filename: file});
}
const names = ['Model', 'Series', 'MOST_EVENTS', 'metersOf', 'incidentOf', 'linkOf', 'readLink', 'refuseUnknown', 'isChosen', 'NOTHING_CHOSEN', 'processFacts',
               'modeText', 'eventTitle', 'eventText', 'timeText', 'rateText', 'percent', 'grouped'].join();
const {Model, Series, MOST_EVENTS, metersOf, incidentOf, linkOf, readLink, refuseUnknown, isChosen, NOTHING_CHOSEN, processFacts,
       modeText, eventTitle, eventText, timeText, rateText, percent, grouped} = vm.runInThisContext(`({${names}})`);

const kWall = '2023-11-14T22:13:20Z';
const wall = (secondsAgo) => new Date(Date.parse(kWall) - secondsAgo * 1000).toISOString();

let now;  // of the browser
let model;
beforeEach(() => {
  now = 10_000;
  model = new Model(() => now);
});

const kEpoch = Date.parse(kWall) - 10_000;  // of the dashboard
const head = (snapshot = false) => ({now, wall: kEpoch + now, from: 0, snapshot});
const processItem = (more = {}) => ({
  process: 0, address: 'unix:/a', up: true, why: '', since: 0, at: now, offset: 0, began: 0, hidden: false, missedEvents: 0,
  info: {name: 'shop', pid: '77', incarnation: 'a', time: kWall}, ...more,
});
const cardItem = (breaker = {}, more = {}) => ({
  card: 7, process: 0, at: now, breaker: {name: {method: '/s/A'}, state: 'CLOSED', ...breaker}, modeSeen: 1000, modeExact: false, ...more,
});

// Takes a first message with one breaker, and returns it.
function begin(breaker, more) {
  model.take([head(true), processItem(), cardItem(breaker, more)]);
  return model.breakers.get(7);
}
const meter = (breaker, name) => metersOf(breaker).find((each) => each.name === name);

// ---- Outages.

test('An outage keeps its beginning and its cause through failed probes', () => {
  const outage = {duration: '35s', cause: 'Refused', openings: 1, rejected: '3'};
  const breaker = begin({state: 'OPEN', generation: '2', inState: '35s', cause: 'Refused', outage});
  assert.equal(breaker.outageSince, now - 35_000);
  assert.equal(breaker.why, 'Refused');
  now += 1000;
  const later = {...outage, duration: '36.001s', openings: 2, lastCause: 'a probe failed', rejected: '1'};
  model.take([head(), cardItem({state: 'OPEN', generation: '4', inState: '0s', cause: 'a probe failed', outage: later})]);
  assert.equal(breaker.outageSince, now - 36_000);
  assert.equal(breaker.cause, 'Refused');
  assert.equal(breaker.why, 'Refused; then a probe failed (2 openings, 1 call rejected)');
  model.take([head(), cardItem({state: 'CLOSED', generation: '5', inState: '0s'})]);
  assert.equal(breaker.outageSince, undefined);
});

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
  now += 7000;
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'it is late');
  model.take([head(), processItem({at: 11_000}), cardItem({}, {at: 11_000, seconds: [[10, 10, 10, 0, 0, 0]]})]);
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'it has come');
  now += 140;
  model.take([head(), processItem({at: 17_140}), cardItem({}, {at: 17_140, seconds: [11, 12, 13, 14, 15, 16].map((slot) => [slot, 10, 10, 0, 0, 0])})]);
  assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], 'the next one came right after it');
});

test('A response at once, before the others report, changes no rate', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  for (const at of [10_050, 10_500, 10_899]) {
    model.take([head(), processItem({at})]);
    assert.deepEqual(breaker.rates(), [10, 10, 0, 0, 0], at);
  }
});

test('A breaker that is left out has no calls', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  model.take([head(), processItem({at: 14_000})]);
  assert.deepEqual(breaker.rates(), [0, 0, 0, 0, 0]);
});

test('A lost process has no rates', () => {
  const breaker = begin({}, {seconds: tenPerSecond(10_000)});
  model.take([head(), processItem({up: false, why: 'UNAVAILABLE: refused'})]);
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

// ---- Messages.

test('A message changes what it names and nothing else', () => {
  const breaker = begin({thresholds: {consecutiveFailures: 5}});
  model.take([head(), {...cardItem({name: {method: '/s/B'}}), card: 8}]);
  assert.equal(meter(breaker, 'Failures in a row').pips, 5);
  const other = model.breakers.get(8);
  assert.deepEqual(metersOf(other), []);
  const cause = '5 consecutive failures, last UNAVAILABLE: refused';
  const changes = model.take([head(), {...cardItem({name: {method: '/s/B'}, state: 'OPEN', cause, probeIn: '2s'}), card: 8}]);
  assert.deepEqual([...changes.changed], [other]);
  assert(changes.order);
  assert.equal(other.look, 'open');
  assert.equal(other.probeAt, 12_000);
  assert.equal(other.cause, cause);
  assert.equal(other.why, cause);
  assert.equal(breaker.look, 'closed');
});

test('Counts alone move no card', () => {
  begin();
  assert.equal(model.take([head(), processItem(), cardItem({consecutiveFailures: 1})]).order, false);
});

test('A card that is gone is forgotten, and a snapshot forgets everything', () => {
  const breaker = begin();
  const changes = model.take([head(), cardItem(), {gone: 7}, {gone: 99}]);
  assert.deepEqual(changes, {gone: [breaker], changed: new Set(), order: true, events: true});
  assert.equal(model.breakers.size, 0);
  const again = begin();
  model.processes.set(5, {});
  assert.deepEqual(model.take([head(true)]).gone, [again]);
  assert.equal(model.breakers.size + model.processes.size, 0);
});

test('The time is that of the message that came fastest', () => {
  model.take([{now: 500_000, wall: 0, from: 0, snapshot: true}]);
  now += 1000;
  model.take([{now: 500_900, snapshot: false}]);
  assert.equal(model.now(), 501_000);
  model.take([{now: 501_200, snapshot: false}]);
  assert.equal(model.now(), 501_200);
  model.take([{now: 100, snapshot: true}]);  // another dashboard
  assert.equal(model.now(), 100);
});

test('A process that is lost takes its cards with it', () => {
  const breaker = begin();
  const changes = model.take([head(), processItem({up: false, why: 'UNAVAILABLE: refused', since: 15_000})]);
  assert.deepEqual([...changes.changed], [breaker]);
  assert(changes.order);
  assert.equal(breaker.look, 'lost');
  assert.deepEqual(breaker.rank(now), [2, 0]);
});

test('What is said of a process', () => {
  const facts = (more, info) => {
    model.take([head(true), processItem({...more, info: {name: 'shop', pid: '77', ...info}})]);
    return processFacts(model.processes.get(0), model.now());
  };
  assert.deepEqual(facts(), ['pid 77', 'unix:/a']);
  assert.deepEqual(facts({}, {name: ''}), ['pid 77']);
  assert.deepEqual(facts({hidden: true, missedEvents: 3}, {readOnly: true, configErrors: '2'}),
                   ['pid 77', 'unix:/a', 'read-only', '2 refused configs', '3 missed events', 'has more breakers than can be shown']);
  assert.deepEqual(facts({at: now - 7000, offset: 1000}), ['no report for 6 s', 'pid 77', 'unix:/a']);
  assert.deepEqual(facts({up: false, why: 'UNAVAILABLE: refused'}), ['reconnecting', 'UNAVAILABLE: refused']);
  assert.deepEqual(facts({up: false, why: 'connecting'}, {name: undefined, configErrors: '1'}),
                   ['reconnecting', 'connecting', '1 refused config']);
});

// ---- States.

test('Countdowns that arrive a little late change nothing', () => {
  const open = {state: 'OPEN', generation: '1', probeIn: '5s', inState: '1s'};
  const breaker = begin(open);
  now += 1040;
  assert.equal(model.take([head(), cardItem({...open, probeIn: '4s', inState: '2s'})]).order, false);
  assert.equal(breaker.probeAt, 15_000);
  assert.equal(breaker.since, 9_000);
  // It has been half-open in between.
  model.take([head(), cardItem({...open, generation: '3', inState: '0s'})]);
  assert.equal(breaker.probeAt, 16_040);
  assert.equal(breaker.since, 11_040);
});

test('Another opening has its own countdown, however close it is to the one before', () => {
  const breaker = begin({state: 'OPEN', generation: '1', probeIn: '5s', inState: '0s'});
  model.take([head(), cardItem({state: 'OPEN', generation: '3', probeIn: '5.100s', inState: '-0.100s'})]);
  assert.equal(breaker.probeAt, 15_100);
  assert.equal(breaker.since, 10_100);
});

test('A countdown that is over stays over', () => {
  const breaker = begin({state: 'OPEN', generation: '1', probeIn: '0.500s'});
  now += 1000;
  model.take([head(), cardItem({state: 'OPEN', generation: '1', probeIn: '0s'})]);
  assert.equal(breaker.probeAt, 10_500);
});

test('Modes, and how long an operator holds one', () => {
  const breaker = begin({mode: 'FORCED_OPEN', operatorMode: 'FORCED_OPEN', operatorModeLeft: '600s'});
  assert.equal(breaker.look, 'forced');
  assert.equal(breaker.heldUntil, 610_000);
  assert(breaker.held);
  for (const [mode, look] of [['DISABLED', 'off'], ['DRY_RUN', 'open'], [undefined, 'open']]) {
    model.take([head(), cardItem({state: 'OPEN', mode, operatorMode: 'ENFORCE', probeIn: '1s'})]);
    assert.equal(breaker.look, look);
    assert.equal(breaker.waitsForProbe, look === 'open');
    assert.equal(breaker.heldUntil, undefined);
    assert(breaker.held, 'held in ENFORCE, which is zero');
  }
  model.take([head(), cardItem()]);
  assert(!breaker.held);
});

test('A mode has an age of its own, and says how sure it is', () => {
  const held = {state: 'OPEN', mode: 'FORCED_OPEN', operatorMode: 'FORCED_OPEN', inState: '100s'};
  const breaker = begin(held);
  assert.deepEqual(breaker.modeBegin(), {at: 1000, exactly: false});
  assert.equal(modeText(breaker, model.now()), 'by an operator, for at least 9 s, until it is cleared');
  model.take([head(), cardItem(held, {modeSeen: 4000, modeExact: true})]);
  assert.deepEqual(breaker.modeBegin(), {at: 4000, exactly: true});
  const change = (sequence, mode) => happening(event(sequence, 7, {type: 'MODE', to: undefined, mode}));
  model.take([head(), {card: 7, process: 0, events: [change(1, 'FORCED_OPEN')]}]);
  assert.deepEqual(breaker.modeBegin(), {at: 3000, exactly: true}, 'the event is better');
  model.take([head(), {card: 7, process: 0, events: [change(2, 'DRY_RUN')]}]);
  assert.deepEqual(breaker.modeBegin(), {at: 4000, exactly: true}, 'the event is of another mode');
  model.take([head(), cardItem({...held, modeAge: '8s', operatorModeLeft: '60s'})]);
  assert.deepEqual(breaker.modeBegin(), {at: 2000, exactly: true}, 'the process says it');
  assert.equal(modeText(breaker, model.now()), 'by an operator, for 8 s, 1 min 0 s left');
  assert.equal(breaker.since, -90_000, 'the circuit has its own age');
  model.take([head(), cardItem({mode: 'DISABLED', modeAge: '8s'})]);
  assert.equal(modeText(breaker, model.now()), 'by the config, for 8 s');
  assert(breaker.hasMode && !breaker.held);
  model.take([head(), cardItem()]);
  assert(!breaker.hasMode);
});

test('Trouble comes first, then who has just recovered, then the healthy', () => {
  const rank = (more) => begin(more).rank(now);
  assert.deepEqual(rank({mode: 'FORCED_OPEN'}), [0, 0]);
  assert.deepEqual(rank({state: 'OPEN'}), [0, 1]);
  assert.deepEqual(rank({state: 'HALF_OPEN'}), [0, 2]);
  assert.deepEqual(rank({operatorMode: 'DISABLED', mode: 'DISABLED'}), [0, 3]);
  assert.deepEqual(rank({inState: '29s'}), [0, 4]);
  assert.deepEqual(rank({inState: '31s'}), [1, 0]);
  assert.deepEqual(rank({}), [1, 0]);
});

test('Filters and searches', () => {
  const breaker = begin({name: {method: '/shop.v1.Cart/Get', target: 'dns:///x', key: 'eu'}, state: 'OPEN', cause: 'Refused'});
  for (const [filter, needles, matches] of [['all', [], true], ['open', [], true], ['closed', [], false], ['half', [], false],
                                            ['held', [], false], ['troubled', [], true], ['all', ['cart', 'refused'], true],
                                            ['all', ['shop', 'eu', 'dns'], true], ['open', ['cart', 'nothing'], false],
                                            ['all', ['unix:/a'], true], ['all', ['open'], true]]) {
    assert.equal(breaker.matches(filter, needles), matches, filter + ' ' + needles);
  }
});

test('The numbers are those of the command line', () => {
  const cards = [{state: 'CLOSED'}, {state: 'OPEN'}, {state: 'HALF_OPEN'},
                 {state: 'CLOSED', mode: 'FORCED_OPEN', operatorMode: 'FORCED_OPEN'}, {state: 'OPEN', operatorMode: 'ENFORCE'},
                 {state: 'CLOSED', mode: 'DISABLED'}, {state: 'CLOSED', mode: 'FORCED_OPEN'}];
  const items = cards.map((breaker, i) => ({...cardItem({name: {method: '/s/' + i}, ...breaker}), card: i}));
  const counts = {all: 7, troubled: 4, open: 2, half: 1, held: 2, closed: 4};
  model.take([head(true), processItem(), ...items]);
  assert.deepEqual(model.counts(), counts);
  model.take([head(), processItem({up: false})]);
  assert.deepEqual(model.counts(), counts, 'the last known state counts');
  model.take([head(), {card: 1, process: 0, unused: {method: '/s/1'}}]);
  assert.deepEqual(model.counts(), {...counts, all: 6, troubled: 3, open: 1});
});

test('Names of methods, services and channels', () => {
  const names = (name) => { const {method, service} = begin({name}); return [method, service]; };
  assert.deepEqual(names({method: '/shop.v1.Cart/Get'}), ['Get', 'shop.v1.Cart']);
  assert.deepEqual(names({method: 'shop.v1.Cart'}), ['shop.v1.Cart', '']);
  assert.deepEqual(names({target: 'dns:///x'}), ['dns:///x', '']);
  assert.deepEqual(names(undefined), ['all methods', '']);
  assert.deepEqual(names({method: '/shop.v1.Cart/'}), ['shop.v1.Cart', '']);
});

test('Meters show how far each rule is from opening the circuit', () => {
  const thresholds = {consecutiveFailures: 4, failureScore: 20, failureRate: 0.5, failureMinimumCalls: 20, slowCallRate: 0.8, slowMinimumCalls: 10,
                      maxConcurrentCalls: 8, successesToClose: 2};
  let breaker = begin({thresholds, consecutiveFailures: 2, failureScore: 7, concurrentCalls: 6, window: {calls: 18, failures: 9, slowCalls: 9}});
  assert.deepEqual(metersOf(breaker).map(({name, value, heat}) => [name, value, heat]), [
    ['Failures in a row', '2 of 4', 'warm'], ['Failure score', '7 of 20', ''], ['Failure rate', '18 of 20 calls', ''], ['Slow calls', '50 % of 80 %', 'warm'],
    ['Concurrent calls', '6 of 8', 'warm']]);
  breaker = begin({thresholds, state: 'OPEN', reason: 'FAILURE_RATE'});
  assert.deepEqual(metersOf(breaker).map(({value, heat}) => [value, heat]), [
    ['opens at 4', ''], ['opens at 20', ''], ['tripped at 50 %', 'hot'], ['opens at 80 %', ''], ['0 of 8', '']]);
  breaker = begin({thresholds: {failureScore: 20}, state: 'OPEN', reason: 'FAILURE_SCORE'});
  assert.deepEqual(metersOf(breaker), [{name: 'Failure score', part: 1, at: 1, value: 'tripped at 20', heat: 'hot'}]);
  breaker = begin({thresholds: {successesToClose: 2}, state: 'HALF_OPEN', probeSuccesses: 1, probesInFlight: 3});
  assert.deepEqual(metersOf(breaker), [{name: 'Successful probes', pips: 2, on: 1, heat: '', value: '1 of 2, 3 in flight'}]);
});

test('Values that no process means do no harm', () => {
  const breaker = begin({state: 7, mode: 9, probeIn: '315576000000s', inState: '-315576000000s', name: {method: '</script>\n"'},
                         thresholds: {failureRate: 'NaN', slowCallRate: 'Infinity', consecutiveFailures: 4294967295}});
  assert.equal(breaker.look, 'closed');
  assert.equal(breaker.name.method, '</script>\n"');
  assert.deepEqual(metersOf(breaker).map(({name}) => name), ['Failures in a row']);
  assert.deepEqual(breaker.rank(now), [0, 4]);
});

// ---- Events.

const event = (sequence, secondsAgo, more = {}) => ({
  sequence: String(sequence), time: wall(secondsAgo), type: 'TRANSITION', from: 'CLOSED', to: 'OPEN', text: '/s/A: opened ' + sequence, ...more,
});
// An event as the server sends it.
const happening = (e, run = 1) => ({run, at: 10_000 + Date.parse(e.time) - Date.parse(kWall), event: e});

test('Events have the time of the process', () => {
  const breaker = begin({}, {events: [happening(event(5, 30)), happening(event(8, 1))]});
  assert.deepEqual(breaker.events.map(({at}) => at), [-20_000, 9_000]);
  assert.equal(breaker.events[0].wall, Date.parse(kWall) - 30_000);
  assert.equal(breaker.events[1].from, 'CLOSED');
  assert.equal(breaker.events[1].to, 'OPEN');
  model.take([head(), processItem({offset: -500})]);
  assert.deepEqual(breaker.events.map(({at}) => at), [-20_500, 8_500], 'a faster response has come');
});

test('Histories are merged, each event once and in order, across restarts', () => {
  const breaker = begin({}, {events: [happening(event(8, 3)), happening(event(9, 2))]});
  const changes = model.take([head(), {card: 7, process: 0, events: [happening(event(1, 1), 2), happening(event(5, 4)), happening(event(9, 2))]}]);
  assert(changes.events);
  assert.deepEqual(breaker.events.map(({place}) => place), [[1, 5], [1, 8], [1, 9], [2, 1]]);
});

test('An hour of events is kept, and the newest however old they are', () => {
  const old = Array.from({length: 30}, (_, i) => happening(event(i, 4000 - i)));
  const breaker = begin({}, {events: old});
  assert.equal(breaker.events.length, 20);
  assert.equal(breaker.events[19].place[1], 29);
  const many = Array.from({length: 900}, (_, i) => happening(event(100 + i, 0)));
  model.take([head(), {card: 7, process: 0, events: many}]);
  assert.equal(breaker.events.length, MOST_EVENTS);
});

test('The timeline has all events of a time, newest first, and says since when it is complete', () => {
  begin({}, {events: [happening(event(1, 9)), happening(event(4, 2))]});
  model.take([head(), processItem({events: [happening(event(3, 3, {type: 'CONFIG_REFUSED', to: undefined, text: 'no'}))]}),
              {...cardItem({name: {method: '/s/B'}}), card: 8, events: [happening(event(2, 5, {from: 'OPEN', to: 'CLOSED'}))]}]);
  const all = model.events(0, now, () => true);
  assert.deepEqual(all.map(({place, process, breaker}) => [place[1], process.label, breaker && breaker.method]),
                   [[4, 'shop', 'A'], [3, 'shop', undefined], [2, 'shop', 'B'], [1, 'shop', 'A']]);
  assert.equal(eventTitle(all[1]), 'Config refused');
  assert.deepEqual(model.events(5000, 7000, () => true).map(({place}) => place[1]), [3, 2]);
  assert.deepEqual(model.events(0, now, (process, breaker) => breaker && breaker.id === 8).map(({place}) => place[1]), [2]);
  assert.equal(model.completeSince(-50_000), 0);
  assert.equal(model.completeSince(3000), 3000);
  model.take([head(), {card: 8, process: 0, eventsSince: 4000}]);
  assert.equal(model.completeSince(3000), 4000);
});

test('A breaker that is no longer in use keeps its history', () => {
  const breaker = begin({}, {events: [happening(event(1, 9))]});
  const changes = model.take([head(), {card: 7, process: 0, unused: {method: '/s/A'}}]);
  assert(changes.order);
  assert(!breaker.used);
  assert.deepEqual(model.used(), []);
  assert.equal(model.events(0, now, () => true).length, 1);
  model.take([head(), cardItem()]);
  assert(breaker.used);
  assert.equal(breaker.events.length, 1);
});

test('Processes of the same name have numbers', () => {
  model.take([head(true), processItem(), {...processItem({address: 'unix:/b', info: {name: 'shop', pid: '78'}}), process: 1},
              {...processItem({address: 'unix:/c', info: {name: ''}}), process: 2}]);
  assert.deepEqual([...model.processes.values()].map(({label}) => label), ['shop/77', 'shop/78', 'unix:/c']);
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
  model.take([head(), processItem({up: false, since: 9000})]);
  assert.deepEqual(breaker.states(8000, 10_000), [['HALF_OPEN', 8000, 9000]]);
  assert.deepEqual(begin({state: 'OPEN'}).states(0, 1000), [['OPEN', 0, 1000]]);
});

// ---- What is going on.

test('Somebody who has just come learns since when, why, how many, where, and what next', () => {
  const outage = (more) => ({state: 'OPEN', probeIn: '3.5s', outage: {duration: '90s', cause: 'Refused', openings: 1, rejected: '1200', ...more}});
  now = 100_000;
  model.take([head(true), processItem(), {...processItem({address: 'unix:/b', info: {name: 'mail'}}), process: 1},
              cardItem(outage(), {tens: [[0, 9, 0, 9, 0, 0], [1, 5, 0, 5, 0, 0]]}),
              {...cardItem({name: {method: '/s/B'}, ...outage({duration: '60s', rejected: '34', fallbacks: '5'})}), card: 8},
              {...cardItem({name: {method: '/s/C'}, ...outage({cause: 'Slow', rejected: '0'}), probeIn: '9s'}), card: 9, process: 1},
              {...cardItem({name: {method: '/s/D'}, mode: 'DISABLED', operatorMode: 'DISABLED'}), card: 10}]);
  const {title, look, rows} = incidentOf(model, model.now());
  assert.equal(title, '3 of 4 circuits open for 1 min 30 s');
  assert.equal(look, 'open');
  const facts = Object.fromEntries(rows);
  assert.match(facts.Since, /^\d\d:\d\d:\d\d, 1 min 30 s ago$/);
  assert.equal(facts.Why, 'Refused (2 of 3); 1 other cause');
  assert.equal(facts.Calls, '1\u202f234 calls rejected, 5 failed, 5 answered by a fallback');
  assert.equal(facts.Where, 'shop (2 of 3), mail (1 of 1)');
  assert.equal(facts.Next, 'Next probe in 3.5 s (s/A in shop)');
  assert.equal(facts.Held, '1 by an operator: 1 disabled in shop');
});

test('If all is well, the page says so', () => {
  begin();
  assert.deepEqual(incidentOf(model, model.now()), {title: 'No circuit is open (1 circuit)', look: 'closed', rows: []});
  model.take([head(), processItem({up: false, since: 4000})]);
  assert.deepEqual(incidentOf(model, model.now()).rows, [['Lost', 'shop (for 6 s)']]);
});

// ---- Links.

test('A link brings back what was chosen', () => {
  const views = [{}, {show: 'troubled', sort: 'rejected', find: 'a&b=c #%/', last: '1h', until: Date.parse(kWall)},
                 {process: 'unix:/run/ü.sock'}, {process: 'a:1', breaker: {method: '/s/<b>&M', target: 'dns:///x', key: 'eu=1'}},
                 {process: 'a:1', breaker: {method: '', target: 'dns:///x', key: ''}}];
  for (const chosen of views) {
    const view = {...NOTHING_CHOSEN, ...chosen};
    assert.deepEqual(readLink('#' + linkOf(view)), {view, problems: []}, linkOf(view));
  }
  assert.equal(linkOf(NOTHING_CHOSEN), '');
});

test('What is wrong in a link is left out, and the page says what would be right', () => {
  for (const [link, problem] of [
    ['show=red', 'show is "red"; it must be all, troubled, open, half, held or closed.'],
    ['show=toString', 'show is "toString"; it must be all, troubled, open, half, held or closed.'],
    ['sort=', 'sort is ""; it must be trouble, name, rejected or outage.'],
    ['last=2h', 'last is "2h"; it must be 1m, 5m, 15m or 1h.'],
    ['until=noon', 'until is "noon"; it must be a time such as 2026-03-01T16:10:18Z.'],
    ['until=2026-13-01T16:10:18Z', 'until is "2026-13-01T16:10:18Z"; it must be a time such as 2026-03-01T16:10:18Z.'],
    ['method=/s/A', 'method needs process, which is the address of the process that has the breaker.'],
    ['key=a', 'key needs method.'],
    ['find=%E0%A4%A', 'find is not encoded as in a URL.'],
    ['find', '"find" has no value.'],
    ['find=' + 'x'.repeat(2000), 'find has more than 1100 characters.'],
    ['colour=red', '"colour" is not known; known are show, sort, find, last, until, process, method, target, key.'],
  ]) {
    assert.deepEqual(readLink('#' + link), {view: {...NOTHING_CHOSEN}, problems: [problem]});
  }
  assert.deepEqual(readLink('#sort=name&sort=outage'), {view: {...NOTHING_CHOSEN, sort: 'name'}, problems: ['sort is there twice; the first one counts.']});
});

test('A link to what this dashboard does not have is refused', () => {
  begin();
  const refused = (chosen) => {
    const view = {...NOTHING_CHOSEN, ...chosen};
    return [refuseUnknown(view, model), view];
  };
  assert.deepEqual(refused({process: 'unix:/a'})[0], []);
  assert.deepEqual(refused({process: 'unix:/z', breaker: {method: '/s/A', target: '', key: ''}}),
                   [['This dashboard watches no process at unix:/z.'], {...NOTHING_CHOSEN}]);
  assert.deepEqual(refused({until: kEpoch + 500})[0], []);
  for (const until of [kEpoch - 1, kEpoch + now + 60_000]) {
    const [[problem], view] = refused({until});
    assert.match(problem, /^until is .*; the history of this dashboard is from 2023-11-14T22:13:10.000Z to now\.$/);
    assert.equal(view.until, null);
  }
  assert(isChosen({process: 'unix:/a', breaker: {method: '/s/A', target: '', key: ''}}, model.breakers.get(7)));
  assert(!isChosen({process: 'unix:/a', breaker: {method: '/s/A', target: '', key: 'eu'}}, model.breakers.get(7)));
});

test('Numbers and times as text', () => {
  assert.deepEqual([0, 999, 1234, 1234567].map(grouped), ['0', '999', '1\u202f234', '1\u202f234\u202f567']);
  assert.deepEqual([0, 0.33, 12.4, 1234, 123456].map(rateText), ['0', '0.3', '12', '1.2k', '123k']);
  assert.deepEqual([0, 0.015, 0.5].map(percent), ['0 %', '1.5 %', '50 %']);
  assert.deepEqual([-1, 59_999, 61_000, 3_000_000, 3_700_000, 90_000_000].map((ms) => timeText(ms)),
                   ['0 s', '59 s', '1 min 1 s', '50 min', '1 h 1 min', '1 d 1 h']);
  assert.equal(timeText(9_960, true), '10.0 s');
});
