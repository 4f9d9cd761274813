-- Version 7: what an officer has to bring to a complainant whom no machine can tell: answers,
-- questions, referrals, more time. One row for each command to the desk that has words for them, and
-- for one to a kiosk whose SMS didn't arrive.
CREATE TABLE handover (
	command TEXT PRIMARY KEY REFERENCES command (id),
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	kind TEXT NOT NULL CHECK (kind IN ('answer', 'question', 'extended', 'referred')),
	owed_ms BIGINT NOT NULL,
	how TEXT CHECK (how IN ('read', 'given', 'sent', 'replied', 'unreachable')), -- NULL: still owed
	officer TEXT,     -- who brought it
	handed_ms BIGINT, -- when it was brought
	CHECK ((how IS NULL) = (handed_ms IS NULL) AND (how IS NULL) = (officer IS NULL))
);
CREATE INDEX handover_owed ON handover (owed_ms, command) WHERE how IS NULL;
CREATE INDEX handover_complaint ON handover (complaint, owed_ms);
