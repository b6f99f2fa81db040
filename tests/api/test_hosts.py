"""Two hosts behind one nginx: a pool in each of two network namespaces, nothing shared but MariaDB."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import stack


def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def can_make_namespaces():
    name = "guardian-probe-%d" % os.getpid()
    if os.getuid() != 0 or shutil.which("ip") is None:
        return False
    made = subprocess.run(["ip", "netns", "add", name], stderr=subprocess.DEVNULL).returncode == 0
    if made:
        sh("ip", "netns", "del", name)
    return made


@unittest.skipUnless(can_make_namespaces(), "network namespaces need root and iproute2")
class Hosts(unittest.TestCase):
    """The stack brings MariaDB (its socket is a file, which both hosts see) and is otherwise not used: a second nginx is in front of the hosts."""

    def setUp(self):
        self.s = stack.Stack(workers=1).start()
        self.addCleanup(self.s.stop)
        self.pools, self.pings = [], []
        self.addCleanup(self.stop_pools)
        self.folder = tempfile.mkdtemp(prefix="guardian-hosts-")
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder, True)
        for i in (1, 2):
            self.add_host(i)
        self.start_nginx()

    def add_host(self, i):
        name, near, far = "guardian-%d-%d" % (os.getpid(), i), "gn%d%d" % (i, os.getpid() % 10000), "gf%d%d" % (i, os.getpid() % 10000)
        net = "10.%d.%d." % (100 + os.getpid() % 100, i)
        sh("ip", "netns", "add", name)
        self.addCleanup(sh, "ip", "netns", "del", name)
        sh("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        sh("ip", "addr", "add", net + "1/24", "dev", near)
        sh("ip", "link", "set", near, "up")
        sh("ip", "-n", name, "addr", "add", net + "2/24", "dev", far)
        sh("ip", "-n", name, "link", "set", far, "up")
        sh("ip", "-n", name, "link", "set", "lo", "up")
        build = os.environ.get("GUARDIAN_BUILD", "build")
        assets = os.environ.get("ASSETS", "build")
        env = dict(os.environ, GUARDIAN_LISTEN=net + "2:9001", GUARDIAN_UPLOAD_LISTEN=net + "2:9002", GUARDIAN_WORKERS="1",
                   GUARDIAN_UPLOAD_WORKERS="1", GUARDIAN_TEMPLATES=os.path.join(stack.TOP, assets, "templates"),
                   GUARDIAN_MODEL=os.path.join(stack.TOP, "models", "basic.safetensors"), GUARDIAN_DATABASE_URL=self.s.worker_url())
        log = open(os.path.join(self.folder, "pool%d.log" % i), "wb")
        self.addCleanup(log.close)
        program = ["ip", "netns", "exec", name, os.path.join(stack.TOP, build, "guardiand")]
        self.pools.append(subprocess.Popen(program + ["serve"], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self.pings.append((program + ["ping"], env))
        self.nets = getattr(self, "nets", []) + [net]

    def start_nginx(self):
        self.port = stack.free_port()
        env = dict(os.environ, PORT=str(self.port), ROOT=os.path.join(stack.TOP, os.environ.get("ASSETS", "build"), "public"), RUN=self.folder,
                   PAGES=" ".join(n + "2:9001" for n in self.nets), UPLOADS=" ".join(n + "2:9002" for n in self.nets))
        conf = os.path.join(self.folder, "nginx.conf")
        with open(conf, "wb") as f:
            subprocess.run([os.path.join(stack.TOP, "nginx", "render.sh")], env=env, stdout=f, check=True)
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", conf, "-e", "stderr"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.nginx.wait)
        self.addCleanup(self.nginx.terminate)
        end = time.monotonic() + 30
        seen = set()
        while len(seen) < 2 and time.monotonic() < end:
            try:
                seen.add(self.ask("GET", "/status")[1]["workers"][0]["pid"])
            except (OSError, KeyError, TypeError):
                time.sleep(0.1)
        self.assertEqual(len(seen), 2, "both hosts answer")

    def stop_pools(self):
        for p in self.pools:
            p.terminate()
        for p in self.pools:
            p.wait(60)

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, json.loads(r.read())
        finally:
            c.close()

    def ping(self, i, **settings):
        words, env = self.pings[i]
        p = subprocess.run(words, env=dict(env, **settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return p.returncode, p.stdout.decode()

    def test_ping_tells_who_serves(self):
        for i in (0, 1):
            self.assertEqual(self.ping(i), (0, ""))
        self.assertEqual(self.ping(0, GUARDIAN_ALLOWED_HOSTS="*"), (0, ""))
        code, said = self.ping(0, GUARDIAN_ALLOWED_HOSTS="elsewhere.example")
        self.assertEqual((code, "status 421" in said), (1, True), said)
        self.pools[0].terminate()
        self.pools[0].wait(60)
        code, said = self.ping(0)
        self.assertEqual((code, "cannot connect: Connection refused" in said), (1, True), said)
        self.assertEqual(self.ping(1), (0, ""))

    def upload(self):
        body, kind = stack.multipart(stack.capture(200, [100]))
        return self.ask("POST", "/upload", body, {"Content-Type": kind})

    def test_both_serve_uploads_and_history_alike_and_one_may_die(self):
        ids = []
        for _ in range(6):
            status, up = self.upload()
            self.assertEqual(status, 200)
            ids.append(up["scan_id"])
        for _ in range(2):
            self.assertEqual([h["id"] for h in self.ask("GET", "/history")[1]], ids[::-1])
        counts = []

        def load():
            for _ in range(40):
                counts.append(self.upload()[0])

        t = threading.Thread(target=load)
        t.start()
        time.sleep(0.3)
        self.pools[0].send_signal(signal.SIGKILL)
        t.join()
        lost = [c for c in counts if c != 200]
        self.assertLessEqual(len(lost), 1, "only the request in its hands may be lost: %s" % lost)
        self.assertEqual(self.upload()[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
