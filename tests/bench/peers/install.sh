#!/bin/sh
# install: the programs that `make bench` compares ours with. Everything but Debian's packages goes to var/bench-peers
# (or $BENCH_PEERS), about 2 GB. Run it again to repair or complete. Each peer may fail alone: the others are installed,
# the last lines tell.
set -u

here=$(cd "$(dirname "$0")" && pwd)
home=${BENCH_PEERS:-$here/../../../var/bench-peers}
mkdir -p "$home/node" && home=$(cd "$home" && pwd) || exit 1
report=''
failed=0

ok() { report="$report
  ok       $1"; }
bad() { report="$report
  MISSING  $1"; failed=1; }

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "install.sh: neither root nor sudo: cannot run $*" >&2
		return 1
	fi
}

# need PACKAGE...: install those of Debian's packages that are not there yet
need()
{
	lack=''
	for p in "$@"; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || lack="$lack $p"
	done
	# shellcheck disable=SC2086 # one word for each package
	[ -z "$lack" ] || as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $lack
}

# Debian's python3-torch belongs to Debian's interpreter, whatever `python3` is here. OpenBLAS takes the place of the
# reference BLAS by itself, unless somebody chose one by hand: torch_peer.py looks.
torch()
{
	need python3-torch python3-numpy libopenblas0-openmp && /usr/bin/python3 -c 'import torch, numpy'
}

onnxruntime()
{
	command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm || return 1
	[ -e "$home/node/package.json" ] || echo '{"private": true}' >"$home/node/package.json"
	[ -e "$home/node/node_modules/onnxruntime-node/package.json" ] ||
		npm install --prefix "$home/node" --ignore-scripts --no-audit --no-fund onnxruntime-node
}

models()
{
	need python3-onnx && /usr/bin/python3 "$here/export_onnx.py" "$home/onnx" &&
		BENCH_PEERS=$home node "$here/ort.js" check
}

keras()
{
	if [ ! -x "$home/venv/bin/pip" ]; then
		need python3-venv && rm -rf "$home/venv" && /usr/bin/python3 -m venv "$home/venv" || return 1
	fi
	"$home/venv/bin/pip" show -q tensorflow-cpu keras 2>/dev/null ||
		"$home/venv/bin/pip" install -q --disable-pip-version-check tensorflow-cpu keras
}

if torch; then
	ok 'PyTorch'
else
	bad 'PyTorch: apt-get install python3-torch python3-numpy libopenblas0-openmp'
fi
if onnxruntime; then
	ok 'ONNX Runtime'
else
	bad 'ONNX Runtime: needs node and npm; npm install --ignore-scripts onnxruntime-node'
fi
if models; then
	ok 'ONNX files, checked against PyTorch'
else
	bad 'ONNX files: need the two above and python3-onnx; the message is above'
fi
if keras; then
	ok 'Keras and TensorFlow'
else
	bad "Keras: pip install tensorflow-cpu keras in $home/venv (is there a wheel for this machine?)"
fi

echo "Peers:$report"
exit "$failed"
