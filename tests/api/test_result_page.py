"""The page of a scan and the page that takes files, as the worker renders them: what people see without scripts."""

import html.parser
import http.client
import json
import os
import shutil
import tempfile
import unittest

import home
import stack

EVIL = '<script>alert(1)</script>&"\'\u202e.csv'


class Page(html.parser.HTMLParser):
    """Texts by id, links, and every tag of a page."""

    VOID = {"meta", "link", "input", "br", "use"}

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.links, self.tags, self.classes = [], {}, [], [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.tags.append((tag, a))
        if tag == "a":
            self.links.append(a.get("href"))
        if tag not in self.VOID:
            self.open.append((tag, a.get("id"), (a.get("class") or "").split()))
            if a.get("id"):
                self.texts[a["id"]] = ""
            for c in self.open[-1][2]:
                self.classes.setdefault(c, []).append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _, name, classes in self.open:
            if name:
                self.texts[name] += data
            for c in classes:
                self.classes[c][-1] += data

    def text(self, name):
        return " ".join(self.texts[name].split())

    def all(self, name):
        return [" ".join(t.split()) for t in self.classes.get(name, [])]


class ResultPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="guardian-home-")
        os.chmod(cls.folder, 0o755)
        cls.home = home.Home(cls.folder)
        cls.s = stack.Stack(workers=2, model=cls.home.full, model_basic=cls.home.basic).start()
        with open(cls.home.attacks, "rb") as f:
            cls.attacks = f.read()
        cls.scan = cls.s.upload(cls.attacks, "attacks.csv")[1]

    @classmethod
    def tearDownClass(cls):
        cls.s.stop()
        shutil.rmtree(cls.folder)

    def page(self, path, status=200):
        c = http.client.HTTPConnection("127.0.0.1", self.s.port, timeout=30)
        c.request("GET", path)
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        self.assertEqual((r.status, r.getheader("Content-Type")), (status, "text/html; charset=utf-8"), text[:300])
        return Page(text)

    def test_a_scan_is_complete_without_scripts(self):
        p = self.page("/scans/%d" % self.scan["id"])
        self.assertEqual(p.text("scan-title"), "attacks.csv")
        # The synthetic home begins with the year.
        self.assertIn("2024-01-01T00:", [a.get("datetime", "")[:14] for t, a in p.tags if t == "time"])
        self.assertIn("%d incidents: " % self.scan["incidents_count"], p.text("verdict-text"))
        self.assertEqual(p.text("verdict-mark"), self.scan["severity"])
        self.assertEqual(p.text("tile-incidents"), str(self.scan["incidents_count"]))
        self.assertEqual(p.text("tile-flows"), "{:,}".format(self.scan["flows"]))
        self.assertEqual(p.text("tile-anomalies"), "{:,}".format(self.scan["anomalies_count"]))
        self.assertEqual(p.text("tile-devices"), str(self.scan["devices"]))
        self.assertEqual([i["title"] for i in self.scan["incidents"]][:20], p.all("title"))
        for i in self.scan["incidents"][:20]:
            self.assertIn("/scans/%d/incidents/%d" % (self.scan["id"], i["id"]), p.links)
            self.assertIn(i["sentence"][1:], p.text("incident-list"))
        worst = self.scan["details"][:20]
        self.assertEqual(["/scans/%d/anomalies/%d" % (self.scan["id"], a["sequence_id"]) for a in worst],
                         [h for h in p.links if "/anomalies/" in h])
        order = [i for i in ("incidents", "curve", "anomalies") if i in p.texts]
        ids = [a.get("id") for _, a in p.tags]
        self.assertEqual(order, sorted(order, key=ids.index), "incidents come first")
        self.assertFalse([a for _, a in p.tags if "style" in a or any(k.startswith("on") for k in a)])

    def test_a_device_without_a_second_address_has_none_beside_its_name(self):
        head = "ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state,orig_pkts,resp_pkts\n"
        rows = ("%d,192.168.1.%d,40000,203.0.113.9,80,tcp,http,1,100,90,SF,3,2\n" % (1700000000 + i, 2 + i % 30) for i in range(600))
        scan = self.s.upload((head + "".join(rows)).encode(), "many.csv", "?threshold=0")[1]
        self.assertGreater(scan["incidents_count"], 20, "more than the page shows at once")
        listed = self.page("/scans/%d" % scan["id"]).text("incident-list")
        self.assertIn("192.168.1.", listed)
        self.assertNotIn("()", listed)

    def test_all_anomalies_follow_page_by_page_in_the_order_of_the_file(self):
        path, seen = "/scans/%d?from=0" % self.scan["id"], []
        while path:
            p = self.page(path)
            seen += [int(h.rsplit("/", 1)[1]) for h in p.links if "/anomalies/" in h]
            path = next((h.split("#")[0] for h in p.links if "?from=" in h), None)
        self.assertEqual(len(seen), self.scan["anomalies_count"])
        self.assertEqual(seen, sorted(set(seen)))

    def test_many_incidents_are_paged_worst_first(self):
        up = self.s.upload(self.attacks, "many.csv")[1]
        self.s.sql("INSERT INTO guardian.incidents (scan_id, id, device_ip, attack, rule, title, technique, severity, flow_n, peer_n, "
                   "row_first, row_last, sentence, report) SELECT %d, 1000 + seq, '10.0.0.1', 'a', 'r', CONCAT('made ', seq), '', 0, 1, 1, 0, 0, "
                   "'', '{}' FROM guardian.seq_1_to_100" % up["id"])
        self.s.sql("UPDATE guardian.scans SET incident_n = incident_n + 100 WHERE id = %d" % up["id"])
        path, seen = "/scans/%d" % up["id"], []
        while path:
            p = self.page(path)
            seen += [h for h in p.links if "/incidents/" in h and "?" not in h]
            path = next((h.split("#")[0] for h in p.links if "?skip=" in h), None)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), up["incidents_count"] + 100)
        self.assertEqual([h.rsplit("/", 1)[1] for h in seen][: up["incidents_count"]], [str(i["id"]) for i in up["incidents"]])

    def test_a_mark_and_a_name_of_the_owner_are_shown(self):
        up = self.s.upload(self.attacks, "marked.csv")[1]
        first = up["incidents"][0]
        self.s.sql("INSERT INTO guardian.devices (id, ident, name, created_us, seen_us) VALUES (4711, 'ip:test', '<b>Cam &amp; co</b>', 1, 1)")
        self.s.sql("UPDATE guardian.incidents SET mark = 1, device_id = 4711 WHERE scan_id = %d AND id = %d" % (up["id"], first["id"]))
        p = self.page("/scans/%d" % up["id"])
        self.assertIn("Expected Incident %d" % first["id"], p.all("number"))
        self.assertIn("<b>Cam &amp; co</b>", p.all("device"))
        self.assertIn("/devices/4711", p.links)

    def test_what_is_hostile_stays_text(self):
        up = self.s.upload(self.attacks, "name.csv")[1]
        self.s.sql("UPDATE guardian.scans SET name = CONVERT(0x%s USING utf8mb4) WHERE id = %d" % (EVIL.encode().hex(), up["id"]))
        self.s.sql("UPDATE guardian.incidents SET title = '<script>1</script>', sentence = '<img src=x onerror=y>', peer = NULL WHERE scan_id = %d"
                   % up["id"])
        self.s.sql("UPDATE guardian.scans SET model = '<i>m</i>', input_report = '%s', details = JSON_REPLACE(details, "
                   "'$[0].rule', 'unusual', '$[0].sentence', '<img src=x>') WHERE id = %d" %
                   (json.dumps({"format": "<u>f</u>", "notes": ["<script>2</script>"], "skipped_by_reason": {"<b>why</b>": 3}}), up["id"]))
        p = self.page("/scans/%d" % up["id"])
        self.assertEqual(p.text("scan-title"), EVIL)
        self.assertEqual([a.get("src") for t, a in p.tags if t == "script"],
                         [a["src"] for t, a in p.tags if t == "script" and a["src"].startswith("/static/")])
        self.assertFalse([t for t, _ in p.tags if t in ("img", "i", "u")])
        self.assertIn("<script>2</script>", p.text("notes"))
        self.assertIn("3 × <b>why</b>", p.text("skipped-reasons"))
        self.assertEqual(p.all("why")[1].split(",")[0], "<img src=x>")

    def test_what_could_not_be_used_is_told(self):
        lines = self.attacks.decode().split("\n")
        broken = "\n".join(lines[:40] + ["x" + line for line in lines[40:52]] + lines[40:])
        up = self.s.upload(broken.encode(), "broken.csv")[1]
        p = self.page("/scans/%d" % up["id"])
        self.assertIn("12 rows of the file could not be used", p.text("skipped-title"))
        self.assertIn("Line 41, ", p.text("skipped-list"))
        self.assertIn("Recognised as CSV", p.text("recognised"))

    def test_a_scan_that_failed_says_why_and_what_to_do(self):
        answer = self.s.upload(b"hello,world\n1,2\n3,4\n", "notes.csv")[1]
        p = self.page("/scans/%d" % answer["scan_id"])
        self.assertEqual(p.text("verdict-mark"), "failed")
        self.assertIn(answer["error"][1:], p.text("verdict-text"))
        self.assertIn("correct it", p.all("what-next")[0])
        self.assertIn("/new", p.links)
        self.assertNotIn("curve", p.texts)
        for state, word in ((3, "interrupted"), (4, "cancelled"), (0, "running")):
            self.s.sql("UPDATE guardian.scans SET state = %d WHERE id = %d" % (state, answer["scan_id"]))
            p = self.page("/scans/%d" % answer["scan_id"])
            self.assertEqual(p.text("verdict-mark"), word)
            self.assertEqual("work" in p.texts, word == "running")
        self.s.sql("UPDATE guardian.scans SET state = 2 WHERE id = %d" % answer["scan_id"])

    def test_a_scan_of_an_older_version_is_shown_by_its_windows(self):
        up = self.s.upload(self.attacks, "old.csv")[1]
        self.s.sql("UPDATE guardian.scans SET method = 'lstm', device_n = 0, flow_n = 0, flow_anomaly_n = 0, incident_n = 0, "
                   "incident_severity = NULL, input_report = NULL, whatif = NULL WHERE id = %d" % up["id"])
        for table in ("incidents", "curves"):
            self.s.sql("DELETE FROM guardian.%s WHERE scan_id = %d" % (table, up["id"]))
        p = self.page("/scans/%d" % up["id"])
        self.assertIn("%d of %s windows look unusual" % (up["anomalies_count"], "{:,}".format(up["total_samples"])), p.text("verdict-text"))
        self.assertEqual(p.text("tile-incidents"), "–")
        self.assertNotIn("incidents", p.texts)
        self.assertNotIn("whatif", p.texts)
        self.assertIn("curve", p.texts, "the coarse one of its row")
        self.assertTrue(p.all("times")[0].endswith("×"))

    def test_a_scan_that_is_not_there_is_a_page_that_says_so(self):
        p = self.page("/scans/999999", 404)
        self.assertEqual(p.text("error-title"), "Not Found")
        self.assertEqual(self.s.ask("GET", "/scan/999999")[0], 404)

    def test_the_page_that_takes_files_works_as_a_form(self):
        p = self.page("/new")
        forms = {a.get("id"): a for t, a in p.tags if t == "form"}
        self.assertEqual((forms["upload"]["action"], forms["upload"]["method"], forms["upload"]["enctype"]), ("/upload", "post", "multipart/form-data"))
        self.assertEqual((forms["sample"]["action"], forms["sample"]["method"]), ("/api/v1/samples/scan", "post"))
        named = [a["name"] for t, a in p.tags if t == "input" and "name" in a and a.get("type") == "file"]
        self.assertEqual(named, ["file"])


if __name__ == "__main__":
    unittest.main()
