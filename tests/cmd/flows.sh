#!/bin/bash
# flows.sh GUARDIAN: any input as normalised flows, and made-up traffic.
# shellcheck source=tests/cmd/lib.inc
. "$(dirname "$0")/lib.inc"

# Every format carries the same flows, and the three can be turned into each other.
want 0 generate --rows 3000 --seed 5 --out g.csv
for format in csv ndjson zeek; do
	want 0 flows --format "$format" g.csv; mv out "g.$format.txt"
	want 0 flows "g.$format.txt"; cmp -s out g.csv || fail "$format is not the same flows"
done
"$guardian" generate --rows 3000 --seed 5 | cmp -s - g.csv || fail "a seed is not the same traffic"
want 0 generate --rows 3000 --seed 6; cmp -s out g.csv && fail "another seed is the same traffic"
want 0 generate --rows 3000 --seed 5 --format zeek; diff <(grep -v '^#[oc]' out) <(grep -v '^#[oc]' g.zeek.txt) > /dev/null || fail "generate and flows write Zeek's format in two ways"
gzip -k g.csv
want 0 flows - < g.csv.gz; cmp -s out g.csv || fail "a compressed file on standard input is not the same flows"; says "CSV (times in seconds) out of gzip, 3000 rows, 0 skipped"
want 0 flows g.csv g.csv
[ "$(grep -c ^ts, out)/$(wc -l < out)" = 1/6001 ] || fail "two files are not one table"

# How many rows are asked for does not change them; a default run has every attack; it can be learned from.
"$guardian" generate --rows 50000 --seed 5 2> err | head -3001 | cmp -s - g.csv || fail "the first 3,000 of 50,000 rows are not those of 3,000"
want 0 generate
[ "$(cut -d, -f20 out | sort -u | tr '\n' ' ')" = " beacon brute_force ddos detailed-label download exfiltration mitm port_scan " ] || fail "attacks: $(cut -d, -f20 out | sort | uniq -c)"
want 0 generate --format zeek --rows 400 --start 1700000000.9
grep -q '^#open	2023-11-14-22-13-20$' out || fail "#open is not the start"
grep -q '^#close	2023-11-14-2' out || fail "#close is not the last flow's time"
[ "$(grep -vc '^#' out)" -eq 400 ] || fail "not 400 rows"
mv out t.log; want 0 train --out m --epochs 1 --layers lstm:4,repeat,lstm:4,dense t.log; [ -s m ] || fail "no model of made-up traffic"

# The reference project's columns; labels; attacks by name.
want 0 generate --rows 500 --seed-schema
[ "$(head -1 out)" = ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label ] || fail "not the reference project's columns"
cut -d, -f6 out | sort -u | tr '\n' ' ' | grep -q "benign label malicious" || fail "labels: $(cut -d, -f6 out | sort | uniq -c)"
want 0 generate --rows 2000 --attack none; grep -q malicious out && fail "an attack although none was wanted"
want 0 generate --rows 2000 --attack beacon,mitm --attack-share 0.2 --devices 3 --start 2030-06-01
cut -d, -f20 out | sort -u | tr '\n' ' ' | grep -q "^ *beacon detailed-label mitm $" || fail "attacks: $(cut -d, -f20 out | sort | uniq -c)"
grep -q "^19065" out || fail "not in June 2030"

# What is wrong is said; what was left out too.
printf 'ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n1,2,3,4,5\n2,x,3,4,5\n' > bad.csv
want 0 flows bad.csv; says 'line 3, orig_pkts: "x" is not a number'; [ "$(wc -l < out)" -eq 2 ] || fail "one flow was wanted"
want 1 flows none.csv; says "none.csv"
want 1 flows /bin/true; says "taken are"
want 1 flows none.csv g.csv; [ "$(wc -l < out)" -eq 3001 ] || fail "a missing file hides the next one"
want 2 flows; want 2 flows --format xml g.csv; says "xml"
want 2 generate --attack all,x; says "all,x"
want 2 generate --format seed; want 2 generate --start yesterday; says "yesterday"
want 2 generate --attack ''; want 2 generate --attack-share 0.95; says "outside 0..0.9"; want 2 generate --rows ten
want 2 generate --rows 0; want 2 generate --devices 0; want 2 generate more
want 1 generate --out none/g.csv; says "none/g.csv"
"$guardian" generate --rows 100000 2> err | head -1 > /dev/null; [ -s err ] && fail "whoever has enough is complained about"
"$guardian" flows g.csv g.csv g.csv g.csv 2> err | head -1 > /dev/null; [ "$(wc -l < err)" -le 4 ] || fail "whoever has enough is complained about"
"$guardian" flows g.csv > /dev/full 2> err; [ $? -eq 1 ] || fail "a full disk is no error"; says "space"
{ head -50 g.csv; sleep 2; tail -n +51 g.csv; } | "$guardian" flows - 2> err > slow & sleep 1; [ "$(wc -l < slow)" -eq 50 ] || fail "a slow pipe holds flows back"
wait; cmp -s slow g.csv || fail "a slow pipe is not the same flows"
printf 'ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,type\n1,2,3,4,5,=cmd()\n' > formula.csv
want 0 flows formula.csv; prints ",'=cmd()"
want 0 flows --format ndjson formula.csv; prints '"=cmd()"'
want 2 flows --format seed g.csv
want 1 generate --rows 10 --out /dev/full; says "space"
finish
