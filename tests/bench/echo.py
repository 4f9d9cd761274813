#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How soon a key is on the panel's display, however busy the store is: a text is typed at a
person's rhythm while SMS are taken in and every sync of kotakd takes longer than a good disk's.

    echo.py [--messages N] [--sync-ms N] [--keys N] [--only WORD]

The figures are the panel worker's own, from a key's first edge until its letter is on the display
(`kotakctl status --json`), on a display on lines and on one behind an I2C backpack. Nothing here
passes or fails but that no key is lost or doubled; exit 1 also when something couldn't be measured.
Run it as root: the simulated hardware goes before all programs. KOTAK_BUILD names the build folder.
"""
import argparse
import json
import os
import random
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'scenarios'))
from harness import BUILD, Failure, House, wait_for
from lobby import Lobby, draft_of, lobby_conf
from panel import TAPS

DISPLAYS = ('20x4 gpio', '20x4 i2c:1:0x27')
WORDS = ('jalan lampu rusak mati depan balai desa sudah lama belum ada yang datang tolong segera '
         'air sungai jembatan surat kantor petugas').split()
# A finger: how long a key is down, and until the next one.
DOWN_MS = (60, 140)
GAP_MS = (110, 260)
CHUNK = 10
SIMULATOR_NICE = -15


def options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--messages', type=int, default=1000)
    parser.add_argument('--sync-ms', type=int, default=50)
    parser.add_argument('--keys', type=int, default=500)
    parser.add_argument('--only', default='')
    return parser.parse_args()


def strokes_of(most):
    """A text and the keys of its taps, about so many; never one key for two letters in a row, so
    that no letter needs to be waited for."""
    text, keys = '', []
    while len(keys) < most and len(text) < 400:
        word = random.choice(WORDS)
        more = f'{text} {word}' if text else word.capitalize()
        taps = [TAPS[sign.lower()] for sign in more]
        if all(one[0] != other[0] for one, other in zip(taps, taps[1:])):
            text, keys = more, [key for key, count in taps for _ in range(count)]
    return text, keys


def type_as_people_do(panel, keys):
    """In chunks, so that it is seen when nobody listens any more."""
    for start in range(0, len(keys), CHUNK):
        panel.type([{'key': key, 'ms': random.randint(*DOWN_MS), 'gap_ms': random.randint(*GAP_MS)}
                    for key in keys[start:start + CHUNK]])


def taken_in(house):
    with house.kiosk_database() as database:
        return database.execute("SELECT count(*) FROM complaint WHERE channel = 'sms'"
                                ).fetchone()[0]


def busy_house(display, asked):
    """A house whose modem holds so many messages, and whose kotakd syncs slowly."""
    house = House(kiosk_conf=lobby_conf(display), sync=False)
    house.start_modem()
    for number in range(asked.messages):
        house.sim(do='deliver', **{'from': f'+62812345{number:05d}',
                                   'text': f'Lampu jalan nomor {number} mati sejak kemarin'})
    house.environment.update(LD_PRELOAD=os.path.join(BUILD, 'slow_sync.so'),
                             SLOW_SYNC_MS=str(asked.sync_ms),
                             SLOW_SYNC_COUNT=house.path('syncs'))
    return house


def kept_of(house):
    kept = draft_of(house)
    return kept[1]['text'] if kept and kept[1] else None


def panel_of(house):
    """The exit of status says whether all of the kiosk is well."""
    return json.loads(house.kotakctl('status', '--json', code=None).stdout)['panel']


def measure(display, asked):
    house = busy_house(display, asked)
    load = [os.getloadavg()[0]]
    try:
        with Lobby(house, printer=False) as lobby:
            house.start_kiosk()
            for name in ('LD_PRELOAD', 'SLOW_SYNC_MS', 'SLOW_SYNC_COUNT'):
                del house.environment[name]
            # What stands for hardware is never slow.
            os.setpriority(os.PRIO_PROCESS, lobby.panel.program.pid, SIMULATOR_NICE)
            lobby.begin()
            lobby.to_text('Lain')
            text, keys = strokes_of(asked.keys)
            before, began = taken_in(house), time.monotonic()
            type_as_people_do(lobby.panel, keys)
            took = time.monotonic() - began
            after = taken_in(house)
            wait_for(lambda: len(kept_of(house) or '') >= len(text) - len(keys) // 50, 10,
                     'the draft has what was typed')
            load.append(os.getloadavg()[0])
            # The worker's figures come with its next status.
            wanted = len(keys) * 98 // 100
            echo = wait_for(lambda: (lambda found: found['count'] >= wanted and found)(
                panel_of(house)['echo']), 10, 'figures of all keys')
            return {'display': display, 'same': kept_of(house) == text, 'keys': len(keys), 'seconds': took, 'echo': echo,
                    'before': before, 'messages': after - before, 'syncs':
                    os.path.getsize(house.path('syncs')), 'load': load}
    finally:
        house.close()
        shutil.rmtree(house.folder, ignore_errors=True)


def tell(found):
    echo, load = found['echo'], found['load']
    print(f"{found['display']}: {found['keys']} keys in {found['seconds']:.0f} s, meanwhile "
          f"{found['messages']} SMS became complaints ({found['before']} before); "
          f"{found['syncs']} slow syncs; load {load[0]:.1f} to {load[1]:.1f}\n"
          f"    key to echo, ms: p50 {echo['p50_us'] / 1000:.1f}, p99 {echo['p99_us'] / 1000:.1f}, "
          f"most {echo['max_us'] / 1000:.1f} ({echo['count']} keys of the worker's life)",
          flush=True)
    if not found['same']:
        print('    a key was lost or doubled: was the machine busy with something else?', flush=True)
    return found['same']


def main():
    asked = options()
    random.seed(1)
    good = True
    try:
        for display in DISPLAYS:
            if asked.only in display:
                good = tell(measure(display, asked)) and good
    except Failure as failure:
        print(f'echo.py: {failure}', file=sys.stderr)
        return 1
    return 0 if good else 1


sys.exit(main())
