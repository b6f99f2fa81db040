#!/bin/bash
# with_server.sh BUILD OUT: the browser tests against a server of their own, started by the script of `make run` in a scratch folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
var=$(mktemp -d /tmp/guardian-browser.XXXXXX)
chmod 755 "$var"
export BUILD=$1 VAR=$var
PORT=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
made=$var/made
mkdir "$made"
GUARDIAN_BUILD=$BUILD /usr/bin/python3 tests/api/home.py "$made"
export GUARDIAN_MODEL=$made/full.safetensors GUARDIAN_MODEL_BASIC=$made/basic.safetensors
fcgi/run.sh > "$var/run.log" 2>&1 &
server=$!
trap 'kill -TERM "$server" 2> /dev/null; wait "$server" || true; rm -rf "$var"' EXIT
for _ in $(seq 600); do
	grep -q ' is ready' "$var/run.log" && break
	kill -0 "$server" 2> /dev/null || { cat "$var/run.log"; exit 1; }
	sleep 0.1
done
/usr/bin/python3 -c '
import sys
sys.path.insert(0, "tests/api")
import stack
sys.stdout.write(stack.capture(400, list(range(200, 203)) + [350]).decode())' > "$var/home.csv"
tests/browser/run.sh "http://localhost:$PORT" "$var/home.csv" "$2" "$made/attacks.csv"
