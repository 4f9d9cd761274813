# SPDX-License-Identifier: GPL-2.0-or-later
# One changed byte in an event log is found, on either side.
from harness import Failure, database, equal, expect, run, ticket_in, wait_for

SENDER = '+6281234500017'


def change_byte(path, old, new):
    """Changes one byte of the file itself, as a bad card or a clever hand would."""
    equal(len(old), len(new), 'lengths')
    with database(path, write=True) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    with open(path, 'r+b') as file:
        content = file.read()
        place = content.rfind(old)
        expect(place >= 0, f'{old!r} stands in {path}')
        file.seek(place)
        file.write(new)


def fill(house):
    house.start()
    for index in range(3):
        sender = f'{SENDER}{index}'
        house.deliver(f'Keluhan ke-{index} tentang jalan desa', sender)
        expect(ticket_in(house.reply(sender)), 'a ticket')
    wait_for(house.synced, 10, 'all is at the server')
    house.kotakctl('verify')
    house.ppidctl('verify')
    house.kiosk.stop()
    house.server.stop()


def refuse(result, what):
    expect(result.returncode == 1, f'{what}: exit {result.returncode}, wanted 1')
    words = result.stdout + result.stderr
    if not any(character.isdigit() for character in words):
        raise Failure(f'{what} says where: {words!r}')


def kiosk_log(house):
    """a changed byte in the kiosk's event log is found by kotakctl verify"""
    fill(house)
    change_byte(house.kiosk_store, b'"channel":"sms"', b'"channel":"smz"')
    refuse(house.kotakctl('verify', code=None), 'kotakctl verify')


def kiosk_personal(house):
    """a changed word in a complaint's personal data is found too"""
    fill(house)
    with house.kiosk_database(write=True) as connection:
        changed = connection.execute(
            "UPDATE event_personal SET body = replace(body, 'Keluhan', 'Keluham') "
            "WHERE body LIKE '%Keluhan ke-1%'").rowcount
    expect(changed >= 1, 'a row was changed')
    refuse(house.kotakctl('verify', code=None), 'kotakctl verify')


def server_log(house):
    """a changed byte in the server's copy is found by ppidctl verify"""
    fill(house)
    if house.server_postgresql:
        with house.server_database(write=True) as connection:
            connection.execute('ALTER TABLE event DISABLE TRIGGER USER')
            changed = connection.execute(
                """UPDATE event SET data = replace(data, '"channel":"sms"', '"channel":"smz"') """
                "WHERE type = 'complaint.received' AND seq = (SELECT max(seq) FROM event "
                "WHERE type = 'complaint.received')").rowcount
            connection.execute('ALTER TABLE event ENABLE TRIGGER USER')
        equal(changed, 1, 'changed rows')
    else:
        change_byte(house.server_store, b'"channel":"sms"', b'"channel":"smz"')
    refuse(house.ppidctl('verify', code=None), 'ppidctl verify')


def missing_event(house):
    """an event taken out of the middle is missed"""
    fill(house)
    with house.kiosk_database(write=True) as connection:
        connection.executescript(
            'PRAGMA foreign_keys = OFF; DROP TRIGGER event_no_delete; '
            'DELETE FROM event WHERE seq = 3;')
    refuse(house.kotakctl('verify', code=None), 'kotakctl verify')


run(kiosk_log, kiosk_personal, server_log, missing_event)
