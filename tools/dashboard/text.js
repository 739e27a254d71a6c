'use strict';
// text.js: writes numbers, times and events for people.

function rateText(value) {
  if (value >= 99950) return (value / 1000).toFixed(0) + 'k';
  if (value >= 999.5) return (value / 1000).toFixed(1) + 'k';
  return value === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
}

const percent = (part) => rateText(part * 100) + ' %';

// Returns at most two units, rounded down. If `fine` is true, less than ten seconds
// is shown with tenths.
function timeText(ms, fine) {
  const s = Math.max(0, ms) / 1000;
  if (fine && s < 10) return s.toFixed(1) + ' s';
  if (s < 60) return Math.floor(s) + ' s';
  if (s < 3600) return Math.floor(s / 60) + ' min' + (s < 600 ? ' ' + Math.floor(s % 60) + ' s' : '');
  if (s < 86400) return Math.floor(s / 3600) + ' h ' + Math.floor(s / 60 % 60) + ' min';
  return Math.floor(s / 86400) + ' d ' + Math.floor(s / 3600 % 24) + ' h';
}

const WORDS = {OPEN: 'Open', HALF_OPEN: 'Half-open', CLOSED: 'Closed'};
const words = (name) => WORDS[name] || String(name).replace(/_/g, ' ').toLowerCase();

const TITLES = {MODE: 'Mode', CONFIG_UPDATED: 'Config updated', CONFIG_REFUSED: 'Config refused'};
function eventTitle(event) {
  if (event.type === 'MODE') return 'Mode: ' + words(event.mode);
  if (event.to === undefined) return TITLES[event.type] || words(event.type);
  return event.to === 'OPEN' ? 'Opened' : words(event.to);
}

// Returns "12:01:05" in local time.
const clockText = (wall) => new Date(wall).toLocaleTimeString([], {hour12: false});

// Returns a count with commas between thousands.
const grouped = (count) => String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

// Returns the text without the name of the breaker, which the page shows beside it.
function eventText(event, method) {
  const colon = event.text.startsWith(method) ? event.text.indexOf(': ', method.length) : -1;
  return colon < 0 ? event.text : event.text.slice(colon + 2);
}

const counted = (count, what) => count ? [count + ' ' + what + (count > 1 ? 's' : '')] : [];

const SILENT = 5000;  // ms after which the page says that a process does not report
const silenceOf = (process, now) => now - (process.at + process.offset);

// Returns what the page says about a process after its name.
function processFacts(p, now) {
  const refused = counted(p.configErrors, 'refused config');
  if (!p.up) return ['reconnecting', p.why, ...refused].filter(Boolean);
  const facts = [];
  if (silenceOf(p, now) > SILENT) facts.push('no report for ' + timeText(silenceOf(p, now)));
  facts.push('pid ' + p.pid);
  if (p.name) facts.push(p.address);
  if (p.readOnly) facts.push('read-only');
  facts.push(...refused, ...counted(p.missedEvents, 'missed event'));
  if (p.hidden) facts.push('has more breakers than can be shown');
  return facts;
}

// Returns what the page says about the mode of a breaker that has one.
function modeText(breaker, now) {
  const {at, exactly} = breaker.modeBegin();
  const parts = [breaker.held ? 'by ' + (breaker.modeAuthor || 'an operator') : 'by the config', (exactly ? 'for ' : 'for at least ') + timeText(now - at)];
  if (breaker.heldUntil !== undefined) parts.push(timeText(breaker.heldUntil - now) + ' left');
  else if (breaker.held) parts.push('until it is cleared');
  return parts.join(', ');
}
