# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's headless Chromium for the scenarios that look at pages as a person does.

A scenario calls in_debians_python() first, and is skipped when missing() says why."""
import os
import shutil
import subprocess
import sys

from ppidd_kiosk import BUILD, check, until

PYTHON = '/usr/bin/python3'  # Debian's selenium belongs to Debian's Python


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
