-- A duty that comes back opens its next occurrence once: `followed` is set on the occurrence that has its successor, or
-- whose series has ended. The index holds the newest occurrence of each series and nothing else.
ALTER TABLE obligation ADD COLUMN followed INTEGER NOT NULL DEFAULT 0 CHECK (followed IN (0, 1));
CREATE INDEX obligation_unfollowed ON obligation (id) WHERE occurrence <> '' AND followed = 0;
