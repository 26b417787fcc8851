-- The version of all the law a date was worked out under: calendars, rules, conventions. Every pass asks which open
-- obligations stand under another one; an answer of none must cost nothing. Takes the place of the same question about
-- the calendar alone. NULL: worked out before this column, so it is asked again once.
ALTER TABLE obligation ADD COLUMN law_version TEXT;
DROP INDEX obligation_calendar;
CREATE INDEX obligation_law ON obligation (law_version) WHERE state = 'open';

-- What starts on the day this duty is really done: references of duties that wait for it, or names of rules; a JSON array
-- in the document's order.
ALTER TABLE obligation ADD COLUMN then_starts TEXT NOT NULL DEFAULT '[]';
CREATE INDEX obligation_chain ON obligation (id) WHERE then_starts <> '[]';
