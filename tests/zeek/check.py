#!/usr/bin/python3
"""check.py GUARDIAN CAPTURE CONN_LOG [--show N]: flows from our reader against Zeek's of the same packets.

A flow of Zeek's is found when ours has the same five-tuple and a start within 1 ms; of several the one that is closest, each
used once. Where the capture ends before the log does, only flows count that Zeek had begun by the last packet; those that were
still open then differ by what followed, and are told apart. Fails below the bounds at the end of this file.
"""
import argparse
import bisect
import collections
import os
import subprocess
import sys

BOUNDS = {"found": 0.99, "packets": 0.99, "bytes": 0.97, "conn_state": 0.95}
FIELDS = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes", "resp_bytes",
          "conn_state", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"]


def flows_of(lines):
    names = []
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if line.startswith("#fields"):
            names = cells[1:]
        if line.startswith("#") or not line.strip():
            continue
        row = dict(zip(names, cells))
        yield {name: row.get(name, "-") for name in FIELDS}


def zeek_flows(path):
    with open(path, encoding="utf-8") as f:
        yield from flows_of(f)


def our_flows(guardian, capture):
    run = subprocess.run([guardian, "flows", "--format", "zeek", capture], capture_output=True, text=True, check=False)
    sys.stderr.write(run.stderr)
    if run.returncode != 0:
        sys.exit(f"{guardian} failed")
    yield from flows_of(run.stdout.splitlines())


def key(f):
    return f["id.orig_h"], f["id.orig_p"], f["id.resp_h"], f["id.resp_p"], f["proto"]


def count(text):
    return 0 if text in ("-", "(empty)", "") else float(text)


def same(z, o, names):
    return all(count(z[n]) == count(o[n]) for n in names)


def match(zeek, ours):
    """Pairs (Zeek's, ours or None), ours in order of their start by five-tuple."""
    by_key = collections.defaultdict(list)
    for o in ours:
        by_key[key(o)].append((float(o["ts"]), o))
    for flows in by_key.values():
        flows.sort(key=lambda f: f[0])
    for z in sorted(zeek, key=lambda f: float(f["ts"])):
        flows, ts = by_key[key(z)], float(z["ts"])
        at = bisect.bisect_left(flows, ts, key=lambda f: f[0])
        near = [i for i in (at - 1, at) if 0 <= i < len(flows) and abs(flows[i][0] - ts) <= 0.001]
        best = min(near, key=lambda i: abs(flows[i][0] - ts), default=None)
        yield z, flows.pop(best)[1] if best is not None else None


def end_of(f):
    return float(f["ts"]) + count(f["duration"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guardian")
    parser.add_argument("capture")
    parser.add_argument("log")
    parser.add_argument("--show", type=int, default=3, help="examples of each kind of difference")
    args = parser.parse_args()
    for path in (args.capture, args.log):
        if not os.path.exists(path):
            print(f"skipped: {path} is not here")
            return
    ours = list(our_flows(args.guardian, args.capture))
    if not ours:
        sys.exit("no flows in the capture")
    last = max(end_of(o) for o in ours)
    every = list(zeek_flows(args.log))
    zeek = [z for z in every if float(z["ts"]) <= last]
    pairs = list(match(zeek, ours))
    found = [(z, o) for z, o in pairs if o is not None]
    # What the log knows of later packets the capture does not have.
    whole = [(z, o) for z, o in found if end_of(z) <= last + 0.001]
    print(f"Zeek's flows: {len(every)}, begun within the capture: {len(zeek)}, ended within it: "
          f"{sum(end_of(z) <= last + 0.001 for z in zeek)}; ours: {len(ours)}")
    shares = {"found": (len(found), len(zeek))}
    tests = {
        "packets": lambda z, o: same(z, o, ["orig_pkts", "resp_pkts"]),
        "bytes": lambda z, o: same(z, o, ["orig_bytes", "resp_bytes"]),
        "ip bytes": lambda z, o: same(z, o, ["orig_ip_bytes", "resp_ip_bytes"]),
        "conn_state": lambda z, o: z["conn_state"] == o["conn_state"],
        "duration": lambda z, o: abs(count(z["duration"]) - count(o["duration"])) <= 0.001,
        "history": lambda z, o: z["history"][:23] == o["history"],
        "service": lambda z, o: z["service"] == o["service"],
    }
    kinds = collections.defaultdict(list)
    for z, o in pairs:
        if o is None:
            kinds["not found", z["proto"], z["conn_state"], ""].append((z, o))
    for name, test in tests.items():
        bad = [(z, o) for z, o in whole if not test(z, o)]
        shares[name] = (len(whole) - len(bad), len(whole))
        for z, o in bad:
            field = name if name in z else ""
            change = f"{z[field]} -> {o[field]}" if field and field != "duration" else z["conn_state"]
            kinds[name, z["proto"], change, ""].append((z, o))
    failed = False
    for name, (good, of) in shares.items():
        share = good / of if of else 1
        low = share < BOUNDS.get(name, 0)
        failed |= low
        print(f"{name:12} {100 * share:7.2f} %  ({good} of {of})" + (f"  BELOW {100 * BOUNDS[name]:.0f} %" if low else ""))
    for kind, examples in sorted(kinds.items(), key=lambda k: -len(k[1])):
        print(f"{len(examples):6} differ: {' '.join(k for k in kind if k)}")
        for z, o in examples[:args.show]:
            print("       zeek", *z.values())
            print("       ours", *(o or {"-": "-"}).values())
    sys.exit(1 if failed else 0)


main()
