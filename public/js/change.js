/* change: PATCH with a few members as JSON; what the thing is now, or a Failure with words for the visitor. */
import { Failure, understand } from './api.js';

export async function change(path, members) {
	let response;
	let text;
	try {
		response = await fetch(path, {
			method: 'PATCH',
			headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
			body: JSON.stringify(members),
		});
		text = await response.text();
	} catch {
		throw new Failure('The server cannot be reached. Check the connection and try again.');
	}
	return understand(response.status, text);
}
