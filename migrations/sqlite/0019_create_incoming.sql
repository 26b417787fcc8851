-- Mails that came in: reports on delivery, answers, and what was passed over. The digest is that of the bytes, so that a
-- mail handed in twice is taken once. Strays (about no mail of ours) are only counted.
CREATE TABLE incoming (
    digest     TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('bounce', 'delay', 'delivery', 'returned', 'automatic', 'answer', 'stray')),
    message_id INTEGER REFERENCES message (id),
    detail     TEXT NOT NULL,
    taken_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incoming_message ON incoming (message_id) WHERE message_id IS NOT NULL;

-- What was reported of a message after the relay had accepted it; a bounced one has reached nobody.
ALTER TABLE message ADD COLUMN reported TEXT CHECK (reported IN ('delayed', 'delivered', 'bounced'));
