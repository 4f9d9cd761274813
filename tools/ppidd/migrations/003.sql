-- Version 3: whom a complaint is about, as its complainant says: office, official, agency or
-- other; NULL where nobody said. What is about the office isn't for its own accounts.
ALTER TABLE complaint ADD COLUMN about TEXT;
