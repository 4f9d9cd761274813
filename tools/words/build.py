#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the list of words that the panel completes: firmware/panel/words.tsv, each word with how
often it comes in a million, in the order of bytes.

    tools/words/build.py FOLDER > firmware/panel/words.tsv

FOLDER holds the Debian packages of SOURCES (apt-get download fetches them; docs/decisions/009 says
why these). The same packages give the same list: another one is refused. Needs dpkg-deb, msgunfmt."""
import collections
import glob
import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# File, SHA-256, the files in it, and the weight of its text: how near it is to what people tell.
SOURCES = (
    ('debian-reference-id_2.100_all.deb', '3848a0593476c4f8429698c93eb0e367320d8bd78147304666eff3a82a5df3e2', './usr/share/debian-reference/*.id.html', 0.15),
    ('wesnoth-1.16-data_1%3a1.16.9-1_all.deb', '1012b964bd412a6770685e3324ae3b61e176caff7846192d1ee63d55cd621e26', './usr/share/games/wesnoth/1.16/locale/id/*', 0.35),
    ('freeciv-data_3.0.6-1+deb12u1_all.deb', '278bed022b87408ca9923aa727bef3d6c97875c811723e93ff95dded1b9b76b2', './usr/share/locale/id/*', 0.1),
    ('tuxpaint-data_1%3a0.9.28-sdl2-1_all.deb', 'f5d0de8f9a70d2efc1241d19f26168cb8bf279f1b77abd3631e7a1a55c40e5e5', './usr/share/locale/id/*', 0.1),
)
# Ours: what residents write, and the words of the village. A word there is worth this many in a
# million, whatever the others say.
OURS_PER_WORD = 120
LETTERS = (3, 24)
# Of what only others have: in two of them, and as often as this in a million.
OTHERS_LEAST = 12


def words_of(text):
    """Whole words of small letters or with a capital first; what holds a digit or sign is none."""
    return [word.lower() for word in re.findall(r"(?<![\w@./_'-])[A-Za-z][a-z]+(?![\w@/_'])", text)
            if LETTERS[0] <= len(word) <= LETTERS[1]]


def text_of(path):
    if path.endswith('.mo'):
        catalogue = subprocess.run(['msgunfmt', '--no-wrap', path], check=True,
                                   capture_output=True, text=True).stdout
        said = re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', catalogue, re.MULTILINE)
        return re.sub(r'\\n|\\t', ' ', re.sub(r'%[-\d.$]*l?[a-z]|\$\w+|&\w+|~\w+', ' ', '\n'.join(said)))
    with open(path, encoding='utf-8') as file:
        text = file.read()
    if path.endswith('.html'):
        text = re.sub(r'<(pre|code|script|style)\b.*?</\1>', ' ', text, flags=re.DOTALL)
        text = html.unescape(re.sub(r'<[^>]*>', ' ', text))
    return text


def words_of_package(folder, name, digest, pattern):
    path = os.path.join(folder, name)
    with open(path, 'rb') as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != digest:
        sys.exit(f'{path}: SHA-256 is {found}, not {digest}: another version gives another list')
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as unpacked:
        archive = subprocess.run(['dpkg-deb', '--fsys-tarfile', path], check=True,
                                 capture_output=True).stdout
        subprocess.run(['tar', '-x', '-C', unpacked, '--wildcards', pattern], check=True,
                       input=archive)
        for inner in glob.glob(os.path.join(unpacked, '**', '*'), recursive=True):
            if os.path.isfile(inner):
                counts.update(words_of(text_of(inner)))
    return counts


def our_words():
    """The words of the two files; what the corpus adds to them, names apart: words that come twice."""
    counts = collections.Counter()
    corpus = collections.Counter()
    for name in ('sentences.txt', 'vocabulary.txt'):
        with open(os.path.join(ROOT, 'tools', 'words', name), encoding='utf-8') as file:
            counts.update(words_of(' '.join(line for line in file if not line.startswith('#'))))
    with open(os.path.join(ROOT, 'tests', 'corpus', 'known.tsv'), encoding='utf-8') as file:
        for line in file:
            columns = line.split('\t')
            if len(columns) > 2 and columns[2] in ('complaint', 'addition'):
                corpus.update(words_of(columns[1]))
    counts.update({word: count for word, count in corpus.items() if count > 1 or word in counts})
    return counts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sources = [(words_of_package(sys.argv[1], name, digest, pattern), weight)
               for name, digest, pattern, weight in SOURCES]
    ours = our_words()
    score = collections.Counter()
    for counts, weight in sources:
        total = sum(counts.values())
        for word, count in counts.items():
            score[word] += weight * count * 1e6 / total
    for word in list(score):
        in_sources = sum(word in counts for counts, _ in sources)
        if word not in ours and (in_sources < 2 or score[word] < OTHERS_LEAST):
            del score[word]
    for word, count in ours.items():
        score[word] += OURS_PER_WORD * count
    for word in sorted(score):
        print(f'{word}\t{max(1, round(score[word]))}')


if __name__ == '__main__':
    main()
