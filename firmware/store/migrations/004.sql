-- Version 4: the lobby kiosk.

-- Who a complaint is about, in the complainant's words: such about the office or one of its
-- people are not for its own accounts to handle.
ALTER TABLE complaint ADD COLUMN about TEXT CHECK (about IN ('office', 'official', 'agency', 'other'));

-- The panel's one session: what is being typed, at every key. Personal.
CREATE TABLE panel_session (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	uuid TEXT NOT NULL,      -- becomes the complaint's, so that it can't be sent twice
	data TEXT,               -- the draft (JSON); NULL once it is a complaint
	updated_ms INTEGER NOT NULL
) STRICT;

-- Slips to print: recorded before their bytes. What may be on paper already is a copy.
CREATE TABLE print_job (
	id INTEGER PRIMARY KEY,
	uuid TEXT NOT NULL REFERENCES complaint (uuid),
	state TEXT NOT NULL DEFAULT 'queued'
		CHECK (state IN ('queued', 'printing', 'printed', 'failed', 'expired')),
	copy INTEGER NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL, -- nobody waits for it any more
	reason TEXT
) STRICT;
CREATE INDEX print_job_waiting ON print_job (id) WHERE state IN ('queued', 'printing');
CREATE INDEX print_job_complaint ON print_job (uuid);

-- What was announced to all: also on the notice board.
CREATE TABLE notice (
	command_id TEXT PRIMARY KEY,
	text TEXT NOT NULL,
	time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_time ON notice (time_ms);
