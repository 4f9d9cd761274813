# SPDX-License-Identifier: GPL-2.0-or-later
# The main job: an SMS becomes a ticket, stands at the server, and the answer comes back.
import time

from harness import PIN, equal, expect, measured, run, ticket_in, wait_for

SENDER = '+6281234500017'


def at_server(house, ticket):
    return next((c for c in house.server_complaints() if c['ticket'] == ticket), None)


def answer_state(house):
    with house.server_database() as database:
        row = database.execute("SELECT state FROM message WHERE purpose = 'answer'").fetchone()
    return row and row[0]


def answer_comes_back(house):
    """an SMS becomes a ticket, stands at the server, and the answer comes back"""
    house.start()
    text = 'Lampu jalan di depan balai desa mati sejak minggu lalu'
    began = time.monotonic()
    house.deliver(text, SENDER)
    reply = house.reply(SENDER)
    measured(f'SMS to ticket in {1000 * (time.monotonic() - began):.0f} ms')
    ticket = ticket_in(reply)
    expect(ticket and ticket.startswith('003-'), f'a ticket of kiosk 3 in {reply!r}')
    expect(PIN.search(reply.replace(ticket, '')), f'a PIN in {reply!r}')
    expect(len(reply) <= 160, f'the reply fits one SMS: {len(reply)} characters')

    complaint = wait_for(lambda: at_server(house, ticket), 2, 'the complaint is at the server')
    measured(f'SMS to the server in {1000 * (time.monotonic() - began):.0f} ms')
    equal(complaint['text'], text, 'text at the server')
    equal(complaint['from'], SENDER, 'number at the server')
    equal(complaint['state'], 'received', 'state at the server')
    equal([c['ticket'] for c in house.complaints()], [ticket], 'complaints at the kiosk')

    began = time.monotonic()
    house.ppidctl('answer', ticket, 'Lampu sudah diganti pagi ini. Terima kasih.')
    answer = house.reply(SENDER, after=1, containing='Lampu sudah diganti')
    measured(f'answer to SMS in {1000 * (time.monotonic() - began):.0f} ms')
    expect(ticket in answer, f'the ticket stands in the answer: {answer!r}')
    wait_for(lambda: answer_state(house) == 'delivered', 15,
             'the server knows that the answer was delivered')
    wait_for(lambda: at_server(house, ticket)['state'] == 'resolved', 5, 'resolved at the server')
    equal(house.complaints()[0]['state'], 'resolved', 'state at the kiosk')
    equal(len(house.replies(SENDER)), 2, 'messages to the complainant')
    wait_for(house.empty_modem, 5, 'the modem is empty')
    house.kotakctl('verify')
    house.ppidctl('verify')


def details_join_the_ticket(house):
    """name and address are asked for once and join the ticket; CEK tells the state"""
    house.start()
    house.deliver('ADUAN Jalan berlubang dekat SD Negeri 2', SENDER)
    ticket = ticket_in(house.reply(SENDER))
    house.deliver('Sukirman Wibowo, Dusun Kalikepek RT 03', SENDER)
    house.reply(SENDER, after=1)
    complaint = wait_for(lambda: next((c for c in house.server_complaints() if c['name']), None),
                         5, 'the name is at the server')
    equal((complaint['ticket'], complaint['name']), (ticket, 'Sukirman Wibowo'), 'named complaint')
    expect('Kalikepek' in complaint['address'], f'address: {complaint["address"]!r}')
    house.deliver('cek', SENDER)
    expect(ticket in house.reply(SENDER, after=2), 'CEK names the ticket')
    house.deliver('Air sumur keruh sesudah hujan', SENDER)
    second = house.reply(SENDER, after=3)
    expect(ticket_in(second) not in (None, ticket), f'a second ticket: {second!r}')
    equal(len(house.complaints()), 2, 'complaints at the kiosk')
    house.deliver('BANTUAN', SENDER)
    expect('CEK' in house.reply(SENDER, after=4), 'help names the words')
    expect(all(len(reply) <= 160 for reply in house.replies(SENDER)), 'every reply is one part')


def long_and_unicode(house):
    """long and Unicode messages arrive whole, in any order of their parts"""
    house.start()
    texts = {
        '+6281234500101': 'Saluran irigasi di utara dusun tersumbat. ' * 8,
        '+6281234500102': 'ꦱꦸꦒꦼꦁ ꦌꦚ꧀ꦗꦁ 🙏 jalan rusak parah ' * 5,
        '+6281234500103': 'Pagar {sekolah} [roboh] ~ tolong | segera \\ €100',
    }
    texts = {sender: text.strip() for sender, text in texts.items()}
    for sender, text in texts.items():
        units = len(text.encode('utf-16-le')) // 2
        wide = any(ord(character) > 0x20ac for character in text)
        parts = -(-units // (67 if wide else 153))
        # The last part comes first.
        house.deliver(text, sender, **({'order': list(range(parts, 0, -1))} if parts > 1 else {}))
    for sender in texts:
        expect(ticket_in(house.reply(sender, seconds=15)), 'a ticket')

    def all_there():
        return len(house.server_complaints()) == len(texts)
    wait_for(all_there, 5, 'all at the server')
    equal({c['from']: c['text'] for c in house.server_complaints()}, texts, 'texts')


def nobody_waits_for_the_network(house):
    """without any server configured the kiosk does its work"""
    house.start()
    house.deliver('Tidak ada jaringan di sini hari ini', SENDER)
    expect(ticket_in(house.reply(SENDER)), 'a ticket')
    house.kotakctl('verify')
    expect(house.kotakctl('status').strip(), 'status says something')
    expect(isinstance(house.kiosk_json('status'), dict), 'status --json is an object')
    for command in ('complaints', 'inbox', 'outbox', 'events'):
        expect(house.kiosk_json(command), f'{command} --json lists something')


run(answer_comes_back, details_join_the_ticket, long_and_unicode,
    (nobody_waits_for_the_network, {'sync': False}))
