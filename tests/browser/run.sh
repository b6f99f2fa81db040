#!/bin/bash
# run.sh BASE_URL CSV OUT ATTACKS: the browser tests against a server that runs. CSV and ATTACKS are captures that it can scan, ATTACKS one with
# hosts and incidents; screenshots go to OUT.
# playwright-core comes from npm by the lock file, the browser is Debian's.
set -euo pipefail
[ $# -eq 4 ] || { echo "usage: $0 BASE_URL CSV OUT ATTACKS" >&2; exit 2; }
mkdir -p "$3"
BASE_URL=$1 CSV=$(realpath "$2") OUT=$(realpath "$3") ATTACKS=$(realpath "$4")
export BASE_URL CSV OUT ATTACKS
cd "$(dirname "$0")"
top=$(realpath ../..)
work=$top/${ROOT:-build}/browser
command -v chromium > /dev/null || { echo "browser tests: chromium is not installed (apt-get install chromium)" >&2; exit 1; }
mkdir -p "$work"
if ! cmp -s package-lock.json "$work/installed.json"; then
	cp package.json package-lock.json "$work"
	(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > npm.log 2>&1) || { cat "$work/npm.log" >&2; exit 1; }
	cp package-lock.json "$work/installed.json"
fi
cp ./*.mjs "$work"
cd "$work"
# page.mjs is what they share; copies of tests that are gone stay in the folder.
find "$top/tests/browser" -name "*.mjs" ! -name page.mjs -printf "%f\0" | LC_ALL=C sort -z | xargs -0 node --test --test-concurrency=1
