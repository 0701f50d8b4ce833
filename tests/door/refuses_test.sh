#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# refuses_test.sh ITSIM: options that make no sense end ./itsim with exit code 2 and one line on standard
# error that names them, before anything is built.
set -euo pipefail

itsim=$1
# ./itsim would install it.
command -v ctest >/dev/null || { echo "ctest is not in PATH" && exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

refuses() # text argument...
{
    local text=$1 rc=0
    shift
    "$itsim" "$@" >"$dir/out" 2>"$dir/err" || rc=$?
    if [ $rc = 2 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" = 1 ] &&
        grep -qF -e "$text" "$dir/err"; then
        return
    fi
    failed=1
    echo "itsim $*: exit code $rc, expected 2 and one line with '$text'; there came:"
    cat "$dir/out" "$dir/err"
}

# A typo in --asan must not become a run without sanitizers.
refuses "'--asann'" test --asann
refuses "'-Rx'" test -Rx
refuses "'--timeout=5'" test --asan --timeout=5
refuses "'unit'" test -L unit unit
refuses "'--x'" test -j4 -I 1,2 --repeat until-fail:3 --no-tests=ignore --show-only=human -VV --x
refuses "'--x'" test --test-load 4 -DA:STRING=c -LE perf -LE tlm --x
refuses "-L needs a value" test --rerun-failed -L
refuses "-LE needs a value" test -LE
refuses "--asan and --coverage" test --asan --coverage
refuses "--fuzz comes first" test --asan --fuzz 1
refuses "--tidy takes no other" test --tidy --asan
refuses "--fuzz needs" test --fuzz --asan
refuses "--soak needs" test --soak
refuses "--mutants needs" test --mutants
refuses "setup takes" setup --developers
refuses "setup takes" setup --developer x
refuses "docs takes no" docs x
refuses "demo takes no" demo x
refuses "package takes no" package x
refuses "not built yet" boot x
exit $failed
