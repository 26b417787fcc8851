-- The ledger (台账): obligations, who owes them, what moved their clocks.

-- A ladder as it stood when an obligation started; never changed, only added to. `hash` is that of `body`.
CREATE TABLE ladder_version (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One dated duty (事项), or one occurrence of a duty that comes back (`occurrence` names the period, '' otherwise).
-- Inputs first; `due_on` to `deadline_version` are a projection of them and are worked out again, never edited.
CREATE TABLE obligation (
    id               INTEGER PRIMARY KEY,
    ref              TEXT NOT NULL CHECK (ref <> ''),
    occurrence       TEXT NOT NULL DEFAULT '',
    title            TEXT NOT NULL CHECK (title <> ''),
    written          TEXT NOT NULL,
    term             TEXT NOT NULL,
    anchor_on        TEXT CHECK (anchor_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    anchor_at        INTEGER,
    rule             TEXT,
    rule_version     TEXT,
    internal         INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
    source           TEXT NOT NULL DEFAULT '',
    note             TEXT NOT NULL DEFAULT '',
    ladder           TEXT NOT NULL,
    ladder_hash      TEXT REFERENCES ladder_version (hash),
    part_of_id       INTEGER REFERENCES obligation (id),
    starts_on        TEXT,
    ends_on          TEXT,
    silent_until_on  TEXT,
    registered_at    INTEGER NOT NULL,
    state            TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'withdrawn')),
    due_on           TEXT CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_at           INTEGER,
    act_by_on        TEXT CHECK (act_by_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    earliest_on      TEXT CHECK (earliest_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    provisional      INTEGER NOT NULL DEFAULT 0 CHECK (provisional IN (0, 1)),
    calendar_version TEXT,
    deadline_version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (ref, occurrence)
) STRICT;
CREATE INDEX obligation_due ON obligation (due_on) WHERE state = 'open';
CREATE INDEX obligation_provisional ON obligation (id) WHERE state = 'open' AND provisional = 1;

-- Units and groups as the document names them; `position` keeps its order.
CREATE TABLE party (
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    role          TEXT NOT NULL CHECK (role IN ('lead', 'responsible')),
    position      INTEGER NOT NULL,
    unit_id       INTEGER NOT NULL REFERENCES unit (id),
    PRIMARY KEY (obligation_id, role, position),
    UNIQUE (obligation_id, role, unit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_unit ON party (unit_id);

-- One responsible unit's share (任务); groups are expanded to their members when the obligation is registered.
-- `next_look_on` is the first day on which the planner has anything to ask about it: a pass reads this index and
-- nothing else, so its cost follows what is due and not what is stored.
CREATE TABLE assignment (
    id              INTEGER PRIMARY KEY,
    obligation_id   INTEGER NOT NULL REFERENCES obligation (id),
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    state           TEXT NOT NULL DEFAULT 'open'
                    CHECK (state IN ('open', 'acknowledged', 'reported', 'closed', 'withdrawn')),
    acknowledged_at INTEGER,
    reported_at     INTEGER,
    done_on         TEXT CHECK (done_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    evidence        TEXT,
    closed_at       INTEGER,
    next_look_on    TEXT CHECK (next_look_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    UNIQUE (obligation_id, unit_id)
) STRICT;
CREATE INDEX assignment_look ON assignment (next_look_on)
    WHERE next_look_on IS NOT NULL AND state IN ('open', 'acknowledged');
CREATE INDEX assignment_unit ON assignment (unit_id);

-- What moved a running clock, in the order it was recorded.
CREATE TABLE adjustment (
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    position      INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('extend', 'suspend', 'resume', 'restart')),
    effective_on  TEXT NOT NULL CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    amount        TEXT,
    ground        TEXT,
    reason        TEXT NOT NULL DEFAULT '',
    recorded_at   INTEGER NOT NULL,
    PRIMARY KEY (obligation_id, position)
) STRICT, WITHOUT ROWID;

-- One event that counts towards a quota (每年不少于4次).
CREATE TABLE counted_event (
    id            INTEGER PRIMARY KEY,
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    unit_id       INTEGER NOT NULL REFERENCES unit (id),
    happened_on   TEXT NOT NULL CHECK (happened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    what          TEXT NOT NULL,
    recorded_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX counted_event_obligation ON counted_event (obligation_id, unit_id);
