/* chart: the error over the file: an envelope with the threshold and the incidents, to be zoomed. */
import { byId, setText } from './dom.js';
import { Envelope } from './envelope.js';
import { colour, place, powers, surface, table, ticks, trace } from './plot.js';
import { count, error, plural } from './words.js';

const EDGE = { left: 52, right: 8, top: 14, bottom: 22 };
const LEAST = 10; /* windows of the closest view */
const STEEP = 20; /* a largest error so many times the threshold needs a logarithmic scale to show the rest */
const WAIT_MS = 150;
const ROWS = 40; /* of the table */
const severities = ['low', 'medium', 'high', 'critical'];
const isNumber = (v) => typeof v === 'number';

let envelope;
let threshold;
let view; /* windows [from, to) that are shown */
let spans; /* of incidents */
let unit; /* "window", "row" */
let drag = null; /* {from, to} in pixels */
let pointer = null;
let redraw = () => {};
let timer = 0;

/* "7:2:100:180 …": number, severity, first and last window. */
function readSpans(text) {
	return text
		.split(' ')
		.filter(Boolean)
		.map((s) => s.split(':').map(Number))
		.map(([id, severity, first, last]) => ({ id, severity, first, last }));
}

const logarithmic = () => document.querySelector('#scale [value=logarithmic]').checked;

/* Points of the data that lie in the view. */
function range(data) {
	return [Math.max(0, Math.floor((view.from - data.from) / data.per)), Math.min(data.max.length, Math.ceil((view.to - data.from) / data.per))];
}

/* The scale of the values: of pixels, and what its ticks are. */
function makeScale(data, height) {
	const [a, b] = range(data);
	const top = EDGE.top;
	const size = height - EDGE.top - EDGE.bottom;
	let high = threshold;
	let low = Infinity;
	for (let i = a; i < b; i++) {
		high = Math.max(high, data.max[i] ?? 0);
		if (isNumber(data.mean[i]) && data.mean[i] > 0)
			low = Math.min(low, data.mean[i]);
	}
	high = high > 0 ? high * 1.06 : 1;
	if (!logarithmic())
		return { y: (v) => top + size * (1 - Math.min(1, v / high)), ticks: ticks(0, high, 5), bottom: top + size };
	low = Math.min(Number.isFinite(low) ? low : high / 1000, threshold > 0 ? threshold : high) / 2;
	low = Math.max(low, high / 1e9);
	const l = Math.log10(low);
	const span = Math.log10(high) - l;
	return {
		y: (v) => top + size * (1 - Math.max(0, Math.min(1, (Math.log10(Math.max(v, low)) - l) / span))),
		ticks: powers(low, high, 5),
		bottom: top + size,
	};
}

const across = (width) => width - EDGE.left - EDGE.right;
const toX = (window, width) => EDGE.left + ((window - view.from) / (view.to - view.from)) * across(width);
const toWindow = (x, width) => view.from + ((x - EDGE.left) / across(width)) * (view.to - view.from);

function drawAxes(c, scale, width) {
	c.fillStyle = colour('--bs-secondary-color');
	c.strokeStyle = colour('--curve-grid');
	c.lineWidth = 1;
	c.textAlign = 'right';
	c.textBaseline = 'middle';
	for (const v of scale.ticks) {
		const y = Math.round(scale.y(v)) + 0.5;
		trace(c, [[EDGE.left, y], [width - EDGE.right, y]]);
		c.fillText(error(v), EDGE.left - 6, y);
	}
	c.textBaseline = 'top';
	for (const v of ticks(view.from, view.to, across(width) / 110)) {
		if (!Number.isInteger(v))
			continue;
		const x = toX(v, width);
		c.textAlign = x > width - 40 ? 'right' : x < EDGE.left + 20 ? 'left' : 'center';
		c.fillText(count(v), x, scale.bottom + 6);
	}
}

function drawSpans(c, scale, width) {
	for (const s of spans.toReversed()) {
		const from = toX(s.first, width) - 1;
		const to = Math.max(toX(s.last + 1, width) + 1, from + 3);
		if (to <= EDGE.left || from >= width - EDGE.right)
			continue;
		c.fillStyle = colour(`--${severities[s.severity] ?? 'low'}`);
		c.fillRect(from, 2, to - from, 7);
		c.globalAlpha = 0.1;
		c.fillRect(from, EDGE.top, to - from, scale.bottom - EDGE.top);
		c.globalAlpha = 1;
	}
}

/* The band between least and largest, the mean in it; each point in the middle of its windows. */
function drawEnvelope(c, data, scale, width) {
	const [a, b] = range(data);
	const [first, end] = [Math.max(0, a - 1), Math.min(data.max.length, b + 1)]; /* one more on each side, so that lines go on */
	const x = (i) => toX(data.from + (i + 0.5) * data.per, width);
	const one = data.per === 1;
	const known = (i) => isNumber(data.mean[i]);
	const top = (i) => scale.y(isNumber(data.max[i]) ? data.max[i] : Infinity);
	const lines = { mean: [], max: [] };

	c.fillStyle = c.strokeStyle = colour('--curve-max');
	for (let i = first; i < end; i++) {
		lines.mean.push(known(i) ? [x(i), scale.y(data.mean[i])] : null);
		lines.max.push(known(i) || isNumber(data.max[i]) ? [x(i), top(i)] : null);
	}
	if (!one) {
		c.globalAlpha = 0.3;
		for (let i = first, begun = first; i <= end; i++) {
			if (i < end && known(i))
				continue;
			c.beginPath();
			for (let k = begun; k < i; k++)
				c.lineTo(x(k), top(k));
			for (let k = i - 1; k >= begun; k--)
				c.lineTo(x(k), scale.y(data.min[k] ?? data.mean[k]));
			c.fill();
			begun = i + 1;
		}
		c.globalAlpha = 0.75;
		c.lineWidth = 1;
		trace(c, lines.max);
		c.globalAlpha = 1;
	}
	c.lineWidth = 1.5;
	c.strokeStyle = colour(one ? '--curve-max' : '--curve-mean');
	trace(c, one ? lines.max : lines.mean);
	c.fillStyle = colour('--curve-above');
	for (let i = a; i < b; i++)
		if ((isNumber(data.max[i]) && data.max[i] > threshold) || (!isNumber(data.max[i]) && known(i)))
			c.fillRect(x(i) - 1.5, top(i) - 1.5, 3, 3);
}

function drawThreshold(c, scale, width) {
	const y = Math.round(scale.y(threshold)) + 0.5;
	c.strokeStyle = colour('--curve-threshold');
	c.lineWidth = 1.25;
	c.setLineDash([6, 4]);
	trace(c, [[EDGE.left, y], [width - EDGE.right, y]]);
	c.setLineDash([]);
}

function draw(c, width, height) {
	const data = envelope.best(view.from, view.to);
	const scale = makeScale(data, height);
	drawAxes(c, scale, width);
	c.save();
	c.beginPath();
	c.rect(EDGE.left, 0, across(width), height);
	c.clip();
	drawSpans(c, scale, width);
	drawEnvelope(c, data, scale, width);
	drawThreshold(c, scale, width);
	c.restore();
	if (drag) {
		c.fillStyle = colour('--accent');
		c.globalAlpha = 0.2;
		c.fillRect(Math.min(drag.from, drag.to), EDGE.top, Math.abs(drag.to - drag.from), scale.bottom - EDGE.top);
		c.globalAlpha = 1;
	} else if (pointer !== null && pointer >= EDGE.left && pointer <= width - EDGE.right) {
		c.strokeStyle = colour('--bs-secondary-color');
		c.lineWidth = 1;
		trace(c, [[pointer, EDGE.top], [pointer, scale.bottom]]);
	}
	const canvas = byId('plot');
	const [a, b] = range(data);
	canvas.dataset.points = b - a;
	canvas.dataset.per = data.per;
	canvas.dataset.view = `${view.from}-${view.to}`;
}

/* ---- where one looks ---- */

function setView(from, to) {
	const all = envelope.windows;
	const size = Math.min(all, Math.max(Math.min(LEAST, all), Math.round(to - from)));
	const start = Math.round(Math.max(0, Math.min(all - size, from)));
	view = { from: start, to: start + size };
	for (const [id, off] of [
		['zoom-in', size <= LEAST],
		['zoom-out', size >= all],
		['zoom-all', size >= all],
		['zoom-left', start <= 0],
		['zoom-right', start + size >= all],
	])
		byId(id).disabled = off;
	setText('curve-meta', size >= all ? plural(all, unit) : `${unit}s ${count(view.from)} to ${count(view.to - 1)} of ${count(all)}`);
	redraw();
	fillTable();
	clearTimeout(timer);
	if (envelope.lacks(view.from, view.to))
		timer = setTimeout(async () => {
			if (await envelope.refine(view.from, view.to)) {
				redraw();
				fillTable();
			}
		}, WAIT_MS);
}

/* factor < 1: closer; middle: the window that stays where it is. */
function zoom(factor, middle = (view.from + view.to) / 2) {
	const size = (view.to - view.from) * factor;
	const part = (middle - view.from) / (view.to - view.from);
	setView(middle - part * size, middle + (1 - part) * size);
}

const move = (part) => setView(view.from + part * (view.to - view.from), view.to + part * (view.to - view.from));

const actions = {
	'zoom-in': () => zoom(0.5),
	'zoom-out': () => zoom(2),
	'zoom-left': () => move(-0.5),
	'zoom-right': () => move(0.5),
	'zoom-all': () => setView(0, envelope.windows),
};
const keys = {
	'+': 'zoom-in',
	'=': 'zoom-in',
	'-': 'zoom-out',
	ArrowLeft: 'zoom-left',
	ArrowRight: 'zoom-right',
	0: 'zoom-all',
	Home: 'zoom-all',
};

/* ---- in words ---- */

const link = (id) => document.querySelector(`.incident[data-incident="${id}"] a.title`);

/* The worst incident here; pixels count, as an incident may be a single window of a million. */
function spanAt(x, width) {
	const near = (4 * (view.to - view.from)) / across(width);
	const window = toWindow(x, width);
	return spans.find((s) => window >= s.first - near && window <= s.last + 1 + near);
}

function tell(x, width) {
	const data = envelope.best(view.from, view.to);
	const i = Math.floor((toWindow(x, width) - data.from) / data.per);
	if (x < EDGE.left || i < 0 || i >= data.max.length) {
		setText('curve-here', '\u00a0');
		return;
	}
	const first = data.from + i * data.per;
	const span = spanAt(x, width);
	const incident = span ? `. Incident ${span.id}${link(span.id) ? `: ${link(span.id).textContent}` : ''}` : '';
	setText(
		'curve-here',
		(data.per === 1
			? `${unit} ${count(first)}: ${error(data.max[i])}`
			: `${unit}s ${count(first)} to ${count(Math.min(first + data.per, envelope.windows) - 1)}: ` +
				`${error(data.min[i])} to ${error(data.max[i])}, mean ${error(data.mean[i])}`) +
			incident,
	);
}

function fillTable() {
	const box = byId('curve-numbers');
	if (!box.open)
		return;
	const data = envelope.best(view.from, view.to);
	const [a, b] = range(data);
	const step = Math.max(1, Math.ceil((b - a) / ROWS));
	const rows = [];
	for (let i = a; i < b; i += step) {
		const part = (list) => list.slice(i, Math.min(b, i + step)).filter(isNumber);
		const last = Math.min(data.from + (i + step) * data.per, envelope.windows, data.from + b * data.per) - 1;
		const mean = part(data.mean);
		rows.push([
			`${count(data.from + i * data.per)}–${count(last)}`,
			error(Math.min(...part(data.min))),
			mean.length > 0 ? error(mean.reduce((s, v) => s + v, 0) / mean.length) : '–',
			error(Math.max(...part(data.max))),
		]);
	}
	table(box.querySelector('.numbers-box'), `Threshold ${error(threshold)}`, [`${unit}s`, 'Least', 'Mean', 'Largest'], rows);
}

function summary() {
	const { max, per } = envelope.whole;
	const finite = max.filter(isNumber);
	const largest = finite.reduce((a, b) => Math.max(a, b), 0);
	const above = max.filter((v) => isNumber(v) && v > threshold).length;
	return (
		`The largest value is ${error(largest)}, at ${unit} ${count(max.indexOf(largest) * per)}; the threshold is ${error(threshold)}. ` +
		`${plural(above, 'point')} of ${count(max.length)} above it; ${plural(spans.length, 'incident')} marked.`
	);
}

/* ---- pointer and keys ---- */

function initPointer(box) {
	const width = () => box.clientWidth;
	box.addEventListener('pointerdown', (e) => {
		if (e.button !== 0)
			return;
		const { x } = place(box, e);
		drag = { from: x, to: x };
		box.setPointerCapture(e.pointerId);
	});
	box.addEventListener('pointermove', (e) => {
		pointer = place(box, e).x;
		if (drag)
			drag.to = Math.max(EDGE.left, Math.min(width() - EDGE.right, pointer));
		box.classList.toggle('on-incident', Boolean(spanAt(pointer, width())));
		tell(pointer, width());
		redraw();
	});
	box.addEventListener('pointerup', () => {
		const done = drag;
		drag = null;
		if (!done)
			return;
		if (Math.abs(done.to - done.from) >= 5) {
			const ends = [toWindow(done.from, width()), toWindow(done.to, width())];
			setView(Math.min(...ends), Math.max(...ends));
			return;
		}
		const span = spanAt(done.from, width());
		if (span)
			location.assign(`/scans/${envelope.scan}/incidents/${span.id}`);
	});
	const forget = () => {
		drag = null;
		pointer = null;
		setText('curve-here', '\u00a0');
		redraw();
	};
	box.addEventListener('pointercancel', forget);
	box.addEventListener('pointerleave', () => drag || forget());
	/* Who scrolls by does not want to zoom: only where the chart was chosen, or with Ctrl. */
	box.addEventListener(
		'wheel',
		(e) => {
			if (!e.ctrlKey && document.activeElement !== box)
				return;
			e.preventDefault();
			zoom(e.deltaY > 0 ? 1.25 : 0.8, toWindow(place(box, e).x, width()));
		},
		{ passive: false },
	);
	box.addEventListener('keydown', (e) => {
		const action = e.ctrlKey || e.altKey || e.metaKey ? null : keys[e.key];
		if (!action)
			return;
		e.preventDefault();
		actions[action]();
	});
}

export async function initChart(scan) {
	const section = byId('curve');
	threshold = Number(byId('result').dataset.threshold);
	spans = readSpans(section.dataset.spans);
	unit = section.dataset.unit;
	try {
		envelope = await new Envelope(scan, Number(section.dataset.windows)).load();
	} catch (failure) {
		setText('curve-here', failure.message);
		return;
	}
	const largest = envelope.whole.max.reduce((a, v) => Math.max(a, v ?? 0), 0);
	if (threshold > 0 && largest > STEEP * threshold)
		document.querySelector('#scale [value=logarithmic]').checked = true;
	view = { from: 0, to: envelope.windows };
	redraw = surface(byId('plot'), draw);
	setView(0, envelope.windows);
	setText('curve-summary', summary());
	initPointer(byId('plot-box'));
	for (const [id, action] of Object.entries(actions))
		byId(id).addEventListener('click', action);
	for (const radio of document.querySelectorAll('#scale input'))
		radio.addEventListener('change', () => redraw());
	byId('curve-numbers').addEventListener('toggle', fillTable);
}
