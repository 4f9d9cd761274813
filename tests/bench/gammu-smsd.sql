-- SPDX-License-Identifier: GPL-2.0-or-later
-- The tables of gammu-smsd's SQL service, version 17, by the column lists of its manual
-- ("SMSD Database Structure"), for SQLite. Made for each run of the bench.
CREATE TABLE gammu (Version INTEGER PRIMARY KEY);
INSERT INTO gammu VALUES (17);

CREATE TABLE inbox (
	UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	ReceivingDateTime NUMERIC NOT NULL DEFAULT (datetime('now')),
	Text TEXT NOT NULL,
	SenderNumber TEXT NOT NULL DEFAULT '',
	Coding TEXT NOT NULL DEFAULT 'Default_No_Compression',
	UDH TEXT NOT NULL,
	SMSCNumber TEXT NOT NULL DEFAULT '',
	Class INTEGER NOT NULL DEFAULT -1,
	TextDecoded TEXT NOT NULL DEFAULT '',
	ID INTEGER PRIMARY KEY AUTOINCREMENT,
	RecipientID TEXT NOT NULL,
	Processed TEXT NOT NULL DEFAULT 'false',
	Status INTEGER NOT NULL DEFAULT -1
);

CREATE TABLE outbox (
	UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	InsertIntoDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	SendingDateTime NUMERIC NOT NULL DEFAULT (datetime('now')),
	SendBefore TIME NOT NULL DEFAULT '23:59:59',
	SendAfter TIME NOT NULL DEFAULT '00:00:00',
	Text TEXT,
	DestinationNumber TEXT NOT NULL DEFAULT '',
	Coding TEXT NOT NULL DEFAULT 'Default_No_Compression',
	UDH TEXT,
	Class INTEGER DEFAULT -1,
	TextDecoded TEXT NOT NULL DEFAULT '',
	ID INTEGER PRIMARY KEY AUTOINCREMENT,
	MultiPart TEXT NOT NULL DEFAULT 'false',
	RelativeValidity INTEGER DEFAULT -1,
	SenderID TEXT,
	SendingTimeOut NUMERIC NOT NULL DEFAULT (datetime('now')),
	DeliveryReport TEXT DEFAULT 'default',
	CreatorID TEXT NOT NULL,
	Retries INTEGER DEFAULT 0,
	Priority INTEGER DEFAULT 0,
	Status TEXT NOT NULL DEFAULT 'Reserved',
	StatusCode INTEGER NOT NULL DEFAULT -1
);
CREATE INDEX outbox_date ON outbox (SendingDateTime, SendingTimeOut);
CREATE INDEX outbox_sender ON outbox (SenderID);

CREATE TABLE outbox_multipart (
	Text TEXT,
	Coding TEXT NOT NULL DEFAULT 'Default_No_Compression',
	UDH TEXT,
	Class INTEGER DEFAULT -1,
	TextDecoded TEXT,
	ID INTEGER,
	SequencePosition INTEGER NOT NULL DEFAULT 1,
	Status TEXT NOT NULL DEFAULT 'Reserved',
	StatusCode INTEGER NOT NULL DEFAULT -1,
	PRIMARY KEY (ID, SequencePosition)
);

CREATE TABLE sentitems (
	UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	InsertIntoDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	SendingDateTime NUMERIC NOT NULL DEFAULT (datetime('now')),
	DeliveryDateTime NUMERIC,
	Text TEXT NOT NULL,
	DestinationNumber TEXT NOT NULL DEFAULT '',
	Coding TEXT NOT NULL DEFAULT 'Default_No_Compression',
	UDH TEXT NOT NULL,
	SMSCNumber TEXT NOT NULL DEFAULT '',
	Class INTEGER NOT NULL DEFAULT -1,
	TextDecoded TEXT NOT NULL DEFAULT '',
	ID INTEGER,
	SenderID TEXT NOT NULL,
	SequencePosition INTEGER NOT NULL DEFAULT 1,
	Status TEXT NOT NULL DEFAULT 'SendingOK',
	StatusError INTEGER NOT NULL DEFAULT -1,
	TPMR INTEGER NOT NULL DEFAULT -1,
	RelativeValidity INTEGER NOT NULL DEFAULT -1,
	CreatorID TEXT NOT NULL,
	StatusCode INTEGER NOT NULL DEFAULT -1,
	PRIMARY KEY (ID, SequencePosition)
);
CREATE INDEX sentitems_date ON sentitems (DeliveryDateTime);
CREATE INDEX sentitems_tpmr ON sentitems (TPMR);
CREATE INDEX sentitems_dest ON sentitems (DestinationNumber);
CREATE INDEX sentitems_sender ON sentitems (SenderID);

CREATE TABLE phones (
	ID TEXT NOT NULL,
	UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	InsertIntoDB NUMERIC NOT NULL DEFAULT (datetime('now')),
	TimeOut NUMERIC NOT NULL DEFAULT (datetime('now')),
	Send TEXT NOT NULL DEFAULT 'no',
	Receive TEXT NOT NULL DEFAULT 'no',
	IMEI TEXT PRIMARY KEY NOT NULL,
	IMSI TEXT NOT NULL,
	NetCode TEXT DEFAULT 'ERROR',
	NetName TEXT DEFAULT 'ERROR',
	Client TEXT NOT NULL,
	Battery INTEGER NOT NULL DEFAULT -1,
	Signal INTEGER NOT NULL DEFAULT -1,
	Sent INTEGER NOT NULL DEFAULT 0,
	Received INTEGER NOT NULL DEFAULT 0
);
