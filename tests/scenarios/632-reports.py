# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
"""Status reports: wherever a make puts them they are read, deleted and matched, and each code
means what 23.040 says, up to the officer's desk."""
import os
import signal
import types

import pdus
from harness import equal, expect, run, wait_for
from ppidd_kiosk import Browser

# The stores of each make in which a report may be found.
MAKES = {'sim800': ['SM', 'ME'], 'sim7600': ['SR', 'ME', 'SM'], 'ec25': ['SR', 'ME', 'SM'],
         'e173': ['SR', 'ME', 'SM']}


def message(house, number):
    """State, reason and rounds of the last message to this number."""
    with house.kiosk_database() as database:
        return database.execute(
            'SELECT state, reason, rounds FROM outgoing_sms WHERE recipient = ? '
            'ORDER BY id DESC LIMIT 1', (number,)).fetchone() or (None, None, 0)


def state(house, number):
    return message(house, number)[0]


def answered(house, number):
    """A resident complains and is answered; the reference of the answer."""
    house.deliver('ADUAN jembatan di dusun kami rusak', number)
    house.reply(number)
    wait_for(lambda: state(house, number) == 'sent', 10, 'the answer is sent')
    return [sent for sent in house.sent() if sent['to'] == number][-1]['mr']


def filed_and_matched(make):
    def test(house):
        house.start_modem()
        house.start_kiosk()
        house.deliver('ADUAN lampu jalan mati', '+6281234510000')
        wait_for(lambda: state(house, '+6281234510000') == 'delivered', 15,
                 "the make's own way of filing reports")
        wait_for(house.empty_modem, 10, 'the report leaves the modem')
        house.sim(do='config', reports='none')
        for number, store in enumerate(MAKES[make], 1):
            sender = f'+628123451000{number}'
            reference = answered(house, sender)
            house.sim(do='deliver_pdu', pdu=pdus.report(sender, reference, 0, number), store=store)
            # Not announced by all: found when the stores are listed, as after a start.
            os.kill(house.worker_pid(), signal.SIGKILL)
            wait_for(lambda who=sender: state(house, who) == 'delivered', 20,
                     f'a report in {store} is matched')
            wait_for(house.empty_modem, 10, f'it leaves {store}')
    test.__doc__ = f'{make}: reports on the line and in {", ".join(MAKES[make])} are matched'
    return test, {'make': make, 'sync': False}


def told_to_the_officer(house, browser, number):
    """What the desk shows on the page of this number's complaint."""
    uuid = next(c['uuid'] for c in house.server_complaints() if c['from'] == number)
    return browser.open(f'/complaints/{uuid}')[1]


def codes_told_apart(house):
    """permanent failure stops at once, temporary waits or retries, expiry reaches the desk"""
    house.start()
    house.sim(do='config', reports='none')
    house.ppidctl('user', 'add', 'siti', 'officer', stdin='rahasia-sekali\n')
    browser = Browser(types.SimpleNamespace(url=house.url, context=None))
    browser.login('siti', 'rahasia-sekali')
    codes = [(0x20, 'sent'), (0x30, 'sent'), (0x41, 'failed'), (0x43, 'failed'),
             (0x46, 'expired'), (0x62, 'queued'), (0x00, 'delivered')]
    people = {}
    for number, (code, _) in enumerate(codes):
        people[code] = f'+628123452000{number}'
        reference = answered(house, people[code])
        house.sim(do='deliver_pdu', pdu=pdus.report(people[code], reference, code, number))
    wait_for(lambda: [state(house, people[code]) for code, _ in codes]
             == [wanted for _, wanted in codes], 15, 'each code has its meaning')
    wait_for(house.synced, 10, 'all is at the server')
    for code, words in ((0x41, 'tidak sampai: HP penerima tidak cocok'),
                        (0x43, 'tidak sampai: nomornya mungkin tidak ada'),
                        (0x46, 'tidak sampai: HP penerima tidak dapat dihubungi')):
        expect(words in told_to_the_officer(house, browser, people[code]),
               f'the officer sees what became of status {code:#x}')
    state_now, reason, rounds = message(house, people[0x62])
    expect(rounds == 1 and 'no response' in reason, f'to be sent again: {state_now}, {reason}')
    # The service centre went on trying, and reached the phone.
    mr = [sent for sent in house.sent() if sent['to'] == people[0x20]][-1]['mr']
    house.sim(do='deliver_pdu', pdu=pdus.report(people[0x20], mr, 0, 59))
    wait_for(lambda: state(house, people[0x20]) == 'delivered', 10, 'late, but delivered')
    equal(len(house.sent()), len(codes), 'messages on the air: none sent twice')


run(*(filed_and_matched(make) for make in MAKES), codes_told_apart)
