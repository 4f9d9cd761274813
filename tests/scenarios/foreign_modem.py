# SPDX-License-Identifier: GPL-2.0-or-later
"""A modem written from 27.005, 27.007 and V.250 alone, with bad habits that can be switched on.
It knows nothing of our simulator, and our worker was not written against it."""
import os
import pty
import re
import select
import threading
import time
import tty

from harness import expect
from pdus import deliver, report

GSM = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' \
      '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
NUMERIC = {'OK': '0', 'ERROR': '4', 'RING': '2', 'NO CARRIER': '3'}


def submitted(pdu):
    """{to, text, reference of a long message, part, parts, report asked} of an SMS-SUBMIT."""
    data = bytes.fromhex(pdu)
    at = 1 + data[0]
    first, digits, kind = data[at], data[at + 2], data[at + 3]
    octets = (digits + 1) // 2
    swapped = data[at + 4:at + 4 + octets].hex().upper()
    number = ''.join(swapped[i + 1] + swapped[i] for i in range(0, len(swapped), 2))[:digits]
    at += 4 + octets
    coding = data[at + 1]
    at += 2 + {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
    length, user = data[at], data[at + 1:]
    header = user[:1 + user[0]] if first & 0x40 else b''
    part, parts, reference = 1, 1, None
    if header[1:3] == b'\x00\x03':
        reference, parts, part = header[3], header[4], header[5]
    elif header[1:3] == b'\x08\x04':
        reference, parts, part = header[3] * 256 + header[4], header[5], header[6]
    if coding & 0x0c == 0x08:
        text = user[len(header):length].decode('utf-16-be', 'replace')
    else:
        bits = ''.join(f'{byte:08b}'[::-1] for byte in user)
        skip = (len(header) * 8 + 6) // 7
        text = ''.join(GSM[int(bits[i * 7:i * 7 + 7][::-1], 2)] for i in range(skip, length))
    return {'to': ('+' if kind == 0x91 else '') + number, 'text': text, 'part': part,
            'parts': parts, 'reference': reference, 'report': bool(first & 0x20)}


class ForeignModem(threading.Thread):
    """Options are attributes: subclasses and tests set them."""
    end = '\r\n'
    numeric = False          # result codes as digits until told ATV1
    always_numeric = False   # and then too
    drip = 0.0               # seconds between bytes
    first_index = 1
    stores = ('SM', 'ME')
    capacity = 30
    receive_store = 'SM'
    pin = None               # asked for until given
    pin_tries = 3
    sim_busy = 0.0           # seconds after power on in which the SIM is busy
    register_after = 0.0     # seconds after power on
    send_delay = 0.0
    noisy_echo = ''
    storm = ()               # lines that come all the time
    storm_pause = 0.2
    power_every = 0.0        # seconds between losses of power
    power_off = 3.0
    delete_errors = 0        # so many +CMGD fail first
    list_interrupt = False   # +CMTI in the midst of +CMGL
    prompt_arrival = None    # a PDU that arrives while the prompt waits
    reports = False
    cmgl = True
    text_mode_default = False
    send_results = ()        # per submission: 'OK', an error line, or ('sent', an error line)

    def __init__(self, link, **options):
        super().__init__(daemon=True)
        for name, value in options.items():
            expect(hasattr(type(self), name), f'a known habit: {name}')
            setattr(self, name, value)
        self.link = link
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.symlink(os.ttyname(self.slave), link)
        self.memory = {name: {} for name in self.stores}
        self.sent = []
        self.asked = []          # commands in order
        self.reference = 0
        self.second = 0
        self.stopping = False
        self.lock = threading.RLock()
        self.send_results = list(self.send_results)
        self.pin_given = []
        self.network = []        # PDUs that wait at the service centre
        self.off_until = 0.0
        self.power_on()
        self.start()

    def power_on(self):
        self.on_since = time.monotonic()
        self.echo = True
        self.verbose = not self.numeric
        self.text_mode = self.text_mode_default
        self.cnmi = [0, 0]
        self.chosen = [self.stores[0]] * 3
        self.length = None
        self.locked = self.pin is not None

    # What others do to it

    def arrive(self, text=None, sender='+6281100000001', pdu=None, store=None):
        with self.lock:
            if pdu is None:
                self.second += 1
                pdu = deliver(sender, text, self.second)
            self.network.append((store or self.receive_store, pdu))
            self.pump()

    def pump(self):
        """The network hands over what fits."""
        while self.network and time.monotonic() > self.off_until and not self.locked:
            store, pdu = self.network[0]
            slots = self.memory[store]
            slot = next((i for i in range(self.first_index, self.first_index + self.capacity)
                         if i not in slots), None)
            if slot is None:
                return
            self.network.pop(0)
            slots[slot] = [0, pdu]
            if self.cnmi[0] and self.length is None:
                self.line(f'+CMTI: "{store}",{slot}')

    def empty(self):
        with self.lock:
            return not self.network and not any(self.memory.values())

    def messages(self):
        """(to, text) of all that was submitted, parts joined in order."""
        with self.lock:
            whole, order = {}, []
            for sent in self.sent:
                key = (sent['to'], sent['reference']) if sent['parts'] > 1 else object()
                if key not in whole:
                    whole[key] = {}
                    order.append((sent['to'], whole[key]))
                whole[key][sent['part']] = sent['text']
            return [(to, ''.join(parts[n] for n in sorted(parts))) for to, parts in order]

    # The wire

    def write(self, text):
        data = text.encode('latin-1')
        try:
            if not self.drip:
                os.write(self.master, data)
                return
            for byte in data:
                os.write(self.master, bytes([byte]))
                time.sleep(self.drip)
        except OSError:
            pass

    def line(self, text):
        if not self.verbose and text in NUMERIC:
            self.write(NUMERIC[text] + '\r')
        else:
            self.write(self.end + text + self.end)

    def run(self):
        held, next_storm, next_off = '', 0.0, time.monotonic() + self.power_every
        os.set_blocking(self.master, True)
        while not self.stopping:
            now = time.monotonic()
            with self.lock:
                if self.power_every and now > next_off:
                    self.off_until = now + self.power_off
                    next_off = self.off_until + self.power_every
                    held = ''
                    self.power_on()
                    self.on_since = self.off_until
                if self.storm and now > next_storm and now > self.off_until:
                    next_storm = now + self.storm_pause
                    for text in self.storm:
                        self.line(text)
                if self.network:
                    self.pump()
            if not select.select([self.master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self.master, 4096).decode('latin-1')
            except OSError:
                time.sleep(0.05)
                continue
            if time.monotonic() < self.off_until:
                continue
            with self.lock:
                for character in data:
                    held = self.character(held, character)

    def character(self, held, character):
        if self.length is not None:
            if character == '\x1a':
                self.submission(held.strip())
                return ''
            if character == '\x1b':
                self.length = None
                self.line('OK')
                return ''
            return held + character
        if self.echo:
            self.write(character)
        if character == '\r':
            if self.echo and self.noisy_echo:
                self.write(self.noisy_echo)
            self.command_line(held)
            return ''
        return '' if character in '\x1b\x1a' else held + character

    def command_line(self, text):
        text = text.strip().upper() if '"' not in text else text.strip()
        if text[:2].upper() != 'AT':
            return
        self.asked.append(text)
        rest, result = text[2:], 'OK'
        while rest and result == 'OK':
            basic = re.match(r'(&?[A-DF-Z]\d*|E\d?)', rest)
            if basic:
                word, rest = basic.group(0), rest[basic.end():].lstrip(';')
            else:
                word, _, rest = rest.partition(';')
            result = self.command(word)
        if result:
            self.line(result)

    # Commands

    def command(self, word):
        if word in ('E', 'E0', 'E1'):
            self.echo = word == 'E1'
            return 'OK'
        if word in ('V0', 'V1'):
            self.verbose = word == 'V1' and not self.always_numeric
            return 'OK'
        if word in ('Z', '&F', 'H', 'Q0'):
            return 'OK'
        name, sign, value = re.match(r'([^=?]*)([=?]*)(.*)', word).groups()
        handler = getattr(self, 'do_' + name.lstrip('+^$').lower(), None)
        if not handler:
            return 'ERROR'
        since = time.monotonic() - self.on_since
        if name in ('+CMGL', '+CMGR', '+CMGD', '+CMGS', '+CPMS', '+CSCA', '+CNMI', '+CIMI'):
            if self.locked:
                return '+CMS ERROR: 311'
            if since < self.sim_busy:
                return '+CMS ERROR: 314'
        return handler(sign, value)

    def do_cpin(self, sign, value):
        if time.monotonic() - self.on_since < self.sim_busy:
            return '+CME ERROR: 14'
        if sign == '?':
            self.line('+CPIN: ' + ('SIM PIN' if self.locked else 'READY'))
            return 'OK'
        given = value.strip('"')
        self.pin_given.append(given)
        if given != self.pin:
            return '+CME ERROR: 16'
        self.locked = False
        return 'OK'

    def do_cmee(self, sign, value):
        return 'OK'

    def do_cgmi(self, sign, value):
        self.line('ACME MOBILE')
        return 'OK'

    def do_creg(self, sign, value):
        if sign == '?':
            home = time.monotonic() - self.on_since >= self.register_after and not self.locked
            self.line(f'+CREG: 0,{1 if home else 2}')
        return 'OK'

    def do_csq(self, sign, value):
        self.line('+CSQ: 18,99')
        return 'OK'

    def do_cscs(self, sign, value):
        if sign == '?':
            self.line('+CSCS: "UCS2"')
        return 'OK'

    def do_cmgf(self, sign, value):
        if sign == '?':
            self.line(f'+CMGF: {int(self.text_mode)}')
        elif value:
            self.text_mode = value == '1'
        return 'OK'

    def do_cnmi(self, sign, value):
        if sign == '=?':
            self.line('+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)')
        elif sign == '?':
            self.line(f'+CNMI: 2,{self.cnmi[0]},0,{self.cnmi[1]},0')
        else:
            fields = [int(field or 0) for field in value.split(',')] + [0] * 4
            self.cnmi = [fields[1], fields[3]]
        return 'OK'

    def do_cpms(self, sign, value):
        if sign == '=?':
            some = '(' + ','.join(f'"{name}"' for name in self.stores) + ')'
            self.line(f'+CPMS: {some},{some},{some}')
            return 'OK'
        if sign == '=':
            names = [name.strip().strip('"') for name in value.split(',')]
            if any(name not in self.memory for name in names):
                return '+CMS ERROR: 302'
            self.chosen[:len(names)] = names
            self.line('+CPMS: ' + ','.join(
                f'{len(self.memory[name])},{self.capacity}' for name in self.chosen))
            return 'OK'
        self.line('+CPMS: ' + ','.join(
            f'"{name}",{len(self.memory[name])},{self.capacity}' for name in self.chosen))
        return 'OK'

    def do_cmgl(self, sign, value):
        if sign == '=?':
            self.line('+CMGL: (0-4)')
            return 'OK'
        if not self.cmgl or self.text_mode:
            return '+CMS ERROR: 304'
        for count, (slot, held) in enumerate(sorted(self.memory[self.chosen[0]].items())):
            if value not in ('4', '') and str(held[0]) != value:
                continue
            if count == 1 and self.list_interrupt:
                self.line(f'+CMTI: "{self.chosen[0]}",{slot}')
            length = len(held[1]) // 2 - 1 - int(held[1][:2], 16)
            self.write(f'{self.end}+CMGL: {slot},{held[0]},,{length}{self.end}{held[1]}{self.end}')
            held[0] = 1
        return 'OK'

    def do_cmgr(self, sign, value):
        held = self.memory[self.chosen[0]].get(int(value))
        if not held:
            return '+CMS ERROR: 321'
        length = len(held[1]) // 2 - 1 - int(held[1][:2], 16)
        self.write(f'{self.end}+CMGR: {held[0]},,{length}{self.end}{held[1]}{self.end}')
        held[0] = 1
        return 'OK'

    def do_cmgd(self, sign, value):
        if sign == '=?':
            return 'ERROR'
        if self.delete_errors:
            self.delete_errors -= 1
            return '+CMS ERROR: 500'
        self.memory[self.chosen[0]].pop(int(value.split(',')[0]), None)
        self.pump()
        return 'OK'

    def do_cmgs(self, sign, value):
        if self.text_mode or not value.isdigit():
            return '+CMS ERROR: 304'
        self.length = int(value)
        if self.prompt_arrival:
            pdu, self.prompt_arrival = self.prompt_arrival, None
            slot = next(i for i in range(self.first_index, 99)
                        if i not in self.memory[self.receive_store])
            self.memory[self.receive_store][slot] = [0, pdu]
            self.line(f'+CMTI: "{self.receive_store}",{slot}')
        self.write(f'{self.end}> ')
        if self.prompt_arrival_after:
            self.line(self.prompt_arrival_after)
        return None

    prompt_arrival_after = ''    # a line that comes just behind the prompt

    def submission(self, pdu):
        length, self.length = self.length, None
        expect(len(pdu) // 2 - 1 - int(pdu[:2], 16) == length, 'the length that +CMGS told')
        outcome = self.send_results.pop(0) if self.send_results else 'OK'
        if outcome == 'OK' or isinstance(outcome, tuple):
            sent = submitted(pdu)
            self.reference = (self.reference + 1) % 256
            sent['at'] = time.monotonic()
            self.sent.append(sent)
            if sent['report'] and self.reports and 'SR' not in self.memory and self.cnmi[1] == 1:
                text = report(sent['to'], self.reference, 0, self.reference)
                threading.Timer(1, self.tell_report, (text,)).start()
        if self.send_delay:
            self.lock.release()
            time.sleep(self.send_delay)
            self.lock.acquire()
        if outcome == 'OK':
            self.line(f'+CMGS: {self.reference}')
            self.line('OK')
        else:
            self.line(outcome[1] if isinstance(outcome, tuple) else outcome)

    def tell_report(self, pdu):
        with self.lock:
            length = len(pdu) // 2 - 1 - int(pdu[:2], 16)
            self.write(f'{self.end}+CDS: {length}{self.end}{pdu}{self.end}')

    def close(self):
        self.stopping = True
        self.join()
        for descriptor in (self.master, self.slave):
            os.close(descriptor)
        os.unlink(self.link)
