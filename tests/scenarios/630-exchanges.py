# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
"""Odd things that networks and senders do, tried on each make of modem. What came of each is
compared with tests/exchanges/MAKE/CASE.txt, where the dialogue with the modem stands too;
KOTAK_RECORD=1 writes these files anew."""
import os
import re

import pdus
from harness import PIN, ROOT, TICKET, equal, expect, run, wait_for

MAKES = ['sim800', 'sim7600', 'ec25', 'e173']
OWN = '+628111999000'
RECORD = os.environ.get('KOTAK_RECORD')
# Longer than any machine takes from one part of a message to the next; one case waits for it.
PARTS_WAIT_S = 8
# What the worker asks now and then whatever happens.
ROUTINE = re.compile(r'AT(\+(CSQ|CREG|CEREG|COPS|CNMI|CPIN|CUSD)\b.*)?$')
ENDS = re.compile(r'(OK|ERROR|\+CM[ES] ERROR: .*)$')


class Exchange:
    """One case on one make: what was said to the modem and by it, and what came of it."""

    def __init__(self, house, make, name):
        self.house = house
        self.path = os.path.join(ROOT, 'tests', 'exchanges', make, f'{name}.txt')
        self.offset = len(house.modem.log())
        self.messages = len(house.sent())
        self.last = self.rows('SELECT coalesce (max(id), 0) FROM inbound_message')[0][0]
        self.complaints = len(house.complaints())
        self.summary = None

    def rows(self, sql, *values):
        with self.house.kiosk_database() as database:
            return database.execute(sql, values).fetchall()

    def give(self, pdu):
        self.house.sim(do='deliver_pdu', pdu=pdu)

    def outcomes(self):
        """What was decided about each message since."""
        return [(sender, outcome) for sender, outcome in self.rows(
            'SELECT sender, outcome FROM inbound_message WHERE id > ? ORDER BY id', self.last)]

    def answers(self):
        return self.house.sent()[self.messages:]

    def settled(self, messages, answers):
        """Waits until so many messages are decided, so many answers are out and all is quiet."""
        wait_for(lambda: len(self.outcomes()) >= messages and len(self.answers()) >= answers, 20,
                 f'{messages} messages decided and {answers} answers')
        wait_for(self.house.empty_modem, 10, 'the modem is emptied')
        wait_for(lambda: not self.rows("SELECT 1 FROM outgoing_sms WHERE state = 'queued' OR "
                                       "state = 'submitted'"), 10, 'nothing waits to be sent')
        equal(len(self.answers()), answers, 'answers')
        equal(len(self.outcomes()), messages, 'messages')

    def result(self):
        if self.summary:
            return [self.summary]
        lines = []
        for sender, outcome in self.outcomes():
            lines.append(f'from {sender}: '
                         f'{outcome if outcome.startswith("ignored") else "taken"}')
        for sent in self.answers():
            lines.append(f'to {sent["to"]}: '
                         f'{"a ticket" if TICKET.search(sent["text"]) else "an answer"}')
        for complaint in self.house.complaints()[self.complaints:]:
            lines.append(f'complaint: {complaint["text"]}')
        return lines

    def dialogue(self):
        """The lines from and to the modem, without what it is asked now and then."""
        words = {sent['pdu']: f'(PDU to {sent["to"]}: '
                              + PIN.sub('####', TICKET.sub('###-######-#', sent['text'])) + ')'
                 for sent in self.answers()}
        kept, skipping = [], False
        for direction, line in trace(self.house.modem.log()[self.offset:]):
            if direction == '>':
                skipping = bool(ROUTINE.match(line))
                line = words.get(line.replace('\x1a', ''), line)
            if not skipping:
                kept.append(f'{direction} {line}')
            elif ENDS.match(line):
                skipping = False
        return kept

    def compare(self):
        result = self.result()
        if RECORD:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(self.path, 'w', encoding='utf-8') as file:
                file.write('\n'.join(result + [''] + self.dialogue()) + '\n')
        with open(self.path, encoding='utf-8') as file:
            equal(result, file.read().split('\n\n')[0].splitlines(), 'what came of it')


def trace(log):
    """modem-sim's --trace as (direction, line) pairs."""
    waiting = {'<': '', '>': ''}
    for entry in log.splitlines():
        found = re.match(r'\d+ ([<>]) (.*)$', entry)
        if not found:
            continue
        direction = found.group(1)
        if direction == '>' and waiting['<'].startswith('> '):
            yield '<', waiting['<']
            waiting['<'] = ''
        text = waiting[direction] + found.group(2).replace('\\x1a', '\x1a\\r')
        *whole, waiting[direction] = re.split(r'(?:\\r|\\n)+', text)
        yield from ((direction, line) for line in whole if line)


def a_missing_part(case):
    """part 2 of 3 never comes: after [sms] parts_wait what came is a complaint, with a mark"""
    sender = '+6281234500001'
    case.give(pdus.part(sender, 'ADUAN jembatan bambu di dusun ', 1, 3, 7))
    case.give(pdus.part(sender, ' dan anak sekolah tidak bisa lewat', 3, 3, 7))
    case.settled(1, 1)


def a_repeated_part(case):
    """the network repeats parts: one complaint, whole"""
    sender = '+6281234500002'
    first = pdus.part(sender, 'ADUAN parit di depan pasar ', 1, 2, 8)
    case.give(first)
    case.give(first)
    case.give(pdus.part(sender, 'tersumbat sampah', 2, 2, 8, second=1))
    case.give(first)
    case.settled(1, 1)


def a_wide_reference(case):
    """parts with a 16-bit reference, the last one first"""
    sender = '+6281234500003'
    case.give(pdus.part(sender, 'di gang melati', 2, 2, 0x1234, wide=True))
    case.give(pdus.part(sender, 'ADUAN lampu jalan mati ', 1, 2, 0x1234, wide=True))
    case.settled(1, 1)


def a_flash_message(case):
    """class 0, stored by the modem or handed over at once: a complaint like any other"""
    case.give(pdus.deliver('+6281234500004', 'ADUAN pohon tumbang di jalan desa', coding=0x10))
    case.settled(1, 1)
    case.house.sim(do='config', class0='line')
    case.give(pdus.deliver('+6281234500005', 'ADUAN talut longsor di dusun tiga', coding=0xF0))
    case.settled(2, 2)
    case.house.sim(do='config', class0='store')


def a_wap_push(case):
    """8-bit data for the WAP port: kept, never answered"""
    case.give(pdus.deliver('+6281234500006', '', header='05040B8423F0', coding=0x04,
                           octets='DC0601AE02056A0045C60C03'))
    case.settled(1, 0)


def a_sender_with_a_name(case):
    """an alphanumeric sender is never answered"""
    case.give(pdus.deliver('TELKOMSEL', 'Beli paket data 10GB hanya 50rb, balas YA'))
    case.settled(1, 0)


def a_short_code(case):
    """a short code is never answered"""
    case.give(pdus.deliver('3636', 'Selamat! Anda mendapat bonus pulsa'))
    case.settled(1, 0)


def our_own_number(case):
    """a message from our own number is never answered"""
    case.give(pdus.deliver(OWN, 'ADUAN dari kartu ini sendiri'))
    case.settled(1, 0)


def two_responders(case):
    """another machine answers each of our answers: it hears no more than two"""
    sender = '+6281234500007'
    for number in range(3):
        case.give(pdus.deliver(sender, 'Kami sedang di luar kantor, hubungi lagi hari Senin',
                               second=number))
        wait_for(lambda: len(case.outcomes()) > number, 20, 'the machine is heard')
        if number < 2:
            wait_for(lambda: len(case.answers()) > number, 20, 'the machine is answered')
    case.settled(3, 2)
    expect(case.outcomes()[2][1].startswith('ignored'), 'the third gets no answer')


def a_flood(case):
    """many messages from one number, one from another: that one is answered next but one at most"""
    other, messages = '+6281234500009', 20
    case.house.sim(do='config', send_ms=100)
    for number in range(messages):
        case.give(pdus.deliver('+6281234500008', f'ADUAN sampah di gang nomor {number}',
                               second=number))
    wait_for(lambda: len(case.outcomes()) == messages, 20, 'the flood is taken in')
    case.give(pdus.deliver(other, 'ADUAN lampu jalan mati di gang melati'))
    case.settled(messages + 1, messages + 1)
    # From when its answer was queued, whatever was sent while it was read and decided.
    place = case.rows('SELECT count(*) FROM outgoing_part p, outgoing_sms s, outgoing_part own '
                      'WHERE s.recipient = ? AND own.sms_id = s.id AND p.sms_id <> s.id '
                      'AND p.submitted_ms BETWEEN s.created_ms AND own.submitted_ms',
                      other)[0][0]
    expect(place <= 2, f'{place} others were answered before')
    case.summary = f'{messages} from one number and one from another, all answered'
    case.house.sim(do='config', send_ms=20)


CASES = [a_missing_part, a_repeated_part, a_wide_reference, a_flash_message, a_wap_push,
         a_sender_with_a_name, a_short_code, our_own_number, two_responders, a_flood]


def all_cases(make):
    def test(house):
        house.start_modem()
        # Reports have a scenario of their own.
        house.sim(do='config', reports='none')
        house.start_kiosk()
        wait_for(lambda: house.kiosk_json('status')['items'][0]['ok'], 15, 'the modem works')
        for case in CASES:
            exchange = Exchange(house, make, case.__name__)
            try:
                case(exchange)
                exchange.compare()
            except AssertionError as error:
                raise AssertionError(f'{case.__doc__}: {error}') from error
    test.__doc__ = f'{make}: each case ends as recorded'
    return test, {'make': make, 'sync': False, 'kiosk_conf': f'[sms]\nparts_wait = {PARTS_WAIT_S}\n',
                  'modem_arguments': ('--trace', '--number', OWN)}


run(*(all_cases(make) for make in MAKES))
