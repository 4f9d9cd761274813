# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows 1a to 3b: taking in, verifying, categories, who is responsible."""
from harness import equal, expect, ticket_in, wait_for
from walk import last_day, today, written

SMS = {
    'road': ('Jalan dekat pasar berlubang besar, sudah dua orang jatuh', '+6281234560001'),
    'lamp': ('Lampu jalan mati sejak minggu lalu', '+6281234560002'),
    'land': ('Sertifikat tanah saya belum jadi sampai sekarang', '+6281234560003'),
    'bridge': ('Jembatan gantung Kalikepek papannya putus, berbahaya untuk anak', '+6281234560004'),
    'bridge again': ('Papan jembatan gantung di Kalikepek banyak yang putus', '+6281234560005'),
    'money': ('Pamong meminta uang untuk surat keterangan', '+6281234560006'),
}
OTHERS = ('Tatap muka', 'Telepon', 'Email', 'WhatsApp', 'Surat', 'Situs web', 'Media sosial')
NUMBERS = {name: number for name, (_, number) in SMS.items()}


def channels(walk):
    """1a"""
    for name, (text, number) in SMS.items():
        walk.texts(name, text, number)
    lobby = walk.lobby
    lobby.begin()
    walk.lcd()
    lobby.to_text(category='Ditolak', about='Kantor', part='RT 02')
    lobby.to_review('Air mati sore', name='Ani', phone='')
    walk.lcd()
    walk.tickets['panel'], walk.pins['panel'] = lobby.send()
    walk.lcd()
    slip = ' '.join(lobby.printer.wait_for_slip(1)['text'])
    expect(walk.tickets['panel'] in slip and walk.pins['panel'] in slip, f'the slip: {slip!r}')
    lobby.leave()
    walk.arrived(*SMS, 'panel')
    typed_in(walk)
    desk = walk.desk
    desk.log_in('lurah')
    equal(sorted(desk.work('Jatuh tempo')), sorted(walk.tickets.values()), 'all are in the work list')
    for way in ('SMS', 'Kiosk di lobi', *OTHERS):
        desk.says(way)
    desk.says(f'sampai {written(last_day(today(), 7))}')
    walk.shoot()


def typed_in(walk):
    """By an officer, who gives the number and its PIN to the complainant."""
    desk = walk.desk
    desk.log_in('ani')
    for way in OTHERS:
        desk.open('/complaints?refresh=0')
        desk.go('Catat aduan dari saluran lain')
        desk.fill('#channel', way)
        desk.fill('#text', f'Jadwal pelayanan tidak ditempel ({way})')
        desk.fill('#name', 'Sumarni')
        desk.fill('#address', 'Dalangan RT 03')
        desk.fill('#contact', '0274774604')
        if way == 'Tatap muka':
            walk.shoot()
        desk.find('main form button:not(.second)').click()
        receipt = desk.see('.receipt', 'a receipt').text
        walk.tickets[way] = ticket_in(receipt)
        expect('PIN' in receipt and walk.tickets[way], f'with number and PIN: {receipt!r}')
        if way == 'Tatap muka':
            walk.shoot()


def record(walk):
    """1b: while there is no server to be reached."""
    house, desk = walk.house, walk.desk
    house.server.stop()
    walk.texts('well', 'Pompa sumur umum di Sumber rusak', '+6281234560007')
    answer = walk.write('+6281234560007', 'Budi Santoso, Sumber RT 05')
    expect('Budi Santoso' in answer, f'name and address are read back: {answer!r}')
    equal(len(set(walk.tickets.values())), len(walk.tickets), 'numbers')
    house.start_server()
    walk.arrived('well')
    wait_for(house.synced, 20, 'all is at the server')
    desk.log_in('ani')
    walk.show('well')
    for words in (walk.tickets['well'], 'Budi Santoso', 'Sumber RT 05', '+6281234560007',
                  'Pompa sumur umum'):
        desk.says(words)
    walk.shoot()


def complete(walk):
    """2a"""
    desk = walk.desk
    desk.log_in('ani')
    walk.show('lamp')
    desk.press('question', 'Pertanyaan tercatat', question='Lampu di RT berapa?')
    walk.hear(NUMBERS['lamp'], 'RT berapa?')
    equal(desk.work('Menunggu pengadu'), [walk.tickets['lamp']], 'it waits for the complainant')
    desk.says('Waktu berhenti')
    walk.shoot()
    expect(walk.tickets['lamp'] not in desk.work('Jatuh tempo'), 'its clock stands')
    walk.write(NUMBERS['lamp'], 'RT 05 RW 02')
    wait_for(lambda: walk.at_server('lamp')['state'] == 'received', 20, 'the reply is at the server')
    walk.show('lamp')
    desk.says('RT 05 RW 02')
    desk.says('Keterangan tambahan')
    walk.shoot()
    expect(walk.tickets['lamp'] in desk.work('Jatuh tempo'), 'and its clock goes on')


def ours(walk):
    """2b"""
    desk = walk.desk
    walk.show('land')
    desk.press('refer', 'Aduan dialihkan', office='Kantor Pertanahan Kulon Progo')
    told = walk.hear(NUMBERS['land'], 'Kantor Pertanahan Kulon Progo')
    expect(walk.tickets['land'] in told and len(told) <= 160, f'the resident knows which: {told!r}')
    desk.says('Dialihkan ke')
    walk.shoot()


def category(walk):
    """3a"""
    desk = walk.desk
    # What came by the panel is about the office: its head sees it.
    desk.log_in('lurah')
    walk.show('panel')
    desk.says('Informasi ditolak atau terlambat (menurut pengadu)')
    desk.press('category', 'Kategori tercatat', category='Mutu atau kelengkapan informasi',
               about='lainnya')
    desk.says('Mutu atau kelengkapan informasi')
    desk.lacks('(menurut pengadu)')
    choices = [o.text for o in desk.driver.find_elements('css selector', '#category option')]
    equal(len(choices), 4, f'categories {choices}')
    walk.shoot()
    desk.log_in('ani')
    for name, words in (('road', 'Lain-lain'), ('lamp', 'Lain-lain'), ('bridge', 'Lain-lain'),
                        ('well', 'Prosedur tidak jelas atau tidak dijalankan')):
        walk.show(name)
        desk.press('category', 'Kategori tercatat', category=words)


def assign(walk):
    """3b"""
    desk = walk.desk
    for name in ('road', 'panel', 'lamp', 'bridge', 'well'):
        walk.show(name)
        desk.press('verify', 'Status tercatat')
    expect(not desk.find('#answer') and not desk.find('#note'), 'who verifies does not handle')
    desk.log_in('siti')
    equal(desk.work('Tugas saya'), [], 'nothing is hers yet')
    for name in ('road', 'panel', 'bridge'):
        walk.show(name)
        desk.press('assign', 'Petugas tercatat', officer='siti')
    walk.shoot()
    equal(sorted(desk.work('Tugas saya')),
          sorted(walk.tickets[name] for name in ('road', 'panel', 'bridge')), 'now they are hers')
    walk.shoot()
    equal([t for t in desk.work('Belum ada petugas') if t == walk.tickets['road']], [],
          'no longer nobody\'s')


ROWS = {'1a': channels, '1b': record, '2a': complete, '2b': ours, '3a': category, '3b': assign}
