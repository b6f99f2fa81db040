#!/usr/bin/env python3
"""parts: what a scan costs beside its network, microseconds of one core for a flow.

  parts.py --build BUILD [--rows N] [--rounds N]

In turns, round by round: the reference network alone (bench-nn score), then `guardian scan --threads 1` of made-up traffic with the shipped
models. A scan reads the file, keeps the counters of devices, makes features, asks the rules, fills windows, runs the network, calibrates and groups.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Network:
    """bench-nn, kept running: a round for each line."""

    def __init__(self, build):
        self.p = subprocess.Popen([str(build / "bench-nn"), "score", "--threads", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self.p.stdout.readline()
        if not said.startswith("ready"):
            sys.exit(f"bench-nn: {said.strip()}")

    def round(self):
        self.p.stdin.write("round\n")
        self.p.stdin.flush()
        seconds, windows = self.p.stdout.readline().split()[:2]
        return 1e6 * float(seconds) / float(windows)

    def end(self):
        self.p.stdin.close()
        self.p.wait()


def run(argv):
    start = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build", type=pathlib.Path)
    p.add_argument("--rows", default=400_000, type=int)
    p.add_argument("--rounds", default=5, type=int)
    o = p.parse_args()
    guardian = str(o.build / "guardian")
    models = {name: str(ROOT / "models" / f"{name}.safetensors") for name in ("basic", "full")}
    with tempfile.TemporaryDirectory(dir=o.build) as folder:
        plain, full = os.path.join(folder, "plain.csv"), os.path.join(folder, "full.csv")
        make = [guardian, "generate", "--rows", str(o.rows), "--seed", "9", "--attack", "none", "--out"]
        subprocess.run([*make, full], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*make, plain, "--seed-schema"], check=True, stdout=subprocess.DEVNULL)
        scan = [guardian, "scan", "--threads", "1", "--top", "0", "--explain", "0", "--format", "json"]
        contestants = {
            "scan, basic, lstm": [*scan, "--method", "lstm", "--model", models["basic"], plain],
            "scan, basic, hybrid": [*scan, "--method", "hybrid", "--model", models["basic"], plain],
            "scan, basic, hybrid, with hosts and rules": [*scan, "--method", "hybrid", "--model", models["basic"], full],
            "scan, full, hybrid": [*scan, "--method", "hybrid", "--model", models["full"], full],
        }
        network = Network(o.build)
        times = {name: [] for name in ["network alone, basic", *contestants]}
        for _ in range(o.rounds):
            times["network alone, basic"].append(network.round())
            for name, argv in contestants.items():
                times[name].append(1e6 * run(argv) / o.rows)
        network.end()
    alone = statistics.median(times["network alone, basic"])
    print(f"{o.rows} flows, {o.rounds} rounds in turns, one thread; medians, microseconds for a flow (least to most), and times the network alone")
    for name, t in times.items():
        print(f"  {name:<44} {statistics.median(t):7.3f}  ({min(t):.3f} to {max(t):.3f})  {statistics.median(t) / alone:5.2f}")


if __name__ == "__main__":
    main()
