PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE balance (
	modem TEXT PRIMARY KEY,
	operator TEXT NOT NULL,
	amount INTEGER,         -- in rupiah; NULL: the answer couldn't be understood
	valid_until_ms INTEGER, -- NULL: not told
	raw TEXT NOT NULL,
	asked_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE command (
	id TEXT PRIMARY KEY,
	number INTEGER NOT NULL,
	body TEXT NOT NULL,
	taken_ms INTEGER NOT NULL,
	state TEXT NOT NULL DEFAULT 'taken' CHECK (state IN ('taken', 'done', 'refused')),
	reason TEXT
) STRICT;
CREATE TABLE complaint (
	uuid TEXT PRIMARY KEY,
	ticket TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL CHECK (state IN ('received', 'incomplete', 'verified', 'assigned',
		'investigating', 'resolved', 'closed', 'referred', 'withdrawn', 'reopened')),
	channel TEXT NOT NULL CHECK (channel IN ('sms', 'ussd', 'panel', 'desk')),
	category TEXT,
	language TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL
, confidential INTEGER NOT NULL DEFAULT 0, rating INTEGER CHECK (rating BETWEEN 1 AND 5)) STRICT, WITHOUT ROWID;
INSERT INTO "complaint" VALUES('ca94dedf-3369-4a12-8815-7738db1f0af6','003-000001-8','received','sms',NULL,'id',1790000000000,1790000000000,0,NULL);
CREATE TABLE complaint_personal (
	uuid TEXT PRIMARY KEY REFERENCES complaint (uuid),
	sender TEXT NOT NULL, -- the number it came from, '' when none
	name TEXT,
	address TEXT,
	text TEXT NOT NULL,
	pin TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "complaint_personal" VALUES('ca94dedf-3369-4a12-8815-7738db1f0af6','+628111',NULL,NULL,'Jalan rusak','9901');
CREATE TABLE contact (
	sender TEXT PRIMARY KEY,
	name TEXT,
	address TEXT,
	language TEXT,
	updated_ms INTEGER NOT NULL
, announcements INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE epoch (
	number INTEGER PRIMARY KEY,
	started_ms INTEGER NOT NULL,
	-- Once a later epoch began: the last seq of this one that the server has too.
	-- What lies after it was written on a restored copy and is restated in the next epoch.
	shared INTEGER
) STRICT;
INSERT INTO "epoch" VALUES(1,1790000000000,NULL);
CREATE TABLE event (
	epoch INTEGER NOT NULL REFERENCES epoch (number),
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	time_ms INTEGER NOT NULL,
	clock TEXT NOT NULL CHECK (clock IN ('ntp', 'gsm', 'rtc', 'guess')),
	boot INTEGER NOT NULL,
	actor TEXT NOT NULL,
	type TEXT NOT NULL,
	ticket TEXT,
	data TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "event" VALUES(1,1,'77a81066-cc66-4770-9844-294b3b81b9b2',1790000000000,'gsm',1,'kiosk','epoch.started',NULL,'{"reason":"new","previous_epoch":0,"previous_seq":0,"previous_hash":"0000000000000000000000000000000000000000000000000000000000000000"}','d50b8e23b9c1e9b0c574091bdbbf8d7badbf0e41a7753ce957e65a822f71a3c6');
INSERT INTO "event" VALUES(1,2,'f8e44fb5-a004-4fba-9f6d-999b5d95f3ab',1790000000000,'gsm',1,'complainant','complaint.received','003-000001-8','{"uuid":"ca94dedf-3369-4a12-8815-7738db1f0af6","channel":"sms","language":"id","personal":"b348114cf3e51ba3d308b7fbe9a9bf98ebb39fd3a8925eaf578014ecf8ad1323"}','dc329ff66016c479e213e2f761e00111c44a81e50d4ab488d540291c686b1805');
CREATE TABLE event_personal (
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	salt TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (epoch, seq),
	FOREIGN KEY (epoch, seq) REFERENCES event (epoch, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "event_personal" VALUES(1,2,'6343a4879d3f98dc6ddc7cbb3f8003a4','{"from":"+628111","name":null,"address":null,"text":"Jalan rusak","pin":"9901"}');
CREATE TABLE guess (
	sender TEXT PRIMARY KEY,
	failures INTEGER NOT NULL,
	since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE inbound_message (
	id INTEGER PRIMARY KEY,
	modem TEXT NOT NULL,
	sender TEXT NOT NULL,
	sender_type TEXT NOT NULL
		CHECK (sender_type IN ('international', 'national', 'alphanumeric', 'other')),
	text TEXT NOT NULL,
	service_centre_ms INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	parts INTEGER NOT NULL,
	parts_missing INTEGER NOT NULL DEFAULT 0,
	outcome TEXT NOT NULL, -- 'complaint', 'details', 'status', 'help', 'ignored: REASON'
	ticket TEXT
) STRICT;
CREATE TABLE inbound_part (
	pdu_id INTEGER PRIMARY KEY REFERENCES inbound_pdu (id),
	sender TEXT NOT NULL,
	sender_type TEXT NOT NULL,
	service_centre_ms INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	text BLOB NOT NULL,     -- UTF-16LE code units: pairs may be split over parts
	reference INTEGER NOT NULL,
	wide INTEGER NOT NULL,
	total INTEGER NOT NULL, -- 1 for a message of one part
	number INTEGER NOT NULL,
	message_id INTEGER REFERENCES inbound_message (id)
) STRICT;
CREATE TABLE inbound_pdu (
	id INTEGER PRIMARY KEY,
	modem TEXT NOT NULL,
	digest BLOB NOT NULL UNIQUE, -- SHA-256 of the PDU: seen again, it isn't taken twice
	pdu BLOB,                    -- NULL once erased
	received_ms INTEGER NOT NULL,
	clock TEXT NOT NULL,
	boot INTEGER NOT NULL,
	state TEXT NOT NULL DEFAULT 'raw' CHECK (state IN ('raw', 'decoded', 'unreadable')),
	crashes INTEGER NOT NULL DEFAULT 0, -- workers that died over it while it was alone
	reason TEXT
) STRICT;
CREATE TABLE outgoing_part (
	sms_id INTEGER NOT NULL REFERENCES outgoing_sms (id),
	number INTEGER NOT NULL, -- from 0
	state TEXT NOT NULL CHECK (state IN ('submitting', 'sent', 'delivered', 'failed')),
	modem TEXT NOT NULL,
	recipient TEXT NOT NULL,
	reference INTEGER, -- TP-MR, once known
	total INTEGER,
	submitted_ms INTEGER NOT NULL,
	report INTEGER, -- TP-ST
	PRIMARY KEY (sms_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE outgoing_sms (
	id INTEGER PRIMARY KEY,
	uuid TEXT NOT NULL UNIQUE,
	recipient TEXT NOT NULL,
	text TEXT NOT NULL,
	purpose TEXT NOT NULL, -- 'ticket', 'details', 'status', 'help', 'answer', 'question', …
	ticket TEXT,
	-- What it answers: never two answers to one message, nor to one command.
	inbound_id INTEGER UNIQUE REFERENCES inbound_message (id),
	command_id TEXT UNIQUE REFERENCES command (id),
	priority INTEGER NOT NULL, -- smaller goes first
	concat_reference INTEGER NOT NULL,
	modem TEXT,                -- the one to use; NULL: any
	state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
		('queued', 'submitted', 'sent', 'delivered', 'failed', 'expired')),
	attempts INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	not_before_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	reason TEXT
, rounds INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE session (
	channel TEXT NOT NULL,
	sender TEXT NOT NULL,
	topic TEXT NOT NULL,
	ticket TEXT,
	expires_ms INTEGER NOT NULL, data TEXT,
	PRIMARY KEY (channel, sender)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;
INSERT INTO "setting" VALUES('serial','1');
CREATE TABLE status_report (
	pdu_id INTEGER PRIMARY KEY REFERENCES inbound_pdu (id),
	recipient TEXT NOT NULL,
	reference INTEGER NOT NULL,
	status INTEGER NOT NULL,
	service_centre_ms INTEGER NOT NULL,
	discharged_ms INTEGER NOT NULL,
	sms_id INTEGER -- the message it was matched to
) STRICT;
CREATE TABLE sync (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	acked_epoch INTEGER NOT NULL DEFAULT 0, -- everything up to here is at the server
	acked_seq INTEGER NOT NULL DEFAULT 0,
	command_number INTEGER NOT NULL DEFAULT 0,
	command_id TEXT NOT NULL DEFAULT '',
	contact_ms INTEGER NOT NULL DEFAULT 0, -- last good answer
	trouble TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO "sync" VALUES(1,0,0,0,'',0,'');
CREATE INDEX event_ticket ON event (ticket) WHERE ticket IS NOT NULL;
CREATE TRIGGER event_append_only BEFORE UPDATE ON event
BEGIN SELECT RAISE (ABORT, 'the event log is append only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE (ABORT, 'the event log is append only'); END;
CREATE INDEX inbound_pdu_raw ON inbound_pdu (id) WHERE state = 'raw';
CREATE INDEX inbound_part_waiting ON inbound_part (sender, reference, total)
	WHERE message_id IS NULL;
CREATE INDEX complaint_personal_sender ON complaint_personal (sender);
CREATE INDEX command_taken ON command (number) WHERE state = 'taken';
CREATE INDEX command_ticket ON command (json_extract (body, '$.ticket'));
CREATE INDEX outgoing_sms_queued ON outgoing_sms (priority, id)
	WHERE state IN ('queued', 'submitted');
CREATE INDEX outgoing_part_reference ON outgoing_part (recipient, reference);
CREATE INDEX outgoing_part_served ON outgoing_part (recipient, submitted_ms);
CREATE INDEX outgoing_sms_waiting ON outgoing_sms (recipient, id)
	WHERE state IN ('queued', 'submitted');
CREATE INDEX outgoing_part_unsure ON outgoing_part (recipient, submitted_ms)
	WHERE state = 'submitting';
CREATE INDEX outgoing_sms_recent ON outgoing_sms (recipient, created_ms);
CREATE INDEX inbound_message_sender ON inbound_message (sender, id);
CREATE INDEX inbound_part_reference ON inbound_part (sender, reference, total);
CREATE INDEX command_uuid ON command (json_extract (body, '$.uuid'));
CREATE INDEX outgoing_part_lately ON outgoing_part (submitted_ms, modem);
CREATE INDEX inbound_pdu_unreadable ON inbound_pdu (id) WHERE state = 'unreadable';
CREATE INDEX outgoing_sms_given_up ON outgoing_sms (created_ms)
	WHERE state IN ('failed', 'expired');
CREATE INDEX inbound_part_message ON inbound_part (message_id);
COMMIT;
PRAGMA user_version=3;
