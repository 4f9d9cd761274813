# SPDX-License-Identifier: GPL-2.0-or-later
"""The SOP's table walked row by row: an officer clicks in headless Chromium, residents text and stand
at the kiosk's panel, a real kotakd and ppidd between them. rows.tsv is the table; a row that can't
be done is a failed test, and so is one that nothing does.

Pictures of each row, on a desktop and on a phone, and index.html that shows them go to
$KOTAK_BUILD/screenshots/desk (desk-postgresql with that store)."""
import csv
import datetime
import html
import os
import re
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'scenarios'))
import postgresql  # noqa: E402
import ppidd_kiosk  # noqa: E402
from chromium import Office  # noqa: E402
from harness import House, equal, say, ticket_in, wait_for  # noqa: E402
from lobby import Lobby, lobby_conf  # noqa: E402

OFFICE = 'Kalurahan Triharjo'
OFFICERS = (('ani', 'intake'), ('siti', 'officer'), ('lurah', 'head'), ('rina', 'auditor'), ('kepala', 'administrator'))
WIB = datetime.timezone(datetime.timedelta(hours=7))
MONTHS = 'Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des'.split()
HOLIDAYS = os.path.join(HERE, '../../board/holidays')
STYLE = '''body{font:16px/1.45 sans-serif;max-width:75rem;margin:1rem auto;padding:0 1rem;color:#1d2733}
h2{margin:2rem 0 .2rem;border-top:2px solid #c9d1d9;padding-top:1rem}.good{color:#17623a}.bad{color:#9b1c1c}
img{border:1px solid #c9d1d9;vertical-align:top;margin:.3rem;max-width:100%}img.wide{width:44rem}
img.narrow{width:14rem}q{display:block;background:#eef6f7;border-radius:.6rem;padding:.4rem .8rem;margin:.3rem 0;
max-width:34rem;quotes:none}pre.lcd{display:inline-block;background:#12351f;color:#b6f5c5;padding:.5rem .8rem;
margin:.3rem}pre{white-space:pre-wrap}'''


def rows():
    with open(os.path.join(HERE, 'rows.tsv'), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


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
        if day.weekday() < 5 and day.isoformat() not in holidays(day.year):
            count -= 1
    return day


def working_days(first, last):
    """How many lie after the first, up to and with the last."""
    count = 0
    while last_day(first, count + 1) <= last:
        count += 1
    return count


def written(day):
    return f'{day.day} {MONTHS[day.month - 1]} {day.year}'


def today():
    return datetime.datetime.now(WIB).date()


def zone_of_day():
    """A time zone where it is early afternoon just now: the kiosk tells some things by day only."""
    offset = 13 - datetime.datetime.now(datetime.timezone.utc).hour
    return f'Etc/GMT{-offset:+d}' if offset else 'Etc/GMT'


class At:
    """The house's server for a kiosk that is only events."""
    context = None
    request = ppidd_kiosk.Server.request

    def __init__(self, house):
        self.url = house.url
        self.ctl = house.ppidctl


class Neighbour(ppidd_kiosk.Kiosk):
    """Another village's kiosk, as events: what came by it on earlier days."""

    def complain(self, text, day, category=None):
        """At noon of that day; its ticket."""
        self.serial += 1
        told = {'uuid': str(ppidd_kiosk.uuid.uuid4()), 'channel': 'sms', 'language': 'id'}
        if category:
            told['category'] = category
        ticket = ppidd_kiosk.ticket(self.id, self.serial)
        self.event('complaint.received', told,
                   {'from': f'+6289{self.id:03d}{self.serial:05d}', 'text': text, 'pin': '1234'},
                   ticket, 'complainant', time=f'{day}T05:00:00.000Z')
        return ticket


class Walk:
    """One walk: the house, its lobby, the office's browser, and what was seen in the present row."""

    def __init__(self, house, lobby, desk):
        self.house, self.lobby, self.desk = house, lobby, desk
        self.tickets = {}  # by the name that the rows give them
        self.pins = {}
        self.heard = {}  # how many messages each number had got before
        self.row = None

    def begin(self, row):
        self.row = {**row, 'pictures': [], 'phone': [], 'lcd': []}
        self.shots = 0
        return self.row

    # Residents

    def texts(self, name, text, number):
        """A resident complains by SMS; the ticket is known by that name from then on."""
        answer = self.write(number, text)
        self.tickets[name] = ticket_in(answer)
        self.pins[name] = re.search(r'PIN:? (\d{4})', answer).group(1)

    def write(self, number, text):
        """A resident writes, and gets just one answer; its text."""
        before = self.heard.setdefault(number, 0)
        self.house.deliver(text, number)
        self.row['phone'].append(('warga', text))
        return self.hear(number, after=before)

    def hear(self, number, containing='', after=None):
        """The next SMS for this number with these words."""
        after = self.heard.setdefault(number, 0) if after is None else after
        text = self.house.reply(number, after=after, seconds=20, containing=containing)
        self.heard[number] = self.house.replies(number).index(text, after) + 1
        self.row['phone'].append(('kotak', text))
        return text

    def lcd(self):
        """What the panel's display shows now, for the row's page."""
        screen = self.lobby.whole()
        self.row['lcd'].append(screen.rows)
        return screen

    def at_server(self, name):
        """The complaint as the server lists it, None while it isn't there."""
        return next((c for c in self.house.server_complaints()
                     if c['ticket'] == self.tickets[name]), None)

    def arrived(self, *names):
        for name in names:
            wait_for(lambda name=name: self.at_server(name), 20, f'{name} is at the server')

    # The office

    def show(self, name):
        self.desk.show(self.tickets[name])

    def shoot(self, widths=None):
        self.shots += 1
        name = f'{self.row["row"]}-{self.shots}'
        self.row['pictures'] += self.desk.shoot(name, *([widths] if widths else []))


def do_row(walk, row, number, deed):
    """One row as one test; whether it could be done."""
    seen = walk.begin(row)
    name = f'{row["row"]} {row["step"]}'
    began = time.monotonic()
    trouble = None
    try:
        if not deed:
            raise AssertionError('nothing does this row')
        deed(walk)
    except Exception as error:
        trouble = f'{type(error).__name__}: {error}'
        places = [f'{os.path.basename(frame.filename)}:{frame.lineno}'
                  for frame in traceback.extract_tb(error.__traceback__)]
        say(f'{trouble.splitlines()[0]} (at {" > ".join(places)})')
        failure_picture(walk, row)
    seen['trouble'] = trouble
    print(f'{"not ok" if trouble else "ok"} {number} - {name} ({time.monotonic() - began:.1f} s)',
          flush=True)
    return seen


def failure_picture(walk, row):
    try:
        walk.desk.save(f'{row["row"]}-failed')
        walk.row['pictures'].append(f'{row["row"]}-failed-{walk.desk.width}.png')
    except Exception as error:  # the browser itself may be what failed
        say(f'no picture of it: {error}'.splitlines()[0])


def row_page(seen):
    words = {name: html.escape(seen[name]) for name in ('row', 'step', 'what')}
    good = not seen['trouble']
    lines = [f'<h2 id="{words["row"]}">{words["row"]} {words["step"]}: <span class="'
             f'{"good" if good else "bad"}">{"bisa" if good else "GAGAL"}</span></h2>',
             f'<p>{words["what"]}</p>']
    if not good:
        lines.append(f'<pre class="bad">{html.escape(seen["trouble"])}</pre>')
    lines += [f'<q><b>{who}:</b> {html.escape(text)}</q>' for who, text in seen['phone']]
    lines += [f'<pre class="lcd">{html.escape(chr(10).join(shown))}</pre>' for shown in seen['lcd']]
    for picture in seen['pictures']:
        kind = 'narrow' if picture.endswith('-360.png') else 'wide'
        lines.append(f'<a href="{picture}"><img class="{kind}" src="{picture}" alt="{picture}"></a>')
    return '\n'.join(lines)


def write_index(folder, done):
    good = sum(not seen['trouble'] for seen in done)
    store = 'PostgreSQL' if postgresql.wanted() else 'SQLite'
    links = ' '.join(f'<a class="{"bad" if seen["trouble"] else "good"}" href="#{seen["row"]}">'
                     f'{seen["row"]}</a>' for seen in done)
    with open(os.path.join(folder, 'index.html'), 'w', encoding='utf-8') as file:
        file.write(f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The SOP, row by row'
                   f'</title><style>{STYLE}</style><h1>The SOP, row by row</h1>'
                   f'<p>{good} of {len(done)} rows done, on {store}. {links}</p>'
                   + '\n'.join(row_page(seen) for seen in done) + '</html>\n')


def fresh_folder(desk):
    desk.shots = os.path.join(desk.shots, 'desk-postgresql' if postgresql.wanted() else 'desk')
    os.makedirs(desk.shots, exist_ok=True)
    for name in os.listdir(desk.shots):
        if name.endswith(('.png', '.html', '.pdf')):
            os.unlink(os.path.join(desk.shots, name))
    return desk.shots


def in_house(house, deeds):
    """Walks; how many tests failed."""
    wanted = rows()
    unknown = set(deeds) - {row['row'] for row in wanted}
    equal(unknown, set(), 'what is done for a row that the table does not have')
    with Lobby(house) as lobby, \
            tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as folder:
        house.start()
        for name, role in OFFICERS:
            house.ppidctl('user', 'add', name, role, stdin=f'{Office.PASSWORD}\n')
        desk = Office(house, folder)
        try:
            place = fresh_folder(desk)
            walk = Walk(house, lobby, desk)
            done = [do_row(walk, row, number, deeds.get(row['row']))
                    for number, row in enumerate(wanted, 1)]
            write_index(place, done)
            agree(house)
            # A page that isn't there for its reader is asked for on purpose.
            said = desk.complaints_of_browser(('404', '403'))
            equal(said, [], 'what the browser complains of')
        finally:
            desk.driver.quit()
    return sum(bool(seen['trouble']) for seen in done)


def agree(house):
    """In the end kiosk and desk say the same, and both logs are whole."""
    wait_for(house.synced, 20, 'all events are at the server')
    kiosk = {c['ticket']: c['state'] for c in house.complaints()}

    def same():
        states = {c['ticket']: c['state'] for c in house.server_complaints()}
        return {ticket: states[ticket] for ticket in kiosk} == kiosk
    wait_for(same, 20, f'kiosk and desk agree on every state: {kiosk}')
    house.ppidctl('verify')
    house.kotakctl('verify')


def the_end(house, failed):
    """Nothing is left behind or was said that must not be; how many tests failed now."""
    try:
        house.close()
        if house.server_postgresql:
            house.server_postgresql.drop()
        trouble = None
    except Exception as error:
        trouble = error
        say(f'{type(error).__name__}: {error}')
    print(f'{"not ok" if trouble else "ok"} {len(rows()) + 1} - the programs end well, and nothing '
          'personal is in their logs', flush=True)
    return failed + bool(trouble)


def walk(deeds):
    """Prints TAP, a test a row and one for the end; exits. deeds: functions of a Walk by row."""
    print(f'1..{len(rows()) + 1}', flush=True)
    # The resident's hour is by day, wherever on earth this runs.
    house = House(kiosk_conf=f'[kiosk]\ntimezone = {zone_of_day()}\n' + lobby_conf()
                  + '[sync]\nhealth_after = 1\n',
                  server_conf=f'[server]\noffice = {OFFICE}\n')
    failed = len(rows())
    try:
        failed = in_house(house, deeds)
    except Exception as error:
        say(f'{type(error).__name__}: {error}')
        say(traceback.format_exc())
        failed += 1
    failed = the_end(house, failed)
    if failed:
        for program in house.programs:
            lines = program.log().splitlines()
            say(f'--- {program.name} ({len(lines)} lines)\n' + '\n'.join(lines[-30:]))
    sys.exit(1 if failed else 0)
