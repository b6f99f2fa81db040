"""What a client may say about a scan: method, threshold, Idempotency-Key; and the sample that is there to try."""

import os
import tempfile
import unittest

import home
import stack

PATH = "/api/v1/scans"


def read(path):
    with open(path, "rb") as f:
        return f.read()


def table(rows, odd):
    """CSV of four sensors; rows in `odd` break what binds them."""
    lines = ["temp,humidity,light,power"]
    for i in range(rows):
        a, b = i % 7, i % 11
        lines.append("%d,%d,%d,%d" % ((20 + a, 40 - a, 300 + 10 * b, 5 + b) if i not in odd else (900, -500, 9, 7000)))
    return "\n".join(lines).encode() + b"\n"


class Options(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        cls.made = home.Home(folder.name)
        cls.attacks = read(cls.made.attacks)
        cls.s = stack.Stack(workers=1, model=cls.made.full, model_basic=cls.made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()

    def scan(self, query, data=None, headers=None, path=PATH):
        kind = {"Content-Type": "text/csv"}
        return self.s.ask("POST", path + query, self.attacks if data is None else data, {**kind, **(headers or {})})

    def column(self, scan, what):
        return self.s.sql("SELECT %s FROM guardian.scans WHERE id = %d" % (what, scan)).rstrip("\n")

    # ---- method and threshold

    def test_a_scan_is_a_thing_that_was_made_and_has_an_address(self):
        status, made, r = self.scan("?name=made.csv")
        self.assertEqual((status, r.getheader("Location")), (201, "/api/v1/scans/%d" % made["scan_id"]))
        self.assertEqual(self.s.get("/scan/%d" % made["scan_id"])[1], made)
        status, old, r = self.scan("?name=made.csv", path="/upload")
        self.assertEqual((status, r.getheader("Location")), (200, None))
        differ = {k for k in made if made[k] != old.get(k)}
        self.assertLessEqual(differ, {"id", "scan_id", "timestamp", "finished", "seconds"})

    def test_a_share_of_normal_flows_is_a_threshold_of_each_method(self):
        hybrid = self.scan("?method=hybrid&threshold=fpr:0.001")[1]
        self.assertEqual((hybrid["method"], hybrid["threshold"]), ("hybrid", 3))
        self.assertEqual(self.column(hybrid["scan_id"], "strategy"), "fpr:0.001")
        lstm = self.scan("?method=lstm&threshold=fpr:0.001")[1]
        self.assertEqual(lstm["method"], "lstm")
        again = self.scan("?method=lstm&threshold=%.9g" % lstm["threshold"])[1]
        self.assertEqual([again[k] for k in ("anomalous_flows", "anomalies_count", "incidents_count")],
                         [lstm[k] for k in ("anomalous_flows", "anomalies_count", "incidents_count")])
        self.assertEqual(self.column(again["scan_id"], "strategy"), "manual")
        self.assertLess(lstm["threshold"], self.scan("?method=lstm&threshold=fpr:0.0001")[1]["threshold"])

    def test_a_share_never_silences_the_rules_but_a_number_may(self):
        share = self.scan("?threshold=fpr:1e-9")[1]
        self.assertEqual(share["threshold"], 5.9)
        self.assertIn("silence the alarms of rules", share["notes"][-1])
        self.assertGreater(share["incidents_count"], 0)
        self.assertEqual(self.scan("?threshold=1e6")[1]["incidents_count"], 0)

    def test_without_words_the_model_decides(self):
        up = self.scan("?method=auto")[1]
        self.assertEqual(up["method"], "hybrid")
        self.assertEqual(self.column(up["scan_id"], "strategy"), "NULL")

    def test_what_cannot_be_meant_is_refused_before_the_file_is_read(self):
        before = self.s.sql("SELECT COUNT(*) FROM guardian.scans")
        for query, field, words in [
            ("?method=magic", "method", ("auto", "hybrid", "lstm", "dense")),
            ("?threshold=much", "threshold", ("fpr:X", "sigma:K", "number")),
            ("?threshold=-1", "threshold", ("number >= 0",)),
            ("?threshold=nan", "threshold", ("number >= 0",)),
            ("?threshold=fpr:0", "threshold", ("fpr:X",)),
            ("?threshold=sigma:3", "threshold", ("adapting the model", "fpr:X")),
            ("?method=lstm&threshold=pot", "threshold", ("adapting the model",)),
            ("?method=hybrid&threshold=budget:1/day", "threshold", ("adapting the model",)),
            ("?method=dense&threshold=budget:1/day", "threshold", ("times",)),
        ]:
            for path in (PATH, "/upload", "/api/v1/samples/scan"):
                status, answer, _ = self.scan(query, path=path)
                self.assertEqual((status, answer.get("field")), (400, field), (query, path, answer))
                for word in words:
                    self.assertIn(word, answer["error"])
        self.assertEqual(self.s.sql("SELECT COUNT(*) FROM guardian.scans"), before)

    # ---- dense

    def test_a_table_of_anything_is_judged_by_what_is_usual_in_it(self):
        odd = {700, 701, 1500}
        status, up, _ = self.scan("?method=dense&name=sensors.csv", table(2000, odd))
        self.assertEqual((status, up["method"], up["flows"], up["total_samples"], up["one_stream"], up["window"]),
                         (201, "dense", 2000, 2000, True, 1), up)
        self.assertEqual({d["sequence_id"] for d in up["details"]}, odd)
        self.assertEqual((up["anomalies_count"], up["anomalous_flows"], up["incidents_count"]), (3, 3, 2))
        names = {"temp", "humidity", "light", "power"}
        for d in up["details"]:
            self.assertEqual(d["rows"], [d["sequence_id"]] * 2)
            self.assertIn(d["most_unusual"]["feature"], names)
            self.assertTrue(0 < d["most_unusual"]["share"] <= 1 and set(d["sample_data"]) <= names and d["sample_data"])
            self.assertGreater(d["error"], up["threshold"])
            self.assertEqual((d["device"], d["orig"]), (None, {"ip": None, "port": None}))
        self.assertEqual(sorted(i["rows"] for i in up["incidents"]), [[700, 701], [1500, 1500]])
        self.assertEqual({i["device"]["ip"] for i in up["incidents"]}, {None})
        page = self.s.get("/scans/%d/incidents/%d" % (up["scan_id"], up["incidents"][0]["id"]))[1]
        self.assertIn("were not kept", page)
        self.assertNotIn("/flows?", page, "no flows are kept of a table: there is nothing to link to")
        self.assertNotIn("0 bytes", page, "a table tells no bytes")
        self.assertNotIn("About <b>Less", page)
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)
        rows = self.s.get("/api/v1/scans/%d/anomalies" % up["scan_id"])[1]["items"]
        rows = rows if isinstance(rows, list) else rows["items"]
        self.assertEqual([r["sequence_id"] for r in rows], sorted(odd))
        for r in rows:
            d = next(d for d in up["details"] if d["sequence_id"] == r["sequence_id"])
            for k in ("error", "p_value", "severity", "incident", "sentence", "sample_data", "most_unusual", "rows"):
                self.assertEqual(r[k], d[k], k)

    def test_dense_takes_all_that_is_found_in_the_file_itself(self):
        data = table(2000, {700, 1500})
        for strategy in ("sigma:3", "percentile:99.9", "fpr:0.001", "0.05"):
            status, up, _ = self.scan("?method=dense&threshold=" + strategy, data)
            self.assertEqual(status, 201, up)
            self.assertEqual(self.column(up["scan_id"], "strategy"), "manual" if strategy == "0.05" else strategy)
        self.assertEqual(up["threshold"], 0.05)
        scores = self.s.get("/api/v1/scans/%d/scores" % up["scan_id"])[1]
        self.assertEqual((scores["method"], scores["threshold"], scores["totals"]["flows"]), ("dense", 0.05, 2000))
        at = scores["at"].index(0.05)
        self.assertEqual((scores["flows"][at], scores["incidents"][at]), (up["anomalous_flows"], up["incidents_count"]))

    def test_what_is_no_table_is_told_so(self):
        for data in (b"a,b\n1,2\n", b"just words\n", b"a,b,c\n" + b"1,2,3\n" * 5):
            status, answer, _ = self.scan("?method=dense", data)
            self.assertIn(status, (400, 415, 422), answer)
            self.assertTrue(answer["error"])

    # ---- idempotency

    def again(self, key, query="?name=same.csv", data=None, path=PATH):
        return self.scan(query, data, {"Idempotency-Key": key}, path)

    def test_a_request_that_comes_twice_is_one_scan(self):
        for path, status in ((PATH, 201), ("/upload", 200)):
            first = self.again("one" + path, path=path)
            self.assertEqual((first[0], first[2].getheader("Idempotency-Replayed")), (status, None))
            second = self.again("one" + path, path=path)
            self.assertEqual((second[0], second[1], second[2].getheader("Idempotency-Replayed"), second[2].getheader("Location")),
                             (status, first[1], "true", first[2].getheader("Location")))
        self.assertNotEqual(self.again("two")[1]["scan_id"], first[1]["scan_id"])
        self.assertEqual(len(self.again("two", "?name=same.csv&top=2")[1]["details"]), 2)

    def test_another_file_under_the_same_key_is_refused(self):
        first = self.again("unlike", "?name=same.csv")
        self.assertEqual(first[0], 201)
        for query, data in (("?name=other.csv", None), ("?name=same.csv", self.attacks + b"\n"), ("?name=same.csv&method=lstm", None),
                            ("?name=same.csv&threshold=3", None)):
            status, answer, _ = self.again("unlike", query, data)
            self.assertEqual((status, answer["field"]), (422, "Idempotency-Key"), answer)
            self.assertIn("scan %d" % first[1]["scan_id"], answer["error"])
        self.assertEqual(self.again("unlike", "?name=same.csv")[1], first[1])

    def test_what_failed_may_be_tried_again(self):
        status, answer, _ = self.again("broken", "?name=x.csv&key=same-key-again", b"no,flows\nat,all\n")
        self.assertIn(status, (400, 415, 422))
        status, up, r = self.again("broken", "?name=x.csv&key=same-key-again")
        self.assertEqual((status, r.getheader("Idempotency-Replayed")), (201, None), up)
        self.assertNotEqual(up["scan_id"], answer.get("scan_id"))
        self.assertEqual(self.again("broken", "?name=x.csv")[1], up)

    # ---- the sample

    def test_the_sample_is_a_labelled_home_with_attacks(self):
        status, up, r = self.s.ask("POST", "/api/v1/samples/scan")
        self.assertEqual((status, up["file"], r.getheader("Location")), (201, "sample-home.csv", "/api/v1/scans/%d" % up["scan_id"]))
        self.assertLessEqual({"port_scan", "ddos", "exfiltration"}, {i["attack"] for i in up["incidents"]})
        self.assertLess(up["seconds"], 5)
        flows, attacks = map(int, self.column(up["scan_id"], "CONCAT_WS(' ', labelled_n, attack_n)").split())
        self.assertTrue(0 < attacks < flows == up["flows"])
        totals = self.s.get("/api/v1/scans/%d/scores" % up["scan_id"])[1]["totals"]
        self.assertEqual((totals["attacks"], totals["benign"]), (attacks, flows - attacks))
        again = self.s.ask("POST", "/api/v1/samples/scan?top=0")[1]
        self.assertEqual([again[k] for k in ("rows_read", "bytes", "anomalous_flows")], [up[k] for k in ("rows_read", "bytes", "anomalous_flows")])


class Uncalibrated(unittest.TestCase):
    def test_what_a_model_that_is_not_calibrated_cannot_is_a_conflict(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        plain, model = os.path.join(folder.name, "plain.csv"), os.path.join(folder.name, "imported.safetensors")
        home.guardian("generate", "--rows", "3000", "--attack", "none", "--seed", "4", "--seed-schema", "--out", plain)
        home.guardian("import", "--out", model, "--threshold", "0.5", "--scaler-from", plain,
                      os.path.join(stack.TOP, "tests", "parity", "basic_model.keras"))
        s = stack.Stack(workers=1, model=model)
        self.addCleanup(s.stop)
        s.start()
        post = lambda query: s.ask("POST", PATH + query, read(plain), {"Content-Type": "text/csv"})[:2]
        for query, field in (("?method=hybrid", "method"), ("?threshold=fpr:0.01", "threshold"), ("?method=lstm&threshold=fpr:0.01", "threshold")):
            status, answer = post(query)
            self.assertEqual((status, answer["code"], answer["field"]), (409, "conflict", field), answer)
            self.assertIn("imported.safetensors", answer["error"])
        self.assertEqual([post(q)[0] for q in ("", "?method=lstm", "?method=auto&threshold=0.7", "?method=dense")], [201] * 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
