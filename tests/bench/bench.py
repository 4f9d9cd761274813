#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast, beside Debian's gammu-smsd in the same run: both against the same simulated modem
that takes 5 ms for each AT command.

    bench.py [--make MAKE] [--delay-ms N] [--backlog N] [--arrivals N] [--only WORD]

backlog   so many messages lie in the modem; from the program's start until all are committed
          to its database and the modem is empty
stored    from the moment a message is handed to the network until its row is committed
reply     from that moment until the modem hands the reply to the network
ingest    events that ppidd takes, in batches of 200
idle      memory and wakeups of kotakd, its worker and ppidd (scenario 470, for 60 s)

Nothing here passes or fails; exit 1 only when something couldn't be measured. KOTAK_BUILD
names the build folder.
"""
import argparse
import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'scenarios'))
from harness import BUILD, ROOT, Failure, House, die_with_parent, wait_for

SCHEMA = os.path.join(HERE, 'gammu-smsd.sql')
PROGRAMS = ('gammu-smsd', 'gammu-smsd-inject')
SENDER = '+6281234500017'
# Intervals between single arrivals: out of step with any program's loop.
PAUSE_S = (0.2, 1.2)
REPORT_MS = 50
BATCH = 200


class Commits:
    """Notices commits to an SQLite database that another process writes, without a lock that
    could hold it up: by data_version for WAL, else by the counter in the file's header."""

    def __init__(self, path, query):
        self.path = path
        self.query = query
        self.connection = sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=1)
        self.file = os.open(path, os.O_RDONLY)
        self.wal = self.connection.execute('PRAGMA journal_mode').fetchone()[0] == 'wal'
        self.seen = None

    def changed(self):
        now = (self.connection.execute('PRAGMA data_version').fetchone()[0] if self.wal
               else os.pread(self.file, 4, 24))
        changed = now != self.seen
        self.seen = now
        return changed

    def count(self):
        return self.ask(self.query)

    def ask(self, query):
        try:
            return self.connection.execute(query).fetchone()[0]
        except sqlite3.OperationalError:  # locked just now
            self.seen = None
            return -1

    def wait(self, wanted, seconds):
        """Until so many rows are there; looks every half millisecond."""
        deadline = time.monotonic() + seconds
        while not (self.changed() and self.count() >= wanted):
            if time.monotonic() > deadline:
                raise Failure(f'{self.count()} rows of {wanted} after {seconds} s')
            time.sleep(0.0005)

    def close(self):
        self.connection.close()
        os.close(self.file)


class Kotak:
    """kotakd and ppidd, in a house."""
    name = 'kotakd'

    def __init__(self, options):
        self.house = House(**house_options(options))
        self.house.start_modem()
        self.house.sim(do='config', reports='delivered', report_ms=REPORT_MS)
        self.house.start_server()
        self.house.enroll()
        self.commits = None

    def start(self):
        self.house.start_kiosk()  # and waits for its READY: the store is there then
        self.commits = Commits(self.house.kiosk_store, 'SELECT count(*) FROM inbound_pdu')

    def ready(self):
        wait_for(lambda: self.house.kiosk_json('status')['modems'][0]['answering'], 10,
                 'the modem answers')

    def quiet(self):
        with self.house.kiosk_database() as database:
            return not database.execute('SELECT 1 FROM outgoing_sms '
                                        "WHERE state <> 'delivered'").fetchone()

    def close(self):
        self.commits.close()
        self.house.close()


class Smsd:
    """Debian's gammu-smsd with its SQLite backend, tuned for speed, in a house of its own."""
    name = 'gammu-smsd'

    def __init__(self, options, reply=False):
        self.house = House(sync=False, **house_options(options))
        self.house.start_modem()
        self.conf = self.house.path('smsdrc')
        script = self.house.path('on-receive')
        with sqlite3.connect(self.house.path('smsd.db')) as made, \
                open(SCHEMA, encoding='utf-8') as schema:
            made.executescript(schema.read())
        with open(self.conf, 'w', encoding='utf-8') as file:
            file.write(f'[gammu]\ndevice = {self.house.device}\nconnection = at\n'
                       f'[smsd]\nservice = sql\ndriver = sqlite3\ndbdir = {self.house.folder}\n'
                       f'database = smsd.db\nlogfile = {self.house.path("smsd.log")}\n'
                       'loopsleep = 1\nreceivefrequency = 1\ncommtimeout = 1\n'
                       + (f'runonreceive = {script}\n' if reply else ''))
        with open(script, 'w', encoding='utf-8') as file:
            file.write('#!/bin/sh\nexec gammu-smsd-inject -c ' + self.conf + ' TEXT '
                       '"$SMS_1_NUMBER" -text "Aduan Anda diterima, nomor 003-000001-7"\n')
        os.chmod(script, 0o755)
        self.commits = Commits(self.house.path('smsd.db'), 'SELECT count(*) FROM inbox')
        self.process = None

    def start(self):
        with open(self.house.path('smsd-said.log'), 'wb') as log:
            self.process = subprocess.Popen(['gammu-smsd', '-c', self.conf], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            preexec_fn=die_with_parent)

    def ready(self):
        def known():
            """Its row about the modem appears with its first round."""
            return self.commits.ask('SELECT count(*) FROM phones') > 0
        wait_for(known, 30, 'gammu-smsd has found the modem')

    def quiet(self):
        return True

    def close(self):
        self.commits.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.house.close()


def house_options(options):
    return {'make': options.make,
            'modem_arguments': ('--delay-ms', str(options.delay_ms),
                                '--me', str(options.backlog + 100))}


def deliver(house, number):
    # From many people, for who writes so often is no resident.
    house.sim(do='deliver', text=f'ADUAN nomor {number}: saluran air di dusun tersumbat sampah',
              **{'from': f'+62812345{number:05d}'})


# The measurements. Each returns lists of figures.

def backlog(make, options):
    """(messages a second from the start, seconds until the first was stored)"""
    program = make(options)
    house = program.house
    for number in range(options.backlog):
        deliver(house, number)
    wait_for(lambda: house.sim(do='stores')['queued'] == 0, 10, 'all lie in the modem')
    began = time.monotonic()
    program.start()
    program.commits.wait(1, 60)
    first = time.monotonic() - began
    program.commits.wait(options.backlog, 300)
    wait_for(house.empty_modem, 120, 'the modem is empty')
    whole = time.monotonic() - began
    if isinstance(program, Kotak):
        wait_for(lambda: len(house.sent()) >= options.backlog, 120, 'all have their ticket')
    answered = time.monotonic() - began
    close(program)
    return whole, first, answered


def arrivals(program, count, rng, stored, replied):
    """Milliseconds from single arrivals to the row, to the reply."""
    house = program.house
    program.start()
    program.ready()
    to_row, to_reply = [], []
    for number in range(count):
        wait_for(program.quiet, 30, 'the work before is over')
        time.sleep(rng.uniform(*PAUSE_S))
        known = program.commits.count()
        sent = len(house.sent())
        began, wall = time.monotonic(), time.time()
        deliver(house, number)
        if stored:
            program.commits.wait(known + 1, 30)
            to_row.append(1000 * (time.monotonic() - began))
        if replied:
            new = wait_for(lambda: house.sim(do='sent', after=sent)['sent'], 30, 'a reply')
            to_reply.append(new[0]['time_ms'] - 1000 * wall)
    close(program)
    return to_row, to_reply


def ingest(batches):
    """Events a second of each batch."""
    from ppidd_kiosk import Kiosk, Server
    server = Server().start()
    try:
        kiosk = Kiosk(server, 3)
        while len(kiosk.events) < batches * BATCH:
            # What one complaint is in the log.
            kiosk.complaint('Saluran air di depan balai dusun tersumbat, mohon ditindaklanjuti')
            queued = {'uuid': kiosk.uuid, 'message': kiosk.uuid, 'purpose': 'ticket'}
            kiosk.event('message.queued', queued, {'to': SENDER, 'text': 'Aduan diterima'})
            kiosk.event('message.sent', queued)
            kiosk.event('message.delivered', queued)
        rates = []
        for first in range(0, batches * BATCH, BATCH):
            body = json.dumps({'epoch': 1, 'first': first + 1,
                               'events': kiosk.events[first:first + BATCH]})
            body = gzip.compress(body.encode())
            began = time.monotonic()
            status, answer = kiosk.raw(body, **{'Content-Encoding': 'gzip'})
            rates.append(BATCH / (time.monotonic() - began))
            if status != 200:
                raise Failure(f'ppidd answers {status} {answer}')
        return rates
    finally:
        server.stop()


def idle(seconds):
    """What scenario 470 measures, in its words."""
    environment = dict(os.environ, KOTAK_IDLE_SECONDS=str(seconds))
    result = subprocess.run([sys.executable,
                             os.path.join(ROOT, 'tests', 'scenarios', '470-idle.py')],
                            capture_output=True, text=True, env=environment, check=False)
    lines = [line[len('# measured: '):] for line in result.stdout.splitlines()
             if line.startswith('# measured: ')]
    if not lines:
        raise Failure(f'scenario 470 measured nothing: {result.stdout[-500:]}{result.stderr}')
    return lines


def close(program):
    program.close()
    shutil.rmtree(program.house.folder, ignore_errors=True)


def spread(values, digits=0):
    """min / median / p99 / max"""
    values = sorted(values)
    chosen = (values[0], values[len(values) // 2], values[int(len(values) * 0.99)], values[-1])
    return ' / '.join(f'{value:.{digits}f}' for value in chosen)


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, program, figure, aim=''):
        self.rows.append((what, program, figure, aim))
        self.show(self.rows[-1])

    def show(self, row):
        what, program, figure, aim = row
        print(f'{what:<34} {program:<12} {figure:<32} {aim}'.rstrip(), flush=True)


def bench(options, table):
    rng = random.Random(options.seed)
    others = all(shutil.which(name) for name in PROGRAMS)
    if not others:
        table.add('gammu-smsd', '', 'not installed: "make deps" and board/deps.sh test', '')
    programs = [Kotak] + ([Smsd] if others else [])

    def wanted(word):
        return not options.only or options.only in word

    for make in programs if wanted('backlog') else ():
        whole, first, answered = backlog(make, options)
        aim = 'aim: 100 or more' if make is Kotak else ''
        table.add(f'backlog of {options.backlog}: messages/s', make.name,
                  f'{options.backlog / whole:.0f} ({whole:.1f} s, the first after {first:.1f} s)',
                  aim)
        if make is Kotak:
            table.add('  until all have their ticket', make.name, f'{answered:.1f} s')
    count = options.arrivals
    if wanted('stored') or wanted('reply'):
        row, reply = arrivals(Kotak(options), count, rng, True, True)
        table.add('arrival to stored, ms', 'kotakd', spread(row, 1), 'aim: median 20, worst 50')
        table.add('arrival to reply submitted, ms', 'kotakd', spread(reply), 'aim: 100')
    if others and wanted('stored'):
        row, _ = arrivals(Smsd(options), count, rng, True, False)
        table.add('arrival to stored, ms', 'gammu-smsd', spread(row, 1))
    if others and wanted('reply'):
        _, reply = arrivals(Smsd(options, reply=True), max(1, count // 4), rng, False, True)
        table.add('arrival to reply submitted, ms', 'gammu-smsd', spread(reply))
    if wanted('ingest'):
        table.add(f'events/s in batches of {BATCH}', 'ppidd', spread(ingest(20)))
    for line in idle(options.idle_seconds) if wanted('idle') else ():
        table.add('idle', '', line)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--make', default='ec25')
    parser.add_argument('--delay-ms', type=int, default=5)
    parser.add_argument('--backlog', type=int, default=500)
    parser.add_argument('--arrivals', type=int, default=100)
    parser.add_argument('--idle-seconds', type=float, default=60)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', default='', metavar='WORD')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f'{options.make}, {options.delay_ms} ms per AT command, {os.cpu_count()} processors, '
          f'{BUILD}; spreads are min / median / p99 / max', flush=True)
    try:
        bench(options, Table())
    except Failure as failure:
        print(f'could not be measured: {failure}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
