/* words: numbers and times as people read them. fcgi/page/values.c shows them in the same way. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const NONE = '–';

const isNumber = (v) => typeof v === 'number' && Number.isFinite(v);

export function count(n) {
	return isNumber(n) ? grouped.format(n) : NONE;
}

export function plural(n, one, many = `${one}s`) {
	return `${count(n)} ${n === 1 ? one : many}`;
}

export function percentage(part, whole) {
	if (!isNumber(part) || !isNumber(whole))
		return NONE;
	const v = whole > 0 ? (100 * part) / whole : 0;
	if (v > 0 && v < 0.01)
		return '<0.01 %';
	return `${v.toFixed(v > 0 ? 2 : 0)} %`;
}

/* An error or a threshold: four digits; null is one that is not finite. */
export function error(v) {
	if (!isNumber(v))
		return '∞';
	const size = Math.abs(v);
	return size > 0 && (size < 1e-4 || size >= 1e9) ? v.toExponential(3) : short.format(v);
}

/* "1.7e-7": how often a normal flow is as unusual. */
export function pValue(v) {
	if (!isNumber(v))
		return NONE;
	return v >= 0.001 ? short.format(v) : v.toExponential(1);
}

/* How many times the threshold an error is. */
export function times(v, threshold) {
	if (!isNumber(v) || !(threshold > 0))
		return '∞';
	const ratio = v / threshold;
	return `${ratio < 10 ? ratio.toFixed(1) : error(Math.round(ratio))}×`;
}

export function bytes(n) {
	const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
	let v = n;
	let i = 0;
	if (!isNumber(n))
		return NONE;
	while (Math.abs(v) >= 1024 && i + 1 < units.length) {
		v /= 1024;
		i++;
	}
	return `${Math.abs(v) < 10 && !Number.isInteger(v) ? v.toFixed(1) : v.toFixed(0)} ${units[i]}`;
}

export function duration(seconds) {
	if (!isNumber(seconds))
		return NONE;
	if (seconds < 1)
		return `${Math.max(1, Math.round(seconds * 1000))} ms`;
	if (seconds < 60)
		return `${seconds.toFixed(1)} s`;
	const minutes = Math.floor(seconds / 60);
	return minutes < 60 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/* Seconds since 1970 or ISO 8601 into a Date; null for what is no time. */
function date(value) {
	const d = isNumber(value) ? new Date(value * 1000) : new Date(typeof value === 'string' ? value : NaN);
	return Number.isNaN(d.getTime()) ? null : d;
}

const two = (n) => String(n).padStart(2, '0');

/* In the viewer's zone, as wide as the server's UTC text. */
function local(d) {
	return (
		`${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
		`${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
	);
}

/* Fill a <time>. */
export function setTime(element, value) {
	const d = date(value);
	element.textContent = d ? local(d) : NONE;
	if (d) {
		element.dateTime = d.toISOString();
		element.title = `${d.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
	}
}

export function zone() {
	return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'your zone';
}

/* What the server says begins with a small letter. */
export function sentence(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/* Of a scan that is done: its worst severity. */
export const worst = (scan) => scan.severity ?? 'Normal';

/* Of older scans, and of windows that are odd as a whole only, there are no incidents to tell of. */
export const tellsIncidents = (scan) => scan.incidents_count > 0 || scan.method === 'hybrid';

/* "8 incidents in 10,000 flows". */
export function found(scan) {
	return tellsIncidents(scan)
		? `${plural(scan.incidents_count, 'incident')} in ${plural(scan.flows, 'flow')}`
		: `${plural(scan.anomalies_count, 'anomaly', 'anomalies')} in ${plural(scan.total_samples, 'window')}`;
}

const features = {
	orig_pkts: { unit: 'packet', way: 'sent' },
	resp_pkts: { unit: 'packet', way: 'received' },
	orig_bytes: { unit: 'byte', way: 'sent' },
	resp_bytes: { unit: 'byte', way: 'received' },
};

/* "5.2 MiB sent"; exactly: "5,452,595 bytes sent". */
export function feature(name, value, exactly = false) {
	const f = Object.hasOwn(features, name) ? features[name] : null;
	if (!f)
		return `${name} = ${count(value)}`;
	const amount = f.unit === 'byte' && !exactly && value >= 10240 ? bytes(value) : plural(value, f.unit);
	return `${amount} ${f.way}`;
}
