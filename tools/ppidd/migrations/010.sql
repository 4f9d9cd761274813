-- Version 10: keys of other portals that post complaints, and the list of what came by them.
CREATE TABLE api_key (
	name TEXT PRIMARY KEY,
	key_hash TEXT NOT NULL UNIQUE, -- SHA-256; the key itself is shown once and kept nowhere
	added_ms BIGINT NOT NULL,
	revoked_ms BIGINT,
	used_ms BIGINT,                    -- when the last complaint came by it
	posted BIGINT NOT NULL DEFAULT 0,  -- how many came
	hour_ms BIGINT NOT NULL DEFAULT 0, -- the hour that is counted,
	hour_posted BIGINT NOT NULL DEFAULT 0
);
-- With what is counted of a month.
CREATE INDEX complaint_portal ON complaint (created_ms, category, confidential, about) WHERE channel = 'portal';
