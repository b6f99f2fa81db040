#!/usr/bin/python3
"""read: rows a second of every reader, against what else reads the same file, in turns. `make bench-read`.

    read.py [--rows 1000000] [--rounds 5] [--only TEXT] [--cpu] [--build build] [--keep FOLDER]

plain read    read(2) and a sum of the bytes: what any reader has to do
libcsv        its parser with callbacks that only count
Python        its csv module; json for JSON lines; gzip for what is packed
tcpdump       tcpdump -r without names, where it is installed

The files are written here, the same bytes for the same number of rows: of CSV and packets as many as asked, of a conn.log half, of
JSON lines a quarter. Every contestant's processor is its own; --cpu counts processor time, for a machine that others use as well.
Rounds, medians and ratios are those of bench.py; goals are shown, never asserted.
"""

import argparse
import csv
import dataclasses
import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import bench
import table

HERE = pathlib.Path(__file__).resolve()
BLOCK = 4096  # rows that are made up; from there on only their time and their order change
START = 1_700_000_000
ZEEK_FIELDS = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp "
    "missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents"
).split()
TEXTS = {"uid", "id.orig_h", "id.resp_h", "proto", "service", "conn_state", "history"}


def kinds(r):
    """BLOCK flows without their times: small talk of home devices, a burst now and then."""
    found = []
    for _ in range(BLOCK):
        out, back = 1 + int(r.expovariate(0.2)), int(r.expovariate(0.25))
        if r.random() < 0.005:
            out *= 500
        found.append((out, back, out * r.randrange(40, 400), back * r.randrange(40, 1200)))
    return found


def blocks(r, found, rows):
    """(place in the file, flow) for every row."""
    for at in range(0, rows, BLOCK):
        r.shuffle(found)
        yield from zip(range(at, min(rows, at + BLOCK)), found)


def moment(i):
    return f"{START + i * 0.25:.3f}"


def write_csv(f, rows):
    """The six columns of the reference project."""
    r = random.Random(1)
    found = [f"{a},{b},{c},{d},{'malicious' if a > 400 else 'benign'}\n" for a, b, c, d in kinds(r)]
    f.write(b"ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n")
    f.writelines(f"{moment(i)},{k}".encode("ascii") for i, k in blocks(r, found, rows))


def zeek_records(r):
    """As Zeek writes them: unset is "-" or, in JSON, not there; a duration has six decimals."""
    for out, back, sent, got in kinds(r):
        yield {
            "uid": "C" + "".join(r.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=17)),
            "id.orig_h": f"192.168.1.{r.randrange(2, 40)}",
            "id.orig_p": str(r.randrange(32768, 61000)),
            "id.resp_h": ".".join(str(r.randrange(1, 255)) for _ in range(4)),
            "id.resp_p": r.choice(("53", "123", "443", "8883")),
            "proto": r.choice(("tcp", "udp")),
            "service": r.choice(("-", "dns", "ssl", "ntp")),
            "duration": f"{r.expovariate(0.5):.6f}",
            "orig_bytes": str(sent),
            "resp_bytes": str(got) if back else "-",
            "conn_state": "SF" if back else "S0",
            "local_orig": "-",
            "local_resp": "-",
            "missed_bytes": "0",
            "history": "ShADadFf" if back else "S",
            "orig_pkts": str(out),
            "orig_ip_bytes": str(sent + 40 * out),
            "resp_pkts": str(back),
            "resp_ip_bytes": str(got + 40 * back),
            "tunnel_parents": "-",
        }


def write_zeek(f, rows):
    r = random.Random(1)
    found = ["\t".join(k.values()) + "\n" for k in zeek_records(r)]
    head = ("#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn")
    f.write(("\n".join((*head, "\t".join(("#fields", *ZEEK_FIELDS)))) + "\n").encode("ascii"))
    f.writelines(f"{moment(i)}\t{k}".encode("ascii") for i, k in blocks(r, found, rows))


def write_json(f, rows):
    r = random.Random(1)
    found = [
        ",".join(f'"{key}":"{v}"' if key in TEXTS else f'"{key}":{v}' for key, v in k.items() if v != "-") + "}\n"
        for k in zeek_records(r)
    ]
    f.writelines(f'{{"ts":{moment(i)},{k}'.encode("ascii") for i, k in blocks(r, found, rows))


def write_csv_gz(f, rows):
    with gzip.GzipFile(filename="", fileobj=f, mode="wb", compresslevel=6, mtime=0) as packed:
        write_csv(packed, rows)


def frame(r, payload):
    """An Ethernet frame with UDP between two hosts; no checksums."""
    udp = b"".join(v.to_bytes(2, "big") for v in (r.randrange(32768, 61000), 443, 8 + len(payload), 0)) + payload
    hosts = bytes((192, 168, 1, r.randrange(2, 40), *(r.randrange(1, 255) for _ in range(4))))
    packet = b"\x45\0" + (20 + len(udp)).to_bytes(2, "big") + b"\0\0\x40\0\x40\x11\0\0" + hosts + udp
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + packet


def write_pcap(f, rows):
    r = random.Random(1)
    found = [frame(r, r.randbytes(r.choice((20, 64, 120, 512)))) for _ in range(BLOCK)]
    found = [len(k).to_bytes(4, "little") * 2 + k for k in found]
    f.write(b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(8) + (65535).to_bytes(4, "little") + (1).to_bytes(4, "little"))
    for i, k in blocks(r, found, rows):
        f.write((START + i // 5000).to_bytes(4, "little") + (i % 5000 * 200).to_bytes(4, "little") + k)


@dataclasses.dataclass(frozen=True)
class Input:
    title: str
    name: str
    write: object
    goal: int  # rows/s
    part: int = 1  # rows asked / rows written
    unit: str = "rows/s"
    peers: tuple = ()


INPUTS = [
    Input("CSV, six columns", "flows.csv", write_csv, 2_000_000, peers=("libcsv", "Python csv")),
    Input("CSV, six columns, gzip", "flows.csv.gz", write_csv_gz, 0, peers=("Python gzip",)),
    Input("Zeek conn.log", "conn.log", write_zeek, 1_000_000, part=2, peers=("Python csv",)),
    Input("Zeek JSON lines", "conn.json.log", write_json, 300_000, part=4, peers=("Python json",)),
    Input("capture, UDP", "packets.pcap", write_pcap, 1_500_000, unit="packets/s", peers=("tcpdump",)),
]


def clock():
    if os.environ.get("BENCH_CLOCK") != "cpu":
        return time.perf_counter()
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def python_csv(path):
    with open(path, newline="", encoding="ascii") as f:
        for _ in csv.reader(f, delimiter="\t" if path.endswith(".log") else ","):
            pass


def python_json(path):
    with open(path, "rb") as f:
        for line in f:
            json.loads(line)


def python_gzip(path):
    with gzip.open(path, "rb") as f:
        while f.read(1 << 16):
            pass


def tcpdump(path):
    subprocess.run(["tcpdump", "-n", "-r", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


PEERS = {"Python csv": python_csv, "Python json": python_json, "Python gzip": python_gzip, "tcpdump": tcpdump}


def peer(name, path, rows):
    """One of PEERS as a contestant."""
    if name == "tcpdump" and not shutil.which("tcpdump"):
        print("missing tcpdump: apt-get install it")
        return
    PEERS[name](path)
    print("ready", name, flush=True)
    for line in sys.stdin:
        if line.strip() == "round":
            start = clock()
            PEERS[name](path)
            print(f"{clock() - start:.9f} {rows}", flush=True)


def contestant(name, build, path, rows):
    ours = {"ours": "reader", "libcsv": "libcsv", "plain read": "bytes"}
    if name in ours:
        return table.Contestant(name, (str(build / "bench-read"), ours[name], path, *([str(rows)] if name == "plain read" else [])))
    return table.Contestant(name, ("/usr/bin/python3", str(HERE), "--peer", name, path, str(rows)))


def comparison(one, build, folder, rows):
    rows = max(1, rows // one.part)
    path = folder / one.name
    with open(path, "wb") as f:
        one.write(f, rows)
    size = path.stat().st_size
    return table.Row(
        one.title,
        one.unit,
        [contestant("ours", build, str(path), rows)],
        [contestant(p, build, str(path), rows) for p in ("plain read", *one.peers)],
        note=f"{rows:,} rows, {size / 1e6:.1f} MB, {size / rows:.0f} bytes each",
        ratio_text="{ours} at the speed of {peer}",
    )


def speeds(one, result, bytes_each):
    """MB/s of the contestants, and the goal."""
    rates = {c["name"]: c["median"] for c in result["contestants"] if "median" in c}
    said = ["  MB/s: " + ", ".join(f"{name} {rate * bytes_each / 1e6:,.0f}" for name, rate in rates.items())]
    if one.goal and "ours" in rates:
        said.append(f"  goal {one.goal:,} {one.unit}: {'reached' if rates['ours'] >= one.goal else 'MISSED'}, {rates['ours'] / one.goal:.2f} of it")
    return "\n".join(said)


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(*sys.argv[2:5])
    p = argparse.ArgumentParser(description="Rows a second of every reader; see the top of this file.")
    p.add_argument("--rows", type=int, default=1_000_000)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", default="", metavar="TEXT", help="inputs whose title contains TEXT")
    p.add_argument("--cpu", action="store_true", help="processor time in place of wall time")
    p.add_argument("--build", default="build", help="folder of bench-read")
    p.add_argument("--keep", metavar="FOLDER", help="write the files there, and leave them")
    args = p.parse_args()
    if args.rows < 1 or args.rounds < 1:
        p.error("--rows and --rounds must be positive")
    if args.cpu:
        os.environ["BENCH_CLOCK"] = "cpu"
    build = (bench.ROOT / args.build).resolve()
    (build / "bench").mkdir(parents=True, exist_ok=True)
    about = bench.machine()
    print(f"{about['cpu']}, {about['cores']} cores, {about['compiler']}, commit {about['commit']}, load {about['load_at_start']:.2f}")
    print(f"{args.rounds} interleaved rounds of {'processor' if args.cpu else 'wall'} time; files in the page cache")
    with tempfile.TemporaryDirectory(dir=build / "bench") as temporary:
        folder = pathlib.Path(args.keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for one in INPUTS:
            if args.only.lower() not in one.title.lower():
                continue
            bench.tell_progress(f"{one.title}: writing")
            row = comparison(one, build, folder, args.rows)
            entries = bench.compare(row, args.rounds, 0.1, bench.tell_progress)
            bench.tell_progress("")
            result = {"contestants": [bench.entry_result(row, e) for e in entries], "ratios": bench.ratio_results(row, entries)}
            bench.show(row, result, sys.stdout)
            size = (folder / one.name).stat().st_size
            print(speeds(one, result, size / max(1, args.rows // one.part)), flush=True)
            if not args.keep:
                (folder / one.name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
