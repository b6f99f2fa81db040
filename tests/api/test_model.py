"""The owner adapts the model to the home by a file of its normal traffic, and goes back: all workers, and what is wrong with files."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import home
import stack

NAMES = {"name", "sha256", "words", "features", "window", "method", "calibrated", "calibration_flows", "threshold", "thresholds", "basic", "adapted",
         "can_adapt", "can_reset", "generation"}


def read(path):
    with open(path, "rb") as f:
        return f.read()


def unlabelled(csv):
    """Without the column that tells attacks."""
    lines = [line.split(b",") for line in csv.splitlines()]
    at = lines[0].index(b"label")
    return b"\n".join(b",".join(v for i, v in enumerate(line) if i != at and i != at + 1) for line in lines) + b"\n"


class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)  # for the workers, who are somebody else when this is root
        cls.made = home.Home(folder.name)
        cls.quiet, cls.attacks = read(cls.made.home), read(cls.made.attacks)
        cls.s = stack.Stack(workers=2, model=cls.made.full, model_basic=cls.made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        cls.shipped = cls.model()

    def setUp(self):
        while self.reset()[0] == 200:
            pass
        self.taken(self.shipped["sha256"])

    @classmethod
    def model(cls):
        status, m = cls.s.get("/api/v1/model")
        assert status == 200, m
        return m

    def adapt(self, data, query="", name="normal.csv"):
        body, kind = stack.multipart(data, name)
        return self.s.ask("POST", "/api/v1/model/adapt?wait=1" + query.replace("?", "&"), body, {"Content-Type": kind})[:2]

    def reset(self):
        return self.s.ask("POST", "/api/v1/model/reset")[:2]

    def taken(self, sha256):
        """Wait until every worker uses the model; what it is."""
        def all_do():
            m = self.model()
            workers = self.s.get("/status")[1]["workers"]
            return m["sha256"] == sha256 and {w["generation"] for w in workers} == {m["generation"]}

        self.s.until(all_do, 20, "all workers use the model " + sha256)
        return self.model()

    def test_the_shipped_model_is_told(self):
        m = self.model()
        self.assertEqual(set(m), NAMES)
        self.assertEqual((m["name"], m["features"], m["calibrated"], m["adapted"], m["can_adapt"], m["can_reset"]),
                         ("full.safetensors", "full", True, None, True, False))
        self.assertEqual(m["sha256"], hashlib.sha256(read(self.made.full)).hexdigest())
        self.assertIn("as it was shipped", m["words"])

    def test_scans_use_the_adapted_threshold_after_an_adaptation_and_the_shipped_one_after_a_reset(self):
        before = self.s.upload(self.attacks)[1]["threshold"]
        self.assertEqual(before, self.shipped["threshold"])
        status, a = self.adapt(self.quiet)
        self.assertEqual(status, 200, a)
        self.assertEqual((a["flows"], a["attacks_left_out"], a["alarms_left_out"], a["threshold"]["before"]), (6000, 0, 0, before))
        self.assertNotEqual(a["threshold"]["after"], before)
        self.assertGreater(a["supported_rate"], 0)
        self.assertIn("The calibration data", a["note"])

        m = self.taken(a["sha256"])
        self.assertEqual((m["name"], m["threshold"], m["calibration_flows"], m["can_reset"]), ("full.adapted.safetensors", a["threshold"]["after"], 6000, True))
        self.assertEqual({k: m["adapted"][k] for k in ("base", "base_sha256", "file", "flows", "strategy")},
                         {"base": "full.safetensors", "base_sha256": self.shipped["sha256"], "file": "normal.csv", "flows": 6000, "strategy": a["strategy"]})
        for _ in range(4):  # more often than there are workers
            up = self.s.upload(self.attacks)[1]
            self.assertEqual((up["threshold"], up["model"]), (a["threshold"]["after"], "full.adapted.safetensors"))

        status, back = self.reset()
        self.assertEqual((status, back["sha256"], back["adapted"]), (200, self.shipped["sha256"], None))
        self.assertEqual(self.taken(back["sha256"])["threshold"], before)
        self.assertEqual(self.s.upload(self.attacks)[1]["threshold"], before)
        self.assertEqual(self.reset()[0], 409)

    def test_the_command_line_finds_the_same_thresholds(self):
        a = self.adapt(self.quiet, "?strategy=fpr:0.001")[1]
        out = self.made.path("cli.safetensors")
        told = json.loads(subprocess.check_output([home.GUARDIAN, "threshold", "--model", self.made.full, "--out", out, "--strategy", "fpr:0.001",
                                                   "--format", "json", self.made.home]))
        self.assertEqual((a["hybrid"], a["lstm"]), (told["hybrid"], told["lstm"]))
        self.assertEqual(a["strategy"], "fpr:0.001")

    def test_one_step_back_is_the_adaptation_before(self):
        first = self.adapt(self.quiet)[1]
        self.taken(first["sha256"])
        second = self.adapt(self.quiet[:len(self.quiet) // 2], name="half.csv")[1]
        self.assertEqual(self.taken(second["sha256"])["adapted"]["file"], "half.csv")
        back = self.reset()[1]
        self.assertEqual((back["sha256"], back["adapted"]["file"]), (first["sha256"], "normal.csv"))
        self.assertEqual(self.taken(first["sha256"])["threshold"], first["threshold"]["after"])
        self.assertEqual(self.reset()[1]["sha256"], self.shipped["sha256"])

    def test_attacks_in_a_file_that_is_called_normal_are_left_out(self):
        a = self.adapt(self.attacks)[1]
        self.assertEqual((a["attacks_left_out"], a["flows"] + a["attacks_left_out"]), (719, 10000))
        status, b = self.adapt(unlabelled(self.attacks))
        self.assertEqual((status, b["attacks_left_out"], b["flows"] + b["alarms_left_out"]), (200, 0, 10000), b)
        self.assertGreater(b["alarms_left_out"], 100)
        self.taken(b["sha256"])
        found = {i["attack"] for i in self.s.upload(self.attacks)[1]["incidents"]}
        self.assertLessEqual({"port_scan", "brute_force", "exfiltration"}, found)

    def test_a_file_of_attacks_is_no_normal_traffic(self):
        lines = self.attacks.splitlines(keepends=True)
        bad = [line for line in lines[1:] if b",benign" not in line.lower()]
        self.assertGreater(len(bad), 500)
        status, a = self.adapt(lines[0] + b"".join(bad * 3))
        self.assertEqual(status, 422, a)
        self.unchanged()

    def unchanged(self):
        time.sleep(1.5)  # a master looks each second
        self.assertEqual(self.model()["sha256"], self.shipped["sha256"])
        self.assertEqual(self.reset()[0], 409)

    def test_files_of_no_use_are_refused_and_change_nothing(self):
        cut, whole = self.quiet.splitlines(keepends=True)[:900], stack.multipart(self.quiet)
        for data, want, words in (
            (b"", 400, "empty"), (b"hello\n", 400, "header lacks"), (os.urandom(5000), None, None), (b"\x1f\x8b\x08\x00rubbish", None, None),
            (b"".join(cut), 422, "it takes 1000"), (read(self.made.plain), 422, "hosts and times"), (self.quiet.splitlines()[0], 422, ""),
        ):
            with self.subTest(data[:20]):
                status, a = self.adapt(data)
                self.assertIn(status, (400, 415, 422) if want is None else (want,), a)
                self.assertIn(words or "", a["error"])
        for body, kind, status in ((whole[0][:-40], whole[1], 400), (b"x", "multipart/form-data", 400), (b"x", "image/png", 415),
                                   (stack.multipart(self.quiet, field="other")[0], None, 400)):
            with self.subTest(kind):
                self.assertEqual(self.s.ask("POST", "/api/v1/model/adapt", body, {"Content-Type": kind or "multipart/form-data; boundary=x"})[0], status)
        for query, status in (("?strategy=nothing", 400), ("?strategy=3", 400), ("?other=1", 400), ("?strategy=", 400), ("?strategy=fpr:0." + "0" * 60 + "1", 400),
                              ("?strategy=" + "9" * 200, 400)):
            with self.subTest(query):
                self.assertEqual(self.adapt(self.quiet, query)[0], status)
        for path, body in (("/api/v1/model/adapt", self.quiet), ("/api/v1/model/reset", b"")):
            for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                self.assertEqual(self.s.ask("POST", path, body, {"Content-Type": "text/csv", **headers})[0], 403)
            self.assertEqual(self.s.ask("GET", path)[0], 405)
        self.unchanged()

    def test_a_hostile_file_name_stays_text(self):
        name = "<img src=x onerror=alert(1)>&'.csv"
        a = self.adapt(self.quiet, name=name)[1]
        m = self.taken(a["sha256"])
        self.assertEqual(m["adapted"]["file"], name)
        page = self.s.get("/model")[1]
        self.assertNotIn("<img", page)
        self.assertIn("adapted on", page)

    def test_a_long_file_name_is_cut_between_two_characters(self):
        for name in ("\U0001f600" * 1000, "x" + "\u00e4" * 2000, "x" * 3000):
            with self.subTest(name[:2]):
                status, a = self.adapt(self.quiet, name=name)
                self.assertEqual(status, 200, a)
                kept = self.taken(a["sha256"])["adapted"]["file"]
                self.assertEqual(kept, name[:255])

    def test_one_adaptation_at_a_time(self):
        answers, rows = [], self.quiet.splitlines(keepends=True)
        much = rows[0] + b"".join(rows[1:]) * 6
        threads = [threading.Thread(target=lambda: answers.append(self.adapt(much))) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(status for status, _ in answers), [200, 409], answers)
        self.assertIn("already", next(a["error"] for status, a in answers if status == 409))

    def test_no_request_is_lost_while_workers_are_replaced(self):
        stop, bad, done = threading.Event(), [], []

        def ask():
            while not stop.is_set():
                status, a = self.s.upload(self.attacks[:200000])
                done.append(status)
                if status != 200:
                    bad.append(a)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for t in threads:
            t.start()
        try:
            for _ in range(2):
                status, a = self.adapt(self.quiet)
                self.assertEqual(status, 200, a)
                self.taken(a["sha256"])
        finally:
            stop.set()
            for t in threads:
                t.join()
        self.assertEqual(bad, [])
        self.assertGreater(len(done), 5)


class Start(unittest.TestCase):
    """What is in the folder of adapted models when the server starts."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.made = home.Home(folder.name)

    def start(self, prepare, **settings):
        s = stack.Stack(workers=1, model=self.made.full, model_basic=self.made.basic, **settings)
        self.addCleanup(s.stop)
        os.mkdir(os.path.join(s.var, "models"))
        prepare(os.path.join(s.var, "models", "full.adapted.safetensors"))
        return s.start()

    def uses_the_shipped(self, s, why):
        m = s.get("/api/v1/model")[1]
        self.assertEqual((m["name"], m["adapted"], m["can_reset"]), ("full.safetensors", None, False))
        self.assertEqual(s.upload(read(self.made.home))[0], 200)
        self.assertIn(why, s.log("guardiand").decode())

    def test_a_broken_one_is_logged_and_the_shipped_one_used(self):
        def prepare(path):
            with open(path, "wb") as f:
                f.write(read(self.made.full)[:5000])

        s = self.start(prepare)
        self.uses_the_shipped(s, "is not used: ")
        body, kind = stack.multipart(read(self.made.home))
        self.assertEqual(s.ask("POST", "/api/v1/model/adapt?wait=1", body, {"Content-Type": kind})[0], 200)
        s.until(lambda: s.get("/api/v1/model")[1]["adapted"], 20, "the broken one is replaced")
        self.assertIsNone(s.ask("POST", "/api/v1/model/reset")[1]["adapted"])

    def test_one_that_was_not_adapted_is_not_used(self):
        self.uses_the_shipped(self.start(lambda path: shutil.copy(self.made.full, path)), 'is missing: which model it was made of')

    def test_a_link_to_elsewhere_is_not_followed(self):
        self.uses_the_shipped(self.start(lambda path: os.symlink(self.made.full, path)), "not a regular file")

    def test_it_outlasts_a_restart_and_not_another_base(self):
        s = self.start(lambda path: None)
        body, kind = stack.multipart(read(self.made.home))
        a = s.ask("POST", "/api/v1/model/adapt?wait=1", body, {"Content-Type": kind})[1]
        s.stop(keep=True)
        s.start()
        self.assertEqual(s.get("/api/v1/model")[1]["sha256"], a["sha256"])
        s.stop(keep=True)
        home.guardian("threshold", "--model", self.made.full, "--strategy", "fpr:0.01", self.made.home)
        s.start()
        self.uses_the_shipped(s, "made of another model")

    def test_a_folder_that_cannot_be_written(self):
        s = self.start(lambda path: None, model_dir="/proc/none")
        self.assertEqual(s.get("/api/v1/model")[1]["can_adapt"], False)
        for path, body in (("adapt", read(self.made.home)), ("reset", b"")):
            status, a = s.ask("POST", "/api/v1/model/" + path, body, {"Content-Type": "text/csv"})[:2]
            self.assertEqual(status, 500)
            self.assertIn("model_dir", a["error"])
            self.assertNotIn("/proc", a["error"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
