-- The bytes of a message in a table of their own: its row changes three times on the way to the relay, and with the
-- bytes in it each change would write all of them again.
CREATE TABLE message_raw (
    id  INTEGER PRIMARY KEY REFERENCES message (id),
    raw BLOB NOT NULL
) STRICT;
INSERT INTO message_raw (id, raw) SELECT id, raw FROM message;
ALTER TABLE message DROP COLUMN raw;
