#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# reasons.sh SCRATCH PREFIX: find_package(itsim) says why it does not find a component.
set -euo pipefail

mkdir -p "$1"
cat >"$1/CMakeLists.txt" <<'EOT'
cmake_minimum_required(VERSION 3.25)
project(reasons LANGUAGES C) # the folder of libraries depends on it
find_package(itsim REQUIRED COMPONENTS ${wanted})
EOT

refuses() # components text
{
    if text=$(cmake --fresh -S "$scratch" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$prefix" \
        -Dwanted="$1" 2>&1); then
        echo "components $1 were found"
        exit 1
    fi
    # CMake breaks lines where it likes.
    if ! tr -s ' \n' ' ' <<<"$text" | grep -qF "$2"; then
        echo "no '$2' in:"
        echo "$text"
        exit 1
    fi
}

scratch=$1 prefix=$2
refuses "core;axi" "There is no component axi: itsim has core and tlm."
export PKG_CONFIG_LIBDIR=$scratch/none PKG_CONFIG_PATH=''
if [ -n "$(find "$prefix" -name itsim-tlm.cmake)" ]; then
    refuses "core;tlm" "The component tlm needs SystemC"
else
    refuses "core;tlm" "The component tlm is not installed"
fi
