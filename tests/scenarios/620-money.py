# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIM's money: asked for by USSD, warned about, and minded: notices stop first, tickets last."""
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


CONF = {'kiosk_conf': f'[modem sim1]\nbalance_ussd = {CODE}\n'}
run((balance_is_told, CONF), (little_money, {**CONF, 'sync': False}))
