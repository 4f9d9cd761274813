# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 350
# waits
# Ten conversations at the kiosk, as docs/panel-conversations.md has them: each key is pressed on the
# simulated panel, each screen is what the display's own memory and dots show. With KOTAK_WRITE=1
# (`make panel-conversations`) the page is written, else it is checked that it still agrees.
import os
import re
import signal

from harness import ROOT, Failure, equal, expect, run, wait_for
from lobby import Lobby, draft_of, lobby_conf
from panel import TAPS

PAGE = os.path.join(ROOT, 'docs', 'panel-conversations.md')
WRITE = os.environ.get('KOTAK_WRITE') == '1'
# A person who does this for the first time: a key found and pressed, a screen read.
KEY_S = 0.45
SCREEN_S = 2.5
# The display's own characters: firmware/panel/draw.c.
GLYPHS = str.maketrans('⓪①②③', '↓↲✓▂')
LAST_PAGE = ('#kirim', '#sudah', '#OK', '✓')
# What is another one each time.
CHANGING = ((re.compile(r'PIN: ?\d{4}'), 'PIN: 4711'),
            (re.compile(r'\d\d-\d\d-20\d\d'), '24-11-2026'))
INTRODUCTION = f'''# Ten conversations at the kiosk

What people do at the lobby's panel and what they see. This page is written by
`tests/scenarios/850-panel-conversations.py` (`make panel-conversations`), which also checks that it is
still true: every screen is read from the simulated display, the keys are those that were pressed. The time
is that of a person who does it for the first time: {KEY_S} s to find and press a key, {SCREEN_S} s to read
a screen. ↓ is more, ✓ is done, ↲ is back, ▂ is a key that is held: the display's own characters.

| | who | wants | display | keys | time | in the end |
|---|---|---|---|---|---|---|
'''


class Story:
    """A person at the panel; what they press and see is kept."""

    def __init__(self, lobby):
        self.lobby = lobby
        self.panel = lobby.panel
        self.seen = []
        self.keys = 0

    def keep(self, what, screen):
        rows = [row.translate(GLYPHS) for row in screen.rows]
        for pattern, same in CHANGING:
            rows = [pattern.sub(same, row) for row in rows]
        self.seen.append((what, rows))
        return screen

    def see(self, words, what=''):
        """Looks, until these words are there."""
        self.lobby.see(words)
        return self.keep(what, self.lobby.whole())

    def press(self, keys, words):
        """Presses keys, the last of which leads to a screen with these words."""
        self.panel.keys(keys)
        self.keys += len(keys)
        return self.see(words, keys)

    def choose(self, choice, words):
        """Pages on to a choice, and takes it by its number."""
        number = re.compile(r'(?:^| )(\d) ' + choice)
        for _ in range(10):
            found = number.search(self.lobby.words())
            if found:
                self.press(found.group(1), words)
                return
            self.keys += 1
            self.keep('#', self.lobby.press('#'))
        raise Failure(f'no choice {choice!r}')

    def type(self, text, automatic='sentence', ends=None):
        """Writes by multi-tap; a letter on the last one's key waits for a C, or for a moment."""
        self.panel.type_text(text, automatic)
        taps = [TAPS[sign.lower()] for sign in text]
        self.keys += sum(count for _, count in taps)
        self.keys += sum(one[0] == other[0] for one, other in zip(taps, taps[1:]))
        self.lobby.see(ends or text.split()[-1])
        return self.keep(f'writes "{text}"', self.lobby.whole())

    def leaf(self):
        """Page by page to the last one."""
        for _ in range(20):
            if self.seen[-1][1][-1].rstrip().endswith(LAST_PAGE):
                return
            self.keys += 1
            self.keep('#', self.lobby.press('#'))
        raise Failure('no last page')

    def seconds(self):
        return round((self.keys * KEY_S + len(self.seen) * SCREEN_S) / 5) * 5


def block(seen, across):
    """Screens side by side, what was pressed above each."""
    width = len(seen[0][1][0]) + 2
    lines = []
    for start in range(0, len(seen), across):
        group = seen[start:start + across]
        labels = [f'{what[:width]:<{width}}' for what, _ in group]
        if lines:
            lines.append('')
        lines.append('  '.join(labels).rstrip())
        lines.append('  '.join('+' + '-' * (width - 2) + '+' for _ in group))
        for row in range(len(group[0][1])):
            lines.append('  '.join('|' + rows[row] + '|' for _, rows in group))
        lines.append('  '.join('+' + '-' * (width - 2) + '+' for _ in group))
    return '\n'.join(lines)


SECTIONS = {}


def conversation(number, who, wants, display, end, told, **options):
    """Decorates what a person does; its section is made of it, and compared with the page's."""
    def decorate(act):
        size = display.split()[0]

        def test(house):
            with Lobby(house, size=size, keypad='4x3' if size == '16x2' else '4x4') as lobby:
                if options.get('sync', False):
                    house.start()
                else:
                    house.start_kiosk()
                story = Story(lobby)
                act(house, story)
            minutes, seconds = divmod(story.seconds(), 60)
            row = (f'| {number} | {who} | {wants} | {size} | {story.keys} | '
                   f'{minutes}:{seconds:02d} min | {end} |')
            across = 3 if size == '20x4' else 4
            section = (f'## {number}. {who}: {wants}\n{told}\n\n```\n'
                       f'{block(story.seen, across)}\n```\n')
            SECTIONS[number] = (row, section)
            if not WRITE:
                agrees(number, row, section)
        test.__doc__ = f'{who} ({size}): {wants}'
        return test, {'kiosk_conf': lobby_conf(f'{size} gpio'),
                      'sync': options.get('sync', False)}
    return decorate


def agrees(number, row, section):
    with open(PAGE, encoding='utf-8') as file:
        page = file.read()
    expect(row in page.splitlines(), f'the table of {PAGE} has: {row}')
    found = re.search(rf'^## {number}\. .*?(?=^## |\Z)', page, re.S | re.M)
    expect(found, f'{PAGE} has conversation {number}')
    for there, wanted in zip(found.group(0).rstrip().splitlines(), section.rstrip().splitlines()):
        equal(there, wanted, f'a line of conversation {number} (make panel-conversations)')


def to_text(story, category, about, dusun, part):
    """From the menu to the empty text, by numbers that are known by now."""
    story.press('1', 'Soal apa')
    story.press(category, 'Tentang siapa')
    story.press(about, 'Dusun')
    story.press(dusun, 'RT Anda')
    story.press(part, 'Cara menulis')
    story.press('###', 'Isi aduan')


def begin(story, language='1', menu='Silakan pilih'):
    story.lobby.resting()
    story.press('5', 'Bahasa')
    story.press(language, menu)


@conversation(1, 'Bu Siti', 'report a lamp', '20x4', 'a slip with number and PIN',
              'She reads each screen to its end; the slip has her number before she has read the last.')
def lamp(house, story):
    begin(story)
    story.press('1', 'Soal apa')
    story.press('#', '4 Lain')
    story.press('4', 'Tentang siapa')
    story.press('1', 'Dusun')
    story.press('1', 'RT Anda')
    story.press('2', 'Cara menulis')
    story.press('#', 'untuk B')
    story.press('#', 'selesai')
    story.press('#', 'Isi aduan')
    story.type('Lampu jalan mati.')
    story.press('#', 'Nama Anda')
    story.type('Siti', 'word')
    story.press('#', 'Nomor HP')
    story.press('081234567890', '081234567890')
    story.press('#', 'Rahasiakan')
    story.press('2', 'Sudah benar')
    story.leaf()
    story.press('#', 'Ambil slip')
    story.leaf()
    story.press('#', 'Terima kasih')
    equal(len(story.lobby.printer.slips()), 1, 'slips')


@conversation(2, 'Mbah Karto', 'report a road, in Javanese', '16x2', 'a slip, no name, no number',
              'Two rows and no letters on the keys: # leads on, the arrow says that there is more.')
def javanese(house, story):
    begin(story, '2', 'Mangga milih')
    story.press('#', 'Wadulan')
    story.press('1', 'Bab punapa')
    story.press('####', '4 Sanes')
    story.press('4', 'Bab sinten')
    story.press('1', 'Dusun pundi')
    story.press('2', 'RT')
    story.press('1', 'Caranipun')
    story.lobby.to_last_page()
    story.press('#', 'Wosipun')
    story.type('Margi risak.', ends='risak.')
    story.press('#', 'Asma')
    story.press('#', 'Tanpa asma')
    story.press('2', 'Nomer HP')
    story.press('#', 'Asma lan nomer')
    story.press('2', 'Sampun leres')
    story.lobby.to_last_page()
    story.press('#', 'PIN')
    equal(len(house.complaints()), 1, 'complaints')


@conversation(3, 'Ann', 'complain of an official, confidentially, in English', '20x4',
              'a complaint that only the verifying officer reads with her name',
              'The explanation of "secret" is behind #; both choices are on the page of the question.')
def english(house, story):
    begin(story, '3', 'Please choose')
    story.press('1', 'About what')
    story.press('1', 'About whom')
    story.press('2', 'hamlet')
    story.press('3', 'RT')
    story.lobby.whole()
    story.panel.key('1')
    story.keys += 1
    story.lobby.whole()
    story.lobby.to_last_page()
    story.press('#', 'Complaint')
    story.type('He asked for a fee.')
    story.press('#', 'Your name')
    story.type('Ann Miller', 'word')
    story.press('#', 'Your phone')
    story.press('#', 'number secret')
    story.press('#', 'Then only')
    story.press('1', 'All correct')
    story.lobby.to_last_page()
    story.press('#', 'PIN')
    expect(house.complaints()[0]['confidential'], 'confidential')


@conversation(4, 'Budi', 'be quick', '20x4', 'a complaint, after two corrections',
              'Too short a text and half a telephone number are said at once, and what was typed is '
              'still there.')
def hurried(house, story):
    begin(story)
    to_text(story, '3', '1', '2', '1')
    story.type('Lama')
    story.press('#', 'terlalu')
    story.press('##', 'Isi aduan')
    story.type(' sekali KTP'.lower(), None, ends='sekali')
    story.press('#', 'Nama Anda')
    story.press('#', 'Tanpa nama')
    story.press('2', 'Nomor HP')
    story.press('0812', '0812')
    story.press('#', 'belum benar')
    story.press('#', '0812')
    story.press('****#', 'Rahasiakan')
    story.press('2', 'Sudah benar')
    story.lobby.to_last_page()
    story.press('4', 'Isi aduan')
    story.press('#', 'Sudah benar')
    story.lobby.to_last_page()
    story.press('#', 'Ambil slip')
    equal(len(house.complaints()), 1, 'complaints')


@conversation(5, 'Bu Wati', 'finish after a power cut', '20x4', 'her complaint, with all she wrote',
              'Nothing of the draft is shown before somebody claims it.')
def power_cut(house, story):
    begin(story)
    to_text(story, '4', '4', '1', '1')
    story.type('Air keruh')
    wait_for(lambda: draft_of(house)[1]['text'] == 'Air keruh', 15, 'the draft is in the store')
    house.kiosk.kill()
    house.start_kiosk()
    story.see('belum selesai', '(the power is back)')
    story.press('1', 'Air keruh')
    story.type(' di Karang.'.replace('K', 'k'), None, ends='karang.')
    story.press('#', 'Nama Anda')
    story.type('Wati', 'word')
    story.press('#', 'Nomor HP')
    story.press('#', 'Rahasiakan')
    story.press('2', 'Sudah benar')
    story.lobby.to_last_page()
    story.press('#', 'Ambil slip')
    equal([each['text'] for each in house.complaints()], ['Air keruh di karang.'], 'complaints')


def complained(story, **more):
    """Some days ago; not of this visit."""
    found = story.lobby.complain('Lampu jalan mati.', **more)
    story.lobby.leave()
    return found


@conversation(6, 'Pak Joko', 'see how far it is, with a wrong PIN first', '20x4',
              'what became of his complaint',
              'Whether number or PIN is wrong is not said. The dashes of the number come by '
              'themselves.')
def wrong_pin(house, story):
    ticket, pin = complained(story)
    digits = ticket.replace('-', '')
    begin(story)
    story.press('2', 'Nomor tiket')
    story.press(digits, ticket)
    story.press('#', 'PIN')
    story.panel.keys('0000' if pin != '0000' else '1111')
    story.keys += 4
    story.see('****', '(a wrong PIN)')
    story.press('#', 'cocok')
    story.press('#', 'Nomor tiket')
    story.press('#', '4 angka')
    story.panel.keys(pin)
    story.keys += 4
    story.see('****', '(the right PIN)')
    story.press('#', 'sudah diterima')


@conversation(7, 'Bu Rini', 'read the answer, and rate it', '20x4', 'the answer, and her "helped"',
              'She left no telephone number: the answer waits for her here.', sync=True)
def answer_rated(house, story):
    ticket, pin = complained(story, phone='')
    wait_for(lambda: any(each['ticket'] == ticket for each in house.server_complaints()), 20,
             'it is at the server')
    house.ppidctl('answer', ticket, 'Lampu sudah diganti pagi ini. Terima kasih.')
    wait_for(lambda: house.complaints()[0]['state'] == 'resolved', 20, 'answered')
    look_up(story, ticket, pin, 'ditangani')
    story.choose('Baca', 'Jawaban')
    story.press('#', 'keberatan')
    story.press('#', 'ditangani')
    story.choose('Beri nilai', 'Apakah membantu')
    story.choose('Membantu', 'Nilai Anda')
    equal(house.complaints()[0]['rating'], 4, 'the rating')


def look_up(story, ticket, pin, words):
    begin(story)
    story.press('2', 'Nomor tiket')
    story.press(ticket.replace('-', ''), ticket)
    story.press('#', 'PIN')
    story.panel.keys(pin)
    story.keys += 4
    story.see('****', '(the PIN)')
    story.press('#', words)


@conversation(8, 'Pak Slamet', 'add what he forgot', '20x4', 'an addition to his complaint',
              'An addition needs no new number.')
def addition(house, story):
    ticket, pin = complained(story)
    look_up(story, ticket, pin, 'sudah diterima')
    story.choose('Tambah', 'Keterangan')
    story.type('Dekat masjid.', ends='masjid.')
    story.press('#', 'dicatat')


@conversation(9, 'a passer-by', 'look at the notice board', '20x4',
              'how many complaints there were, and what was announced',
              'No name, no number, no text of anybody: figures, kinds and dusun.')
def board(house, story):
    complained(story)
    begin(story)
    story.press('#', 'Papan informasi')
    story.press('3', 'Angka aduan')
    story.press('1', 'Aduan masuk: 1')
    story.press('*', 'Angka aduan')
    story.press('2', 'Belum ada isinya')
    story.press('**', 'Silakan pilih')


@conversation(10, 'a student', 'know her rights', '16x2', 'when an answer is due, and what else',
              'A leaf of text, page by page.')
def rights(house, story):
    begin(story)
    story.press('4', 'Mengadu')
    for _ in range(20):
        if 'dirahasiakan' in story.lobby.words():
            break
        story.keys += 1
        story.keep('#', story.lobby.press('#'))
    expect('dirahasiakan' in story.lobby.words(), 'that names may be kept secret')


def main():
    tests = [lamp, javanese, english, hurried, power_cut, wrong_pin, answer_rated, addition, board,
             rights]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        run(*tests)
    finally:
        if WRITE and len(SECTIONS) == len(tests):
            with open(PAGE, 'w', encoding='utf-8') as file:
                file.write(INTRODUCTION)
                file.writelines(SECTIONS[number][0] + '\n' for number in sorted(SECTIONS))
                file.writelines('\n' + SECTIONS[number][1] for number in sorted(SECTIONS))


main()
