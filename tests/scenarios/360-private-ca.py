# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 120
# TLS is always verified: a private authority works once it is named, nothing else does.
import os
import subprocess

from harness import equal, expect, run, ticket_in, wait_for
from minimal_server import MinimalServer

SENDER = '+6281255500001'


def openssl(house, *arguments):
    result = subprocess.run(['openssl', *arguments], cwd=house.folder, capture_output=True,
                            text=True, check=False)
    equal(result.returncode, 0, f'openssl {arguments[0]}: {result.stderr}')


def make_authority(house, name):
    openssl(house, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
            '-nodes', '-days', '2', '-subj', f'/CN={name}', '-keyout', f'{name}.key',
            '-out', f'{name}.pem')


def make_certificate(house, authority, names, name='server'):
    """Names as openssl's subjectAltName. Returns what MinimalServer wants."""
    with open(house.path('extensions'), 'w', encoding='ascii') as file:
        file.write(f'subjectAltName={names}\n')
    openssl(house, 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
            '-subj', f'/CN={name}', '-keyout', f'{name}.key', '-out', f'{name}.csr')
    openssl(house, 'x509', '-req', '-in', f'{name}.csr', '-CA', f'{authority}.pem', '-CAkey',
            f'{authority}.key', '-CAcreateserial', '-days', '2', '-extfile', 'extensions',
            '-out', f'{name}.pem')
    return house.path(f'{name}.pem'), house.path(f'{name}.key')


def prepare(house, names, trusted):
    """A server with a certificate for these names; the kiosk trusts that authority."""
    house.url = house.url.replace('http:', 'https:')
    make_authority(house, 'office')
    make_authority(house, 'stranger')
    server = MinimalServer(house.port, make_certificate(house, 'office', names))
    server.codes |= {'KODE1234'}
    server.start()
    with open(house.kiosk_conf, encoding='utf-8') as file:
        conf = file.read().replace('url = http:', 'url = https:')
    if trusted:
        conf = conf.replace('[sync]\n', f'[sync]\nca_file = {house.path(trusted)}.pem\n')
    with open(house.kiosk_conf, 'w', encoding='utf-8') as file:
        file.write(conf)
    return server


def private_authority(house):
    """a private authority named in ca_file: enrolment, complaint and answer over TLS"""
    server = prepare(house, 'IP:127.0.0.1', 'office')
    house.start_modem()
    house.kotakctl('enroll', house.url, 'KODE1234')
    house.start_kiosk()
    house.deliver('Pengaduan lewat jalur aman ini', SENDER)
    ticket = ticket_in(house.reply(SENDER))
    wait_for(server.complaints, 10, 'the complaint is at the server')
    server.command('answer', ticket=ticket, uuid=next(iter(server.complaints())),
                   to='resolved', text='Sudah selesai.')
    house.reply(SENDER, after=1, containing='Sudah selesai.')
    server.stop()


def refused(house, server):
    """Neither code nor token nor event may reach this server."""
    result = house.kotakctl('enroll', house.url, 'KODE1234', code=None)
    equal(result.returncode, 1, f'exit of kotakctl enroll: {result.stderr}')
    expect('ca_file' in result.stderr, f'it tells what to check: {result.stderr}')
    expect(not os.path.exists(house.path('kiosk/token')), 'no token')
    with open(house.path('kiosk/token'), 'w', encoding='ascii') as file:
        file.write('0123456789abcdef' * 4 + '\n')
    house.start_modem()
    house.start_kiosk()
    house.deliver('Pengaduan yang harus menunggu di sini', SENDER)
    house.reply(SENDER)
    wait_for(lambda: 'certificate' in house.kotakctl('status', code=None).stdout, 10,
             'kotakctl status names the certificate')
    equal(server.requests, [], 'what reached the server')
    server.stop()


def no_authority(house):
    """a private authority that nobody named isn't trusted"""
    refused(house, prepare(house, 'IP:127.0.0.1', None))


def other_authority(house):
    """a certificate of another authority isn't trusted"""
    refused(house, prepare(house, 'IP:127.0.0.1', 'stranger'))


def other_name(house):
    """a certificate for another name isn't trusted"""
    refused(house, prepare(house, 'DNS:ppid.example.id', 'office'))


def missing_authority(house):
    """a ca_file that isn't there trusts nobody"""
    refused(house, prepare(house, 'IP:127.0.0.1', 'missing'))


def plain_elsewhere(house):
    """plain http to another machine is refused with words, before anything is sent"""
    result = house.kotakctl('enroll', 'http://192.0.2.1', 'KODE1234', code=None)
    equal(result.returncode, 1, f'exit of kotakctl enroll: {result.stderr}')
    expect('https' in result.stderr, f'it tells what would be right: {result.stderr}')


run(private_authority, no_authority, other_authority, other_name, missing_authority,
    plain_elsewhere)
