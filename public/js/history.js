/* history: the list of scans. */
import { get } from './api.js';
import { byId, setMark, setText, show, stamp } from './dom.js';
import { count, percentage, setTime, worst, zone } from './words.js';

const PAGE = 50;
const POLL_MS = 5000;

const result = (scan) => (scan.state === 'done' ? worst(scan) : scan.state);

function makeRow(scan) {
	const [row] = stamp('history-row');
	const cell = (name) => row.querySelector(`.${name}`);
	const link = row.querySelector('a');
	const done = scan.state === 'done';
	row.dataset.id = scan.id;
	row.dataset.state = scan.state;
	cell('id').textContent = scan.id;
	setTime(row.querySelector('time'), scan.timestamp);
	link.href = `#scan-${scan.id}`;
	link.textContent = scan.file;
	link.title = scan.error ? `${scan.file}: ${scan.error}` : scan.file;
	cell('incidents').textContent = count(done ? scan.incidents_count : null);
	cell('windows').textContent = count(done ? scan.total_samples : null);
	cell('anomalies').textContent = count(done ? scan.anomalies_count : null);
	cell('rate').textContent = done ? percentage(scan.anomalies_count, scan.total_samples) : '–';
	setMark(cell('mark'), result(scan));
	return row;
}

function fail(failure) {
	setText('history-error', failure ? failure.message : '');
	show('history-error', failure !== null);
}

const rows = () => [...byId('history-rows').children];

/* Ask again while a scan runs. */
let timer = 0;
function watch() {
	clearTimeout(timer);
	if (rows().some((row) => row.dataset.state === 'running'))
		timer = setTimeout(() => (document.hidden ? watch() : refreshHistory()), POLL_MS);
}

/* The newest scans anew; older ones that were fetched stay. */
export async function refreshHistory() {
	try {
		const list = await get(`/history?limit=${PAGE}`);
		const oldest = list.at(-1)?.id ?? 0;
		const kept = rows().filter((row) => Number(row.dataset.id) < oldest);
		const focused = document.activeElement.closest?.('#history-rows tr')?.dataset.id;
		byId('history-rows').replaceChildren(...list.map(makeRow), ...kept);
		if (focused)
			byId('history-rows').querySelector(`tr[data-id="${Number(focused)}"] a`)?.focus({ preventScroll: true });
		show('history-table', list.length > 0);
		setText('history-empty', 'No scans to show yet.');
		show('history-empty', list.length === 0);
		if (kept.length === 0)
			show('older', list.length === PAGE);
		fail(null);
		markShown();
	} catch (failure) {
		fail(failure);
	}
	watch();
}

async function addOlder() {
	const button = byId('older');
	const before = rows().at(-1)?.dataset.id;
	button.disabled = true;
	try {
		const list = await get(`/history?limit=${PAGE}&before=${before}`);
		const added = list.map(makeRow);
		byId('history-rows').append(...added);
		show('older', list.length === PAGE);
		added[0]?.querySelector('a').focus({ preventScroll: true });
		fail(null);
	} catch (failure) {
		fail(failure);
	} finally {
		button.disabled = false;
	}
}

/* The row of the scan that the address names. */
export function markShown() {
	for (const row of rows()) {
		const link = row.querySelector('a');
		const here = link.hash === location.hash;
		row.classList.toggle('shown', here);
		if (here)
			link.setAttribute('aria-current', 'true');
		else
			link.removeAttribute('aria-current');
	}
}

export function initHistory() {
	for (const time of document.querySelectorAll('#history-rows time'))
		setTime(time, time.dateTime);
	setText('zone', `Times in ${zone()}`);
	byId('older').addEventListener('click', addOlder);
	byId('history-rows').addEventListener('click', (e) => {
		if (!e.target.closest('a') && getSelection().isCollapsed)
			e.target.closest('tr')?.querySelector('a').click();
	});
	watch();
}
