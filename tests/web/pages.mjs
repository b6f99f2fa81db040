/*
 * pages: every page of the site, with data. ${scan} and the like are numbers of things that the server has: run.py says them as JSON in THINGS.
 * measured: Lighthouse looks at it too. wait: what must be there before it is whole; a page says itself when its modules ran.
 */
const things = JSON.parse(process.env.THINGS ?? '{}');

export const base = (process.env.BASE_URL ?? '').replace(/\/$/, '');

export const pages = [
	{ name: 'Overview', path: '/', measured: true },
	{ name: 'History', path: '/scans', measured: true },
	{ name: 'History, filtered', path: '/scans?q=a&severity=Low&sort=-flows' },
	{ name: 'History, deleted', path: '/scans?deleted=true' },
	{ name: 'Two scans', path: '/scans/compare?a=${quiet}&b=${scan}' },
	{ name: 'Report', path: '/scans/${scan}/report' },
	{ name: 'API', path: '/docs', measured: true },
	{ name: 'API, an operation', path: '/docs#scan' },
	{ name: 'Scan', path: '/new' },
	{ name: 'Result', path: '/scans/${scan}', measured: true },
	{ name: 'Result, all anomalies', path: '/scans/${scan}?from=0' },
	{ name: 'Result, quiet', path: '/scans/${quiet}' },
].map((page) => ({ ...page, path: page.path.replace(/\$\{(\w+)\}/g, (_, name) => things[name] ?? `no-${name}`) }));
