#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast the officers' desk is in a large office: 998 kiosks and a million tickets.

    desk.py [--tickets N] [--kiosks N] [--requests N] [--data FILE] [--only WORD]

Fills a database (desk_data.py; SQLite, or PostgreSQL with KOTAK_STORE=postgresql), starts ppidd on
it and asks for its pages over HTTP on the loopback, from the request's first byte to the answer's
last: each page by one client, one after the other, with the processor's time that ppidd took for it
(which other programs at work don't change; PostgreSQL's own isn't in it); then all of them by four
clients at once, with up to a tenth of a second between the clicks of each, while a kiosk sends batch
after batch.

--data FILE keeps the SQLite database there, for the next time; a kept one grows by what is sent.
Nothing here passes or fails; exit 1 only when something couldn't be measured. KOTAK_BUILD names
the build folder.
"""
import argparse
import atexit
import datetime
import gzip
import http.client
import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'scenarios'))
import postgresql
from desk_data import PLACES, SYLLABLES, THINGS, TOKEN, FIRST, Office, fill_postgresql, fill_sqlite
from harness import Failure, wait_for
from ppidd_kiosk import BUILD, Browser, Kiosk, Server

PASSWORD = 'rahasia-sekali'
CLIENTS = 4
PAUSE_S = 0.1
BATCH = 200
PATIENCE_S = 3600
# As Debian sets it up, but for room to keep indexes in.
POSTGRESQL = {'fsync': 'on', 'full_page_writes': 'on', 'shared_buffers': '512MB', 'autovacuum': 'on',
              'max_wal_size': '4GB'}


def say(words):
    print(f'# {words}', flush=True)


class Large(Server):
    """A ppidd on a filled database."""

    def __init__(self, options):
        if postgresql.wanted() and postgresql.VARIABLE not in os.environ:
            os.environ[postgresql.VARIABLE] = postgresql.Cluster(**POSTGRESQL).start().folder
        super().__init__(extra='timezone = Asia/Jakarta\n')
        if options.data and not self.postgresql:
            with open(self.config, encoding='utf-8') as file:
                config = file.read()
            self.database = os.path.abspath(options.data)
            with open(self.config, 'w', encoding='utf-8') as file:
                file.write(config.replace(self.store, f'sqlite:{self.database}'))
        if self.postgresql or not os.path.exists(self.database):
            self.fill(options)

    def fill(self, options):
        self.ctl('kiosk', 'list')  # makes the schema
        office = Office(options.kiosks, options.tickets)
        began = time.monotonic()
        if self.postgresql:
            fill_postgresql(self.postgresql, office, say)
        else:
            fill_sqlite(self.database, office, say)
        say(f'{options.tickets} tickets of {options.kiosks} kiosks made in '
            f'{time.monotonic() - began:.0f} s')

    def value(self, sql):
        with self.connect() as database:
            return database.execute(sql).fetchone()[0]

    def start_slowly(self):
        """It may first have to bring the database up to date."""
        began = time.monotonic()
        with open(self.log, 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen([f'{BUILD}/ppidd', '--config', self.config], stderr=log,
                                            stdout=log)
        atexit.register(self.process.kill)
        wait_for(lambda: 'listening on ' in self.read_log() or self.process.poll() is not None,
                 PATIENCE_S, 'ppidd listens')
        self.url = re.search(r'listening on (http://[\d.:]+)', self.read_log()).group(1)
        say(f'ppidd listens {time.monotonic() - began:.1f} s after its start')

    def busy_ms(self):
        """The processor's time that it has taken."""
        with open(f'/proc/{self.process.pid}/schedstat', encoding='ascii') as file:
            return int(file.read().split()[0]) / 1e6

    def memory(self):
        """(PSS now, most resident ever) in MiB"""
        with open(f'/proc/{self.process.pid}/smaps_rollup', encoding='ascii') as file:
            now = int(re.search(r'^Pss:\s+(\d+)', file.read(), re.M).group(1))
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as file:
            most = int(re.search(r'^VmHWM:\s+(\d+)', file.read(), re.M).group(1))
        return now / 1024, most / 1024


def months(count):
    """The arguments of a report over the last so many whole months."""
    last = datetime.date.today().replace(day=1) - datetime.timedelta(days=1)
    first = last.replace(day=1)
    for _ in range(count - 1):
        first = (first - datetime.timedelta(days=1)).replace(day=1)
    return f'from={first}&until={last}'


def routes(tickets):
    """[(name, aim in ms, path for a random generator, whether it takes long)]"""
    def search(words):
        return lambda chance: '/complaints?list=all&q=' + urllib.parse.quote(words(chance))

    def fixed(path):
        return lambda chance: path
    return [
        ('work list: due', 50, fixed('/complaints?list=due'), False),
        ('work list: mine', 50, fixed('/complaints?list=mine'), False),
        ('work list: unassigned', 50, fixed('/complaints?list=unassigned'), False),
        ('work list: waiting', 50, fixed('/complaints?list=waiting'), False),
        ('list: all', 50, fixed('/complaints?list=all'), False),
        ('list: open', 50, fixed('/complaints?list=all&state=open'), False),
        ('list: closed', 50, fixed('/complaints?list=all&state=closed'), False),
        ('list: message failed', 50, fixed('/complaints?list=all&state=undelivered'), False),
        ('one ticket', 50, lambda chance: f'/complaints/{chance.choice(tickets)}', False),
        ('search: its number', 50, search(lambda chance: chance.choice(tickets)), False),
        ('search: a frequent word', 50, search(lambda chance: THINGS[chance.randrange(8)]), False),
        ('search: a name', 50, search(lambda chance: chance.choice(FIRST)), False),
        ('search: two words', 50,
         search(lambda chance: f'{chance.choice(THINGS)} {chance.choice(PLACES)}'), False),
        ('search: three words', 50, search(lambda chance: f'{chance.choice(THINGS)} '
                                           f'{chance.choice(PLACES)} {chance.choice(FIRST)}'), False),
        ('search: a rare word', 50,
         search(lambda chance: ''.join(chance.choices(SYLLABLES, k=4))), False),
        ('search: a telephone number', 50,
         search(lambda chance: f'0812{chance.randrange(10 ** 7):07d}'), False),
        ('search: nothing like it', 50, search(lambda chance: 'zzzyx'), False),
        ('public: statistics', 20, fixed('/publik'), False),
        ('public: rights', 20, fixed('/publik/hak'), False),
        ('public: figures.json', 20, fixed('/data/figures.json'), False),
        ('public: figures.csv', 20, fixed('/data/figures.csv'), False),
        ('kiosks', None, fixed('/kiosks'), False),
        ('report: a month', None, fixed(f'/reports?{months(1)}'), True),
        ('report: a year', None, fixed(f'/reports?{months(12)}'), True),
        ('report: a year of one kiosk', None, fixed(f'/reports?{months(12)}&kiosk=7'), True),
        ('report: its tickets', None, fixed(f'/reports/list?{months(12)}'), True),
    ]


class Client:
    """One connection that stays, with an officer's session."""

    def __init__(self, url, cookie):
        self.place = urllib.parse.urlsplit(url).netloc
        self.cookie = cookie
        self.connection = None

    def get(self, path):
        """(milliseconds, bytes)"""
        if not self.connection:
            self.connection = http.client.HTTPConnection(self.place, timeout=PATIENCE_S)
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request('GET', path, headers={'Cookie': self.cookie})
        answer = self.connection.getresponse()
        body = answer.read()
        taken = 1000 * (time.perf_counter() - began)
        if answer.status != 200:
            raise Failure(f'{path}: {answer.status}')
        return taken, len(body)


class Figures:
    def __init__(self):
        self.times, self.most_bytes = [], 0

    def add(self, taken, size):
        self.times.append(taken)
        self.most_bytes = max(self.most_bytes, size)

    def row(self, name, aim, busy_ms=None):
        busy = '' if busy_ms is None else f'{busy_ms / len(self.times):.1f}'
        times = sorted(self.times)
        p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        mark = '' if aim is None else f'aim {aim}' + ('' if p99 <= aim else '  MISSED')
        return (f'{name:<30} {len(times):>5} {times[len(times) // 2]:>9.1f} {p99:>9.1f} '
                f'{times[-1]:>9.1f} {busy:>9} {self.most_bytes:>8}  {mark}').rstrip()


HEAD = f'{"":<30} {"asked":>5} {"p50 ms":>9} {"p99 ms":>9} {"most ms":>9} {"busy ms":>9} {"bytes":>8}'


def load():
    return f'load average {os.getloadavg()[0]:.1f}'


def one_by_one(server, client, pages, requests):
    print(f'\none client; {load()}\n{HEAD}', flush=True)
    for name, aim, path, long in pages:
        chance, figures = random.Random(name), Figures()
        client.get(path(chance))
        began = server.busy_ms()
        for _ in range(max(3, requests // 50) if long else requests):
            figures.add(*client.get(path(chance)))
        print(figures.row(name, aim, server.busy_ms() - began), flush=True)


def click(url, cookie, seed, requests, pages, results):
    """One of several clients, in a process of its own."""
    client, chance = Client(url, cookie), random.Random(seed)
    for _ in range(requests):
        place = chance.randrange(len(pages))
        time.sleep(chance.uniform(0, PAUSE_S))
        results.put((place, *client.get(pages[place][2](chance))))
    results.put(None)


class Sender(Kiosk):
    """Kiosk 1 of the filled database, going on where its log ends."""

    def __init__(self, server, kiosk=1):
        self.server, self.id, self.epoch, self.boot = server, kiosk, 1, 1
        self.token = TOKEN
        with server.connect() as database:
            seq, last = database.execute(f'SELECT seq, hash FROM event WHERE source = {kiosk} '
                                         'ORDER BY epoch DESC, seq DESC LIMIT 1').fetchone()
            self.serial = database.execute('SELECT count(*) FROM complaint '
                                           f'WHERE kiosk = {kiosk}').fetchone()[0]
        self.events = [{'hash': last}] * seq
        self.seam = last
        self.sent = seq
        self.chance = random.Random(seq)

    def batch(self):
        """The body of the next batch: what complaints are in the log."""
        first = len(self.events) + 1
        while len(self.events) - first + 1 < BATCH:
            words = (f'{self.chance.choice(THINGS)} rusak di {self.chance.choice(PLACES)} mohon segera '
                     f'ditindaklanjuti {"".join(self.chance.choices(SYLLABLES, k=4))}')
            self.complaint(words, f'+62812{self.chance.randrange(10 ** 7):07d}', name='Tukijo Santoso')
            queued = {'uuid': self.uuid, 'message': self.uuid, 'purpose': 'ticket'}
            self.event('message.queued', queued, {'to': '+628121', 'text': 'Aduan diterima'})
            self.event('message.sent', queued)
            self.event('message.delivered', queued)
        body = json.dumps({'epoch': 1, 'first': first, 'events': self.events[first - 1:]})
        return gzip.compress(body.encode())

    def send_batch(self, body):
        """Events a second."""
        began = time.perf_counter()
        status, answer = self.raw(body, **{'Content-Encoding': 'gzip'})
        if status != 200:
            raise Failure(f'ppidd answers {status} {answer}')
        return BATCH / (time.perf_counter() - began)


def send(sender, stop, results):
    """Batch after batch until told to stop; the rates."""
    rates = []
    while not stop.is_set():
        rates.append(sender.send_batch(sender.batch()))
    results.put(rates)


def all_at_once(server, cookie, pages, requests):
    results, rates, stop = multiprocessing.Queue(), multiprocessing.Queue(), multiprocessing.Event()
    sender = multiprocessing.Process(target=send, args=(Sender(server), stop, rates), daemon=True)
    clients = [multiprocessing.Process(target=click, daemon=True,
                                       args=(server.url, cookie, seed, requests, pages, results))
               for seed in range(CLIENTS)]
    figures = [Figures() for _ in pages]
    for process in [sender] + clients:
        process.start()
    ended = 0
    while ended < CLIENTS:
        result = results.get(timeout=PATIENCE_S)
        if result is None:
            ended += 1
        else:
            figures[result[0]].add(*result[1:])
    stop.set()
    rates = rates.get(timeout=PATIENCE_S)
    print(f'\n{CLIENTS} clients, and a kiosk that sends without a pause; {load()}\n{HEAD}', flush=True)
    for (name, aim, _, _), found in zip(pages, figures):
        if found.times:
            print(found.row(name, aim), flush=True)
    print(f'events taken meanwhile: {rate(rates)}', flush=True)


def rate(rates):
    rates = sorted(rates)
    return (f'{rates[len(rates) // 2]:.0f} a second in batches of {BATCH} '
            f'({rates[0]:.0f} to {rates[-1]:.0f}, {len(rates)} batches)')


def ingest(server, batches):
    sender = Sender(server)
    bodies = [sender.batch() for _ in range(batches)]
    began = server.busy_ms()
    rates = [sender.send_batch(body) for body in bodies]
    print(f'\nevents taken with nothing else to do: {rate(rates)}, of the processor\'s time '
          f'{(server.busy_ms() - began) / batches:.0f} ms a batch; {load()}', flush=True)


def measure(options):
    server = Large(options)
    store = 'PostgreSQL' if server.postgresql else 'SQLite'
    if server.value("SELECT count(*) FROM officer WHERE name = 'rini'") == 0:
        server.ctl('user', 'add', 'rini', 'head', stdin=PASSWORD + '\n')
    server.start_slowly()
    browser = Browser(server)
    browser.login('rini', PASSWORD)
    cookie = '; '.join(f'{item.name}={item.value}' for item in browser.jar)
    if 'ppidd_session' not in cookie:
        raise Failure('could not log in')
    with server.connect() as database:
        tickets = [row[0] for row in database.execute(
            'SELECT ticket FROM complaint WHERE kiosk IN (5, 77, 300) ORDER BY uuid LIMIT 500')]
    pages = [page for page in routes(tickets) if options.only in page[0]]
    say(f'{store}, {server.value("SELECT count(*) FROM complaint")} tickets, '
        f'{server.value("SELECT count(*) FROM event")} events, {os.cpu_count()} processors, {BUILD}')
    if pages:
        one_by_one(server, Client(server.url, cookie), pages, options.requests)
    short = [page for page in pages if not page[3]]
    if short:
        all_at_once(server, cookie, short, options.requests * len(short) // CLIENTS)
    if options.long and len(pages) > len(short):
        all_at_once(server, cookie, pages, options.requests * len(short) // CLIENTS)
    if options.only in 'events':
        ingest(server, 20)
    now, most = server.memory()
    print(f'\nppidd\'s memory: {now:.0f} MiB, at most {most:.0f} MiB', flush=True)
    server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--tickets', type=int, default=1000000)
    parser.add_argument('--kiosks', type=int, default=998)
    parser.add_argument('--requests', type=int, default=200)
    parser.add_argument('--data', metavar='FILE')
    parser.add_argument('--only', default='', metavar='WORD')
    parser.add_argument('--long', action='store_true', help='reports among the four clients\' pages, too')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        measure(options)
    except Failure as failure:
        print(f'could not be measured: {failure}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
