/* dom: the few things that are done to the page. Text from outside gets there by textContent only. */

export const byId = (id) => document.getElementById(id);

export function setText(id, text) {
	byId(id).textContent = text;
}

export function show(id, visible) {
	byId(id).hidden = !visible;
}

/* The elements of <template id=…>. */
export function stamp(id) {
	return [...byId(id).content.cloneNode(true).children];
}

export function element(name, text, className = '') {
	const e = document.createElement(name);
	e.textContent = text;
	e.className = className;
	return e;
}

/* A word with a colour: a severity or the state of a scan. */
export function setMark(span, word) {
	span.textContent = word;
	span.dataset.mark = word;
}

/* Tell those who listen instead of look. */
export function say(text) {
	setText('say', text);
}
