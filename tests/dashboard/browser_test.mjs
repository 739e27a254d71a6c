// browser_test.mjs: the dashboard in a real browser.
//
//   node browser_test.mjs PACKAGES FUSEBOX FAKE_FLEET OUTAGE SCREENSHOTS
//
// PACKAGES is the folder in which npm has installed what package.json names. The
// test leaves pictures of the page in SCREENSHOTS, for people. It runs every
// test, prints what it measured, and exits with 0 if all passed.

import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {createInterface} from 'node:readline';

const [packages, fusebox, fakeFleet, outage, screenshots] =
    process.argv.slice(2).map((path) => resolve(path));
const {chromium} = createRequire(join(packages, '/'))('playwright-core');

const kLong = 60_000;  // ms; enough on a machine that is busy
const folder = mkdtempSync(join(tmpdir(), 'fusebox-dashboard-'));
mkdirSync(screenshots, {recursive: true});

// ---- Processes.

const running = new Set();

class Program {
  constructor(path, ...args) {
    this.child = spawn(path, args, {stdio: ['pipe', 'pipe', 'inherit']});
    this.ended = new Promise((done) => {
      this.child.on('exit', (code, signal) => { running.delete(this); done(code ?? signal); });
    });
    this.lines = createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
    running.add(this);
  }
  async line() {
    const {value, done} = await this.lines.next();
    assert(!done, 'the program ended');
    return value;
  }
  async tell(command) {
    this.child.stdin.write(command + '\n');
    assert.equal(await this.line(), 'ok');
  }
  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }
}

async function startFleet(breakers, ...names) {
  const addresses = names.map((name) => 'unix:' + join(folder, name));
  const fleet = new Program(fakeFleet, String(breakers), ...addresses);
  assert.equal(await fleet.line(), 'ready');
  return {fleet, addresses};
}

async function startDashboard(addresses, port = 0) {
  const dashboard = new Program(fusebox, 'dashboard', '--port', String(port),
                                ...addresses.flatMap((address) => ['--admin', address]));
  dashboard.url = await dashboard.line();
  assert.match(dashboard.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  return dashboard;
}

// ---- The browser.

const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  viewport: {width: 1600, height: 1000},
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-dev-shm-usage'],
});
browser.setDefaultTimeout(kLong);

// Opens a page and records its errors and its requests to other servers, which
// close() does not allow.
async function open(url, before = () => {}) {
  const page = await browser.newPage();
  await page.addInitScript(before);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) page.complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL('/', url).href) && !request.url().startsWith('data:')) page.complaints.push(request.url());
  });
  await page.goto(url);
  return page;
}

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.close();
}

// Waits until `what` returns true in the page. (The browser's own way to wait
// needs eval(), which the page forbids.)
async function until(page, what, argument) {
  const end = performance.now() + kLong;
  while (!await page.evaluate(what, argument)) {
    assert(performance.now() < end, `not in ${kLong} ms: ${what} ${JSON.stringify(argument ?? '')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

const card = (page, method) => page.locator(`article[data-name="${method}"]`);
const look = (page, method) => card(page, method).evaluate((root) => root.className.split(' ')[1]);

async function waitForLook(page, method, wanted) {
  await until(page, ([name, expected]) => {
    const root = [...document.querySelectorAll('article')].find((each) => each.dataset.name === name);
    return root && root.classList.contains(expected);
  }, [method, wanted]);
}

// Returns how long each frame of the next `ms` took, in ms, sorted.
async function frames(page, ms) {
  return page.evaluate((length) => new Promise((done) => {
    const times = [];
    let last = performance.now();
    const end = last + length;
    const next = () => {
      const at = performance.now();
      times.push(at - last);
      last = at;
      if (at < end) requestAnimationFrame(next);
      else done(times.sort((a, b) => a - b));
    };
    requestAnimationFrame(next);
  }), ms);
}

const picture = async (page, name) => {
  await page.screenshot({path: join(screenshots, name + '.png'), animations: 'disabled'});
};

// ---- The tests. What a test leaves running is killed after it.

const tests = {
  async 'A circuit opens, its card turns red and comes first; it closes, and is green'() {
    const {fleet, addresses} = await startFleet(24, 'a', 'b', 'c');
    const dashboard = await startDashboard(addresses);
    const page = await open(dashboard.url);
    const method = '/rating.v1.Reviews/List';  // the 23rd
    await waitForLook(page, method, 'closed');
    let began = performance.now();
    await fleet.tell('open 22');
    await waitForLook(page, method, 'open');
    print(`red after ${Math.round(performance.now() - began)} ms`);
    await until(page, (name) => document.querySelector('article').dataset.name === name, method);
    const it = card(page, method);
    await it.getByText('5 consecutive failures, last UNAVAILABLE: refused').waitFor();
    await it.getByText('Next probe in').waitFor();
    await until(page, () => document.title.startsWith('1 open'));
    await fleet.tell('half 22');
    await waitForLook(page, method, 'half');
    began = performance.now();
    await fleet.tell('close 22');
    await waitForLook(page, method, 'closed');
    print(`green after ${Math.round(performance.now() - began)} ms`);
    await it.locator('summary').click();
    await it.locator('.event').nth(2).waitFor();
    assert.equal(await it.locator('.event').count(), 3);
    await close(page);
    assert.equal(await dashboard.stop(), 0);
    fleet.child.stdin.end();
    assert.equal(await fleet.ended, 0);
  },

  async 'A server dies under a real client: the card is red at once, and green when it is over'() {
    const address = 'unix:' + join(folder, 'outage.sock');
    const story = new Program(outage, '--outage', '10', '--admin', address);
    while (!(await story.line()).includes('--admin ' + address)) { /* it does not serve yet */ }
    const printed = (async () => { for await (const line of story.lines) void line; })();
    const dashboard = await startDashboard([address]);
    const page = await open(dashboard.url, () => {
      // When the page got the message, and when it showed it.
      const Source = window.EventSource;
      window.EventSource = class extends Source {
        constructor(url) {
          super(url);
          this.addEventListener('message', (message) => {
            if (message.data.includes('"state":"OPEN"')) window.heard ??= Date.now();
          });
        }
      };
      new MutationObserver(() => {
        if (document.querySelector('article.open')) window.shown ??= Date.now();
      }).observe(document, {subtree: true, attributes: true, attributeFilter: ['class'], childList: true});
    });
    await page.locator('article').waitFor();
    const sawItClosed = await page.locator('article.closed').count() > 0;
    await page.locator('article.open').waitFor();
    const {heard, shown} = await page.evaluate(() => ({heard: window.heard, shown: window.shown}));
    assert(shown - heard <= 2000, `red ${shown - heard} ms after the admin service said OPEN`);
    const happened = await page.evaluate(async () => {
      for (;;) {
        const opened = [...model.breakers.values()][0].events.find((event) => event.to === 'OPEN');
        if (opened) return opened.wall;
        await new Promise((done) => setTimeout(done, 20));
      }
    });
    if (sawItClosed) {
      print(`the circuit opened, and the card was red ${shown - happened} ms later`);
      assert(shown - happened <= 10_000, `red ${shown - happened} ms after the circuit opened`);
    }
    const root = page.locator('article');
    await root.locator('.why').getByText(/consecutive failures, last UNAVAILABLE|failure rate/i).waitFor();
    await picture(page, 'outage-open');
    await page.locator('article.closed').waitFor();
    assert.equal(await page.locator('article').count(), 1);
    await root.locator('summary').click();
    await root.locator('.event.HALF_OPEN').first().waitFor();
    await picture(page, 'outage-over');
    await story.stop('SIGINT');
    await printed;
    await waitForLook(page, await root.getAttribute('data-name'), 'lost');
    await close(page);
    assert.equal(await dashboard.stop(), 0);
  },

  async 'A port that is taken is refused'() {
    const dashboard = await startDashboard(['unix:' + join(folder, 'none')]);
    const taken = new URL(dashboard.url).port;
    const refused = spawnSync(fusebox, ['dashboard', '--admin', 'unix:/x', '--port', taken], {encoding: 'utf8'});
    assert.equal(refused.status, 2);
    assert.equal(refused.stdout, '');
    assert.match(refused.stderr, /127\.0\.0\.1, port \d+/);
  },

  async 'A lost process is grey and comes back by itself; so does the dashboard'() {
    const {fleet, addresses} = await startFleet(6, 'd', 'e');
    let dashboard = await startDashboard(addresses);
    const page = await open(dashboard.url);
    const method = '/shop.v1.Cart/Get';
    await waitForLook(page, method, 'closed');
    await fleet.tell('stop 0');
    await waitForLook(page, method, 'lost');
    await page.locator('.process.lost').getByText('reconnecting').waitFor();
    assert.equal(await look(page, '/shop.v1.Search/Get'), 'closed');
    await fleet.tell('start 0');
    await waitForLook(page, method, 'closed');

    const port = Number(new URL(dashboard.url).port);
    assert.equal(await dashboard.stop('SIGINT'), 0, 'it ends with a browser that listens');
    await page.locator('body[data-link="down"]').waitFor();
    dashboard = await startDashboard(addresses, port);
    await page.locator('body[data-link="up"]').waitFor();
    await fleet.tell('open 0');
    await waitForLook(page, method, 'open');
    await close(page);
    assert.equal(await dashboard.stop(), 0);
  },

  async 'A page that is opened late knows what was before, of which process, and also of one that was restarted'() {
    const {fleet, addresses} = await startFleet(6, 'k', 'l', 'm');
    const dashboard = await startDashboard(addresses);
    const first = await open(dashboard.url);
    const method = '/shop.v1.Cart/Get';
    await waitForLook(first, method, 'closed');
    const calls = (page) => page.evaluate((name) => {
      const breaker = [...model.breakers.values()].find((each) => each.name.method === name);
      return breaker ? breaker.tens.sum(0, Infinity)[1] : 0;
    }, method);
    await until(first, (name) => [...model.breakers.values()].some((each) => each.name.method === name && each.tens.sum(0, Infinity)[1] > 10), method);
    await fleet.tell('open 0');
    await waitForLook(first, method, 'open');
    const before = await calls(first);
    await close(first);

    const late = await open(dashboard.url);
    await waitForLook(late, method, 'open');
    assert(await calls(late) >= before, 'it has the calls from before it was opened');
    const event = late.locator('#events .event.OPEN');
    await event.getByText('Cart/Get').waitFor();
    await event.getByText('checkout', {exact: true}).waitFor();
    assert.equal(await event.getByText('.sock').count(), 0);
    await late.locator('#known').getByText('This dashboard has watched since').waitFor();
    await late.locator('#what').getByText(/^1 of 6 circuits open for/).waitFor();
    await late.locator('#facts').getByText('5 consecutive failures, last UNAVAILABLE: refused').waitFor();
    await late.locator('#facts').getByText('checkout (1 of 2)').waitFor();
    await close(late);

    await fleet.tell('stop 0');
    await fleet.tell('start 0');
    const after = await open(dashboard.url);
    await until(after, () => [...model.processes.values()].every((process) => process.up));
    await after.locator('#events .event.OPEN').getByText('Cart/Get').waitFor();
    await close(after);
  },

  async 'A link shows somebody else the same, and a wrong one is refused'() {
    const {fleet, addresses} = await startFleet(6, 'n', 'o', 'p');
    const dashboard = await startDashboard(addresses);
    await browser.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await open(dashboard.url);
    const method = '/payment.v2.Payments/Get';  // of the first process
    await fleet.tell('open 3');
    await waitForLook(page, method, 'open');
    assert.equal(new URL(page.url()).hash, '');
    await page.locator('.tile.troubled').focus();
    await page.keyboard.press('Enter');
    await page.locator('#sort').selectOption('outage');
    await page.locator('#last').selectOption('15m');
    await page.locator('#hold').click();
    await page.locator('#search').fill('payments');
    await card(page, method).locator('.method').focus();
    await page.keyboard.press('Space');
    await page.locator('article.chosen').waitFor();
    await page.locator('#copy').click();
    await page.getByText('Copied.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, page.url());
    for (const part of ['show=troubled', 'sort=outage', 'last=15m', 'until=', 'find=payments', 'process=unix:/', 'method=/payment.v2.Payments/Get']) {
      assert(link.includes(part), part + ' in ' + link);
    }

    const other = await open(link);
    await other.locator('article.chosen').waitFor();
    const state = (each) => each.evaluate(() => ({
      shown: [...document.querySelectorAll('article')].filter((root) => !root.hidden).map((root) => root.dataset.name),
      chosen: document.querySelector('article.chosen').dataset.name, tile: document.querySelector('.tile[aria-pressed=true]').className,
      sort: document.querySelector('#sort').value, last: document.querySelector('#last').value, search: document.querySelector('#search').value,
      hold: document.querySelector('#hold').textContent, scope: document.querySelector('#scope').textContent,
      events: document.querySelector('#events').textContent,
    }));
    await until(other, () => document.querySelector('#scope').textContent === 'checkout · Payments/Get');
    assert.deepEqual(await state(other), await state(page));
    assert.equal(await other.locator('#problems').isVisible(), false);
    await close(other);

    const wrong = await open(dashboard.url + '#show=red&last=15m&process=unix:/nowhere&%3Cimg%20src=x%3E=1');
    const problems = wrong.locator('#problems');
    await problems.getByText('show is "red"; it must be all, troubled, open, half, held or closed.').waitFor();
    await problems.getByText('This dashboard watches no process at unix:/nowhere.').waitFor();
    assert.equal(await wrong.locator('main img').count(), 0);
    await until(wrong, () => location.hash === '#last=15m');
    await problems.getByRole('button', {name: 'Dismiss'}).click();
    await problems.waitFor({state: 'hidden'});
    await wrong.evaluate((hash) => { location.hash = hash; }, '#process=' + addresses[0] + '&method=/s/none');
    await problems.getByText('has no circuit /s/none now.').waitFor();
    await close(wrong);
    await close(page);
  },

  async 'Names are shown as they are and never run'() {
    const {fleet, addresses} = await startFleet(2, 'f');
    const dashboard = await startDashboard(addresses);
    const page = await open(dashboard.url);
    const names = ['/<img src=x onerror=document.title=1>/<script>document.title=2</script>',
                   '/"\'>&lt;/${alert(1)}', '/s/' + 'Long'.repeat(200), '/шоп.v1/Ёлка\u202etxt'];
    for (const name of names) await fleet.tell('name ' + name);
    await until(page, (count) => document.querySelectorAll('article').length === count, 2 + names.length);
    const shown = await page.evaluate(() => [...document.querySelectorAll('article')].map((each) => each.dataset.name));
    for (const name of names) assert(shown.includes(name), name);
    await page.getByText('<script>document.title=2<').first().waitFor();
    assert.equal(await page.locator('article img, article script').count(), 0);
    assert.equal(await page.title(), 'Fusebox');
    await close(page);
  },

  async '500 circuits stay smooth, and are found'() {
    const {fleet, addresses} = await startFleet(500, 'g', 'h', 'i', 'j');
    const dashboard = await startDashboard(addresses);
    const page = await open(dashboard.url);
    await until(page, () => document.querySelectorAll('article').length === 500);
    await fleet.tell('open 100');
    await fleet.tell('open 7');
    await fleet.tell('half 33');
    const hold = spawnSync(fusebox, ['mode', 'open', '/rating.v1.Reviews/QuoteV2', '--for', '10m', '--admin', addresses[2]]);
    assert.equal(hold.status, 0, hold.stderr);
    await until(page, () => document.querySelectorAll('article.open').length === 2);
    const times = await frames(page, 4000);
    const median = times[times.length >> 1];
    print(`500 circuits: ${times.length} frames, median ${median.toFixed(1)} ms, ` +
          `99 % within ${times[Math.floor(times.length * 0.99)].toFixed(1)} ms, longest ${times.at(-1).toFixed(1)} ms`);
    const heap = await page.evaluate(() => performance.memory && performance.memory.usedJSHeapSize);
    if (heap) print(`${(heap / 1e6).toFixed(0)} MB of script memory`);

    // The numbers are those of the command line.
    const listed = spawnSync(fusebox, ['list', '--troubled', '--json', ...addresses.flatMap((address) => ['--admin', address])], {encoding: 'utf8'});
    const troubled = listed.stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(troubled.length, 4);
    const shown = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.tile')].map((tile) => [tile.className.slice(5), Number(tile.number.textContent)])));
    assert.deepEqual(shown, {all: 500, troubled: 4, open: 2, half: 1, held: troubled.filter((each) => each.operatorMode !== undefined).length, closed: 497});

    await page.keyboard.press('/');
    await page.keyboard.type('payments reserve');
    await until(page, () => [...document.querySelectorAll('article')].filter((each) => !each.hidden).length === 3);
    await page.keyboard.press('Escape');
    await page.locator('.tile.held').click();
    await until(page, () => [...document.querySelectorAll('article')].filter((each) => !each.hidden).length === 1);
    await page.locator('.mode').getByText('forced open').waitFor();
    await page.getByText(/by \S+, for \d+ s, (9 min|10 min)/).waitFor();
    await page.locator('.tile.held').click();

    await page.waitForTimeout(Number(process.env.SETTLE || 0));
    for (const scheme of ['light', 'dark']) {
      for (const [width, height] of [[1600, 1000], [400, 860]]) {
        await page.emulateMedia({colorScheme: scheme});
        await page.setViewportSize({width, height});
        await frames(page, 300);
        await picture(page, `${scheme}-${width}`);
        assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits the width');
      }
    }
    await close(page);
  },
};

let indent = '';
function print(text) { console.log(indent + text); }

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
  const began = performance.now();
  console.log(name);
  indent = '    ';
  try {
    await test();
    console.log(`  ok, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    ++failed;
    console.log('  FAILED: ' + (error.stack || error));
  }
  for (const program of running) await program.stop('SIGKILL');
}
await browser.close();
rmSync(folder, {recursive: true, force: true});
console.log(failed ? `${failed} failed` : 'all passed');
process.exit(failed ? 1 : 0);
