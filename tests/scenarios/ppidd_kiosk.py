# SPDX-License-Identifier: GPL-2.0-or-later
"""A ppidd under test and a kiosk written from docs/sync.md and wire/event.h alone.

The hash is computed here by Python's own json and hashlib, so that it checks the C code.
"""
import atexit
import base64
import contextlib
import gzip
import hashlib
import hmac
import html
import http.client
import http.cookiejar
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import postgresql
from harness import PATIENCE, free_port, measured, put_store

BUILD = os.path.abspath(os.environ.get("KOTAK_BUILD", "build"))
GENESIS = "0" * 64
# When events happen if nothing else is said: now, for after some days the server asks of itself
# whether an answer helped.
NOW = time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime())
DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]
failures = 0
number = 0


def check(good, name, detail=""):
    global failures, number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {name}", flush=True)
    if not good:
        failures += 1
        print(f"# {detail}", flush=True)
    return good


def finish():
    print(f"1..{number}")
    sys.exit(1 if failures else 0)


def until(condition, seconds=10):
    """The first true value of condition within that time (a busy machine's), else its last."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.02)


def ticket(kiosk, serial):
    digits = f"{kiosk:03d}{serial:06d}"
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return f"{digits[:3]}-{digits[3:]}-{interim}"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha(first, second):
    return hashlib.sha256(f"{first}\n{second}".encode()).hexdigest()


class Server:
    """A ppidd with its own folder, on a port that stays its own while it is down."""

    def __init__(self, tls=False, extra="", port=None):
        self.folder = tempfile.TemporaryDirectory(prefix="ppidd-")
        self.path = self.folder.name
        self.database = os.path.join(self.path, "ppidd.db")
        self.postgresql = postgresql.Database() if postgresql.wanted() else None
        self.store = self.postgresql.url if self.postgresql else f"sqlite:{self.database}"
        self.config = os.path.join(self.path, "ppidd.conf")
        self.log = os.path.join(self.path, "log")
        self.process = None
        self.url = None
        self.context = None
        port = free_port() if port is None else port
        lines = f"[server]\nlisten = 127.0.0.1:{port}\noffice = Kalurahan Uji\n"
        if tls:
            self.certificates()
            lines += f"tls_cert = {self.path}/server.pem\ntls_key = {self.path}/server.key\n"
            self.context = ssl.create_default_context(cafile=f"{self.path}/ca.pem")
        lines += extra + f"[store]\nurl = {self.store}\n"
        with open(self.config, "w") as file:
            file.write(lines)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=self.path,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def certificates(self):
        """A private authority and a certificate of it for 127.0.0.1."""
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem",
                     "-days", "2", "-subj", "/CN=Kotak test CA",
                     "-addext", "keyUsage=critical,keyCertSign")
        self.openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr",
                     "-subj", "/CN=127.0.0.1")
        with open(f"{self.path}/extensions", "w") as file:
            file.write("subjectAltName=IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", "2", "-extfile", "extensions",
                     "-out", "server.pem")

    def start(self, prepare=None):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([f"{BUILD}/ppidd", "--config", self.config],
                                            stderr=log, stdout=log,
                                            preexec_fn=prepare)
        atexit.register(self.process.kill)  # a test that fails leaves nobody behind
        pattern = r"listening on (https?://\S+?)/?\n"
        found = until(lambda: re.search(pattern, self.read_log())
                      or self.process.poll() is not None)
        if not isinstance(found, re.Match):
            raise RuntimeError("ppidd did not start: " + self.read_log())
        self.url = found.group(1)
        return self

    def read_log(self):
        with open(self.log) as file:
            return file.read()

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        return self.process.wait(20 * PATIENCE)

    def stop(self):
        return self.kill(signal.SIGTERM)

    def ctl(self, *arguments, stdin="", code=0):
        done = subprocess.run([f"{BUILD}/ppidctl", "--config", self.config, *arguments],
                              input=stdin, capture_output=True, text=True,
                              timeout=60 * PATIENCE)
        if code is not None and done.returncode != code:
            raise RuntimeError(f"ppidctl {arguments}: {done.returncode} {done.stderr}")
        return done.stdout

    def ctl_json(self, *arguments):
        return json.loads(self.ctl(*arguments, "--json"))

    def connect(self):
        """What the server knows, to be looked at or changed behind its back."""
        return self.postgresql or sqlite3.connect(self.database)

    @contextlib.contextmanager
    def behind(self):
        """What the stopped server knows as an SQLite database, to be changed behind its back."""
        path = os.path.join(self.path, "behind.db") if self.postgresql else self.database
        if self.postgresql:
            self.ctl("backup", path)
        connection = sqlite3.connect(path)
        yield connection
        connection.commit()
        connection.close()
        if self.postgresql:
            self.put_back(path)
            os.unlink(path)

    def put_back(self, backup):
        """The server, which doesn't run, knows what it knew when the file was made."""
        if self.postgresql:
            self.postgresql.empty()
            self.ctl("restore", backup)
        else:
            put_store(backup, self.database)

    def descriptors(self):
        """How many the process has open: one more for each connection."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def request(self, method, path, body=None, headers=None, timeout=70 * PATIENCE):
        """(status, answer); the answer parsed when it is JSON."""
        asked = urllib.request.Request(self.url + path, data=body, method=method,
                                       headers=headers or {})
        try:
            with urllib.request.urlopen(asked, timeout=timeout, context=self.context) as answer:
                status, text, kind = answer.status, answer.read(), answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            status, text, kind = error.code, error.read(), error.headers.get_content_type()
        return status, json.loads(text) if kind == "application/json" else text.decode()


class Kiosk:
    def __init__(self, server, kiosk, name="Balai uji"):
        self.server = server
        self.id = kiosk
        self.epoch = 1
        self.boot = 1
        self.events = []  # of this epoch
        self.seam = GENESIS
        self.serial = 0
        self.code = server.ctl("kiosk", "add", str(kiosk), name).strip()
        status, answer = self.enroll(self.code)
        if status != 200:
            raise RuntimeError(f"enrolment: {status} {answer}")
        self.token = answer["token"]
        self.event("epoch.started", {"reason": "first"})

    def enroll(self, code, kiosk=None):
        body = json.dumps({"code": code, "kiosk": kiosk or self.id, "version": "0.1"}).encode()
        return self.server.request("POST", "/v1/enroll", body)

    def last_hash(self):
        return self.events[-1]["hash"] if self.events else self.seam

    def chain(self, event):
        """Puts an event at the end of this epoch and hashes it."""
        event = {k: v for k, v in event.items() if k != "hash"}
        event["epoch"], event["seq"] = self.epoch, len(self.events) + 1
        bare = {k: v for k, v in event.items() if k != "personal"}
        event["hash"] = sha(self.last_hash(), canonical(bare))
        self.events.append(event)
        return event

    def event(self, kind, data=None, personal=None, ticket=None, actor="kiosk", id=None,
              time=NOW):
        event = {"id": id or str(uuid.uuid4()), "time": time,
                 "clock": "ntp", "boot": self.boot, "actor": actor, "type": kind,
                 "ticket": ticket, "data": dict(data or {})}
        if personal is not None:
            salt = secrets.token_hex(16)
            event["data"]["personal"] = sha(salt, canonical(personal))
            event["personal"] = {"salt": salt, "body": personal}
        return self.chain(event)

    def complaint(self, text="Jalan rusak", sender="+6281234567890", serial=None, name=None):
        self.serial = serial or self.serial + 1
        self.uuid = str(uuid.uuid4())
        return self.event("complaint.received",
                          {"uuid": self.uuid, "channel": "sms", "language": "id"},
                          {"from": sender, "name": name, "address": None, "text": text,
                           "pin": "7x31"},
                          ticket(self.id, self.serial), "complainant")

    def new_epoch(self, epoch, common):
        """A new epoch after the first common events; the later ones are restated."""
        later = self.events[common:]
        previous = {"previous_epoch": self.epoch, "previous_seq": len(self.events),
                    "previous_hash": self.last_hash()}
        self.seam = self.last_hash()
        self.epoch, self.events = epoch, []
        self.event("epoch.started", {"reason": "restored", **previous})
        for event in later:
            self.chain(event)

    def headers(self, **more):
        return {"Authorization": f"Bearer {self.token}", **more}

    def raw(self, body, **headers):
        return self.server.request("POST", "/v1/kiosk/events", body, self.headers(**headers))

    def send(self, first=1, last=None, events=None, epoch=None):
        events = self.events[first - 1:last] if events is None else events
        body = json.dumps({"epoch": epoch or self.epoch, "first": first, "events": events})
        return self.raw(gzip.compress(body.encode()), **{"Content-Encoding": "gzip"})

    def get(self, what, **arguments):
        query = urllib.parse.urlencode(arguments)
        return self.server.request("GET", f"/v1/kiosk/{what}?{query}", headers=self.headers())

    def commands(self, after=0, wait=0, **more):
        status, answer = self.get("commands", after=after, wait=wait, **more)
        return answer["commands"] if status == 200 else (status, answer)

    def applied(self, command, result="done", reason=None):
        return self.event("command.applied", {"number": command["number"], "id": command["id"],
                                              "result": result, "reason": reason})


class HeldPoll:
    """A long poll that the server holds when this is made: its request was there before another
    one that the server has answered since."""
    WAIT_S = 60  # the most that a server waits
    SOON_S = 40  # what is answered within that time wasn't answered because the wait was over

    def __init__(self, kiosk, after, **more):
        server = kiosk.server
        place = urllib.parse.urlsplit(server.url)
        query = urllib.parse.urlencode({"after": after, "wait": self.WAIT_S, **more})
        self.socket = socket.create_connection((place.hostname, place.port), 20 * PATIENCE)
        if server.context:
            self.socket = server.context.wrap_socket(self.socket, server_hostname=place.hostname)
        self.socket.sendall(f"GET /v1/kiosk/commands?{query} HTTP/1.1\r\nHost: {place.netloc}\r\n"
                            f"Authorization: Bearer {kiosk.token}\r\n\r\n".encode())
        server.request("GET", "/login")

    def commands(self):
        self.socket.settimeout((self.WAIT_S + 10) * PATIENCE)
        with self.socket, http.client.HTTPResponse(self.socket) as answer:
            answer.begin()
            return json.loads(answer.read())["commands"] if answer.status == 200 else answer.status


def totp(secret, at=None):
    """The code (RFC 6238) of a secret as a page shows it, now or at some second."""
    key = base64.b32decode(secret.replace(" ", ""))
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place:place + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class Browser:
    """An officer without a browser: cookies and forms."""

    def __init__(self, server):
        self.server = server
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar),
            urllib.request.HTTPSHandler(context=server.context))

    def open(self, path, fields=None):
        """(status, page, final address)"""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(self.server.url + path, data, timeout=20 * PATIENCE) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.url

    def form(self, page, action):
        """The hidden fields of the form with that action."""
        found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.S)
        return {name: html.unescape(value) for name, value in
                re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found.group(1))}

    def login(self, name, password):
        page = self.open("/login")[1]
        fields = self.form(page, "/login")
        answer = self.open("/login", {**fields, "name": name, "password": password})
        return self.set_up_factor(answer[1], password) if "/account/factor" in answer[2] else answer

    def set_up_factor(self, page, password):
        """An administrator has to, at the first log-in; then the page that was wanted."""
        self.secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1)
        fields = self.form(page, "/account/factor")

        def confirmed():  # on a machine so busy that a code is over before it arrives, the next
            return self.open("/account/factor", {**fields, "password": password,
                                                 "code": totp(self.secret)})[0] == 200
        until(confirmed)
        return self.open("/complaints")
