#!/bin/bash
# threshold.sh GUARDIAN: a model adapted to a network's own traffic, what is left out of it, and what is refused.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"

flows 2000 1 > benign.csv
flows 1500 2 300 500 > mixed.csv
flows 1000 3 400 600 > later.csv
want 0 train --out trained --epochs 4 --layers lstm:8,repeat,lstm:8,dense benign.csv

# A model without calibration, as `guardian import` makes one.
python3 - trained m << 'END' || fail "no model without calibration"
import json, struct, sys
data = open(sys.argv[1], "rb").read()
n = struct.unpack("<Q", data[:8])[0]
head = json.loads(data[8:8 + n])
for key in ("profile", "calibration", "hybrid"):
    head["__metadata__"].pop(key, None)
text = json.dumps(head).encode()
text += b" " * (-len(text) % 64 + 56)
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data[8 + n:])
END
cp m kept
want 0 threshold --model trained --strategy fpr:0.001 --out a benign.csv

# In a few seconds the model has a calibration and both thresholds; the file it came from is clean, attacks are found.
want 0 threshold --model m --strategy fpr:0.001 --out a --format json benign.csv
json 'd["model"] == "a" and d["flows"] == 2000 and d["windows"] == 1991 and d["devices"] == 1 and d["attacks_left_out"] == 0'
json 'd["lstm"]["before"] > 0 and d["lstm"]["strategy"] == "fpr:0.001" and d["lstm"]["expected_rate"] <= 0.001'
json 'd["lstm"]["unit"] == "of the scores" and abs(d["lstm"]["supported_rate"] - 1 / 1992) < 1e-6 and "note" not in d["lstm"]'
json 'd["hybrid"]["before"] is None and d["hybrid"]["value"] > 1'
cmp -s m kept || fail "--out changed the model too"
want 0 scan --model a --method hybrid --format json later.csv
json '150 <= d["anomalies_count"] <= 250'
want 0 scan --model a --method lstm --format json benign.csv
json 'd["anomalies_count"] <= 2'

# Again, into the model itself: what it had before is told; the profile stays, so nothing changes for the same file.
want 0 threshold --model m --strategy fpr:0.01 benign.csv
prints "made of 2000 flows and 1991 windows of 1 devices"
prints "lstm: threshold "; prints ", before "
cmp -s m kept && fail "the model is as it was"
want 0 threshold --model m --strategy fpr:0.01 --format json benign.csv
json 'd["hybrid"]["before"] > 0'
cp m first
want 0 threshold --model m --strategy fpr:0.01 --threads 1 --format json benign.csv
json 'd["hybrid"]["before"] == d["hybrid"]["value"] and d["lstm"]["before"] == d["lstm"]["value"]'
cmp -s m first || fail "the same file gave another model"

# A budget says what so much data can show: 2000 s of one device are 0.0231 device-days.
want 0 threshold --model m --strategy budget:1/day --out b --format json benign.csv
json 'd["lstm"]["unit"] == "incidents a day in a network of 20 devices" and abs(d["lstm"]["supported_rate"] - 20 * 86400 / 1999) < 1'
json '"(0.0231 device-days) support no less than" in d["lstm"]["note"] and "extrapolated" in d["hybrid"]["note"]'
want 0 scan --model b --method hybrid --format json benign.csv
json 'd["anomalies_count"] == 0'

# Attacks in what is called normal are left out, with the windows that they are in, and said.
want 0 threshold --model kept --strategy percentile:100 --out c mixed.csv
prints "left out: 200 flows that are labelled as attacks"
want 0 threshold --model kept --strategy percentile:100 --out c --format json mixed.csv
json 'd["flows"] == 1300 and d["attacks_left_out"] == 200 and d["windows"] == 291 + 991'
{ head -1 mixed.csv; sed -n '302,501p' mixed.csv; } > attacks.csv
cp kept m
want 1 threshold --model m --strategy fpr:0.01 attacks.csv; says "there is no normal flow: 200 are labelled as attacks"
want 1 threshold --model m --strategy fpr:0.01 mixed.csv none.csv; says "none.csv"

# A home: what rules call an attack is left out of what thresholds are made of, also where no label says so, and the owner is asked.
"$guardian" generate --rows 4000 --seed 3 --attack port_scan --out home.csv
cut -d, -f1-18 home.csv > unlabelled.csv
want 0 threshold --model kept --strategy fpr:0.001 --out h --method hybrid unlabelled.csv
prints "flows that rules raise an alarm for: is this traffic normal? They stay alarms."
want 0 threshold --model kept --strategy budget:1/day --out h --format json unlabelled.csv
json 'd["devices"] >= 10 and d["alarms_left_out"] > 20 and d["attacks_left_out"] == 0 and d["hybrid"]["value"] < 6'
want 0 scan --model h --method hybrid --format json unlabelled.csv
json 'd["incidents_count"] >= 1 if "incidents_count" in d else len(d["incidents"]) >= 1'
want 0 threshold --model kept --strategy budget:1/day --out h --format json home.csv unlabelled.csv
json 'd["flows"] + d["attacks_left_out"] + d["alarms_left_out"] == 8000'

# A number is taken as it is.
want 0 threshold --model m --strategy 0.25 --out n --format json
json 'd["lstm"]["value"] == 0.25 and d["lstm"]["strategy"] == "manual" and "hybrid" not in d'
want 0 info --format json n
json 'd["threshold"]["value"] == 0.25 if isinstance(d["threshold"], dict) else d["threshold"] == 0.25'
want 1 threshold --model m --strategy 4 --method hybrid; says "not calibrated"
want 0 threshold --model a --strategy 4 --method hybrid --out n --format json
json 'd["hybrid"]["value"] == 4 and "lstm" not in d'

# Too little, nothing, or wrong; the model stays as it was.
head -31 benign.csv > thirty.csv
head -16 benign.csv > fifteen.csv
head -6 benign.csv > five.csv
head -1 benign.csv > head.csv
cut -d, -f2- benign.csv > timeless.csv
want 1 threshold --model m --strategy fpr:0.01 thirty.csv; says "too few to calibrate by"
want 1 threshold --model a --strategy fpr:0.2 --out t fifteen.csv; says "15 scores are too few to calibrate by: 20 are needed"
want 1 threshold --model m --strategy fpr:0.01 five.csv; says "only 5 usable rows; a window needs 10"
want 1 threshold --model m --strategy fpr:0.01 head.csv; says "head.csv"
want 1 threshold --model m --strategy budget:1/day timeless.csv; says "fpr:X does without"
want 0 threshold --model m --strategy fpr:0.01 --out t timeless.csv
want 2 threshold --model m --strategy often benign.csv; says "budget:N/day"
want 2 threshold --model m --strategy budget:1 benign.csv; says "budget:N/day"
want 2 threshold --model m benign.csv; says "--strategy is missing"
want 2 threshold --model m --strategy pot; says "needs FILEs of normal traffic"
want 2 threshold --model m --strategy pot -; says "read twice"
want 2 threshold --model m --strategy pot --method dense benign.csv; says "none of lstm, hybrid and both"
want 2 threshold --model m --strategy pot --format xml benign.csv; says "neither json nor table"
want 1 threshold --model none --strategy pot benign.csv; says "none"
want 1 threshold --model m --strategy pot --out no/where benign.csv; says "no/where"
cmp -s m kept || fail "a failed command touched the model"
finish
