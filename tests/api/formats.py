"""formats: small files of every format, each with the same number of flows, and what compresses them."""

import gzip
import json
import struct

ROWS = 40
COLUMNS = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes", "resp_bytes",
           "conn_state", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"]
TYPES = "time string addr port addr port enum string interval count count string count string count count count count".split()


def flow(i):
    sent, got = 60 + i % 7, 90 + i % 5
    return ["%d.5" % (1600000000 + 10 * i), "C%06d" % i, "192.168.1.10", 40000 + i, "10.0.0.1", 53, "udp", "dns", 0.25, sent, got, "SF", 0, "Dd",
            1, sent + 28, 1, got + 28]


def csv(rows=ROWS, sep=","):
    return "".join(sep.join(map(str, line)) + "\n" for line in [COLUMNS] + [flow(i) for i in range(rows)]).encode()


def zeek(rows=ROWS):
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn", "#open\t2020-09-13-12-26-40",
            "#fields\t" + "\t".join(COLUMNS), "#types\t" + "\t".join(TYPES)]
    body = ["\t".join(map(str, flow(i))) for i in range(rows)]
    return "\n".join(head + body + ["#close\t2020-09-13-13-00-00", ""]).encode()


def objects(rows=ROWS):
    return [dict(zip(COLUMNS, [float(v) if k == 0 else v for k, v in enumerate(flow(i))])) for i in range(rows)]


def ndjson(rows=ROWS):
    return "".join(json.dumps(o) + "\n" for o in objects(rows)).encode()


def json_array(rows=ROWS):
    return json.dumps(objects(rows), indent=1).encode()


def packets(rows=ROWS):
    """(seconds, Ethernet frame): one question and one answer by UDP for each flow."""
    for i in range(rows):
        for way, size in ((0, 60 + i % 7), (1, 90 + i % 5)):
            hosts = [bytes([192, 168, 1, 10]), bytes([10, 0, 0, 1])]
            ports = [40000 + i, 53]
            udp = struct.pack(">HHHH", ports[way], ports[1 - way], 8 + size, 0) + bytes(size)
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), i, 0, 64, 17, 0, hosts[way], hosts[1 - way])
            yield 1600000000 + 10 * i + way * 0.25, bytes([2, 0, 0, 0, 0, way] + [2, 0, 0, 0, 0, 1 - way]) + b"\x08\x00" + ip + udp


def pcap(rows=ROWS):
    out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for t, frame in packets(rows):
        out += struct.pack("<IIII", int(t), int(t % 1 * 1e6), len(frame), len(frame)) + frame
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def pcapng(rows=ROWS):
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 65535))
    for t, frame in packets(rows):
        us = int(t * 1000000)
        out += block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xffffffff, len(frame), len(frame)) + frame)
    return out


# What the list of what is taken has of the format, the file, and how many packets it has.
FORMATS = [
    ("csv", "flows.csv", csv, 0),
    ("zeek", "conn.log", zeek, 0),
    ("json", "conn.json", ndjson, 0),
    ("json", "flows.json", json_array, 0),
    (r"\bpcap\b", "capture.pcap", pcap, 2 * ROWS),
    (r"\bpcapng\b", "capture.pcapng", pcapng, 2 * ROWS),
]


def gz(data):
    return gzip.compress(data, 6, mtime=0)


def zstd_frame(blocks):
    """A frame with a window of 1 MiB, of (type, size, bytes): 0 is as it is, 1 one byte repeated."""
    out = b"\x28\xb5\x2f\xfd\x00" + bytes([(20 - 10) << 3])
    for i, (kind, size, body) in enumerate(blocks):
        out += struct.pack("<I", (i == len(blocks) - 1) | kind << 1 | size << 3)[:3] + body
    return out


def zst(data):
    """Without compressing: what has to be known is only that it is unpacked."""
    pieces = [data[i:i + 100000] for i in range(0, len(data), 100000)] or [b""]
    return zstd_frame([(0, len(p), p) for p in pieces])
