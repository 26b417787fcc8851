-- What happened, in order. Lines are only ever added; each carries the hash of the line before it, so a changed,
-- removed or reordered line shows.
CREATE TABLE journal (
    seq           INTEGER PRIMARY KEY,
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    verb          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    before        TEXT,
    after         TEXT,
    reason        TEXT,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX journal_subject ON journal (subject);
