/* envelope: the data of the chart of a scan: the least, mean and largest error of equally many windows, for any range of them. */
import { get, recall } from './api.js';

const POINTS = 1000; /* of a question: a picture has hardly more columns */

/* {from, to, per, min, mean, max}: windows from..to, `per` of them a point; null: not finite. */
function piece(answer) {
	const per = answer.windows_per_point;
	const from = answer.from ?? 0;
	return {
		from,
		to: answer.to ?? from + answer.max.length * per,
		per,
		min: answer.min ?? answer.mean,
		mean: answer.mean,
		max: answer.max,
	};
}

export class Envelope {
	constructor(scan, windows) {
		this.scan = scan;
		this.windows = windows;
		this.whole = null;
		this.pieces = [];
		this.fixed = false; /* there is no more than the whole */
		this.asked = null;
	}

	/* All of the file. Scans of older versions have a coarse one in their row. */
	async load() {
		try {
			this.whole = await this.ask(0, this.windows);
		} catch (failure) {
			if (failure.status !== 404)
				throw failure;
			const { curve } = await get(`/scan/${this.scan}`);
			if (!curve?.max?.length)
				throw failure;
			this.whole = piece(curve);
			this.fixed = true;
		}
		this.pieces = [this.whole];
		return this;
	}

	async ask(from, to, signal) {
		return piece(await recall(`/api/v1/scans/${this.scan}/curve?from=${from}&to=${to}&points=${POINTS}`, signal));
	}

	/* The finest that there is of a range. */
	best(from, to) {
		const fitting = this.pieces.filter((p) => p.from <= from && p.to >= to);
		return fitting.reduce((a, b) => (b.per < a.per ? b : a), this.whole);
	}

	/* Whether the server may know more of this range than is here. */
	lacks(from, to) {
		const per = this.best(from, to).per;
		return !this.fixed && per > 1 && (to - from) / per < POINTS / 2;
	}

	/* Fetch this range, and what is beside it so that a small move needs nothing; forgets the question before. True when there is more now. */
	async refine(from, to) {
		const room = Math.ceil((to - from) / 4);
		this.asked?.abort();
		const mine = (this.asked = new AbortController());
		let more;
		try {
			more = await this.ask(Math.max(0, from - room), Math.min(this.windows, to + room), mine.signal);
		} catch {
			return false; /* the coarse one is still there */
		}
		if (mine.signal.aborted || more.per >= this.best(from, to).per)
			return false;
		this.pieces = [this.whole, ...this.pieces.slice(1).slice(-15), more];
		return true;
	}
}
