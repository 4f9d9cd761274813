#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# postgresql
"""One ticket's whole file: every event of kiosk and server, its hashes computed here once more from
the JSON alone, what was erased, changed and kept from the reader, and its page in headless Chromium.
Leaves screenshots in $KOTAK_BUILD/screenshots/."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

PASSWORD = "rahasia-sekali"
NAME, NUMBER, TEXT = "Tukijo Sastro", "+6281234567890", "Lampu jalan RT 02 mati – sudah seminggu 😀"
PIN = "7x31"


def recomputed(file):
    """What is wrong, by docs/ticket-file.md and nothing else; and how many personal parts were right."""
    wrong, sealed = [], 0
    for place, item in enumerate(file["events"]):
        event = item["event"]
        bare = {k: v for k, v in event.items() if k not in ("hash", "personal")}
        if sha(item["previous"], canonical(bare)) != event["hash"]:
            wrong.append((place, event["type"], "hash"))
        personal = event.get("personal")
        if personal and "salt" in personal:
            sealed += 1
            if sha(personal["salt"], canonical(personal["body"])) != event["data"]["personal"]:
                wrong.append((place, event["type"], "personal"))
    return wrong, sealed


def linked(file):
    """Neighbours in one log hold on to each other."""
    by_place = {(i["source"], i["event"]["epoch"], i["event"]["seq"]): i for i in file["events"]}
    pairs = [(by_place[s, e, n - 1], item) for (s, e, n), item in by_place.items() if (s, e, n - 1) in by_place]
    return len(pairs), [b["event"]["type"] for a, b in pairs if b["previous"] != a["event"]["hash"]]


def lived(server, kiosk, browser):
    """A confidential complaint, answered; its message delivered; rated."""
    kiosk.complaint(TEXT, NUMBER, serial=1, name=NAME)
    uuid, number = kiosk.uuid, ticket(kiosk.id, 1)
    kiosk.event("complaint.confidential", {"uuid": uuid, "on": True}, ticket=number, actor="complainant")
    kiosk.event("message.queued", {"message": 1, "purpose": "ticket", "uuid": uuid},
                {"to": NUMBER, "text": f"Tiket {number} PIN {PIN}"}, number)
    kiosk.event("message.delivered", {"message": 1, "purpose": "ticket", "uuid": uuid}, ticket=number)
    kiosk.send()
    server.ctl("--as", "siti", "answer", number, "Lampu sudah diganti. <i>Terima kasih</i>")
    command = kiosk.commands()[0]
    kiosk.event("complaint.state", {"uuid": uuid, "from": "investigating", "to": "resolved",
                                    "command": command["id"], "reason": None}, ticket=number)
    kiosk.applied(command)
    kiosk.event("complaint.rated", {"uuid": uuid, "rating": 4}, ticket=number, actor="complainant")
    kiosk.send(first=len(kiosk.events) - 2)
    # Others go on around it.
    for serial in range(2, 30):
        kiosk.complaint("Lain lagi", serial=serial)
    kiosk.send(first=len(kiosk.events) - 27)
    browser.open(f"/complaints/{uuid}")
    return uuid, number


def by_role(browsers, uuid):
    """Who may: the right audit; what each is shown of a confidential one."""
    files = {}
    for role, browser in browsers.items():
        status, file, _ = browser.open(f"/complaints/{uuid}/file.json")
        may = role in ("head", "auditor", "administrator")
        check((status == 200) == may and (browser.open(f"/complaints/{uuid}/file")[0] == 200) == may,
              f"{role} {'gets' if may else 'gets no'} file", status)
        files[role] = file if may else None
    head, auditor = json.loads(files["head"]), json.loads(files["auditor"])
    wrong, sealed = recomputed(head)
    check(not wrong and sealed == 3, "every hash comes out again, computed here", (wrong, sealed))
    pairs, loose = linked(head)
    check(pairs >= 5 and not loose, f"{pairs} neighbours hold on to each other", loose)
    types = [i["event"]["type"] for i in head["events"]]
    check({i["source"] for i in head["events"]} == {0, 5}, "of kiosk and server", types)
    check({"complaint.received", "message.queued", "message.delivered", "complaint.answer", "complaint.state",
           "complaint.rated"} <= set(types), "every event is in it", types)
    check(all(c["fault"] is None for c in head["chain"]) and sum(c["events"] for c in head["chain"]) > len(types),
          "with those around", head["chain"])
    check(head["complaint"]["name"] == NAME and head["complaint"]["text"] == TEXT, "the head knows whose it is")
    check({r["officer"] for r in head["readings"]} >= {"officer", "head"}, "and who read it", head["readings"])
    check(auditor["identity_kept"] and not head["identity_kept"], "the file says that it leaves something out")
    for hidden in (NAME, NUMBER):
        check(hidden not in files["auditor"], f"the auditor's has no {hidden}")
    wrong, fewer = recomputed(auditor)
    check(not wrong and fewer < sealed, "its chain comes out all the same", (wrong, fewer))
    kept = [i for i in auditor["events"] if i["event"].get("personal", {}).get("kept")]
    check(kept and all("salt" not in i["event"]["personal"] for i in kept), "without a salt to guess a name with")
    check(all(i["personal_check"] in ("right", "none") for i in auditor["events"]), "the server has compared them")
    return head


def on_the_page(browsers, uuid, number):
    page = browsers["head"].open(f"/complaints/{uuid}/file")[1]
    check("Semua cocok" in page and "TIDAK COCOK" not in page, "the page says that all is right", page[:3000])
    check(NAME in page and "&lt;i&gt;Terima kasih" in page and "<i>" not in page, "in plain words, escaped")
    check(PIN not in page, "the PIN is nobody's business")
    check(len(page) < 60000, "a page of at most 60 kB", len(page))
    check(NAME not in browsers["auditor"].open(f"/complaints/{uuid}/file")[1], "nor the name the auditor's")
    check(browsers["head"].open(f"/complaints/{number}/file")[0] == 200, "found by its number, too")
    check(browsers["head"].open(f"/complaints/{uuid}/file?from=50")[0] == 200
          and browsers["head"].open(f"/complaints/{uuid}/file?from=x")[0] == 200
          and browsers["head"].open(f"/complaints/{uuid}/file?from=99999999")[0] == 200, "odd places do no harm")
    readings = browsers["head"].open(f"/readings?ticket={number}")[1]
    check("Berkas diunduh" in readings and "Berkas dibuka" in readings, "who took the file is written down")


def erased_and_changed(server, browsers, uuid):
    """Data that was erased by rule, and a byte that was changed behind the server's back."""
    head = browsers["head"]
    link = server.connect()
    link.execute("DELETE FROM event_personal WHERE source = 5 AND seq = (SELECT seq FROM event WHERE "
                 f"complaint = '{uuid}' AND source = 5 AND type = 'message.queued')")
    link.commit()
    file = json.loads(head.open(f"/complaints/{uuid}/file.json")[1])
    states = {i["event"]["type"]: i["personal_check"] for i in file["events"] if i["source"] == 5}
    check(states["message.queued"] == "erased" and not recomputed(file)[0], "what was erased leaves its hash", states)
    check("sudah dihapus menurut aturan" in head.open(f"/complaints/{uuid}/file")[1], "and the page says so")
    link.execute("UPDATE event_personal SET body = '{\"from\":\"+620\",\"text\":\"Semua baik\"}' WHERE source = 5 "
                 f"AND seq = (SELECT seq FROM event WHERE complaint = '{uuid}' AND type = 'complaint.received')")
    link.commit()
    file = json.loads(head.open(f"/complaints/{uuid}/file.json")[1])
    wrong = [i["event"]["type"] for i in file["events"] if i["personal_check"] == "wrong"]
    check(wrong == ["complaint.received"] and recomputed(file)[0] == [(0, "complaint.received", "personal")],
          "changed words are found, here as there", wrong)
    check("Tidak cocok: 1 catatan" in head.open(f"/complaints/{uuid}/file")[1], "and the page warns")


def changed_event(server, uuid):
    """With the server stopped: one digit of an event in the kiosk's log."""
    with server.behind() as link:
        for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'").fetchall():
            link.execute(f"DROP TRIGGER {name}")
        done = link.execute("UPDATE event SET data = replace(data, '\"rating\":4', '\"rating\":5') WHERE complaint = ? "
                            "AND type = 'complaint.rated'", (uuid,))
        check(done.rowcount == 1, "one digit is changed behind the stopped server's back")


def look(server, uuid):
    why = missing()
    if why:
        check(True, f"the file in a browser # SKIP {why}")
        return
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            desk = Desk(driver, server)
            desk.size(1280, 900)
            desk.open(f"/login?next=/complaints/{uuid}")
            desk.wait("#name").send_keys("head")
            desk.find("#password").send_keys(PASSWORD)
            desk.find("#password").submit()
            check(desk.until(lambda: "Berkas lengkap" in desk.text()), "the file is offered on the complaint's page")
            driver.find_element("link text", "Berkas lengkap").click()
            check(desk.until(lambda: "Semua cocok" in desk.text()), "and opened", desk.text()[:500])
            for width, height in ((360, 740), (1280, 900)):
                desk.size(width, height)
                height = driver.execute_script("return document.documentElement.scrollHeight")
                desk.size(width, height)
                desk.shoot("file")
            printed = driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
            pages = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed)))
            check(1 <= pages <= 8, f"printed on {pages} pages", pages)
        finally:
            driver.quit()


in_debians_python()
server = Server().start()
for role in ("intake", "officer", "head", "auditor"):
    server.ctl("user", "add", role, role, stdin=PASSWORD + "\n")
kiosk = Kiosk(server, 5)
browsers = {role: Browser(server) for role in ("intake", "officer", "head", "auditor")}
for role, browser in browsers.items():
    browser.login(role, PASSWORD)
uuid, number = lived(server, kiosk, browsers["officer"])
by_role(browsers, uuid)
on_the_page(browsers, uuid, number)
look(server, uuid)
erased_and_changed(server, browsers, uuid)
check(server.stop() == 0, "a clean stop")
changed_event(server, uuid)
server.start()
head = Browser(server)
head.login("head", PASSWORD)
file = json.loads(head.open(f"/complaints/{uuid}/file.json")[1])
wrong = [i["event"]["type"] for i in file["events"] if i["hash_check"] != "right"]
check(wrong == ["complaint.rated"], "the changed event is named", wrong)
check(any(c["fault"] for c in file["chain"]), "and the chain around it breaks there", file["chain"])
check((0, "complaint.received", "personal") in recomputed(file)[0] and len(recomputed(file)[0]) == 2,
      "whoever has the file finds the same", recomputed(file)[0])
check("complaint.rated" not in server.read_log() and NAME not in server.read_log(), "nothing personal in the log")
check(server.stop() == 0, "a clean stop")
finish()
