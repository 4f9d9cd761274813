#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 240
"""ppidd among rough neighbours: bytes that are no HTTP, crowds, people who hang up, a full
disk, two writers, a stop in the middle of a long poll, kills between command and answer."""
import os
import random
import resource
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ppidd_kiosk import *  # noqa: E402,F403

SEED = 1


def connect(server):
    split = urllib.parse.urlsplit(server.url)
    return socket.create_connection((split.hostname, split.port), 10)


def alive(server, kiosk):
    return server.process.poll() is None and kiosk.send(first=len(kiosk.events) + 1, events=[])[0] == 200


def garbage(server, kiosk):
    dice = random.Random(SEED)
    head = (f"POST /v1/kiosk/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {kiosk.token}\r\n"
            "Content-Length: 40\r\nContent-Type: application/json\r\n\r\n"
            '{"epoch":1,"first":1,"events":[]}       ').encode()
    for _ in range(300):
        data = bytearray(head)
        for _ in range(dice.randint(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with connect(server) as peer:
            peer.sendall(bytes(data[:dice.randint(1, len(data))]))
            if dice.random() < 0.3:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    for line in (b"GET / HTTP/9.9\r\n\r\n", b"\0" * 70000, b"GET " + b"/" * 70000, b"\x16\x03\x01\x02\0\1\0",
                 b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                 b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"):
        with connect(server) as peer:
            try:
                peer.sendall(line)
                peer.settimeout(1)
                peer.recv(100)
            except OSError:
                pass
    check(alive(server, kiosk), "306 mangled requests")


def bodies(server, kiosk):
    """Good batches with a few bytes changed: each gets an answer, none an error of the server."""
    dice = random.Random(SEED)
    good = json.dumps({"epoch": 1, "first": 1, "events": kiosk.events}).encode()
    seen = {}
    for _ in range(400):
        data = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.choice(b'{}[]",:0\\u\x00\xff9e-.tnf ')
        status = kiosk.raw(bytes(data))[0]
        seen[status] = seen.get(status, 0) + 1
    check(set(seen) <= {200, 400, 409, 422} and alive(server, kiosk), f"400 mutated batches: {seen}")


def crowd(server, kiosk):
    held = []
    try:
        for _ in range(100):
            peer = connect(server)
            peer.sendall(b"GET /login HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            held.append(peer)
        check(alive(server, kiosk), "100 who never finish their request disturb nobody")
    finally:
        for peer in held:
            peer.close()
    until(lambda: server.descriptors() < 50)
    request = (f"GET /v1/kiosk/commands?after=0&wait=60 HTTP/1.1\r\nHost: x\r\n"
               f"Authorization: Bearer {kiosk.token}\r\n\r\n").encode()
    before = server.descriptors()
    for _ in range(400):
        with connect(server) as peer:
            peer.sendall(request)
    check(alive(server, kiosk), "400 who hang up in a long poll disturb nobody")
    check(until(lambda: server.descriptors() <= before), "and leave nothing behind",
          (before, server.descriptors()))


def stopped_while_waiting(server, kiosk):
    poll = HeldPoll(kiosk, 0)
    began = time.monotonic()
    code = server.stop()
    late = time.monotonic() - began
    answer = poll.commands()
    check(code == 0 and answer == [] and late < HeldPoll.SOON_S,
          "SIGTERM answers a long poll and ends", (code, answer, late))
    server.start()


def two_writers(server, kiosk):
    """ppidctl and the kiosk at once: nobody is refused, nothing is lost."""
    tick = ticket(kiosk.id, 1)
    errors = []

    def ask():
        for i in range(15):
            try:
                server.ctl("question", tick, f"Pertanyaan {i}")
            except RuntimeError as error:
                errors.append(error)
    asking = threading.Thread(target=ask)
    asking.start()
    first = len(kiosk.events) + 1
    for i in range(60):
        kiosk.complaint(f"Bersamaan {i}", serial=500 + i)
        status, answer = kiosk.send(first=first + i)
        if status != 200:
            errors.append((status, answer))
    asking.join()
    check(not errors and len(kiosk.commands()) == 15, "two writers at once", errors)
    numbers = [c["number"] for c in kiosk.commands()]
    check(numbers == list(range(1, 16)), "commands are numbered without a gap", numbers)
    check("events verified" in server.ctl("verify"), "the server's log verifies")


def killed_in_between(server, kiosk):
    """A command is there whole or not at all, and is told until it is applied."""
    tick = ticket(kiosk.id, 500)
    for i in range(6):
        server.ctl("question", tick, f"Setelah padam {i}")
        server.kill()
        server.start()
    texts = [c["text"] for c in kiosk.commands()][-6:]
    check(texts == [f"Setelah padam {i}" for i in range(6)], "no command is lost by kills", texts)


def disk_full():
    """No room: 503, the kiosk keeps its events; room again: taken."""
    server = Server().start()
    kiosk = Kiosk(server, 1)
    server.stop()
    limit = os.path.getsize(server.database) + 64 * 1024

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    server.start(small_files)
    for i in range(400):
        kiosk.complaint("Panjang " * 20, serial=i + 1)
    status, answer = kiosk.send()
    check(status in (500, 503) and "error" in answer, "a full disk is an error to try again after", (status, answer))
    check(server.process.poll() is None, "and doesn't end the server")
    check(len(server.ctl_json("complaints")) == 0, "nothing of the batch is there")
    server.stop()
    server.start()
    check(kiosk.send()[1].get("acked") == 401, "with room again it is taken")
    server.stop()


server = Server().start()
kiosk = Kiosk(server, 3)
kiosk.complaint("Satu")
kiosk.complaint("Dua 😀")
kiosk.send()
garbage(server, kiosk)
bodies(server, kiosk)
crowd(server, kiosk)
stopped_while_waiting(server, kiosk)
two_writers(server, kiosk)
killed_in_between(server, kiosk)
check(server.stop() == 0, "a clean stop")
if not server.postgresql:  # whose disk is another process's
    disk_full()
finish()
