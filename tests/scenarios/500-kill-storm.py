# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
# The short run of the storm; `make kill-storm` is the long one.
import os
import sys

from harness import ROOT, measured, run

sys.path.insert(0, os.path.join(ROOT, 'tests', 'storm'))
from kill_storm import Storm, house_options

MESSAGES, KILLS, SEED = 60, 8, 5


def a_short_storm(house):
    """kill storm: nothing lost, nothing doubled, each sender has their ticket"""
    storm = Storm(house, MESSAGES, KILLS, SEED)
    try:
        storm.run(90)
    finally:
        for line in storm.table().splitlines():
            measured(line)


# Longer than a report needs on a machine that has much else to do: what is sent again is counted.
run((a_short_storm, house_options('ec25', 30)))
