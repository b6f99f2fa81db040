#!/usr/bin/env python3
"""read: reading one file of made-up traffic, as contestants of bench.py.

  read.py BUILD KIND PEER    a round is the file of that KIND (csv, zeek, json, pcap) once or more; items are its rows or packets

The file is written once, under BUILD/bench, the same bytes every time. PEER is one of
  ours     bench-read: our reader, recognising the format, to flows that are looked at and dropped
  plain    bench-read --plain: the bytes read and added up
  python   Python's csv module (csv and zeek: the fields of each row as texts) or its json module (each line an object)
  tcpdump  tcpdump -r, which prints a line for each packet to /dev/null
"""

import csv
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import time

ROWS = 400_000
ZEEK = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig "
    "local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents"
).split()
TYPES = (
    "time string addr port addr port enum string interval count count string bool bool count string count count count "
    "count set[string]"
).split()
SERVICES = (("tcp", 443, "ssl", "ShADadFf"), ("tcp", 1883, "mqtt", "ShADad"), ("udp", 53, "dns", "Dd"), ("udp", 123, "ntp", "Dd"))


def say(line):
    print(line.replace("\n", " "), flush=True)


def missing(reason):
    say("missing " + reason)
    sys.exit(0)


def connections(rows):
    """Dictionaries of Zeek's names; None is unset."""
    r = random.Random(7)
    for i in range(rows):
        proto, port, service, history = SERVICES[min(3, int(r.expovariate(0.7)))]
        answered = r.random() < 0.8
        out, back = 1 + int(r.expovariate(0.2)), int(answered * (1 + r.expovariate(0.25)))
        sent, got = out * r.randrange(40, 400), back * r.randrange(40, 1200)
        yield dict(
            zip(
                ZEEK,
                (
                    round(1_700_000_000 + i * 0.253977, 6),
                    "C" + "".join(r.choices("ABCDEFGHabcdefgh0123456789", k=17)),
                    f"192.168.1.{r.randrange(2, 40)}",
                    r.randrange(32768, 61000),
                    f"{r.randrange(11, 200)}.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}",
                    port,
                    proto,
                    service if answered else None,
                    round(r.expovariate(0.5), 6) if answered else None,
                    sent if answered else None,
                    got if answered else None,
                    "SF" if answered else "S0",
                    True,
                    False,
                    0,
                    history if answered else "S",
                    out,
                    sent + 28 * out,
                    back,
                    got + 28 * back,
                    None,
                ),
            )
        )


def write_csv(f):
    """The columns that the reference project reads."""
    f.write(b"ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n")
    for c in connections(ROWS):
        label = "malicious" if c["conn_state"] == "S0" else "benign"
        f.write(
            f"{c['ts']:.3f},{c['orig_pkts']},{c['resp_pkts']},{c['orig_bytes'] or 0},{c['resp_bytes'] or 0},{label}\n".encode()
        )


def zeek_text(v):
    if isinstance(v, float):
        return f"{v:.6f}"
    return "-" if v is None else {True: "T", False: "F"}[v] if isinstance(v, bool) else str(v)


def write_zeek(f):
    head = f"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2023-11-14-22-13-20\n"
    f.write((head + "\t".join(["#fields", *ZEEK]) + "\n" + "\t".join(["#types", *TYPES]) + "\n").encode())
    for c in connections(ROWS):
        f.write(("\t".join(map(zeek_text, c.values())) + "\n").encode())
    f.write(b"#close\t2023-11-16-02-26-30\n")


def write_json(f):
    for c in connections(ROWS):
        f.write((json.dumps({k: v for k, v in c.items() if v is not None}, separators=(",", ":")) + "\n").encode())


def write_pcap(f):
    """Ethernet, IPv4, UDP: each connection asks and is answered."""
    r = random.Random(8)
    f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for i in range(ROWS):
        ends = [(0xC0A80100 | 2 + i // 8 % 38, 32768 + i // 8 % 28000), (0x08080808, 53)]
        (a, ap), (b, bp) = ends if i % 2 == 0 else reversed(ends)
        n = r.randrange(20, 120)
        udp = struct.pack(">HHHH", ap, bp, 8 + n, 0) + bytes(n)
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), i & 0xFFFF, 0, 64, 17, 0, a, b)
        frame = b"\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0" + ip + udp
        f.write(struct.pack("<IIII", 1_700_000_000 + i // 5000, i % 5000 * 200, len(frame), len(frame)) + frame)


def read_csv(path, delimiter):
    with open(path, encoding="utf-8", newline="") as f:
        return sum(1 for row in csv.reader(f, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL) if row)


def read_json(path):
    with open(path, encoding="utf-8") as f:
        return sum(1 for line in f if json.loads(line))


KINDS = {
    "csv": (write_csv, lambda path: read_csv(path, ",")),
    "zeek": (write_zeek, lambda path: read_csv(path, "\t")),
    "json": (write_json, read_json),
    "pcap": (write_pcap, None),
}


def file_of(kind, folder):
    """The file, written unless it is there from a run before."""
    path = folder / f"read-{ROWS}.{kind}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with open(part, "wb") as f:
            KINDS[kind][0](f)
        part.rename(path)
    return path


def tcpdump(path):
    subprocess.run(["tcpdump", "-nr", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def main():
    build, kind, peer = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    path = file_of(kind, build / "bench")
    if peer in ("ours", "plain"):
        program = str(build / "bench-read")
        if not os.access(program, os.X_OK):
            missing("bench-read: make bench builds it")
        os.execv(program, [program, *(["--plain"] if peer == "plain" else []), str(path)])
    if peer == "tcpdump" and shutil.which("tcpdump") is None:
        missing("tcpdump (apt-get install tcpdump)")
    once = tcpdump if peer == "tcpdump" else KINDS[kind][1]
    once(path)
    say(f"ready {'tcpdump -n' if peer == 'tcpdump' else 'Python ' + sys.version.split()[0]}, {os.path.getsize(path) / 1e6:.1f} MB")
    least = float(os.environ.get("BENCH_SECONDS", "1"))
    for line in sys.stdin:
        if line.strip() == "round":
            start, rounds = time.perf_counter(), 0
            while rounds == 0 or time.perf_counter() - start < least:
                once(path)
                rounds += 1
            say(f"{time.perf_counter() - start:.9f} {rounds * ROWS}")


if __name__ == "__main__":
    main()
