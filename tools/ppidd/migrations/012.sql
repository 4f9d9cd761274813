-- Version 12: a large office. Words to find complaints by, and indexes that hold what lists count.

-- Each word of a complaint's text, name, address, number and ticket, in lower case: words.h. Personal:
-- whoever erases a complaint calls words_forget().
CREATE TABLE complaint_word_personal (
	place BIGINT NOT NULL,    -- complaint.word_place
	word TEXT NOT NULL,
	identity BIGINT NOT NULL, -- 1: of name, address or number, which a confidential complaint hides
	PRIMARY KEY (place, word, identity)
);
CREATE INDEX complaint_word ON complaint_word_personal (word, place);
-- Newest highest; NULL until its words are there.
ALTER TABLE complaint ADD COLUMN word_place BIGINT;
CREATE INDEX complaint_word_place ON complaint (word_place);

-- As before with whom it is about: what a reader may see is counted without opening each complaint.
DROP INDEX complaint_due;
DROP INDEX complaint_mine;
DROP INDEX complaint_unassigned;
DROP INDEX complaint_waiting;
CREATE INDEX complaint_due ON complaint (due_ms, uuid, about) WHERE due_ms IS NOT NULL;
CREATE INDEX complaint_mine ON complaint (officer, due_ms, uuid, about) WHERE due_ms IS NOT NULL;
CREATE INDEX complaint_unassigned ON complaint (due_ms, uuid, about) WHERE due_ms IS NOT NULL AND officer IS NULL;
CREATE INDEX complaint_waiting ON complaint (stopped_ms, uuid, about) WHERE stopped_ms IS NOT NULL;
-- Reports of one kiosk.
CREATE INDEX complaint_of_kiosk ON complaint (kiosk, created_ms, uuid);
