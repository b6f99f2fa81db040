/* scan: one scan on the page: words, tiles, curve, anomalies. */
import { get } from './api.js';
import { showAnomalies } from './anomalies.js';
import { initCurve, showCurve } from './curve.js';
import { byId, element, setMark, setText, show } from './dom.js';
import { showIncidents } from './incidents.js';
import { showInput } from './input.js';
import { bytes, count, duration, error, percentage, plural, sentence, setTime, tellsIncidents, times, worst } from './words.js';

const POLL_MS = 2000;
const windowLength = Number(byId('upload').dataset.window);

let current = 0; /* what is shown or being fetched; 0: nothing */
let turn = 0; /* grows with everything that is shown, so that a late answer knows that it is late */

function setMeta(scan) {
	const meta = byId('scan-meta');
	meta.replaceChildren();
	if (!scan)
		return;
	const link = element('a', `Scan ${scan.id}`);
	link.href = `#scan-${scan.id}`;
	meta.append(link);
	if (scan.timestamp) {
		const time = document.createElement('time');
		setTime(time, scan.timestamp);
		meta.append(', ', time);
	}
}

function setVerdict(mark, text) {
	setMark(byId('verdict-mark'), mark);
	setText('verdict-text', text);
}

/* Method hybrid scores by how rare a flow is, -log10 of its p-value: times the threshold would say nothing. */
const rare = (s) => s.method === 'hybrid';

function showTiles(s) {
	const used = s.rows_used ?? s.rows_read;
	setText('tile-flows', count(used));
	setText('tile-flows-note', s.rows_skipped > 0 ? `${count(s.rows_skipped)} of ${count(s.rows_read)} skipped` : 'all usable');
	setText('tile-windows', count(s.total_samples));
	setText('tile-windows-note', `of ${s.window ?? windowLength} flows each`);
	setText('tile-anomalies', count(s.anomalies_count));
	setText('tile-anomalies-note', s.anomalies_count > 0 ? 'windows' : 'none');
	setText('tile-rate', percentage(s.anomalies_count, s.total_samples));
	setText('tile-threshold', error(s.threshold));
	setText('tile-mean-name', rare(s) ? 'Mean score' : 'Mean error');
	setText('tile-max-name', rare(s) ? 'Largest score' : 'Largest error');
	setText('tile-mean', error(s.mean_error));
	setText('tile-mean-note', rare(s) ? '−log₁₀ of p' : `${times(s.mean_error, s.threshold)} threshold`);
	setText('tile-max', error(s.max_error));
	setText('tile-max-note', rare(s) ? '−log₁₀ of p' : `${times(s.max_error, s.threshold)} threshold`);
	setText('tile-time', duration(s.seconds));
	setText('tile-time-note', `for ${bytes(s.bytes)}`);
	byId('tile-anomalies').parentElement.dataset.mark = worst(s);
}

/* "of 14 devices"; nothing where the file does not say who took part. */
const ofDevices = (s) => (s.one_stream === false && s.devices > 0 ? ` of ${plural(s.devices, 'device')}` : '');

function verdict(s) {
	const n = s.anomalies_count;
	const odd = s.anomalous_flows;
	if (s.incidents_count > 0)
		return (
			`${plural(s.incidents_count, 'incident')}: ${count(odd)} of ${plural(s.flows, 'flow')}${ofDevices(s)} ` +
			`${odd === 1 ? 'looks' : 'look'} unusual (${percentage(odd, s.flows)}).`
		);
	if (tellsIncidents(s) && odd > 0)
		return (
			`No incident: ${count(odd)} of ${plural(s.flows, 'flow')}${ofDevices(s)} ${odd === 1 ? 'looks' : 'look'} unusual, ` +
			'which is too little for an alarm.'
		);
	if (tellsIncidents(s))
		return `Nothing unusual in ${plural(s.flows, 'flow')}${ofDevices(s)}.`;
	return n > 0
		? `${count(n)} of ${plural(s.total_samples, 'window')} ${n === 1 ? 'looks' : 'look'} unusual (${percentage(n, s.total_samples)}).`
		: `Nothing unusual: the error of all ${plural(s.total_samples, 'window')} is at or below the threshold.`;
}

function showDone(s) {
	setVerdict(worst(s), verdict(s));
	showInput(s);
	byId('scan').classList.remove('loading');
	show('scan-body', true);
	showIncidents(s);
	showTiles(s);
	setText('curve-title', rare(s) ? 'Score over the file' : 'Error over the file');
	show('curve', s.curve?.max?.length > 0);
	if (s.curve?.max?.length > 0)
		showCurve(s.curve, rare(s) ? 'Score' : 'Error');
	showAnomalies(s, s.window ?? windowLength);
}

/* A scan without results: it runs, or it ended otherwise. */
function showOther(s) {
	const words = {
		running: `${plural(s.rows_read ?? 0, 'flow')} read so far. This page follows it.`,
		interrupted: s.error || 'The server stopped while it was at it. Upload the file again.',
	};
	setVerdict(s.state, sentence(words[s.state] ?? s.error ?? 'it ended without a word'));
	showInput(s);
	byId('scan').classList.toggle('loading', s.state === 'running');
	show('scan-body', s.state === 'running');
	if (s.state === 'running')
		clear();
}

/* Tiles and table as empty places of the right size. */
function clear() {
	for (const cell of document.querySelectorAll('#scan-body dd[id]'))
		cell.textContent = '\u00a0';
	byId('incident-list').replaceChildren();
	show('incidents', true);
	setText('incidents-meta', '');
	show('more-incidents', false);
	byId('anomaly-rows').replaceChildren();
	byId('severities').replaceChildren();
	show('more-anomalies', false);
	show('curve', true);
	show('anomalies', true);
	setText('curve-meta', '');
	setText('anomalies-meta', '');
}

/* Make room for a scan that is on its way, so that the page does not jump when it is there. */
export function expectScan(name) {
	current = 0;
	turn++;
	show('first-steps', false);
	show('scan', true);
	showInput({});
	byId('scan').classList.add('loading');
	setText('scan-title', name);
	setMeta(null);
	setVerdict('', '\u00a0');
	show('scan-body', true);
	clear();
}

export function showScan(scan, { focus = false } = {}) {
	const title = byId('scan-title');
	turn++;
	current = scan.id;
	show('first-steps', false);
	show('scan', true);
	title.textContent = scan.file ?? 'Unnamed file';
	title.title = title.textContent;
	setMeta(scan);
	if (scan.state === 'done')
		showDone(scan);
	else
		showOther(scan);
	document.documentElement.classList.remove('scan-ahead');
	if (focus)
		title.focus();
}

/* What went wrong, in the place of a scan. */
export function showFailure(name, failure) {
	turn++;
	current = 0;
	show('first-steps', false);
	show('scan', true);
	setText('scan-title', name);
	setMeta(failure.scan ? { id: failure.scan } : null);
	setVerdict(failure.status === -1 ? 'cancelled' : 'failed', sentence(failure.message));
	showInput(failure.report);
	byId('scan').classList.remove('loading');
	show('scan-body', false);
	document.documentElement.classList.remove('scan-ahead');
}

export function closeScan() {
	turn++;
	current = 0;
	show('scan', false);
	document.documentElement.classList.remove('scan-ahead');
}

export const shownScan = () => current;

/* Fetch and show; a running one is followed until it ends. on.ended() when one that ran has. */
export async function openScan(id, { focus = false, ended = () => {} } = {}) {
	expectScan(`Scan ${id}`);
	current = id;
	let mine = turn;
	for (let ran = false; ; await new Promise((done) => setTimeout(done, POLL_MS))) {
		if (mine !== turn)
			return;
		let scan;
		try {
			scan = await get(`/scan/${id}`);
		} catch (failure) {
			if (mine === turn)
				showFailure(`Scan ${id}`, failure);
			return;
		}
		if (mine !== turn)
			return;
		showScan(scan, { focus: focus && !ran });
		mine = turn;
		if (scan.state !== 'running')
			return ran ? ended() : undefined;
		ran = true;
	}
}

export function initScan() {
	initCurve();
}
