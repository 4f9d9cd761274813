#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The first program of the virtual machine: gives it the host's files, read-only, under a layer in
# memory, runs one command there and ends the machine with its exit code.
#
# On the kernel's command line: run=COMMAND and root=FOLDER of the host, both in base64.
b=/bin/busybox
device=/dev/port

argument() {
	for word in $($b cat /proc/cmdline); do
		case $word in
		"$1"=*) echo "${word#"$1"=}" | $b base64 -d ;;
		esac
	done
}

finish() {
	# isa-debug-exit: QEMU ends with twice the byte plus one.
	$b printf "\\$($b printf %03o "$1")" | $b dd of="$device" bs=1 seek=244 count=1 2>/dev/null
	$b poweroff -f
}

$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
run=$(argument run)
root=$(argument root)
while read -r module; do
	$b insmod "/modules/$module" || echo "module $module can't be loaded"
done </modules/order

$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 host /host ||
	finish 125
$b mount -t tmpfs memory /memory
$b mkdir /memory/changed /memory/work
$b mount -t overlay overlay -o "lowerdir=/host$root,upperdir=/memory/changed,workdir=/memory/work" \
	/root || finish 125
for folder in proc sys dev; do
	$b mount -o move "/$folder" "/root/$folder"
done
device=/root/dev/port
cd /root || finish 125
$b mkdir -p dev/pts dev/shm run tmp sys/kernel/config sys/kernel/tracing
$b mount -t devpts devpts dev/pts
$b mount -t tmpfs memory dev/shm
$b mount -t configfs configfs sys/kernel/config
$b mount -t tracefs tracefs sys/kernel/tracing
$b mkdir run/modules
$b cp /modules/*.ko run/modules
$b ip link set lo up
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 TERM=dumb
$b chroot /root /bin/sh -c "$run" </root/dev/null
finish $?
