-- Version 6: reports. Whether a complaint was ever reopened is asked of the log.
CREATE INDEX event_reopened ON event (complaint) WHERE type = 'complaint.state' AND data LIKE '%"to":"reopened"%';
