# SPDX-License-Identifier: GPL-2.0-or-later
"""What kotakd's heartbeat is good for, in the virtual machine: this program stands in for the
service manager and feeds the kernel's watchdog (softdog) with each heartbeat. While kotakd runs, the
machine does; when kotakd stands still, the machine ends. Prints TAP for the first half; the second
is seen from outside.

    watchdog.py SECONDS     the watchdog's margin, longer than kotakd's heartbeat"""
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('KOTAK_BUILD', 'build'))
WDIOC_SETTIMEOUT = 0xC0045706
# systemd passes WatchdogSec= on; kotakd sends a heartbeat at least every half of it.
HEARTBEAT_US = 10_000_000
FED_S = 90


def start(folder, notify):
    conf = os.path.join(folder, 'kotakd.conf')
    with open(conf, 'w', encoding='utf-8') as file:
        file.write(f'[kiosk]\nid = 3\nname = Triharjo\ntimezone = Asia/Jakarta\n'
                   f'[store]\npath = {folder}/kotak.db\n'
                   f'[control]\nsocket = {folder}/kotak.sock\n[panel]\ndriver = none\n')
    environment = dict(os.environ, NOTIFY_SOCKET=notify, WATCHDOG_USEC=str(HEARTBEAT_US))
    return subprocess.Popen([os.path.join(BUILD, 'kotakd'), '--config', conf], env=environment)


def feed(manager, dog, seconds):
    """Feeds the dog with each heartbeat for so long; returns how many there were."""
    end = time.monotonic() + seconds
    beats = 0
    while time.monotonic() < end:
        if not select.select([manager], [], [], end - time.monotonic())[0]:
            break
        if b'WATCHDOG=1' in manager.recv(4096):
            os.write(dog, b'.')
            beats += 1
    return beats


def main():
    margin = int(sys.argv[1])
    folder = tempfile.mkdtemp(prefix='watchdog-', dir='/dev/shm')
    address = os.path.join(folder, 'notify')
    print('1..1', flush=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        kotakd = start(folder, address)
        while b'READY=1' not in manager.recv(4096):
            pass
        dog = os.open('/dev/watchdog', os.O_WRONLY)
        fcntl.ioctl(dog, WDIOC_SETTIMEOUT, struct.pack('i', margin))
        beats = feed(manager, dog, FED_S)
        good = beats * margin > FED_S and kotakd.poll() is None
        print(f'{"ok" if good else "not ok"} 1 - {beats} heartbeats of kotakd in {FED_S} s keep a '
              f'watchdog of {margin} s quiet', flush=True)
        if not good:
            return 1
        os.kill(kotakd.pid, signal.SIGSTOP)
        feed(manager, dog, 20 * margin)
    # Nothing ended us.
    return 1


if __name__ == '__main__':
    sys.exit(main())
