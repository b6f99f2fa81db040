#!/bin/bash
# make.sh: the shipped models from their recipes, and a card beside each with what they were made of and how they were judged.
#   make models            both (about 15 minutes on two cores)
#   models/make.sh full    one of them
# Needs the captures in ../shared/data. The same recipe, seed, kernel and C library give the same bytes.
set -eu
cd "$(dirname "$0")/.."
guardian=${GUARDIAN:-build/guardian}
data=../shared/data
# What is judged: each of these in turn by a model that saw none of it.
judged=("$data/iot23/CTU-IoT-Malware-Capture-34-1.conn.log.labeled" "$data/iot23/CTU-IoT-Malware-Capture-20-1.csv"
	"$data/iot23/CTU-IoT-Malware-Capture-44-1.csv" "$data/iot23/CTU-Honeypot-Capture-5-1.csv" "$data/iot23/CTU-Honeypot-Capture-7-1.csv"
	"$data/stratosphere/ctu-sme-11_2023-02-20.conn.log.labeled" "$data/stratosphere/008-ctu-normal-mixed.conn.log.labeled")
mkdir -p build/models
[ -d "$data" ] || { echo "models/make.sh: the captures are not there: $data"; exit 1; }

# The made-up home, which the recipes name too.
"$guardian" generate --rows 20000 --seed 5 --attack none --out build/models/home.csv > /dev/null

declare -A hybrid=([full]=budget:1/day [basic]=fpr:0.01)

train() # NAME
{
	"$guardian" train --recipe "models/$1.recipe" --features "$1" --group-rows 2000 --folds 5 --epochs 60 --fold-epochs 30 --seed 1 --kernel avx2 \
		--hybrid "${hybrid[$1]}" --plot "build/models/$1.svg" --out "models/$1.safetensors"
}

# Group, files, and one hash over the hashes of its files, so that anybody can see whether theirs are the same.
table_of_data() # NAME
{
	echo '| group | files | SHA-256 over the SHA-256 sums of its files |'
	echo '|---|---|---|'
	grep -v '^#' "models/$1.recipe" | awk '{print $1}' | uniq | sort -u | while read -r group; do
		# shellcheck disable=SC2046 # patterns of the recipe are meant to be expanded
		set -- $(awk -v g="$group" '$1 == g {print $2}' "models/$name.recipe")
		sum=$(sha256sum "$@" | awk '{print $1}' | sha256sum | cut -c1-64)
		echo "| $group | $# | \`$sum\` |"
	done
}

card() # NAME
{
	local name=$1
	echo "# Model card: $name.safetensors"
	echo
	cat "models/$name.about.md"
	echo
	echo "SHA-256 \`$(sha256sum "models/$name.safetensors" | cut -c1-64)\`"
	echo
	echo '## Trained on'
	echo
	echo 'Benign rows alone, no more than 2,000 of a group. Calibrated on groups that the calibrating networks were not trained on (five folds).'
	echo
	table_of_data "$name"
	echo
	echo '## Facts'
	echo
	echo '```'
	"$guardian" info "models/$name.safetensors" | grep -vE '^(training|opening|kernel)' | sed "s#^model .*#model       $name.safetensors#"
	echo '```'
	echo
	echo '## Judged'
	echo
	echo 'Each file by a model of the same kind that was trained anew without it (leave one scenario out), beside the baselines:'
	echo
	echo '```'
	echo "guardian evaluate --model models/$name.safetensors --method hybrid,lstm --retrain --epochs 30 ${judged[*]#../shared/data/}"
	"$guardian" evaluate --model "models/$name.safetensors" --method hybrid,lstm --retrain --epochs 30 "${judged[@]}" 2> /dev/null |
		sed 's#\.\./shared/data/##g'
	echo '```'
}

[ $# -gt 0 ] || set -- full basic
for model in "$@"; do
	[ -n "${CARD_ONLY:-}" ] || train "$model"
	card "$model" > "build/models/$model.md"
	mv "build/models/$model.md" "models/$model.md"
done
