#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# postgresql
"""Three kinds of case in headless Chromium, against a kiosk with a simulated modem: a request for
information with its own clock, an objection by SMS up to PPID's superior's answer and the register,
one that comes too late, and a holiday that is declared meanwhile. Leaves screenshots in
$KOTAK_BUILD/screenshots/."""
import csv
import datetime
import io
import json
import os
import re
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ppidd_kiosk  # noqa: E402
from chromium import Office, in_debians_python, missing  # noqa: E402
from harness import PATIENCE, PIN, TICKET, equal, expect, run, ticket_in, wait_for  # noqa: E402

ASKER, NEIGHBOUR = '+6281234560001', '+6281234560002'
WIB = datetime.timezone(datetime.timedelta(hours=7))
MONTHS = 'Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des'.split()
HOLIDAYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../board/holidays')
DAY_OFF = set()  # what the desk adds


def holidays(year):
    path = os.path.join(HOLIDAYS, f'{year}.conf')
    if not os.path.exists(path):
        return set()
    with open(path, encoding='utf-8') as file:
        return set(re.findall(r'^(\d{4}-\d\d-\d\d) =', file.read(), re.M))


def last_day(day, count):
    """The day that many working days after this one, computed here once more."""
    while count:
        day += datetime.timedelta(days=1)
        if day.weekday() < 5 and day not in DAY_OFF and day.isoformat() not in holidays(day.year):
            count -= 1
    return day


def written(day):
    return f'{day.day} {MONTHS[day.month - 1]} {day.year}'


def by_sms(day):
    return day.strftime('%d-%m-%Y')


def today():
    return datetime.datetime.now(WIB).date()


class At:
    """The house's server for a kiosk that is only events, and for a browser without a window."""
    context = None
    request = ppidd_kiosk.Server.request

    def __init__(self, house):
        self.url = house.url
        self.ctl = house.ppidctl


def public_page(house, ticket, pin):
    fields = urllib.parse.urlencode({'ticket': ticket, 'pin': pin}).encode()
    with urllib.request.urlopen(f'{house.url}/publik/tiket', fields,
                                timeout=20 * PATIENCE) as answer:
        return answer.read().decode()


def information(house, office, day):
    """A request for information: 10 days, 17 with a reason; each step is an SMS with its day."""
    house.deliver('Mohon salinan anggaran jalan dusun tahun ini', ASKER)
    told = house.reply(ASKER)
    ticket, pin = ticket_in(told), PIN.search(TICKET.sub('', told)).group(1)
    wait_for(lambda: len(house.server_complaints()) == 1, 20, 'it is at the server')
    office.log_in('ani')
    office.show(ticket)
    office.says(f'sampai {written(last_day(day, 7))}')
    office.shoot('case-kind')
    office.press('kind', 'Jenis perkara tercatat', case='Permohonan informasi (10 hari kerja)')
    office.says(f'sampai {written(last_day(day, 10))}')
    office.press('verify', 'Status tercatat')
    house.reply(ASKER, after=1, containing=f'Dijawab paling lambat {by_sms(last_day(day, 10))}')
    office.log_in('siti')
    office.show(ticket)
    office.press('assign', 'Petugas tercatat', officer='siti')
    office.says('Dari 10 menjadi 17 hari kerja')
    office.press('extend', 'Waktu diperpanjang', extend='Mencari arsip')
    house.reply(ASKER, after=2, containing=f'diperpanjang sampai {by_sms(last_day(day, 17))}. '
                                           'Alasan: Mencari arsip')
    office.press('answer', 'Jawaban tercatat', answer='Salinannya dapat diambil.')
    house.reply(ASKER, after=3, containing=f'Bila keberatan, sampai {by_sms(last_day(day, 30))}')
    expect(f'Keberatan dapat diajukan sampai</dt><dd>{written(last_day(day, 30))}'
           in public_page(house, ticket, pin), 'the public page of the ticket says until when')
    return ticket


def objection(house, office, first, day):
    """KEBERATAN by SMS: linked to its ticket, the superior's alone, 30 days, no second objection."""
    house.deliver('KEBERATAN salinannya anggaran tahun lalu', ASKER)
    told = house.reply(ASKER, after=4, containing=f'Keberatan atas tiket {first} diterima')
    ticket = [found for found in TICKET.findall(told) if found != first][0]
    wait_for(lambda: len(house.server_complaints()) == 2, 20, 'it is at the server')
    office.log_in('ani')
    office.show(ticket)
    office.says('Keberatan dijawab atasan PPID')
    office.says(f'sampai {written(last_day(day, 30))}')
    equal(office.find('dd a').text, first, 'what it objects to')
    office.shoot('case-objection')
    office.press('kind', 'Jenis perkara tercatat',
                 ground='d. Ditanggapi tidak sebagaimana yang diminta')
    office.says('d. Ditanggapi tidak sebagaimana yang diminta')
    office.press('verify', 'Status tercatat')
    office.log_in('siti')
    office.show(ticket)
    expect(not office.find('#answer') and not office.find('#officer'), 'it is not hers to answer')
    office.open('/objections')
    office.says('Bagian ini tidak dibuka')
    office.log_in('lurah')
    office.show(ticket)
    names = [o.text for o in office.driver.find_elements('css selector', '#officer option')]
    equal(names, ['Pilih petugas', 'lurah'], 'who may be responsible for it')
    office.press('assign', 'Petugas tercatat', officer='lurah')
    office.press('answer', 'Jawaban tercatat', answer='Keberatan diterima, salinan diganti.')
    told = house.reply(ASKER, after=6, containing='salinan diganti')
    expect('Bila keberatan' not in told, f'nothing can be objected to it here: {told!r}')
    return ticket


def refused(house, ticket):
    """An officer who sends the form all the same."""
    browser = ppidd_kiosk.Browser(At(house))
    browser.login('siti', Office.PASSWORD)
    uuid = next(c['uuid'] for c in house.server_complaints() if c['ticket'] == ticket)
    page = browser.open(f'/complaints/{uuid}')[1]
    form = browser.form(page, f'/complaints/{uuid}/note')
    status, page, _ = browser.open(f'/complaints/{uuid}/answer', {'form': form['form'],
                                                                 'text': 'Jawaban siti'})
    equal(status, 409, 'an officer answers an objection')
    expect('Keberatan hanya ditugaskan dan dijawab oleh atasan PPID' in page, 'and is told why')


def too_late(house, office):
    """What wasn't answered months ago: the head takes an objection all the same, with a reason."""
    kiosk = ppidd_kiosk.Kiosk(At(house), 4, 'Dusun Seberang')
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=150)
    kiosk.event('complaint.received', {'uuid': '99999999-9999-4999-8999-999999999999',
                                       'channel': 'sms', 'language': 'id'},
                {'from': '+628999', 'text': 'Mohon daftar aset desa', 'pin': '1234'},
                ppidd_kiosk.ticket(4, 1), 'complainant',
                time=then.strftime('%Y-%m-%dT%H:%M:%S.000Z'))
    equal(kiosk.send()[0], 200, 'an old one comes')
    house.deliver('Saya keberatan daftar aset tidak pernah dijawab', NEIGHBOUR)
    ticket = ticket_in(house.reply(NEIGHBOUR))
    wait_for(lambda: any(c['ticket'] == ticket for c in house.server_complaints()), 20,
             'the objection is at the server')
    fields = {'case': 'Keberatan (30 hari kerja)', 'objects-to': ppidd_kiosk.ticket(4, 1),
              'ground': 'c. Permohonan informasi tidak ditanggapi'}
    office.log_in('ani')
    office.show(ticket)
    office.press('kind', 'Keberatan ini datang melewati batas waktunya', **fields)
    equal(office.find('#objects-to').get_attribute('value'), ppidd_kiosk.ticket(4, 1),
          'what was typed stays')
    office.shoot('case-too-late')
    office.log_in('lurah')
    office.show(ticket)
    office.press('kind', 'Jenis perkara tercatat', late='Warga sakit lama', **fields)
    office.says('meskipun terlambat')
    refused(house, ticket)
    return ticket


def register(house, office, first, ticket, late):
    """The register of objections, on the page and as CSV."""
    office.open('/office')
    office.see('main a[href="/objections"]').click()
    office.says('Register keberatan')
    for words in (first, ticket, 'd. Ditanggapi tidak sebagaimana yang diminta',
                  'Keberatan diterima, salinan diganti.', late, 'c. Permohonan informasi'):
        office.says(words)
    office.shoot('case-register')
    browser = ppidd_kiosk.Browser(At(house))
    browser.login('lurah', Office.PASSWORD)
    rows = list(csv.DictReader(io.StringIO(browser.open('/objections.csv')[1])))
    equal([(row['ticket'], row['objects_to'], row['ground'], row['decision']) for row in rows],
          [(ticket, first, 'd', 'Keberatan diterima, salinan diganti.'),
           (late, ppidd_kiosk.ticket(4, 1), 'c', 'Diterima')], 'the register as CSV')
    report = json.loads(browser.open('/reports.json')[1])
    equal((report['total']['received'], report['information']['answered'],
           report['objection']['received'], report['objection']['answered']), (0, 1, 2, 1),
          "this month's report: complaints, and the other kinds apart")


def due_of(house, ticket):
    found = next(c['due'] for c in house.server_complaints() if c['ticket'] == ticket)
    moment = datetime.datetime.fromisoformat(found.replace('Z', '+00:00'))
    return (moment - datetime.timedelta(seconds=1)).astimezone(WIB).date()


def holiday(house, office, ticket):
    """Joint leave is declared: every process counts with it, and the page shows who did it."""
    came = due_of(house, ticket)
    off = last_day(today(), 2)
    browser = ppidd_kiosk.Browser(At(house))
    browser.login('dewi', Office.PASSWORD)
    office.open('/login')
    office.driver.delete_all_cookies()
    for cookie in browser.jar:
        if cookie.name == 'ppidd_session':
            office.driver.add_cookie({'name': cookie.name, 'value': cookie.value})
    office.open('/office')
    office.see('main a[href="/holidays"]').click()
    office.says('Tambah hari libur')
    office.shoot('holidays')
    office.driver.execute_script('arguments[0].value = arguments[1]', office.find('#day'),
                                 off.isoformat())
    office.fill('#name', 'Cuti bersama uji')
    office.fill('#reason', 'Keputusan bersama tiga menteri')
    office.find('form[action="/holidays"] button').click()
    office.says('Batas waktu ')
    office.says('Alasan: Keputusan bersama tiga menteri')
    DAY_OFF.add(off)
    moved = due_of(house, ticket)
    equal(moved, last_day(came, 1), 'its last day moved on')
    # Another process, which began with the files alone.
    house.ppidctl('question', ticket, 'Aset yang mana?')
    house.ppidctl('state', ticket, 'received')
    equal(due_of(house, ticket), moved, 'ppidctl counts with it')
    option = f'#off option[value="{off.isoformat()}"]'
    office.see(option).click()
    office.fill('#why', 'Dibatalkan')
    office.driver.find_elements('css selector', 'form[action="/holidays"] button')[1].click()
    office.says('bukan hari libur')
    DAY_OFF.discard(off)
    equal(due_of(house, ticket), came, 'and it is as before')
    office.shoot('holidays-changed')
    office.log_in('siti')
    office.open('/holidays')
    office.says('Diubah di kantor ini')
    equal(len(office.driver.find_elements('css selector', 'main form')), 0, 'forms for others')


def cases(house):
    """three kinds of case, from the SMS to the register, and a holiday between"""
    house.start()
    for name, role in (('ani', 'intake'), ('siti', 'officer'), ('lurah', 'head'),
                       ('dewi', 'administrator')):
        house.ppidctl('user', 'add', name, role, stdin=f'{Office.PASSWORD}\n')
    with tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as folder:
        office = Office(house, folder)
        try:
            day = today()
            first = information(house, office, day)
            ticket = objection(house, office, first, day)
            late = too_late(house, office)
            register(house, office, first, ticket, late)
            holiday(house, office, late)
            equal(office.complaints_of_browser(('403', '409')), [], 'what the browser complains of')
        finally:
            office.driver.quit()
    house.ppidctl('verify')
    house.kotakctl('verify')


def main():
    why = missing()
    if why:
        print(f'1..1\nok 1 - three kinds of case # SKIP {why}')
        return
    in_debians_python()
    run(cases)


main()
