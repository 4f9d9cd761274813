# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# The whole grammar through a modem: every word, three languages, a restart in mid-conversation.
from harness import equal, expect, run, ticket_in, wait_for

SITI = '+6281234500640'
PAIJO = '+6281234500641'
ANN = '+6281234500642'
NEIGHBOUR = '+6281234500643'


class Phone:
    """A resident: says something, and gets just one answer to it."""

    def __init__(self, house, number):
        self.house = house
        self.number = number
        self.count = 0

    def hear(self, containing):
        text = self.house.reply(self.number, after=self.count, seconds=15,
                                containing=containing)
        self.count += 1
        expect(len(text) <= 160, f'one SMS: {text!r}')
        return text

    def say(self, text, containing):
        self.house.deliver(text, self.number)
        return self.hear(containing)


def complaint(house, ticket):
    return next(c for c in house.complaints() if c['ticket'] == ticket)


def events(house, kind):
    with house.kiosk_database() as database:
        return database.execute("SELECT count(*) FROM event WHERE type = ? AND actor = "
                                "'complainant'", (kind,)).fetchone()[0]


def every_word(house):
    """every word of the grammar, one answer each, and its events at the server"""
    house.start()
    siti = Phone(house, SITI)
    siti.say('Halo', 'Kirim aduan Anda')
    siti.say('BANTUAN', 'Kirim aduan Anda')
    siti.say('INFO', 'hak Anda')
    siti.say('CEK', 'Belum ada aduan')
    first = ticket_in(siti.say('Pak mau lapor lampu jln depan mushola mati', 'PIN'))
    siti.say('Siti Aminah, Karang RT 04', 'Siti Aminah')
    siti.say('CEK', first)
    siti.say('TAMBAH tiangnya nomor 7', first)
    siti.say('rahasia', 'dirahasiakan')
    wait_for(lambda: complaint(house, first)['confidential'], 5, 'it is confidential')
    second = ticket_in(siti.say('ADUAN got mampet di pasar', 'PIN'))
    choice = siti.say('tambah airnya masuk rumah', 'Tiket yang mana')
    expect(first in choice and second in choice, f'both tickets in {choice!r}')
    siti.say('yang kedua', first)
    siti.say(f'BATAL {second}', 'Balas YA')
    siti.say('ya', 'dibatalkan')
    equal(complaint(house, second)['state'], 'withdrawn', 'state of the second')
    wait_for(house.synced, 10, 'the complaint is at the server')
    house.ppidctl('answer', first, 'Lampu sudah diganti.')
    siti.hear('Lampu sudah diganti')
    siti.say('NILAI 1', 'dibuka kembali')
    equal(complaint(house, first)['state'], 'reopened', 'state of the first')
    equal(complaint(house, first)['rating'], 1, 'rating of the first')
    siti.say('MULAI', 'Pengumuman')
    siti.say('BERHENTI', 'tidak dikirim lagi')
    siti.say('terima kasih', 'Sama-sama')
    for kind, wanted in (('complaint.received', 2), ('complaint.details', 3),
                         ('complaint.confidential', 1), ('complaint.rated', 1),
                         ('complaint.state', 2), ('contact.consent', 2)):
        equal(events(house, kind), wanted, f'events {kind}')
    wait_for(house.synced, 10, 'the server has every event')
    states = {c['ticket']: c['state'] for c in house.server_complaints()}
    equal(states, {first: 'reopened', second: 'withdrawn'}, 'states at the server')
    house.kotakctl('verify')
    house.ppidctl('verify')


def two_languages(house):
    """a language, once chosen, is spoken from then on, by the office too"""
    house.start()
    paijo, ann = Phone(house, PAIJO), Phone(house, ANN)
    paijo.say('basa jawa mawon', 'Basa Jawi')
    ann.say('BAHASA EN', 'in English')
    one = ticket_in(paijo.say('toya mboten mili sampun tigang dinten', 'katampi'))
    other = ticket_in(ann.say('The bridge to the school is broken', 'Complaint received'))
    house.restart_kiosk()
    paijo.say('asmo kulo Paijo griyo dusun Dalangan', 'Matur nuwun, Paijo')
    ann.say('Ann Miller, Jl. Wates km 5', 'Thank you, Ann Miller')
    paijo.say('pripun wadulan kula', one)
    ann.say(f'CHECK {other}', 'waiting for verification')
    paijo.say('BATAL', 'Wangsuli YA')
    paijo.say('mboten sios', 'tetep dipungarap')
    paijo.say('bahasa indonesia', 'Bahasa Indonesia')
    paijo.say('cek', 'sudah diterima')


def restart_in_mid_conversation(house):
    """sessions survive kotakd's death: a choice, a confirmation, a rating of the wrong number"""
    house.start()
    siti, neighbour = Phone(house, SITI), Phone(house, NEIGHBOUR)
    first = ticket_in(siti.say('jalan dusun kami rusak berat', 'PIN'))
    siti.say('tidak mau', 'Baik')
    second = ticket_in(siti.say('lampu di pasar juga mati', 'PIN'))
    siti.say('Siti Aminah, Karang', 'Siti Aminah')
    siti.say('TAMBAH ada yang jatuh kemarin', 'Tiket yang mana')
    house.kiosk.kill()
    house.start_kiosk()
    siti.say('2', first)
    siti.say('batalkan laporan saya', 'Tiket yang mana')
    siti.say('1', 'Balas YA')
    house.kiosk.kill()
    house.start_kiosk()
    siti.say('iya pak', second)
    equal(complaint(house, second)['state'], 'withdrawn', 'state')
    # Nobody else may change it, PIN or not.
    neighbour.say(f'BATAL {first}', 'Maaf')
    neighbour.say(f'NILAI {first} 1', 'Maaf')
    neighbour.say(f'RAHASIA {first}', 'Maaf')
    equal(complaint(house, first)['state'], 'received', 'state')
    equal(events(house, 'complaint.details'), 2, 'the addition and the name are there once')
    house.kotakctl('verify')


run(every_word, two_languages, restart_in_mid_conversation)
