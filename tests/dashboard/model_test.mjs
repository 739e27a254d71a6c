// model_test.mjs: what the page makes of the messages of its server.
//
//   node --test model_test.mjs

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {beforeEach, test} from 'node:test';
import vm from 'node:vm';

for (const file of ['text.js', 'model.js']) {
  const url = new URL('../../tools/dashboard/' + file, import.meta.url);
  vm.runInThisContext(readFileSync(url, 'utf8'), {filename: file});
}
const {Model, RateHistory, HISTORY, processFacts, eventTitle, eventText, timeText, rateText, percent} = vm.runInThisContext(
    '({Model, RateHistory, HISTORY, processFacts, eventTitle, eventText, timeText, rateText, percent})');

const kWall = '2023-11-14T22:13:20Z';
const wall = (secondsAgo) => new Date(Date.parse(kWall) - secondsAgo * 1000).toISOString();

let now;  // of the browser
let model;
beforeEach(() => {
  now = 10_000;
  model = new Model(() => now);
});

const head = (snapshot = false) => ({now, snapshot});
const processItem = (more = {}) => ({
  process: 0, address: 'unix:/a', up: true, why: '', since: 0, at: now, hidden: false, missedEvents: 0,
  info: {name: 'shop', pid: '77', incarnation: 'a', time: kWall}, ...more,
});
const cardItem = (breaker = {}, more = {}) => ({
  card: 7, process: 0, at: now, breaker: {name: {method: '/s/A'}, state: 'CLOSED', ...breaker}, ...more,
});

// Takes a first message with one breaker, and returns it.
function begin(breaker, more) {
  model.take([head(true), processItem(), cardItem(breaker, more)]);
  return model.breakers.get(7);
}
const meter = (breaker, name) => breaker.meters().find((each) => each.name === name);

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

test('A process that has ended is forgotten', () => {
  begin();
  model.take([head(), {ended: 0}, {gone: 7}]);
  assert.equal(model.processes.size, 0);
  assert.equal(model.breakers.size, 0);
  model.take([head(), {ended: 5}]);
});

// ---- Rates.

const taken = (...sums) => {
  const history = new RateHistory();
  sums.forEach(([sum, unseen]) => history.take(sum, unseen));
  return history;
};

test('Calls are spread over the time in which they were made', () => {
  const history = taken([[500, 1000, 0, 0], true], [[1500, 1010, 4, 0]]);
  assert.deepEqual(history.seconds, [[0, 5, 2, 0], [1, 5, 2, 0]]);
  history.take([2500, 1020, 4, 1]);
  assert.deepEqual(history.seconds, [[0, 5, 2, 0], [1, 10, 2, 0], [2, 5, 0, 1]]);
});

test('No call is lost, wherever the seconds are cut', () => {
  const history = new RateHistory();
  let calls = 0;
  let at = 0;
  history.take([at, 0, 0, 0], true);
  for (let i = 1; i <= 40; ++i) history.take([at += 997 + i % 7, calls += 7, 0, 0]);
  assert.equal(history.seconds.reduce((sum, second) => sum + second[1], 0), calls);
});

test('Calls that took no time belong to that second', () => {
  const history = taken([[4000, 0, 0, 0], true], [[4000, 3, 0, 0]]);
  assert.deepEqual(history.seconds, [[4, 3, 0, 0]]);
});

test('A sum that went down is that of another process', () => {
  const history = taken([[1000, 100, 0, 0], true], [[2000, 7, 0, 0]]);
  assert.deepEqual(history.seconds, []);
  history.take([3000, 8, 0, 0]);
  assert.deepEqual(history.seconds, [[2, 1, 0, 0]]);
});

test('A minute of rates is kept and no more', () => {
  const history = taken([[0, 0, 0, 0], true]);
  for (let i = 1; i <= 500; ++i) history.take([i * 1000, i, 0, 0]);
  assert(history.seconds.length >= 61 && history.seconds.length <= HISTORY + 1);
  assert.equal(history.seconds.at(-1)[0], 499);
});

test('After a pause, calls are those of the last interval', () => {
  const history = taken([[0, 0, 0, 0], true], [[60_000, 10, 0, 0]]);
  assert.deepEqual(history.seconds, [[59, 10, 0, 0]]);
});

test('The rate is the mean of the last three whole seconds', () => {
  const history = taken([[0, 0, 0, 0], true], [[1000, 99, 0, 0]], [[2000, 102, 3, 0]], [[3000, 108, 3, 3]],
                        [[4000, 111, 3, 3]], [[4500, 200, 3, 3]]);
  assert.deepEqual(history.mean(4500), [4, 1, 1]);
});

test('Calls become rates, also for a viewer who comes later', () => {
  const sums = [[10_000, 1_000_000, 0, 0, true], [11_000, 1_000_040, 3, 5, false], [12_000, 1_000_040, 8, 5, false]];
  const breaker = begin({}, {sums: sums.slice(0, 1)});
  assert.deepEqual(breaker.history.seconds, []);
  for (const each of sums.slice(1)) model.take([head(), {card: 7, process: 0, sums: [each]}]);
  assert.deepEqual(breaker.history.seconds, [[10, 40, 3, 5], [11, 0, 5, 0]]);
  model = new Model(() => now);
  assert.deepEqual(begin({}, {sums}).history.seconds, breaker.history.seconds);
});

test('A breaker that is new while watched begins at zero', () => {
  assert.deepEqual(begin({}, {sums: [[11_000, 6, 0, 0, false]]}).history.seconds, [[10, 6, 0, 0]]);
});

test('What was counted while a process was lost is nobody’s rate', () => {
  const breaker = begin({}, {sums: [[10_000, 50, 0, 0, true]]});
  model.take([head(), processItem({up: false, why: 'UNAVAILABLE: refused'})]);
  assert.deepEqual(breaker.rates(model.now()), [0, 0, 0]);
  model.take([head(), processItem(), cardItem({}, {sums: [[20_000, 90, 0, 0, true]]})]);
  assert.deepEqual(breaker.history.seconds, []);
});

// ---- Messages.

test('A message changes what it names and nothing else', () => {
  const breaker = begin({thresholds: {consecutiveFailures: 5}});
  model.take([head(), {...cardItem({name: {method: '/s/B'}}), card: 8}]);
  assert.equal(meter(breaker, 'Failures in a row').pips, 5);
  const other = model.breakers.get(8);
  assert.deepEqual(other.meters(), []);
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
  model.take([{now: 500_000, snapshot: true}]);
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
    return processFacts(model.processes.get(0));
  };
  assert.deepEqual(facts(), ['pid 77', 'unix:/a']);
  assert.deepEqual(facts({}, {name: ''}), ['pid 77']);
  assert.deepEqual(facts({hidden: true, missedEvents: 3}, {readOnly: true, configErrors: '2'}),
                   ['pid 77', 'unix:/a', 'read-only', '2 refused configs', '3 missed events', 'has more breakers than can be shown']);
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
                                            ['held', [], false], ['all', ['cart', 'refused'], true], ['all', ['shop', 'eu', 'dns'], true],
                                            ['open', ['cart', 'nothing'], false], ['all', ['unix:/a'], true], ['all', ['open'], true]]) {
    assert.equal(breaker.matches(filter, needles), matches, filter + ' ' + needles);
  }
  assert(begin({mode: 'FORCED_OPEN'}).matches('open', []));
  assert(begin({mode: 'DISABLED'}).matches('closed', []));
  assert(begin({operatorMode: 'ENFORCE'}).matches('held', []));
  model.take([head(), processItem({up: false})]);
  assert(!model.breakers.get(7).matches('held', []));
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
  assert.deepEqual(breaker.meters().map(({name, value, heat}) => [name, value, heat]), [
    ['Failures in a row', '2 of 4', 'warm'], ['Failure score', '7 of 20', ''], ['Failure rate', '18 of 20 calls', ''], ['Slow calls', '50 % of 80 %', 'warm'],
    ['Concurrent calls', '6 of 8', 'warm']]);
  breaker = begin({thresholds, state: 'OPEN', reason: 'FAILURE_RATE'});
  assert.deepEqual(breaker.meters().map(({value, heat}) => [value, heat]), [
    ['opens at 4', ''], ['opens at 20', ''], ['tripped at 50 %', 'hot'], ['opens at 80 %', ''], ['0 of 8', '']]);
  breaker = begin({thresholds: {failureScore: 20}, state: 'OPEN', reason: 'FAILURE_SCORE'});
  assert.deepEqual(breaker.meters(), [{name: 'Failure score', part: 1, at: 1, value: 'tripped at 20', heat: 'hot'}]);
  breaker = begin({thresholds: {successesToClose: 2}, state: 'HALF_OPEN', probeSuccesses: 1, probesInFlight: 3});
  assert.deepEqual(breaker.meters(), [{name: 'Successful probes', pips: 2, on: 1, heat: '', value: '1 of 2, 3 in flight'}]);
});

test('Values that no process means do no harm', () => {
  const breaker = begin({state: 7, mode: 9, probeIn: '315576000000s', inState: '-315576000000s', name: {method: '</script>\n"'},
                         thresholds: {failureRate: 'NaN', slowCallRate: 'Infinity', consecutiveFailures: 4294967295}});
  assert.equal(breaker.look, 'closed');
  assert.equal(breaker.name.method, '</script>\n"');
  assert.deepEqual(breaker.meters().map(({name}) => name), ['Failures in a row']);
  assert.deepEqual(breaker.rank(now), [0, 4]);
});

// ---- Events.

const event = (sequence, secondsAgo, more = {}) => ({
  sequence: String(sequence), time: wall(secondsAgo), type: 'TRANSITION', from: 'CLOSED', to: 'OPEN', text: '/s/A: opened ' + sequence, ...more,
});

test('Events have their time by the clock of the process', () => {
  const breaker = begin({}, {events: [event(5, 30), event(8, 1), event(9, -5)]});
  assert.deepEqual(breaker.events.map(({at}) => at), [-20_000, 9_000, 10_000]);
  assert.equal(breaker.events[0].wall, Date.parse(kWall) - 30_000);
  assert.equal(breaker.events[1].from, 'CLOSED');
  assert.equal(breaker.events[1].to, 'OPEN');
  const changes = model.take([head(), {card: 7, process: 0, events: [event(9, 0)]}]);
  assert(changes.events);
  assert.equal(breaker.events.length, 1);
});

test('Events as text', () => {
  const breaker = begin({}, {events: [event(1, 2), {...event(2, 1), type: 'MODE', to: undefined, mode: 'DRY_RUN'}, event(3, 0, {to: undefined, from: 9})]});
  assert.deepEqual(breaker.events.map(eventTitle), ['Opened', 'Mode: dry run', 'state unspecified']);
  assert.equal(eventText(breaker.events[0], '/s/A'), 'opened 1');
  assert.equal(eventText(breaker.events[0], '/s/B'), '/s/A: opened 1');
});

test('The states of the last minute', () => {
  const breaker = begin({state: 'HALF_OPEN'}, {events: [event(1, 8), event(2, 3, {from: 'OPEN', to: 'HALF_OPEN'})]});
  assert.deepEqual(breaker.states(0, 10_000), [['CLOSED', 0, 2000], ['OPEN', 2000, 7000], ['HALF_OPEN', 7000, 10_000]]);
  assert.deepEqual(breaker.states(8000, 10_000), [['HALF_OPEN', 8000, 10_000]]);
  assert.deepEqual(breaker.states(0, 5000), [['CLOSED', 0, 2000], ['OPEN', 2000, 5000]]);
  model.take([head(), processItem({up: false, since: 9000})]);
  assert.deepEqual(breaker.states(8000, 10_000), [['HALF_OPEN', 8000, 9000]]);
  assert.deepEqual(begin({state: 'OPEN'}).states(0, 1000), [['OPEN', 0, 1000]]);
});

test('Numbers and times as text', () => {
  assert.deepEqual([0, 0.33, 12.4, 1234, 123456].map(rateText), ['0', '0.3', '12', '1.2k', '123k']);
  assert.deepEqual([0, 0.015, 0.5].map(percent), ['0 %', '1.5 %', '50 %']);
  assert.deepEqual([-1, 59_999, 61_000, 3_000_000, 3_700_000, 90_000_000].map((ms) => timeText(ms)),
                   ['0 s', '59 s', '1 min 1 s', '50 min', '1 h 1 min', '1 d 1 h']);
  assert.equal(timeText(9_960, true), '10.0 s');
});
