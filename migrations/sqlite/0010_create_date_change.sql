-- What a new version of a deadline has replaced, and the paper that did it: those who know the old dates are told of the
-- new ones, once. The reminder that tells it has the rung `date.moved`, a name no ladder can have.
CREATE TABLE date_change (
    obligation_id    INTEGER NOT NULL REFERENCES obligation (id),
    deadline_version INTEGER NOT NULL,
    due_on           TEXT CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_at           INTEGER,
    act_by_on        TEXT CHECK (act_by_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    earliest_on      TEXT CHECK (earliest_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    provisional      INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    paper            TEXT NOT NULL,
    changed_at       INTEGER NOT NULL,
    PRIMARY KEY (obligation_id, deadline_version)
) STRICT, WITHOUT ROWID;
