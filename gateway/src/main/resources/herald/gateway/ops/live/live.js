'use strict';

// The figures of one gateway, as it happens: asks /metrics every two seconds and works out rates and
// percentiles from what has changed; asks /status, which walks over connections, less often.
const POLL_MILLIS = 2000;
const STATUS_EVERY_POLLS = 3;
const KEPT = 150;
const LAG_WINDOW_POLLS = 5;

const byId = (id) => document.getElementById(id);

// ---- Prometheus' text format ----

function parse(text) {
  const metrics = new Map();
  for (const line of text.split('\n')) {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found) {
      const [, name, labels, value] = found;
      if (!metrics.has(name)) metrics.set(name, []);
      metrics.get(name).push({labels: labels || '', value: Number(value)});
    }
  }
  return metrics;
}

function sum(metrics, name) {
  return (metrics.get(name) || []).reduce((total, sample) => total + sample.value, 0);
}

function buckets(metrics, name) {
  return (metrics.get(name + '_bucket') || []).map(({labels, value}) => {
    const le = /le="([^"]+)"/.exec(labels)[1];
    return {le: le === '+Inf' ? Infinity : Number(le), count: value};
  });
}

/** The quantile of what came between two readings, interpolated; null if nothing came. */
function quantile(before, after, q) {
  const counts = after.map((bucket, i) => ({
    le: bucket.le,
    count: bucket.count - (before[i] ? before[i].count : 0),
  }));
  const total = counts.length ? counts[counts.length - 1].count : 0;
  if (total <= 0) return null;
  const rank = q * total;
  let lower = 0;
  let below = 0;
  for (const {le, count} of counts) {
    if (count >= rank) {
      if (le === Infinity) return lower;
      return count === below ? le : lower + (le - lower) * (rank - below) / (count - below);
    }
    lower = le;
    below = count;
  }
  return lower;
}

// ---- Charts ----

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 400;
const HEIGHT = 160;
const LEFT = 38;
const BOTTOM = 6;

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The next round number: 1, 2 or 5 with zeros. */
function ceiling(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function brief(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value >= 1e6) return (value / 1e6).toFixed(1) + ' M';
  if (value >= 1e4) return (value / 1e3).toFixed(1) + ' k';
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

class Chart {
  constructor(id, names) {
    this.figure = byId(id);
    this.names = names;
    this.series = names.map(() => []);
    this.svg = shape('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img'});
    this.legend = document.createElement('div');
    this.legend.className = 'legend';
    this.figure.append(this.svg, this.legend);
  }

  add(values) {
    values.forEach((value, i) => {
      this.series[i].push(value);
      if (this.series[i].length > KEPT) this.series[i].shift();
    });
    this.draw(values);
  }

  draw(latest) {
    const top = ceiling(Math.max(0, ...this.series.flat().filter((value) => value !== null)));
    const x = (i) => LEFT + (WIDTH - LEFT) * (KEPT - this.series[0].length + i) / (KEPT - 1);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 12) * value / top;
    const parts = [];
    for (const mark of [0, top / 2, top]) {
      parts.push(shape('line', {class: 'grid', x1: LEFT, x2: WIDTH, y1: y(mark), y2: y(mark)}));
      parts.push(shape('text', {x: LEFT - 6, y: y(mark) + 4, 'text-anchor': 'end'}, brief(mark)));
    }
    this.series.forEach((values, s) => {
      let path = '';
      let drawing = false;
      values.forEach((value, i) => {
        if (value !== null) path += `${drawing ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
        drawing = value !== null;
      });
      parts.push(shape('path', {class: `series s${s}`, d: path, 'stroke-linecap': 'round'}));
    });
    this.svg.replaceChildren(...parts);
    const said = this.names.map((name, i) => `${name} ${brief(latest[i])}`);
    this.svg.setAttribute('aria-label', said.join(', '));
    this.legend.replaceChildren(...said.map((text, i) => {
      const entry = document.createElement('span');
      entry.className = `s${i}`;
      entry.textContent = text;
      return entry;
    }));
  }
}

const charts = {
  connections: new Chart('chart-connections', ['open', 'upgraded']),
  events: new Chart('chart-events', ['events', 'deliveries']),
  lag: new Chart('chart-lag', ['p50', 'p95', 'p99']),
  losses: new Chart('chart-losses', ['evictions', 'gaps']),
};

// ---- The loop ----

const readings = [];
let polls = 0;

function show(now) {
  const earlier = readings[Math.max(0, readings.length - LAG_WINDOW_POLLS)];
  const before = readings[readings.length - 1];
  readings.push(now);
  if (readings.length > LAG_WINDOW_POLLS) readings.shift();
  const count = (name) => sum(now.metrics, name);
  const change = (name) => before ? Math.max(0, count(name) - sum(before.metrics, name)) : null;
  const rate = (name) => before ? change(name) * 1000 / (now.atMillis - before.atMillis) : null;
  const lag = (q) => {
    if (!earlier) return null;
    const seconds = quantile(buckets(earlier.metrics, 'herald_push_lag_seconds'),
      buckets(now.metrics, 'herald_push_lag_seconds'), q);
    return seconds === null ? null : seconds * 1000;
  };
  const percentiles = [lag(0.5), lag(0.95), lag(0.99)];
  const events = rate('herald_events_total');
  const deliveries = rate('herald_deliveries_total');
  charts.connections.add([count('herald_connections_open'), count('herald_cursors')]);
  charts.events.add([events, deliveries]);
  charts.lag.add(percentiles);
  charts.losses.add([change('herald_evictions_total'), change('herald_gaps_total')]);
  byId('connections').textContent = brief(count('herald_cursors'));
  byId('users').textContent = brief(count('herald_users'));
  byId('events').textContent = brief(events);
  byId('deliveries').textContent = brief(deliveries);
  byId('lag').textContent = percentiles[2] === null ? '–' : brief(percentiles[2]) + ' ms';
  byId('slow').textContent = brief(count('herald_cursors_behind'));
  byId('evictions').textContent = brief(count('herald_evictions_total'));
  byId('gaps').textContent = brief(count('herald_gaps_total'));
}

function say(good, text) {
  byId('state').textContent = text;
  byId('state').className = good ? 'good' : 'bad';
}

function showStatus(status) {
  say(status.ready, status.ready ? 'ready' : 'not ready: ' + status.notReadyReason);
  byId('build').textContent =
    `${status.build.version}, Java ${status.build.java}, PostgreSQL ${status.build.postgresql || '?'}`;
  byId('nobody').hidden = status.slowest.length > 0;
  byId('slowest').replaceChildren(...status.slowest.map((slow) => {
    const row = document.createElement('tr');
    const cells = [slow.user, slow.address, (slow.stalledMillis / 1000).toFixed(1) + ' s',
      slow.behindEvents, slow.unconfirmedEvents];
    row.append(...cells.map((text) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
}

async function ask(path) {
  const response = await fetch(path, {cache: 'no-store'});
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

async function poll() {
  try {
    if (polls++ % STATUS_EVERY_POLLS === 0) showStatus(await (await ask('status')).json());
    const text = await (await ask('metrics')).text();
    show({atMillis: performance.now(), metrics: parse(text)});
  } catch (failure) {
    say(false, 'no answer');
  }
  setTimeout(poll, POLL_MILLIS);
}

poll();
