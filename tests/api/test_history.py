"""Scans as they are listed, compared, summed up, deleted and brought back; the API and the pages."""

import csv
import io
import json
import os
import signal
import tempfile
import threading
import unittest
import urllib.parse

import home
import stack

HOSTILE = "=cmd|' C calc'!A1<script>alert(1)<img src=x onerror=alert(1)>.csv"
ORDERS = {"time": "id", "incidents": "incidents_count", "anomalies": "anomalies_count", "flows": "flows", "name": "file"}
SEVERITIES = {None: -1, "Low": 0, "Medium": 1, "High": 2, "Critical": 3}
DAY = 86400 * 1000000


def quoted(**params):
    return "?" + urllib.parse.urlencode(params)


class History(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.made = home.Home(cls.folder.name)
        cls.s = stack.Stack(workers=2, model=cls.made.full, model_basic=cls.made.basic, log_level="info").start()
        with open(cls.made.attacks, "rb") as f:
            cls.attacks = f.read()
        with open(cls.made.home, "rb") as f:
            cls.quiet = f.read()
        cls.bad = cls.ok(cls.s.upload(cls.attacks, "camera-1.csv"))
        cls.good = cls.ok(cls.s.upload(cls.quiet, "Camera-2.csv"))
        cls.again = cls.ok(cls.s.upload(cls.attacks[: len(cls.attacks) // 2], "camera-3.csv"))
        cls.named = cls.ok(cls.s.upload(stack.capture(60), HOSTILE))
        cls.rtl = cls.ok(cls.s.upload(stack.capture(60), "\u202egnp.exe.csv"))
        for i in range(8):
            cls.ok(cls.s.upload(stack.capture(40 + 10 * (i % 3), [20] if i % 2 else ()), "lamp%d.csv" % (i % 4)))

    @classmethod
    def tearDownClass(cls):
        cls.s.stop()
        cls.folder.cleanup()

    @staticmethod
    def ok(answer):
        assert answer[0] == 200, answer
        return answer[1]

    def page(self, **params):
        return self.ok(self.s.get("/api/v1/scans" + quoted(**params)))

    def walk(self, between=None, **params):
        """All items of all pages."""
        items, cursor = [], ""
        while cursor is not None:
            answer = self.page(**params, **({"cursor": cursor} if cursor else {}))
            items += answer["items"]
            cursor = answer["next_cursor"]
            if between:
                between()
        return items

    def delete(self, ident):
        return self.s.ask("DELETE", "/api/v1/scans/%d" % ident)[0]

    def restore(self, ident):
        return self.s.ask("POST", "/api/v1/scans/%d/restore" % ident)[0]

    # ---- lists

    def test_an_item_says_what_the_scan_says(self):
        item = next(i for i in self.page()["items"] if i["id"] == self.bad["scan_id"])
        whole = self.ok(self.s.get("/scan/%d" % item["id"]))
        self.assertEqual({k: whole[k] for k in item}, item)
        self.assertNotIn("details", item)

    def test_every_order_gives_every_scan_once_whatever_the_page(self):
        want = sorted(i["id"] for i in self.walk(limit=200))
        for name in [*ORDERS, "severity"]:
            for sign in ("", "-"):
                items = self.walk(limit=3, sort=sign + name)
                self.assertEqual(sorted(i["id"] for i in items), want, sign + name)
                keys = [((SEVERITIES[i["severity"]] if name == "severity" else i[ORDERS[name]].encode() if name == "name" else i[ORDERS[name]] or 0),
                         i["id"]) for i in items]
                self.assertEqual(keys, sorted(keys, reverse=bool(sign)), sign + name)

    def test_scans_that_are_added_while_somebody_reads_move_no_others(self):
        before = [i["id"] for i in self.walk(limit=200, sort="-flows")]
        items = [i["id"] for i in self.walk(limit=4, sort="-flows", between=lambda: self.ok(self.s.upload(stack.capture(70), "added.csv")))]
        self.assertEqual([i for i in items if i in set(before)], before)
        self.assertEqual(len(items), len(set(items)))

    def test_filters(self):
        def ids(**params):
            return {i["id"] for i in self.walk(limit=200, **params)}

        every = {i["id"]: i for i in self.walk(limit=200)}
        self.assertEqual(ids(q="CAMERA"), {self.bad["scan_id"], self.good["scan_id"], self.again["scan_id"]})
        self.assertEqual(ids(q="%"), set())
        self.assertEqual(ids(q="=cmd|' C"), {self.named["scan_id"]})
        self.assertEqual(ids(q="gnp.exe"), {self.rtl["scan_id"]})
        for word, least in list(SEVERITIES.items())[1:]:
            self.assertEqual(ids(severity=word), {k for k, i in every.items() if SEVERITIES[i["severity"]] >= least}, word)
        attack = self.bad["incidents"][0]["attack"]
        self.assertIn(self.bad["scan_id"], ids(attack=attack))
        self.assertNotIn(self.good["scan_id"], ids(attack=attack))
        self.assertEqual(ids(attack="no such family"), set())
        self.assertEqual(ids(state="done"), {k for k, i in every.items() if i["state"] == "done"})
        self.assertEqual(ids(state="running"), set())
        day = self.bad["timestamp"][:10]
        self.assertEqual(ids(**{"from": day}) | ids(to=day), set(every))
        self.assertEqual(ids(to="2020-01-01"), set())
        self.assertEqual(ids(**{"from": "2100-01-01"}), set())
        middle = self.good["timestamp"][:19] + "Z"
        self.assertTrue(all(every[i]["timestamp"] >= middle[:19] for i in ids(**{"from": middle})))
        device = int(self.s.sql("SELECT id FROM guardian.devices ORDER BY id LIMIT 1"))
        with_it = {int(i) for i in self.s.sql("SELECT scan_id FROM guardian.device_scans WHERE device_id = %d" % device).split()}
        self.assertEqual(ids(device=device), with_it & set(every))
        self.assertTrue(with_it)

    def test_what_no_filter_is_is_refused_by_name(self):
        for query, word in [("severity=Worse", "severity"), ("sort=size", "sort"), ("from=yesterday", "from"), ("device=x", "device"), ("limit=0", "limit"),
                            ("limit=201", "limit"), ("cursor=x", "cursor"), ("cursor=5-zz", "cursor"), ("deleted=maybe", "deleted"), ("who=me", "who"),
                            ("sort=flows&cursor=5-" + b"name".hex(), "cursor")]:
            status, answer = self.s.get("/api/v1/scans?" + query)
            self.assertEqual(status, 400, query)
            self.assertIn(word, answer["error"], query)

    def test_as_csv_no_name_becomes_a_formula(self):
        for path, headers in [("/api/v1/scans?limit=200", {"Accept": "text/csv"}), ("/api/v1/scans?limit=200&format=csv", {}), ("/scans/export?format=csv", {})]:
            status, text, r = self.s.ask("GET", path, headers=headers)
            self.assertEqual((status, r.getheader("Content-Type")), (200, "text/csv; charset=utf-8"))
            rows = list(csv.DictReader(io.StringIO(text)))
            self.assertEqual({int(row["id"]) for row in rows}, {i["id"] for i in self.walk(limit=200)})
            name = next(row["file"] for row in rows if int(row["id"]) == self.named["scan_id"])
            self.assertEqual(name, "'" + HOSTILE)
        self.assertIn("attachment", self.s.ask("GET", "/scans/export?format=json&q=camera")[2].getheader("Content-Disposition"))
        self.assertEqual(len(self.s.get("/scans/export?format=json&q=camera")[1]["items"]), 3)

    def test_a_list_that_did_not_change_is_not_sent_again(self):
        tag = self.s.ask("GET", "/api/v1/scans")[2].getheader("ETag")
        self.assertEqual(self.s.ask("GET", "/api/v1/scans", headers={"If-None-Match": tag})[0], 304)

    def test_a_scan_tells_all_that_is_known_of_it(self):
        whole = self.ok(self.s.get("/api/v1/scans/%d" % self.bad["scan_id"]))
        seed = self.ok(self.s.get("/scan/%d" % self.bad["scan_id"]))
        self.assertEqual({k: whole[k] for k in seed}, seed)
        self.assertEqual(whole["incident_marks"], {"open": len(seed["incidents"]), "expected": 0, "confirmed": 0})
        self.assertEqual(whole["labelled_flows"], 10000)
        self.assertLess(whole["first_ts"], whole["last_ts"])

    # ---- delete

    def test_a_deleted_scan_is_nowhere_and_comes_back_as_it_was(self):
        ident = self.ok(self.s.upload(self.attacks, "gone.csv"))["scan_id"]
        before = self.ok(self.s.get("/api/v1/scans/%d" % ident))
        incident = before["incidents"][0]["id"]
        paths = ["/scan/%d", "/scans/%d", "/scans/%d/report", "/api/v1/scans/%d", "/api/v1/scans/%d/anomalies", "/api/v1/scans/%d/incidents",
                 "/api/v1/scans/%%d/incidents/%d" % incident, "/api/v1/scans/%d/curve", "/api/v1/scans/%d/scores", "/api/v1/scans/%d/flows"]
        total = self.ok(self.s.get("/status"))["total_scans"]
        opened = self.ok(self.s.get("/api/v1/overview"))["incidents"]["open"]
        devices = self.s.sql("SELECT ident, scan_n, flow_n, open_n, risk FROM guardian.devices ORDER BY ident")
        there = [p for p in paths if self.s.get(p % ident)[0] == 200]
        self.assertGreaterEqual(len(there), 5)

        self.assertEqual(self.delete(ident), 204)
        for path in paths:
            self.assertEqual(self.s.get(path % ident)[0], 404, path)
        self.assertEqual(self.s.get("/scans/compare?a=%d&b=%d" % (ident, self.bad["scan_id"]))[0], 404)
        self.assertNotIn(ident, [h["id"] for h in self.s.get("/history?limit=200")[1]])
        self.assertNotIn(ident, [i["id"] for i in self.walk(limit=200)])
        self.assertNotIn(ident, [i["scan_id"] for i in self.ok(self.s.get("/api/v1/incidents?limit=200"))["items"]])
        self.assertEqual(self.ok(self.s.get("/status"))["total_scans"], total - 1)
        self.assertEqual(self.ok(self.s.get("/api/v1/overview"))["incidents"]["open"], opened - len(before["incidents"]))
        self.assertNotEqual(self.s.sql("SELECT ident, scan_n, flow_n, open_n, risk FROM guardian.devices ORDER BY ident"), devices)
        self.assertEqual([i["id"] for i in self.walk(deleted="true") if i["id"] == ident], [ident])
        self.assertIn("gone.csv", self.s.get("/scans?deleted=true")[1])
        self.assertEqual(self.delete(ident), 404)

        self.assertEqual(self.restore(ident), 200)
        self.assertEqual(self.ok(self.s.get("/api/v1/scans/%d" % ident)), before)
        self.assertEqual([p for p in paths if self.s.get(p % ident)[0] == 200], there)
        self.assertEqual(self.s.sql("SELECT ident, scan_n, flow_n, open_n, risk FROM guardian.devices ORDER BY ident"), devices)
        self.assertEqual(self.restore(ident), 200)
        self.assertEqual(self.ok(self.s.get("/status"))["total_scans"], total)

    def test_seven_days_later_it_is_removed_with_everything_that_was_of_it(self):
        ident = self.ok(self.s.upload(self.attacks, "old.csv"))["scan_id"]
        self.assertEqual(self.delete(ident), 204)
        self.s.sql("UPDATE guardian.scans SET deleted_us = deleted_us - %d WHERE id = %d" % (7 * DAY + 1, ident))
        self.s.until(lambda: self.s.sql("SELECT COUNT(*) FROM guardian.scans WHERE id = %d" % ident) == "0\n", 30, "it is removed")
        self.assertEqual(self.restore(ident), 404)
        for table in ("anomalies", "incidents", "device_scans", "curves", "explanations", "flow_chunks"):
            self.assertEqual(self.s.sql("SELECT COUNT(*) FROM guardian.%s WHERE scan_id = %d" % (table, ident)), "0\n", table)

    def test_what_cannot_be_deleted(self):
        self.assertEqual(self.delete(99999), 404)
        self.assertEqual(self.restore(99999), 404)
        self.assertEqual(self.s.ask("DELETE", "/api/v1/scans/%d" % self.bad["scan_id"], headers={"Origin": "http://attacker.example"})[0], 403)
        key = os.urandom(16).hex()
        t = threading.Thread(target=lambda: self.s.upload(stack.capture(300000), "long.csv", "?key=" + key, timeout=300))
        t.start()
        try:
            self.s.until(lambda: self.s.get("/api/v1/uploads/" + key)[1].get("state") == "running", 60, "the scan runs")
            ident = self.s.get("/api/v1/uploads/" + key)[1]["scan_id"]
            status, answer = self.s.ask("DELETE", "/api/v1/scans/%d" % ident)[:2]
            self.assertEqual(status, 409, answer)
            self.assertIn("running", answer["error"])
        finally:
            t.join()
        self.assertEqual(self.delete(ident), 204)

    # ---- two scans, and all

    def test_two_scans_side_by_side(self):
        a, b = self.bad["scan_id"], self.again["scan_id"]
        o = self.ok(self.s.get("/api/v1/compare?a=%d&b=%d" % (a, b)))
        self.assertEqual((o["a"]["id"], o["b"]["id"]), (a, b))
        self.assertEqual((o["a"]["file"], o["notes"]), ("camera-1.csv", []))
        numbers = {d["name"]: d for d in o["differences"]}
        self.assertEqual(numbers["flows"]["change"], self.again["flows"] - self.bad["flows"])
        kinds = lambda scan: sorted((i["device"]["ip"], i["attack"], i["peer"]) for i in scan["incidents"])  # noqa: E731
        told = lambda items: [(i["device"]["ip"], i["attack"], i["peer"]) for i in items]  # noqa: E731
        parts = o["incidents"]
        self.assertEqual(sorted(told(parts["only_a"]) + told(p["a"] for p in parts["both"])), kinds(self.bad))
        self.assertEqual(sorted(told(parts["only_b"]) + told(p["b"] for p in parts["both"])), kinds(self.again))
        self.assertEqual(told(p["a"] for p in parts["both"]), told(p["b"] for p in parts["both"]))
        self.assertTrue(parts["both"])
        self.assertFalse(set(told(parts["only_a"])) & set(told(parts["only_b"])))
        same = self.ok(self.s.get("/api/v1/compare?a=%d&b=%d" % (a, a)))
        self.assertEqual((same["incidents"]["only_a"], same["incidents"]["only_b"], same["devices"]["new"], same["devices"]["gone"]), ([], [], [], []))
        self.assertGreater(same["devices"]["both"], 3)
        self.assertIn("camera-3.csv", self.s.get("/scans/compare?a=%d&b=%d" % (a, b))[1])

    def test_scans_that_are_hard_to_compare_say_why(self):
        notes = self.ok(self.s.get("/api/v1/compare?a=%d&b=%d" % (self.bad["scan_id"], self.named["scan_id"])))["notes"]
        self.assertTrue(any("models differ" in n for n in notes), notes)
        self.assertTrue(any("thresholds differ" in n for n in notes), notes)

    def test_a_comparison_needs_two_scans_that_are_there(self):
        self.assertEqual(self.s.get("/api/v1/compare?a=1")[0], 400)
        self.assertEqual(self.s.get("/api/v1/compare?a=1&b=99999")[0], 404)
        self.assertIn("99999", self.s.get("/api/v1/compare?a=1&b=99999")[1]["error"])
        self.assertEqual(self.s.get("/scans/compare")[0], 200)

    def test_the_overview_adds_up(self):
        o = self.ok(self.s.get("/api/v1/overview"))
        opened = self.s.sql("SELECT COUNT(*) FROM guardian.incidents i JOIN guardian.scans s ON s.id = i.scan_id WHERE mark = 0 AND deleted_us IS NULL")
        self.assertEqual(o["incidents"]["open"], int(opened))
        self.assertEqual(sum(o["incidents"]["by_severity"].values()), o["incidents"]["open"])
        self.assertEqual(o["incidents"]["worst"]["severity"], max((s for s, n in o["incidents"]["by_severity"].items() if n), key=SEVERITIES.get))
        self.assertEqual(o["scans"]["total"], self.ok(self.s.get("/status"))["total_scans"])
        self.assertEqual([i["id"] for i in o["scans"]["last"]], [i["id"] for i in self.page(limit=6)["items"]])
        self.assertEqual(sum(o["devices"]["by_risk"].values()), int(self.s.sql("SELECT COUNT(*) FROM guardian.devices WHERE scan_n > 0")))
        risks = [d["risk"] for d in o["devices"]["top"]]
        self.assertEqual(risks, sorted(risks, reverse=True))
        newest = self.page(limit=30, state="done")["items"]
        self.assertEqual((o["activity"]["by"], [b["scan_id"] for b in o["activity"]["buckets"]]), ("scan", [i["id"] for i in reversed(newest)]))
        self.assertEqual([b["flows"] for b in o["activity"]["buckets"]], [i["flows"] for i in reversed(newest)])

    # ---- pages

    def test_names_are_text_on_every_page(self):
        for path in ("/", "/scans", "/scans?q=" + urllib.parse.quote(HOSTILE[:30]), "/scans/%d/report" % self.named["scan_id"],
                     "/scans/compare?a=%d&b=1" % self.named["scan_id"]):
            status, html = self.s.get(path)
            self.assertEqual(status, 200, path)
            self.assertNotIn("<script>alert", html, path)
            self.assertNotIn("<img src=x", html, path)
            self.assertNotIn(" style=", html, path)
            self.assertNotIn(" onclick=", html, path)

    def test_the_history_page_filters_sorts_and_turns_its_pages(self):
        html = self.s.get("/scans?q=camera&from=&to=&severity=&attack=&state=&sort=name")[1]
        places = [html.index(name) for name in ("Camera-2.csv</a>", "camera-1.csv</a>", "camera-3.csv</a>")]
        self.assertEqual(places, sorted(places))
        self.assertIn('aria-sort="ascending"', html)
        self.assertNotIn("lamp1.csv</a>", html)
        self.assertEqual(self.s.get("/scans?severity=Worse")[0], 400)
        self.assertIn("<h1", self.s.get("/scans?severity=Worse")[1])
        seen, path, pages = [], "/scans?limit=4", []
        while path:
            html = self.s.get(path)[1]
            pages.append([int(p.split('"')[0]) for p in html.split('<tr data-id="')[1:]])
            seen += pages[-1]
            path = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") + "&limit=4" if 'rel="next"' in html else None
        self.assertEqual(seen, [i["id"] for i in self.walk(limit=200)])
        back = html.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&") + "&limit=4"
        self.assertEqual([int(p.split('"')[0]) for p in self.s.get(back)[1].split('<tr data-id="')[1:]], pages[-2])

    def test_a_report_has_marks_and_notes(self):
        ident = self.again["scan_id"]
        first = self.again["incidents"][0]["id"]
        body = json.dumps({"mark": "expected", "note": "my <b>own</b> test"})
        status = self.s.ask("PATCH", "/api/v1/scans/%d/incidents/%d" % (ident, first), body, {"Content-Type": "application/json"})[0]
        self.assertEqual(status, 200)
        html = self.s.get("/scans/%d/report" % ident)[1]
        self.assertIn("number %d, expected" % first, html)
        self.assertIn("my &lt;b&gt;own&lt;/b&gt; test", html)
        self.assertIn(self.again["incidents"][0]["advice"].replace("'", "&#39;"), html)
        marks = self.ok(self.s.get("/api/v1/scans/%d" % ident))["incident_marks"]
        self.assertEqual((marks["expected"], sum(marks.values())), (1, len(self.again["incidents"])))

    def test_a_page_of_nothing_says_so(self):
        self.assertIn("No scan is like this", self.s.get("/scans?q=nothing-is-called-so")[1])
        self.assertEqual(self.s.get("/scans/99999/report")[0], 404)


class WithoutDatabase(unittest.TestCase):
    def test_the_overview_is_there_and_says_what_is_not(self):
        s = stack.Stack(workers=1).start()
        self.addCleanup(s.stop)
        self.assertIn("Nothing was scanned yet", s.get("/")[1])
        database = s.state()["parts"]["MariaDB"]
        os.kill(database, signal.SIGSTOP)
        self.addCleanup(os.kill, database, signal.SIGCONT)
        self.assertEqual(s.get("/history")[0], 503)
        status, html = s.get("/")
        self.assertEqual(status, 200)
        self.assertIn("cannot be reached", html)
        self.assertIn('id="system-title"', html)
        self.assertEqual(s.get("/api/v1/overview")[0], 503)
        self.assertEqual(s.get("/scans")[0], 503)
        self.assertIn("<h1", s.get("/scans")[1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
