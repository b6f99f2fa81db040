"""The images, run as compose.yaml runs them, but on the host's network: each worker has a loopback address of its own, as each replica has
with compose, and a file of hosts stands for compose's name server. Run by docker/test-images.sh, which built them; PODMAN is the command."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "api"))
import stack  # noqa: E402

PODMAN = os.environ["PODMAN"].split()
MIB = 1 << 20
# As compose gives them. Limits of our own, as the usual ones may be above what this machine's root may set; health checks are called by hand,
# as there may be no systemd to do it by the clock.
HARDENED = ["--network", "host", "--no-hosts", "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--health-interval", "disable",
            "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]


def podman(*words):
    """Exit code and all output."""
    p = subprocess.run(PODMAN + list(words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode(errors="replace")


def until(true, seconds, what):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            logs = "\n".join("--- %s\n%s" % (n, podman("logs", "--tail", "8", n)[1]) for n in podman("ps", "-a", "--format", "{{.Names}}")[1].split())
            raise AssertionError("not within %d s: %s\n%s" % (seconds, what, logs))
        time.sleep(0.1)


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(podman, "rm", "-a", "-f", "-t", "5", "-v")
        cls.folder = tempfile.mkdtemp(prefix="guardian-images-", dir="/var/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        os.chmod(cls.folder, 0o755)
        cls.web, cls.db, cls.pages, cls.uploads = (stack.free_port() for _ in range(4))
        cls.owner, cls.worker = secrets.token_hex(24), secrets.token_hex(24)
        cls.hosts = os.path.join(cls.folder, "hosts")
        cls.name_workers("127.0.0.2", "127.0.0.3")
        cls.launch("database", "database", ["-v", "/var/lib/guardian"],
                   ADDRESS="127.0.0.1", PORT=cls.db, BUFFER_POOL="64M", DATABASE_OWNER_PASSWORD=cls.owner, DATABASE_WORKER_PASSWORD=cls.worker)
        until(lambda: cls.healthy("database"), 60, "the database is healthy")
        cls.launch("migrate", "worker", [], ["migrate"], GUARDIAN_DATABASE_URL=cls.url("guardian_owner", cls.owner))
        code, said = podman("wait", "migrate")
        assert (code, said.strip()) == (0, "0"), podman("logs", "migrate")[1]
        cls.start_worker("worker1", "127.0.0.2", 1)
        cls.start_worker("worker2", "127.0.0.3", 2)
        cls.launch("web", "web", ["-v", "/var/spool/guardian", "-v", cls.hosts + ":/etc/hosts:ro"],
                   ADDRESS="127.0.0.1", PORT=cls.web, PAGES_PORT=cls.pages, UPLOADS_PORT=cls.uploads)
        for name in ("worker1", "worker2", "web"):
            until(lambda: cls.healthy(name), 30, name + " is healthy")

    @classmethod
    def name_workers(cls, *addresses):
        """In place: a container has mounted this very file."""
        with open(cls.hosts, "w") as f:
            f.write("127.0.0.1 localhost\n" + "".join("%s worker\n" % a for a in addresses))

    @classmethod
    def url(cls, user, password):
        return "mysql://%s:%s@127.0.0.1:%d/guardian" % (user, password, cls.db)

    @classmethod
    def launch(cls, name, image, options, words=(), **env):
        for k, v in env.items():
            options = options + ["-e", "%s=%s" % (k, v)]
        code, said = podman("run", "-d", "--name", name, *HARDENED, *options, "guardian-" + image, *words)
        assert code == 0, said

    @classmethod
    def start_worker(cls, name, address, upload_workers):
        """By the number of upload workers /status tells which one answered."""
        cls.launch(name, "worker", ["-v", "/var/tmp"], GUARDIAN_LISTEN="%s:%d" % (address, cls.pages), GUARDIAN_UPLOAD_LISTEN="%s:%d" % (address, cls.uploads),
                   GUARDIAN_WORKERS=1, GUARDIAN_UPLOAD_WORKERS=upload_workers, GUARDIAN_DATABASE_URL=cls.url("guardian", cls.worker))

    @classmethod
    def healthy(cls, name):
        return podman("healthcheck", "run", name)[0] == 0

    def curl(self, path, *words):
        """Status and body; (0, reason) without an answer."""
        p = subprocess.run(["curl", "-sS", "--max-time", "30", "-w", "\n%{http_code}", *words, "http://localhost:%d%s" % (self.web, path)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode != 0:
            return 0, p.stderr.decode()
        body, _, status = p.stdout.decode().rpartition("\n")
        return int(status), stack.json.loads(body) if body.startswith(("{", "[")) else body

    def upload(self):
        path = os.path.join(self.folder, "flows.csv")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.write(stack.capture(300, [150]))
        return self.curl("/upload", "-F", "file=@" + path)

    def who_answers(self):
        status, s = self.curl("/status")
        return status == 200 and s["database_connected"] and sum(w["pool"] == "uploads" for w in s["workers"])

    def history(self):
        status, list_ = self.curl("/history")
        return [h["id"] for h in list_] if status == 200 else []

    def mariadb(self, user, password, statement):
        return podman("exec", "database", "mariadb", "--no-defaults", "-h127.0.0.1", "-P%d" % self.db, "-u" + user, "-p" + password, "-e", statement, "guardian")

    def test_1_an_upload_is_scanned_and_found_in_the_history(self):
        status, up = self.upload()
        self.assertEqual((status, up["anomalies_count"] > 0), (200, True), up)
        self.assertEqual(self.history()[0], up["scan_id"])
        status, page = self.curl("/")
        self.assertEqual(status, 200)
        names = [w.split('"')[0] for w in page.split('"') if w.startswith("/static/")]
        self.assertGreater(len(names), 2)
        for name in names:
            self.assertEqual(self.curl(name.split("#")[0])[0], 200, name)

    def test_2_two_workers_serve(self):
        self.assertEqual({self.who_answers() for _ in range(10)}, {1, 2})

    def test_3_none_is_root_or_has_a_right(self):
        for name, uid in (("web", "33"), ("worker1", "33"), ("database", "990")):
            with open("/proc/%s/status" % podman("inspect", "--format", "{{.State.Pid}}", name)[1].strip()) as f:
                s = {line.split(":")[0]: line.split()[1:] for line in f}
            self.assertEqual((s["Uid"], s["CapEff"], s["CapBnd"], s["NoNewPrivs"]), ([uid] * 4, ["0" * 16], ["0" * 16], ["1"]), name)

    def test_4_rows_for_workers_tables_for_migrations(self):
        self.assertEqual(self.mariadb("guardian", self.worker, "DELETE FROM scans WHERE 1 = 0")[0], 0)
        code, said = self.mariadb("guardian", self.worker, "CREATE TABLE t (i INT)")
        self.assertEqual((code, "command denied" in said), (1, True), said)
        code, said = self.mariadb("root", "", "DO 1")
        self.assertEqual((code, "Access denied" in said), (1, True), said)

    def test_5_no_password_no_database(self):
        for words, says in (([], "DATABASE_OWNER_PASSWORD must be"),
                            (["-e", "DATABASE_OWNER_PASSWORD=short"], "DATABASE_OWNER_PASSWORD must be"),
                            (["-e", "DATABASE_OWNER_PASSWORD=" + "x" * 16, "-e", "DATABASE_WORKER_PASSWORD=" + "y'" * 16], "DATABASE_WORKER_PASSWORD must be"),
                            (["-e", "DATABASE_OWNER_PASSWORD=" + "x" * 16, "-e", "DATABASE_WORKER_PASSWORD=" + "x" * 16], "are the same")):
            code, said = podman("run", "--rm", *HARDENED, *words, "guardian-database")
            self.assertEqual((code, says in said), (1, True), said)

    def test_6_the_worker_image_is_small_and_holds_nothing_else(self):
        size = int(podman("image", "inspect", "--format", "{{.Size}}", "guardian-worker")[1])
        self.assertLess(size, 64 * MIB)
        code, said = podman("run", "--rm", *HARDENED, "--entrypoint", "/bin/sh", "guardian-worker", "-c", "true")
        self.assertNotEqual(code, 0)
        self.assertIn("no such file", said.lower())

    def test_7_the_database_restarts_and_nothing_is_lost(self):
        before = self.upload()[1]["scan_id"]
        self.assertEqual(podman("restart", "-t", "30", "database")[0], 0)
        until(lambda: self.history()[:1] == [before], 60, "the history is there again")
        self.assertEqual(self.upload()[0], 200)

    def test_8_a_killed_worker_costs_its_requests_and_its_successor_is_found_elsewhere(self):
        counts, enough = [], threading.Event()

        def load():
            while not enough.is_set():
                counts.append(self.upload()[0])

        t = threading.Thread(target=load)
        t.start()
        until(lambda: len(counts) >= 10, 30, "ten uploads")
        self.assertEqual(podman("kill", "--signal", "KILL", "worker1")[0], 0)
        after = len(counts) + 10
        until(lambda: len(counts) >= after, 60, "ten more uploads")
        enough.set()
        t.join()
        lost = [c for c in counts if c != 200]
        self.assertLessEqual(len(lost), 1, "one upload at a time: at most one was in the hands of the dead worker: %s" % lost)
        ids = self.history()
        self.assertGreaterEqual(len(ids), min(50, len(counts) - len(lost)))
        self.assertEqual(self.who_answers(), 2)

        self.start_worker("worker3", "127.0.0.4", 3)
        self.name_workers("127.0.0.3", "127.0.0.4")
        until(lambda: self.who_answers() == 3, 20, "the worker at a new address is found")
        self.name_workers("127.0.0.4")
        self.assertEqual(podman("stop", "-t", "30", "worker2")[0], 0)
        self.assertEqual(podman("inspect", "--format", "{{.State.ExitCode}}", "worker2")[1].strip(), "0", "it drains and ends by itself")
        self.assertEqual(self.history(), ids)
        self.assertEqual(self.upload()[0], 200)

    def test_9_web_without_workers_says_so_and_is_healthy(self):
        for name in ("worker1", "worker2", "worker3"):
            podman("rm", "-f", "-t", "30", name)
        status, said = self.curl("/history")
        self.assertEqual((status, "no worker answered" in said["error"]), (502, True), said)
        self.assertTrue(self.healthy("web"))
        self.assertEqual(podman("stop", "-t", "30", "web")[0], 0)
        self.assertEqual(podman("inspect", "--format", "{{.State.ExitCode}}", "web")[1].strip(), "0")


if __name__ == "__main__":
    unittest.main(verbosity=2)
