# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The simulated modem by itself: what 27.005 and 27.007 say, what sets its makes apart, and
# that each fault is the fault it claims to be.
import errno
import json
import os
import select
import subprocess
import time

from harness import BUILD, PATIENCE, Failure, equal, expect, run, wait_for

SENDER = '+628111000001'
FINAL = ('OK', 'ERROR', '+CMS ERROR', '+CME ERROR', 'NO CARRIER')


class Port:
    """The serial line as a client sees it, line by line."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.pending = b''

    def close(self):
        os.close(self.fd)

    def write(self, data):
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self.fd, view):]
            except BlockingIOError:
                select.select([], [self.fd], [], 1)

    def read(self, seconds):
        """What comes within that time, as soon as anything does; b'' for nothing."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b''
        try:
            return os.read(self.fd, 65536)
        except BlockingIOError:
            return b''

    def until(self, mark, seconds=5):
        """All that came up to and with mark."""
        deadline = time.monotonic() + seconds * PATIENCE
        while mark not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failure(f'{mark!r} did not come, only {self.pending!r:.300}')
            self.pending += self.read(left)
        end = self.pending.index(mark) + len(mark)
        said, self.pending = self.pending[:end], self.pending[end:]
        return said

    def line(self, prefix, seconds=5):
        """The next line that begins so; lines before it are dropped."""
        while True:
            text = self.until(b'\r\n', seconds)[:-2].decode('latin-1')
            if text.startswith(prefix):
                return text

    def at(self, command, seconds=5):
        """The lines of the answer without echo and empty lines, the final one included."""
        self.write(command.encode('latin-1') + b'\r')
        lines = []
        while not lines or not lines[-1].startswith(FINAL):
            text = self.until(b'\r\n', seconds)[:-2].decode('latin-1').lstrip('\r')
            if text and text.strip() != command:
                lines.append(text)
        return lines

    def quiet(self, seconds=0.3):
        """Nothing comes for so long."""
        said = self.pending + self.read(seconds)
        self.pending = b''
        equal(said, b'', 'what the modem says by itself')


def opened(house, *commands):
    house.start_modem()
    port = Port(house.device)
    equal(port.at('ATE0')[-1], 'OK', 'ATE0')
    for command in commands:
        equal(port.at(command)[-1], 'OK', command)
    return port


def deliver(house, text='Halo', **more):
    return house.sim(do='deliver', **{'from': SENDER, 'text': text, **more})


def arrived(house):
    """Nothing is on its way any more."""
    wait_for(lambda: house.sim(do='stores')['queued'] == 0, 5, 'the modem has taken all')


def send(port, pdu, service_centre=1):
    """Submits a PDU in hex; the lines of the answer."""
    port.write(f'AT+CMGS={len(pdu) // 2 - service_centre}\r'.encode())
    port.until(b'> ')
    port.write(pdu.encode() + b'\x1a')
    lines = []
    while not lines or not lines[-1].startswith(FINAL):
        text = port.until(b'\r\n')[:-2].decode().strip()
        if text and pdu not in text:
            lines.append(text)
    return lines


HELLO = '0011000A8180002100000000AA0AE8329BFD4697D9EC37'  # "hellohello" to 0800120000
HELLO_REPORT = HELLO.replace('0011', '0031', 1)


def line_and_commands(house):
    """V.250: echo, concatenation, A/, forms of the answer, errors"""
    house.start_modem()
    port = Port(house.device)
    port.write(b'at\r')
    equal(port.until(b'OK\r\n'), b'at\r\r\nOK\r\n', 'echo is on at first')
    equal(port.at('ATE0+CMEE=1;+CSQ;+CREG?'), ['+CSQ: 20,99', '+CREG: 0,1', 'OK'], 'several')
    equal(port.at('AT+CSQ;+CNOSUCH;+CREG?'), ['+CSQ: 20,99', 'ERROR'], 'an error ends the line')
    port.write(b'noise before AT+CGMM\r')
    port.until(b'EC25\r\n\r\nOK\r\n')
    port.write(b'A/')
    port.until(b'EC25\r\n\r\nOK\r\n')
    equal(port.at('AT+CMGR=9999'), ['+CMS ERROR: 321'], 'in numbers')
    equal(port.at('AT+CPBS="XX"'), ['+CME ERROR: 3'], 'in numbers')
    port.at('AT+CMEE=2')
    equal(port.at('AT+CPBS="XX"'), ['+CME ERROR: operation not allowed'], 'in words')
    port.at('AT+CMEE=0')
    equal(port.at('AT+CPBS="XX"'), ['ERROR'], 'short')
    port.write(b'ATV0\r')
    port.until(b'0\r')
    port.write(b'AT+CGMM\r')
    equal(port.until(b'0\r'), b'EC25\r\n0\r', 'in digits')
    port.write(b'ATV1\r')
    port.until(b'\r\nOK\r\n')
    port.write(b'A' * 5000 + b'\rAT\r')
    port.until(b'\r\nOK\r\n')
    port.quiet()
    port.close()


def prompt_and_escape(house):
    """a prompt: ESC, a wrong length, spontaneous lines held back"""
    port = opened(house, 'AT+CNMI=2,1,0,0,0')
    port.write(b'AT+CMGS=10\r')
    equal(port.until(b'> '), b'\r\n> ', 'the prompt')
    deliver(house)
    port.quiet()
    port.write(b'001100\x1b')
    port.until(b'\r\nOK\r\n')
    port.line('+CMTI:')
    equal(send(port, '0011000C91', service_centre=2), ['+CMS ERROR: 304'], 'a wrong length')
    equal(send(port, '00zz000C91'), ['+CMS ERROR: 304'], 'not hex')
    equal(house.sim(do='sent')['sent'], [], 'nothing was sent')
    port.close()


QUIRKS = {
    # make: first index, store, AT+CMGR of an empty slot, AT+CMGD of one, where reports go
    'sim800': (1, 'SM', ['+CMGR: 0,,0', 'OK'], ['OK'], None),
    'sim7600': (0, 'ME', ['+CMS ERROR: 321'], ['OK'], 'SR'),
    'ec25': (0, 'ME', ['OK'], ['OK'], 'SR'),
    'e173': (0, 'SM', ['+CMS ERROR: 321'], ['+CMS ERROR: 321'], 'SM'),
}


def stores_of(make):
    first, store, empty, deleted, reports = QUIRKS[make]

    def test(house):
        port = opened(house, f'AT+CNMI=2,1,0,{2 if reports else 1},0')
        deliver(house)
        equal(port.line('+CMTI:'), f'+CMTI: "{store}",{first}', 'the notice')
        listed = port.at('AT+CMGL=4')
        expect(listed[0].startswith(f'+CMGL: {first},0,,'), f'unread at first: {listed}')
        equal(port.at(f'AT+CMGR={first}')[1], listed[1], 'the same PDU')
        expect(port.at('AT+CMGL=1')[0].startswith(f'+CMGL: {first},1,,'), 'read now')
        equal(port.at(f'AT+CMGD={first}'), ['OK'], 'deleting')
        equal(port.at(f'AT+CMGR={first}'), empty, 'an empty slot')
        equal(port.at(f'AT+CMGD={first}'), deleted, 'deleting an empty slot')
        equal(port.at('AT+CMGR=9999'), ['+CMS ERROR: 321'], 'no such slot')
        equal(send(port, HELLO_REPORT)[0], '+CMGS: 1', 'sending')
        if reports:
            equal(port.line('+CDSI:'), f'+CDSI: "{reports}",{first}', 'the report is stored')
            port.at(f'AT+CPMS="{reports}"')
            report = port.at(f'AT+CMGR={first}')[1]
        else:
            port.line('+CDS:')
            report = port.line('')
        expect(report[14:18] == '0601', f'a report on reference 1: {report}')
        port.close()
    test.__doc__ = f'stores, empty slots and reports of {make}'
    return test, {'make': make}


def parts_and_order(house):
    """parts: order, missing ones, wide references, equal texts differ"""
    port = opened(house, 'AT+CNMI=2,0')
    text = 'x' * 400
    answer = deliver(house, text, order=[3, 1], skip=[2], wide=True)
    equal(answer['parts'], 2, 'parts sent off')
    arrived(house)
    pdus = port.at('AT+CMGL=4')[1:-1:2]
    wide = f'06080400{answer["reference"]:02X}03'
    expect(wide + '03' in pdus[0] and wide + '01' in pdus[1], f'third, then first: {pdus}')
    for _ in range(3):
        deliver(house, 'sama')
    arrived(house)
    equal(len(set(port.at('AT+CMGL=4')[5:-1:2])), 3, 'equal texts have their own seconds')
    expect(deliver(house, '\U0001F600' * 40, split_pairs=True)['parts'] == 2, 'pairs cut')
    for wrong in ({'from': ''}, {'from': 'a name too long'}, {'class': 9}, {'order': [0]},
                  {'store': 'XX'}):
        try:
            deliver(house, **wrong)
        except Failure:
            continue
        raise Failure(f'{wrong} was taken')
    port.close()


def full_store(house):
    """a full store: said once, the rest waits and comes when there is room"""
    port = opened(house, 'AT+CNMI=2,1')
    for number in range(5):
        deliver(house, f'pesan {number}')
    equal(port.line('+QIND:'), '+QIND: "smsfull","ME"', 'the word on it')
    stores = house.sim(do='stores')
    equal((stores['stores']['ME'], stores['queued']), ({'used': 3, 'total': 3}, 2), 'waiting')
    port.at('AT+CMGD=1')
    equal(port.line('+CMTI:'), '+CMTI: "ME",1', 'the next one')
    port.at('AT+CMGD=1,4')
    arrived(house)
    port.close()


def reports_on_request(house):
    """reports only when asked for; permanent and temporary ones; none"""
    port = opened(house, 'AT+CNMI=2,1,0,1,0')
    send(port, HELLO)
    house.sim(do='config', reports='permanent', report_ms=0)
    equal(send(port, HELLO_REPORT), ['+CMGS: 2', 'OK'], 'references count up')
    port.line('+CDS:')
    report = port.line('')
    expect(report[14:18] == '0602' and report.endswith('41'), f'on the second: {report}')
    house.sim(do='config', reports='temporary')
    send(port, HELLO_REPORT)
    port.line('+CDS:')
    expect(port.line('').endswith('20'), 'still trying')
    house.sim(do='config', reports='none')
    send(port, HELLO_REPORT)
    port.quiet()
    equal([s['report'] for s in house.sim(do='sent')['sent']], [False, True, True, True], 'asked')
    equal([s['n'] for s in house.sim(do='sent', after=2)['sent']], [3, 4], 'after the second')
    port.close()


def packed(septets):
    """Septets packed into octets, in hex (23.038 section 6.1.2.1)."""
    bits = sum(septet << 7 * place for place, septet in enumerate(septets))
    return bits.to_bytes((len(septets) * 7 + 7) // 8, 'little').hex().upper()


def hexed(text):
    return text.encode('utf-16-be').hex().upper()


ANSWER = 'Sisa @ 50'
SEPTETS = ANSWER.replace('@', '\0').encode()


def ussd_of(make, charset, code, reply, answer):
    def test(house):
        house.start_modem()
        house.sim(do='ussd_network', code='*1#', answer=ANSWER, more=True)
        house.sim(do='ussd_network', code='2', answer='中')
        port = Port(house.device)
        port.at('ATE0')
        equal(port.at(f'AT+CSCS="{charset}"'), ['OK'], 'the character set')
        equal(port.at(f'AT+CUSD=1,"{code}",15'), ['OK'], 'asking')
        equal(port.line('+CUSD:'), f'+CUSD: 1,{answer}', 'the answer')
        port.at(f'AT+CUSD=1,"{reply}"')
        equal(port.line('+CUSD:'), '+CUSD: 0,"4E2D",72', 'a reply in UCS-2')
        port.at('AT+CUSD=1,"*9#"')
        equal(port.line('+CUSD:'), '+CUSD: 4', 'an unknown code')
        port.close()
    test.__doc__ = f'USSD of {make} in {charset}'
    return test, {'make': make}


def pin_lock(house):
    """a PIN: nothing before it, three tries, then PUK"""
    port = opened(house, 'AT+CMEE=1', 'AT+CREG=1')
    house.sim(do='config', pin='1234')
    equal(port.line('+CREG:'), '+CREG: 0', 'not registered')
    equal(port.at('AT+CPIN?'), ['+CPIN: SIM PIN', 'OK'], 'asked for')
    equal(port.at('AT+CPMS?'), ['+CMS ERROR: 311'], 'messages')
    equal(port.at('AT+CIMI'), ['+CME ERROR: 11'], 'the card')
    deliver(house)
    equal(port.at('AT+CPIN="1111"'), ['+CME ERROR: 16'], 'a wrong one')
    port.write(b'AT+CPIN="1234"\r')
    port.line('+CREG: 1')
    port.until(b'OK\r\n')
    equal(port.at('AT+CPIN?')[-2:], ['+CPIN: READY', 'OK'], 'open')
    arrived(house)
    house.sim(do='config', pin='9999')
    for _ in range(3):
        port.at('AT+CPIN="0"')
    equal(port.at('AT+CPIN?')[-2:], ['+CPIN: SIM PUK', 'OK'], 'blocked')
    house.sim(do='config', pin=None, sim='missing')
    equal(port.at('AT+CPIN?')[-1], '+CME ERROR: 10', 'no card')
    port.close()


def silence_and_noise(house):
    """silence and noise: nothing is heard, messages wait, then all is well"""
    port = opened(house, 'AT+CNMI=2,1')
    # Each lasts until it is given anew with the little that is left of it.
    house.sim(do='fault', name='silent', ms=600000)
    deliver(house, 'satu')
    port.write(b'AT\r')
    port.quiet()
    house.sim(do='fault', name='silent', ms=200)
    equal(port.line('+CMTI:'), '+CMTI: "ME",0', 'after the silence')
    house.sim(do='fault', name='noise', ms=600000)
    deliver(house, 'dua')
    port.write(b'AT+CMGD=1,4\r')
    expect(port.read(5 * PATIENCE), 'noise comes')
    house.sim(do='fault', name='noise', ms=200)
    port.until(b'+CMTI: "ME",1\r\n')
    equal(house.sim(do='stores')['stores']['ME']['used'], 2, 'nothing was heard')
    equal(port.at('AT')[-1], 'OK', 'and now')
    port.close()


def reboot_of(make, lines):
    def test(house):
        port = opened(house, 'AT+CNMI=2,1', 'AT+CMEE=1')
        house.sim(do='config', boot_ms=100, search_ms=300)
        deliver(house)
        port.line('+CMTI:')
        house.sim(do='fault', name='reboot')
        deliver(house, 'sementara')
        for line in lines:
            port.line(line)
        arrived(house)
        port.at('ATE1')
        port.write(b'AT\r')
        port.until(b'AT\r\r\nOK\r\n')
        port.at('ATE0')
        equal(port.at('AT+CMEE?')[-2:], ['+CMEE: 0', 'OK'], 'settings are lost')
        equal(len([line for line in port.at('AT+CMGL=4') if line.startswith('+CMGL')]), 2,
              'messages are kept')
        port.write(b'AT+CFUN=1,1\r')
        port.until(b'OK\r\n')
        port.line(lines[0])
        port.close()
    test.__doc__ = f'a start of {make} says its lines and forgets its settings'
    return test, {'make': make}


def unplugged(house):
    """pulled out: the client's line hangs up; back elsewhere; nothing lost"""
    port = opened(house)
    deliver(house)
    # What it says at its start is gone if nobody has the new port open by then.
    house.sim(do='config', boot_ms=2500)
    house.sim(do='fault', name='unplug')
    expect(not os.path.lexists(house.device), 'the link is gone')

    def hung_up():
        try:
            return os.read(port.fd, 100) == b''
        except BlockingIOError:
            return False
        except OSError as error:
            return error.errno == errno.EIO
    wait_for(hung_up, 3, 'the line hangs up')
    port.close()
    deliver(house, 'sementara')
    house.sim(do='fault', name='plug', link=house.path('ttyOTHER'))
    port = Port(house.path('ttyOTHER'))
    port.line('RDY')
    arrived(house)
    port.at('ATE0')
    equal(len(port.at('AT+CMGL=4')), 5, 'both messages')
    port.close()


def reopened(house):
    """closed and opened again: no stale data, settings stay, no lock left"""
    port = opened(house, 'AT+CNMI=2,1')
    port.write(b'AT+CMGL=4\r')
    port.close()
    wait_for(lambda: not house.sim(do='state')['attended'], 3, 'nobody has it open')
    deliver(house)
    arrived(house)
    port = Port(house.device)
    wait_for(lambda: house.sim(do='state')['attended'], 3, 'somebody has it open')
    port.quiet()
    port.write(b'AT\r')
    equal(port.until(b'OK\r\n'), b'\r\nOK\r\n', 'echo is still off')
    port.close()


def worn_slots(house):
    """slots that can't be read or deleted, drafts, refused and lost sends"""
    port = opened(house, 'AT+CNMI=2,0')
    for number in range(4):
        deliver(house, f'pesan {number}')
    wait_for(lambda: house.sim(do='stores')['stores']['ME']['used'] == 4, 3, 'stored')
    house.sim(do='fault', name='slot_unreadable', store='ME', index=1)
    equal(port.at('AT+CMGR=1'), ['+CMS ERROR: 320'], 'reading it')
    equal(port.at('AT+CMGL=4')[-1], '+CMS ERROR: 320', 'the list breaks off')
    house.sim(do='fault', name='slot_unreadable', store='ME', index=1, how='quiet')
    equal(len(port.at('AT+CMGL=4')), 7, 'the list leaves it out')
    house.sim(do='fault', name='slot_undeletable', store='ME', index=2)
    equal(port.at('AT+CMGD=2'), ['+CMS ERROR: 320'], 'deleting it')
    house.sim(do='fault', name='slot_undeletable', store='ME', index=3, how='quiet')
    equal(port.at('AT+CMGD=3'), ['OK'], 'deleted, it says')
    equal(house.sim(do='stores')['stores']['ME']['used'], 4, 'and all are still there')
    house.sim(do='fault', name='slot_unreadable', store='ME', index=1, how='none')
    equal(port.at('AT+CMGR=1')[-1], 'OK', 'healed')
    equal(house.sim(do='fault', name='drafts', store='SM')['stored'], 50, 'drafts')
    port.at('AT+CPMS="SM"')
    equal(len(port.at('AT+CMGL=2')), 101, 'listed as unsent')
    house.sim(do='fault', name='send_error', code=38, count=1)
    equal(send(port, HELLO), ['+CMS ERROR: 38'], 'refused')
    house.sim(do='fault', name='answer_lost')
    port.write(b'AT+CMGS=22\r')
    port.until(b'> ')
    port.write(HELLO.encode() + b'\x1a')
    wait_for(lambda: len(house.sim(do='sent')['sent']) == 1, 3, 'sent without a word')
    equal(send(port, HELLO), ['+CMGS: 2', 'OK'], 'and then as ever')
    port.close()


def hostile_pdus(house):
    """raw PDUs come out as they went in"""
    port = opened(house, 'AT+CNMI=2,0', 'AT+CPMS="SM","SM","SM"')
    pdus = ['00', 'FF' * 3, '0004FF' + '91' * 40, '07917283010010F5040BC8' + '00' * 5,
            'AB' * 300]
    for pdu in pdus:
        house.sim(do='deliver_pdu', pdu=pdu, store='SM')
    arrived(house)
    equal(port.at('AT+CMGL=4')[1:-1:2], pdus, 'listed')
    port.at('AT+CMGF=1')
    equal(port.at('AT+CMGL="ALL"')[-1], 'OK', 'and in text mode')
    port.close()


def direct_delivery(house):
    """+CMT needs a listener, and with +CSMS=1 its +CNMA"""
    port = opened(house, 'AT+CSMS=1', 'AT+CNMI=2,2')
    deliver(house, 'satu')
    deliver(house, 'dua')
    port.line('+CMT: ,')
    expect(port.line('').startswith('069126'), 'its PDU')
    equal(house.sim(do='stores')['queued'], 2, 'not taken yet, and the next waits')
    port.write(b'AT+CNMA\r')
    port.line('+CMT: ,')
    port.line('')
    equal(port.at('AT+CNMA')[-1], 'OK', 'taken')
    equal(house.sim(do='stores')['queued'], 0, 'both are taken')
    equal(port.at('AT+CNMA')[-1], '+CMS ERROR: 340', 'nothing to take')
    port.close()


def text_mode(house):
    """text mode: sending, listing, writing and sending what was stored"""
    port = opened(house, 'AT+CMGF=1', 'AT+CSCS="GSM"')
    port.write(b'AT+CMGS="+62812"\r')
    port.until(b'> ')
    port.write(b'Halo dunia\x1a')
    port.line('+CMGS: 1')
    deliver(house, 'Pesan')
    port.line('+CMTI')
    listed = port.at('AT+CMGL="ALL"')
    expect(listed[0].startswith(f'+CMGL: 0,"REC UNREAD","{SENDER}",,"'), f'{listed}')
    equal(listed[1], 'Pesan', 'its text')
    port.write(b'AT+CMGW="+62813"\r')
    port.until(b'> ')
    port.write(b'Nanti\x1a')
    port.line('+CMGW: 1')
    port.until(b'OK\r\n')
    equal(port.at('AT+CMSS=1'), ['+CMSS: 2', 'OK'], 'sent from the store')
    equal([(s['to'], s['text']) for s in house.sim(do='sent')['sent']],
          [('+62812', 'Halo dunia'), ('+62813', 'Nanti')], 'what was sent')
    port.close()


def delays(house):
    """delay_ms is kept for each command, also in one line; send_ms too"""
    port = opened(house)
    house.sim(do='config', delay_ms=50, send_ms=200)
    began = time.monotonic()
    port.at('AT+CSQ;+CSQ;+CSQ')
    expect(time.monotonic() - began >= 0.15, 'three commands take three delays')
    began = time.monotonic()
    send(port, HELLO)
    expect(time.monotonic() - began >= 0.25, 'sending takes its time')
    port.write(b'AT+CGMM\rAT+CGSN\r')
    port.line('EC25')
    port.line('8611')
    port.close()


def chatter(house):
    """spontaneous lines right before an answer, when asked for; none otherwise"""
    port = opened(house)
    for _ in range(20):
        equal(port.at('AT'), ['OK'], 'no chatter by itself')
    house.sim(do='config', chatter=2)
    said = [port.at('AT')[0] for _ in range(4)]
    equal(sum(line.startswith('+QIND') for line in said), 2, f'every other one: {said}')
    house.sim(do='say', line='+CRING: VOICE')
    port.line('+CRING: VOICE')
    port.close()


def control_clients(house):
    """control: many clients, a watcher, bad requests, the client mode"""
    port = opened(house)
    tool = [os.path.join(BUILD, 'modem-sim'), '--control', house.modem_socket, '--do']
    with subprocess.Popen(tool + ['{"do":"watch"}'], stdout=subprocess.PIPE, text=True) as watcher:
        try:
            equal(json.loads(watcher.stdout.readline()), {'ok': True}, 'watching')
            send(port, HELLO)
            event = json.loads(watcher.stdout.readline())
            equal((event['event'], event['text'], event['n']), ('sent', 'hellohello', 1), 'seen')
        finally:
            watcher.terminate()
    for request, code in (('{"do":"stores"}', 0), ('{"do":"nothing"}', 1), ('[1]', 1), ('{', 2),
                          ('{"do":"config","signale":1}', 1), ('{"do":"config","signal":77}', 1),
                          ('{"do":"fault","name":"fire"}', 1), ('{"do":"deliver_pdu"}', 1),
                          ('{"do":"config","signal":-70,"delay_ms":null}', 0)):
        result = subprocess.run(tool + [request], capture_output=True, text=True, check=False,
                                timeout=20 * PATIENCE)
        equal(result.returncode, code, f'exit for {request} ({result.stdout}{result.stderr})')
    equal(port.at('AT+CSQ')[0], '+CSQ: 21,99', 'a signal in dBm')
    port.close()


run((line_and_commands, {'make': 'ec25'}), (prompt_and_escape, {'make': 'ec25'}),
    *[stores_of(make) for make in QUIRKS], (parts_and_order, {}),
    (full_store, {'make': 'ec25', 'modem_arguments': ('--me', '3')}),
    (reports_on_request, {'make': 'sim7600'}),
    ussd_of('sim800', 'GSM', '*1#', '2', f'"{SEPTETS.decode()}",15'),
    ussd_of('ec25', 'UCS2', hexed('*1#'), hexed('2'), f'"{hexed(ANSWER)}",15'),
    ussd_of('sim7600', 'IRA', '*1#', '2', f'"{hexed(ANSWER)}",72'),
    ussd_of('e173', 'GSM', packed(b'*1#'), packed(b'2'), f'"{packed(SEPTETS)}",15'),
    (pin_lock, {'make': 'ec25'}), (silence_and_noise, {'make': 'sim7600'}),
    (unplugged, {'make': 'ec25'}), (reopened, {'make': 'ec25'}), (worn_slots, {'make': 'ec25'}),
    (hostile_pdus, {'make': 'sim7600'}), (direct_delivery, {'make': 'sim7600'}),
    (text_mode, {'make': 'ec25'}), (delays, {'make': 'ec25'}), (chatter, {'make': 'ec25'}),
    (control_clients, {'make': 'ec25'}),
    reboot_of('sim800', ('RDY', '+CFUN: 1', '+CPIN: READY', 'Call Ready', 'SMS Ready')),
    reboot_of('e173', ('^BOOT:', '^RSSI:')))
