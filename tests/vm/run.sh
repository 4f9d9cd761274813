#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a command in the virtual machine that prepare.sh made:
#
#   tests/vm/run.sh [--root FOLDER] [--seconds N] FOLDER COMMAND
#
# The machine sees the files of the host (or of --root) as they are now; what it changes is gone
# with it. Exit code: the command's, 124 when it took longer than N seconds (300) of real time,
# 125 when the machine crashed or never got to the command. Everything that the machine says goes
# to standard output.
#
# Time is virtual: an instruction takes a nanosecond and waiting takes none, so that delays of
# microseconds are exact however busy the host is. The time stamp counter counts nanoseconds. Only
# while a file comes from the host both times run: by up to a hundredfold, since the machine idles
# from tick to tick (nohz=off), so what is timed should be in memory before.
set -euo pipefail

root=/
seconds=300
while [ $# -gt 2 ]; do
	case $1 in
	--root) root=$(readlink -f "$2") ;;
	--seconds) seconds=$2 ;;
	*) break ;;
	esac
	shift 2
done
[ $# = 2 ] || {
	echo 'usage: tests/vm/run.sh [--root FOLDER] [--seconds N] FOLDER COMMAND' >&2
	exit 2
}
folder=$1
command -v qemu-system-x86_64 >/dev/null || {
	echo 'test-vm: qemu-system-x86_64 is missing; "sh board/deps.sh vm" installs it' >&2
	exit 125
}
arguments=$(echo "console=ttyS0 quiet panic=-1 mitigations=off audit=0 apparmor=0 preempt=voluntary
	clocksource=tsc tsc=reliable random.trust_cpu=on nokaslr no_timer_check nohz=off
	root=$(printf %s "$root" | base64 -w0) run=$(printf %s "$2" | base64 -w0)" | tr -s ' \t\n' ' ')

# KVM would bring the host's time in, and many hosts have none.
status=0
timeout --foreground --kill-after=10 "$seconds" qemu-system-x86_64 \
	-accel tcg -cpu max -smp 1 -m 768 -icount shift=0,sleep=off \
	-nodefaults -no-user-config -no-reboot -display none -serial stdio \
	-kernel "$folder/vmlinux" -initrd "$folder/initramfs.gz" -append "$arguments" \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-device isa-debug-exit,iobase=0xf4,iosize=1 </dev/null || status=$?
case $status in
124 | 137)
	echo "test-vm: not finished after $seconds s" >&2
	exit 124
	;;
0) exit 125 ;; # it ended by itself, without an exit code
*) exit $((status >> 1)) ;;
esac
