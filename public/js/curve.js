/* curve: the error over the file, drawn by Chart.js. */
import '/static/vendor/chart.js-4.6.1/chart.umd.min.js';
import { byId, setText } from './dom.js';
import { count, error, plural } from './words.js';

const { Chart } = globalThis;
const STEEP = 20; /* a largest error so many times the threshold needs a logarithmic scale to show the rest */

let chart = null;
let shown = null; /* the curve and its scale */

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* Points of one line; on a logarithmic scale there is no place for 0. */
function points(values, step, scale) {
	return values.map((v, i) => ({ x: i * step, y: typeof v === 'number' && (scale === 'linear' || v > 0) ? v : null }));
}

function datasets({ curve, scale, what }) {
	const { mean, max, windows_per_point: step, threshold } = curve;
	const last = Math.max(1, (max.length - 1) * step);
	const above = (c) => typeof c.raw?.y === 'number' && c.raw.y > threshold;
	const line = { borderWidth: 1.5, pointRadius: 0, pointHitRadius: 6, tension: 0, spanGaps: false };
	const largest = {
		...line,
		label: step > 1 ? 'Largest' : what,
		data: points(max, step, scale),
		borderColor: colour('--curve-max'),
		pointRadius: (c) => (above(c) ? 2.5 : 0),
		pointBackgroundColor: colour('--curve-above'),
		pointBorderWidth: 0,
	};
	const average = { ...line, label: 'Mean', data: points(mean, step, scale), borderColor: colour('--curve-mean') };
	const limit = {
		...line,
		label: 'Threshold',
		data: [{ x: 0, y: threshold }, { x: last, y: threshold }],
		borderColor: colour('--curve-threshold'),
		borderDash: [6, 4],
		pointHitRadius: 0,
	};
	return step > 1 ? [limit, average, largest] : [limit, largest];
}

function title(items) {
	const first = items[0].parsed.x;
	const step = shown.curve.windows_per_point;
	return step > 1 ? `Windows ${count(first)} to ${count(first + step - 1)}` : `Window ${count(first)}`;
}

function options({ curve, scale }) {
	const grid = { color: colour('--curve-grid') };
	const ticks = { color: colour('--bs-secondary-color'), maxRotation: 0, autoSkipPadding: 16 };
	const name = (text) => ({ display: true, text, color: colour('--bs-secondary-color') });
	return {
		animation: false,
		responsive: true,
		maintainAspectRatio: false,
		normalized: true,
		interaction: { mode: 'index', intersect: false },
		scales: {
			x: {
				type: 'linear',
				min: 0,
				max: Math.max(1, (curve.max.length - 1) * curve.windows_per_point),
				grid: { display: false },
				title: name('Window'),
				ticks: { ...ticks, precision: 0, callback: (v) => count(v) },
			},
			y: {
				type: scale,
				beginAtZero: true,
				grid,
				ticks: { ...ticks, maxTicksLimit: 7, callback: (v) => error(v) },
			},
		},
		plugins: {
			legend: {
				align: 'end',
				reverse: true,
				labels: { color: colour('--bs-body-color'), boxWidth: 18, boxHeight: 0 },
			},
			tooltip: {
				filter: (item) => item.dataset.label !== 'Threshold',
				callbacks: { title, label: (item) => `${item.dataset.label} ${error(item.parsed.y)}` },
			},
		},
	};
}

function draw() {
	const canvas = byId('plot');
	chart?.destroy();
	chart = new Chart(canvas, { type: 'line', data: { datasets: datasets(shown) }, options: options(shown) });
	canvas.dataset.points = shown.curve.max.length;
	for (const radio of document.querySelectorAll('#scale input'))
		radio.checked = radio.value === shown.scale;
}

/* what: the word for a value, "Error". */
export function showCurve(curve, what) {
	const finite = curve.max.filter((v) => typeof v === 'number');
	const lost = curve.max.length - finite.length;
	const step = curve.windows_per_point;
	const largest = finite.reduce((a, b) => Math.max(a, b), 0);
	const parts = [step > 1 ? `${plural(curve.max.length, 'point')} of ${count(step)} windows each` : 'every window'];
	if (lost > 0)
		parts.push(`${plural(lost, 'gap')} where the ${what.toLowerCase()} is not finite`);
	setText('curve-meta', parts.join('; '));
	shown = { curve, what, scale: largest > STEEP * curve.threshold ? 'logarithmic' : 'linear' };
	draw();
}

export function initCurve() {
	for (const radio of document.querySelectorAll('#scale input'))
		radio.addEventListener('change', () => {
			shown.scale = radio.value;
			draw();
		});
	document.addEventListener('themechange', () => shown && draw());
}
