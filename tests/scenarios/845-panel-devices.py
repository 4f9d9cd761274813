# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 400
# waits
# What happens to the hardware of a kiosk over the years: each is said plainly in `kotakctl status`,
# is gone from it once it is mended, without a restart, and a complaint goes on meanwhile.
import json

from harness import equal, expect, measured, run, wait_for
from lobby import Lobby, draft_of, lobby_conf, panel_worker

TEXT = 'Lampu mati'
REST = ' lagi.'


def item_of(house, name):
    """The item of `kotakctl status`; its exit is 1 while something is wrong."""
    said = json.loads(house.kotakctl('status', '--json', code=None).stdout)
    return next(item for item in said['items'] if item['name'] == name)


def said(house, name, *words):
    """Waits until the item tells of trouble in these words, with what to do."""
    def told():
        item = item_of(house, name)
        return not item['ok'] and all(word in item['text'] for word in words) and item
    item = wait_for(told, 40, f'status says {words} of the {name}')
    expect(item['advice'], f'it says what to do: {item}')
    text = house.kotakctl('status', code=None).stdout
    expect(words[0] in ' '.join(text.split()), f'in plain words too: {text}')
    return item


def well(house, name):
    wait_for(lambda: item_of(house, name)['ok'], 40, f'status says that the {name} works')


class Lives:
    """Nothing is mended by a restart here."""

    def __init__(self, house):
        self.house = house
        worker = wait_for(lambda: panel_worker(house), 20, 'the panel worker runs')
        self.before = (house.kiosk.pid, worker)

    def same(self):
        equal((self.house.kiosk.pid, panel_worker(self.house)), self.before,
              'kotakd and the panel worker, all the time')


def begun(lobby):
    """From the attract screen to half a text."""
    lobby.begin()
    lobby.to_text('Lain')
    lobby.panel.type_text(TEXT)


def beeps(lobby):
    """Whether a key makes it beep; at the end of a text C does nothing else."""
    before = lobby.panel.beeps()
    lobby.panel.tap('C')
    return lobby.panel.beeps() > before


def typed_blindly(lobby, text):
    """Where the display shows nothing the store has what is typed all the same."""
    wait_for(lambda: draft_of(lobby.house)[1]['text'] == text, 20, f'the draft has {text!r}')


def finished(lobby, text):
    """From the text to the ticket; the complaint has it."""
    lobby.to_review('', phone='')
    ticket, _ = lobby.send()
    mine = [each for each in lobby.house.complaints() if each['ticket'] == ticket]
    equal([each['text'] for each in mine], [text], 'the complaint')
    lobby.leave()


def backpack(house):
    """an I2C backpack is unplugged and plugged in again, and its bus hangs"""
    with Lobby(house, printer=False) as lobby:
        house.start_kiosk()
        lives = Lives(house)
        well(house, 'panel')
        begun(lobby)
        lobby.panel.fault('i2c_unplug')
        said(house, 'panel', "backpack doesn't answer")
        lobby.panel.keys('0')
        lobby.panel.keys('555')
        typed_blindly(lobby, TEXT + ' l')
        lobby.panel.fault('i2c_plug')
        well(house, 'panel')
        lobby.see(TEXT + ' l')
        lobby.panel.type_text('agi', automatic=None)
        lobby.panel.fault('i2c_hang', ms=50)
        said(house, 'panel', 'hangs')
        lobby.panel.key('1')
        typed_blindly(lobby, TEXT + REST)
        lobby.panel.fault('i2c_free')
        well(house, 'panel')
        lobby.see(TEXT + REST)
        finished(lobby, TEXT + REST)
        equal(lobby.panel.violations(), [], 'what the data sheet forbids')
        lives.same()


def display_power(house):
    """a glitch of the display's power, and a disturbed line, heal by themselves"""
    with Lobby(house, printer=False) as lobby:
        house.start_kiosk()
        lives = Lives(house)
        begun(lobby)
        for fault in ('lcd_power', 'lcd_disturb'):
            before = lobby.panel.screen()
            lobby.panel.fault(fault)
            expect(lobby.panel.screen().text != before.text, f'{fault} is seen')
            lobby.panel.wait_for_screen(lambda seen, as_was=before: seen.text == as_was.text, 60,
                                        f'the screen is as it was before {fault}')
        # From here on each half of a byte is taken for the other one.
        lobby.panel.fault('lcd_nibble')
        lobby.panel.keys('0555')
        lobby.panel.wait_for_screen(lambda seen: TEXT + ' l' in seen.words, 60,
                                    'what is typed, on a display that had lost its place')
        lobby.panel.type_text(REST[2:], automatic=None)
        finished(lobby, TEXT + REST)
        lives.same()


def lines_taken(house):
    """a line is taken by another process, and the chip goes: said with its name, and taken back"""
    with Lobby(house, printer=False) as lobby:
        house.start_kiosk()
        lives = Lives(house)
        begun(lobby)
        for line in ('row-2', 'lcd-enable'):
            lobby.panel.fault('hold', line=line, consumer='gpio-fan', force=True)
            said(house, 'panel', line, 'gpio-fan')
            lobby.panel.fault('free', line=line)
            well(house, 'panel')
            lobby.see(TEXT)
        lobby.panel.fault('chip_out')
        said(house, 'panel', 'kotak-panel')
        lobby.panel.fault('chip_in')
        well(house, 'panel')
        lobby.see(TEXT)
        # That the buzzer's line is gone is known once it is to beep.
        lobby.panel.tap('C')
        wait_for(lambda: lobby.panel.state()['lines']['buzzer']['holder'] and
                 item_of(house, 'panel')['ok'] and beeps(lobby), 40, 'it beeps again')
        lobby.panel.type_text(REST, automatic=None)
        finished(lobby, TEXT + REST)
        lives.same()


def stuck_key(house):
    """a key that is stuck is named, ignored, and works again when it is loose"""
    with Lobby(house, printer=False) as lobby:
        house.start_kiosk()
        lives = Lives(house)
        lobby.resting()
        # One that no word here needs.
        lobby.panel.fault('stick', key='9')
        said(house, 'panel', 'key 9')
        lobby.resting(120)
        begun(lobby)
        lobby.panel.fault('unstick', key='9')
        well(house, 'panel')
        lobby.panel.type_text(REST, automatic=None)
        finished(lobby, TEXT + REST)
        lives.same()


def printer(house):
    """without paper, with its cover open or unplugged: the number is to be noted, nothing waits"""
    with Lobby(house) as lobby:
        house.start_kiosk()
        lives = Lives(house)
        well(house, 'printer')
        for number, (fault, words, remedy) in enumerate((
                (('paper', {'state': 'out'}), 'paper out', ('paper', {'state': 'in'})),
                (('cover', {'open': True}), 'cover open', ('cover', {'open': False})),
                (('unplug', {}), 'absent', ('plug', {}))), 1):
            lobby.printer.ask(fault[0], **fault[1])
            said(house, 'printer', words)
            lobby.begin()
            lobby.to_text('Lain')
            lobby.to_review(TEXT + REST, name='', phone='')
            ticket, _ = lobby.send()
            lobby.see('Catat nomor ini')
            lobby.leave()
            equal(len(house.complaints()), number, f'complaints, {ticket} among them')
            lobby.printer.ask(remedy[0], **remedy[1])
            well(house, 'printer')
        # Whoever is gone gets no slip: its PIN would lie in the tray.
        with house.kiosk_database() as database:
            equal(database.execute('SELECT DISTINCT state FROM print_job').fetchall(),
                  [('expired',)], 'their slips')
        ticket, pin = lobby.complain(TEXT + REST)
        slip = lobby.printer.wait_for_slip(1)
        expect(ticket in slip['big'] and f'PIN {pin}' in slip['big'], f'the next one: {slip}')
        lobby.leave()
        measured(f'slips: {len(lobby.printer.slips())}')
        lives.same()


run((backpack, {'kiosk_conf': lobby_conf('20x4 i2c:1:0x27'), 'sync': False}),
    (display_power, {'kiosk_conf': lobby_conf(), 'sync': False}),
    (lines_taken, {'kiosk_conf': lobby_conf(), 'sync': False}),
    (stuck_key, {'kiosk_conf': lobby_conf(), 'sync': False}),
    (printer, {'kiosk_conf': lobby_conf(), 'sync': False}))
