# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIM's money: asked for by USSD, warned about, and minded: notices stop first, tickets last."""
import json
from datetime import datetime, timezone

from harness import equal, expect, run, ticket_in, wait_for

CODE = '*888#'


def item(house, name):
    return next((item for item in house.kiosk_json('status')['items'] if item['name'] == name),
                None)


def balance_is_told(house):
    """the balance is asked, shown in status and reported to the server"""
    house.start_modem()
    house.sim(do='ussd_network', code=CODE,
              answer='Sisa Pulsa Rp 57.300. Aktif s.d. 31/12/2030')
    house.start_server()
    house.enroll()
    house.start_kiosk()
    told = wait_for(lambda: item(house, 'balance sim1'), 20, 'the balance stands in status')
    expect(told['ok'] and '57300' in told['text'] and '2030-12-31' in told['text'],
           f'the amount and its validity: {told}')
    wait_for(house.synced, 10, 'all is at the server')
    with house.server_database() as database:
        equal(database.execute("SELECT count(*) FROM event WHERE type = 'sim.balance'")
              .fetchone()[0], 1, 'reports of the balance at the server')


def little_money(house):
    """with little money left status warns and tickets still go out"""
    house.start_modem()
    house.sim(do='ussd_network', code=CODE, answer='Sisa Pulsa Rp 900. Aktif s.d. 31/12/2030')
    house.start_kiosk()
    told = wait_for(lambda: item(house, 'balance sim1'), 20, 'the balance stands in status')
    expect(not told['ok'] and told['advice'], f'it is warned about: {told}')
    house.deliver('ADUAN lampu mati di dusun kami', '+6281234500001')
    expect(ticket_in(house.reply('+6281234500001')), 'a ticket still goes out')
    house.deliver('CEK', '+6281234500001')
    wait_for(lambda: house.kiosk_json('status')['queue']['outgoing'] == 1, 10,
             'what can wait waits')
    equal(len(house.replies('+6281234500001')), 1, 'messages that went out')


def told_in_every_form(make):
    """The answer comes as text, in UCS-2 or packed, as makes have it."""
    def test(house):
        house.start_modem()
        house.sim(do='ussd_network', code=CODE,
                  answer='Sisa Pulsa Rp 57.300. Aktif s.d. 31/12/2030')
        house.start_kiosk()
        told = wait_for(lambda: item(house, 'balance sim1'), 20, 'the balance stands in status')
        expect(told['ok'] and '57300' in told['text'] and '2030-12-31' in told['text'],
               f'the amount and its validity: {told}')
        with house.kiosk_database() as database:
            raw = database.execute('SELECT raw FROM balance').fetchone()[0]
        expect('57.300' in raw, f'the answer as it was understood is kept: {raw!r}')
    test.__doc__ = f'{make}: the balance in the form that this make gives'
    return test, {**CONF, 'make': make, 'sync': False}


def reported(house):
    """Amounts that the server was told, with whether they are low."""
    with house.server_database() as database:
        return [(data['amount'], data['low']) for data in (json.loads(row[0]) for row in
                database.execute("SELECT data FROM event WHERE type = 'sim.balance' "
                                 'ORDER BY epoch, seq'))]


def count(house, sender):
    return len(house.replies(sender))


def states(house, sender):
    """The state of each kind of message to this number."""
    with house.kiosk_database() as database:
        return dict(database.execute('SELECT purpose, state FROM outgoing_sms '
                                     'WHERE recipient = ? ORDER BY id', (sender,)))


def waiting(house):
    """How many announcements and answers wait to be sent."""
    with house.kiosk_database() as database:
        found = dict(database.execute("SELECT purpose, count(*) FROM outgoing_sms WHERE state IN "
                                      "('queued', 'submitted') GROUP BY purpose"))
    return found.get('announcement', 0), found.get('answer', 0)


def earlier(falls, number):
    """How many must wait by now: since a top-up what could go did."""
    held = [0, 0]
    for _, notice, answer, _ in falls[:number + 1]:
        held = [0 if notice else held[0] + 1, 0 if answer else held[1] + 1]
    return tuple(held)


def balance_falls(house):
    """as the balance falls announcements stop first, then answers, ticket numbers last"""
    house.start()
    reader = '+6281234500002'
    house.deliver('MULAI', reader)
    house.reply(reader)
    falls = [(57300, True, True, True), (9400, False, True, True), (4400, False, False, True),
             (900, False, False, True), (60000, True, True, True)]
    for number, (amount, notice, answer, ticket) in enumerate(falls):
        house.sim(do='ussd_network', code=CODE,
                  answer=f'Sisa Pulsa Rp {amount:,}. Aktif s.d. 31/12/2030'.replace(',', '.'))
        house.restart_kiosk()

        def told(wanted=f'Rp {amount},'):
            found = item(house, 'balance sim1')
            return found if found and wanted in found['text'] else None
        shown = wait_for(told, 20, f'Rp {amount} stands in status')
        equal(shown['ok'], amount >= 10000, f'whether all is well with Rp {amount}')
        wait_for(lambda: reported(house)[-1:] == [(amount, amount < 10000)], 10,
                 'the server is told, and warned')
        notices = count(house, reader)
        house.ppidctl('announce', 'all', f'Kerja bakti nomor {number}')
        sender = f'+628123450010{number}'
        house.deliver(f'ADUAN selokan nomor {number} mampet', sender)
        given = ticket_in(house.reply(sender))
        expect(given, f'a ticket goes out with Rp {amount}')
        wait_for(house.synced, 10, 'the complaint is at the server')
        house.ppidctl('answer', given, f'Sudah dibersihkan {number}')
        wait_for(lambda who=sender: 'answer' in states(house, who), 10, 'the officer answers')
        wait_for(lambda: waiting(house) == earlier(falls, number), 10,
                 f'what waits with Rp {amount}: {waiting(house)}')
        equal(count(house, reader) > notices, notice, f'announcements go with Rp {amount}')
        equal(len(house.replies(sender)) == 2, answer, f'answers go with Rp {amount}')
    equal(len([1 for to, _ in house.messages() if to == reader]), 1 + len(falls),
          'after a top-up everything has gone out, each once')


def noon():
    """A time zone in which it is day, for notices wait at night."""
    east = (12 - datetime.now(timezone.utc).hour + 12) % 24 - 12
    return f'Etc/GMT{-east:+d}' if east else 'Etc/GMT'


CONF = {'kiosk_conf': f'[modem sim1]\nbalance_ussd = {CODE}\n'}
DAY = {'kiosk_conf': f'{CONF["kiosk_conf"]}[kiosk]\ntimezone = {noon()}\n'}
run((balance_is_told, CONF), (little_money, {**CONF, 'sync': False}),
    *(told_in_every_form(make) for make in ('sim800', 'sim7600', 'ec25', 'e173')),
    (balance_falls, DAY))
