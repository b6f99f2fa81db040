/* overview: links of old mails, and the sample capture. */
import { command, Failure } from './api.js';
import { byId } from './dom.js';

/* Mails and bookmarks of older versions name a scan behind the #. */
function follow() {
	const id = /^#scan-(\d{1,19})$/.exec(location.hash)?.[1];
	if (id)
		location.replace(`/scans/${id}`);
}

async function trySample(e) {
	e.preventDefault();
	const button = e.target.querySelector('button');
	const state = byId('sample-state');
	button.disabled = true;
	state.textContent = 'Scanning the sample…';
	try {
		const scan = await command(e.target.getAttribute('action'));
		location.assign(`/scans/${scan.scan_id}`);
	} catch (failure) {
		if (!(failure instanceof Failure))
			throw failure;
		state.textContent = failure.message;
		button.disabled = false;
	}
}

follow();
addEventListener('hashchange', follow);
byId('sample')?.addEventListener('submit', trySample);
