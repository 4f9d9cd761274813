# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The kiosk's card is put back to yesterday: a new epoch, no number twice, nothing lost.
from harness import copy_store, equal, expect, put_store, run, ticket_in, wait_for


def number(index):
    return f'+62813888{index:05d}'


def complain(house, first, count):
    for index in range(first, first + count):
        house.deliver(f'Keluhan nomor {index} tentang saluran air', number(index))
    return {number(index): ticket_in(house.reply(number(index)))
            for index in range(first, first + count)}


def serial(ticket):
    return int(ticket.split('-')[1])


def epochs(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT max(epoch) FROM event').fetchone()[0]


def check_both(house, tickets):
    wait_for(lambda: len(house.server_complaints()) == len(tickets), 20, 'all at the server')
    wait_for(lambda: len(house.complaints()) == len(tickets), 20, 'all at the kiosk')
    wait_for(house.synced, 20, 'every event is acknowledged')
    equal({c['from']: c['ticket'] for c in house.server_complaints()}, tickets,
          'tickets at the server')
    equal({c['from']: c['ticket'] for c in house.complaints()}, tickets, 'tickets at the kiosk')
    equal(len(set(tickets.values())), len(tickets), 'different tickets')
    house.kotakctl('verify')
    house.ppidctl('verify')


def restored(house):
    """the kiosk's database replaced by an older one: new epoch, no collision, no loss"""
    house.start()
    tickets = complain(house, 0, 4)
    wait_for(house.synced, 10, 'all is at the server')
    copy_store(house.kiosk_store, house.path('backup.db'))
    tickets.update(complain(house, 4, 4))
    wait_for(house.synced, 10, 'all is at the server')
    house.kiosk.stop()
    put_store(house.path('backup.db'), house.kiosk_store)
    house.start_kiosk()
    wait_for(lambda: epochs(house) == 2, 20, 'a new epoch begins')

    wait_for(lambda: len(house.complaints()) == 8, 20, 'the lost ones come back from the server')
    tickets.update(complain(house, 8, 2))
    expect(serial(tickets[number(8)]) > 10000,
           f'serials jump ahead: {tickets[number(8)]}')
    check_both(house, tickets)

    # A complaint that the card had lost is a complaint like any other.
    house.deliver('CEK', number(5))
    expect(tickets[number(5)] in house.reply(number(5), after=1), 'CEK knows the restored ticket')
    house.ppidctl('answer', tickets[number(6)], 'Jawaban bagi aduan yang dipulihkan.')
    house.reply(number(6), after=1, containing='dipulihkan')
    for index in range(10):
        expect(len(house.replies(number(index))) <= 2, f'messages to sender {index}')


def restored_offline(house):
    """a restored kiosk that gives a number twice while offline: both kept, the later renumbered"""
    house.start()
    tickets = complain(house, 0, 2)
    wait_for(house.synced, 10, 'all is at the server')
    copy_store(house.kiosk_store, house.path('backup.db'))
    tickets.update(complain(house, 2, 2))
    wait_for(house.synced, 10, 'all is at the server')
    house.kiosk.stop()
    house.server.stop()
    put_store(house.path('backup.db'), house.kiosk_store)
    house.start_kiosk()
    late = complain(house, 4, 1)
    twice = late[number(4)]
    equal(twice, tickets[number(2)], 'the number that the copy gives again')

    house.start_server()
    wait_for(lambda: epochs(house) == 2, 30, 'a new epoch begins')
    told = house.reply(number(4), after=1, seconds=20, containing=twice)
    fresh = next(word.strip('.,;:()') for word in told.split()
                 if ticket_in(word) and ticket_in(word) != twice)
    tickets[number(4)] = ticket_in(fresh)
    expect(serial(tickets[number(4)]) >= 900000, f'a number of the server: {told!r}')
    check_both(house, tickets)
    equal(len(house.replies(number(2))), 1, 'messages to the first holder of the number')


run(restored, restored_offline)
