#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kill storm: residents write while kotakd, its modem worker and ppidd are killed with
SIGKILL at random instants and started again at once, as systemd would. Afterwards every
complaint must stand once at the kiosk and once at the server, every sender must have every
ticket of theirs, and both chains must verify.

    kill_storm.py [--messages N] [--kills N] [--seed N] [--make MAKE] [--seconds N] [--keep]

The seed decides who writes what, who is killed and after how much of the delivery; the
machine decides what the victim was doing just then. Exit 1 when a figure is off: the folder
with databases and logs is then kept. KOTAK_BUILD names the build folder.
"""
import argparse
import collections
import os
import random
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenarios'))
from harness import (PATIENCE, Failure, House, children, command_line, equal, expect, same_number,
                     say, ticket_in, wait_for)

MAKES = ('sim7600', 'ec25', 'sim800', 'e173')
VICTIMS = ('kotakd', 'worker', 'worker', 'kotakd', 'ppidd')
REPORT_MS = 300
# Shares of messages, and how long a message's parts may trail behind its first.
LONG, UNICODE = 0.2, 0.2
STRAGGLE_S = 1.5
# The delivery lasts as long as the larger of these two makes it, if nothing else is asked for.
SECONDS_PER_MESSAGE, SECONDS_PER_KILL = 0.06, 0.6
WORDS = ('jalan', 'rusak', 'lampu', 'mati', 'saluran', 'air', 'tersumbat', 'sampah', 'menumpuk',
         'jembatan', 'retak', 'dusun', 'warga', 'kotor', 'pasar', 'sekolah', 'gelap', 'banjir',
         'sejak', 'kemarin', 'belum', 'diperbaiki', 'mohon', 'ditindaklanjuti', 'posyandu')
SIGNS = ('{balai}', '[RT 03]', '~3 m', 'biaya €5', 'kiri|kanan', 'é', 'Ñ', '(tinggi)')
WIDE = ('🙏', '🚧🕳️', '😡', '“parah”', 'ꦢꦭꦤ꧀', '道路', '👨‍👩‍👧', '…')


class Complaint:
    """What one resident sends: one message, of one part or more."""

    def __init__(self, number, sender, rng, reference):
        self.marker = f'K{number:05d}'
        self.sender = sender
        self.unicode = rng.random() < UNICODE
        self.parts = rng.randint(2, 4) if rng.random() < LONG else 1
        self.wide_reference = rng.random() < 0.3
        self.reference = reference
        self.content = self.write(rng)
        self.text = f'ADUAN {self.content}'
        self.sent_at = None  # when its last part so far left

    def write(self, rng):
        whole, part, size = ((70, 67, lambda text: len(text.encode('utf-16-le')) // 2)
                             if self.unicode else (160, 153, septets))
        if self.parts == 1:
            limit = whole if rng.random() < 0.2 else rng.randint(45, whole)
        else:
            # Far enough from a part's end that signs of two units can't make it one part more.
            limit = (self.parts - 1) * part + rng.randint(10, part - 10)
        extra = WIDE if self.unicode else SIGNS
        content = f'{self.marker} {rng.choice(extra)}'
        while True:
            word = rng.choice(extra if rng.random() < 0.1 else WORDS)
            if size(f'ADUAN {content} {word}') > limit:
                break
            content += ' ' + word
        # Full to the last place, so that counts of parts are tested at their borders.
        return content + 'o' * (limit - size(f'ADUAN {content}'))


def septets(text):
    return len(text) + sum(text.count(sign) for sign in '{}[]~\\^|€')


def write_complaints(count, rng):
    """Some write once, some again and again."""
    numbers = [f'+62812{rng.randrange(10 ** 4):04d}{n:04d}' for n in range(max(2, count // 2))]
    often = numbers[:max(1, len(numbers) // 20)]
    references = collections.defaultdict(lambda: rng.randrange(256))
    complaints = []
    for number in range(count):
        sender = rng.choice(often if rng.random() < 0.3 else numbers)
        references[sender] += 1
        complaints.append(Complaint(number, sender, rng, references[sender] % 256))
    return complaints


class Storm:
    """One run in a house whose modem, server and kiosk are not started yet."""

    def __init__(self, house, messages, kills, seed, seconds=None):
        self.house = house
        self.rng = random.Random(seed)
        self.complaints = write_complaints(messages, self.rng)
        self.by_marker = {complaint.marker: complaint for complaint in self.complaints}
        self.kills = kills
        self.killed = collections.Counter()
        self.ended = []  # what ended without being killed
        self.span = seconds or max(messages * SECONDS_PER_MESSAGE, kills * SECONDS_PER_KILL)
        self.figures = []  # (what, found, wanted or None, whether less will do, good)
        self.faults = []
        self.seconds = {}

    # What happens

    def plan(self):
        """(instant, action) in order: parts that arrive and processes that are killed."""
        steps = []
        for complaint in self.complaints:
            began = self.rng.uniform(0, self.span)
            parts = list(range(1, complaint.parts + 1))
            self.rng.shuffle(parts)
            for place, part in enumerate(parts):
                later = self.rng.uniform(0, STRAGGLE_S) if place else 0
                steps.append((began + later, self.deliver, (complaint, part)))
        for _ in range(self.kills):
            steps.append((self.rng.uniform(0, self.span), self.kill, (self.rng.choice(VICTIMS),)))
        return sorted(steps, key=lambda step: step[0])

    def deliver(self, complaint, part):
        request = {'do': 'deliver', 'from': complaint.sender, 'text': complaint.text}
        if complaint.parts > 1:
            request.update(reference=complaint.reference, wide=complaint.wide_reference,
                           skip=[n for n in range(1, complaint.parts + 2) if n != part])
        equal(self.house.sim(**request)['parts'], 1, f'parts sent off of {complaint.marker}')
        complaint.sent_at = time.time()

    def worker(self):
        """The worker's process, once it runs as such."""
        for pid in children(self.house.kiosk.pid):
            if '--worker' in command_line(pid):
                return pid
        return None

    def kill(self, victim):
        self.revive()
        house = self.house
        if victim == 'worker':
            try:
                pid = wait_for(self.worker, 5, 'kotakd has a worker')
                os.kill(pid, signal.SIGKILL)
            except (Failure, ProcessLookupError):
                victim = 'kotakd'
        if victim == 'kotakd':
            house.kiosk.kill()
            house.kiosk.start()
        elif victim == 'ppidd':
            house.server.kill()
            house.server.start()
        self.killed[victim] += 1

    def revive(self):
        """Starts what ended by itself, as systemd would, but doesn't forget it."""
        self.house.modem.insist()
        for program in (self.house.kiosk, self.house.server):
            if not program.running():
                self.ended.append(f'{program.name} with exit {program.process.poll()}')
                program.kill()
                program.start()

    def rage(self):
        """Delivers and kills; the pauses between steps are the plan's, whatever a step takes."""
        before = 0.0
        for instant, action, arguments in self.plan():
            time.sleep(instant - before)
            before = instant
            action(*arguments)
        self.revive()

    # How it is known to be over

    def waits(self):
        """What is still to be done, in words; '' when all is."""
        self.revive()
        house = self.house
        with house.kiosk_database() as database:
            taken = database.execute('SELECT count(*) FROM complaint').fetchone()[0]
            unsent = database.execute("SELECT count(*) FROM outgoing_sms "
                                      "WHERE state IN ('queued', 'submitted')").fetchone()[0]
        if taken < len(self.complaints):
            return f'{len(self.complaints) - taken} complaints to come to the kiosk'
        if unsent:
            return f'{unsent} replies to be sent'
        if not house.empty_modem():
            return 'the modem to be empty'
        if not house.synced():
            return 'the server to have all events'
        return ''

    def settle(self, seconds):
        deadline = time.monotonic() + seconds * PATIENCE
        while True:
            waits = self.waits()
            if not waits:
                return
            if time.monotonic() > deadline:
                self.faults.append(f'after {seconds:g} s still {waits}')
                return
            time.sleep(0.1)

    def reports_settle(self):
        """The last replies' delivery reports are on their way yet; not all need come."""
        def all_delivered():
            with self.house.kiosk_database() as database:
                return not database.execute(
                    "SELECT 1 FROM outgoing_sms WHERE state <> 'delivered'").fetchone()
        try:
            wait_for(all_delivered, 10, 'all delivered')
        except Failure:
            pass

    # What is found

    def figure(self, what, found, wanted=None, at_most=False):
        good = wanted is None or (found <= wanted if at_most else found == wanted)
        self.figures.append((what, found, wanted, at_most, good))
        if not good:
            self.faults.append(f'{what}: {found}')

    def blame(self, what, markers):
        """Names the complaints behind a figure that is off."""
        for marker in sorted(markers)[:20]:
            complaint = self.by_marker.get(marker)
            about = (f'{complaint.sender}, {complaint.parts} parts'
                     f'{", Unicode" if complaint.unicode else ""}' if complaint else 'unknown')
            self.faults.append(f'  {what}: {marker} ({about})')

    def check_side(self, side, listed):
        """One side's complaints against what was sent."""
        found = collections.Counter(entry['text'][:6] for entry in listed)
        lost = [marker for marker in self.by_marker if not found[marker]]
        doubled = [marker for marker, times in found.items() if times > 1]
        altered = [entry['text'][:6] for entry in listed
                   if entry['text'][:6] not in self.by_marker
                   or self.by_marker[entry['text'][:6]].content != entry['text']
                   or not same_number(self.by_marker[entry['text'][:6]].sender, entry['from'])]
        for what, markers in (('lost', lost), ('doubled', doubled), ('altered', altered)):
            self.figure(f'complaints {what} at the {side}', len(markers), 0)
            self.blame(f'{what} at the {side}', markers)

    def check_replies(self, listed):
        marker_of = {entry['ticket']: entry['text'][:6] for entry in listed}
        answered = collections.Counter()
        strange = []
        first_at = {}
        for part in self.house.sent():
            marker = marker_of.get(ticket_in(part['text']))
            complaint = self.by_marker.get(marker)
            if not complaint or not same_number(complaint.sender, part['to']):
                strange.append(f'{part["to"]}: {part["text"]}')
                continue
            answered[marker] += 1
            first_at.setdefault(marker, part['time_ms'] / 1000)
        without = [marker for marker in self.by_marker if not answered[marker]]
        twice = [marker for marker, times in answered.items() if times > 1]
        self.figure('complainants without their ticket', len(without), 0)
        self.blame('no ticket', without)
        self.figure("replies with another's ticket, or none", len(strange), 0)
        self.faults += [f'  strange reply to {reply}' for reply in strange[:10]]
        allowed = -(-self.kills // 100)
        self.figure('replies sent again', sum(answered.values()) - len(answered), allowed, True)
        if len(twice) > allowed:
            self.blame('answered twice', twice)
        waited = sorted(at - self.by_marker[marker].sent_at for marker, at in first_at.items())
        if waited:
            self.figure('seconds to the ticket: median', round(waited[len(waited) // 2], 2))
            self.figure('seconds to the ticket: longest', round(waited[-1], 1))

    def check_chains(self):
        house = self.house
        for side, program, conf in (('kiosk', 'kotakctl', house.kiosk_conf),
                                    ('server', 'ppidctl', house.server_conf)):
            result = house.command(program, conf, ['verify'], code=None)
            self.figure(f"{side}'s chain: exit of {program} verify", result.returncode, 0)
            if result.returncode:
                self.faults.append(f'  {result.stdout.strip()} {result.stderr.strip()}')

    def check(self):
        kiosk = self.house.complaints()
        server = self.house.server_complaints()
        self.check_side('kiosk', kiosk)
        self.check_side('server', server)
        tickets = {entry['text']: entry['ticket'] for entry in kiosk}
        self.figure('tickets that differ at the server',
                    sum(tickets.get(entry['text']) != entry['ticket'] for entry in server), 0)
        self.check_replies(kiosk)
        self.check_chains()
        with self.house.kiosk_database() as database:
            states = dict(database.execute('SELECT state, count(*) FROM outgoing_sms GROUP BY 1'))
        for state in ('queued', 'submitted', 'failed', 'expired'):
            self.figure(f'replies {state}', states.get(state, 0), 0)
        self.figure('replies delivered, by their reports', states.get('delivered', 0))
        self.figure('messages left in the modem', int(not self.house.empty_modem()), 0)
        self.figure('programs that ended by themselves', len(self.ended), 0)
        self.faults += [f'  ended by itself: {what}' for what in self.ended]

    def run(self, patience=300):
        """All of it. Failure when a figure is off."""
        for name, step in (('start', self.house.start),
                           ('reports', lambda: self.house.sim(
                               do='config', reports='delivered', report_ms=REPORT_MS)),
                           ('storm', self.rage), ('settle', lambda: self.settle(patience)),
                           ('last reports', self.reports_settle), ('check', self.check)):
            began = time.monotonic()
            step()
            self.seconds[name] = time.monotonic() - began
        expect(not self.faults, '\n'.join(['the storm did harm:'] + self.faults))

    def table(self):
        long = sum(complaint.parts > 1 for complaint in self.complaints)
        unicode = sum(complaint.unicode for complaint in self.complaints)
        senders = len({complaint.sender for complaint in self.complaints})
        rows = [('messages, of them long, Unicode', f'{len(self.complaints)}, {long}, {unicode}',
                 '', ''),
                ('senders', senders, '', ''),
                ('kills: kotakd, worker, ppidd',
                 f'{sum(self.killed.values())}: ' + ', '.join(
                     str(self.killed[name]) for name in ('kotakd', 'worker', 'ppidd')), '', '')]
        for what, found, wanted, at_most, good in self.figures:
            limit = '' if wanted is None else f'at most {wanted}' if at_most else str(wanted)
            rows.append((what, found, limit, '' if good else '  <-- wrong'))
        rows.append(('seconds: storm, until settled',
                     ', '.join(f'{self.seconds.get(name, 0):.1f}'
                               for name in ('storm', 'settle')), '', ''))
        lines = [f'{"":<44} {"found":>18} {"wanted":>10}']
        lines += [f'{what:<44} {found!s:>18} {wanted:>10}{wrong}'
                  for what, found, wanted, wrong in rows]
        return '\n'.join(lines)


def house_options(make, report_wait):
    return {'make': make, 'kiosk_conf': f'[sms]\nreport_wait = {report_wait}\n'}


def tails(house):
    for program in house.programs:
        lines = program.log().splitlines()
        say(f'--- {program.name} ({len(lines)} lines)\n' + '\n'.join(lines[-20:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--messages', type=int, default=1000)
    parser.add_argument('--kills', type=int, default=100)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--make', choices=MAKES, help='of the modem; by default the seed decides')
    parser.add_argument('--seconds', type=float, help='how long the delivery lasts')
    parser.add_argument('--report-wait', type=int, default=20, metavar='SECONDS')
    parser.add_argument('--keep', action='store_true', help='keep the folder in any case')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    make = options.make or MAKES[options.seed % len(MAKES)]
    print(f'kill storm: {options.messages} messages, {options.kills} kills, '
          f'seed {options.seed}, modem {make}', flush=True)
    house = House(**house_options(make, options.report_wait))
    storm = Storm(house, options.messages, options.kills, options.seed, options.seconds)
    trouble = None
    try:
        storm.run()
    except Exception as failure:  # whatever it is, the house is closed and what is known told
        trouble = f'{type(failure).__name__}: {failure}'
        if house.modem.process and not house.modem.running():
            trouble += f' (modem-sim ended, exit {house.modem.process.poll()})'
    finally:
        try:
            house.close()
        except Failure as failure:
            trouble = f'{trouble or ""}\nat the end: {failure}'.strip()
    print(storm.table())
    if trouble:
        print(trouble)
        tails(house)
    if trouble or options.keep:
        print(f'kept: {house.folder}')
    else:
        shutil.rmtree(house.folder, ignore_errors=True)
    print('not ok' if trouble else 'ok')
    return 1 if trouble else 0


if __name__ == '__main__':
    sys.exit(main())
