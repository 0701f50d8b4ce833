#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Are the Debian packages enough, on a machine that has never seen the source tree? By hand, as root:
#
#   ./itsim package && tests/consumer/in-chroot.sh ROOT [PACKAGES]
#
# ROOT: where a Debian 12 is made (debootstrap, minbase), or one that is there already; packages are
# installed in it. PACKAGES: the folder of the .deb files, out/ by default. Into ROOT go those files
# and this folder, nothing else. First comes the C library, with a C compiler only, then the rest.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# = 0 ] || [ "$(id -u)" != 0 ]; then
    sed -n '3,9s/^# \?//p' "$0" >&2
    exit 2
fi
root=$1
packages=${2:-$here/../../out}

if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$root"
    cp -L /etc/resolv.conf "$root/etc/"
fi
rm -rf "$root/tmp/itsim"
mkdir -p "$root/tmp/itsim"
cp -r "$here" "$root/tmp/itsim/consumer"
cp "$packages"/itsim-{core-dev,tlm-dev,tools}_*.deb "$root/tmp/itsim/"

mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
# shellcheck disable=SC2016 # expanded inside
chroot "$root" /bin/bash -euxc '
    export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin
    install="apt-get install -y -q --no-install-recommends"
    cd /tmp/itsim
    apt-get update -q
    $install ./itsim-core-dev_*.deb gcc libc6-dev cmake make pkg-config
    if command -v c++; then exit 1; fi
    consumer/run.sh build "" c-cmake c-pkgconfig
    $install ./itsim-tlm-dev_*.deb g++
    consumer/run.sh build "" systemc-cmake systemc-pkgconfig
    $install ./itsim-tools_*.deb
    itsim-replay /usr/share/itsim/traces/*.jsonl'
echo "The packages are enough: both consumers and itsim-replay ran in $root."
