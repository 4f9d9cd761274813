# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# smstools, Debian's other SMS daemon, against the simulated modem in all four makes: it reads
# the slots one by one, where gammu lists them.
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback

from harness import PATIENCE, Failure, House, die_with_parent, equal, expect, say, wait_for

# First slot, and the set-up for reports where smstools can find them: in the same store.
MAKES = {'sim800': (1, ''), 'sim7600': (0, ''), 'ec25': (0, ''),
         'e173': (0, 'init = AT+CNMI=2,1,0,2,0\n')}
FOLDERS = ('outgoing', 'checked', 'failed', 'incoming', 'sent', 'report')
SENDER = '+628111000001'
SMSD = shutil.which('smsd', path=os.environ.get('PATH', '') + ':/usr/sbin')


class Smstools:
    def __init__(self, house, first, setup):
        self.house = house
        for folder in FOLDERS:
            os.makedirs(house.path(folder))
        conf = house.path('smsd.conf')
        with open(conf, 'w', encoding='utf-8') as file:
            file.write('devices = GSM1\nloglevel = 6\ndelaytime = 1\ndelaytime_mainprocess = 1\n'
                       'autosplit = 3\nincoming_utf8 = yes\nstats = \n'
                       f'logfile = {house.path("smstools.log")}\n'
                       f'infofile = {house.path("smsd.working")}\n'
                       f'pidfile = {house.path("smsd.pid")}\n')
            file.writelines(f'{folder} = {house.path(folder)}\n' for folder in FOLDERS)
            file.write(f'[GSM1]\ndevice = {house.device}\nincoming = yes\nreport = yes\n'
                       f'rtscts = no\nmemory_start = {first}\n{setup}')
        with open(house.path('smsd-said.log'), 'wb') as log:
            self.process = subprocess.Popen([SMSD, '-c', conf, '-t'], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=die_with_parent)

    def files(self, folder):
        """(headers, body) of each message there. smstools moves what it works on: a file that
        is gone when it is read was never a message yet, or has its next name the next time."""
        found = []
        for name in sorted(os.listdir(self.house.path(folder))):
            try:
                with open(os.path.join(self.house.path(folder), name), 'rb') as file:
                    head, _, body = file.read().partition(b'\n\n')
            except FileNotFoundError:
                continue
            headers = dict(line.split(': ', 1) for line in head.decode().splitlines()
                           if ': ' in line)
            found.append((headers, body))
        return found

    def texts(self):
        """What was received. A file that smstools still converts names no alphabet."""
        codings = {'UCS2': 'utf-16-be', 'UTF-8': 'utf-8'}
        return [body.decode(codings[headers['Alphabet']], 'replace')
                for headers, body in self.files('incoming')
                if headers.get('Alphabet') in codings]

    def send(self, number, text):
        with open(self.house.path('letter'), 'w', encoding='utf-8') as file:
            file.write(f'To: {number}\nReport: yes\nAlphabet: UTF-8\n\n{text}')
        os.rename(self.house.path('letter'), self.house.path('outgoing/letter'))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure('smstools did not end within 20 s of SIGTERM') from None


def receives_and_sends(house, first, setup):
    house.sim(do='config', report_ms=1500)
    long_text = ' '.join(f'kata{number}' for number in range(40))
    texts = ['Satu {€}', 'Dua \U0001F600', long_text]
    for text in texts:
        house.sim(do='deliver', text=text, **{'from': SENDER})
    smstools = Smstools(house, first, setup)
    try:
        wait_for(lambda: sorted(smstools.texts()) == sorted(texts), 40,
                 'three messages are read')
        expect(all(headers['From'] == SENDER.lstrip('+')
                   for headers, _ in smstools.files('incoming')), 'the sender')
        smstools.send('628333000004', 'Terima kasih ñ')
        wait_for(lambda: smstools.files('sent'), 40, 'it is sent')
        if setup:
            wait_for(lambda: smstools.files('report'), 40, 'its report is read')
        wait_for(house.empty_modem, 40, 'smstools empties the modem')
    finally:
        smstools.stop()
    equal([(part['to'], part['text'], part['report'])
           for part in house.sim(do='sent', after=0)['sent']],
          [('+628333000004', 'Terima kasih ñ', True)], 'what was sent')


def run_make(results, lock, make):
    house = House(make=make, sync=False)
    trouble = None
    try:
        house.start_modem()
        receives_and_sends(house, *MAKES[make])
        house.close()
    except BaseException as error:  # pylint: disable=broad-except
        where = traceback.extract_tb(error.__traceback__)
        trouble = (f'{type(error).__name__}: {error} '
                   f'(at {" > ".join(str(frame.lineno) for frame in where)})')
    house.modem.kill()
    with lock:
        results.append(trouble is None)
        if trouble:
            say(trouble)
        print(f'{"not ok" if trouble else "ok"} {len(results)} - smstools receives and sends '
              f'({make})', flush=True)
    if not os.environ.get('KOTAK_KEEP'):
        shutil.rmtree(house.folder, ignore_errors=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not SMSD:
        print('1..1\nok 1 - smstools # skip not installed')
        return 0
    print(f'1..{len(MAKES)}', flush=True)
    results, lock = [], threading.Lock()
    threads = [threading.Thread(target=run_make, args=(results, lock, make)) for make in MAKES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0 if all(results) and results else 1


if __name__ == '__main__':
    sys.exit(main())
