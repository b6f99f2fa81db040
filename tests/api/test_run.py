"""`make run` when something is wrong: with its settings, with the disk, with its parts, or because it was killed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import stack

BUILD = os.environ.get("GUARDIAN_BUILD", "build")


def run_script(var, **env):
    """To its end; it must not get as far as to serve. The code and what it said, without blank lines at the end."""
    r = subprocess.run([os.path.join(stack.TOP, "fcgi", "run.sh")], env=dict(os.environ, VAR=var, BUILD=BUILD, **env),
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return r.returncode, r.stdout.decode().strip()


def processes_of(var):
    return subprocess.run(["pgrep", "-af", var], stdout=subprocess.PIPE).stdout.decode()


class Refused(unittest.TestCase):
    """One sentence, exit code 1, nothing left."""

    def setUp(self):
        self.var = tempfile.mkdtemp(prefix="guardian-test-")
        self.addCleanup(shutil.rmtree, self.var)
        os.chmod(self.var, 0o755)
        self.port = str(stack.free_port())

    def is_refused(self, words, var=None, **env):
        code, said = run_script(var or self.var, **{"PORT": self.port, **env})
        self.assertEqual((code, said.count("\n")), (1, 0), said)
        self.assertIn(words, said)
        self.assertEqual(processes_of(self.var), "", "something is left running")
        self.assertFalse(os.path.exists(os.path.join(self.var, "running")))

    def test_a_busy_port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            self.is_refused("is in use by another program", PORT=str(s.getsockname()[1]))

    def test_settings_that_make_no_sense(self):
        conf = os.path.join(self.var, "guardian.conf")
        with open(conf, "w") as f:
            f.write("wrokers = 3\n")
        for words, env in (
            ('did you mean "workers"', {"GUARDIAN_CONF": conf}), ("a port from 1 to 65535", {"PORT": "abc"}),
            ("is no address of this machine", {"ADDRESS": "192.0.2.1"}), ('"abc" is not a whole number', {"WORKERS": "abc"}),
            ("No such file", {"MODEL_PATH": "/nonexistent.safetensors"}), ("No such file", {"GUARDIAN_CONF": "/nonexistent.conf"}),
            ("nothing is built", {"ASSETS": "/nonexistent"}),
        ):
            with self.subTest(env):
                self.is_refused(words, **env)

    def test_a_database_that_cannot_be_used(self):
        with tempfile.TemporaryDirectory() as folder:
            for words, url in (
                ("does not begin with mysql://", "hello"), ("does not answer", "mysql://a:b@127.0.0.1:%s/guardian" % self.port),
                ("its host name is not known", "mysql://a:b@guardian.invalid/guardian"),
                ("does not answer", "mysql://a:b@localhost/guardian?socket=%s/none" % folder),
            ):
                with self.subTest(url):
                    self.is_refused(words, DATABASE_URL=url)

    def test_a_folder_that_is_none(self):
        self.is_refused("is no folder", var="/etc/passwd")
        self.is_refused("cannot be made", var="/proc/guardian")

    @unittest.skipUnless(os.getuid() == 0, "only root can mount a small disk")
    def test_a_full_disk(self):
        small = os.path.join(self.var, "small")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", small], check=True)
        try:
            self.is_refused("is full: 1 MB are free, 300 MB are needed", var=small)
        finally:
            subprocess.run(["umount", small], check=True)


class Trouble(unittest.TestCase):
    """The script is what is tested here: with the released programs where they are built, since it starts them often."""

    def setUp(self):
        os.environ["GUARDIAN_BUILD"] = os.environ.get("ASSETS", BUILD)
        self.s = stack.Stack(workers=1).start()
        self.addCleanup(self.s.stop)

    def scanned(self):
        """The answer to an upload with an anomaly in it."""
        status, up = self.s.upload(stack.capture(100, [50]))
        self.assertEqual(status, 200, up)
        return up

    def serves(self):
        try:
            return self.s.get("/readyz")[0] == 200 and self.s.upload(stack.capture(20))[0] == 200
        except OSError:
            return False

    def test_a_second_one_with_the_same_data_says_that_it_runs_already(self):
        before = self.s.state()
        code, said = run_script(self.s.var, PORT=str(stack.free_port()))
        self.assertEqual((code, said.count("\n")), (1, 0), said)
        self.assertIn("it is running already: process %d serves http://localhost:%d" % (self.s.process.pid, self.s.port), said)
        self.assertEqual(self.s.state(), before)
        self.assertTrue(self.serves())

    def test_parts_that_die_are_started_again(self):
        up = self.scanned()
        before = self.s.state()["parts"]
        self.s.kill("MariaDB", "guardiand", "nginx")
        self.s.until(lambda: not set(before.values()) & set(self.s.state()["parts"].values()), 20, "all parts are new")
        self.s.until(self.serves, 20, "it serves again")
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)
        for part in before:
            self.assertIn(("%s has ended (killed by signal 9); it is started again" % part).encode(), self.s.log("run"))

    def test_a_start_after_kill_9_of_the_script_stops_what_is_left(self):
        up = self.scanned()
        old = self.s.state()
        self.s.kill("script", "nginx")
        self.s.start()
        for part in ("MariaDB", "guardiand", "nginx"):
            self.assertIn(("stopping %s (process %d)" % (part, old["parts"][part])).encode(), self.s.log("run"))
        self.assertFalse(os.path.exists(old["folder"]))
        self.assertEqual(len(re.findall(r"^\d+ mariadbd ", processes_of(self.s.var), re.M)), 1)
        self.assertEqual(self.s.get("/scan/%d" % up["scan_id"])[1], up)

    def test_a_state_that_names_processes_of_others_hurts_nobody(self):
        with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
            self.s.stop(keep=True)
            with open("/proc/%d/stat" % other.pid) as f:
                born = int(f.read().rsplit(") ", 1)[1].split()[19])
            with open(os.path.join(self.s.var, "running"), "w") as f:
                f.write("owner 1:1\npart %d:%d nginx\npart %d:1 MariaDB\npart 1:x nginx\npart\nnonsense\n" % (other.pid, born - 1, other.pid))
            self.s.start()
            self.assertIsNone(other.poll())
            other.kill()

    def test_signals_that_end_it_leave_nothing(self):
        for sig in (signal.SIGTERM, signal.SIGHUP):
            folder = self.s.state()["folder"]
            self.s.process.send_signal(sig)
            self.assertEqual(self.s.process.wait(30), 143)
            self.assertEqual(processes_of(self.s.var), "")
            self.assertFalse(os.path.exists(folder) or os.path.exists(os.path.join(self.s.var, "running")))
            self.s.out.close()
            self.s.start()

    def test_a_second_ctrl_c_does_not_wait_for_a_long_scan(self):
        with socket.create_connection(("127.0.0.1", self.s.port)) as c:
            body, kind = stack.multipart(stack.capture(600000))
            head = "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            c.sendall(head.encode() + body)
            self.s.until(lambda: any(w["state"] == "busy" for w in self.s.workers("uploads")), 30, "the scan runs")
            self.s.process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            start = time.monotonic()
            self.s.process.send_signal(signal.SIGINT)
            self.s.process.wait(20)
            self.assertLess(time.monotonic() - start, 10)
            self.assertEqual(processes_of(self.s.var), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
