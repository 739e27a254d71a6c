'use strict';
// link.js: writes what somebody has chosen to see into the address of the page, and
// reads it. Somebody else who opens the link sees the same.
//
//   #show=open&sort=rejected&find=cart&process=unix:/run/a.sock&last=15m
//
// Nothing that is wrong is changed in silence: a part that is not understood is left
// out, and a sentence says what would be right.

const SORTS = {trouble: 'Trouble first', name: 'Name', rejected: 'Most rejections', outage: 'Longest outage'};
const RANGES = {'1m': 60000, '5m': 300000, '15m': 900000, '1h': HOUR};
const MOST_TEXT = 1100;  // characters; the server clips names to about this length

const NOTHING_CHOSEN = Object.freeze({
  show: 'all', sort: 'trouble', find: '', process: null, breaker: null, last: '5m', until: null,
});

const oneOf = (values) => {
  const names = Object.keys(values);
  return names.slice(0, -1).join(', ') + ' or ' + names[names.length - 1];
};

// Returns the chosen view as the part of a URL after "#". Leaves out what is usual.
function linkOf(view) {
  const parts = [];
  const add = (name, value) => parts.push(name + '=' + encodeURIComponent(value).replace(/%2F/g, '/').replace(/%3A/g, ':'));
  for (const name of ['show', 'sort', 'find', 'last']) if (view[name] !== NOTHING_CHOSEN[name]) add(name, view[name]);
  if (view.until !== null) add('until', new Date(view.until).toISOString());
  if (view.process !== null) add('process', view.process);
  if (view.breaker !== null) {
    add('method', view.breaker.method);
    for (const name of ['target', 'key']) if (view.breaker[name]) add(name, view.breaker[name]);
  }
  return parts.join('&');
}

// Returns the view of a link, and a sentence for each part that is wrong.
function readLink(link) {
  const view = {...NOTHING_CHOSEN};
  const problems = [];
  const parts = new Map();
  for (const part of link.replace(/^#/, '').split('&').filter(Boolean)) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    let value;
    try { value = decodeURIComponent(part.slice(equals + 1)); } catch { value = undefined; }
    if (equals < 0) problems.push(`"${name.slice(0, 80)}" has no value.`);
    else if (name.length > 80) problems.push(`"${name.slice(0, 80)}..." is not known.`);
    else if (value === undefined) problems.push(`${name} is not encoded as in a URL.`);
    else if (parts.has(name)) problems.push(`${name} is there twice; the first one counts.`);
    else if (value.length > MOST_TEXT) problems.push(`${name} has more than ${MOST_TEXT} characters.`);
    else parts.set(name, value);
  }
  const choose = (name, values) => {
    if (!parts.has(name)) return;
    if (Object.hasOwn(values, parts.get(name))) view[name] = parts.get(name);
    else problems.push(`${name} is "${parts.get(name)}"; it must be ${oneOf(values)}.`);
  };
  choose('show', SHOWN);
  choose('sort', SORTS);
  choose('last', RANGES);
  if (parts.has('find')) view.find = parts.get('find');
  if (parts.has('until')) {
    const until = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(parts.get('until')) ? Date.parse(parts.get('until')) : NaN;
    if (Number.isFinite(until)) view.until = until;
    else problems.push(`until is "${parts.get('until')}"; it must be a time such as 2026-03-01T16:10:18Z.`);
  }
  if (parts.has('process')) view.process = parts.get('process');
  if (parts.has('method')) {
    if (view.process === null) problems.push('method needs process, which is the address of the process that has the breaker.');
    else view.breaker = {method: parts.get('method'), target: parts.get('target') || '', key: parts.get('key') || ''};
  }
  for (const name of ['target', 'key']) if (parts.has(name) && !parts.has('method')) problems.push(`${name} needs method.`);
  const known = ['show', 'sort', 'find', 'last', 'until', 'process', 'method', 'target', 'key'];
  for (const name of parts.keys()) if (!known.includes(name)) problems.push(`"${name}" is not known; known are ${known.join(', ')}.`);
  return {view, problems};
}

// Leaves out of the view what this dashboard does not have. Returns a sentence for
// each such part.
function refuseUnknown(view, model) {
  const problems = [];
  if (view.process !== null && ![...model.processes.values()].some((process) => process.address === view.process)) {
    problems.push(`This dashboard watches no process at ${view.process}.`);
    view.process = view.breaker = null;
  }
  const until = view.until === null ? null : view.until - model.epoch;
  if (until !== null && (until > model.now() + 1000 || until < model.from)) {
    const known = new Date(model.epoch + model.from).toISOString();
    problems.push(`until is ${new Date(view.until).toISOString()}; the history of this dashboard is from ${known} to now.`);
    view.until = null;
  }
  return problems;
}

const isChosen = (view, breaker) => view.breaker !== null && breaker.process.address === view.process &&
  ['method', 'target', 'key'].every((part) => breaker.name[part] === view.breaker[part]);
