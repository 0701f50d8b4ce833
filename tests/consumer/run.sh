#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the consumers against an installed itsim and runs them.
#
#   run.sh SCRATCH [PREFIX [WAY...]]
#
# SCRATCH: a folder to build in. PREFIX: where itsim is installed; empty or left out: where the system
# looks. WAY: c-cmake, c-pkgconfig, systemc-cmake, systemc-pkgconfig; without any all of them.
# CC and CXX choose the compilers.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
scratch=$(cd "$1" && pwd)
prefix=${2:-}
ways=("${@:3}")
[ ${#ways[@]} != 0 ] || ways=(c-cmake c-pkgconfig systemc-cmake systemc-pkgconfig)
if [ -n "$prefix" ]; then
    for folder in "$prefix"/lib*/pkgconfig "$prefix"/lib/*/pkgconfig; do
        PKG_CONFIG_PATH=$folder${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    done
    export PKG_CONFIG_PATH
fi

by_cmake() # source-folder program
{
    cmake -S "$here/$1" -B "$scratch/$1" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release
    cmake --build "$scratch/$1"
    "$scratch/$1/$2"
}

for way in "${ways[@]}"; do
    echo "--- $way"
    case $way in
    c-cmake) by_cmake c its_alone ;;
    c-pkgconfig)
        # shellcheck disable=SC2046 # words are what is wanted
        ${CC:-cc} -std=c11 -Wall -Werror "$here"/c/*.c -o "$scratch/its_alone" \
            $(pkg-config --cflags --libs itsim-core)
        "$scratch/its_alone"
        ;;
    systemc-cmake) by_cmake systemc gic500 ;;
    systemc-pkgconfig)
        # shellcheck disable=SC2046
        ${CXX:-c++} -std=c++17 -Wall -Werror "$here"/systemc/main.cpp -o "$scratch/gic500" \
            $(pkg-config --cflags --libs itsim-tlm)
        "$scratch/gic500"
        ;;
    *)
        echo "run.sh: there is no way '$way'" >&2
        exit 2
        ;;
    esac
done
