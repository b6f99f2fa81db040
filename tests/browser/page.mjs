/* page: a browser, and pages in it that must be clean: no error on the console, no request elsewhere, no violated policy. */
import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chromium } from 'playwright-core';

export const base = process.env.BASE_URL.replace(/\/$/, '');
export const capture = { path: process.env.CSV, name: basename(process.env.CSV), text: readFileSync(process.env.CSV, 'utf8') };

export const attacks = { path: process.env.ATTACKS, name: basename(process.env.ATTACKS), text: readFileSync(process.env.ATTACKS, 'utf8') };

export function launch() {
	const asRoot = process.getuid() === 0;
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: asRoot ? ['--no-sandbox'] : [] });
}

/*
 * A page in a context of its own. `expected` are the addresses that may answer with an error. close() fails on everything that was
 * not clean.
 */
export async function openPage(browser, { path = '/', expected = [], ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB', ...options });
	const page = await context.newPage();
	const unclean = [];
	const allowed = ['/api/v1/uploads/', ...expected]; /* an upload is not known until its scan began */

	await page.addInitScript(() => {
		globalThis.violations = [];
		document.addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
		globalThis.shift = 0;
		new PerformanceObserver((list) => {
			for (const e of list.getEntries())
				globalThis.shift += e.hadRecentInput ? 0 : e.value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	page.on('pageerror', (e) => unclean.push(`script: ${e.message}`));
	page.on('console', (m) => {
		if (['error', 'warning'].includes(m.type()) && !m.text().startsWith('Failed to load resource'))
			unclean.push(`console: ${m.text()}`);
	});
	page.on('request', (r) => {
		if (!r.url().startsWith(`${base}/`) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
			unclean.push(`request elsewhere: ${r.url()}`);
	});
	page.on('response', (r) => {
		if (r.status() >= 400 && !allowed.some((a) => new URL(r.url()).pathname.startsWith(a)))
			unclean.push(`${r.status()} ${r.url()}`);
	});
	await page.goto(base + path);
	await ready(page);
	return {
		page,
		async close() {
			unclean.push(...(await page.evaluate(() => globalThis.violations)));
			await context.close();
			assert.deepEqual(unclean, []);
		},
	};
}

export function ready(page) {
	return page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
}

/* Tests of pages that must be clean when they are over. browser() gives the browser when a test begins. */
export const pageTests = (browser) => (name, options, body) => {
	test(name, { timeout: 120000 }, async () => {
		const { page, close } = await openPage(browser(), options);
		try {
			await body(page);
		} catch (failure) {
			await screenshot(page, 'failed').catch(() => {});
			throw failure;
		}
		await close();
	});
};

/* Let go of files over the page, as a mouse does: [name, text or bytes]. */
export async function dropAll(page, files, target = '#drop') {
	const data = await page.evaluateHandle(
		(list) => {
			const d = new DataTransfer();
			for (const [name, base64] of list)
				d.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: 'text/csv' }));
			return d;
		},
		files.map(([name, content]) => [name, Buffer.from(content).toString('base64')]),
	);
	for (const type of ['dragenter', 'dragover', 'drop'])
		await page.dispatchEvent(target, type, { dataTransfer: data });
}

export function drop(page, name, text, target) {
	return dropAll(page, [[name, text]], target);
}

/* Wait for the page of a scan; its number. */
export async function arrived(page) {
	await page.waitForURL(/\/scans\/\d+$/);
	await ready(page);
	return Number(new URL(page.url()).pathname.split('/')[2]);
}

/* How many pixels the page is wider than the window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/* The same page in all sizes and colours: look(name) is called for each. */
export async function everywhere(page, name, look = () => {}) {
	for (const width of [360, 768, 1440]) {
		await page.setViewportSize({ width, height: 900 });
		for (const theme of ['light', 'dark']) {
			await page.check(`#theme [value=${theme}]`, { force: true });
			await page.waitForFunction((t) => document.documentElement.dataset.bsTheme === t, theme);
			assert.equal(await overflow(page), 0, `${name} at ${width} px`);
			await look(`${name}-${width}-${theme}`);
			await screenshot(page, `${name}-${width}-${theme}`);
		}
	}
}

/* Go on with Tab until it is there. */
export async function reach(page, selector) {
	for (let i = 0; i < 120; i++) {
		if (await page.evaluate((s) => document.activeElement.matches(s), selector))
			return;
		await page.keyboard.press('Tab');
	}
	assert.fail(`${selector} is not reached`);
}

/* Scan a file by the API, without looking; the scan. */
export async function scanned(page, file, query = '') {
	return page.evaluate(
		async ([name, content, q]) => {
			const form = new FormData();
			form.append('file', new File([content], name));
			const r = await fetch(`/upload?top=100${q}`, { method: 'POST', body: form });
			if (!r.ok)
				throw new Error(await r.text());
			return r.json();
		},
		[file.name, file.text, query],
	);
}

export const text = (page, selector) => page.locator(selector).first().innerText();
export const json = (page, path) => page.evaluate((p) => fetch(p).then((r) => r.json()), path);

/*
 * The server's answer to an upload is held back once it is there. Returns a function that waits for it and lets it 'continue' or 'fail',
 * as when the connection breaks.
 */
export async function holdAnswer(page) {
	const devtools = await page.context().newCDPSession(page);
	const held = new Promise((resolve) => devtools.once('Fetch.requestPaused', resolve));
	await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*/api/v1/scans\\?*', requestStage: 'Response' }] });
	return async (what) => {
		const { requestId } = await held;
		if (what === 'fail')
			await devtools.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
		else
			await devtools.send('Fetch.continueRequest', { requestId });
	};
}

/* Pixels of a chart that are not empty. */
export function inked(page, selector = '#plot') {
	return page.evaluate((s) => {
		const canvas = document.querySelector(s);
		const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
		copy.drawImage(canvas, 0, 0);
		return copy.getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 3 && v > 0).length;
	}, selector);
}

export async function screenshot(page, name) {
	await page.evaluate(() => scrollTo(0, 0));
	await page.screenshot({ path: join(process.env.OUT, `${name}.png`), fullPage: true });
}
