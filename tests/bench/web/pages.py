#!/usr/bin/python3
"""pages: how long every page and list takes at the server with much data: 1,000 scans, 1,000,000 anomalies, 500 devices.

    pages.py [--scans 1000] [--anomalies 1000000] [--devices 500] [--asks 21]

Tells the median and the worst of what the workers say that they took, the bytes as they are and as nginx compresses them, and ends with 1 where a median
is above 50 ms. Then the first load of a page: all that a browser with an empty cache fetches. Needs a release build.
"""

import argparse
import gzip
import http.client
import json
import pathlib
import re
import statistics
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests" / "api"))
import stack  # noqa: E402

GOAL_MS = 50
INCIDENTS = 10  # of a scan


def fill(s, scans, anomalies, devices):
    """Rows as scans leave them, made by the database; the first scan is one that was really made, the pattern of all others."""
    each = anomalies // scans
    s.sql("""
USE guardian;
SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = CONCAT(@@sql_mode, ',NO_UNSIGNED_SUBTRACTION');
CREATE TEMPORARY TABLE pattern AS SELECT * FROM scans WHERE id = 1;
SET @columns = (SELECT GROUP_CONCAT(column_name) FROM information_schema.columns WHERE table_schema = 'guardian' AND table_name = 'scans'
	AND column_name NOT IN ('id', 'name', 'started_us', 'finished_us', 'upload_key', 'anomaly_n', 'incident_n', 'incident_severity')
	AND generation_expression IS NULL);
SET @s = CONCAT('INSERT INTO scans (id, name, started_us, finished_us, anomaly_n, incident_n, incident_severity, ', @columns, ') SELECT seq,
	CONCAT(''camera-'', seq MOD 97, ''.pcap''), started_us - (%(scans)d - seq) * 3600000000, finished_us - (%(scans)d - seq) * 3600000000, %(each)d,
	%(incidents)d, seq MOD 4, ', @columns, ' FROM pattern JOIN seq_2_to_%(scans)d');
PREPARE p FROM @s; EXECUTE p;
INSERT INTO devices (ident, mac, ip, name, created_us, first_ts, last_ts, seen_us, scan_n, flow_n, flagged_n, open_n, risk)
	SELECT CONCAT('mac:02:00:00:99:', LPAD(HEX(seq DIV 256), 2, '0'), ':', LPAD(HEX(seq MOD 256), 2, '0')),
	CONCAT('02:00:00:99:', LPAD(HEX(seq DIV 256), 2, '0'), ':', LPAD(HEX(seq MOD 256), 2, '0')), CONCAT('192.168.', seq DIV 250, '.', seq MOD 250 + 1),
	IF(seq MOD 3 = 0, CONCAT('Lamp ', seq), NULL), 1600000000000000 + seq, 1600000000, 1600000000 + seq, 1600000000000000 + seq * 1000000, %(scans)d DIV 10, seq * 10, seq,
	seq MOD 5, seq MOD 101 FROM seq_1_to_%(devices)d;
SET @base = (SELECT MAX(id) FROM devices) - %(devices)d;
INSERT INTO device_scans (device_id, scan_id, ip, flow_n, flagged_n, incident_n, severity, bytes_out, bytes_in, first_ts, last_ts)
	SELECT @base + 1 + (s.seq * 7 + d.seq * 11) MOD %(devices)d, s.seq, CONCAT('192.168.1.', d.seq), 100, 10, 1, d.seq MOD 4, 1e5, 1e6, 1600000000, 1600003600
	FROM seq_2_to_%(scans)d s JOIN seq_1_to_10 d;
CREATE TEMPORARY TABLE story AS SELECT * FROM incidents WHERE scan_id = 1 ORDER BY id LIMIT 1;
INSERT INTO incidents (scan_id, id, device_ip, device_mac, device_id, attack, rule, title, technique, severity, start_ts, end_ts, flow_n, peer_n, peer, port, score, p_value,
	row_first, row_last, bytes_out, bytes_in, sentence, report, mark, found_us, window_first, window_last)
	SELECT s.seq, i.seq, CONCAT('192.168.1.', i.seq), NULL, @base + 1 + (s.seq * 7 + i.seq * 11) MOD %(devices)d, ELT(1 + i.seq MOD 3, 'scan', 'flood', 'exfiltration'), rule, title, technique,
	i.seq MOD 4, 1600000000 + s.seq, 1600000600 + s.seq, 100, 3, NULL, 80, 12 - i.seq, POW(10, i.seq - 12), 10 * i.seq, 10 * i.seq + 9, 1e5, 1e4, sentence, report,
	(s.seq + i.seq) MOD 3, 1600000000000000 + s.seq * 3600000000, 10 * i.seq, 10 * i.seq + 9 FROM story JOIN seq_2_to_%(scans)d s JOIN seq_1_to_%(incidents)d i;
CREATE TEMPORARY TABLE odd AS SELECT * FROM anomalies WHERE scan_id = 1 ORDER BY sequence_id LIMIT 1;
INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, ts, error, severity, step, feature, share, value, sample, p_value, attack, rule, incident,
	orig_host, orig_port, resp_host, resp_port, device_side, sentence)
	SELECT s.seq, a.seq, a.seq, a.seq + 9, 1600000000 + a.seq, 5 + a.seq MOD 7, a.seq MOD 4, step, feature, share, value, sample, p_value, attack, rule, 1 + a.seq MOD %(incidents)d,
	orig_host, orig_port, resp_host, resp_port, device_side, sentence FROM odd JOIN seq_2_to_%(scans)d s JOIN seq_1_to_%(each)d a;
ANALYZE TABLE scans, anomalies, incidents, devices, device_scans;
""" % {"scans": scans, "each": each, "devices": devices, "incidents": INCIDENTS})


def fetch(port, path, headers=()):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", path, headers=dict(headers))
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, r.getheader("Content-Encoding"), data, r.getheader("X-Request-Id")


def measure(s, path, asks):
    """Milliseconds that the workers took, by their log; bytes and compressed bytes."""
    ids = []
    for _ in range(asks):
        status, _, data, ident = fetch(s.port, path)
        assert status == 200, (path, status, data[:200])
        ids.append(ident)
    small = fetch(s.port, path, [("Accept-Encoding", "gzip")])
    time.sleep(0.1)
    log = s.log("guardiand").decode(errors="replace")
    took = [float(m.group(1)) for i in ids for m in [re.search(r"req=%s .*?\bms=([0-9.]+)" % i, log)] if m]
    assert len(took) == asks, "the log tells %d of %d requests to %s" % (len(took), asks, path)
    return took, len(data), len(small[2])


def first_load(s, path):
    """Bytes on the wire of all that a page names, compressed: what a browser fetches first, with the modules that its modules import."""
    todo, done, total = [path], set(), 0
    while todo:
        url = todo.pop()
        if url in done:
            continue
        done.add(url)
        status, coding, data, _ = fetch(s.port, url, [("Accept-Encoding", "gzip")])
        assert status == 200, (url, status)
        total += len(data)
        text = (gzip.decompress(data) if coding == "gzip" else data).decode(errors="replace")
        if url == path:
            todo += re.findall(r'(?:src|href)="(/static/[^"#]+)', text)
        elif url.endswith(".js") and "/vendor/" not in url:
            folder = url.rsplit("/", 1)[0]
            todo += [folder + "/" + m for m in re.findall(r"from '\./([^']+)'", text)]
    return total, len(done)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--scans", type=int, default=1000)
    p.add_argument("--anomalies", type=int, default=1000000)
    p.add_argument("--devices", type=int, default=500)
    p.add_argument("--asks", type=int, default=21)
    o = p.parse_args()
    s = stack.Stack(log_level="info").start()
    try:
        status, answer = s.ask("POST", "/api/v1/samples/scan")[:2]
        assert status in (200, 201) and answer["incidents_count"] > 0, (status, answer)
        start = time.monotonic()
        fill(s, o.scans, o.anomalies, o.devices)
        print("%d scans, %d anomalies, %d devices: made in %.0f s" % (o.scans, o.anomalies, o.devices, time.monotonic() - start))
        some, device = o.scans // 2, json.loads(fetch(s.port, "/api/v1/devices?limit=1")[2])["items"][0]["id"]
        paths = [
            "/", "/new", "/scans", "/scans?q=camera-7&severity=Medium", "/scans?sort=-anomalies", "/scans?device=%d" % device, "/scans?attack=flood",
            "/scans/1", "/scans/%d" % some, "/scans/%d/report" % some, "/scans/compare?a=%d&b=%d" % (some, some + 1), "/scans/%d/incidents/3" % some,
            "/scans/1/incidents/1", "/scans/%d/anomalies/7" % some, "/devices", "/devices?sort=name&q=Lamp", "/devices/%d" % device, "/model", "/docs",
            "/history", "/scan/%d" % some, "/status",
            "/api/v1/scans", "/api/v1/scans?sort=-incidents&limit=200", "/api/v1/scans/1", "/api/v1/overview", "/api/v1/incidents", "/api/v1/incidents?mark=open&severity=High",
            "/api/v1/incidents?device=%d" % device, "/api/v1/scans/%d/anomalies" % some, "/api/v1/scans/%d/anomalies?severity=Critical" % some,
            "/api/v1/scans/%d/anomalies?incident=4" % some, "/api/v1/devices", "/api/v1/devices/%d" % device, "/api/v1/compare?a=%d&b=%d" % (some, some + 1),
            "/api/v1/scans/1/curve", "/api/v1/scans/1/scores", "/api/v1/scans/1/flows", "/api/v1/model", "/api/v1/jobs",
        ]
        slow = 0
        print("%-58s %9s %9s %10s %10s" % ("", "median ms", "worst ms", "bytes", "gzip"))
        for path in paths:
            took, size, small = measure(s, path, o.asks)
            median = statistics.median(took)
            slow += median > GOAL_MS
            print("%-58s %9.1f %9.1f %10d %10d%s" % (path, median, max(took), size, small, "  SLOW" if median > GOAL_MS else ""))
        for path in ("/", "/scans", "/scans/1"):
            total, files = first_load(s, path)
            print("first load of %-10s %4d kB in %d files" % (path, total // 1000, files))
    finally:
        s.stop()
    print("%d of %d above %d ms" % (slow, len(paths), GOAL_MS))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
