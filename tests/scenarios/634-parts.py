# SPDX-License-Identifier: GPL-2.0-or-later
"""Long messages whose parts come before and after a restart, twice, or cut amid a character."""
import pdus
from harness import equal, expect, run, ticket_in, wait_for

SENDER = '+6281234540001'
# Longer than any machine takes from one part to the next, or to look; one case waits for it.
PARTS_WAIT_S = 6


def parts_waiting(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT count(*) FROM inbound_part WHERE message_id IS NULL'
                                ).fetchone()[0]


def texts(house):
    return [complaint['text'] for complaint in house.complaints()]


def across_a_restart(house):
    """parts before and after a kill of kotakd make one message"""
    house.start_modem()
    house.start_kiosk()
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, 'ADUAN pipa air di dusun ', 1, 2, 9))
    wait_for(lambda: parts_waiting(house) == 1, 10, 'the first part waits')
    house.kiosk.kill()
    house.start_kiosk()
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, 'dua bocor sejak kemarin', 2, 2, 9))
    expect(ticket_in(house.reply(SENDER)), 'a ticket')
    equal(texts(house), ['pipa air di dusun dua bocor sejak kemarin'], 'complaints')


def widths_told_apart(house):
    """an 8-bit and a 16-bit reference of the same value are of two messages"""
    house.start_modem()
    house.start_kiosk()
    for pdu in (pdus.part(SENDER, 'ADUAN lampu mati ', 1, 2, 7),
                pdus.part(SENDER, 'ADUAN sampah di ', 1, 2, 7, wide=True),
                pdus.part(SENDER, 'di gang mawar', 2, 2, 7),
                pdus.part(SENDER, 'kali gajah wong', 2, 2, 7, wide=True)):
        house.sim(do='deliver_pdu', pdu=pdu)
    wait_for(lambda: sorted(texts(house)) == ['lampu mati di gang mawar',
                                              'sampah di kali gajah wong'], 10,
             'two complaints, each whole')


def repeated_with_another_stamp(house):
    """a part of a whole message that comes again with another time stamp is no new message"""
    house.start_modem()
    house.start_kiosk()
    first, second = 'ADUAN parit di depan pasar ', 'tersumbat sampah plastik'
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, first, 1, 2, 8))
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, second, 2, 2, 8))
    house.reply(SENDER)
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, second, 2, 2, 8, second=30))
    wait_for(lambda: parts_waiting(house) == 1, 10, 'the repeated part waits')
    wait_for(lambda: parts_waiting(house) == 0, 15, 'and is done with')
    equal(texts(house), [first.removeprefix('ADUAN ') + second], 'complaints')
    equal(len(house.replies(SENDER)), 1, 'answers')
    # Sent once more as a whole it is a new message, as any words are that come again later.
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, first, 1, 2, 8, second=59))
    house.sim(do='deliver_pdu', pdu=pdus.part(SENDER, second, 2, 2, 8, second=59))
    house.reply(SENDER, after=1)


def emoji_cut_in_two(house):
    """an emoji whose halves lie in two parts comes out whole"""
    house.start_modem()
    house.start_kiosk()
    text = 'ADUAN ' + 'banjir di dusun tiga, air masuk rumah ' + '😢' * 3
    for number in range(2):
        units = text.encode('utf-16-be')
        # Amid the second emoji: 2 octets into its 4.
        cut = len(text[:-2].encode('utf-16-be')) + 2
        half = units[cut:] if number else units[:cut]
        house.sim(do='deliver_pdu', pdu=pdus.deliver(
            SENDER, '', header=f'00030A02{number + 1:02X}', coding=0x08, octets=half.hex().upper()))
    house.reply(SENDER)
    equal(texts(house), [text.removeprefix('ADUAN ')], 'complaints')


OPTIONS = {'sync': False}
run((across_a_restart, OPTIONS), (widths_told_apart, OPTIONS),
    (repeated_with_another_stamp, {**OPTIONS, 'kiosk_conf': f'[sms]\nparts_wait = {PARTS_WAIT_S}\n'}),
    (emoji_cut_in_two, OPTIONS))
