# SPDX-License-Identifier: GPL-2.0-or-later
# Announcements and questions of satisfaction reach those who agreed, through kiosk and modem.
import datetime

from harness import expect, run, ticket_in, wait_for

AGREES = '+6281234500001'
REFUSES = '+6281234500002'
SILENT = '+6281234500003'


def zone_of_day():
    """A time zone where it is early afternoon just now: the kiosk tells such things by day."""
    offset = 13 - datetime.datetime.now(datetime.timezone.utc).hour
    return f'Etc/GMT{-offset:+d}' if offset else 'Etc/GMT'


def at_server(house, ticket):
    return next(c for c in house.server_complaints() if c['ticket'] == ticket)


def asked(house, ticket):
    """The words of the question of satisfaction, once they were delivered."""
    return next((m['text'] for m in house.server_json('show', ticket)['messages']
                 if m['purpose'] == 'survey' and m['state'] == 'delivered'), None)


def commands(house, ticket):
    return [(c['type'], c['state']) for c in house.server_json('show', ticket)['commands']]


def reach_those_who_agreed(house):
    """announcements and questions of satisfaction go to those who agreed, and to nobody else"""
    house.start()
    tickets = {}
    for sender in (AGREES, REFUSES, SILENT):
        house.deliver(f'ADUAN Saluran air mampet di RT {sender[-1]}', sender)
        tickets[sender] = ticket_in(house.reply(sender))
    for sender, word in ((AGREES, 'MULAI'), (REFUSES, 'BERHENTI')):
        before = len(house.replies(sender))
        house.deliver(word, sender)
        house.reply(sender, after=before)
    wait_for(house.synced, 10, 'all is at the server')
    before = {sender: len(house.replies(sender)) for sender in tickets}

    house.ppidctl('announce', 'all', 'Posyandu hari Senin pukul 9 di balai.')
    house.reply(AGREES, after=before[AGREES], containing='Posyandu hari Senin')

    for sender, ticket in tickets.items():
        house.ppidctl('answer', ticket, 'Saluran sudah dibersihkan.')
        house.reply(sender, after=before[sender], containing='sudah dibersihkan')
        house.ppidctl('survey', ticket)
    question = wait_for(lambda: asked(house, tickets[AGREES]), 15, 'the question arrived')
    expect(question in house.replies(AGREES), f'as an SMS: {question!r}')
    expect(len(question) <= 160 and 'NILAI' in question, f'in one SMS, with the word for it: {question!r}')
    house.deliver('NILAI 5', AGREES)
    wait_for(lambda: at_server(house, tickets[AGREES])['rating'] == 5, 10,
             'the rating is at the server')
    wait_for(house.synced, 10, 'all is at the server')
    for sender in (REFUSES, SILENT):
        wait_for(lambda who=sender: commands(house, tickets[who]) == [('survey', 'refused')], 10,
                 'the question to who did not agree is refused')
        expect(not any('Posyandu' in text or 'NILAI 1' in text for text in house.replies(sender)),
               f'nothing uncalled for: {house.replies(sender)}')
    house.kotakctl('verify')
    house.ppidctl('verify')


run((reach_those_who_agreed, {'kiosk_conf': f'[kiosk]\ntimezone = {zone_of_day()}\n'}))
