# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows 4 to 6a: investigation, the answer, its time, and whether it helped."""
import datetime

from harness import equal, expect, wait_for
from taking import NUMBERS
from walk import At, Neighbour, last_day, today, working_days, written


def investigate(walk):
    """4"""
    desk = walk.desk
    desk.log_in('siti')
    walk.show('road')
    desk.press('note', 'Catatan tersimpan', kind='Temuan', cause='Gangguan teknis',
               note='Aspal terkelupas karena saluran air tersumbat.')
    desk.says('Sedang ditangani')
    desk.press('note', 'Catatan tersimpan', kind='Penyelesaian', note='Ditambal Kamis pagi.')
    for words in ('Temuan', 'Penyelesaian', 'Gangguan teknis', 'saluran air tersumbat'):
        desk.says(words)
    walk.shoot()


def answer(walk):
    """5a"""
    desk, lobby = walk.desk, walk.lobby
    walk.show('road')
    desk.press('answer', 'Jawaban tercatat', answer='Lubang di dekat pasar sudah ditambal.')
    told = walk.hear(NUMBERS['road'], 'sudah ditambal')
    expect(walk.tickets['road'] in told and len(told) <= 160, f'with its number: {told!r}')
    texts = [text for _, text in walk.house.messages() if 'tersumbat' in text]
    equal(texts, [], 'notes stay in the office')

    def delivered():
        walk.show('road')
        return desk.find('.delivery.delivered')
    wait_for(lambda: any(m['purpose'] == 'answer' and m['state'] == 'delivered' for m in
                         walk.house.server_json('show', walk.tickets['road'])['messages']), 20,
             'the report of its delivery is at the server')
    expect(delivered(), 'and the page says so')
    desk.says('sampai di penerima')
    walk.shoot()
    walk.show('panel')
    desk.says('Dibaca pengadu di kiosk dengan nomor tiket dan PIN.')
    desk.press('answer', 'Jawaban tercatat', answer='Pipa sudah baik.')
    wait_for(lambda: next(c for c in walk.house.complaints()
                          if c['ticket'] == walk.tickets['panel'])['state'] == 'resolved', 20,
             'the kiosk has it')
    lobby.look_up(walk.tickets['panel'], walk.pins['panel'])
    walk.lcd()
    lobby.choose('Baca jawaban')
    lobby.find('Pipa sudah baik')
    walk.lcd()
    lobby.leave()
    by_letter(walk)


def by_letter(walk):
    """To who came in person: printed, signed, handed over, and that is written down."""
    desk = walk.desk
    walk.show('Tatap muka')
    desk.press('answer', 'Sampaikan sendiri kepada pengadu', answer='Jadwal sekarang ditempel di papan depan.')
    desk.says('belum disampaikan')
    desk.open('/complaints?refresh=0')
    desk.until(lambda: desk.driver.find_elements('partial link text', 'belum disampaikan'),
               'a task on the first page')[0].click()
    desk.says(walk.tickets['Tatap muka'])
    walk.show('Tatap muka')
    desk.go('Cetak surat')
    for words in ('Sumarni', 'Dalangan RT 03', walk.tickets['Tatap muka'], 'ditempel di papan depan'):
        desk.says(words)
    walk.shoot()
    desk.driver.back()
    desk.see('summary').click()
    desk.fill('#how-0', 'Diserahkan')
    desk.press('handed', 'Diserahkan')
    desk.lacks('belum disampaikan')
    walk.shoot()


def earlier_days(walk):
    """Another village's kiosk was cut off; what it took in comes now. (late ticket, its day, soon
    ticket)"""
    kiosk = Neighbour(At(walk.house), 4, 'Dusun Seberang')
    late_day = today() - datetime.timedelta(days=40)
    soon_day = next(day for day in (today() - datetime.timedelta(days=n) for n in range(1, 30))
                    if working_days(today(), last_day(day, 7)) <= 2)
    late = kiosk.complain('Surat pindah belum jadi', late_day)
    soon = kiosk.complain('Loket tutup waktu jam layanan', soon_day)
    equal(kiosk.send()[0], 200, 'they come at last')
    return late, late_day, soon


def in_time(walk):
    """5b"""
    desk = walk.desk
    walk.show('lamp')
    desk.press('assign', 'Petugas tercatat', officer='siti')
    desk.press('extend', 'Waktu diperpanjang', extend='Menunggu kabel dari PLN')
    desk.says(f'sampai {written(last_day(today(), 14))}')
    told = walk.hear(NUMBERS['lamp'], 'Menunggu kabel dari PLN')
    expect('diperpanjang' in told, f'the resident is told why: {told!r}')
    expect(not desk.find('#extend'), 'and it is given once')
    late, day, soon = earlier_days(walk)
    desk.log_in('lurah')
    found = desk.work('Jatuh tempo')
    equal(found[:2], [late, soon], 'what is late stands first, then what soon will be')
    desk.says('Seluruh kantor: terlambat 1, jatuh tempo dalam dua hari kerja 1')
    days = working_days(last_day(day, 7), today())
    desk.says(f'Terlambat {days} hari kerja (batas {written(last_day(day, 7))})' if days
              else f'Terlambat (batas {written(last_day(day, 7))})')
    walk.shoot()


def monitor(walk):
    """6a"""
    desk, number = walk.desk, NUMBERS['road']
    walk.write(number, 'MULAI')
    wait_for(walk.house.synced, 20, 'that they agreed is at the server')
    desk.log_in('siti')
    walk.show('road')
    desk.press('survey', 'Pertanyaan kepuasan diteruskan')
    walk.hear(number, 'NILAI')
    told = walk.write(number, 'NILAI 1')
    expect('dibuka kembali' in told, f'they are told: {told!r}')
    wait_for(lambda: walk.at_server('road')['state'] == 'reopened', 20, 'it is open again')
    walk.show('road')
    desk.says('Dibuka kembali')
    desk.says('sangat tidak puas')
    desk.says(f'sampai {written(last_day(today(), 7))}')
    walk.shoot()
    desk.press('answer', 'Jawaban tercatat', answer='Tambalan diulang dengan aspal panas.')
    walk.hear(number, 'aspal panas')
    walk.write(number, 'NILAI 5')
    wait_for(lambda: walk.at_server('road')['rating'] == 5, 20, 'and now it helped')
    walk.show('road')
    desk.says('5 dari 5: sangat puas')
    desk.press('state', 'Status tercatat', to='Ditutup')
    walk.shoot()


ROWS = {'4': investigate, '5a': answer, '5b': in_time, '6a': monitor}
