#!/bin/bash
# scan.sh GUARDIAN: results, their two formats, and inputs and outputs that do not work.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"

flows 1200 1 > benign.csv
flows 600 2 200 300 > t.csv
want 0 train --out m --epochs 3 --layers lstm:8,repeat,lstm:8,dense benign.csv
export MODEL_PATH=m

# same A B: the JSON in both files says the same but for what may differ.
same() { python3 -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
for d in (a, b): [d.pop(k) for k in ("seconds", "kernel", "file")]
sys.exit(a != b)' "$1" "$2" || fail "$1 and $2 differ"; }

want 0 scan t.csv; prints "t.csv: "
want 0 scan --format json --all t.csv
json 'd["total_samples"] == 591 and d["anomalies_count"] == len(d["details"]) > 0 and d["threshold"] > 0'
json 'abs(d["percentage"] - 100 * d["anomalies_count"] / 591) < 0.01'
json 'all(a["rows"][0] <= a["sequence_id"] == a["rows"][1] - 9 and a["error"] > a["threshold"] for a in d["details"])'
json 'all(a["severity"] in ("Low", "Medium", "High", "Critical") and set(a["sample_data"]) == {"orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes"} for a in d["details"])'
mv out whole
for t in 1 2 5; do want 0 scan --format json --all --threads "$t" t.csv; same out whole; done
want 0 scan --format json --all - < t.csv; same out whole
want 0 info --format json m
for k in $(python3 -c 'import json; print(*(k for k in json.load(open("out"))["kernels"] if k != "generic"))'); do
	want 0 scan --format json --all --kernel "$k" t.csv; mv out "kernel.$k"
	[ -e first ] || cp "kernel.$k" first
	same first "kernel.$k"
done
want 0 scan --format json --top 3 t.csv
json 'len(d["details"]) == 3 and d["details"] == sorted(d["details"], key=lambda a: -a["error"])'
want 0 scan --threshold percentile:95 t.csv
want 2 scan --threshold sigma:3 - < t.csv; says "regular file"
want 2 scan --threshold budget:1/day t.csv; says "a budget is one of benign traffic"
cp t.csv kept.csv
want 2 scan --scores kept.csv kept.csv; says "write over the file that is scanned"
cmp -s t.csv kept.csv || fail "the scanned file was changed"

# Why: of the ten worst, or the three worst of a table; shares that sum to 1, and the same numbers whichever way they are asked for.
want 0 scan --format json --top 3 t.csv
json 'all("explanation" in a for a in d["details"])'
mv out three
want 0 scan --format json --explain 4 t.csv
json 'sum("explanation" in a for a in d["details"]) == 4 and all("explanation" in a for a in d["details"][:4])'
python3 -c 'import json; a, b = json.load(open("three")), json.load(open("out")); raise SystemExit(a["details"] != b["details"][:3])' || fail "--top 3 says something else"
json "$(cat <<-'END'
	[(abs(sum(map(sum, e["shares"])) + e["components"]["rules"]["share"] - 1) < 1e-5 and len(e["values"]) == 10 and e["by"] in ("sequence", "profile", "rule")
	and set(e["usual"]) == set(a["sample_data"]) and e["usual_of"] == "file" and (e["counterfactual"] is None) == ("no_counterfactual" in e)
	and abs(e["shares"][a["most_unusual"]["step"]]["orig_pkts resp_pkts orig_bytes resp_bytes".split().index(a["most_unusual"]["feature"])] - a["most_unusual"]["share"]) < 1e-3)
	for a in d["details"][:4] for e in [a["explanation"]]] == [True] * 4
	END
	)"
want 0 scan --format json --all t.csv; json 'sum("explanation" in a for a in d["details"]) == min(10, d["anomalies_count"])'
want 0 scan --explain 0 t.csv; if grep -qF "(usual: " out; then fail "--explain 0 explains"; fi
want 0 scan t.csv; [ "$(grep -c "^            .*(usual: .*; " out)" -eq 3 ] || fail "not three lines of why"
want 2 scan --explain 1001 t.csv; says "explain"
want 0 scan --method lstm --threshold 3 --format json --explain 1 t.csv
json 'd["details"][0]["explanation"]["components"]["sequence"] == {"p": None, "share": 1}'

# Compressed: the same result, and what it was is told.
gzip -k t.csv
want 0 scan --format json --all t.csv.gz
json 'd["format"] == "CSV" and d["packing"] == "gzip" and d["unpacked_bytes"] > d["bytes"] and d["notes"] == [] and d["skipped_by_reason"] == {}'
python3 -c 'import json; a, b = json.load(open("whole")), json.load(open("out")); raise SystemExit(a["details"] != b["details"])' || fail "compressed is not the same"
want 0 scan t.csv.gz; prints "CSV"; prints " out of gzip, "; prints ", 600 rows, 0 skipped"
echo junk >> t.csv.gz; want 0 scan t.csv.gz; says "5 bytes behind the end"
head -c 3000 t.csv.gz > cut.gz; want 1 scan cut.gz; says "cut.gz: the gzip file ends early"; says " rows were read"
gzip -c t.csv.gz > twice.gz; want 1 scan twice.gz; says "a gzip file inside of a gzip file is not taken"
GUARDIAN_MAX_UNPACKED=5000 want 1 scan t.csv.gz; says "larger than 5000 bytes (the setting max_unpacked)"
head -c 3000000 /dev/zero | gzip > zeros.gz
want 1 scan zeros.gz; says "more than 200 times its size"; says "max_ratio"
GUARDIAN_MAX_RATIO=0 want 1 scan zeros.gz; says "the gzip file holds a binary file; taken are: CSV"
GUARDIAN_MAX_RATIO=lots want 1 scan t.csv; says "GUARDIAN_MAX_RATIO"
printf '%%PDF-1.4' > paper.csv; want 1 scan paper.csv; says "this is a PDF file; taken are: CSV"

# Who is a device: one of 198.51.100.0/24 that eleven hosts of elsewhere contact.
{ echo "ts,id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes"
	for i in $(seq 1 11); do echo "160000000$((i % 10)),203.0.113.$i,198.51.100.7,1,1,10,10"; done; } > public.csv
want 0 scan --format json public.csv; json 'd["devices"] == 11 and d["total_samples"] == 0'
want 0 scan --home-networks 198.51.100.0/24,10.0.0.0/8 --format json public.csv; json 'd["devices"] == 1 and d["total_samples"] == 2'
GUARDIAN_HOME_NETWORKS=198.51.100.7 want 0 scan --format json public.csv; json 'd["devices"] == 1'
want 2 scan --home-networks 10.0.0.1/8 public.csv; says "--home-networks: \"10.0.0.1/8\" has bits behind its length: the network is 10.0.0.0/8"
GUARDIAN_HOME_NETWORKS=home want 1 scan public.csv; says "the setting home_networks: \"home\" is no network"

# ARP: a thief tells the lamp twenty times that the router is at his address; there are no flows at all.
python3 -c '
import struct, sys
out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
for i in range(40):
    who, op = (1, 1) if i < 20 else (0x66, 2)
    mac = bytes([2, 0, 0, 0, 0, who])
    f = b"\xff" * 6 + mac + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x800, 6, 4, op) + mac + bytes([192, 168, 1, 1]) + bytes(6) + bytes([192, 168, 1, 50])
    out += struct.pack("<IIII", 1600000000 + 60 * i, 0, len(f), len(f)) + f
sys.stdout.buffer.write(out)' > spoof.pcap
want 0 scan spoof.pcap; prints "02:00:00:00:00:66 claims to be 192.168.1.1 20 times, as does 02:00:00:00:00:01"
want 0 scan --format json spoof.pcap; json '[(i["attack"], i["device"]["ip"], i["flows"], i["rows"]) for i in d["incidents"]] == [("mitm", "192.168.1.1", 0, None)]'

want 1 scan none.csv; says "none.csv: cannot open: No such file"
want 1 scan .; says "Is a directory"
: > empty; want 1 scan empty; says "empty"
head -1 t.csv > header; want 1 scan header; says "only 0 usable rows"
head -10 t.csv > nine; want 1 scan nine; says "only 9 usable rows"
head -11 t.csv > ten; want 0 scan --format json ten; json 'd["total_samples"] == 1'
want 0 scan --threshold 0.001 --format json ten
json '(lambda e: e["usual_of"] == "training" and e["usual"]["orig_pkts"][0] > 0 and e["usual"]["orig_bytes"][0] < e["usual"]["orig_bytes"][2])(d["details"][0]["explanation"])'
head -c 5000 "$guardian" > garbage; want 1 scan garbage; says "garbage: "
want 1 scan --format json t.csv none.csv nine t.csv; says "none.csv"; says "nine"
json 'len(d) == 4 and d[0]["details"] == d[3]["details"] and "cannot open" in d[1]["error"] and d[2]["file"] == "nine"'
cp t.csv $'a\033[2Jb\xff.csv'
want 0 scan --format json $'a\033[2Jb\xff.csv'; json 'd["file"] == "a?[2Jb?.csv"'
want 0 scan $'a\033[2Jb\xff.csv'; prints 'a?[2Jb?.csv: '
want 1 scan $'\033x'; says '?x: cannot open'

want 1 scan --model none t.csv; says "none"
want 1 scan --model t.csv t.csv
want 1 scan --model . t.csv
head -c 2000 m > short; want 1 scan --model short t.csv; says "short"
want 1 info short; says "short"

for f in table json; do
	"$guardian" scan --format "$f" t.csv >&- 2> err; [ $? -eq 1 ] || fail "closed stdout ($f)"
	says "cannot write the result"
	"$guardian" scan --format "$f" t.csv > /dev/full 2> err; [ $? -eq 1 ] || fail "full disk ($f)"
	says "No space left on device"
	# The reader of this pipe is gone before anything is written.
	{ sleep 0.3; "$guardian" scan --format "$f" t.csv 2> err; echo $? > code; } | true
	[ "$(cat code)" -eq 1 ] || fail "broken pipe ($f): $(cat code)"
	says "Broken pipe"
done
want 1 scan - <&-; says "cannot read"

# Method dense: any table of numbers, by a network trained on it; of files of flows that are no tables, by their features.
flows 2000 7 > clean.csv; flows 2000 7 1200 1240 > odd.csv
want 0 scan --method dense --format json clean.csv; json 'd["incidents_count"] <= 1 and d["anomalies_count"] <= 2'
want 0 scan --method dense --format json --scores s.csv odd.csv
json 'd["anomalies_count"] == 40 and d["incidents_count"] == 1'
python3 -c '
import csv
rows = list(csv.DictReader(open("s.csv")))
assert [r["row"] for r in rows] == [str(i) for i in range(2000)]
assert [i for i, r in enumerate(rows) if r["anomalous"] == "1"] == list(range(1200, 1240))' || fail "scores of the dense method"
want 0 generate --rows 600 --seed 3 --attack none --out g.csv
want 0 flows --format zeek g.csv; mv out g.log
want 0 scan --method dense --format json --scores s.csv g.log; json 'd["incidents_count"] <= 1'
[ "$(wc -l < s.csv)" -eq 601 ] || fail "a line for each flow"
finish
