#!/bin/bash
# lint.sh BUILD: what compilers do not say. Fails on the first kind of finding of each check; says which tools are missing.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
bad=0
say() { echo "lint: $*"; }
fail() { say "$*"; bad=1; }
flags=(-std=c11 -D_GNU_SOURCE -Icore -Itests -I. -Ifcgi -I/usr/include/mariadb -I/usr/include/hdf5/serial)

# Each header stands on its own. vec_*.h and kernel_*.h are parts of one file by design.
while read -r h; do
	case $h in core/nn/vec_* | core/nn/kernel_cell.h | core/nn/kernel_forward.h | core/nn/kernel_one.h | core/nn/kernel_back.h | core/nn/kernel_body.h) continue ;; esac
	gcc "${flags[@]}" -Wall -Wextra -Werror -fsyntax-only -x c -include "$h" /dev/null || fail "$h does not compile on its own"
done < <(git ls-files 'core/*.h' 'sql/*.h' 'fcgi/*.h' 'tests/*.h')

# Layers: core knows no database, no FastCGI, no network; flow and nn do not know each other; nothing below cmd prints or exits.
symbols=$(nm -u "$build/libguardian.a")
grep -E ' (mysql_|mariadb_|FCGX_|FCGI_|curl_|H5|zip_)' <<< "$symbols" && fail "core uses a library of another layer"
grep -wE 'U (printf|puts|putchar|perror|exit|abort|getenv|system|popen|strtok|rand|srand)' <<< "$symbols" && fail "core prints, exits or has hidden inputs"
include() { [ -d "core/$1" ] && grep -nE "#include \"($2)/" core/"$1"/*.[ch] && fail "core/$1 includes from $2"; }
include base 'flow|table|capture|input|synth|feature|rule|nn|judge|detect|evaluate|cmd'
include flow 'table|capture|input|synth|feature|nn|detect|evaluate|cmd'
include table 'capture|input|synth|feature|nn|detect|evaluate|cmd'
include capture 'table|input|synth|feature|nn|detect|evaluate|cmd'
include synth 'table|capture|input|feature|nn|detect|evaluate|cmd'
include input 'synth|feature|nn|detect|evaluate|cmd'
include nn 'flow|table|capture|input|synth|feature|detect|evaluate|cmd'
include judge 'flow|table|capture|input|synth|feature|nn|detect|evaluate|cmd'
include rule 'table|capture|input|synth|feature|nn|judge|detect|evaluate|cmd'
include feature 'rule|nn|judge|detect|evaluate|cmd'
include detect 'evaluate|cmd'
include evaluate 'cmd'
grep -rnE '#include "(sql|fcgi|http|pool|page|api|job)/' core && fail "core includes from sql or fcgi"
grep -rnE '#include ("(fcgi|http|pool|page|api|job|flow|table|capture|input|synth|feature|nn|detect|evaluate)/|<fc)' sql && fail "sql includes from fcgi or above core/base"
grep -rln 'mysql\.h' --include='*.[ch]' fcgi core && fail "MariaDB is known outside sql"

# Widths and sizes that the style asks for.
# shellcheck disable=SC2016
git ls-files '*.c' '*.h' | xargs awk 'length($0) > 150 { print FILENAME ":" FNR ": " length($0) " columns"; n++ } END { exit n > 0 }' || fail "lines are too long"
git ls-files 'core/*.c' 'sql/*.c' 'fcgi/*.c' | xargs wc -l | awk '$2 != "total" && $1 > 450 { print; n++ } END { exit n > 0 }' || fail "a file has outgrown one idea"

if command -v cppcheck > /dev/null; then
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=unusedFunction -Icore -D_GNU_SOURCE \
		--suppress='*:core/nn/vec_*' --suppress=invalidPointerCast \
		--suppress=ctunullpointer:core/nn/safetensors_write.c --suppress=negativeIndex:core/cmd/keras_weights.c \
		--suppress=nullPointerArithmeticRedundantCheck:core/nn/kernel_back.h -Ifcgi -I. core sql fcgi tests/bench || fail "cppcheck found something"
else say "cppcheck is not installed"; fi
if command -v clang-tidy > /dev/null; then
	git ls-files 'core/*.c' 'sql/*.c' 'fcgi/*.c' | grep -vE 'kernel_(neon)' | xargs -P 2 -I '{}' clang-tidy '{}' --quiet --warnings-as-errors='*' \
		--checks='-*,clang-analyzer-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-reserved-identifier,-bugprone-macro-parentheses,-bugprone-assignment-in-if-condition,-bugprone-branch-clone,-clang-analyzer-deadcode.DeadStores,-clang-analyzer-security.insecureAPI.*' \
		-- "${flags[@]}" -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma 2> /dev/null || fail "clang-tidy found something"
else say "clang-tidy is not installed"; fi
if command -v shellcheck > /dev/null; then
	git ls-files '*.sh' .ci/run | xargs shellcheck || fail "shellcheck found something"
else say "shellcheck is not installed"; fi
[ "$bad" -eq 0 ] && say "clean"
exit "$bad"
