# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's headless Chromium for the scenarios that look at pages as a person does.

A scenario calls in_debians_python() first, and is skipped when missing() says why."""
import os
import shutil
import subprocess
import sys

from harness import equal, expect, wait_for
from ppidd_kiosk import BUILD, check, until

PYTHON = '/usr/bin/python3'  # Debian's selenium belongs to Debian's Python
PAGE_MOST = 60000  # bytes of a page with all that belongs to it
DESKTOP, PHONE, HEIGHT = 1280, 360, 900


def missing():
    """What isn't installed, in words; None when all is."""
    if not os.path.exists(PYTHON) or subprocess.run([PYTHON, '-c', 'import selenium'],
                                                    capture_output=True, check=False).returncode:
        return 'python3-selenium is not installed'
    for program in ('chromium', 'chromedriver'):
        if not shutil.which(program):
            return f'{program} is not installed'
    return None


def in_debians_python():
    """Runs this very program by the Python that has selenium, where it isn't already and could."""
    if os.path.realpath(sys.executable) != os.path.realpath(PYTHON) and not missing():
        os.execv(PYTHON, [PYTHON, *sys.argv])


def chromium(folder, *flags):
    """A driver; it keeps its profile in folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    for flag in ('--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                 '--disable-background-networking', '--disable-component-update', '--disable-sync',
                 '--disable-dev-shm-usage', '--hide-scrollbars', f'--user-data-dir={folder}',
                 *flags):
        options.add_argument(flag)
    options.binary_location = shutil.which('chromium')
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    return webdriver.Chrome(service=Service(shutil.which('chromedriver')), options=options)


class Window:
    """Pages of the server at url."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url
        self.shots = os.path.join(BUILD, 'screenshots')
        os.makedirs(self.shots, exist_ok=True)

    def size(self, width, height):
        self.width = width
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 500})

    def open(self, path):
        self.driver.get(self.url + path)

    def find(self, selector):
        found = self.driver.find_elements('css selector', selector)
        return found[0] if found else None

    def text(self):
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    def cut_off(self):
        """How many pixels of the page are wider than the window."""
        return self.driver.execute_script(
            'return document.documentElement.scrollWidth - document.documentElement.clientWidth')

    def unlabelled(self):
        """The names of fields without a label."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
            '.filter(f => !f.labels.length).map(f => f.name)')

    def save(self, name):
        self.driver.save_screenshot(os.path.join(self.shots, f'{name}-{self.width}.png'))


def steady(condition):
    """The condition, None while a page goes away under it."""
    from selenium.common.exceptions import WebDriverException

    def looked_at():
        try:
            return condition()
        except WebDriverException:
            return None
    return looked_at


class Desk(Window):
    """The desk of a Server, as a person sees it."""

    def __init__(self, driver, server):
        super().__init__(driver, server.url)

    def until(self, condition):
        """As until(); a page that goes away while it is looked at is looked at again."""
        return until(steady(condition))

    def wait(self, selector):
        return self.until(lambda: self.find(selector))

    def shoot(self, name):
        wide = self.cut_off()
        check(wide <= 0, f'{name} at {self.width} px: nothing is cut off', wide)
        self.save(name)


class Office(Window):
    """The desk of a House: one officer at a time sits before it. All their passwords are PASSWORD."""
    PASSWORD = 'rahasia-sekali'

    def __init__(self, house, folder):
        super().__init__(chromium(folder), house.url)
        self.size(DESKTOP, HEIGHT)

    def until(self, condition, what):
        """As wait_for(); a page that goes away while it is looked at is looked at again."""
        return wait_for(steady(condition), 15, what)

    def says(self, words):
        self.until(lambda: words in self.text(), f'the page says {words!r}')

    def lacks(self, words):
        expect(words not in self.text(), f'the page does not say {words!r}')

    def see(self, selector, what=None):
        return self.until(lambda: self.find(selector), what or f'{selector} on the page')

    def shoot(self, name, widths=(DESKTOP, PHONE)):
        """The whole page on screens of these widths; the names of the pictures."""
        expect('</' not in self.text() and '&' not in self.text(), f'{name}: no bare HTML')
        equal(self.unlabelled(), [], f'{name}: fields without a label')
        size = self.driver.execute_script('return document.documentElement.outerHTML.length')
        expect(size <= PAGE_MOST, f'{name}: a page of at most {PAGE_MOST} bytes ({size})')
        for width in widths:
            self.size(width, HEIGHT)
            wide = self.cut_off()
            expect(wide <= 0, f'{name} at {width} px: nothing is cut off ({wide})')
            self.size(width, self.driver.execute_script(
                'return document.documentElement.scrollHeight'))
            self.save(name)
        self.size(DESKTOP, HEIGHT)
        return [f'{name}-{width}.png' for width in widths]

    def log_in(self, name):
        self.driver.delete_all_cookies()
        self.open('/login')
        self.see('#password', 'the log-in page')
        self.find('#name').send_keys(name)
        self.find('#password').send_keys(self.PASSWORD)
        self.find('#password').submit()
        self.see('.tabs', f'{name} is logged in')

    def go(self, *words):
        """Clicks links by their words, one after the other."""
        for each in words:
            self.until(lambda each=each: self.driver.find_elements('link text', each),
                       f'a link {each!r}')[0].click()

    def work(self, words):
        """The work list of that name; its tickets in order."""
        self.open('/complaints?refresh=0')
        self.see('.tabs', 'the work lists')
        self.go(words)
        self.until(lambda: self.find('.tabs a[aria-current]').text == words, f'the list {words}')
        return [found.text for found in self.driver.find_elements('css selector', '.list .ticket')]

    def show(self, ticket):
        """A complaint's page, found by its number as an officer does who has it on paper."""
        self.open('/complaints?list=all&refresh=0')
        self.see('#q').send_keys(ticket)
        self.find('#q').submit()
        self.until(lambda: [t.text for t in self.driver.find_elements('css selector', '.list .ticket')]
                   == [ticket], f'{ticket} is found')
        self.find('.list .item a').click()
        self.until(lambda: self.find('h1').text == f'Aduan {ticket}', 'its page')

    def fill(self, selector, words):
        from selenium.webdriver.support.ui import Select
        field = self.see(selector)
        if field.tag_name == 'select':
            Select(field).select_by_visible_text(words)
        else:
            field.clear()
            field.send_keys(words)

    def press(self, action, said, **fields):
        """Fills and sends the form of that action by its own button; waits for what is said."""
        for name, words in fields.items():
            self.fill(f'#{name}', words)
        self.find(f'form[action$="/{action}"] button').click()
        self.says(said)

    def complaints_of_browser(self, expected=()):
        """What the browser complains of, but for what contains one of these words."""
        return [entry['message'] for entry in self.driver.get_log('browser')
                if entry['level'] == 'SEVERE' and not any(w in entry['message'] for w in expected)]
