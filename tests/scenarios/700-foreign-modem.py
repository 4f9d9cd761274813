# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems with habits that no maker of ours has: each takes messages, each is answered once."""
from foreign_modem import ForeignModem
from harness import equal, run, wait_for
from pdus import deliver


def converse(house, seconds=15, before=2, after=3, **habits):
    modem = ForeignModem(house.device, **habits)
    numbers = [f'+62811000000{n}' for n in range(before + after)]
    try:
        for number in numbers[:before]:
            modem.arrive('Lampu jalan di dusun kami mati', number)
        house.start_kiosk()
        wait_for(lambda: len(modem.messages()) >= before, seconds,
                 'the messages that waited are answered')
        for number in numbers[before:]:
            modem.arrive('Jembatan dekat pasar rusak parah', number)
        wait_for(lambda: len(modem.messages()) >= before + after, seconds,
                 'the messages that arrive are answered')
        wait_for(modem.empty, seconds, 'the modem is empty')
        equal(sorted(to for to, _ in modem.messages()), numbers, 'who was answered')
        equal(len(house.complaints()), len(numbers), 'complaints')
    finally:
        modem.close()


def digits(house):
    """a modem that was left with digits for results works"""
    converse(house, numeric=True)


def bytewise(house):
    """a modem that says its answers byte by byte works"""
    converse(house, drip=0.001, before=1, after=1)


def line_ends(house):
    """a modem with \\r\\r\\n at the ends of its lines works"""
    converse(house, end='\r\r\n')


def stores(house):
    """a modem with five stores, places from 0 and notices amid a listing works"""
    converse(house, stores=('SM', 'ME', 'BM', 'SR', 'TA'), first_index=0, list_interrupt=True)


def calls(house):
    """calls that come and end all the time harm nothing"""
    converse(house, storm=('RING', '+CLIP: "+628111111",145,"",,"",0', 'NO CARRIER'),
             noisy_echo='\x00\xff\x80')


def at_the_prompt(house):
    """a message that arrives while the prompt waits is answered"""
    modem = ForeignModem(house.device, prompt_arrival=deliver(
        '+628110000099', 'Jalan rusak parah sekali', 50), prompt_arrival_after='+CREG: 1')
    try:
        modem.arrive('Lampu jalan di dusun kami mati', '+628110000001')
        house.start_kiosk()
        wait_for(lambda: len(modem.messages()) == 2, 15, 'both are answered')
        wait_for(modem.empty, 15, 'the modem is empty')
    finally:
        modem.close()


def late_network(house):
    """a network found late, and without a word of it, is noticed"""
    converse(house, before=1, after=1, register_after=7)


run(*[(test, {'sync': False}) for test in
      (digits, bytewise, line_ends, stores, calls, at_the_prompt, late_network)])
