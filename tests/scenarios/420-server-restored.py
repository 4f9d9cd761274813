# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The server is put back to yesterday: the kiosk gives it again what it lost.
from harness import equal, expect, run, ticket_in, wait_for


def number(index):
    return f'+62813888{index:05d}'


def complain(house, first, count):
    for index in range(first, first + count):
        house.deliver(f'Keluhan nomor {index} tentang saluran air', number(index))
    return {number(index): ticket_in(house.reply(number(index)))
            for index in range(first, first + count)}


def server_restored(house):
    """the server's database replaced by an older one: it gets the lost ones again, none twice"""
    house.start()
    tickets = complain(house, 0, 5)
    wait_for(house.synced, 10, 'all is at the server')
    house.ppidctl('answer', tickets[number(0)], 'Jawaban pertama dari petugas.')
    house.reply(number(0), after=1)
    wait_for(house.synced, 10, 'all is at the server')
    house.back_up_server(house.path('backup.db'))

    tickets.update(complain(house, 5, 5))
    wait_for(house.synced, 10, 'all is at the server')
    house.ppidctl('answer', tickets[number(6)], 'Jawaban kedua dari petugas.')
    house.reply(number(6), after=1)
    wait_for(house.synced, 10, 'all is at the server')

    house.server.stop()
    house.put_back_server(house.path('backup.db'))
    house.start_server()

    wait_for(lambda: len(house.server_complaints()) == 10, 30, 'the lost ones are there again')
    found = {c['from']: c['ticket'] for c in house.server_complaints()}
    equal(found, tickets, 'tickets at the server')
    with house.server_database() as database:
        doubled = database.execute('SELECT count(*) - count(DISTINCT id) FROM event '
                                   'WHERE source = 3').fetchone()[0]
    equal(doubled, 0, 'events that the server has twice')
    with house.kiosk_database() as database:
        equal(database.execute('SELECT max(epoch) FROM event').fetchone()[0], 1, 'epoch')

    # A new command gets a number that the kiosk knows from the lost one: it must still come.
    house.ppidctl('answer', tickets[number(7)], 'Jawaban ketiga dari petugas.')
    house.reply(number(7), after=1, containing='ketiga', seconds=20)
    equal(len(house.replies(number(0))), 2, 'messages to the first complainant')
    equal(len(house.replies(number(6))), 2, 'messages to the second answered one')
    equal(len(house.complaints()), 10, 'complaints at the kiosk')
    house.kotakctl('verify')
    house.ppidctl('verify')


def server_restored_while_away(house):
    """what came in while the restored server was away arrives too, in one order"""
    house.start()
    tickets = complain(house, 0, 2)
    wait_for(house.synced, 10, 'all is at the server')
    house.back_up_server(house.path('backup.db'))
    tickets.update(complain(house, 2, 2))
    wait_for(house.synced, 10, 'all is at the server')
    house.server.stop()
    house.put_back_server(house.path('backup.db'))
    tickets.update(complain(house, 4, 2))
    house.restart_kiosk()
    house.start_server()
    wait_for(lambda: len(house.server_complaints()) == 6, 30, 'all are there')
    equal({c['from']: c['ticket'] for c in house.server_complaints()}, tickets, 'tickets')
    expect(len(set(tickets.values())) == 6, 'six different tickets')
    house.ppidctl('verify')


run(server_restored, server_restored_while_away)
