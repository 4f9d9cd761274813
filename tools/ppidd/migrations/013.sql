-- Version 13: three kinds of case, each with its own clock, and holidays that were changed at the
-- desk.

ALTER TABLE complaint ADD COLUMN kind TEXT NOT NULL DEFAULT 'complaint'; -- complaint, information or objection
ALTER TABLE complaint ADD COLUMN objects_to TEXT;       -- an objection's: the UUID of the complaint it objects to
ALTER TABLE complaint ADD COLUMN ground TEXT;           -- and why, by the letters of art. 35 of UU 14/2008: a to g
ALTER TABLE complaint ADD COLUMN too_late BIGINT NOT NULL DEFAULT 0; -- 1: and it came too late; 2: but was taken all the same
CREATE INDEX complaint_kind ON complaint (kind, created_ms, uuid) WHERE kind <> 'complaint';

-- A day that goes with a command: by when one may object to an answer, or by when there will be
-- one. YYYY-MM-DD.
ALTER TABLE command ADD COLUMN day TEXT;

-- What the desk says of a day against the year's file. Read anew when the setting "calendar" is
-- another number.
CREATE TABLE holiday (
	day TEXT PRIMARY KEY,    -- YYYY-MM-DD
	free BIGINT NOT NULL,    -- 1: a holiday; 0: none, whatever the file says
	name TEXT NOT NULL,      -- what it is called, '' for none
	reason TEXT NOT NULL,
	officer TEXT NOT NULL,
	changed_ms BIGINT NOT NULL
);
