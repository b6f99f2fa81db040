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
        os.chmod(self.folder.name, 0o755)  # for the workers, who are somebody else when this is root
        self.mode("ok")

    def begin(self, *options, **settings):
        """A mail server with these options, and a stack with these settings that sends to it."""
        self.server = subprocess.Popen(["/usr/bin/python3", os.path.join(stack.TOP, "tests", "lib", "smtp_server.py"), "--folder",
                                        self.folder.name, "--while-stdin", *options], stdin=subprocess.PIPE)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.stdin.close)
        port = os.path.join(self.folder.name, "port")
        end = time.monotonic() + 20
        while not (os.path.exists(port) and os.path.getsize(port)) and time.monotonic() < end:
            time.sleep(0.05)
        with open(port) as f:
            number = f.read().strip()
        self.s = stack.Stack(workers=1, alert_email="owner@example.org", mail_server="127.0.0.1", mail_port=number, **settings)
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
        self.begin()
        self.assertEqual(self.s.upload(stack.capture(300))[0], 200)
        up = self.s.upload(stack.capture(300, [100]), "kitchen.csv")[1]
        self.s.until(self.mails, 20, "a mail came")
        time.sleep(2.5)
        mails = self.mails()
        self.assertEqual(len(mails), 1)
        self.assertGreater(up["incidents_count"], 0)
        self.assertRegex(mails[0]["subject"], "^Home IoT Guardian: %d incidents? in kitchen.csv, " % up["incidents_count"])
        for i in up["incidents"][:10]:
            self.assertIn("%s: %s" % (i["severity"], i["title"]), mails[0]["body"])
            self.assertIn(i["sentence"], mails[0]["body"])
        self.assertIn("/scans/%d" % up["scan_id"], mails[0]["body"])
        self.assertIn("owner@example.org", str(mails[0]["to"]))

    def test_a_mail_server_that_refuses_never_fails_the_scan(self):
        self.begin()
        self.mode("refuse")
        self.assertEqual(self.s.upload(stack.capture(300, [100]))[0], 200)
        self.s.until(lambda: b"not sent" in self.s.log("guardiand"), 20, "the refusal is logged")
        self.assertEqual(self.mails(), [])

    def test_a_server_that_signs_itself_is_trusted_when_mail_ca_says_so(self):
        self.begin("--tls", mail_tls="required", mail_ca=os.path.join(self.folder.name, "cert.pem"))
        self.assertEqual(self.s.upload(stack.capture(300, [100]))[0], 200)
        self.s.until(self.mails, 20, "a mail came")
        self.assertTrue(self.mails()[0]["tls"])

    def test_a_server_that_signs_itself_gets_no_mail_without_mail_ca(self):
        self.begin("--tls", mail_tls="required")
        status, up = self.s.upload(stack.capture(300, [100]))
        self.assertEqual((status, self.s.get("/scan/%d" % up["scan_id"])[1]["state"]), (200, "done"))
        self.s.until(lambda: b"not sent" in self.s.log("guardiand"), 20, "the refusal is logged")
        self.assertEqual(self.mails(), [])
        waiting = "SELECT state, attempts, error FROM guardian.mails WHERE scan_id = %d" % up["scan_id"]
        self.s.until(lambda: self.s.sql(waiting).startswith("0\t1\t"), 10, "the mail waits for its next try")
        self.assertIn("its certificate is not trusted", self.s.sql(waiting))

    def test_a_mail_ca_that_is_not_there_is_told_at_the_start(self):
        none = os.path.join(self.folder.name, "none.pem")
        run = subprocess.run([os.path.join(stack.TOP, os.environ.get("GUARDIAN_BUILD", "build"), "guardiand"), "serve"],
                             env=dict(os.environ, GUARDIAN_ALERT_EMAIL="owner@example.org", GUARDIAN_MAIL_SERVER="127.0.0.1",
                                      GUARDIAN_MAIL_CA=none), capture_output=True, timeout=60)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("mail_ca: %s cannot be read" % none, run.stderr.decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
