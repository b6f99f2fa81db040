#!/bin/bash
# run.sh: what `make test` does after building: runs the test programs, counts, and fails when one fails.
#   sanitized   every unit, kernel and parity test under ASan and UBSan
#   release     the kernel and parity tests as they are shipped
#   valgrind    a few of them, for reads of uninitialised memory, which ASan does not see
#   program     tests/cmd/*.sh with both builds
#   detection   tests/detect/*.sh with both builds: what the shipped models find, and what they leave alone
#   server      tests/api/*.py: real nginx, pool and MariaDB, under ASan and UBSan
#   browser     tests/browser: Debian's Chromium against the released server
#   fuzz        two targets at a time: what reads files of others for FUZZ_SECONDS (60 here), the rest for a quarter of it
set -u
cd "$(dirname "$0")/.." || exit 1
build=${ROOT:-build}
out=$build/test-output
mkdir -p "$out"
passed=0 failed=0

# run NAME COMMAND...: quiet when it passes, the whole output when it fails.
run()
{
	local name=$1 log start
	shift
	log=$out/$(echo "$name" | tr ' /' '__').log
	start=$SECONDS
	if "$@" > "$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok    %-52s %3d s\n' "$name" $((SECONDS - start))
		grep -hiE '^(skipped|worst|.*: worst)' "$log" | sed 's/^/        /'
	else
		failed=$((failed + 1))
		printf 'FAIL  %-52s %3d s\n' "$name" $((SECONDS - start))
		sed 's/^/        /' "$log"
	fi
}

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
for t in "$build"/san/tests/*/test_*; do
	run "sanitized $(basename "$t")" "$t"
done
for t in "$build"/tests/{kernel,parity}/test_*; do
	run "release $(basename "$t")" "$t"
done
run "flows against Zeek's" make --no-print-directory check-zeek
if command -v valgrind > /dev/null; then
	for t in test_modelfile test_csv test_conn test_capture test_scorer test_scan; do
		run "valgrind $t" env GUARDIAN_TEST_QUICK=1 valgrind -q --error-exitcode=9 --leak-check=full "$build/tests/unit/$t"
	done
else
	echo "skipped: valgrind is not installed (apt-get install valgrind)"
fi
for s in tests/cmd/*.sh; do
	run "program $(basename "$s")" bash "$s" "$build/guardian"
	run "program $(basename "$s") sanitized" bash "$s" "$build/san/guardian"
done
for s in tests/detect/*.sh; do
	run "detection $(basename "$s")" bash "$s" "$build/guardian"
	run "detection $(basename "$s") sanitized" bash "$s" "$build/san/guardian"
done
for s in tests/api/test_*.py; do
	run "server $(basename "$s")" env GUARDIAN_BUILD="$build/san" ASSETS="$build" /usr/bin/python3 "$s"
done
run "browser" tests/browser/with_server.sh "$build" "$out/browser"
if command -v clang > /dev/null; then
	run "fuzz build" make -j2 --no-print-directory fuzz-build
	seconds=${FUZZ_SECONDS:-60}
	export -f run
	export build out seconds
	# shellcheck disable=SC2016
	results=$(find "$build/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x -printf '%f\n' | sort | while read -r t; do
		case $t in
		fuzz_csv | fuzz_zeek | fuzz_json | fuzz_capture | fuzz_reader | fuzz_upload_body) echo "$t $seconds" ;;
		*) echo "$t $(((seconds + 3) / 4))" ;;
		esac
	done | xargs -P 2 -L 1 bash -c 'passed=0 failed=0; run "fuzz $0" tests/fuzz/run.sh "$build/fuzz" "$1" "$0"')
	echo "$results"
	passed=$((passed + $(grep -c '^ok' <<< "$results"))) failed=$((failed + $(grep -c '^FAIL' <<< "$results")))
else
	echo "skipped: fuzzing needs clang (apt-get install clang libclang-rt-14-dev)"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
