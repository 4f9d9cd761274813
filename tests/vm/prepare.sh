#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the virtual machine that `make test-vm` boots:
#
#   tests/vm/prepare.sh FOLDER
#
# Debian's own kernel, the kernel's own gpio-sim built beside it (Debian ships neither gpio-sim
# nor gpio-mockup), the modules of tests/vm/modules, and a busybox that loads them. The packages are
# downloaded and unpacked into FOLDER, not installed. What is there is kept: a second call does
# nothing and needs no network.
set -euo pipefail
# Variables that our own make was called with aren't for the makes called here.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CC CFLAGS LDFLAGS O

here=$(dirname "$(readlink -f "$0")")
folder=${1:?usage: tests/vm/prepare.sh FOLDER}
mkdir -p "$folder"
folder=$(readlink -f "$folder")

die() {
	echo "test-vm: $*" >&2
	exit 1
}

for program in apt-get dpkg-deb busybox cpio depmod xz; do
	[ -x "$(PATH=$PATH:/sbin:/usr/sbin command -v "$program")" ] ||
		die "$program is missing; \"sh board/deps.sh vm\" installs it"
done

# The package of the kernel that apt offers.
offered() {
	apt-cache depends linux-image-amd64 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-6\.1\..*-amd64\)$/\1/p' | head -n 1
}

update() {
	local sudo=''
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get -q -q update >&2 || true
}

download() {
	# shellcheck disable=SC2086 # one word a package is what is wanted
	(cd "$1" && apt-get -q -q -o APT::Sandbox::User=root download $names) >&2
}

# Unpacks the packages of one kernel into $folder/kernel and three of its sources into source.
fetch() {
	local new=$folder/new image release names package
	image=$(offered)
	if [ -z "$image" ]; then
		update
		image=$(offered)
	fi
	[ -n "$image" ] || die "apt offers no linux-image-amd64 of Linux 6.1 (Debian bookworm's);" \
		"\"apt-get update\" may help, and needs a network"
	release=${image#linux-image-}
	names="$image linux-headers-$release linux-headers-${release%-amd64}-common"
	names+=" linux-kbuild-6.1 linux-source-6.1"
	rm -rf "$new"
	mkdir -p "$new/packages" "$new/kernel" "$new/source"
	echo "test-vm: fetching Debian's kernel $release" >&2
	# A list may be older than what the mirror still has.
	download "$new/packages" || { update && download "$new/packages"; } ||
		die "apt-get could not download $names (see above); is there a network?" \
			"If so, \"apt-get update\" first"
	for package in "$new"/packages/linux-{image,headers,kbuild}-*.deb; do
		dpkg-deb -x "$package" "$new/kernel"
	done
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$new/kernel" "$release"
	dpkg-deb -x "$new"/packages/linux-source-6.1_*.deb "$new/packages"
	tar -xJf "$new/packages/usr/src/linux-source-6.1.tar.xz" -C "$new/source" --occurrence=1 \
		--transform 's|.*/||' linux-source-6.1/drivers/gpio/gpio-sim.c \
		linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
	# The headers' makefiles know each other by where an installed package lies.
	echo "include $folder/kernel/usr/src/linux-headers-${release%-amd64}-common/Makefile" \
		>"$new/kernel/usr/src/linux-headers-$release/Makefile"
	rm -rf "$new/packages" "$folder/kernel" "$folder/source"
	mv "$new/kernel" "$new/source" "$folder"
	rmdir "$new"
	unpack_kernel
	echo "$release" >"$folder/release"
}

# QEMU boots the kernel itself; inside the machine, which is slow, unpacking it takes ten seconds.
unpack_kernel() {
	local packed=$folder/kernel/boot/vmlinuz-$release at
	at=$(LC_ALL=C grep -abo "$(printf '\375')7zXZ" "$packed" | head -n 1)
	[ -n "$at" ] || die "$packed isn't packed with xz"
	# What follows the packed kernel is no more of it, which xz says with an error.
	tail -c "+$((${at%%:*} + 1))" "$packed" | xz -dc --single-stream >"$folder/vmlinux" 2>/dev/null || true
	[ "$(head -c 4 "$folder/vmlinux" | tail -c 3)" = ELF ] || die "$packed holds no ELF kernel"
}

build_modules() {
	local build=$folder/modules
	rm -rf "$build"
	mkdir -p "$build"
	cp "$here"/modules/* "$folder"/source/* "$build"
	# A module of two files can't have the name of one of them.
	mv "$build/gpio-sim.c" "$build/gpio-sim-chip.c"
	# irq_to_desc() is given to no module; this is another way to the same descriptor.
	sed -i -e 's|irq_to_desc(irqnum)|irq_data_to_desc(irq_get_irq_data(irqnum))|' \
		-e 's|^#include <linux/irq.h>|&\n#include <linux/irqdesc.h>|' "$build/irq_sim.c"
	if ! make -s -C "$folder/kernel/usr/src/linux-headers-$release" "M=$build" modules \
		>"$build/log" 2>&1; then
		cat "$build/log" >&2
		die "the kernel modules could not be built (see above)"
	fi
}

# Modules are loaded by insmod in this order: what needs others after them.
needed='virtio_pci 9pnet_virtio 9p overlay configfs i2c-dev softdog'

build_initramfs() {
	local tree=$folder/initramfs name file
	rm -rf "$tree"
	mkdir -p "$tree"/{bin,modules,proc,sys,dev,host,memory,root}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	install -m 755 "$here/guest-init.sh" "$tree/init"
	for name in $needed; do
		PATH=$PATH:/sbin:/usr/sbin modprobe -d "$folder/kernel" -S "$release" \
			--show-depends "$name" || die "the kernel has no module $name"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$folder/order"
	while read -r file; do
		strip -g "$file" -o "$tree/modules/${file##*/}"
		echo "${file##*/}"
	done <"$folder/order" >"$tree/modules/order"
	for name in gpio-sim i2c-sink key-matrix; do
		strip -g "$folder/modules/$name.ko" -o "$tree/modules/$name.ko"
	done
	(cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$folder/initramfs.gz.new"
	mv "$folder/initramfs.gz.new" "$folder/initramfs.gz"
}

if [ ! -e "$folder/release" ]; then
	fetch
fi
release=$(cat "$folder/release")
if [ -z "$(find "$folder/initramfs.gz" -newer "$folder/release" -newer "$0" \
	-newer "$here/guest-init.sh" 2>/dev/null)" ] ||
	[ -n "$(find "$here/modules" -newer "$folder/initramfs.gz")" ]; then
	build_modules
	build_initramfs
fi
