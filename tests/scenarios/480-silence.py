# SPDX-License-Identifier: GPL-2.0-or-later
# Some messages must get no answer; each silence is recorded with its reason.
from harness import equal, expect, run, ticket_in, wait_for

OWN = '+628111999000'
PERSON = '+6281234500017'
PERSON_TOO = '+6281234500018'


def ignored(house):
    with house.kiosk_database() as database:
        return database.execute(
            "SELECT sender, outcome FROM inbound_message WHERE outcome LIKE 'ignored%' "
            'ORDER BY id').fetchall()


def machines_get_no_answer(house):
    """alphanumeric senders, short codes and our own number get no answer, but a record"""
    house.start()
    # Our own number is the SIM's secret until the modem is set up.
    house.deliver('Aduan pertama hari ini dari warga', PERSON)
    house.reply(PERSON)
    machines = ['TELKOMSEL', '3636', '888', OWN]
    for sender in machines:
        house.deliver('Promo! Beli paket data sekarang juga', sender)
    wait_for(lambda: len(ignored(house)) == len(machines), 10, 'all are recorded as ignored')
    house.deliver('Parit di depan rumah saya mampet', PERSON_TOO)
    expect(ticket_in(house.reply(PERSON_TOO)), 'a person gets a ticket')
    equal([to for to, _ in house.messages()], [PERSON, PERSON_TOO], 'who got a message')
    equal(len(house.complaints()), 2, 'complaints')
    for sender, outcome in ignored(house):
        expect(len(outcome) > len('ignored: '), f'a reason for {sender}: {outcome!r}')
    wait_for(house.synced, 10, 'all is at the server')
    with house.server_database() as database:
        told = database.execute("SELECT count(*) FROM event WHERE type = 'inbound.ignored'"
                                ).fetchone()[0]
    equal(told, len(machines), 'silences that the server knows')


run((machines_get_no_answer, {'modem_arguments': ('--number', OWN)}))
