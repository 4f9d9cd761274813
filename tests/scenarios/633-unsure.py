# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
"""Killed between handing a message to the modem and hearing of it: GSM leaves open whether it went
out. The modem's late answer or a report settles it, so that there is one copy; without either it
is sent again, never lost."""
import os
import signal

from harness import equal, expect, run, ticket_in, wait_for

PERSON = '+6281234530001'
# Time enough to look and kill before the network has it, on a busy machine too.
SEND_MS = 4000
# From the submission: longer than a kiosk takes to be up again and to read the report.
REPORT_WAIT_S = 20


def kill_kiosk(house):
    house.kiosk.kill()
    house.start_kiosk()


def kill_worker(house):
    os.kill(house.worker_pid(), signal.SIGKILL)


def on_the_air(house):
    """Whether the modem has the message and the network hasn't answered yet."""
    return '\\x1a' in house.modem.log()


def unsure(house, kill, reports, answer_lost=True):
    house.start_modem()
    house.sim(do='config', send_ms=SEND_MS, reports=reports, report_ms=300)
    if answer_lost:
        house.sim(do='fault', name='answer_lost', count=1)
    house.start_kiosk()
    house.deliver('ADUAN jalan di depan balai desa rusak', PERSON)
    wait_for(lambda: on_the_air(house), 15, 'the answer is being sent')
    equal(house.sent(), [], 'what the network has taken when it happens')
    kill(house)


def state(house):
    with house.kiosk_database() as database:
        return database.execute('SELECT state FROM outgoing_sms').fetchone()[0]


def settled_by_report(kill):
    def test(house):
        unsure(house, kill, 'delivered')
        wait_for(lambda: state(house) == 'delivered', 20, 'the report settles it')
        # Another one's answer afterwards shows that nothing more waits for the first.
        house.deliver('ADUAN lampu di pasar mati', '+6281234530002')
        house.reply('+6281234530002')
        equal(len(house.replies(PERSON)), 1, 'copies of the answer')
        expect(not house.kiosk_json('status')['queue']['outgoing'], 'nothing waits to be sent')
    test.__doc__ = f'{kill.__name__.replace("_", " ")} amid a send: its report settles it, one copy'
    return test


def settled_by_late_answer(kill):
    def test(house):
        unsure(house, kill, 'none', answer_lost=False)
        wait_for(lambda: state(house) == 'sent', 20, "the modem's answer to the one before counts")
        equal(len(house.replies(PERSON)), 1, 'copies of the answer')
        expect(not house.kiosk_json('status')['queue']['unsure'], 'nothing is unsure any more')
    test.__doc__ = (f'{kill.__name__.replace("_", " ")} amid a send: +CMGS of the one before '
                    'settles it, one copy')
    return test


def sent_again_without_report(kill):
    def test(house):
        unsure(house, kill, 'none')
        answers = wait_for(lambda: len(house.replies(PERSON)) == 2 and house.replies(PERSON), 30,
                           'it is sent again')
        equal(ticket_in(answers[0]), ticket_in(answers[1]), 'the same answer')
        first, second = [sent['time_ms'] for sent in house.sent()]
        expect(second - first >= REPORT_WAIT_S * 1000 - SEND_MS,
               f'only after the wait for a report: {second - first} ms')
        wait_for(lambda: state(house) == 'sent', 10, 'the second one is known to be sent')
    test.__doc__ = (f'{kill.__name__.replace("_", " ")} amid a send, no reports: sent again '
                    'after [sms] report_wait')
    return test


OPTIONS = {'sync': False, 'modem_arguments': ('--trace',),
           'kiosk_conf': f'[sms]\nreport_wait = {REPORT_WAIT_S}\n'}
run(*((test, {**OPTIONS, 'make': make}) for test, make in (
    (settled_by_report(kill_kiosk), 'sim7600'), (settled_by_report(kill_worker), 'e173'),
    (settled_by_late_answer(kill_kiosk), 'sim800'), (settled_by_late_answer(kill_worker), 'ec25'),
    (sent_again_without_report(kill_kiosk), 'ec25'),
    (sent_again_without_report(kill_worker), 'sim800'))))
