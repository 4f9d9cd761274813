# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# alone
"""One number sends 1,000 messages while somebody else waits for an answer, on each make."""
from harness import PATIENCE, equal, expect, measured, run, ticket_in, wait_for

MAKES = ['sim800', 'sim7600', 'ec25', 'e173']
MESSAGES = 1000
SEND_MS = 200
FLOOD = '+6281234599999'
# What a busy machine adds to one send: reading the message, deciding, committing.
SLACK_MS = 500
# A modem that takes its time for each command: reading goes first for half a second, twice.
SLOW_MS = 50
READING_MS = 1000


def received_ms(house, sender):
    with house.kiosk_database() as database:
        found = database.execute('SELECT received_ms FROM inbound_message WHERE sender = ?',
                                 (sender,)).fetchone()
    return found and found[0]


def taken(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT count(*) FROM inbound_message').fetchone()[0]


def answered_within_one_send(house, sender):
    """How long the answer's own sending had to wait after the message was taken in."""
    answer = wait_for(lambda: [sent for sent in house.sent() if sent['to'] == sender], 60,
                      'the other one is answered')[0]
    expect(ticket_in(answer['text']), 'with a ticket')
    return answer['time_ms'] - SEND_MS - received_ms(house, sender)


def flood(make, messages=MESSAGES, delay_ms=0):
    def test(house):
        house.start_modem()
        house.sim(do='config', reports='none', send_ms=SEND_MS, delay_ms=delay_ms)
        house.start_kiosk()
        for number in range(messages // 2):
            house.deliver(f'ADUAN banjir nomor {number} di kali', FLOOD)
        house.deliver('ADUAN lampu jalan mati di gang mawar', '+6281234500001')
        for number in range(messages // 2, messages):
            house.deliver(f'ADUAN banjir nomor {number} di kali', FLOOD)
        amid = answered_within_one_send(house, '+6281234500001')
        wait_for(lambda: taken(house) == messages + 1, 120, 'the flood is taken in')
        house.deliver('ADUAN jembatan rusak di gang kenanga', '+6281234500002')
        after = answered_within_one_send(house, '+6281234500002')
        measured(f'{make}: amid the flood the other waited {amid} ms, behind it {after} ms; '
                 f'one send takes {SEND_MS} ms')
        allowed = SEND_MS + (SLACK_MS + (READING_MS if delay_ms else 0)) * PATIENCE
        for waited in (amid, after):
            expect(waited <= allowed, f'the other waited {waited} ms')
        equal(len(house.replies('+6281234500001') + house.replies('+6281234500002')), 2,
              'answers to the others')
        equal(house.kiosk_json('status')['queue']['complaints'], messages + 2, 'complaints')
    test.__doc__ = (f'{make}: a flood of {messages} delays nobody else'
                    + (', nor with a slow modem' if delay_ms else ''))
    return test, {'make': make, 'sync': False}


run(*(flood(make) for make in MAKES), flood('sim800', 200, SLOW_MS))
