#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
"""ppidd on PostgreSQL: the server's scenarios once more with it as the store, then what only it
does: it is away, comes back, is the wrong one; words that say what to do, and no password in them.

    KOTAK_STORE=postgresql python3 tests/scenarios/postgresql.py python3 tests/scenarios/NNN-x.py

runs any other."""
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import postgresql  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
# Conversations and decisions, an older database and references; the desk; restoring by
# ppidctl backup and restore, and a kiosk with its modem; a changed row.
AGAIN = {"330": "", "305": "", "420": "", "440": "server"}
PASSWORD = "rahasia@dapur"

os.environ["KOTAK_STORE"] = "postgresql"
cluster = postgresql.Cluster().start()
os.environ[postgresql.VARIABLE] = cluster.folder
from ppidd_kiosk import *  # noqa: E402,F403


def again():
    for number, only in AGAIN.items():
        name = next(name for name in os.listdir(HERE) if name.startswith(number + "-"))
        done = subprocess.run([sys.executable, os.path.join(HERE, name)], capture_output=True,
                              text=True, env=dict(os.environ, KOTAK_ONLY=only))
        good = len(re.findall(r"^ok ", done.stdout, re.M))
        check(done.returncode == 0 and good > 0, f"{name} on PostgreSQL: {good} good",
              "\n# ".join(line for line in (done.stdout + done.stderr).splitlines()
                          if not line.startswith("ok ")))


def away(server, kiosk, how, words):
    """PostgreSQL ends under a running ppidd and comes back."""
    kiosk.complaint("Saluran air tersumbat", serial=len(kiosk.events))
    before = server.ctl_json("complaints")
    cluster.stop(how)
    status, answer = kiosk.send(first=len(kiosk.events))
    check(status == 503 and "error" in answer, f"{words}: 503", (status, answer))
    check(server.request("GET", "/complaints", headers={"Cookie": f"ppidd_session={'0' * 64}"})[0]
          == 503, "and a page says so too")
    refused = subprocess.run([f"{BUILD}/ppidctl", "--config", server.config, "kiosk", "list"],
                             capture_output=True, text=True)
    check(refused.returncode == 1 and "is it running" in refused.stderr,
          "ppidctl says what to look at", refused.stderr)
    cluster.start()
    check(kiosk.send(first=len(kiosk.events))[0] == 200, "back again: the next request works")
    check(len(server.ctl_json("complaints")) == len(before) + 1, "nothing lost, nothing doubled")


def wakes(server, kiosk, words):
    known = kiosk.commands()
    last = known[-1] if known else {"number": 0}
    more = {"id": last["id"]} if known else {}
    poll = HeldPoll(kiosk, last["number"], **more)
    began = time.monotonic()
    server.ctl("question", ticket(kiosk.id, 1), f"Di mana? {last['number']}")
    got = poll.commands()
    late = time.monotonic() - began
    check(len(got) == 1 and late < HeldPoll.SOON_S, words, (got, late))
    measured(f"a command by a long poll over NOTIFY, {1000 * late:.0f} ms after the start of ppidctl")


def listener_back(server):
    """The listening connection is made anew by itself."""
    name = server.postgresql.name
    return until(lambda: postgresql.psql(
        cluster.folder, "postgres", "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
        f"AND datname = '{name}'").strip() == "1", 30)


def wrong_ones(server):
    """What a technician writes wrongly is said in words, and never the password."""
    secret = urllib.parse.quote(PASSWORD, safe="")
    name = server.postgresql.name
    folder = cluster.folder
    postgresql.psql(folder, "postgres", "CREATE DATABASE latin TEMPLATE template0 "
                                        "ENCODING 'SQL_ASCII';")
    for words, url, said in [
            ("a database that isn't there", f"postgresql://kotak:{secret}@/nothing?host={folder}", "createdb"),
            ("another encoding", f"postgresql://kotak:{secret}@/latin?host={folder}", "UTF8"),
            ("an @ in the password", f"postgresql://kotak:{PASSWORD}@localhost/x", "%40"),
            ("a % in the password", f"postgresql://kotak:%zz{PASSWORD}@/x", "%25"),
            ("nobody there", f"postgresql://kotak:{secret}@127.0.0.1:{free_port()}/x", "is it running"),
            ("a port that is none", f"postgresql://kotak:{secret}@/{name}?host={folder}&port=x", ""),
            ("another scheme", f"postgres://kotak:{secret}@/x", "postgresql://USER@HOST")]:
        config = server.config + ".wrong"
        with open(server.config) as file:
            text = file.read().replace(server.store, url)
        with open(config, "w") as file:
            file.write(text)
        done = subprocess.run([f"{BUILD}/ppidd", "--config", config], capture_output=True, text=True,
                              timeout=60 * PATIENCE)
        told = done.stdout + done.stderr
        check(done.returncode != 0 and said in told, f"{words}: it doesn't start and says why", told)
        check("rahasia" not in told and "dapur" not in told, "and not the password", told)


def guarded(server):
    """The log of events can't be changed, not even by whoever has the database."""
    for sql in ("UPDATE event SET actor = 'x'", "DELETE FROM event", "TRUNCATE event CASCADE"):
        try:
            server.postgresql.executescript(sql)
            refused = False
        except RuntimeError as error:
            refused = "append only" in str(error)
        check(refused, f"refused: {sql}")
    server.postgresql.executescript("ALTER TABLE event DISABLE TRIGGER USER")
    done = server.ctl("verify", code=1)
    check("switched off" in done, "and whoever switches that off is found", done)
    server.postgresql.executescript("ALTER TABLE event ENABLE TRIGGER USER")


again()
server = Server().start()
kiosk = Kiosk(server, 3)
kiosk.complaint("Lampu jalan mati")
kiosk.send()
wakes(server, kiosk, "a command wakes a long poll")
away(server, kiosk, signal.SIGINT, "PostgreSQL is restarted")
check(listener_back(server), "it listens again")
wakes(server, kiosk, "and a command wakes a long poll as before")
away(server, kiosk, signal.SIGQUIT, "PostgreSQL is killed")
guarded(server)
check(server.stop() == 0, "a clean stop")
check("events verified" in server.ctl("verify"), "the chains verify")
log = server.read_log()
check(log.count("the connection broke") >= 2 and log.count("connected again") >= 2
      and len(log.splitlines()) < 60, "the log says when it was away, and not more", log)
wrong_ones(server)
finish()
