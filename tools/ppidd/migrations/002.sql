-- Version 2: commands that are about no complaint, what complainants say of the result, whose
-- identity is kept from the unit, the SIM's money, and where each kiosk is in its commands.

CREATE TABLE command_2 (
	id TEXT PRIMARY KEY,
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	number BIGINT, -- unique per kiosk; NULL only while they are numbered anew
	type TEXT NOT NULL,
	complaint TEXT REFERENCES complaint (uuid), -- NULL, and ticket: about all of the kiosk's
	ticket TEXT,
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
INSERT INTO command_2 (id, kiosk, number, type, complaint, ticket, old_ticket, target, echoed,
	actor, created_ms, state, reason, applied_ms)
	SELECT id, kiosk, number, type, complaint, ticket, old_ticket, target, echoed,
		actor, created_ms, state, reason, applied_ms FROM command;
CREATE TABLE command_personal_2 (
	id TEXT PRIMARY KEY REFERENCES command_2 (id),
	text TEXT,
	reason TEXT
);
INSERT INTO command_personal_2 (id, text, reason) SELECT id, text, reason FROM command_personal;
DROP TABLE command_personal;
DROP TABLE command;
ALTER TABLE command_2 RENAME TO command;
ALTER TABLE command_personal_2 RENAME TO command_personal;
CREATE INDEX command_pending ON command (kiosk, number) WHERE state = 'pending';
CREATE INDEX command_complaint ON command (complaint) WHERE complaint IS NOT NULL;
CREATE INDEX command_announce ON command (created_ms) WHERE type = 'announce';

-- The last command that the kiosk says it has, when it is one that this database doesn't know:
-- numbers go on from there.
ALTER TABLE kiosk ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE kiosk ADD COLUMN place_id TEXT NOT NULL DEFAULT '';

ALTER TABLE complaint ADD COLUMN rating BIGINT; -- 1 to 5
-- The complainant wants name, address and number kept from those who handle it.
ALTER TABLE complaint ADD COLUMN confidential BIGINT NOT NULL DEFAULT 0;
-- An answer arrived then, and nobody has asked yet whether it helped.
ALTER TABLE complaint ADD COLUMN survey_from_ms BIGINT;
-- Asked, or told unasked, whether it helped; NULL again when it is reopened.
ALTER TABLE complaint ADD COLUMN surveyed_ms BIGINT;
CREATE INDEX complaint_survey ON complaint (survey_from_ms) WHERE survey_from_ms IS NOT NULL;

CREATE INDEX message_undelivered ON message (complaint) WHERE state IN ('failed', 'expired');

-- What a number asked for at a kiosk.
CREATE TABLE contact_personal (
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	sender TEXT NOT NULL,
	language TEXT,
	announcements BIGINT, -- 1 agreed, 0 refused, NULL never said
	PRIMARY KEY (kiosk, sender)
);

-- The money on a kiosk's SIMs, as last told.
CREATE TABLE sim (
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	modem TEXT NOT NULL,
	operator TEXT NOT NULL,
	amount BIGINT, -- rupiah; NULL: the answer wasn't understood
	valid_until_ms BIGINT,
	low BIGINT NOT NULL,
	told_ms BIGINT NOT NULL, -- by the kiosk's clock
	PRIMARY KEY (kiosk, modem)
);
