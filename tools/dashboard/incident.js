'use strict';
// incident.js: tells somebody who has just come what is going on: since when, why,
// how many calls, in which processes, and what comes next.

const plural = (count, what) => grouped(count) + ' ' + what + (count === 1 ? '' : 's');

// Returns the most frequent of the texts and how many have it.
function mostFrequent(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) || 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

// Returns the sum of the calls of a kind (see Series) since the outage began.
function callsSince(breaker, kind) {
  const begin = Math.floor((breaker.outageSince - breaker.process.offset) / breaker.tens.width);
  return breaker.tens.sum(begin, Infinity)[kind];
}

function whenText(at, now, model) {
  const age = timeText(now - at);
  const wall = new Date(model.epoch + at);
  const time = wall.toLocaleTimeString([], {hour12: false});
  return now - at < 12 * HOUR ? `${time}, ${age} ago` : `${wall.toLocaleDateString()} ${time}, ${age} ago`;
}

function probeText(failing, now) {
  const probing = failing.filter((breaker) => breaker.look === 'half');
  const waiting = failing.filter((breaker) => breaker.waitsForProbe).sort((a, b) => a.probeAt - b.probeAt);
  const parts = [];
  if (probing.length) {
    const flying = probing.reduce((sum, breaker) => sum + number(breaker.counts.probesInFlight), 0);
    parts.push(`${plural(probing.length, 'circuit')} half-open, ${plural(flying, 'probe')} in flight`);
  }
  if (waiting.length) {
    const [first] = waiting;
    const where = `${first.shortName} in ${first.process.label}`;
    parts.push(first.probeAt > now ? `next probe in ${timeText(first.probeAt - now, true)} (${where})` : `the next call is a probe (${where})`);
  }
  const text = parts.join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Returns the title, its look, and rows of [name, text].
function incidentOf(model, now) {
  const used = model.used();
  const failing = used.filter((breaker) => !breaker.lost && breaker.outageSince !== undefined);
  const held = used.filter((breaker) => breaker.held);
  const lost = [...model.processes.values()].filter((process) => !process.up);
  const rows = [];
  // The numbers are those of the tiles.
  const {open, half} = model.counts();
  let title = used.length ? `No circuit is open (${plural(used.length, 'circuit')})` : 'No circuit yet';
  let look = used.length ? 'closed' : 'lost';
  if (open || half) {
    look = open ? 'open' : 'half';
    title = open ? `${open} of ${plural(used.length, 'circuit')} open` + (half ? `, ${half} half-open` : '')
      : `${half} of ${plural(used.length, 'circuit')} half-open`;
  }
  if (failing.length) {
    const since = Math.min(...failing.map((breaker) => breaker.outageSince));
    title += ` for ${timeText(now - since)}`;
    rows.push(['Since', whenText(since, now, model)]);
    const causes = mostFrequent(failing.map((breaker) => breaker.cause || 'not known'));
    const [[cause, times]] = causes;
    rows.push(['Why', cause + (failing.length > 1 ? ` (${times} of ${failing.length})` : '') +
                      (causes.length > 1 ? `; ${plural(causes.length - 1, 'other cause')}` : '')]);
    const sum = (field) => failing.reduce((total, breaker) => total + breaker[field], 0);
    const calls = [plural(sum('rejectedInOutage'), 'call') + ' rejected'];
    const failures = failing.reduce((total, breaker) => total + callsSince(breaker, 2), 0);
    if (failures) calls.push(grouped(failures) + ' failed');
    if (sum('fallbacksInOutage')) calls.push(grouped(sum('fallbacksInOutage')) + ' answered by a fallback');
    if (sum('passedInOutage')) calls.push(grouped(sum('passedInOutage')) + ' passed because of dry run');
    rows.push(['Calls', calls.join(', ')]);
    const where = mostFrequent(failing.map((breaker) => breaker.process));
    rows.push(['Where', where.map(([process, count]) =>
      `${process.label} (${count} of ${used.filter((breaker) => breaker.process === process).length})`).join(', ')]);
    const again = mostFrequent(failing.map((breaker) => breaker.lastCause).filter(Boolean));
    rows.push(['Next', (probeText(failing, now) || 'No probe while a mode decides') + (again.length ? '; before, ' + again[0][0] : '')]);
  }
  if (held.length) {
    const texts = mostFrequent(held.map((breaker) => `${words(breaker.operatorMode)} in ${breaker.process.label}`));
    const oldest = held.map((breaker) => breaker.modeBegin()).sort((a, b) => a.at - b.at)[0];
    const age = `${held.length > 1 ? 'the longest ' : ''}for ${oldest.exactly ? '' : 'at least '}${timeText(now - oldest.at)}`;
    rows.push(['Held', `${held.length} by an operator, ${age}: ` + texts.map(([text, count]) => `${count} ${text}`).join(', ')]);
    if (look === 'closed') look = 'forced';
  }
  const silent = [...model.processes.values()].filter((process) => process.up && silenceOf(process, now) > SILENT);
  if (silent.length) {
    rows.push(['Silent', silent.map((process) => `${process.label} (no report for ${timeText(silenceOf(process, now))})`).join(', ')]);
  }
  if (lost.length) {
    rows.push(['Lost', lost.map((process) => `${process.label} (for ${timeText(now - process.since)})`).join(', ')]);
  }
  return {title, look, rows};
}
