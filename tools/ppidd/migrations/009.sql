-- Version 9: how the kiosks are, and what is the matter with them.

ALTER TABLE kiosk ADD COLUMN stands TEXT NOT NULL DEFAULT ''; -- where it stands, in words: building, dusun, RT
ALTER TABLE kiosk ADD COLUMN region TEXT NOT NULL DEFAULT ''; -- to find it among many: kalurahan, kapanewon

-- What a kiosk told of itself last: the data of its kiosk.health, as far as it made sense.
CREATE TABLE health (
	kiosk BIGINT PRIMARY KEY REFERENCES kiosk (number),
	told_ms BIGINT NOT NULL, -- by the kiosk's clock where that can be believed
	data TEXT NOT NULL
);
-- What didn't work then.
CREATE TABLE health_fault (
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	item TEXT NOT NULL,  -- modem NAME, panel, printer, as firmware/kotakd/status.h names them
	fault TEXT NOT NULL,
	since_ms BIGINT NOT NULL, -- when it was told first
	PRIMARY KEY (kiosk, item)
);
-- The worst of each day, for some weeks; NULL: not told.
CREATE TABLE health_day (
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	day BIGINT NOT NULL, -- as calendar_day()
	signal_dbm BIGINT,
	temperature BIGINT,
	free_mib BIGINT,
	waiting BIGINT, -- events and messages
	PRIMARY KEY (kiosk, day)
);

-- What is the matter now. Begin and end are events of the server's log.
CREATE TABLE alarm (
	kiosk BIGINT NOT NULL REFERENCES kiosk (number),
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,    -- the modem's name, or ''
	severity BIGINT NOT NULL, -- 1 to 3
	since_ms BIGINT NOT NULL,
	seen_by TEXT, -- who said that they know
	seen_ms BIGINT,
	PRIMARY KEY (kiosk, kind, subject)
);
