/* early: what must be settled before the page is painted: its colours. */
(() => {
	'use strict';
	const root = document.documentElement;
	const dark = matchMedia('(prefers-color-scheme: dark)');

	function chosen() {
		try {
			return localStorage.getItem('theme') ?? 'system';
		} catch {
			return 'system'; /* storage is switched off */
		}
	}

	function apply(choice) {
		root.dataset.bsTheme = choice === 'dark' || (choice !== 'light' && dark.matches) ? 'dark' : 'light';
		document.dispatchEvent(new Event('themechange'));
	}

	apply(chosen());
	dark.addEventListener('change', () => apply(chosen()));

	document.addEventListener('DOMContentLoaded', () => {
		for (const radio of document.querySelectorAll('#theme input')) {
			radio.checked = radio.value === chosen();
			radio.addEventListener('change', () => {
				try {
					localStorage.setItem('theme', radio.value);
				} catch {
					/* then it lasts as long as the page */
				}
				apply(radio.value);
			});
		}
	});
})();
