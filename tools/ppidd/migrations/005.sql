-- Version 5: roles, and who read what.

-- Roles get `intake`; a CHECK can't be changed, so the table is made anew, and sessions with it.
CREATE TABLE officer_5 (
	name TEXT PRIMARY KEY,
	role TEXT NOT NULL CHECK (role IN ('intake', 'officer', 'head', 'auditor', 'administrator')),
	password_hash TEXT NOT NULL,
	added_ms BIGINT NOT NULL,
	disabled_ms BIGINT,
	temporary BIGINT NOT NULL DEFAULT 0, -- 1: another one gave the password out, it must be changed
	totp_secret TEXT,                    -- hex; NULL: no second factor
	totp_step BIGINT NOT NULL DEFAULT 0  -- of the last code taken: none is taken twice
);
INSERT INTO officer_5 (name, role, password_hash, added_ms, disabled_ms)
	SELECT name, role, password_hash, added_ms, disabled_ms FROM officer;
CREATE TABLE session_5 (
	token_hash TEXT PRIMARY KEY,
	officer TEXT NOT NULL REFERENCES officer_5 (name),
	started_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL,
	address TEXT NOT NULL DEFAULT '',
	awaits_code BIGINT NOT NULL DEFAULT 0, -- 1: the password was right, the second factor is missing
	totp_new TEXT                          -- hex; a second factor that is being set up
);
INSERT INTO session_5 (token_hash, officer, started_ms, used_ms)
	SELECT token_hash, officer, started_ms, used_ms FROM session;
DROP TABLE session;
DROP TABLE officer;
ALTER TABLE officer_5 RENAME TO officer;
ALTER TABLE session_5 RENAME TO session;
CREATE INDEX session_officer ON session (officer);

-- Codes for whoever lost the telephone; each works once and is then deleted.
CREATE TABLE recovery (
	officer TEXT NOT NULL REFERENCES officer (name),
	code_hash TEXT NOT NULL, -- SHA-256
	PRIMARY KEY (officer, code_hash)
);

-- Which officer was shown personal data, append only.
CREATE TABLE reading (
	id TEXT PRIMARY KEY,
	officer TEXT NOT NULL,
	what TEXT NOT NULL, -- the route that showed it, as "/complaints/*"
	complaint TEXT,     -- NULL: a list
	read_ms BIGINT NOT NULL
);
CREATE INDEX reading_time ON reading (read_ms, id);
CREATE INDEX reading_officer ON reading (officer, read_ms, id);
CREATE INDEX reading_complaint ON reading (complaint, read_ms, id) WHERE complaint IS NOT NULL;
-- What a list was narrowed to: words looked for may be somebody's name.
CREATE TABLE reading_personal (
	id TEXT PRIMARY KEY REFERENCES reading (id),
	filter TEXT NOT NULL,
	read_ms BIGINT NOT NULL
);
CREATE INDEX reading_personal_time ON reading_personal (read_ms);
