#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The house rules: who may include what, where SQL may stand, which calls are out of the
question, how long a file may be. Prints FILE:LINE: what is wrong and what would be right."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ('firmware', 'drivers', 'tools', 'tests', 'board')
MAX_LINES = 600
LONG_REASON = re.compile(r'/\* over 600 lines because: \S')

# Libraries that only drivers (and the simulators, which are the other end) may know.
HARDWARE = re.compile(r'<(gammu[\w-]*|gpiod|libserialport|curl/\w+)\.h>')
HARDWARE_FREE_TO_USE = ('drivers/', 'tests/')
# kotakctl enrols through the uplink seam, so it needs no exception.

BANNED = {
    'sprintf': 'snprintf', 'vsprintf': 'vsnprintf', 'strcpy': 'snprintf or memcpy with its size',
    'strcat': 'snprintf', 'strncpy': 'snprintf', 'strncat': 'snprintf', 'gets': 'getline',
    'atoi': 'strtol with its errors', 'atol': 'strtol with its errors',
    'atoll': 'strtoll with its errors', 'atof': 'strtod with its errors',
    'system': 'posix_spawn', 'popen': 'posix_spawn', 'alloca': 'malloc', 'tmpnam': 'mkstemp',
    'mktemp': 'mkstemp', 'scanf': 'a parser that sees overflow', 'strtok': 'strtok_r or strsep',
    'rand': 'randombytes_uniform', 'sscanf': 'strtol and friends, which see overflow',
}
BANNED_CALL = re.compile(r'(?<![\w.>])(' + '|'.join(BANNED) + r')\s*\(')
SLEEP_CALL = re.compile(r'(?<![\w.>])(sleep|usleep|nanosleep|clock_nanosleep)\s*\(')
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s'
                 r'|CREATE\s+(TABLE|INDEX|TRIGGER)\s|PRAGMA\s|BEGIN\s+IMMEDIATE)')
# Its own SQL is another's: MariaDB's, for OpenSID's table.
SQL_FREE_TO_USE = ('firmware/store/', 'tools/ppidd/', 'tools/ppidd-opensid/', 'tests/')
MARIADB = re.compile(r'<mysql\.h>')
SQLITE = re.compile(r'<(sqlite3|libpq-fe)\.h>')
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))')
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')

# Rooms of the firmware's core, and which other rooms each may know besides base, wire and port.
ROOMS = {
    'base': (), 'wire': ('base',), 'port': ('base', 'wire'),
    'store': ('store',), 'dialogue': ('dialogue', 'store'),
    'sync': ('sync', 'store', 'dialogue'),
    'panel': ('panel', 'dialogue'),
    'kotakd': ('kotakd', 'sync', 'dialogue', 'store', 'panel'),
}
# Composition: the files of the core that put the drivers together.
COMPOSERS = ('firmware/kotakd/main.c', 'firmware/kotakd/kiosk.c', 'firmware/kotakd/modems.c')


def strip_comments(text):
    """The text with comments and the insides of character constants blanked, lines kept."""
    def blank(match):
        found = match.group(0)
        if found.startswith('"'):
            return found
        return re.sub(r'[^\n]', ' ', found)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', blank, text, flags=re.DOTALL)


def strip_strings(text):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def room_of(include):
    return include.split('/', 1)[0]


def include_fault(path, include):
    """What is wrong with this quoted include, or None."""
    top, _, rest = path.partition('/')
    room = rest.split('/', 1)[0]
    target = room_of(include)
    in_core = target in ROOMS
    generated = include.endswith('.inc') or include.startswith('gen/')
    if generated:
        return None
    if top == 'firmware':
        if path in COMPOSERS or '/' not in include:
            return None
        if not in_core:
            return 'the core knows no driver and no tool: go through firmware/port'
        allowed = set(ROOMS.get(room, ())) | {'base', 'wire', 'port', room}
        if room in ('base',):
            allowed = {'base'}
        elif room == 'wire':
            allowed = {'base', 'wire'}
        if target not in allowed:
            return f'firmware/{room} may include only {", ".join(sorted(allowed))}'
    elif top == 'drivers':
        if in_core and target not in ('base', 'port', 'wire'):
            return 'a driver knows firmware/port (and base) only'
        if include.startswith('tools/'):
            return 'a driver knows no tool'
    elif top == 'tools' and room in ('ppidd', 'ppidd-opensid', 'modem-sim', 'panel-sim', 'printer-sim', 'panel-view', 'demo'):
        if in_core and target not in ('base', 'wire'):
            return f'tools/{room} shares only base and wire with the firmware'
    return None


def check_c(path, text, complain):
    lines = text.splitlines()
    if not text.startswith('/* SPDX-License-Identifier: GPL-2.0-or-later */'):
        complain(1, 'must begin with /* SPDX-License-Identifier: GPL-2.0-or-later */')
    if len(lines) > MAX_LINES and not LONG_REASON.search(text):
        complain(len(lines), f'over {MAX_LINES} lines: split it by meaning, or say '
                 '/* over 600 lines because: … */')
    if path.startswith('tests/unit/') and 'int main(' in text and 'CM_OUTPUT_TAP' not in text:
        complain(len(lines), 'a unit test prints TAP: cmocka_set_message_output(CM_OUTPUT_TAP)')
    code = strip_comments(text)
    bare = strip_strings(code)
    for number, (full, line, plain) in enumerate(
            zip(lines, code.splitlines(), bare.splitlines()), 1):
        include = INCLUDE.match(line)
        if include and include.group(1):
            fault = include_fault(path, include.group(1))
            if fault:
                complain(number, f'"{include.group(1)}": {fault}')
        elif include:
            if HARDWARE.search(include.group(2)) and not path.startswith(HARDWARE_FREE_TO_USE):
                complain(number, f'{include.group(2)}: only drivers/ may include it')
            if SQLITE.search(include.group(2)) and not path.startswith(
                    ('firmware/store/', 'tools/ppidd/', 'tests/')):
                complain(number, f'{include.group(2)}: only firmware/store and tools/ppidd')
            if MARIADB.search(include.group(2)) and not path.startswith('tools/ppidd-opensid/'):
                complain(number, f'{include.group(2)}: only tools/ppidd-opensid')
        banned = BANNED_CALL.search(plain)
        if banned:
            complain(number, f'{banned.group(1)}(): use {BANNED[banned.group(1)]}')
        if SLEEP_CALL.search(plain):
            complain(number, 'no sleeping: wait for a condition with a deadline')
        if SQL.search(line) and not path.startswith(SQL_FREE_TO_USE):
            complain(number, 'SQL stands in firmware/store, tools/ppidd and tools/ppidd-opensid only')
        if UNFINISHED.search(full):
            complain(number, 'finish it, or say in words what is not done and why')


def main():
    faults = []
    for folder in FOLDERS:
        for where, folders, names in os.walk(os.path.join(ROOT, folder)):
            folders.sort()
            for name in sorted(names):
                if not name.endswith(('.c', '.h')):
                    continue
                full = os.path.join(where, name)
                path = os.path.relpath(full, ROOT)
                with open(full, encoding='utf-8') as file:
                    text = file.read()
                check_c(path, text,
                        lambda line, what, path=path: faults.append(f'{path}:{line}: {what}'))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
