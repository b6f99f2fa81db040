#!/usr/bin/python3
"""nginx: its configuration, in front of responders that stand for the workers."""
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fastcgi_stub import Stub, answer

TOP = pathlib.Path(__file__).resolve().parents[2]
RENDER = TOP / "nginx" / "render.sh"
SECURITY = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def render(**env):
    return subprocess.run([str(RENDER)], env={"PATH": os.environ["PATH"], **env}, capture_output=True, text=True)


def handle(params, body):
    path = params["DOCUMENT_URI"]
    if path == "/die" or path == "/upload" and body == b"die":
        return None
    if path == "/slow":
        time.sleep(3)
    if path.startswith("/status/"):
        return answer(path[8:], '{"error":"said by the worker"}')
    if path == "/large":
        return answer("200", json.dumps(["x" * 50] * 1000), head="X-Worker: yes\r\n")
    return answer("200", json.dumps({"params": params, "body": len(body)}))


class Nginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="guardian-nginx-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        os.chmod(cls.dir, 0o755)
        cls.run_dir = cls.dir / "run dir"
        cls.run_dir.mkdir()
        static = cls.dir / "public" / "static"
        (static / "abc").mkdir(parents=True)
        (static / "abc" / "a.js").write_text("let a = 'ä';\n")
        (static / "abc" / "a.js.gz").write_bytes(gzip.compress(b"let a = 'zipped';\n"))
        (static / "current").symlink_to("abc")
        (cls.dir / "public" / "secret").write_text("not static")
        cls.port = free_port()
        cls.pages = Stub(str(cls.dir / "pages.sock"), handle)
        cls.uploads = Stub(str(cls.dir / "uploads.sock"), handle)
        cls.addClassCleanup(cls.pages.close)
        cls.addClassCleanup(cls.uploads.close)
        for s in ("pages.sock", "uploads.sock"):
            os.chmod(cls.dir / s, 0o666)
        cls.env = dict(PORT=str(cls.port), ROOT=str(cls.dir / "public"), RUN=str(cls.run_dir), MAX_UPLOAD="3m",
                       PAGES=f"unix:{cls.dir}/pages.sock", UPLOADS=f"unix:{cls.dir}/none.sock unix:{cls.dir}/uploads.sock")
        made = render(**cls.env)
        assert made.returncode == 0, made.stderr
        conf = cls.dir / "nginx.conf"
        conf.write_text(made.stdout.replace("fastcgi_read_timeout 30s", "fastcgi_read_timeout 1s"))
        with open(cls.dir / "log", "wb") as log:
            cls.nginx = subprocess.Popen(["nginx", "-e", "stderr", "-c", str(conf)], stderr=log)
        cls.addClassCleanup(cls.stop)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((cls.dir / "log").read_text())

    @classmethod
    def stop(cls):
        cls.nginx.terminate()
        cls.nginx.wait(10)

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request(method, path, body, headers or {})
        r = c.getresponse()
        r.text = r.read()
        c.close()
        return r

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall(data)
            r = http.client.HTTPResponse(s)
            r.begin()
            r.text = r.read()
            return r

    def is_error(self, r, status, words):
        self.assertEqual(r.status, status)
        self.assertEqual(r.headers["Content-Type"], "application/json")
        said = json.loads(r.text)
        self.assertIn(words, said["error"])
        self.assertRegex(said["code"], "^[a-z_]+$")
        self.assertEqual(r.headers["Cache-Control"], "no-store")
        self.is_secured(r)

    def is_secured(self, r):
        for name, value in SECURITY.items():
            self.assertEqual(r.headers.get_all(name), [value])
        self.assertTrue(r.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';"))
        self.assertEqual(r.headers["Server"], "nginx")

    def test_files_with_a_version_in_their_path_are_kept_for_ever(self):
        r = self.ask("GET", "/static/abc/a.js")
        self.assertEqual((r.status, r.text.decode()), (200, "let a = 'ä';\n"))
        self.assertEqual(r.headers["Content-Type"], "application/javascript; charset=utf-8")
        self.assertEqual(r.headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.is_secured(r)
        self.assertEqual(self.ask("GET", "/static/current/a.js").headers["Cache-Control"], "no-cache")

    def test_an_upload_that_cannot_be_kept_is_answered_so(self):
        body, away = self.run_dir / "body", self.run_dir / "away"
        body.rename(away)
        try:
            self.is_error(self.ask("POST", "/upload", b"x" * 600000), 507, "could not be kept")
        finally:
            away.rename(body)
        self.assertEqual(self.ask("POST", "/upload", b"x" * 600000).status, 200)

    def test_a_compressed_file_is_sent_as_it_is(self):
        r = self.ask("GET", "/static/abc/a.js", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(gzip.decompress(r.text), b"let a = 'zipped';\n")

    def test_nothing_else_is_served_from_the_disk(self):
        for path in ("/static/none.js", "/static/", "/static/abc", "/static/abc/", "/_nginx/404", "/_nginx/"):
            self.is_error(self.ask("GET", path), 404, "nothing at this address")
        for path in ("/secret", "/static/../secret", "/static/%2e%2e/secret"):
            self.assertEqual(json.loads(self.ask("GET", path).text)["params"]["DOCUMENT_URI"], "/secret")

    def test_files_can_only_be_read(self):
        self.is_error(self.ask("POST", "/static/abc/a.js", b"x"), 405, "method")
        r = self.ask("TRACE", "/static/abc/a.js")
        self.is_error(r, 405, "method")
        self.assertEqual(r.headers["Allow"], "GET, HEAD")

    def test_what_no_address_takes_is_asked_of_who_knows_what_it_takes(self):
        params = json.loads(self.ask("TRACE", "/upload?a=1").text)["params"]
        self.assertEqual((params["REQUEST_METHOD"], params["DOCUMENT_URI"]), ("TRACE", "/upload"))

    def test_uploads_have_workers_of_their_own(self):
        self.uploads.requests.clear()
        self.assertEqual(self.ask("POST", "/upload?key=0123456789abcdef&top=3", b"x" * 300000, {"Content-Type": "text/csv"}).status, 200)
        params, body = self.uploads.requests[0]
        self.assertEqual(body, b"x" * 300000)
        self.assertEqual((params["QUERY_STRING"], params["CONTENT_LENGTH"], params["CONTENT_TYPE"]),
                         ("key=0123456789abcdef&top=3", "300000", "text/csv"))
        self.pages.requests.clear()
        for path in ("/", "/upload/", "/uploads", "/scan/1"):
            self.assertEqual(self.ask("GET", path).status, 200)
        self.assertEqual([p["DOCUMENT_URI"] for p, _ in self.pages.requests], ["/", "/upload/", "/uploads", "/scan/1"])

    def test_workers_get_what_they_need_and_no_proxy(self):
        r = self.ask("GET", "/a%20b/../c?d=%20", headers={"Proxy": "http://evil/", "Origin": "http://o", "X-Thing": "y"})
        params = json.loads(r.text)["params"]
        expected = {"REQUEST_METHOD": "GET", "DOCUMENT_URI": "/c", "QUERY_STRING": "d=%20", "REMOTE_ADDR": "127.0.0.1",
                    "SERVER_PORT": str(self.port), "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": f"127.0.0.1:{self.port}",
                    "HTTP_ORIGIN": "http://o", "HTTP_X_THING": "y"}
        self.assertEqual({k: params.get(k) for k in expected}, expected)
        self.assertFalse(params.get("HTTP_PROXY"))

    def test_a_body_of_unknown_length_has_one_when_a_worker_gets_it(self):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request("POST", "/upload", iter([b"abc"] * 1000), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        self.assertEqual(json.loads(c.getresponse().read())["params"]["CONTENT_LENGTH"], "3000")
        c.close()

    def test_answers_of_workers_pass_untouched(self):
        for status in (400, 403, 404, 405, 413, 421, 500, 502, 503, 504):
            r = self.ask("GET", f"/status/{status}")
            self.assertEqual((r.status, r.text), (status, b'{"error":"said by the worker"}'))
            self.assertEqual(r.headers["Content-Type"], "application/json")
            self.assertIsNone(r.headers["X-Frame-Options"])

    def test_answers_are_compressed_for_those_who_take_it(self):
        r = self.ask("GET", "/large", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(len(json.loads(gzip.decompress(r.text))), 1000)
        self.assertEqual(r.headers["X-Worker"], "yes")
        self.assertLess(len(r.text), 2000)

    def test_a_body_that_is_too_large_is_told_the_limit(self):
        limit = 3 << 20
        self.assertEqual(self.ask("POST", "/upload", b"x" * limit).status, 200)
        self.is_error(self.ask("POST", "/upload?top=1", b"x" * (limit + 1)), 413, "up to 3 MiB are taken here")
        self.is_error(self.raw(b"POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n"), 413, "3 MiB")
        self.is_error(self.ask("POST", "/scan/1", b"x" * 70000), 413, "up to 64 KiB")

    def test_requests_that_nginx_refuses_are_told_why_in_json(self):
        self.is_error(self.raw(b"GET / HTTP/1.1\r\n\r\n"), 400, "not a request")
        self.is_error(self.raw(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "not a request")
        self.is_error(self.raw(b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n"), 400, "not a request")
        self.is_error(self.raw(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"), 414, "address is too long")
        self.is_error(self.raw(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n"), 431, "header")

    def test_thousands_of_slow_heads_keep_nobody_out(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with contextlib.ExitStack() as slow:
            for _ in range(2500):
                slow.enter_context(socket.create_connection(("127.0.0.1", self.port), 5)).sendall(b"GET / HTTP/1.1\r\nHost: loc")
            for _ in range(20):
                self.assertEqual(self.ask("GET", "/").status, 200)

    def test_a_worker_that_dies_costs_its_request_only(self):
        self.is_error(self.ask("GET", "/die"), 502, "try again")
        self.assertEqual(self.ask("GET", "/").status, 200)

    def test_an_upload_that_a_worker_has_seen_is_not_sent_to_another(self):
        self.uploads.requests.clear()
        self.is_error(self.ask("POST", "/upload", b"die"), 502, "try again")
        self.assertEqual(len(self.uploads.requests), 1)

    def test_a_worker_that_is_too_slow_is_504(self):
        self.is_error(self.ask("GET", "/slow"), 504, "too long")

    def test_nothing_but_run_is_written_to(self):
        self.assertEqual({p.name for p in self.run_dir.iterdir()}, {"nginx.pid", "body", "fastcgi", "proxy", "uwsgi", "scgi"})

    def test_the_configuration_is_accepted_for_root_and_for_others(self):
        users = [None] if os.geteuid() else [None, "nobody"]
        for user in users:
            with tempfile.TemporaryDirectory() as run:
                made = subprocess.run([str(RENDER)], env={"PATH": os.environ["PATH"], **self.env, "RUN": run}, capture_output=True,
                                      text=True, user=user, check=True)
                conf = pathlib.Path(run) / "c"
                conf.write_text(made.stdout)
                os.chmod(run, 0o777)
                t = subprocess.run(["nginx", "-t", "-e", "stderr", "-c", str(conf)], capture_output=True, text=True, user=user)
                self.assertEqual(t.returncode, 0, t.stderr)
                self.assertNotIn("[warn]", t.stderr)
                self.assertEqual("user www-data;" in made.stdout, os.geteuid() == 0 and user is None)

    def test_values_that_nginx_would_misread_are_refused_by_name(self):
        for name, value in (("PORT", "0"), ("PORT", "65536"), ("PORT", "80;"), ("ADDRESS", "evil;"), ("ROOT", "relative"), ("RUN", '/a"b'),
                            ("RUN", "/a$b"), ("RUN", "/a\nb"), ("PAGES", ""),
                            ("PAGES", "unix:relative"), ("UPLOADS", "h:1;"), ("UPLOADS", ""),
                            ("MAX_UPLOAD", "2x"), ("MAX_UPLOAD", "0"), ("ACCESS_LOG", "rel"), ("NGINX_USER", "a b")):
            if value == "" or os.geteuid() == 0 or name != "NGINX_USER":
                made = render(**{**self.env, name: value})
                self.assertNotEqual(made.returncode, 0, (name, value))
                self.assertEqual(made.stdout, "", (name, value))
                self.assertTrue(made.stderr.startswith(f"nginx/render.sh: {name}"), made.stderr)

    def test_several_servers_and_ipv6_are_taken(self):
        made = render(**{**self.env, "PAGES": " unix:/a/b.sock  10.0.0.1:9000 host:1 [::1]:2 ", "ADDRESS": "[::1]"})
        self.assertEqual(made.returncode, 0, made.stderr)
        for server in ("unix:/a/b.sock", "10.0.0.1:9000", "host:1", "[::1]:2"):
            self.assertIn(f"server {server} ", made.stdout)
        self.assertIn("listen [::1]:", made.stdout)


if __name__ == "__main__":
    unittest.main()
