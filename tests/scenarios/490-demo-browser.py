# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# The demo as a newcomer sees it, in headless Chromium: an SMS typed on the page's phone gets its
# ticket, stands on the officers' desk, and the answer written there arrives as an SMS; a complaint
# typed on the keypad of the page's kiosk gets its ticket on the display and on a paper slip.
# With KOTAK_SHOTS=FOLDER it leaves screenshots there; docs/demo.png is one of them.
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from chromium import chromium, in_debians_python, missing
from harness import (BUILD, MARK, PATIENCE, Failure, command_line, die_with_parent, equal, expect,
                     free_port, measured, say)
from harness import wait_for as wait_for_plain
from panel import Panel

TEXT = 'Lampu jalan di depan balai desa mati sejak minggu lalu'
KIOSK_TEXTS = {'Isi aduan': 'Jalan depan pasar rusak', 'Nama': 'Ani'}
ANSWER = 'Lampu sudah diganti pagi ini. Terima kasih atas laporannya.'
TICKET = re.compile(r'\b003-\d{6}-\d\b')


def wait_for(condition, seconds, what):
    """A page or frame that goes away while it is looked at is looked at again."""
    def looked_at():
        try:
            return condition()
        except Exception as error:  # selenium's, which may not be there to be imported
            if type(error).__module__.startswith('selenium.'):
                return None
            raise
    return wait_for_plain(looked_at, seconds, what)


class Demo:
    """kotak-demo in a folder of its own."""

    def __init__(self, folder):
        self.mark = folder
        self.log = os.path.join(folder, 'demo.log')
        environment = dict(os.environ, **{MARK: folder})
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                [os.path.join(BUILD, 'kotak-demo'), '--build', BUILD, '--folder',
                 os.path.join(folder, 'demo'), '--port', str(free_port())], stdout=log, stderr=log,
                env=environment, preexec_fn=die_with_parent)
        self.url = wait_for(self.address, 30, 'the demo prints its address')

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()

    def address(self):
        if self.process.poll() is not None:
            raise Failure(f'kotak-demo ended: {self.said()}')
        found = re.search(r'http://127\.0\.0\.1:\d+/', self.said())
        return found and found.group(0)

    def panel_control(self):
        """The control socket of its panel-sim."""
        for pid in self.processes():
            words = command_line(pid).split()
            if words and os.path.basename(words[0]) == 'panel-sim':
                return words[words.index('--control') + 1]
        raise Failure('no panel-sim runs in the demo')

    def processes(self):
        mark = f'{MARK}={self.mark}'.encode()
        found = []
        for name in os.listdir('/proc'):
            try:
                with open(f'/proc/{name}/environ', 'rb') as file:
                    if name.isdigit() and mark in file.read().split(b'\0'):
                        found.append(int(name))
            except OSError:
                pass
        return found

    def stop(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure(f'kotak-demo did not end within {20 * PATIENCE:g} s')
        expect(code == 0, f'exit {code} of kotak-demo')
        wait_for(lambda: not self.processes(), 3, 'no process is left behind')


class Browser:
    def __init__(self, folder, width, height):
        self.driver = chromium(f'{folder}/browser', f'--window-size={width},{height}')
        self.resize(width, height)

    def resize(self, width, height):
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})

    def find(self, selector):
        found = self.driver.find_elements('css selector', selector)
        return found[0] if found else None

    def wait(self, selector, seconds=10):
        return wait_for(lambda: self.find(selector), seconds, f'{selector} on the page')

    def bubbles(self):
        # Asked in one go: the page replaces its bubbles whenever something comes.
        return self.driver.execute_script(
            'return [...document.querySelectorAll(".bubble.theirs")].map(b => b.innerText)')

    def into_desk(self):
        self.driver.switch_to.default_content()
        self.driver.switch_to.frame(self.driver.find_element('css selector', '#desk'))

    def out_of_desk(self):
        self.driver.switch_to.default_content()

    def desk_text(self):
        self.into_desk()
        try:
            return self.driver.execute_script('return document.body ? document.body.innerText : ""')
        finally:
            self.out_of_desk()

    def shoot(self, name):
        folder = os.environ.get('KOTAK_SHOTS')
        if folder:
            os.makedirs(folder, exist_ok=True)
            wait_for(lambda: self.driver.execute_script('return !document.getAnimations().length'),
                     5, 'nothing moves any more')
            self.driver.save_screenshot(os.path.join(folder, name))


def press(browser, element):
    """A click that doesn't depend on where the scaled frame puts the element."""
    browser.driver.execute_script('arguments[0].click()', element)


def log_in(browser, user, password):
    browser.into_desk()
    browser.wait('input[type=password]').send_keys(password)
    name = browser.find('input[type=text], input:not([type])')
    name.clear()
    name.send_keys(user)
    press(browser, browser.find('form button, form input[type=submit]'))
    wait_for(lambda: not browser.find('input[type=password]'), 10, 'logged in')
    browser.out_of_desk()


def send_sms(browser, text):
    wait_for(lambda: browser.find('#send').is_enabled(), 10, 'the message before is on its way')
    browser.find('#text').send_keys(text)
    browser.find('#send').click()


def walk(browser, url):
    driver = browser.driver
    driver.get(url)
    browser.wait('#desk[src]')
    wait_for(lambda: browser.find('#password').text not in ('', '…'), 5, 'the password is shown')
    log_in(browser, browser.find('#officer').text, browser.find('#password').text)
    browser.shoot('1-empty.png')

    began = time.monotonic()
    send_sms(browser, TEXT)
    reply = wait_for(lambda: next((b for b in browser.bubbles() if TICKET.search(b)), None), 10,
                     'a reply with a ticket on the phone')
    ticket = TICKET.search(reply).group(0)
    measured(f'SMS typed on the page, ticket shown after {time.monotonic() - began:.2f} s')

    wait_for(lambda: ticket in browser.desk_text(), 10, 'the complaint is on the desk')
    measured(f'on the officers\' desk after {time.monotonic() - began:.2f} s')
    send_sms(browser, 'Sri Wahyuni, Dusun Kalikepek RT 03')
    wait_for(lambda: len(browser.bubbles()) >= 2, 10, 'a reply to name and address')
    browser.shoot('2-complaint.png')

    browser.into_desk()
    # The list loads itself anew all the time: what was clicked upon just then is clicked again.
    wait_for(lambda: browser.find('textarea') or driver.execute_script(
        'const a = [...document.links].find(a => a.innerText.includes(arguments[0]));'
        'if (a) a.click(); return false;', ticket), 20, 'the complaint\'s page')
    browser.out_of_desk()
    browser.shoot('3-one-complaint.png')
    browser.into_desk()
    area = next((a for a in driver.find_elements('css selector', 'textarea')
                 if 'answer' in (a.get_attribute('id') or '') + (a.get_attribute('name') or '')
                 or 'jawab' in (a.get_attribute('id') or '')), browser.find('textarea'))
    area.send_keys(ANSWER)
    began = time.monotonic()
    form = area.find_element('xpath', './ancestor::form')
    press(browser, form.find_element('css selector', 'button, input[type=submit]'))
    browser.out_of_desk()
    wait_for(lambda: any('Lampu sudah diganti' in b for b in browser.bubbles()), 10,
             'the answer arrives as an SMS')
    measured(f'answer arrived as an SMS after {time.monotonic() - began:.2f} s')
    browser.shoot('4-answered.png')
    return ticket


class PageKeypad(Panel):
    """The kiosk's keypad with the finger on the page, and ears at the simulator itself."""

    def __init__(self, browser, demo):
        super().__init__(demo.panel_control())
        self.browser = browser

    def finger(self, kind, key):
        from selenium.webdriver.common.action_chains import ActionChains
        chain = ActionChains(self.browser.driver)
        if kind == 'down':
            chain.click_and_hold(self.browser.find(f'#keypad [data-key="{key}"]'))
        else:
            chain.release()
        chain.perform()

    def press(self, key):
        self.finger('down', key)

    def release(self, key):
        self.finger('up', key)
        wait_for(lambda: key not in self.state()['pressed'], 10, f'the page lets go of {key}')


def next_step(screen):
    """What a resident does who takes the first choice, writes what must be written, leaves the
    rest empty and goes on: the text to write and the key to press."""
    if '2 Tanpa' in screen:
        return '', '2'
    # With a colon it is the review, where a number goes back to change that.
    if any(row.startswith('1 ') and ':' not in row for row in screen.rows):
        return '', '1'
    for title, text in KIOSK_TEXTS.items():
        if screen.rows[0].startswith(title):
            return text, '#'
    return '', '#'


def kiosk(browser, demo):
    """A complaint at the kiosk: its ticket on the display, on the slip and on the desk."""
    keypad = PageKeypad(browser, demo)
    keypad.connect()
    began = time.monotonic()
    seen = []
    for _ in range(60):
        screen = keypad.screen()
        if TICKET.search(screen.text):
            break
        seen.append(repr(screen))
        text, key = next_step(screen)
        if text:
            keypad.type_text(text)
            browser.shoot('7-kiosk-text.png')
        keypad.key(key)
        wait_for(lambda before=screen: keypad.screen().text != before.text, 10,
                 f'another screen after {screen!r}')
    else:
        raise Failure(f'no ticket after so many screens: {seen}')
    ticket = TICKET.search(screen.text).group(0)
    measured(f'a complaint at the page\'s kiosk took {time.monotonic() - began:.1f} s')
    wait_for(lambda: browser.find('#slip').get_attribute('data-ticket') == ticket, 20,
             f'a slip with {ticket}')
    wait_for(lambda: browser.driver.execute_script(
        'return document.getElementById("slip-image").naturalWidth') > 300, 5,
             'the slip\'s picture')
    browser.driver.execute_script(
        'document.getElementById("desk").src = '
        'document.getElementById("desk-link").href + "complaints?refresh=1"')
    wait_for(lambda: ticket in browser.desk_text(), 20, f'{ticket} on the desk')
    label = browser.find('#lcd').get_attribute('aria-label')
    expect(ticket in label, f'the page\'s display has the ticket: {label}')
    browser.shoot('8-kiosk-ticket.png')
    box = browser.find('#switch-display')
    box.click()
    wait_for(lambda: 'WRONG' in browser.find('#status').text and
             re.search(r'(WRONG|ALERT)\s+panel', browser.find('#status').text), 20,
             'the status says that the display is gone')
    browser.shoot('9-kiosk-unplugged.png')
    box.click()
    wait_for(lambda: keypad.screen().raw['on'] and keypad.screen().words, 20,
             'the display shows something again')
    equal(keypad.violations(), [], 'the display\'s times were kept')
    keypad.disconnect()


def outage(browser):
    """The page's switches: the server off, a complaint all the same, the server on again."""
    driver = browser.driver
    box = browser.find('#switch-server')
    box.click()
    wait_for(lambda: not box.is_selected() and box.is_enabled(), 20, 'the server is off')
    driver.execute_script('const n = document.getElementById("number"); n.selectedIndex = 1;'
                          'n.dispatchEvent(new Event("change"));')
    wait_for(lambda: not browser.bubbles(), 5, 'another phone')
    send_sms(browser, 'Saluran air di RT 5 mampet')
    wait_for(lambda: any(TICKET.search(b) for b in browser.bubbles()), 10,
             'a ticket without the server')
    browser.shoot('5-server-off.png')
    box.click()
    wait_for(lambda: box.is_selected() and box.is_enabled(), 20, 'the server is on')
    modem = browser.find('#switch-modem')
    modem.click()
    wait_for(lambda: not modem.is_selected() and modem.is_enabled(), 20, 'the modem is out')
    send_sms(browser, 'CEK')
    modem.click()
    wait_for(lambda: modem.is_selected() and modem.is_enabled(), 20, 'the modem is back')
    wait_for(lambda: len(browser.bubbles()) >= 2, 40, 'CEK is answered once the modem is back')


def narrow(browser):
    """Nothing is wider than a phone's screen."""
    browser.resize(400, 850)
    wide = browser.driver.execute_script(
        'return document.documentElement.scrollWidth - document.documentElement.clientWidth')
    browser.shoot('6-narrow.png')
    expect(wide <= 0, f'{wide} pixels too wide at 400')


def main():
    lacking = missing()
    if lacking:
        print(f'1..1\nok 1 - the demo in a browser # SKIP {lacking}')
        return 0
    in_debians_python()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print('1..2', flush=True)
    folder = tempfile.mkdtemp(prefix='kotak-browser-', dir='/tmp')
    good = True
    demo = browser = None
    try:
        demo = Demo(folder)
        browser = Browser(folder, 1280, 800)
        walk(browser, demo.url)
        kiosk(browser, demo)
        outage(browser)
        narrow(browser)
        problems = [entry['message'] for entry in browser.driver.get_log('browser')
                    if entry['level'] == 'SEVERE' and 'api/' not in entry['message']
                    and 'autofocus' not in entry['message']]
        expect(not problems, f'errors in the browser\'s console: {problems}')
    except Exception as error:
        good = False
        say(f'{type(error).__name__}: {error}')
        if browser:
            browser.shoot('failed.png')
        if demo:
            say(demo.said())
    finally:
        if browser:
            browser.driver.quit()
    print(f'{"ok" if good else "not ok"} 1 - the whole way on the demo\'s page', flush=True)
    try:
        if demo:
            demo.stop(signal.SIGINT)
        print('ok 2 - the demo ends at Ctrl-C and leaves no process behind')
    except Failure as error:
        good = False
        say(str(error))
        print('not ok 2 - the demo ends at Ctrl-C and leaves no process behind')
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
