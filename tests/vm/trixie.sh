#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a Debian trixie in FOLDER/trixie, for its libgpiod 2.2, and builds this tree in it:
#
#   tests/vm/trixie.sh FOLDER [TARGET]...
#
# The tree is copied to /kotak there and built in /kotak/build. The root is made once, and again when
# the build needs other packages; besides, only what changed is built, and no network is needed.
set -euo pipefail
# Variables that our own make was called with aren't for the makes called here.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CC CFLAGS LDFLAGS O

here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")
folder=${1:?usage: tests/vm/trixie.sh FOLDER [TARGET]...}
shift
mkdir -p "$folder"
root=$(readlink -f "$folder")/trixie

die() {
	echo "test-vm: $*" >&2
	exit 1
}

sudo=''
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die "a Debian root can only be made by root, and there is no sudo"
	sudo=sudo
fi
command -v mmdebstrap >/dev/null || die '"sh board/deps.sh vm" installs mmdebstrap, which is missing'

packages=$(sh "$source/board/deps.sh" list build | tr '\n' ,)python3,libcmocka-dev
if [ "$(cat "$root.packages" 2>/dev/null)" != "$packages" ]; then
	# shellcheck disable=SC2016 # apt-get's own variable
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		grep '/debian/\?$' | head -n 1 || true)
	mirror=${mirror:-http://deb.debian.org/debian}
	echo "test-vm: making a Debian trixie from $mirror" >&2
	$sudo rm -rf "$root" "$root.new"
	$sudo mmdebstrap --quiet --variant=minbase --include="$packages" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		trixie "$root.new" "deb $mirror trixie main" >&2 ||
		die "mmdebstrap could not make a trixie from $mirror (see above); is there a network?"
	$sudo mkdir "$root.new/kotak"
	$sudo mv "$root.new" "$root"
	echo "$packages" >"$root.packages"
fi

# Files keep their times, so that make sees what is new; what is gone here goes there too.
parts='Makefile board drivers firmware tests tools'
for part in $parts; do
	$sudo rm -rf "${root:?}/kotak/$part"
done
# shellcheck disable=SC2086 # one word a part is what is wanted
tar -C "$source" -cf - $parts | $sudo tar -C "$root/kotak" -xf - --no-same-owner
$sudo chroot "$root" make -s -C /kotak "-j$(nproc)" "$@" >&2 ||
	die "the tree doesn't build on trixie (see above)"
