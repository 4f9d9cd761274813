# SPDX-License-Identifier: GPL-2.0-or-later
"""What a page must be for everybody, looked at in a browser: small, without scripts or anything from
elsewhere, whole at every width and zoom, its controls large enough, labelled and seen when focused."""
PAGE_MOST = 60000
WIDTHS = (320, 1280)
# All that belongs to the page, in bytes as the server wrote them; and what is not from this server.
WEIGHT = """
const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
return [all.reduce((sum, each) => sum + each.decodedBodySize, 0),
        all.filter(each => new URL(each.name).origin !== location.origin).map(each => each.name)];
"""
# Wider than the window, but for what scrolls within itself and can be focused to do so.
WIDE = """
const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
if (over <= 0) return null;
const worst = [...document.body.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 3);
return over + ' px: ' + worst.map(e => e.outerHTML.slice(0, 100)).join(' | ');
"""
CONTROLS = """
const seen = e => e.checkVisibility({checkVisibilityCSS: true}) && e.getClientRects().length;
const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(seen);
"""
# Links within a sentence are exempt (WCAG 2.5.8): they are as high as their line.
SMALL = CONTROLS + """
const within = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
  && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
return controls.filter(e => { const r = e.getBoundingClientRect();
    return (r.width < 24 || r.height < 24) && r.right > 0 && !within(e); })
  .map(e => `${e.outerHTML.slice(0, 90)}: ${Math.round(e.getBoundingClientRect().width)} x ` +
            `${Math.round(e.getBoundingClientRect().height)}`);
"""
# After one real key the browser takes focus for the keyboard's.
UNSEEN = CONTROLS + """
const found = [];
for (const e of controls) {
  e.focus();
  if (document.activeElement !== e) { found.push('can\\'t be focused: ' + e.outerHTML.slice(0, 90)); continue; }
  const style = getComputedStyle(e);
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)
    found.push('no visible focus: ' + e.outerHTML.slice(0, 90));
}
return found;
"""
FORMS = """
const found = [];
for (const form of document.forms) {
  if (![...form.elements].some(e => e.type === 'submit')) found.push('a form without a button: ' + form.action);
  for (const e of form.elements)
    if (e.type !== 'hidden' && e.tagName !== 'FIELDSET' && e.type !== 'submit' && !e.labels.length)
      found.push('no label: ' + e.name);
}
for (const e of document.querySelectorAll('[tabindex]'))
  if (e.tabIndex > 0) found.push('an order of its own: ' + e.outerHTML.slice(0, 90));
if (document.scripts.length) found.push('a script');
if (document.querySelector('[style], [onclick], style, iframe, object, embed')) found.push('a style or frame within');
if (document.documentElement.lang !== 'id') found.push('no language');
if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
return found;
"""


def rules(driver):
    """What is wrong whatever the width."""
    found = driver.execute_script(FORMS)
    weight, foreign = driver.execute_script(WEIGHT)
    if weight > PAGE_MOST or weight < 500:
        found.append(f'{weight} bytes with all that belongs to it')
    found += [f'from elsewhere: {name}' for name in foreign]
    return found


def fits(driver):
    """What is wrong at the present width."""
    wide = driver.execute_script(WIDE)
    return [f'wider than the window by {wide}'] if wide else []


def reachable(driver):
    """What is wrong for who has a keyboard or a thick finger."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    driver.execute_script('document.activeElement.blur()')
    ActionChains(driver).send_keys(Keys.TAB).perform()
    return driver.execute_script(UNSEEN) + driver.execute_script(SMALL)
