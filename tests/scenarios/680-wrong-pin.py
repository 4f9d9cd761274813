# SPDX-License-Identifier: GPL-2.0-or-later
"""A wrong PIN in the configuration costs the SIM one try, however often anything restarts:
the third would lock it for good."""
import os
import signal

from harness import equal, expect, run, wait_for


def tries(house):
    return sum(1 for line in house.modem.log().splitlines() if 'AT+CPIN="9999"' in line)


def sim_of(house):
    modems = house.kiosk_json('status')['modems']
    return modems[0]['sim'] if modems else None


def one_try_only(house):
    """a refused PIN isn't tried again by the next worker, nor by the next kotakd"""
    house.start_modem()
    house.sim(do='config', pin='1234')
    house.start_kiosk()
    wait_for(lambda: tries(house) == 1, 15, 'the PIN is tried')
    for _ in range(3):
        worker = wait_for(house.worker_pid, 10, 'a worker')
        wait_for(lambda: 'PIN' in (sim_of(house) or ''), 15, 'status speaks of the PIN')
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: house.worker_pid() not in (None, worker), 10, 'another worker')
    for _ in range(2):
        house.kiosk.kill()
        house.start_kiosk()
        wait_for(lambda: 'PIN' in (sim_of(house) or ''), 15, 'status speaks of the PIN again')
    equal(tries(house), 1, 'tries')
    item = next(item for item in house.kiosk_json('status')['items'] if 'modem' in item['name'])
    expect(not item['ok'] and item['advice'], f'a technician is told what to do: {item}')


run((one_try_only, {'kiosk_conf': '[modem sim1]\npin = 9999\n', 'sync': False,
                    'modem_arguments': ('--trace',)}))
