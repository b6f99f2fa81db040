/* result: the page of a scan, in a real browser against a real server. See page.mjs. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { attacks, base, capture, everywhere, inked, json, launch, openPage, overflow, pageTests, reach, ready, scanned, screenshot, text } from './page.mjs';

const grouped = (n) => new Intl.NumberFormat('en').format(n);
/* A tag, and a mark that turns the direction of writing. */
const EVIL = '<img src=x onerror="globalThis.violations.push(1)">\u202egnp';
const LONG = EVIL + 'y'.repeat(10000);
let browser;
let scan; /* of the capture with attacks */
const pageTest = pageTests(() => browser);

before(async () => {
	browser = await launch();
	const { page, close } = await openPage(browser, { path: '/new' });
	scan = await scanned(page, attacks);
	assert.ok(scan.incidents.length > 1);
	await close();
});
after(() => browser?.close());

async function open(page, id = scan.id) {
	await page.goto(`${base}/scans/${id}`);
	await ready(page);
	await page.waitForFunction(() => document.querySelector('#plot')?.dataset.view);
	return page;
}

const view = (page) => page.getAttribute('#plot', 'data-view').then((v) => v.split('-').map(Number));
const picture = (page, selector = '#plot') => page.evaluate((s) => document.querySelector(s).toDataURL(), selector);
/* Where something is now, in full view. */
async function boxOf(page, selector) {
	await page.locator(selector).evaluate((e) => e.scrollIntoView({ block: 'center', behavior: 'instant' }));
	return page.locator(selector).boundingBox();
}
/* Whatever was asked of the chart has been drawn. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

pageTest('incidents come first, then the chart, then the worst anomalies, and nothing jumps', { path: '/new' }, async (page) => {
	await open(page);
	const top = (selector) => page.locator(selector).evaluate((e) => e.getBoundingClientRect().top);
	const places = await Promise.all(['#verdict', '.tiles >> nth=0', '#incidents', '#curve', '#whatif', '#anomalies'].map(top));
	assert.deepEqual(places, places.toSorted((a, b) => a - b));
	assert.equal(await page.locator('.incident').count(), Math.min(20, scan.incidents.length));
	assert.equal(await page.locator('#anomaly-rows .anomaly').count(), Math.min(20, scan.details.length));
	const words = await page.locator('.incident').first().innerText();
	const [first] = scan.incidents;
	for (const part of [first.title, first.technique, first.device.ip, first.sentence.slice(1)])
		assert.ok(words.includes(part), `${part} in ${words}`);
	assert.equal(await page.locator('.incident a.title').first().getAttribute('href'), `/scans/${scan.id}/incidents/${first.id}`);
	assert.ok((await inked(page)) > 1000, 'the chart is drawn');
	assert.match(await page.locator('#curve-summary').textContent(), new RegExp(`^The largest value is .* ${scan.incidents.length} incidents? marked`));
	await page.waitForTimeout(300);
	assert.ok((await page.evaluate(() => globalThis.shift)) < 0.02);
	await everywhere(page, 'result');
});

pageTest('the chart is zoomed by buttons, keys, wheel and by dragging, and gets finer', { path: '/new' }, async (page) => {
	await open(page);
	const all = await view(page);
	const per = Number(await page.getAttribute('#plot', 'data-per'));
	assert.deepEqual(all, [0, scan.total_samples]);
	assert.ok(per > 1);
	assert.equal(await page.isDisabled('#zoom-out'), true);
	await page.click('#zoom-in');
	await drawn(page);
	const [from, to] = await view(page);
	assert.ok(Math.abs(to - from - all[1] / 2) <= 1 && from > 0);
	for (let i = 0; i < 4; i++)
		await page.click('#zoom-in');
	await page.waitForFunction((p) => Number(document.querySelector('#plot').dataset.per) < p, per);
	assert.match(await text(page, '#curve-meta'), /^windows [\d,]+ to [\d,]+ of /i);

	await page.focus('#plot-box');
	const before = await view(page);
	await page.keyboard.press('ArrowLeft');
	await drawn(page);
	assert.ok((await view(page))[0] < before[0]);
	await page.keyboard.press('0');
	await drawn(page);
	assert.deepEqual(await view(page), all);
	await page.keyboard.press('+');
	await drawn(page);
	assert.ok((await view(page))[1] < all[1]);
	await page.keyboard.press('-');
	await drawn(page);
	assert.deepEqual(await view(page), all);

	const box = await boxOf(page, '#plot-box');
	await page.mouse.move(box.x + box.width / 2, box.y + 60);
	await page.mouse.wheel(0, -300);
	await drawn(page);
	const wheeled = await view(page);
	assert.ok(wheeled[1] - wheeled[0] < all[1]);
	await page.keyboard.press('0');
	await page.mouse.move(box.x + 0.4 * box.width, box.y + 60);
	await page.mouse.down();
	await page.mouse.move(box.x + 0.6 * box.width, box.y + 60, { steps: 5 });
	await page.mouse.up();
	await drawn(page);
	const dragged = await view(page);
	assert.ok(dragged[0] > 0.3 * all[1] && dragged[1] < 0.7 * all[1], String(dragged));
	await page.mouse.move(box.x + 0.5 * box.width, box.y + 80);
	await page.locator('#curve-here').filter({ hasText: /^windows? [\d,]+/i }).waitFor();
	await page.click('#curve-numbers summary');
	await page.locator('#curve-numbers tbody tr').nth(5).waitFor();
	assert.equal(await overflow(page), 0);
});

pageTest('who scrolls over the chart does not zoom it', { path: '/new' }, async (page) => {
	await open(page);
	const box = await boxOf(page, '#plot-box');
	await page.mouse.move(box.x + 200, box.y + 20);
	await page.mouse.wheel(0, 200);
	await drawn(page);
	assert.deepEqual(await view(page), [0, scan.total_samples]);
});

pageTest('a range that was seen costs no second answer', { path: '/new' }, async (page) => {
	await open(page);
	const asked = [];
	page.on('request', (r) => r.url().includes('/curve?') && asked.push(r.url()));
	const closer = () =>
		page.evaluate(() => {
			for (let i = 0; i < 5; i++)
				document.querySelector('#zoom-in').click();
		});
	const finer = page.waitForResponse((r) => r.url().includes('/curve?'));
	await closer();
	await finer;
	await page.waitForTimeout(400);
	const n = asked.length;
	assert.equal(n, 1, 'quick steps are one question');
	await page.click('#zoom-all');
	await closer();
	await page.waitForTimeout(400);
	assert.equal(asked.length, n);
});

pageTest('an incident in the chart leads to its page', { path: '/new' }, async (page) => {
	await open(page);
	const spans = (await page.getAttribute('#curve', 'data-spans')).split(' ').map((s) => s.split(':').map(Number));
	assert.ok(spans.length > 1);
	const [id, , first, last] = spans[0];
	await page.route('**/incidents/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!DOCTYPE html><title>there</title>' }));
	const box = await boxOf(page, '#plot-box');
	const at = box.x + 52 + ((box.width - 60) * (first + last + 1)) / 2 / scan.total_samples;
	await page.mouse.move(at, box.y + 100);
	await page.locator('#curve-here').filter({ hasText: /Incident \d+: / }).waitFor();
	await page.mouse.down();
	await page.mouse.up();
	await page.waitForURL(`**/scans/${scan.id}/incidents/*`);
	assert.ok(spans.some((s) => page.url().endsWith(`/incidents/${s[0]}`)), `${page.url()}, ${id}`);
});

pageTest('the chart has a linear and a logarithmic scale', { path: '/new' }, async (page) => {
	await open(page);
	await page.check('#scale [value=linear]', { force: true });
	await drawn(page);
	const linear = await picture(page);
	await page.check('#scale [value=logarithmic]', { force: true });
	await drawn(page);
	assert.notEqual(await picture(page), linear);
});

const tile = async (page, id) => Number((await text(page, id)).replaceAll(',', ''));

pageTest('the slider tells what a scan with that threshold finds', { path: '/new' }, async (page) => {
	await open(page);
	await page.locator('#whatif-slider:enabled').waitFor();
	const asked = [];
	page.on('request', (r) => asked.push(r.url()));
	assert.equal(await tile(page, '#whatif-flows'), scan.anomalous_flows);
	assert.equal(await tile(page, '#whatif-anomalies'), scan.anomalies_count);
	assert.equal(await tile(page, '#whatif-incidents'), scan.incidents_count);
	await page.focus('#whatif-slider');
	const own = await page.inputValue('#whatif-slider');
	for (const [key, times] of [
		['ArrowLeft', 3],
		['ArrowRight', 8],
		['ArrowLeft', 12],
	]) {
		for (let i = 0; i < times; i++)
			await page.keyboard.press(key);
		assert.equal(asked.length, 0, 'no move asks the server');
		const threshold = await page.getAttribute('#whatif', 'data-at');
		const other = await scanned(page, attacks, `&threshold=${threshold}`);
		asked.length = 0;
		assert.equal(await tile(page, '#whatif-flows'), other.anomalous_flows, `flows at ${threshold}`);
		assert.equal(await tile(page, '#whatif-anomalies'), other.anomalies_count, `windows at ${threshold}`);
		assert.equal(await tile(page, '#whatif-incidents'), other.incidents_count, `incidents at ${threshold}`);
		assert.match(await page.getAttribute('#whatif-slider', 'aria-valuetext'), /^Threshold [\d.]+: [\d,]+ flows? flagged, [\d,]+ anomal\w+, [\d,]+ incidents?$/);
	}
	await page.click('#whatif-own');
	assert.equal(await page.inputValue('#whatif-slider'), own);
	assert.ok((await inked(page, '#histogram')) > 500);
	const box = await boxOf(page, '.histogram');
	await page.mouse.click(box.x + 0.9 * box.width, box.y + 50);
	assert.notEqual(await page.inputValue('#whatif-slider'), own);
	await page.click('#whatif-numbers summary');
	await page.locator('#whatif-numbers tbody tr').nth(10).waitFor();
});

pageTest('with labels it tells what a threshold is worth', { path: '/new' }, async (page) => {
	await open(page);
	await page.locator('#whatif-slider:enabled').waitFor();
	const scores = await json(page, `/api/v1/scans/${scan.id}/scores`);
	const i = Number(await page.inputValue('#whatif-slider'));
	const share = (v) => `${(100 * v).toFixed(2)} %`;
	assert.equal(await text(page, '#label-tpr'), share(scores.attacks[i] / scores.totals.attacks));
	assert.equal(await text(page, '#label-precision'), share(scores.attacks[i] / (scores.attacks[i] + scores.false[i])));
	assert.ok((await inked(page, '#roc')) > 300 && (await inked(page, '#pr')) > 300);
	const before = await picture(page, '#roc');
	await page.focus('#whatif-slider');
	for (let k = 0; k < 6; k++)
		await page.keyboard.press('ArrowLeft');
	await drawn(page);
	assert.notEqual(await picture(page, '#roc'), before, 'the point moves');
});

pageTest('stops without known incidents are skipped', { path: '/new' }, async (page) => {
	await page.route('**/scores', async (route) => {
		const scores = await (await route.fetch()).json();
		const own = scores.at.indexOf(scores.threshold);
		scores.incidents = scores.incidents.map((n, i) => (Math.abs(i - own) % 3 === 0 ? n : null));
		await route.fulfill({ json: scores });
	});
	await open(page);
	await page.locator('#whatif-slider:enabled').waitFor();
	const own = Number(await page.inputValue('#whatif-slider'));
	await page.focus('#whatif-slider');
	await page.keyboard.press('ArrowRight');
	assert.equal(Number(await page.inputValue('#whatif-slider')), own + 3);
	await page.keyboard.press('ArrowLeft');
	assert.equal(Number(await page.inputValue('#whatif-slider')), own);
	assert.match(await text(page, '#whatif-incidents'), /^\d/);
});

pageTest('the threshold is given to the model only when one says so twice', { path: '/new' }, async (page) => {
	const given = [];
	page.on('request', (r) => r.url().endsWith('/api/v1/model/threshold') && given.push(r.postDataJSON()));
	await open(page);
	const before = (await json(page, '/api/v1/model')).threshold;
	await page.locator('#whatif-use:enabled').waitFor();
	await page.focus('#whatif-slider');
	await page.keyboard.press('ArrowRight');
	await page.click('#whatif-use');
	assert.match(await text(page, '#use-words'), /^The model will flag what scores above/);
	await page.keyboard.press('Escape');
	assert.deepEqual(given, []);
	await page.click('#whatif-use');
	await screenshot(page, 'result-use');
	await page.click('#use-yes');
	await page.locator('#whatif-said').filter({ hasText: 'Done' }).waitFor();
	const threshold = Number(await page.getAttribute('#whatif', 'data-at'));
	assert.deepEqual(given, [{ threshold, method: scan.method }]);
	const used = async (t) => {
		for (let i = 0; i < 50 && (await json(page, '/api/v1/model')).threshold !== t; i++)
			await page.waitForTimeout(200);
		return (await json(page, '/api/v1/model')).threshold;
	};
	assert.equal(await used(threshold), threshold);
	await page.evaluate(() => fetch('/api/v1/model/reset', { method: 'POST' }));
	assert.equal(await used(before), before);
});

pageTest('a scan that runs is followed and can be cancelled', { path: '/new', expected: ['/api/v1/scans'] }, async (page) => {
	const [head, ...rows] = capture.text.trimEnd().split('\n');
	const large = join(process.env.OUT, 'followed.csv');
	writeFileSync(large, `${head}\n${`${rows.slice(0, 100).join('\n')}\n`.repeat(50000)}`);
	await page.setInputFiles('#file', large);
	let id = 0;
	await page.waitForFunction(() => document.querySelector('#work-title').textContent === 'Scanning');
	for (let i = 0; i < 50 && !id; i++) {
		id = (await json(page, '/history?limit=5')).find((s) => s.file === 'followed.csv' && s.state === 'running')?.id;
		await page.waitForTimeout(50);
	}
	assert.ok(id > 0, 'the scan runs');
	const other = await page.context().newPage();
	await other.goto(`${base}/scans/${id}`);
	await other.waitForFunction(() => /^[\d,]+ rows, .*rows\/s/.test(document.querySelector('#work-detail')?.textContent), null, { polling: 50 });
	assert.equal(await text(other, '#verdict-mark'), 'Running');
	await screenshot(other, 'result-running');
	await other.click('#cancel');
	await other.waitForFunction(() => document.querySelector('#verdict-mark').dataset.mark === 'cancelled');
	assert.equal((await json(other, `/scan/${id}`)).state, 'cancelled');
	await other.close();
	await page.locator('#upload').waitFor({ state: 'visible' });
	rmSync(large);
});

pageTest('a scan is deleted, and brought back', { path: '/new', expected: ['/scan/'] }, async (page) => {
	const { id } = await scanned(page, capture);
	await open(page, id);
	await page.click('#delete');
	await page.locator('#restore').waitFor();
	assert.match(await text(page, '#undo-text'), /^Deleted/);
	assert.ok((await page.evaluate((n) => fetch(`/scan/${n}`).then((r) => r.status), id)) === 404);
	assert.equal(await page.evaluate(() => document.activeElement.id), 'restore');
	await page.keyboard.press('Enter');
	await page.locator('#undo-text').filter({ hasText: 'It is back' }).waitFor();
	assert.equal((await json(page, `/scan/${id}`)).state, 'done');
});

pageTest('a scan of an older version has its coarse chart', { path: '/new', expected: ['/api/v1/scans/'] }, async (page) => {
	await page.route('**/curve?*', (route) => route.fulfill({ status: 404, json: { error: 'this scan has none', code: 'not_found' } }));
	await open(page);
	assert.ok((await inked(page)) > 1000);
	assert.equal(await page.getAttribute('#plot', 'data-points'), String(scan.curve.max.length));
	await page.click('#zoom-in');
	await drawn(page);
	assert.ok((await inked(page)) > 1000);
});

pageTest('a million windows are zoomed smoothly', { path: '/new' }, async (page) => {
	const windows = 1000000;
	await page.route('**/curve?*', (route) => {
		const q = new URL(route.request().url()).searchParams;
		const [from, to] = [Number(q.get('from')), Number(q.get('to'))];
		const per = Math.max(1, Math.ceil((to - from) / 1000));
		const n = Math.ceil((to - from) / per);
		const line = (f) => Array.from({ length: n }, (_, i) => f(from + i * per));
		return route.fulfill({
			json: { windows, from, to, windows_per_point: per, min: line(() => 0.1), mean: line((w) => 1 + Math.sin(w / 9999)), max: line((w) => 4 + 3 * Math.sin(w / 777)) },
		});
	});
	await page.route(`**/scans/${scan.id}`, async (route) => {
		const answer = await route.fetch();
		await route.fulfill({ response: answer, body: (await answer.text()).replace(/data-windows="\d+"/, `data-windows="${windows}"`).replace(/data-spans="[^"]*"/, 'data-spans="1:3:100000:100010"') });
	});
	await open(page);
	assert.deepEqual(await view(page), [0, windows]);
	const slowest = await page.evaluate(async () => {
		const box = document.querySelector('#plot-box');
		const at = box.getBoundingClientRect();
		let worst = 0;
		box.focus();
		for (let i = 0; i < 60; i++) {
			const before = performance.now();
			box.dispatchEvent(new WheelEvent('wheel', { deltaY: i < 35 ? -1 : 1, clientX: at.left + 400, clientY: at.top + 50, cancelable: true }));
			await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
			worst = Math.max(worst, performance.now() - before);
		}
		return worst;
	});
	assert.ok(slowest < 250, `a step took ${slowest} ms`);

	/* Far from the incident nothing is marked, and the band is as wide as its numbers. */
	const ink = (from, to) =>
		page.evaluate(
			([a, b]) => {
				const canvas = document.querySelector('#plot');
				const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
				copy.drawImage(canvas, 0, 0);
				const { data } = copy.getImageData(60, a, canvas.width - 70, b - a);
				return data.filter((v, i) => i % 4 === 3 && v > 0).length / (data.length / 4);
			},
			[from, to],
		);
	await page.click('#zoom-all');
	await drawn(page);
	assert.ok((await ink(2, 9)) > 0, 'the incident is marked');
	for (let i = 0; i < 3; i++)
		await page.click('#zoom-in');
	await page.mouse.move(0, 0);
	await drawn(page);
	assert.equal(await ink(2, 9), 0);
	assert.ok((await ink(14, 200)) > 0.25, 'the band is filled');
});

pageTest('what a server says is text, however hostile, in every size and colour', { path: '/new' }, async (page) => {
	await page.route(`**/scans/${scan.id}`, async (route) => {
		const answer = await route.fetch();
		const escaped = (t) => t.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
		const [evil, long] = [escaped(EVIL), escaped(LONG)];
		let n = 0;
		const body = (await answer.text())
			.replace(/(<bdi[^>]*>)[^<]*/g, (_, tag) => tag + long)
			.replace(/(<a class="(?:device|title)"[^>]*>)(?!<)[^<]*/g, (_, tag) => tag + evil)
			.replace(/(<p class="sentence">)[^<]*/g, (_, tag) => tag + (n++ === 0 ? long : evil))
			.replace(/(<a href="[^"]*\/anomalies\/\d+">)[^<]*/g, (_, tag) => tag + (n++ === 1 ? long : evil));
		await route.fulfill({ response: answer, body });
	});
	await open(page);
	assert.equal(await page.locator('main img').count(), 0);
	await page.hover('#plot-box', { position: { x: 300, y: 100 } });
	assert.ok((await text(page, '#scan-title')).includes('<img src=x'));
	const tall = await page.evaluate(() => document.documentElement.scrollHeight - document.querySelector('footer').getBoundingClientRect().bottom - scrollY);
	assert.ok(tall < 50, 'nothing reaches beyond the end of the page');
	await everywhere(page, 'result-hostile');
});

pageTest('all of it is reached with the keyboard', { path: '/new' }, async (page) => {
	await open(page);
	for (const selector of ['.incident a.title', '#zoom-in', '#plot-box', '#whatif-slider', '#whatif-use', '#anomaly-rows a'])
		await reach(page, selector);
});

pageTest('times are in the zone of the viewer', { path: '/new', timezoneId: 'Asia/Tokyo' }, async (page) => {
	await open(page);
	const there = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'medium' });
	assert.equal(await text(page, '.scan header time'), there.format(new Date(scan.timestamp)));
	assert.match(await text(page, '.scan header .meta'), /Tokyo/);
});

pageTest('a scan that is not there is told', { path: '/scans/999999999999999', expected: ['/scans/'] }, async (page) => {
	assert.equal(await text(page, '#error-title'), 'Not Found');
	assert.equal(await page.locator('.pages a').count(), 5);
	await everywhere(page, 'result-none');
});
