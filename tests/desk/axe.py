# SPDX-License-Identifier: GPL-2.0-or-later
"""axe-core, the rules for accessible pages, as the npm registry has it: fetched once, looked at
whether it is the very one, and kept in the build folder. It is no part of the product.

npm_config_registry, or what `npm config get registry` says, names another registry."""
import base64
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import urllib.request

VERSION = '4.14.1'
SHA512 = 'FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=='
MEMBER = 'package/axe.min.js'
TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
REGISTRY = 'https://registry.npmjs.org/'
TRIES = 3
MOST = 8 << 20  # bytes: the package has less than 1 MiB
# Calls back with what is wrong, briefly: rule, what helps, and the first places.
RUN = """
const [tags, done] = arguments;
axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
  found => done(found.violations.map(v => `${v.id}: ${v.help}: ` +
    v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join(' | '))),
  error => done([String(error)]));
"""


class Missing(Exception):
    """axe-core can't be had just now; its words say why."""


def registry():
    named = os.environ.get('npm_config_registry') or os.environ.get('NPM_CONFIG_REGISTRY')
    if not named and shutil.which('npm'):
        done = subprocess.run(['npm', 'config', 'get', 'registry'], capture_output=True, text=True,
                              check=False, timeout=120)
        named = done.stdout.strip() if done.returncode == 0 else None
    return (named if named and named.startswith('http') else REGISTRY).rstrip('/')


def genuine(package):
    return base64.b64encode(hashlib.sha512(package).digest()).decode() == SHA512


def download():
    address = f'{registry()}/axe-core/-/axe-core-{VERSION}.tgz'
    trouble = None
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read(MOST)
        except OSError as error:
            trouble = error
    raise Missing(f'{address}: {trouble}')


def source(folder):
    """The program's text. A package that isn't the one that is named here is a ValueError: nobody
    gets another one unseen."""
    kept = os.path.join(folder, f'axe-core-{VERSION}.tgz')
    package = None
    if os.path.exists(kept):
        with open(kept, 'rb') as file:
            package = file.read()
    if package is None or not genuine(package):
        package = download()
        if not genuine(package):
            raise ValueError(f'axe-core {VERSION} from {registry()} has another SHA-512')
        with open(f'{kept}.{os.getpid()}', 'wb') as file:
            file.write(package)
        os.replace(f'{kept}.{os.getpid()}', kept)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        return archive.extractfile(MEMBER).read().decode()


def violations(driver, program):
    """What axe-core finds wrong with the page that is shown. It comes in by the driver, which the
    page's policy doesn't bind; the page itself has no script."""
    if not driver.execute_script('return typeof axe !== "undefined"'):
        driver.execute_script(program + '; window.axe = axe;')
    return driver.execute_async_script(RUN, TAGS)
