# SPDX-License-Identifier: GPL-2.0-or-later
"""Two SIMs of different operators: each answers what it received; while one is down the other
takes over; nothing is lost and nothing sent twice."""
import json
import os
import socket

from harness import Program, equal, expect, run, ticket_in, wait_for

FIRST = 'sim1'
SECOND = 'sim2'


class SecondModem:
    """Another modem-sim beside the house's own."""

    def __init__(self, house):
        self.house = house
        self.socket = house.path('second.sock')
        self.link = house.path('ttySECOND')
        self.program = Program(house, 'modem-sim-2', [
            'modem-sim', '--make', 'ec25', '--link', self.link, '--control', self.socket,
            '--number', '+628150000001'])
        house.programs.append(self.program)
        self.program.start()
        wait_for(lambda: 'ready' in self.program.log(), 10, 'the second modem-sim is ready')

    def do(self, **request):
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(20)
            control.connect(self.socket)
            control.sendall(json.dumps(request).encode() + b'\n')
            answer = json.loads(control.makefile('r', encoding='utf-8').readline())
        expect(answer.get('ok'), f'the second modem does {request}: {answer}')
        return answer

    def sent(self):
        return [(part['to'], part['text']) for part in self.do(do='sent', after=0)['sent']]


def both_answer(house):
    """each modem answers what it received"""
    second = SecondModem(house)
    house.start()
    try:
        house.deliver('ADUAN lampu mati di dusun satu', '+6281234500001')
        second.do(do='deliver', **{'from': '+6281234500002',
                                   'text': 'ADUAN jalan rusak di dusun dua'})
        wait_for(lambda: len(second.sent()) == 1, 15, 'the second modem answers')
        expect(ticket_in(house.reply('+6281234500001')), 'the first modem answers')
        equal([to for to, _ in second.sent()], ['+6281234500002'], 'whom the second answered')
    finally:
        second.program.stop()


def one_takes_over(house):
    """one modem unplugged under load: nothing lost, nothing twice, the other carries on"""
    second = SecondModem(house)
    house.start()
    try:
        senders = [f'+62812345{number:05d}' for number in range(40)]
        for number, sender in enumerate(senders):
            if number % 2:
                house.deliver(f'ADUAN nomor {number} tentang selokan', sender)
            else:
                second.do(do='deliver', **{'from': sender,
                                           'text': f'ADUAN nomor {number} tentang selokan'})
            if number == 20:
                house.sim(do='fault', name='unplug')
        for sender in senders[21:]:
            house.senders.add(sender)
        # What lay in the unplugged modem comes once it is back.
        wait_for(lambda: len(second.sent()) >= 20, 30, 'the second modem carries on')
        house.sim(do='fault', name='plug', link=house.device)

        def tickets():
            return [(to, ticket_in(text)) for to, text in house.messages() + second.sent()]
        wait_for(lambda: len({to for to, _ in tickets()}) == len(senders), 40,
                 'everybody has an answer')
        wait_for(lambda: not house.kiosk_json('status')['queue']['outgoing'], 90,
                 'nothing waits to be sent')
        equal(len(house.complaints()), len(senders), 'complaints')
        given = tickets()
        equal(len(given), len(set(given)), 'replies, each once')
    finally:
        second.program.stop()


OPTIONS = {'kiosk_conf': '[modem sim2]\ndevice = {}\n[sms]\nreport_wait = 5\n'}


def with_second(test):
    """The second modem's device lies in the house's folder, whose name isn't known before."""
    def wrapped(house):
        with open(house.kiosk_conf, encoding='utf-8') as file:
            text = file.read()
        with open(house.kiosk_conf, 'w', encoding='utf-8') as file:
            file.write(text.format(os.path.join(house.folder, 'ttySECOND')))
        test(house)
    wrapped.__doc__ = test.__doc__
    return wrapped, OPTIONS


run(with_second(both_answer), with_second(one_takes_over))
