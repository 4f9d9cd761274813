#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# postgresql
"""What anybody may read: statistics and open data with small counts kept back, one's own complaint by
number and PIN. Personal data with a mark of its own stands in every field that can hold any; every
public page, feed and header is fetched, and none of the marks appears."""
import datetime
import os
import re
import secrets
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

# The statistics are of whole months: the tenth of the last one, wherever in a month this runs.
LAST_MONTH = (datetime.date.today().replace(day=1) - datetime.timedelta(days=3)).replace(day=10)
THEN = f"{LAST_MONTH}T03:00:00.000Z"
COUNTS = {3: 40, 4: 3, 7: 12}  # complaints by kiosk
CATEGORIES = ["access"] * 30 + ["quality"] * 2 + ["procedure"] * 10 + [None] * 13
marks = {}


def mark(where):
    """Something that stands nowhere else, and where it was put."""
    word = "Zq" + secrets.token_hex(6)
    marks[word] = where
    return word


def number():
    digits = "+62" + "".join(secrets.choice("123456789") for _ in range(11))
    marks[digits] = marks[digits[3:]] = "a number"
    return digits


def pin():
    return "".join(secrets.choice("0123456789") for _ in range(4))


def complain(kiosk, category):
    kiosk.serial += 1
    kiosk.uuid = str(uuid.uuid4())
    told = {"uuid": kiosk.uuid, "channel": "sms", "language": "id"}
    if category:
        told["category"] = category
    code = pin()
    kiosk.event("complaint.received", told, {"from": number(), "name": mark("name"), "address": mark("address"),
                                             "text": mark("text"), "pin": code},
                ticket(kiosk.id, kiosk.serial), "complainant", time=THEN)
    return {"uuid": kiosk.uuid, "ticket": ticket(kiosk.id, kiosk.serial), "pin": code}


def plant(server, kiosks):
    """By kiosks and by officers, as it comes about; the marks of the rest are put in by hand."""
    categories = list(CATEGORIES)
    made = []
    for kiosk in kiosks:
        for _ in range(COUNTS[kiosk.id]):
            made.append(complain(kiosk, categories.pop(0)))
        about = {"uuid": kiosk.uuid}
        tick = ticket(kiosk.id, kiosk.serial)
        kiosk.event("complaint.details", about, {"name": mark("details"), "address": mark("details"), "text": mark("details")},
                    tick, "complainant")
        kiosk.event("inbound.unreadable", {"pdu": "x", "reason": "PDU ends early"}, {"pdu": mark("pdu")})
        kiosk.event("inbound.ignored", {"reason": "advertisement"}, {"from": number(), "text": mark("ignored")})
        kiosk.event("contact.consent", {"announcements": True}, {"from": number()}, None, "complainant")
        kiosk.event("message.queued", {"message": 1, "purpose": "ticket", **about}, {"to": number(), "text": mark("message")})
        check(kiosk.send()[0] == 200, "complaints come in")
    answer = mark("answer")
    server.ctl("answer", made[0]["ticket"], f"Sudah diperbaiki. {answer}")
    server.ctl("answer", made[-1]["ticket"], mark("answer"))
    return made, answer


def by_hand(server):
    """A mark after whatever stands in a text of a table of personal data, and in what officers are called
    and write: also in tables that are added after this test was written."""
    server.stop()
    with server.behind() as database:
        database.execute("PRAGMA foreign_keys = OFF")
        names = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = 0
        for table in [n for n in names if n.endswith("_personal")] + ["complaint"]:
            database.execute("PRAGMA recursive_triggers = OFF")
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT" and row[5] == 0]
            if table == "complaint":
                columns = [c for c in columns if c in ("officer", "category_by", "referred_to")]
            for column in columns:
                if (table, column) in (("complaint_personal", "pin"), ("event_personal", "salt"), ("event_personal", "body")):
                    continue
                word = mark(f"{table}.{column}")
                filled += database.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || ?", (word,)).rowcount > 0
    server.start()
    check(filled >= 8, "marks stand in the tables of personal data", filled)


def fetch(server, path, method="GET", body=None, headers=None):
    """(status, headers and body as one text)"""
    asked = urllib.request.Request(server.url + path, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(asked, timeout=20 * PATIENCE) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def found_in(text, allowed=()):
    return sorted({where for word, where in marks.items() if word in text and word not in allowed})


def crawl(server, made):
    """From the public pages on, whatever they lead to; and what is asked for by a guess."""
    some = made[0]
    ahead = ["/publik", "/publik/hak", "/publik/tiket", "/data/figures.json", "/data/figures.csv", "/data/publications.json", "/login", "/style.css",
             "/report.css", "/", "/publik/", "/data", "/data/", "/publik?from=2020-01-01&kiosk=3&officer=siti",
             f"/publik/tiket?ticket={some['ticket']}&pin={some['pin']}", f"/publik/{some['ticket']}",
             f"/complaints/{some['uuid']}", f"/complaints/{some['ticket']}", "/reports", "/reports.csv", "/reports.json",
             "/reports/list", "/unreadable", "/kiosks", "/announcements", "/v1/kiosk/complaints", "/nowhere"]
    seen, told = set(), []
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        for method in ("GET", "HEAD"):
            _, headers, text = fetch(server, path, method)
            told += [(method, path, where) for where in found_in(str(headers) + text)]
            ahead += [html.unescape(link) for link in re.findall(r'(?:href|action|src)="(/[^"#]*)"', text)]
    wrong = urllib.parse.urlencode({"ticket": some["ticket"], "pin": "x"}).encode()
    told += [("POST", "/publik/tiket", where) for where in found_in(fetch(server, "/publik/tiket", "POST", wrong)[2])]
    check(not told, f"none of {len(marks)} marks on {len(seen)} addresses", told[:10])


def small_counts(server):
    data = json.loads(fetch(server, "/data/figures.json")[2])
    total = sum(COUNTS.values())
    check(data["total"]["received"] == total and data["from"] < str(LAST_MONTH) <= data["until"],
          "the total of last month", data["total"])
    kiosks = {row["key"]: row["received"] for row in data["kiosk"]}
    check(kiosks == {"3": 40, "4": "<5", "7": None}, "a kiosk of 3 is kept back, and the one that would tell", kiosks)
    categories = {row["key"]: row["received"] for row in data["category"]}
    check(categories == {"access": 30, "quality": "<5", "procedure": None, "": 13}, "a category of 2 as well", categories)
    page = fetch(server, "/publik")[2]
    text = re.sub(r"<[^>]+>", " ", page)
    check("kurang dari 5" in text and "tidak ditampilkan" in text and "<svg" in page and "<script" not in page
          and len(page.encode()) < 60000, "in words on the page", len(page.encode()))
    lines = fetch(server, "/data/figures.csv")[2].splitlines()
    check(any(line.startswith('"kiosk","4","') and ",<5," in line for line in lines)
          and lines[1].startswith(f'"total","","",{total},'), "and as CSV", lines)


def caches(server):
    for path in ("/publik", "/publik/hak", "/data/figures.json", "/data/figures.csv"):
        status, headers, _ = fetch(server, path)
        again = fetch(server, path, headers={"If-None-Match": headers["ETag"]})
        other = fetch(server, path, headers={"If-None-Match": '"x"'})
        check(status == 200 and "public" in headers["Cache-Control"] and not headers["Set-Cookie"]
              and again[0] == 304 and again[2] == "" and other[0] == 200, f"{path} can be cached", (status, again[0]))
    times = []
    for _ in range(200):
        began = time.monotonic()
        fetch(server, "/publik")
        times.append(time.monotonic() - began)
    times.sort()
    measured(f"/publik: median {times[100] * 1000:.1f} ms, p99 {times[197] * 1000:.1f} ms")


def ask(server, number_, code):
    return fetch(server, "/publik/tiket", "POST", urllib.parse.urlencode({"ticket": number_, "pin": code}).encode())


def own_ticket(server, made, answer):
    first, other = made[0], made[5]
    status, headers, page = ask(server, first["ticket"].replace("-", " "), first["pin"])
    check(status == 200 and "Aduan Anda sudah dijawab" in page and answer in page and "no-store" in headers["Cache-Control"],
          "one's own complaint: its state and the answer", (status, page))
    check(not found_in(str(headers) + page, {answer}), "and nothing else", found_in(page, {answer}))
    status, _, page = ask(server, other["ticket"], other["pin"])
    check(status == 200 and "sudah kami terima" in page and not found_in(page), "another, not answered yet", found_in(page))
    check(ask(server, "12", "1")[0] == 400 and ask(server, "", "")[0] == 400, "no number at all")
    wrong = "0000" if first["pin"] != "0000" else "1111"
    nobody = ask(server, ticket(9, 9), "1234")
    guess = ask(server, first["ticket"], wrong)
    strip = re.compile(r'value="[^"]*"')
    check(guess[0] == nobody[0] == 403 and strip.sub("", guess[2]) == strip.sub("", nobody[2])
          and answer not in guess[2], "a wrong PIN is told like a number that isn't there")
    codes = [ask(server, first["ticket"], wrong)[0] for _ in range(8)]
    check(codes[-1] == 429 and ask(server, first["ticket"], first["pin"])[0] == 429, "guessing is slowed", codes)


def publications(server, head, made):
    """A head writes what the public may read, is warned of what looks like a person, and publishes."""
    for role in ("officer", "auditor"):
        server.ctl("user", "add", role, role, stdin="rahasia-sekali\n")
        other = Browser(server)
        other.login(role, "rahasia-sekali")
        check(other.open("/publications")[0] == 403, f"{role}: may not publish")
    browser = Browser(server)
    browser.login(head, "rahasia-sekali")
    name = next(word for word, where in marks.items() if where == "name")
    draft = {"kind": "outcome", "title": "Lampu jalan <b>menyala</b>", "text": f"Diadukan {name.lower()}, 0812-3456-7890.",
             "tickets": f"{made[0]['ticket']}, {made[1]['ticket']}"}
    page = browser.open("/publications")[1]
    fields = browser.form(page, "/publications")
    check(browser.open("/publications", {**draft, "form": "x", "id": fields["id"]})[0] == 403, "no form token: refused")
    status, page, _ = browser.open("/publications", {**fields, **draft, "tickets": ticket(9, 9)})
    check(status == 400 and "tidak ditemukan" in page and "0812-3456" in page, "a ticket that isn't there", status)
    status, page, url = browser.open("/publications", {**fields, **draft})
    place = urllib.parse.urlsplit(url).path
    check(status == 200 and f"“{name.lower()}”" not in page and f"“{name}”" in page and "mirip nomor telepon" in page
          and "&lt;b&gt;menyala" in page, "a name and a number are warned of", page)
    check("menyala" not in fetch(server, "/publik/hasil")[2], "a draft is not public")
    good = {**draft, "text": "Tiang di depan balai sudah diperbaiki."}
    page = browser.open(place, {**browser.form(page, place), **good, "do": "save"})[1]
    check("mungkin membuka data pribadi" not in page and "sudah diperbaiki" in page, "mended", page)
    token = browser.form(page, place)
    browser.open(place, {**token, "do": "publish"})
    public = fetch(server, "/publik/hasil")[2]
    check("&lt;b&gt;menyala" in public and "Tiang di depan" in public and made[0]["ticket"] not in public,
          "published, without its tickets", public)
    data = json.loads(fetch(server, "/data/publications.json")[2])
    check([d["title"] for d in data] == [draft["title"]] and set(data[0]) == {"kind", "title", "text", "published"},
          "as data", data)
    check("menyala" not in fetch(server, "/publik/perbaikan")[2], "an outcome is no improvement")
    status, page, _ = browser.open(place, {**token, **good, "text": "Lain", "do": "save"})
    check(status == 400 and "tarik kembali" in page, "what is published can't be edited", status)
    fields = browser.form(browser.open("/publications")[1], "/publications")
    url = browser.open("/publications", {**fields, "kind": "improvement", "title": "Papan info", "text": "Ditambah.",
                                         "tickets": made[2]["ticket"]})[2]
    better = urllib.parse.urlsplit(url).path
    browser.open(better, {**token, "do": "publish"})
    check("Papan info" in fetch(server, "/publik/perbaikan")[2], "an improvement is published")
    browser.open(better, {**token, "do": "withdraw"})
    check("Papan info" not in fetch(server, "/publik/perbaikan")[2]
          and browser.open(better, {**token, "do": "publish"})[0] == 409, "and withdrawn for good")


def look(server, head):
    why = missing()
    if why:
        check(True, f"the public pages in a browser # SKIP {why}")
        return
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            desk = Desk(driver, server)
            for width in (1280, 320):
                for path, name in (("/publik", "statistics"), ("/publik/hak", "rights"), ("/publik/tiket", "ticket"),
                                   ("/publik/hasil", "outcomes")):
                    desk.size(width, 800)
                    desk.open(path)
                    desk.wait("h1")
                    desk.size(width, driver.execute_script("return document.documentElement.scrollHeight"))
                    desk.shoot(f"public-{name}")
            desk.open("/login?next=/publications")
            desk.wait("#name").send_keys(head)
            desk.find("#password").send_keys("rahasia-sekali")
            desk.find("main form button").click()
            check(desk.wait("#tickets"), "the head's page of publications", desk.text())
            desk.shoot("desk-publications")
            desk.find(".item a").click()
            desk.wait("blockquote")
            desk.shoot("desk-publication")
            unnamed = desk.unlabelled()
            check(not unnamed, "every field has a label", unnamed)
            said = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            check(not said, "the browser has nothing to complain of", said)
        finally:
            driver.quit()


def main():
    in_debians_python()
    server = Server(extra="timezone = Asia/Jakarta\n").start()
    head = mark("an officer's name")
    server.ctl("user", "add", head, "head", stdin="rahasia-sekali\n")
    kiosks = [Kiosk(server, number_, f"Balai {number_}") for number_ in COUNTS]
    made, answer = plant(server, kiosks)
    publications(server, head, made)
    by_hand(server)
    small_counts(server)
    crawl(server, made)
    caches(server)
    look(server, head)
    own_ticket(server, made, answer)
    check(server.stop() == 0, "a clean stop")
    check(not found_in(server.read_log()), "nothing personal in the log", found_in(server.read_log()))
    finish()


main()
