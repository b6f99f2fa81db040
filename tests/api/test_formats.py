"""Files of every format through the whole product: recognised by content, counted, told, or refused in words."""

import random
import re
import unittest
import zlib

import formats
import stack

MIB = 1 << 20
MAX_UNPACKED = 300 * MIB


def sanitized(s):
    with open("/proc/%d/maps" % s.workers("uploads")[0]["pid"]) as f:
        return "asan" in f.read()


def peak_mib(s):
    """The most memory that the upload worker had so far."""
    with open("/proc/%d/status" % s.workers("uploads")[0]["pid"]) as f:
        return int(re.search(r"^VmHWM:\s+(\d+) kB", f.read(), re.M).group(1)) / 1024


def gz_stream(pieces):
    z = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([z.compress(p) for p in pieces] + [z.flush()])


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = stack.Stack(workers=1, upload_workers=1, max_unpacked=MAX_UNPACKED).start()
        cls.taken = cls.s.upload(b"%PDF-1.4\n")[1]["error"].split("taken are: ")[1].lower()

    @classmethod
    def tearDownClass(cls):
        cls.s.stop()

    def refused(self, data, code, *words):
        """The answer, after a look that /scan/<id> says the same."""
        status, answer = self.s.upload(data)
        self.assertEqual(status, code, answer)
        for word in words:
            self.assertIn(word, answer["error"])
        later = self.s.get("/scan/%d" % answer["scan_id"])[1]
        self.assertEqual((later["state"], later["error"]), ("failed", answer["error"]))
        for name in ("format", "dialect", "packing", "rows_read", "rows_skipped", "skipped_by_reason", "skipped", "notes"):
            self.assertEqual(later.get(name), answer.get(name), name)
        return answer

    def test_what_is_taken_is_recognised_and_counted_and_the_rest_is_refused_by_name(self):
        for word, name, make, packets in formats.FORMATS:
            for ending, packing, pack in (("", None, bytes), (".gz", "gzip", formats.gz), (".zst", "Zstandard", formats.zst)):
                with self.subTest(name + ending):
                    plain = make()
                    data = pack(plain)
                    if re.search(word, self.taken) is None:
                        self.refused(data, 415, "taken are: CSV")
                        continue
                    status, up = self.s.upload(data, "named-as-it-should-not-be.txt")
                    self.assertEqual(status, 200, up)
                    self.assertEqual((up["rows_read"], up["rows_used"], up["rows_skipped"]), (formats.ROWS, formats.ROWS, 0))
                    self.assertEqual(up["total_samples"], formats.ROWS - 9)
                    self.assertRegex(up["format"].lower(), word)
                    self.assertEqual(up.get("packing"), packing)
                    self.assertEqual(up.get("unpacked_bytes"), len(plain) if packing else None)
                    self.assertEqual((up["bytes"], up.get("packets", 0)), (len(data), packets))
                    self.assertEqual((up["skipped"], up["skipped_by_reason"], up["notes"]), ([], {}, []))
                    self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)

    def test_the_same_flows_give_the_same_scan_however_they_come(self):
        want = self.s.upload(formats.csv(200))[1]
        for word, name, make, _ in formats.FORMATS:
            if re.search(word, self.taken) is None:
                continue
            for pack in (bytes, formats.gz, formats.zst):
                with self.subTest(name):
                    up = self.s.upload(pack(make(200)))[1]
                    self.assertEqual([up[k] for k in ("total_samples", "anomalies_count", "mean_error", "max_error")],
                                     [want[k] for k in ("total_samples", "anomalies_count", "mean_error", "max_error")])

    def test_the_raw_body_may_be_compressed_or_of_another_type(self):
        for kind, data in (("application/gzip", formats.gz(formats.csv())), ("application/zstd", formats.zst(formats.csv())),
                           ("application/octet-stream", formats.csv()), ("application/json", formats.csv())):
            status, up, _ = self.s.ask("POST", "/upload?name=x", data, {"Content-Type": kind})
            self.assertEqual((status, up["rows_used"]), (200, formats.ROWS), kind)

    def test_rows_that_cannot_be_used_are_told_later_too(self):
        lines = formats.csv(100).split(b"\n")
        for i in range(30, 45):
            lines[i] = lines[i].replace(b",udp,", b",udp,\"").replace(b"SF", b"SF\"") + b",9"
        status, up = self.s.upload(formats.gz(b"\n".join(lines)))
        self.assertEqual((status, up["rows_read"], up["rows_used"], up["rows_skipped"], len(up["skipped"])), (200, 100, 85, 15, 10), up)
        self.assertEqual(up["skipped"][0]["line"], 31)
        self.assertTrue(all(p["reason"] for p in up["skipped"]))
        self.assertLessEqual(sum(up["skipped_by_reason"].values()), 15)
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)

    def test_members_one_after_the_other_are_one_file_and_what_is_behind_them_is_noted(self):
        data = formats.csv()
        for pack in (formats.gz, formats.zst):
            status, up = self.s.upload(pack(data[:3000]) + pack(data[3000:]) + b"junk!")
            self.assertEqual((status, up["rows_used"], up["unpacked_bytes"]), (200, formats.ROWS, len(data)))
            self.assertEqual(len(up["notes"]), 1)
            self.assertIn("5 bytes behind the end", up["notes"][0])

    def test_what_is_no_flow_record_is_415_with_the_list_of_what_is_taken(self):
        with open("/bin/ls", "rb") as f:
            elf = f.read(3000)
        for data, word in [(b"%PDF-1.4\n", "PDF"), (elf, "ELF"), (b"PK\x03\x04" + bytes(30), "ZIP"), (b"BZh91AY", "bunzip2"),
                           (random.Random(1).randbytes(5000).replace(b"\0", b"\1") + b"\0", "binary"), (formats.gz(elf), "the gzip file holds"),
                           (b"\xff\xfea\0,\0b\0", "UTF-16"), (b"<!doctype html><p>", "web page")]:
            answer = self.refused(data, 415, word, "taken are: CSV", "each also as .gz or .zst")
            self.assertEqual(answer["rows_read"], 0)
        for inner in (formats.gz, formats.zst):
            for outer in (formats.gz, formats.zst):
                self.refused(outer(inner(formats.csv())), 415, "inside of a")

    def test_a_text_without_the_columns_is_400_and_too_few_rows_are_422(self):
        for pack in (bytes, formats.gz, formats.zst):
            self.refused(pack(b"when,orig_pkts,how_much\n1,2,3\n"), 400, "orig_bytes", "how_much")
            self.refused(pack(stack.capture(9)), 422, "9 usable rows; a window needs 10")
            self.refused(pack(b""), 400, "empty")

    def test_a_few_flows_with_hosts_are_judged_without_a_window(self):
        status, up = self.s.upload(formats.csv(9))
        self.assertEqual((status, up["flows"], up["total_samples"], up["percentage"]), (200, 9, 0, 0), up)

    def test_a_compressed_file_that_is_broken_is_400_and_counts_what_was_there(self):
        data = formats.csv(5000)
        for pack, name in ((formats.gz, "gzip"), (formats.zst, "Zstandard")):
            packed = pack(data)
            answer = self.refused(packed[:len(packed) // 2], 400, "the %s file ends early" % name)
            self.assertTrue(1000 < answer["rows_read"] < 4000, answer["rows_read"])
            self.assertEqual((answer["format"], answer["packing"]), ("CSV", name))
        packed = formats.gz(data)
        answer = self.refused(packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:], 400, "the gzip file is damaged")
        self.assertGreater(answer["rows_read"], 4000)

    def test_limits_of_unpacking_are_413_and_memory_stays_bounded(self):
        noise = random.Random(2)
        # A line of 64 KiB pieces that unpack to some hundred times their size: below the ratio, and cheap to read.
        pieces = [b"%0600x" % noise.getrandbits(2400) + b"a" * 64936 for _ in range(16)]
        head = formats.csv(20)
        status, up = self.s.upload(gz_stream([head] + [pieces[i % 16] for i in range(256 * 16)] + [b"\n"]), timeout=300)
        self.assertEqual((status, up["rows_read"], up["rows_skipped"]), (200, 21, 1), up)
        self.assertGreater(up["unpacked_bytes"], 256 * MIB)
        answer = self.refused(gz_stream([head] + [pieces[i % 16] for i in range(301 * 16)]), 413, "max_unpacked", str(MAX_UNPACKED))
        self.assertEqual(answer["rows_read"], 20)
        zeros = gz_stream(bytes(MIB) for _ in range(1024))
        self.assertLess(len(zeros), 2 * MIB)
        self.refused(zeros, 413, "max_ratio", "200 times")
        self.refused(formats.zstd_frame([(0, len(head), head)] + [(1, 128 * 1024, b"a")] * 5000), 413, "max_ratio")
        huge = b"\x28\xb5\x2f\xfd\x00" + bytes([(27 - 10) << 3]) + b"\x01\x00\x00"
        self.refused(huge, 400, "more than 32 MiB of memory")
        print("worst: the upload worker had %.0f MiB" % peak_mib(self.s))
        # The sanitizers keep what was freed for a while.
        self.assertLess(peak_mib(self.s), 200 if sanitized(self.s) else 64)

    def test_the_page_names_the_formats(self):
        page = self.s.get("/new")[1].lower()
        self.assertIn(self.taken, page)


if __name__ == "__main__":
    unittest.main(verbosity=2)
