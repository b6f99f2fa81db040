/* options: method and threshold of the scans to come. */
import { byId, setText, show } from './dom.js';

const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;

function threshold() {
	const rule = chosen('rule');
	if (rule === 'own')
		return null;
	const input = byId(rule);
	if (input.value.trim() === '' || !input.checkValidity())
		throw new Error(`${rule === 'fpr' ? 'The share of false alarms' : 'The threshold'}: ${input.validationMessage || 'a number is missing.'}`);
	return rule === 'fpr' ? `fpr:${input.valueAsNumber / 100}` : String(input.valueAsNumber);
}

/* "&method=lstm&threshold=fpr:0.001", "" for the model's own; null: there is something wrong, and the page says so. */
export function options() {
	show('options-error', false);
	try {
		const t = threshold();
		const method = chosen('method');
		return (method === 'auto' ? '' : `&method=${method}`) + (t === null ? '' : `&threshold=${encodeURIComponent(t)}`);
	} catch (problem) {
		byId('options').open = true;
		setText('options-error', problem.message);
		show('options-error', true);
		return null;
	}
}

/* Who changes a number means it. */
export function initOptions() {
	for (const id of ['fpr', 'number'])
		byId(id).addEventListener('input', () => {
			document.querySelector(`input[name=rule][value=${id}]`).checked = true;
			show('options-error', false);
		});
}
