'use strict';
// page.js: decides what to show and when to draw, and takes messages and input.

const model = new Model(() => performance.now());
const cards = new Map();  // by breaker

// ---- What is chosen (link.js).

let {view, problems} = readLink(location.hash);
let unchecked = true;  // the view is not yet compared with what this dashboard has
const needles = () => view.find.toLowerCase().split(/\s+/).filter(Boolean);

// Changes what is chosen, and the address of the page with it.
function choose(changes) {
  Object.assign(view, changes);
  const link = linkOf(view);
  history.replaceState(null, '', link ? '#' + link : location.pathname);
  for (const card of visible) card.dirty = true;
  orderDirty = timelineDirty = true;
  schedule();
}

function chooseBreaker(breaker) {
  if (isChosen(view, breaker)) choose({process: null, breaker: null});
  else choose({process: breaker.process.address, breaker: breaker.name});
}

// Compares a link with what this dashboard has, once it knows that.
function checkView() {
  if (!unchecked || !model.processes.size) return;
  unchecked = false;
  problems.push(...refuseUnknown(view, model));
  choose({});
  const card = [...cards].find(([breaker]) => isChosen(view, breaker));
  if (card) requestAnimationFrame(() => card[1].root.scrollIntoView({block: 'center'}));
}

// Returns the beginning and the end of the time that charts and timeline show.
function shownTimes() {
  const to = view.until === null ? Math.floor(model.now() / 1000) * 1000 : view.until - model.epoch;
  return [to - RANGES[view.last], to];
}

// ---- The order of the cards.

const AGE = (breaker) => breaker.outageSince === undefined ? Infinity : breaker.outageSince;
const ORDERS = {
  trouble: (a, b) => a.place - b.place,
  name: () => 0,
  rejected: (a, b) => b.breaker.rejected - a.breaker.rejected,
  outage: (a, b) => AGE(a.breaker) === AGE(b.breaker) ? 0 : AGE(a.breaker) - AGE(b.breaker),
};

// Moves the cards whose place has changed. The others stay untouched.
let shownCards = [];
function order() {
  orderDirty = false;
  const lists = GROUPS.map(() => []);
  const moved = [];
  const wanted = needles();
  for (const [breaker, card] of cards) {
    const [group, place] = breaker.rank(model.now());
    if (card.group !== group || card.place !== place || card.sortedBy !== breaker.sortName) moved.push(card);
    Object.assign(card, {group, place, sortedBy: breaker.sortName});
    const hidden = !breaker.matches(view.show, wanted) || view.process !== null && breaker.process.address !== view.process;
    const chosen = isChosen(view, breaker);
    if (card.root.hidden !== hidden || Boolean(card.chosen) !== chosen) { card.root.hidden = hidden; card.chosen = chosen; card.dirty = true; }
    lists[group].push(card);
  }
  for (const card of moved) card.root.remove();
  shownCards = [];
  const compare = ORDERS[view.sort];
  lists.forEach((list, group) => {
    list.sort((a, b) => compare(a, b) || (a.sortedBy < b.sortedBy ? -1 : a.sortedBy > b.sortedBy ? 1 : a.breaker.id - b.breaker.id));
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

// ---- Drawing, at most once per frame.

let orderDirty = true;
let timelineDirty = true;
let scheduled = false;
function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    if (orderDirty) { order(); summarize(); drawPanel(); }
    if (timelineDirty) { timelineDirty = false; renderTimeline(); }
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
      if (view.sort === 'rejected') orderDirty = true;
      for (const [breaker, card] of cards) {
        const [group, place] = breaker.rank(model.now());
        if (group !== card.group || place !== card.place) orderDirty = true;
      }
      if (orderDirty) { order(); drawPanel(); }
      summarize();
      renderTimeline();
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
  orderDirty = timelineDirty = true;
  schedule();
}

// The size of a chart depends on its neighbours.
const sizes = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    if (target.wide === target.clientWidth && target.high === target.clientHeight) continue;
    target.wide = target.high = 0;
    target.card.draw();
  }
});

const visible = new Set();  // cards
const observer = new IntersectionObserver((entries) => {
  for (const {target: {card}, isIntersecting} of entries) {
    if (!isIntersecting) { visible.delete(card); continue; }
    visible.add(card);
    card.dirty = true;
    schedule();
  }
}, {rootMargin: '250px 0px'});

// ---- Messages.

function take(message) {
  const {gone, changed, order, events} = model.take(message);
  const remove = (breaker) => {
    cards.get(breaker)?.remove();
    cards.delete(breaker);
  };
  gone.forEach(remove);
  for (const breaker of changed) {
    if (!breaker.used) { remove(breaker); continue; }
    if (!cards.has(breaker)) cards.set(breaker, new Card(breaker));
    const card = cards.get(breaker);
    card.root.dataset.name = breaker.name.method;
    card.root.dataset.state = breaker.state;
    card.dirty = true;
  }
  if (order) orderDirty = true;
  if (events) timelineDirty = true;
  checkView();
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
search.addEventListener('input', () => choose({find: search.value}));
document.addEventListener('keydown', (event) => {
  const typing = ['INPUT', 'SELECT', 'TEXTAREA'].includes(document.activeElement?.tagName);
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === 'Escape' && document.activeElement === search) {
    search.value = '';
    choose({find: ''});
    search.blur();
  }
});
window.addEventListener('hashchange', () => {
  ({view, problems} = readLink(location.hash));
  unchecked = true;
  checkView();
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
