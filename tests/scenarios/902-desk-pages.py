#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 400
"""Every page for everybody: each route of `ppidctl roles` that answers with a page, as each role that
sees another one, at 320 px and on a desktop, with letters twice as large, by keyboard alone; by
axe-core's rules for WCAG 2.2 AA and by our own (tests/desk/look.py). A page that nobody looks at
is a failed test. axe-core is fetched from the npm registry; without it that part is skipped."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'desk'), HERE]
import axe  # noqa: E402
import look  # noqa: E402
import pages  # noqa: E402
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

NOBODY = '00000000-0000-4000-8000-000000000000'
REDIRECTS = {'/'}  # leads elsewhere, whoever asks
HEIGHT = 900


class Eyes(Desk):
    """The browser, as whoever sits before it."""

    def __init__(self, driver, server, people, program):
        super().__init__(driver, server)
        self.people, self.program = people, program
        self.who = None
        self.looked = 0
        # As before a window that has the focus, wherever this runs.
        driver.execute_cdp_cmd('Emulation.setFocusEmulationEnabled', {'enabled': True})
        self.open('/style.css')

    def sit(self, who):
        if who == self.who:
            return
        self.driver.delete_all_cookies()
        for cookie in self.people.browsers[who].jar if who else ():
            self.driver.add_cookie({'name': cookie.name, 'value': cookie.value, 'path': cookie.path})
        self.who = who

    def examine(self, words):
        """The page that is shown, by every rule."""
        self.looked += 1
        found = look.rules(self.driver)
        for width in look.WIDTHS:
            self.size(width, HEIGHT)
            found += [f'{width} px: {each}' for each in look.fits(self.driver)]
            if self.program:
                found += [f'{width} px: {each}' for each in axe.violations(self.driver, self.program)]
            found += [f'{width} px: {each}' for each in look.reachable(self.driver)]
        # At 200 % a desktop's window holds half as much (WCAG 1.4.4).
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': 640, 'height': 450, 'deviceScaleFactor': 2, 'mobile': False})
        found += [f'200 %: {each}' for each in look.fits(self.driver)]
        check(not found, words, '\n# '.join(found))

    def visit(self, who, path):
        self.sit(who)
        self.open(path)
        self.wait('h1')
        self.examine(f'{path[:70]} as {who or "anybody"}')


def answer_of(server, browser, path):
    """(status, kind, text, path in the end) by a browser without eyes."""
    try:
        with browser.opener.open(server.url + path, timeout=60 * PATIENCE) as answer:
            return (answer.status, answer.headers.get_content_type(), answer.read().decode(),
                    urllib.parse.urlsplit(answer.url).path)
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), '', path


def every_page(server, people, eyes, places):
    """Visits each page that looks like no other; what it could not visit."""
    seen, visits, unseen = set(), [], []
    stranger = Browser(server)
    for path, roles in pages.routes(server):
        where = places.get(path, [path.replace('*', NOBODY)])
        shown, kinds = 0, set()
        for place in where:
            for who in roles or [None]:
                browser = people.browsers[who] if who else stranger
                status, kind, text, end = answer_of(server, browser, place)
                kinds.add(kind)
                if kind != 'text/html':
                    continue
                if status != 200 or end != urllib.parse.urlsplit(place).path:
                    continue
                shown += 1
                menu, rest = pages.skeleton(text)
                if not {(path, rest), menu} <= seen:
                    seen |= {(path, rest), menu}
                    visits.append((who, place))
        if not shown and 'text/html' in kinds and path not in REDIRECTS:
            unseen.append(path)
    for who, place in sorted(visits, key=lambda visit: str(visit[0])):
        eyes.visit(who, place)
    return unseen


def by_steps(eyes, unseen):
    """Pages of a log-in that isn't done yet, and what isn't there."""
    for who, path in (('between', '/login/code'), ('fresh', '/account/factor')):
        eyes.visit(who, path)
        if path in unseen:
            unseen.remove(path)
    eyes.visit('officer', '/nowhere')
    eyes.visit('officer', f'/complaints/{NOBODY}')
    eyes.visit(None, '/nowhere')


def send(eyes, form, words, **fields):
    """Fills and sends a form of the page, whatever the browser itself would say of it."""
    eyes.driver.execute_script("for (const f of document.forms) f.noValidate = true")
    for name, value in fields.items():
        field = eyes.find(f'{form} [name={name}]')
        field.clear()
        field.send_keys(value)
    eyes.driver.execute_script('window.before = true')
    eyes.find(f'{form} button').click()
    eyes.until(lambda: not eyes.driver.execute_script('return window.before') and eyes.find('h1'))
    eyes.examine(words)


def said_back(eyes, people):
    """What a form says: wrong, done, shown once."""
    eyes.sit(None)
    eyes.open('/login')
    send(eyes, 'main form', 'a wrong password', name='officer', password='salah')
    check(eyes.find('.wrong'), 'is told')
    eyes.open('/publik/tiket')
    send(eyes, 'main form', 'a wrong PIN', ticket=ticket(5, 1), pin='0000')
    send(eyes, 'main form', 'one\'s own complaint', ticket=ticket(5, 5), pin='1234')
    check('Jawaban' in eyes.text(), 'with its answer', eyes.text())
    eyes.sit('officer')
    eyes.open(f'/complaints/{people.complaints["verified"]}')
    send(eyes, 'form[action$="/answer"]', 'an answer of nothing', text=' ')
    check(eyes.find('.wrong'), 'is refused')
    eyes.open('/announcements')
    send(eyes, 'main form', 'an announcement, before it is sent', text='Posyandu hari Senin')
    eyes.sit('intake')
    eyes.open('/intake')
    send(eyes, 'main form', 'a complaint without its channel', text='Papan kosong')
    check(eyes.find('.wrong'), 'is refused, and what was typed stays', eyes.text())
    eyes.sit('administrator')
    eyes.open('/accounts')
    send(eyes, 'form[action="/accounts"]', 'a new account\'s password', name='wati')
    check(eyes.find('.secret'), 'is shown once')


def keyboard_alone(eyes, people):
    """From the log-in to an answer with Tab, Enter and letters."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def type_keys(*keys):
        ActionChains(eyes.driver).send_keys(*keys).perform()

    def focused():
        return eyes.driver.execute_script(
            'const e = document.activeElement; return (e.id || "") + "|" + e.innerText')

    def tab_to(wanted, most=90):
        for _ in range(most):
            type_keys(Keys.TAB)
            if wanted(focused()):
                return True
        return False
    number = ticket(5, 6)  # the similar one, not answered yet
    eyes.sit(None)
    eyes.who = 'by keyboard'
    eyes.size(1280, HEIGHT)
    eyes.open('/login?next=/complaints%3Frefresh%3D0')
    eyes.until(lambda: focused().startswith('name|'))
    type_keys('officer', Keys.TAB, pages.PASSWORD, Keys.ENTER)
    check(eyes.wait('.tabs'), 'logged in by keyboard', eyes.text())
    check(tab_to(lambda at: number in at), 'a complaint is reached by Tab', focused())
    type_keys(Keys.ENTER)
    eyes.until(lambda: number in eyes.find('h1').text)
    check(tab_to(lambda at: at.startswith('answer|')), 'and the field for its answer', focused())
    type_keys('Saluran sudah dibersihkan.')
    check(tab_to(lambda at: at.endswith('Kirim jawaban')), 'and the button', focused())
    type_keys(Keys.ENTER)
    check(eyes.until(lambda: 'Jawaban tercatat' in eyes.text()), 'an answer is filed by keyboard alone', eyes.text())


def look_at_all(server, driver, program):
    people = pages.People(server)
    pages.complaints(people)
    pages.in_person(people)
    places = pages.addresses(people, pages.publication(people))
    eyes = Eyes(driver, server, people, program)
    eyes.size(1280, HEIGHT)
    unseen = every_page(server, people, eyes, places)
    by_steps(eyes, unseen)
    said_back(eyes, people)
    check(not unseen, 'no page is left out', unseen)
    keyboard_alone(eyes, people)
    measured(f'{eyes.looked} pages looked at')
    said = [e['message'] for e in driver.get_log('browser') if e['level'] == 'SEVERE'
            and not re.search(r'status of 4\d\d', e['message'])]
    check(not said, 'the browser has nothing else to complain of', said)


def main():
    why = missing()
    if why:
        check(True, f'every page in a browser # SKIP {why}')
        finish()
    in_debians_python()
    try:
        program = axe.source(BUILD)
        check(True, f'axe-core {axe.VERSION}, the very one')
    except axe.Missing as trouble:
        program = None
        check(True, f'every page by axe-core {axe.VERSION} # SKIP {trouble}')
    server = Server(extra='timezone = Asia/Jakarta\n').start()
    with tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            look_at_all(server, driver, program)
        finally:
            driver.quit()
    check(server.stop() == 0, 'a clean stop')
    finish()


main()
