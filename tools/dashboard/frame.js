'use strict';
// frame.js: shows everything around the cards.

const TIMELINE = 100;  // the maximum number of events

const GROUPS = [
  ['Attention', 'open, half-open, held, or just recovered'],
  ['Healthy', ''],
  ['Not connected', 'last known state'],
];
const TILES = [['all', 'Circuits'], ['troubled', 'In trouble'], ['open', 'Open'], ['half', 'Half-open'], ['held', 'Held'], ['closed', 'Closed']];

const tiles = {};
const groups = [];
const note = make('div', 'note');
let setFlow;
function buildFrame() {
  for (const [name, text] of TILES) {
    const tile = tiles[name] = appendButton(byId('tiles'), 'tile ' + name, undefined,
                                            () => choose({show: view.show === name ? 'all' : name}));
    tile.number = append(tile, 'b', '', '0');
    append(tile, 'span', '', text);
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
  setFlow = makeRates(byId('flow'));
  for (const [id, texts] of [['sort', SORTS], ['last', {'1m': 'Last minute', '5m': 'Last 5 minutes', '15m': 'Last 15 minutes', '1h': 'Last hour'}]]) {
    const select = byId(id);
    for (const [value, text] of Object.entries(texts)) append(select, 'option', '', text).value = value;
    select.addEventListener('change', () => choose({[id]: select.value}));
  }
  byId('hold').addEventListener('click', () => choose({until: view.until === null ? Math.floor(model.epoch + model.now()) : null}));
  byId('copy').addEventListener('click', copyLink);
}

function renderControls() {
  for (const id of ['sort', 'last']) if (byId(id).value !== view[id]) byId(id).value = view[id];
  setText(byId('hold'), view.until === null ? 'Hold the time' : 'Held at ' + clockText(view.until) + ' · back to now');
  byId('hold').setAttribute('aria-pressed', String(view.until !== null));
  if (document.activeElement !== search && search.value !== view.find) search.value = view.find;
}

// The address of the page is that of the view (link.js).
async function copyLink() {
  const address = byId('address');
  try {
    await navigator.clipboard.writeText(location.href);
    setHidden(address, true);
    setText(byId('copied'), 'Copied.');
  } catch {
    // A browser lets only pages of this machine, and those over HTTPS, do that.
    setHidden(address, false);
    address.value = location.href;
    address.focus();
    address.select();
    setText(byId('copied'), 'Press Ctrl+C to copy.');
  }
  setTimeout(() => setText(byId('copied'), ''), 5000);
}

function renderProblems() {
  const box = byId('problems');
  const missing = [];
  if (view.breaker !== null && model.processes.size && ![...cards.keys()].some((breaker) => isChosen(view, breaker))) {
    missing.push(`The process at ${view.process} has no circuit ${view.breaker.method || 'for its channel'} now.`);
  }
  const texts = [...problems.slice(0, 5), ...missing];
  setHidden(box, texts.length === 0);
  if (box.texts === texts.join('\n')) return;
  box.texts = texts.join('\n');
  box.replaceChildren();
  if (problems.length) append(box, 'b', '', 'This part of the link was not used:');
  for (const text of texts) append(box, 'p', '', text);
  appendButton(box, '', 'Dismiss', () => { problems = []; choose(missing.length ? {breaker: null} : {}); });
}

function renderIncident() {
  const {title, look, rows} = incidentOf(model, model.now());
  const root = byId('incident');
  setHidden(root, false);
  setClass(root, 'incident ' + look);
  setText(byId('what'), title);
  const facts = byId('facts');
  while (facts.children.length > rows.length) facts.lastChild.remove();
  rows.forEach(([name, text], i) => {
    let row = facts.children[i];
    if (!row) {
      row = append(facts, 'div');
      row.name = append(row, 'dt');
      row.text = append(row, 'dd');
    }
    setText(row.name, name);
    setText(row.text, text);
    row.text.title = text;
  });
}

function renderProcesses() {
  const all = [...model.processes.values()];
  const box = byId('processes');
  const shape = all.map((p) => p.address).join('\n');
  if (box.shape !== shape) {
    box.shape = shape;
    box.replaceChildren(...all.map((p) => {
      const item = make('button', 'process');
      item.type = 'button';
      item.label = append(item, 'b');
      item.facts = append(item, 'span');
      item.addEventListener('click', () => choose({process: view.process === p.address ? null : p.address, breaker: null}));
      return item;
    }));
  }
  all.forEach((p, i) => {
    const item = box.children[i];
    const facts = processFacts(p, model.now()).join(' · ');
    setClass(item, p.up ? 'process' : 'process lost');
    item.setAttribute('aria-pressed', String(view.process === p.address));
    setText(item.label, p.label);
    setText(item.facts, facts);
    item.title = facts;
  });
}

function renderTimeline() {
  const [from, to] = shownTimes();
  const chosen = [...cards.keys()].find((breaker) => isChosen(view, breaker));
  const all = model.events(from, to, (process, breaker) =>
    (view.process === null || process.address === view.process) && (!chosen || breaker === chosen));
  setHidden(byId('timeline'), model.processes.size === 0);
  const shape = all.map((event) => event.process.process + ' ' + event.place + event.process.label).join();
  const list = byId('events');
  if (list.shape !== shape) {
    list.shape = shape;
    list.replaceChildren(...all.slice(0, TIMELINE).map((event) => makeEvent(event, true)));
    if (!all.length) append(list, 'li', '', 'Nothing happened in this time.');
    if (all.length > TIMELINE) append(list, 'li', '', `and ${all.length - TIMELINE} earlier ones`);
  }
  const scope = [];
  if (view.process !== null) scope.push((chosen ? chosen.process : all.length ? all[0].process : {label: view.process}).label);
  if (chosen) scope.push(chosen.shortName);
  setText(byId('scope'), scope.join(' · '));
  setText(byId('known'), knownText(from));
}

// Says from when on the page knows what happened.
function knownText(from) {
  const since = model.completeSince(from);
  if (since <= from) return '';
  const at = clockText(model.epoch + since);
  return since > 0 ? `Older history was dropped. It is complete since ${at}.`
    : `This dashboard has watched since ${at}. Of the time before, it knows what the processes kept.`;
}

function summarize() {
  const counts = model.counts();
  const sums = [0, 0, 0, 0];
  for (const breaker of cards.keys()) breaker.rates().slice(1).forEach((rate, i) => { sums[i] += rate; });
  for (const [name, tile] of Object.entries(tiles)) {
    setText(tile.number, String(counts[name]));
    tile.toggleAttribute('data-zero', counts[name] === 0);
    tile.setAttribute('aria-pressed', String(view.show === name));
  }
  setFlow(sums);
  const title = counts.open ? counts.open + ' open · Fusebox' : 'Fusebox';
  if (document.title !== title) document.title = title;
  drawIcon(counts.open ? 'open' : counts.half ? 'half' : counts.held ? 'forced' : counts.all ? 'closed' : 'lost');
  renderIncident();
  renderProcesses();
  renderProblems();
  renderControls();
}

// Draws one square per circuit, in the order of the cards, like a panel of fuses.
let cell = 13;  // the size of a square, including the gap
function drawPanel() {
  const panel = byId('panel');
  const few = shownCards.length < 40;
  setHidden(panel, few);
  if (few) return;
  let columns = 1;
  let rows = 1;
  for (cell of [13, 11, 9, 7, 5, 3]) {  // the largest size at which all fit
    columns = Math.max(1, Math.floor(panel.clientWidth / cell));
    rows = Math.ceil(shownCards.length / columns);
    if (rows * cell <= 110) break;
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
