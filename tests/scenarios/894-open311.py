#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
# postgresql
"""Open311 GeoReport v2: a client written from the specification's tables alone checks every field of
every answer, XML and JSON alike; posts complaints with a portal's key, follows them, is refused in the
specification's words; sends what no client should. Of what was posted nothing comes out again."""
import datetime
import os
import secrets
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Desk, chromium, in_debians_python, missing  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

ROOT = "/open311/v2"
PASSWORD = "rahasia-sekali"
# The tenth of last month, at noon: complaints of one month, wherever in a month this runs.
THEN = (datetime.date.today().replace(day=1) - datetime.timedelta(days=3)).replace(day=10)
THEN_MS = int(datetime.datetime.combine(THEN, datetime.time(5), datetime.timezone.utc).timestamp() * 1000)
marks = {}

# wiki.open311.org/GeoReport_v2: fields of each answer, and of what they are. "?" behind one: may be null.
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)"
SERVICE = {"service_code": str, "service_name": str, "description": str, "metadata": bool,
           "type": ("realtime", "batch", "blackbox"), "keywords": str, "group": str}
ATTRIBUTE = {"variable": bool, "code": str,
             "datatype": ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"),
             "required": bool, "datatype_description": str, "order": int, "description": str,
             "values": [{"key": str, "name": str}]}
DEFINITION = {"service_code": str, "attributes": [ATTRIBUTE]}
POSTED = {"service_request_id": str, "service_notice": str, "account_id?": str}
TOKEN = {"service_request_id": str, "token": str}
REQUEST = {"service_request_id": str, "status": ("open", "closed"), "status_notes": str, "service_name": str,
           "service_code": str, "description?": str, "agency_responsible": str, "service_notice": str,
           "requested_datetime": STAMP, "updated_datetime": STAMP, "expected_datetime?": STAMP, "address?": str,
           "address_id?": str, "zipcode?": str, "lat?": float, "long?": float, "media_url?": str}
ERROR = {"code": int, "description": str}
ENDPOINT = {"specification": str, "url": str, "changeset": str, "type": ("production", "test"), "formats": [str]}
DISCOVERY = {"changeset": str, "contact": str, "key_service": str, "endpoints": [ENDPOINT]}


def faults(value, wanted, where="."):
    """Where an answer isn't what the table says."""
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [f"{where} is no array"]
        return [f for i, item in enumerate(value) for f in faults(item, wanted[0], f"{where}[{i}]")]
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        names = {name.rstrip("?") for name in wanted}
        found = [f"{where}: {sorted(set(value) ^ names)}"] if set(value) != names else []
        for name, kind in wanted.items():
            plain = name.rstrip("?")
            if not (name.endswith("?") and value.get(plain) is None):
                found += faults(value.get(plain), kind, f"{where}.{plain}")
        return found
    if isinstance(wanted, tuple):
        return [] if value in wanted else [f"{where} is {value!r}"]
    if isinstance(wanted, str):
        return [] if isinstance(value, str) and re.fullmatch(wanted, value) else [f"{where} is {value!r}"]
    return [] if type(value) is wanted else [f"{where} is {value!r}"]


def spark(element):
    """XML as the "Spark convention" makes JSON of it: one kind of child is an array, no type is kept."""
    children = list(element)
    if not children:
        return element.text or None
    if {child.tag for child in children} <= {"service", "request", "attribute", "value", "endpoint", "format", "error"}:
        return [spark(child) for child in children]
    return {child.tag: spark(child) for child in children}


def bare(value):
    """JSON without what XML can't tell: types, and an empty array from nothing."""
    if isinstance(value, list):
        return [bare(item) for item in value] or None
    if isinstance(value, dict):
        return {name: bare(item) for name, item in value.items()}
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def asked(server, method, path, body=None, headers=None):
    """(status, headers, bytes) of one request, sent as it is."""
    place = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60 * PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def parsed(kind, headers, body):
    """The answer's body; None when its type or its encoding isn't what the specification says."""
    if headers["Content-Type"] != {"json": "application/json", "xml": "text/xml"}[kind] + "; charset=utf-8":
        return None
    if kind == "json":
        return json.loads(body.decode("utf-8"))
    if not body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'):
        return None
    return ElementTree.fromstring(body)


def both(server, path, wanted, root, status=200, query=""):
    """An answer in both forms, each checked; as JSON."""
    got = {}
    for kind in ("json", "xml"):
        code, headers, body = asked(server, "GET", f"{ROOT}/{path}.{kind}{query}")
        got[kind] = parsed(kind, headers, body)
        check(code == status and got[kind] is not None, f"{path}.{kind}{query[:50]}: {status}", (code, body[:300]))
    wrong = faults(got["json"], wanted)
    check(not wrong, f"{path}: each field is what the specification says", wrong[:5])
    check(got["xml"].tag == root and spark(got["xml"]) == bare(got["json"]), f"{path}: the XML says the same in <{root}>",
          (got["xml"].tag, spark(got["xml"]), bare(got["json"])))
    return got["json"]


def keys(server):
    """An administrator makes keys on the desk; each is shown once."""
    for role in ("administrator", "officer"):
        server.ctl("user", "add", role, role, stdin=PASSWORD + "\n")
    desk = Browser(server)
    desk.login("administrator", PASSWORD)
    made = {}
    for name in ("lapor", "spam", "lama"):
        fields = desk.form(desk.open("/apikeys")[1], "/apikeys")
        page = desk.open("/apikeys", {**fields, "name": name})[1]
        made[name] = re.search(r'class="secret">([0-9a-f]{64})<', page).group(1)
    check(desk.open("/apikeys", {**fields, "name": "lapor"})[0] == 409, "a name is given once")
    for name in ("", "dua kata", "<b>", "x" * 41):
        check(desk.open("/apikeys", {**fields, "name": name})[0] == 400, f"{name[:10]!r} is no name")
    page = desk.open("/apikeys")[1]
    check(not any(key in page for key in made.values()) and "belum pernah" in page, "the keys aren't shown again")
    kept = [row for row in server.connect().execute("SELECT name, key_hash FROM api_key")]
    check(len(kept) == 3 and {hash for _, hash in kept} == {hashlib.sha256(key.encode()).hexdigest() for key in made.values()},
          "nor kept, but for their hashes", kept)
    fields = desk.form(page, "/apikeys/lama/revoke")
    status, page, _ = desk.open("/apikeys/lama/revoke", fields)
    check(status == 200 and "dicabut" in page and "/apikeys/lama/revoke" not in page, "one is revoked", status)
    check([desk.open(f"/apikeys/{name}/revoke", fields)[0] for name in ("lama", "nobody", "%ff%fe")] == [404, 404, 400], "once")
    return desk, made


def mark(where):
    word = "Zq" + secrets.token_hex(6)
    marks[word] = where
    return word


def digits(where):
    word = "08" + "".join(secrets.choice("123456789") for _ in range(10))
    marks[word] = where
    return word


def form(key, **more):
    """A whole posting, each of its fields marked, as the specification's example has them."""
    fields = {"api_key": key, "jurisdiction_id": "triharjo.example", "service_code": "access",
              "lat": f"-7.{secrets.randbelow(10**9):09d}", "long": f"110.{secrets.randbelow(10**9):09d}",
              "address_string": mark("address"), "address_id": mark("address_id"),
              "email": mark("e-mail") + "@example.org", "device_id": mark("device"), "account_id": mark("account"),
              "first_name": mark("first name"), "last_name": mark("last name"), "phone": digits("phone"),
              "description": f"Salinan Letter C tidak diberikan. {mark('description')}\nBaris kedua <b>&amp;",
              "media_url": "https://example.org/" + mark("media")}
    marks[fields["lat"]] = marks[fields["long"]] = "a place"
    fields.update({name.replace("__", "[") + "]" if "__" in name else name: value for name, value in more.items()})
    return {name: value for name, value in fields.items() if value is not None}


def post(server, fields, kind="json", headers=FORM):
    body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
    status, got, body = asked(server, "POST", f"{ROOT}/requests.{kind}", body, headers)
    return status, parsed(kind, got, body)


def office_day():
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()


def take_in(server, key):
    """One of each kind that the rest looks at; {name: id}."""
    made = {}
    first = form(key)
    day = office_day()
    status, answer = post(server, first)
    check(status == 200 and not faults(answer, [POSTED]), "a complaint is posted", (status, faults(answer, [POSTED])))
    made["first"] = answer[0]["service_request_id"]
    notice = answer[0]["service_notice"]
    told = re.search(r"tiket (\d{3}-\d{6}-\d), PIN (\d{4})\. .* http://[\w.:]+/publik/tiket$", notice)
    check(told, "the portal is told what the complainant needs to ask for the answer", notice)
    page = asked(server, "POST", "/publik/tiket", urllib.parse.urlencode({"ticket": told.group(1), "pin": told.group(2)}), FORM)
    check(page[0] == 200 and b"sudah kami terima" in page[2], "and with it sees the state", page[0])
    status, again = post(server, first)
    if day == office_day():
        check(status == 200 and again == answer, "the same form sent again is the same complaint", (again, answer))
    else:  # midnight came between: it may be one or the other
        made["first" if again == answer else "once more"] = again[0]["service_request_id"]
    status, element = post(server, form(key, attribute__about="agency"), "xml")
    found = spark(element)
    check(status == 200 and element.tag == "service_requests" and set(found[0]) == set(n.rstrip("?") for n in POSTED)
          and found[0]["service_request_id"] not in (None, made["first"]), "another one by XML", found)
    made["agency"] = found[0]["service_request_id"]
    for name, more in {"confidential": {"attribute__confidential": "true"}, "office": {"attribute__about": "office"},
                       "official": {"attribute__about": "official", "attribute__confidential": "true"},
                       "place only": {"address_string": None, "address_id": None, "description": "Hanya titik"},
                       "address only": {"lat": None, "long": None, "address_id": None, "attribute__confidential": "false"},
                       "id only": {"lat": "", "long": "", "address_string": None},
                       "empty": {"jurisdiction_id": "", "attribute__about": ""},
                       "quality 1": {"service_code": "quality"}, "quality 2": {"service_code": "quality"}}.items():
        status, answer = post(server, form(key, **more))
        made[name] = answer[0].get("service_request_id") if status == 200 else None
        check(made[name], f"{name}: posted", answer)
    return made, told.group(1)


def kept(server, made, tick):
    """What officers see of it, and that it is in the log under the key's name."""
    rows = {row["uuid"]: row for row in server.ctl_json("complaints")}
    row = rows[made["first"]]
    check(len(rows) == len(made) and row["ticket"] == tick and row["channel"] == "portal" and row["category"] == "access"
          and row["text"].startswith("Salinan Letter C") and "\nBaris kedua <b>&amp;" in row["text"],
          "the desk has it, word for word", (len(rows), row))
    text = canonical(row)
    wanted = [word for word, where in list(marks.items())[:12] if where not in ("device", "account")]
    check(all(word in text for word in wanted), "with name, place, contact and picture",
          [marks[word] for word in wanted if word not in text])
    check(rows[made["confidential"]]["confidential"] and rows[made["official"]]["about"] == "official", "and what was asked for")
    actors = [row[0] for row in server.connect().execute(
        "SELECT actor FROM event WHERE type = 'complaint.received' AND source = 0")]
    check(actors == ["portal:lapor"] * len(made), "each is in the server's log by the key's name", actors)


def follow(server, made):
    """By its id, by several, by a token."""
    today = both(server, f"requests/{made['first']}", [REQUEST], "service_requests")[0]
    check(today["service_request_id"] == made["first"] and today["status"] == "open" and today["service_code"] == "access"
          and today["agency_responsible"] == "Kalurahan Uji" and today["requested_datetime"][11:] == "00:00:00+07:00"
          and today["expected_datetime"] > today["requested_datetime"] and today["expected_datetime"][11:] == "23:59:59+07:00",
          "a complaint by its id", today)
    token = both(server, f"tokens/{made['first']}", [TOKEN], "service_requests")
    check(token == [{"service_request_id": made["first"], "token": made["first"]}], "an id as a token gives itself", token)
    for name in ("confidential", "office", "official"):
        check(asked(server, "GET", f"{ROOT}/requests/{made[name]}.json")[0] == 200, f"{name}: who has the id sees the state")
    some = [made["agency"], " " + made["office"], secrets.token_hex(8), str(uuid.uuid4()), "", "x" * 400]
    query = "?service_request_id=" + urllib.parse.quote(",".join(some)) + "&status=closed&start_date=never"
    several = both(server, "requests", [REQUEST], "service_requests", query=query)
    check([r["service_request_id"] for r in several] == [made["agency"], made["office"]], "several ids, whatever else is asked",
          several)


def move(server, made):
    """All of them came last month; some go on, with what officers write marked."""
    with server.connect() as database:
        for at, name in enumerate(made):
            database.execute("UPDATE complaint SET created_ms = ? WHERE uuid = ?", (THEN_MS + at * 3600000, made[name]))
        database.commit()
    tick = {row["uuid"]: row["ticket"] for row in server.ctl_json("complaints")}
    server.ctl("answer", tick[made["agency"]], "Sudah diperbaiki. " + mark("answer"))
    officer = Browser(server)
    officer.login("officer", PASSWORD)
    place = f"/complaints/{made['empty']}"
    page = officer.open(place)[1]
    check("portal:lapor" in page and "Portal lain" in page, "an officer sees by which portal it came")
    fields = officer.form(page, place + "/state")
    officer.open(place + "/state", {**fields, "to": "referred", "office": mark("office"), "reason": mark("reason")})
    row = both(server, f"requests/{made['agency']}", [REQUEST], "service_requests")[0]
    check(row["status"] == "closed" and row["status_notes"] == "Sudah dijawab." and row["expected_datetime"] is None, "answered: closed", row)
    row = json.loads(asked(server, "GET", f"{ROOT}/requests/{made['empty']}.json")[2])[0]
    check(row["status"] == "closed" and row["agency_responsible"] == "Instansi lain", "referred: closed, to another office", row)


def listed(server, query=""):
    status, _, body = asked(server, "GET", f"{ROOT}/requests.json{query}")
    return [r["service_request_id"] for r in json.loads(body)] if status == 200 else (status, body)


def lists(server, made):
    """Those of a service that five or more came of in their month; nothing that is kept from the unit."""
    hidden = {"confidential", "office", "official", "quality 1", "quality 2"}
    public = {made[name] for name in made if name not in hidden}
    rows = both(server, "requests", [REQUEST], "service_requests", query=f"?start_date={THEN}&end_date={THEN}T23:59:59%2B07:00")
    check({r["service_request_id"] for r in rows} == public, "what anybody may see of a day",
          [name for name in made if (made[name] in {r["service_request_id"] for r in rows}) != (made[name] in public)])
    check({r["requested_datetime"] for r in rows} == {f"{THEN}T00:00:00+07:00"} and
          [r["service_request_id"] for r in rows] == sorted(public), "a day of them has no times and no order")
    span = f"start_date={THEN}"
    closed = {made["agency"], made["empty"]}
    for query, wanted in {"": public, "?status=open,closed": public, "?status=&service_code=": public, f"?{span}": public,
                          "?status=closed": closed, "?status=open": public - closed, "?service_code=access": public,
                          "?service_code=quality,other": set(), "?service_code=quality,access&status=closed": closed,
                          f"?start_date={THEN + datetime.timedelta(1)}": set(), f"?end_date={THEN - datetime.timedelta(1)}": set(),
                          f"?{span}T16:59:59Z&end_date={THEN}T16:59:59Z": public,
                          f"?{span}T17:00:00Z": set(), f"?{span}T23:00+07:00&end_date={THEN}T23:30:00.5+07:00": public}.items():
        got = listed(server, query)
        check(isinstance(got, list) and set(got) == wanted, f"{query or 'of 90 days'}: {len(wanted)}", got)
    for name in ("first", "empty", "id only"):  # three are left
        with server.connect() as database:
            database.execute("UPDATE complaint SET confidential = 1 WHERE uuid = ?", (made[name],))
            database.commit()
    check(listed(server) == [], "of fewer than five in their month none", listed(server))
    with server.connect() as database:
        for name in ("first", "empty", "id only"):
            database.execute("UPDATE complaint SET confidential = 0 WHERE uuid = ?", (made[name],))
        database.commit()
    check(set(listed(server)) == public, "and of five again all")


def refused(server, made):
    """In the specification's form and with its codes."""
    key = made["lapor"]
    good = {"api_key": key, "service_code": "access", "address_string": "Balai", "description": "Isi"}
    tries = {
        "no key": (403, {**good, "api_key": ""}), "an unknown key": (403, {**good, "api_key": "0" * 64}),
        "a short key": (403, {**good, "api_key": "'; DROP TABLE api_key; --"}), "a revoked key": (403, {**good, "api_key": made["lama"]}),
        "no service": (400, {**good, "service_code": ""}), "an unknown service": (404, {**good, "service_code": "001"}),
        "no place": (400, {**good, "address_string": ""}), "no words": (400, {**good, "description": " \n"}),
        "lat alone": (400, {**good, "lat": "-7.8"}), "long alone": (400, {**good, "long": "110"}),
        "about a stranger": (400, {**good, "attribute[about]": "neighbour"}), "confidential?": (400, {**good, "attribute[confidential]": "1"}),
        "long words": (400, {**good, "description": "ü" * 4001}), "a long name": (400, {**good, "first_name": "x" * 101}),
        "a long place": (400, {**good, "address_string": "x" * 301}), "a long contact": (400, {**good, "email": "x" * 101}),
        "a hundred fields": (400, {**good, **{f"x{i}": "" for i in range(100)}}),
    }
    for lat, long_ in (("91", "0"), ("-90.1", "0"), ("0", "180.5"), ("nan", "0"), ("0", "inf"), ("0x1", "0"), ("1e1", "0"), ("1.", "0"),
                       (".5", "0"), ("--1", "0"), ("+1", "0"), ("1,5", "0"), ("0", "1 "), ("0" * 25, "0"), ("utara", "timur"), ("٧", "0")):
        tries[f"lat {lat[:9]} long {long_}"] = (400, {**good, "lat": lat, "long": long_})
    encoded = urllib.parse.urlencode(good).encode()
    tries.update({"bad UTF-8": (400, encoded + b"&last_name=%ff%fe"), "an overlong form": (400, encoded + b"&last_name=%c0%af"),
                  "half a character": (400, encoded + b"&email=%e2%82"), "a zero byte": (400, encoded + b"&email=a%00b"),
                  "a bare zero": (400, encoded + b"\0"), "a surrogate": (400, encoded + b"&phone=%ed%a0%80"),
                  "bytes": (400, bytes(range(1, 256)) * 40), "nothing": (403, b""), "signs": (403, b"&&=&=&&%&%4&+=+"),
                  "a body of 1 MiB": (400, encoded + b"&x=" + b"x" * (1048576 - 3 - len(encoded))),
                  "a larger one": (413, encoded + b"&x=" + b"x" * 1048576)})
    before = len(server.ctl_json("complaints"))
    for name, (wanted, fields) in tries.items():
        kind = "xml" if len(name) % 2 else "json"
        status, answer = post(server, fields, kind)
        errors = answer if kind == "json" else [{"code": int(e["code"]), "description": e["description"]} for e in spark(answer)]
        check(status == wanted and (kind == "json" or answer.tag == "errors") and not faults(errors, [ERROR])
              and errors[0]["code"] == status, f"{name}: {wanted} in {kind}", (status, errors))
    for name, headers in {"JSON": {"Content-Type": "application/json"}, "no type": {},
                          "parts": {"Content-Type": "multipart/form-data; boundary=x"}}.items():
        status, answer = post(server, encoded, headers=headers)
        check(status == 400 and not faults(answer, [ERROR]), f"{name}: no form", (status, answer))
    check(len(server.ctl_json("complaints")) == before, "none of these left anything behind")
    ids = ",".join(str(uuid.uuid4()) for _ in range(101))
    for path, wanted in {"services/001": 404, "services/access.html": 404, "requests/1": 404, f"requests/{uuid.uuid4()}": 404,
                         "requests/%27%20OR%201": 404, "requests/%ff%fe": 400, "tokens/1": 404, "nothing": 404, "services/": 404, f"requests/{'9' * 200}": 404}.items():
        both(server, path, [ERROR], "errors", wanted)
    for query, wanted in {"service_code=001": 404, "status=done": 400, "start_date=yesterday": 400, "end_date=2026-13-01": 400,
                          "start_date=2026-02-30": 400, "start_date=2026-01-01T00:00:00": 400, "start_date=2026-01-01T25:00Z": 400,
                          "start_date=2026-05-02&end_date=2026-05-01": 400, "start_date=2026-01-01&end_date=2026-05-01": 400,
                          f"service_request_id={ids}": 400, "start_date=99999999999999999999": 400, "start_date=%ff": 400}.items():
        both(server, "requests", [ERROR], "errors", wanted, "?" + query)
    for method, path, wanted in (("POST", "services.json", 405), ("PUT", "requests.json", 405), ("DELETE", f"requests/{uuid.uuid4()}.json", 405)):
        status, headers, body = asked(server, method, f"{ROOT}/{path}", b"")
        check(status == wanted and not faults(json.loads(body), [ERROR]) and headers["Allow"], f"{method} {path}: {wanted}", status)
    status, _, _ = asked(server, "GET", f"{ROOT}/requests.json?service_request_id=" + ",".join(str(uuid.uuid4()) for _ in range(10000)))
    check(400 <= status < 500, "ten thousand ids are too many", status)
    check(asked(server, "GET", f"{ROOT}/services.json")[0] == 200, "and the server is up")


def by_hand(server):
    """A mark after whatever stands in a text of a table of personal data, and in what officers are called and write."""
    server.stop()
    with server.behind() as database:
        database.execute("PRAGMA foreign_keys = OFF")
        filled = 0
        names = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%_personal'")]
        for table in names + ["complaint"]:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT" and row[5] == 0]
            if table == "complaint":
                columns = [c for c in columns if c in ("officer", "category_by", "referred_to")]
            for column in columns:
                if (table, column) not in (("complaint_personal", "pin"), ("event_personal", "salt"), ("event_personal", "body")):
                    filled += database.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || ?",
                                               (mark(f"{table}.{column}"),)).rowcount > 0
    server.start()
    check(filled >= 8, "marks stand in the tables of personal data", filled)


def crawl(server, made, secret):
    """Whatever this interface answers, in both forms, and none of the marks."""
    ids = list(made.values())
    paths = ["discovery", "services", *(f"services/{code}" for code in ("access", "quality", "procedure", "other", "none")), "requests",
             f"requests?start_date={THEN}", "requests?status=closed", "requests?service_request_id=" + ",".join(ids[:9]),
             "requests?extensions=true&api_key=" + secret["lapor"], *(f"{what}/{i}" for what in ("requests", "tokens") for i in ids)]
    seen = []
    for path in paths:
        for kind in ("xml", "json"):
            name, _, query = path.partition("?")
            _, headers, body = asked(server, "GET", f"{ROOT}/{name}.{kind}" + (f"?{query}" if query else ""))
            text = str(headers) + body.decode()
            seen += [(path, where) for word, where in marks.items() if word in text]
    check(not seen, f"none of {len(marks)} marks in {2 * len(paths)} answers", seen[:10])


def caches(server):
    for path in ("discovery.xml", "services.json", "services/access.json", "requests.json"):
        status, headers, _ = asked(server, "GET", f"{ROOT}/{path}")
        again = asked(server, "GET", f"{ROOT}/{path}", headers={"If-None-Match": headers["ETag"]})
        check(status == 200 and headers["Cache-Control"] == "public, max-age=300" and headers["Access-Control-Allow-Origin"] == "*"
              and again[0] == 304 and again[2] == b"", f"{path} can be cached", (status, again[0]))
    evil = json.loads(asked(server, "GET", f"{ROOT}/discovery.json", headers={"Host": "x\"><script>"})[2])
    check(evil["endpoints"][0]["url"] == server.url + ROOT, "a Host that is none isn't repeated", evil)
    proxied = json.loads(asked(server, "GET", f"{ROOT}/discovery.json", headers={"Host": "ppid.example", "X-Forwarded-Proto": "https"})[2])
    check(proxied["endpoints"][0]["url"] == "https://ppid.example" + ROOT, "behind a proxy it is the proxy's address", proxied)
    times = []
    for _ in range(200):
        began = time.monotonic()
        asked(server, "GET", f"{ROOT}/requests.json")
        times.append(time.monotonic() - began)
    times.sort()
    measured(f"requests.json: median {times[100] * 1000:.1f} ms, p99 {times[197] * 1000:.1f} ms")


def throttled(server, key):
    """So many an hour for a key; where the hour ends meanwhile, so many once more."""
    count = 0
    for count in range(202):
        status, answer = post(server, {"api_key": key, "service_code": "other", "address_string": "Balai", "description": f"Nomor {count}"})
        if status != 200:
            break
    check(status == 429 and not faults(answer, [ERROR]) and count in range(100, 201), "a key posts a hundred an hour", (count, status, answer))


def look(server):
    why = missing()
    if why:
        check(True, f"the page of keys in a browser # SKIP {why}")
        return
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        driver = chromium(folder)
        try:
            desk = Desk(driver, server)
            desk.size(1280, 800)
            server.ctl("user", "add", "kedua", "administrator", stdin=PASSWORD + "\n")
            desk.open("/login?next=/apikeys")
            desk.wait("#name").send_keys("kedua")
            desk.find("#password").send_keys(PASSWORD)
            desk.find("main form button").click()
            secret = desk.wait(".secret").text
            desk.find("#password").send_keys(PASSWORD)
            desk.find("#code").send_keys(totp(secret))
            desk.find("main form button").click()
            desk.until(lambda: "/account/factor" in driver.current_url and not desk.find("#code"))
            for width in (1280, 320):
                desk.size(width, 800)
                desk.open("/apikeys")
                desk.wait("details summary").click()
                desk.size(width, driver.execute_script("return document.documentElement.scrollHeight"))
                desk.shoot("desk-apikeys")
            unnamed = desk.unlabelled()
            check(not unnamed, "every field has a label", unnamed)
            desk.find("#name").send_keys("portal-kabupaten")
            desk.find("form[action='/apikeys'] button").click()
            check(desk.wait(".secret"), "a key is made", desk.text())
            desk.shoot("desk-apikey")
            desk.open("/office")
            check(desk.find("a[href='/apikeys']"), "the page stands among what isn't needed daily", desk.text())
            said = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            check(not said, "the browser has nothing to complain of", said)
        finally:
            driver.quit()


def main():
    in_debians_python()
    server = Server(extra="timezone = Asia/Jakarta\n").start()
    desk, secret = keys(server)
    both(server, "discovery", DISCOVERY, "discovery")
    codes = [service["service_code"] for service in both(server, "services", [SERVICE], "services")]
    check(codes == ["access", "quality", "procedure", "other"], "the four categories", codes)
    for code in codes:
        definition = both(server, f"services/{code}", DEFINITION, "service_definition")
        check([a["code"] for a in definition["attributes"]] == ["about", "confidential"]
              and [a["order"] for a in definition["attributes"]] == [1, 2], f"{code}: what is asked", definition)
    made, tick = take_in(server, secret["lapor"])
    kept(server, made, tick)
    follow(server, made)
    move(server, made)
    lists(server, made)
    refused(server, secret)
    throttled(server, secret["spam"])
    by_hand(server)
    caches(server)
    crawl(server, made, secret)
    look(server)
    page = desk.open("/apikeys")[1]
    check(re.search(rf"lapor</h2>.*?{len(made)}</dd>", page, re.S), "how many came by a key", page)
    check(server.stop() == 0, "a clean stop")
    log = server.read_log()
    said = [where for word, where in marks.items() if word in log] + [name for name, key in secret.items() if key in log]
    check(not said, "nothing personal and no key in the log", said)
    finish()


main()
