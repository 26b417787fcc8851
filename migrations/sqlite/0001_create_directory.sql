-- Units, groups, contacts: who is told.
-- Civil dates are TEXT YYYY-MM-DD in columns `_on`; instants are INTEGER Unix seconds UTC in columns `_at`.

-- A unit (单位) or a group (单位组). A group is a unit that has rows in group_member.
CREATE TABLE unit (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''),
    parent_id INTEGER REFERENCES unit (id)
) STRICT;

-- Other names of a unit. The importer keeps aliases and names apart: no alias equals a name of another unit.
CREATE TABLE unit_alias (
    alias   TEXT PRIMARY KEY CHECK (alias <> ''),
    unit_id INTEGER NOT NULL REFERENCES unit (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_alias_unit ON unit_alias (unit_id);

CREATE TABLE group_member (
    group_id  INTEGER NOT NULL REFERENCES unit (id),
    member_id INTEGER NOT NULL REFERENCES unit (id),
    PRIMARY KEY (group_id, member_id),
    CHECK (group_id <> member_id)
) STRICT, WITHOUT ROWID;

-- A person's post. Unit, rank and name identify it, so that a new address changes it in place.
CREATE TABLE contact (
    id              INTEGER PRIMARY KEY,
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    name            TEXT NOT NULL CHECK (name <> ''),
    address         TEXT NOT NULL CHECK (address <> ''),
    rank            TEXT NOT NULL CHECK (rank IN ('handler', 'head', 'leader')),
    away_from_on    TEXT CHECK (away_from_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    away_through_on TEXT CHECK (away_through_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    delegate_id     INTEGER REFERENCES contact (id),
    retired_at      INTEGER,
    UNIQUE (unit_id, rank, name)
) STRICT;

-- Addresses that a relay or a bounce called unknown: nothing is sent there until the address changes.
CREATE TABLE suppression (
    address  TEXT PRIMARY KEY,
    reason   TEXT NOT NULL,
    since_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
