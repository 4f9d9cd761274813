-- Version 8: erasure of personal data, by rule and on request.

-- When it was last erased. What comes to it later while it is ended is not kept; what comes once it
-- was opened again is erased again when it has ended again.
ALTER TABLE complaint ADD COLUMN erased_ms BIGINT;
CREATE INDEX complaint_erasable ON complaint (updated_ms)
	WHERE still_open = 0 AND (erased_ms IS NULL OR erased_ms < updated_ms);

-- When a number last asked for something: without a ticket it is forgotten some day.
ALTER TABLE contact_personal ADD COLUMN told_ms BIGINT NOT NULL DEFAULT 0;
UPDATE contact_personal SET told_ms = coalesce((SELECT max(taken_ms) FROM event), 0);
CREATE INDEX contact_personal_told ON contact_personal (told_ms);

-- Words that belong to no complaint, by when they came.
CREATE INDEX event_unclaimed ON event (taken_ms) WHERE complaint IS NULL
	AND type IN ('inbound.ignored', 'inbound.unreadable', 'message.queued');
CREATE INDEX event_contact ON event (source, epoch, seq)
	WHERE type IN ('contact.consent', 'contact.language');
CREATE INDEX message_unclaimed ON message (kiosk, epoch, seq) WHERE complaint IS NULL;

-- The log of erasures, and what became of the commands to kiosks.
CREATE INDEX event_erased ON event (taken_ms) WHERE type = 'complaint.erased';
CREATE INDEX command_erase ON command (kiosk, state) WHERE type = 'erase';
