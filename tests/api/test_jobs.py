"""Jobs go on after their request was answered: how far they are, how they end, and that nothing but a good end changes anything."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

import home
import stack

MEMBERS = {"id", "kind", "state", "file", "size", "params", "started", "finished", "cancelling", "progress", "phase", "rows", "rows_per_second",
           "seconds_left", "error", "report"}


def read(path):
    with open(path, "rb") as f:
        return f.read()


def times(csv, n):
    """The rows n times, with rising times."""
    lines = csv.splitlines(keepends=True)
    return lines[0] + b"".join(lines[1:] * n)


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        cls.made = home.Home(folder.name)
        cls.quiet, cls.attacks = read(cls.made.home), read(cls.made.attacks)
        cls.s = stack.Stack(workers=2, upload_workers=2, model=cls.made.full, model_basic=cls.made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        cls.shipped = cls.s.get("/api/v1/model")[1]
        cls.much = times(cls.attacks, 20)  # seconds of work

    def setUp(self):
        while self.s.ask("POST", "/api/v1/model/reset")[0] == 200:
            pass
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == self.shipped["sha256"], 20, "the shipped model is used")

    def post(self, path, data, name="flows.csv"):
        body, kind = stack.multipart(data, name)
        return self.s.ask("POST", path, body, {"Content-Type": kind})

    def begin(self, path, data, name="flows.csv"):
        status, a, r = self.post(path, data, name)
        self.assertEqual(status, 202, a)
        self.assertEqual(set(a), {"job_id", "state", "url"})
        self.assertEqual((a["url"], r.getheader("Location")), ("/api/v1/jobs/%d" % a["job_id"],) * 2)
        return a["job_id"]

    def job(self, job):
        status, a = self.s.get("/api/v1/jobs/%d" % job)
        self.assertEqual(status, 200, a)
        self.assertEqual(set(a), MEMBERS | {"result"})
        return a

    def ended(self, job, seconds=60):
        self.s.until(lambda: self.job(job)["state"] != "running", seconds, "job %d has ended" % job)
        return self.job(job)

    def worker_at_work(self):
        """The upload worker that has a child, which does the work, and that child."""
        found = []

        def look():
            for w in self.s.workers("uploads"):
                try:
                    children = read("/proc/%d/task/%d/children" % (w["pid"], w["pid"])).split()
                except FileNotFoundError:
                    continue
                found.extend((w["pid"], int(child)) for child in children)
            return found

        self.s.until(look, 10, "a worker is at the job")
        return found[0]

    def test_a_labelled_file_becomes_numbers_and_a_report(self):
        job = self.begin("/api/v1/evaluations", self.attacks, "lab & home.csv")
        a = self.ended(job)
        self.assertEqual((a["state"], a["kind"], a["file"], a["progress"], a["error"], a["size"]), ("done", "evaluate", "lab & home.csv", 1, None, len(self.attacks)), a)
        self.assertGreaterEqual(a["finished"], a["started"])
        told = json.loads(subprocess.check_output([home.GUARDIAN, "evaluate", "--model", self.made.full, "--plain", self.made.basic, "--format", "json",
                                                   self.made.attacks], env={k: v for k, v in os.environ.items() if not k.startswith("GUARDIAN_KERNEL")}))
        mine = a["result"]
        for key in ("f1", "precision", "recall", "roc_auc", "pr_auc", "tp", "fp", "tn", "fn", "threshold", "detector", "model_sha256", "protocol", "per_label_recall"):
            self.assertEqual(mine[key], told[key], key)
        self.assertEqual(mine["files"][0]["detectors"], told["files"][0]["detectors"])
        self.assertEqual((mine["model"], mine["files"][0]["file"]), ("full.safetensors", "lab & home.csv"))
        self.assertNotIn("/proc", json.dumps(mine))

        status, page, r = self.s.ask("GET", a["report"])
        self.assertEqual((status, r.getheader("Content-Type")), (200, "text/html; charset=utf-8"))
        policy = r.getheader("Content-Security-Policy")
        self.assertEqual(len(r.msg.get_all("Content-Security-Policy")), 1)
        self.assertIn("default-src 'none'", policy)
        self.assertIn("style-src 'unsafe-inline'", policy)
        self.assertNotIn("script", policy)
        self.assertIn("<h2>lab &amp; home.csv</h2>", page)
        self.assertIn("<svg", page)
        self.assertNotIn("/proc", page)

    def test_progress_is_told_every_second_with_rate_and_time_left(self):
        job = self.begin("/api/v1/evaluations", self.much)
        seen = []
        while not seen or seen[-1]["state"] == "running":
            seen.append(self.job(job))
            time.sleep(0.2)
        self.assertEqual(seen[-1]["state"], "done", seen[-1])
        running = [a for a in seen if a["state"] == "running" and a["progress"] is not None]
        shares = [a["progress"] for a in running]
        self.assertEqual(shares, sorted(shares))
        self.assertGreater(len(set(shares)), 3)
        self.assertTrue({"scoring flows", "judging"} & {a["phase"] for a in running}, running)
        self.assertTrue(any(a["seconds_left"] is not None and a["seconds_left"] > 0 for a in running))
        self.assertTrue(all(a["rows"] >= 0 and a["result"] is None and a["report"] is None for a in running))

    def test_others_serve_while_a_worker_is_at_a_job(self):
        job = self.begin("/api/v1/evaluations", self.much)
        self.worker_at_work()
        self.assertIn("busy", [w["state"] for w in self.s.workers("uploads")])
        self.assertEqual(self.s.upload(self.attacks[:100000])[0], 200)
        self.assertEqual(self.ended(job)["state"], "done")

    def test_adapting_is_a_job_whose_result_is_the_answer_for_scripts(self):
        job = self.begin("/api/v1/model/adapt?strategy=fpr:0.001", self.quiet, "normal.csv")
        a = self.ended(job)
        self.assertEqual((a["state"], a["kind"], a["file"], a["params"], a["report"]), ("done", "adapt", "normal.csv", {"strategy": "fpr:0.001"}, None), a)
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == a["result"]["sha256"], 20, "the adapted model is used")
        status, b, _ = self.post("/api/v1/model/adapt?wait=1&strategy=fpr:0.001", self.quiet, "normal.csv")
        self.assertEqual(status, 200, b)
        for key in ("file", "flows", "strategy", "hybrid", "lstm", "note"):
            if key in ("hybrid", "lstm"):
                self.assertEqual(a["result"][key]["value"], b[key]["value"])
            else:
                self.assertEqual(a["result"][key], b[key])
        self.assertEqual(self.s.get("/api/v1/jobs/%d/report" % job)[0], 404)

    def test_a_cancelled_job_ends_at_once_and_changes_nothing(self):
        for path in ("/api/v1/evaluations", "/api/v1/model/adapt"):
            with self.subTest(path):
                job = self.begin(path, times(self.quiet, 60) if "adapt" in path else self.much)
                began = time.monotonic()
                status, a = self.s.ask("POST", "/api/v1/jobs/%d/cancel" % job)[:2]
                self.assertEqual(status, 202, a)
                self.assertTrue(a["cancelling"] or a["state"] == "cancelled")
                a = self.ended(job, 5)
                self.assertLess(time.monotonic() - began, 2.5)
                self.assertEqual((a["state"], a["result"], a["error"]), ("cancelled", None, None))
                self.assertEqual(self.s.ask("POST", "/api/v1/jobs/%d/cancel" % job)[0], 409)
        time.sleep(1.5)
        self.assertEqual(self.s.get("/api/v1/model")[1]["sha256"], self.shipped["sha256"])
        self.assertEqual(self.ended(self.begin("/api/v1/evaluations", self.attacks))["state"], "done")

    def test_one_job_at_a_time(self):
        job = self.begin("/api/v1/evaluations", self.much)
        for path in ("/api/v1/evaluations", "/api/v1/model/adapt", "/api/v1/model/adapt?wait=1"):
            status, a, _ = self.post(path, self.quiet)
            self.assertEqual(status, 409, a)
            self.assertIn("a job is running already", a["error"])
        self.s.ask("POST", "/api/v1/jobs/%d/cancel" % job)
        self.ended(job)

    def test_a_job_whose_worker_is_killed_is_interrupted_and_its_work_ends(self):
        job = self.begin("/api/v1/evaluations", self.much)
        worker, child = self.worker_at_work()
        os.kill(worker, signal.SIGKILL)
        a = self.ended(job, 15)
        self.assertEqual((a["state"], a["error"]), ("interrupted", "the worker that did it is gone"))
        self.s.until(lambda: not os.path.exists("/proc/%d" % child), 5, "the work has ended")
        again = self.begin("/api/v1/evaluations", self.attacks)
        self.assertEqual(self.ended(again)["state"], "done")

    def test_work_that_is_killed_is_a_failure_and_the_worker_lives(self):
        job = self.begin("/api/v1/evaluations", self.much)
        worker, child = self.worker_at_work()
        os.kill(child, signal.SIGKILL)
        a = self.ended(job, 5)
        self.assertEqual(a["state"], "failed")
        self.assertIn("signal 9", a["error"])
        self.assertIn(worker, [w["pid"] for w in self.s.workers("uploads")])

    def test_a_file_without_labels_says_what_a_label_is_called(self):
        lines = [line.split(b",") for line in self.attacks.splitlines()]
        at = lines[0].index(b"label")
        plain = b"\n".join(b",".join(v for i, v in enumerate(line) if i not in (at, at + 1)) for line in lines) + b"\n"
        a = self.ended(self.begin("/api/v1/evaluations", plain, "plain.csv"))
        self.assertEqual(a["state"], "failed")
        self.assertIn("plain.csv has no labels", a["error"])
        self.assertIn("label, detailed-label or attack", a["error"])

    def test_hostile_files_fail_with_words(self):
        for data, words in ((b"hello\n", "header"), (os.urandom(5000), ""), (b"\x1f\x8b\x08\x00rubbish", ""), (self.attacks.splitlines()[0] + b"\n", "usable rows"),
                            (b"ts,label\n" + b"x,y\n" * 100, "")):
            for path in ("/api/v1/evaluations", "/api/v1/model/adapt"):
                with self.subTest((path, data[:20])):
                    a = self.ended(self.begin(path, data, "<script>alert(1)</script>\u202e.csv"))
                    self.assertEqual(a["state"], "failed", a)
                    self.assertIn(words, a["error"])
                    self.assertNotIn("/proc", a["error"])
                    self.assertEqual(a["file"], "script>\ufffd.csv")
        self.assertEqual(self.s.get("/api/v1/model")[1]["sha256"], self.shipped["sha256"])

    def test_bodies_that_are_no_file_start_no_job(self):
        newest = self.s.get("/api/v1/jobs?limit=1")[1]["items"]
        whole = stack.multipart(self.quiet)
        for path in ("/api/v1/evaluations", "/api/v1/model/adapt"):
            for body, kind, code in ((whole[0][:-40], whole[1], 400), (b"x", "multipart/form-data", 400), (b"x", "image/png", 415),
                                     (stack.multipart(self.quiet, field="other")[0], "multipart/form-data; boundary=x", 400)):
                status, a, _ = self.s.ask("POST", path, body, {"Content-Type": kind})
                self.assertEqual(status, code, a)
            self.assertEqual(self.s.ask("POST", path + "?other=1", b"x", {"Content-Type": "text/csv"})[0], 400)
            self.assertEqual(self.s.ask("POST", path, b"x", {"Content-Type": "text/csv", "Origin": "http://evil.example"})[0], 403)
            self.assertEqual(self.s.ask("GET", path)[0], 405)
        self.assertEqual(self.s.get("/api/v1/jobs?limit=1")[1]["items"], newest)

    def test_the_list_has_the_newest_first_and_pages(self):
        made = [self.ended(self.begin("/api/v1/evaluations", b"%d\n" % i, "n%d" % i))["id"] for i in range(3)]
        status, a = self.s.get("/api/v1/jobs?limit=2")
        self.assertEqual((status, [j["id"] for j in a["items"]]), (200, made[:0:-1]))
        self.assertEqual(set(a["items"][0]), MEMBERS)
        b = self.s.get("/api/v1/jobs?limit=2&cursor=" + a["next_cursor"])[1]
        self.assertEqual(b["items"][0]["id"], made[0])
        csv = self.s.ask("GET", "/api/v1/jobs?limit=2", headers={"Accept": "text/csv"})[1]
        self.assertEqual([line.split(",")[0] for line in csv.splitlines()], ["id", str(made[2]), str(made[1])])
        for query in ("limit=0", "limit=201", "cursor=%20", "cursor=zz", "other=1"):
            self.assertEqual(self.s.get("/api/v1/jobs?" + query)[0], 400, query)
        for path in ("/api/v1/jobs/999999", "/api/v1/jobs/999999/report"):
            self.assertEqual(self.s.get(path)[0], 404)
        self.assertEqual(self.s.ask("POST", "/api/v1/jobs/999999/cancel")[0], 404)

    def change(self, body):
        return self.s.ask("POST", "/api/v1/model/threshold", body if isinstance(body, (bytes, str)) else json.dumps(body), {"Content-Type": "application/json"})[:2]

    def test_a_threshold_by_hand_is_used_and_a_reset_goes_back(self):
        before = self.shipped["threshold"]
        status, a = self.change({"threshold": 4.25})
        self.assertEqual(status, 200, a)
        self.assertEqual((a["threshold"], a["strategy"], a["method"], a["note"]), ({"before": before, "after": 4.25}, "manual", "hybrid", ""))
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == a["sha256"], 20, "the threshold is used")
        m = self.s.get("/api/v1/model")[1]
        self.assertEqual((m["threshold"], m["thresholds"]["hybrid"], m["adapted"]["strategy"], m["adapted"]["file"]), (4.25, {"value": 4.25, "strategy": "manual"}, "manual", ""))
        self.assertIn("set by hand", m["words"])
        self.s.until(lambda: len({w["generation"] for w in self.s.get("/status")[1]["workers"]}) == 1, 20, "all use it")
        self.assertEqual(self.s.upload(self.attacks)[1]["threshold"], 4.25)
        b = self.change({"threshold": 7, "method": "hybrid"})[1]
        self.assertIn("silenced", b["note"])
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == b["sha256"], 20, "the second is used")
        self.assertEqual(self.s.ask("POST", "/api/v1/model/reset")[1]["sha256"], a["sha256"])
        self.assertEqual(self.s.ask("POST", "/api/v1/model/reset")[1]["sha256"], self.shipped["sha256"])

    def test_a_threshold_by_hand_keeps_what_was_learnt(self):
        a = self.post("/api/v1/model/adapt?wait=1", self.quiet, "normal.csv")[1]
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == a["sha256"], 20, "the adapted model is used")
        b = self.change({"threshold": 3.5, "method": "lstm"})[1]
        self.s.until(lambda: self.s.get("/api/v1/model")[1]["sha256"] == b["sha256"], 20, "the threshold is used")
        m = self.s.get("/api/v1/model")[1]
        self.assertEqual((m["adapted"]["file"], m["calibration_flows"], m["thresholds"]["lstm"]["value"], m["threshold"]),
                         ("normal.csv", 6000, 3.5, a["threshold"]["after"]))

    def test_thresholds_of_no_use_are_refused(self):
        for body, status in (({"threshold": 0}, 400), ({"threshold": -1}, 400), ({"threshold": "4"}, 400), ({}, 400), ({"threshold": 4, "method": "dense"}, 400),
                             ({"threshold": 4, "method": "x"}, 400), ({"threshold": 4, "other": 1}, 400), ("[]", 400), ("{", 400), ("", 400),
                             ('{"threshold": NaN}', 400), ('{"threshold": 1e999}', 400), ('{"threshold": 1' + "0" * 70000 + "}", 413)):
            with self.subTest(str(body)[:60]):
                self.assertEqual(self.change(body)[0], status)
        self.assertEqual(self.s.ask("POST", "/api/v1/model/threshold", '{"threshold":4}', {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.s.get("/api/v1/model")[1]["sha256"], self.shipped["sha256"])

    def test_the_card_is_markdown(self):
        status, card, r = self.s.ask("GET", "/api/v1/model/card")
        self.assertEqual((status, r.getheader("Content-Type")), (200, "text/markdown; charset=utf-8"))
        self.assertIn("# Model card: full.safetensors", card)
        self.assertIn(self.shipped["sha256"], card)
        self.assertIn("no card beside", card)


class Stop(unittest.TestCase):
    def test_stopping_the_server_does_not_wait_for_a_job(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            made = home.Home(folder)
            with open(made.path("full.md"), "w", encoding="utf-8") as f:
                f.write("# A card of its own\n")
            s = stack.Stack(workers=1, upload_workers=1, model=made.full, model_basic=made.basic).start()
            self.addCleanup(s.stop)
            self.assertEqual(s.get("/api/v1/model/card")[1], "# A card of its own\n")
            body, kind = stack.multipart(times(read(made.attacks), 20))
            job = s.ask("POST", "/api/v1/evaluations", body, {"Content-Type": kind})[1]["job_id"]
            s.until(lambda: s.get("/api/v1/jobs/%d" % job)[1]["progress"] is not None, 10, "the job runs")
            began = time.monotonic()
            s.stop(keep=True)
            self.assertLess(time.monotonic() - began, 15)
            s.start()
            a = s.get("/api/v1/jobs/%d" % job)[1]
            self.assertEqual((a["state"], a["error"]), ("interrupted", "the server was stopped"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
