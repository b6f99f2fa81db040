/* api: questions to the server. Whatever goes wrong becomes a Failure with words for the visitor. */

export class Failure extends Error {
	constructor(message, { status = 0, report = {} } = {}) {
		super(message);
		this.status = status; /* of HTTP; 0: no answer */
		this.report = report; /* what the server says besides: of a scan, what it knows */
		this.scan = report.scan_id ?? 0;
	}
}

const unreachable = 'The server cannot be reached. Check the connection and try again.';

/* What an answer says, or a Failure. */
export function understand(status, text) {
	let body = null;
	try {
		body = JSON.parse(text);
	} catch {
		/* the status has to do */
	}
	if (status === 204 || (status >= 200 && status < 300 && body !== null))
		return body;
	const message = typeof body?.error === 'string' && body.error !== '' ? body.error : `The server answered ${status} without words.`;
	throw new Failure(message, { status, report: body ?? {} });
}

async function ask(method, path, { body, ...options } = {}) {
	const headers = { Accept: 'application/json' };
	let response;
	let text;
	if (body !== undefined) {
		headers['Content-Type'] = 'application/json';
		options.body = JSON.stringify(body);
	}
	try {
		response = await fetch(path, { method, headers, cache: 'no-store', ...options });
		text = await response.text();
	} catch {
		throw new Failure(unreachable);
	}
	return understand(response.status, text);
}

export const get = (path) => ask('GET', path);

/* What does not change often: the browser keeps it and asks whether it still holds (ETag). signal: to give up with. */
export const recall = (path, signal) => ask('GET', path, { cache: 'no-cache', signal });

/* A change; body: an object, where its address is not all that there is to say. */
export const command = (path, body) => ask('POST', path, { body });

export const remove = (path) => ask('DELETE', path);

/* A name of our own for an upload, by which the server tells its progress: 32 hex digits. */
export function newKey() {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/*
 * Send a file to path. on.sent(bytes, total) while it goes out, on.handed() when all of it did. Returns { answer, abort }.
 * fetch() cannot tell how much went out.
 */
export function post(path, file, on) {
	const request = new XMLHttpRequest();
	const form = new FormData();
	form.append('file', file);
	const answer = new Promise((resolve, reject) => {
		request.upload.onprogress = (e) => on.sent(e.loaded, e.lengthComputable ? e.total : file.size);
		request.upload.onload = () => on.handed();
		request.onload = () => {
			try {
				resolve(understand(request.status, request.responseText));
			} catch (failure) {
				reject(failure);
			}
		};
		request.onerror = () => reject(new Failure(unreachable));
		request.onabort = () => reject(new Failure('Cancelled.', { status: -1 }));
	});
	request.open('POST', path);
	request.send(form);
	return { answer, abort: () => request.abort() };
}
