#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# postgresql
"""The periodic report: its figures beside a plain computation over the same complaints, as page, CSV
and JSON; who may read it; and, where there is a Chromium, the page on paper and on a phone.
Leaves screenshots and the PDF in $KOTAK_BUILD/screenshots/."""
import base64
import csv
import datetime
import io
import os
import random
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

ZONE = datetime.timezone(datetime.timedelta(hours=7))
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 6, 30)
CATEGORIES = ["access", "quality", "procedure", "other", None]
STATES = ["received", "investigating", "resolved", "resolved", "closed", "closed", "reopened", "referred",
          "withdrawn"]
ANSWERED = ("resolved", "closed")


def holidays():
    """The days of board/holidays/2026.conf, read here without the server's help."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(os.path.join(root, "board/holidays/2026.conf"), encoding="utf-8") as file:
        return set(re.findall(r"^(2026-\d\d-\d\d)\b", file.read(), re.M))


def working_days(first, last, free):
    """After the first up to and including the last."""
    days = (first + datetime.timedelta(n) for n in range(1, (last - first).days + 1))
    return sum(d.weekday() < 5 and d.isoformat() not in free for d in days)


def sample(chance, kiosks):
    """One complaint of the half-year before, as the database will hold it."""
    first = datetime.datetime(2025, 12, 20, tzinfo=ZONE) + datetime.timedelta(minutes=chance.randrange(205 * 1440))
    state = chance.choice(STATES)
    resolved = first + datetime.timedelta(hours=chance.randrange(24 * 30)) if state in ANSWERED else None
    return {"kiosk": chance.choice(kiosks), "created": first, "state": state, "resolved": resolved,
            "category": chance.choice(CATEGORIES), "officer": chance.choice(["siti", "budi", None]),
            "channel": chance.choice(["sms", "sms", "panel", "ussd"]), "rating": chance.choice([None, None, 1, 3, 4, 5]),
            "allowed": chance.choice([7, 7, 7, 14]), "waited": chance.choice([0, 0, 0, 2]),
            "due": first + datetime.timedelta(days=12), "reopened": state == "reopened" or chance.random() < .1,
            "cause": chance.choice(["administrative", "technical", None]) if state in ANSWERED else None,
            "referred": "Dinas PUPR" if state == "referred" else None}


def milliseconds(moment):
    return int(moment.timestamp() * 1000) if moment else None


def plant(server, kiosks, samples):
    """The complaints come by their kiosks; what officers did since January is put in by hand, for a test
    can't work through half a year. Reopenings are the complainants' own, as events."""
    by_kiosk = {kiosk.id: kiosk for kiosk in kiosks}
    for item in samples:
        kiosk = by_kiosk[item["kiosk"]]
        kiosk.complaint("Jalan rusak")
        kiosk.events[-1]["time"] = item["created"].astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        last = kiosk.events.pop()
        last["data"]["channel"] = item["channel"]
        kiosk.chain(last)
        item["uuid"], item["ticket"] = kiosk.uuid, ticket(kiosk.id, kiosk.serial)
        if item["reopened"]:
            for before, after in (("received", "verified"), ("verified", "assigned"), ("assigned", "investigating"),
                                  ("investigating", "resolved"), ("resolved", "reopened")):
                kiosk.event("complaint.state", {"uuid": kiosk.uuid, "from": before, "to": after}, None,
                            item["ticket"], "complainant")
    for kiosk in kiosks:
        check(kiosk.send()[0] == 200, "complaints come in")
    server.stop()
    with server.behind() as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'complaint'")
        triggers = triggers.fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for item in samples:
            opened = item["state"] in ("received", "investigating", "reopened")
            database.execute(
                "UPDATE complaint SET state = ?, kiosk_state = ?, still_open = ?, category = ?, officer = ?, resolved_ms = ?, "
                "due_ms = ?, working_days = ?, waited_days = ?, rating = ?, cause = ?, referred_to = ?, counted_ms = NULL, "
                "created_ms = ? WHERE uuid = ?",
                (item["state"], item["state"], int(opened), item["category"], item["officer"],
                 milliseconds(item["resolved"]), milliseconds(item["due"]) if opened else None, item["allowed"],
                 item["waited"], item["rating"], item["cause"], item["referred"], milliseconds(item["created"]),
                 item["uuid"]))
        for _, sql in triggers:
            database.execute(sql)
    server.start()


def compute(samples, free):
    """The same figures, in Python alone."""
    timed = []
    for item in samples:
        if item["resolved"]:
            days = working_days(item["created"].date(), item["resolved"].date(), free) - item["waited"]
            timed.append((max(0, days), item["allowed"]))
    ratings = [item["rating"] for item in samples if item["rating"]]
    now = datetime.datetime.now(ZONE)
    opened = [i for i in samples if i["state"] in ("received", "investigating", "reopened")]
    result = {"received": len(samples), "answered": sum(i["state"] in ANSWERED for i in samples), "open": len(opened),
              "late_open": sum(i["due"] < now for i in opened),
              "referred": sum(i["state"] == "referred" for i in samples),
              "withdrawn": sum(i["state"] == "withdrawn" for i in samples), "timed": len(timed),
              "in_time": sum(days <= allowed for days, allowed in timed),
              "reopened": sum(i["reopened"] for i in samples),
              "ratings": [ratings.count(n) for n in range(1, 6)]}
    if timed:
        result["median_working_days"] = statistics.median(d for d, _ in timed)
        result["worst_working_days"] = max(d for d, _ in timed)
    if ratings:
        result["rating_mean"] = statistics.mean(ratings)
        result["rating_sd"] = statistics.pstdev(ratings)
    return result


def same(found, wanted):
    found = {k: v for k, v in found.items() if k not in ("key", "name")}
    return found.keys() == wanted.keys() and all(
        abs(found[k] - wanted[k]) < 0.006 if isinstance(found[k], float) else found[k] == wanted[k] for k in wanted)


def figures(browser, samples, free):
    within = [i for i in samples if FIRST <= i["created"].date() <= LAST]
    path = f"?from={FIRST}&until={LAST}"
    report = json.loads(browser.open("/reports.json" + path)[1])
    check(0 < len(within) < len(samples) and same(report["total"], compute(within, free)),
          "the total of a half-year", (report["total"], compute(within, free)))
    keys = {"month": lambda i: i["created"].strftime("%Y-%m"), "category": lambda i: i["category"] or "",
            "channel": lambda i: i["channel"], "kiosk": lambda i: str(i["kiosk"]),
            "officer": lambda i: i["officer"] or "", "cause": lambda i: i["cause"] or "",
            "referral": lambda i: i["referred"]}
    for by, key in keys.items():
        groups = {group["key"]: group for group in report[by]}
        wanted = {key(i) for i in within} - {None}
        wrong = [k for k in wanted if k not in groups or not same(groups[k], compute([i for i in within if key(i) == k], free))]
        check(groups.keys() == wanted and not wrong, f"by {by}", (wrong, groups.keys(), wanted))
    narrow = [i for i in within if i["kiosk"] == 5 and i["channel"] == "sms" and i["category"] == "access"]
    found = json.loads(browser.open(f"/reports.json{path}&kiosk=5&channel=sms&category=access")[1])
    check(found["filter"] == {"kiosk": 5, "channel": "sms", "category": "access", "officer": ""}
          and same(found["total"], compute(narrow, free)), "narrowed to kiosk, channel and category",
          (found["total"], compute(narrow, free)))
    status, text, _ = browser.open("/reports.csv" + path)
    lines = list(csv.DictReader(io.StringIO(text)))
    total = lines[0]
    check(status == 200 and total["by"] == "total" and int(total["received"]) == len(within)
          and abs(float(total["median_working_days"]) - compute(within, free)["median_working_days"]) < .06
          and len(lines) == 3 + sum(len(report[by]) for by in keys)
          and [(line["by"], line["key"], line["received"]) for line in lines[-2:]]
          == [("kind", "information", "0"), ("kind", "objection", "0")], "the same as CSV", lines[:2])
    check(any(line["name"].startswith("'=HYPER") for line in lines), "a kiosk's name is no formula to a spreadsheet")
    page = browser.open("/reports" + path)[1]
    check(f"<strong>{len(within)}</strong> aduan masuk" in page and page.count("<svg") == 2 and "<desc id=" in page
          and "script" not in page and len(page.encode()) < 60000, "and as a page", len(page.encode()))
    check("November 2026" in browser.open("/reports?from=2026-11-01&until=2026-11-30")[1]
          and "Triwulan II 2026" in browser.open("/reports?from=2026-04-01&until=2026-06-30")[1], "a period has its name")
    check(browser.open("/reports?from=2026-13-45&until=%22%3E%3Cb%3E&kiosk=x&page=-1&officer=%3Cb%3E")[0] == 200,
          "nonsense in the address is taken for this month")
    return within, path


def down_to_tickets(browser, within, path):
    seen, at = set(), 1
    while at:
        page = browser.open(f"/reports/list{path}&page={at}")[1]
        seen |= set(re.findall(r'<a href="/complaints/[^"]+">([\d-]+)</a>', page))
        at = at + 1 if "Berikutnya" in page else 0
    check(seen == {i["ticket"] for i in within}, "each complaint that was counted is listed", len(seen))
    late = [i for i in within if i["category"] == "other" and i["kiosk"] == 6]
    page = browser.open(f"/reports/list{path}&category=other&kiosk=6")[1]
    check(set(re.findall(r'">([\d-]{12})</a>', page)) == {i["ticket"] for i in late}, "narrowed as well")


def who_may(server):
    for role, allowed in (("officer", False), ("auditor", True)):
        server.ctl("user", "add", f"a-{role}", role, stdin="rahasia-sekali\n")
        browser = Browser(server)
        page = browser.login(f"a-{role}", "rahasia-sekali")[1]
        codes = {browser.open(p)[0] for p in ("/reports", "/reports.csv", "/reports.json", "/reports/list")}
        check(codes == ({200} if allowed else {403}) and ('href="/reports"' in page) == allowed,
              f"{role}: {'reads' if allowed else 'may not read'} reports", codes)
    check("/login" in Browser(server).open("/reports.json")[2], "nobody without a session")


def on_paper(server, path):
    why = missing()
    if why:
        check(True, f"the report on paper # SKIP {why}")
        return
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            desk = Desk(driver, server)
            desk.size(1280, 900)
            desk.open("/login?next=" + urllib.parse.quote("/reports" + path))
            desk.wait("input[type=password]").send_keys("rahasia-sekali")
            desk.find("#name").send_keys("rini")
            desk.find("main form button").click()
            check(desk.wait(".facts"), "the report in Chromium", desk.text())
            for width, height in ((1280, 900), (360, 740), (320, 700)):
                desk.size(width, height)
                desk.open("/reports" + path)
                desk.wait(".facts")
                full = desk.driver.execute_script("return document.documentElement.scrollHeight")
                desk.size(width, full)
                desk.shoot("desk-report")
            desk.open("/reports/list" + path)
            desk.wait("tbody")
            desk.shoot("desk-report-list")
            desk.open("/reports" + path)
            desk.wait(".facts")
            # As wide as what an A4 sheet's margins leave: a table that is cut off here is cut off on paper.
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
            desk.size(680, 960)
            full = driver.execute_script("return document.documentElement.scrollHeight")
            desk.size(680, full)
            desk.shoot("desk-report-paper")
            cut = driver.execute_script("return [...document.querySelectorAll('.wide')]"
                                        ".filter(e => e.scrollWidth > e.clientWidth + 1).length")
            check(cut == 0, "no table is wider than the sheet", cut)
            pdf = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
            with open(os.path.join(desk.shots, "report.pdf"), "wb") as file:
                file.write(pdf)
            sizes = {tuple(round(float(n)) for n in box.split()) for box in
                     re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)}
            check(sizes and all(abs(s[2] - 595) <= 2 and abs(s[3] - 842) <= 2 for s in sizes), "it prints on A4", sizes)
            said = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            check(not said, "the browser has nothing to complain of", said)
        finally:
            driver.quit()


def main():
    in_debians_python()
    server = Server(extra="timezone = Asia/Jakarta\n").start()
    for name, role in (("siti", "officer"), ("budi", "officer"), ("rini", "head")):
        server.ctl("user", "add", name, role, stdin="rahasia-sekali\n")
    kiosks = [Kiosk(server, 5, "Balai Triharjo"), Kiosk(server, 6, '=HYPERLINK("x")'), Kiosk(server, 12, "Balai <Wates>")]
    chance = random.Random(20261124)
    samples = [sample(chance, [k.id for k in kiosks]) for _ in range(300)]
    plant(server, kiosks, samples)
    browser = Browser(server)
    check(browser.login("rini", "rahasia-sekali")[0] == 200, "a head logs in")
    within, path = figures(browser, samples, holidays())
    down_to_tickets(browser, within, path)
    who_may(server)
    on_paper(server, path)
    check(server.stop() == 0, "a clean stop")
    check("Jalan" not in server.read_log(), "nothing personal in the log")
    finish()


main()
