#!/usr/bin/python3
"""run.py: schemathesis against a server of our own, by public/openapi.json: all checks, no failure.

    --seconds N    for fuzzing and sequences of requests together (300); each operation gets its examples and limits whatever it says
    --examples N   random requests for an operation (40)
    --seed N       of the random requests (1)
    --optional     where schemathesis cannot be installed say so and end well

schemathesis comes from PyPI, of the versions in requirements.txt, into a virtual environment under var/.
"""

import argparse
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests" / "api"))
import contract
import home
import stack

VENV = TOP / "var" / "check-api-venv"
WANTED = HERE / "requirements.txt"


def install():
    """None, or why it cannot be done."""
    done = VENV / "installed.txt"
    if done.exists() and filecmp.cmp(WANTED, done, shallow=False):
        return None
    shutil.rmtree(VENV, ignore_errors=True)
    for command in ([sys.executable, "-m", "venv", str(VENV)], [str(VENV / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(WANTED)]):
        made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            return (made.stdout.strip() or "no reason given").splitlines()[-1]
    shutil.copy(WANTED, done)
    return None


def fill(server, made):
    """What a home has after a while: scans with incidents, without, and one that failed."""
    for name, path in (("attacks.csv", made.attacks), ("quiet.csv", made.home), ("plain.csv", made.plain)):
        with open(path, "rb") as f:
            assert server.upload(f.read(), name)[0] == 200
    assert server.upload(b"%PDF-1.4\n", "invoice.pdf")[0] == 415


def check(server, options):
    report = pathlib.Path(server.var) / "report"
    command = [str(VENV / "bin" / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run", contract.PATH,
               "--url", "http://127.0.0.1:%d" % server.port, "--checks", "all", "--seed", str(options.seed), "--max-time", str(options.seconds),
               "--max-examples", str(options.examples), "--generation-database", "none", "--request-timeout", "30", "--no-color",
               "--warnings", "off", "--output-sanitize", "false"]
    env = dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE), COLUMNS="160")
    report.mkdir()
    return subprocess.run(command, env=env, cwd=report).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--examples", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--optional", action="store_true")
    options = parser.parse_args()
    why = install()
    if why is not None:
        print(("skipped: " if options.optional else "") + "schemathesis cannot be installed: " + why)
        return 0 if options.optional else 1
    server = stack.Stack(workers=2, log_level="warn")
    models = os.path.join(server.var, "made")
    os.mkdir(models)
    made = home.Home(models)
    server.settings.update(MODEL=made.full, MODEL_BASIC=made.basic)
    code = 1
    try:
        server.start()
        fill(server, made)
        code = check(server, options)
    finally:
        ended = server.stop()
    if ended not in (0, 130):
        print("the server did not end well: %s" % ended)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
