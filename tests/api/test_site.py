"""The product end to end: nginx, pool and MariaDB as `make run` starts them."""

import os
import re
import signal
import subprocess
import threading
import time
import unittest

import stack

WILD = range(500, 503)


def limit_file_size(pid, most):
    """Of a worker that runs; by its own user, which needs no privilege for it."""
    with open("/proc/%d/status" % pid) as f:
        user, group = (int(re.search(r"^%s:\t(\d+)" % k, text, re.M).group(1)) for text in [f.read()] for k in ("Uid", "Gid"))
    as_whom = {"user": user, "group": group, "extra_groups": []} if os.getuid() == 0 else {}
    subprocess.run(["prlimit", "--pid", str(pid), "--fsize=%d" % most], check=True, **as_whom)


def all_stopped(pid):
    """SIGSTOP takes a moment to reach all threads of a process."""
    states = [open("/proc/%d/task/%s/stat" % (pid, t), encoding="ascii", errors="replace").read().rsplit(")", 1)[1].split()[0]
              for t in os.listdir("/proc/%d/task" % pid)]
    return all(s == "T" for s in states)


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = stack.Stack(workers=2).start()

    @classmethod
    def tearDownClass(cls):
        cls.s.stop()

    def test_an_upload_is_scanned_stored_and_found_again(self):
        status, up = self.s.upload(stack.capture(1001, WILD), "home.csv")
        self.assertEqual(status, 200)
        self.assertEqual(up["total_samples"], 992)
        self.assertGreaterEqual(up["anomalies_count"], 3)
        self.assertEqual(up["state"], "done")
        self.assertEqual(sum(up["severity_counts"].values()), up["anomalies_count"])
        self.assertEqual(up["details"], sorted(up["details"], key=lambda d: -d["error"]))
        for d in up["details"]:
            self.assertTrue({"sequence_id", "rows", "error", "threshold", "severity", "sample_data"} <= set(d))
            self.assertTrue(d["rows"][0] <= 502 and d["rows"][1] >= 500, "a window without a wild row is no anomaly")
        status, again = self.s.get("/scan/%d" % up["scan_id"])
        self.assertEqual((status, again), (200, up))
        history = self.s.get("/history")[1]
        self.assertEqual([h["file"] for h in history if h["id"] == up["scan_id"]], ["home.csv"])
        rows = self.s.get("/api/v1/scans/%d/anomalies?limit=1000" % up["scan_id"])[1]["items"]
        self.assertEqual(len(rows), up["anomalies_count"])
        self.assertEqual([r["sequence_id"] for r in rows], sorted(d["sequence_id"] for d in rows))
        self.assertIn("home.csv", self.s.get("/")[1])

    def test_a_quiet_file_has_no_anomaly(self):
        status, up = self.s.upload(stack.capture(300))
        self.assertEqual((status, up["anomalies_count"], up["details"]), (200, 0, []))
        self.assertEqual(self.s.get("/api/v1/scans/%d/anomalies" % up["scan_id"])[1]["items"], [])

    def test_the_body_may_be_the_file_itself(self):
        status, up, _ = self.s.ask("POST", "/upload?name=raw.csv&top=1", stack.capture(100, [50]), {"Content-Type": "text/csv"})
        self.assertEqual((status, up["file"], len(up["details"])), (200, "raw.csv", 1))

    def test_what_is_wrong_with_an_upload_is_said(self):
        head = stack.HEAD.encode()
        cases = [
            (b"", 400, "the file is empty"), (head, 422, "only 0 usable rows"), (stack.capture(9), 422, "only 9 usable rows; a window needs 10"),
            (b"a,b\n1,2\n", 400, "orig_pkts"), (b"%PDF-1.4\n", 415, "PDF"),
        ]
        for data, code, word in cases:
            status, answer = self.s.upload(data)
            self.assertEqual(status, code, answer)
            self.assertIn(word, answer["error"])
            self.assertEqual(self.s.get("/scan/%d" % answer["scan_id"])[1]["state"], "failed")
        for body, kind, code, word in [
            (stack.multipart(b"x", name="")[0], stack.multipart(b"")[1], 400, ""), (b"--x\r\n", "multipart/form-data; boundary=x", 400, ""),
            (b"hello", "multipart/form-data", 400, "boundary"), (b"a=1", "application/x-www-form-urlencoded", 415, ""),
        ]:
            status, answer, _ = self.s.ask("POST", "/upload", body, {"Content-Type": kind})
            self.assertEqual(status, code, answer)
            self.assertIn(word, answer["error"])

    def test_rows_that_are_no_numbers_are_counted_and_the_first_ten_told(self):
        lines = stack.capture(100).split(b"\n")
        for i in range(20, 35):
            lines[i] = b"1,2,x%d,4,5,benign" % i
        status, up = self.s.upload(b"\n".join(lines))
        self.assertEqual((status, up["rows_skipped"], len(up["skipped"])), (200, 15, 10))
        self.assertEqual(up["skipped"][0]["line"], 21)

    def test_a_key_names_an_upload_once(self):
        key = os.urandom(16).hex()
        self.assertEqual(self.s.get("/api/v1/uploads/" + key)[0], 404)
        status, up = self.s.upload(stack.capture(50), query="?key=" + key)
        self.assertEqual(status, 200)
        self.assertEqual(self.s.get("/api/v1/uploads/" + key)[1]["scan_id"], up["scan_id"])
        status, again = self.s.upload(stack.capture(50), query="?key=" + key)
        self.assertEqual((status, again["error"]), (409, "the key %s is used by scan %d already; choose another" % (key, up["scan_id"])))

    def test_requests_that_nobody_should_make_are_refused(self):
        for method, path, headers, want in [
            ("GET", "/nothing", {}, 404), ("GET", "/scan/999999", {}, 404), ("GET", "/scan/-1", {}, 404),
            ("GET", "/api/v1/scans/999999/anomalies", {}, 404), ("POST", "/status", {}, 405),
            ("GET", "/upload", {}, 405), ("GET", "/history?limit=0", {}, 400), ("GET", "/history?who=me", {}, 400),
            ("GET", "/", {"Host": "attacker.example"}, 421), ("POST", "/upload", {"Sec-Fetch-Site": "cross-site"}, 403),
            ("POST", "/upload", {"Origin": "http://attacker.example"}, 403),
        ]:
            status, answer, _ = self.s.ask(method, path, headers=headers)
            self.assertEqual(status, want, (method, path, headers, answer))
            self.assertIn("error", answer)

    def test_who_reads_pages_is_refused_by_a_page_and_programs_by_json(self):
        browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        for path, want, words in [("/nothing%3Cb%3E", 404, "there is nothing at /nothing&lt;b&gt;"), ("/scans/abc", 404, "/scans/abc"),
                                  ("/scans?utm_source=mail", 400, "unknown parameter"), ("/devices?limit=1000", 400, "1 to 200")]:
            status, html, r = self.s.ask("GET", path, headers=browser)
            self.assertEqual((status, r.getheader("Content-Type")), (want, "text/html; charset=utf-8"), path)
            self.assertIn(words, html)
            self.assertIn('href="/scans"', html)
            self.assertIn("script-src 'self'", r.getheader("Content-Security-Policy"))
            self.assertIn("error", self.s.ask("GET", path, headers={"Accept": "*/*"})[1])
        for path in ("/api/v1/nothing", "/scan/999999"):
            self.assertIn("error", self.s.ask("GET", path, headers=browser)[1], path)

    def test_every_answer_has_the_security_headers(self):
        for path in ("/", "/status", "/nothing", "/static/nothing.css"):
            r = self.s.ask("GET", path)[2]
            self.assertIn("default-src 'none'", r.getheader("Content-Security-Policy", ""), path)
            self.assertEqual(r.getheader("X-Content-Type-Options"), "nosniff", path)

    def test_history_is_paged(self):
        for _ in range(3):
            self.s.upload(stack.capture(20))
        ids = [h["id"] for h in self.s.get("/history?limit=2")[1]]
        more = [h["id"] for h in self.s.get("/history?limit=2&before=%d" % ids[-1])[1]]
        self.assertEqual(ids + more, sorted(ids + more, reverse=True))
        self.assertEqual(len(set(ids + more)), 4)

    def test_workers_share_one_copy_of_the_weights(self):
        self.s.upload(stack.capture(200))
        pids = [w["pid"] for w in self.s.get("/status")[1]["workers"]] + [self.s.state()["parts"]["guardiand"]]
        total, size = 0, 0
        for pid in pids:
            with open("/proc/%d/smaps" % pid) as f:
                for block in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", f.read()):
                    if "guardian-weights" in block:
                        total += int(re.search(r"^Pss:\s+(\d+)", block, re.M).group(1))
                        size = int(re.search(r"^Size:\s+(\d+)", block, re.M).group(1))
                        self.assertIn(" r--p ", block.split("\n")[0])
        self.assertGreater(size, 100)
        self.assertLessEqual(total, size + 4 * len(pids))

    def test_the_database_takes_as_many_connections_as_there_may_be_workers(self):
        out = subprocess.check_output(["mariadb", "--no-defaults", "-S", self.s.socket(), "-N", "-e", "SELECT @@max_connections"])
        most = 64 + 64 + 1  # pages, uploads, jobs; each keeps its own, and while workers are replaced the old ones may still be at work
        self.assertGreaterEqual(int(out), 2 * most)

    def test_workers_have_no_privileges(self):
        pids = [w["pid"] for w in self.s.get("/status")[1]["workers"]]
        for pid in pids:
            with open("/proc/%d/status" % pid) as f:
                text = f.read()
            self.assertIn("NoNewPrivs:\t1", text)
            self.assertNotRegex(text, r"Uid:\t0" if os.getuid() == 0 else r"CapEff:\t0*[1-9a-f]")


class Trouble(unittest.TestCase):
    """Each with a stack of its own, since it is hurt."""

    def setUp(self):
        self.s = stack.Stack(workers=1)
        self.s.start()
        self.addCleanup(self.s.stop)

    def test_uploads_do_not_starve_pages(self):
        big = stack.capture(300000)
        done = []
        t = [threading.Thread(target=lambda: done.append(self.s.upload(big, timeout=300)[0])) for _ in range(2)]
        for x in t:
            x.start()
        self.s.until(lambda: any(w["state"] == "busy" for w in self.s.workers("uploads")), 30, "an upload runs")
        start = time.monotonic()
        self.assertEqual(self.s.get("/status")[0], 200)
        self.assertEqual(self.s.get("/history")[0], 200)
        self.assertFalse(done, "the uploads were over before the pages were asked for")
        self.assertLess(time.monotonic() - start, 20)
        for x in t:
            x.join()
        self.assertEqual(done, [200, 200])

    def test_a_worker_killed_in_a_scan_leaves_an_honest_trace(self):
        key = os.urandom(16).hex()
        answers = []
        t = threading.Thread(target=lambda: answers.append(self.s.upload(stack.capture(400000), query="?key=" + key, timeout=300)))
        t.start()
        self.s.until(lambda: self.s.get("/api/v1/uploads/" + key)[1].get("state") == "running", 60, "the scan runs")
        os.kill(self.s.workers("uploads")[0]["pid"], signal.SIGKILL)
        t.join()
        self.assertEqual(answers[0][0], 502)
        self.assertIn("error", answers[0][1])
        self.s.until(lambda: self.s.get("/api/v1/uploads/" + key)[1]["state"] == "interrupted", 30, "it is marked as interrupted")
        self.assertEqual(self.s.upload(stack.capture(50))[0], 200)

    def test_storing_many_anomalies_is_no_standstill(self):
        s = stack.Stack(workers=1, stuck_seconds=2)
        s.start()
        self.addCleanup(s.stop)
        n = 300000
        # No window whose number is a multiple of 4096 is an anomaly: signs of life must not depend on which ones are.
        status, up = s.upload(stack.capture(n, {i for i in range(n) if i % 4096 > 9}), timeout=300)
        self.assertEqual((status, up.get("state")), (200, "done"), up)
        self.assertGreater(up["anomalies_count"], 298000)
        self.assertNotIn(b"worker-stuck", s.log("guardiand"))

    def test_no_room_for_temporary_files_is_said_and_costs_no_worker(self):
        for w in self.s.workers("uploads"):
            limit_file_size(w["pid"], 1 << 20)
        status, answer = self.s.upload(stack.capture(100000, range(100000)))
        self.assertEqual(status, 507, answer)
        self.assertIn("no room", answer["error"])
        self.assertEqual(self.s.get("/scan/%d" % answer["scan_id"])[1]["state"], "failed")
        self.assertEqual(self.s.upload(stack.capture(1001, WILD))[0], 200)
        self.assertEqual([w["deaths"] for w in self.s.workers("uploads")], [0])

    def test_without_the_database_requests_get_503_and_work_again_when_it_is_back(self):
        up = self.s.upload(stack.capture(50))[1]
        self.s.sql("SET GLOBAL read_only = 1")
        status, answer = self.s.upload(stack.capture(50))
        self.assertEqual(status, 503, answer)
        self.assertIn("read-only", answer["error"])
        self.s.sql("SET GLOBAL read_only = 0")
        self.assertEqual(self.s.upload(stack.capture(50))[0], 200)
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[0], 200)

    def test_a_database_that_hangs_is_told_by_the_workers_and_not_by_nginx(self):
        up = self.s.upload(stack.capture(50))[1]
        self.assertEqual(self.s.get("/history")[0], 200)  # the worker is connected now
        database = self.s.state()["parts"]["MariaDB"]
        os.kill(database, signal.SIGSTOP)
        self.addCleanup(os.kill, database, signal.SIGCONT)
        self.s.until(lambda: all_stopped(database), 10, "every thread of the database stands still")
        status, answer = self.s.get("/history")
        self.assertEqual(status, 503, answer)
        self.assertIn("the database does not answer", answer["error"])
        status, answer = self.s.get("/status")
        self.assertEqual((status, answer["status"], answer["database_connected"]), (200, "degraded", False))
        os.kill(database, signal.SIGCONT)
        self.s.until(lambda: self.s.get("/status")[1]["status"] == "ok", 30, "the database is back")
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[0], 200)

    def test_what_was_answered_survives_kill_9_of_everything(self):
        up = self.s.upload(stack.capture(1001, WILD))[1]
        self.s.kill("MariaDB", "guardiand", "nginx", "script")
        self.s.start()
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)
        self.assertEqual(self.s.get("/status")[1]["total_scans"], 1)

    def test_sighup_replaces_every_worker_and_no_request_fails(self):
        before = {w["pid"] for w in self.s.get("/status")[1]["workers"]}
        bad, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                status = self.s.get("/status")[0]
                if status != 200:
                    bad.append(status)

        t = threading.Thread(target=load)
        t.start()
        os.kill(self.s.state()["parts"]["guardiand"], signal.SIGHUP)
        self.s.until(lambda: not before & {w["pid"] for w in self.s.get("/status")[1]["workers"]}, 60, "all workers are new")
        stop.set()
        t.join()
        self.assertEqual(bad, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
