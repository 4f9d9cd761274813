#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the real drivers and the whole kiosk in a virtual machine, with Debian bookworm's libgpiod
1.6 (the host's own root) and with trixie's 2.2. `make test-vm` calls it.

    tests/vm/test.py BUILD [--only bookworm|trixie|watchdog]

Prints TAP, then the seconds, and as its last line "N passed, N failed". Exit 1 when something
failed. A machine that can't be made (no network, no QEMU) is a failure, in words."""
import argparse
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RESULT = re.compile(r'^(not )?ok \d+ - (.*)$')
PLAN = re.compile(r'^1\.\.(\d+)$')
PROGRAMS = ('test_lines', 'test_keypad', 'test_display', 'kiosk.py')
# Real time, for a machine that is busy with other things too; half a minute of it is the rule.
SECONDS = 1500
WATCHDOG_S = 15
BARKED = 'softdog: Initiating system reboot'


class Guest:
    """One machine: its name, the root that it has, what it runs, and what it said."""

    def __init__(self, name, root, command, wanted_code=0, library=None):
        self.name = name
        self.root = root
        self.command = command
        self.wanted_code = wanted_code  # 125: it is to end by itself
        self.library = library  # which libgpiod its kotakd is to have
        self.lines = []
        self.code = None
        self.seconds = 0.0

    def run(self, folder):
        began = time.monotonic()
        process = subprocess.run(
            [os.path.join(HERE, 'run.sh'), '--seconds', str(SECONDS), '--root', self.root, folder,
             self.command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False)
        self.seconds = time.monotonic() - began
        self.code = process.returncode
        self.lines = process.stdout.decode('utf-8', 'replace').replace('\r', '').splitlines()


class Count:
    """TAP with one numbering, and what came of it."""

    def __init__(self):
        self.passed = self.failed = 0

    def result(self, good, name):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f'{"ok" if good else "not ok"} {self.passed + self.failed} - {name}', flush=True)

    def take(self, guest):
        """Its results one by one; everything that it said when one of them is bad."""
        planned = ran = failed = 0
        for line in guest.lines:
            plan, result = PLAN.match(line), RESULT.match(line)
            if plan:
                planned += int(plan.group(1))
            elif result:
                ran += 1
                failed += bool(result.group(1))
                self.result(not result.group(1), f'{guest.name}: {result.group(2)}')
            elif line.startswith('# measured') or line.startswith('# caught'):
                print(f'# {guest.name}: {line[2:]}')
        if guest.library:
            self.result(f'# {guest.library}' in guest.lines,
                        f'{guest.name}: kotakd has {guest.library}')
        good = guest.code == guest.wanted_code and ran == planned and ran > 0
        if guest.wanted_code:
            good = good and any(BARKED in line for line in guest.lines)
            self.result(good, f'{guest.name}: a kotakd that stands still ends the machine')
        elif not good and not failed:
            self.result(False, f'{guest.name}: the machine ended with {guest.code}; {planned} '
                        f'tests planned, {ran} ran')
        if failed or not good:
            for line in guest.lines:
                print(f'#   {guest.name} said: {line}')
        print(f'# {guest.name}: {guest.seconds:.0f} s', flush=True)


def command(tree, build):
    """All programs, whatever one of them does; the exit code says whether all were well."""
    steps = []
    for name in PROGRAMS:
        program = (f'python3 tests/vm/{name}' if name.endswith('.py')
                   else f'{build}/vm-tests/{name}')
        steps.append(f'{program} || code=1')
    return (f'cd {tree} && export KOTAK_BUILD={build} PYTHONDONTWRITEBYTECODE=1 code=0; '
            f'echo "# $(ldd {build}/kotakd | grep -o "libgpiod[^ ]*" | head -n 1)"; '
            f'{"; ".join(steps)}; exit $code')


def prepare(build, trixie):
    """Kernel and trixie at the same time; what is missing is said by the scripts. True when all is
    there."""
    folder = os.path.join(build, 'vm')
    steps = [[os.path.join(HERE, 'prepare.sh'), folder],
             [os.path.join(HERE, 'trixie.sh'), folder, 'O=build', 'vm-programs']][:1 + trixie]
    os.makedirs(folder, exist_ok=True)
    processes = [subprocess.Popen(step, stdin=subprocess.DEVNULL) for step in steps]
    return all([process.wait() == 0 for process in processes])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', metavar='BUILD')
    parser.add_argument('--only', choices=('bookworm', 'trixie', 'watchdog'))
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    folder = os.path.join(build, 'vm')
    count = Count()
    began = time.monotonic()

    if not prepare(build, options.only in (None, 'trixie')):
        count.result(False, 'the virtual machine could not be made (see above)')
    else:
        print(f'# made ready in {time.monotonic() - began:.0f} s', flush=True)
        guests = [
            Guest('bookworm', '/', command(ROOT, build), library='libgpiod.so.2'),  # 1.6
            Guest('trixie', os.path.join(folder, 'trixie'), command('/kotak', '/kotak/build'),
                  library='libgpiod.so.3'),  # 2.2
            Guest('watchdog', '/', f'cd {ROOT} && export KOTAK_BUILD={build} && '
                  f'python3 tests/vm/watchdog.py {WATCHDOG_S}', 125)]
        guests = [guest for guest in guests if options.only in (None, guest.name)]
        threads = [threading.Thread(target=guest.run, args=(folder,)) for guest in guests]
        for thread in threads:
            thread.start()
        for thread, guest in zip(threads, guests):
            thread.join()
            count.take(guest)
    print(f'1..{count.passed + count.failed}')
    print(f'# virtual machines: {time.monotonic() - began:.0f} s')
    print(f'{count.passed} passed, {count.failed} failed')
    return 0 if count.failed == 0 and count.passed else 1


if __name__ == '__main__':
    sys.exit(main())
