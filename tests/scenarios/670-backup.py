# SPDX-License-Identifier: GPL-2.0-or-later
"""kotakctl backup, restore and export: what a technician does with a dying card."""
import json
import os
import subprocess

from harness import BUILD, equal, expect, run, ticket_in, wait_for

PERSON = '+6281234500017'


def complain(house, number):
    before = len(house.replies(PERSON))
    house.deliver(f'ADUAN nomor {number}: saluran air mampet', PERSON)
    return ticket_in(house.reply(PERSON, after=before))


def backup_and_restore(house):
    """a backup taken while kotakd runs is put back: old tickets there, no number given twice"""
    house.start()
    first = complain(house, 1)
    copy = house.path('copy.db')
    house.kotakctl('backup', copy)
    second = complain(house, 2)
    wait_for(house.synced, 10, 'the server has both')
    refused = house.command('kotakctl', house.kiosk_conf, ('restore', copy), code=1)
    expect(refused is not None, 'restoring under a running kotakd is refused')
    house.kiosk.stop()
    house.kotakctl('restore', copy)
    expect(any(name.startswith('kotak.db.replaced-') for name in os.listdir(house.path('kiosk'))),
           'the database that was there is kept')
    house.start_kiosk()
    wait_for(lambda: {second, first} <= {c['ticket'] for c in house.complaints()}, 15,
             'the server gives back what the copy lacked')
    third = complain(house, 3)
    expect(int(third[4:10]) > 10000, f'numbers go on far ahead: {third}')
    wait_for(lambda: len(house.server_complaints()) == 3, 15, 'all three at the server')
    house.kotakctl('verify')
    house.ppidctl('verify')


def damaged_backup(house):
    """a damaged backup is refused and nothing is touched"""
    house.start_modem()
    house.start_kiosk()
    ticket = complain(house, 1)
    copy = house.path('copy.db')
    house.kotakctl('backup', copy)
    house.kiosk.stop()
    with open(copy, 'r+b') as file:
        data = file.read().replace(b'complaint.received', b'complaint.receivad')
        file.seek(0)
        file.write(data)
    house.command('kotakctl', house.kiosk_conf, ('restore', copy), code=1)
    house.command('kotakctl', house.kiosk_conf, ('backup', house.kiosk_store), code=1)
    with open('/dev/full', 'w', encoding='utf-8') as full:
        lost = subprocess.run([os.path.join(BUILD, 'kotakctl'), '--config', house.kiosk_conf,
                               'complaints'], stdout=full, stderr=subprocess.DEVNULL, check=False)
    equal(lost.returncode, 1, 'exit of a listing that could not be written')
    equal([c['ticket'] for c in house.complaints()], [ticket], 'complaints')
    everything = json.loads(house.kotakctl('export'))
    equal([c['ticket'] for c in everything['complaints']], [ticket], 'exported complaints')
    expect(len(everything['events']) >= 3, 'exported events')


run(backup_and_restore, (damaged_backup, {'sync': False}))
