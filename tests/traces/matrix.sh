#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# matrix.sh - plays every trace of MATRIX.md on every configuration it names, in every face and with
# every memory latency; the cycle and the timed face must give the same --trace, byte for byte, and the cycle
# face must break no rule of the bus.
#
#   tests/traces/matrix.sh PLAYER [LATENCIES [JOBS]]
#
# PLAYER: path of itsim-replay; LATENCIES: default "0 1 37"; JOBS: default all cores.
# Prints what failed and a last line "N runs, M failed"; exit status 1 when M is not 0.
set -u
player=${1:?"usage: matrix.sh PLAYER [LATENCIES [JOBS]]"}
export latencies=${2:-0 1 37}
jobs=${3:-$(nproc)}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# policy, sets, ways for the three mapping caches
caches() {
    for kind in device event collection; do
        printf ' --set %s_cache_policy=%s --set %s_cache_sets=%s --set %s_cache_ways=%s' \
            $kind "$1" $kind "$2" $kind "$3"
    done
}

# One line a configuration: trace, options.
configurations() {
    local t name p
    for t in "$here"/*.jsonl; do
        name=$(basename "$t" .jsonl)
        echo "$t --preset flat"
        case $name in
        linux-*)
            for p in gic500 gic600 kvm; do
                echo "$t --preset $p"
            done
            ;;
        esac
        grep -q '"op":"resetn"' "$t" && continue # what only a cache knew is gone, as it should be
        for p in 0 1 2; do
            echo "$t --preset flat$(caches $p 1 1)"
            echo "$t --preset flat$(caches $p 1 2)"
            echo "$t --preset flat$(caches $p 32 2)"
        done
        echo "$t --preset flat$(caches 2 1 1) --set lpi_entries=2"
        case $name in
        linux-*)
            for p in gic500 gic600; do
                echo "$t --preset $p$(caches 2 1 1) --set lpi_entries=2"
            done
            ;;
        esac
    done
}

# One configuration: three faces, all latencies, with and without dropped clean lines.
play() {
    local id=$1 player=$2 work=$3 latency drop face runs=0 bad=0
    shift 3
    for latency in $latencies; do
        for drop in "" "--drop-clean-lines 3"; do
            for face in fast timed "cycle --rules"; do
                runs=$((runs + 1))
                # shellcheck disable=SC2086
                if ! "$player" "$@" --face $face --memory-latency $latency $drop \
                    --trace "$work/$id.${face%% *}" >"$work/$id.out" 2>&1; then
                    bad=$((bad + 1))
                    echo "FAILED: itsim-replay $* --face $face --memory-latency $latency $drop"
                    tail -n 3 "$work/$id.out"
                fi
            done
            runs=$((runs + 1))
            if ! cmp -s "$work/$id.timed" "$work/$id.cycle"; then
                bad=$((bad + 1))
                echo "DIFFER: --face timed and cycle of $* --memory-latency $latency $drop"
                cmp "$work/$id.timed" "$work/$id.cycle"
            fi
        done
    done
    rm -f "$work/$id".*
    echo "$runs $bad" >"$work/sum.$id"
}
export -f play

configurations | awk '{print NR, $0}' |
    while read -r id rest; do
        printf '%s\0' "play $id '$player' '$work' $rest"
    done | xargs -0 -P "$jobs" -I{} bash -c '{}'

cat "$work"/sum.* | awk '{runs += $1; bad += $2} END {printf "%d runs, %d failed\n", runs, bad; exit bad != 0}'
