"""contest: what the Python contestants share: arguments, pinned threads, the line protocol (see ../bench.py).

Import it before numpy, torch or tensorflow: they read the number of threads when they are loaded.
"""

import argparse
import os
import sys
import time

TASKS = ("score", "latency", "train", "dense")
WINDOWS, STEPS, FEATURES, TRAIN_BATCH = 792, 10, 4, 32  # what "train" trains on
ROWS, COLUMNS, DENSE_BATCH = 100_000, 40, 256  # what "dense" trains on
PROBE_SECONDS = 0.1
ROUND_SECONDS = float(os.environ.get("BENCH_SECONDS", "0.4"))


class Batch(int):
    def __str__(self):
        return f"batch {int(self)}"


BATCHES = tuple(map(Batch, (32, 64, 128, 256, 512, 1024, 4096)))

# The protocol has standard output for itself: what libraries print goes to standard error.
_out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(line):
    print(line.replace("\n", " "), file=_out, flush=True)


def missing(reason):
    say("missing " + reason)
    sys.exit(0)


def arguments():
    """The contestant's arguments, with the numeric libraries pinned to their number of threads."""
    p = argparse.ArgumentParser()
    p.add_argument("task", choices=TASKS)
    p.add_argument("--act", choices=("tanh", "relu"), default="tanh")
    p.add_argument("--threads", type=int, default=1)
    args = p.parse_args()
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        os.environ[name + "_NUM_THREADS"] = str(args.threads)
    return args


def timed(step, times):
    start = time.perf_counter()
    for _ in range(times):
        step()
    return time.perf_counter() - start


def seconds_of(step, budget=PROBE_SECONDS):
    """Seconds of one step: the best of three short runs after a warm-up of two steps."""
    step()
    once = timed(step, 1)
    times = max(1, round(budget / once))
    return min(timed(step, times) for _ in range(3)) / times if once < 4 * budget else once


def show(variant):
    return " ".join(map(str, variant)) if isinstance(variant, tuple) else str(variant)


def fastest(variants, make):
    """Try make(variant) = (step, items) for each. Returns the best variant, its items and step, and a text of all.

    All are tried twice, in turn, so that a moment in which others use the machine does not decide.
    """
    tried = [(v, *make(v)) for v in variants]
    seconds = [seconds_of(step) for _, step, _ in tried]
    seconds = [min(before, seconds_of(step)) for before, (_, step, _) in zip(seconds, tried)]
    rates = [items / s for s, (_, _, items) in zip(seconds, tried)]
    text = ", ".join(f"{show(v)}: {r:.0f}" if r >= 100 else f"{show(v)}: {r:.3g}" for r, (v, _, _) in zip(rates, tried))
    best, step, items = tried[rates.index(max(rates))]
    return best, items, step, "items/s by variant: " + text


def serve(text, step, items):
    """Speak the protocol; step() does `items` work items and a round is as many steps as fill ROUND_SECONDS."""
    times = max(1, round(ROUND_SECONDS / seconds_of(step)))
    timed(step, times)
    say("ready " + text)
    for line in sys.stdin:
        if line.strip() == "round":
            say(f"{timed(step, times):.9f} {times * items:.9g}")
