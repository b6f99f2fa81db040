#!/bin/bash
# run.sh DIR SECONDS [TARGET...]: fuzz targets from DIR, each for SECONDS, from the seeds in tests/fuzz/corpus/TARGET. What is found stays in DIR/found.
set -eu
here=$(dirname "$0")
dir=$1 seconds=$2
shift 2
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cd "$dir" && find . -maxdepth 1 -name 'fuzz_*' -type f ! -name '*.[od]' -printf '%f\n' | sort)
mkdir -p "$dir/found"
for target in "${targets[@]}"; do
	mkdir -p "$dir/corpus/$target"
	args=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$dir/found/$target-")
	[ -f "$here/$target.dict" ] && args+=(-dict="$here/$target.dict")
	seeds=("$dir/corpus/$target")
	[ -d "$here/corpus/$target" ] && seeds+=("$here/corpus/$target")
	# The golden files of a text format are seeds as well.
	mkdir -p "$dir/golden/$target" && find "$here/../golden" -name "${target#fuzz_}_*" ! -name '*.ok' -exec cp -t "$dir/golden/$target" {} +
	seeds+=("$dir/golden/$target")
	echo "== $target"
	"$dir/$target" "${args[@]}" "${seeds[@]}" 2>&1 | grep -E '^(stat::|==|SUMMARY|#.*DONE|.*ERROR|    #)|runtime error' || true
	[ "${PIPESTATUS[0]}" -eq 0 ]
done
