-- Reminders, messages, attempts: who was told what, and what the relay said.

-- One mail to one recipient. `raw` is frozen before the first attempt and sent unchanged by every retry.
CREATE TABLE message (
    id              INTEGER PRIMARY KEY,
    message_id      TEXT NOT NULL UNIQUE,
    contact_id      INTEGER REFERENCES contact (id),
    kind            TEXT NOT NULL CHECK (kind IN ('reminder', 'operator')),
    sender          TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    subject         TEXT NOT NULL,
    raw             BLOB NOT NULL,
    raw_sha256      TEXT NOT NULL,
    day_on          TEXT NOT NULL CHECK (day_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    urgency         INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'deferred', 'unknown', 'held',
                                                   'accepted', 'dead', 'expired', 'cancelled')),
    held_reason     TEXT,
    sealed_at       INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    unknowns        INTEGER NOT NULL DEFAULT 0,
    lease_token     INTEGER NOT NULL DEFAULT 0,
    lease_until_at  INTEGER,
    accepted_at     INTEGER,
    last_stage      TEXT,
    last_class      TEXT,
    last_code       INTEGER,
    last_reply      TEXT,
    CHECK ((state = 'leased') = (lease_until_at IS NOT NULL)),
    CHECK ((state = 'accepted') = (accepted_at IS NOT NULL)),
    CHECK ((state = 'held') = (held_reason IS NOT NULL))
) STRICT;
CREATE INDEX message_due ON message (urgency DESC, next_attempt_at, id) WHERE state IN ('ready', 'deferred', 'unknown');
CREATE INDEX message_leased ON message (lease_until_at) WHERE state = 'leased';
CREATE INDEX message_contact_day ON message (contact_id, day_on);
CREATE INDEX message_accepted ON message (accepted_at) WHERE state = 'accepted';

-- The decision that one contact must be told of one rung of one assignment. `key` has no time in it: obligation,
-- occurrence, deadline version, assignment, rung, contact. It is never deleted while the obligation exists, so nothing is told twice.
CREATE TABLE reminder (
    id               INTEGER PRIMARY KEY,
    key              TEXT NOT NULL UNIQUE,
    obligation_id    INTEGER NOT NULL REFERENCES obligation (id),
    assignment_id    INTEGER NOT NULL REFERENCES assignment (id),
    deadline_version INTEGER NOT NULL,
    rung             TEXT NOT NULL,
    repeat           INTEGER NOT NULL DEFAULT 0,
    role             TEXT NOT NULL CHECK (role IN ('responsible', 'lead', 'supervisor')),
    rank             TEXT NOT NULL CHECK (rank IN ('handler', 'head', 'leader')),
    tone             TEXT NOT NULL CHECK (tone IN ('notice', 'warn', 'overdue', 'circular')),
    contact_id       INTEGER REFERENCES contact (id),
    state            TEXT NOT NULL CHECK (state IN ('planned', 'sealed', 'told', 'covered', 'blocked', 'void',
                                                    'undeliverable')),
    reason           TEXT,
    covered_by       TEXT,
    message_id       INTEGER REFERENCES message (id),
    planned_at       INTEGER NOT NULL,
    told_at          INTEGER,
    CHECK (state NOT IN ('sealed', 'told') OR message_id IS NOT NULL)
) STRICT;
CREATE INDEX reminder_assignment ON reminder (assignment_id);
CREATE INDEX reminder_message ON reminder (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX reminder_planned ON reminder (contact_id) WHERE state = 'planned';

-- One try to hand a message to the relay. `dot_at` is committed just before the final dot of DATA: without it a
-- crash means "not delivered", with it "unknown".
CREATE TABLE attempt (
    message_id  INTEGER NOT NULL REFERENCES message (id),
    n           INTEGER NOT NULL,
    lease_token INTEGER NOT NULL,
    claimed_at  INTEGER NOT NULL,
    dot_at      INTEGER,
    ended_at    INTEGER,
    stage       TEXT,
    class       TEXT,
    code        INTEGER,
    reply       TEXT,
    PRIMARY KEY (message_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_open ON attempt (message_id) WHERE ended_at IS NULL;

-- The relay or one domain is in trouble: nothing is sent there but one probe at `next_probe_at`.
CREATE TABLE circuit (
    scope         TEXT PRIMARY KEY,
    reason        TEXT NOT NULL,
    opened_at     INTEGER NOT NULL,
    next_probe_at INTEGER NOT NULL,
    failures      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What needs a person. `key` keeps one open item per cause.
CREATE TABLE operator_item (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;

-- One row: which installation this ledger belongs to, and the clock it last saw.
CREATE TABLE instance (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    uuid         TEXT NOT NULL,
    adopted_at   INTEGER NOT NULL,
    last_pass_at INTEGER,
    last_seen_at INTEGER
) STRICT;
