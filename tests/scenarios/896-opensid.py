#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# time-out: 300
# postgresql
# waits
"""The bridge to a village's OpenSID, against a real MariaDB with OpenSID's table as its versions
have it: what is copied and what isn't, once whatever breaks, what comes back, what is erased."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mariadb  # noqa: E402
from ppidd_kiosk import *  # noqa: E402,F403

PASSWORD = "kata-sandi-jembatan"
EMOJI = "Jembatan 🌉 'putus' \"parah\"; DROP TABLE pengaduan; -- <script>alert(1)</script> \\ %s &lt;"
LONG = "Panjang é " * 400
# The columns of OpenSID's releases from 2023-06 (v2306) on, and from 2024-01 on.
COLUMNS = """id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, {config} id_pengaduan INT NULL, nik VARCHAR(16) NULL,
 nama VARCHAR(100) NOT NULL, email VARCHAR(100) NULL, telepon VARCHAR(20) NULL, judul VARCHAR(100) NULL,
 isi TEXT NOT NULL, status INT NOT NULL DEFAULT 1, foto VARCHAR(100) NULL, ip_address VARCHAR(100) NOT NULL,
 created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP{key}"""
VILLAGE = {"config": "config_id INT NULL,",
           "key": ", CONSTRAINT pengaduan_config_fk FOREIGN KEY (config_id) REFERENCES config (id)"}


class OpenSID:
    """One database of the server, as its application uses it."""

    def __init__(self, server, name, village=False, charset="utf8mb4"):
        self.server, self.name, self.village = server, name, village
        server.run("mysql", f"CREATE DATABASE {name} CHARACTER SET {charset}")
        if village:
            self.run("CREATE TABLE config (id INT PRIMARY KEY, app_key VARCHAR(100), nama_desa VARCHAR(100));"
                     "INSERT INTO config VALUES (5, 'kunci', 'Triharjo')")
        self.run(f"CREATE TABLE pengaduan ({COLUMNS.format(**(VILLAGE if village else {'config': '', 'key': ''}))})")
        # What the manual says, and no more.
        server.run("mysql", f"CREATE USER IF NOT EXISTS 'kotak'@'localhost' IDENTIFIED BY '{PASSWORD}';"
                   f"CREATE USER IF NOT EXISTS 'kotak'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        for host in ("localhost", "127.0.0.1"):
            server.run("mysql", f"GRANT SELECT, INSERT, UPDATE ON {name}.pengaduan TO 'kotak'@'{host}'")
            if village:
                server.run("mysql", f"GRANT SELECT (id) ON {name}.config TO 'kotak'@'{host}'")

    def run(self, sql):
        self.server.run(self.name, sql)

    def rows(self, sql):
        return self.server.rows(self.name, sql)

    def copies(self):
        """{uuid: (nama, telepon, judul, isi, status)} of the rows that are the bridge's."""
        found = self.rows("SELECT ip_address, nama, telepon, judul, isi, status FROM pengaduan "
                          "WHERE ip_address LIKE 'kotak:%' AND id_pengaduan IS NULL")
        check(len({row[0] for row in found}) == len(found), "each complaint stands there once", found)
        return {row[0].split(":")[1]: tuple(row[1:5]) + (int(row[5]),) for row in found}

    def reply(self, uuid, status, text, by="Pak Carik"):
        """As its page for officers does it: the status first, then the words."""
        mark = f"ip_address = 'kotak:{uuid}'"
        self.run(f"UPDATE pengaduan SET status = {status} WHERE {mark}")
        self.run("INSERT INTO pengaduan (" + ("config_id, " if self.village else "") +
                 "id_pengaduan, nama, isi, status, ip_address) SELECT " +
                 ("config_id, " if self.village else "") +
                 f"id, '{by}', '{text}', {status}, '10.0.0.9' FROM pengaduan WHERE {mark} AND id_pengaduan IS NULL")


class Bridge:
    def __init__(self, ppidd, maria, database, kiosks="3", **more):
        self.path = os.path.join(ppidd.path, f"{database}.conf")
        self.log = os.path.join(ppidd.path, f"{database}.log")
        password = os.path.join(ppidd.path, "password")
        with open(password, "w") as file:
            file.write(PASSWORD + "\n")
        keys = {"name": "triharjo", "server": f"unix:{maria.socket}", "database": database, "user": "kotak",
                "password_file": password, "kiosks": kiosks, "copy": "identity", "interval": "1", **more}
        with open(self.path, "w") as file:
            file.write(f"[ppidd]\nconfig = {ppidd.config}\n[opensid]\n")
            file.writelines(f"{key} = {value}\n" for key, value in keys.items() if value is not None)
        self.process = None

    def command(self, *arguments):
        return [f"{BUILD}/ppidd-opensid", "--config", self.path, *arguments]

    def once(self, code=0):
        """All there is to do, in one go; what it said."""
        done = subprocess.run(self.command("--once"), capture_output=True, text=True, timeout=60 * PATIENCE)
        check(done.returncode == code, f"a round ends with {code}", done.stderr)
        return done.stderr

    def other(self, name):
        """One like it with another name."""
        twin = Bridge.__new__(Bridge)
        twin.path = self.path.replace(".conf", f"-{name}.conf")
        with open(self.path) as file, open(twin.path, "w") as copy:
            copy.write(re.sub(r"^name = .*$", f"name = {name}", file.read(), flags=re.M))
        return twin

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command(), stderr=log)
        atexit.register(self.process.kill)
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20 * PATIENCE)

    def said(self):
        with open(self.log) as file:
            return file.read()


def state(server, uuid):
    return next(c["state"] for c in server.ctl_json("complaints") if c["uuid"] == uuid)


def events(server, uuid, kind):
    found = server.connect().execute(
        "SELECT data FROM event WHERE source = 0 AND complaint = ? AND type = ? ORDER BY seq", (uuid, kind)).fetchall()
    return [json.loads(row[0]) for row in found]


def residents(kiosk):
    """What they wrote, by name."""
    uuids = {}
    for name, words in (("bridge", EMOJI), ("long", LONG), ("secret", "Bantuan tidak sampai"),
                        ("office", "Pamong meminta uang"), ("ended", "Sudah saya urus sendiri")):
        kiosk.complaint(words, sender="+6281299990001", name="Budi <b>Santoso</b>")
        uuids[name] = kiosk.uuid
        if name == "office":
            kiosk.events[-1]["data"]["about"] = "official"
            kiosk.chain(kiosk.events.pop())
        if name == "secret":
            kiosk.event("complaint.confidential", {"uuid": kiosk.uuid, "on": True}, None,
                        ticket(kiosk.id, kiosk.serial), "complainant")
        if name == "ended":
            kiosk.event("complaint.state", {"uuid": kiosk.uuid, "from": "received", "to": "withdrawn"}, None,
                        ticket(kiosk.id, kiosk.serial), "complainant")
    check(kiosk.send()[0] == 200, "complaints come in")
    return uuids


def copying(server, kiosk, opensid, bridge, uuids):
    bridge.once()
    copies = opensid.copies()
    check(set(copies) == {uuids[name] for name in ("bridge", "long", "secret")},
          "copied is what is open and not about the office", copies)
    name, telephone, title, text, status = copies[uuids["bridge"]]
    check((name, telephone, status) == ("Budi ‹b›Santoso‹/b›", "+6281299990001", 1), "with who it is", copies)
    check(title == "Aduan kotak " + ticket(3, 1), "by its number", title)
    check(text == EMOJI.replace("<", "‹").replace(">", "›"), "word for word, but nothing can be a tag", text)
    check(copies[uuids["long"]][3] == LONG, "4000 characters, too")
    check(copies[uuids["secret"]][:2] == ("Warga", None) and copies[uuids["secret"]][3] == "Bantuan tidak sampai",
          "a confidential one without its complainant", copies[uuids["secret"]])
    addresses = opensid.rows("SELECT DISTINCT ip_address FROM pengaduan")
    check(all(row[0].startswith("kotak:") for row in addresses), "no visitor is kept from complaining", addresses)
    when = opensid.rows(f"SELECT UNIX_TIMESTAMP(created_at) FROM pengaduan WHERE ip_address = 'kotak:{uuids['bridge']}'")
    check(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(when[0][0]))) == NOW[:19], "at the time it came", when)
    bridge.once()
    check(opensid.copies() == copies, "another round changes nothing")
    check([e["what"] for e in events(server, uuids["bridge"], "complaint.copy")] == ["copied"], "the history says so once")


def hidden_later(server, kiosk, opensid, bridge, uuids):
    """Who becomes confidential, and what turns out to be about the office."""
    kiosk.complaint("Selokan mampat", name="Siti", sender="+6281299990002")
    uuids["later"] = kiosk.uuid
    check(kiosk.send()[0] == 200, "one more comes")
    bridge.once()
    check(opensid.copies()[uuids["later"]][0] == "Siti", "it is copied with its name")
    kiosk.event("complaint.confidential", {"uuid": uuids["later"], "on": True}, None,
                ticket(kiosk.id, kiosk.serial), "complainant")
    check(kiosk.send()[0] == 200, "its complainant asks for confidentiality")
    opensid.reply(uuids["later"], 1, "Bu Siti sudah dihubungi")
    bridge.once()
    check(opensid.copies()[uuids["later"]][:2] == ("Warga", None), "the name is gone there, too", opensid.copies())
    with_category(server, uuids["later"])
    bridge.once()
    check(opensid.copies()[uuids["later"]][3] == "Isi aduan ini sudah dihapus.",
          "what is about the office isn't for those who sit there", opensid.copies()[uuids["later"]])
    left = opensid.rows("SELECT isi FROM pengaduan WHERE isi LIKE '%Siti%' OR isi LIKE '%Selokan%'")
    check(left == [], "nor what was written about it", left)
    levels = [e.get("level") for e in events(server, uuids["later"], "complaint.copy")]
    check(levels == [3, 2, 0], "each is in its history", levels)


def with_category(server, uuid):
    """The head finds out whom it is about."""
    server.ctl("user", "add", "lurah", "head", stdin="rahasia-sekali\n")
    browser = Browser(server)
    browser.login("lurah", "rahasia-sekali")
    page = browser.open(f"/complaints/{uuid}")[1]
    fields = browser.form(page, f"/complaints/{uuid}/category")
    status = browser.open(f"/complaints/{uuid}/category", {**fields, "category": "other", "about": "office"})[0]
    check(status == 200, "the head decides that it is about the office")


def coming_back(server, opensid, bridge, uuids):
    uuid = uuids["bridge"]
    browser = Browser(server)
    browser.login("lurah", "rahasia-sekali")

    def post(action, **fields):
        page = browser.open(f"/complaints/{uuid}")[1]
        path = f"/complaints/{uuid}/{action}"
        return browser.open(path, {**browser.form(page, path), **fields})

    opensid.run(f"UPDATE pengaduan SET status = 2 WHERE ip_address = 'kotak:{uuid}'")
    bridge.once()
    check(state(server, uuid) == "received", "under way there verifies nothing here")
    post("verify")
    post("assign", officer="lurah")
    bridge.once()
    opensid.run(f"UPDATE pengaduan SET status = 1 WHERE ip_address = 'kotak:{uuid}'")
    bridge.once()
    opensid.run(f"UPDATE pengaduan SET status = 2 WHERE ip_address = 'kotak:{uuid}'")
    bridge.once()
    check(state(server, uuid) == "investigating", "but begins the work on what is assigned", state(server, uuid))
    actors = server.connect().execute("SELECT actor FROM event WHERE source = 0 AND complaint = ? AND type = "
                                      "'complaint.state' ORDER BY seq", (uuid,)).fetchall()
    check(actors[-1][0] == "opensid:triharjo", "and the history knows by whom", actors)

    opensid.run(f"UPDATE pengaduan SET status = 3 WHERE ip_address = 'kotak:{uuid}'")
    bridge.once()
    check(state(server, uuid) == "investigating", "done there, without a word, answers nobody")
    opensid.reply(uuid, 3, "Papan &lt;baru&gt; &amp; kuat 🙏 sudah dipasang", by="Pak <i>Carik</i>")
    bridge.once()
    check(state(server, uuid) == "investigating", "words there are a proposal, not an answer")
    check(server.connect().execute("SELECT 1 FROM command WHERE type = 'answer'").fetchall() == [], "nothing is sent")
    page = browser.open("/complaints")[1]
    check("Usulan jawaban dari OpenSID" in page and ticket(3, 1) in page, "the desk says that one waits", page)
    page = browser.open(f"/complaints/{uuid}")[1]
    field = re.search(r'<textarea id="answer".*?>(.*?)</textarea>', page, re.S).group(1)
    check(html.unescape(field) == "Papan <baru> & kuat 🙏 sudah dipasang", "and offers it as the answer", field)
    check("Pak &lt;i&gt;Carik" in page and "<i>Carik" not in page, "with who wrote it, harmlessly")
    check("Disalin ke OpenSID" in page and "Sedang ditangani" in page, "the history tells the rest", page)
    post("answer", text="Papan baru sudah dipasang")
    bridge.once()
    check(state(server, uuid) == "resolved" and opensid.copies()[uuid][4] == 3, "the officer's answer ends it on both sides")
    check("Usulan jawaban dari OpenSID" not in browser.open("/complaints")[1], "and nothing waits any more")
    check(len(events(server, uuid, "complaint.proposal")) == 1, "a proposal counts once")


def once_whatever_breaks(server, kiosk, maria, opensid, bridge):
    """The bridge and MariaDB are killed while complaints come."""
    bridge.start()
    uuids = []
    for i in range(12):
        kiosk.complaint(f"Aduan ke-{i}")
        uuids.append(kiosk.uuid)
        check(kiosk.send()[0] == 200, "one more comes")
        if i % 4 == 1:
            until(lambda: uuids[-2] in {row[0][6:] for row in opensid.rows("SELECT ip_address FROM pengaduan")}, 30)
            maria.stop(signal.SIGKILL)
        elif i % 4 == 2:
            check(server.request("GET", "/login")[0] == 200, "the desk answers meanwhile")
            bridge.stop(signal.SIGKILL)
            bridge.start()
        elif i % 4 == 3:
            maria.start()
    all_there = until(lambda: set(uuids) <= {row[0][6:] for row in
                                             opensid.rows("SELECT ip_address FROM pengaduan")}, 60)
    check(all_there, "all arrive", bridge.said())
    opensid.copies()
    maria.process.send_signal(signal.SIGSTOP)
    said = bridge.other("tangan-kedua").once(1)
    maria.process.send_signal(signal.SIGCONT)
    check("can't be reached" in said, "a MariaDB that hangs is given up in time", said)
    check(bridge.stop() == 0, "it ends when asked")
    said = bridge.said()
    check("MariaDB" in said and PASSWORD not in said and "Aduan ke" not in said and "6281" not in said,
          "the log tells the technician, and nobody's words", said)


def two_at_once(maria, opensid, bridge):
    """While one is at work, another keeps away: both would write the same rows."""
    lock = f"kotak.{hashlib.md5(opensid.name.encode()).hexdigest()}.5"
    held = subprocess.Popen(maria.tool("mariadb", "--batch", "--skip-column-names", "--unbuffered", opensid.name),
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    held.stdin.write(f"SELECT GET_LOCK('{lock}', 0);\n")
    held.stdin.flush()
    check(held.stdout.readline() == "1\n", "one is at work")
    check("another ppidd-opensid" in bridge.once(1), "a second one keeps away")
    held.stdin.close()
    held.wait(20 * PATIENCE)
    held.stdout.close()
    bridge.once()


def cut_off(server, kiosk, opensid, bridge):
    """Put there, but not noted here: as after a kill between the two databases."""
    kiosk.complaint("Di antara dua basis data")
    check(kiosk.send()[0] == 200, "one more comes")
    opensid.run("INSERT INTO pengaduan (config_id, nama, isi, judul, ip_address) VALUES "
                f"(5, 'Warga', 'lama', 'lama', 'kotak:{kiosk.uuid}')")
    bridge.once()
    check(opensid.copies()[kiosk.uuid][3] == "Di antara dua basis data", "it is found again and set right")
    kiosk.complaint("Dari kotak yang jamnya belum benar")
    kiosk.events[-1].update(time="1970-01-01T00:03:00.000Z", clock="guess")
    kiosk.chain(kiosk.events.pop())
    check(kiosk.send()[0] == 200, "one comes from a kiosk without a clock")
    bridge.once()
    year = opensid.rows(f"SELECT YEAR(created_at) - YEAR(NOW()) FROM pengaduan WHERE ip_address = 'kotak:{kiosk.uuid}'")
    check(year == [["0"]], "and stands there with a time that can be", year)


def restored(server, kiosk, opensid, bridge, uuids):
    """A backup of OpenSID is put back: what was lost is copied again, what was erased is erased again."""
    kiosk.complaint("Sebelum cadangan", name="Wati")
    before = kiosk.uuid
    check(kiosk.send()[0] == 200, "one comes before the backup")
    bridge.once()
    opensid.reply(before, 3, "Ditulis sebelum cadangan")
    bridge.once()
    dump = opensid.server.dump(opensid.name)
    kiosk.complaint("Sesudah cadangan")
    after = kiosk.uuid
    check(kiosk.send()[0] == 200, "and one after it")
    erase(server, kiosk, before, ticket(3, kiosk.serial - 1))
    bridge.once()
    check(opensid.copies()[before][:4] == ("Warga", None, "Aduan kotak " + ticket(3, kiosk.serial - 1),
                                           "Isi aduan ini sudah dihapus."), "erased here is erased there")
    check(opensid.rows("SELECT COUNT(*) FROM pengaduan WHERE isi LIKE '%sebelum cadangan%'") == [["0"]],
          "with what was written about it")
    opensid.server.client(opensid.name, dump.decode())
    check(opensid.copies()[before][0] == "Wati" and after not in opensid.copies(), "the backup is back")
    bridge.once()
    copies = opensid.copies()
    check(copies.get(after, [""])[3:4] == ("Sesudah cadangan",), "what was lost is copied again", copies)
    check(copies[before][3] == "Isi aduan ini sudah dihapus." and copies[before][0] == "Warga",
          "and what was erased is erased again", copies[before])
    opensid.run(f"DELETE FROM pengaduan WHERE ip_address = 'kotak:{uuids['long']}'")
    bridge.once()
    bridge.once()
    check(uuids["long"] not in opensid.copies(), "what somebody deleted there stays deleted")
    check(events(server, uuids["long"], "complaint.copy")[-1]["what"] == "gone", "and the history says so")


def silence(server, bridge):
    """A bridge that doesn't work is told to those who can have it mended."""
    browser = Browser(server)
    browser.login("lurah", "rahasia-sekali")
    check("tidak terhubung" not in browser.open("/complaints")[1], "the desk says nothing of a bridge that works")
    with server.connect() as database:
        database.execute("UPDATE opensid SET contact_ms = contact_ms - 7200000")
    check("OpenSID (triharjo) tidak terhubung sejak" in browser.open("/complaints")[1], "but of one that doesn't")
    bridge.once()
    check("tidak terhubung" not in browser.open("/complaints")[1], "until it does again")


def erase(server, kiosk, uuid, number):
    """Its complainant withdraws it and asks for that; an administrator does it at the desk."""
    kiosk.event("complaint.state", {"uuid": uuid, "from": "received", "to": "withdrawn"}, None, number, "complainant")
    check(kiosk.send()[0] == 200, "its complainant withdraws it")
    server.ctl("user", "add", "pengelola", "administrator", stdin="rahasia-sekali\n")
    browser = Browser(server)
    browser.login("pengelola", "rahasia-sekali")
    fields = browser.form(browser.open("/retention")[1], "/retention/ticket")
    status, page, _ = browser.open("/retention/ticket", {**fields, "ticket": number, "reason": "complainant",
                                                         "do": "erase"})
    check(status == 200, "and the desk erases it", page)


def older_shape(server, maria):
    """Without config_id, three-byte characters, over TLS; two villages need to be told apart."""
    kiosk = Kiosk(server, 4, "Dusun lain")
    kiosk.complaint("Emoji 🌉 dan é", name="Ani")
    kiosk.send()
    old = OpenSID(maria, "lama", charset="utf8mb3")
    keys = {"server": f"127.0.0.1:{maria.port}", "name": "lama", "kiosks": "4", "copy": "text"}
    other = Bridge(server, maria, "lama", **{**keys, "tls_ca": f"{server.path}/ca.pem"})
    other.once()
    check(old.copies()[kiosk.uuid][:4] == ("Warga", None, "Aduan kotak " + ticket(4, 1), "Emoji ? dan é"),
          "an older table gets what it can keep", old.copies())
    Bridge(server, maria, "lama", **{**keys, "copy": "number"}).once()
    check("meja PPID" in old.copies()[kiosk.uuid][3] and "Emoji" not in old.copies()[kiosk.uuid][3],
          "shown is what the configuration says now", old.copies())
    return other


def refusals(server, maria, opensid, bridge):
    """What is wrong is said in words, and the desk isn't troubled."""
    with open(f"{server.path}/wrong.pem", "w") as file:
        file.write(other_authority(server))
    said = Bridge(server, maria, "lama", server=f"127.0.0.1:{maria.port}", tls_ca=f"{server.path}/wrong.pem",
                  name="salah", kiosks="4").once(1)
    check("can't be reached" in said, "a certificate of somebody else's is refused", said)
    maria.run("triharjo", "INSERT INTO config VALUES (6, 'kunci2', 'Wates')")
    check("config_id" in bridge.once(1), "of two villages one has to be named")
    Bridge(server, maria, "triharjo", config_id="5").once()
    maria.run("mysql", "REVOKE UPDATE ON triharjo.pengaduan FROM 'kotak'@'localhost'")
    opensid.run("UPDATE pengaduan SET isi = 'dipulihkan' WHERE isi = 'Isi aduan ini sudah dihapus.'")
    said = Bridge(server, maria, "triharjo", config_id="5").once(1)
    check("GRANT" in said, "a missing right is named", said)
    maria.run("mysql", "GRANT SELECT, INSERT, UPDATE ON triharjo.pengaduan TO 'kotak'@'localhost'")
    os.environ["CREDENTIALS_DIRECTORY"] = server.path
    shutil.copy(f"{server.path}/password", f"{server.path}/opensid-password")
    Bridge(server, maria, "triharjo", config_id="5", password_file=None).once()
    with open(f"{server.path}/opensid-password", "r+") as file:
        file.write("x")
    said = Bridge(server, maria, "triharjo", config_id="5", password_file=None).once(1)
    check("Access denied" in said, "as is a wrong password from the service manager", said)
    os.unlink(f"{server.path}/opensid-password")
    said = Bridge(server, maria, "triharjo", config_id="5", password_file=None).once(1)
    check("the password of" in said, "or one that isn't there", said)
    for keys, words in (({"server": "192.0.2.1:3306"}, "tls_ca"), ({"copy": None}, "copy is missing"),
                        ({"kiosks": "3 x"}, "kiosk numbers"), ({"copy": "all"}, "number, text or identity")):
        done = subprocess.run(Bridge(server, maria, "triharjo", **keys).command("--check-config"),
                              capture_output=True, text=True)
        check(done.returncode == 2 and words in done.stderr, f"the configuration says: {words}", done.stderr)


def other_authority(server):
    server.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                   "wrong.key", "-out", "wrong-ca.pem", "-days", "2", "-subj", "/CN=Somebody else")
    with open(f"{server.path}/wrong-ca.pem") as file:
        return file.read()


def main():
    why = mariadb.missing()
    if why:
        print(f"1..1\nok 1 - the bridge to OpenSID # SKIP {why}")
        return
    server = Server()
    server.certificates()
    for name in ("server.pem", "server.key", "ca.pem"):
        os.chmod(f"{server.path}/{name}", 0o644)
    os.chmod(server.path, 0o755)
    maria = mariadb.Server(free_port(), **{"ssl-cert": f"{server.path}/server.pem",
                                           "ssl-key": f"{server.path}/server.key",
                                           "ssl-ca": f"{server.path}/ca.pem"}).start()
    server.start()
    kiosk = Kiosk(server, 3, "Balai kalurahan")
    uuids = residents(kiosk)
    opensid = OpenSID(maria, "triharjo", village=True)
    bridge = Bridge(server, maria, "triharjo")
    copying(server, kiosk, opensid, bridge, uuids)
    hidden_later(server, kiosk, opensid, bridge, uuids)
    coming_back(server, opensid, bridge, uuids)
    once_whatever_breaks(server, kiosk, maria, opensid, bridge)
    two_at_once(maria, opensid, bridge)
    cut_off(server, kiosk, opensid, bridge)
    restored(server, kiosk, opensid, bridge, uuids)
    silence(server, bridge)
    older_shape(server, maria)
    refusals(server, maria, opensid, bridge)
    server.ctl("verify")
    finish()


main()
