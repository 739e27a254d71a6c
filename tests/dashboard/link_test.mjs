// link_test.mjs: what a link to the page shows, and which links are refused.
//
//   node --test link_test.mjs

import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {begin, kEpoch, kWall, page, world} from './page_model.mjs';

const {linkOf, readLink, refuseUnknown, isChosen, NOTHING_CHOSEN} = page;

beforeEach(() => world.begin());

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
    return [refuseUnknown(view, world.model), view];
  };
  assert.deepEqual(refused({process: 'unix:/a'})[0], []);
  assert.deepEqual(refused({process: 'unix:/z', breaker: {method: '/s/A', target: '', key: ''}}),
                   [['This dashboard watches no process at unix:/z.'], {...NOTHING_CHOSEN}]);
  assert.deepEqual(refused({until: kEpoch + 500})[0], []);
  for (const until of [kEpoch - 1, kEpoch + world.now + 60_000]) {
    const [[problem], view] = refused({until});
    assert.match(problem, /^until is .*; the history of this dashboard is from 2023-11-14T22:13:10.000Z to now\.$/);
    assert.equal(view.until, null);
  }
  assert(isChosen({process: 'unix:/a', breaker: {method: '/s/A', target: '', key: ''}}, world.model.breakers.get(7)));
  assert(!isChosen({process: 'unix:/a', breaker: {method: '/s/A', target: '', key: 'eu'}}, world.model.breakers.get(7)));
});
