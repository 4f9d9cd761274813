#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 400
# waits
# postgresql
"""The SOP's table row by row (tests/desk/walk.py): clicked in headless Chromium, texted by residents and
typed at the panel. Leaves pictures and index.html in $KOTAK_BUILD/screenshots/desk/."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'desk'), HERE]
from chromium import in_debians_python, missing  # noqa: E402


def main():
    why = missing()
    if why:
        print(f'1..1\nok 1 - the SOP, row by row # SKIP {why}')
        return
    in_debians_python()
    import handling
    import law
    import showing
    import taking
    from walk import walk
    walk({**taking.ROWS, **handling.ROWS, **showing.ROWS, **law.ROWS})


main()
