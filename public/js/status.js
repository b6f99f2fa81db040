/* status: the badges of the header, kept up to date. */
import { get } from './api.js';
import { byId, setText, show } from './dom.js';
import { count, error } from './words.js';

const EVERY_MS = 30000;
const noDatabase =
	'The database cannot be reached: nothing can be scanned or looked up until it is back. The server tries again by itself.';

function setTone(id, tone, text) {
	const badge = byId(id);
	badge.dataset.tone = tone;
	badge.textContent = text;
}

function notify(text) {
	if (byId('notice').textContent !== text)
		setText('notice', text);
	show('notice', text !== '');
}

/* on.back() when the database is there again. */
export async function refreshStatus(on = {}) {
	const before = byId('database').dataset.tone;
	let s;
	try {
		s = await get('/status');
	} catch (failure) {
		setTone('status', 'bad', 'unreachable');
		notify(failure.message);
		return;
	}
	const connected = s.database_connected === true;
	setTone('status', connected && s.model_loaded !== false ? 'good' : 'warn', s.status);
	setTone('database', connected ? 'good' : 'bad', connected ? 'Database' : 'No database');
	setText('model', s.model.name);
	setText('threshold', error(s.threshold));
	setText('total-scans', count(connected ? s.total_scans : null));
	notify(connected ? '' : noDatabase);
	if (connected && before === 'bad')
		on.back?.();
}

export function initStatus(on) {
	setInterval(() => document.hidden || refreshStatus(on), EVERY_MS);
	document.addEventListener('visibilitychange', () => document.hidden || refreshStatus(on));
}
