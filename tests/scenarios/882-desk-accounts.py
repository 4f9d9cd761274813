#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# postgresql
"""Accounts: every route tried by every role, the second factor, passwords that were given out,
sessions, guessing, and who read what is written down; then the same pages in headless Chromium.
Leaves screenshots in $KOTAK_BUILD/screenshots/."""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

ROLES = ("intake", "officer", "head", "auditor", "administrator")
PASSWORD = "rahasia-sekali"
# What each right is worth, written down once more: the program's table must say the same.
RIGHTS = {
    "own": set(ROLES),
    "read": set(ROLES),
    "intake": set(ROLES) - {"auditor"},
    "handle": {"officer", "head", "administrator"},
    "announce": {"officer", "head", "administrator"},
    "report": {"head", "auditor", "administrator"},
    "publish": {"head", "administrator"},
    "audit": {"head", "auditor", "administrator"},
    "administer": {"administrator"},
}
NOBODY = "00000000-0000-4000-8000-000000000000"


def table(server):
    """The routes of officers, as the program says; a route that names no right is a fault."""
    routes = [r for r in server.ctl_json("roles") if r["session"]]
    for route in routes:
        name = f"{route['method']} {route['path']}"
        if route["right"] not in RIGHTS or set(route["roles"]) != RIGHTS[route["right"]]:
            check(False, f"{name} names a right, and the roles that have it", route)
        if route["method"] == "POST" and "auditor" in route["roles"] and route["right"] != "own":
            check(False, f"{name} isn't the auditor's", route)
        if route["path"].startswith("/complaints/*") and route["reads"] != "complaint":
            check(False, f"{name} is written down as reading", route)
    check(len(routes) > 20, "every route of the desk names its right", len(routes))
    open_to_all = {r["path"] for r in server.ctl_json("roles") if not r["session"]}
    check({"/", "/login", "/style.css"} <= open_to_all, "and what needs no account is listed too")
    return routes


def form_token(browser):
    page = browser.open("/account")[1]
    return browser.form(page, "/logout")["form"]


def asked(server, browser, method, path, fields=None):
    """The status of one request of this session, no redirect followed."""
    cookie = next(c.value for c in browser.jar if c.name == "ppidd_session")
    place = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60 * PATIENCE)
    body = urllib.parse.urlencode(fields) if fields is not None else None
    connection.request(method, path, body, {"Cookie": f"ppidd_session={cookie}",
                                            "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def matrix(server, routes, browsers):
    """Every route × every role: 403 exactly where the table says so, and where a form has no token."""
    wrong, tried = [], 0
    for role, browser in browsers.items():
        token = form_token(browser)
        for route in sorted(routes, key=lambda r: r["path"] == "/logout"):
            path = route["path"].replace("*", NOBODY)
            may = role in route["roles"]
            fields = None
            if route["method"] == "POST":
                fields = {"form": token}
                status = asked(server, browser, "POST", path, {"form": "0" * 64})
                if status != 403:
                    wrong.append((role, path, "without a token", status))
            status = asked(server, browser, route["method"], path, fields)
            tried += 1
            if (status == 403) == may or status >= 500:
                wrong.append((role, route["method"], path, status, may))
        check("/login" in browser.open("/complaints")[2], f"{role} has logged out in the end")
    check(not wrong, f"{tried} pairs of role and route answer as the table says", wrong)
    measured(f"{tried} pairs of role and route")


def broken(server, routes, browser):
    """Bytes that are no text in address, query and every field of every form: refused, not stumbled over."""
    token = form_token(browser)
    names = {"q", "from", "until", "after", "before", "officer", "ticket", "list", "state", "kiosk", "kind"}
    for route in routes:
        if route["method"] == "GET" and "*" not in route["path"]:
            names |= set(re.findall(r'name="(\w+)"', browser.open(route["path"])[1]))
    wrong, tried = [], 0
    for route in routes:
        if route["path"].startswith(("/logout", "/account/", "/login")):
            continue
        for part in (NOBODY, "%ff%fe"):
            path = route["path"].replace("*", part)
            fields = None
            if route["method"] == "POST":
                fields = {**{name: b"\xff\xfe" for name in names}, "form": token}
            status = asked(server, browser, route["method"], path, fields)
            query = asked(server, browser, "GET", path + "?" + "&".join(f"{n}=%ff" for n in names))
            tried += 2
            if status >= 500 or query >= 500:
                wrong.append((route["method"], path, status, query))
    check(len(names) > 30 and not wrong, f"{tried} requests with bytes that are no text", (names, wrong))


def strangers(server, routes):
    """Without a session every route leads to the log-in."""
    place = urllib.parse.urlsplit(server.url)
    wrong = []
    for route in routes:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60 * PATIENCE)
        connection.request(route["method"], route["path"].replace("*", NOBODY),
                           "form=x" if route["method"] == "POST" else None,
                           {"Cookie": "ppidd_session=" + "a" * 64})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 303 or not answer.headers["Location"].startswith("/login"):
            wrong.append((route, answer.status))
    check(not wrong, "a stranger gets no further than the log-in", wrong)


def auditor_reads(server, browser, uuid):
    pages = ["/complaints", f"/complaints/{uuid}", "/unreadable", "/kiosks", "/reports", "/readings"]
    offered = {}
    for path in pages:
        status, page, _ = browser.open(path)
        check(status == 200, f"an auditor reads {path}", status)
        actions = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page))
        check("/logout" in actions, "and may leave", actions)
        offered.update({path: actions - {"/logout"}} if actions - {"/logout"} else {})
    check(not offered, "and sees no form that changes anything", offered)


def readings(server, browsers, uuid, tick):
    """Who was shown what; the words searched for are in it; nobody can take a row away."""
    officer, head = browsers["officer"], browsers["head"]
    officer.open("/complaints?q=Tukijo")
    officer.open(f"/complaints/{uuid}")
    page = head.open("/readings?officer=officer")[1]
    rows = re.findall(r'<tr class="reading">(.*?)</tr>', page, re.S)
    text = [re.sub(r"<[^>]*>", " ", row) for row in rows]
    check(any(tick in row for row in text), "the head sees who opened a complaint", text)
    check(any("Tukijo" in row for row in text), "and what a list was searched for", text)
    check(all(" officer " in row for row in text), "of that officer alone", text)
    page = head.open("/readings?ticket=" + tick.replace("-", " ").replace(" ", "+"))[1]
    rows = re.findall(r'<tr class="reading">(.*?)</tr>', page, re.S)
    check(rows and all(tick in row for row in rows), "or of one ticket", rows)
    check(officer.open("/readings")[0] == 403, "an officer doesn't")


def given_password(server, administrator):
    """An account added on the desk: its password is shown once and changed at the first log-in."""
    page = administrator.open("/accounts")[1]
    fields = {**administrator.form(page, "/accounts"), "name": "baru", "role": "officer"}
    status, page, _ = administrator.open("/accounts", fields)
    password = re.search(r'class="secret">([^<]+)<', page).group(1)
    check(status == 200 and len(password) == 14, "an account is added, with a password to hand out")
    check(administrator.open("/accounts", fields)[0] == 409
          and password not in administrator.open("/accounts")[1], "the password is shown once")
    browser = Browser(server)
    url = browser.login("baru", password)[2]
    check(url.endswith("/account/password"), "at the first log-in it has to be changed", url)
    check(browser.open("/complaints")[2].endswith("/account/password"), "and nothing else is open")
    page = browser.open("/account/password")[1]
    fields = browser.form(page, "/account/password")
    for old, new, again, status in (("salah", "kata-sandi-baru", "kata-sandi-baru", 400),
                                    (password, "kata-sandi-baru", "lain", 400),
                                    (password, "pendek", "pendek", 400),
                                    (password, "kata-sandi-baru", "kata-sandi-baru", 200)):
        answer = browser.open("/account/password", {**fields, "old": old, "password": new, "again": again})
        check(answer[0] == status, f"old {old == password}, new {len(new)} letters: {status}", answer[0])
    check(browser.open("/complaints")[2].endswith("/complaints"), "then all is open")
    other = Browser(server)
    other.login("baru", "kata-sandi-baru")
    page = browser.open("/account")[1]
    check(page.count("<li>Masuk ") == 2, "one's sessions are listed", page)
    browser.open("/account/sessions", browser.form(page, "/account/sessions"))
    check("/login" in other.open("/complaints")[2] and browser.open("/account")[0] == 200,
          "the others can be ended, this one goes on")
    page = administrator.open("/accounts/baru")[1]
    administrator.open("/accounts/baru/role", {**administrator.form(page, "/accounts/baru/role"), "role": "head"})
    check("/login" in browser.open("/complaints")[2], "a new role ends the sessions")
    page = administrator.open("/accounts/baru")[1]
    check(">pimpinan<" in page, "and is shown")
    administrator.open("/accounts/baru/disable", administrator.form(page, "/accounts/baru/disable"))
    check(Browser(server).login("baru", "kata-sandi-baru")[0] == 403, "a closed account doesn't log in")
    own = "/accounts/administrator"
    token = form_token(administrator)
    check(administrator.open(own + "/disable", {"form": token})[0] == 409
          and administrator.open(own)[0] == 200, "an administrator can't close the own account")


def second_factor(server, administrator):
    secret = administrator.secret
    browser = Browser(server)
    url = Browser.login(browser, "administrator", PASSWORD)[2]
    check(url.endswith("/login/code"), "after the password the code is asked for", url)
    check(browser.open("/complaints")[2].endswith("/login/code"), "without it nothing is open")
    half = next(c.value for c in browser.jar if c.name == "ppidd_session")
    fields = browser.form(browser.open("/login/code")[1], "/login/code")
    check(browser.open("/login/code", {**fields, "code": "000000" if totp(secret) != "000000" else "111111"})[0] == 400,
          "a wrong code")
    # The code after this one: the one that set it up may be the present one, and is used up. On
    # a machine so busy that a code is over before it arrives, the next.
    for _ in range(3):
        code = totp(secret, time.time() + 30)
        status, _, url = browser.open("/login/code", {**fields, "code": code})
        if status == 200:
            break
    check(status == 200 and url.endswith("/complaints"), "the right one, a little early", (status, url))
    cookie = next(c for c in browser.jar if c.name == "ppidd_session")
    check(cookie.value != half, "and the session gets another name")
    status = server.request("GET", "/account", headers={"Cookie": f"ppidd_session={half}"})
    check('type="password"' in status[1], "the half one is worth nothing")
    again = Browser(server)
    again.login("administrator", PASSWORD)
    fields = again.form(again.open("/login/code")[1], "/login/code")
    check(again.open("/login/code", {**fields, "code": code})[0] == 400, "a code works once")
    for _ in range(5):
        status = again.open("/login/code", {**fields, "code": "x"})[0]
    check(status == 429, "guessing codes is slowed", status)


def headers(server, browser):
    cookie = next(c for c in browser.jar if c.name == "ppidd_session")
    check(cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax",
          "the session's cookie: no script, no other site")
    with browser.opener.open(server.url + "/complaints") as answer:
        said = answer.headers
    wanted = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
              "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
    found = {name: said[name] for name in wanted}
    check(found == wanted and "frame-ancestors 'none'" in said["Content-Security-Policy"]
          and "script" not in said["Content-Security-Policy"], "the headers of a page of the desk", found)
    check(said["Strict-Transport-Security"] is None, "no HSTS without TLS")


def over_tls():
    server = Server(tls=True).start()
    server.ctl("user", "add", "siti", "officer", stdin=PASSWORD + "\n")
    browser = Browser(server)
    check(browser.login("siti", PASSWORD)[0] == 200, "a log-in over TLS")
    check(all(c.secure for c in browser.jar if c.name == "ppidd_session"), "its cookie never goes without it")
    with browser.opener.open(server.url + "/complaints") as answer:
        said = answer.headers["Strict-Transport-Security"]
    check(said and said.startswith("max-age="), "HSTS over TLS", said)
    check(server.stop() == 0, "a clean stop")


# In a browser.

class Screen(Desk):
    """With its forms."""

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.until(lambda name=name: self.find(f"[name={name}]:not([type=hidden])"))
            field.clear()
            field.send_keys(value)

    def press(self, words):
        self.driver.find_element("xpath", f"//button[.='{words}']").click()

    def shoot(self, name):
        unnamed = self.unlabelled()
        check(not unnamed, f"{name}: every field has a label", unnamed)
        super().shoot(f"accounts-{name}")


def first_log_in(screen):
    """An administrator's: the second factor is set up by typing the secret."""
    screen.open("/")
    screen.fill(name="lurah", password=PASSWORD)
    screen.press("Masuk")
    check(screen.until(lambda: screen.find("svg.qr")), "an administrator is led to set up the code", screen.text())
    side = screen.find("svg.qr").size
    check(side["width"] > 150 and abs(side["width"] - side["height"]) < 2, "with a QR code to photograph", side)
    screen.shoot("factor")
    secret = screen.find(".secret").text
    screen.fill(code="12345", password=PASSWORD)
    screen.press("Pasang")
    check(screen.until(lambda: screen.find(".wrong")), "a wrong code is told")
    check(screen.find(".secret").text == secret, "and the secret stays the same")

    def confirmed():
        if screen.find("code.recovery"):
            return True
        if screen.find("[name=code]"):
            screen.fill(code=totp(secret), password=PASSWORD)
            screen.press("Pasang")
        return None
    check(screen.until(confirmed), "the right one", screen.text())
    codes = [c.text for c in screen.driver.find_elements("css selector", "code.recovery")]
    check(len(set(codes)) == 8, "and recovery codes", codes)
    screen.shoot("recovery")
    return codes


def log_in_again(screen, codes):
    screen.open("/account")
    screen.press("Keluar")
    screen.until(lambda: screen.find("[name=password]"))
    screen.fill(name="lurah", password=PASSWORD)
    screen.press("Masuk")
    check(screen.until(lambda: screen.find("[name=code]")), "then the code is asked for")
    screen.shoot("code")
    screen.fill(code=codes[0])
    screen.press("Masuk")
    check(screen.until(lambda: screen.find(".list")), "a recovery code opens the desk", screen.text())
    screen.open("/account")
    check("tersisa: 7" in screen.text(), "and is used up", screen.text())


def look(screen):
    for width, height in ((1280, 900), (320, 700)):
        screen.size(width, height)
        for path, name in (("/account", "own"), ("/account/password", "password"), ("/accounts", "list"),
                           ("/accounts/officer", "one"), ("/readings", "readings")):
            screen.open(path)
            screen.until(lambda: screen.find("h1"))
            screen.shoot(name)


def in_browser(server):
    why = missing()
    if why:
        check(True, f"accounts in a browser # SKIP {why}")
        return
    server.ctl("user", "add", "lurah", "administrator", stdin=PASSWORD + "\n")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            screen = Screen(driver, server)
            screen.size(1280, 900)
            log_in_again(screen, first_log_in(screen))
            look(screen)
            said = [e["message"] for e in driver.get_log("browser")
                    if e["level"] == "SEVERE" and "400 (" not in e["message"]]
            check(not said, "the browser has nothing else to complain of", said)
        finally:
            driver.quit()


in_debians_python()
server = Server().start()
for role in ROLES:
    server.ctl("user", "add", role, role, stdin=PASSWORD + "\n")
kiosk = Kiosk(server, 5)
kiosk.complaint("Lampu mati", name="Tukijo", serial=1)
kiosk.send()
tick, uuid = ticket(kiosk.id, 1), kiosk.uuid
routes = table(server)
strangers(server, routes)
browsers = {role: Browser(server) for role in ROLES}
for role, browser in browsers.items():
    status, page, url = browser.login(role, PASSWORD)
    check(status == 200 and url.endswith("/complaints"), f"{role} logs in", (status, url))
headers(server, browsers["officer"])
auditor_reads(server, browsers["auditor"], uuid)
readings(server, browsers, uuid, tick)
given_password(server, browsers["administrator"])
second_factor(server, browsers["administrator"])
in_browser(server)
broken(server, routes, browsers["administrator"])
matrix(server, routes, browsers)
over_tls()
check(PASSWORD not in server.read_log() and "Tukijo" not in server.read_log(), "nothing secret in the log")
check(server.stop() == 0, "a clean stop")
check("events verified" in server.ctl("verify"), "the chains verify")
finish()
