# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# waits
# The main job at the lobby's panel: a resident types a complaint, leaves with a number on paper,
# and comes back for the answer; on every display and keypad that there is.
import re

from harness import equal, expect, run, wait_for
from lobby import Lobby, lobby_conf

TEXT = 'Lampu jalan mati di depan balai.'


def at_server(house, ticket):
    return next((c for c in house.server_complaints() if c['ticket'] == ticket), None)


def slip_is_right(slip, ticket, pin, copy=False):
    text = ' '.join(slip['text'])
    expect(ticket in text and pin in text, f'number and PIN on {text!r}')
    equal('SALINAN' in text, copy, 'marked as a copy')
    for personal in ('Lampu', 'Siti', '0812', 'Karang'):
        expect(personal not in text, f'{personal!r} stays off the paper')


def complaint_and_answer(house):
    """a complaint is typed, printed, answered by SMS and read at the panel"""
    with Lobby(house) as lobby:
        house.start()
        house.personal |= {'Siti', TEXT, '6281234567890'}
        ticket, pin = lobby.complain(TEXT)
        slip_is_right(lobby.printer.wait_for_slip(1), ticket, pin)
        equal(lobby.panel.violations(), [], 'what the data sheet forbids')
        mine = house.complaints()[0]
        equal((mine['ticket'], mine['channel'], mine['text'], mine['name'], mine['from'],
               mine['category'], mine['about'], mine['confidential']),
              (ticket, 'panel', TEXT, 'Siti Aminah', '+6281234567890', 'access', 'office', False),
              'the complaint')
        expect('Karang' in mine['address'] and 'RT 02' in mine['address'], mine['address'])
        there = wait_for(lambda: at_server(house, ticket), 10, 'it is at the server')
        equal((there['channel'], there['text'], there['category'], there['about']),
              ('panel', TEXT, 'access', 'office'), 'the complaint at the server')
        lobby.leave()
        expect(not re.search(r'\d{3}-\d{6}', lobby.words()), 'nothing stays on the screen')

        house.ppidctl('answer', ticket, 'Lampu sudah diganti pagi ini.')
        expect(ticket in house.reply('+6281234567890', containing='Lampu sudah'), 'by SMS too')
        lobby.look_up(ticket, pin)
        lobby.choose('Baca jawaban')
        lobby.find('Lampu sudah diganti')
        lobby.leave()
    house.kotakctl('verify')
    house.ppidctl('verify')


def answer_without_a_phone(house):
    """without a phone the answer and an officer's question wait at the panel"""
    with Lobby(house, size='16x2', keypad='4x3') as lobby:
        house.start()
        ticket, pin = lobby.complain(TEXT, phone='', name='', confidential=True)
        expect(house.complaints()[0]['confidential'], 'confidential')
        equal(house.complaints()[0]['from'], None, 'no number')
        lobby.leave()
        wait_for(lambda: at_server(house, ticket), 10, 'it is at the server')
        house.ppidctl('answer', ticket, 'Lampu sudah diganti pagi ini.')
        wait_for(lambda: house.complaints()[0]['state'] == 'resolved', 10, 'answered')
        lobby.look_up(ticket, pin)
        lobby.choose('Baca jawaban')
        lobby.find('diganti')
        lobby.leave()
        equal(house.messages(), [], 'nothing was sent to anybody')


def a_stranger_learns_nothing(house):
    """a wrong PIN shows nothing, and guessing is slowed"""
    with Lobby(house) as lobby:
        house.start()
        ticket, pin = lobby.complain(TEXT)
        lobby.leave()
        wrong = '0000' if pin != '0000' else '1111'
        blocked = False
        for _ in range(6):
            said = lobby.look_up(ticket, wrong)
            expect('cocok' in said.words, f'the PIN is refused: {said!r}')
            blocked = 'Terlalu' in said.words
            lobby.leave()
            if blocked:
                break
        expect(blocked, 'guessing is stopped')
        said = lobby.look_up(ticket, pin)
        expect('Terlalu' in said.words, f'also for whoever has the right one: {said!r}')
        lobby.leave()


def over_the_bus(display, **sizes):
    def test(house):
        with Lobby(house, printer=False, **sizes) as lobby:
            house.start()
            ticket, _ = lobby.complain(TEXT)
            equal(lobby.panel.violations(), [], 'what the data sheet forbids')
            equal([each['ticket'] for each in house.complaints()], [ticket], 'the complaint')
            lobby.leave()
    test.__doc__ = f'a complaint on a display {display}'
    return test, {'kiosk_conf': lobby_conf(display), 'sync': False}


run((complaint_and_answer, {'kiosk_conf': lobby_conf()}),
    (answer_without_a_phone, {'kiosk_conf': lobby_conf('16x2 gpio')}),
    (a_stranger_learns_nothing, {'kiosk_conf': lobby_conf(), 'sync': False}),
    over_the_bus('20x4 i2c:1:0x27'), over_the_bus('16x2 i2c:1:0x27:b', size='16x2', wiring='b'))
