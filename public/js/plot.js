/* plot: what charts on a canvas have in common: sharp pixels, sizes and colours that follow the page, ticks. */

/* Of the theme in use; read when drawing, as it may change. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/*
 * Call draw(context, width, height), in CSS pixels, whenever the canvas changes its size or the page its colours. Returns a function that asks for
 * it to be drawn again, in the next frame.
 */
export function surface(canvas, draw) {
	const context = canvas.getContext('2d');
	let asked = 0;

	function paint() {
		const { width, height } = canvas.parentElement.getBoundingClientRect();
		const ratio = Math.min(3, devicePixelRatio || 1);
		asked = 0;
		if (width === 0 || height === 0)
			return;
		if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
			canvas.width = Math.round(width * ratio);
			canvas.height = Math.round(height * ratio);
		}
		context.setTransform(ratio, 0, 0, ratio, 0, 0);
		context.clearRect(0, 0, width, height);
		context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
		context.lineJoin = 'round';
		draw(context, width, height);
	}
	function again() {
		asked ||= requestAnimationFrame(paint);
	}
	new ResizeObserver(again).observe(canvas.parentElement);
	document.addEventListener('themechange', again);
	again();
	return again;
}

/* About n round numbers in [from, to]. */
export function ticks(from, to, n) {
	const rough = (to - from) / Math.max(1, n);
	if (!(rough > 0) || !Number.isFinite(rough))
		return [from];
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].find((k) => k * power >= rough) * power;
	const list = [];
	for (let i = Math.ceil(from / step); i * step <= to + step / 1e6; i++)
		list.push(i * step);
	return list;
}

/* Powers of ten in [from, to], both positive; about n of them. */
export function powers(from, to, n) {
	const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
	const step = Math.max(1, Math.ceil((high - low) / Math.max(1, n)));
	const list = [];
	for (let i = low; i <= high; i += step)
		list.push(10 ** i);
	return list;
}

/* The point of a pointer's event, in CSS pixels of the element. */
export function place(element, event) {
	const box = element.getBoundingClientRect();
	return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/* A line through [x, y] points; null breaks it. */
export function trace(context, points) {
	let open = false;
	context.beginPath();
	for (const point of points) {
		if (point === null)
			open = false;
		else if (open)
			context.lineTo(point[0], point[1]);
		else {
			context.moveTo(point[0], point[1]);
			open = true;
		}
	}
	context.stroke();
}

/* A table for those who do not see the picture: heads, then rows of texts. */
export function table(box, caption, heads, rows) {
	const t = document.createElement('table');
	const make = (name, text) => {
		const cell = document.createElement(name);
		cell.textContent = text;
		return cell;
	};
	const line = (name, texts) => {
		const tr = document.createElement('tr');
		tr.append(...texts.map((text) => make(name, text)));
		return tr;
	};
	const head = document.createElement('thead');
	const body = document.createElement('tbody');
	head.append(line('th', heads));
	for (const th of head.querySelectorAll('th'))
		th.scope = 'col';
	body.append(...rows.map((texts) => line('td', texts)));
	t.className = 'table num';
	t.append(make('caption', caption), head, body);
	box.replaceChildren(t);
}
