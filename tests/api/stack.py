"""stack: the whole server for a test: MariaDB, pool and nginx on a free port in a scratch folder, started by the script that `make run` uses."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

import contract

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
CONTRACT = contract.Contract()
HEAD = "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def capture(rows, wild=()):
    """CSV of a quiet device; rows in `wild` are far from anything that it does."""
    lines = [HEAD]
    for i in range(rows):
        n = (9000000, 0, 2000000000, 0) if i in wild else (2 + i % 3, 1 + i % 2, 60 + i % 7, 90 + i % 5)
        lines.append("%d,%d,%d,%d,%d,benign\n" % (1600000000 + 10 * i, *n))
    return "".join(lines).encode()


def multipart(data, name="flows.csv", field="file"):
    mark = uuid.uuid4().hex
    head = '--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n' % (mark, field, name)
    return head.encode() + data + ("\r\n--%s--\r\n" % mark).encode(), "multipart/form-data; boundary=" + mark


class Stack:
    def __init__(self, **settings):
        self.var = tempfile.mkdtemp(prefix="guardian-test-")
        os.chmod(self.var, 0o755)
        self.port = free_port()
        self.settings = {k.upper(): str(v) for k, v in settings.items()}
        self.process = None

    def start(self):
        names = {"WORKERS"}
        env = dict(os.environ, PORT=str(self.port), VAR=self.var, BUILD=os.environ.get("GUARDIAN_BUILD", "build"))
        for k, v in self.settings.items():
            env[k if k in names else "GUARDIAN_" + k] = v
        self.out = open(os.path.join(self.var, "run.log"), "wb")
        # A job that a shell put in the background inherits SIGINT ignored, and bash cannot trap what was ignored at its start.
        self.process = subprocess.Popen([os.path.join(TOP, "fcgi", "run.sh")], env=env, stdin=subprocess.DEVNULL, stdout=self.out,
                                        stderr=subprocess.STDOUT, start_new_session=True,
                                        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.until(lambda: b" is ready" in self.log("run"), 90, "the stack is ready")
        return self

    def kill(self, *parts):
        """kill -9 of parts by their names; "script" is what started them."""
        for pid in [self.process.pid if p == "script" else self.state()["parts"][p] for p in parts]:
            os.kill(pid, signal.SIGKILL)
        if "script" in parts:
            self.process.wait(60)
            self.process = None
            self.out.close()

    def log(self, name):
        try:
            with open(os.path.join(self.var, name + ".log"), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return b""

    def until(self, true, seconds, what):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if true():
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError("not within %d s: %s\n%s\n%s" % (seconds, what, self.log("run").decode(errors="replace")[-2000:],
                                                             self.log("guardiand").decode(errors="replace")[-4000:]))

    def stop(self, keep=False):
        """Stop as Ctrl-C does; every part must have left in good order and no sanitizer may have spoken. May be called twice."""
        code = None
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            code = self.process.wait(60)
        self.process = None
        text = self.log("guardiand")
        self.out.close()
        if not keep:
            shutil.rmtree(self.var, ignore_errors=True)
        for word in (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:"):
            if word in text:
                raise AssertionError(text.decode(errors="replace")[-6000:])
        return code

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """(status, JSON or text, response): and the answer is one that public/openapi.json knows."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            data = r.read()
            kind = r.getheader("Content-Type", "")
            CONTRACT.check(method, path, r.status, kind, data, r.headers)
            return r.status, json.loads(data) if "json" in kind else data.decode(), r
        finally:
            c.close()

    def get(self, path):
        return self.ask("GET", path)[:2]

    def upload(self, data, name="flows.csv", query="", timeout=120):
        body, kind = multipart(data, name)
        return self.ask("POST", "/upload" + query, body, {"Content-Type": kind}, timeout)[:2]

    def state(self):
        """What the script says of itself while it runs: {"owner": …, "folder": …, "socket": …, "parts": {"nginx": pid}}."""
        found = {"parts": {}}
        with open(os.path.join(self.var, "running")) as f:
            for name, value in (line.rstrip("\n").split(" ", 1) for line in f):
                if name == "part":
                    identity, part = value.split(" ")
                    found["parts"][part] = int(identity.split(":")[0])
                else:
                    found[name] = value
        return found

    def socket(self):
        """Of the private MariaDB."""
        return self.state()["socket"]

    def sql(self, statement):
        """As root of the server, by its socket: the rows in tabs and lines."""
        return subprocess.check_output(["mariadb", "--no-defaults", "-NB", "-S", self.socket(), "-e", statement]).decode()

    def worker_url(self):
        """The account without rights to change tables."""
        out = subprocess.check_output([os.path.join(TOP, "sql", "private-server.sh"), "accounts", self.socket(),
                                       os.path.join(self.var, "mysql")]).decode()
        return re.search(r"^WORKER_URL='?([^'\n]*)", out, re.M).group(1)

    def workers(self, pool):
        return [w for w in self.get("/status")[1]["workers"] if w["pool"] == pool]
