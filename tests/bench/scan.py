#!/usr/bin/env python3
"""scan: `guardian scan` as a contestant of bench.py.

  scan.py BUILD ROWS [--memory]    a round is one scan of ROWS rows of made-up traffic; with --memory it also answers
                                   peak_kib=N

The model is the first of models/, or one trained for a moment on the same kind of traffic.
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAINING_ROWS = 2000


def say(line):
    print(line.replace("\n", " "), flush=True)


def missing(reason):
    say("missing " + reason)
    sys.exit(0)


def write_flows(path, rows):
    """Small talk of home devices, with a burst now and then; the same bytes for the same number of rows."""
    r = random.Random(1)
    kinds = []
    for _ in range(4096):
        out, back = 1 + int(r.expovariate(0.2)), int(r.expovariate(0.25))
        if r.random() < 0.005:
            out *= 500
        kinds.append(
            f"192.168.1.{r.randrange(2, 40)},{out},{back},{out * r.randrange(40, 400)},{back * r.randrange(40, 1200)}\n"
        )
    with open(path, "w", encoding="ascii") as f:
        f.write("ts,device,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n")
        for at in range(0, rows, 4096):
            r.shuffle(kinds)
            f.writelines(f"{1_700_000_000 + i * 0.25:.2f},{kinds[i - at]}" for i in range(at, min(rows, at + 4096)))


def call(argv):
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        missing(f"{' '.join(argv[:2])}: exit code {done.returncode}, {done.stderr.strip()[-300:]}")


def find_model(guardian, folder):
    shipped = sorted((ROOT / "models").glob("*.safetensors"))
    if shipped:
        return str(shipped[0])
    model, flows = str(folder / "model.safetensors"), str(folder / "training.csv")
    write_flows(flows, TRAINING_ROWS)
    call([guardian, "train", "--out", model, "--epochs", "2", flows])
    return model


def peak_kib(pid):
    """The peak so far; 0 once it has ended. ru_maxrss will not do: it starts with that of the Python that forked."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def scan(argv, watch):
    """(seconds, peak KiB)"""
    peak = 0
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=errors) as child:
            while watch and child.poll() is None:
                peak = max(peak, peak_kib(child.pid))
                time.sleep(0.0005)
            child.wait()
        seconds = time.perf_counter() - start
        if child.returncode != 0:
            errors.seek(0)
            said = errors.read()[-300:].decode("utf-8", "replace").strip()
            sys.exit(f"guardian scan: exit code {child.returncode}, {said}")
    return seconds, peak


def main():
    build, rows, watch = pathlib.Path(sys.argv[1]), int(sys.argv[2]), "--memory" in sys.argv[3:]
    guardian, folder = str(build / "guardian"), build / "bench"
    if not os.access(guardian, os.X_OK):
        missing("guardian: make")
    folder.mkdir(parents=True, exist_ok=True)
    model = find_model(guardian, folder)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        flows = os.path.join(temporary, "flows.csv")
        write_flows(flows, rows)
        argv = [guardian, "scan", "--model", model, flows]
        if rows <= 1_000_000:
            scan(argv, watch)
        say(f"ready guardian, {os.path.basename(model)}, file of {os.path.getsize(flows) / 1e6:.1f} MB")
        for line in sys.stdin:
            if line.strip() == "round":
                seconds, peak = scan(argv, watch)
                say(f"{seconds:.9f} {rows}" + (f" peak_kib={peak}" if watch else ""))


if __name__ == "__main__":
    main()
