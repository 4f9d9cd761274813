# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows 6b to 9b, L4, L7 and K: figures, one ticket's file, the report, what everybody may read, rights and improvements."""
import base64
import csv
import datetime
import io
import json
import os
import urllib.request

from harness import equal, expect, wait_for
from taking import NUMBERS
from walk import At, Neighbour, today


def fetched(walk, path, session=True):
    """What an officer's browser gets of an address that isn't a page, or anybody's."""
    headers = {}
    if session:
        cookies = walk.desk.driver.get_cookies()
        headers['Cookie'] = '; '.join(f'{c["name"]}={c["value"]}' for c in cookies)
    with urllib.request.urlopen(urllib.request.Request(walk.house.url + path, headers=headers),
                                timeout=120) as answer:
        return answer.read().decode()


def evaluate(walk):
    """6b"""
    desk = walk.desk
    desk.log_in('siti')
    expect('Laporan' not in desk.find('header').text, 'an officer is offered no report')
    desk.log_in('lurah')
    desk.go('Laporan')
    desk.see('.facts')
    for words in ('nilai tengah', 'terlama', 'tepat waktu', 'kepuasan'):
        desk.says(words)
    for words in ('kategori', 'petugas', 'saluran', 'kotak'):
        expect(words in desk.text().lower(), f'by {words}')
    walk.shoot()
    desk.fill('#officer', 'siti')
    desk.find('main form button').click()
    desk.says('petugas: siti')
    walk.shoot()


def whole_file(walk):
    """7a"""
    desk = walk.desk
    wait_for(walk.house.synced, 20, 'all is at the server')
    desk.log_in('rina')
    walk.show('road')
    desk.go('Berkas lengkap')
    for words in ('Semua cocok', 'saluran air tersumbat', 'sudah ditambal', 'sangat tidak puas',
                  'Siapa membaca', 'siti'):
        desk.says(words)
    desk.lacks('TIDAK COCOK')
    walk.shoot()
    link = desk.until(lambda: desk.driver.find_elements('link text', 'Unduh JSON'), 'as JSON')[0]
    whole = fetched(walk, link.get_attribute('href')[len(walk.house.url):])
    for words in (walk.tickets['road'], 'complaint.received', 'complaint.rated', 'sudah ditambal'):
        expect(words in whole, f'in the file to take along: {words}')


def report(walk):
    """7b"""
    desk = walk.desk
    desk.log_in('lurah')
    desk.open('/reports')
    desk.see('.facts')
    # As the sheet has it: what is cut off here is cut off on paper.
    desk.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print'})
    walk.shoot((680,))
    cut = desk.driver.execute_script("return [...document.querySelectorAll('.wide')]"
                                     '.filter(e => e.scrollWidth > e.clientWidth + 1).length')
    equal(cut, 0, 'tables that are wider than the sheet')
    paper = desk.driver.execute_cdp_cmd('Page.printToPDF', {'preferCSSPageSize': True})['data']
    desk.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': ''})
    with open(os.path.join(desk.shots, 'report.pdf'), 'wb') as file:
        file.write(base64.b64decode(paper))
    link = desk.until(lambda: desk.driver.find_elements('partial link text', 'CSV'), 'a CSV')[0]
    lines = list(csv.DictReader(io.StringIO(
        fetched(walk, link.get_attribute('href')[len(walk.house.url):]))))
    on_page = ' '.join(desk.find('.facts').text.split())
    expect(on_page.startswith(f'{lines[0]["received"]} aduan masuk '
                              f'{lines[0]["answered"]} sudah dijawab'),
           f'the same figures: {lines[0]} and {on_page!r}')


def statistics(walk):
    """8a and what L4 looks at: whole months that are over, from two other villages' kiosks."""
    day = (today().replace(day=1) - datetime.timedelta(days=3)).replace(day=10)
    many = Neighbour(At(walk.house), 5, 'Balai Ngentak')
    few = Neighbour(At(walk.house), 6, 'Balai Sogan')
    third = Neighbour(At(walk.house), 7, 'Balai Kulwaru')
    for n in range(24):
        many.complain(f'Informasi bantuan nomor {n} tidak diberikan', day,
                      'access' if n % 3 else 'procedure')
    for n in range(3):
        few.complain(f'Berkas {n} kurang', day, 'quality')
    for n in range(8):
        third.complain(f'Formulir {n} tidak jelas', day, 'procedure')
    for kiosk in (many, few, third):
        equal(kiosk.send()[0], 200, 'they come in')
    # A server that was just started has the figures as they are.
    walk.house.server.stop()
    walk.house.start_server()
    desk = walk.desk
    desk.driver.delete_all_cookies()
    desk.open('/publik')
    desk.see('.facts')
    desk.says('aduan masuk')
    walk.shoot()
    data = json.loads(fetched(walk, '/data/figures.json', session=False))
    expect(data['total']['received'] >= 35, f'as data: {data["total"]}')
    text = desk.text() + json.dumps(data)
    for personal in ('Budi', '8123456', 'Santoso', 'Formulir'):
        expect(personal not in text, f'nothing personal: {personal}')


def small_counts(walk):
    """L4"""
    desk = walk.desk
    desk.open('/publik')
    desk.says('kurang dari 5')
    desk.says('tidak ditampilkan')
    kiosks = {row['name']: row['received'] for row in
              json.loads(fetched(walk, '/data/figures.json', session=False))['kiosk']}
    equal(kiosks['Balai Sogan'], '<5', f'a count of 3 is kept back: {kiosks}')
    desk.driver.execute_script(
        "[...document.querySelectorAll('h2')].find(h => h.textContent.includes('kotak')).scrollIntoView()")
    walk.shoot()


def publish(walk, kind, title, text, name):
    desk = walk.desk
    desk.log_in('lurah')
    desk.go('Terbitan')
    desk.fill('#kind', kind)
    for field, words in (('title', title), ('text', text), ('tickets', walk.tickets[name])):
        desk.fill(f'#{field}', words)
    desk.find('button[value=save]').click()
    desk.until(lambda: desk.find('button[value=publish]'), 'a draft that can be published')
    walk.shoot()
    desk.find('button[value=publish]').click()
    desk.until(lambda: desk.find('button[value=withdraw]'), 'it is published')
    desk.driver.delete_all_cookies()
    desk.open('/publik')


def outcomes(walk):
    """8b"""
    desk = walk.desk
    publish(walk, 'Ringkasan hasil', 'Jalan pasar ditambal',
            'Lubang di jalan pasar ditambal dengan aspal panas.', 'road')
    desk.go('Hasil')
    desk.says('Jalan pasar ditambal')
    desk.lacks(walk.tickets['road'])
    walk.shoot()


def rights(walk):
    """9a"""
    desk, house, lobby = walk.desk, walk.house, walk.lobby
    told = walk.write('+6281234560008', 'INFO')
    expect('hak Anda' in told, f'rights by SMS: {told!r}')
    lobby.begin()
    lobby.choose('Hak')
    walk.lcd()
    lobby.leave()
    desk.open('/publik/hak')
    desk.says('hak setiap warga')
    desk.log_in('siti')
    desk.go('Pengumuman')
    desk.fill('#text', 'Penyuluhan hak informasi hari Senin pukul 9 di balai.')
    desk.find('main form button').click()
    desk.see('button[value=send]', 'it is shown before it is sent')
    walk.shoot()
    desk.find('button[value=send]').click()
    desk.says('Pengumuman diteruskan')
    walk.hear(NUMBERS['road'], 'Penyuluhan hak informasi')
    others = [to for to, text in house.messages()
              if 'Penyuluhan' in text and not NUMBERS['road'].endswith(to.lstrip('+'))]
    equal(others, [], 'who did not agree')
    walk.shoot()


def improvement(walk):
    """9b"""
    desk = walk.desk
    publish(walk, 'Perbaikan prosedur', 'Saluran air dibersihkan tiap bulan',
            'Saluran air di jalan pasar sekarang dibersihkan tiap bulan.', 'road')
    desk.go('Perbaikan')
    desk.says('dibersihkan tiap bulan')
    walk.shoot()


def board(walk):
    """L7"""
    lobby = walk.lobby
    wait_for(walk.house.synced, 20, 'all is at the server')
    lobby.begin()
    lobby.choose('Papan')
    walk.lcd()
    lobby.choose('Angka')
    lobby.find('masuk')
    walk.lcd()
    lobby.leave()
    lobby.begin()
    lobby.choose('Papan')
    lobby.choose('Aduan terjawab')
    lobby.find('Karang')
    walk.lcd()
    lobby.leave()
    lobby.begin()
    lobby.choose('Papan')
    lobby.choose('Pengumuman')
    lobby.find('Penyuluhan')
    walk.lcd()
    lobby.leave()


def kiosks(walk):
    """K"""
    desk = walk.desk
    desk.log_in('lurah')
    desk.go('Kotak', '3 · Triharjo')
    desk.until(lambda: 'Triharjo' in desk.find('h1').text, 'the page of the kiosk')
    for words in ('Keadaan menurut kotak', 'Modem sim1', 'Jaringan', 'Versi'):
        desk.says(words)
    walk.shoot()
    desk.go('Kotak')
    desk.says('Balai Sogan')
    walk.shoot()


ROWS = {'6b': evaluate, '7a': whole_file, 'K': kiosks, '7b': report, '8a': statistics, '8b': outcomes, '9a': rights,
        '9b': improvement, 'L4': small_counts, 'L7': board}
