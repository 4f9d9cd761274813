# SPDX-License-Identifier: GPL-2.0-or-later
"""Two SIMs of different operators: each answers what it received; while one is down the other
takes over; nothing is lost and nothing sent twice."""
import json
import os
import signal
import socket

from harness import Program, children, equal, expect, run, ticket_in, wait_for

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


def worker_of_one_killed(house):
    """the worker of one killed again and again under load: nothing lost, nothing twice"""
    second = SecondModem(house)
    house.start()
    try:
        wait_for(lambda: working(house) == [FIRST, SECOND], 20, 'both modems work')
        first_worker = children(house.kiosk.pid)[0]
        senders = [f'+62812346{number:05d}' for number in range(40)]
        for number, sender in enumerate(senders):
            text = f'ADUAN nomor {number} tentang pasar'
            if number % 2:
                house.deliver(text, sender)
            else:
                second.do(do='deliver', **{'from': sender, 'text': text})
            if number in (10, 25) and first_worker in children(house.kiosk.pid):
                os.kill(first_worker, signal.SIGKILL)
                first_worker = wait_for(
                    lambda: next((pid for pid in children(house.kiosk.pid)[1:]), None), 10,
                    'the worker is started again')
        everybody_once(house, second, senders)
    finally:
        second.program.stop()


def without_network(fault):
    """What makes a modem that answers AT unable to send; the other has to take over."""
    def test(house):
        second = SecondModem(house)
        house.start()
        try:
            wait_for(lambda: working(house) == [FIRST, SECOND], 20, 'both modems work')
            senders = [f'+62812347{number:05d}' for number in range(6)]
            house.sim(do='config', send_ms=700)
            for number, sender in enumerate(senders):
                house.deliver(f'ADUAN nomor {number} tentang jembatan', sender)
            wait_for(lambda: len(house.complaints()) == len(senders), 20, 'all are taken in')
            house.sim(do='config', **fault)
            everybody_once(house, second, senders, queue=False)
            expect(second.sent(), 'the second modem took over')
        finally:
            second.program.stop()
    test.__doc__ = f'one modem with {fault}: the other takes over what it should have answered'
    return test


def working(house):
    """The modems that status says work."""
    return [item['name'].split()[1] for item in house.kiosk_json('status')['items']
            if item['name'].startswith('modem ') and item['ok']]


def everybody_once(house, second, senders, queue=True):
    def answered():
        return [(to, ticket_in(text)) for to, text in house.messages() + second.sent()]
    wait_for(lambda: {to for to, _ in answered()} == set(senders), 60, 'everybody has an answer')
    if queue:
        wait_for(lambda: not house.kiosk_json('status')['queue']['outgoing'], 90,
                 'nothing waits to be sent')
    equal(len(house.complaints()), len(senders), 'complaints')
    equal(len(answered()), len(senders), 'answers, each once')


# A send whose outcome a kill or a pulled plug hides waits so long for its report: longer than
# the modem is away.
OPTIONS = {'kiosk_conf': '[modem sim2]\ndevice = {}\n[sms]\nreport_wait = 60\n'}


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


run(with_second(both_answer), with_second(one_takes_over), with_second(worker_of_one_killed),
    with_second(without_network({'registration': 'denied'})),
    with_second(without_network({'sim': 'missing'})))
