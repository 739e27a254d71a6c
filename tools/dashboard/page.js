'use strict';
// page.js: shows everything around the cards, and decides when to draw.

const TIMELINE = 40;  // the maximum number of events

const GROUPS = [
  ['Attention', 'open, half-open, held, or just recovered'],
  ['Healthy', ''],
  ['Not connected', 'last known state'],
];
const TILES = [['all', 'Circuits'], ['open', 'Open'], ['half', 'Half-open'], ['held', 'Held'], ['closed', 'Closed']];

const model = new Model(() => performance.now());
const cards = new Map();  // by breaker
let filter = 'all';
let needles = [];

// ---- The frame around the cards.

const tiles = {};
const groups = [];
const note = make('div', 'note');
let flow;
function buildFrame() {
  for (const [name, text] of TILES) {
    const tile = tiles[name] = append(byId('tiles'), 'button', 'tile ' + name);
    tile.type = 'button';
    tile.number = append(tile, 'b', '', '0');
    append(tile, 'span', '', text);
    tile.addEventListener('click', () => { filter = filter === name ? 'all' : name; orderDirty = true; schedule(); });
  }
  for (const [title, hint] of GROUPS) {
    const section = append(byId('groups'), 'section');
    section.hidden = true;
    section.number = append(append(section, 'h2', '', title), 'span');
    section.hint = hint;
    section.cards = append(section, 'div', 'cards');
    groups.push(section);
  }
  append(note, 'b');
  append(note, 'span');
  byId('groups').append(note);
  flow = makeRates(byId('flow'));
}

function renderProcesses() {
  processesDirty = false;
  const shown = [...model.processes.values()].map((p) => [p.up, p.name || p.address, processFacts(p).join(' · ')]);
  if (renderProcesses.shown === shown.join('\n')) return;
  renderProcesses.shown = shown.join('\n');
  byId('processes').replaceChildren(...shown.map(([up, name, facts]) => {
    const item = make('li', up ? 'process' : 'process lost');
    append(item, 'b', '', name);
    append(item, 'span', '', facts);
    item.title = facts;
    return item;
  }));
}

function renderTimeline() {
  timelineDirty = false;
  const all = [...cards.keys()].flatMap((breaker) => breaker.events.map((event) => [event, breaker]).reverse());
  all.sort(([a], [b]) => b.at - a.at);
  byId('timeline').hidden = all.length === 0;
  byId('events').replaceChildren(...all.slice(0, TIMELINE).map(([event, breaker]) => makeEvent(event, breaker, true)));
}

// Moves the cards whose place has changed. The others stay untouched.
let shownCards = [];
function order() {
  orderDirty = false;
  const lists = GROUPS.map(() => []);
  const moved = [];
  for (const [breaker, card] of cards) {
    const [group, place] = breaker.rank(model.now());
    if (card.group !== group || card.place !== place || card.sortedBy !== breaker.sortName) moved.push(card);
    Object.assign(card, {group, place, sortedBy: breaker.sortName});
    const hidden = !breaker.matches(filter, needles);
    if (card.root.hidden !== hidden) { card.root.hidden = hidden; card.dirty = true; }
    lists[group].push(card);
  }
  for (const card of moved) card.root.remove();
  shownCards = [];
  lists.forEach((list, group) => {
    list.sort((a, b) => a.place - b.place || (a.sortedBy < b.sortedBy ? -1 : a.sortedBy > b.sortedBy ? 1 : a.breaker.id - b.breaker.id));
    const {cards: parent, number, hint} = groups[group];
    let at = parent.firstChild;
    for (const card of list) {
      if (card.root === at) at = at.nextSibling;
      else parent.insertBefore(card.root, at);
    }
    const shown = list.filter((card) => !card.root.hidden);
    shownCards.push(...shown);
    setHidden(groups[group], shown.length === 0);
    setText(number, shown.length + (hint ? ' · ' + hint : ''));
  });
  setHidden(note, shownCards.length > 0);
  if (shownCards.length === 0) {
    setText(note.firstChild, cards.size ? 'Nothing matches' : 'No circuit yet');
    setText(note.lastChild, cards.size ? 'Change the search or the filter to see more.'
                                       : 'A method gets its circuit breaker with its first call.');
  }
}

function summarize() {
  const counts = {all: cards.size, open: 0, half: 0, held: 0, closed: 0};
  const sums = [0, 0, 0];
  for (const breaker of cards.keys()) {
    breaker.rates(model.now()).forEach((rate, i) => { sums[i] += rate; });
    for (const name of ['open', 'half', 'held', 'closed']) if (breaker.matches(name, [])) ++counts[name];
  }
  for (const [name, tile] of Object.entries(tiles)) {
    setText(tile.number, String(counts[name]));
    tile.toggleAttribute('data-zero', counts[name] === 0);
    tile.setAttribute('aria-pressed', String(filter === name));
  }
  sums.forEach((sum, i) => setText(flow[i], rateText(sum)));
  const title = counts.open ? counts.open + ' open · Fusebox' : 'Fusebox';
  if (document.title !== title) document.title = title;
  drawIcon(counts.open ? 'open' : counts.half ? 'half' : cards.size ? 'closed' : 'lost');
}

function drawIcon(look) {
  if (drawIcon.look === look) return;
  drawIcon.look = look;
  const canvas = make('canvas');
  canvas.width = canvas.height = 32;
  const g = canvas.getContext('2d');
  g.fillStyle = colours.looks[look];
  g.beginPath();
  g.arc(16, 16, 13, 0, 7);
  g.fill();
  document.querySelector('link[rel=icon]').href = canvas.toDataURL();
}

// Draws one square per circuit, in the order of the cards, like a panel of fuses.
let cell = 13;  // the size of a square, including the gap
function drawPanel() {
  const panel = byId('panel');
  const few = shownCards.length < 12;
  setHidden(panel, few);
  if (few) return;
  let columns = 1;
  let rows = 1;
  for (cell of [13, 11, 9, 7, 5, 3]) {  // the largest size at which all fit
    columns = Math.max(1, Math.floor(panel.clientWidth / cell));
    rows = Math.ceil(shownCards.length / columns);
    if (rows * cell <= 160) break;
  }
  const gap = cell > 7 ? 3 : 1;
  const height = rows * cell - gap;
  if (panel.style.height !== height + 'px') panel.style.height = height + 'px';
  panel.wide = panel.clientWidth;
  panel.high = height;
  const pen = fit(panel);
  if (!pen) return;
  shownCards.forEach(({breaker: {look}}, i) => {
    pen.context.fillStyle = colours.looks[look];
    pen.context.globalAlpha = look === 'closed' ? 0.55 : 1;
    pen.context.beginPath();
    pen.context.roundRect(i % columns * cell, Math.floor(i / columns) * cell, cell - gap, cell - gap, (cell - gap) / 4);
    pen.context.fill();
  });
  panel.columns = columns;
}

function cellAt(event) {
  return shownCards[Math.floor(event.offsetY / cell) * byId('panel').columns + Math.floor(event.offsetX / cell)];
}

// ---- Drawing, at most once per frame.

let orderDirty = true;
let processesDirty = true;
let timelineDirty = true;
let scheduled = false;
function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    if (processesDirty) renderProcesses();
    if (orderDirty) { order(); summarize(); drawPanel(); }
    if (timelineDirty) renderTimeline();
    for (const card of visible) {
      if (card.dirty) card.render();
    }
  });
}

// Updates the countdowns five times per second, and everything else that changes
// with time once per second.
let ticks = 0;
setInterval(() => {
  ++ticks;
  if (document.hidden) return;
  const whole = ticks % 5 === 0;
  requestAnimationFrame(() => {
    if (whole) {
      for (const [breaker, card] of cards) {
        const [group, place] = breaker.rank(model.now());
        if (group !== card.group || place !== card.place) orderDirty = true;
      }
      if (orderDirty) { order(); drawPanel(); }
      summarize();
    }
    for (const card of visible) {
      if (!card.parts) continue;
      if (whole) { card.tick(); card.draw(); } else { card.countDown(); }
    }
  });
}, 200);

function redrawAll() {
  readColours();
  drawIcon.look = null;
  for (const card of cards.values()) card.dirty = true;
  orderDirty = true;
  schedule();
}

// ---- Messages.

function take(message) {
  const {gone, changed, order, events} = model.take(message);
  for (const breaker of gone) {
    cards.get(breaker)?.remove();
    cards.delete(breaker);
  }
  for (const breaker of changed) {
    if (!cards.has(breaker)) cards.set(breaker, new Card(breaker));
    const card = cards.get(breaker);
    card.root.dataset.name = breaker.name.method;
    card.root.dataset.state = breaker.state;
    card.dirty = true;
  }
  if (order) orderDirty = true;
  if (events) timelineDirty = true;
  processesDirty = true;
  schedule();
}

function connect() {
  const source = new EventSource('events');
  source.onopen = () => setLink('up', 'live');
  source.onmessage = (message) => { setLink('up', 'live'); take(JSON.parse(message.data)); };
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) {
      setLink('down', 'connection lost, reconnecting');
      return;
    }
    // The server refused the request. The browser does not repeat it by itself.
    setLink('down', 'refused: too many viewers? trying again');
    setTimeout(connect, 3000);
  };
}
function setLink(link, text) {
  if (document.body.dataset.link !== link) document.body.dataset.link = link;
  setText(byId('link'), text);
}

// ---- Input.

const search = byId('search');
search.addEventListener('input', () => {
  needles = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  orderDirty = true;
  schedule();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === 'Escape' && document.activeElement === search) {
    search.value = '';
    search.dispatchEvent(new Event('input'));
    search.blur();
  }
});
byId('panel').addEventListener('mousemove', (event) => {
  const card = cellAt(event);
  byId('panel').title = card ? card.breaker.name.method + ': ' + words(card.breaker.state) : '';
});
byId('panel').addEventListener('click', (event) => {
  const card = cellAt(event);
  if (!card) return;
  card.root.scrollIntoView({block: 'center'});
  card.root.classList.add('found');
  card.found = true;
  setTimeout(() => { card.found = false; card.root.classList.remove('found'); }, 1500);
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
let resizing = 0;
window.addEventListener('resize', () => { cancelAnimationFrame(resizing); resizing = requestAnimationFrame(redrawAll); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) redrawAll(); });

readColours();
buildFrame();
connect();
