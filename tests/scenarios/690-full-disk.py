# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# The card is full: nothing is acknowledged that isn't written, somebody is told, and it goes
# on by itself once there is room.
import errno
import os
import subprocess
import sys
import time

from harness import equal, expect, measured, run, ticket_in, wait_for

# More than kotakd wants to see free, or its status would never be well.
SIZE_MIB = 80
FIRST = '+628111000061'
SENDERS = ['+628111000062', '+628111000063', '+628111000064']


def mount(folder):
    """A small file system of its own there; False where that isn't allowed."""
    return os.geteuid() == 0 and subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', f'size={SIZE_MIB}m,mode=700', 'tmpfs', folder],
        stderr=subprocess.DEVNULL, check=False).returncode == 0


def unmount(folder):
    subprocess.run(['umount', '-l', folder], check=False)


class Ballast:
    """A file that takes all the room there is."""

    def __init__(self, folder):
        self.path = os.path.join(folder, 'ballast')
        with open(self.path, 'wb', buffering=0) as file:
            for piece in (1 << 20, 4096, 1):
                try:
                    while True:
                        file.write(b'\0' * piece)
                except OSError as error:
                    expect(error.errno == errno.ENOSPC, f'the card gets full: {error}')

    def drop(self):
        os.unlink(self.path)


def storage(house):
    return next(item for item in house.kiosk_json('status')['items']
                if item['name'] == 'storage')


def held(house):
    """How many messages the modem holds."""
    stores = house.sim(do='stores')['stores']
    return sum(store['used'] for store in
               (stores.values() if isinstance(stores, dict) else stores))


def in_full(house, test):
    folder = house.path('kiosk')
    expect(mount(folder), 'a file system of its own can be mounted')
    try:
        test(house, folder)
    finally:
        house.kiosk.kill()
        unmount(folder)


def all_answered(house, senders, seconds):
    for sender in senders:
        expect(ticket_in(house.reply(sender, seconds=seconds)), f'{sender} has a ticket')
    wait_for(house.empty_modem, 20, 'the modem is empty')
    equal(sorted(one['from'] for one in house.complaints()), sorted([FIRST, *senders]),
          'whose complaints are there')
    equal(sorted(to for to, _ in house.messages()), sorted([FIRST, *senders]),
          'who got a message, each once')
    house.kotakctl('verify')


def full_at_work(house, folder):
    house.start()
    house.deliver('Jembatan bambu di dusun kami hampir putus', FIRST)
    house.reply(FIRST)
    wait_for(house.synced, 10, 'all is at the server')
    pid = house.kiosk.pid
    ballast = Ballast(folder)
    for sender in SENDERS:
        house.deliver('Saluran air tersumbat ' + 'di belakang pasar desa ' * 9, sender)
    wait_for(lambda: not storage(house)['ok'] and
             'could not be written' in storage(house)['text'], 20, 'status says that it is full')
    expect('no room left' in house.kiosk.log(), 'the log says that there is no room')
    expect(storage(house)['advice'], 'status says what to do')
    # Once more, so that it has tried again at least once.
    wait_for(lambda: house.kiosk.log().count('no room left') > 1, 20, 'it tries again')
    expect(held(house) >= len(SENDERS), f'the modem still holds them: {held(house)}')
    equal(house.messages()[1:], [], 'nobody was told anything that is not written')
    ballast.drop()
    began = time.monotonic()
    all_answered(house, SENDERS, 30)
    measured(f'room again -> {len(SENDERS)} replies: {time.monotonic() - began:.1f} s')
    wait_for(lambda: storage(house)['ok'], 10, 'status is well again')
    equal(house.kiosk.pid, pid, 'kotakd went on all the time')
    wait_for(house.synced, 20, 'all is at the server')


def full_at_the_start(house, folder):
    house.start()
    house.deliver('Jembatan bambu di dusun kami hampir putus', FIRST)
    house.reply(FIRST)
    wait_for(house.synced, 10, 'all is at the server')
    house.kiosk.stop()
    ballast = Ballast(folder)
    house.start_kiosk(ready=False)
    wait_for(lambda: 'no room left' in house.kiosk.log(), 10, 'the log says what is wrong')
    house.deliver('Atap balai dusun bocor di mana-mana', SENDERS[0])
    ballast.drop()

    def answered():
        """Starts it again as systemd would, whenever it is that it gives up."""
        if not house.kiosk.running():
            house.kiosk.kill()
            house.start_kiosk(ready=False)
        return house.replies(SENDERS[0])
    wait_for(answered, 40, 'it is at work again')
    all_answered(house, SENDERS[:1], 40)


def a_full_card(house):
    """a full card at work: nothing acknowledged unwritten, said, and mended by room alone"""
    in_full(house, full_at_work)


def a_full_card_at_the_start(house):
    """a full card at the start: said, nothing lost, and mended by room alone"""
    in_full(house, full_at_the_start)


def allowed():
    folder = os.path.join('/tmp', f'kotak-mount-{os.getpid()}')
    os.mkdir(folder)
    try:
        if not mount(folder):
            return False
        unmount(folder)
        return True
    finally:
        os.rmdir(folder)


if not allowed():
    print('1..1\nok 1 - a full card # SKIP mounting a small file system is not allowed here')
    sys.exit(0)
run(a_full_card, a_full_card_at_the_start)
