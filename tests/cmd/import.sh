#!/bin/bash
# import.sh GUARDIAN: Keras models in, and what is no such model.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"
keras=$root/tests/parity/basic_model.keras

want 0 import --out m "$keras"
want 0 info --format json m
json 'd["scaler"] is None and d["threshold"] is None'
flows 100 1 > t.csv
want 1 scan --model m t.csv; says "no scaler"
want 0 import --out m --threshold 0.5 "$keras"
want 1 scan --model m t.csv; says "no scaler"
want 0 import --out m --threshold 0.5 --scaler-from t.csv "$keras"
want 0 scan --model m t.csv
cp m before
want 2 import "$keras"; says "--out"
want 1 import --out m none.keras; says "none.keras"
head -c 3000 "$keras" > cut.keras
want 1 import --out m cut.keras; says "cut.keras"
want 1 import --out m t.csv
want 1 import --out m .
want 1 import --out m --threshold none.txt "$keras"; says "none.txt"
want 1 import --out m "$root/tests/parity/unsupported_model.keras"
cmp -s m before || fail "a failed import touched the model"

if [ -e "$seed/lstm_model.keras" ]; then
	want 0 import --out s --threshold "$seed/threshold_optimized.txt" --scaler-from "$seed/mock_traffic.csv" "$seed/lstm_model.keras"
	want 0 scan --model s --format json --all "$seed/mock_traffic.csv"
	json 'd["anomalies_count"] == 9 and d["total_samples"] == 992'
	json '[round(a["error"], 6) for a in d["details"] if a["sequence_id"] == 9] == [0.222107]'
else
	echo "skipped: the reference project's model is not there"
fi
finish
