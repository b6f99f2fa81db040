#!/bin/bash
# train.sh GUARDIAN: what a training makes, keeps and refuses.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"
small=(--layers "lstm:8,repeat,lstm:8,dense" --epochs 4)

flows 2000 1 1200 1500 > mixed.csv
flows 1500 2 > benign.csv
flows 1000 3 400 600 > later.csv

want 0 train --out a "${small[@]}" mixed.csv
want 0 train --out b "${small[@]}" mixed.csv
cmp -s a b || fail "the same seed gave another model"
want 0 train --out c --seed 2 "${small[@]}" mixed.csv
cmp -s a c && fail "another seed gave the same model"
python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' a.svg || fail "the loss curve is no XML"
want 0 info --format json a
json 'd["training"]["rows"] == 1700 and d["training"]["rows_left_out"] == 300'

want 0 train --out d --format json "${small[@]}" mixed.csv
json 'd["epochs"] == 4 and d["threshold"] > 0'
first=$(sed -n 's/^epoch  1.*  loss \([0-9.]*\) .*/\1/p' err)
want 0 train --out e --from a --epochs 1 mixed.csv
again=$(sed -n 's/^epoch  1.*  loss \([0-9.]*\) .*/\1/p' err)
awk -v a="$first" -v b="$again" 'BEGIN { exit !(a > 0 && b > 0 && b < a) }' || fail "--from began at $again, afresh it was $first"
want 0 train --out e --from a --epochs 1 --window 10 --scaler robust --features basic --layers lstm:8,repeat,lstm:8,dense mixed.csv
want 2 train --out e --from a --window 7 mixed.csv; says "windows of 10"
want 2 train --out e --from a --layers dense mixed.csv; says "the model of --from has"
want 2 train --out e --from a --scaler minmax mixed.csv; says "robust"
want 1 train --out e --from none mixed.csv; says "none"
want 2 train --out e --threshold budget:1/day mixed.csv; says "--hybrid takes a budget"
want 0 train --out e --folds 2 "${small[@]}" mixed.csv; says "fewer groups of files"
want 0 train --out e --folds 2 --format json "${small[@]}" mixed.csv benign.csv
grep -q "fewer groups" err && fail "two files are two groups"
json 'd["epochs"] == 4' out

cp a kept
want 1 train --out kept "${small[@]}" --layers lstm:8:relu,repeat,lstm:8:relu,dense --learning-rate 10 --clip-norm 0 --epochs 60 --scaler standard --rows all mixed.csv
says "guardian train: "
cmp -s a kept || fail "a failed training touched the model"
want 1 train --out kept none.csv; says "none.csv: No such file"
head -10 benign.csv > nine.csv
want 1 train --out kept nine.csv; says "too few"
cmp -s a kept || fail "a failed training touched the model"

# Ctrl-C after the first epoch. (Background processes of a script ignore SIGINT; env gives it back.)
env --default-signal=INT "$guardian" train --out stopped --epochs 100000 --patience 0 benign.csv > out 2> err &
pid=$!
for _ in $(seq 200); do grep -q '^epoch' err && break; sleep 0.1; done
kill -INT "$pid"
wait "$pid" || fail "exit $? after Ctrl-C"
says "stopped"
want 0 scan --model stopped benign.csv

want 0 train --out m --epochs 12 --layers lstm:16,lstm:8,repeat,lstm:8,lstm:16,dense mixed.csv
want 0 scan --model m --format json --all later.csv
json 'len([a for a in d["details"] if 391 <= a["sequence_id"] <= 599]) >= 0.95 * 209'
flows 1000 4 > other.csv
want 0 scan --model m --format json other.csv
json 'd["percentage"] <= 5'

if [ ! -e "$seed/mock_traffic.csv" ]; then
	echo "skipped: the reference project's data is not there"
elif [ -n "${GUARDIAN_SLOW-}" ] || [[ $guardian != */san/* ]]; then
	for s in 1 2 3; do
		for layers in lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense lstm:50:relu,lstm:20:relu,repeat,lstm:20:relu,lstm:50:relu,dense; do
			want 0 train --out s --rows all --scaler standard --patience 0 --seed "$s" --layers "$layers" --format json "$seed/mock_traffic.csv"
			json 'd["best_loss"] <= 0.0788'
		done
	done
	want 0 train --out s "$seed/mock_traffic.csv"
	# By windows, as the reference counts, nearly all have an attack; flow by flow the attacks are found and nothing else is.
	want 0 scan --model s --method lstm --format json "$seed/mock_traffic.csv"
	json 'd["percentage"] >= 99'
	want 0 scan --model s --format json "$seed/mock_traffic.csv"
	json '198 <= d["anomalous_flows"] <= 208 and d["incidents_count"] == 1'
else
	echo "skipped: the reference project's file is for the release build"
fi
finish
