// model_test.mjs: what the page makes of the messages of its server.
//
//   node --test model_test.mjs

import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {begin, cardItem, event, happening, head, page, processItem, world} from './page_model.mjs';

const {metersOf, processFacts, modeText, timeText, rateText, percent, grouped} = page;
const meter = (breaker, name) => metersOf(breaker).find((each) => each.name === name);

beforeEach(() => world.begin());

// ---- Outages.

test('An outage keeps its beginning and its cause through failed probes', () => {
  const outage = {duration: '35s', cause: 'Refused', openings: 1, rejected: '3'};
  const breaker = begin({state: 'OPEN', generation: '2', inState: '35s', cause: 'Refused', outage});
  assert.equal(breaker.outageSince, world.now - 35_000);
  assert.equal(breaker.why, 'Refused');
  world.now += 1000;
  const later = {...outage, duration: '36.001s', openings: 2, lastCause: 'a probe failed', rejected: '1'};
  world.model.take([head(), cardItem({state: 'OPEN', generation: '4', inState: '0s', cause: 'a probe failed', outage: later})]);
  assert.equal(breaker.outageSince, world.now - 36_000);
  assert.equal(breaker.cause, 'Refused');
  assert.equal(breaker.why, 'Refused; then a probe failed (2 openings, 1 call rejected)');
  world.model.take([head(), cardItem({state: 'CLOSED', generation: '5', inState: '0s'})]);
  assert.equal(breaker.outageSince, undefined);
});

test('A process that has ended is forgotten', () => {
  begin();
  world.model.take([head(), {ended: 0}, {gone: 7}]);
  assert.equal(world.model.processes.size, 0);
  assert.equal(world.model.breakers.size, 0);
  world.model.take([head(), {ended: 5}]);
});

// ---- Messages.

test('A message changes what it names and nothing else', () => {
  const breaker = begin({thresholds: {consecutiveFailures: 5}});
  world.model.take([head(), {...cardItem({name: {method: '/s/B'}}), card: 8}]);
  assert.equal(meter(breaker, 'Failures in a row').pips, 5);
  const other = world.model.breakers.get(8);
  assert.deepEqual(metersOf(other), []);
  const cause = '5 consecutive failures, last UNAVAILABLE: refused';
  const changes = world.model.take([head(), {...cardItem({name: {method: '/s/B'}, state: 'OPEN', cause, probeIn: '2s'}), card: 8}]);
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
  assert.equal(world.model.take([head(), processItem(), cardItem({consecutiveFailures: 1})]).order, false);
});

test('A card that is gone is forgotten, and a snapshot forgets everything', () => {
  const breaker = begin();
  const changes = world.model.take([head(), cardItem(), {gone: 7}, {gone: 99}]);
  assert.deepEqual(changes, {gone: [breaker], changed: new Set(), order: true, events: true});
  assert.equal(world.model.breakers.size, 0);
  const again = begin();
  world.model.processes.set(5, {});
  assert.deepEqual(world.model.take([head(true)]).gone, [again]);
  assert.equal(world.model.breakers.size + world.model.processes.size, 0);
});

test('The time is that of the message that came fastest', () => {
  world.model.take([{now: 500_000, wall: 0, from: 0, snapshot: true}]);
  world.now += 1000;
  world.model.take([{now: 500_900, snapshot: false}]);
  assert.equal(world.model.now(), 501_000);
  world.model.take([{now: 501_200, snapshot: false}]);
  assert.equal(world.model.now(), 501_200);
  world.model.take([{now: 100, snapshot: true}]);  // another dashboard
  assert.equal(world.model.now(), 100);
});

test('A process that is lost takes its cards with it', () => {
  const breaker = begin();
  const changes = world.model.take([head(), processItem({up: false, why: 'UNAVAILABLE: refused', since: 15_000})]);
  assert.deepEqual([...changes.changed], [breaker]);
  assert(changes.order);
  assert.equal(breaker.look, 'lost');
  assert.deepEqual(breaker.rank(world.now), [2, 0]);
});

test('What is said of a process', () => {
  const facts = (more, info) => {
    world.model.take([head(true), processItem({...more, info: {name: 'shop', pid: '77', ...info}})]);
    return processFacts(world.model.processes.get(0), world.model.now());
  };
  assert.deepEqual(facts(), ['pid 77', 'unix:/a']);
  assert.deepEqual(facts({}, {name: ''}), ['pid 77']);
  assert.deepEqual(facts({hidden: true, missedEvents: 3}, {readOnly: true, configErrors: '2'}),
                   ['pid 77', 'unix:/a', 'read-only', '2 refused configs', '3 missed events', 'has more breakers than can be shown']);
  assert.deepEqual(facts({at: world.now - 7000, offset: 1000}), ['no report for 6 s', 'pid 77', 'unix:/a']);
  assert.deepEqual(facts({up: false, why: 'UNAVAILABLE: refused'}), ['reconnecting', 'UNAVAILABLE: refused']);
  assert.deepEqual(facts({up: false, why: 'connecting'}, {name: undefined, configErrors: '1'}),
                   ['reconnecting', 'connecting', '1 refused config']);
});

// ---- States.

test('Countdowns that arrive a little late change nothing', () => {
  const open = {state: 'OPEN', generation: '1', probeIn: '5s', inState: '1s'};
  const breaker = begin(open);
  world.now += 1040;
  assert.equal(world.model.take([head(), cardItem({...open, probeIn: '4s', inState: '2s'})]).order, false);
  assert.equal(breaker.probeAt, 15_000);
  assert.equal(breaker.since, 9_000);
  // It has been half-open in between.
  world.model.take([head(), cardItem({...open, generation: '3', inState: '0s'})]);
  assert.equal(breaker.probeAt, 16_040);
  assert.equal(breaker.since, 11_040);
});

test('Another opening has its own countdown, however close it is to the one before', () => {
  const breaker = begin({state: 'OPEN', generation: '1', probeIn: '5s', inState: '0s'});
  world.model.take([head(), cardItem({state: 'OPEN', generation: '3', probeIn: '5.100s', inState: '-0.100s'})]);
  assert.equal(breaker.probeAt, 15_100);
  assert.equal(breaker.since, 10_100);
});

test('A countdown that is over stays over', () => {
  const breaker = begin({state: 'OPEN', generation: '1', probeIn: '0.500s'});
  world.now += 1000;
  world.model.take([head(), cardItem({state: 'OPEN', generation: '1', probeIn: '0s'})]);
  assert.equal(breaker.probeAt, 10_500);
});

test('Modes, and how long an operator holds one', () => {
  const breaker = begin({mode: 'FORCED_OPEN', operatorMode: 'FORCED_OPEN', operatorModeLeft: '600s'});
  assert.equal(breaker.look, 'forced');
  assert.equal(breaker.heldUntil, 610_000);
  assert(breaker.held);
  for (const [mode, look] of [['DISABLED', 'off'], ['DRY_RUN', 'open'], [undefined, 'open']]) {
    world.model.take([head(), cardItem({state: 'OPEN', mode, operatorMode: 'ENFORCE', probeIn: '1s'})]);
    assert.equal(breaker.look, look);
    assert.equal(breaker.waitsForProbe, look === 'open');
    assert.equal(breaker.heldUntil, undefined);
    assert(breaker.held, 'held in ENFORCE, which is zero');
  }
  world.model.take([head(), cardItem()]);
  assert(!breaker.held);
});

test('A mode has an age of its own, and says how sure it is', () => {
  const held = {state: 'OPEN', mode: 'FORCED_OPEN', operatorMode: 'FORCED_OPEN', inState: '100s'};
  const breaker = begin(held);
  assert.deepEqual(breaker.modeBegin(), {at: 1000, exactly: false});
  assert.equal(modeText(breaker, world.model.now()), 'by an operator, for at least 9 s, until it is cleared');
  world.model.take([head(), cardItem(held, {modeSeen: 4000, modeExact: true})]);
  assert.deepEqual(breaker.modeBegin(), {at: 4000, exactly: true});
  const change = (sequence, mode) => happening(event(sequence, 7, {type: 'MODE', to: undefined, mode}));
  world.model.take([head(), {card: 7, process: 0, events: [change(1, 'FORCED_OPEN')]}]);
  assert.deepEqual(breaker.modeBegin(), {at: 3000, exactly: true}, 'the event is better');
  world.model.take([head(), {card: 7, process: 0, events: [change(2, 'DRY_RUN')]}]);
  assert.deepEqual(breaker.modeBegin(), {at: 4000, exactly: true}, 'the event is of another mode');
  world.model.take([head(), cardItem({...held, operatorModeAge: '8s', operatorModeAuthor: 'alice', operatorModeLeft: '60s'})]);
  assert.deepEqual(breaker.modeBegin(), {at: 2000, exactly: true}, 'the process says it');
  assert.equal(modeText(breaker, world.model.now()), 'by alice, for 8 s, 1 min 0 s left');
  assert.equal(breaker.since, -90_000, 'the circuit has its own age');
  world.model.take([head(), cardItem({mode: 'DISABLED'})]);
  assert.equal(modeText(breaker, world.model.now()), 'by the config, for at least 9 s');
  assert(breaker.hasMode && !breaker.held);
  world.model.take([head(), cardItem()]);
  assert(!breaker.hasMode);
});

test('Trouble comes first, then who has just recovered, then the healthy', () => {
  const rank = (more) => begin(more).rank(world.now);
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
  world.model.take([head(true), processItem(), ...items]);
  assert.deepEqual(world.model.counts(), counts);
  world.model.take([head(), processItem({up: false})]);
  assert.deepEqual(world.model.counts(), counts, 'the last known state counts');
  world.model.take([head(), {card: 1, process: 0, unused: {method: '/s/1'}}]);
  assert.deepEqual(world.model.counts(), {...counts, all: 6, troubled: 3, open: 1});
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
  assert.deepEqual(breaker.rank(world.now), [0, 4]);
});

test('Numbers and times as text', () => {
  assert.deepEqual([0, 999, 1234, 1234567].map(grouped), ['0', '999', '1,234', '1,234,567']);
  assert.deepEqual([0, 0.33, 12.4, 1234, 123456].map(rateText), ['0', '0.3', '12', '1.2k', '123k']);
  assert.deepEqual([0, 0.015, 0.5].map(percent), ['0 %', '1.5 %', '50 %']);
  assert.deepEqual([-1, 59_999, 61_000, 3_000_000, 3_700_000, 90_000_000].map((ms) => timeText(ms)),
                   ['0 s', '59 s', '1 min 1 s', '50 min', '1 h 1 min', '1 d 1 h']);
  assert.equal(timeText(9_960, true), '10.0 s');
});
