"""Alerts end to end: an upload with anomalies becomes a mail at a real SMTP server, and no mail server can make a scan fail."""

import json
import os
import subprocess
import tempfile
import time
import unittest

import stack


@unittest.skipUnless(subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL).returncode == 0,
                     "python3-aiosmtpd is not installed")
class Alerts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.mode("ok")
        self.server = subprocess.Popen(["/usr/bin/python3", os.path.join(stack.TOP, "tests", "lib", "smtp_server.py"), "--folder",
                                        self.folder.name, "--while-stdin"], stdin=subprocess.PIPE)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.stdin.close)
        port = os.path.join(self.folder.name, "port")
        end = time.monotonic() + 20
        while not (os.path.exists(port) and os.path.getsize(port)) and time.monotonic() < end:
            time.sleep(0.05)
        with open(port) as f:
            number = f.read().strip()
        self.s = stack.Stack(workers=1, alert_email="owner@example.org", mail_server="127.0.0.1", mail_port=number)
        self.addCleanup(self.s.stop)
        self.s.start()

    def mode(self, word):
        with open(os.path.join(self.folder.name, "mode"), "w") as f:
            f.write(word)

    def mails(self):
        names = [n for n in os.listdir(self.folder.name) if n.endswith(".json")]
        out = []
        for n in names:
            with open(os.path.join(self.folder.name, n)) as f:
                out.append(json.load(f))
        return out

    def test_a_scan_with_anomalies_is_mailed_once_and_a_clean_one_is_not(self):
        self.assertEqual(self.s.upload(stack.capture(300))[0], 200)
        up = self.s.upload(stack.capture(300, [100]), "kitchen.csv")[1]
        self.s.until(self.mails, 20, "a mail came")
        time.sleep(2.5)
        mails = self.mails()
        self.assertEqual(len(mails), 1)
        self.assertIn("%d anomalies in kitchen.csv" % up["anomalies_count"], mails[0]["subject"])
        self.assertIn("#scan-%d" % up["scan_id"], mails[0]["body"])
        self.assertIn("owner@example.org", str(mails[0]["to"]))

    def test_a_mail_server_that_refuses_never_fails_the_scan(self):
        self.mode("refuse")
        self.assertEqual(self.s.upload(stack.capture(300, [100]))[0], 200)
        self.s.until(lambda: b"not sent" in self.s.log("guardiand"), 20, "the refusal is logged")
        self.assertEqual(self.mails(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
