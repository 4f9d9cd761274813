#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 400
# postgresql
# waits
"""Kiosks at a glance, in headless Chromium against a real kotakd: enrolled with the code that the
desk showed, then one thing after another goes wrong and is mended. Leaves screenshots in
$KOTAK_BUILD/screenshots/."""
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Window, chromium, in_debians_python, missing, steady  # noqa: E402
from harness import Failure, equal, expect, measured, run, wait_for  # noqa: E402
from ppidd_kiosk import totp  # noqa: E402
from printer import PrinterSim  # noqa: E402

WIB = datetime.timezone(datetime.timedelta(hours=7))
# A SIM's validity that is neither near nor unlikely, whenever this runs.
YEAR = datetime.datetime.now(WIB).year + 4
SENDER = '+6281234560001'
PASSWORD = 'rahasia-sekali'
CODE = '*888#'
HOUR_MS = 3600 * 1000
# More than kotakd wants to see free; with the ballast it is less.
CARD_MIB, BALLAST_MIB = 90, 40
CONF = {'kiosk_conf': f'[modem sim1]\nbalance_ussd = {CODE}\n[sync]\nhealth_after = 1\n'}


class Desk(Window):
    """The office's browser; one officer at a time sits before it."""

    def __init__(self, house, folder):
        super().__init__(chromium(folder), house.url)
        self.size(1280, 900)

    def until(self, condition, what):
        return wait_for(steady(condition), 15, what)

    def says(self, words):
        self.until(lambda: words in self.text(), f'the page says {words!r}')

    def shows(self, path, *words, without=()):
        """Opens a page until it says all of these and none of those."""
        def looked_at():
            self.open(path)
            text = self.text()
            return all(w in text for w in words) and not any(w in text for w in without)
        try:
            wait_for(steady(looked_at), 30, f'{path} says {words} without {without}')
        except Failure as failure:
            raise Failure(f'{failure}; it says {self.text()!r}') from None

    def shoot(self, name):
        for width, height in ((1280, 900), (320, 700)):
            self.size(width, height)
            wide = self.cut_off()
            expect(wide <= 0, f'{name} at {width} px: nothing is cut off ({wide})')
            equal(self.unlabelled(), [], f'{name}: fields without a label')
            page = self.driver.execute_script('return document.documentElement.outerHTML.length')
            expect(page <= 60000, f'{name}: a page of at most 60 kB ({page})')
            whole = self.driver.execute_script('return document.documentElement.scrollHeight')
            self.size(width, whole)
            self.save(name)
        self.size(1280, 900)

    def fill(self, **fields):
        for name, words in fields.items():
            field = self.until(lambda name=name: self.find(f'#{name}'), f'the field {name}')
            field.clear()
            field.send_keys(words)

    def press(self, words):
        self.driver.find_element('xpath', f'//button[.="{words}"]').click()

    def log_in(self, name):
        self.driver.delete_all_cookies()
        self.open('/login')
        self.fill(name=name, password=PASSWORD)
        self.press('Masuk')

    def set_up_factor(self):
        """An administrator has to, at the first log-in."""
        secret = self.until(lambda: self.find('.secret'), 'the second factor').text

        def confirmed():  # a code may be over before it arrives
            if self.find('code.recovery'):
                return True
            if self.find('[name=code]'):
                self.fill(code=totp(secret), password=PASSWORD)
                self.press('Pasang')
            return None
        self.until(confirmed, 'the second factor is set up')
        self.recovery = self.find('code.recovery').text


def mount(folder):
    """A small card of its own there; False where that isn't allowed."""
    return os.geteuid() == 0 and subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', f'size={CARD_MIB}m,mode=700', 'tmpfs', folder],
        stderr=subprocess.DEVNULL, check=False).returncode == 0


def item(house, name):
    return next(item for item in house.kiosk_json('status')['items'] if item['name'] == name)


def set_clock(house):
    """The network tells the time (NITZ); a clock that nobody set isn't well."""
    def told():
        now = datetime.datetime.now(WIB) + datetime.timedelta(seconds=5)
        house.sim(do='say', line=f'+CTZV: {now:%y/%m/%d,%H:%M:%S},+28')
        return item(house, 'clock')['ok']
    wait_for(told, 20, 'the kiosk knows the time')


def enrol(house, desk):
    """An administrator adds a kiosk; a technician types the code that the page shows."""
    desk.log_in('admin')
    desk.set_up_factor()
    desk.shows('/kiosks', 'Belum ada kotak')
    desk.fill(number='3', name='Balai Triharjo', stands='Dusun Karang RT 02',
              region='Kapanewon Wates')
    desk.press('Tambah dan buat kode')
    code = desk.until(lambda: desk.find('#code'), 'the code').text
    expect(re.fullmatch(r'[2-9A-Z]{4}-[2-9A-Z]{4}', code), f'a code to read aloud: {code}')
    desk.shoot('kiosk-code')
    desk.shows('/kiosks/3', 'Belum didaftarkan', 'belum pernah', 'Dusun Karang RT 02',
               without=(code,))
    desk.open('/kiosks')
    desk.fill(number='3', name='Lagi')
    desk.press('Tambah dan buat kode')
    desk.says('Nomor itu sudah dipakai')
    house.kotakctl('enroll', house.url, code)
    house.kotakctl('enroll', house.url, code, code=1)


def well(house, desk):
    """Everything works: all of it is seen on one page."""
    house.sim(do='config', signal=-71)
    house.sim(do='ussd_network', code=CODE, answer=f'Sisa Pulsa Rp 57.300. Aktif s.d. 31/12/{YEAR}')
    house.start_kiosk()
    set_clock(house)
    desk.shows('/kiosks/3', 'Baik', 'kuat (-71 dBm)', 'Kartu SIM\nsiap', 'TELKOMSEL',
               f'Rp57.300, berlaku sampai 31 Des {YEAR}', 'Printer struk\nbaik', 'Sisa kartu memori',
               'Dari hari ke hari', without=('perlu diperhatikan', 'tidak bekerja'))
    desk.shoot('kiosk-well')
    desk.shows('/kiosks', 'Baik: 1', 'Balai Triharjo', without=('perlu diperiksa',))
    desk.shows('/complaints', 'Aduan', without=('kotak perlu perhatian',))


def passes(house, sql, arguments):
    """Time passes: what is written is older; and something happens, so that the server looks now
    and not at its next minute."""
    with house.server_database(write=True) as database:
        database.execute(sql, arguments)
    house.ppidctl('user', 'role', 'ani', 'intake')


def break_all(house, desk, printer, card):
    """Money, paper, network and room: each is told in words, with what helps."""
    house.sim(do='ussd_network', code=CODE, answer=f'Sisa Pulsa Rp 900. Aktif s.d. 31/12/{YEAR}')
    house.restart_kiosk()
    set_clock(house)
    desk.shows('/kiosks/3', 'Pulsa sim1 tinggal Rp900', 'Isi pulsa.', 'Perlu perhatian')
    printer.ask('paper', mm=0)
    if card:
        with open(os.path.join(house.path('kiosk'), 'ballast'), 'wb') as ballast:
            ballast.write(b'\0' * (BALLAST_MIB << 20))
    house.sim(do='config', registration='none')
    desk.shows('/kiosks/3', 'Kertas struk habis', 'Pasang gulungan kertas termal',
               'Modem sim1: tanpa jaringan', *(['Kartu memori kotak penuh'] if card else []),
               without=('lebih dari satu jam tanpa jaringan',))
    passes(house, 'UPDATE health_fault SET since_ms = since_ms - ? WHERE fault = ?',
           (HOUR_MS, 'no-network'))
    desk.shows('/kiosks/3', 'lebih dari satu jam tanpa jaringan', 'Tidak bekerja')
    desk.shoot('kiosk-broken')
    desk.shows('/kiosks', 'Tidak bekerja: 1', 'Kertas struk habis')
    desk.shoot('kiosks')


def seen(house, desk):
    """The head is told on the first page, until somebody has seen it."""
    desk.log_in('lurah')
    desk.shows('/complaints', '1 kotak perlu perhatian')
    desk.shoot('kiosks-first-page')
    desk.driver.find_element('link text', '1 kotak perlu perhatian').click()
    desk.until(lambda: '/kiosks' in desk.driver.current_url, 'the kiosks')
    expect(not desk.find('#number'), 'a head adds no kiosk')
    desk.driver.find_element('partial link text', 'Balai Triharjo').click()
    desk.until(lambda: desk.find('form[action$="/seen"]'), 'the kiosk')
    desk.press('Sudah dilihat')
    desk.says('sudah dilihat lurah')
    desk.shows('/complaints', 'Aduan', without=('kotak perlu perhatian',))
    desk.log_in('rina')
    desk.shows('/kiosks/3', 'Kertas struk habis')
    equal(len(desk.driver.find_elements('css selector', 'main form')), 0, 'forms for an auditor')


def mend_all(house, desk, printer, card):
    house.sim(do='ussd_network', code=CODE, answer=f'Sisa Pulsa Rp 60.000. Aktif s.d. 31/12/{YEAR}')
    house.sim(do='config', registration='home')
    printer.ask('paper', mm=5000)
    if card:
        os.unlink(os.path.join(house.path('kiosk'), 'ballast'))
    house.restart_kiosk()
    set_clock(house)
    desk.shows('/kiosks/3', 'Baik', without=('Yang perlu diperhatikan', 'Yang tidak bekerja'))


def silent(house, desk):
    """A kiosk that is switched off is silent after a day, until it is heard of again."""
    house.kiosk.stop()
    passes(house, 'UPDATE kiosk SET contact_ms = contact_ms - ?, enrolled_ms = enrolled_ms - ?',
           (25 * HOUR_MS, 25 * HOUR_MS))
    desk.shows('/kiosks/3', 'Lama tidak ada kabar dari kotak', 'Periksa listrik dan internet')
    house.start_kiosk()
    desk.shows('/kiosks/3', 'Baik', without=('Lama tidak ada kabar',))


def managed(house, desk):
    """Renamed, revoked by mistake, restored."""
    desk.driver.delete_all_cookies()
    desk.log_in('admin')
    desk.fill(code=desk.recovery)
    desk.press('Masuk')
    desk.until(lambda: desk.find('.tabs'), 'the administrator is logged in')
    desk.shows('/kiosks/3', 'Nama dan tempat')
    desk.fill(name='Pendopo <b>Triharjo</b>', region='')
    desk.press('Simpan')
    desk.says('Tersimpan')
    desk.says('Pendopo <b>Triharjo</b>')
    desk.driver.find_element('partial link text', 'Cabut kotak ini').click()
    desk.says('tidak akan diterima server')
    desk.shoot('kiosk-revoke')
    desk.press('Ya, cabut kotak ini')
    desk.says('Dicabut')
    house.deliver('Lampu jalan mati sejak minggu lalu', SENDER)
    house.reply(SENDER)
    wait_for(lambda: 'refused' in item(house, 'server')['text'], 30, 'the kiosk is refused')
    equal(house.server_complaints(), [], 'what it took in stays with it')
    desk.press('Pulihkan')
    desk.until(lambda: 'Dicabut' not in desk.text(), 'it is restored')
    house.restart_kiosk()
    wait_for(lambda: len(house.server_complaints()) == 1, 30, 'and is let in again, losing nothing')


def told(house, card):
    """What stands in the logs: each alarm's begin and end; little, and nothing personal."""
    wait_for(house.synced, 20, 'all events are at the server')
    with house.server_database() as database:
        rows = database.execute("SELECT data FROM event WHERE source = 0 AND type = 'kiosk.alarm' "
                                'ORDER BY epoch, seq')
        alarms = [json.loads(row[0]) for row in rows]
        health = [json.loads(row[0]) for row in database.execute(
            "SELECT data FROM event WHERE source = 3 AND type = 'kiosk.health'")]
        types = {row[0] for row in database.execute('SELECT type FROM event WHERE source = 0')}
    for kind in ['balance', 'paper', 'no-network', 'silent'] + (['disk'] if card else []):
        of_kind = [alarm['on'] for alarm in alarms if alarm['kind'] == kind]
        equal(of_kind, [True, False], f'{kind} begins and ends once')
    expect({'kiosk.added', 'kiosk.described', 'kiosk.enrolled', 'kiosk.alarm.seen', 'kiosk.revoked',
            'kiosk.restored'} <= types, f'all that was done is written down: {types}')
    sizes = [len(json.dumps(data, separators=(',', ':'))) for data in health]
    measured(f'{len(sizes)} events kiosk.health of {max(sizes)} bytes at most')
    expect(max(sizes) <= 1024, f'small ones: {sizes}')
    expect('+62' not in json.dumps(health) and 'imei' not in json.dumps(health), 'no number')
    house.ppidctl('verify')
    house.kotakctl('verify')


def at_a_glance(house):
    """kiosks at a glance: enrolled at the desk, broken, seen, mended, silent, revoked, restored"""
    for name, role in (('admin', 'administrator'), ('lurah', 'head'), ('rina', 'auditor'),
                       ('ani', 'intake')):
        house.ppidctl('user', 'add', name, role, stdin=f'{PASSWORD}\n')
    card = mount(house.path('kiosk'))
    try:
        with PrinterSim(house) as printer, tempfile.TemporaryDirectory(
                prefix='chromium-', ignore_cleanup_errors=True) as folder:
            house.start_modem()
            house.start_server()
            desk = Desk(house, folder)
            try:
                enrol(house, desk)
                well(house, desk)
                break_all(house, desk, printer, card)
                seen(house, desk)
                mend_all(house, desk, printer, card)
                silent(house, desk)
                managed(house, desk)
                said = [e['message'] for e in desk.driver.get_log('browser')
                        if e['level'] == 'SEVERE' and '400 (' not in e['message']]
                equal(said, [], 'what the browser complains of')
            finally:
                desk.driver.quit()
            told(house, card)
            house.kiosk.stop()
    finally:
        if card:
            house.kiosk.kill()
            subprocess.run(['umount', '-l', house.path('kiosk')], check=False)


def main():
    why = missing()
    if why:
        print(f'1..1\nok 1 - kiosks at a glance # SKIP {why}')
        return
    in_debians_python()
    run((at_a_glance, CONF))


main()
