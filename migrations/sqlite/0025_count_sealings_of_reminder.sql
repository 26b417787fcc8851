-- How often a reminder has been put into a message. What is taken back before it was sent, and owed again later, goes out
-- in another message: the Message-ID is derived from the keys of the reminders and from this number.
ALTER TABLE reminder ADD COLUMN sealings INTEGER NOT NULL DEFAULT 0;

-- In older ledgers nobody has counted: whatever is in no message may have been in one.
UPDATE reminder SET sealings = 1 WHERE message_id IS NOT NULL OR state IN ('planned', 'blocked', 'void', 'undeliverable');
