# SPDX-License-Identifier: GPL-2.0-or-later
"""A large office's database for measurements: so many tickets of so many kiosks over three years,
with complainants, texts, messages, decisions and the event logs they stand in.

What is as in life: words by their frequency, states and dates that fit each other, rows in the
order they would have been written, every log's chain (ppidctl verify passes), ticket numbers with
their check digit. What is not: a ticket has seven to nine events instead of about fifteen (no notes,
details, sent messages or acknowledged commands in the log), its later ones follow the first at once
in the log though their times don't, and officers' accounts can't log in.
"""
import bisect
import hashlib
import random
import sqlite3
import subprocess
import time

import postgresql
from ppidd_kiosk import GENESIS, ticket

DAY_S = 86400
SPAN_DAYS = 3 * 365
OPEN_DAYS = 12
BATCH = 2000
OFFICERS = 60
TOKEN = 'b' * 64  # of every kiosk: a measurement sends as any of them

THINGS = ('jalan lampu saluran sampah jembatan ktp kartu akta bantuan blt beras posyandu puskesmas '
          'sekolah irigasi talud gorong drainase sumur pdam listrik pohon trotoar portal balai '
          'makam lapangan masjid pasar parkir terminal bantaran sungai tanggul pupuk sertifikat '
          'tanah pajak pbb surat domisili nikah warisan apbdes anggaran laporan dana honor kader '
          'linmas ronda wifi internet informasi website antrean loket pelayanan petugas').split()
PROBLEMS = ('rusak berlubang mati padam tersumbat menumpuk ambrol retak longsor banjir bau hilang '
            'belum-selesai terlambat tidak-jelas tidak-diberikan ditolak dipungut-biaya salah-nama '
            'tidak-lengkap tidak-sesuai tidak-merata bocor kering tumbang macet gelap licin kotor '
            'lambat kosong putus tertunda').split()
ENDINGS = ('mohon segera ditindaklanjuti', 'sudah seminggu belum ada tindakan', 'mohon penjelasan',
           'membahayakan anak sekolah', 'warga sudah melapor ke dukuh', 'terima kasih',
           'sejak bulan lalu', 'kami minta salinannya', 'sudah dua kali datang ke kantor',
           'tolong diperbaiki sebelum musim hujan', 'apakah ada biayanya', 'mohon diumumkan')
FIRST = ('Tukijo Sutarmi Ngadiman Suparti Wagiyem Slamet Sri Budi Siti Rini Joko Endang Parjo Tumini '
         'Sugeng Lestari Bambang Wahyu Dewi Agus Eko Fitri Galih Hesti Indra Kartika Marno Ngatini '
         'Poniran Rubiyem').split()
LAST = ('Santoso Wibowo Lestari Prasetyo Utami Nugroho Handayani Setiawan Rahayu Widodo Kurniawan '
        'Suryani Hartono Purnomo Wulandari Saputra Hidayat Astuti Mulyono Pertiwi').split()
PLACES = ('Kranggan Sogan Beji Kemiri Wetan Kulon Tengah Sebokarang Conegaran Dalangan Seworan '
          'Klepu Gadingan Ngaran Kopat Wonosari Jambon Krajan Tegal Ngemplak').split()
SYLLABLES = 'ba bi cu da di ga gu ja ka ke la lu ma mo na ni pa po ra ri sa su ta tu wa yo'.split()
CATEGORIES = ('access', 'quality', 'procedure', 'other')
CAUSES = ('administrative', 'procedure', 'technical', 'other')
OFFICES = ('Kapanewon Wates', 'Dinas PUPR', 'Dukcapil', 'Dinas Sosial', 'PLN', 'PDAM')
CHANNELS = ('sms',) * 7 + ('panel', 'panel', 'ussd')

COLUMNS = {
    'kiosk': 'number name added_ms token_hash enrolled_ms version contact_ms',
    'officer': 'name role password_hash added_ms',
    'complaint': 'uuid kiosk ticket state kiosk_state still_open channel category language '
                 'created_ms updated_ms rating confidential about category_by officer cause '
                 'referred_to verified_ms resolved_ms counted_ms working_days due_ms stopped_ms '
                 'waited_days surveyed_ms',
    'complaint_personal': 'uuid sender name address text pin',
    'event': 'source epoch seq id time clock boot actor type ticket data hash complaint taken_ms',
    'event_personal': 'source epoch seq salt body',
    'message': 'id kiosk complaint purpose command state queued_ms updated_ms epoch seq',
    'message_personal': 'id recipient text',
    'command': 'id kiosk number type complaint ticket target echoed actor created_ms state '
               'applied_ms',
    'command_personal': 'id text reason',
}


class Frequent:
    """Words chosen by Zipf's law."""

    def __init__(self, words):
        self.words = words
        self.sums = []
        total = 0.0
        for place in range(len(words)):
            total += 1 / (place + 1)
            self.sums.append(total)

    def choose(self, chance):
        return self.words[bisect.bisect(self.sums, chance.random() * self.sums[-1])]


class Log:
    """A source's event log: events are chained as docs/sync.md says."""

    def __init__(self, source):
        self.source = source
        self.seq = 0
        self.hash = GENESIS


class Office:
    """Makes rows batch by batch: {table: [row, …]}."""

    def __init__(self, kiosks, tickets, seed=1, now=None):
        self.chance = random.Random(seed)
        self.now = int(now or time.time())
        self.count = tickets
        self.kiosks = list(range(1, kiosks + 1))
        self.logs = {number: Log(number) for number in [0] + self.kiosks}
        self.serials = dict.fromkeys(self.kiosks, 0)
        self.commands = dict.fromkeys(self.kiosks, 0)
        self.things, self.problems = Frequent(THINGS), Frequent(PROBLEMS)
        self.officers = [f'petugas{number:02d}' for number in range(OFFICERS)]
        self.rows = {}

    def add(self, table, *values):
        self.rows[table].append(values)

    def uuid(self):
        digits = f'{self.chance.getrandbits(128):032x}'
        return f'{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}'

    def event(self, log, at, kind, number, uuid, data, actor, personal=None):
        """data: the text of the JSON object behind its personal hash, keys in order."""
        log.seq += 1
        name, moment = self.uuid(), time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(at))
        written = 'null' if number is None else f'"{number}"'
        if personal is not None:
            salt = f'{self.chance.getrandbits(128):032x}'
            seal = hashlib.sha256(f'{salt}\n{personal}'.encode()).hexdigest()
            data = data.replace('@', seal)
        bare = (f'{{"actor":"{actor}","boot":1,"clock":"ntp","data":{data},"epoch":1,"id":"{name}",'
                f'"seq":{log.seq},"ticket":{written},"time":"{moment}","type":"{kind}"}}')
        log.hash = hashlib.sha256(f'{log.hash}\n{bare}'.encode()).hexdigest()
        self.add('event', log.source, 1, log.seq, name, moment, 'ntp', 1, actor, kind, number, data,
                 log.hash, uuid, at * 1000)
        if personal is not None:
            self.add('event_personal', log.source, 1, log.seq, salt, personal)

    def text(self):
        chance = self.chance
        words = [self.things.choose(chance), self.problems.choose(chance).replace('-', ' '), 'di',
                 chance.choice(PLACES), chance.choice(ENDINGS)]
        if chance.random() < 0.5:
            words[3:3] = ['dekat', self.things.choose(chance)]
        if chance.random() < 0.3:  # what stands nowhere else
            words.append(''.join(chance.choices(SYLLABLES, k=4)))
        return ' '.join(words)

    def begin(self):
        """Kiosks, accounts and the first event of each log."""
        self.rows = {table: [] for table in COLUMNS}
        start = self.now - (SPAN_DAYS + 1) * DAY_S
        secret = hashlib.sha256(TOKEN.encode()).hexdigest()
        for number in self.kiosks:
            self.add('kiosk', number, f'Balai Kalurahan {PLACES[number % 20]} {number}',
                     start * 1000, secret if number == 1 else f'{secret[:-4]}{number:04d}',
                     start * 1000, '0.1', (self.now - number % 600) * 1000)
            self.event(self.logs[number], start, 'epoch.started', None, None, '{"reason":"first"}',
                       'kiosk')
        for name in self.officers:
            self.add('officer', name, 'officer', '!', start * 1000)
        return self.rows

    def batches(self):
        yield self.begin()
        for first in range(0, self.count, BATCH):
            self.rows = {table: [] for table in COLUMNS}
            for place in range(first, min(first + BATCH, self.count)):
                share = (place + self.chance.random()) / self.count
                self.complaint(self.now - int((1 - share) * SPAN_DAYS * DAY_S) - 60)
            yield self.rows

    def state(self, age_days):
        luck = self.chance.random()
        if age_days < OPEN_DAYS and luck < 0.7 - age_days / 40:
            return self.chance.choice(('received', 'received', 'verified', 'assigned',
                                       'investigating', 'incomplete'))
        if luck < 0.02:
            return self.chance.choice(('received', 'investigating', 'reopened', 'incomplete'))
        if luck < 0.07:
            return 'referred'
        if luck < 0.1:
            return 'withdrawn'
        return 'resolved' if luck < 0.2 or age_days < 30 else 'closed'

    def complaint(self, at):
        chance = self.chance
        kiosk = chance.choice(self.kiosks)
        log, desk = self.logs[kiosk], self.logs[0]
        self.serials[kiosk] += 1
        number, uuid = ticket(kiosk, self.serials[kiosk]), self.uuid()
        state = self.state((self.now - at) / DAY_S)
        opened = state not in ('resolved', 'closed', 'referred', 'withdrawn')
        answered = state in ('resolved', 'closed')
        channel = chance.choice(CHANNELS)
        sender = f'+62812{chance.randrange(10 ** 7):07d}' if channel != 'panel' else ''
        name = f'{chance.choice(FIRST)} {chance.choice(LAST)}' if chance.random() < 0.8 else None
        address = (f'RT {chance.randrange(1, 20):02d} {chance.choice(PLACES)}'
                   if chance.random() < 0.8 else None)
        text = self.text()
        category = chance.choice(CATEGORIES) if chance.random() < 0.85 else None
        officer = (chance.choice(self.officers)
                   if state not in ('received', 'incomplete', 'verified', 'withdrawn') else None)
        days = chance.choice((7, 7, 7, 14))
        resolved = min(at + int(chance.expovariate(1 / 5) * DAY_S) + 3600, self.now) if answered else None
        about = 'office' if chance.random() < 0.02 else None

        confidential = chance.random() < 0.03
        rating = chance.choice((1, 2, 3, 4, 4, 5, 5)) if answered and chance.random() < 0.4 else None

        def quoted(value):
            return 'null' if value is None else f'"{value}"'
        said = ''.join(f'"{key}":"{value}",' for key, value in (('about', about), ('category', category))
                       if value)
        self.event(log, at, 'complaint.received', number, uuid,
                   f'{{{said}"channel":"{channel}","language":"id","personal":"@","uuid":"{uuid}"}}',
                   'complainant',
                   f'{{"address":{quoted(address)},"from":"{sender}","name":{quoted(name)},'
                   f'"pin":"{self.serials[kiosk] % 10000:04d}","text":"{text}"}}')
        if sender:
            self.message(log, at, number, uuid, sender, 'ticket', f'Aduan Anda diterima, nomor {number}')
        verified = state not in ('received', 'incomplete', 'withdrawn')
        if verified:
            self.event(desk, at, 'complaint.state', number, uuid,
                       f'{{"from":"received","to":"verified","uuid":"{uuid}"}}', 'officer:petugas01')
        if confidential:
            self.event(log, at, 'complaint.confidential', number, uuid,
                       f'{{"on":true,"uuid":"{uuid}"}}', 'complainant')
        if officer:
            self.event(desk, at, 'complaint.assigned', number, uuid,
                       f'{{"officer":"{officer}","uuid":"{uuid}"}}', 'officer:petugas01')
        if answered:
            self.answer(kiosk, resolved, number, uuid, sender, officer)
        if state == 'reopened' or (answered and chance.random() < 0.02):
            self.event(log, resolved or at, 'complaint.state', number, uuid,
                       f'{{"from":"resolved","to":"reopened","uuid":"{uuid}"}}', 'complainant')
        if rating:
            self.event(log, resolved, 'complaint.rated', number, uuid,
                       f'{{"rating":{rating},"uuid":"{uuid}"}}', 'complainant')
        self.add('complaint', uuid, kiosk, number, state, state, int(opened), channel, category, 'id',
                 at * 1000, (resolved or at) * 1000,
                 rating, int(confidential), about, None, officer,
                 chance.choice(CAUSES) if answered else None,
                 chance.choice(OFFICES) if state == 'referred' else None,
                 at * 1000 if verified else None, resolved * 1000 if resolved else None, at * 1000,
                 days, (at + (days + 2) * DAY_S) * 1000 if opened and state != 'incomplete' else None,
                 at * 1000 if state == 'incomplete' else None, 0, resolved * 1000 if resolved else None)
        self.add('complaint_personal', uuid, sender, name, address, text,
                 f'{self.serials[kiosk] % 10000:04d}')

    def message(self, log, at, number, uuid, sender, purpose, text, command=None):
        place = log.seq + 1
        name = f'm{place}'
        more = f'"command":"{command}",' if command else ''
        self.event(log, at, 'message.queued', number, uuid,
                   f'{{{more}"message":"{name}","personal":"@","purpose":"{purpose}","uuid":"{uuid}"}}',
                   'kiosk', f'{{"text":"{text}","to":"{sender}"}}')
        self.event(log, at, 'message.delivered', number, uuid,
                   f'{{"message":"{name}","purpose":"{purpose}","uuid":"{uuid}"}}', 'kiosk')
        state = 'failed' if self.chance.random() < 0.01 else 'delivered'
        self.add('message', f'{log.source}:{name}', log.source, uuid, purpose, command, state,
                 at * 1000, at * 1000, 1, place)
        self.add('message_personal', f'{log.source}:{name}', sender, text)

    def answer(self, kiosk, at, number, uuid, sender, officer):
        command, text = self.uuid(), 'Sudah kami tangani, terima kasih atas laporannya'
        self.commands[kiosk] += 1
        self.event(self.logs[0], at, 'complaint.answer', number, uuid,
                   f'{{"command":"{command}","personal":"@","uuid":"{uuid}"}}', f'officer:{officer}',
                   f'{{"text":"{text}"}}')
        self.add('command', command, kiosk, self.commands[kiosk], 'answer', uuid, number, 'resolved', 1,
                 f'officer:{officer}', at * 1000, 'done', at * 1000)
        self.add('command_personal', command, text, None)
        self.event(self.logs[kiosk], at, 'complaint.state', number, uuid,
                   f'{{"command":"{command}","from":"investigating","to":"resolved","uuid":"{uuid}"}}',
                   'kiosk')
        if sender:
            self.message(self.logs[kiosk], at, number, uuid, sender, 'answer', text, command)


def columns(table):
    return ', '.join(COLUMNS[table].split())


def progress(done, count, began, say):
    if say and done % (50 * BATCH) == 0:
        say(f'{done} of {count} tickets after {time.monotonic() - began:.0f} s')


def fill_sqlite(path, office, say=None):
    """Into a database whose schema is there and which nobody uses."""
    began = time.monotonic()
    database = sqlite3.connect(path, isolation_level=None)
    for setting in ('journal_mode = OFF', 'synchronous = OFF', 'cache_size = -400000',
                    'locking_mode = EXCLUSIVE'):
        database.execute(f'PRAGMA {setting}').fetchall()
    indexes = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' "
                               'AND sql IS NOT NULL').fetchall()
    database.execute('BEGIN')
    for name, _ in indexes:
        database.execute(f'DROP INDEX {name}')
    for place, rows in enumerate(office.batches()):
        for table, values in rows.items():
            marks = ', '.join('?' * len(COLUMNS[table].split()))
            database.executemany(f'INSERT INTO {table} ({columns(table)}) VALUES ({marks})', values)
        progress(place * BATCH, office.count, began, say)
    for _, sql in indexes:
        database.execute(sql)
    database.execute('COMMIT')
    database.execute('PRAGMA journal_mode = WAL').fetchall()
    database.close()


def field(value):
    """As COPY's text format wants it; no text of ours has a tab, a backslash or a line's end."""
    return '\\N' if value is None else str(value)


def fill_postgresql(database, office, say=None):
    """The same by COPY, one stream a table, with foreign keys quiet and indexes made afterwards."""
    began = time.monotonic()
    indexes = postgresql.psql(database.where, database.name,
                              "SELECT indexname || '|' || indexdef FROM pg_indexes WHERE schemaname = "
                              "'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)")
    indexes = [line.split('|', 1) for line in indexes.splitlines()]
    database.executescript(''.join(f'DROP INDEX {name};' for name, _ in indexes))
    program = [postgresql.program('psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', database.where,
               '-U', 'kotak', database.name, '-c', 'SET session_replication_role = replica', '-c']
    streams = {table: subprocess.Popen(program + [f'COPY {table} ({columns(table)}) FROM STDIN'],
                                       stdin=subprocess.PIPE, text=True, cwd='/')
               for table in COLUMNS}
    for place, rows in enumerate(office.batches()):
        for table, values in rows.items():
            streams[table].stdin.writelines('\t'.join(map(field, row)) + '\n' for row in values)
        progress(place * BATCH, office.count, began, say)
    for table, stream in streams.items():
        stream.stdin.close()
        if stream.wait() != 0:
            raise RuntimeError(f'psql could not fill {table}')
    for _, sql in indexes:
        database.executescript(sql + ';')
    database.executescript('VACUUM ANALYZE;')
