#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# matrix.sh - plays every trace of MATRIX.md on every configuration it names, in every face and with
# every memory latency; the cycle and the timed face must give the same --trace, byte for byte, and the cycle
# face must break no rule of the bus.
#
#   tests/traces/matrix.sh PLAYER [LATENCIES [JOBS]]
#   tests/traces/matrix.sh --perturb SEEDS PLAYER [LATENCIES [JOBS]]
#
# PLAYER: path of itsim-replay; LATENCIES: default "0 1 37"; JOBS: default all cores.
# --perturb SEEDS: the same with --perturb 1, 2, ... SEEDS (or those of a range, 20-29) and one of the
# latencies for each seed: presets with every seed, with other caches than their own every fourth one.
# Prints what failed and a last line "N runs, M failed"; exit status 1 when M is not 0.
set -u
seeds=
if [ "${1-}" = --perturb ]; then
    seeds=${2:?"--perturb needs a number of seeds, or a range like 20-29"}
    seeds=$(printf '%s' "$seeds" | sed 's/^[0-9]*$/1-&/')
    shift 2
fi
player=${1:?"usage: matrix.sh [--perturb SEEDS] PLAYER [LATENCIES [JOBS]]"}
if ! command -v "$player" >/dev/null; then
    echo "matrix.sh: $player is not a program: build it first (./itsim replay --list-fields)" >&2
    exit 2
fi
export seeds latencies=${2:-0 1 37}
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

# One option list a line: all latencies with and without dropped clean lines, or a latency a seed. Number
# and options of the configuration: a preset with caches that are not its own gets every fourth seed.
variants() {
    local id=$1 latency seed some step=1
    shift
    if [ -z "$seeds" ]; then
        for latency in $latencies; do
            echo "--memory-latency $latency"
            echo "--memory-latency $latency --drop-clean-lines 3"
        done
        return
    fi
    [[ $* == *--set* ]] && step=4
    read -ra some <<<"$latencies"
    for seed in $(seq "${seeds%-*}" "${seeds#*-}"); do
        (((seed + id) % step)) && continue
        echo "--perturb $seed --memory-latency ${some[seed % ${#some[@]}]}"
    done
}

# One configuration: all variants in three faces.
play() {
    local id=$1 player=$2 work=$3 variant face runs=0 bad=0
    shift 3
    while read -r variant; do
        for face in fast timed "cycle --rules"; do
            runs=$((runs + 1))
            # shellcheck disable=SC2086
            if ! "$player" "$@" --face $face $variant \
                --trace "$work/$id.${face%% *}" >"$work/$id.out" 2>&1; then
                bad=$((bad + 1))
                echo "FAILED: itsim-replay $* --face $face $variant"
                tail -n 3 "$work/$id.out"
            fi
        done
        runs=$((runs + 1))
        if ! cmp -s "$work/$id.timed" "$work/$id.cycle"; then
            bad=$((bad + 1))
            echo "DIFFER: --face timed and cycle of $* $variant"
            cmp "$work/$id.timed" "$work/$id.cycle"
        fi
    done < <(variants "$id" "$@")
    rm -f "$work/$id".*
    echo "$runs $bad" >"$work/sum.$id"
}
export -f play variants

configurations | awk '{print NR, $0}' |
    while read -r id rest; do
        printf '%s\0' "play $id '$player' '$work' $rest"
    done | xargs -0 -P "$jobs" -I{} bash -c '{}'

cat "$work"/sum.* | awk '{runs += $1; bad += $2} END {printf "%d runs, %d failed\n", runs, bad; exit bad != 0}'
