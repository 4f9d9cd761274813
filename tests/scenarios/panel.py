# SPDX-License-Identifier: GPL-2.0-or-later
"""The lobby's panel for scenario tests: panel-sim as its user has it, fingers and eyes.

    with PanelSim(house) as panel:
        house.start()
        panel.wait_for_screen('Tekan tombol')
        panel.key('1')
        panel.type_text('Lampu mati')

kotakd finds it by CONF, lines for House's kiosk_conf.
"""
import json
import socket
import time

from harness import PATIENCE, Failure, Program, expect, wait_for

# Relative to the house's folder, in which the programs run.
LINES = 'panel.lines'
CONTROL = 'panel.control'
CONF = f'[panel]\ndriver = sim\nboard = simulated\nlines = {LINES}\n'
# A letter is settled after this; the panel's own clock may be late.
SETTLE_MS = 2000
# Keys that are up and weren't looked at for so long are known to be up.
RESTS_SECONDS = 2
# What the taps on a key go through: firmware/panel/entry.h.
SIGNS = {'0': ' 0', '1': '.,?!-/():\'";@1', '2': 'abc2', '3': 'def3', '4': 'ghi4', '5': 'jkl5',
         '6': 'mno6', '7': 'pqrs7', '8': 'tuv8', '9': 'wxyz9'}
TAPS = {sign: (key, number) for key, signs in SIGNS.items()
        for number, sign in enumerate(signs, 1)}


class Screen:
    """What a person sees: .rows (strings), .text (rows joined by newlines), .cursor (row, column,
    line, block; None), .backlight, .pixels, .raw (the simulator's answer)."""

    def __init__(self, raw):
        self.raw = raw
        self.rows = raw['text']
        self.text = '\n'.join(self.rows)
        self.cursor = raw['cursor']
        self.backlight = raw['backlight']
        self.pixels = raw['pixels']

    def __contains__(self, words):
        return words in self.text

    def __repr__(self):
        return ' / '.join(self.rows)

    @property
    def words(self):
        """All words in reading order, wherever lines were broken."""
        return ' '.join(self.text.split())


class Control:
    """One connection to a control socket: a JSON object a line each way."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.settimeout(60 * PATIENCE)
        self.file = self.socket.makefile('r', encoding='utf-8')

    def close(self):
        self.file.close()
        self.socket.close()

    def ask(self, **request):
        """The answer, whatever it says."""
        self.socket.sendall(json.dumps(request).encode() + b'\n')
        return self.read()

    def read(self):
        line = self.file.readline()
        if not line:
            raise Failure('panel-sim closed its control socket')
        return json.loads(line)


class Panel:
    """A running panel-sim, by its control socket."""

    def __init__(self, control_socket, keypad='4x4'):
        self.control_socket = control_socket
        self.keypad = keypad
        self.control = None

    def connect(self):
        self.control = Control(self.control_socket)

    def disconnect(self):
        if self.control:
            self.control.close()
            self.control = None

    def ask(self, do, **fields):
        """One request; fails unless the answer is ok."""
        answer = self.control.ask(do=do, **fields)
        expect(answer.get('ok'), f'panel-sim does {do} {fields}: {answer}')
        return answer

    def fault(self, name, **fields):
        return self.ask('fault', name=name, **fields)

    def state(self):
        return self.ask('state')

    def connected(self):
        """The consumers whose groups of lines (or "i2c") are held just now."""
        return [each.get('consumer', each['kind']) for each in self.state()['connections']]

    # Eyes and ears

    def screen(self):
        return Screen(self.ask('screen'))

    def wait_for_screen(self, wanted, seconds=10, what=None):
        """Until wanted (words that stand on it, or a function of a Screen) holds; the Screen."""
        holds = wanted if callable(wanted) else lambda screen: wanted in screen
        last = []

        def seen():
            last[:] = [self.screen()]
            return last[0] if holds(last[0]) else None
        try:
            return wait_for(seen, seconds, what or f'{wanted!r} on the screen')
        except Failure as failure:
            raise Failure(f'{failure}; it shows {last[0]!r}') from None

    def beeps(self):
        return self.ask('buzzer')['count']

    def lamp(self):
        return self.ask('lamp')['on']

    def violations(self, clear=False):
        """What the display's data sheet forbids and was done, in words."""
        return [each['what'] for each in self.ask('violations', clear=clear)['list']]

    def watch(self):
        """A connection of its own that gets a line at every change; the answer and what is there
        at the beginning are the first lines."""
        control = Control(self.control_socket)
        expect(control.ask(do='watch')['ok'], 'watch')
        return control

    # Fingers

    def press(self, key):
        self.ask('press', key=key)

    def release(self, key):
        self.ask('release', key=key)

    def tap(self, key, ms=80, gap_ms=100):
        """Returns when the key is up again and its contacts lie still."""
        self.ask('tap', key=key, ms=ms, gap_ms=gap_ms)

    def type(self, keys, ms=80, gap_ms=100):
        """Types without listening, in this rhythm. keys: a string, or a list of keys,
        {'key', 'ms', 'gap_ms'} and {'pause_ms'}."""
        self.ask('type', keys=keys, ms=ms, gap_ms=gap_ms)

    def hold(self, key, ms=1200):
        self.tap(key, ms=ms)

    def key(self, key, seconds=10):
        """Presses a key until the panel has beeped, as people do; it never types ahead."""
        before = self.beeps()
        self.press(key)
        try:
            try:
                wait_for(lambda: self.beeps() > before, seconds, f'a beep for the key {key}')
            except Failure:
                # Where a machine has too much else to do a press may go unseen; people press again.
                print(f'# measured: no beep for the key {key} at first', flush=True)
                self.release(key)
                self.pause(SETTLE_MS)
                self.press(key)
                wait_for(lambda: self.beeps() > before, seconds, f'a beep for the key {key}')
            # It may have been a melody's: the key is held until it was looked at.
            wait_for(self.looked_at, seconds, f'the panel looks at the key {key}')
        finally:
            self.release(key)
        seen = []
        wait_for(lambda: self.let_go(seen), seconds,
                 f'the panel looks at the key {key} that is up')
        self.pause()

    def keys(self, keys):
        for key in keys:
            self.key(key)

    def looked_at(self):
        """Whether contacts lie still, and the driver has looked at them since."""
        state = self.state()
        return not state['moving'] and state['reads'] >= 8

    def let_go(self, seen):
        """Whether all keys are up, lie still, and the driver has looked at them since: as often as
        it ever needs, or, where a busy machine woke it seldom, until it had seen enough and waits
        for the next key. seen: a list for what was seen before, empty at first."""
        state, now = self.state(), time.monotonic()
        if state['moving'] or state['pressed'] or not state['reads']:
            return False
        if not seen or seen[0] != state['reads']:
            seen[:] = [state['reads'], now]
        return state['reads'] >= 8 or now - seen[1] > RESTS_SECONDS

    def pause(self, ms=80):
        """Keys stay as they are for so long: a finger's time, longer than a driver debounces."""
        self.ask('type', keys=[{'pause_ms': ms}])

    def strokes(self, text, automatic='sentence'):
        """The keys that type this text by multi-tap into an empty entry: (sign, key, taps) each.
        automatic: 'sentence', 'word' (a name) or None, where capitals come by themselves."""
        for place, sign in enumerate(text):
            if sign.lower() not in TAPS:
                raise Failure(f'no key has {sign!r}')
            if sign.isalpha() and sign.isupper() != begins(text[:place], automatic):
                # One step of abc, Abc, ABC, 123 is not enough for capitals within a word.
                raise Failure(f'type_text leaves capitals to the panel: {text[:place + 1]!r}')
            yield (sign, *TAPS[sign.lower()])

    def type_text(self, text, automatic='sentence'):
        """Types a text by multi-tap, listening for the beep of each key."""
        last = None
        for sign, key, taps in self.strokes(text, automatic):
            if key == last:
                self.settle()
            self.type_sign(sign, key, taps)
            last = key

    def settle(self):
        if self.keypad == '4x4':
            self.key('C')
        else:
            self.pause(SETTLE_MS)

    def type_sign(self, sign, key, taps):
        """On a machine that has much else to do two taps may lie so far apart that a letter is
        settled between them: as a person would, one looks, takes back what is wrong and tries
        again."""
        for _ in range(10):
            before = self.screen().rows
            self.keys(key * taps)
            if taps == 1 or self.shows(sign):
                return
            self.pause(SETTLE_MS)
            if self.shows(sign):
                return
            for _ in range(taps):
                if self.screen().rows == before:
                    break
                self.key('*')
                self.pause(SETTLE_MS)
        raise Failure(f'{sign!r} can\'t be typed: {self.screen()!r}')

    def shows(self, sign):
        """Whether this is the sign just typed: under a block cursor, or before a line."""
        screen = self.screen()
        if not screen.cursor:
            return False
        row, column = screen.cursor['row'], screen.cursor['column']
        if screen.cursor['block']:
            return screen.rows[row][column] == sign
        return (screen.rows[row][:column] or ' '.join(screen.rows[:row]).rstrip())[-1:] == sign


class PanelSim(Panel):
    """panel-sim in a house's folder. Options: size '20x4' or '16x2', keypad '4x4' or '4x3', wiring
    'a' or 'b' of the I2C backpack, bounce 'LEAST-MOST' in ms, seed, more arguments."""

    def __init__(self, house, size='20x4', keypad='4x4', wiring='a', bounce='1-20', seed=1,
                 arguments=()):
        super().__init__(house.path(CONTROL), keypad)
        self.house = house
        self.columns, self.row_count = (int(word) for word in size.split('x'))
        self.lines_socket = house.path(LINES)
        self.program = Program(house, 'panel-sim', [
            'panel-sim', '--lines', self.lines_socket, '--control', self.control_socket,
            '--size', size, '--keypad', keypad, '--wiring', wiring, '--bounce', bounce,
            '--seed', str(seed), *arguments])
        house.programs.append(self.program)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stop()

    def start(self):
        before = self.program.log().count('ready')
        self.program.start()

        def ready():
            self.program.insist()
            return self.program.log().count('ready') > before
        wait_for(ready, 10, 'panel-sim says "ready"')
        self.connect()

    def stop(self):
        self.disconnect()
        self.program.stop()

    def kill(self):
        """The hardware vanishes."""
        self.disconnect()
        self.program.kill()


def begins(before, automatic):
    """Whether a capital comes by itself after this text."""
    stripped = before.rstrip(' ')
    if automatic is None:
        return False
    if not stripped:
        return True
    if len(stripped) == len(before):
        return False
    return automatic == 'word' or stripped.rstrip('"\')')[-1:] in ('.', '?', '!')
