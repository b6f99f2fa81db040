/* every: what all pages need. */
import { localTimes } from './times.js';

localTimes();
/* All modules of the page have run by then. */
addEventListener('DOMContentLoaded', () => {
	document.documentElement.dataset.ready = 'true';
});
