# SPDX-License-Identifier: GPL-2.0-or-later
"""A private PostgreSQL for tests: its own cluster in a folder of its own, on a Unix socket only,
without care for the disk; it ends with the process that started it.

    python3 tests/scenarios/postgresql.py PROGRAM [ARGUMENT...]

runs a program with such a cluster and KOTAK_POSTGRESQL naming its socket's folder; whatever is
started below uses that one. KOTAK_STORE=postgresql makes the houses of harness.py and the servers
of ppidd_kiosk.py keep what they know there.
"""
import atexit
import ctypes
import glob
import itertools
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

VARIABLE = 'KOTAK_POSTGRESQL'
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = itertools.count(1)
PATIENCE_S = 240
SETTINGS = {
    'listen_addresses': '', 'fsync': 'off', 'full_page_writes': 'off', 'max_connections': '60',
    'synchronous_commit': 'on', 'shared_buffers': '32MB', 'autovacuum': 'off',
    'max_parallel_workers': '0', 'jit': 'off', 'logging_collector': 'off',
}


def wanted():
    """Whether the tests of this process are to use PostgreSQL."""
    return os.environ.get('KOTAK_STORE', 'sqlite') == 'postgresql'


def program(name):
    """The newest installed one; Debian keeps the servers' off the PATH."""
    found = sorted(glob.glob(f'/usr/lib/postgresql/*/bin/{name}'),
                   key=lambda path: int(path.split('/')[4]))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise RuntimeError(f'{name} is not installed (Debian: postgresql)')
    return path


class Cluster:
    """One running server. It must not be root, so where we are it becomes postgres or nobody."""

    def __init__(self, **settings):
        self.settings = {**SETTINGS, **settings}
        self.folder = tempfile.mkdtemp(prefix='kotak-pg-', dir='/tmp')
        self.data = os.path.join(self.folder, 'data')
        self.log = os.path.join(self.folder, 'log')
        self.process = None
        self.account = None
        if os.getuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            self.account = pwd.getpwnam('postgres' if 'postgres' in names else 'nobody')
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
            os.chmod(self.folder, 0o755)
        subprocess.run([program('initdb'), '--pgdata', self.data, '--username', 'kotak',
                        '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync',
                        '--no-instructions'],
                       check=True, stdout=subprocess.DEVNULL, cwd='/', preexec_fn=self.become)
        atexit.register(self.remove)

    def become(self):
        if self.account:
            os.setgroups([])
            os.setgid(self.account.pw_gid)
            os.setuid(self.account.pw_uid)

    def start(self):
        options = [word for name, value in self.settings.items()
                   for word in ('-c', f'{name}={value}')]

        def prepare():
            self.become()
            # SIGQUIT: the server leaves at once, and its children with it.
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        environment = {name: value for name, value in os.environ.items()
                       if name != 'KOTAK_TEST_HOUSE'}
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [program('postgres'), '-D', self.data, '-k', self.folder, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd='/', env=environment,
                preexec_fn=prepare)
        deadline = time.monotonic() + PATIENCE_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log, encoding='utf-8', errors='replace') as log:
                    raise RuntimeError(f'PostgreSQL did not start: {log.read()[-2000:]}')
            time.sleep(0.02)
        return self

    def answers(self):
        return subprocess.run([program('pg_isready'), '-q', '-h', self.folder],
                              check=False).returncode == 0

    def stop(self, how=signal.SIGINT):
        """SIGINT ends it in order, SIGQUIT as a power cut would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        if self.process:
            self.process.wait(PATIENCE_S)
        self.process = None

    def remove(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def folder():
    """The socket's folder of the cluster to use; one is started when there is none yet."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = Cluster().start().folder
    return os.environ[VARIABLE]


def psql(where, name, sql, check=True):
    """What psql writes, unaligned."""
    done = subprocess.run([program('psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
                           '-h', where, '-U', 'kotak', name],
                          input=sql, capture_output=True, text=True, check=False, cwd='/')
    if check and done.returncode != 0:
        raise RuntimeError(f'psql: {done.stderr.strip()}')
    return done.stdout


class Rows:
    def __init__(self, rows, changed):
        self.rows = rows
        self.rowcount = changed

    def fetchone(self):
        return self.rows.pop(0) if self.rows else None

    def fetchall(self):
        return self.rows

    def __iter__(self):
        return iter(self.rows)


class Database:
    """A database of its own, with as much of sqlite3's connection as the tests use; usable as a
    context, as harness.database is."""

    def __init__(self, where=None, name=None):
        self.where = where or folder()
        self.name = name or f'kotak_{os.getpid()}_{next(NUMBERS)}'
        if not name:
            psql(self.where, 'postgres', f'CREATE DATABASE {self.name} TEMPLATE template0')

    @property
    def url(self):
        return f'postgresql://kotak@/{self.name}?host={self.where}'

    def execute(self, sql, arguments=()):
        for argument in arguments:
            value = (str(argument) if isinstance(argument, int) else
                     'NULL' if argument is None else "'" + argument.replace("'", "''") + "'")
            sql = sql.replace('?', value, 1)
        if sql.lstrip().upper().startswith('SELECT'):
            output = psql(self.where, self.name,
                          f'SELECT row_to_json(q) FROM ({sql.rstrip("; ")}) q;')
            return Rows([tuple(value for _, value in json.loads(line, object_pairs_hook=list))
                         for line in output.splitlines()], -1)
        if sql.lstrip().upper().startswith('UPDATE'):
            output = psql(self.where, self.name,
                          f'WITH q AS ({sql.rstrip("; ")} RETURNING 1) SELECT count(*) FROM q;')
            return Rows([], int(output))
        psql(self.where, self.name, sql)
        return Rows([], -1)

    def executescript(self, sql):
        psql(self.where, self.name, sql)

    def drop(self):
        psql(self.where, 'postgres', f'DROP DATABASE {self.name} WITH (FORCE);')

    def empty(self):
        """A new one of the same name."""
        self.drop()
        psql(self.where, 'postgres', f'CREATE DATABASE {self.name} TEMPLATE template0')

    def commit(self):
        """Each statement was its own transaction."""

    def close(self):
        """Nothing is held open."""

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        pass


def main():
    folder()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)


if __name__ == '__main__':
    main()
