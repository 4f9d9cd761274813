# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows P, L1, L2, L3, L5 and L6: kinds of case, an SMS at each step, what is about the office itself,
places, and the same complaint twice."""
import ppidd_kiosk
from harness import equal, expect, wait_for
from taking import NUMBERS, SMS
from walk import At, last_day, today, written

ASKS, STEPS = '+6281234560009', '+6281234560010'


def request_for_information(walk):
    desk = walk.desk
    walk.texts('budget', 'Minta salinan APBKal 2026', ASKS)
    walk.arrived('budget')
    desk.log_in('ani')
    walk.show('budget')
    desk.press('kind', 'Permohonan informasi', case='Permohonan informasi (10 hari kerja)')
    desk.says(f'sampai {written(last_day(today(), 10))}')
    walk.shoot()
    desk.press('verify', 'Status tercatat')
    desk.log_in('siti')
    walk.show('budget')
    desk.press('extend', 'Waktu diperpanjang', extend='Salinannya masih dibuat')
    desk.says(f'sampai {written(last_day(today(), 17))}')
    desk.press('answer', 'Jawaban tercatat', answer='Salinan dapat diambil di balai.')
    walk.hear(ASKS, 'dapat diambil')


def kinds(walk):
    """L1"""
    desk = walk.desk
    request_for_information(walk)
    told = walk.write(ASKS, 'KEBERATAN lampirannya tidak ada')
    expect(walk.tickets['budget'] in told and '30 hari kerja' in told, f'they are told: {told!r}')
    walk.tickets['objection'] = next(c['ticket'] for c in walk.house.complaints()
                                     if c['from'] == ASKS and c['ticket'] != walk.tickets['budget'])
    walk.arrived('objection')
    desk.log_in('siti')
    walk.show('objection')
    desk.says('Keberatan dijawab atasan PPID')
    expect(not desk.find('#answer'), 'an officer does not answer it')
    desk.log_in('lurah')
    walk.show('objection')
    desk.press('kind', 'Alasan keberatan', ground='e. Permohonan informasi tidak dipenuhi')
    desk.says(f'sampai {written(last_day(today(), 30))}')
    walk.shoot()
    desk.press('answer', 'Jawaban tercatat', answer='Lampiran ditambahkan hari ini.')
    walk.hear(ASKS, 'Lampiran ditambahkan')
    desk.go('Lainnya')
    desk.until(lambda: desk.driver.find_elements('partial link text', 'Register keberatan'),
               'the register')[0].click()
    for words in (walk.tickets['objection'], walk.tickets['budget'], 'Lampiran ditambahkan'):
        desk.says(words)
    walk.shoot()


def each_step(walk):
    """L2"""
    desk = walk.desk
    walk.texts('steps', 'Data stunting tidak dapat dilihat', STEPS)
    walk.arrived('steps')
    desk.log_in('siti')
    walk.show('steps')

    def day(date):
        return f'{date:%d-%m-%Y}'
    desk.press('verify', 'Status tercatat')
    told = walk.hear(STEPS, 'diverifikasi')
    expect(day(last_day(today(), 7)) in told, f'verified, and by when: {told!r}')
    desk.press('extend', 'Waktu diperpanjang', extend='Menunggu puskesmas')
    told = walk.hear(STEPS, 'Menunggu puskesmas')
    expect(day(last_day(today(), 14)) in told, f'extended, why and until when: {told!r}')
    desk.press('answer', 'Jawaban tercatat', answer='Datanya sekarang di papan balai.')
    told = walk.hear(STEPS, 'di papan balai')
    expect(f'sampai {day(last_day(today(), 30))}' in told and 'KEBERATAN' in told,
           f'answered, and until when one may object: {told!r}')
    for text in walk.house.replies(STEPS):
        expect(len(text) <= 160 and walk.tickets['steps'] in text, f'one SMS: {text!r}')
    wait_for(walk.house.synced, 20, 'all is at the server')
    walk.show('steps')
    walk.shoot()
    # Who left no number reads it at the panel, with the answer of row 5a.
    walk.lobby.look_up(walk.tickets['panel'], walk.pins['panel'])
    walk.lobby.choose('Baca jawaban')
    walk.lobby.find(f'bilang petugas sampai {day(last_day(today(), 30))}')
    walk.lcd()
    walk.lobby.leave()


def about_office(walk):
    """L3"""
    desk = walk.desk
    desk.log_in('ani')
    walk.show('money')
    address = desk.driver.current_url[len(walk.house.url):]
    desk.press('category', 'sekarang pimpinan yang menanganinya',
               category='Prosedur tidak jelas atau tidak dijalankan', about='petugas kantor ini')
    expect(walk.tickets['money'] not in desk.work('Semua'), 'it is gone from her lists')
    for name in ('ani', 'siti'):
        desk.log_in(name)
        desk.open(address)
        desk.says('tidak ditemukan')
    walk.shoot()
    desk.log_in('rina')
    walk.show('money')
    desk.says('petugas kantor ini')
    equal(len(desk.driver.find_elements('css selector', 'main form')), 0, 'forms for an auditor')
    desk.log_in('lurah')
    expect(walk.tickets['money'] in desk.work('Jatuh tempo'), 'the head has it')
    walk.show('money')
    desk.says('Aduan ini tentang kantor atau petugas sendiri')
    desk.press('verify', 'Status tercatat')
    names = [o.text.strip() for o in
             desk.driver.find_elements('css selector', '#officer option')]
    equal(names, ['Pilih petugas', 'kepala', 'lurah'], 'who may see it are offered it')
    walk.shoot()
    desk.press('refer', 'Aduan dialihkan', office='Inspektorat Kulon Progo')
    walk.hear(NUMBERS['money'], 'Inspektorat Kulon Progo')
    walk.shoot()


def places(walk):
    """L5"""
    lobby, desk = walk.lobby, walk.desk
    lobby.begin()
    lobby.choose('Aduan baru')
    lobby.choose('Prosedur')
    lobby.choose('Kantor')
    lobby.see('Dusun')
    walk.lcd()
    lobby.choose('Ngaglik')
    lobby.see('RT 01')
    walk.lcd()
    lobby.leave()
    desk.log_in('lurah')
    walk.show('panel')
    desk.says('Karang')
    desk.says('RT 02')
    walk.shoot()


def the_same(walk):
    """L6"""
    desk = walk.desk
    desk.log_in('siti')
    walk.show('bridge')
    desk.says('1 aduan lain yang mirip')
    walk.shoot()
    desk.find('.similar input[type=checkbox]').click()
    desk.press('answer', 'Jawaban tercatat', answer='Papan jembatan sudah diganti.')
    for name in ('bridge', 'bridge again'):
        told = walk.hear(NUMBERS[name], 'Papan jembatan sudah diganti.')
        expect(walk.tickets[name] in told, f'each with a number of its own: {told!r}')
    desk.open('/complaints?list=all&refresh=0')
    desk.fill('#q', 'kalikepek')
    desk.find('#q').submit()
    desk.until(lambda: 'kalikepek' in desk.driver.current_url, 'what was looked for')
    found = [t.text for t in desk.driver.find_elements('css selector', '.list .ticket')]
    equal(sorted(found), sorted([walk.tickets['bridge'], walk.tickets['bridge again']]),
          'found by words')


def erased(walk):
    """P"""
    desk, house = walk.desk, walk.house
    browser = ppidd_kiosk.Browser(At(house))
    browser.login('kepala', desk.PASSWORD)
    desk.open('/login')
    desk.driver.delete_all_cookies()
    for cookie in browser.jar:
        desk.driver.add_cookie({'name': cookie.name, 'value': cookie.value, 'path': cookie.path})
    desk.open('/retention')
    desk.fill('#ticket', walk.tickets['land'])
    desk.fill('#reason', 'Permintaan pengadu sendiri')
    desk.find('form[action$="/retention/ticket"] button').click()
    desk.says('Hapus data pribadi ini?')
    walk.shoot()
    desk.see('button[value=erase]').click()
    desk.until(lambda: any(walk.tickets['land'] in item.text for item in
                           desk.driver.find_elements('css selector', '.history li')), 'it is erased')
    walk.shoot()
    walk.show('land')
    for words in (SMS['land'][0], NUMBERS['land']):
        desk.lacks(words)
    desk.says('Kantor Pertanahan Kulon Progo')
    walk.shoot()
    wait_for(lambda: SMS['land'][0] not in str(house.complaints()), 20, 'and in the kiosk')


ROWS = {'P': erased, 'L1': kinds, 'L2': each_step, 'L3': about_office, 'L5': places, 'L6': the_same}
