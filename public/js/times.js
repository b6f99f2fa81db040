/* times: what the server wrote in UTC, in the viewer's zone. */
import { setTime, zone } from './words.js';

export function localTimes(root = document) {
	for (const time of root.querySelectorAll('time[datetime]:not([datetime=""])'))
		setTime(time, time.dateTime);
	for (const place of root.querySelectorAll('[data-zone]'))
		place.textContent = zone();
}
