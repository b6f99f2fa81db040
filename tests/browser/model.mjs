/* model: the page of the model in a real browser: adapting, judging, cancelling, a threshold by hand, the way back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { attacks, base, json, launch, openPage, ready, screenshot, text } from './page.mjs';

const grouped = (n) => new Intl.NumberFormat('en').format(n);
let browser;
const API = '/api/v1/model';

function pageTest(name, options, body) {
	test(name, { timeout: 90000 }, async () => {
		const { page, close } = await openPage(browser, { path: '/model', ...options });
		try {
			await body(page);
		} catch (failure) {
			await screenshot(page, 'model-failed');
			throw failure;
		}
		await close();
	});
}

const csv = (name, content) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });

/* The rows n times: some seconds of work. */
function times(content, n) {
	const [head, ...rows] = content.trimEnd().split('\n');
	return `${head}\n${`${rows.join('\n')}\n`.repeat(n)}`;
}

/* The page that is loaded when the job has ended, after what `begin` does. */
async function ended(page, begin) {
	const from = page.url();
	await begin();
	await page.waitForURL((url) => url.href !== from && /job=\d+/.test(url.search), { timeout: 60000 });
	await ready(page);
	await page.locator('#ended').waitFor();
	return Number(new URL(page.url()).searchParams.get('job'));
}

async function goBack() {
	while ((await fetch(`${base}${API}/reset`, { method: 'POST' })).status === 200);
}

/* All workers that answer have it. */
async function used(sha256) {
	for (let same = 0; same < 6; await new Promise((done) => setTimeout(done, 100)))
		same = (await fetch(base + API).then((r) => r.json())).sha256 === sha256 ? same + 1 : 0;
}

let shipped;

before(async () => {
	browser = await launch();
	await goBack();
	do
		shipped = await fetch(base + API).then((r) => r.json());
	while (shipped.adapted !== null);
	await used(shipped.sha256);
});
after(async () => {
	await goBack();
	await browser.close();
});

pageTest('the model is adapted to a file that the owner calls normal, and back', {}, async (page) => {
	assert.equal(await text(page, '#model-words'), shipped.words);
	assert.equal(await page.locator('#model-reset').count(), 0);

	await ended(page, () => page.setInputFiles('#adapt-file', csv('few.csv', attacks.text.slice(0, 20000))));
	assert.match(await text(page, '#ended .verdict'), /It failed: .*it takes 1000 to adapt a model.* Nothing was changed/);
	assert.equal(await text(page, '#model-words'), shipped.words);

	await page.selectOption('#adapt-strategy', 'fpr:0.001');
	await ended(page, async () => {
		await page.setInputFiles('#adapt-file', attacks.path);
		await page.locator('#job:not([hidden])').waitFor();
	});
	const adapted = await json(page, API);
	assert.equal(adapted.adapted.file, attacks.name);
	assert.equal(adapted.adapted.strategy, 'fpr:0.001');
	assert.equal(await text(page, '#model-words'), adapted.words);
	assert.equal(await page.evaluate(() => document.activeElement.id), 'ended');
	const change = await page.locator('.change dd').allInnerTexts();
	assert.equal(Number(change[0]).toPrecision(3), shipped.threshold.toPrecision(3));
	assert.equal(Number(change[1]).toPrecision(3), adapted.threshold.toPrecision(3));
	assert.match(await text(page, '#ended .notes'), /labelled as attacks were left out/);
	await screenshot(page, 'model');
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.setViewportSize({ width: 360, height: 740 });
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
	await screenshot(page, 'model-360-dark');

	await page.click('#model-reset');
	await page.waitForURL(/\/model$/);
	await ready(page);
	assert.match(await text(page, '#said'), /as it was shipped/);
	assert.equal(await text(page, '#model-words'), shipped.words);
	assert.equal(await page.locator('#model-reset').count(), 0);
});

pageTest('a labelled file becomes numbers and a report that browsers show whole', {}, async (page) => {
	const id = await ended(page, () => page.setInputFiles('#evaluate-file', attacks.path));
	const { result, report } = await json(page, `/api/v1/jobs/${id}`);
	const tiles = await page.locator('#ended .quality dd:not(.note)').allInnerTexts();
	assert.equal(tiles[0], `${(100 * result.recall).toFixed(1)} %`);
	assert.equal(tiles[1], `${(100 * result.precision).toFixed(1)} %`);
	assert.equal(Number(tiles[4]).toPrecision(3), result.roc_auc.toPrecision(3));
	assert.match(await text(page, '#ended .verdict'), new RegExp(`judged by ${grouped(result.flows)} flows .* ${grouped(result.attacks)} of them attacks`));
	assert.equal(await page.locator('#ended a').first().getAttribute('href'), report);
	assert.equal(await text(page, `.jobs tr:has(a[href$="job=${id}"]) .mark`), 'Done');
	await screenshot(page, 'model-judged');

	const other = await browser.newPage();
	const said = [];
	other.on('console', (m) => said.push(m.text()));
	await other.goto(base + report);
	assert.match(await other.locator('h2').first().innerText(), new RegExp(attacks.name));
	assert.ok((await other.locator('svg').first().boundingBox()).width > 200);
	await other.screenshot({ path: `${process.env.OUT}/model-report.png` });
	assert.deepEqual(said, []);
	await other.close();
});

pageTest('the progress of a job is shown, survives a reload, and the job can be cancelled', {}, async (page) => {
	await page.setInputFiles('#evaluate-file', csv('long.csv', times(attacks.text, 20)));
	await page.locator('#job:not([hidden])', { hasText: /judging|scoring flows/ }).waitFor({ timeout: 30000 });
	assert.equal(await page.isDisabled('#evaluate-file'), true);
	await page.goto(`${base}/model`);
	await ready(page);
	await page.locator('#job:not([hidden])', { hasText: 'Judging by long.csv' }).waitFor();
	await page.waitForFunction(() => /left/.test(document.querySelector('#job-detail').textContent));
	assert.ok((await page.locator('#job-bar').evaluate((bar) => bar.value)) > 0);
	await screenshot(page, 'model-progress');
	await ended(page, () => page.click('#job-cancel'));
	assert.equal(await text(page, '#ended .verdict'), 'It was cancelled. Nothing was changed.');
	assert.equal(await page.isEnabled('#evaluate-file'), true);
});

pageTest('a threshold by hand is used, with a word where it silences rules', {}, async (page) => {
	await page.fill('#threshold-value', '6.5');
	await page.click('#threshold-set');
	await page.waitForFunction(() => /is 6.5 now/.test(document.querySelector('#said:not([hidden])')?.textContent), { timeout: 30000 });
	assert.match(await text(page, '#said'), /silenced/);
	assert.equal((await json(page, API)).threshold, 6.5);
	assert.match(await text(page, '#model-words'), /set by hand/);
	await page.click('#model-reset');
	await page.waitForFunction(() => /as it was shipped/.test(document.querySelector('#said:not([hidden])')?.textContent), { timeout: 30000 });
	assert.equal(await text(page, '#model-words'), shipped.words);
});

pageTest('hostile names of files stay text', { expected: ['/api/v1/jobs'] }, async (page) => {
	await ended(page, () => page.setInputFiles('#evaluate-file', csv('<img src=x onerror=alert(1)>\u202e{{NAME}}.csv', 'hello\n')));
	assert.match(await text(page, '#ended-title'), /Judging by <img src=x onerror=alert\(1\)>.*\{\{NAME\}\}\.csv/);
	assert.equal(await page.locator('main img').count(), 0);
	await page.setViewportSize({ width: 360, height: 740 });
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
});

pageTest('a file that is refused leaves the page as it was, with words', { expected: ['/api/v1/evaluations'] }, async (page) => {
	await page.route('**/api/v1/evaluations', (route) => route.fulfill({ status: 409, json: { error: 'a job is running already: wait' } }));
	await page.setInputFiles('#evaluate-file', csv('x.csv', 'hello\n'));
	await page.locator('#said:not([hidden])').waitFor();
	assert.equal(await text(page, '#said'), 'A job is running already: wait');
	assert.equal(await page.isVisible('#job'), false);
	assert.equal(await page.isEnabled('#evaluate-file'), true);
});

pageTest('the card of the model can be read on the page', {}, async (page) => {
	await page.click('summary');
	assert.match(await text(page, '.card-text'), /Model card: full\.safetensors/);
	assert.ok((await page.locator('.card-text td').count()) > 4);
});
