# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 400
# alone
# What happens to modems in a village: garbage, a pulled plug, silence, reboots. Each time the
# kiosk must be back by itself, with nothing lost and nothing doubled.
import os
import time

from harness import equal, expect, measured, run, ticket_in, wait_for

# A minute in earnest; `make test` waits less.
SILENCE = int(os.environ.get('KOTAK_SILENCE_SECONDS', '20'))
NOISE = int(os.environ.get('KOTAK_NOISE_SECONDS', '10'))


class People:
    """Senders who each complain once, and what they must have got in the end."""

    def __init__(self, house):
        self.house = house
        self.numbers = []

    def complain(self, count=1):
        for _ in range(count):
            index = len(self.numbers)
            self.numbers.append(f'+62812777{index:05d}')
            self.house.deliver(f'Aduan ke-{index} tentang air bersih', self.numbers[-1])

    def answered(self, seconds, what):
        began = time.monotonic()
        for number in self.numbers:
            reply = self.house.reply(number, seconds=max(1, began + seconds - time.monotonic()))
            expect(ticket_in(reply), f'a ticket for everybody {what}')

    def check(self):
        wait_for(self.house.empty_modem, 20, 'the modem is emptied')
        for number in self.numbers:
            equal(len(self.house.replies(number)), 1, f'replies to {number}')
        equal(sorted(c['from'] for c in self.house.complaints()), self.numbers,
              'complaints at the kiosk')
        wait_for(lambda: len(self.house.server_complaints()) == len(self.numbers), 10,
                 'complaints at the server')


def after(house, people, seconds_of_fault, limit, what):
    """Delivers during the fault and measures from its end until everybody has a reply."""
    ends = time.monotonic() + seconds_of_fault
    people.complain(3)
    people.answered(seconds_of_fault + limit, what)
    measured(f'{what}: answered {max(0, time.monotonic() - ends):.1f} s after its end')
    people.complain(2)
    people.answered(limit, f'after {what}')
    people.check()


def start(house):
    house.start()
    people = People(house)
    people.complain(2)
    people.answered(15, 'before the fault')
    return people


def noise(house):
    """garbage on the line: recovered within 5 s of its end"""
    people = start(house)
    house.sim(do='fault', name='noise', ms=NOISE * 1000)
    after(house, people, NOISE, 5, f'garbage for {NOISE} s')


def silent(house):
    """a silent modem: recovered within 30 s of its return"""
    people = start(house)
    house.sim(do='fault', name='silent', ms=SILENCE * 1000)
    after(house, people, SILENCE, 30, f'silence of {SILENCE} s')


def reboot(house):
    """a modem that reboots by itself: recovered within 30 s"""
    people = start(house)
    house.sim(do='fault', name='reboot')
    after(house, people, 0, 30, 'a reboot')


def unplug(house):
    """unplugged and back under another name: recovered within 30 s"""
    people = start(house)
    house.sim(do='fault', name='unplug')
    wait_for(lambda: not house.kiosk_json('status')['modems'][0]['answering'], 30,
             'kotakctl status says that the modem does not answer')
    expect(house.kotakctl('status').strip(), 'status in words')
    house.sim(do='fault', name='plug', link=house.path('ttyMODEM7'))
    after(house, people, 0, 30, 'plugging in under another name')


def pulled_while_busy(house):
    """unplugged in the middle of many messages: nothing lost, nothing doubled"""
    people = start(house)
    people.complain(30)
    wait_for(lambda: len(house.messages()) >= 10, 30, 'some are answered')
    house.sim(do='fault', name='unplug')
    house.sim(do='fault', name='plug', link=house.path('ttyMODEM8'))
    people.answered(60, 'after a pull in the middle')
    people.check()


run(noise, silent, reboot, (unplug, {'device': 'ttyMODEM*'}),
    # The one reply that was just being handed over waits for its report before it is sent again.
    (pulled_while_busy, {'device': 'ttyMODEM*', 'kiosk_conf': '[sms]\nreport_wait = 10'}))
