#!/bin/bash
# usage.sh GUARDIAN: what is answered to a command line that cannot be meant.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"

want 2; says "usage: guardian COMMAND"
want 2 nonsense; says '"nonsense" is no command'
grep -q 'did you mean' err && fail "nonsense is like no command"
want 2 scna; says '"scna" is no command; did you mean "scan"?'
want 2 help inof; says 'did you mean "info"?'
want 2 "$(printf 'x%.0s' {1..5000})"; says 'is no command'
want 2 help nonsense; says '"nonsense" is no command'
want 2 $'\033[2J'; says '"?[2J" is no command'
want 0 --help; prints "Exit codes"
want 0 help; prints "Exit codes"
want 0 --version; prints "guardian "
for c in scan train import info flows; do
	want 0 "$c" --help; prints "usage: guardian $c"
	want 0 help "$c"; prints "usage: guardian $c"
	want 0 --help "$c"; prints "usage: guardian $c"
	want 2 "$c"; says "is missing"
	want 2 "$c" --nonsense f; says "unknown option --nonsense"
	want 2 "$c" -x f; says "unknown option -x"
done
for c in scan info; do
	want 2 "$c" --format xml f; says "neither json nor table"
	want 2 "$c" --kernel mmx f; says "mmx"
done
want 0 generate --help; prints "usage: guardian generate"; prints "exfiltration"
want 2 generate --nonsense; says "unknown option --nonsense"
want 2 scan --top -1 f; says "whole number"
want 2 scan --threads 257 f; says "outside 0..256"
want 2 scan --threshold often f; says "sigma:K"
want 2 train f; says "--out M is needed"
want 2 train --out m --rows some f; says "neither benign nor all"
want 2 train --out m --scaler other f; says "robust"
want 2 train --out m --threshold 3sigma f; says "sigma:K"
want 2 train --out m --threshold percentile:95.000000000000000000001 f; says "more than 31 characters"
want 2 train --out m --layers lstm:0 f; says "lstm"
want 2 train --out m --layers dense:3 f; says "autoencoder"
want 2 train --out m --features every f; says "known are basic and full"
want 2 train --out m --plot m f; says "same file"
want 1 train --out none/m f; says "none/m"
want 1 train --out m --plot none/p f; says "none/p"
finish
