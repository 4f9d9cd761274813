# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole lobby for scenarios: the simulated panel, the receipt printer, and a resident who knows
what they want. House's kiosk_conf is lobby_conf(...)."""
import json
import re

from harness import TICKET, Failure, children, command_line
from panel import CONF, PanelSim
from printer import PrinterSim

PLACES = 'places'
KIOSK = 'Triharjo'
# A display that didn't change for so long is drawn.
DRAWN_MS = 200
LAST_PAGE = ('#kirim', '#sudah', '#OK', '#send', '#done', '②')
PLACES_TEXT = 'Karang: RT 01, RT 02, RT 03\nNgaglik: RT 01, RT 02\nSumber: RT 05\n'


def lobby_conf(display='20x4 gpio'):
    return CONF + f'display = {display}\nplaces = {{folder}}/{PLACES}\n'


def rests(screen):
    """Whether it invites anybody; on two rows the kiosk's name is a page of its own."""
    return screen.words == KIOSK or ('Tekan tombol' in screen.words and
                                     'Masih di sini' not in screen.words)


class Lobby:
    """Panel and printer of a house, as a context."""

    def __init__(self, house, size='20x4', keypad='4x4', printer=True, **more):
        self.house = house
        with open(house.path(PLACES), 'w', encoding='utf-8') as file:
            file.write(PLACES_TEXT)
        self.panel = PanelSim(house, size=size, keypad=keypad, **more)
        self.printer = PrinterSim(house) if printer else None

    def __enter__(self):
        self.panel.start()
        if self.printer:
            self.printer.start()
        return self

    def __exit__(self, kind, value, trace):
        # The kiosk first: what it holds would else be gone under its hands, and be said so.
        try:
            self.house.kiosk.stop()
        finally:
            self.panel.stop()
            if self.printer:
                self.printer.stop()

    def words(self):
        return self.panel.screen().words

    def see(self, words, seconds=15):
        """Waits for words, wherever they are broken into rows."""
        return self.panel.wait_for_screen(lambda screen: words in screen.words, seconds,
                                          f'{words!r} on the screen')

    def press(self, key):
        """Presses a key that changes what is seen, and waits until it has; the whole Screen."""
        before = self.panel.screen().text
        self.panel.key(key)
        self.panel.wait_for_screen(lambda screen: screen.text != before, 10,
                                   f'the key {key} changes the screen')
        return self.whole()

    def whole(self):
        """The Screen once nothing is drawn any more, as a person sees it."""
        screen = self.panel.screen()
        while True:
            self.panel.pause(DRAWN_MS)
            again = self.panel.screen()
            if again.text == screen.text:
                return again
            screen = again

    def resting(self, seconds=15):
        """Waits until nobody's session is on the screen; "Masih di sini?" asks for a key, too."""
        return self.panel.wait_for_screen(rests, seconds, 'the screen that waits for anybody')

    def find(self, words, most=15):
        """Pages on with # until the words are there; the Screen."""
        screen = self.whole()
        for _ in range(most):
            if words in screen.words:
                return screen
            screen = self.press('#')
        return self.see(words, 0)

    def choose(self, words, most=15):
        """Presses the number that stands before these words in a list, paging on to it."""
        item = re.compile(r'(?:^| )(\d) ' + re.escape(words))
        screen = self.whole()
        for _ in range(most):
            found = item.search(screen.words)
            if found:
                return self.press(found.group(1))
            screen = self.press('#')
        raise Failure(f'{words!r} is not among the choices; it shows {screen!r}')

    def begin(self, language='Indonesia'):
        """From the attract screen to the main menu."""
        self.resting()
        self.panel.key('5')
        self.see('Bahasa')
        self.choose(language)
        self.see('Aduan baru')

    def to_text(self, category='Ditolak', about='Kantor', dusun='Karang', part='RT 02'):
        """From the main menu to the text of a new complaint."""
        self.choose('Aduan baru')
        self.see('Soal apa')
        self.choose(category)
        self.see('Tentang siapa')
        self.choose(about)
        self.see('Dusun')
        self.choose(dusun)
        self.see('RT')
        self.choose(part)
        self.find('Isi aduan')

    def to_review(self, text, name='Siti Aminah', phone='081234567890', confidential=False):
        """From the empty text to the review of what was typed; '' keeps what is there."""
        if text:
            self.panel.type_text(text)
        self.panel.key('#')
        self.see('Nama Anda')
        self.panel.type_text(name, automatic='word')
        self.panel.key('#')
        if not name:
            self.choose('Tanpa nama')
        self.see('Nomor HP')
        self.panel.keys(phone)
        self.panel.key('#')
        self.see('Rahasia')
        self.choose('Ya' if confidential else 'Tidak')
        self.see('Sudah benar')

    def send(self):
        """From the review to the ticket's screen: (ticket, pin)."""
        self.to_last_page()
        self.panel.key('#')
        return self.ticket()

    def to_last_page(self):
        """Pages on with # as long as it says so: an arrow on a small display, else in words."""
        for _ in range(20):
            screen = self.whole()
            if screen.rows[-1].rstrip().endswith(LAST_PAGE):
                return
            self.press('#')
        raise Failure(f'no last page; it shows {screen!r}')

    def ticket(self):
        numbers = re.compile(TICKET.pattern + r' PIN: (\d{4})')
        screen = self.panel.wait_for_screen(lambda seen: numbers.search(seen.words), 20,
                                            'number and PIN on the screen')
        return numbers.search(screen.words).groups()

    def complain(self, text, **more):
        self.begin()
        self.to_text()
        self.to_review(text, **more)
        return self.send()

    def leave(self):
        """Ends whatever is on the screen by the keys that lead back."""
        for _ in range(15):
            screen = self.whole()
            if rests(screen):
                return
            if 'Sudah dicatat' in screen.words or 'sudah dicatat' in screen.words:
                self.choose('Sudah')
            else:
                self.press('#' if '#sudah' in screen.words else '*')
        self.resting()

    def look_up(self, ticket, pin):
        """From the attract screen to one's own ticket, or what is said instead of it."""
        self.begin()
        self.choose('Tiket saya')
        self.see('Nomor tiket')
        self.panel.keys(ticket.replace('-', ''))
        self.panel.key('#')
        self.see('PIN')
        self.panel.keys(pin)
        self.panel.key('#')
        return self.panel.wait_for_screen(
            lambda screen: 'PIN 4 angka' not in screen.words and not re.search(
                r'^PIN |Sedang', screen.words), 15, 'an answer to number and PIN')


def draft_of(house):
    """What the store keeps of the panel's session: (uuid, draft as an object or None), or None."""
    with house.kiosk_database() as database:
        row = database.execute('SELECT uuid, data FROM panel_session').fetchone()
    return row and (row[0], json.loads(row[1]) if row[1] else None)


def panel_worker(house):
    """The panel's worker, None while there is none."""
    return next((pid for pid in children(house.kiosk.pid)
                 if '--worker panel' in command_line(pid)), None)
