/* sending: one file on its way to the server and through its scan. */
import { command, get, newKey, post } from './api.js';
import { bytes, count, duration, plural } from './words.js';

const POLL_MS = 700;
const GRACE = 4; /* polls */
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* How far the scan is, in words; the server knows the rate and the rest where it can. */
function words(state) {
	const parts = [plural(state.rows, 'row')];
	if (state.rows_per_second > 0)
		parts.push(`${count(Math.round(state.rows_per_second))} rows/s`);
	if (state.seconds_left > 0)
		parts.push(`about ${duration(state.seconds_left)} left`);
	parts.push(`${plural(state.anomalies, 'anomaly', 'anomalies')} so far`);
	return parts.join(', ');
}

/*
 * Send `file` with the options of a query ("&method=lstm"); report(title, detail, share) tells how far it is, share null: unknown. Returns { answer,
 * cancel }: a promise of the scan as the server tells it, or of a Failure.
 */
export function send(file, options, report) {
	const key = newKey();
	const started = performance.now();
	let handed = false;
	let over = false;
	let sending;

	function tell(state) {
		const part = state.size > 0 ? Math.min(1, state.bytes / state.size) : null;
		report(state.phase === 'storing' ? 'Storing' : 'Scanning', words(state), part);
	}

	/* The scan that the server has under this key; null when it does not know it (yet) or cannot say. */
	async function ask() {
		try {
			return await get(`/api/v1/uploads/${key}`);
		} catch {
			return null;
		}
	}

	/*
	 * Show how far the scan is, until it is over. When it ended and the answer still does not come, the connection may be dead without
	 * telling: then the scan as the server keeps it is the answer.
	 */
	async function follow() {
		report('Scanning', 'Waiting for its turn', null);
		for (let ended = 0; await wait(POLL_MS), !over; ) {
			const state = await ask();
			if (over)
				return null;
			if (state?.state === 'running')
				tell(state);
			else if (state?.scan_id && ++ended > GRACE)
				return get(`/scan/${state.scan_id}`);
		}
		return null;
	}

	/* The connection broke after everything was sent: the server may have finished all the same. */
	async function recover(failure) {
		for (let unknown = 0; unknown < GRACE && !over; await wait(POLL_MS)) {
			const state = await ask();
			if (state?.state === 'running')
				tell(state);
			else if (state?.scan_id)
				return get(`/scan/${state.scan_id}`);
			else
				unknown++;
		}
		throw failure;
	}

	const lost = (failure) => failure.status === 0 || failure.status === 502 || failure.status === 504;
	const followed = new Promise((resolve) => {
		sending = post(`/api/v1/scans?key=${key}${options}`, file, {
			sent(n, total) {
				const seconds = Math.max(1, performance.now() - started) / 1000;
				const rate = n / seconds;
				const left = seconds > 1 && rate > 0 ? `, about ${duration((total - n) / rate)} left` : '';
				report('Uploading', `${bytes(n)} of ${bytes(total)}, ${bytes(rate)}/s${n < total ? left : ''}`, n / total);
			},
			handed() {
				handed = true;
				follow().then((scan) => scan && resolve(scan), () => {});
			},
		});
	});

	async function run() {
		try {
			return await Promise.race([sending.answer, followed]);
		} catch (failure) {
			if (handed && !over && lost(failure))
				return await recover(failure);
			throw failure;
		} finally {
			over = true;
			sending.abort();
		}
	}

	return {
		answer: run(),
		/* The server is told first: with the connection alone gone it would only notice at its next read. */
		cancel() {
			over = true;
			const told = handed ? command(`/api/v1/uploads/${key}/cancel`).catch(() => {}) : Promise.resolve();
			Promise.race([told, wait(POLL_MS)]).then(() => sending.abort());
		},
	};
}
