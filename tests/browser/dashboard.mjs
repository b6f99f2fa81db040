/* dashboard: the main page in a real browser against a real server. Environment: BASE_URL, CSV (a capture that can be scanned),
 * ATTACKS (one with hosts and incidents), OUT. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { attacks, base, capture, drop, dropAll, holdAnswer, inked, json, launch, openPage, ready, screenshot, shown, text } from './page.mjs';

const grouped = (n) => new Intl.NumberFormat('en').format(n);
let browser;
let known; /* the number of a scan that is there */

/* Like test(), with a page that must have been clean when the test is over. */
function pageTest(name, options, body) {
	test(name, { timeout: 60000 }, async () => {
		const { page, close } = await openPage(browser, options);
		try {
			await body(page);
		} catch (failure) {
			await screenshot(page, 'failed');
			throw failure;
		}
		await close();
	});
}

before(async () => {
	browser = await launch();
	const { page, close } = await openPage(browser);
	await drop(page, capture.name, capture.text);
	await shown(page);
	known = Number(new URL(page.url()).hash.replace('#scan-', ''));
	assert.ok(known > 0, await text(page, '#verdict'));
	await close();
});

after(() => browser?.close());

async function showsScan(page, id) {
	const scan = await json(page, `/scan/${id}`);
	assert.equal(scan.state, 'done');
	assert.equal(await text(page, '#scan-title'), capture.name);
	assert.equal(await text(page, '#tile-windows'), grouped(scan.total_samples));
	assert.equal(await text(page, '#tile-anomalies'), grouped(scan.anomalies_count));
	assert.equal(await text(page, '#tile-flows'), grouped(scan.rows_used));
	assert.equal(await page.getAttribute('#plot', 'data-points'), String(scan.curve.max.length));
	assert.ok((await inked(page)) > 1000, 'the chart is drawn');
	assert.equal(await page.locator('#anomaly-rows .anomaly').count(), Math.min(10, scan.details.length));
	assert.equal(await page.locator('.incident').count(), Math.min(10, scan.incidents.length));
	return scan;
}

pageTest('a dropped file is scanned, shown and found again after a reload', {}, async (page) => {
	await drop(page, capture.name, capture.text);
	await shown(page);
	const id = Number(new URL(page.url()).hash.replace('#scan-', ''));
	await page.locator(`#history-rows tr[data-id="${id}"].shown`).waitFor();
	const scan = await showsScan(page, id);
	assert.equal(await page.evaluate(() => document.activeElement.id), 'scan-title');
	await screenshot(page, 'light');

	await page.reload();
	await ready(page);
	await shown(page);
	await showsScan(page, id);

	await page.goto(`${base}/`);
	await ready(page);
	assert.equal(await page.isVisible('#scan'), false);
	const row = page.locator(`#history-rows tr[data-id="${id}"]`);
	assert.equal(await row.locator('.anomalies').innerText(), grouped(scan.anomalies_count));
	assert.equal(await row.locator('.incidents').innerText(), grouped(scan.incidents_count));
	assert.equal(await row.locator('.file').innerText(), capture.name);
	await row.locator('a').click();
	await shown(page);
	await showsScan(page, id);
	await page.goBack();
	await page.locator('#scan').waitFor({ state: 'hidden' });
});

pageTest('a scan opens by its link without a jump of the page', { path: '/#none' }, async (page) => {
	await page.goto('about:blank');
	await page.goto(`${base}/#scan-${known}`);
	await shown(page);
	await showsScan(page, known);
	assert.ok((await page.evaluate(() => globalThis.shift)) < 0.05);
});

pageTest('an anomaly tells what was unusual', {}, async (page) => {
	await page.locator(`#history-rows tr[data-id="${known}"] a`).click();
	await shown(page);
	const { details } = await json(page, `/scan/${known}`);
	if (details.length === 0)
		return;
	const row = page.locator('#anomaly-rows .anomaly').first();
	assert.equal(await row.locator('.mark').innerText(), details[0].severity);
	assert.equal(await page.isVisible('#anomaly-rows .detail'), false);
	await row.locator('button').click();
	assert.match(await text(page, '#anomaly-rows .detail'), /(packets?|bytes?) (sent|received) in flow \d+ of \d+\./);
	await row.locator('.when').click();
	assert.equal(await page.isVisible('#anomaly-rows .detail'), false);
});

/* Drop the capture with attacks; the scan as the server tells it. */
async function dropAttacks(page) {
	await drop(page, attacks.name, attacks.text);
	await shown(page);
	return json(page, `/scan/${new URL(page.url()).hash.replace('#scan-', '')}`);
}

pageTest('incidents come first and tell who, when, why and what to do', {}, async (page) => {
	const scan = await dropAttacks(page);
	assert.ok(scan.incidents.length > 1);
	assert.match(await text(page, '#verdict-text'), new RegExp(`^${grouped(scan.incidents_count)} incidents: .* flows of ${scan.devices} devices look`));
	assert.equal(await text(page, '#verdict-mark'), scan.incidents[0].severity);
	assert.equal(await text(page, '#say'), `Done: ${grouped(scan.incidents_count)} incidents in ${grouped(scan.flows)} flows.`);
	const top = (selector) => page.locator(selector).evaluate((e) => e.getBoundingClientRect().top);
	assert.ok((await top('#incidents')) < (await top('.tiles')) && (await top('.tiles')) < (await top('#anomalies')));
	const [first] = scan.incidents;
	const box = page.locator('.incident').first();
	const words = await box.innerText();
	for (const part of [first.title, first.technique, first.device.ip, first.device.mac, first.sentence.slice(1)])
		assert.ok(words.includes(part), `${part} in ${words}`);
	assert.equal(await box.locator('.mark').innerText(), first.severity);
	assert.equal(await box.locator('.technique').getAttribute('href'), `https://attack.mitre.org/techniques/${first.technique.replace('.', '/')}/`);
	assert.match(await box.locator('.when').innerText(), /When 2024-01-01 \d\d:\d\d:\d\d – /);
	assert.equal(await box.locator('.advice').isVisible(), false);
	await box.locator('summary').click();
	assert.equal(await box.locator('.advice').innerText(), first.advice);
	assert.equal(await box.locator('.meaning').innerText(), first.meaning);
	assert.ok((await box.locator('.evidence dd').count()) >= first.evidence.length + 3);
	const anomaly = page.locator('#anomaly-rows .anomaly').first();
	assert.equal(await anomaly.locator('.device').innerText(), scan.details[0].device);
	await anomaly.locator('button').click();
	assert.ok((await text(page, '#anomaly-rows .detail')).includes(`Incident ${scan.details[0].incident}`));
	await screenshot(page, 'incidents-light');
	await page.check('#theme [value=dark]', { force: true });
	await screenshot(page, 'incidents-dark');
	await page.setViewportSize({ width: 360, height: 740 });
	await page.waitForFunction(() => document.documentElement.scrollWidth === document.documentElement.clientWidth);
	await screenshot(page, 'incidents-phone');
});

/* The answers of the server, changed on their way. */
async function change(page, id, how) {
	const scan = await json(page, `/scan/${id}`);
	how(scan);
	await page.route(`**/scan/${id}`, (route) => route.fulfill({ json: scan }));
	await page.goto('about:blank');
	await page.goto(`${base}/#scan-${id}`);
	await shown(page);
	return scan;
}

pageTest('words of a hostile capture are text in an incident', {}, async (page) => {
	const evil = '<img src=x onerror="globalThis.violations.push(1)">';
	const scan = await dropAttacks(page);
	await change(page, scan.id, ({ incidents, details }) => {
		for (const key of ['title', 'sentence', 'peer', 'meaning', 'advice'])
			incidents[0][key] = evil;
		incidents[0].technique = 'javascript:alert(1)';
		incidents[0].device = { ip: evil, mac: evil };
		incidents[0].evidence = [{ name: evil, unit: evil, value: 1, normal: null }];
		details[0].sentence = details[0].title = details[0].device = evil;
	});
	await page.locator('.incident summary').first().click();
	await page.locator('#anomaly-rows button').first().click();
	assert.equal(await page.locator('#scan img').count(), 0);
	assert.equal(await page.locator('.incident').first().locator('a').count(), 0);
	assert.equal(await page.locator('.incident .title').first().innerText(), evil);
	await page.setViewportSize({ width: 360, height: 740 });
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
});

pageTest('of many incidents ten are shown at first', {}, async (page) => {
	const scan = await dropAttacks(page);
	await change(page, scan.id, (s) => {
		s.incidents = Array.from({ length: 25 }, (_, i) => ({ ...s.incidents[0], id: i + 1 }));
		s.incidents_count = 3000;
	});
	assert.equal(await page.locator('.incident').count(), 10);
	assert.equal(await text(page, '#incidents-meta'), 'the 25 worst of 3,000');
	await page.click('#more-incidents');
	assert.equal(await page.locator('.incident').count(), 25);
	assert.equal(await page.isVisible('#more-incidents'), false);
});

pageTest('a scan of an older version is shown by its windows', {}, async (page) => {
	const old = await change(page, known, (s) => {
		for (const key of ['flows', 'anomalous_flows', 'devices', 'incidents_count'])
			s[key] = null;
		for (const key of ['incidents', 'one_stream', 'window'])
			delete s[key];
		for (const d of s.details)
			for (const key of ['p_value', 'attack', 'rule', 'title', 'incident', 'device', 'orig', 'resp', 'sentence'])
				delete d[key];
		s.method = 'lstm';
		s.severity = 'Critical';
		s.severity_counts = { Low: 1, Medium: 0, High: 0, Critical: s.anomalies_count - 1 };
	});
	assert.equal(await page.isVisible('#incidents'), false);
	assert.equal(await text(page, '#verdict-mark'), 'Critical');
	assert.match(await text(page, '#verdict-text'), new RegExp(`^${old.anomalies_count} of ${old.total_samples} windows look unusual`));
	assert.equal(await text(page, '#anomalies-times'), '× threshold');
	assert.match(await text(page, '#anomaly-rows .times'), /×$/);
	assert.equal(await page.isVisible('#anomaly-rows .device'), false);
});

pageTest('the chart has a linear and a logarithmic scale', { path: '/' }, async (page) => {
	await page.locator(`#history-rows tr[data-id="${known}"] a`).click();
	await shown(page);
	const picture = () => page.evaluate(() => document.querySelector('#plot').toDataURL());
	await page.check('#scale [value=linear]', { force: true });
	const linear = await picture();
	await page.check('#scale [value=logarithmic]', { force: true });
	assert.notEqual(await picture(), linear);
});

pageTest('a file that is no capture is refused in words, and the next one is taken', { expected: ['/upload'] }, async (page) => {
	const [response] = await Promise.all([
		page.waitForResponse((r) => r.url().includes('/upload?')),
		drop(page, 'notes.csv', 'hello,world\n1,2\n3,4\n', 'body'),
	]);
	const { error } = await response.json();
	assert.ok(response.status() >= 400 && response.status() < 500);
	await shown(page);
	assert.equal((await text(page, '#verdict-text')).toLowerCase(), error.toLowerCase());
	assert.equal(await text(page, '#scan-title'), 'notes.csv');
	assert.equal(await page.isVisible('#scan-body'), false);
	assert.equal(new URL(page.url()).hash, '');
	await screenshot(page, 'refused');
	await page.setInputFiles('#file', capture.path);
	await page.locator('#scan-body').waitFor();
	await shown(page);
	assert.match(new URL(page.url()).hash, /^#scan-\d+$/);
});

const lines = (page) => page.locator('#queue-lines li');
const idle = (page) => page.locator('#work').waitFor({ state: 'hidden' });

pageTest('several files are scanned one after the other, each with a line of its own', { expected: ['/upload'] }, async (page) => {
	const rows = capture.text.split('\n');
	const broken = [...rows.slice(0, 40), ...Array.from({ length: 12 }, (_, i) => `1,2,x${i},4,5,benign`), ...rows.slice(40)].join('\n');
	await dropAll(page, [
		['one.csv', capture.text],
		['two.csv.gz', gzipSync(capture.text)],
		['picture.csv', '\x89PNG\r\n\x1a\n but named as CSV'],
		['nothing.csv', ''],
		['broken.csv', broken],
	].map(([name, content]) => [name, name === 'picture.csv' ? Buffer.from(content, 'latin1') : content]));
	assert.equal(await lines(page).count(), 5);
	await idle(page);
	await shown(page);
	const [one, two, picture, nothing, last] = await lines(page).allInnerTexts();
	const scan = await json(page, `/scan/${known}`);
	const incidents = `${grouped(scan.incidents_count)} incident${scan.incidents_count === 1 ? '' : 's'}`;
	const result = `${incidents} in ${grouped(scan.flows)} flows`;
	assert.match(one, new RegExp(`one\\.csv[^]*${result}[^]*CSV`));
	assert.match(two, new RegExp(`two\\.csv\\.gz[^]*${result}[^]*CSV.* out of gzip, .* unpacked$`));
	assert.match(picture, /failed[^]*PNG picture file; taken are: CSV/i);
	assert.match(nothing, /failed[^]*empty/i);
	assert.match(last, /broken\.csv[^]*incident[^]*of the rows skipped/);

	/* The last one is shown, with what was wrong with it. */
	assert.equal(await text(page, '#scan-title'), 'broken.csv');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'scan-title');
	assert.match(await text(page, '#recognised'), /^Recognised as CSV/);
	assert.match(await text(page, '#skipped-title'), /^12 rows of the file could not be used; the first 10 are below:$/);
	assert.equal(await page.locator('#skipped-list li').count(), 10);
	assert.match(await text(page, '#skipped-list li'), /^Line 41, .*: "x0" is not a number$/);
	await screenshot(page, 'several-light');
	await page.check('#theme [value=dark]', { force: true });
	await screenshot(page, 'several-dark');

	/* Each line leads to its scan, which knows what it was later too. */
	await lines(page).nth(1).locator('a').click();
	await page.waitForFunction(() => document.querySelector('#scan-title').textContent === 'two.csv.gz');
	await shown(page);
	assert.match(await text(page, '#recognised'), /^Recognised as CSV.* out of gzip, .* unpacked$/);
	assert.equal(await page.isVisible('#skipped'), false);
	await page.setViewportSize({ width: 360, height: 740 });
	await page.waitForFunction(() => document.documentElement.scrollWidth === document.documentElement.clientWidth);
	await screenshot(page, 'several-phone');

	/* The next go begins with an empty list, and one file needs none. */
	await drop(page, capture.name, capture.text);
	await shown(page);
	assert.equal(await page.isVisible('#queue'), false);
});

pageTest('files that are dropped meanwhile wait, and all can be cancelled at once', {}, async (page) => {
	const release = await holdAnswer(page);
	await drop(page, capture.name, capture.text);
	assert.equal(await page.isVisible('#cancel-all'), false);
	await dropAll(page, [
		['second.csv', capture.text],
		['third.csv', capture.text],
	], 'body');
	assert.deepEqual(await lines(page).locator('.mark').allInnerTexts(), ['Running', 'Waiting', 'Waiting']);
	await page.click('#cancel-all');
	await idle(page);
	assert.deepEqual(await lines(page).locator('.mark').allInnerTexts(), ['Cancelled', 'Cancelled', 'Cancelled']);
	assert.equal(await text(page, '#verdict-mark'), 'Cancelled');
	assert.equal(await page.isVisible('#upload'), true);
	void release;
});

pageTest('a compressed file that is broken is told with what it was', { expected: ['/upload'] }, async (page) => {
	await drop(page, 'cut.csv.gz', gzipSync(capture.text).subarray(0, -20));
	await shown(page);
	assert.match(await text(page, '#verdict-text'), /^The gzip file ends early/);
	assert.match(await text(page, '#recognised'), /^Recognised as CSV.* out of gzip/);
});

pageTest('an empty file and a broken connection are told', {}, async (page) => {
	await drop(page, 'empty.csv', '');
	assert.match(await text(page, '#verdict-text'), /empty/);
	await page.context().setOffline(true);
	await drop(page, capture.name, capture.text);
	await shown(page);
	assert.match(await text(page, '#verdict-text'), /cannot be reached/);
	await page.context().setOffline(false);
});

pageTest('a hostile file name is text', {}, async (page) => {
	const name = '<img src=x onerror=alert(1)>.csv';
	await drop(page, name, capture.text);
	await shown(page);
	assert.equal(await text(page, '#scan-title'), name);
	await page.reload();
	await ready(page);
	await shown(page);
	assert.equal(await text(page, '#history-rows .shown .file'), name);
	assert.equal(await page.locator('img').count(), 0);
});

pageTest('a scan that is not there is told', { expected: ['/scan/'], path: '/#scan-999999999999999' }, async (page) => {
	await shown(page);
	const { error } = await json(page, '/scan/999999999999999');
	assert.equal((await text(page, '#verdict-text')).toLowerCase(), error.toLowerCase());
	await page.click('#scan-close');
	assert.equal(await page.isVisible('#scan'), false);
});

pageTest('the progress of a scan is told', {}, async (page) => {
	const release = await holdAnswer(page);
	await page.evaluate(() => {
		const state = { scan_id: 1, state: 'running', bytes: 250, size: 1000, rows: 12345, windows: 12336, anomalies: 1 };
		const real = globalThis.fetch;
		globalThis.fetch = (url, options) => (url.startsWith('/api/v1/uploads/') ? Promise.resolve(Response.json(state)) : real(url, options));
	});
	await drop(page, capture.name, capture.text);
	await page.getByText('12,345 flows, 12,336 windows, 1 anomaly so far').waitFor();
	assert.equal(await text(page, '#work-title'), 'Scanning');
	assert.equal(await text(page, '#say'), 'Scanning');
	assert.equal(await page.evaluate(() => document.querySelector('#work-bar').value), 0.25);
	assert.equal(await page.isVisible('#upload'), false);
	await release('continue');
	await shown(page);
	assert.match(await text(page, '#say'), /^Done: /);
	assert.equal(await page.isVisible('#upload'), true);
});

pageTest('a scan whose answer was lost on its way is found all the same', {}, async (page) => {
	const release = await holdAnswer(page);
	await drop(page, capture.name, capture.text);
	await release('fail');
	await shown(page);
	await showsScan(page, Number(new URL(page.url()).hash.replace('#scan-', '')));
});

pageTest('an upload can be cancelled', {}, async (page) => {
	await holdAnswer(page);
	await drop(page, capture.name, capture.text);
	await page.click('#cancel');
	await shown(page);
	assert.equal(await text(page, '#verdict-mark'), 'Cancelled');
	assert.equal(await page.isVisible('#upload'), true);
});

pageTest('older scans are added at the end', {}, async (page) => {
	await page.route('**/history?limit=50&before=*', (route) =>
		route.fulfill({ json: [{ id: 0, timestamp: '2026-01-02T03:04:05.678Z', file: 'oldest.csv', state: 'failed', error: 'why' }] }),
	);
	const n = await page.locator('#history-rows tr').count();
	await page.evaluate(() => (document.querySelector('#older').hidden = false));
	await page.click('#older');
	await page.locator('#history-rows tr').nth(n).waitFor();
	assert.match(await page.locator('#history-rows tr').last().innerText(), /oldest\.csv[^]*failed/i);
	assert.equal(await page.isVisible('#older'), false);
});

pageTest('everything can be done with the keyboard', {}, async (page) => {
	const reach = async (selector) => {
		for (let i = 0; i < 80; i++) {
			if (await page.evaluate((s) => document.activeElement.matches(s), selector))
				return;
			await page.keyboard.press('Tab');
		}
		assert.fail(`${selector} is not reached`);
	};
	const chooser = page.waitForEvent('filechooser');
	await reach('#theme input');
	await page.keyboard.press('ArrowRight');
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'dark');
	await reach('#file');
	const ring = await page.evaluate(() => getComputedStyle(document.querySelector('.target')).outlineStyle);
	assert.equal(ring, 'solid');
	await page.keyboard.press('Enter');
	await (await chooser).setFiles(capture.path);
	await shown(page);
	assert.equal(await page.evaluate(() => document.activeElement.id), 'scan-title');
	if (await page.locator('#anomaly-rows button').count()) {
		await reach('#anomaly-rows button');
		await page.keyboard.press('Enter');
		assert.equal(await page.getAttribute('#anomaly-rows button', 'aria-expanded'), 'true');
	}
	await reach(`#history-rows tr[data-id="${known}"] a`);
	await page.keyboard.press('Enter');
	await page.waitForURL(`**/#scan-${known}`);
	await shown(page);
	await screenshot(page, 'dark');
});

pageTest('the chosen colours stay', {}, async (page) => {
	await page.check('#theme [value=dark]', { force: true });
	await page.reload();
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'dark');
	await ready(page);
	await page.check('#theme [value=system]', { force: true });
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'light');
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.locator('html[data-bs-theme=dark]').waitFor();
});

for (const width of [360, 768, 992])
	pageTest(`nothing is wider than a screen of ${width} pixels`, { viewport: { width, height: 740 } }, async (page) => {
		const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(await wide(), 0);
		await page.locator(`#history-rows tr[data-id="${known}"] a`).click();
		await shown(page);
		if (await page.locator('#anomaly-rows button').count())
			await page.locator('#anomaly-rows button').first().click();
		assert.equal(await wide(), 0);
		await screenshot(page, `wide-${width}`);
	});

pageTest('times are in the zone of the viewer', { timezoneId: 'Asia/Tokyo' }, async (page) => {
	const scan = await json(page, `/scan/${known}`);
	const there = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'medium' });
	assert.equal(await text(page, `#history-rows tr[data-id="${known}"] time`), there.format(new Date(scan.timestamp)));
	assert.match(await text(page, '#zone'), /Tokyo/);
});
