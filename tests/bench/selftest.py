"""selftest: the arithmetic and the manners of bench.py, with made-up contestants: `bench.py --self-test`."""

import csv
import gzip
import io
import json
import platform
import struct
import sys
import unittest

import bench
import read
import table

ANSWERS = """import sys
print('ready made up; more', flush=True)
for i, line in enumerate(sys.stdin):
    print({!r}[i], flush=True)
"""


def fake(name, answers, work=1.0, **more):
    return table.Contestant(name, (sys.executable, "-c", ANSWERS.format(answers)), work, **more)


def script(name, text):
    return table.Contestant(name, (sys.executable, "-c", text))


def run(ours, peers, rounds=3, **more):
    row = table.Row("made up", "items/s", ours, peers, **more)
    entries = bench.compare(row, rounds, 0.1, lambda text: None)
    result = {"contestants": [bench.entry_result(row, e) for e in entries], "ratios": bench.ratio_results(row, entries)}
    out = io.StringIO()
    bench.show(row, result, out)
    return result, out.getvalue()


class SelfTest(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds_ratios_not_the_ratio_of_medians(self):
        # by round 10/10, 20/5, 90/30: ratios 1, 4, 3; the medians 20 and 10 would say 2
        result, _ = run([fake("a", ["1 10", "1 20", "1 90"])], [fake("b", ["1 10", "2 10", "0.5 15"])])
        self.assertEqual((3, 1, 4), tuple(result["ratios"][0][k] for k in ("median", "min", "max")))
        self.assertEqual((20, 10, 90), tuple(result["contestants"][0][k] for k in ("median", "min", "max")))

    def test_times_are_scaled_and_their_ratio_still_says_how_much_faster_we_are(self):
        result, _ = run([fake("a", ["1 10"] * 3)], [fake("b", ["1 5"] * 3)], scale=50, more_is_better=False)
        self.assertEqual(5, result["contestants"][0]["median"])
        self.assertEqual(2, result["ratios"][0]["median"])

    def test_work_per_item_counts_in_ratios_only(self):
        result, _ = run([fake("a", ["1 100"] * 3, work=0.5)], [fake("b", ["1 200"] * 3)])
        self.assertEqual(0.25, result["ratios"][0]["median"])
        self.assertEqual(100, result["contestants"][0]["median"])

    def test_copies_add_up(self):
        result, _ = run([fake("a", ["1 10"] * 3, copies=2)], [])
        self.assertEqual(20, result["contestants"][0]["median"])

    def test_a_named_measure_takes_the_place_of_the_rate(self):
        result, _ = run([fake("a", ["1 10 kib=7", "1 20 kib=9", "1 10 kib=8"], measure="kib")], [])
        self.assertEqual((8, 7, 9), tuple(result["contestants"][0][k] for k in ("median", "min", "max")))
        result, _ = run([fake("a", ["1 10"], measure="kib")], [])
        self.assertIn("no kib", result["contestants"][0]["problem"])

    def test_the_missing_are_told_and_the_others_go_on(self):
        gone = script("b", "print('missing the library: apt-get install it')")
        result, text = run([fake("a", ["1 10"] * 3)], [gone, table.Contestant("c", ("/nonexistent/program",))])
        self.assertEqual([], result["ratios"])
        self.assertEqual(3, len(result["contestants"][0]["by_round"]))
        self.assertIn("missing the library: apt-get install it", text)
        self.assertIn("missing /nonexistent/program: No such file or directory", text)

    def test_one_that_dies_keeps_its_rounds_and_is_named(self):
        result, text = run([fake("a", ["1 10"] * 3)], [fake("b", ["1 5"])])
        self.assertEqual([5, None, None], result["contestants"][1]["by_round"])
        self.assertEqual(2, result["ratios"][0]["median"])
        self.assertIn("IndexError", text)

    def test_answers_that_are_no_measurement_are_refused(self):
        for answer in ("", "1", "0 10", "1 0", "-1 5", "nan 5", "1 inf", "a b", "1 2 3", "1 2 x=y"):
            result, _ = run([fake("a", [answer])], [])
            self.assertIn("failed:", result["contestants"][0]["problem"], answer)
        result, _ = run([script("a", "print('hello')")], [])
        self.assertIn("instead of ready", result["contestants"][0]["problem"])

    def test_floor_and_goal_know_both_directions(self):
        said = [bench.verdict(v, 2, 4) for v in (1, 2, 3, 4)] + [bench.verdict(v, 4, 2) for v in (5, 4, 3, 2)]
        self.assertEqual(["BELOW THE FLOOR", "floor reached", "floor reached", "goal reached"] * 2, said)
        _, text = run(
            [fake("a", ["1 10"] * 3)], [fake("b", ["1 5"] * 3)], goals={("a", "b"): (3, 4), ("a", None): (5, 9)}
        )
        self.assertIn("2.00x  [2.00 .. 2.00]  floor 3, goal 4: BELOW THE FLOOR", text)
        self.assertIn("floor 5, goal 9: goal reached", text)

    @unittest.skipUnless(platform.machine() == "x86_64", "some goals are for kernels of x86-64")
    def test_every_comparison_has_goals_for_contestants_that_exist_only(self):
        for row in table.comparisons("/root", "/root/build"):
            names = [c.name for c in row.ours]
            self.assertEqual(len(names), len(set(names)), row.title)
            for ours, peer in row.goals:
                self.assertIn(ours, names, row.title)
                self.assertIn(peer, [None] + [c.name for c in row.peers], row.title)

    def test_a_busy_machine_is_told(self):
        for threads, cpus, told in ((1, 0.5, True), (1, 0.89, True), (1, 0.95, False), (2, 1.7, True), (2, 1.9, False)):
            row = table.Row("made up", "items/s", [fake("a", [])], threads=threads)
            one = {"name": "a", "median": 1, "min": 1, "max": 1, "cpus": cpus, "about": "", "problem": ""}
            out = io.StringIO()
            bench.show(row, {"contestants": [one], "ratios": []}, out)
            self.assertEqual(told, "the machine was busy" in out.getvalue(), cpus)

    def test_less_memory_is_better(self):
        self.assertEqual("less", table.Row("m", "MiB", [fake("a", [], measure="kib")]).better())
        self.assertEqual("less", table.Row("t", "s", [fake("a", [])], more_is_better=False).better())
        self.assertEqual("more", table.Row("r", "items/s", [fake("a", [])]).better())

    def test_rounds_are_interleaved(self):
        log = []

        class Noted(bench.Entry):
            def round(self):
                log.append(self.spec.name)
                super().round()

        entry, bench.Entry = bench.Entry, Noted
        try:
            run([fake("a", ["1 1"] * 2)], [fake("b", ["1 1"] * 2)], rounds=2)
        finally:
            bench.Entry = entry
        self.assertEqual(["a", "b", "a", "b"], log)

    def test_inputs_of_bench_read_are_the_same_every_time(self):
        for one in read.INPUTS:
            texts = [io.BytesIO(), io.BytesIO()]
            for f in texts:
                one.write(f, 5000)
            self.assertEqual(*(f.getvalue() for f in texts), one.title)

    def test_inputs_of_bench_read_have_the_rows_that_they_say(self):
        text = {}
        for one in read.INPUTS:
            f = io.BytesIO()
            one.write(f, 5000)
            text[one.name] = f.getvalue()
        rows = list(csv.reader(text["flows.csv"].decode("ascii").splitlines()))
        self.assertEqual((5001, {6}), (len(rows), {len(r) for r in rows}))
        self.assertEqual(text["flows.csv"], gzip.decompress(text["flows.csv.gz"]))
        rows = [line.split("\t") for line in text["conn.log"].decode("ascii").splitlines() if not line.startswith("#")]
        self.assertEqual((5000, {len(read.ZEEK_FIELDS)}), (len(rows), {len(r) for r in rows}))
        records = [json.loads(line) for line in text["conn.json.log"].splitlines()]
        self.assertEqual((5000, set()), (len(records), set().union(*records) - set(read.ZEEK_FIELDS)))
        self.assertEqual([r[0] for r in rows], [f"{r['ts']:.3f}" for r in records])
        packets, at = 0, 24
        while at < len(text["packets.pcap"]):
            at += 16 + struct.unpack_from("<I", text["packets.pcap"], at + 8)[0]
            packets += 1
        self.assertEqual((5000, len(text["packets.pcap"])), (packets, at))

    def test_goals_of_bench_read_are_shown_beside_the_rate(self):
        one = read.Input("made up", "x", None, 200)
        result, _ = run([fake("ours", ["1 100"] * 3)], [fake("plain read", ["1 1000000"] * 3)])
        said = read.speeds(one, result, 20000)
        self.assertIn("MB/s: ours 2, plain read 20,000", said)
        self.assertIn("goal 200 rows/s: MISSED, 0.50 of it", said)


def run_all():
    result = unittest.TextTestRunner(verbosity=1).run(unittest.defaultTestLoader.loadTestsFromTestCase(SelfTest))
    return 0 if result.wasSuccessful() else 1
