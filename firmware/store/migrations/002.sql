-- Version 2: the whole conversation and its manners.

-- What a session of ours needs to remember besides its ticket, such as the text whose ticket
-- we asked for.
ALTER TABLE session ADD COLUMN data TEXT;

ALTER TABLE complaint ADD COLUMN confidential INTEGER NOT NULL DEFAULT 0;
ALTER TABLE complaint ADD COLUMN rating INTEGER CHECK (rating BETWEEN 1 AND 5);

-- Whether announcements and questions of satisfaction may be sent: 1 yes (MULAI), 0 no
-- (BERHENTI), NULL never asked for.
ALTER TABLE contact ADD COLUMN announcements INTEGER;

-- Fairness: who has waited longest is served first.
CREATE INDEX outgoing_part_served ON outgoing_part (recipient, submitted_ms);
CREATE INDEX outgoing_sms_waiting ON outgoing_sms (recipient, id)
	WHERE state IN ('queued', 'submitted');
-- Whose outcome isn't known: few, and looked for at every turn.
CREATE INDEX outgoing_part_unsure ON outgoing_part (recipient, submitted_ms)
	WHERE state = 'submitting';
-- How many replies a number has had of late.
CREATE INDEX outgoing_sms_recent ON outgoing_sms (recipient, created_ms);
CREATE INDEX inbound_message_sender ON inbound_message (sender, id);

-- Late parts find the message that was taken without them.
CREATE INDEX inbound_part_reference ON inbound_part (sender, reference, total);

-- How often a message was given up by the network for now (TP-ST 0x60-0x7f) and sent again.
ALTER TABLE outgoing_sms ADD COLUMN rounds INTEGER NOT NULL DEFAULT 0;

-- A complaint's answer, also after it got another number.
CREATE INDEX command_uuid ON command (json_extract (body, '$.uuid'));

-- The SIM's money, as its operator last told.
CREATE TABLE balance (
	modem TEXT PRIMARY KEY,
	operator TEXT NOT NULL,
	amount INTEGER,         -- in rupiah; NULL: the answer couldn't be understood
	valid_until_ms INTEGER, -- NULL: not told
	raw TEXT NOT NULL,
	asked_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
