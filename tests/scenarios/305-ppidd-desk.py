#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The officers' desk without a browser: log-in, lists, decisions, and those who may not."""
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ppidd_kiosk import *  # noqa: E402,F403

HOSTILE = "</blockquote><script>alert(1)</script>&\"'\x01"


def login(server):
    server.ctl("user", "add", "siti", "officer", stdin="rahasia-sekali\n")
    server.ctl("user", "add", "agus", "auditor", stdin="rahasia-sekali\n")
    server.ctl("user", "add", "x", "king", stdin="rahasia-sekali\n", code=2)
    server.ctl("user", "add", "x", "officer", stdin="\n", code=2)
    check([u["name"] for u in server.ctl_json("user", "list")] == ["agus", "siti"], "officers are listed")
    browser = Browser(server)
    status, page, url = browser.open("/complaints")
    check("/login?next=" in url and 'type="password"' in page, "without a session: to the log-in")
    status, page, _ = browser.login("siti", "salah")
    check(status == 403 and "salah" in page, "a wrong password")
    status = browser.open("/login", {"name": "siti", "password": "rahasia-sekali"})[0]
    check(status == 403, "a log-in without the form's token")
    status, page, url = browser.login("siti", "rahasia-sekali")
    check(status == 200 and url.endswith("/complaints"), "the right one")
    for wanted, reached in (("/complaints?refresh=1&q=a", "/complaints?refresh=1&q=a"),
                            ("//evil.example/", "/complaints"), ("/\\evil.example/", "/complaints")):
        other = Browser(server)
        page = other.open("/login?" + urllib.parse.urlencode({"next": wanted}))[1]
        fields = {**other.form(page, "/login"), "name": "siti", "password": "rahasia-sekali"}
        fields["next"] = wanted
        url = other.open("/login", fields)[2]
        check(url == server.url + reached, f"after the log-in: {wanted} → {reached}", url)
    cookie = next(c for c in browser.jar if c.name == "ppidd_session")
    check(cookie.has_nonstandard_attr("HttpOnly") and len(cookie.value) == 64,
          "the session's cookie is out of scripts' reach")
    return browser


def pages(server, kiosk, browser):
    kiosk.complaint(HOSTILE, name="<b>Sri</b>")
    kiosk.complaint("Sampah menumpuk di pasar", serial=2, sender="+62811")
    kiosk.event("inbound.unreadable", {"pdu": "x", "reason": "PDU ends early"}, {"pdu": "0791<"})
    check(kiosk.send()[0] == 200, "complaints come in")
    tick = ticket(kiosk.id, 1)
    status, page, _ = browser.open("/complaints?refresh=1")
    check(tick in page and "<script>" not in page and "&lt;script&gt;" in page, "hostile text is only text")
    check('content="1; url=/complaints?' in page, "the list reloads itself")
    stopped = re.search(r'href="(/complaints[^"]*refresh=0)"', page).group(1)
    check('http-equiv="refresh"' not in browser.open(html.unescape(stopped))[1], "and can be told to stop")
    check("Sampah" not in browser.open("/complaints?q=lampu")[1]
          and "Sampah" in browser.open("/complaints?q=PASAR")[1], "search")
    check(tick in browser.open("/complaints?q=" + tick.replace("-", ""))[1], "a ticket however it is written")
    check(browser.open("/complaints?q=%25")[1].count('class="ticket"') == 0, "LIKE's signs are text")
    check(browser.open("/complaints?state=resolved")[1].count('class="ticket"') == 0, "filter by state")
    check("PDU ends early" in browser.open("/unreadable")[1]
          and "0791&lt;" in browser.open("/unreadable")[1], "an unreadable message is shown")
    check("Balai uji" in browser.open("/kiosks")[1], "the kiosks are listed")
    uuid = next(c["uuid"] for c in server.ctl_json("complaints") if c["ticket"] == tick)
    status, page, _ = browser.open(f"/complaints/{uuid}")
    check(status == 200 and "&lt;b&gt;Sri" in page and "7x31" not in page, "one complaint, without its PIN")
    check(browser.open("/complaints/nothing")[0] == 404 and browser.open("/x")[0] == 404, "404")
    return uuid, page


def decisions(server, kiosk, browser, uuid, page):
    answer = f"/complaints/{uuid}/answer"
    fields = browser.form(page, answer)
    check(browser.open(answer, {"text": "tanpa token"})[0] == 403, "no form token: refused")
    status, again, _ = browser.open(answer, {**fields, "text": "  \n "})
    check(status == 400 and "kosong" in again, "an empty answer is refused in words")
    status, again, _ = browser.open(answer, {**fields, "text": "x" * 1501})
    check(status == 400 and "x" * 1501 in again, "a long one too, and isn't lost")
    question = f"/complaints/{uuid}/question"
    status, page, _ = browser.open(question, {**browser.form(page, question), "text": "Di RT berapa?"})
    check(status == 200 and "Menunggu keterangan" in page and "Di RT berapa?" in page, "a question")
    status, page, url = browser.open(answer, {**fields, "text": "Sudah <b>selesai</b>\r\nTerima kasih"})
    check(status == 200 and "done=answer" in url and "Selesai dijawab" in page
          and "&lt;b&gt;selesai" in page, "an answer")
    browser.open(answer, {**fields, "text": "Sudah <b>selesai</b>\r\nTerima kasih"})
    commands = kiosk.commands()
    check([c["type"] for c in commands] == ["question", "answer"]
          and commands[1]["text"] == "Sudah <b>selesai</b>\nTerima kasih"
          and commands[1]["actor"] == "officer:siti", "pressed twice, it is sent once", commands)
    steps = [e["data"]["to"] for e in server.ctl_json("show", ticket(kiosk.id, 1))["events"]
             if e["source"] == 0 and e["type"] == "complaint.state"]
    check(steps == ["incomplete", "received", "verified", "assigned", "investigating", "resolved"],
          "each step of the way is an event", steps)
    state = f"/complaints/{uuid}/state"
    fields = browser.form(page, state)
    check(browser.open(state, {**fields, "to": "verified"})[0] == 409, "an illegal step is refused")
    status, page, _ = browser.open(state, {**fields, "to": "closed", "text": "Beres"})
    check(status == 200 and "Ditutup" in page and "Alasan: Beres" in page, "a state with its reason")
    kiosk.event("message.queued", {"message": 7, "purpose": "answer", "uuid": uuid}, {"to": "+62", "text": "Sudah"})
    kiosk.event("message.failed", {"message": 7, "purpose": "answer", "uuid": uuid, "reason": "no credit"})
    kiosk.send(first=5)
    check("tidak sampai: pulsa habis" in browser.open(f"/complaints/{uuid}")[1], "a failed message is seen")


def auditor(server, uuid):
    browser = Browser(server)
    browser.login("agus", "rahasia-sekali")
    status, page, _ = browser.open(f"/complaints/{uuid}")
    check(status == 200 and "<textarea" not in page, "an auditor reads")
    token = browser.form(page, "/logout")["form"]
    check(browser.open(f"/complaints/{uuid}/answer", {"form": token, "text": "x"})[0] == 403,
          "and can't change")
    server.ctl("user", "disable", "agus")
    check("/login?" in browser.open("/complaints")[2], "a disabled officer is out at once")


def alerts(server, kiosk, browser):
    kiosk.send(first=2, events=[dict(kiosk.events[1], time="2026-11-24T11:00:00.000Z")])
    check("perlu diperiksa" in browser.open("/complaints")[1], "a changed event is told on the desk")
    page = browser.open("/kiosks")[1]
    action = f"/kiosks/{kiosk.id}/checked"
    check("isi yang berubah" in page, "with its particulars")
    browser.open(action, browser.form(page, action))
    check("perlu diperiksa" not in browser.open("/complaints")[1], "until somebody has looked")


def over(server, browser):
    page = browser.open("/complaints")[1]
    cookie = next(c for c in browser.jar if c.name == "ppidd_session").value
    browser.open("/logout", browser.form(page, "/logout"))
    status = server.request("GET", "/complaints", headers={"Cookie": f"ppidd_session={cookie}"})
    check('type="password"' in status[1], "after the log-out the cookie is worth nothing")
    for _ in range(6):
        status = Browser(server).login("siti", "salah")[0]
    check(status == 429, "guessing passwords is slowed", status)
    check(Browser(server).login("siti", "rahasia-sekali")[0] == 429, "also for the right one")
    asked = urllib.request.urlopen(server.url + "/login")
    policy = asked.headers["Content-Security-Policy"]
    check("default-src 'none'" in policy and "frame-ancestors http://127.0.0.1:9" in policy, "a strict policy", policy)
    check("rahasia" not in server.read_log() and "Sampah" not in server.read_log(),
          "nothing personal in the log", server.read_log())


server = Server(extra="frame_ancestors = http://127.0.0.1:9\n").start()
kiosk = Kiosk(server, 5)
browser = login(server)
uuid, page = pages(server, kiosk, browser)
decisions(server, kiosk, browser, uuid, page)
auditor(server, uuid)
alerts(server, kiosk, browser)
over(server, browser)
check(server.stop() == 0, "a clean stop")
check("events verified" in server.ctl("verify"), "the chains verify")
finish()
