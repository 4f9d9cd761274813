# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# Debian's gammu and gammu-smsd against the simulated modem, in all four makes: that it is a
# modem to a program that knows nothing of us. All run at once, for gammu mostly sleeps.
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import traceback

from harness import (PATIENCE, Failure, House, die_with_parent, equal, expect, say, wait_for)

MAKES = ('sim800', 'sim7600', 'ec25', 'e173')
SENDER = '+628111000001'
LONG = ' '.join(f'kata{number}' for number in range(60))
EMOJI = 'Jalan rusak \U0001F600 di dusun, mohon {segera} €5 中文'
SCHEMA = '/usr/share/doc/gammu-smsd/examples/sqlite.sql'
# What gammu says of a make, and the store where it finds messages.
NAMES = {'sim800': ('SIMCOM_Ltd', 'SIM800'), 'sim7600': ('SIMCOM INCORPORATED', 'SIM7600'),
         'ec25': ('Quectel', 'EC25'), 'e173': ('Huawei', 'E173')}


def gammu(house, *arguments):
    conf = house.path('gammurc')
    if not os.path.exists(conf):
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(f'[gammu]\ndevice = {house.device}\nconnection = at\n')
    environment = dict(os.environ, LC_ALL='C.UTF-8')
    result = subprocess.run(['gammu', '-c', conf, *arguments], capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=60 * PATIENCE, env=environment,
                            preexec_fn=die_with_parent, check=False)
    with open(house.path('gammu.log'), 'a', encoding='utf-8') as log:
        log.write(f'$ gammu {" ".join(arguments)}\n{result.stdout}{result.stderr}')
    equal(result.returncode, 0, f'exit of gammu {arguments[0]} '
                                f'({result.stdout[-200:]} {result.stderr[-200:]})')
    return result.stdout


def identifies(house):
    output = gammu(house, 'identify')
    maker, model = NAMES[house.make]
    expect(re.search(rf'^Manufacturer\s*: {maker}$', output, re.M), f'the maker: {output}')
    expect(re.search(rf'^Model\s*: .*{model}', output, re.M), f'the model: {output}')
    expect(re.search(r'^IMEI\s*: \d{15}$', output, re.M), f'the IMEI: {output}')
    expect(re.search(r'^SIM IMSI\s*: 51010\d{10}$', output, re.M), f'the IMSI: {output}')


def reads_all(house):
    """A long message whose parts came in the wrong order, emoji, and a name as sender."""
    house.sim(do='deliver', text=LONG, order=[3, 1, 2], **{'from': SENDER})
    house.sim(do='deliver', text=EMOJI, **{'from': SENDER})
    house.sim(do='deliver', text='Kode Anda 1234', **{'from': 'BANK JATENG'})
    output = gammu(house, 'getallsms')
    parts = re.findall(r'part (\d) of 3\n\n(.*?)\n\n', output, re.S)
    equal([int(number) for number, _ in parts], [3, 1, 2], 'the parts in the order they came')
    equal(''.join(text for _, text in sorted(parts)), LONG, 'the long text')
    expect(f'\n{EMOJI}\n' in output, f'the emoji: {output}')
    expect('"BANK JATENG"' in output, f'the sender with a name: {output}')
    expect('5 SMS parts' in output, f'five parts: {output}')


def sends(house):
    gammu(house, 'sendsms', 'TEXT', '+628222000002', '-len', '400', '-text', LONG)
    gammu(house, 'sendsms', 'TEXT', '08222000003', '-unicode', '-len', '400', '-text', EMOJI)
    sent = house.sim(do='sent', after=0)['sent']
    long_parts = [part for part in sent if part['to'] == '+628222000002']
    equal([(part['part'], part['parts']) for part in long_parts], [(1, 3), (2, 3), (3, 3)],
          'the parts sent')
    equal(''.join(part['text'] for part in long_parts), LONG, 'the long text sent')
    equal(len({part['reference'] for part in long_parts}), 1, 'one reference')
    equal([part['text'] for part in sent if part['to'] == '08222000003'], [EMOJI],
          'the Unicode text sent')
    equal([part['mr'] for part in sent], [1, 2, 3, 4], 'references counted by the modem')


def asks_network(house):
    house.sim(do='ussd_network', code='*123#', answer='Sisa pulsa Rp10.500 hingga 1/2/2027')
    output = gammu(house, 'getussd', '*123#')
    expect('"Sisa pulsa Rp10.500 hingga 1/2/2027"' in output, f'the USSD answer: {output}')


def monitors(house):
    house.sim(do='config', signal=-83)
    output = gammu(house, 'monitor', '1')
    expect('Signal strength      : -83 dBm' in output, f'the signal: {output}')
    expect('home network' in output and 'TELKOMSEL' in output, f'the network: {output}')


# gammu doesn't know the store "SR": where reports would go there, it must have them directly.
SMSD_GAMMU = {'sim7600': 'atgen_setcnmi = ,,,1\n', 'ec25': 'atgen_setcnmi = ,,,1\n'}


class Smsd:
    """gammu-smsd with its SQLite backend."""

    def __init__(self, house):
        self.house = house
        self.store = house.path('smsd.db')
        self.conf = house.path('smsdrc')
        with sqlite3.connect(self.store) as database, open(SCHEMA, encoding='utf-8') as schema:
            database.executescript(schema.read())
            # gammu-smsd never waits for a lock: our looking on must not take one.
            database.execute('PRAGMA journal_mode = WAL')
        with open(self.conf, 'w', encoding='utf-8') as file:
            file.write(f'[gammu]\ndevice = {house.device}\nconnection = at\n'
                       f'{SMSD_GAMMU.get(house.make, "")}'
                       f'[smsd]\nservice = sql\ndriver = sqlite3\ndbdir = {house.folder}\n'
                       f'database = smsd.db\nlogfile = {house.path("smsd.log")}\n'
                       f'deliveryreport = sms\nloopsleep = 1\nreceivefrequency = 1\n'
                       f'commtimeout = 5\nsendtimeout = 10\nstatusfrequency = 10\n')
        with open(house.path('smsd-said.log'), 'wb') as log:
            self.process = subprocess.Popen(['gammu-smsd', '-c', self.conf], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            preexec_fn=die_with_parent)

    def query(self, sql):
        try:
            with sqlite3.connect(f'file:{self.store}?mode=ro', uri=True) as database:
                return database.execute(sql).fetchall()
        except sqlite3.OperationalError:  # busy
            return []

    def inject(self, number, text):
        subprocess.run(['gammu-smsd-inject', '-c', self.conf, 'TEXT', number, '-report',
                        '-len', '400', '-unicode', '-text', text], check=True,
                       env=dict(os.environ, LC_ALL='C.UTF-8'), stdout=subprocess.DEVNULL,
                       timeout=30 * PATIENCE)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure('gammu-smsd did not end within 20 s of SIGTERM') from None


def daemon_receives_and_sends(house):
    """Five messages of seven parts, one sent with a report."""
    # gammu-smsd never matches a report that comes before it has noted what it sent, and matches
    # by the report's stamps: it gets the time of a busy machine.
    house.sim(do='config', report_ms=10000)
    house.sim(do='deliver', text='Satu', **{'from': SENDER})
    house.sim(do='deliver', text=EMOJI, **{'from': SENDER})
    smsd = Smsd(house)
    try:
        wait_for(lambda: len(smsd.query('SELECT 1 FROM inbox')) >= 2, 30, 'the backlog is read')
        house.sim(do='deliver', text=LONG, wide=True, order=[2, 3, 1], **{'from': SENDER})
        house.sim(do='deliver', text='Empat', **{'from': '0811'})
        house.sim(do='deliver', text='Lima ~^|', **{'from': SENDER})
        wait_for(lambda: len(smsd.query('SELECT 1 FROM inbox')) >= 7, 30, 'all parts are read')
        smsd.inject('+628333000004', 'Terima kasih \U0001F64F')
        status = wait_for(
            lambda: smsd.query("SELECT Status FROM sentitems WHERE Status LIKE 'Delivery%'"),
            40, 'the delivery report is matched')
        equal(status, [('DeliveryOK',)], 'the status of what was sent')
        wait_for(house.empty_modem, 20, 'gammu-smsd empties the modem')
        rows = smsd.query('SELECT UDH, TextDecoded FROM inbox ORDER BY UDH')
        equal(len(rows), 7, 'parts in the inbox')
        equal(''.join(text for udh, text in rows if udh), LONG, 'the long text')
        equal({text for udh, text in rows if not udh}, {'Satu', EMOJI, 'Empat', 'Lima ~^|'},
              'the short texts')
    finally:
        smsd.stop()
    equal([part['text'] for part in house.sim(do='sent', after=0)['sent']],
          ['Terima kasih \U0001F64F'], 'what was sent')


PLAN = [('gammu identifies it', identifies), ('gammu reads long, Unicode and named', reads_all),
        ('gammu sends long and Unicode', sends), ('gammu asks by USSD', asks_network),
        ('gammu monitors it', monitors)]


def guarded(results, lock, make, name, test, house):
    """Runs one test; prints its TAP line."""
    trouble = None
    try:
        test(house)
    except BaseException as error:  # pylint: disable=broad-except
        trouble = f'{type(error).__name__}: {error}'
        where = traceback.extract_tb(error.__traceback__)
        trouble += f' (at {" > ".join(str(frame.lineno) for frame in where)})'
    with lock:
        results.append(trouble is None)
        if trouble:
            say(trouble)
        print(f'{"not ok" if trouble else "ok"} {len(results)} - {name} ({make})', flush=True)


def run_make(results, lock, make, tests):
    house = House(make=make, sync=False)
    house.make = make
    try:
        house.start_modem()
        for name, test in tests:
            guarded(results, lock, make, name, test, house)
        # Ends well, and no sanitizer spoke.
        guarded(results, lock, make, f'the simulator ends well after {tests[-1][0]}',
                lambda h: h.close(), house)
    finally:
        house.modem.kill()
        if not os.environ.get('KOTAK_KEEP'):
            shutil.rmtree(house.folder, ignore_errors=True)


def main():
    # Turns the default action of SIGTERM into one that runs what must be undone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    missing = [name for name in ('gammu', 'gammu-smsd', 'gammu-smsd-inject')
               if not shutil.which(name)]
    if missing or not os.path.exists(SCHEMA):
        print(f'1..1\nok 1 - gammu # skip not installed: {" ".join(missing) or SCHEMA}')
        return 0
    daemon = [('gammu-smsd receives, sends and matches the report', daemon_receives_and_sends)]
    print(f'1..{len(MAKES) * (len(PLAN) + len(daemon) + 2)}', flush=True)
    results, lock = [], threading.Lock()
    threads = [threading.Thread(target=run_make, args=(results, lock, make, tests))
               for make in MAKES for tests in (PLAN, daemon)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0 if all(results) and results else 1


if __name__ == '__main__':
    sys.exit(main())
