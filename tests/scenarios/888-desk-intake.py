#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# postgresql
"""What came by word of mouth, letter or telephone: typed in by an officer in headless Chromium, its
receipt, its answer as a letter, that it was brought, what the complainant says later in person; and
the same for one who wrote to a kiosk. Leaves screenshots in $KOTAK_BUILD/screenshots/."""
import datetime
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pdus  # noqa: E402
from chromium import Window, chromium, in_debians_python, missing, steady  # noqa: E402
from harness import equal, expect, run, ticket_in, wait_for  # noqa: E402

PASSWORD = 'rahasia-sekali'
WIB = datetime.timezone(datetime.timedelta(hours=7))
LETTER = 'Salinan Letter C tidak diberikan.\nSudah dua kali saya datang. <b>Tolong</b> & terima kasih.'
SENDER, DEAD = '+6281234560077', '+6281234560078'


def today():
    return datetime.datetime.now(WIB).date()


def pdf_pages(driver):
    """How many A4 pages a print of the page has."""
    import base64
    printed = driver.execute_cdp_cmd('Page.printToPDF', {'preferCSSPageSize': True})
    return len(re.findall(rb'/Type\s*/Page\b', base64.b64decode(printed['data'])))


class Desk(Window):
    """The office's browser; one officer at a time sits before it."""

    def __init__(self, house, folder):
        super().__init__(chromium(folder), house.url)
        self.size(1280, 900)

    def until(self, condition, what):
        return wait_for(steady(condition), 15, what)

    def says(self, words):
        self.until(lambda: words in self.text(), f'the page says {words!r}')

    def shoot(self, name):
        for width, height in ((360, 740), (1280, 900)):
            self.size(width, height)
            wide = self.cut_off()
            expect(wide <= 0, f'{name} at {width} px: nothing is cut off ({wide})')
            equal(self.unlabelled(), [], f'{name}: fields without a label')
            height = self.driver.execute_script('return document.documentElement.scrollHeight')
            self.size(width, height)
            self.save(f'intake-{name}')
        self.size(1280, 900)

    def log_in(self, name):
        self.driver.delete_all_cookies()
        self.open('/login')
        self.until(lambda: self.find('#password'), 'the log-in page')
        self.find('#name').send_keys(name)
        self.find('#password').send_keys(PASSWORD)
        self.find('#password').submit()
        self.until(lambda: self.find('.tabs'), f'{name} is logged in')

    def fill(self, **fields):
        from selenium.webdriver.support.ui import Select
        for name, words in fields.items():
            field = self.find(f'#{name.replace("_", "-")}')
            if field.tag_name == 'select':
                Select(field).select_by_visible_text(words)
            elif field.get_attribute('type') == 'checkbox':
                field.click()
            elif field.get_attribute('type') == 'date':
                # What a key press makes of a date is the browser's language's business.
                self.driver.execute_script('arguments[0].value = arguments[1]', field, words)
            else:
                field.clear()
                field.send_keys(words)

    def press(self, words, said):
        self.driver.find_element('xpath', f'//button[.="{words}"]').click()
        self.says(said)

    def link(self, words):
        self.driver.find_element('link text', words).click()

    def big(self):
        return [found.text for found in self.driver.find_elements('css selector', '.big')]

    def value(self, selector):
        return self.find(selector).get_attribute('value')


def typed_in(house, desk):
    """SOP 1a, 1b: a letter of three days ago; what is wrong keeps what was typed."""
    desk.log_in('ani')
    desk.link('Catat aduan dari saluran lain')
    desk.until(lambda: desk.find('#text'), 'the form')
    equal(desk.value('#came'), today().isoformat(), 'it came today, unless somebody says otherwise')
    desk.shoot('form')
    came = today() - datetime.timedelta(days=3)
    desk.fill(channel='Surat', text='   ', name='Mbah Tukijo', address='Dusun Kalikepek RT 03',
              contact='tidak punya telepon', category='Informasi ditolak atau terlambat',
              confidential='yes', came=came.isoformat())
    desk.press('Simpan dan beri nomor tiket', 'Isi aduannya masih kosong')
    equal(desk.value('#name'), 'Mbah Tukijo', 'the name is still there')
    expect(desk.find('#confidential').is_selected(), 'and the tick')
    equal(desk.driver.switch_to.active_element.get_attribute('id'), 'text', 'what is missing is at hand')
    desk.shoot('wrong')
    desk.fill(text=LETTER)
    desk.press('Simpan dan beri nomor tiket', 'Aduan tersimpan')
    ticket, pin = desk.big()
    expect(re.fullmatch(r'999-\d{6}-\d', ticket) and re.fullmatch(r'\d{4}', pin), f'{ticket} {pin}')
    desk.shoot('receipt')
    equal(pdf_pages(desk.driver), 1, "the receipt is one page")
    # Sent again by whoever reloads the page: the same one.
    desk.driver.refresh()
    desk.says('Aduan tersimpan')
    equal(desk.big(), [ticket, pin], 'a form sent twice counts once')
    equal([c['ticket'] for c in house.server_complaints()], [ticket], 'one complaint')
    desk.link('Buka aduan ini')
    desk.says('Salinan Letter C')
    desk.says('<b>Tolong</b> & terima kasih.')
    desk.link('Tanda terima')
    desk.says('sudah diberikan kepada pengadu')
    expect(pin not in desk.text(), 'later the PIN is nobody\'s business')
    return ticket, pin


def about_the_office(house, desk):
    """L3: who typed it in gives the receipt, and sees it no more."""
    desk.open('/intake')
    desk.fill(channel='Tatap muka', text='Pamong minta uang', about='petugas kantor ini')
    desk.press('Simpan dan beri nomor tiket', 'pimpinan yang menanganinya')
    ticket = desk.big()[0]
    desk.open('/complaints?list=all&refresh=0')
    desk.until(lambda: desk.find('.tabs'), 'the list')
    expect(ticket not in desk.text(), 'it has gone one level up')
    uuid = next(c['uuid'] for c in house.server_complaints() if c['ticket'] == ticket)
    desk.open(f'/complaints/{uuid}/receipt')
    desk.says('tidak ditemukan')


def handled(house, desk, ticket):
    """SOP 2a, 5a: asked and answered at once, no machine is waited for; each stands until brought."""
    uuid = next(c['uuid'] for c in house.server_complaints() if c['ticket'] == ticket)
    page = f'/complaints/{uuid}'
    desk.open(page)
    desk.says('Mbah Tukijo')
    desk.fill(question='Letter C nomor berapa?')
    desk.press('Kirim pertanyaan', 'Sampaikan sendiri kepada pengadu')
    desk.says('Waktu berhenti')
    desk.open('/complaints?refresh=0')
    desk.link('1 jawaban atau pertanyaan belum disampaikan kepada pengadu')
    desk.says('Mbah Tukijo')
    desk.shoot('owed')
    desk.driver.find_element('partial link text', ticket).click()
    desk.says('belum disampaikan')
    desk.shoot('complaint')
    desk.link('Catat kabar dari pengadu')
    desk.says('Jawaban atas pertanyaan kita')
    desk.shoot('reply')
    desk.fill(text_details='Nomor 1234 atas nama bapak saya', contact='0274774604')
    desk.press('Simpan keterangan', 'Kabar dari pengadu tercatat')
    desk.says('Nomor 1234 atas nama bapak saya')
    desk.says('0274774604')
    desk.says('Sudah dijawab pengadu')
    equal(state_of(house, ticket), 'received', 'the reply sets it going')
    desk.press('Lengkap dan urusan kita', 'Status tercatat')
    desk.log_in('siti')
    desk.open(page)
    desk.says('dirahasiakan')
    expect('Tukijo' not in desk.text() and '0274774604' not in desk.text(), 'the unit sees no name')
    desk.fill(answer='Salinan Letter C sudah dapat diambil di loket 2.')
    desk.press('Kirim jawaban', 'Sampaikan sendiri kepada pengadu')
    equal(state_of(house, ticket), 'resolved', 'answered at once')
    equal([c['state'] for c in house.server_json('kiosk', 'list')], ['enrolled'], 'the desk is no kiosk')
    desk.driver.find_elements('link text', 'Cetak surat')[-1].click()
    desk.says('Hal: Jawaban atas aduan Anda')
    expect('Tukijo' not in desk.text(), 'nor does their letter')
    return page


def brought(house, desk, ticket, page):
    desk.log_in('ani')
    desk.open(page)
    desk.driver.find_elements('link text', 'Cetak surat')[-1].click()
    desk.says('loket 2')
    desk.says('Mbah Tukijo')
    desk.says(f'Nomor: {ticket}/PPID/')
    desk.shoot('letter')
    equal(pdf_pages(desk.driver), 1, "the letter is one page of A4")
    desk.open(page)
    desk.find('details summary').click()
    form = desk.find('form[action$="/handed"]')
    place = form.find_element('css selector', '[name=how]').get_attribute('id').split('-')[1]
    desk.fill(**{f'how_{place}': 'Tidak dapat disampaikan'})
    desk.press('Catat', 'Tulis di catatan apa yang sudah dicoba')
    desk.find('details summary').click()
    desk.fill(**{f'how_{place}': 'Diserahkan', f'handed_{place}':
                 (today() - datetime.timedelta(days=1)).isoformat()})
    desk.press('Catat', 'sebelum keputusannya')
    desk.find('details summary').click()
    desk.fill(**{f'how_{place}': 'Diserahkan', f'to_{place}': 'diterima istrinya'})
    desk.shoot('handing')
    desk.press('Catat', 'Tercatat bahwa itu sudah disampaikan')
    desk.says('Jawaban, Diserahkan')
    desk.says('diterima istrinya')
    desk.open('/complaints?refresh=0')
    desk.until(lambda: desk.find('.tabs'), 'the list')
    expect('belum disampaikan' not in desk.text(), 'nothing is owed')


def came_again(house, desk, ticket, page):
    """SOP 6a: content or not, said at the counter."""
    desk.open(f'{page}/reply')
    desk.fill(via_rating='Telepon', rating='2: tidak puas', text_rating='Loketnya tutup')
    desk.press('Simpan penilaian', 'Kabar dari pengadu tercatat')
    desk.says('★ 2 dari 5')
    desk.open(f'{page}/reply')
    desk.fill(via_reopened='Tatap muka', text_reopened='Belum dapat salinannya')
    desk.press('Buka kembali aduan ini', 'Kabar dari pengadu tercatat')
    desk.says('kata pengadu, Tatap muka')
    equal(state_of(house, ticket), 'reopened', 'opened again')
    desk.open(f'{page}/reply')
    desk.fill(text_withdrawn='Sudah dapat dari pak dukuh')
    desk.press('Cabut aduan ini', 'Kabar dari pengadu tercatat')
    equal(state_of(house, ticket), 'withdrawn', 'withdrawn')
    desk.open(f'{page}/reply')
    desk.says('Dicabut')
    expect(not desk.find('#text-details') and not desk.find('#rating'), 'an end is an end')


def state_of(house, ticket):
    return next(c['state'] for c in house.server_complaints() if c['ticket'] == ticket)


def at_the_counter(house, desk):
    """One who wrote an SMS comes in person: the kiosk is told what changes, and tells the number."""
    house.deliver('Lampu jalan di RT 02 mati', SENDER)
    ticket = ticket_in(house.reply(SENDER))
    wait_for(lambda: any(c['ticket'] == ticket for c in house.server_complaints()), 20, 'it is there')
    uuid = next(c['uuid'] for c in house.server_complaints() if c['ticket'] == ticket)
    desk.open(f'/complaints/{uuid}')
    desk.fill(question='RT 02 yang mana?')
    desk.press('Kirim pertanyaan', 'diteruskan ke kotak')
    house.reply(SENDER, after=1, containing='RT 02 yang mana?')
    desk.open(f'/complaints/{uuid}/reply')
    expect(not desk.find('#contact'), 'the number is the kiosk\'s to know')
    desk.fill(text_details='RT 02 RW 05, depan pos ronda', name='Sumarni')
    desk.press('Simpan keterangan', 'Kabar dari pengadu tercatat')
    wait_for(lambda: kiosk_state(house, ticket) == 'received', 20, 'the kiosk asks no more')
    desk.open(f'/complaints/{uuid}/reply')
    desk.fill(text_withdrawn='Lampunya sudah menyala')
    desk.press('Cabut aduan ini', 'Kabar dari pengadu tercatat')
    told = house.reply(SENDER, after=2, containing=ticket)
    expect('dibatalkan' in told, f'whoever has the number learns of it: {told!r}')
    wait_for(lambda: kiosk_state(house, ticket) == 'withdrawn', 20, 'and kiosk and desk agree')
    desk.open(f'/complaints/{uuid}')
    desk.says('Sumarni')
    desk.says('kata pengadu, Tatap muka')


def number_is_dead(house, desk):
    """SOP 5a: an answer whose SMS doesn't arrive is brought otherwise, and the desk knows which."""
    house.sim(do='config', reports='none')
    house.deliver('Jembatan di dusun kami rusak', DEAD)
    ticket = ticket_in(house.reply(DEAD))
    wait_for(lambda: any(c['ticket'] == ticket for c in house.server_complaints()), 20, 'it is there')
    house.ppidctl('--as', 'siti', 'answer', ticket, 'Jembatan sudah diperbaiki.')
    house.reply(DEAD, after=1, containing='sudah diperbaiki')
    reference = [sent for sent in house.sent() if sent['to'] == DEAD][-1]['mr']
    house.sim(do='deliver_pdu', pdu=pdus.report(DEAD, reference, 0x43))

    def owed():
        desk.open('/handovers')
        return ticket in desk.text()
    desk.until(owed, 'what did not arrive is a task')
    desk.driver.find_element('partial link text', ticket).click()
    desk.says('SMS-nya tidak sampai')
    desk.link('Cetak surat')
    desk.says('Jembatan sudah diperbaiki.')
    desk.driver.back()
    desk.until(lambda: desk.find('details summary'), 'the complaint again').click()
    desk.fill(how_0='Dibacakan', to_0='lewat tetangga')
    desk.press('Catat', 'Tercatat bahwa itu sudah disampaikan')
    desk.open('/complaints?state=undelivered&refresh=0')
    desk.until(lambda: desk.find('.tabs'), 'the list')
    expect(ticket not in desk.text(), 'it has arrived')


def kiosk_state(house, ticket):
    return next(c['state'] for c in house.complaints() if c['ticket'] == ticket)


def everybody_else_is_taken_in_too(house):
    """what came by no kiosk is taken in, answered, brought, and followed up"""
    house.start()
    for name, role in (('ani', 'intake'), ('siti', 'officer')):
        house.ppidctl('user', 'add', name, role, stdin=f'{PASSWORD}\n')
    house.ppidctl('kiosk', 'add', '999', 'Balai', code=2)
    with tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as folder:
        desk = Desk(house, folder)
        try:
            ticket, pin = typed_in(house, desk)
            about_the_office(house, desk)
            page = handled(house, desk, ticket)
            brought(house, desk, ticket, page)
            came_again(house, desk, ticket, page)
            at_the_counter(house, desk)
            number_is_dead(house, desk)
            said = [e['message'] for e in desk.driver.get_log('browser')
                    if e['level'] == 'SEVERE' and '404 (' not in e['message']
                    and '400 (' not in e['message']]
            equal(said, [], 'what the browser complains of')
        finally:
            desk.driver.quit()
    wait_for(house.synced, 20, 'all events are at the server')
    house.ppidctl('verify')
    house.kotakctl('verify')
    with open(house.path('ppidd.log'), encoding='utf-8') as log:
        words = log.read()
    expect('Tukijo' not in words and 'Letter C' not in words, 'nothing personal in the log')


def main():
    why = missing()
    if why:
        print(f'1..1\nok 1 - other channels at the desk # SKIP {why}')
        return
    in_debians_python()
    run(everybody_else_is_taken_in_too)


main()
