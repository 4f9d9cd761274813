# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# kotakd with a server that knows only the least of docs/sync.md, and with bad ones.
import time

from harness import copy_store, equal, expect, measured, put_store, run, ticket_in, wait_for
from minimal_server import MinimalServer


def number(index):
    return f'+62812555{index:05d}'


def begin(house):
    server = MinimalServer(house.port)
    server.codes.add('KODE1234')
    server.start()
    house.start_modem()
    house.kotakctl('enroll', house.url, 'KODE1234')
    house.start_kiosk()
    return server


def complain(house, first, count):
    for index in range(first, first + count):
        house.deliver(f'Pengaduan ke-{index} perihal selokan', number(index))
    return {number(index): ticket_in(house.reply(number(index), seconds=30))
            for index in range(first, first + count)}


def all_there(house, server, tickets, seconds=10):
    wait_for(lambda: len(server.complaints()) >= len(tickets), seconds, 'all at the server')
    wait_for(house.synced, seconds, 'every event is acknowledged')
    found = {e['personal']['body']['from']: e['ticket']
             for e in server.complaints().values()}
    equal(found, tickets, 'tickets at the server')


def the_least_is_enough(house):
    """a server with only events and commands: complaint up, answer down, oddities ignored"""
    server = begin(house)
    tickets = complain(house, 0, 1)
    all_there(house, server, tickets)
    complaint = next(iter(server.complaints()))
    odd = server.command('telepathy', ticket=tickets[number(0)], uuid=complaint, wave=[1, {}])
    server.command('answer', ticket='003-999999-9', uuid='nobody', text='Untuk siapa?')
    answer = server.command('answer', ticket=tickets[number(0)], uuid=complaint, to='resolved',
                            text='Selokan sudah dibersihkan.', priority='high', x=None)
    house.reply(number(0), after=1, containing='Selokan sudah dibersihkan.')
    wait_for(lambda: len(server.events('command.applied')) == 3, 10, 'three are told applied')
    results = {e['data']['id']: e['data']['result'] for e in server.events('command.applied')}
    equal(results[odd], 'refused', 'what becomes of an unknown type')
    equal(results[answer], 'done', 'what becomes of the answer')
    equal({encoding for method, path, encoding in server.requests
           if path == '/v1/kiosk/events'}, {'gzip'}, 'how bodies are sent')
    server.stop()


def outage(house):
    """the server away for 200 complaints: all there once, in order, within 10 s of its return"""
    server = begin(house)
    wait_for(lambda: server.events('kiosk.started'), 10, 'the kiosk reports')
    server.stop()
    tickets = complain(house, 0, 200)
    began = time.monotonic()
    server.start()
    all_there(house, server, tickets)
    measured(f'200 complaints at a minimal server {time.monotonic() - began:.1f} s '
             'after it came back')
    equal([e['seq'] for e in server.log[1]], list(range(1, len(server.log[1]) + 1)), 'order')
    server.stop()


def server_put_back(house):
    """a minimal server put back to an older state gets again what it lost, and its commands come"""
    server = begin(house)
    tickets = complain(house, 0, 3)
    all_there(house, server, tickets)
    backup = server.backup()
    tickets.update(complain(house, 3, 3))
    all_there(house, server, tickets)
    uuids = {e['ticket']: key for key, e in server.complaints().items()}
    for index in (0, 1):
        server.command('answer', ticket=tickets[number(index)], text='Jawaban pertama.',
                       uuid=uuids[tickets[number(index)]], to='resolved')
        house.reply(number(index), after=1, containing='pertama')
    wait_for(lambda: len(server.events('command.applied')) == 2, 10, 'told applied')
    server.stop()
    server.restore(backup)
    server.start()
    all_there(house, server, tickets, 20)
    server.command('answer', ticket=tickets[number(4)], text='Jawaban kedua.',
                   uuid=uuids[tickets[number(4)]], to='resolved')
    house.reply(number(4), after=1, containing='kedua')
    equal(len(house.replies(number(0))), 2, 'messages to the first')
    equal(list(server.log), [1], 'epochs')
    server.stop()


def card_put_back(house):
    """the kiosk's card put back: a new epoch that a minimal server takes, no complaint twice"""
    server = begin(house)
    tickets = complain(house, 0, 3)
    all_there(house, server, tickets)
    copy_store(house.kiosk_store, house.path('backup.db'))
    tickets.update(complain(house, 3, 3))
    all_there(house, server, tickets)
    house.kiosk.stop()
    server.stop()
    put_store(house.path('backup.db'), house.kiosk_store)
    house.start_kiosk()
    # More than was lost, so that the length of the log gives nothing away. The numbers that
    # were given twice are the server's to sort out.
    late = complain(house, 6, 6)
    server.start()
    wait_for(lambda: len(server.complaints()) == 12, 20, 'all twelve at the server')
    wait_for(house.synced, 10, 'every event is acknowledged')
    equal(sorted(server.log), [1, 2], 'epochs')
    expect(server.log[2][0]['type'] == 'epoch.started', 'how the new epoch begins')
    senders = {e['personal']['body']['from'] for e in server.complaints().values()}
    equal(senders, set(tickets) | set(late), 'whose complaints')
    fresh = complain(house, 12, 1)[number(12)]
    expect(int(fresh.split('-')[1]) > 10000, f'serials jump ahead: {fresh}')
    house.kotakctl('verify')
    server.stop()


def bad_servers(house):
    """answers lost, cut, refused or nonsense: said, survived, and nothing twice"""
    server = begin(house)
    tickets = complain(house, 0, 1)
    all_there(house, server, tickets)
    for turn, fault in enumerate(('lose', 'cut', 'garbage', 500, 503, 429, 404, 302), 1):
        with server.lock:
            server.fault = fault
        before = len(server.requests)
        tickets.update(complain(house, turn, 1))
        wait_for(lambda: len(server.requests) > before, 10, f'the kiosk meets {fault}')
        wait_for(lambda: 'WRONG' in house.kotakctl('status', code=None).stdout, 10,
                 f'kotakctl status says that something is wrong with {fault}')
        server.heal()
        all_there(house, server, tickets, 15)
    server.stop()


def revoked(house):
    """a revoked kiosk says so, works on, and is back as soon as it is enrolled again"""
    server = begin(house)
    tickets = complain(house, 0, 1)
    all_there(house, server, tickets)
    with server.lock:
        server.tokens.clear()
    tickets.update(complain(house, 1, 1))
    wait_for(lambda: 'enroll' in house.kotakctl('status', code=None).stdout, 10,
             'kotakctl status tells to enrol again')
    tickets.update(complain(house, 2, 1))
    with server.lock:
        server.codes.add('KODE5678')
    house.kotakctl('enroll', house.url, 'KODE5678')
    all_there(house, server, tickets, 15)
    server.stop()


run(the_least_is_enough, outage, server_put_back, card_put_back, bad_servers, revoked)
