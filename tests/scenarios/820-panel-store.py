# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 150
# waits
"""What is typed at the panel is kept, once, and answered: through kotakd, its store and the server."""
import os
import re
import signal

from harness import TICKET, children, command_line, equal, expect, run, wait_for
from panel import CONF, PanelSim

# Relative to the house's folder, in which the programs run.
PLACES = 'places'
TEXT = 'Surat belum jadi'
PIN = re.compile(r'PIN: (\d{4})')


def with_places(house):
    with open(house.path(PLACES), 'w', encoding='utf-8') as file:
        file.write('# dusun: RT\nKarang: RT 01, RT 02\nWates: RT 01\n')


def panel_worker(house):
    """The panel's worker, or None while there is none."""
    for pid in children(house.kiosk.pid):
        if 'panel' in command_line(pid):
            return pid
    return None


def sessions(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT uuid, data FROM panel_session').fetchall()


def turn_to_end(panel, words):
    """To the last page of a screen, which has these words; never a key beyond it."""
    seen = panel.wait_for_screen(lambda screen: re.search(r'\d+/\d+', screen.rows[-1]))
    number, count = map(int, re.search(r'(\d+)/(\d+)', seen.rows[-1]).groups())
    for page in range(number + 1, count + 1):
        panel.key('#')
        panel.wait_for_screen(lambda screen, label=f'{page}/{count}': label in screen.rows[-1])
    panel.wait_for_screen(words)


def begin(panel):
    """From the attract screen to where the complaint is written."""
    panel.wait_for_screen('Tekan')
    panel.key('#')
    panel.wait_for_screen('Bahasa')
    panel.key('1')
    for words, key in (('pilih', '1'), ('Soal', '3'), ('Tentang', '1'), ('Dusun', '1'),
                       ('RT Anda', '2')):
        panel.wait_for_screen(words)
        panel.key(key)
    panel.wait_for_screen('Cara menulis')
    turn_to_end(panel, '#OK')
    panel.key('#')
    panel.wait_for_screen('Isi aduan')


def finish(panel, name='Siti', phone='', confidential='2'):
    """From the written text to the ticket: its number and PIN."""
    panel.key('#')
    panel.wait_for_screen('Nama Anda')
    panel.type_text(name, automatic='word')
    panel.key('#')
    panel.wait_for_screen('Nomor HP')
    panel.keys(phone)
    panel.key('#')
    panel.wait_for_screen('Rahasiakan')
    panel.key(confidential)
    panel.wait_for_screen('Sudah benar')
    turn_to_end(panel, '#kirim')
    panel.key('#')
    screen = panel.wait_for_screen(
        lambda seen: TICKET.search(seen.text) and PIN.search(seen.text), what='ticket and PIN')
    return TICKET.search(screen.text).group(1), PIN.search(screen.text).group(1)


def leave(panel):
    """The ticket was noted: nothing of it stays."""
    turn_to_end(panel, '#sudah')
    panel.key('#')
    panel.wait_for_screen('dicatat?')
    panel.key('1')
    panel.wait_for_screen('Tekan')


def open_ticket(panel, ticket, pin):
    """From the attract screen to one's own ticket."""
    panel.wait_for_screen('Tekan')
    panel.key('#')
    panel.wait_for_screen('Bahasa')
    panel.key('1')
    panel.wait_for_screen('pilih')
    panel.key('2')
    panel.wait_for_screen('Nomor tiket')
    panel.keys(ticket.replace('-', ''))
    panel.key('#')
    panel.wait_for_screen('PIN')
    panel.keys(pin)
    panel.key('#')


def killed_at_every_step(house):
    """SIGKILL of the panel's worker and of kotakd: the draft is there again, and sent once"""
    with_places(house)
    with PanelSim(house) as panel:
        house.start_kiosk()
        begin(panel)
        panel.type_text('Surat')
        wait_for(lambda: any('Surat' in (data or '') for _, data in sessions(house)), 10,
                 'the draft is in the store')
        worker = panel_worker(house)
        os.kill(worker, signal.SIGKILL)
        panel.wait_for_screen('belum selesai', 30)
        expect(panel_worker(house) != worker, 'a new worker')
        panel.key('1')
        panel.wait_for_screen('Surat')
        panel.type_text(' belum', automatic=None)
        wait_for(lambda: any('Surat belum' in (data or '') for _, data in sessions(house)), 10,
                 'the longer draft is in the store')
        house.kiosk.kill()
        house.start_kiosk()
        panel.wait_for_screen('belum selesai', 30)
        panel.key('1')
        panel.wait_for_screen('Surat belum')
        panel.type_text(' jadi', automatic=None)
        ticket, _ = finish(panel)
        [complaint] = house.kiosk_json('complaints')
        equal(complaint['ticket'], ticket, 'the ticket on the screen')
        equal(complaint['text'], TEXT, 'the text')
        equal(complaint['channel'], 'panel', 'the channel')
        # With the ticket on the screen: it comes back, and is no second complaint.
        os.kill(panel_worker(house), signal.SIGKILL)
        panel.wait_for_screen(ticket, 30)
        equal(len(house.kiosk_json('complaints')), 1, 'complaints')
        leave(panel)
        wait_for(lambda: sessions(house) == [], 10, 'nothing of the session is kept')


def read_at_the_kiosk(house):
    """whoever left no number reads the answer at the kiosk, and rates it there"""
    with_places(house)
    house.start_server()
    house.enroll()
    with PanelSim(house) as panel:
        house.start_kiosk()
        begin(panel)
        panel.type_text(TEXT)
        ticket, pin = finish(panel, confidential='1')
        leave(panel)
        wait_for(house.synced, 20, 'all is at the server')
        [complaint] = house.server_complaints()
        for key, value in (('ticket', ticket), ('category', 'procedure'), ('about', 'office'),
                           ('channel', 'panel'), ('confidential', True), ('from', None)):
            equal(complaint[key], value, f'{key} at the server')
        house.ppidctl('answer', ticket, 'Silakan diambil')

        def answered():
            return house.kiosk_json('show', ticket)['answer']
        wait_for(answered, 20, 'the answer is at the kiosk')
        open_ticket(panel, ticket, pin)
        panel.wait_for_screen('ditangani')
        panel.key('1')
        panel.wait_for_screen(lambda seen: 'Silakan diambil' in seen.words, what='the answer')
        panel.key('*')
        panel.wait_for_screen('ditangani')
        panel.key('3')
        panel.wait_for_screen('membantu')
        panel.key('2')
        panel.wait_for_screen('Nilai dicatat')
        seen = house.kiosk_json('show', ticket)
        equal((seen['rating'], seen['state']), (2, 'reopened'), 'rating and state')
        equal(house.kiosk_json('outbox'), [], 'messages')
        wait_for(house.synced, 20, 'all is at the server')
        with house.server_database() as database:
            equal(database.execute('SELECT type, state FROM command').fetchall(),
                  [('answer', 'done')], 'the command')


def answered_by_sms(house):
    """with a number left, the answer is an SMS"""
    with_places(house)
    house.start_modem()
    house.start_server()
    house.enroll()
    with PanelSim(house) as panel:
        house.start_kiosk()
        begin(panel)
        panel.type_text(TEXT)
        ticket, _ = finish(panel, phone='081234567890')
        equal(house.kiosk_json('show', ticket)['from'], '+6281234567890', 'the sender')
        wait_for(house.synced, 20, 'all is at the server')
        house.ppidctl('answer', ticket, 'Silakan diambil')
        house.reply('+6281234567890', seconds=30, containing='Silakan diambil')


def hardware_gone(house):
    """without its hardware the panel is said to be wrong, and works again by itself"""
    def panel_item():
        return next(item for item in house.kiosk_json('status')['items']
                    if item['name'] == 'panel')
    with PanelSim(house) as panel:
        house.start_kiosk()
        panel.wait_for_screen('Tekan')
        wait_for(lambda: panel_item()['ok'], 20, 'the panel works')
        panel.kill()
        item = wait_for(lambda: not panel_item()['ok'] and panel_item(), 30, 'trouble is said')
        expect(item['text'] and item['advice'], f'in words: {item}')
        panel.start()
        panel.wait_for_screen('Tekan', 30)
        wait_for(lambda: panel_item()['ok'], 30, 'the panel works again')


PANEL = {'kiosk_conf': f'{CONF}places = {PLACES}\n'}
run((killed_at_every_step, {'sync': False, **PANEL}), (read_at_the_kiosk, PANEL),
    (answered_by_sms, PANEL), (hardware_gone, {'sync': False, 'kiosk_conf': CONF}))
