# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page there is, with something on it, as each role that sees another one: the list of routes
is the program's own (`ppidctl roles`), so that a new page can't be forgotten."""
import re
import urllib.parse
import uuid

from ppidd_kiosk import Browser, Kiosk, check, ticket

ROLES = ('intake', 'officer', 'head', 'auditor', 'administrator')
PASSWORD = 'rahasia-sekali'
LONG = 'https://kulonprogokab.example/' + 'permohonan-informasi-publik' * 5
TAG = re.compile(r'<(/?\w+)([^>]*)>')
NAME = re.compile(r'\b(class|type|id|name|role|required|href|aria-[a-z]+)(?:="([^"]*)")?')


def half_in(server, name):
    """A browser of who gave name and password, and nothing more."""
    browser = Browser(server)
    fields = browser.form(browser.open('/login')[1], '/login')
    browser.open('/login', {**fields, 'name': name, 'password': PASSWORD})
    return browser


class People:
    """The office of a Server: a browser without eyes for each role, and complaints in every state."""

    def __init__(self, server):
        self.server = server
        self.browsers = {role: Browser(server) for role in ROLES}
        for role, browser in self.browsers.items():
            server.ctl('user', 'add', role, role, stdin=PASSWORD + '\n')
            browser.login(role, PASSWORD)
        # An administrator between password and code, and one who has no second factor yet.
        self.browsers['between'] = half_in(server, 'administrator')
        server.ctl('user', 'add', 'baru', 'administrator', stdin=PASSWORD + '\n')
        self.browsers['fresh'] = half_in(server, 'baru')
        self.complaints = {}  # state or kind -> uuid
        self.kiosk = Kiosk(server, 5, 'Balai Kalurahan Triharjo di Jalan Kiai Haji Ahmad Dahlan')

    def complain(self, called, text, data=None, events=(), **personal):
        kiosk = self.kiosk
        kiosk.serial += 1
        kiosk.uuid = str(uuid.uuid4())
        number = ticket(kiosk.id, kiosk.serial)
        kiosk.event('complaint.received',
                    {'uuid': kiosk.uuid, 'channel': 'sms', 'language': 'id', **(data or {})},
                    {'from': f'+62812345678{kiosk.serial:02d}', 'text': text, 'pin': '1234',
                     **personal}, number, 'complainant')
        for kind, told, body in events:
            kiosk.event(kind, {'uuid': kiosk.uuid, **told}, body, number, 'complainant')
        self.complaints[called] = kiosk.uuid
        return kiosk.uuid

    def deed(self, role, name, action, **fields):
        """Sends that form of the complaint's page as this role; it must be offered and taken."""
        browser, place = self.browsers[role], f'/complaints/{self.complaints[name]}'
        page = browser.open(place)[1]
        hidden = browser.form(page, f'{place}/{action}')
        status, page, url = browser.open(f'{place}/{action}', {**hidden, **fields})
        if status != 200 or 'class="wrong"' in page:
            raise RuntimeError(f'{role} {action} {name}: {status} {url}')


def complaints(people):
    """In every state, with long words, names, additions, notes, messages that failed."""
    text = f'Berkas {LONG} tidak dapat dibuka, sudah tiga kali.'
    people.complain('received', text, name='Tukijo', address='Dalangan RT 01')
    people.complain('incomplete', 'Lampu mati')
    people.complain('verified', text)
    people.complain('investigating', text, events=[
        ('complaint.details', {}, {'name': None, 'address': None, 'text': f'Tambahan: {LONG}'}),
        ('complaint.confidential', {'on': True}, None)])
    people.complain('resolved', 'Saluran air mampet di Ngaglik', data={'category': 'quality'})
    people.complain('similar', 'Saluran air di Ngaglik mampet lagi', data={'category': 'quality'})
    people.complain('rated', 'Papan informasi kosong')
    people.complain('referred', 'Sertifikat belum jadi')
    people.complain('withdrawn', 'Salah kirim, maaf')
    people.complain('official', 'Pamong meminta uang', data={'about': 'official', 'channel': 'panel'})
    kiosk = people.kiosk
    kiosk.event('inbound.unreadable', {'pdu': 'x', 'reason': 'PDU ends early'}, {'pdu': '07912604' * 30})
    kiosk.event('contact.consent', {'announcements': True}, {'from': '+6281234567801'}, None, 'complainant')
    check(kiosk.send()[0] == 200, 'complaints come in')
    people.deed('intake', 'incomplete', 'question', text='Di RT berapa?')
    for name in ('verified', 'investigating', 'rated'):
        people.deed('intake', name, 'category', category='other', about='')
        people.deed('intake', name, 'verify')
    people.deed('officer', 'investigating', 'assign', officer='officer')
    people.deed('officer', 'investigating', 'note', kind='finding', cause='technical', text=f'Lihat {LONG}')
    people.deed('officer', 'investigating', 'extend', text='Menunggu suku cadang')
    for name in ('resolved', 'rated'):
        people.deed('officer', name, 'answer', text=f'Sudah diperbaiki, lihat {LONG}')
    people.deed('intake', 'referred', 'refer', office='Kantor Pertanahan Kulon Progo', text='Bukan urusan kami')
    people.deed('officer', 'withdrawn', 'state', to='withdrawn', text='Diminta pengadu')
    people.deed('officer', 'rated', 'state', to='closed', text='')
    kiosk.event('message.queued', {'message': 1, 'purpose': 'answer', 'uuid': people.complaints['resolved']},
                {'to': '+6281234567805', 'text': f'Jawaban {LONG}'})
    kiosk.event('message.failed', {'message': 1, 'purpose': 'answer', 'uuid': people.complaints['resolved'],
                                   'reason': 'no credit'})
    check(kiosk.send(first=1)[0] in (200, 409), 'and what became of a message')


def in_person(people):
    """A complaint of somebody who came in; answered, the answer not handed over yet."""
    browser = people.browsers['intake']
    fields = browser.form(browser.open('/intake')[1], '/intake')
    page = browser.open('/intake', {**fields, 'channel': 'face', 'text': f'Papan {LONG} kosong',
                                    'name': 'Sumarni', 'address': 'Dalangan', 'contact': '0274774604'})[1]
    people.complaints['face'] = re.search(r'href="/complaints/([0-9a-f-]{36})"', page).group(1)
    people.deed('officer', 'face', 'answer', text='Papan sudah diisi.')


def publication(people):
    """One that is public and one draft; the draft's address."""
    browser = people.browsers['head']
    places = []
    for kind, title in (('improvement', 'Papan informasi ditambah'), ('outcome', f'Lihat {LONG}')):
        fields = browser.form(browser.open('/publications')[1], '/publications')
        url = browser.open('/publications', {**fields, 'kind': kind, 'title': title,
                                             'text': f'Tukijo melihatnya di {LONG}', 'tickets': ticket(5, 1)})[2]
        places.append(urllib.parse.urlsplit(url).path)
    token = browser.form(browser.open(places[0])[1], places[0])
    browser.open(places[0], {**token, 'do': 'publish'})
    return places


def skeleton(page):
    """Where a page's menu leads, and what the rest is made of, without its words: two pages of one
    skeleton look alike."""
    menu, _, rest = page.partition('</header>')
    parts = []
    for tag, attributes in TAG.findall(rest):
        told = [f'{name}={value}' if name in ('class', 'type', 'role', 'aria-current') else name
                for name, value in NAME.findall(attributes)]
        parts.append(tag + ' ' + ' '.join(told))
    # A list's items are alike.
    several = [part for n, part in enumerate(parts) if parts[n - 3:n] != parts[n:n + 3]]
    return frozenset(re.findall(r'href="([^"]*)"', menu)), hash('\n'.join(several))


def routes(server):
    """What is asked for by GET: (path, roles; none for everybody)."""
    return [(r['path'], r['roles'] if r['session'] else []) for r in server.ctl_json('roles')
            if r['method'] == 'GET']


def addresses(people, publications):
    """Where something is to be seen, by the route's pattern; others are asked for as they are."""
    def of(name, end=''):
        return [f'/complaints/{people.complaints[name]}{end}']
    lists = [f'/complaints?list={name}&refresh=0' for name in
             ('due', 'mine', 'unassigned', 'waiting', 'all')]
    return {
        '/complaints': lists + ['/complaints?list=all&q=tidak-ada&refresh=0', '/complaints'],
        '/complaints/*': [f'/complaints/{uuid}' for uuid in people.complaints.values()],
        '/accounts/*': ['/accounts/officer'],
        '/publications/*': publications,
        '/complaints/*/receipt': of('face', '/receipt'),
        '/complaints/*/file': of('investigating', '/file') + of('face', '/file'),
        '/complaints/*/file.json': of('face', '/file.json'),
        '/complaints/*/reply': of('face', '/reply'),
        '/complaints/*/letter': of('face', '/letter'),
        '/kiosks/*': ['/kiosks/5'],
        '/kiosks/*/revoke': ['/kiosks/5/revoke'],
        '/reports': ['/reports', '/reports?from=2020-01-01&until=2020-01-31'],
        '/login': ['/login?next=/reports'],
    }
