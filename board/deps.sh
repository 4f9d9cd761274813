#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that are missing, and says which before it does.
#
#   sh board/deps.sh [build|test|browser|demo|vm]...
#   sh board/deps.sh list [GROUP]...
#
#   build    what `make` needs (the default)
#   test     what `make test` and `make check` need besides
#   browser  the headless browser of the demo's test; without it that test is skipped
#   demo     what `make demo` needs
#   vm       what `make test-vm` needs besides: the virtual machine
#   list     prints the names of the groups' packages (of all, without one) and installs nothing
#
# With everything in place nothing is called but dpkg-query: no network, no root.
# "a|b": either will do; the first is installed when neither is there.
set -eu

build='build-essential pkg-config|pkgconf gettext libgammu-dev libserialport-dev libsqlite3-dev
	libsystemd-dev libcurl4-gnutls-dev|libcurl4-openssl-dev libjansson-dev libinih-dev
	libsodium-dev nettle-dev zlib1g-dev libmicrohttpd-dev libpq-dev libmariadb-dev libgpiod-dev libncurses-dev libpng-dev libqrencode-dev'
run='python3 procps openssl sqlite3 postgresql mariadb-server gammu gammu-smsd libdbd-sqlite3 libcmocka-dev'
check='clang clang-tidy clang-format libclang-rt-dev cppcheck shellcheck groff-base|groff'
browser='python3 python3-selenium chromium chromium-driver'
vm='qemu-system-x86 busybox-static cpio kmod xz-utils mmdebstrap python3'

listing=no
if [ "${1:-}" = list ]; then
	listing=yes
	shift
	[ $# -gt 0 ] || set -- build test browser vm
fi

wanted=''
for group in "${@:-build}"; do
	case $group in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $build $run $check" ;;
	browser) wanted="$wanted $browser" ;;
	demo) wanted="$wanted $build" ;;
	vm) wanted="$wanted $build $vm" ;;
	*)
		echo "usage: sh board/deps.sh [list] [build|test|browser|demo|vm]..." >&2
		exit 2
		;;
	esac
done
if [ $listing = yes ]; then
	echo "$wanted" | tr -s ' \t\n' '\n' | sed 's/|.*//' | sort -u | grep .
	exit 0
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "deps: this is not Debian, so nothing is installed. What is needed, by Debian's names:"
	echo "$wanted" | tr -s ' \t\n' ' '
	echo
	exit 0
fi

installed() {
	dpkg-query -W -f='${db:Status-Abbrev}\n' "$1" 2>/dev/null | grep -q '^.i'
}

missing=''
for names in $wanted; do
	found=no
	for name in $(echo "$names" | tr '|' ' '); do
		if installed "$name"; then
			found=yes
			break
		fi
	done
	if [ $found = no ]; then
		missing="$missing ${names%%|*}"
	fi
done
if [ -z "$missing" ]; then
	exit 0
fi

sudo=''
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "deps: missing:$missing" >&2
		echo "deps: there is no sudo here; as root, run: sh board/deps.sh $*" >&2
		exit 1
	fi
	sudo='sudo'
fi

echo "deps: installing with apt-get:$missing"
export DEBIAN_FRONTEND=noninteractive
# An old package list may still do (a mirror on the local disk, say), so go on without a new one.
$sudo apt-get -q -q update || echo "deps: apt-get update failed; trying with the lists there are" >&2
# shellcheck disable=SC2086 # one word a package is what is wanted
if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -q -y -o Dpkg::Use-Pty=0 \
	--no-install-recommends install $missing; then
	echo "deps: apt-get could not install:$missing (see above; is there a network?)" >&2
	exit 1
fi
