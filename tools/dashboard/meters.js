'use strict';
// meters.js: says how far each rule is from opening a circuit.

// Returns how near a count is to its limit.
const heatOf = (count, limit) => count >= limit ? 'hot' : count * 2 >= limit ? 'warm' : '';

// Returns a meter for each rule of the breaker: either `on` of a number of `pips`, or
// a bar that is filled to `part` and has a mark at `at`.
function metersOf(breaker) {
  const c = breaker.counts;
  const r = breaker.rules;
  const meters = [];
  const judged = breaker.state === 'CLOSED' && (breaker.mode === 'ENFORCE' || breaker.mode === 'DRY_RUN');
  const tripped = (reason) => breaker.state === 'OPEN' && breaker.reason === reason;
  if (breaker.state === 'HALF_OPEN') {
    const pips = r.successesToClose || 1;
    const on = number(c.probeSuccesses);
    meters.push({name: 'Successful probes', pips, on, heat: '',
                 value: on + ' of ' + pips + (c.probesInFlight ? ', ' + c.probesInFlight + ' in flight' : '')});
  }
  const pips = number(r.consecutiveFailures);
  if (pips) {
    const over = tripped('CONSECUTIVE_FAILURES');
    const on = over ? pips : judged ? number(c.consecutiveFailures) : 0;
    meters.push({name: 'Failures in a row', pips, on,
                 value: over ? 'tripped at ' + pips : judged ? on + ' of ' + pips : 'opens at ' + pips,
                 heat: heatOf(on, pips)});
  }
  const score = number(r.failureScore);
  if (score) {
    const over = tripped('FAILURE_SCORE');
    const on = over ? score : judged ? number(c.failureScore) : 0;
    meters.push({name: 'Failure score', part: on / score, at: 1,
                 value: over ? 'tripped at ' + score : judged ? on + ' of ' + score : 'opens at ' + score,
                 heat: heatOf(on, score)});
  }
  const ratio = (name, limit, count, least, reason) => {
    if (!(limit > 0)) return;
    const over = tripped(reason);
    const calls = judged ? number(c.window?.calls) : 0;
    const part = calls ? number(count) / calls : 0;
    const few = calls < (least || 1);
    meters.push({name, few, part: over ? Math.max(limit, part) : part, at: limit,
                 value: over ? 'tripped at ' + percent(limit)
                      : !judged ? 'opens at ' + percent(limit)
                      : few ? calls + ' of ' + (least || 1) + ' calls' : percent(part) + ' of ' + percent(limit),
                 heat: over ? 'hot' : few ? '' : heatOf(part, limit)});
  };
  ratio('Failure rate', number(r.failureRate), c.window?.failures, r.failureMinimumCalls, 'FAILURE_RATE');
  ratio('Slow calls', number(r.slowCallRate), c.window?.slowCalls, r.slowMinimumCalls, 'SLOW_CALL_RATE');
  if (r.maxConcurrentCalls) {
    const part = number(c.concurrentCalls) / r.maxConcurrentCalls;
    meters.push({name: 'Concurrent calls', part, at: 1, value: number(c.concurrentCalls) + ' of ' + r.maxConcurrentCalls,
                 heat: part >= 1 ? 'hot' : part >= 0.75 ? 'warm' : ''});
  }
  return meters;
}
