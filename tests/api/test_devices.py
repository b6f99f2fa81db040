"""Devices, incidents of all scans, anomalies, and what the owner says of them: through the real server, held against the database."""

import csv
import io
import json
import re
import unittest

import stack

HOSTILE = "<script>alert(1)</script> \u05d0\u05d1\u05d2 \u200f&amp; '\"" + "x" * 180
JSON = {"Content-Type": "application/json"}


class Devices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = stack.Stack(workers=1)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        status, cls.scan, _ = cls.s.ask("POST", "/api/v1/samples/scan")
        assert status in (200, 201), cls.scan
        cls.id = cls.scan["scan_id"]

    def get(self, path):
        status, answer = self.s.get(path)
        self.assertEqual(status, 200, answer)
        return answer

    def patch(self, path, body):
        return self.s.ask("PATCH", path, body if isinstance(body, (str, bytes)) else json.dumps(body), JSON)[:2]

    def walk(self, path, limit):
        """All items of a list, page by page."""
        items, cursor = [], None
        while True:
            page = self.get("%s%slimit=%d%s" % (path, "&" if "?" in path else "?", limit, "&cursor=" + cursor if cursor else ""))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items
            self.assertEqual(len(page["items"]), limit)

    def sql(self, statement):
        return [line.split("\t") for line in self.s.sql("USE guardian; " + statement).splitlines()]

    # ---- devices

    def test_a_scan_tells_its_devices(self):
        found = self.get("/api/v1/devices")["items"]
        self.assertEqual(len(found), self.scan["devices"])
        self.assertEqual(sum(d["flows"] for d in found), int(self.sql("SELECT SUM(flow_n) FROM device_scans")[0][0]))
        self.assertEqual([d["risk"] for d in found], sorted((d["risk"] for d in found), reverse=True))
        worst = self.get("/api/v1/devices/%d" % found[0]["id"])
        self.assertEqual([t["scan_id"] for t in worst["latest_scans"]], [self.id])
        self.assertEqual(worst["latest_scans"][0]["incidents_count"], len(worst["incidents"]))
        self.assertTrue(worst["baseline"]["flows"] >= 20 and worst["baseline"]["features"][0]["name"] == "orig_pkts")
        self.assertEqual(worst["mac_kind"], "local")
        for i in worst["incidents"]:
            self.assertEqual((i["device"]["id"], i["device"]["mac"]), (worst["id"], worst["mac"]))

    def test_every_order_gives_every_device_once(self):
        known = sorted(d["id"] for d in self.get("/api/v1/devices?limit=200")["items"])
        for key, value in [("risk", "risk"), ("seen", "last_seen"), ("flows", "flows"), ("name", None), ("ip", None)]:
            up, down = (self.walk("/api/v1/devices?sort=" + way + key, 2) for way in ("", "-"))
            self.assertEqual(sorted(d["id"] for d in up), known, key)
            self.assertEqual([d["id"] for d in down], [d["id"] for d in reversed(up)], key)
            if value:
                self.assertEqual([d[value] for d in up], sorted(d[value] for d in up), key)

    def test_pages_of_the_list_lead_to_all_devices(self):
        path, seen = "/devices?limit=3&sort=name", []
        while path:
            html = self.get(path)
            seen += re.findall(r'<a href="/devices/([0-9]+)"', html)
            more = re.search(r'href="(/devices\?[^"]*cursor=[^"]*)" rel="next"', html)
            path = more and more.group(1).replace("&amp;", "&")
        self.assertEqual(sorted(map(int, seen)), sorted(d["id"] for d in self.get("/api/v1/devices?limit=200")["items"]))

    def test_a_name_is_found_shown_and_taken_away(self):
        device = self.get("/api/v1/devices?sort=ip")["items"][0]
        path = "/api/v1/devices/%d" % device["id"]
        status, answer = self.patch(path, {"name": HOSTILE, "note": "bought in May\nin the kitchen"})
        self.assertEqual((status, answer["name"], answer["note"]), (200, HOSTILE, "bought in May\nin the kitchen"))
        self.assertEqual([d["id"] for d in self.get("/api/v1/devices?q=ALERT")["items"]], [device["id"]])
        for page in ("/devices", "/devices/%d" % device["id"]):
            html = self.get(page)
            self.assertNotIn("<script>alert", html)
            self.assertIn("&lt;script&gt;alert(1)", html)
            self.assertIn("<bdi", html)
        self.assertEqual(self.patch(path, {"name": None, "note": ""})[1]["name"], None)
        self.assertIsNone(self.get(path)["note"])

    def test_what_cannot_be_saved_is_told_by_the_name_of_its_field(self):
        path = "/api/v1/devices/%d" % self.get("/api/v1/devices?limit=1")["items"][0]["id"]
        for body, status, field in [
            ({"name": "x" * 256}, 400, "name"), ({"name": "x" * 10240}, 400, "name"), ({"note": "x" * 1001}, 400, "note"), ({"name": 7}, 400, "name"),
            ({"name": "a\u202eb"}, 400, "name"), ({"size": 1}, 400, None), ("[]", 400, None), ("{", 400, None),
            ({"name": "a\nb"}, 400, "name"), ({"name": "a\tb"}, 400, "name"),
        ]:
            got, answer = self.patch(path, body)
            self.assertEqual(got, status, (body, answer))
            if field:
                self.assertEqual(answer["field"], field, answer)
        self.assertEqual(self.patch(path, {"name": "\u00fc" * 255, "note": "\U0001f511" * 1000})[0], 200)
        self.assertEqual(self.patch(path, {"name": None, "note": None})[0], 200)
        self.assertEqual(self.s.ask("PATCH", path, "name=x", {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.patch("/api/v1/devices/999999", {"name": "x"})[0], 404)
        self.assertEqual(self.s.ask("PATCH", path, "{}", dict(JSON, Origin="http://elsewhere.example"))[0], 403)

    # ---- incidents

    def test_incidents_are_those_of_the_scan_with_more(self):
        listed = self.walk("/api/v1/scans/%d/incidents" % self.id, 3)
        self.assertEqual({i["id"] for i in listed}, {i["id"] for i in self.scan["incidents"]})
        worse = {"Low": 0, "Medium": 1, "High": 2, "Critical": 3}
        self.assertEqual([worse[i["severity"]] for i in listed], sorted((worse[i["severity"]] for i in listed), reverse=True))
        for told in self.scan["incidents"]:
            one = self.get("/api/v1/scans/%d/incidents/%d" % (self.id, told["id"]))
            for name, value in told.items():
                if name != "device" and name in one:
                    self.assertEqual(one[name], value, name)
            self.assertEqual((one["scan_id"], one["file"], one["device"]["ip"]), (self.id, "sample-home.csv", told["device"]["ip"]))
            self.assertIsNotNone(one["found"])
            self.assertTrue(one["windows"][0] <= one["peak_window"] <= one["windows"][1])

    def test_incidents_of_all_scans_are_filtered(self):
        every = self.walk("/api/v1/incidents", 2)
        self.assertEqual(len(every), int(self.sql("SELECT COUNT(*) FROM incidents")[0][0]))
        for query, keep in [
            ("severity=Critical", lambda i: i["severity"] == "Critical"), ("attack=port_scan", lambda i: i["attack"] == "port_scan"),
            ("device=%d" % every[0]["device"]["id"], lambda i: i["device"]["id"] == every[0]["device"]["id"]), ("scan=%d" % self.id, lambda i: True),
            ("from=2020-01-01", lambda i: True), ("to=2020-01-01", lambda i: False), ("mark=open", lambda i: i["mark"] == "open"), ("attack=none", lambda i: False),
        ]:
            for sort in ("newest", "worst"):
                got = self.walk("/api/v1/incidents?%s&sort=%s" % (query, sort), 2)
                self.assertEqual({i["id"] for i in got}, {i["id"] for i in every if keep(i)}, query)
                self.assertEqual(len(got), len({i["id"] for i in got}), query)

    def test_an_expected_incident_does_not_count_for_the_risk(self):
        device = next(d for d in self.get("/api/v1/devices?sort=-risk")["items"] if d["open_incidents"] > 0)
        i = self.get("/api/v1/incidents?device=%d&sort=worst" % device["id"])["items"][0]
        path = "/api/v1/scans/%d/incidents/%d" % (i["scan_id"], i["id"])
        status, answer = self.patch(path, {"mark": "expected", "note": "the <b>backup</b>"})
        self.assertEqual((status, answer["mark"], answer["note"]), (200, "expected", "the <b>backup</b>"))
        self.assertRegex(answer["marked"], "^20")
        after = self.get("/api/v1/devices/%d" % device["id"])
        self.assertEqual(after["open_incidents"], device["open_incidents"] - 1)
        self.assertLess(after["risk"], device["risk"])
        page = self.get("/scans/%d/incidents/%d" % (i["scan_id"], i["id"]))
        self.assertIn("the &lt;b&gt;backup&lt;/b&gt;", page)
        self.assertEqual(self.patch(path, {"mark": "open", "note": None})[1]["note"], None)
        self.assertEqual(self.get("/api/v1/devices/%d" % device["id"])["risk"], device["risk"])

    def test_a_mark_is_one_of_three(self):
        path = "/api/v1/scans/%d/incidents/%d" % (self.id, self.scan["incidents"][0]["id"])
        for body in ({"mark": "fine"}, {"mark": 1}, {}, {"mark": None}, {"verdict": "open"}):
            status, answer = self.patch(path, body)
            self.assertEqual(status, 400, (body, answer))
        self.assertEqual(self.patch(path, {"mark": "fine"})[1]["field"], "mark")
        self.assertEqual(self.patch("/api/v1/scans/%d/incidents/9999" % self.id, {"mark": "open"})[0], 404)
        self.assertEqual(self.patch("/api/v1/scans/9999/incidents/1", {"mark": "open"})[0], 404)

    # ---- anomalies

    def test_anomalies_are_listed_by_severity_and_incident(self):
        path = "/api/v1/scans/%d/anomalies" % self.id
        every = self.walk(path, 173)
        self.assertEqual([a["sequence_id"] for a in every], sorted({a["sequence_id"] for a in every}))
        self.assertEqual(len(every), self.scan["anomalies_count"])
        incident = self.scan["incidents"][0]["id"]
        for query, keep in [("severity=Medium", lambda a: a["severity"] == "Medium"), ("incident=%d" % incident, lambda a: a["incident"] == incident),
                            ("incident=%d&severity=Low" % incident, lambda a: a["incident"] == incident and a["severity"] == "Low")]:
            got = self.walk(path + "?" + query, 50)
            self.assertEqual([a["sequence_id"] for a in got], [a["sequence_id"] for a in every if keep(a)], query)
        self.assertEqual(self.get(path + "?limit=2&from=%d" % every[5]["sequence_id"])["items"], every[5:7])
        self.assertEqual(self.s.get("/api/v1/scans/9999/anomalies")[0], 404)

    def test_an_anomaly_is_explained_where_that_was_kept(self):
        explained = [int(r[0]) for r in self.sql("SELECT sequence_id FROM explanations WHERE scan_id = %d" % self.id)]
        self.assertGreater(len(explained), 0)
        one = self.get("/api/v1/scans/%d/anomalies/%d" % (self.id, explained[0]))
        x = one["explanation"]
        self.assertEqual((len(x["shares"]), len(x["shares"][0])), (10, 36))
        parts = sum(map(sum, x["shares"])) + x["components"]["rules"]["share"]
        self.assertAlmostEqual(parts, 1, delta=0.01)
        html = self.get("/scans/%d/anomalies/%d" % (self.id, explained[0]))
        self.assertIn('class="heat"', html)
        other = next(int(r[0]) for r in self.sql("SELECT sequence_id FROM anomalies WHERE scan_id = %d" % self.id) if int(r[0]) not in explained)
        self.assertIsNone(self.get("/api/v1/scans/%d/anomalies/%d" % (self.id, other))["explanation"])
        self.assertNotIn('class="heat"', self.get("/scans/%d/anomalies/%d" % (self.id, other)))
        status, marked = self.patch("/api/v1/scans/%d/anomalies/%d" % (self.id, other), {"mark": "confirmed", "note": "seen"})
        self.assertEqual((status, marked["mark"], marked["note"], marked["sequence_id"]), (200, "confirmed", "seen", other))
        self.assertEqual(self.get("/api/v1/scans/%d/anomalies?from=%d&limit=1" % (self.id, other))["items"][0]["mark"], "confirmed")

    def test_every_incident_and_anomaly_page_is_there(self):
        for i in self.scan["incidents"]:
            html = self.get("/scans/%d/incidents/%d" % (self.id, i["id"]))
            for words in (i["title"], i["advice"].replace("'", "&#39;")):
                self.assertIn(words, html)
            self.assertIn("one in", html)
        for path in ("/devices/999", "/scans/%d/incidents/999" % self.id, "/scans/999/incidents/1", "/scans/%d/anomalies/0" % self.id):
            status, html = self.s.get(path)
            self.assertEqual(status, 404, path)
            self.assertIn("<h1", html)

    # ---- lists as tables

    def test_lists_are_csv_without_formulas(self):
        device = self.get("/api/v1/devices?sort=-ip")["items"][0]
        self.patch("/api/v1/devices/%d" % device["id"], {"name": '=HYPERLINK("http://x")'})
        for path, column in [("/api/v1/devices", "name"), ("/api/v1/incidents", "title"), ("/api/v1/scans/%d/incidents" % self.id, "title"),
                             ("/api/v1/scans/%d/anomalies" % self.id, "sentence")]:
            status, text, answer = self.s.ask("GET", path + "?limit=3", headers={"Accept": "text/csv"})
            self.assertEqual((status, answer.getheader("Content-Type")), (200, "text/csv; charset=utf-8"))
            rows = list(csv.DictReader(io.StringIO(text)))
            self.assertEqual(len(rows), 3)
            self.assertIn(column, rows[0])
            self.assertIsNotNone(answer.getheader("X-Next-Cursor"))
            self.assertEqual(self.get(path + "?limit=3&format=csv"), text)
            self.assertEqual(self.s.ask("GET", path, headers={"Accept": "image/png"})[0], 406)
        text = self.get("/api/v1/devices?format=csv")
        self.assertIn("\"'=HYPERLINK(\"\"http://x\"\")\"", text)
        self.patch("/api/v1/devices/%d" % device["id"], {"name": None})

    def test_a_cursor_of_somebody_else_is_refused_in_words(self):
        for path in ("/api/v1/devices", "/api/v1/incidents", "/api/v1/scans/%d/anomalies" % self.id):
            for cursor in ("x", "1-zz", "-1", "1"):
                status, answer = self.s.get("%s?cursor=%s" % (path, cursor))
                self.assertEqual((status, answer["field"]), (400, "cursor"), answer)

    # ---- deleted scans

    def test_what_a_deleted_scan_told_is_gone_until_it_is_back(self):
        scan = self.s.ask("POST", "/api/v1/samples/scan")[1]["scan_id"]
        device = self.get("/api/v1/devices?sort=-risk")["items"][0]
        self.assertEqual(device["scans"], 2)
        self.assertEqual(self.s.ask("DELETE", "/api/v1/scans/%d" % scan)[0] // 100, 2)
        after = self.get("/api/v1/devices/%d" % device["id"])
        self.assertEqual((after["scans"], after["flows"]), (1, device["flows"] // 2))
        self.assertLess(after["risk"], device["risk"] + 1)
        self.assertEqual({i["scan_id"] for i in self.walk("/api/v1/incidents", 5)}, {self.id})
        for path in ("/api/v1/scans/%d/incidents", "/api/v1/scans/%d/incidents/1", "/api/v1/scans/%d/anomalies", "/scans/%d/incidents/1"):
            self.assertEqual(self.s.get(path % scan)[0], 404, path)
        self.assertEqual(self.s.ask("POST", "/api/v1/scans/%d/restore" % scan)[0], 200)
        self.assertEqual(self.get("/api/v1/devices/%d" % device["id"])["scans"], 2)
        self.s.ask("DELETE", "/api/v1/scans/%d" % scan)


class Much(unittest.TestCase):
    """1,000 devices and 10,000 incidents: every list by an index, and quick."""

    @classmethod
    def setUpClass(cls):
        cls.s = stack.Stack(workers=1, log_level="info")
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()
        cls.s.sql("""USE guardian;
INSERT INTO scans (id, state, started_us, finished_us, name, method, model, size) SELECT seq, 1, seq * 1000000, seq * 1000000, CONCAT('f', seq), 'hybrid', 'm', 1 FROM seq_1_to_1000;
INSERT INTO devices (id, ident, ip, name, created_us, seen_us, scan_n, flow_n, risk) SELECT seq, CONCAT('ip:', seq), CONCAT('10.0.', seq DIV 250, '.', seq MOD 250),
	IF(seq MOD 2, NULL, CONCAT('Lamp ', seq)), 1, seq * 1000000, 3, seq MOD 97, seq MOD 101 FROM seq_1_to_1000;
INSERT INTO incidents (scan_id, id, device_id, device_ip, attack, rule, title, technique, severity, start_ts, end_ts, flow_n, peer_n, row_first, row_last, sentence, report, mark, found_us)
	SELECT s.seq, i.seq, 1 + (s.seq * 7 + i.seq) MOD 1000, '10.0.0.1', ELT(1 + i.seq MOD 3, 'port_scan', 'ddos', 'exfiltration'), 'r', 't', 'T1046', i.seq MOD 4, 1, 2, 1, 1, 0, 0, 's',
	CONCAT('{"id":', i.seq, ',"device":{"ip":"10.0.0.1","mac":null}}'), IF(s.seq MOD 10, 0, 2), s.seq * 1000000 FROM seq_1_to_1000 s JOIN seq_1_to_10 i;
INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, severity, step, feature, sample, incident)
	SELECT 500, seq, seq, seq, IF(seq MOD 1000, 0, 3), 0, 'orig_pkts', '{}', seq MOD 10 FROM seq_1_to_50000;
ANALYZE TABLE scans, devices, incidents, anomalies;""")

    def test_a_walk_through_all_incidents_gives_each_once(self):
        for sort in ("newest", "worst"):
            seen, cursor = [], ""
            while cursor is not None:
                status, page = self.s.get("/api/v1/incidents?limit=200&sort=%s%s" % (sort, "&cursor=" + cursor if cursor else ""))
                self.assertEqual(status, 200)
                seen += [(i["scan_id"], i["id"]) for i in page["items"]]
                cursor = page["next_cursor"]
            self.assertEqual((len(seen), len(set(seen))), (10000, 10000), sort)


if __name__ == "__main__":
    unittest.main(verbosity=2)
