# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems that are not ours: a few lines of Python each, as different from each other as modems
of the field are. [modem x] device = PATH has to be enough for any of them."""
import os
import pty
import select
import threading
import tty

from harness import equal, expect, run, wait_for

GSM = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' \
      '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'


def pack(text):
    bits = ''.join(f'{GSM.index(c):07b}'[::-1] for c in text)
    bits += '0' * (-len(bits) % 8)
    return ''.join(f'{int(bits[i:i + 8][::-1], 2):02X}' for i in range(0, len(bits), 8))


def unpack(data, septets):
    bits = ''.join(f'{byte:08b}'[::-1] for byte in data)
    return ''.join(GSM[int(bits[i * 7:i * 7 + 7][::-1], 2)] for i in range(septets))


def swap(digits):
    digits += 'F' * (len(digits) % 2)
    return ''.join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def deliver_pdu(sender, text, second):
    """SMS-DELIVER of one part, without a service centre's address (23.040, 9.2.2.1)."""
    digits = sender.lstrip('+')
    return (f'0004{len(digits):02X}91{swap(digits)}0000' + swap('261124101500'[:10] + f'{second:02d}')
            + '82' + f'{len(text):02X}' + pack(text))


def submit(pdu):
    """Recipient and text of an SMS-SUBMIT in GSM 7 bit of one part."""
    data = bytes.fromhex(pdu)
    at = 1 + data[0]
    first, digits = data[at], data[at + 2]
    octets = (digits + 1) // 2
    number = swap(data[at + 4:at + 4 + octets].hex().upper()).rstrip('F')[:digits]
    at += 4 + octets
    validity = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
    expect(data[at + 1] & 0x0c == 0, f'the reply is GSM 7 bit (DCS {data[at + 1]:02x})')
    at += 2 + validity
    return '+' + number, unpack(data[at + 1:], data[at])


class Modem(threading.Thread):
    """The plainest modem: what it doesn't know is an ERROR."""
    end = '\r\n'
    prompt = '\r\n> '
    notices = True

    def __init__(self, link):
        super().__init__(daemon=True)
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.symlink(os.ttyname(self.slave), link)
        self.slots = {}
        self.sent = []
        self.echo = True
        self.length = None
        self.reference = 0
        self.stopping = False
        self.lock = threading.Lock()
        self.start()

    def write(self, text):
        os.write(self.master, text.encode('latin-1'))

    def line(self, text):
        self.write(f'{self.end}{text}{self.end}')

    def arrive(self, pdu):
        with self.lock:
            slot = next(i for i in range(1, 100) if i not in self.slots)
            self.slots[slot] = [0, pdu]
            if self.notices:
                self.notice(slot)

    def notice(self, slot):
        self.line(f'+CMTI: "SM",{slot}')

    def tpdu_length(self, pdu):
        return len(pdu) // 2 - 1 - int(pdu[:2], 16)

    def listing(self):
        for slot, (status, pdu) in sorted(self.slots.items()):
            self.write(f'{self.end}+CMGL: {slot},{status},,{self.tpdu_length(pdu)}{self.end}{pdu}')
            self.slots[slot][0] = 1
        if self.slots:
            self.write(self.end)
        return 'OK'

    def reading(self, slot):
        if slot not in self.slots:
            return '+CMS ERROR: 321'
        status, pdu = self.slots[slot]
        self.line(f'+CMGR: {status},,{self.tpdu_length(pdu)}{self.end}{pdu}')
        self.slots[slot][0] = 1
        return 'OK'

    def answer(self, command):
        """The final result of a command without its AT; None when there is none yet."""
        if command in ('', 'E0', 'E1', 'Z', '&F') or command.startswith(('+CMGF=0', '+CNMI=')):
            if command in ('E0', 'E1'):
                self.echo = command == 'E1'
            return 'OK'
        if command.startswith('+CMGL'):
            return self.listing()
        if command.startswith('+CMGR='):
            return self.reading(int(command[6:]))
        if command.startswith('+CMGD='):
            self.slots.pop(int(command[6:].split(',')[0]), None)
            return 'OK'
        if command.startswith('+CMGS='):
            self.length = int(command[6:])
            self.write(self.prompt)
            return None
        return 'ERROR'

    def submitted(self, pdu):
        equal(self.tpdu_length(pdu), self.length, 'the length that +CMGS announced')
        self.length = None
        self.reference = (self.reference + 1) % 256
        self.sent.append(submit(pdu))
        self.line(f'+CMGS: {self.reference}')
        self.line('OK')

    def command(self, text):
        text = text.strip()
        if not text.upper().startswith('AT'):
            return
        result = self.answer(text[2:].upper())
        if result:
            self.line(result)

    def run(self):
        held = ''
        while not self.stopping:
            if not select.select([self.master], [], [], 0.2)[0]:
                continue
            for character in os.read(self.master, 4096).decode('latin-1'):
                with self.lock:
                    held = self.character(held, character)

    def character(self, held, character):
        if self.length is not None:
            if character == '\x1a':
                self.submitted(held.strip())
                return ''
            if character == '\x1b':
                self.length = None
                self.line('OK')
                return ''
            return held + character
        if self.echo:
            self.write(character)
        if character == '\r':
            self.command(held)
            return ''
        return '' if character in '\x1b\x1a' else held + character


class Talkative(Modem):
    """Echoes for ever, says unasked things wherever it likes, has its own idea of a prompt."""
    prompt = '\r\n>'

    def listing(self):
        self.line('^RSSI: 17')
        return super().listing()

    def reading(self, slot):
        self.line('+QIND: "csq",21,99')
        return super().reading(slot)

    def answer(self, command):
        if command == 'E0':
            return 'OK'
        if command == '+CREG?':
            self.line('+CREG: 2,1,"1A2B","00C3D4E5",7')
            self.line('+CGREG: 1')
            return 'OK'
        if command == '+CPIN?':
            self.line('+CPIN: READY')
            return 'OK'
        if command == '+CSQ':
            self.line('+CSQ: 99,99')
            return 'OK'
        return super().answer(command)


class Silent(Modem):
    """Never tells of a new message: it has to be looked for."""
    notices = False


class Unquoted(Modem):
    """Writes its notices its own way and ends lines with a bare newline; SM is all it has."""
    end = '\n'

    def notice(self, slot):
        self.line(f'+CMTI: SM, {slot}')

    def answer(self, command):
        if command == '+CPMS=?':
            self.line('+CPMS: ("SM"),("SM"),("SM")')
            return 'OK'
        if command == '+CPMS?' or command.startswith('+CPMS='):
            used = len(self.slots)
            counts = f'"SM",{used},30' if command.endswith('?') else f'{used},30'
            self.line('+CPMS: ' + ','.join([counts] * 3))
            return 'OK'
        return super().answer(command)


def converse(house, kind, seconds):
    modem = kind(house.device)
    try:
        modem.arrive(deliver_pdu('+628110000001', 'Waiting before anything was started', 1))
        house.start_kiosk()
        wait_for(lambda: len(modem.sent) >= 1, 20, 'the message found in the modem is answered')
        modem.arrive(deliver_pdu('+628110000002', 'Lampu jalan di dusun kami mati semua', 2))
        wait_for(lambda: len(modem.sent) >= 2, seconds, 'a message that arrives is answered')
        equal([number for number, _ in modem.sent], ['+628110000001', '+628110000002'],
              'who was answered')
        wait_for(lambda: not modem.slots, seconds, 'the modem is empty')
        equal(len(house.complaints()), 2, 'complaints')
        for _, text in modem.sent:
            expect('PIN' in text, 'each reply has its ticket')
    finally:
        modem.stopping = True
        modem.join()


def plain(house):
    """a modem that knows little more than CMGL, CMGD and CMGS works"""
    converse(house, Modem, 10)


def talkative(house):
    """a modem that echoes for ever and talks out of turn works"""
    converse(house, Talkative, 10)


def unquoted(house):
    """a modem with bare newlines and notices without quotes works"""
    converse(house, Unquoted, 10)


def silent(house):
    """a modem that never tells of new messages is looked at by itself"""
    converse(house, Silent, 75)


run(plain, talkative, unquoted, silent)
