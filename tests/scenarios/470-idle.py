# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 120
# alone
# Doing nothing must cost next to nothing. KOTAK_IDLE_SECONDS=60 measures as `make idle` does.
import os
import time

from harness import children, expect, measured, run, wait_for

SECONDS = float(os.environ.get('KOTAK_IDLE_SECONDS', '8'))
WAKEUPS = 10
PSS_KIB = 16 * 1024


def family(pid):
    found = [pid]
    for child in children(pid):
        found += family(child)
    return found


def wakeups(pid):
    """How often the threads of a process gave up the processor by themselves, so far."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/status', encoding='ascii') as file:
            for line in file:
                if line.startswith('voluntary_ctxt_switches'):
                    total += int(line.split()[1])
    return total


def processor_ms(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        fields = file.read().rpartition(')')[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def pss_kib(pid):
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('Pss:'))


def idle(house):
    """idle: under 10 wakeups a second over all processes, at most 16 MiB for kiosk and worker"""
    house.start()
    house.deliver('Sebelum tidur, satu aduan dulu', '+6281234500017')
    house.reply('+6281234500017')
    wait_for(house.synced, 10, 'all is at the server')
    wait_for(house.empty_modem, 10, 'the modem is empty')

    def quiet():
        """No process woke for a quarter of a second: the work of before is over."""
        before = sum(wakeups(pid) for pid in kiosk + server)
        time.sleep(0.25)  # the span that is looked at
        return sum(wakeups(pid) for pid in kiosk + server) - before <= 2

    kiosk = family(house.kiosk.pid)
    server = family(house.server.pid)
    wait_for(quiet, 15, 'the work before is over')

    names = {pid: open(f'/proc/{pid}/comm', encoding='utf-8').read().strip()
             for pid in kiosk + server}
    before = {pid: (wakeups(pid), processor_ms(pid)) for pid in names}
    began = time.monotonic()
    end = began + SECONDS
    while time.monotonic() < end:  # the span that is measured, not a wait for something
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))
    span = time.monotonic() - began
    rates = {}
    for pid, (woken, used) in before.items():
        rates[pid] = (wakeups(pid) - woken) / span
        measured(f'{names[pid]} ({pid}): {rates[pid]:.2f} wakeups/s, '
                 f'{(processor_ms(pid) - used) / span:.2f} ms of processor a second, '
                 f'{pss_kib(pid)} KiB PSS')
    total = sum(rates.values())
    pss = sum(pss_kib(pid) for pid in kiosk)
    measured(f'idle for {span:.0f} s: {total:.2f} wakeups/s over all (limit {WAKEUPS}), '
             f'kotakd and worker {pss / 1024:.1f} MiB PSS (limit {PSS_KIB / 1024:.0f})')
    expect(total < WAKEUPS, f'{total:.2f} wakeups a second')
    expect(pss <= PSS_KIB, f'{pss} KiB')


run(idle)
