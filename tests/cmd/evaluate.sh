#!/bin/bash
# evaluate.sh GUARDIAN: what the judge says of labelled files, of files without labels, of leaks, and of itself.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"

export MODEL_PATH=$root/models/basic.safetensors
want 0 generate --rows 3000 --seed 1 --out a.csv
want 0 generate --rows 3000 --seed 2 --out b.csv
want 0 generate --rows 1500 --seed 3 --attack none --out clean.csv
flows 1000 2 900 950 > easy.csv

# One file: cut by time; the numbers of the first detector stand where a program looks for them.
want 0 evaluate --method lstm --format json --report r.html a.csv
json '"60/20/20" in d["command"] or d["protocol"].startswith("time")'
json 'd["tp"] + d["fn"] == d["attacks"] and d["tp"] + d["fp"] + d["tn"] + d["fn"] == d["flows"] > 500'
json 'all(k in d for k in ("roc_auc", "pr_auc", "tpr", "fpr", "precision", "recall", "f1", "accuracy", "tpr_at_fpr_0.01", "tpr_at_fpr_0.001"))'
json 'd["roc_auc_interval"][0] <= d["roc_auc"] <= d["roc_auc_interval"][1]'
json 'abs(d["base_rate"] - d["attacks"] / d["flows"]) < 1e-5 and abs(d["recall"] - d["tp"] / d["attacks"]) < 1e-5'
json '{l["detailed_label"]: l["recall"] for l in d["files"][0]["detectors"][0]["labels"]} == d["per_label_recall"] != {}'
json 'sum(l["found"] for l in d["files"][0]["detectors"][0]["labels"]) == d["tp"]'
json '[x["name"] for x in d["files"][0]["detectors"]] == ["lstm", "best_feature", "boxplot", "iforest", "pca", "reference_lstm", "reference_dense"]'
json 'all(x["by_flow"]["flows"] == d["flows"] and x["by_window"]["windows"] > 0 for x in d["files"][0]["detectors"])'
json '{"shared_rows", "shared_windows", "attacks_in_train"}.isdisjoint(f["code"] for f in d["files"][0]["findings"])'
json 'd["files"][0]["rows_learned_from"] > d["files"][0]["rows_calibrated_on"] > 0'
json '0.03 < [x for x in d["files"][0]["detectors"] if x["name"] == "reference_dense"][0]["by_flow"]["fpr"] + d["base_rate"]'
[ "$(python3 -c 'import json; print(json.load(open("out"))["files"][0]["sha256"])')" = "$(sha256sum a.csv | cut -d' ' -f1)" ] || fail "the hash of the input"
[ "$(python3 -c 'import json; print(json.load(open("out"))["model_sha256"])')" = "$(sha256sum "$MODEL_PATH" | cut -d' ' -f1)" ] || fail "the hash of the model"
grep -q '<svg' r.html || fail "the page has no plots"
grep -qF "$(sha256sum a.csv | cut -d' ' -f1)" r.html || fail "the page has no hash"
grep -qE '(src|href)=|https?:|<script' r.html && fail "the page needs something else"
mv out one
want 0 evaluate --method lstm --format json --report r.html --threads 1 a.csv
python3 -c 'import json; a, b = json.load(open("one")), json.load(open("out")); raise SystemExit(a["files"] != b["files"])' || fail "threads make a difference"
want 0 evaluate --replicates 0 --method lstm a.csv; prints "by flow"; prints "by window"; prints "by incident"; prints "by label"; prints "isolation forest"

# Several: each is judged whole by what was learned from the others, and counts once in the average.
want 0 evaluate --replicates 0 --method lstm --format json a.csv b.csv clean.csv
json 'd["protocol"].startswith("scenario") and len(d["files"]) == 3 and d["files"][0]["rows_judged"] == 3000'
json 'd["macro"][0]["roc_auc"]["files"] == 2 and d["macro"][0]["fpr"]["files"] == 3'
json 'abs(d["macro"][0]["roc_auc"]["mean"] - (d["files"][0]["roc_auc"] + d["files"][1]["roc_auc"]) / 2) < 1e-4'
json 'd["files"][2]["attacks"] == 0 and d["files"][2]["roc_auc"] is None and d["files"][2]["recall"] is None and d["files"][2]["fpr"] is not None'
json 'not any(f["code"] in ("shared_rows", "shared_windows") for x in d["files"] for f in x["findings"])'
want 0 evaluate --replicates 0 --method lstm --format json --train clean.csv,b.csv a.csv; json 'd["protocol"].startswith("given") and d["files"][0]["rows_judged"] == 3000'
want 0 evaluate --replicates 0 --method lstm,dense --format json a.csv; json '[x["name"] for x in d["files"][0]["detectors"]][:2] == ["lstm", "dense"]'
want 0 evaluate --replicates 0 --method lstm --format json --threshold 1e9 a.csv; json 'd["threshold"] == 1e9 and d["tp"] == d["fp"] == 0 and d["recall"] == 0 and d["precision"] is None'
want 0 evaluate --replicates 0 --method lstm --format json --threshold fpr:0.02 a.csv; json '0 < d["threshold"] < 1e9'

# What spoils a result marks it and says why.
found() { json "any(f['code'] == '$1' for f in d['files'][0]['findings']) and d['files'][0]['marked']"; }
cp a.csv copy.csv
want 0 evaluate --replicates 0 --method lstm --format json a.csv copy.csv; found shared_rows; found shared_windows
want 0 evaluate --replicates 0 --method lstm a.csv copy.csv; prints "MARKED shared_rows"
want 0 evaluate --replicates 0 --method lstm --format json --contaminate 0.05 a.csv b.csv; found attacks_in_train
json '0.03 < [f["value"] for f in d["files"][0]["findings"] if f["code"] == "attacks_in_train"][0] < 0.06'
want 0 evaluate --replicates 0 --method lstm --format json --protocol time easy.csv; found one_feature
flows 1000 4 100 300 > early.csv
want 0 evaluate --replicates 0 --method lstm --format json early.csv; found no_attacks
want 0 evaluate --replicates 0 --method lstm --format json --fpr 0.00001 a.csv; found few_benign
want 0 evaluate --replicates 0 --method lstm --report r.html a.csv copy.csv; grep -q 'class="f spoils"><b>marked: shared_rows' r.html || fail "the page does not mark a leak"
flows 200 5 > benign.csv
want 0 train --out m --epochs 1 --layers lstm:4,repeat,lstm:4,dense --validation 0 --rows all --scaler standard benign.csv
want 0 evaluate --replicates 0 --model m --method lstm --threshold 1 --format json benign.csv; found scaler_saw_test

want 0 evaluate --replicates 0 --model m --method lstm --threshold 1 --format json benign.csv; found trained_on_file

# A model trained anew: of the same kind, for each file, without what it is judged on.
want 0 train --out m --epochs 1 --features basic --layers lstm:4,repeat,lstm:4,dense b.csv
want 0 evaluate --replicates 0 --model m --method lstm --retrain --epochs 2 --format json a.csv
json '"trained anew" in d["files"][0]["detectors"][0]["note"] and d["threshold"] > 0'
mv out one
want 0 evaluate --replicates 0 --model m --method lstm --retrain --epochs 2 --format json a.csv
python3 -c 'import json; a, b = json.load(open("one")), json.load(open("out")); raise SystemExit(a["files"] != b["files"])' || fail "a training that is repeated differs"
want 0 evaluate --replicates 0 --model m --method lstm,hybrid --retrain --epochs 1 --format json a.csv b.csv clean.csv
json '[x["name"] for x in d["files"][0]["detectors"]][:2] == ["hybrid", "lstm"] and d["files"][0]["detectors"][0]["by_incident"]["incidents"] >= 0'
want 0 evaluate --replicates 0 --model m --method lstm --retrain --epochs 1 --train clean.csv --contaminate 0.05 --format json a.csv
want 0 evaluate --replicates 0 --model m --method lstm --retrain --epochs 1 --contaminate 0.05 --format json a.csv b.csv; found attacks_in_train

# Hostile names are text.
sed '2,400s/,[^,]*$/,<script>alert(1)<\/script>"\&/' easy.csv > "<img src=x>.csv"
want 0 evaluate --replicates 0 --method lstm --report r.html --format json "<img src=x>.csv"
grep -qE '<script|<img' r.html && fail "a name became markup"
grep -q '&lt;img src=x&gt;' r.html || fail "the name of the file is not on the page"

# What cannot be judged.
cut -d, -f1-5 easy.csv > bare.csv
want 1 evaluate bare.csv; says "has no labels"; says "told which flows are attacks"
sed 's/,[^,]*$/,/; 1s/,$/,label/' easy.csv > blank.csv
want 1 evaluate blank.csv; says "has no labels"
want 1 evaluate --method lstm --format json easy.csv none.csv; says "none.csv"
json 'd["files"][1]["error"] and d["files"][0]["attacks"] > 0'
want 1 evaluate --model none a.csv; says "none"
want 2 evaluate; want 2 evaluate --protocol shuffled a.csv; says "neither time nor scenario"
want 2 evaluate --protocol scenario a.csv; says "two at least"
want 2 evaluate --method magic a.csv; says "unknown"
want 2 evaluate --method "" a.csv; says "names none"
want 2 evaluate --method lstm,, a.csv; says "unknown"
want 2 evaluate --train a.csv --protocol time a.csv; says "--protocol"
want 2 evaluate --threshold nonsense a.csv
want 2 evaluate --format xml a.csv; says "neither json nor table"
want 1 evaluate --method lstm --report missing/r.html a.csv; says "missing"
finish
