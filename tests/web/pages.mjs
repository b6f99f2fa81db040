/*
 * pages: every page of the site, with data. ${scan} and the like are numbers of things that the server has: run.py says them as JSON in THINGS.
 * measured: Lighthouse looks at it too.
 */
const things = JSON.parse(process.env.THINGS ?? '{}');

export const base = (process.env.BASE_URL ?? '').replace(/\/$/, '');

export const pages = [
	{ name: 'Overview', path: '/', measured: true },
	{ name: 'Scan', path: '/new' },
	{ name: 'Result', path: '/scans/${scan}', measured: true },
	{ name: 'Result, all anomalies', path: '/scans/${scan}?from=0' },
	{ name: 'Result without incidents', path: '/scans/${quiet}' },
	{ name: 'Result of a file that is none', path: '/scans/${failed}' },
	{ name: 'Report', path: '/scans/${scan}/report' },
	{ name: 'Incidents', path: '/incidents' },
	{ name: 'Incident', path: '/scans/${scan}/incidents/${incident}' },
	{ name: 'Anomaly', path: '/scans/${scan}/anomalies/${anomaly}' },
	{ name: 'History', path: '/scans', measured: true },
	{ name: 'History, filtered', path: '/scans?q=a&severity=Low&sort=-flows' },
	{ name: 'Deleted scans', path: '/scans?deleted=true' },
	{ name: 'Comparison', path: '/scans/compare?a=${quiet}&b=${scan}' },
	{ name: 'Devices', path: '/devices' },
	{ name: 'Device', path: '/devices/${device}' },
	{ name: 'Model', path: '/model' },
	{ name: 'API', path: '/docs' },
	{ name: 'API, an operation', path: '/docs#scanWhole' },
	{ name: 'An error', path: '/scans/999999', status: 404 },
].map((page) => ({ ...page, path: page.path.replace(/\$\{(\w+)\}/g, (_, name) => things[name] ?? `no-${name}`) }));
