"""What is kept of a scan besides its rows: the curve, what other thresholds would flag, the flagged flows and those around them, explanations."""

import csv
import io
import json
import os
import tempfile
import unittest

import home
import stack


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Kept(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        cls.made = home.Home(folder.name)
        cls.data = read(cls.made.attacks)
        cls.s = stack.Stack(workers=1, model=cls.made.full, model_basic=cls.made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        cls.up = cls.scan(cls.data, "?name=attacks.csv")
        cls.base = "/api/v1/scans/%d" % cls.up["scan_id"]

    @classmethod
    def scan(cls, data, query):
        status, up, _ = cls.s.ask("POST", "/api/v1/scans" + query, data, {"Content-Type": "text/csv"})
        assert status == 201, up
        return up

    def get(self, path, **headers):
        return self.s.ask("GET", self.base + path, None, {k.replace("_", "-"): v for k, v in headers.items()})

    # ---- the curve

    def test_the_curve_has_the_peaks_of_any_range(self):
        status, whole, _ = self.get("/curve")
        self.assertEqual((status, whole["windows"], whole["from"], whole["to"]), (200, self.up["total_samples"], 0, self.up["total_samples"]))
        self.assertEqual(whole["threshold"], float("%.17g" % whole["threshold"]))
        self.assertAlmostEqual(whole["threshold"], self.up["threshold"], 6)
        self.assertAlmostEqual(max(whole["max"]), self.up["max_error"], 4)
        for d in self.up["details"][:5]:
            n = d["sequence_id"]
            part = self.get("/curve?from=%d&to=%d&points=10" % (n, n + 1))[1]
            self.assertEqual((part["from"], part["to"]), (n, n + 1))
            self.assertAlmostEqual(part["max"][0], d["error"], 4)
        few = self.get("/curve?points=7")[1]
        self.assertLessEqual(len(few["max"]), 7)
        self.assertEqual(max(few["max"]), max(whole["max"]))
        self.assertEqual(min(few["min"]), min(whole["min"]))

    def test_a_range_that_is_none_is_refused_and_one_beyond_the_end_is_empty(self):
        self.assertEqual(self.get("/curve?from=9&to=3")[0], 400)
        self.assertEqual(self.get("/curve?points=2001")[1]["field"], "points")
        status, beyond, _ = self.get("/curve?from=100000000")
        self.assertEqual((status, beyond["mean"]), (200, []))

    # ---- the table of thresholds

    def equal_scans(self, data, query, base, picks):
        """The slider's numbers are those of new scans."""
        table = self.s.get(base + "/scores")[1]
        for column in ("flows", "anomalies", "incidents"):
            self.assertEqual(len(table[column]), len(table["at"]))
        self.assertIn(table["threshold"], table["at"])
        tried = 0
        for k in sorted({int(p * (len(table["at"]) - 1)) for p in picks} | {table["at"].index(table["threshold"])}):
            again = self.scan(data, "?threshold=%s%s" % (json.dumps(table["at"][k]), query))
            self.assertEqual(again["anomalous_flows"], table["flows"][k], table["at"][k])
            self.assertEqual(again["anomalies_count"], table["anomalies"][k], table["at"][k])
            if table["incidents"][k] is not None:
                self.assertEqual(again["incidents_count"], table["incidents"][k], table["at"][k])
                tried += 1
        self.assertGreater(tried, 3)
        return table

    def test_each_stop_of_the_slider_is_what_a_new_scan_gives(self):
        table = self.equal_scans(self.data, "&method=hybrid", self.base, (0, 0.2, 0.35, 0.5, 0.7, 1))
        own = table["at"].index(table["threshold"])
        self.assertEqual((table["flows"][own], table["anomalies"][own], table["incidents"][own]),
                         (self.up["anomalous_flows"], self.up["anomalies_count"], self.up["incidents_count"]))
        attacks = self.data.count(b"malicious")
        self.assertEqual(table["totals"], {"flows": 10000, "windows": self.up["total_samples"], "attacks": attacks, "benign": 10000 - attacks})
        self.assertEqual([a + b for a, b in zip(table["attacks"], table["false"])], table["flows"])
        self.assertEqual((table["in_use"]["method"], table["in_use"]["threshold"]), ("hybrid", table["threshold"]))

    def test_the_same_by_the_other_methods_and_without_hosts(self):
        plain = read(self.made.plain)
        plain = b"\n".join(plain.splitlines()[:4000]) + b"\n1704999999,9000000,0,2000000000,0,malicious\n"
        for data, query in ((self.data, "&method=lstm"), (self.data, "&method=dense"), (plain, "&method=hybrid"), (plain, "&method=lstm")):
            up = self.scan(data, "?name=x.csv&threshold=%s%s" % ("0.02" if "dense" in query else "1.5", query))
            self.equal_scans(data, query, "/api/v1/scans/%d" % up["scan_id"], (0, 0.25, 0.4, 0.5, 0.6, 0.75, 1))

    # ---- flows

    def walk(self, query):
        items, cursor, pages = [], "", 0
        while cursor is not None:
            status, page, _ = self.get("/flows?%s&cursor=%s" % (query, cursor))
            self.assertEqual(status, 200)
            items, cursor, pages = items + page["items"], page["next_cursor"], pages + 1
        return items, pages

    def test_every_flagged_flow_is_there_once_whatever_the_pages(self):
        large, _ = self.walk("limit=200")
        small, pages = self.walk("limit=37")
        self.assertEqual(small, large)
        self.assertEqual((len(large), pages), (self.up["anomalous_flows"], -(-len(large) // 37)))
        self.assertEqual(len({f["row"] for f in large}), len(large))
        rows = list(csv.DictReader(io.StringIO(self.data.decode())))
        known = {i["id"]: i for i in self.up["incidents"]}
        for f in large:
            row = rows[f["row"]]
            self.assertEqual((f["orig"]["ip"], f["resp"]["ip"], str(f["orig"]["port"]), str(f["resp"]["port"])),
                             (row["id.orig_h"], row["id.resp_h"], row["id.orig_p"], row["id.resp_p"]))
            self.assertAlmostEqual(f["ts"], float(row["ts"]), 5)
            self.assertEqual((f["anomalous"], f["label"]), (True, row["label"]))
            self.assertGreater(f["score"] if f["score"] is not None else 1e9, self.up["threshold"])
            self.assertIn(f["incident"], {None, *known})
        for i in known.values():
            mine = [f for f in large if f["incident"] == i["id"]]
            self.assertLessEqual(i["flows"], len(mine))
            self.assertEqual(self.walk("limit=200&incident=%d" % i["id"])[0], mine)
        device = self.up["incidents"][0]["device"]
        mine = [f for f in large if f["device"] == device["ip"]]
        self.assertEqual(self.walk("device=" + device["ip"])[0], mine)
        self.assertTrue(0 < len(mine) < len(large))
        if device["mac"]:
            self.assertEqual(self.walk("device=" + device["mac"])[0], mine)

    def test_exports_say_the_same_as_the_list(self):
        items = self.walk("limit=200")[0]
        for query, headers in (("?format=csv", {}), ("", {"Accept": "text/csv"})):
            status, text, r = self.get("/flows" + query, **headers)
            self.assertEqual((status, r.getheader("Content-Type").split(";")[0]), (200, "text/csv"))
            self.assertIn('filename="scan-%d-flows.csv"' % self.up["scan_id"], r.getheader("Content-Disposition"))
            table = list(csv.DictReader(io.StringIO(text)))
            self.assertEqual([(int(t["row"]), t["device"], t["incident"], t["rule"]) for t in table],
                             [(f["row"], f["device"], str(f["incident"] or ""), f["rule"]) for f in items])
        status, first, r = self.get("/flows?format=csv&limit=100")
        second = self.get("/flows?format=csv&limit=100000&cursor=" + r.getheader("X-Next-Cursor"))[1]
        self.assertEqual(first + second.split("\r\n", 1)[-1] if "\r\n" in second else first + second.split("\n", 1)[1], text)
        status, log, r = self.get("/flows?format=zeek")
        self.assertEqual((status, r.getheader("Content-Type").split(";")[0]), (200, "text/tab-separated-values"))
        lines = log.splitlines()
        self.assertTrue(lines[0].startswith("#separator") and lines[-1].startswith("#close"))
        self.assertEqual(len([x for x in lines if not x.startswith("#")]), len(items))
        again = self.scan(log.encode(), "?name=conn.log&top=0")
        self.assertEqual((again["flows"], again["format"]), (len(items), "Zeek conn.log"))

    def test_the_flows_around_one_are_its_neighbours_and_the_devices_own_come_first(self):
        rows = list(csv.DictReader(io.StringIO(self.data.decode())))
        flow = self.walk("limit=200")[0][100]
        near = self.get("/flows?around=%d" % flow["row"])[1]["items"]
        self.assertEqual(len(near), 21)
        self.assertEqual([f["row"] for f in near], sorted(f["row"] for f in near))
        self.assertTrue(all(abs(f["row"] - flow["row"]) < 60 for f in near))
        self.assertIn(flow, near)
        own = self.get("/flows?around=%d&device=%s" % (flow["row"], flow["device"]))[1]["items"]
        self.assertIn(flow, own)
        self.assertEqual({f["device"] for f in own}, {flow["device"]})
        for f in own:
            self.assertEqual(rows[f["row"]]["id.orig_h"], f["orig"]["ip"])
        self.assertIn(False, {f["anomalous"] for f in near + own})

    def test_what_cannot_be_asked_for_is_told(self):
        for query, field in (("?limit=201", "limit"), ("?limit=0", "limit"), ("?cursor=zzz", "cursor"), ("?device=nobody", "device"), ("?format=xml", "format"),
                             ("?incident=0", "incident"), ("?around=-1", "around")):
            status, answer, _ = self.get("/flows" + query)
            self.assertEqual((status, answer.get("field")), (400, field), query)
        self.assertEqual(self.get("/flows", Accept="image/png")[0], 406)
        for path in ("curve", "scores", "flows"):
            self.assertEqual(self.s.get("/api/v1/scans/999999/" + path)[0], 404)

    def test_quiet_scans_have_no_flagged_flows_and_old_ones_none_that_are_kept(self):
        quiet = self.scan(read(self.made.home), "?name=quiet.csv")
        self.assertEqual(self.s.get("/api/v1/scans/%d/flows" % quiet["scan_id"]), (200, {"items": [], "next_cursor": None}))
        old = self.scan(self.data, "?name=old.csv")["scan_id"]
        self.s.sql("DELETE FROM guardian.curves WHERE scan_id = {0}; DELETE FROM guardian.flow_chunks WHERE scan_id = {0}; "
                   "UPDATE guardian.scans SET whatif = NULL WHERE id = {0}".format(old))
        for path in ("curve", "scores", "flows"):
            status, answer = self.s.get("/api/v1/scans/%d/%s" % (old, path))
            self.assertEqual(status, 404)
            self.assertIn("scan the file again", answer["error"])
        dense = self.scan(self.data, "?name=dense.csv&method=dense")["scan_id"]
        self.assertIn("rows of a table", self.s.get("/api/v1/scans/%d/flows" % dense)[1]["error"])

    def test_what_a_database_made_of_the_bytes_is_not_trusted(self):
        broken = self.scan(self.data, "?name=broken.csv")["scan_id"]
        self.s.sql("UPDATE guardian.curves SET data = 'GCRV' WHERE scan_id = {0}; UPDATE guardian.flow_chunks SET data = 'x' WHERE scan_id = {0}".format(broken))
        for path in ("curve", "flows"):
            status, answer = self.s.get("/api/v1/scans/%d/%s" % (broken, path))
            self.assertEqual((status, answer["code"]), (500, "failed"), answer)

    # ---- the rest

    def test_incidents_know_their_anomalies_and_the_worst_are_explained(self):
        scan = self.up["scan_id"]
        seen = {}
        cursor = "?limit=200"
        anomalies = self.s.sql("SELECT incident, sequence_id, error FROM guardian.anomalies WHERE scan_id = %d ORDER BY sequence_id" % scan)
        for line in anomalies.splitlines():
            incident, sequence, error = line.split("\t")
            error = float("inf") if error == "NULL" else float(error)
            first, last, peak, worst = seen.get(incident, (sequence, sequence, sequence, -1.0))
            seen[incident] = (first, sequence, sequence if error > worst else peak, max(error, worst))
        stored = self.s.sql("SELECT id, window_first, window_last, peak_sequence FROM guardian.incidents WHERE scan_id = %d" % scan)
        self.assertEqual(len(stored.splitlines()), self.up["incidents_count"])
        for line in stored.splitlines():
            incident, *windows = line.split("\t")
            self.assertEqual(tuple(windows), seen.get(incident, ("NULL",) * 3 + (0,))[:3], incident)
        explained = {int(n) for n in self.s.sql("SELECT sequence_id FROM guardian.explanations WHERE scan_id = %d" % scan).split()}
        self.assertLessEqual({d["sequence_id"] for d in self.up["details"][:10]}, explained)
        worst = self.up["incidents"][:10]
        peaks = [int(seen[str(i["id"])][2]) for i in worst if str(i["id"]) in seen]
        self.assertGreaterEqual(len(set(peaks) & explained), len(set(peaks)) - 1)
        report = json.loads(self.s.sql("SELECT report FROM guardian.explanations WHERE scan_id = %d AND sequence_id = %d" %
                                       (scan, self.up["details"][0]["sequence_id"])).replace("\\\\", "\\"))
        self.assertEqual(report, self.up["details"][0]["explanation"])
        found = self.s.sql("SELECT DISTINCT incidents.found_us = scans.finished_us FROM guardian.incidents JOIN guardian.scans ON scans.id = scan_id")
        self.assertEqual(found, "1\n")

    def test_the_row_knows_times_and_labels(self):
        rows = list(csv.DictReader(io.StringIO(self.data.decode())))
        stamps = [float(r["ts"]) for r in rows]
        first, last, labelled, attacks = self.s.sql("SELECT first_ts, last_ts, labelled_n, attack_n FROM guardian.scans WHERE id = %d" %
                                                    self.up["scan_id"]).split()
        self.assertAlmostEqual(float(first), min(stamps), 4)
        self.assertAlmostEqual(float(last), max(stamps), 4)
        self.assertEqual((int(labelled), int(attacks)), (10000, self.data.count(b"malicious")))

    def test_they_go_with_their_scan(self):
        gone = self.scan(self.data, "?name=gone.csv")["scan_id"]
        self.s.sql("DELETE FROM guardian.scans WHERE id = %d" % gone)
        for table in ("curves", "explanations", "flow_chunks"):
            self.assertEqual(self.s.sql("SELECT COUNT(*) FROM guardian.%s WHERE scan_id = %d" % (table, gone)), "0\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
