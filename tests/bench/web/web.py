#!/usr/bin/python3
"""web: requests a second and p99 of the server against what the machine can do at most, in one run, in turns.

    web.py --bare PROGRAM [--seconds 3] [--rounds 3] [--workers 1,2,4]

static   nginx serving a file with the answer of /status
bare     a libfcgi program that prints the same bytes (bare_fcgi.c), as many workers
row      the same with one prepared primary-key SELECT of a stored scan's details
Also: 1,001-row uploads a second, and the memory of a page worker after 10,000 requests. Needs wrk and a release build.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests" / "api"))
import stack  # noqa: E402


def wrk(url, seconds):
    out = subprocess.check_output(["wrk", "-t1", "-c32", "-d%ds" % seconds, "--latency", url]).decode()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return rate, float(p99) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], int(bad.group(1)) if bad else 0


class Bare:
    """The bare program behind an nginx of its own, with the configuration of the product."""

    def __init__(self, program, folder, name, workers, text, database=()):
        self.folder = folder / name
        self.folder.mkdir(mode=0o755)
        (self.folder / "text").write_text(text)
        sock = self.folder / "socket"
        self.port = stack.free_port()
        self.pool = subprocess.Popen([program, str(sock), str(workers), str(self.folder / "text"), *database])
        public = self.folder / "public" / "static"
        public.mkdir(parents=True)
        (public / "answer.json").write_text(text)
        env = dict(os.environ, PORT=str(self.port), ROOT=str(self.folder / "public"), RUN=str(self.folder), PAGES="unix:%s" % sock,
                   UPLOADS="unix:%s" % sock)
        conf = self.folder / "nginx.conf"
        conf.write_bytes(subprocess.check_output([TOP / "nginx" / "render.sh"], env=env))
        time.sleep(0.5)
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", conf, "-e", "stderr"], stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def url(self, path):
        return "http://127.0.0.1:%d%s" % (self.port, path)

    def stop(self):
        self.nginx.terminate()
        self.nginx.wait()
        subprocess.run(["pkill", "-P", str(self.pool.pid)])
        self.pool.terminate()
        self.pool.wait()


def uploads(s, seconds, clients):
    """1,001-row uploads a second, and their p99 in ms."""
    data = stack.capture(1001, [500])
    took, end = [], time.monotonic() + seconds

    def client():
        while time.monotonic() < end:
            start = time.monotonic()
            if s.upload(data)[0] == 200:
                took.append(1e3 * (time.monotonic() - start))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(took) / seconds, sorted(took)[int(0.99 * len(took))] if took else 0, 0


def rss(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


def measure(options, workers):
    s = stack.Stack(workers=workers, log_level="warn", max_requests=0).start()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        ids = [s.upload(stack.capture(1001, [500]))[1]["scan_id"] for _ in range(50)]
        text = s.ask("GET", "/status")[1]
        url = re.match(r"mysql://([^:]+):([^@]+)@", s.worker_url())
        bare = Bare(options.bare, folder, "bare", workers, stack.json.dumps(text, separators=(",", ":")))
        row = Bare(options.bare, folder, "row", workers, "{}", (s.socket(), url.group(1), url.group(2), str(ids[0])))
        site = "http://127.0.0.1:%d" % s.port
        runs = {
            "static": lambda: wrk(bare.url("/static/answer.json"), options.seconds),
            "bare": lambda: wrk(bare.url("/"), options.seconds),
            "row": lambda: wrk(row.url("/"), options.seconds),
            "/status": lambda: wrk(site + "/status", options.seconds),
            "/history": lambda: wrk(site + "/history", options.seconds),
            "/scan/%d" % ids[0]: lambda: wrk(site + "/scan/%d" % ids[0], options.seconds),
            "upload": lambda: uploads(s, options.seconds, 2 * workers),
        }
        got = {k: [] for k in runs}
        before = rss(s.workers("pages")[0]["pid"])
        for _ in range(options.rounds):
            for k, run in runs.items():
                got[k].append(run())
        median = {k: statistics.median(r[0] for r in v) for k, v in got.items()}
        print("\n%d workers of each kind %14s %10s %8s  against" % (workers, "requests/s", "p99 ms", "failed"))
        for k, v in got.items():
            peer = {"/status": "bare"}.get(k, "row" if k.startswith("/scan") else "")
            print("%-28s %11.0f %10.2f %8d  %s" % (k, median[k], statistics.median(r[1] for r in v), sum(r[2] for r in v),
                                                  "%s: %.0f %%" % (peer, 100 * median[k] / median[peer]) if peer else ""))
        served = s.workers("pages")[0]
        print("a page worker: %d KiB when started, %d KiB after %d requests" % (before, rss(served["pid"]), served["requests"]))
        bare.stop()
        row.stop()
    s.stop()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bare", required=True)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--workers", default="1,2,4")
    options = p.parse_args()
    for n in options.workers.split(","):
        measure(options, int(n))


if __name__ == "__main__":
    main()
