# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# alone
"""One number sends 1,000 messages while somebody else waits for an answer, on each make."""
from harness import equal, expect, measured, run, ticket_in, wait_for

MAKES = ['sim800', 'sim7600', 'ec25', 'e173']
MESSAGES = 1000
SEND_MS = 200
FLOOD = '+6281234599999'
# A modem that takes its time for each command.
SLOW_MS = 50


def received_ms(house, sender):
    with house.kiosk_database() as database:
        found = database.execute('SELECT received_ms FROM inbound_message WHERE sender = ?',
                                 (sender,)).fetchone()
    return found and found[0]


def taken(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT count(*) FROM inbound_message').fetchone()[0]


def answered(house, sender):
    """How many others were sent off between the queueing of this answer and its own turn, by
    kotakd's own record, and how many milliseconds its sending waited."""
    answer = wait_for(lambda: [sent for sent in house.sent() if sent['to'] == sender], 60,
                      'the other one is answered')[0]
    expect(ticket_in(answer['text']), 'with a ticket')
    with house.kiosk_database() as database:
        before = database.execute(
            'SELECT count(*) FROM outgoing_part p, outgoing_sms s, outgoing_part own '
            'WHERE s.recipient = ? AND own.sms_id = s.id AND p.sms_id <> s.id '
            'AND p.submitted_ms BETWEEN s.created_ms AND own.submitted_ms', (sender,)
        ).fetchone()[0]
    return before, answer['time_ms'] - SEND_MS - received_ms(house, sender)


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
        before, amid = answered(house, '+6281234500001')
        wait_for(lambda: taken(house) == messages + 1, 120, 'the flood is taken in')
        house.deliver('ADUAN jembatan rusak di gang kenanga', '+6281234500002')
        before_too, after = answered(house, '+6281234500002')
        measured(f'{make}: amid the flood the other waited {amid} ms, behind it {after} ms; '
                 f'one send takes {SEND_MS} ms; {before} and {before_too} went before')
        # The one on its way when the answer was queued isn't among them.
        expect(max(before, before_too) <= 2, f'{before}, {before_too} were sent before the other')
        expect(max(amid, after) < messages // 2 * SEND_MS, 'nor did it wait for half of the flood')
        equal(len(house.replies('+6281234500001') + house.replies('+6281234500002')), 2,
              'answers to the others')
        equal(house.kiosk_json('status')['queue']['complaints'], messages + 2, 'complaints')
    test.__doc__ = (f'{make}: a flood of {messages} delays nobody else'
                    + (', nor with a slow modem' if delay_ms else ''))
    return test, {'make': make, 'sync': False}


run(*(flood(make) for make in MAKES), flood('sim800', 200, SLOW_MS))
