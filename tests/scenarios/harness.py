# SPDX-License-Identifier: GPL-2.0-or-later
"""A house for scenario tests: simulated modem, kotakd and ppidd in a folder of their own, each
of which can be stopped, killed and started again. Nothing here waits for a fixed time; every
wait is for a condition, with a deadline and words for what did not happen.

    from harness import run, wait_for

    def a_complaint_gets_its_ticket(house):
        '''an SMS gets its ticket'''
        house.start()
        house.deliver('Lampu jalan mati', '+628111000001')
        house.reply('+628111000001')

    run(a_complaint_gets_its_ticket)
"""
import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

import postgresql

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('KOTAK_BUILD', 'build'))
# Deadlines, not measurements: a busy machine stretches each of them, sanitizers even more. What
# must not take long is measured and told, or compared with what it would be if it were wrong.
PATIENCE = 12.0 if 'asan' in os.path.basename(os.path.normpath(BUILD)) else 4.0
TICKET = re.compile(r'\b(\d{3}-\d{6}-\d)\b')
PIN = re.compile(r'\b(\d{4})\b')
SANITIZER = re.compile(r'ERROR: \w+Sanitizer|runtime error:|AddressSanitizer:DEADLYSIGNAL')
MARK = 'KOTAK_TEST_HOUSE'
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class Failure(AssertionError):
    """What a test expected and did not get, in words."""


def wait_for(condition, seconds, what):
    """Calls condition until it returns something true, which is returned; after so many seconds
    fails with what."""
    deadline = time.monotonic() + seconds * PATIENCE
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not within {seconds * PATIENCE:g} s (last: {value!r:.300})')
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def expect(condition, what):
    if not condition:
        raise Failure(what)


def equal(found, wanted, what):
    if found != wanted:
        raise Failure(f'{what}: found {found!r:.500}, wanted {wanted!r:.500}')


def measured(what):
    """A figure for whoever reads the test's output."""
    print(f'# measured: {what}', flush=True)


PORTS_HELD = []  # sockets whose names say that a port is taken, for as long as this process lives


def free_port():
    """A port that is this process's until it ends, also while nothing listens there: below those
    that the kernel gives away by itself, and no other test's."""
    with open('/proc/sys/net/ipv4/ip_local_port_range', encoding='ascii') as file:
        highest = int(file.read().split()[0])
    for port in random.sample(range(highest - 8000, highest), 1000):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f'\0kotak-port-{port}')
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(('127.0.0.1', port))
        except OSError:
            claim.close()
            continue
        PORTS_HELD.append(claim)
        return port
    raise Failure('no port is free')


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def ticket_in(text):
    found = TICKET.search(text or '')
    return found.group(1) if found else None


class Program:
    """One of our programs, running. Its standard error goes to a file in the house."""

    def __init__(self, house, name, arguments):
        self.house = house
        self.name = name
        self.arguments = [os.path.join(BUILD, arguments[0])] + arguments[1:]
        self.log_path = os.path.join(house.folder, f'{name}.log')
        self.process = None

    def start(self, notify=None):
        environment = dict(self.house.environment)
        if notify:
            environment['NOTIFY_SOCKET'] = notify
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, preexec_fn=die_with_parent, cwd=self.house.folder)
        self.house.said[self.name] = os.path.getsize(self.log_path)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def insist(self):
        if not self.running():
            code = self.process.poll() if self.process else None
            raise Failure(f'{self.name} ended by itself (exit {code})')

    def kill(self):
        if self.running():
            self.process.kill()
        if self.process:
            self.process.wait()
            self.process = None

    def stop(self, seconds=10):
        """SIGTERM; it must end by itself, and well."""
        if not self.process:
            return
        if self.running():
            self.process.terminate()
        try:
            code = self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.process = None
            raise Failure(f'{self.name} did not end within {seconds * PATIENCE:g} s of SIGTERM')
        self.process = None
        if code != 0:
            raise Failure(f'{self.name} ended with exit {code}')

    def log(self):
        try:
            with open(self.log_path, encoding='utf-8', errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''


class House:
    """One kiosk, its modem and its server. Options: make of the modem, more arguments for
    modem-sim, kiosk number, more lines for kotakd.conf ({folder} is the house's) and ppidd.conf, the
    device that kotakd
    is told (a name or pattern in the house's folder, or an absolute path)."""

    def __init__(self, make='sim7600', modem_arguments=(), kiosk=3, kiosk_conf='',
                 server_conf='', sync=True, device='ttyMODEM'):
        self.folder = tempfile.mkdtemp(prefix='kotak-', dir='/tmp')
        self.environment = dict(os.environ)
        self.environment[MARK] = self.folder
        self.environment.setdefault('ASAN_OPTIONS', 'detect_leaks=1:exitcode=99')
        self.said = {}
        self.kiosk_id = kiosk
        self.sync = sync
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.device = self.path('ttyMODEM')
        self.device_asked = device
        self.modem_socket = self.path('modem.sock')
        self.control = None
        self.senders = set()
        self.personal = set()
        self.server_postgresql = postgresql.Database() if postgresql.wanted() and sync else None
        self.kiosk_conf = self.path('kotakd.conf')
        self.server_conf = self.path('ppidd.conf')
        self.write_confs(kiosk_conf.replace('{folder}', self.folder), server_conf)
        self.modem = Program(self, 'modem-sim', [
            'modem-sim', '--make', make, '--link', self.device, '--control', self.modem_socket,
            *modem_arguments])
        self.kiosk = Program(self, 'kotakd', ['kotakd', '--config', self.kiosk_conf])
        self.server = Program(self, 'ppidd', ['ppidd', '--config', self.server_conf])
        self.programs = [self.modem, self.kiosk, self.server]

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def kiosk_store(self):
        return self.path('kiosk/kotak.db')

    @property
    def server_store(self):
        return self.path('server/ppid.db')

    @property
    def server_url(self):
        return self.server_postgresql.url if self.server_postgresql else f'sqlite:{self.server_store}'

    def write_confs(self, kiosk_more, server_more):
        os.makedirs(self.path('kiosk'))
        os.makedirs(self.path('server'))
        sync = f'[sync]\nurl = {self.url}\ntoken_file = {self.path("kiosk/token")}\n'
        panel = '' if '[panel]' in kiosk_more else '[panel]\ndriver = none\n'
        with open(self.kiosk_conf, 'w', encoding='utf-8') as file:
            file.write(f'[kiosk]\nid = {self.kiosk_id}\nname = Triharjo\nlocale = id\n'
                       f'timezone = Asia/Jakarta\n'
                       f'[store]\npath = {self.kiosk_store}\n'
                       f'[modem sim1]\ndevice = {self.path(self.device_asked)}\n'
                       f'{sync if self.sync else ""}'
                       f'[control]\nsocket = {self.path("kotak.sock")}\n'
                       f'{panel}{kiosk_more}\n')
        with open(self.server_conf, 'w', encoding='utf-8') as file:
            file.write(f'[server]\nlisten = 127.0.0.1:{self.port}\n'
                       f'[store]\nurl = {self.server_url}\n{server_more}\n')

    # Starting and stopping

    def start(self):
        """Everything, with the kiosk enrolled."""
        self.start_modem()
        if self.sync:
            self.start_server()
            self.enroll()
        self.start_kiosk()

    def start_modem(self):
        before = self.modem.log().count('ready')
        self.modem.start()

        def ready():
            self.modem.insist()
            return self.modem.log().count('ready') > before
        wait_for(ready, 10, 'modem-sim says "ready"')

    def start_server(self):
        self.server.start()

        def listening():
            self.server.insist()
            try:
                socket.create_connection(('127.0.0.1', self.port), 0.5).close()
                return True
            except OSError:
                return False
        wait_for(listening, 10, 'ppidd listens')

    def start_kiosk(self, ready=True):
        address = self.path('notify.sock')
        if os.path.exists(address):
            os.unlink(address)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(address)
            notify.settimeout(0.05)
            self.kiosk.start(address)

            def told():
                self.kiosk.insist()
                try:
                    return b'READY=1' in notify.recv(4096)
                except socket.timeout:
                    return False
            if ready:
                wait_for(told, 10, 'kotakd notifies READY=1')
            # Kept open by nobody: later notices of kotakd then fail, which must not matter.

    def enroll(self):
        output = self.ppidctl('kiosk', 'add', str(self.kiosk_id), 'Triharjo')
        codes = [line.strip() for line in output.splitlines()
                 if re.fullmatch(r'[A-Za-z0-9-]{6,}', line.strip())]
        expect(codes, f'ppidctl kiosk add prints the enrolment code alone on a line: {output!r}')
        self.kotakctl('enroll', self.url, codes[-1])

    def restart_kiosk(self):
        self.kiosk.stop()
        self.start_kiosk()

    def worker_pid(self):
        """The modem worker of the running kotakd, None when there is none just now."""
        return next(iter(children(self.kiosk.pid)), None) if self.kiosk.running() else None

    def close(self):
        """Stops all; says what was left behind, or what a sanitizer said."""
        troubles = []
        for program in (self.kiosk, self.server, self.modem):
            try:
                program.stop()
            except Failure as failure:
                troubles.append(str(failure))
        if self.control:
            self.control.close()
            self.control = None
        try:
            wait_for(lambda: not self.left_behind(), 3, 'no process is left behind')
        except Failure:
            for pid in self.left_behind():
                troubles.append(f'left behind: process {pid} {command_line(pid)}')
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # it was only late
        for program in self.programs:
            text = program.log()
            if SANITIZER.search(text):
                troubles.append(f'{program.name}: a sanitizer spoke, see its log')
            # modem-sim's log is the tester's; the two others' are read by technicians.
            if program is not self.modem:
                troubles += [f'{program.name}: personal data in its log: {word}'
                             for word in sorted(self.personal) if word in text]
        if troubles:
            raise Failure('; '.join(troubles))

    def left_behind(self):
        mark = f'{MARK}={self.folder}'.encode()
        found = []
        for name in os.listdir('/proc'):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open(f'/proc/{name}/environ', 'rb') as file:
                    if mark in file.read().split(b'\0'):
                        found.append(int(name))
            except OSError:
                pass
        return found

    # The modem and the people behind it

    def sim(self, **request):
        """One request to modem-sim, such as sim(do='stores'); fails unless it answers ok."""
        for attempt in range(2):
            try:
                if not self.control:
                    self.control = socket.socket(socket.AF_UNIX)
                    self.control.settimeout(20 * PATIENCE)
                    self.control.connect(self.modem_socket)
                    self.control_file = self.control.makefile('r', encoding='utf-8')
                self.control.sendall(json.dumps(request).encode() + b'\n')
                line = self.control_file.readline()
                if not line:
                    raise ConnectionError('closed')
                break
            except (ConnectionError, BrokenPipeError):
                self.control.close()
                self.control = None
                if attempt:
                    raise
        answer = json.loads(line)
        expect(answer.get('ok'), f'modem-sim does {request}: {answer}')
        return answer

    def deliver(self, text, sender, **more):
        """A resident sends an SMS."""
        self.senders.add(sender)
        if len(sender) > 8:
            self.personal.add(sender.lstrip('+'))
        if len(text) > 20:
            self.personal.add(text)
        return self.sim(do='deliver', **{'from': sender, 'text': text, **more})

    def sent(self):
        """All parts that were submitted to the network so far."""
        return self.sim(do='sent', after=0)['sent']

    def messages(self, sender=None):
        """What residents received: a list of (number, text), parts joined, in order of their
        first part. A message sent twice stands there twice."""
        whole, order = {}, []
        for part in self.sent():
            parts = part.get('parts') or 1
            number = part.get('part') or 1
            if parts <= 1:
                order.append((part['to'], [part['text']]))
                continue
            key = (part['to'], part.get('reference'), parts)
            slots = whole.get(key)
            if slots is None or number in slots:
                slots = whole[key] = {}
                order.append((part['to'], slots))
            slots[number] = part['text']
        found = []
        for to, parts in order:
            text = ''.join(parts if isinstance(parts, list)
                           else [parts[number] for number in sorted(parts)])
            if sender is None or same_number(to, sender):
                found.append((to, text))
        return found

    def replies(self, sender):
        return [text for _, text in self.messages(sender)]

    def reply(self, sender, after=0, seconds=10, containing=''):
        """Waits for a reply to this number beyond the first so many; returns its text."""
        def there():
            fresh = self.replies(sender)[after:]
            return next((text for text in fresh if containing in text), None)
        return wait_for(there, seconds, f'a reply for {sender} beyond {after} '
                                        f'with {containing!r}')

    def empty_modem(self):
        """Whether nothing waits in the modem or at the SMSC."""
        answer = self.sim(do='stores')
        stores = answer.get('stores', answer)
        used = sum(store['used'] for store in (
            stores.values() if isinstance(stores, dict) else stores)
            if isinstance(store, dict) and 'used' in store)
        return used == 0 and not answer.get('queued', 0)

    # The operators' commands

    def command(self, program, conf, arguments, stdin=None, code=0):
        result = subprocess.run([os.path.join(BUILD, program), '--config', conf, *arguments],
                                input=stdin, capture_output=True, text=True,
                                timeout=60 * PATIENCE, env=self.environment, check=False)
        with open(self.path(f'{program}.log'), 'a', encoding='utf-8') as log:
            log.write(f'$ {program} {" ".join(arguments)} -> {result.returncode}\n'
                      f'{result.stderr}')
        if SANITIZER.search(result.stderr):
            raise Failure(f'{program} {arguments}: {result.stderr}')
        if code is not None:
            equal(result.returncode, code,
                  f'exit of {program} {" ".join(arguments)} ({result.stderr.strip()})')
        return result if code is None else result.stdout

    def kotakctl(self, *arguments, code=0):
        return self.command('kotakctl', self.kiosk_conf, arguments, code=code)

    def ppidctl(self, *arguments, stdin=None, code=0):
        return self.command('ppidctl', self.server_conf, arguments, stdin=stdin, code=code)

    def kiosk_json(self, *arguments):
        return json.loads(self.kotakctl(*arguments, '--json'))

    def server_json(self, *arguments):
        return json.loads(self.ppidctl(*arguments, '--json'))

    def complaints(self):
        return self.kiosk_json('complaints')

    def server_complaints(self):
        return self.server_json('complaints')

    def synced(self):
        """Whether the server has every event of the kiosk."""
        with self.kiosk_database() as database:
            acked = database.execute('SELECT acked_epoch, acked_seq FROM sync').fetchone()
            last = database.execute('SELECT epoch, seq FROM event '
                                    'ORDER BY epoch DESC, seq DESC LIMIT 1').fetchone()
        return acked == last

    def kiosk_database(self, write=False):
        return database(self.kiosk_store, write)

    def server_database(self, write=False):
        return self.server_postgresql or database(self.server_store, write)

    def back_up_server(self, copy):
        """A file with what the server knows now."""
        if self.server_postgresql:
            self.ppidctl('backup', copy)
        else:
            copy_store(self.server_store, copy)

    def put_back_server(self, copy):
        """The server, which doesn't run, knows what it knew when the file was made."""
        if self.server_postgresql:
            self.server_postgresql.empty()
            self.ppidctl('restore', copy)
        else:
            put_store(copy, self.server_store)


class database:
    """An SQLite database as a context that closes."""

    def __init__(self, path, write=False):
        self.connection = sqlite3.connect(f'file:{path}?mode={"rw" if write else "ro"}',
                                          uri=True, timeout=10)
        self.write = write

    def __enter__(self):
        return self.connection

    def __exit__(self, kind, value, trace):
        if self.write and kind is None:
            self.connection.commit()
        self.connection.close()


def copy_store(path, copy):
    """A consistent copy of a database that may be in use, as a backup would make it."""
    with database(path) as source:
        target = sqlite3.connect(copy)
        source.backup(target)
        target.close()


def put_store(copy, path):
    """Puts an older copy in the place of a database that is not in use."""
    for end in ('-wal', '-shm', ''):
        if os.path.exists(path + end):
            os.unlink(path + end)
    shutil.copyfile(copy, path)


def same_number(one, other):
    return one.lstrip('+') == other.lstrip('+')


def children(pid):
    """The processes that this one started, oldest first."""
    found = []
    try:
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/children', encoding='ascii') as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass
    return found


def command_line(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return file.read().replace(b'\0', b' ').decode('utf-8', 'replace').strip()
    except OSError:
        return '(gone)'


def say(text):
    for line in text.rstrip().splitlines():
        print(f'# {line}', flush=True)


def run_one(number, test, options):
    name = (test.__doc__ or test.__name__.replace('_', ' ')).strip().splitlines()[0]
    began = time.monotonic()
    house = House(**options)
    trouble = None
    try:
        test(house)
    except BaseException as error:  # also SystemExit of a SIGTERM: say where it stood
        trouble = error
        where = traceback.extract_tb(error.__traceback__)
        said = [f'{os.path.basename(frame.filename)}:{frame.lineno}' for frame in where]
        say(f'{type(error).__name__}: {error} (at {" > ".join(said)})')
    try:
        house.close()
        if house.server_postgresql:
            house.server_postgresql.drop()
    except Failure as error:
        say(f'at the end: {error}')
        trouble = trouble or error
    print(f'{"not ok" if trouble else "ok"} {number} - {name} '
          f'({time.monotonic() - began:.1f} s)', flush=True)
    if trouble:
        for log in sorted(os.listdir(house.folder)):
            if log.endswith('.log'):
                with open(house.path(log), encoding='utf-8', errors='replace') as file:
                    lines = file.read().splitlines()
                say(f'--- {log} ({len(lines)} lines)')
                say('\n'.join(lines[-40:]))
    if os.environ.get('KOTAK_KEEP'):
        say(f'kept: {house.folder}')
    else:
        shutil.rmtree(house.folder, ignore_errors=True)
    if isinstance(trouble, (KeyboardInterrupt, SystemExit)):
        raise trouble
    return trouble is None


def run(*tests):
    """Runs each in a fresh house and prints TAP. A test is a function of a house, or a pair of
    such a function and a dictionary of House's options. KOTAK_ONLY=word picks tests, KOTAK_KEEP=1
    leaves the folders."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pairs = [test if isinstance(test, tuple) else (test, {}) for test in tests]
    word = os.environ.get('KOTAK_ONLY', '')
    pairs = [pair for pair in pairs if word in (pair[0].__doc__ or pair[0].__name__)]
    print(f'1..{len(pairs)}', flush=True)
    good = [run_one(number, test, options)
            for number, (test, options) in enumerate(pairs, 1)]
    sys.exit(0 if all(good) else 1)
