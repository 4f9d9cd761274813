# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 250
# waits
# SIGKILL at every step of a complaint at the panel, of its worker and of kotakd: what was typed is
# offered again as it was, and in the end there is one complaint, one event, and a marked copy.
import os
import signal

from harness import equal, expect, run, wait_for
from lobby import Lobby, draft_of, lobby_conf, panel_worker

TEXT = 'Lampu mati'
MORE = ' lagi.'
NAME = 'Siti'
PHONE = '081234567890'
FIELDS = ('category', 'about', 'confidential', 'address', 'text', 'name', 'phone')


def kill_worker(lobby):
    before = panel_worker(lobby.house)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: panel_worker(lobby.house) not in (None, before), 20, 'a new worker')


def kill_kotakd(lobby):
    lobby.house.kiosk.kill()
    lobby.house.start_kiosk()


# In this order: a new kotakd starts its worker at once, however often the last one had to.
KILLS = (kill_worker, kill_kotakd)


class Killer:
    """Kills worker and kotakd at a step, and proves that nothing of it is lost."""

    def __init__(self, lobby):
        self.lobby = lobby
        self.uuid = None

    def nothing_is_offered(self, again=lambda: None):
        """Before a complaint is begun, and after it has left, there is nothing to keep. again: how
        to come back here."""
        for kill in KILLS:
            equal(draft_of(self.lobby.house), None, 'nothing is kept')
            kill(self.lobby)
            self.lobby.resting(30)
            again()

    def comes_back(self, screen, **fields):
        """The draft as it is expected in the store is offered after each kill, and continued."""
        for kill in KILLS:
            self.come_back(kill, screen, fields)

    def come_back(self, kill, screen, fields):
        def stored():
            kept = draft_of(self.lobby.house)
            return kept and kept[1] and kept[1]['screen'] == screen and all(
                kept[1][name] == value for name, value in fields.items()) and kept
        before = wait_for(stored, 15, f'the store has the draft at {screen} with {fields}')
        shown = self.lobby.panel.wait_for_screen(
            lambda seen: not (seen.cursor and seen.cursor['block']), 15, 'the letter is settled')
        kill(self.lobby)
        self.lobby.see('belum selesai', 30)
        for word in (TEXT, NAME, PHONE, 'Karang'):
            expect(word not in self.lobby.words(), f'{word!r} is not shown to whoever comes')
        self.lobby.press('1')
        again = self.lobby.panel.wait_for_screen(
            lambda seen: seen.text == shown.text and seen.cursor == shown.cursor, 15,
            f'{shown!r} as it was, cursor {shown.cursor}')
        after = draft_of(self.lobby.house)
        equal(after[0], before[0], f'the complaint of {again!r} is the same')
        equal([after[1][name] for name in FIELDS], [before[1][name] for name in FIELDS],
              'what was given')
        self.uuid = before[0]


def to_the_review(killer):
    """All questions, each of them interrupted."""
    lobby, panel = killer.lobby, killer.lobby.panel
    def at_languages():
        lobby.resting()
        panel.key('5')
        lobby.see('Bahasa')
    at_languages()
    killer.nothing_is_offered(at_languages)
    lobby.choose('Indonesia')
    killer.nothing_is_offered(lobby.begin)
    lobby.choose('Aduan baru')
    killer.comes_back('category', page=0)
    lobby.press('#')
    killer.comes_back('category', page=1)
    lobby.choose('Lain')
    killer.comes_back('about', category=3)
    lobby.choose('Kantor')
    killer.comes_back('place', about=0)
    lobby.choose('Karang')
    killer.comes_back('part', place=0)
    lobby.choose('RT 02')
    killer.comes_back('how_to_write', address='Karang RT 02')
    lobby.find('Isi aduan')
    killer.comes_back('text', text='')
    panel.type_text(TEXT)
    killer.comes_back('text', text=TEXT, cursor=len(TEXT))
    panel.keys('BB')
    killer.comes_back('text', text=TEXT, cursor=len(TEXT) - 2)
    panel.keys('CC')
    panel.type_text(MORE, automatic=None)
    killer.comes_back('text', text=TEXT + MORE)
    panel.key('#')
    lobby.see('Nama Anda')
    killer.comes_back('name', name='')
    panel.key('#')
    lobby.see('Isi nama')
    killer.comes_back('nameless')
    lobby.choose('Isi nama')
    panel.type_text(NAME, automatic='word')
    killer.comes_back('name', name=NAME)
    panel.key('#')
    lobby.see('Nomor HP')
    panel.keys(PHONE[:4])
    killer.comes_back('phone', phone=PHONE[:4])
    panel.keys(PHONE[4:])
    panel.key('#')
    lobby.see('Rahasiakan')
    killer.comes_back('confidential', phone=PHONE)
    lobby.choose('Ya')
    killer.comes_back('review', confidential=1, page=0)
    lobby.to_last_page()


def one_complaint(house, uuid, ticket):
    """What the store has in the end, whatever was killed."""
    [mine] = house.complaints()
    equal((mine['ticket'], mine['text'], mine['name'], mine['address'], mine['from'],
           mine['category'], mine['about'], mine['confidential']),
          (ticket, TEXT + MORE, NAME, 'Karang RT 02', '+62' + PHONE[1:], 'other', 'office', True),
          'the complaint')
    with house.kiosk_database() as database:
        equal(database.execute('SELECT uuid FROM complaint').fetchall(), [(uuid,)],
              'the complaint is what the draft was')
        equal(database.execute("SELECT count(*) FROM event WHERE type = 'complaint.received'")
              .fetchone(), (1,), 'events complaint.received')
    house.kotakctl('verify')


def every_step(house):
    """worker and kotakd are killed at every step: the draft is there, and sent once"""
    with Lobby(house, printer=False) as lobby:
        house.start_kiosk()
        killer = Killer(lobby)
        to_the_review(killer)
        # On the way: kotakd has it before it knows that its worker is gone.
        os.kill(house.kiosk.pid, signal.SIGSTOP)
        try:
            lobby.panel.key('#')
            lobby.see('Sedang dikirim')
            os.kill(panel_worker(house), signal.SIGKILL)
        finally:
            os.kill(house.kiosk.pid, signal.SIGCONT)
        ticket, pin = lobby.ticket()
        for kill in KILLS:
            kill(lobby)
            equal(lobby.ticket(), (ticket, pin), 'number and PIN are there again')
            lobby.to_last_page()
            lobby.press('#')
            lobby.see('sudah dicatat?')
            kill(lobby)
            equal(lobby.ticket(), (ticket, pin), 'and as long as they are not noted')
        lobby.to_last_page()
        lobby.press('#')
        lobby.choose('Sudah')
        wait_for(lambda: draft_of(house) is None, 15, 'nothing of the session is kept')
        killer.nothing_is_offered()
        one_complaint(house, killer.uuid, ticket)


def on_the_way(house):
    """killed before it reads what is sent: sent again; killed with the slip out: marked a copy"""
    with Lobby(house) as lobby:
        house.start_kiosk()
        lobby.begin()
        lobby.to_text('Lain')
        lobby.to_review(TEXT + MORE, NAME, PHONE, True)
        lobby.to_last_page()
        uuid = wait_for(lambda: draft_of(house), 15, 'the store has the draft')[0]
        os.kill(house.kiosk.pid, signal.SIGSTOP)
        lobby.panel.key('#')
        lobby.see('Sedang dikirim')
        kill_kotakd(lobby)
        lobby.see('belum selesai', 30)
        equal(house.complaints(), [], 'it was not sent yet')
        lobby.choose('Lanjutkan')
        lobby.to_last_page()
        lobby.panel.key('#')
        ticket, pin = lobby.ticket()
        slip = lobby.printer.wait_for_slip(1)
        expect('SALINAN' not in ' '.join(slip['text']), 'the first slip is no copy')
        lobby.see('Ambil slip')
        kill_kotakd(lobby)
        equal(lobby.ticket(), (ticket, pin), 'number and PIN are there again')
        lobby.choose('Cetak lagi')
        slip = lobby.printer.wait_for_slip(2)
        expect('SALINAN' in ' '.join(slip['text']), 'what is printed again is a copy')
        expect(ticket in slip['big'] and f'PIN {pin}' in slip['big'], 'of the same numbers')
        lobby.see('Ambil slip')
        lobby.to_last_page()
        lobby.press('#')
        wait_for(lambda: draft_of(house) is None, 15, 'nothing of the session is kept')
        Killer(lobby).nothing_is_offered()
        equal(len(lobby.printer.slips()), 2, 'slips')
        one_complaint(house, uuid, ticket)


run((every_step, {'kiosk_conf': lobby_conf(), 'sync': False}),
    (on_the_way, {'kiosk_conf': lobby_conf(), 'sync': False}))
