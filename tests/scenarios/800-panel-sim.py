# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The simulated panel by itself: that its lines, switches and displays do what the hardware would,
# that each fault is the fault it claims to be, and that no client brings it down.
import codecs
import errno
import fcntl
import json
import os
import pty
import select
import socket
import struct
import subprocess
import termios
import time

from harness import (BUILD, PATIENCE, Failure, die_with_parent, equal, expect, measured, run,
                     wait_for)
from panel import Control, PanelSim

CHIP = 'kotak-panel'
ROWS = [f'row-{number}' for number in range(1, 5)]
COLUMNS = [f'column-{number}' for number in range(1, 5)]
DISPLAY = ['lcd-rs', 'lcd-enable', 'lcd-d4', 'lcd-d5', 'lcd-d6', 'lcd-d7']
RS, ENABLE, DATA = 1, 2, 2
# The letter "A" of the ROM A00, row by row.
LETTER_A = '0e1111111f111100'


def now_us():
    return time.monotonic() * 1e6


def spin(us):
    """At least so long: what data sheets ask for is a least time."""
    end = now_us() + us
    while now_us() < end:
        pass


class Connection:
    """One connection to the lines' socket, as the drivers make it."""

    def __init__(self, panel):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.connect(panel.lines_socket)
        self.socket.settimeout(20 * PATIENCE)
        self.edges = []

    def close(self):
        self.socket.close()

    def send(self, **packet):
        self.socket.send(json.dumps(packet).encode())

    def receive(self):
        """The next packet; None when the simulator closed the connection."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b''
        return json.loads(data) if data else None

    def answer(self):
        """The next packet that isn't an edge."""
        while True:
            packet = self.receive()
            if packet is None or 'edge' not in packet:
                return packet
            self.edges.append(packet)

    def ask(self, **packet):
        self.send(**packet)
        return self.answer()

    def set(self, mask, values, us=None):
        self.send(set=[mask, values], us=now_us() if us is None else us)

    def get(self):
        return self.ask(get=1)['values']

    def take_edges(self):
        """All edges that came so far."""
        self.get()
        edges, self.edges = self.edges, []
        return edges

    def gone(self):
        """Whether the simulator closed it."""
        return bool(select.select([self.socket], [], [], 0)[0]) and self.answer() is None


def names(lines, chip=CHIP):
    return [{'chip': chip, 'line': line} for line in lines]


def group(panel, lines, direction, **more):
    """Lines that are the caller's until it closes the connection."""
    connection = Connection(panel)
    answer = connection.ask(request='lines', consumer=more.pop('consumer', 'test'),
                            lines=names(lines), direction=direction, **more)
    equal(answer, {'ok': True}, f'request of {lines}')
    return connection


def refused(panel, lines, chip=CHIP, **more):
    connection = Connection(panel)
    answer = connection.ask(request='lines', consumer='test', lines=names(lines, chip),
                            direction='input', **more)
    connection.close()
    expect(not answer['ok'] and answer['error'], f'{lines} are refused: {answer}')
    return answer


def matrix(panel):
    rows = group(panel, ROWS, 'output', drive='open-drain', active_low=True, values=0)
    columns = group(panel, COLUMNS, 'input', bias='pull-up', active_low=True, edges=True)
    return rows, columns


def scan(rows, columns):
    """The columns that each row sees."""
    seen = []
    for row in range(4):
        rows.set(15, 1 << row)
        seen.append(columns.get())
    rows.set(15, 0)
    return seen


class Glass:
    """An HD44780 on lines, driven with the data sheet's times."""

    def __init__(self, panel):
        self.lines = group(panel, DISPLAY, 'output', values=0)

    def nibble(self, nibble, data=False, us=60):
        levels = nibble << DATA | (RS if data else 0)
        self.lines.set(63, levels)
        self.lines.set(ENABLE, ENABLE)
        self.lines.set(ENABLE, 0)
        spin(us)

    def byte(self, byte, data=False, us=60):
        self.nibble(byte >> 4, data, 1)
        self.nibble(byte & 15, data, us)

    def begin(self):
        spin(40000)
        for us in (4200, 110, 110):
            self.nibble(3, us=us)
        self.nibble(2)
        for byte in (0x28, 0x08):
            self.byte(byte)
        self.byte(0x01, us=2200)
        for byte in (0x06, 0x0C):
            self.byte(byte)

    def write(self, text, address=0):
        self.byte(0x80 | address)
        for letter in text.encode('ascii'):
            self.byte(letter, True)


def a_display_on_lines(house):
    """an HD44780 on lines is initialised by the data sheet and shows text, dot by dot"""
    with PanelSim(house) as panel:
        glass = Glass(panel)
        equal(panel.screen().raw['on'], False, 'dark before')
        glass.begin()
        glass.write('ADUAN')
        glass.write('Tekan tombol', 0x54)
        screen = panel.screen()
        equal(screen.rows, ['ADUAN'.ljust(20), ' ' * 20, ' ' * 20, 'Tekan tombol'.ljust(20)],
              'the rows')
        equal(screen.pixels[0][0], LETTER_A, 'the dots of A')
        equal((screen.raw['glass'], screen.backlight), ('lines', True), 'glass and backlight')
        equal(panel.violations(), [], 'violations of the data sheet')
        steps = panel.ask('initialisation')
        expect(steps['complete'], f'the initialisation is whole: {steps}')
        glass.byte(0x40)
        for row in (0x1F, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1F, 0):
            glass.byte(row, True)
        glass.byte(0x0F)
        glass.byte(0x80)
        glass.byte(0, True)
        screen = panel.screen()
        expect(screen.rows[0].startswith('⓪DUAN'), f'an own glyph: {screen}')
        equal(screen.pixels[0][0], '1f11111111111f00', 'the dots of the glyph')
        equal(screen.cursor, {'row': 0, 'column': 1, 'line': True, 'block': True}, 'the cursor')


def times_too_short(house):
    """times that are too short for the data sheet are listed with what they should be"""
    with PanelSim(house) as panel:
        glass = Glass(panel)
        glass.begin()
        at = now_us()
        spin(100)  # so that none of these times is in the future
        glass.lines.set(63, 4 << DATA | RS, at)
        glass.lines.set(ENABLE, ENABLE, at + 1)
        glass.lines.set(ENABLE, 0, at + 1.1)
        glass.lines.set(ENABLE, ENABLE, at + 11)
        glass.lines.set(ENABLE, 0, at + 12)
        found = panel.ask('violations')
        equal(found['list'][0]['fault'], 'pulse', f'a pulse of 100 ns in {found["list"]}')
        equal(found['list'][0]['was_ns'], 100, 'how long it was')
        equal(found['count'], len(found['list']), 'all are listed')
        panel.violations(clear=True)
        equal(panel.violations(), [], 'forgotten')


def a_matrix(house):
    """keys join rows and columns: each is found where it is, and three corners make a ghost"""
    with PanelSim(house, bounce='0') as panel:
        rows, columns = matrix(panel)
        equal(scan(rows, columns), [0, 0, 0, 0], 'no key')
        for place, key in enumerate('123A456B789C*0#D'):
            panel.press(key)
            wanted = [0, 0, 0, 0]
            wanted[place // 4] = 1 << place % 4
            equal(scan(rows, columns), wanted, f'the key {key}')
            panel.release(key)
        for key in '12':
            panel.press(key)
        equal(scan(rows, columns), [3, 0, 0, 0], 'two keys of one row')
        panel.press('4')
        equal(scan(rows, columns), [3, 3, 0, 0], 'a third one makes a ghost of 5')
        panel.ask('hands_off')
        equal(scan(rows, columns), [0, 0, 0, 0], 'all let go')
        equal(panel.state()['shorts'], 0, 'open drains never work against each other')
        panel.fault('stick', key='8')
        equal(scan(rows, columns), [0, 0, 2, 0], 'a stuck key')
        panel.press('8')
        panel.release('8')
        equal(scan(rows, columns), [0, 0, 2, 0], 'still stuck')
        panel.fault('unstick', key='8')
        equal(scan(rows, columns), [0, 0, 0, 0], 'loose again')


def wrong_electronics(house):
    """rows that push work against each other, and columns without pull-up keep what they had"""
    with PanelSim(house, bounce='0') as panel:
        rows = group(panel, ROWS, 'output', active_low=True, values=0)
        columns = group(panel, COLUMNS, 'input')
        for key in '14':
            panel.press(key)
        rows.set(15, 1)
        expect(columns.get() & 1 == 0, 'a low row wins')
        expect(panel.state()['shorts'] > 0, 'two outputs against each other are counted')
        panel.release('4')
        equal(columns.get() & 1, 0, 'the low row alone')
        panel.release('1')
        rows.set(15, 0)
        equal(columns.get() & 1, 0, 'the column keeps its charge')


def bouncing(house):
    """contacts bounce within their time, the same for the same seed, and edges tell of it"""
    def edges_of(seed):
        panel.ask('bounce', least_ms=1, most_ms=20, seed=seed)
        rows, columns = matrix(panel)
        rows.set(15, 15)
        panel.press('5')
        wait_for(lambda: not panel.state()['moving'], 5, 'the contact lies still')
        equal(columns.get(), 2, 'the key is seen')
        edges = columns.take_edges()
        rows.close()
        columns.close()
        panel.ask('hands_off')
        wait_for(lambda: not panel.state()['moving'], 5, 'the contact lies still')
        return edges

    with PanelSim(house) as panel:
        counts = []
        for seed in (7, 7, 8, 9, 10, 11):
            edges = edges_of(seed)
            times = [edge['us'] for edge in edges]
            equal({edge['edge'] for edge in edges}, {1}, 'edges of column 2 alone')
            equal([edge['rising'] for edge in edges],
                  [place % 2 == 0 for place in range(len(edges))], 'logical edges alternate')
            expect(times == sorted(times), 'edges come in the order of their times')
            expect(times[-1] - times[0] <= 20000, f'a bounce of {times[-1] - times[0]} us')
            counts.append([time - times[0] for time in times])
        equal(counts[0], counts[1], 'the same seed bounces the same')
        expect(max(len(each) for each in counts) > 5, f'they do bounce: {counts}')
        measured(f'edges of six presses: {[len(each) for each in counts]}')


def gets_see_all_before(house):
    """a get sees everything that any connection had sent before it"""
    with PanelSim(house, bounce='0') as panel:
        rows, columns = matrix(panel)
        panel.press('1')
        began = time.monotonic()
        for number in range(2000):
            rows.set(1, number & 1)
            if columns.get() != (number & 1):
                raise Failure(f'round {number}: a stale level')
        measured(f'a row set and the columns read: '
                 f'{(time.monotonic() - began) / 2000 * 1e6:.0f} us')


def who_holds_what(house):
    """lines are busy while held, and who holds them is said"""
    with PanelSim(house) as panel:
        rows = group(panel, ROWS, 'output', consumer='kotak-rows', values=0)
        answer = refused(panel, ['row-2', 'column-1'])
        equal(answer['errno'], errno.EBUSY, 'held by another connection')
        expect('row-2' in answer['error'] and 'kotak-rows' in answer['error'],
               f'names line and holder: {answer["error"]}')
        rows.close()
        group(panel, ROWS, 'output', values=0).close()
        panel.fault('hold', line='row-3', consumer='gpio-fan')
        answer = refused(panel, ROWS)
        equal(answer['errno'], errno.EBUSY, 'held by another process')
        expect('gpio-fan' in answer['error'], f'names it: {answer["error"]}')
        panel.fault('free', line='row-3')
        rows = group(panel, ROWS, 'output', values=0)
        refusal = panel.control.ask(do='fault', name='hold', line='row-1')
        expect(not refusal['ok'], 'not without force')
        panel.fault('hold', line='row-1', force=True)
        wait_for(rows.gone, 5, 'the holder lost its connection')
        equal(refused(panel, ['nowhere'])['errno'], errno.ENOENT, 'no such line')
        equal(refused(panel, ['row-2'], 'gpiochip0')['errno'], errno.ENODEV, 'no such chip')
        equal(refused(panel, ['row-2', 'row-2'])['errno'], errno.EINVAL, 'twice the same')
        connection = Connection(panel)
        answer = connection.ask(request='lines', direction='input',
                                lines=names(['row-2']) + names(['row-4'], 'other'))
        equal(answer['errno'], errno.EXDEV, 'lines of two chips')


def chip_goes(house):
    """a chip that goes takes its groups along, and can be had again when it is back"""
    with PanelSim(house) as panel:
        rows, columns = matrix(panel)
        panel.fault('chip_out')
        wait_for(lambda: rows.gone() and columns.gone(), 5, 'both groups are gone')
        equal(refused(panel, ROWS)['errno'], errno.ENODEV, 'while it is out')
        panel.fault('chip_in')
        for each in matrix(panel):
            each.close()


class Backpack:
    """An HD44780 behind a PCF8574."""

    def __init__(self, panel, wiring='a', address=0x27, bus=1):
        self.connection = Connection(panel)
        self.wiring = wiring
        self.opened = self.connection.ask(request='i2c', bus=bus, address=address)

    def write(self, octets):
        return self.connection.ask(write=bytes(octets).hex(), us=now_us())

    def octet(self, nibble, data, enable, light=True):
        if self.wiring == 'a':
            return nibble << 4 | light << 3 | enable << 2 | data
        return nibble | light << 7 | enable << 6 | data << 4

    def nibble(self, nibble, data=False, us=0):
        answer = self.write([self.octet(nibble, data, False), self.octet(nibble, data, True),
                             self.octet(nibble, data, False)])
        equal(answer, {'ok': True}, 'the backpack answers')
        spin(us)

    def byte(self, byte, data=False, us=0):
        self.nibble(byte >> 4, data)
        self.nibble(byte & 15, data, us)

    def begin(self):
        spin(40000)
        for us in (4200, 110, 110):
            self.nibble(3, us=us)
        self.nibble(2)
        for byte in (0x28, 0x08):
            self.byte(byte)
        self.byte(0x01, us=2200)
        for byte in (0x06, 0x0C):
            self.byte(byte)

    def show(self, text):
        self.byte(0x80)
        for letter in text.encode('ascii'):
            self.byte(letter, True)


def backpacks(house):
    """an HD44780 behind a PCF8574 shows text with both wirings, and can be pulled off"""
    for wiring in 'ab':
        with PanelSim(house, size='16x2', wiring=wiring) as panel:
            backpack = Backpack(panel, wiring)
            backpack.begin()
            backpack.show('Selamat datang')
            screen = panel.screen()
            equal(screen.rows, ['Selamat datang  ', ' ' * 16], f'the rows, wiring {wiring}')
            equal((screen.raw['glass'], screen.backlight), ('i2c', True), 'glass and light')
            began = now_us()
            backpack.byte(ord('!'), True)
            took = now_us() - began
            expect(took >= 2 * 4 * 90, f'two messages of three bytes on the bus: {took:.0f} us')
            backpack.write([backpack.octet(0, False, False, light=False)])
            equal(panel.screen().backlight, False, 'the light off')
            panel.fault('i2c_unplug')
            equal(backpack.write([0])['errno'], errno.ENXIO, 'pulled off')
            equal(panel.screen().raw['powered'], False, 'without power')
            panel.fault('i2c_plug')
            equal(panel.screen().raw['on'], False, 'plugged in again it shows nothing')
            backpack.begin()
            backpack.show('Lagi')
            expect('Lagi' in panel.screen(), f'and then text: {panel.screen()}')
            panel.fault('i2c_hang', ms=20)
            equal(backpack.write([0])['errno'], errno.ETIMEDOUT, 'a bus that hangs')
            panel.fault('i2c_free')
            equal(backpack.write([0])['ok'], True, 'and is free again')
            backpack.connection.close()


def other_addresses(house):
    """nothing answers at another address, and there is no other bus"""
    with PanelSim(house) as panel:
        backpack = Backpack(panel, address=0x3F)
        equal(backpack.opened, {'ok': True}, 'an address isn\'t asked for before a write')
        equal(backpack.write([0])['errno'], errno.ENXIO, 'nobody at 0x3f')
        equal(Backpack(panel, bus=7).opened['errno'], errno.ENODEV, 'no bus 7')
        equal(Backpack(panel, address=0x99).opened['errno'], errno.EINVAL, 'no such address')


def garbage_on_the_glass(house):
    """a nibble too many, interference and a power cut do to the glass what they do"""
    with PanelSim(house) as panel:
        glass = Glass(panel)

        def fresh():
            glass.begin()
            glass.write('Kotak pengaduan')
            expect('Kotak pengaduan' in panel.screen(), f'text first: {panel.screen()}')
        fresh()
        panel.fault('lcd_nibble')
        glass.write('Halo')
        expect('Halo' not in panel.screen(), f'out of phase: {panel.screen()}')
        fresh()
        before = panel.screen().raw['codes']
        panel.fault('lcd_disturb', seed=3)
        expect(panel.screen().raw['codes'] != before, 'interference changes cells')
        fresh()
        panel.fault('lcd_power')
        screen = panel.screen()
        expect('Kotak' not in screen and not screen.raw['on'], f'a power cut: {screen}')
        fresh()


def watching(house):
    """watchers get a line at every change of glass, lamp and buzzer, letter by letter"""
    with PanelSim(house) as panel:
        watcher = panel.watch()
        first = [watcher.read()['event'] for _ in range(4)]
        equal(first, ['lamp', 'buzzer', 'keys', 'screen'], 'what is there comes first')
        panel.press('5')
        equal(watcher.read()['pressed'], ['5'], 'a key goes down')
        panel.release('5')
        equal(watcher.read()['pressed'], [], 'and up')
        lights = group(panel, ['lamp', 'buzzer'], 'output', values=0)
        lights.set(1, 1)
        event = watcher.read()
        equal((event['event'], event['on']), ('lamp', True), 'the lamp goes on')
        lights.set(2, 2)
        lights.set(2, 0)
        equal([watcher.read()['on'] for _ in range(2)], [True, False], 'a beep')
        equal((panel.lamp(), panel.beeps()), (True, 1), 'and when asked')
        glass = Glass(panel)
        glass.begin()
        glass.byte(0x80)
        seen = ''
        for letter in 'KOTAK':
            glass.byte(ord(letter), True)
            seen += letter
            event = watcher.read()
            while not event['text'][0].startswith(seen):
                expect(event['event'] == 'screen', f'an event of the glass: {event}')
                event = watcher.read()
            equal(event['text'][0].strip(), seen, 'one letter at a time')
        lights.close()
        equal(watcher.read()['on'], False, 'without a driver the lamp goes out')
        watcher.close()


def typing(house):
    """keys are typed in their rhythm, and the answer comes when it is done"""
    with PanelSim(house, bounce='0', keypad='4x3') as panel:
        rows, columns = matrix(panel)
        rows.set(15, 15)
        began = time.monotonic()
        panel.type('1' * 5, ms=20, gap_ms=30)
        took = time.monotonic() - began
        expect(took >= 5 * 0.05 - 0.001, f'five keys of 50 ms in {took:.3f} s')
        edges = columns.take_edges()
        equal([edge['rising'] for edge in edges], [True, False] * 5, 'five presses')
        held = [up['us'] - down['us'] for down, up in zip(edges[::2], edges[1::2])]
        equal(held, [20000] * 5, 'each held for 20 ms by its own times')
        panel.type(['2', {'key': '3', 'ms': 5, 'gap_ms': 0}, {'pause_ms': 10}])
        answer = panel.control.ask(do='press', key='A')
        expect(not answer['ok'], f'a 4x3 keypad has no A: {answer}')
        expect(not panel.control.ask(do='type', keys='12A')['ok'], 'nor can it be typed')
        expect(not panel.control.ask(do='type', keys='1' * 20000)['ok'], 'not so many')
        panel.ask('tap', key='1', ms=600000, wait=False)
        equal(panel.state()['pressed'], ['1'], 'held for long')
        panel.ask('hands_off')
        equal(panel.state()['pressed'], [], 'until the hand is taken away')


def hostile(house):
    """clients that talk nonsense, too much, or vanish in the middle don't stop it"""
    with PanelSim(house) as panel:
        for junk in (b'', b'\0', b'[]', b'{', b'7', b'{"request": 1}', b'\xff' * 9000,
                     b'{"request": "lines", "lines": 3}',
                     b'{"request": "lines", "lines": [[]], "direction": "up"}',
                     b'{"request": "i2c", "bus": "1", "address": []}', b'[' * 4000):
            connection = Connection(panel)
            connection.socket.send(junk)
            connection.socket.close()
        for packet in ({'set': [1 << 40, 1]}, {'set': 'x'}, {'set': [16, 16]}, {'get': None}, {}):
            rows = group(panel, ROWS, 'output', values=0)
            rows.send(**packet)
            if 'get' in packet:
                equal(rows.answer(), {'values': 0}, 'a get')
            else:
                wait_for(rows.gone, 5, f'cut off after {packet}')
            rows.close()
        # One that asks and never reads, one that watches edges and never reads.
        deaf = Connection(panel)
        deaf.socket.setblocking(False)
        deaf.send(request='lines', direction='input', lines=names(COLUMNS), bias='pull-up',
                  edges=True)
        try:
            for _ in range(20000):
                deaf.send(get=1)
        except OSError:
            pass
        panel.type('147' * 5, ms=5, gap_ms=5)
        deaf.close()
        for junk in (b'\n\n\n', b'{"do":"screen"', b'x\n', b'[]\n', b'{"do":7}\n', b'\0\n',
                     b'{"do":"press","key":"12"}\n', b'{"do":"fault"}\n', b'\xff\xfe\n',
                     b'{"do":"fault","name":"hold","line":"row-1","consumer":7}\n',
                     b'{"do":"type","keys":{}}\n', b'{"do":"' + b'\xc3\xa9' * 200 + b'"}\n',
                     b'{"do":"bounce","least_ms":50,"most_ms":2}\n', b'z' * 300000):
            control = Control(panel.control_socket)
            try:
                control.socket.sendall(junk)
            except OSError:
                pass
            control.close()
        answer = Control(panel.control_socket).ask(do='é' * 100)
        expect(not answer['ok'], f'words that are no request: {answer}')
        half = Control(panel.control_socket)
        half.socket.sendall(b'{"do":"tap","key":"1"}\n{"do":"lamp"}\n')
        half.socket.shutdown(socket.SHUT_WR)
        equal([half.read()['ok'] for _ in range(2)], [True, True],
              'one that ended its own side still gets its answers')
        crowd = []
        for _ in range(100):
            crowd.append(Control(panel.control_socket))
            crowd.append(Connection(panel))
        for each in crowd:
            each.close()
        matrix(panel)
        expect(panel.screen().rows, 'it still answers')


class Terminal:
    """panel-view on a pseudo-terminal; what it drew is kept, not where."""

    def __init__(self, panel, *arguments, columns=80, lines=24):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))
        environment = dict(panel.house.environment, TERM='xterm', LANG='C.UTF-8', LC_ALL='C.UTF-8')
        self.drawn = ''
        self.decoder = codecs.getincrementaldecoder('utf-8')('replace')
        self.process = subprocess.Popen(
            [os.path.join(BUILD, 'panel-view'), '--control', panel.control_socket, *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=environment,
            preexec_fn=die_with_parent, start_new_session=True)
        os.close(slave)

    def read(self):
        while select.select([self.master], [], [], 0)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            self.drawn += self.decoder.decode(data)
            if not data:
                break
        return self.drawn

    def wait(self, words, seconds=10):
        wait_for(lambda: words in self.read(), seconds, f'{words!r} drawn')
        self.drawn = ''

    def keys(self, text):
        os.write(self.master, text.encode())

    def end(self):
        self.keys('q')
        wait_for(lambda: self.read() is not None and self.process.poll() is not None, 10,
                 'panel-view ends at q')
        equal(self.process.returncode, 0, f'exit of panel-view ({self.drawn[-300:]!r})')
        os.close(self.master)


def typed(watcher, key):
    """Waits until this key was pressed and let go of; for how many us."""
    times = []
    for pressed in ([key], []):
        event = watcher.read()
        while event['event'] != 'keys' or event['pressed'] != pressed:
            event = watcher.read()
        times.append(event.get('us', 0))
    return times[1] - times[0]


def viewing(house):
    """panel-view shows the glass in each look, types, and waits for a simulator that is gone"""
    with PanelSim(house, bounce='0') as panel:
        glass = Glass(panel)
        glass.begin()
        glass.write('ADUAN')
        for arguments, size, drawn in ((['--plain'], {}, 'ADUAN'),
                                       ([], {}, '⡎⠉⡆'),
                                       ([], {'columns': 150, 'lines': 40}, '█▀▀▀█')):
            terminal = Terminal(panel, *arguments, **size)
            terminal.wait(drawn)
            if arguments:
                watcher = panel.watch()
                terminal.keys('5')
                typed(watcher, '5')
                terminal.keys('\x7f')
                typed(watcher, '*')
                terminal.keys('!\r')
                expect(typed(watcher, '#') > 1000000, 'Enter after ! is # held')
                watcher.close()
                panel.kill()
                terminal.wait('No simulator')
                panel.start()
                lamp = group(panel, ['lamp'], 'output', values=1)
                terminal.wait(' on ')
                glass = Glass(panel)
                glass.begin()
                glass.write('ADUAN')
                lamp.close()
            terminal.end()


def starting(house):
    """wrong options end it with exit 2 and words; --do asks from a shell; SIGTERM ends it well"""
    program = os.path.join(BUILD, 'panel-sim')

    def exit_of(*arguments):
        done = subprocess.run([program, *arguments], capture_output=True, text=True,
                              timeout=20 * PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr
    for wrong in (['--lines', 'x'], ['--size', '40x2'], ['--bounce', '9-3'], ['--address', '0x99'],
                  ['--keypad', '5x5'], ['word']):
        code, said = exit_of(*wrong)
        equal(code, 2, f'exit of {wrong}')
        expect('panel-sim: ' in said, f'says why: {said}')
    code, said = exit_of('--control', house.path('nobody'), '--do', '{"do":"screen"}')
    equal(code, 1, 'exit without a simulator')
    code, said = exit_of('--lines', '/nowhere/lines', '--control', house.path('control'))
    equal(code, 1, f'exit when it can\'t listen ({said})')
    with PanelSim(house) as panel:
        code, said = exit_of('--control', panel.control_socket, '--do', '{"do":"lamp"}')
        equal((code, json.loads(said)['on']), (0, False), 'the answer on standard output')
    expect(not os.path.exists(panel.control_socket), 'the sockets are gone')


run(a_display_on_lines, times_too_short, a_matrix, wrong_electronics, bouncing,
    gets_see_all_before, who_holds_what, chip_goes, backpacks, other_addresses,
    garbage_on_the_glass, watching, typing, hostile, viewing, starting)
