#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ppidd as a kiosk sees it: enrolment, events, commands, hostile bodies, crashes, TLS."""
import gzip
import json
import os
import sqlite3
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ppidd_kiosk import *  # noqa: E402,F403


def enrolment(server):
    kiosk = Kiosk(server, 3)
    check(len(kiosk.token) == 64, "a code is exchanged for a token")
    check(kiosk.enroll(kiosk.code)[0] == 403, "a code works once")
    fresh = server.ctl("kiosk", "code", "3").strip()
    check(kiosk.enroll(fresh, kiosk=4)[0] == 403, "a code is one kiosk's")
    check(kiosk.send()[0] == 200, "an unused code leaves the old token")
    status, answer = kiosk.enroll(fresh)
    check(status == 200 and answer["kiosk"] == 3 and answer["name"] == "Balai uji",
          "a new code enrols again", answer)
    check(kiosk.send()[0] == 401, "the old token is over")
    kiosk.token = answer["token"]
    check(server.request("GET", "/v1/kiosk/commands?after=0&wait=0")[0] == 401, "no token: 401")
    return kiosk


def events(server, kiosk):
    kiosk.complaint("Lampu jalan mati 😀 <b>&\"'", name="Budi")
    status, answer = kiosk.send()
    check(status == 200 and answer == {"acked": 2, "commands": []}, "events are taken", answer)
    check(kiosk.send()[1].get("acked") == 2, "the same again changes nothing")
    listed = server.ctl_json("complaints")
    check(len(listed) == 1 and listed[0]["text"] == "Lampu jalan mati 😀 <b>&\"'"
          and listed[0]["ticket"] == ticket(3, 1) and listed[0]["state"] == "received"
          and listed[0]["from"] == "+6281234567890" and listed[0]["name"] == "Budi"
          and "pin" not in listed[0], "the complaint is listed as sent", listed)
    body = json.dumps({"epoch": 1, "first": 1, "events": kiosk.events}).encode()
    check(kiosk.raw(body)[0] == 200, "a plain body is accepted too")
    kiosk.event("clock.set", {"boot": 1, "offset_ms": 5, "quality": "ntp"})
    kiosk.event("future.thing", {"uuid": "no uuid", "n": [1, None, {"é": "ü"}]})
    kiosk.event("complaint.state", {"uuid": str(uuid.uuid4()), "to": "closed"})
    check(kiosk.send(first=3)[1].get("acked") == 5, "unknown and senseless events are kept")
    check(kiosk.send(first=7, events=[])[1].get("expected") == 6, "a gap is told")
    check(kiosk.send(first=2, events=[])[:1] == (409,), "an empty batch behind asks to compare")
    check(kiosk.send(first=6, events=[])[1].get("acked") == 5, "an empty batch at its place is fine")
    hashes = kiosk.get("hashes", epoch=1, after=3)[1]["hashes"]
    check(hashes == {"4": kiosk.events[3]["hash"], "5": kiosk.events[4]["hash"]}, "hashes", hashes)


def refused(server, kiosk):
    known = dict(kiosk.events[1])
    changed = Kiosk.__new__(Kiosk)
    changed.__dict__.update(kiosk.__dict__, events=list(kiosk.events[:1]))
    changed.event("complaint.received", {**known["data"], "language": "jv"}, None,
                  known["ticket"], "complainant", id=known["id"])
    status, answer = kiosk.send(first=2, events=changed.events[1:])
    check(status == 422, "a known id with another body: 422", (status, answer))
    late = Kiosk.__new__(Kiosk)
    late.__dict__.update(kiosk.__dict__, events=list(kiosk.events))
    late.event("kiosk.started", {"version": "x"}, id=known["id"])
    check(kiosk.send(first=6, events=late.events[5:])[0] == 422, "also at another place: 422")
    check("another body" in server.read_log(), "and it is shouted about in the log")
    other = Kiosk.__new__(Kiosk)
    other.__dict__.update(kiosk.__dict__, events=list(kiosk.events[:3]))
    other.event("kiosk.started", {"version": "x"})
    status, answer = other.send(first=4)
    check(status == 409 and answer.get("fork") is True and answer["expected"] == 6
          and answer["hash"] == kiosk.events[4]["hash"], "another event at a known place: fork",
          answer)
    bent = dict(kiosk.events[4], id=str(uuid.uuid4()), seq=6)
    check(kiosk.send(first=6, events=[bent])[0] == 409, "a chain broken at the seam: 409")
    late.events = list(kiosk.events)
    late.event("kiosk.started", {"version": "y"})
    late.event("kiosk.started", {"version": "z"})
    late.events[6]["hash"] = "a" * 64
    check(kiosk.send(first=6, events=late.events[5:])[0] == 400, "a chain broken inside: 400")
    check(kiosk.send(first=6, events=[])[1].get("acked") == 5, "nothing of a refused batch stays")
    check(len(server.ctl_json("complaints")) == 1, "no complaint came of it")


def hostile(server, kiosk):
    def post(body, **headers):
        try:
            return kiosk.raw(body, **headers)[0]
        except OSError as error:
            return type(error).__name__
    zipped = {"Content-Encoding": "gzip"}
    good = {"epoch": 1, "first": 6, "events": []}
    event = dict(kiosk.events[0], seq=6)
    cases = [
        ("empty", b"", {}, 400), ("no JSON", b"{", {}, 400), ("not UTF-8", b'{"a":"\xff"}', {}, 400),
        ("an array", b"[]", {}, 400), ("a number", b"1", {}, 400),
        ("NUL", b'{"epoch":1,"first":6,"events":[],"x":"\\u0000"}', {}, 400),
        ("twice the key", b'{"epoch":1,"epoch":1,"first":6,"events":[]}', {}, 400),
        ("huge number", b'{"epoch":99999999999999999999,"first":6,"events":[]}', {}, 400),
        ("a first at the end of numbers", json.dumps({**good, "first": 2**63 - 1}).encode(), {}, 400),
        ("text as epoch", json.dumps({**good, "epoch": "1"}).encode(), {}, 400),
        ("no events", json.dumps({"epoch": 1, "first": 6}).encode(), {}, 400),
        ("a null event", json.dumps({**good, "events": [None]}).encode(), {}, 400),
        ("an id that is none", json.dumps({**good, "events": [{**event, "id": "x"}]}).encode(), {}, 400),
        ("a wrong seq", json.dumps({**good, "events": [{**event, "seq": 9}]}).encode(), {}, 400),
        ("deep nesting", b"[" * 100000, {}, 400), ("many values", b"[" + b"0," * 500000 + b"0]", {}, 400),
        ("no gzip", b"hello", zipped, 400), ("half a gzip", gzip.compress(b"x" * 1000)[:15], zipped, 400),
        ("a tail after gzip", gzip.compress(b"{}") + b"tail", zipped, 400),
        ("a zip bomb", gzip.compress(b" " * 200_000_000), zipped, 413),
        ("too large", b" " * 1_100_000, {}, 413), ("unknown coding", b"{}", {"Content-Encoding": "br"}, 415),
    ]
    for name, body, headers, status in cases:
        got = post(body, **headers)
        check(got == status, f"hostile body: {name}: {status}", got)
    for path, status in [("commands?after=-1", 400), (f"commands?after={2**63 - 1}", 400), ("commands?after=x", 400), ("nothing", 404),
                         ("commands?after=0&wait=1e9", 400), ("hashes?epoch=0", 400)]:
        got, answer = server.request("GET", "/v1/kiosk/" + path, headers=kiosk.headers())
        check(got == status and "error" in answer, f"{path}: {status}", (got, answer))
    got = server.request("DELETE", "/v1/kiosk/events", headers=kiosk.headers())[0]
    check(got == 405, "a wrong method: 405", got)
    check(server.process.poll() is None and kiosk.send(first=6, events=[])[0] == 200,
          "the server is still there")
    with open(f"/proc/{server.process.pid}/status") as file:
        peak = int(next(l for l in file if l.startswith("VmHWM")).split()[1])
    check(peak < 256 * 1024, f"peak memory {peak // 1024} MiB stays under 256 MiB")


def commands(server, kiosk):
    tick = ticket(3, 1)
    poll = HeldPoll(kiosk, 0)
    asked = time.monotonic()
    server.ctl("answer", tick, "Lampu sudah diganti.")
    got = poll.commands()
    late = time.monotonic() - asked
    check(len(got) == 1 and got[0]["type"] == "answer" and got[0]["text"] == "Lampu sudah diganti."
          and got[0]["to"] == "resolved" and got[0]["number"] == 1 and got[0]["ticket"] == tick,
          "a long poll brings ppidctl's command", got)
    measured(f"a command by a long poll, {late * 1000:.0f} ms after the start of ppidctl")
    check(late < HeldPoll.SOON_S, "and not by its end")
    check(server.ctl_json("complaints")[0]["state"] == "resolved", "the desk shows the decision")
    begun = time.monotonic()
    check(kiosk.commands(1, wait=1) == [] and 0.9 < time.monotonic() - begun,
          "a long poll ends empty after its time")
    check(kiosk.send(first=6, events=[])[1]["commands"] == got, "the answer to events carries them too")
    command = got[0]
    kiosk.event("message.queued", {"message": "m1", "purpose": "answer", "uuid": kiosk.uuid,
                                   "command": command["id"]}, {"to": "+62", "text": "Lampu"}, tick)
    kiosk.event("complaint.state", {"uuid": kiosk.uuid, "from": "received", "to": "resolved",
                                    "reason": None, "command": command["id"]}, None, tick)
    kiosk.applied(command)
    kiosk.event("message.sent", {"message": "m1", "purpose": "answer", "uuid": kiosk.uuid})
    kiosk.event("message.delivered", {"message": "m1", "purpose": "answer", "uuid": kiosk.uuid})
    check(kiosk.send(first=6)[1] == {"acked": 10, "commands": []}, "an applied command isn't told again")
    shown = server.ctl_json("show", tick)
    check(shown["messages"][0]["state"] == "delivered" and shown["state"] == "resolved",
          "the answer is seen to be delivered", shown["messages"])
    check(server.ctl("state", tick, "verified", code=1) == "", "an illegal step is refused")
    server.ctl("state", tick, "closed", "Selesai")
    refused_one = kiosk.commands(1)[0]
    check(refused_one["number"] == 2 and refused_one["to"] == "closed"
          and refused_one["reason"] == "Selesai", "a state is commanded", refused_one)
    kiosk.applied(refused_one, "refused", "withdrawn meanwhile")
    kiosk.send(first=11)
    check(server.ctl_json("complaints")[0]["state"] == "closed",
          "a command that is refused takes back nothing that may not follow")


def collision(server, kiosk):
    first = kiosk.uuid
    kiosk.complaint("Yang kedua", serial=1)
    status, answer = kiosk.send(first=12)
    renumber = answer["commands"][0]
    check(status == 200 and renumber["type"] == "renumber" and renumber["old"] == ticket(3, 1)
          and renumber["ticket"] == ticket(3, 900000) and renumber["uuid"] == kiosk.uuid,
          "a number given twice: both kept, the later renumbered", answer)
    tickets = {c["uuid"]: c["ticket"] for c in server.ctl_json("complaints")}
    check(tickets == {first: ticket(3, 1), kiosk.uuid: ticket(3, 900000)}, "both are listed", tickets)
    kiosk.event("complaint.renumbered", {"uuid": kiosk.uuid, "old": renumber["old"],
                                         "ticket": renumber["ticket"], "command": renumber["id"]},
                None, renumber["ticket"])
    kiosk.applied(renumber)
    check(kiosk.send(first=13)[1]["commands"] == [], "and it is done")


def restores(server, kiosk):
    """Yesterday's database comes back: the kiosk sends again, commands get numbers anew."""
    backup = os.path.join(server.path, "yesterday.db")
    server.ctl("backup", backup)
    server.ctl("backup", backup, code=1)
    tick = ticket(3, 900000)
    kiosk.complaint("Setelah cadangan", serial=2)
    kiosk.send(first=len(kiosk.events))
    server.ctl("question", tick, "Di mana?")
    lost = kiosk.commands(3)[0]
    check(server.stop() == 0, "SIGTERM stops it with 0")
    server.put_back(backup)
    server.start()
    status, answer = kiosk.send(first=len(kiosk.events) + 1, events=[])
    check(status == 409 and answer["expected"] == len(kiosk.events), "a restored server rewinds", answer)
    check(kiosk.send(first=answer["expected"])[0] == 200, "it gets again what it lost")
    poll = HeldPoll(kiosk, lost["number"], id=lost["id"])
    asked = time.monotonic()
    server.ctl("question", tick, "Di RT berapa?")
    fresh = poll.commands()
    late = time.monotonic() - asked
    check(late < HeldPoll.SOON_S, f"a poll that waits beyond the numbers of a restored server ends: {late:.2f} s")
    check([c["number"] for c in fresh] == [lost["number"] + 1] and fresh[0]["text"] == "Di RT berapa?",
          "a pending command is numbered after the kiosk's last", fresh)
    check(kiosk.commands(fresh[0]["number"], id=fresh[0]["id"]) == [], "once")
    kiosk.applied(fresh[0])
    kiosk.send(first=len(kiosk.events))
    page = kiosk.get("complaints", after="")[1]
    check(len(page["complaints"]) == 3 and page["complaints"][0]["pin"] == "7x31"
          and page["applied"] == {"number": fresh[0]["number"], "id": fresh[0]["id"]},
          "a kiosk gets its complaints back", page)
    check(kiosk.get("complaints", after="ffffffff-ffff-4fff-bfff-ffffffffffff")[1]["complaints"] == [],
          "to the last page")


def new_epoch(server, kiosk):
    """Yesterday's card comes back: the kiosk writes on from event 10, finds out, starts epoch 2."""
    have = len(server.ctl_json("complaints"))
    old = kiosk.events
    kiosk.events = list(old[:10])
    kiosk.complaint("Ditulis di kartu lama", serial=3)
    status, answer = kiosk.send(first=11)
    check(status == 409 and answer["fork"] is True, "a restored card is told of the fork", answer)
    kiosk.new_epoch(answer["epoch"] + 1, 10)
    check(kiosk.send()[1].get("acked") == 2, "a new epoch is taken, with what was written meanwhile")
    check(kiosk.send()[1].get("acked") == 2, "also twice")
    check(len(server.ctl_json("complaints")) == have + 1, "nothing lost, nothing doubled")
    first = Kiosk.__new__(Kiosk)
    first.__dict__.update(kiosk.__dict__, epoch=1, events=list(old))
    check(first.send(first=5)[0] == 200, "known events of the old epoch are acknowledged")
    first.event("kiosk.started", {"version": "x"})
    status, answer = first.send(first=len(first.events))
    check(status == 409 and answer["epoch"] == 2 and answer["fork"], "new ones are refused", answer)
    kiosk.new_epoch(3, 0)
    check(kiosk.send()[0] == 200 and len(server.ctl_json("complaints")) == have + 1,
          "events restated though known are kept and happen once")
    strange = Kiosk.__new__(Kiosk)
    strange.__dict__.update(kiosk.__dict__, epoch=4, events=[])
    strange.event("kiosk.started", {"version": "x"})
    check(strange.send()[0] == 400, "an epoch must begin with epoch.started")


def killed(server, kiosk):
    before = len(server.ctl_json("complaints"))
    acked = len(kiosk.events)
    for i in range(12):
        kiosk.complaint(f"Saat listrik padam {i}", serial=100 + i)
        sender = threading.Thread(target=lambda: try_send(kiosk, acked + 1))
        sender.start()
        time.sleep(0.001 * (i % 5))
        server.kill()
        sender.join()
        server.start()
        status, answer = kiosk.send(first=acked + 1)
        if status != 200:
            check(False, "after a kill the same batch is taken", answer)
        acked = answer["acked"]
    check(len(server.ctl_json("complaints")) == before + 12, "12 kills -9: nothing lost, nothing doubled")
    check("events verified" in server.ctl("verify"), "the chains verify")


def try_send(kiosk, first):
    try:
        kiosk.send(first=first)
    except (OSError, http.client.HTTPException):
        pass


def tampering(server):
    server.stop()
    for column, sql in [("data", "UPDATE event SET data = replace(data, 'sms', 'smt') WHERE source = 3 AND seq = 2"),
                        ("time", "UPDATE event SET time = replace(time, '.123Z', '.124Z') WHERE source = 3 AND seq = 2"),
                        ("a personal text", "UPDATE event_personal SET body = replace(body, 'Lampu', 'Tampu') WHERE seq = 2"),
                        ("the server's own log", "UPDATE event SET actor = 'officer:ppidcto' WHERE source = 0 AND seq = 1"),
                        ("the text shown", "UPDATE complaint_personal SET text = 'x' || text"),
                        ("a message shown", "UPDATE message_personal SET text = text || 'x'"),
                        ("a missing row", "DELETE FROM event WHERE source = 3 AND seq = 4 AND epoch = 1")]:
        copy = server.database + ".copy"
        server.ctl("backup", copy)
        database = sqlite3.connect(copy)
        blocked = False
        try:
            database.execute(sql)
        except sqlite3.IntegrityError:
            blocked = True
        check(blocked or not sql.startswith(("UPDATE event SET", "DELETE")), f"the log is append only: {column}")
        database.execute("DROP TRIGGER event_no_update")
        database.execute("DROP TRIGGER event_no_delete")
        database.execute(sql)
        database.commit()
        database.close()
        config = server.config + ".copy"
        with open(server.config) as file:
            text = file.read().replace(server.store, f"sqlite:{copy}")
        with open(config, "w") as file:
            file.write(text)
        done = subprocess.run([f"{BUILD}/ppidctl", "--config", config, "verify"],
                              capture_output=True, text=True)
        check(done.returncode == 1 and done.stdout.strip(), f"a change is found: {column}",
              (done.returncode, done.stdout, done.stderr))
        print(f"# {done.stdout.strip()}")
        os.unlink(copy)
    server.start()


def revoked(server, kiosk):
    server.ctl("kiosk", "revoke", "3")
    check(kiosk.send()[0] == 403, "a revoked kiosk: 403")
    check(server.ctl_json("kiosk", "list")[0]["state"] == "revoked", "and it is listed so")
    for _ in range(12):
        status = kiosk.enroll("AAAAAAAA")[0]
    check(status == 429, "guessing codes is slowed", status)


def tls():
    server = Server(tls=True, port=0).start()  # which the kernel chooses
    check(server.url.startswith("https://"), "TLS with a private authority")
    kiosk = Kiosk(server, 1)
    check(kiosk.send()[0] == 200, "events over TLS")
    for i in range(300):
        kiosk.complaint("Panjang sekali " * 60, serial=i + 1)
    body = json.dumps({"epoch": 1, "first": 1, "events": kiosk.events}).encode()
    check(len(body) > 400_000 and kiosk.raw(body)[1].get("acked") == 301,
          f"{len(body)} bytes over TLS")
    check(any(k["contact"] for k in server.ctl_json("kiosk", "list")), "the kiosk is heard of")
    poll = HeldPoll(kiosk, 0)
    asked = time.monotonic()
    server.ctl("answer", ticket(1, 1), "Ya")
    got = poll.commands()
    late = time.monotonic() - asked
    check(len(got) == 1 and late < HeldPoll.SOON_S, "a long poll over TLS wakes", (got, late))
    browser = Browser(server)
    server.ctl("user", "add", "siti", "officer", stdin="rahasia-sekali\n")
    check(browser.login("siti", "rahasia-sekali")[0] == 200
          and next(c for c in browser.jar if c.name == "ppidd_session").secure,
          "the session's cookie goes over TLS only")
    server.context = ssl.create_default_context()
    try:
        kiosk.send()
        check(False, "without the authority it isn't trusted")
    except urllib.error.URLError as error:
        check("CERTIFICATE_VERIFY_FAILED" in str(error), "without the authority it isn't trusted", error)
    server.stop()


def configuration():
    server = Server()
    for name, text, words in [
            ("plain HTTP for others", "[server]\nlisten = 0.0.0.0:0\n[store]\nurl = sqlite:x\n", "TLS"),
            ("an unknown key", "[server]\nlisten = 127.0.0.1:0\nport = 1\n[store]\nurl = sqlite:x\n", "port"),
            ("an unknown store", "[server]\nlisten = 127.0.0.1:0\n[store]\nurl = oracle:x\n", "sqlite"),
            ("no listen", "[store]\nurl = sqlite:x\n", "listen"),
            ("half of TLS", f"[server]\nlisten = 0.0.0.0:0\ntls_cert = {__file__}\n[store]\nurl = sqlite:x\n", "tls_key")]:
        with open(server.config, "w") as file:
            file.write(text)
        done = subprocess.run([f"{BUILD}/ppidd", "--config", server.config], capture_output=True,
                              text=True, timeout=20 * PATIENCE)
        check(done.returncode == 2 and words in done.stderr, f"configuration: {name}: 2", done)
    for arguments in ([], ["--config", "/nonexistent"], ["--nonsense"]):
        done = subprocess.run([f"{BUILD}/ppidd", *arguments], capture_output=True, text=True)
        check(done.returncode == 2, f"ppidd {' '.join(arguments)}: 2", done)


server = Server().start()
kiosk = enrolment(server)
events(server, kiosk)
refused(server, kiosk)
hostile(server, kiosk)
commands(server, kiosk)
collision(server, kiosk)
restores(server, kiosk)
new_epoch(server, kiosk)
killed(server, kiosk)
tampering(server)
revoked(server, kiosk)
check(server.stop() == 0, "a clean stop")
configuration()
tls()
finish()
