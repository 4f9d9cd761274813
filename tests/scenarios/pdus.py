# SPDX-License-Identifier: GPL-2.0-or-later
"""What networks hand to a phone, octet by octet (3GPP 23.040): messages and status reports with
fixed time stamps, so that the same call is the same PDU."""

SERVICE_CENTRE = '628180000000'
# Address types (23.040 section 9.1.2.5).
INTERNATIONAL, UNKNOWN, ALPHANUMERIC = 0x91, 0x81, 0xD0


def swapped(digits):
    digits += 'F' * (len(digits) % 2)
    return ''.join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def septets(text, shift=0):
    """Packs characters that are the same in ASCII and GSM 7 bit (23.038), so many bits in."""
    bits = 0
    for place, character in enumerate(text):
        bits |= ord(character) << (7 * place + shift)
    return bits.to_bytes((7 * len(text) + shift + 7) // 8, 'little').hex().upper()


def stamp(second, day=24):
    """The service centre's second of 2026-11-24, 12:00 in Western Indonesian Time."""
    return swapped(f'2611{day:02d}12{second // 60:02d}{second % 60:02d}28')


def address(number):
    """A number with its plus, a number as dialled, or a name."""
    if number.startswith('+'):
        return f'{len(number) - 1:02X}{INTERNATIONAL:02X}{swapped(number[1:])}'
    if number.isdigit():
        return f'{len(number):02X}{UNKNOWN:02X}{swapped(number)}'
    packed = septets(number)
    return f'{len(packed):02X}{ALPHANUMERIC:02X}{packed}'


def deliver(sender, text, second=0, header='', coding=0x00, octets=None):
    """An SMS-DELIVER. header: the elements of a user data header in hex; octets: 8-bit data in
    hex instead of the text."""
    if header:
        header = f'{len(header) // 2:02X}{header}'
    size = len(header) // 2
    if octets is not None:
        data, length = header + octets, size + len(octets) // 2
    else:
        fill = -size * 8 % 7
        length = (size * 8 + fill) // 7 + len(text)
        data = header + septets(text, fill)
    first = 0x44 if header else 0x04
    return (f'07{INTERNATIONAL:02X}{swapped(SERVICE_CENTRE)}{first:02X}{address(sender)}00'
            f'{coding:02X}{stamp(second)}{length:02X}{data}')


def part(sender, text, number, total, reference, second=0, wide=False):
    """One part of a longer message; wide: with a 16-bit reference (23.040 section 9.2.3.24.8)."""
    element = f'0804{reference:04X}' if wide else f'0003{reference:02X}'
    return deliver(sender, text, second, f'{element}{total:02X}{number:02X}')


def report(recipient, reference, status, second=0):
    """An SMS-STATUS-REPORT about the message with this TP-MR."""
    return (f'07{INTERNATIONAL:02X}{swapped(SERVICE_CENTRE)}06{reference:02X}'
            f'{address(recipient)}{stamp(second)}{stamp(second + 5)}{status:02X}')
