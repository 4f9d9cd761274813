-- Version 6: erasure of personal data, on the server's command and by age.
ALTER TABLE complaint ADD COLUMN erased_ms INTEGER;
CREATE INDEX complaint_ended ON complaint (updated_ms) WHERE erased_ms IS NULL
	AND state IN ('resolved', 'closed', 'referred', 'withdrawn');

-- What belongs to a ticket.
CREATE INDEX inbound_message_ticket ON inbound_message (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX outgoing_sms_ticket ON outgoing_sms (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX status_report_sms ON status_report (sms_id);
-- Words that belong to none, and what numbers asked for.
CREATE INDEX event_unclaimed ON event (time_ms) WHERE ticket IS NULL
	AND type IN ('inbound.ignored', 'inbound.unreadable', 'message.queued');
CREATE INDEX event_contact ON event (epoch, seq)
	WHERE type IN ('contact.consent', 'contact.language');
