"""The curl lines of README.md do what it says: each of them, in their order, against a server."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import home
import stack


def commands():
    """Of all blocks of README.md: lines that begin with curl."""
    with open(os.path.join(stack.TOP, "README.md")) as f:
        blocks = re.findall(r"^```sh\n(.*?)^```$", f.read(), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="guardian-readme-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        made = home.Home(cls.folder)
        shutil.copy(made.attacks, os.path.join(cls.folder, "flows.csv"))
        shutil.copy(made.attacks, os.path.join(cls.folder, "labelled.csv"))
        shutil.copy(made.home, os.path.join(cls.folder, "normal.csv"))
        with open(made.attacks, "rb") as f, gzip.open(os.path.join(cls.folder, "flows.csv.gz"), "wb") as to:
            shutil.copyfileobj(f, to)
        cls.s = stack.Stack(workers=2, model=made.full, model_basic=made.basic)
        cls.addClassCleanup(cls.s.stop)
        cls.s.start()

    def run_line(self, line):
        command = 'curl() { command curl -sS --fail-with-body -m 60 "$@"; }\n' + line.replace("localhost:8080", "localhost:%d" % self.s.port)
        return subprocess.run(["bash", "-c", command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_every_line_succeeds(self):
        lines = commands()
        self.assertGreater(len(lines), 20)
        for line in lines:
            with self.subTest(line):
                done = self.run_line(line)
                self.assertEqual(done.returncode, 0, done.stdout[:1000])

    def test_a_line_that_is_wrong_is_found_out(self):
        self.assertNotEqual(self.run_line("curl http://localhost:8080/api/v1/scans/none").returncode, 0)

    def test_every_address_is_in_the_document(self):
        contract = stack.CONTRACT
        for line in commands():
            path = re.search(r"http://localhost:8080(/[^\s'?]*)", line).group(1)
            self.assertTrue(contract.knows(path), line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
