# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 200
# waits
# A complaint at the panel ends with a slip of paper, whatever the printer, its worker or kotakd
# does meanwhile; what is wrong with the printer is said plainly, and mended without a restart.
import os
import re
import select
import signal
import subprocess
import time

from harness import (BUILD, PATIENCE, Failure, children, command_line, equal, expect, measured,
                     run, wait_for)
from panel import CONF, PanelSim
from printer import PrinterSim

TICKET = re.compile(r'\d{3}-\d{6}-\d')
PIN = re.compile(r'PIN:? ?(\d{4})')
PANEL = {'kiosk_conf': CONF, 'sync': False}
TEXT = 'Jalan gelap'
PLACE = 'Karang'

# What is pressed on which screen, the most particular one first; a function types.
STEPS = (('Tekan tombol', '1'), ('Bahasa/Language', '1'), ('1 Aduan baru', '1'),
         ('Soal apa', '1'), ('Tentang siapa', '1'), ('Alamat Anda', PLACE), ('Isi aduan', TEXT),
         ('2 Tanpa nama', '2'), ('2 Tidak perlu', '2'), ('Nama Anda', '#'), ('Nomor HP', '#'),
         ('#lanjut', '#'), ('#kirim', '#'), ('#OK', '#'))


def complain(panel):
    """Presses what each screen asks for until there is a ticket; its number and PIN."""
    for _ in range(60):
        screen = panel.screen()
        ticket, pin = TICKET.search(screen.text), PIN.search(screen.text)
        if ticket and pin:
            return ticket.group(0), pin.group(1)
        step = next((action for words, action in STEPS if words in screen), None)
        if step and len(step) > 1:
            panel.type_text(step)
            panel.key('#')
        elif step:
            panel.key(step)

        def changed(now, before=screen.text):
            return now.text != before
        panel.wait_for_screen(changed, 20, f'another screen after {screen!r}')
    raise Failure(f'no ticket after sixty screens: {panel.screen()!r}')


def quiet(panel):
    """Whether no melody is playing, in which a key's beep drowns."""
    before = panel.beeps()
    panel.pause(1000)
    return panel.beeps() == before and not panel.state()['lines']['buzzer']['level']


def print_again(panel):
    """From the ticket's screens: the slip once more."""
    wait_for(lambda: quiet(panel), 20, 'the melody of a new ticket is over')
    for _ in range(10):
        screen = panel.wait_for_screen(lambda now: '#' in now.rows[-1], 20, 'a whole screen')
        if '1 Cetak lagi' in screen:
            panel.key('1')
            return
        panel.key('#')
        panel.wait_for_screen(lambda now, before=screen.text: now.text != before, 20,
                              f'another screen after {screen!r}')
    raise Failure(f'no way to print again: {panel.screen()!r}')


def item(house, name):
    return next((each for each in house.kiosk_json('status')['items'] if each['name'] == name),
                None)


def status_says(house, words, well):
    """Until `kotakctl status` says so of the printer, with advice unless all is well."""
    found = wait_for(lambda: [each for each in [item(house, 'printer')]
                              if each and words in each['text'] and each['ok'] == well],
                     30, f'status says "{words}" of the printer')[0]
    equal(found['advice'] is None, well, f'advice: {found}')


def whole_slip(slip, ticket, pin, copy):
    """It says all that it has to, and nothing of whoever complained."""
    text = ' '.join(slip['text'])
    equal(slip['big'], [ticket, f'PIN {pin}'], 'in large letters')
    expect('Triharjo' in text and 'TANDA TERIMA' in text, f'whose receipt it is: {text}')
    expect(f'CEK {ticket} {pin}' in text, f'how to ask: {text}')
    expect('7 hari kerja' in text and 'hak Anda' in text, f'what will happen: {text}')
    equal('SALINAN' in text, copy, f'marked as a copy: {text}')
    expect(TEXT not in text and PLACE not in text, f'nothing of the complaint: {text}')
    expect(all(len(line) <= 32 for line in slip['text']), f'no line is cut: {slip["text"]}')
    equal(len(slip['qr']), 1, 'a code for a camera')
    expect(ticket in slip['qr'][0], f'the code is the ticket: {slip["qr"]}')
    with open(slip['file'], 'rb') as file:
        equal(file.read(8), b'\x89PNG\r\n\x1a\n', 'a picture of it')


def leave(panel):
    """From the ticket, which stays on the screen over a restart, to the screen that waits for the
    next visitor."""
    for _ in range(12):
        screen = panel.screen()
        if 'Tekan tombol' in screen and 'Masih' not in screen:
            return
        panel.key('1' if '1 Sudah' in screen else '*')

        def changed(now, before=screen.text):
            return now.text != before
        panel.wait_for_screen(changed, 20, f'another screen after {screen!r}')
    raise Failure(f'no way back from {panel.screen()!r}')


def job_states(house):
    with house.kiosk_database() as database:
        return [row[0] for row in database.execute('SELECT state FROM print_job ORDER BY id')]


def settled(house, count):
    wait_for(lambda: job_states(house) == ['printed'] * count, 20, f'{count} slips are settled')


def worker_of(house, kind):
    return next((pid for pid in children(house.kiosk.pid)
                 if f'--worker {kind}' in command_line(pid)), None)


def at_the_panel(house):
    """a complaint's slip: its ticket and PIN as on the screen, and once more as a copy"""
    with PanelSim(house) as panel, PrinterSim(house) as printer:
        house.start()
        status_says(house, 'works', True)
        ticket, pin = complain(panel)
        began = time.monotonic()
        slip = printer.wait_for_slip(1)
        measured(f'{(time.monotonic() - began) * 1000:.0f} ms from the ticket on the screen to '
                 f'the slip')
        whole_slip(slip, ticket, pin, False)
        expect(slip['cut'], 'cut off')
        settled(house, 1)
        print_again(panel)
        whole_slip(printer.wait_for_slip(2), ticket, pin, True)
        settled(house, 2)
        equal(printer.state()['unknown'], 0, 'bytes that no printer knows')
        expect(ticket not in house.kiosk.log() and pin not in house.kiosk.log(),
               'no ticket or PIN in the log')


def paper_out(house):
    """the paper ends in the middle: said, and a whole copy when there is paper again"""
    with PanelSim(house) as panel, PrinterSim(house, ('--paper-mm', '45')) as printer:
        house.start()
        status_says(house, 'paper low', True)
        ticket, pin = complain(panel)
        status_says(house, 'paper out', False)
        expect(any('thermal paper' in line for line in house.kotakctl('status').splitlines()),
               'kotakctl status says what to do')
        wait_for(lambda: job_states(house) == ['queued'], 20, 'it waits for paper')
        equal(printer.slips(), [], 'nothing whole came out')
        printer.ask('paper', mm=5000)
        whole_slip(printer.wait_for_slip(2), ticket, pin, True)
        torso = printer.slips()[0]
        equal(torso['end'], 'paper', 'the first one ended with the roll')
        status_says(house, 'works', True)
        settled(house, 1)


def killed(house):
    """kotakd, and the printer's worker, killed in mid-slip: a copy each, and no slip lost"""
    with PanelSim(house) as panel, PrinterSim(house) as printer:
        house.start()
        status_says(house, 'works', True)

        def in_the_middle(job):
            # Questions for the printer's state count as received too, so not from the beginning.
            wait_for(lambda: job_states(house)[job - 1:] == ['printing'], 60,
                     'the slip is written down as being printed')
            before = printer.state()['received']
            wait_for(lambda: printer.state()['received'] > before + 100, 60,
                     'the slip is being printed')
            equal(job_states(house)[-1], 'printing', 'written down before its bytes')
        printer.ask('slow', bytes_per_second=60)
        ticket, pin = complain(panel)
        in_the_middle(1)
        house.kiosk.kill()
        printer.ask('slow', bytes_per_second=0)
        house.start_kiosk()
        # What the port still held of the first one may come out before it.
        slip = wait_for(lambda: next((each for each in printer.slips()
                                      if 'CEK' in ' '.join(each['text']) and
                                      'SALINAN' in ' '.join(each['text'])), None), 30,
                        'the slip is printed by the next kotakd, as a copy')
        expect(ticket in slip['big'] and f'PIN {pin}' in slip['big'], f'whole: {slip["big"]}')
        settled(house, 1)
        count = len(printer.slips())
        status_says(house, 'works', True)
        leave(panel)
        printer.ask('slow', bytes_per_second=60)
        ticket, pin = complain(panel)
        in_the_middle(2)
        os.kill(worker_of(house, 'printer'), signal.SIGKILL)
        printer.ask('slow', bytes_per_second=0)
        wait_for(lambda: [each for each in printer.slips(count) if f'PIN {pin}' in each['big'] and
                          ticket in each['big'] and 'SALINAN' in ' '.join(each['text'])], 60,
                 'the slip is printed by the next worker, as a copy')
        settled(house, 2)


def hot_plug(house):
    """unplugged, cover open, switched off, cutter stuck, no answers: said, and recovered"""
    with PrinterSim(house) as printer:
        house.start()
        status_says(house, 'works', True)
        for request, words, remedy in (
                (('unplug', {}), 'absent', ('plug', {})),
                (('cover', {'open': True}), 'cover open', ('cover', {'open': False})),
                (('power', {'on': False}), 'absent', ('power', {'on': True})),
                (('cutter', {'stuck': True}), 'fault', ('cutter', {'stuck': False})),
                (('paper', {'state': 'low'}), 'paper low', ('paper', {'state': 'in'}))):
            printer.ask(request[0], **request[1])
            status_says(house, words, words == 'paper low')
            printer.ask(remedy[0], **remedy[1])
            status_says(house, 'works', True)
        pid = worker_of(house, 'printer')
        printer.ask('garbage', bytes=4000)
        printer.ask('cover', open=True)
        status_says(house, 'cover open', False)
        printer.ask('cover', open=False)
        status_says(house, 'works', True)
        equal(worker_of(house, 'printer'), pid, 'its worker, all the time')


def never_answers(house):
    """a printer that never answers, without a cutter, prints all the same"""
    with PanelSim(house) as panel, PrinterSim(house, ('--silent', '--no-cutter')) as printer:
        house.start()
        status_says(house, 'silent', True)
        ticket, pin = complain(panel)
        slip = printer.wait_for_slip(1)
        whole_slip(slip, ticket, pin, False)
        equal((slip['cut'], slip['end']), (False, 'torn'), 'torn off')
        settled(house, 1)


class Wire:
    """The printer's port as any program sees it."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def close(self):
        os.close(self.fd)

    def answers(self, data, count):
        """What the printer says to this."""
        os.write(self.fd, data)
        deadline = time.monotonic() + 10 * PATIENCE
        said = b''
        while len(said) < count and time.monotonic() < deadline:
            if select.select([self.fd], [], [], 0.2)[0]:
                said += os.read(self.fd, 4096)
        return said


def by_itself(house):
    """printer-sim by itself: real-time status, GS r, slips, what it doesn't know, its control"""
    with PrinterSim(house) as printer:
        wire = Wire(printer.device)
        equal(wire.answers(b'\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04', 4), b'\x12' * 4,
              'all is well')
        printer.ask('cover', open=True)
        equal(wire.answers(b'\x10\x04\x01\x10\x04\x02', 2), b'\x1a\x16', 'the cover')
        os.write(wire.fd, b'\x1b@satu\n\x1da\xff\x1dr\x01')
        wait_for(lambda: printer.state()['waiting'] == 13, 10, 'it waits for the cover')
        printer.ask('cover', open=False)
        equal(wire.answers(b'', 1), b'\x00', 'GS r, once all before it is printed')
        equal(printer.state()['printing'], ['satu'], 'what is on the paper')
        os.write(wire.fd, b'\x1bE\x01\x1d!\x11du\x82\n\x01\x1bZ\x1dV\x00')
        slip = printer.wait_for_slip(1)
        equal((slip['text'], slip['big'], slip['cut']), (['satu', 'dué'], ['dué'], True), 'a slip')
        equal(printer.state()['unknown'], 3, 'bytes that it does not know')
        printer.ask('paper', mm=3)
        equal(wire.answers(b'\x10\x04\x04', 1), b'\x1e', 'nearly used up')
        os.write(wire.fd, b'tiga\nempat\n')
        wait_for(lambda: printer.state()['paper'] == 'out', 10, 'used up')
        equal(wire.answers(b'\x10\x04\x02\x10\x04\x04', 2), b'\x32\x7e', 'no paper')
        wire.close()
        tool = [os.path.join(BUILD, 'printer-sim'), '--control', printer.control_socket, '--do']
        for request, code in (('{"do":"state"}', 0), ('{"do":"dance"}', 1), ('[1]', 1), ('{', 2),
                              ('{"do":"paper"}', 1), ('{"do":"slow","bytes_per_second":-1}', 1),
                              ('{"do":"cover","open":3}', 1)):
            result = subprocess.run(tool + [request], capture_output=True, text=True, check=False,
                                    timeout=20 * PATIENCE)
            equal(result.returncode, code, f'exit for {request} ({result.stdout}{result.stderr})')


run((at_the_panel, PANEL), (paper_out, PANEL), (killed, PANEL),
    (hot_plug, {'sync': False}), (never_answers, PANEL), (by_itself, {'sync': False}))
