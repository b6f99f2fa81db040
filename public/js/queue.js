/* queue: a line for each file of one go. One file alone needs no list: the scan itself is shown. */
import { byId, element, setMark, show, stamp } from './dom.js';
import { recognised } from './input.js';
import { found, percentage, sentence, worst } from './words.js';

const list = () => byId('queue-lines');

export function clearQueue() {
	list().replaceChildren();
	show('queue', false);
}

/* A new line at the end; its functions say what became of the file. */
export function addToQueue(name) {
	const [line] = stamp('queue-line');
	const part = (what) => line.querySelector(`.${what}`);
	const bar = line.querySelector('progress');

	function set(mark, ...result) {
		setMark(part('mark'), mark);
		part('result').replaceChildren(...result);
		bar.hidden = true;
	}

	part('name').textContent = name;
	part('name').title = name;
	set('waiting');
	list().append(line);
	show('queue', list().children.length > 1);
	return {
		/* share: 0 to 1; null: unknown */
		progress(words, share) {
			set('running', words);
			bar.hidden = false;
			if (share === null)
				bar.removeAttribute('value');
			else
				bar.value = share;
		},
		done(scan) {
			const link = element('a', found(scan));
			const input = [recognised(scan), scan.rows_skipped > 0 ? `${percentage(scan.rows_skipped, scan.rows_read)} of the rows skipped` : ''];
			link.href = `#scan-${scan.scan_id}`;
			set(
				scan.state === 'done' ? worst(scan) : scan.state,
				link,
				element('span', input.filter(Boolean).join('; '), 'note'),
			);
		},
		failed(words, mark = 'failed') {
			set(mark, sentence(words));
		},
	};
}
