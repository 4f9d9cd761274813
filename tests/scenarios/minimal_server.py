# SPDX-License-Identifier: GPL-2.0-or-later
"""A server as small as it can be: enrolment, events with 409 {expected}, commands. It knows no
hashes, no complaints, no forks, and asks nothing of an event but its place and id. And it can
misbehave, one way at a time."""
import copy
import gzip
import http.server
import json
import secrets
import socket
import ssl
import threading
import time
import urllib.parse
import uuid


class MinimalServer:
    def __init__(self, port, certificate=None):
        self.port = port
        self.certificate = certificate  # (PEM file, key file) for TLS
        self.lock = threading.Condition()
        self.codes = set()
        self.tokens = set()
        self.log = {}       # epoch: [event, ...]
        self.taken = {}     # id: event, in the order of their coming
        self.commands = []  # {number, id, type, ...}
        self.requests = []  # (method, path without query, encoding of the body)
        self.fault = None   # 'hang', 'cut', 'lose', 'garbage', or an HTTP status
        self.http = None
        self.sockets = set()

    # What tests ask and do

    def start(self):
        owner = self

        class Handler(RequestHandler):
            server_state = owner
        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', self.port), Handler)
        self.http.daemon_threads = True
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            self.http.socket = context.wrap_socket(
                self.http.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        """As if killed: connections end in mid-air."""
        self.http.shutdown()
        self.http.server_close()
        with self.lock:
            open_ones, self.sockets = self.sockets, set()
            self.http = None
            self.lock.notify_all()
        for one in open_ones:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def heal(self):
        with self.lock:
            self.fault = None
            self.lock.notify_all()

    def backup(self):
        with self.lock:
            return copy.deepcopy((self.log, self.taken, self.commands))

    def restore(self, state):
        with self.lock:
            self.log, self.taken, self.commands = copy.deepcopy(state)

    def command(self, kind, **members):
        with self.lock:
            number = 1 + max((c['number'] for c in self.commands), default=0)
            command = {'number': number, 'id': str(uuid.uuid4()), 'type': kind,
                       'actor': 'officer:Sri', 'time': '2026-11-24T10:00:00.000Z', **members}
            self.commands.append(command)
            self.lock.notify_all()
            return command['id']

    def events(self, kind=None):
        with self.lock:
            return [e for e in self.taken.values() if kind in (None, e['type'])]

    def complaints(self):
        """{uuid: event}; a complaint told twice under different ids fails."""
        found = {}
        for event in self.events('complaint.received') + self.events('complaint.restored'):
            if event['type'] == 'complaint.received':
                assert event['data']['uuid'] not in found, 'a complaint came twice'
            found.setdefault(event['data']['uuid'], event)
        return found

    # What the wire asks

    def post_events(self, batch):
        with self.lock:
            log = self.log.setdefault(batch['epoch'], [])
            if batch['first'] > len(log) + 1:
                return 409, {'expected': len(log) + 1}
            for event in batch['events']:
                assert event['epoch'] == batch['epoch']
                if event['seq'] == len(log) + 1:
                    log.append(event)
                    self.taken.setdefault(event['id'], event)
            return 200, {'acked': len(log), 'commands': self.pending(0)}

    def pending(self, after):
        done = {e['data'].get('id') for e in self.taken.values()
                if e['type'] == 'command.applied'}
        return [c for c in self.commands if c['number'] > after and c['id'] not in done]

    def wait_commands(self, after, seconds):
        deadline = time.monotonic() + min(seconds, 60)
        with self.lock:
            while not self.pending(after) and self.http and not self.fault:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self.lock.wait(left)
            return 200, {'commands': self.pending(after)}

    def enroll(self, body):
        with self.lock:
            if body.get('code') not in self.codes:
                return 403, {'error': 'unknown code'}
            self.codes.discard(body['code'])
            token = secrets.token_hex(32)
            self.tokens.add(token)
            return 200, {'token': token, 'kiosk': body['kiosk'], 'name': 'Triharjo'}


class RequestHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_state = None

    def setup(self):
        super().setup()
        with self.server_state.lock:
            self.server_state.sockets.add(self.connection)

    def finish(self):
        with self.server_state.lock:
            self.server_state.sockets.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ssl.SSLError):
            pass  # the other end, or stop(), closed it

    def log_message(self, *_):
        pass

    def body(self):
        data = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.headers.get('Content-Encoding') == 'gzip':
            data = gzip.decompress(data)
        return json.loads(data or b'null')

    def misbehave(self, fault):
        """True when the request is done with."""
        state = self.server_state
        if fault == 'hang':
            with state.lock:
                while state.fault == 'hang' and state.http:
                    state.lock.wait(1)
            self.close_connection = True
        elif fault == 'garbage':
            self.wfile.write(b'\x00\xff*** this is no HTTP ***\r\n' * 50)
            self.close_connection = True
        elif isinstance(fault, int):
            self.answer(fault, {'error': 'as the test wants it'})
        else:
            return False
        return True

    def route(self, method):
        state = self.server_state
        path = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(path.query))
        body = self.body()
        with state.lock:
            state.requests.append((method, path.path, self.headers.get('Content-Encoding')))
            fault = state.fault
        if self.misbehave(fault):
            return
        if (method, path.path) == ('POST', '/v1/enroll'):
            self.answer(*state.enroll(body))
            return
        words = self.headers.get('Authorization', '').split()
        if len(words) != 2 or words[0] != 'Bearer' or words[1] not in state.tokens:
            self.answer(401, {'error': 'who are you?'})
        elif (method, path.path) == ('POST', '/v1/kiosk/events'):
            self.answer(*state.post_events(body), fault)
        elif (method, path.path) == ('GET', '/v1/kiosk/commands'):
            self.answer(*state.wait_commands(
                int(query['after']), float(query.get('wait', 0))), fault)
        else:
            self.answer(404, {'error': 'no such page'})

    def answer(self, status, body, fault=None):
        data = json.dumps(body).encode()
        if fault == 'lose':
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        if fault == 'cut':
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data)

    def do_GET(self):
        self.route('GET')

    def do_POST(self):
        self.route('POST')
