/* history: scans are ticked to be compared, deleted, and brought back. */
import { command, Failure, remove } from './api.js';
import { byId, element, say } from './dom.js';

const rows = byId('scan-rows');

/* ---- two to compare ---------------------------------------------------------------------------------------------------------- */

const picked = []; /* checkboxes, the one ticked last at the end */

function pick(box) {
	const at = picked.indexOf(box);
	if (at >= 0)
		picked.splice(at, 1);
	if (box.checked)
		picked.push(box);
	if (picked.length > 2)
		picked.shift().checked = false;
	showPicked();
}

function showPicked() {
	const form = byId('compare');
	const ids = picked.map((box) => Number(box.value)).sort((a, b) => a - b);
	form.querySelector('button').disabled = ids.length !== 2;
	form.querySelector('button').textContent = ids.length === 2 ? `Compare scans ${ids[0]} and ${ids[1]}` : 'Compare two scans';
	['a', 'b'].forEach((name, i) => {
		form.elements[name].disabled = ids.length !== 2;
		form.elements[name].value = ids[i] ?? '';
	});
}

/* ---- delete and restore ------------------------------------------------------------------------------------------------------ */

/* The row makes room for words and a button; returns a function that brings it back. */
function replaceRow(row, words, action, act) {
	const cell = element('td', '');
	const place = document.createElement('tr');
	const button = element('button', action, 'btn btn-sm btn-outline-secondary');
	cell.colSpan = row.cells.length;
	button.type = 'button';
	cell.append(element('span', words), ' ', button);
	place.className = 'gone';
	place.dataset.id = row.dataset.id;
	place.append(cell);
	row.replaceWith(place);
	button.addEventListener('click', () => act(button));
	button.focus();
	return () => place.replaceWith(row);
}

/* Do it once at a time; what goes wrong is told beside the button. */
async function attempt(button, what) {
	button.disabled = true;
	button.parentElement.querySelector('[role=alert]')?.remove();
	try {
		await what();
	} catch (failure) {
		if (!(failure instanceof Failure))
			throw failure;
		const words = element('span', failure.message, 'text-danger failed');
		words.setAttribute('role', 'alert');
		button.after(words);
	} finally {
		button.disabled = false;
	}
}

const nameOf = (row) => row.querySelector('.file a, .file span').textContent;
const addressOf = (row) => `/api/v1/scans/${Number(row.dataset.id)}`;

async function deleteScan(row) {
	const box = row.querySelector('.pick input');
	await remove(addressOf(row));
	if (box?.checked) {
		box.checked = false;
		pick(box);
	}
	const back = replaceRow(row, `Deleted: ${nameOf(row)}.`, 'Undo', (button) =>
		attempt(button, async () => {
			await command(`${addressOf(row)}/restore`);
			back();
			row.querySelector('.delete').focus();
			say(`${nameOf(row)} is back.`);
		}),
	);
	say(`Deleted: ${nameOf(row)}. It can be restored for seven days.`);
}

async function restoreScan(row) {
	await command(`${addressOf(row)}/restore`);
	replaceRow(row, `Restored: ${nameOf(row)}.`, 'Show', () => location.assign(`/scans/${Number(row.dataset.id)}`));
	say(`${nameOf(row)} is back.`);
}

function clicked(e) {
	const row = e.target.closest('tr');
	const button = e.target.closest('button');
	if (button?.matches('.delete'))
		attempt(button, () => deleteScan(row));
	else if (button?.matches('.restore'))
		attempt(button, () => restoreScan(row));
	else if (!e.target.closest('a, button, input, td.pick, td.act, tr.gone') && getSelection().isCollapsed)
		row?.querySelector('.file a')?.click();
}

if (rows) {
	rows.addEventListener('click', clicked);
	rows.addEventListener('change', (e) => e.target.matches('.pick input') && pick(e.target));
	/* Ticks that the browser kept from before. */
	for (const box of rows.querySelectorAll('.pick input:checked'))
		pick(box);
}
