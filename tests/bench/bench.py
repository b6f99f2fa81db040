#!/usr/bin/env python3
"""bench: our C programs against their peers, interleaved, on this machine. `make bench`.

Every contestant, ours or a peer's, is a program that speaks one line protocol: started with its task as arguments, it
prepares, warms up and prints `ready <version, kernel, batch>`; for every line `round` on its standard input it runs one
timed round and prints `<seconds> <items done> [<name>=<number> ...]`; it ends with its input. One that cannot run
prints `missing <reason, how to get it>`. The environment's BENCH_SECONDS is the length of round that is asked for.

The contestants of a comparison are started one after the other and then run their rounds A B C A B C ..., so that what
else the machine does hits all alike. A ratio is the median of the ratios within each round. Floors and goals are shown,
never asserted. Nobody is pinned to a processor; a contestant's threads are limited by its own means, and "cpus" is what
it really used: less than its threads means that it waited, for others on the machine or for its own threads.
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import select
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS, ROUND_TIMEOUT = 900, 300
SETTLE_SECONDS = 0.03  # for threads of the last contestant that still spin
BUSY = 0.9  # of a processor: below it others used the machine
TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A contestant that cannot take part; the text says why and what to do."""


class Process:
    """One running contestant and its conversation."""

    def __init__(self, argv, seconds):
        self.errors = tempfile.TemporaryFile()
        self.text = b""
        try:
            self.child = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                cwd=ROOT,
                env=dict(os.environ, BENCH_SECONDS=str(seconds)),
            )
        except OSError as e:
            raise Failed(f"missing {argv[0]}: {e.strerror} (make builds ours, make bench-peers the others)") from e

    def send(self):
        try:
            self.child.stdin.write(b"round\n")
            self.child.stdin.flush()
        except OSError as e:
            raise Failed(self.last_words()) from e

    def line(self, timeout):
        deadline = time.monotonic() + timeout
        while b"\n" not in self.text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.child.stdout], [], [], left)[0]:
                raise Failed(f"failed: no answer within {timeout} s")
            more = os.read(self.child.stdout.fileno(), 65536)
            if not more:
                raise Failed(self.last_words())
            self.text += more
        line, self.text = self.text.split(b"\n", 1)
        return line.decode("utf-8", "replace").strip()

    def last_words(self):
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            return "failed: closed its output"
        self.errors.seek(0)
        said = self.errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines() or [
            "nothing on standard error"
        ]
        return f"failed: exit code {self.child.returncode}, {said[-1]}"

    def cpu_seconds(self):
        """Of the process, its threads and the children it waited for; in steps of 1/TICK."""
        try:
            stat = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0.0
        return sum(int(x) for x in stat.rpartition(")")[2].split()[11:15]) / TICK

    def close(self):
        """End it politely: its input ends; after a while, less politely. Only this child is concerned."""
        try:
            self.child.stdin.close()
        except OSError:
            pass
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
        self.errors.close()


def parse_round(line):
    """`<seconds> <items> [name=number ...]` -> (seconds, items, {name: number})."""
    try:
        seconds, items, *rest = line.split()
        seconds, items = float(seconds), float(items)
        more = {k: float(v) for k, v in (word.split("=", 1) for word in rest)}
    except ValueError as e:
        raise Failed(f"failed: {line[:80]!r} is no result") from e
    if not (0 < seconds < float("inf") and 0 < items < float("inf")):
        raise Failed(f"failed: {line[:80]!r} is no measurement")
    return seconds, items, more


@dataclasses.dataclass
class Entry:
    """A contestant in a comparison: its processes (copies of one program count together) and what they did."""

    spec: object
    processes: list = dataclasses.field(default_factory=list)
    about: str = ""
    problem: str = ""
    rates: list = dataclasses.field(
        default_factory=list
    )  # by round: items per second, or spec.measure; None where it failed
    cpu: float = 0.0
    wall: float = 0.0

    def guard(self, what, *args):
        """Run what; a contestant that fails is out, the others go on."""
        if self.problem:
            return
        try:
            what(*args)
        except Failed as e:
            self.problem = str(e)
            self.close()

    def start(self, seconds):
        for _ in range(self.spec.copies):
            self.processes.append(Process(self.spec.argv, seconds))
            word, _, text = self.processes[-1].line(START_SECONDS).partition(" ")
            if word != "ready":
                raise Failed(f"{word} {text}" if word == "missing" else f"failed: said {word[:80]!r} instead of ready")
            self.about = text

    def round(self):
        before = sum(p.cpu_seconds() for p in self.processes)
        start = time.monotonic()
        for p in self.processes:
            p.send()
        results = [parse_round(p.line(ROUND_TIMEOUT)) for p in self.processes]
        self.wall += time.monotonic() - start
        self.cpu += sum(p.cpu_seconds() for p in self.processes) - before
        if self.spec.measure:
            if self.spec.measure not in results[0][2]:
                raise Failed(f"failed: no {self.spec.measure} in the answer")
            self.rates.append(results[0][2][self.spec.measure])
        else:
            self.rates.append(sum(items / seconds for seconds, items, _ in results))

    def close(self):
        for p in self.processes:
            p.close()
        self.processes = []


def spread(values):
    """(median, least, most)"""
    return statistics.median(values), min(values), max(values)


def ratio(ours, peer):
    """Work per second of ours over the peer's, round by round: (median, least, most); None without a common round."""
    pairs = [
        a * ours.spec.work / (b * peer.spec.work)
        for a, b in zip(ours.rates, peer.rates)
        if a is not None and b is not None
    ]
    return spread(pairs) if pairs else None


def compare(row, rounds, seconds, tell):
    """Run one comparison: a list of entries, ours first."""
    entries = [Entry(spec) for spec in row.ours + row.peers]
    try:
        for e in entries:
            tell(f"{row.title}: starting {e.spec.name}")
            e.guard(e.start, seconds)
        for i in range(min(rounds, row.rounds)):
            tell(f"{row.title}: round {i + 1} of {min(rounds, row.rounds)}")
            for e in entries:
                time.sleep(SETTLE_SECONDS)
                e.guard(e.round)
                e.rates += [None] * (i + 1 - len(e.rates))
    finally:
        for e in entries:
            e.close()
    return entries


def verdict(value, floor, goal):
    """floor < goal: more is better; otherwise less is."""

    def reached(limit):
        return value >= limit if floor < goal else value <= limit

    return "goal reached" if reached(goal) else "floor reached" if reached(floor) else "BELOW THE FLOOR"


def entry_result(row, e):
    rates = [r for r in e.rates if r is not None]
    out = {
        "name": e.spec.name,
        "command": [os.path.relpath(a, ROOT) if a.startswith(str(ROOT)) else a for a in e.spec.argv],
        "copies": e.spec.copies,
        "about": e.about,
        "problem": e.problem,
        "by_round": e.rates,
    }
    if rates:
        median, least, most = spread([row.value(r) for r in rates])
        out.update(median=median, min=least, max=most, unit=row.unit, cpus=e.cpu / e.wall if e.wall else None)
    return out


def ratio_results(row, entries):
    found = []
    for ours in entries[: len(row.ours)]:
        for peer in entries[len(row.ours) :]:
            if (r := ratio(ours, peer)) is not None:
                limits = row.goals.get((ours.spec.name, peer.spec.name))
                found.append(
                    {
                        "ours": ours.spec.name,
                        "peer": peer.spec.name,
                        "median": r[0],
                        "min": r[1],
                        "max": r[2],
                        "floor": limits and limits[0],
                        "goal": limits and limits[1],
                    }
                )
    return found


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}"


def limits_text(value, floor, goal):
    if floor is None:
        return ""
    return f"  floor {number(floor)}, goal {number(goal)}: {verdict(value, floor, goal)}"


def show(row, result, out):
    """The aligned table of one comparison."""
    print(f"\n{row.title}  [{row.unit}; {row.better()} is better]", file=out)
    if row.note:
        print(f"  {row.note}", file=out)
    width = max(len(c["name"]) for c in result["contestants"])
    print(f"  {'':{width}}  {'median':>10}  {'min':>10}  {'max':>10}  spread  cpus", file=out)
    for c in result["contestants"]:
        if "median" not in c:
            print(f"  {c['name']:{width}}  {c['problem']}", file=out)
            continue
        limits = row.goals.get((c["name"], None), (None, None))
        print(
            f"  {c['name']:{width}}  {number(c['median']):>10}  {number(c['min']):>10}  {number(c['max']):>10}"
            f"  {100 * (c['max'] - c['min']) / c['median']:5.0f}%  {c['cpus'] or 0:4.2f}"
            f"  {c['about'].partition(';')[0]}{'  STOPPED: ' + c['problem'] if c['problem'] else ''}"
            f"{limits_text(c['median'], *limits)}",
            file=out,
        )
    used = [c["cpus"] for c in result["contestants"] if c.get("cpus") is not None]
    if used and max(used) < BUSY * row.threads:
        print(f"  the machine was busy: {max(used):.2f} processors of {row.threads} at the most", file=out)
    for r in result["ratios"]:
        what = row.ratio_text.format(ours=r["ours"], peer=r["peer"])
        print(
            f"    {what}: {r['median']:.2f}x  [{r['min']:.2f} .. {r['max']:.2f}]"
            f"{limits_text(r['median'], r['floor'], r['goal'])}",
            file=out,
        )


def first_line(argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False, cwd=ROOT).stdout.partition(
            "\n"
        )[0]
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def machine():
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = re.search(r"^(?:model name|Model)\s*:\s*(.*)$", cpuinfo, re.M)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", cpuinfo, re.M)
    wanted = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd")
    return {
        "cpu": model.group(1) if model else platform.machine(),
        "instructions": [f for f in wanted if flags and f in flags.group(1).split()],
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "compiler": first_line(shlex.split(os.environ.get("CC") or "gcc") + ["--version"]),
        "commit": first_line(["git", "describe", "--always", "--dirty"]),
        "load_at_start": os.getloadavg()[0],
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }


def tell_progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text[:110]}", end="", file=sys.stderr, flush=True)


def main():
    p = argparse.ArgumentParser(description="Our programs against their peers; see the top of this file.")
    p.add_argument("--rounds", type=int, default=9)
    p.add_argument(
        "--seconds", type=float, default=0.4, help="length of a peer's round (ours have a fixed amount of work)"
    )
    p.add_argument("--quick", action="store_true", help="3 short rounds: to see that all run, not to quote")
    p.add_argument("--only", default="", metavar="TEXT", help="comparisons whose title contains TEXT")
    p.add_argument("--contestants", default="", metavar="REGEX", help="contestants whose name matches")
    p.add_argument("--build", default="build", help="folder of bench-nn and guardian")
    p.add_argument("--out", metavar="FILE", help="results as JSON (default BUILD/bench/results.json)")
    p.add_argument("--list", action="store_true", help="the comparisons and their contestants")
    p.add_argument("--self-test", action="store_true", help="test this program with made-up contestants")
    args = p.parse_args()
    if args.self_test:
        import selftest

        return selftest.run_all()
    rounds, seconds = (3, 0.1) if args.quick else (args.rounds, args.seconds)
    if rounds < 1 or not 0 < seconds < 1000:
        p.error("--rounds and --seconds must be positive")
    rows = table.comparisons(ROOT, ROOT / args.build, quick=args.quick)
    rows = [row.only(args.contestants) for row in rows if args.only.lower() in row.title.lower()]
    rows = [row for row in rows if row.ours + row.peers]
    if args.list:
        for row in rows:
            print(f"{row.title}: {', '.join(c.name for c in row.ours + row.peers)}")
        return 0

    about = machine()
    print(
        f"{about['cpu']} ({', '.join(about['instructions'])}), {about['cores']} cores, "
        f"Linux {about['kernel']}, {about['compiler']}, "
        f"commit {about['commit']}, load {about['load_at_start']:.2f}"
    )
    print(
        f"{rounds} interleaved rounds; spread = (max - min) / median; cpus = processor time / wall time; "
        "nobody is pinned to a processor"
    )
    results = {"machine": about, "rounds": rounds, "seconds": seconds, "comparisons": []}
    out = pathlib.Path(args.out) if args.out else ROOT / args.build / "bench" / "results.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    for row in rows:
        entries = compare(row, rounds, seconds, tell_progress)
        tell_progress("")
        result = {
            "title": row.title,
            "note": row.note,
            "unit": row.unit,
            "contestants": [entry_result(row, e) for e in entries],
            "ratios": ratio_results(row, entries),
        }
        show(row, result, sys.stdout)
        sys.stdout.flush()
        results["comparisons"].append(result)
        about["load_at_end"] = os.getloadavg()[0]
        out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten: {os.path.relpath(out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
