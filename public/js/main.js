/* main: puts the parts together. The address says which scan is shown: #scan-12. */
import { initHistory, markShown, refreshHistory } from './history.js';
import { closeScan, expectScan, initScan, openScan, shownScan, showFailure, showScan } from './scan.js';
import { Failure } from './api.js';
import { byId, say } from './dom.js';
import { initStatus, refreshStatus } from './status.js';
import { initUpload } from './upload.js';
import { found } from './words.js';

const named = () => Number(/^#scan-(\d{1,15})$/.exec(location.hash)?.[1] ?? 0);

function forget() {
	history.replaceState(null, '', location.pathname);
	markShown();
}

function follow({ focus }) {
	const id = named();
	markShown();
	if (id === 0)
		closeScan();
	else if (id !== shownScan())
		openScan(id, { focus, ended: refreshHistory });
	else if (focus)
		byId('scan-title').focus();
}

initScan();
initHistory();
initStatus({ back: refreshHistory });
initUpload({
	begin(file) {
		forget();
		expectScan(file.name);
	},
	done(answer, { last }) {
		const scan = { id: answer.scan_id, timestamp: new Date().toISOString(), state: 'done', ...answer };
		history.pushState(null, '', `#scan-${scan.id}`);
		showScan(scan, { focus: last });
		say(scan.state === 'done' ? `Done: ${found(scan)}.` : `The scan ended: ${scan.state}.`);
		refreshHistory();
		refreshStatus();
	},
	failed(failure, file, { last }) {
		showFailure(file.name, failure);
		say(failure.message);
		if (last)
			byId('scan-title').focus();
		refreshHistory();
	},
	refused(words, file) {
		forget();
		say(words);
		showFailure(`Not sent: ${file.name}`, new Failure(words));
	},
});
addEventListener('hashchange', () => follow({ focus: true }));
byId('scan-close').addEventListener('click', (e) => {
	e.preventDefault();
	forget();
	closeScan();
	byId('file').focus();
});
if (named() > 0)
	follow({ focus: false });
