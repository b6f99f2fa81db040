"""Incidents end to end: calibrated models, a made-up home with attacks, and what the server tells of it."""

import os
import subprocess
import tempfile
import unittest

import home
import stack

GUARDIAND = os.path.join(stack.TOP, os.environ.get("GUARDIAN_BUILD", "build"), "guardiand")
NAMES = {"id", "part_of", "device", "attack", "rule", "title", "technique", "tactic", "meaning", "advice", "severity", "start", "end", "flows", "peers", "peer",
         "port", "peak_score", "p_value", "rows", "bytes_out", "bytes_in", "evidence", "sentence", "also"}
WORSE = {"Low": 0, "Medium": 1, "High": 2, "Critical": 3}


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Incidents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)  # for the workers, who are somebody else when this is root
        cls.made = home.Home(folder.name)
        cls.s = stack.Stack(workers=1, model=cls.made.full, model_basic=cls.made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()

    def test_attacks_are_incidents_with_who_what_and_why(self):
        status, up = self.s.upload(read(self.made.attacks), "attacks.csv")
        self.assertEqual((status, up["method"], up["model"], up["one_stream"]), (200, "hybrid", "full.safetensors", False), up)
        self.assertEqual(up["flows"], 10000)
        self.assertTrue(0 < up["anomalous_flows"] < 1000, up["anomalous_flows"])
        self.assertTrue(5 < up["devices"] < 100)
        found = up["incidents"]
        self.assertEqual(len(found), up["incidents_count"])
        self.assertEqual(found, sorted(found, key=lambda i: (-WORSE[i["severity"]], -i["peak_score"], i["id"])))
        self.assertEqual(up["severity"], found[0]["severity"])
        self.assertLessEqual({"port_scan", "brute_force", "exfiltration"}, {i["attack"] for i in found})
        for i in found:
            self.assertLessEqual(NAMES, set(i))
            self.assertRegex(i["device"]["ip"], r"^192\.168\.")
            self.assertTrue(i["sentence"] and i["meaning"] and i["advice"] and i["start"] <= i["end"])
        self.assertLessEqual(sum(i["flows"] for i in found), up["anomalous_flows"])

    def test_what_was_answered_is_what_is_stored(self):
        up = self.s.upload(read(self.made.attacks), "again.csv")[1]
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"]), (200, up))
        row = next(h for h in self.s.get("/history")[1] if h["id"] == up["scan_id"])
        self.assertEqual([row[k] for k in ("incidents_count", "flows", "anomalous_flows", "devices", "severity")],
                         [up[k] for k in ("incidents_count", "flows", "anomalous_flows", "devices", "severity")])
        stored = self.s.sql("SELECT id, device_ip, rule, flow_n FROM guardian.incidents WHERE scan_id = %d ORDER BY id" % up["scan_id"])
        self.assertEqual(stored.splitlines(), ["\t".join(map(str, (i["id"], i["device"]["ip"], i["rule"], i["flows"])))
                                               for i in sorted(up["incidents"], key=lambda i: i["id"])])
        rows = {r["sequence_id"]: r for r in self.s.get("/api/v1/scans/%d/anomalies?limit=1000" % up["scan_id"])[1]["items"]}
        known = {i["id"] for i in up["incidents"]}
        for d in up["details"]:
            self.assertIn(d["incident"], known)
            self.assertTrue(0 < d["p_value"] < 1e-3 and d["sentence"] and d["orig"]["ip"] and d["resp"]["ip"])
            self.assertIn(d["device"], (d["orig"]["ip"], d["resp"]["ip"]))
            for k in ("p_value", "attack", "rule", "title", "incident", "device", "orig", "resp", "sentence", "severity", "sample_data"):
                self.assertEqual(rows[d["sequence_id"]][k], d[k], k)

    def test_normal_traffic_has_none(self):
        up = self.s.upload(read(self.made.home), "home.csv")[1]
        self.assertEqual((up["incidents_count"], up["incidents"], up["severity"], up["anomalies_count"]), (0, [], None, 0))

    def test_a_file_without_hosts_is_taken_by_the_basic_model(self):
        status, up = self.s.upload(read(self.made.plain), "plain.csv")
        self.assertEqual((status, up["model"], up["one_stream"], up["method"]), (200, "basic.safetensors", True, "hybrid"), up)
        self.assertNotEqual(up["threshold"], self.s.get("/status")[1]["threshold"])
        status, up = self.s.upload(stack.capture(300, [100]), "wild.csv")
        self.assertGreater(up["incidents_count"], 0)
        self.assertIsNone(up["incidents"][0]["device"]["ip"])
        self.assertIsNone(up["details"][0]["device"])
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)

    def test_the_status_tells_method_and_models(self):
        model = self.s.get("/status")[1]["model"]
        self.assertEqual([model[k] for k in ("name", "basic", "method", "threshold_strategy")],
                         ["full.safetensors", "basic.safetensors", "hybrid", "budget:1/day"])

    def check(self, **settings):
        env = dict(os.environ, GUARDIAN_TEMPLATES=os.path.join(stack.TOP, "build", "templates"), **{"GUARDIAN_" + k.upper(): v for k, v in settings.items()})
        run = subprocess.run([GUARDIAND, "check"], env=env, capture_output=True, text=True, timeout=60)
        return run.returncode, run.stderr

    def test_models_that_do_not_do_are_told_before_the_start(self):
        m = self.made
        imported = os.path.join(stack.TOP, "tests", "parity", "basic_model.safetensors")
        none = m.path("none.safetensors")
        for settings, words in [
            ({"model": m.full, "model_basic": none}, ("full.safetensors needs hosts and times", "none.safetensors")),
            ({"model": m.full, "model_basic": m.full}, ("model_basic", "needs hosts and times itself")),
            ({"model": m.full, "model_basic": imported}, ("model_basic",)),
            ({"model": m.basic, "method": "dense"}, ("dense",)),
            ({"model": m.basic, "method": "magic"}, ('"magic" is none of auto, lstm and hybrid',)),
            ({"model": none}, ("none.safetensors",)),
        ]:
            code, said = self.check(**settings)
            self.assertNotEqual(code, 0, settings)
            for word in words:
                self.assertIn(word, said)
        for settings in ({"model": m.basic, "model_basic": none}, {"model": m.full, "model_basic": m.basic, "method": "lstm"}):
            self.assertEqual(self.check(**settings)[0], 0, settings)


if __name__ == "__main__":
    unittest.main(verbosity=2)
