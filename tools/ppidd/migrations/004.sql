-- Version 4: a ticket's life at the desk. Categories, causes and kinds of notes are names that the
-- pages put into words.

ALTER TABLE complaint ADD COLUMN category_by TEXT; -- who decided it; NULL: as the complainant proposed
ALTER TABLE complaint ADD COLUMN officer TEXT;     -- who is responsible, by account name; NULL: nobody yet
ALTER TABLE complaint ADD COLUMN cause TEXT;       -- administrative, procedure, technical or other
ALTER TABLE complaint ADD COLUMN referred_to TEXT; -- the office that it was referred to
ALTER TABLE complaint ADD COLUMN verified_ms BIGINT;
ALTER TABLE complaint ADD COLUMN resolved_ms BIGINT; -- the first answer since it was (re)opened
-- The clock: so many working days from counted_ms on, and those that the complainant was waited for.
ALTER TABLE complaint ADD COLUMN counted_ms BIGINT;  -- when it came or was reopened last, by our clock where the kiosk's is a guess
ALTER TABLE complaint ADD COLUMN working_days BIGINT NOT NULL DEFAULT 7; -- 14 once extended
ALTER TABLE complaint ADD COLUMN due_ms BIGINT;      -- the end of its last day; NULL while stopped or ended
ALTER TABLE complaint ADD COLUMN stopped_ms BIGINT;  -- waited for the complainant since then
ALTER TABLE complaint ADD COLUMN waited_days BIGINT NOT NULL DEFAULT 0; -- working days waited before

-- The lists of the desk, each read from its beginning on.
CREATE INDEX complaint_due ON complaint (due_ms, uuid) WHERE due_ms IS NOT NULL;
CREATE INDEX complaint_mine ON complaint (officer, due_ms, uuid) WHERE due_ms IS NOT NULL;
CREATE INDEX complaint_unassigned ON complaint (due_ms, uuid) WHERE due_ms IS NOT NULL AND officer IS NULL;
CREATE INDEX complaint_waiting ON complaint (stopped_ms, uuid) WHERE stopped_ms IS NOT NULL;
CREATE INDEX complaint_newest ON complaint (created_ms, uuid);
CREATE INDEX complaint_state ON complaint (state, created_ms, uuid);
CREATE INDEX complaint_similar ON complaint (kiosk, created_ms) WHERE still_open = 1;
CREATE INDEX complaint_personal_sender ON complaint_personal (sender);
DROP INDEX complaint_list;

-- Notes of the investigation; only added to. The words are in note_personal.
CREATE TABLE note (
	id TEXT PRIMARY KEY,
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	kind TEXT NOT NULL CHECK (kind IN ('finding', 'solution', 'internal')),
	officer TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE INDEX note_complaint ON note (complaint, created_ms);
CREATE TABLE note_personal (
	id TEXT PRIMARY KEY REFERENCES note (id),
	text TEXT NOT NULL
);

-- What may follow what: every change of a complaint's state has to be one of these.
CREATE TABLE transition (
	before TEXT NOT NULL,
	after TEXT NOT NULL,
	PRIMARY KEY (before, after)
);
