# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong configurations, and things that stand in the way: said with the place, and nobody's
file is harmed."""
import os
import stat
import subprocess

from harness import BUILD, PATIENCE, equal, expect, run


def checked(house, *changes):
    """(exit, what was said) of --check-config with lines of the configuration replaced."""
    with open(house.kiosk_conf, encoding='utf-8') as file:
        text = file.read()
    for old, new in changes:
        expect(old in text, f'{old} is in the configuration')
        text = text.replace(old, new)
    path = house.path('wrong.conf')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    done = subprocess.run([os.path.join(BUILD, 'kotakd'), '--config', path, '--check-config'],
                          capture_output=True, text=True, timeout=60 * PATIENCE,
                          check=False)
    return done.returncode, done.stderr


def refused(house, change, *words):
    code, said = checked(house, change)
    equal(code, 2, f'exit with {change[1]!r} ({said})')
    for word in ('wrong.conf:', *words):
        expect(word in said, f'{word!r} is said of {change[1]!r}: {said}')


def addresses(house):
    """a server's address that can't work is refused with its line and key"""
    url = f'url = {house.url}'
    for address in ('https://', 'https://h:', 'https://h:99999', 'https://:80', 'https://[::1',
                    'https://a:b@h', 'https://h/x?y', 'ftp://h', 'http://example.com',
                    'http://127.0.0.1.example.com'):
        refused(house, (url, f'url = {address}'), '[sync] url', 'wrong.conf:11')
    for address in ('https://ppid.example.id', 'HTTPS://h:8443/ppid', 'http://localhost:1',
                    'http://[::1]:8080', 'https://[2001:db8::1]:443/'):
        equal(checked(house, (url, f'url = {address}')), (0, ''), f'{address} is right')


def twice(house):
    """of a key that is given twice the later counts, and both lines are said"""
    for change, words in (
            (('name = Triharjo', 'name = Triharjo\nname = Wates'),
             ('wrong.conf:4', '[kiosk] name', 'line 3')),
            (('[panel]', '[modem sim1]\ndevice = auto\n[panel]'), ('[modem sim1] device',))):
        code, said = checked(house, change)
        equal(code, 0, f'exit with {change[1]!r} ({said})')
        for word in words:
            expect(word in said, f'{word!r} is said of {change[1]!r}: {said}')
    equal(checked(house, ('[panel]', '[modem sim2]\ndevice = auto\n[panel]')), (0, ''),
          'two modems')


def panel(house):
    """of panel and printer each wrong value is refused with what is right"""
    driver = 'driver = none'
    for value, *words in (
            ('driver = lcd', '[panel] driver', 'gpio'),
            ('driver = gpio\ndisplay = 20x2 gpio', '[panel] display', '20x4 or 16x2'),
            ('driver = gpio\ndisplay = 20x4', '[panel] display', 'i2c:BUS:ADDRESS'),
            ('driver = gpio\ndisplay = 20x4 i2c:1', '[panel] display'),
            ('driver = gpio\ndisplay = 20x4 i2c:1:0x80', '[panel] display'),
            ('driver = gpio\ndisplay = 16x2 i2c:1:0x27:c', '[panel] display'),
            ('driver = sim', '[panel] lines', "panel-sim's socket"),
            ('driver = sim\nlines = /' + 'x' * 120, '[panel] lines', 'characters'),
            (driver + '\n[printer]\ndevice = lp0', '[printer] device', '/dev/'),
            (driver + '\n[printer]\nbaud = 9601', '[printer] baud', '19200')):
        refused(house, (driver, value), *words)
    for value in ('driver = gpio',
                  'driver = gpio\ndisplay = 16x2 i2c:1:0x3f:b\nboard = raspberry-pi-5',
                  'driver = gpio\ndisplay = 20x4  i2c:0:39', 'driver = sim\nlines = /run/x',
                  driver + '\n[printer]\ndevice = /dev/ttyUSB9\nbaud = 19200'):
        code, said = checked(house, (driver, value))
        equal(code, 0, f'{value!r} is right ({said})')
        # That this machine is another one than the board's is only mentioned.
        expect(all('is for Raspberry Pi' in line for line in said.splitlines()), said)
    code, said = checked(house, (driver, 'driver = gpio\nboard = mine'))
    equal(code, 2, f'exit with a board that nobody knows ({said})')
    expect('mine' in said, f'the board is said: {said}')


def places(house):
    """the list of places is read, and a wrong line is said with its number"""
    path = house.path('places')
    use = ('driver = none', f'driver = none\nplaces = {path}')
    refused_places = (
        ('Karang: RT 01,, RT 02\n', 'places:1:'), ('# x\n\n: RT 01\n', 'places:3:'),
        ('Karang, Wates\n', 'places:1:'), ('Karang \\\n', 'places:1:'),
        ('Karangé\n', 'places:1:'), ('x' * 41 + '\n', 'places:1:'),
        ('Karang\n' * 65, 'places:65:'), ('\n' * 17000, 'too long'), ('a\0b\n', 'places:1:'))
    code, said = checked(house, use)
    equal(code, 2, f'exit without the file ({said})')
    expect(path in said, f'the missing file is said: {said}')
    for text, words in refused_places:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        code, said = checked(house, use)
        equal(code, 2, f'exit with {text[:20]!r} ({said})')
        expect(words in said, f'{words!r} is said of {text[:20]!r}: {said}')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('# dusun: RT\nKarang: RT 01, RT 02\n  Wates  :RT 1\nDukuh\n')
    equal(checked(house, use), (0, ''), 'a good list')


def no_folder(house):
    """a store in a folder that isn't there is said before the start"""
    code, said = checked(house, (house.kiosk_store, house.path('nowhere/kotak.db')))
    equal(code, 2, f'exit ({said})')
    expect('[store] path' in said, f'the key is said: {said}')


def somebodys_file(house):
    """what isn't a socket is left alone where the control socket should be"""
    path = house.path('kotak.sock')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('kept')
    house.kiosk.start()
    equal(house.kiosk.process.wait(10 * PATIENCE), 1, 'exit of kotakd')
    house.kiosk.process = None
    expect('kotak.sock' in house.kiosk.log(), 'the path is said')
    with open(path, encoding='utf-8') as file:
        equal(file.read(), 'kept', 'the file')


def somebodys_socket(house):
    """a second daemon with another store doesn't take the first one's socket"""
    house.start_modem()
    house.start_kiosk()
    other = house.path('other.conf')
    with open(house.kiosk_conf, encoding='utf-8') as file:
        text = file.read().replace(house.kiosk_store, house.path('other.db')).replace(
            house.device, 'none')
    with open(other, 'w', encoding='utf-8') as file:
        file.write(text)
    second = subprocess.run([os.path.join(BUILD, 'kotakd'), '--config', other],
                            capture_output=True, text=True, timeout=60 * PATIENCE, check=False)
    equal(second.returncode, 1, f'exit of the second ({second.stderr})')
    expect('another daemon' in second.stderr, f'the reason is said: {second.stderr}')
    house.kotakctl('status')
    house.kiosk.kill()
    house.start_kiosk()
    house.kotakctl('status')


def private(house):
    """the store is not for everybody to read"""
    house.start_kiosk()
    for name in os.listdir(house.path('kiosk')):
        mode = stat.S_IMODE(os.stat(house.path(f'kiosk/{name}')).st_mode)
        expect(mode & 0o007 == 0, f'{name} is not for others: {mode:o}')


run(addresses, twice, panel, places, no_folder, somebodys_file, (somebodys_socket, {'sync': False}),
    (private, {'sync': False}))
