/*
 * whatif: what other thresholds would flag: a histogram of the scores, a slider over it, and with labels what a threshold is worth. No move asks the
 * server.
 */
import { command, recall } from './api.js';
import { byId, say, setText } from './dom.js';
import { colour, place, powers, surface, table, trace } from './plot.js';
import { count, error, percentage, plural, times } from './words.js';

const EDGE = { left: 40, right: 8, top: 10, bottom: 20 };
const isNumber = (v) => typeof v === 'number';

let scan;
let scores; /* the answer of the server */
let own; /* index of the scan's own threshold */
let at; /* index of the slider */
let redraws = [];

/* The stops whose incidents are known; the scan's own always is. */
const known = (i) => isNumber(scores.incidents[i]);

function nearest(list, value) {
	return list.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(list[best] - value) ? i : best), 0);
}

/* ---- words ---- */

/* To two digits, as no calibration knows more. */
function rounded(v) {
	const step = 10 ** Math.max(0, Math.floor(Math.log10(v)) - 1);
	return step * Math.round(v / step);
}

function meaning(t) {
	if (scores.method === 'hybrid')
		return t < 15 ? `one normal flow in ${count(rounded(10 ** t))}` : 'hardly any normal flow';
	return `${times(t, scores.at[own])} the scan's own`;
}

function against(n, i, word) {
	const d = n - word.list[own];
	if (i === own)
		return 'as in this scan';
	return d === 0 ? 'no change' : `${count(Math.abs(d))} ${d > 0 ? 'more' : 'fewer'} than in this scan`;
}

const rows = () => scores.method === 'dense';
const total = () => scores.totals;

function sentence(i) {
	return (
		`Threshold ${error(scores.at[i])}: ${plural(scores.flows[i], rows() ? 'row' : 'flow')} flagged, ` +
		`${plural(scores.anomalies[i], 'anomaly', 'anomalies')}, ${plural(scores.incidents[i], 'incident')}`
	);
}

/* ---- with labels ---- */

const labelled = () => Array.isArray(scores.attacks) && total().attacks > 0;
const ratio = (a, b) => (b > 0 ? a / b : null);

function worth(i) {
	const found = scores.attacks[i];
	const wrong = scores.false[i];
	const recall_ = ratio(found, total().attacks);
	const precision = ratio(found, found + wrong);
	return {
		tpr: recall_,
		fpr: ratio(wrong, total().benign),
		precision,
		f1: precision > 0 && recall_ > 0 ? (2 * precision * recall_) / (precision + recall_) : precision === null ? null : 0,
	};
}

function showWorth(i) {
	if (!byId('labels') || !labelled())
		return;
	const w = worth(i);
	const share = (v) => (v === null ? '–' : percentage(v, 1));
	setText('label-tpr', share(w.tpr));
	setText('label-tpr-note', `${count(scores.attacks[i])} of ${plural(total().attacks, 'attack flow')}`);
	setText('label-fpr', share(w.fpr));
	setText('label-fpr-note', `${count(scores.false[i])} of ${plural(total().benign, 'benign flow')}`);
	setText('label-precision', share(w.precision));
	setText('label-f1', w.f1 === null ? '–' : w.f1.toFixed(3));
}

/* ---- pictures ---- */

/* Where stop i is across the histogram: as the thumb of the slider is. */
const toX = (i, width) => EDGE.left + ((width - EDGE.left - EDGE.right) * i) / Math.max(1, scores.at.length - 1);

/* Flows between two stops; the first is all below, the last all above. */
function bins() {
	const all = rows() ? (total().rows ?? total().windows ?? total().flows) : total().flows;
	const above = scores.flows;
	return [all - above[0], ...above.map((n, i) => n - (above[i + 1] ?? 0))];
}

function drawHistogram(c, width, height) {
	const list = bins();
	const most = list.reduce((a, b) => Math.max(a, b), 1);
	const bottom = height - EDGE.bottom;
	const y = (n) => bottom - ((bottom - EDGE.top) * Math.log10(1 + n)) / Math.log10(1 + most);
	const soft = colour('--curve-mean');
	const above = colour('--accent');

	c.fillStyle = colour('--bs-secondary-color');
	c.strokeStyle = colour('--curve-grid');
	c.textAlign = 'right';
	c.textBaseline = 'middle';
	for (const n of [0, ...powers(1, most, 4)]) {
		const at = Math.round(y(n)) + 0.5;
		trace(c, [[EDGE.left, at], [width - EDGE.right, at]]);
		c.fillText(n >= 10000 ? n.toExponential(0).replace('+', '') : count(n), EDGE.left - 6, at);
	}
	/* What is below the first stop and above the last has no end: it stands at the edges. */
	for (let i = 0; i < list.length; i++) {
		const from = i === 0 ? EDGE.left - 4 : toX(i - 1, width);
		const to = i === list.length - 1 ? width - EDGE.right + 6 : toX(i, width);
		c.fillStyle = i > at ? above : soft;
		if (list[i] > 0)
			c.fillRect(from + 0.5, y(list[i]), Math.max(1, to - from - 1), bottom - y(list[i]));
	}
	c.fillStyle = colour('--bs-secondary-color');
	c.textBaseline = 'top';
	const every = Math.max(1, Math.ceil(scores.at.length / Math.max(2, (width - EDGE.left) / 70)));
	for (let i = 0; i < scores.at.length; i += every) {
		c.textAlign = i === 0 ? 'left' : 'center';
		if (toX(i, width) < width - 20)
			c.fillText(error(Number(scores.at[i].toPrecision(3))), toX(i, width), bottom + 5);
	}
	const x = Math.round(toX(at, width)) + 0.5;
	c.strokeStyle = colour('--curve-threshold');
	c.lineWidth = 1.5;
	trace(c, [[x, EDGE.top - 6], [x, bottom]]);
	if (at !== own) {
		const there = Math.round(toX(own, width)) + 0.5;
		c.setLineDash([3, 3]);
		trace(c, [[there, EDGE.top - 6], [there, bottom]]);
		c.setLineDash([]);
	}
}

/* A curve of two shares, of all stops; the one that is chosen is marked. low: the least x of a logarithmic scale; 0: linear. */
function drawShares(c, width, height, { points, low }) {
	const edge = { left: 44, right: 10, top: 10, bottom: 20 };
	const w = width - edge.left - edge.right;
	const h = height - edge.top - edge.bottom;
	const x = (v) => edge.left + w * (low > 0 ? 1 - Math.log10(Math.max(v, low)) / Math.log10(low) : v);
	const y = (v) => edge.top + h * (1 - v);

	c.fillStyle = colour('--bs-secondary-color');
	c.strokeStyle = colour('--curve-grid');
	c.textBaseline = 'middle';
	c.textAlign = 'right';
	for (const v of [0, 0.5, 1]) {
		trace(c, [[edge.left, y(v)], [edge.left + w, y(v)]]);
		c.fillText(`${100 * v} %`, edge.left - 4, y(v));
	}
	c.textBaseline = 'top';
	c.textAlign = 'center';
	for (const v of low > 0 ? powers(low, 1, 3) : [0, 0.5, 1]) {
		trace(c, [[x(v), edge.top], [x(v), edge.top + h]]);
		c.textAlign = v === 1 ? 'right' : 'center';
		c.fillText(`${Number((100 * v).toPrecision(2))} %`, x(v) + (v === 1 ? edge.right : 0), edge.top + h + 4);
	}
	c.strokeStyle = colour('--accent');
	c.lineWidth = 2;
	trace(c, points.filter(Boolean).map(([a, b]) => [x(a), y(b)]));
	const here = points[at];
	if (here) {
		c.fillStyle = colour('--curve-threshold');
		c.beginPath();
		c.arc(x(here[0]), y(here[1]), 5, 0, 2 * Math.PI);
		c.fill();
	}
}

function initShares() {
	const all = scores.at.map((_, i) => worth(i));
	const low = Math.max(1e-6, Math.min(0.1, 10 ** Math.floor(Math.log10(1 / Math.max(10, total().benign)))));
	const roc = all.map((v) => (v.fpr === null ? null : [v.fpr, v.tpr]));
	const pr = all.map((v) => (v.precision === null ? null : [v.tpr, v.precision]));
	const add = (id, how) => redraws.push(surface(byId(id), (c, w, h) => drawShares(c, w, h, how)));
	add('roc', { points: roc, low });
	add('pr', { points: pr, low: 0 });
}

/* ---- the slider ---- */

function show(i) {
	const slider = byId('whatif-slider');
	at = i;
	slider.value = i;
	slider.setAttribute('aria-valuetext', sentence(i));
	setText('whatif-threshold', error(scores.at[i]));
	setText('whatif-meaning', meaning(scores.at[i]));
	setText('whatif-flows', count(scores.flows[i]));
	setText('whatif-flows-note', `${percentage(scores.flows[i], rows() ? (total().rows ?? total().windows) : total().flows)} of all`);
	setText('whatif-anomalies', count(scores.anomalies[i]));
	setText('whatif-anomalies-note', against(scores.anomalies[i], i, { list: scores.anomalies }));
	setText('whatif-incidents', known(i) ? count(scores.incidents[i]) : 'not computed');
	setText('whatif-incidents-note', known(i) ? against(scores.incidents[i], i, { list: scores.incidents }) : '');
	byId('whatif').dataset.at = scores.at[i];
	byId('whatif-own').disabled = i === own;
	if (byId('whatif-use'))
		byId('whatif-use').disabled = false;
	showWorth(i);
	for (const again of redraws)
		again();
}

/* Stops without known incidents are skipped in the direction of the move. */
function step(wanted) {
	const way = wanted < at ? -1 : 1;
	for (const d of [way, -way])
		for (let i = wanted; i >= 0 && i < scores.at.length; i += d)
			if (known(i)) {
				show(i);
				return;
			}
	show(own);
}

function fillTable() {
	const box = byId('whatif-numbers');
	if (!box.open)
		return;
	const heads = ['Threshold', rows() ? 'Rows' : 'Flows', 'Anomalies', 'Incidents'];
	if (labelled())
		heads.push('Attacks found', 'False alarms', 'Precision');
	const lines = scores.at.map((t, i) => {
		const w = labelled() ? worth(i) : null;
		const share = (v) => (v === null ? '–' : percentage(v, 1));
		return [
			error(t),
			count(scores.flows[i]),
			count(scores.anomalies[i]),
			known(i) ? count(scores.incidents[i]) : 'not computed',
			...(w ? [share(w.tpr), share(w.fpr), share(w.precision)] : []),
		];
	});
	table(box.querySelector('.numbers-box'), `This scan's own threshold is ${error(scores.at[own])}`, heads, lines);
}

/* ---- using it ---- */

async function use() {
	const dialog = byId('use-dialog');
	const threshold = scores.at[at];
	const found = sentence(at).replace(/^[^:]*: /, '');
	setText('use-words', `The model will flag what scores above ${error(threshold)}: ${meaning(threshold)}. In this scan that is: ${found}.`);
	dialog.returnValue = 'no';
	dialog.showModal();
	await new Promise((done) => dialog.addEventListener('close', done, { once: true }));
	if (dialog.returnValue !== 'yes')
		return;
	byId('whatif-use').disabled = true;
	try {
		const answer = await command('/api/v1/model/threshold', { threshold, method: scores.method });
		setText('whatif-said', `Done: scans from now on use ${error(threshold)}.${answer?.note ? ` ${answer.note}` : ''} The page Model goes back.`);
	} catch (failure) {
		setText('whatif-said', `It was not changed: ${failure.message}`);
		say(failure.message);
	}
	byId('whatif-use').disabled = false;
}

export async function initWhatif(id) {
	scan = id;
	try {
		scores = await recall(`/api/v1/scans/${scan}/scores`);
	} catch (failure) {
		setText('whatif-said', failure.message);
		return;
	}
	const slider = byId('whatif-slider');
	own = nearest(scores.at, scores.threshold ?? Number(byId('result').dataset.threshold));
	slider.max = scores.at.length - 1;
	slider.disabled = false;
	setText('whatif-meta', `${plural(scores.flows.length, 'threshold')}; drag, or use the arrow keys`);
	setText('whatif-summary', `How many ${rows() ? 'rows' : 'flows'} have which score, on a logarithmic scale. This scan: ${sentence(own)}.`);
	redraws = [surface(byId('histogram'), drawHistogram)];
	if (byId('labels') && labelled())
		initShares();
	show(own);
	slider.addEventListener('input', () => step(Number(slider.value)));
	const box = byId('histogram').parentElement;
	const follow = (e) => {
		const { x } = place(box, e);
		const part = (x - EDGE.left) / (box.clientWidth - EDGE.left - EDGE.right);
		step(Math.round(Math.max(0, Math.min(1, part)) * (scores.at.length - 1)));
	};
	box.addEventListener('pointerdown', (e) => {
		box.setPointerCapture(e.pointerId);
		follow(e);
	});
	box.addEventListener('pointermove', (e) => e.buttons === 1 && follow(e));
	byId('whatif-own').addEventListener('click', () => {
		show(own);
		slider.focus();
	});
	byId('whatif-use')?.addEventListener('click', use);
	byId('whatif-numbers').addEventListener('toggle', fillTable);
}
