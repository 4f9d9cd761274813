# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The server is away while people complain; when it is back it gets everything once and in order.
import time

from harness import BUILD, equal, expect, measured, run, ticket_in, wait_for

COUNT = 40 if 'asan' in BUILD else 200
ASKER = '+6281377700001'


def number(index):
    return f'+62813888{index:05d}'


def server_down(house):
    """server down, 200 complaints, CEK works; server started: all there once, in order, in 10 s"""
    house.start()
    house.deliver('Jembatan bambu di RT 5 hampir putus', ASKER)
    house.reply(ASKER)
    house.server.stop()

    for index in range(COUNT):
        house.deliver(f'Keluhan nomor {index} tentang saluran air', number(index))
        if index == COUNT // 2:
            house.deliver('CEK', ASKER)
    wait_for(lambda: len(house.messages()) >= COUNT + 2, 120,
             f'{COUNT} complaints and CEK are answered without the server')
    expect(ticket_in(house.replies(ASKER)[-1]), f'CEK is answered: {house.replies(ASKER)[-1]!r}')
    for index in range(COUNT):
        equal(len(house.replies(number(index))), 1, f'replies to sender {index}')
    equal(len(house.complaints()), COUNT + 1, 'complaints at the kiosk')

    house.start_server()
    began = time.monotonic()

    def all_there():
        with house.server_database() as database:
            return database.execute('SELECT count(*) FROM complaint').fetchone()[0] >= COUNT + 1
    wait_for(all_there, 10, 'all complaints at the server')
    measured(f'{COUNT} complaints at the server {time.monotonic() - began:.1f} s after it started')

    with house.server_database() as database:
        rows = database.execute(
            "SELECT p.sender FROM event e JOIN complaint_personal p ON p.uuid = e.complaint "
            "WHERE e.source = 3 AND e.type = 'complaint.received' ORDER BY e.epoch, e.seq"
        ).fetchall()
        doubled = database.execute('SELECT count(*) - count(DISTINCT id) FROM event '
                                   'WHERE source = 3').fetchone()[0]
    with house.kiosk_database() as database:
        accepted = database.execute(
            "SELECT p.sender FROM event e JOIN complaint_personal p "
            "ON p.uuid = json_extract(e.data, '$.uuid') "
            "WHERE e.type = 'complaint.received' ORDER BY e.epoch, e.seq").fetchall()
    equal(rows, accepted, 'order at the server')
    equal(len({row[0] for row in rows}), COUNT + 1, 'senders at the server')
    equal(doubled, 0, 'events that the server has twice')
    wait_for(house.synced, 5, 'every event is acknowledged')
    house.ppidctl('verify')


run(server_down)
