'use strict';
// chart.js: draws on canvases: the calls of a breaker, and the page's icon.

// Gives the canvas the resolution of the screen. Returns its size and its context, or
// null if it is not shown.
function fit(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.wide || (canvas.wide = canvas.clientWidth);
  const height = canvas.high || (canvas.high = canvas.clientHeight);
  if (!width || !height) return null;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.pen = null;
  }
  const context = canvas.pen || (canvas.pen = canvas.getContext('2d'));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height};
}

const colours = {};
function readColours() {
  const root = document.documentElement;
  const get = (name) => {
    root.style.color = 'var(--' + name + ')';  // a canvas cannot read light-dark()
    return getComputedStyle(root).color;
  };
  Object.assign(colours, {
    line: get('line'), faint: get('faint'),
    bars: [get('bar-success'), get('bar-failure'), get('bar-rejected')],
    states: {OPEN: get('open'), HALF_OPEN: get('half'), CLOSED: get('bar-success')},
    looks: {open: get('open'), forced: get('held'), half: get('half'), closed: get('bar-success'), off: get('held'), lost: get('line-strong')},
  });
  root.style.color = '';
}

// Draws the calls between two times and, below them, the state at each time.
function drawCalls(canvas, breaker, from, to) {
  const pen = fit(canvas);
  if (!pen) return;
  const {width, height, context: g} = pen;
  const floor = height - 11;
  const ratio = width / (to - from);
  const x = (at) => (at - from) * ratio;
  const {offset, at} = breaker.process;
  // The server keeps single seconds for a little more than a minute.
  const series = to - from <= 60000 ? breaker.seconds : breaker.tens;
  const bars = series.bars(from - offset, to - offset, 2.5 / ratio, at);
  const most = bars.reduce((max, [, , [, ok, failed, rejected]]) => Math.max(max, ok + failed + rejected), 1);
  g.fillStyle = colours.line;
  g.fillRect(0, floor, width, 1);
  const scale = (floor - 13) / most;
  for (const [begin, end, [, ...counts]] of bars) {
    const left = x(begin + offset);
    const wide = (end - begin) * ratio;
    let y = floor;
    counts.slice(0, 3).forEach((count, k) => {
      if (count === 0) return;
      const h = Math.max(1, count * scale);
      g.fillStyle = colours.bars[k];
      g.fillRect(left, y - h, Math.max(1, wide - (wide > 4 ? 1.5 : 0.75)), h);
      y -= h;
    });
  }
  g.fillStyle = colours.faint;
  g.font = '10px system-ui, sans-serif';
  g.fillText(rateText(most) + '/s', 0, 8);
  const begins = '−' + (to - from >= HOUR ? '1 h' : (to - from) / 60000 + ' min');
  g.fillText(begins, width - g.measureText(begins).width, 8);

  for (const [state, begin, end] of breaker.states(from, to)) {
    g.fillStyle = colours.states[state] || colours.faint;
    g.fillRect(x(begin), height - 5, Math.max(1.5, x(end) - x(begin)), 5);
  }
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
