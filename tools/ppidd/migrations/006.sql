-- Version 6: reports. Whether a complaint was ever reopened is asked of the log.
CREATE INDEX event_reopened ON event (complaint) WHERE type = 'complaint.state' AND data LIKE '%"to":"reopened"%';

-- What a head lets the public read: what was done about complaints (outcome), and what was improved
-- because of them. Without personal data; the complaints that it came from are for the desk alone.
CREATE TABLE publication (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('outcome', 'improvement')),
	title TEXT NOT NULL,
	text TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
	officer TEXT NOT NULL, -- who did the last step
	created_ms BIGINT NOT NULL,
	published_ms BIGINT
);
CREATE INDEX publication_public ON publication (published_ms) WHERE state = 'published';
CREATE TABLE publication_complaint (
	publication TEXT NOT NULL REFERENCES publication (id),
	complaint TEXT NOT NULL REFERENCES complaint (uuid),
	PRIMARY KEY (publication, complaint)
);
CREATE INDEX publication_of_complaint ON publication_complaint (complaint);
