#!/bin/bash
# run.sh: what `make test` does after building: runs the test programs, two at a time, counts, and fails when one fails.
#   server      tests/api/*.py: real nginx, pool and MariaDB, under ASan and UBSan
#   API by its document   schemathesis for a minute (tests/check_api), where it can be installed
#   accessibility  axe-core on every page (tests/web), with the released server
#   browser     tests/browser: Debian's Chromium against the released server
#   sanitized   every unit, kernel and parity test under ASan and UBSan
#   release     the kernel and parity tests as they are shipped
#   valgrind    a few of them, for reads of uninitialised memory, which ASan does not see
#   program     tests/cmd/*.sh with both builds
#   detection   tests/detect/*.sh with both builds: what the shipped models find, and what they leave alone
#   fuzz        what reads files of others for FUZZ_SECONDS (32 here), the rest for a quarter of it
set -u
cd "$(dirname "$0")/.." || exit 1
build=${ROOT:-build}
out=$build/test-output
mkdir -p "$out"
export build out
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1

# run_line "NAME<tab>COMMAND": quiet when it passes, the whole output when it fails; all of it in one piece.
run_line()
{
	local name=${1%%$'\t'*} command=${1#*$'\t'} log start=$SECONDS said
	log=$out/$(echo "$name" | tr ' /' '__').log
	if eval "$command" > "$log" 2>&1; then
		said=$(printf 'ok    %-52s %3d s' "$name" $((SECONDS - start)); echo; grep -hiE '^(skipped|worst|.*: worst)' "$log" | sed 's/^/        /')
	else
		said=$(printf 'FAIL  %-52s %3d s' "$name" $((SECONDS - start)); echo; sed 's/^/        /' "$log")
	fi
	echo "$said"
}
export -f run_line

lines=()
# later NAME COMMAND...: put it into the queue.
later()
{
	local name=$1 command
	shift
	printf -v command '%q ' "$@"
	lines+=("$name"$'\t'"$command")
}

for s in tests/api/test_*.py; do
	later "server $(basename "$s")" env GUARDIAN_BUILD="$build/san" ASSETS="$build" /usr/bin/python3 "$s"
done
later "API by its document" env GUARDIAN_BUILD="$build/san" ASSETS="$build" /usr/bin/python3 tests/check_api/run.py --seconds 60 --examples 8 --optional
later "accessibility" env AXE_SHORT=1 GUARDIAN_BUILD="$build" ASSETS="$build" /usr/bin/python3 tests/web/run.py axe
later "browser" tests/browser/with_server.sh "$build" "$out/browser"
# By their sources: programs of tests that are gone stay in the folder.
for t in tests/{unit,kernel,parity}/test_*.c; do
	later "sanitized $(basename "${t%.c}")" "$build/san/${t%.c}"
done
for t in tests/{kernel,parity}/test_*.c; do
	later "release $(basename "${t%.c}")" "$build/${t%.c}"
done
later "flows against Zeek's" make --no-print-directory check-zeek
if command -v valgrind > /dev/null; then
	for t in test_modelfile test_csv test_conn test_capture test_scorer test_scan; do
		later "valgrind $t" env GUARDIAN_TEST_QUICK=1 valgrind -q --error-exitcode=9 --leak-check=full "$build/tests/unit/$t"
	done
else
	echo "skipped: valgrind is not installed (apt-get install valgrind)"
fi
for s in tests/cmd/*.sh; do
	later "program $(basename "$s")" bash "$s" "$build/guardian"
	later "program $(basename "$s") sanitized" bash "$s" "$build/san/guardian"
done
for s in tests/detect/*.sh; do
	later "detection $(basename "$s")" bash "$s" "$build/guardian"
	later "detection $(basename "$s") sanitized" bash "$s" "$build/san/guardian"
done
if command -v clang > /dev/null; then
	seconds=${FUZZ_SECONDS:-32}
	make -j2 --no-print-directory fuzz-build > "$out/fuzz_build.log" 2>&1 || { cat "$out/fuzz_build.log"; exit 1; }
	while read -r t; do
		case $t in
		fuzz_csv | fuzz_zeek | fuzz_json | fuzz_capture | fuzz_reader | fuzz_upload_body) n=$seconds ;;
		*) n=$(((seconds + 3) / 4)) ;;
		esac
		later "fuzz $t" tests/fuzz/run.sh "$build/fuzz" "$n" "$t"
	done < <(find "$build/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x -printf '%f\n' | sort)
else
	echo "skipped: fuzzing needs clang (apt-get install clang libclang-rt-14-dev)"
fi

# One for each core, and no more than two: some tests wait for what others would delay.
# shellcheck disable=SC2016
printf '%s\n' "${lines[@]}" | xargs -d '\n' -P "$(($(nproc) < 2 ? 1 : 2))" -n 1 bash -c 'run_line "$1"' run | tee "$out/all.log"
passed=$(grep -c '^ok ' "$out/all.log") failed=$(grep -c '^FAIL ' "$out/all.log")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq "${#lines[@]}" ]
