-- Version 5: the kiosk after a restart.

-- When the session was written, by the clock of the boot: within it an age is known for sure, also
-- while the wall clock can only guess. NULL: not known.
ALTER TABLE panel_session ADD COLUMN boot INTEGER;
ALTER TABLE panel_session ADD COLUMN mono_ms INTEGER;

-- Additions that came from the panel, by its own ids: one that comes again is known.
CREATE TABLE panel_addition (
	id TEXT PRIMARY KEY,
	time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
