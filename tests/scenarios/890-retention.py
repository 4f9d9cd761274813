#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# postgresql
"""Personal data erased on request and by rule, at the server and at the kiosk with a simulated modem:
not a byte of it is left in the raw files of both, the chains verify, and restored backups are told."""
import datetime
import glob
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import postgresql  # noqa: E402
import ppidd_kiosk  # noqa: E402
from chromium import Window, chromium, in_debians_python, missing, steady  # noqa: E402
from harness import copy_store, equal, expect, run, ticket_in, wait_for  # noqa: E402

PASSWORD = 'rahasia-sekali'
MARK = 'Tukiyemxq'
NUMBER = '+6281355577999'
OTHER = '+6281300000001'
DAY_MS = 24 * 3600 * 1000


def traces(words, *folders):
    """The raw files of databases that hold these words."""
    needle = words.encode()
    found = []
    for folder in folders:
        for path in glob.glob(os.path.join(folder, '*')):
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    if needle in file.read():
                        found.append(os.path.basename(path))
    return found


def pages_of_postgresql(house, words):
    """The same of PostgreSQL's data files, once a person had the tables written anew; its WAL keeps
    what it keeps until it is recycled."""
    place = house.server_postgresql
    folder = postgresql.folder()
    tables = postgresql.psql(folder, place.name, "SELECT string_agg(tablename, ', ') FROM pg_tables "
                             "WHERE tablename LIKE '%\\_personal'").strip()
    postgresql.psql(folder, place.name, f'VACUUM FULL {tables}')
    postgresql.psql(folder, place.name, 'CHECKPOINT')
    return [path for path in glob.glob(os.path.join(folder, 'data/base/*/*'))
            if words.encode() in open(path, 'rb').read()]


def columns(connection):
    """Every value of the server's tables as one text."""
    rows = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema "
                              "= 'public'") if postgresql.wanted() else connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'")
    return '\n'.join(str(connection.execute(f'SELECT * FROM "{name}"').fetchall())
                     for name in [row[0] for row in rows])


class Desk(Window):
    """The administrator's browser."""

    def until(self, condition, what):
        return wait_for(steady(condition), 20, what)

    def says(self, words):
        self.until(lambda: words in self.text(), f'the page says {words!r}')

    def shoot(self, name):
        for width in (1280, 360):
            self.size(width, 900)
            wide = self.cut_off()
            expect(wide <= 0, f'{name} at {width} px: nothing is cut off ({wide})')
            equal(self.unlabelled(), [], f'{name}: fields without a label')
            self.size(width, self.driver.execute_script(
                'return document.documentElement.scrollHeight'))
            self.save(name)
        self.size(1280, 900)

    def fill(self, **fields):
        for name, words in fields.items():
            field = self.until(lambda name=name: self.find(f'#{name}'), f'the field {name}')
            field.clear()
            field.send_keys(words)

    def log_in(self, name):
        """An administrator sets up a second factor first."""
        self.driver.delete_all_cookies()
        self.open('/login')
        self.fill(name=name, password=PASSWORD)
        self.find('#password').submit()
        secret = self.until(lambda: self.find('.secret'), 'the second factor').text

        def confirmed():  # a code may be over before it arrives
            if self.find('code.recovery'):
                return True
            if self.find('[name=code]'):
                self.fill(code=ppidd_kiosk.totp(secret), password=PASSWORD)
                self.find('[name=code]').submit()
            return None
        self.until(confirmed, 'the second factor is set up')
        self.open('/retention')
        self.until(lambda: self.find('#ticket'), 'the page of erasures')

    def press(self, selector):
        self.until(lambda: self.find(selector), f'{selector} is there')
        self.find(selector).click()


def residents_write(house):
    """Two tickets of one resident full of the mark, one of another; each answered."""
    def write(text, sender, after):
        house.deliver(text, sender)
        return ticket_in(house.reply(sender, after=after, containing='Tiket'))
    first = write(f'Lampu jalan mati di depan rumah {MARK}', NUMBER, 0)
    other = write('Selokan di Karang mampet sejak lama', OTHER, 0)
    house.deliver(f'TAMBAH {first} di RT 05 dekat {MARK}', NUMBER)
    house.reply(NUMBER, after=1)
    wait_for(house.synced, 20, 'all is at the server')
    for ticket, sender in ((first, NUMBER), (other, OTHER)):
        house.ppidctl('answer', ticket, 'Sudah diperbaiki' + (f' di dekat {MARK}' if sender == NUMBER else ''))
        house.reply(sender, containing='Sudah diperbaiki')
    wait_for(lambda: all(c['state'] == 'resolved' for c in house.complaints()), 20, 'answered')
    wait_for(lambda: all(m['state'] == 'delivered' for m in house.kiosk_json('outbox')), 20,
             'all is delivered')
    wait_for(house.synced, 20, 'and the server knows it')
    return first, other


def on_request(house, desk, ticket):
    """One ticket, looked at once more; the kiosk does the same."""
    desk.shoot('retention')
    desk.find('#ticket').send_keys(ticket)
    desk.driver.find_element('css selector', '#reason option[value=complainant]').click()
    desk.press('form[action="/retention/ticket"] button')
    desk.says('Hapus data pribadi ini?')
    desk.shoot('retention-confirm')
    desk.press('button[value=erase]')
    desk.says('Data pribadi tiket itu dihapus.')
    desk.says('Permintaan pengadu sendiri')
    wait_for(lambda: 'complaint.erased' in house.kotakctl('events'), 20, 'the kiosk erases')
    wait_for(house.synced, 20, 'and says so')
    desk.open('/retention')
    desk.says('Yang sudah dihapus')
    expect('menunggu diambil' not in desk.text(), 'nothing waits for the kiosk')
    desk.shoot('retention-done')
    desk.open(f'/complaints/{ticket}')
    desk.says('Data pribadi dihapus')
    expect(not desk.driver.find_elements('css selector', '.forms form'), 'nothing to be decided')
    desk.shoot('retention-ticket')


def nothing_left(house, words):
    """In no table, and in no byte of the files, at the server and at the kiosk."""
    with house.server_database() as connection:
        expect(words not in columns(connection), f'{words} is in no table of the server')
    wait_for(lambda: not traces(words, house.path('kiosk')), 30, f'{words} in the kiosk\'s files')
    if house.server_postgresql:
        equal(pages_of_postgresql(house, words), [], f'{words} in PostgreSQL\'s files')
    else:
        wait_for(lambda: not traces(words, house.path('server')), 30, f'{words} in the server\'s')
    house.ppidctl('verify')
    house.kotakctl('verify')


def nobody_knows(house, ticket):
    """Who asks by number or PIN gets nothing."""
    count = len(house.replies(NUMBER))
    house.deliver(f'CEK {ticket}', NUMBER)
    reply = house.reply(NUMBER, after=count)
    expect(MARK not in reply and 'Sudah' not in reply, f'nothing is told: {reply!r}')
    mine = next(c for c in house.complaints() if c['ticket'] == ticket)
    equal((mine['text'], mine['from'], mine['name']), (None, None, None), 'the kiosk\'s listing')
    theirs = next(c for c in house.server_complaints() if c['ticket'] == ticket)
    equal((theirs['text'], theirs['from'], theirs['name']), (None, None, None), 'the server\'s')


def by_rule(house, desk, ticket):
    """What ended long ago is shown as due, and erased by a press or by the daily run."""
    old = int((datetime.datetime.now().timestamp() - 800 * 24 * 3600) * 1000)
    house.server.stop()
    with house.server_database(write=True) as connection:
        connection.execute(f"UPDATE complaint SET updated_ms = {old} WHERE ticket = '{ticket}'")
    house.start_server()
    desk.open('/retention')
    desk.says('Yang sudah waktunya: 1 aduan')
    desk.press('form[action="/retention/due"] button')
    desk.says('1 aduan yang sudah waktunya')
    house.server.stop()
    # The daily run comes a day after the last one: that was long ago.
    with house.server_database(write=True) as connection:
        connection.execute(f"UPDATE setting SET value = '{old}' WHERE name = 'retention_ran_ms'")
    house.start_server()
    wait_for(lambda: next(c for c in house.server_complaints()
                          if c['ticket'] == ticket)['text'] is None, 30, 'the daily run erases it')
    desk.open('/retention')
    desk.says('Menurut aturan')
    desk.says('Yang sudah waktunya: 0 aduan')


def erased(house):
    """erased on request and by rule: no trace in either database, chains whole, backups told"""
    house.start()
    house.personal -= {NUMBER.lstrip('+')}  # the log is asked below, with the mark
    house.ppidctl('user', 'add', 'pengelola', 'administrator', stdin=f'{PASSWORD}\n')
    first, other = residents_write(house)
    expect(traces(MARK, house.path('kiosk')), 'the mark is in the kiosk\'s files')
    old_card, old_server = house.path('old-card.db'), house.path('old-server.db')
    copy_store(house.kiosk_store, old_card)
    house.back_up_server(old_server)
    with tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        desk = Desk(driver, house.url)
        desk.size(1280, 900)
        try:
            desk.log_in('pengelola')
            on_request(house, desk, first)
            nothing_left(house, MARK)
            nothing_left(house, NUMBER.lstrip('+'))
            nobody_knows(house, first)
            by_rule(house, desk, other)
            restored(house, desk, old_card, old_server, first)
        finally:
            driver.quit()


def restored(house, desk, old_card, old_server, ticket):
    """A card of before the erasure is told by the server; a server of before it by the kiosk."""
    house.kiosk.stop()
    house.kotakctl('restore', old_card)
    for path in glob.glob(house.kiosk_store + '.replaced-*'):
        os.unlink(path)
    expect(traces(MARK, house.path('kiosk')), 'the old card has the mark')
    house.start_kiosk()
    wait_for(lambda: not traces(MARK, house.path('kiosk')), 40, 'the server tells the old card')
    house.kotakctl('verify')

    house.server.stop()
    house.put_back_server(old_server)
    house.start_server()
    wait_for(house.synced, 40, 'the kiosk tells the old server')
    desk.log_in('pengelola')
    desk.says('Perlu dihapus lagi')
    desk.says(ticket)
    desk.shoot('retention-again')
    desk.press('form[action="/retention/again"] button')
    desk.says('Diulang setelah cadangan dikembalikan')
    with house.server_database() as connection:
        expect(MARK not in columns(connection), 'and it is gone again')
    house.ppidctl('verify')


def main():
    why = missing()
    if why:
        print(f'1..1\nok 1 - erased on request and by rule # SKIP {why}')
        return
    in_debians_python()
    run(erased)


main()
