-- Version 11: what ppidd-opensid copied into a village's OpenSID (docs/opensid.md). No words stand
-- here: what was written there about a complaint is in event_personal.
CREATE TABLE opensid (
	name TEXT PRIMARY KEY,
	since_ms BIGINT NOT NULL,         -- when the bridge first ran: what had ended by then isn't copied
	next_id BIGINT NOT NULL DEFAULT 0, -- of its table as last seen; less later: a backup was put back
	contact_ms BIGINT NOT NULL DEFAULT 0 -- the last round that went well, to ten minutes
);
CREATE TABLE opensid_copy (
	opensid TEXT NOT NULL REFERENCES opensid (name),
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	row_id BIGINT,           -- pengaduan.id; NULL: it was deleted there, and isn't copied again
	level BIGINT NOT NULL,   -- what it shows: 0 nothing, 1 the number, 2 the words, 3 who; -1 unknown
	shown_ms BIGINT NOT NULL, -- complaint.updated_ms as it was when copied
	status BIGINT NOT NULL,  -- there, as last seen: 1 waiting, 2 under way, 3 done
	told BIGINT NOT NULL,    -- the status that our state makes, as last written there
	proposal_ms BIGINT,      -- an answer was proposed there then, and the complaint is open
	PRIMARY KEY (opensid, complaint)
);
CREATE INDEX opensid_copy_complaint ON opensid_copy (complaint);
CREATE INDEX opensid_copy_proposal ON opensid_copy (proposal_ms) WHERE proposal_ms IS NOT NULL;
-- Follow-ups that were taken, each once.
CREATE TABLE opensid_reply (
	opensid TEXT NOT NULL REFERENCES opensid (name),
	row_id BIGINT NOT NULL,
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	PRIMARY KEY (opensid, row_id)
);
CREATE INDEX opensid_reply_complaint ON opensid_reply (complaint);
