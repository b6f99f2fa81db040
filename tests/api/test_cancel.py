"""A scan that is no longer wanted: cancelled while it reads, while it judges, while it is stored, by its number or by its upload's key; and its progress."""

import gzip
import os
import threading
import time
import unittest

import stack

# Some seconds of work; sanitizers make it ten times as much.
ROWS = 60000 if "san" in os.environ.get("GUARDIAN_BUILD", "").split("/") else 400000


class Upload(threading.Thread):
    """An upload in the background; .answer is (status, JSON)."""

    def __init__(self, s, query, data):
        super().__init__()
        self.s, self.query, self.data, self.answer = s, query, data, None
        self.start()

    def run(self):
        self.answer = self.s.ask("POST", "/api/v1/scans" + self.query, self.data, {"Content-Type": "application/gzip"}, 300)[:2]


def busy(rows):
    """Many flows of many devices in few bytes."""
    lines = ["ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state,orig_pkts,resp_pkts"]
    for i in range(rows):
        lines.append("%.1f,192.168.1.%d,%d,203.0.113.%d,443,tcp,ssl,0.5,%d,%d,SF,%d,%d" %
                     (1700000000 + i / 10, 10 + i % 40, 40000 + i % 999, i % 200, 300 + i % 7, 900 + i % 5, 4 + i % 2, 5))
    return gzip.compress("\n".join(lines).encode() + b"\n", 1)


class Cancel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = stack.Stack(workers=2)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        cls.large = busy(ROWS)

    def progress(self, key):
        return self.s.get("/api/v1/uploads/" + key)

    def until_running(self, key, rows=1):
        seen = {}

        def look():
            status, p = self.progress(key)
            seen.update(p)
            return status == 200 and (p["rows"] >= rows or p["state"] != "running")

        self.s.until(look, 60, "the scan is under way")
        self.assertEqual(seen["state"], "running", seen)
        return seen

    def cancelled(self, path, up, scan):
        began = time.monotonic()
        self.assertEqual(self.s.ask("POST", path)[:2], (200, {"scan_id": scan, "state": "cancelled"}))
        up.join(30)
        took = time.monotonic() - began
        status, answer = up.answer
        self.assertEqual((status, answer["error"], answer["code"], answer["scan_id"]), (409, "cancelled", "conflict", scan))
        self.assertLess(took, 3)
        row = self.s.get("/scan/%d" % scan)[1]
        self.assertEqual((row["state"], row["error"], row["incidents"]), ("cancelled", "cancelled", []))
        self.assertEqual(self.s.sql("SELECT (SELECT COUNT(*) FROM guardian.anomalies WHERE scan_id = {0}) + (SELECT COUNT(*) FROM guardian.flow_chunks "
                                    "WHERE scan_id = {0}) + (SELECT COUNT(*) FROM guardian.curves WHERE scan_id = {0})".format(scan)), "0\n")
        self.assertEqual(self.s.ask("POST", path)[:2], (200, {"scan_id": scan, "state": "cancelled"}), "once more")

    def test_while_it_reads_by_the_key_of_the_upload(self):
        up = Upload(self.s, "?key=by-its-key-1", self.large)
        scan = self.until_running("by-its-key-1")["scan_id"]
        self.cancelled("/api/v1/uploads/by-its-key-1/cancel", up, scan)
        self.assertEqual(self.progress("by-its-key-1")[1]["phase"], None)
        self.assertEqual(self.progress("by-its-key-1")[1]["state"], "cancelled")

    def test_while_it_reads_by_its_number(self):
        up = Upload(self.s, "?key=by-number-1", self.large)
        scan = self.until_running("by-number-1")["scan_id"]
        self.cancelled("/api/v1/scans/%d/cancel" % scan, up, scan)
        after = self.s.upload(stack.capture(100), "after.csv")
        self.assertEqual(after[0], 200, "the worker goes on with the next one")

    def test_a_table_while_it_is_read(self):
        up = Upload(self.s, "?key=a-table-1&method=dense", self.large)
        scan = self.until_running("a-table-1", 0)["scan_id"]
        self.s.ask("POST", "/api/v1/scans/%d/cancel" % scan)
        up.join(60)
        self.assertEqual((up.answer[0], up.answer[1]["error"]), (409, "cancelled"), up.answer)

    def test_a_worker_of_another_host_hears_of_it_by_the_database(self):
        up = Upload(self.s, "?key=other-host-1", self.large)
        scan = self.until_running("other-host-1")["scan_id"]
        began = time.monotonic()
        self.s.sql("UPDATE guardian.scans SET state = 4, error = 'cancelled', finished_us = started_us WHERE id = %d" % scan)
        up.join(30)
        self.assertEqual((up.answer[0], up.answer[1]["error"]), (409, "cancelled"))
        self.assertLess(time.monotonic() - began, 3)

    def test_while_its_results_are_being_stored(self):
        """Every flow is an anomaly: storing takes a while."""
        up = Upload(self.s, "?key=storing-1&threshold=0", self.large)
        seen = []

        def look():
            status, p = self.progress("storing-1")
            seen.append(p)
            return status == 200 and (p["phase"] == "storing" or p["state"] != "running")

        self.s.until(look, 240, "it is being stored")
        p = seen[-1]
        self.assertEqual((p["state"], p["phase"]), ("running", "storing"), p)
        self.assertGreater(p["anomalies"], ROWS / 4)
        self.cancelled("/api/v1/scans/%d/cancel" % p["scan_id"], up, p["scan_id"])

    def test_what_has_ended_cannot_be_cancelled(self):
        up = self.s.upload(stack.capture(100), "done.csv", "?key=it-is-done-1")[1]
        failed = self.s.upload(b"a,b\n1,2\n", "bad.csv", "?key=it-failed-1")[1]
        for path, word in (("/api/v1/scans/%d/cancel" % up["scan_id"], "done"), ("/api/v1/uploads/it-is-done-1/cancel", "done"),
                           ("/api/v1/scans/%d/cancel" % failed["scan_id"], "failed")):
            status, answer, _ = self.s.ask("POST", path)
            self.assertEqual((status, answer["code"]), (409, "conflict"))
            self.assertIn(word, answer["error"])
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1]["state"], "done")
        self.assertEqual(self.s.ask("POST", "/api/v1/scans/99999/cancel")[0], 404)
        self.assertEqual(self.s.ask("POST", "/api/v1/uploads/nobody-knows-1/cancel")[0], 404)
        self.assertEqual(self.s.ask("GET", "/api/v1/scans/1/cancel")[0], 405)

    def test_the_same_request_while_the_first_is_running(self):
        head = {"Content-Type": "application/gzip", "Idempotency-Key": "twice-at-a-time"}
        first = threading.Thread(target=self.s.ask, args=("POST", "/api/v1/scans?key=first-of-two&name=x.gz", self.large, head, 120))
        first.start()
        scan = self.until_running("first-of-two")["scan_id"]
        status, answer, r = self.s.ask("POST", "/api/v1/scans?name=x.gz", self.large, head)
        self.assertEqual(status, 409, answer)
        self.assertIn("scan %d" % scan, answer["error"])
        self.s.ask("POST", "/api/v1/scans/%d/cancel" % scan)
        first.join(30)
        again, up, r = self.s.ask("POST", "/api/v1/scans?name=x.gz", busy(100), {**head, "Idempotency-Key": "other"})
        self.assertEqual(again, 201)

    def test_the_progress_says_how_fast_and_how_long_still(self):
        up = Upload(self.s, "?key=how-long-1", self.large)
        seen = []

        def over():
            status, p = self.progress("how-long-1")
            if status == 200 and (not seen or seen[-1] != p):
                seen.append(p)
            return status == 200 and p["state"] != "running"

        self.s.until(over, 240, "the scan is done")
        up.join(30)
        self.assertEqual(up.answer[0], 201)
        running = [p for p in seen if p["state"] == "running" and p["rows"] > 0]
        self.assertTrue(running, seen)
        self.assertEqual([p["rows"] for p in running], sorted(p["rows"] for p in running))
        for p in running:
            self.assertIn(p["phase"], ("reading", "judging", "storing"))
            self.assertAlmostEqual(p["rows_per_second"], p["rows"] / p["seconds"], delta=1 + p["rows_per_second"] / 100)
        guesses = [p for p in running if p["seconds_left"] is not None]
        self.assertTrue(guesses, running)
        total = seen[-1]["seconds"]
        for p in guesses:
            self.assertTrue(0 <= p["seconds_left"] < 5 * total, (p, total))
        self.assertEqual((seen[-1]["state"], seen[-1]["phase"], seen[-1]["seconds_left"]), ("done", None, None))


if __name__ == "__main__":
    unittest.main(verbosity=2)
