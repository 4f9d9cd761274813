# SPDX-License-Identifier: GPL-2.0-or-later
"""The receipt printer for scenario tests: printer-sim beside a house.

    with PrinterSim(house) as printer:
        house.start()
        slip = printer.wait_for_slip(1)
"""
import os

from harness import Program, expect, wait_for
from panel import Control


class PrinterSim:
    """printer-sim in a house's folder, and [printer] in the house's kotakd.conf. arguments: more
    for printer-sim."""

    def __init__(self, house, arguments=()):
        self.house = house
        self.device = house.path('printer')
        self.control_socket = house.path('printer.control')
        self.folder = house.path('slips')
        os.makedirs(self.folder, exist_ok=True)
        self.program = Program(house, 'printer-sim', [
            'printer-sim', '--link', self.device, '--control', self.control_socket,
            '--folder', self.folder, *arguments])
        house.programs.append(self.program)
        self.control = None
        with open(house.kiosk_conf, 'a', encoding='utf-8') as file:
            file.write(f'\n[printer]\ndevice = {self.device}\n')

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stop()

    def start(self):
        before = self.program.log().count('ready')
        self.program.start()

        def ready():
            self.program.insist()
            return self.program.log().count('ready') > before
        wait_for(ready, 10, 'printer-sim says "ready"')
        self.control = Control(self.control_socket)

    def stop(self):
        if self.control:
            self.control.close()
            self.control = None
        self.program.stop()

    def ask(self, do, **fields):
        """One request; fails unless the answer is ok."""
        answer = self.control.ask(do=do, **fields)
        expect(answer.get('ok'), f'printer-sim does {do} {fields}: {answer}')
        return answer

    def state(self):
        return self.ask('state')

    def slips(self, after=0):
        return self.ask('slips', after=after)['slips']

    def wait_for_slip(self, number, seconds=20):
        """The slip of this number, counted from 1, as soon as it is out."""
        return wait_for(lambda: next(iter(self.slips(number - 1)), None), seconds,
                        f'slip {number} comes out')
