/* result: the page of a scan: its charts, following it while it runs, and deleting it. */
import { command, get, remove } from './api.js';
import { initChart } from './chart.js';
import { byId, say, setText, show } from './dom.js';
import { bytes, count, duration, plural } from './words.js';
import { initWhatif } from './whatif.js';

const POLL_MS = 1000;
const { scan, state } = byId('result').dataset;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* ---- while it runs ---- */

/* What is known so far: of the bytes as they are announced. */
function report(s) {
	const seconds = (Date.now() - Date.parse(s.timestamp)) / 1000;
	const part = s.size > 0 ? Math.min(1, s.bytes / s.size) : null;
	const parts = [plural(s.rows_read, 'row')];
	if (seconds > 0.2)
		parts.push(`${count(Math.round(s.rows_read / seconds))} rows/s`);
	if (part > 0.02 && seconds > 2)
		parts.push(`about ${duration((seconds * (1 - part)) / part)} left`);
	if (part === null)
		byId('work-bar').removeAttribute('value');
	else
		byId('work-bar').value = part;
	setText('work-detail', `${parts.join(', ')}; ${bytes(s.bytes)}${s.size > 0 ? ` of ${bytes(s.size)}` : ''}`);
	setText('verdict-text', `${plural(s.rows_read, 'row')} read so far, ${plural(s.anomalies_count, 'anomaly', 'anomalies')}.`);
}

async function follow() {
	byId('work-bar').removeAttribute('value');
	byId('cancel').addEventListener('click', async () => {
		byId('cancel').disabled = true;
		setText('work-title', 'Cancelling');
		try {
			await command(`/api/v1/scans/${scan}/cancel`);
		} catch (failure) {
			setText('work-title', 'Scanning');
			setText('work-detail', failure.message);
			byId('cancel').disabled = false;
		}
	});
	for (;; await wait(POLL_MS)) {
		let s;
		try {
			s = await get(`/scan/${scan}`);
		} catch (failure) {
			setText('work-detail', failure.message);
			continue;
		}
		if (s.state !== 'running')
			break;
		report(s);
	}
	say('The scan has ended.');
	location.reload();
}

/* ---- deleting, with a way back ---- */

async function change(what, words) {
	byId('delete').disabled = true;
	byId('restore').disabled = true;
	try {
		await what();
	} catch (failure) {
		words = failure.message;
	}
	byId('delete').disabled = false;
	byId('restore').disabled = false;
	setText('undo-text', words);
	show('undo', true);
}

function initDelete() {
	show('delete', true);
	byId('delete').addEventListener('click', () =>
		change(async () => {
			await remove(`/api/v1/scans/${scan}`);
			show('delete', false);
			show('restore', true);
			byId('restore').disabled = false;
			requestAnimationFrame(() => byId('restore').focus());
		}, 'Deleted. It can be brought back for seven days.'),
	);
	byId('restore').addEventListener('click', () =>
		change(async () => {
			await command(`/api/v1/scans/${scan}/restore`);
			show('restore', false);
			show('delete', true);
			requestAnimationFrame(() => byId('delete').focus());
		}, 'It is back.'),
	);
}

/* The charts are drawn when there is nothing more urgent; the page does not wait for them. */
if (byId('curve'))
	initChart(scan);
if (byId('whatif'))
	initWhatif(scan);
if (byId('delete'))
	initDelete();
if (state === 'running')
	follow();
