-- Version 3: what is asked all the time stays quick when the tables are long.

-- How many messages a SIM was given in the last minute.
CREATE INDEX outgoing_part_lately ON outgoing_part (submitted_ms, modem);
-- What the status counts.
CREATE INDEX inbound_pdu_unreadable ON inbound_pdu (id) WHERE state = 'unreadable';
CREATE INDEX outgoing_sms_given_up ON outgoing_sms (created_ms)
	WHERE state IN ('failed', 'expired');
-- Which parts a message has.
CREATE INDEX inbound_part_message ON inbound_part (message_id);
