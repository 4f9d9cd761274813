#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes between office and residents besides the answer: surveys, announcements, ratings,
confidential complaints, messages that don't arrive, the SIM's money; and an older database."""
import datetime
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ppidd_kiosk import *  # noqa: E402,F403

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def ago(days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def send_new(kiosk, since):
    return kiosk.send(first=since + 1)


def answered(server, kiosk, serial, days):
    """A complaint whose answer was delivered that many days ago; returns its uuid."""
    since = len(kiosk.events)
    kiosk.complaint(f"Keluhan {serial}", serial=serial, sender=f"+62811{serial:05d}")
    uuid = kiosk.uuid
    send_new(kiosk, since)
    server.ctl("answer", ticket(kiosk.id, serial), "Sudah diperbaiki.")
    command = [c for c in kiosk.commands() if c.get("uuid") == uuid][0]
    since = len(kiosk.events)
    about = {"message": f"a{serial}", "purpose": "answer", "uuid": uuid, "command": command["id"]}
    kiosk.event("message.queued", about, {"to": "+62", "text": "Sudah diperbaiki."}, time=ago(days))
    kiosk.event("complaint.state", {"uuid": uuid, "from": "received", "to": "resolved",
                                    "reason": "answered", "command": command["id"]})
    kiosk.applied(command)
    kiosk.event("message.delivered", about, time=ago(days))
    send_new(kiosk, since)
    return uuid


def older_database(server):
    """A database of version 1, with a command under way and a rating that it only kept."""
    with open(os.path.join(ROOT, "tools/ppidd/migrations/001.sql")) as file:
        script = file.read()
    database = server.connect()
    database.executescript("CREATE TABLE schema_version (version BIGINT PRIMARY KEY);" + script)
    database.executescript("""
        INSERT INTO schema_version VALUES (1);
        INSERT INTO kiosk (number, name, added_ms) VALUES (9, 'Balai lama', 1);
        INSERT INTO complaint VALUES ('99999999-9999-4999-8999-999999999999', 9, '009-000001-8',
            'resolved', 'received', 0, 'sms', NULL, 'id', 1, 1);
        INSERT INTO complaint_personal VALUES ('99999999-9999-4999-8999-999999999999', '+62811',
            'Budi', NULL, 'Lama', '1234');
        INSERT INTO command (id, kiosk, number, type, complaint, ticket, actor, created_ms)
            VALUES ('88888888-8888-4888-8888-888888888888', 9, 1, 'answer',
            '99999999-9999-4999-8999-999999999999', '009-000001-8', 'officer:siti', 1);
        INSERT INTO command_personal VALUES ('88888888-8888-4888-8888-888888888888', 'Ya.', NULL);
        INSERT INTO event VALUES (9, 1, 1, '77777777-7777-4777-8777-777777777777',
            '2026-11-24T10:00:00.000Z', 'ntp', 1, 'complainant', 'complaint.rated', NULL,
            '{"rating":4,"uuid":"99999999-9999-4999-8999-999999999999"}', 'x',
            '99999999-9999-4999-8999-999999999999', 1);
    """)
    database.close()
    shown = server.ctl_json("show", "99999999-9999-4999-8999-999999999999")
    check(shown["text"] == "Lama" and shown["rating"] == 4 and not shown["confidential"]
          and shown["commands"][0]["text"] == "Ya.", "a database of version 1 is taken over", shown)
    if not server.postgresql:  # which always checks
        database = server.connect()
        check(database.execute("PRAGMA foreign_key_check").fetchall() == [],
              "with all its references")
        database.close()


def surveys(server, kiosk):
    fresh = answered(server, kiosk, 1, days=1)
    old = answered(server, kiosk, 2, days=4)
    asked = until(lambda: [c for c in kiosk.commands() if c["type"] == "survey"])
    check(len(asked) == 1 and asked[0]["uuid"] == old and asked[0]["ticket"] == ticket(kiosk.id, 2)
          and asked[0]["actor"] == "server" and "text" not in asked[0],
          "an answer that arrived days ago is asked about by itself, a fresh one not", asked)
    events = server.ctl_json("show", old)["events"]
    check([e["actor"] for e in events if e["type"] == "complaint.survey"] == ["server"],
          "which is an event of the server")
    since = len(kiosk.events)
    kiosk.applied(asked[0])
    send_new(kiosk, since)
    check(kiosk.commands() == [], "once")
    server.ctl("survey", ticket(kiosk.id, 2), code=1)
    server.ctl("survey", ticket(kiosk.id, 1))
    asked = kiosk.commands()
    check([c["type"] for c in asked] == ["survey"] and asked[0]["uuid"] == fresh
          and asked[0]["actor"] == "officer:ppidctl", "an officer asks earlier", asked)
    since = len(kiosk.events)
    kiosk.applied(asked[0], "refused", "the complainant hasn't agreed to be asked")
    send_new(kiosk, since)
    return fresh, old


def survey_button(server, kiosk, browser, fresh):
    page = browser.open(f"/complaints/{fresh}")[1]
    check("ditolak kotak: pengadu belum bersedia ditanyai" in page, "a refusal is told in words")
    action = f"/complaints/{fresh}/survey"
    fields = browser.form(page, action)
    status, page, url = browser.open(action, fields)
    check(status == 200 and "done=survey" in url and "Sudah ditanyakan" in page, "the button asks")
    browser.open(action, fields)
    asked = [c for c in kiosk.commands() if c["type"] == "survey"]
    check(len(asked) == 1 and asked[0]["actor"] == "officer:siti", "pressed twice, asked once", asked)
    check(browser.open(action, {**fields, "once": str(uuid.uuid4())})[0] == 409,
          "who was asked isn't asked again")
    since = len(kiosk.events)
    kiosk.applied(asked[0])
    send_new(kiosk, since)


def ratings(kiosk, browser, old):
    since = len(kiosk.events)
    kiosk.event("complaint.rated", {"uuid": old, "rating": 2}, None, ticket(kiosk.id, 2), "complainant")
    kiosk.event("complaint.state", {"uuid": old, "from": "resolved", "to": "reopened",
                                    "reason": "the result did not help"}, None,
                ticket(kiosk.id, 2), "complainant")
    kiosk.event("complaint.details", {"uuid": old}, {"name": None, "address": None,
                                                     "text": "Masih bocor <sekali>"},
                ticket(kiosk.id, 2), "complainant")
    send_new(kiosk, since)
    page = browser.open(f"/complaints/{old}")[1]
    check("2 dari 5: tidak puas" in page and "dibuka kembali oleh pengadu" in page
          and "hasilnya belum membantu" in page, "rating and reopening in words", page)
    check("Tambahan" in page and "Masih bocor &lt;sekali&gt;" in page, "what was added stands with it")
    check("2 dari 5" in browser.open("/complaints?state=open")[1], "satisfaction in the list")
    since = len(kiosk.events)
    kiosk.event("complaint.state", {"uuid": old, "from": "reopened", "to": "withdrawn",
                                    "reason": "withdrawn by the complainant"}, None,
                ticket(kiosk.id, 2), "complainant")
    send_new(kiosk, since)
    check("dicabut oleh pengadu" in browser.open(f"/complaints/{old}")[1], "withdrawn by them")


def confidential(server, kiosk, officer, head):
    since = len(kiosk.events)
    kiosk.complaint("Pungutan liar di pasar", serial=5, sender="+62899777", name="Wagiman")
    secret = kiosk.uuid
    kiosk.event("complaint.details", {"uuid": secret}, {"name": "Wagiman", "address": "RT 7 Beji",
                                                        "text": "Wagiman, RT 7 Beji"})
    kiosk.event("complaint.confidential", {"uuid": secret, "on": True}, None,
                ticket(kiosk.id, 5), "complainant")
    send_new(kiosk, since)
    page = officer.open(f"/complaints/{secret}")[1]
    listed = officer.open("/complaints")[1]
    check(page.count("dirahasiakan") >= 3 and "dirahasiakan" in listed, "kept from an officer", page)
    check(not any(s in (page + listed).lower() for s in ("wagiman", "62899777", "beji"))
          and 'class="ticket"' not in officer.open("/complaints?q=wagiman")[1]
          and 'class="ticket"' in head.open("/complaints?q=wagiman")[1],
          "nowhere on the desk, not even by searching")
    check("Pungutan" in officer.open("/complaints?q=pungutan")[1], "the complaint itself is found")
    page = head.open(f"/complaints/{secret}")[1]
    check("Wagiman" in page and "+62899777" in page and "Rahasia" in page, "the head sees who it is")
    check(server.ctl_json("show", ticket(kiosk.id, 5))["from"] == "+62899777", "ppidctl too")
    check(kiosk.get("complaints", after="")[1]["complaints"] != []
          and any(c["name"] == "Wagiman" for c in kiosk.get("complaints", after="")[1]["complaints"]),
          "and the kiosk that lost it")


def failures_seen(kiosk, browser, uuid):
    check("Keluhan 1" not in browser.open("/complaints?state=undelivered")[1], "nothing failed yet")
    since = len(kiosk.events)
    about = {"message": "f1", "purpose": "state", "uuid": uuid}
    kiosk.event("message.queued", about, {"to": "+62", "text": "Kabar"})
    kiosk.event("message.failed", {**about, "reason": "not delivered: not obtainable: the number "
                                   "may not exist (status 67)"})
    about = {"message": "f2", "purpose": "question", "uuid": uuid}
    kiosk.event("message.queued", about, {"to": "+62", "text": "Di mana?"})
    kiosk.event("message.expired", {**about, "reason": "not sent in time"})
    send_new(kiosk, since)
    page = browser.open(f"/complaints/{uuid}")[1]
    check("tidak sampai: nomornya mungkin tidak ada (status 67)" in page
          and "tidak sampai: tidak terkirim sampai batas waktu" in page, "what didn't arrive, and why")
    page = browser.open("/complaints?state=undelivered")[1]
    check("Keluhan 1" in page and page.count('class="ticket"') == 1 and "pesan tidak sampai" in page
          and "selected>Pesan gagal" in page, "the list of what didn't arrive", page)


def announcements(server, kiosk, officer, auditor):
    other = Kiosk(server, 7, "Balai Dusun Beji")
    since = len(kiosk.events)
    kiosk.event("contact.consent", {"announcements": True}, {"from": "+62811"}, None, "complainant")
    kiosk.event("contact.language", {"language": "jv"}, {"from": "+62811"}, None, "complainant")
    send_new(kiosk, since)
    page = officer.open("/announcements")[1]
    check("(1 warga)" in page and "Balai Dusun Beji (0 warga)" in page,
          "who would get one", page)
    fields = officer.form(page, "/announcements")
    text = 'Posyandu <Senin> "pagi"\r\nBawa buku'
    status, page, _ = officer.open("/announcements", {**fields, "kiosk": str(kiosk.id), "text": text})
    check(status == 200 and "Kirim pengumuman ini?" in page and "Posyandu &lt;Senin&gt;" in page
          and kiosk.commands() == [], "it is shown once more before it is sent", page)
    fields = officer.form(page, "/announcements")
    status, again, _ = officer.open("/announcements", {**fields, "do": "edit"})
    check(status == 200 and "<textarea" in again and "&quot;pagi&quot;" in again, "and can be changed")
    status, page, url = officer.open("/announcements", {**fields, "do": "send"})
    check(status == 200 and "done=1" in url and "menunggu diambil kotak" in page, "sent", page)
    officer.open("/announcements", {**fields, "do": "send"})
    got = kiosk.commands()
    check(len(got) == 1 and got[0]["type"] == "announce" and "ticket" not in got[0]
          and "uuid" not in got[0] and got[0]["text"] == 'Posyandu <Senin> "pagi"\nBawa buku'
          and got[0]["actor"] == "officer:siti", "pressed twice, it goes out once", got)
    check(other.commands() == [], "to that kiosk only")
    since = len(kiosk.events)
    kiosk.applied(got[0])
    send_new(kiosk, since)
    check("dikirim kotak kepada yang bersedia" in officer.open("/announcements")[1], "done")
    for bad, words in (({"text": " "}, "kosong"), ({"text": "x" * 421}, "panjang"),
                       ({"text": "Halo", "kiosk": "99"}, None), ({"text": "Halo", "kiosk": "x"}, "terdaftar")):
        status, page, _ = officer.open("/announcements", {"kiosk": "0", **fields, "do": "send", **bad,
                                                          "once": str(uuid.uuid4())})
        check(status == 400 and (not words or words in page), f"refused: {bad}"[:60], status)
    check(officer.open("/announcements", {"text": "Halo", "kiosk": "0", "do": "send"})[0] == 403,
          "no form token: refused")
    check(auditor.open("/announcements")[0] == 403
          and "Pengumuman" not in auditor.open("/complaints")[1], "nothing for an auditor")
    check("2 kiosks" in server.ctl("announce", "all", "Kerja bakti Minggu"), "ppidctl: to all")
    check([c["text"] for c in other.commands()] == ["Kerja bakti Minggu"]
          and len(kiosk.commands()) == 1, "each gets it")
    server.ctl("announce", "8", "Halo", code=1)
    server.ctl("announce", "x", "Halo", code=2)


def money(kiosk, browser):
    since = len(kiosk.events)
    told = {"modem": "utama", "operator": "TELKOMSEL", "amount": 12500,
            "valid_until": "2026-12-03T10:00:00.000Z", "low": False}
    kiosk.event("sim.balance", told)
    kiosk.event("sim.balance", {**told, "modem": "cadangan", "operator": "XL", "amount": None,
                                "valid_until": None})
    send_new(kiosk, since)
    page = browser.open("/kiosks")[1]
    check("utama (TELKOMSEL): Rp12.500, berlaku sampai 3 Des 2026" in page and "perlu diisi" not in page
          and "cadangan (XL): jawaban operator tidak terbaca" in page, "the SIM's money", page)
    since = len(kiosk.events)
    kiosk.event("sim.balance", {**told, "amount": 900, "low": True})
    send_new(kiosk, since)
    check("Rp900" in browser.open("/kiosks")[1] and "perlu diisi" in browser.open("/kiosks")[1],
          "a warning when it runs out")
    check("perlu diperiksa" in browser.open("/complaints")[1], "told on the list too")


def never():
    """survey_after_days = 0: nobody is asked by itself."""
    server = Server(extra="[desk]\nsurvey_after_days = 0\n").start()
    kiosk = Kiosk(server, 3)
    kiosk.send()
    answered(server, kiosk, 1, days=30)
    check(kiosk.commands(wait=1) == [], "0 days: never")
    server.stop()


server = Server(extra="[desk]\nsurvey_after_days = 2\n")
older_database(server)
server.start()
kiosk = Kiosk(server, 3)
kiosk.send()
for name, role in (("siti", "officer"), ("lurah", "head"), ("agus", "auditor")):
    server.ctl("user", "add", name, role, stdin="rahasia-sekali\n")
officer, head, auditor = Browser(server), Browser(server), Browser(server)
for browser, name in ((officer, "siti"), (head, "lurah"), (auditor, "agus")):
    browser.login(name, "rahasia-sekali")
fresh, old = surveys(server, kiosk)
survey_button(server, kiosk, officer, fresh)
ratings(kiosk, officer, old)
confidential(server, kiosk, officer, head)
failures_seen(kiosk, officer, fresh)
announcements(server, kiosk, officer, auditor)
money(kiosk, officer)
never()
log = server.read_log()
check(not any(s in log for s in ("Wagiman", "62899777", "Posyandu", "Masih bocor")),
      "nothing personal in the log", log)
check(server.stop() == 0, "a clean stop")
database = server.connect()
check(database.execute("SELECT count(*) FROM alert WHERE kind = 'senseless'").fetchone()[0] == 0,
      "every event made sense")
database.close()
finish()
