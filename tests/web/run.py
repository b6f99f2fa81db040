#!/usr/bin/python3
"""run.py [axe] [lighthouse]: the pages of a server of our own, with the data of a home, in Debian's Chromium; both without a name.

The packages come from npm by package-lock.json, into build/web; the reports of Lighthouse lie there too.
"""

import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests" / "api"))
import home
import stack

WORK = TOP / os.environ.get("ROOT", "build") / "web"
CHECKS = {"axe": ["node", "--test", "axe.mjs"], "lighthouse": ["node", "lighthouse.mjs"]}


def install():
    """None, or why it cannot be done."""
    lock, done = HERE / "package-lock.json", WORK / "installed.json"
    WORK.mkdir(parents=True, exist_ok=True)
    if not (done.exists() and filecmp.cmp(lock, done, shallow=False)):
        for f in ("package.json", "package-lock.json"):
            shutil.copy(HERE / f, WORK)
        made = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WORK, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            return "npm could not install the packages of tests/web/package-lock.json:\n" + made.stdout
        shutil.copy(lock, done)
    for f in HERE.glob("*.mjs"):
        shutil.copy(f, WORK)
    return None if shutil.which(os.environ.get("CHROMIUM", "chromium")) else "chromium is not installed (apt-get install chromium)"


def fill(server, made):
    """What a home has after a while; the numbers that the addresses of pages need."""
    things = {}
    for name, path in (("quiet", made.home), ("other", made.plain), ("scan", made.attacks)):
        with open(path, "rb") as f:
            status, answer = server.upload(f.read(), name + ".csv")
        assert status == 200, answer
        things[name] = answer["scan_id"]
    things["incident"] = answer["incidents"][0]["id"]
    things["anomaly"] = answer["details"][0]["sequence_id"]
    things["device"] = server.get("/api/v1/devices?limit=1")[1]["items"][0]["id"]
    status, answer = server.upload(b"%PDF-1.4\n", "invoice.pdf")
    assert status == 415, answer
    things["failed"] = answer["scan_id"]
    mark(server, things)
    return things


def mark(server, things):
    """What the owner says of what was found, names a device, and deletes a scan."""
    for method, path, body in (("PATCH", "/api/v1/scans/%(scan)d/incidents/%(incident)d" % things, {"mark": "confirmed", "note": "It was the camera."}),
                               ("PATCH", "/api/v1/devices/%(device)d" % things, {"name": "Camera at the door"}),
                               ("DELETE", "/api/v1/scans/%(other)d" % things, None)):
        status, answer, _ = server.ask(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
        assert status in (200, 204), answer


def main():
    wanted = sys.argv[1:] or list(CHECKS)
    if not set(wanted) <= set(CHECKS):
        print(__doc__, file=sys.stderr)
        return 2
    why = install()
    if why is not None:
        print(why, file=sys.stderr)
        return 1
    server = stack.Stack(workers=2, log_level="warn")
    folder = os.path.join(server.var, "made")
    os.mkdir(folder)
    made = home.Home(folder)
    server.settings.update(MODEL=made.full, MODEL_BASIC=made.basic)
    failed = 0
    try:
        server.start()
        things = fill(server, made)
        env = dict(os.environ, BASE_URL="http://127.0.0.1:%d" % server.port, THINGS=json.dumps(things), OUT=str(WORK))
        for name in wanted:
            failed += subprocess.run(CHECKS[name], cwd=WORK, env=env).returncode != 0
    finally:
        server.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
