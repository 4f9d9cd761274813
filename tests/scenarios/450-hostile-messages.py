# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# The same PDU twice is one complaint; random PDUs neither block nor vanish.
import random
import time

from harness import BUILD, equal, expect, measured, run, ticket_in, wait_for

RANDOM = 300 if 'asan' in BUILD else 2000
GOOD = 20


def swapped(digits):
    digits += 'F' * (len(digits) % 2)
    return ''.join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def septets(text):
    """Packs characters that are the same in ASCII and GSM 7 bit (23.038)."""
    bits = 0
    for place, character in enumerate(text):
        bits |= ord(character) << (7 * place)
    return bits.to_bytes((7 * len(text) + 7) // 8, 'little').hex().upper()


def deliver_pdu(sender, text, second=0):
    """An SMS-DELIVER (23.040 section 9.2.2.1) with its service centre in front."""
    digits = sender.lstrip('+')
    stamp = swapped(f'2611241200{second:02d}28')
    return (f'0791{swapped("628180000000")}04{len(digits):02X}91{swapped(digits)}0000{stamp}'
            f'{len(text):02X}{septets(text)}')


def same_pdu_twice(house):
    """the same PDU delivered twice by the network is one complaint with one reply"""
    house.start()
    sender = '+6281299900001'
    pdu = deliver_pdu(sender, 'Pohon tumbang menutup jalan')
    house.sim(do='deliver_pdu', pdu=pdu)
    expect(ticket_in(house.reply(sender)), 'a ticket')
    house.sim(do='deliver_pdu', pdu=pdu)
    house.sim(do='deliver_pdu', pdu=pdu)
    wait_for(house.empty_modem, 10, 'the copies leave the modem')
    # Another message from someone else afterwards shows that the copies were dealt with.
    house.deliver('Lampu jalan padam', '+6281299900002')
    house.reply('+6281299900002')
    equal(len(house.replies(sender)), 1, 'replies')
    equal(len(house.complaints()), 2, 'complaints at the kiosk')
    # The same words a second later are a new message.
    house.sim(do='deliver_pdu', pdu=deliver_pdu(sender, 'Pohon tumbang menutup jalan', second=1))
    house.reply(sender, after=1)
    wait_for(lambda: len(house.server_complaints()) == 3, 5, 'complaints at the server')


def random_pdus(house):
    """random PDUs and an address length of 255 among good ones: those answered, these kept"""
    house.start()
    # Until the modem is set up it throws status reports away, as real ones do.
    house.deliver('Aduan pertama sebelum semuanya', '+6281299900003')
    house.reply('+6281299900003')
    dice = random.Random(1)
    pdus = []
    for index in range(RANDOM):
        size = dice.randint(1, 175)
        body = bytearray(dice.randbytes(size))
        if index % 2:
            # Half of them begin like a message, so that the decoder gets past the first octets.
            head = bytes.fromhex('00' + dice.choice(['00', '04', '40', '44', '02', '06', '01']))
            body[:len(head)] = head
        pdus.append(bytes(body).hex().upper())
    # libgammu's known crash: a sender's length of 255 digits.
    pdus.append('00' + '04' + 'FF' + '91' + '26' * 20 + '0000' + '62114221000082' + '05'
                + septets('Halo.'))
    senders = [f'+62812888{index:05d}' for index in range(GOOD)]
    step = len(pdus) // GOOD
    began = time.monotonic()
    for index, pdu in enumerate(pdus):
        house.sim(do='deliver_pdu', pdu=pdu)
        if index % step == 0 and index // step < GOOD:
            sender = senders[index // step]
            house.personal.add(sender)
            house.sim(do='deliver_pdu', pdu=deliver_pdu(
                sender, f'Aduan baik nomor {index // step} tentang pasar'))
    for sender in senders:
        expect(ticket_in(house.reply(sender, seconds=120)), 'the good ones are answered')
    wait_for(house.empty_modem, 60, 'the modem is emptied')
    measured(f'{len(pdus)} random PDUs dealt with in {time.monotonic() - began:.1f} s')

    def none_raw():
        with house.kiosk_database() as database:
            return not database.execute(
                "SELECT count(*) FROM inbound_pdu WHERE state = 'raw'").fetchone()[0]
    wait_for(none_raw, 60, 'every PDU has its outcome')
    with house.kiosk_database() as database:
        states = dict(database.execute('SELECT state, count(*) FROM inbound_pdu GROUP BY state'))
    measured(f'random PDUs: {states}')
    with house.kiosk_database() as database:
        kept = {row[0] for row in database.execute('SELECT hex(pdu) FROM inbound_pdu')}
    lost = set(pdus) - kept
    expect(not lost, f'{len(lost)} PDUs were not kept, such as {sorted(lost, key=len)[:5]}')
    expect(states.get('unreadable', 0) > len(pdus) // 2, 'most are unreadable')
    equal(sum(1 for c in house.complaints() if c['from'] in senders), GOOD, 'good complaints')
    shown = house.kiosk_json('inbox')
    expect(any('unreadable' in str(item) for item in shown), 'kotakctl inbox shows unreadable ones')
    wait_for(house.synced, 30, 'every event is at the server')
    with house.server_database() as database:
        told = database.execute("SELECT count(*) FROM event WHERE type = 'inbound.unreadable'"
                                ).fetchone()[0]
    equal(told, states['unreadable'], 'unreadable ones that the officer can see')
    house.kotakctl('verify')


run(same_pdu_twice, random_pdus)
