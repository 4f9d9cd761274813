# SPDX-License-Identifier: GPL-2.0-or-later
"""A private MariaDB for tests: its own folder, socket and port on loopback, without care for the
disk; it ends with the process that started it."""
import atexit
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
PATIENCE_S = 240
SETTINGS = {
    'innodb-buffer-pool-size': '16M', 'innodb-log-file-size': '8M', 'key-buffer-size': '1M',
    'innodb-flush-log-at-trx-commit': '2', 'innodb-buffer-pool-dump-at-shutdown': 'OFF',
    'performance-schema': 'OFF', 'max-connections': '20', 'aria-pagecache-buffer-size': '8M',
    'bind-address': '127.0.0.1', 'sql-mode': 'STRICT_TRANS_TABLES',
    # Not this machine's: what OpenSID's servers are set to.
    'default-time-zone': '+07:00', 'character-set-server': 'utf8mb3',
}


def program(name):
    """Where it is, or None."""
    return shutil.which(name, path=f'{os.environ.get("PATH", "")}:/usr/sbin:/sbin')


def missing():
    """Why there can be no server, or None."""
    for name in ('mariadbd', 'mariadb-install-db', 'mariadb', 'mariadb-dump'):
        if not program(name):
            return f'{name} is not installed (Debian: mariadb-server)'
    return None


class Server:
    """It must not be root, so where we are it becomes mysql or nobody."""

    def __init__(self, port, **settings):
        self.settings = {**SETTINGS, 'port': str(port), **settings}
        self.port = port
        self.folder = tempfile.mkdtemp(prefix='kotak-maria-', dir='/tmp')
        self.data = os.path.join(self.folder, 'data')
        self.socket = os.path.join(self.folder, 'socket')
        self.log = os.path.join(self.folder, 'log')
        self.process = None
        self.account = None
        if os.getuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            self.account = pwd.getpwnam('mysql' if 'mysql' in names else 'nobody')
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
            os.chmod(self.folder, 0o755)
        atexit.register(self.remove)
        subprocess.run([program('mariadb-install-db'), '--no-defaults', f'--datadir={self.data}',
                        '--auth-root-authentication-method=normal', '--skip-test-db',
                        '--innodb-log-file-size=8M'],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd='/',
                       preexec_fn=self.become)

    def become(self):
        if self.account:
            os.setgroups([])
            os.setgid(self.account.pw_gid)
            os.setuid(self.account.pw_uid)

    def start(self):
        def prepare():
            self.become()
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [program('mariadbd'), '--no-defaults', f'--datadir={self.data}',
                 f'--socket={self.socket}', f'--pid-file={self.folder}/pid',
                 *(f'--{name}={value}' for name, value in self.settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd='/', preexec_fn=prepare)
        deadline = time.monotonic() + PATIENCE_S
        while self.client('mysql', 'SELECT 1', check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log, encoding='utf-8', errors='replace') as log:
                    raise RuntimeError(f'MariaDB did not start: {log.read()[-2000:]}')
            time.sleep(0.05)
        return self

    def stop(self, how=signal.SIGTERM):
        """SIGTERM ends it in order, SIGKILL as a power cut would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        if self.process:
            self.process.wait(PATIENCE_S)
        self.process = None

    def remove(self):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tool(self, name, *arguments):
        return [program(name), '--no-defaults', f'--socket={self.socket}', '--user=root',
                '--default-character-set=utf8mb4', *arguments]

    def client(self, database, sql, check=True):
        done = subprocess.run(self.tool('mariadb', '--batch', '--skip-column-names', database),
                              input=sql.encode(), capture_output=True, check=False, cwd='/')
        if check and done.returncode != 0:
            raise RuntimeError(f'mariadb: {done.stderr.decode()}')
        return done

    def run(self, database, sql):
        self.client(database, sql)

    def rows(self, database, sql):
        """Rows as lists of texts; NULL is None."""
        def plain(cell):
            if cell == 'NULL':
                return None
            return cell.replace('\\n', '\n').replace('\\t', '\t').replace('\\\\', '\\')
        return [[plain(cell) for cell in line.split('\t')]
                for line in self.client(database, sql).stdout.decode().split('\n') if line]

    def dump(self, database):
        return subprocess.run(self.tool('mariadb-dump', database), check=True, cwd='/',
                              capture_output=True).stdout
