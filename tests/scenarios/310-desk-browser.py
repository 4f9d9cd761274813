#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 180
"""The officers' desk in headless Chromium: log-in, list, answer, by keyboard and at 360 px.
Leaves screenshots in $KOTAK_BUILD/screenshots/."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403


def fill(server, kiosk):
    texts = ["Lampu jalan di depan balai desa mati sejak minggu lalu, kalau malam gelap sekali.",
             "Permohonan surat keterangan usaha sudah 3 minggu belum ada kabar.",
             "Saluran air RT 5 mampet 😀\nsetiap hujan air masuk rumah warga",
             "Informasi anggaran dana desa 2026 tidak dipasang di papan pengumuman"]
    names = ["Sri Wahyuni", "Budi Santoso", None, "Ngatinem"]
    for serial, (text, name) in enumerate(zip(texts, names), 1):
        kiosk.complaint(text, name=name, serial=serial, sender=f"+62812345678{serial:02d}")
    kiosk.event("inbound.unreadable", {"reason": "the user data is longer than its length"},
                {"pdu": "07912618485400F9040D91261832547698F00000" * 4})
    kiosk.send()
    server.ctl("answer", ticket(kiosk.id, 2), "Surat sudah dapat diambil di balai desa.")


def log_in(desk):
    from selenium.webdriver.common.keys import Keys
    desk.open("/")
    check(desk.wait("input[type=password]"), "the log-in page")
    desk.shoot("desk-login")
    # By keyboard alone: the name gets the focus by itself.
    check(desk.until(lambda: desk.driver.switch_to.active_element.get_attribute("name") == "name"),
          "its first field has the focus")
    desk.driver.switch_to.active_element.send_keys("siti", Keys.TAB, "rahasia-sekali", Keys.ENTER)
    check(desk.until(lambda: "Aduan" in desk.driver.title and desk.find(".list")), "logged in by keyboard",
          desk.text())


def see_new(desk, kiosk):
    desk.open("/complaints?refresh=1")
    kiosk.complaint("Jembatan gantung putus", name="Tukijo", serial=9)
    kiosk.send(first=len(kiosk.events))
    began = time.monotonic()
    check(desk.until(lambda: ticket(kiosk.id, 9) in desk.text()), "a new complaint appears by itself")
    measured(f"a new complaint appears on the desk after {time.monotonic() - began:.2f} s")


def answer(desk, kiosk):
    driver = desk.driver
    desk.open("/complaints?refresh=0")  # a page that is loaded anew can't be clicked upon
    driver.find_element("partial link text", ticket(kiosk.id, 9)).click()
    check(desk.wait("#answer"), "its page")
    desk.shoot("desk-complaint")
    desk.find("#answer").send_keys("Jembatan diperbaiki mulai hari Senin. Terima kasih.")
    desk.find("#answer").submit()
    check(desk.until(lambda: "Jawaban tercatat" in desk.text()), "an answer")
    command = kiosk.commands(0)[-1]
    check(command["text"].startswith("Jembatan diperbaiki"), "reaches the kiosk", command)
    kiosk.event("message.queued", {"message": "a1", "purpose": "answer", "uuid": kiosk.uuid,
                                   "command": command["id"]},
                {"to": "+62", "text": "Jembatan diperbaiki mulai hari Senin. Terima kasih."})
    kiosk.applied(command)
    kiosk.event("message.sent", {"message": "a1", "purpose": "answer", "uuid": kiosk.uuid})
    kiosk.event("message.delivered", {"message": "a1", "purpose": "answer", "uuid": kiosk.uuid})
    kiosk.send(first=len(kiosk.events) - 3)
    desk.open(f"/complaints/{kiosk.uuid}")
    check("sampai di penerima" in desk.text(), "its delivery is seen", desk.text())
    desk.shoot("desk-answered")


def announce(desk, kiosk):
    from selenium.webdriver.support.ui import Select
    desk.open("/announcements")
    Select(desk.find("#kiosk")).select_by_value(str(kiosk.id))
    desk.find("#text").send_keys("Posyandu Senin pukul 9 di balai.\nMohon membawa buku KIA.")
    desk.shoot("desk-announce")
    desk.find("main form button").click()
    check(desk.wait("button[value=send]"), "an announcement is looked at once more")
    desk.shoot("desk-announce-sure")
    desk.find("button[value=edit]").click()
    check(desk.until(lambda: "buku KIA" in desk.find("#text").get_attribute("value")
                     if desk.find("#text") else None), "and can be changed")
    desk.find("main form button").click()
    desk.wait("button[value=send]").click()
    check(desk.until(lambda: "diteruskan ke kotak" in desk.text()), "and sent")
    command = kiosk.commands(0)[-1]
    check(command["type"] == "announce" and command["text"].endswith("9 di balai.\nMohon membawa buku KIA."),
          "with its lines", command)
    kiosk.applied(command)
    kiosk.send(first=len(kiosk.events))


def converse(desk, kiosk):
    """What residents say of an answered complaint, and what a kiosk tells of itself."""
    uuid, tick = kiosk.uuid, ticket(kiosk.id, 9)
    since = len(kiosk.events)
    desk.open(f"/complaints/{uuid}")
    desk.shoot("desk-may-survey")
    kiosk.event("complaint.rated", {"uuid": uuid, "rating": 2}, None, tick, "complainant")
    kiosk.event("complaint.state", {"uuid": uuid, "from": "resolved", "to": "reopened",
                                    "reason": "the result did not help"}, None, tick, "complainant")
    kiosk.event("complaint.details", {"uuid": uuid}, {"text": "Papannya masih ada yang lepas, hati-hati kalau malam."},
                tick, "complainant")
    kiosk.event("complaint.confidential", {"uuid": uuid, "on": True}, None, tick, "complainant")
    failed = {"message": "s1", "purpose": "state", "uuid": uuid}
    kiosk.event("message.queued", failed, {"to": "+62", "text": "Aduan Anda dibuka kembali."})
    kiosk.event("message.failed", {**failed, "reason": "not delivered: not obtainable: the number "
                                   "may not exist (status 67)"})
    kiosk.event("sim.balance", {"modem": "utama", "operator": "TELKOMSEL", "amount": 3200,
                                "valid_until": "2026-12-03T10:00:00.000Z", "low": True})
    kiosk.event("sim.balance", {"modem": "cadangan", "operator": "XL Axiata", "amount": 51000,
                                "valid_until": None, "low": False})
    kiosk.event("contact.consent", {"announcements": True}, {"from": "+62811"}, None, "complainant")
    kiosk.send(first=since + 1)
    desk.open(f"/complaints/{uuid}")
    text = desk.text()
    check("2 dari 5: tidak puas" in text and "dirahasiakan" in text and "Tukijo" not in text
          and "tidak sampai: nomornya mungkin tidak ada" in text, "all of it on one page", text)


def look(desk, kiosk):
    for width, height in ((1280, 900), (360, 740), (320, 700)):
        desk.size(width, height)
        for path, name in (("/complaints", "list"), (f"/complaints/{kiosk.uuid}", "complaint"),
                           ("/complaints?state=undelivered", "undelivered"),
                           ("/announcements", "announcements"), ("/kiosks", "kiosks"), ("/unreadable", "unreadable")):
            desk.open(path)
            desk.wait("h1")
            desk.shoot(f"desk-{name}")
    unnamed = desk.driver.execute_script(
        "return [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
        ".filter(f => !f.labels.length).length")
    check(unnamed == 0 and desk.driver.execute_script("return document.documentElement.lang") == "id",
          "every field has a label, the page its language")


def main():
    why = missing()
    if why:
        print(f"1..1\nok 1 - the desk in a browser # SKIP {why}")
        return
    in_debians_python()
    server = Server().start()
    server.ctl("user", "add", "siti", "officer", stdin="rahasia-sekali\n")
    kiosk = Kiosk(server, 3, "Balai Kalurahan Triharjo")
    fill(server, kiosk)
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            desk = Desk(driver, server)
            desk.size(1280, 900)
            log_in(desk)
            see_new(desk, kiosk)
            answer(desk, kiosk)
            announce(desk, kiosk)
            converse(desk, kiosk)
            look(desk, kiosk)
            said = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            check(not said, "the browser has nothing to complain of", said)
        finally:
            driver.quit()
    check(server.stop() == 0, "a clean stop")
    finish()


main()
