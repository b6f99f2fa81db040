// ort: ONNX Runtime (npm onnxruntime-node) as a contestant of `make bench`; see ../bench.py for the protocol.
//   ort.js score|latency [--act tanh|relu] [--threads N]
//   ort.js check     compares its answers with PyTorch's for the same weights; exit 1 above CHECK_LIMIT
// The files come from export_onnx.py. The mean squared error is part of the graph; each call gets the same windows.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { createRequire } = require("module");

const HOME = process.env.BENCH_PEERS || path.join(__dirname, "../../../var/bench-peers");
const BATCHES = [32, 64, 128, 256, 512, 1024, 4096];
const STEPS = 10, FEATURES = 4;
const PROBE_SECONDS = 0.1;
const ROUND_SECONDS = Number(process.env.BENCH_SECONDS || 0.4);
const CHECK_LIMIT = 1e-5;

const say = (line) => fs.writeSync(1, line.replace(/\n/g, " ") + "\n");

function load() {
	const need = createRequire(path.join(HOME, "node", "index.js"));
	return { ort: need("onnxruntime-node"), version: need("onnxruntime-node/package.json").version };
}

function open(ort, name, threads) {
	return ort.InferenceSession.create(path.join(HOME, "onnx", name + ".onnx"), {
		executionProviders: ["cpu"],
		graphOptimizationLevel: "all",
		executionMode: "sequential",
		intraOpNumThreads: threads,
		interOpNumThreads: 1,
		extra: { session: { set_denormal_as_zero: "1" } },
	});
}

function tensor(ort, values) {
	return new ort.Tensor("float32", values, [values.length / (STEPS * FEATURES), STEPS, FEATURES]);
}

function windows(ort, n) {
	const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
	return tensor(ort, Float32Array.from({ length: n * STEPS * FEATURES }, () => 0.5 * normal()));
}

async function timed(step, times) {
	const start = process.hrtime.bigint();
	for (let i = 0; i < times; i++)
		await step();
	return Number(process.hrtime.bigint() - start) * 1e-9;
}

// Seconds of one step: the best of three short runs after a warm-up.
async function secondsOf(step) {
	await timed(step, 2);
	const times = Math.max(1, Math.round(PROBE_SECONDS / (await timed(step, 1))));
	let best = Infinity;
	for (let i = 0; i < 3; i++)
		best = Math.min(best, await timed(step, times));
	return best / times;
}

// All sizes are tried twice, in turn, so that a moment in which others use the machine does not decide.
async function fastest(ort, session, sizes) {
	const tried = sizes.map((batch) => {
		const feeds = { x: windows(ort, batch) };
		return { batch, seconds: Infinity, step: () => session.run(feeds, ["score"]) };
	});
	for (let pass = 0; pass < 2; pass++)
		for (const t of tried)
			t.seconds = Math.min(t.seconds, await secondsOf(t.step));
	const rate = (t) => t.batch / t.seconds;
	const best = tried.reduce((a, b) => (rate(b) > rate(a) ? b : a));
	best.seen = "items/s by variant: " + tried.map((t) => `batch ${t.batch}: ${Math.round(rate(t))}`).join(", ");
	return best;
}

async function contest(task, act, threads) {
	const { ort, version } = load();
	const session = await open(ort, act, threads);
	const best = await fastest(ort, session, task === "latency" ? [1] : BATCHES);
	const times = Math.max(1, Math.round(ROUND_SECONDS / best.seconds));
	let about = `ONNX Runtime ${version} on Node ${process.versions.node}, threads ${threads}, batch ${best.batch}`;
	about += "; " + best.seen;
	if (task === "latency") {
		const nothing = await open(ort, "nothing", 1);
		const feeds = { x: windows(ort, 1) };
		const empty = await secondsOf(() => nothing.run(feeds, ["recon"]));
		about += `; ${(empty * 1e6).toFixed(1)} us of each call are Node's, an empty network takes them too`;
	}
	await timed(best.step, times);
	say("ready " + about);
	for await (const line of readline.createInterface({ input: process.stdin }))
		if (line.trim() === "round")
			say(`${(await timed(best.step, times)).toFixed(9)} ${times * best.batch}`);
}

async function check() {
	const { ort } = load();
	let worst = 0;
	for (const act of ["tanh", "relu"]) {
		const want = JSON.parse(fs.readFileSync(path.join(HOME, "onnx", `check-${act}.json`), "utf8"));
		const session = await open(ort, act, 1);
		const got = await session.run({ x: tensor(ort, Float32Array.from(want.x)) });
		for (const name of ["recon", "score"]) {
			const off = want[name].map((v, i) => Math.abs(v - got[name].data[i]));
			const most = got[name].data.length === off.length ? Math.max(...off) : Infinity;
			console.log(`ONNX Runtime against PyTorch, ${act}, ${name}: largest difference ${most.toExponential(2)}`);
			worst = Math.max(worst, most); // NaN stays
		}
	}
	if (!(worst <= CHECK_LIMIT))
		throw new Error(`the difference is over ${CHECK_LIMIT}`);
}

async function main() {
	const [task, ...rest] = process.argv.slice(2);
	const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
	if (task === "check")
		return check();
	if (task !== "score" && task !== "latency")
		return say("missing ONNX Runtime scores only: no task " + task);
	return contest(task, option("--act", "tanh"), Number(option("--threads", 1)));
}

main().catch((e) => {
	if (process.argv[2] === "check") {
		console.error("ort.js check: " + e.message);
		process.exit(1);
	}
	say(`missing ONNX Runtime (${String(e.message).split("\n")[0]}): make bench-peers`);
});
