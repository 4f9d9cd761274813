-- Version 1. SQL that SQLite and PostgreSQL both accept. Times are milliseconds since 1970 (UTC).
-- What one person could be known by stands only in the tables named *_personal, so that erasing
-- is deleting rows. The rest but event can be rebuilt from event.

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
INSERT INTO setting (name, value) VALUES ('starts', '0');

CREATE TABLE kiosk (
	number BIGINT PRIMARY KEY CHECK (number BETWEEN 1 AND 999),
	name TEXT NOT NULL,
	added_ms BIGINT NOT NULL,
	token_hash TEXT UNIQUE,  -- SHA-256 of the bearer token, kept after a revocation to know it by
	revoked_ms BIGINT,
	enrolled_ms BIGINT,
	code_hash TEXT UNIQUE,   -- SHA-256 of the enrolment code, NULL once used
	code_expires_ms BIGINT,
	version TEXT NOT NULL DEFAULT '',
	contact_ms BIGINT NOT NULL DEFAULT 0,
	next_serial BIGINT NOT NULL DEFAULT 900000 -- of the numbers that only the server gives
);

-- The event logs, append only: every kiosk's copy under its number, the server's own under 0.
CREATE TABLE event (
	source BIGINT NOT NULL,
	epoch BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	id TEXT NOT NULL,     -- the same id stands twice when a later epoch restates an event
	time TEXT NOT NULL,   -- as its writer wrote it, for the hash
	clock TEXT NOT NULL,
	boot BIGINT NOT NULL,
	actor TEXT NOT NULL,
	type TEXT NOT NULL,
	ticket TEXT,
	data TEXT NOT NULL,   -- JSON, keys sorted, no white space
	hash TEXT NOT NULL,
	complaint TEXT,       -- data.uuid, for the complaint's history
	taken_ms BIGINT NOT NULL,
	PRIMARY KEY (source, epoch, seq)
);
-- With epoch and seq: else the order asked for would make the planner walk the whole log.
CREATE INDEX event_id ON event (source, id, epoch, seq);
CREATE INDEX event_complaint ON event (complaint, taken_ms) WHERE complaint IS NOT NULL;
CREATE INDEX event_unreadable ON event (taken_ms) WHERE type = 'inbound.unreadable';

CREATE TABLE event_personal (
	source BIGINT NOT NULL,
	epoch BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	salt TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (source, epoch, seq),
	FOREIGN KEY (source, epoch, seq) REFERENCES event (source, epoch, seq)
);

CREATE TABLE complaint (
	uuid TEXT PRIMARY KEY,
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	ticket TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL,       -- as officers decided: kiosk_state and the commands under way
	kiosk_state TEXT NOT NULL, -- as the kiosk last said
	still_open BIGINT NOT NULL,
	channel TEXT NOT NULL,
	category TEXT,
	language TEXT NOT NULL,
	created_ms BIGINT NOT NULL, -- by the kiosk's clock
	updated_ms BIGINT NOT NULL
);
CREATE INDEX complaint_list ON complaint (still_open, created_ms);
CREATE INDEX complaint_kiosk ON complaint (kiosk, uuid);

CREATE TABLE complaint_personal (
	uuid TEXT PRIMARY KEY REFERENCES complaint (uuid),
	sender TEXT NOT NULL, -- the number it came from, '' when none
	name TEXT,
	address TEXT,
	text TEXT NOT NULL,
	pin TEXT NOT NULL
);

CREATE TABLE command (
	id TEXT PRIMARY KEY,
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	number BIGINT, -- unique per kiosk; NULL only while they are numbered anew
	type TEXT NOT NULL,
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	ticket TEXT NOT NULL,
	old_ticket TEXT,
	target TEXT, -- the state it leads to, if any
	echoed BIGINT NOT NULL DEFAULT 0, -- the kiosk told that the complaint reached target by it
	actor TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'refused')),
	reason TEXT, -- why the kiosk refused it
	applied_ms BIGINT,
	UNIQUE (kiosk, number)
);
CREATE INDEX command_pending ON command (kiosk, number) WHERE state = 'pending';
CREATE INDEX command_complaint ON command (complaint);

CREATE TABLE command_personal (
	id TEXT PRIMARY KEY REFERENCES command (id),
	text TEXT,
	reason TEXT
);

-- A message to a complainant, as far as the kiosk told.
CREATE TABLE message (
	id TEXT PRIMARY KEY, -- kiosk's number and its name there
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	complaint TEXT,
	purpose TEXT NOT NULL,
	command TEXT,
	state TEXT NOT NULL,
	reason TEXT,
	queued_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	epoch BIGINT, -- of its message.queued, whose words it shows
	seq BIGINT
);
CREATE INDEX message_complaint ON message (complaint) WHERE complaint IS NOT NULL;

CREATE TABLE message_personal (
	id TEXT PRIMARY KEY REFERENCES message (id),
	recipient TEXT NOT NULL,
	text TEXT NOT NULL
);

-- What a person must know about a kiosk: one row a kind, counted.
CREATE TABLE alert (
	kiosk BIGINT NOT NULL,
	kind TEXT NOT NULL,
	place TEXT NOT NULL,
	count BIGINT NOT NULL,
	first_ms BIGINT NOT NULL,
	last_ms BIGINT NOT NULL,
	PRIMARY KEY (kiosk, kind)
);

CREATE TABLE officer (
	name TEXT PRIMARY KEY,
	role TEXT NOT NULL CHECK (role IN ('officer', 'head', 'auditor', 'administrator')),
	password_hash TEXT NOT NULL,
	added_ms BIGINT NOT NULL,
	disabled_ms BIGINT
);

CREATE TABLE session (
	token_hash TEXT PRIMARY KEY,
	officer TEXT NOT NULL REFERENCES officer (name),
	started_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL
);

-- Wrong passwords and codes, per asker: guessing is slowed.
CREATE TABLE throttle (
	asker TEXT PRIMARY KEY,
	failures BIGINT NOT NULL,
	last_ms BIGINT NOT NULL
);
