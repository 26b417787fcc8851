-- The ledger (台账).
-- Civil dates are TEXT YYYY-MM-DD in columns `_on`; instants are INTEGER Unix seconds UTC in columns `_at`.
-- `uid` is a UUID version 7 in 32 lower-case hex digits: no two ledgers share one, and a restored ledger never hands one out
-- again. What leaves the ledger (Message-IDs, calendar entries) is made of uids, never of row numbers (`id`).

-- One row: the identity of the ledger, made when it is created. Copies and backups keep it: they are the same ledger.
-- secret: the key of the HMAC that makes Message-IDs; whoever knows it can name messages, so it is never shown.
CREATE TABLE ledger (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    uid      TEXT NOT NULL CHECK (length(uid) = 32),
    secret   BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Who is told: units, groups, contacts.

-- A unit (单位) or a group (单位组). A group is a unit that has rows in group_member.
-- retired_at: it has been merged into the unit `merged_into_id`, or abolished; what it did stays under its name.
CREATE TABLE unit (
    id             INTEGER PRIMARY KEY,
    uid            TEXT NOT NULL UNIQUE CHECK (length(uid) = 32),
    name           TEXT NOT NULL CHECK (name <> ''),
    parent_id      INTEGER REFERENCES unit (id),
    retired_at     INTEGER,
    merged_into_id INTEGER REFERENCES unit (id),
    CHECK (merged_into_id IS NULL OR retired_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX unit_in_office ON unit (name) WHERE retired_at IS NULL;
CREATE INDEX unit_retired ON unit (name) WHERE retired_at IS NOT NULL;

-- Names that a unit had before (更名), each through the day before `until_on`: what ended by then is shown under it.
CREATE TABLE former_name (
    unit_id  INTEGER NOT NULL REFERENCES unit (id),
    until_on TEXT NOT NULL CHECK (until_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    name     TEXT NOT NULL CHECK (name <> ''),
    PRIMARY KEY (unit_id, until_on)
) STRICT, WITHOUT ROWID;

-- Other names of a unit. The importer keeps aliases and names apart: no alias equals the name of another unit.
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

-- A contact (联系人): a person's post. Unit, rank and name identify it among those in office, so a new address is an update
-- of the same row. Who leaves the post is retired; the successor is another row, so that it stays on record who was told.
--
-- address_key: the HMAC of the address under the ledger's secret, by which the list of suppressed mailboxes finds it.
-- address_check: part of the digest of the address; a mail is composed only when it agrees, so that what the disk has
-- damaged is sent to nobody else.
-- erase_after_at: somebody ordered that name and address be erased; it may be done after this moment.
CREATE TABLE contact (
    id              INTEGER PRIMARY KEY,
    uid             TEXT NOT NULL UNIQUE CHECK (length(uid) = 32),
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    name            TEXT NOT NULL CHECK (name <> ''),
    address         TEXT NOT NULL CHECK (address <> ''),
    address_key     TEXT NOT NULL DEFAULT '',
    address_check   TEXT NOT NULL,
    rank            TEXT NOT NULL CHECK (rank IN ('handler', 'head', 'leader')),
    retired_at      INTEGER,
    erase_after_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX contact_in_office ON contact (unit_id, rank, name) WHERE retired_at IS NULL;
CREATE INDEX contact_unit ON contact (unit_id);
CREATE INDEX contact_mailbox ON contact (address_key);

-- When a contact is away (外出), from the first through the last day, and who of the same unit stands in. The absences of
-- one contact have no day in common.
CREATE TABLE absence (
    contact_id  INTEGER NOT NULL REFERENCES contact (id),
    from_on     TEXT NOT NULL CHECK (from_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    through_on  TEXT NOT NULL CHECK (through_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    delegate_id INTEGER REFERENCES contact (id),
    PRIMARY KEY (contact_id, from_on),
    CHECK (from_on <= through_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX absence_delegate ON absence (delegate_id) WHERE delegate_id IS NOT NULL;

-- Mailboxes that a relay or a bounce reported as unknown: nothing is sent to them until an operator says otherwise. Only
-- the HMAC of the address is kept, so that the list still works after a person's data was erased.
CREATE TABLE suppression (
    address_key TEXT PRIMARY KEY CHECK (address_key <> ''),
    reason      TEXT NOT NULL,
    since_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------------------------------
-- The calendars that dates are computed on.

-- Notices (放假安排通知) loaded with `import calendar`, each as the text of its file. Of several for one year the one with
-- the highest id is in force. No row is ever changed or removed, so every calendar version can be rebuilt.
CREATE TABLE calendar_notice (
    id               INTEGER PRIMARY KEY,
    year             INTEGER NOT NULL,
    file             TEXT NOT NULL CHECK (file <> ''),
    body             TEXT NOT NULL,
    calendar_version TEXT NOT NULL,
    imported_at      INTEGER NOT NULL,
    imported_by      TEXT NOT NULL
) STRICT;
CREATE INDEX calendar_notice_year ON calendar_notice (year, id);

-- Every calendar that dates were computed on, as canonical text (src/domain/calendar/text.rs). An obligation names its
-- version, so its date can be explained with the same days years later, whatever was imported since.
CREATE TABLE calendar_version (
    version TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Obligations, who owes them, what moved their dates.

-- A ladder as it stood when an obligation started. Rows are only added; `hash` is that of `body`.
CREATE TABLE ladder_version (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A list of duties (任务清单): the document or the table they come from, under its title and document number or the name of
-- its file. A reference (编号) identifies a duty within its list: row 3 of another list is another duty. The first list
-- takes what is registered one by one.
CREATE TABLE list (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;
INSERT INTO list (id, name) VALUES (1, '日常登记');

-- One table taken in with `import obligations`; `id` is the number that `undo --import` takes.
CREATE TABLE import (
    id          INTEGER PRIMARY KEY,
    list_id     INTEGER NOT NULL REFERENCES list (id),
    file        TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    added       INTEGER NOT NULL DEFAULT 0,
    revised     INTEGER NOT NULL DEFAULT 0,
    withdrawn   INTEGER NOT NULL DEFAULT 0,
    undone_at   INTEGER
) STRICT;
CREATE INDEX import_list ON import (list_id);

-- One dated duty (事项), or one occurrence of a series (`occurrence` names the period, '' otherwise).
--
-- `ref` to `silent_until_on` are inputs, except `rule_version` and `ladder_hash`. `due_on` to `deadline_version` are a
-- projection of the inputs (with `rule_version`): they are computed again, never edited. `law_version` names all
-- calendars, rules and conventions the projection was computed under; `method` how it was counted, as
-- `after first-day-counts event-is-day-zero`, so that an ended date is explained as it was reached.
--
-- note: 备注, of the office alone; instructions: 说明, printed in mails.
-- list_id: the list it belongs to; `ref` identifies it there. import_id: the import that registered it, if one did.
-- part_of: 属于: a quota inside a quota (每年不少于4次，其中…不少于2次) names the whole by its reference, in the list
-- `part_of_list_id` or, without one, in its own; occurrences of the same period belong together.
-- follow_ups: 接续: what starts on the day this obligation is completed: references of obligations or names of rules, a
-- JSON array in the document's order.
-- follow_up_state: NULL until the obligation is completed; 'due' from the transaction that completes it until its
-- follow-ups are registered; 'started' from then on. Every pass processes the rows that are 'due'. Under a rule whose
-- follow-ups start at expiry it is 'started' from the first pass after `due_on`, too.
-- has_successor: 1 when the next occurrence of the series is registered, or when the series has ended. The index holds
-- the newest occurrence of each running series and nothing else.
CREATE TABLE obligation (
    id               INTEGER PRIMARY KEY,
    uid              TEXT NOT NULL UNIQUE CHECK (length(uid) = 32),
    list_id          INTEGER NOT NULL DEFAULT 1 REFERENCES list (id),
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
    part_of          TEXT CHECK (part_of <> ''),
    part_of_list_id  INTEGER REFERENCES list (id),
    follow_ups       TEXT NOT NULL DEFAULT '[]',
    source           TEXT NOT NULL DEFAULT '',
    note             TEXT NOT NULL DEFAULT '',
    instructions     TEXT NOT NULL DEFAULT '',
    ladder           TEXT NOT NULL,
    ladder_hash      TEXT REFERENCES ladder_version (hash),
    ends_on          TEXT CHECK (ends_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    silent_until_on  TEXT CHECK (silent_until_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    import_id        INTEGER REFERENCES import (id),
    registered_at    INTEGER NOT NULL,
    state            TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'withdrawn')),
    follow_up_state  TEXT CHECK (follow_up_state IN ('due', 'started')),
    has_successor    INTEGER NOT NULL DEFAULT 0 CHECK (has_successor IN (0, 1)),
    due_on           TEXT CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_at           INTEGER,
    act_by_on        TEXT CHECK (act_by_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    earliest_on      TEXT CHECK (earliest_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    provisional      INTEGER NOT NULL DEFAULT 0 CHECK (provisional IN (0, 1)),
    calendar_version TEXT,
    law_version      TEXT,
    method           TEXT,
    deadline_version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (ref, list_id, occurrence)
) STRICT;
CREATE INDEX obligation_list ON obligation (list_id);
CREATE INDEX obligation_due ON obligation (due_on, id) WHERE state = 'open' AND due_on IS NOT NULL;
-- Every pass asks which open obligations were computed under another law; the answer "none" must cost nothing.
CREATE INDEX obligation_law ON obligation (law_version) WHERE state = 'open';
CREATE INDEX obligation_newest ON obligation (id) WHERE occurrence <> '' AND has_successor = 0;
-- Clocks in hours, which are planned day and night.
CREATE INDEX obligation_in_hours ON obligation (id) WHERE due_at IS NOT NULL AND state = 'open';
CREATE INDEX obligation_silent ON obligation (silent_until_on) WHERE silent_until_on IS NOT NULL;
CREATE INDEX obligation_follow_ups ON obligation (id) WHERE follow_ups <> '[]';
CREATE INDEX obligation_follow_up_due ON obligation (id) WHERE follow_up_state = 'due';
-- Every pass asks which open obligations under a few rules have expired with their follow-ups not started.
CREATE INDEX obligation_rule ON obligation (rule, due_on)
    WHERE rule IS NOT NULL AND state = 'open' AND follow_up_state IS NULL;
CREATE INDEX obligation_part ON obligation (part_of, occurrence) WHERE part_of IS NOT NULL;

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
--
-- is_owed: the unit still has to do the work. The one place where SQL names the states that mean so.
-- has_left: 1 for a share withdrawn because the document (or the group) no longer names the unit; named again, the unit
-- owes it again. A share withdrawn by a person is 0 and stays withdrawn.
-- given_at: when the unit got the share, where that was later than the registration: its ladder begins on that day.
-- moved_to_id: it was given to the wrong unit; this one owes it. The share stays on record, withdrawn.
-- next_plan_on: the first day on which the planner has to plan this assignment again. A pass reads this index only, so
-- its cost follows what is due and not what is stored.
CREATE TABLE assignment (
    id              INTEGER PRIMARY KEY,
    obligation_id   INTEGER NOT NULL REFERENCES obligation (id),
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    state           TEXT NOT NULL DEFAULT 'open'
                    CHECK (state IN ('open', 'acknowledged', 'reported', 'closed', 'withdrawn')),
    is_owed         INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('open', 'acknowledged')) VIRTUAL,
    has_left        INTEGER NOT NULL DEFAULT 0 CHECK (has_left = 0 OR (has_left = 1 AND state = 'withdrawn')),
    acknowledged_at INTEGER,
    reported_at     INTEGER,
    done_on         TEXT CHECK (done_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    evidence        TEXT,
    closed_at       INTEGER,
    given_at        INTEGER,
    moved_to_id     INTEGER REFERENCES unit (id),
    next_plan_on    TEXT CHECK (next_plan_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    UNIQUE (obligation_id, unit_id)
) STRICT;
CREATE INDEX assignment_plan ON assignment (next_plan_on) WHERE next_plan_on IS NOT NULL AND is_owed;
-- Shares that no pass looks at: their ladder has ended, or they have no date.
CREATE INDEX assignment_unplanned ON assignment (obligation_id) WHERE next_plan_on IS NULL AND is_owed;
CREATE INDEX assignment_unit ON assignment (unit_id);

-- What an import did to duties that were in the ledger already: `former` holds, as JSON, how each stood before.
CREATE TABLE import_change (
    import_id     INTEGER NOT NULL REFERENCES import (id),
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    kind          TEXT NOT NULL CHECK (kind IN ('revised', 'withdrawn')),
    former        TEXT NOT NULL,
    PRIMARY KEY (import_id, obligation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_change_obligation ON import_change (obligation_id);

-- What moved a running clock (延期, 中止, 恢复, 重新起算), in the order it was recorded. A wrong entry is struck and stays.
CREATE TABLE adjustment (
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    position      INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('extend', 'suspend', 'resume', 'restart')),
    effective_on  TEXT NOT NULL CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    amount        TEXT,
    ground        TEXT,
    reason        TEXT NOT NULL DEFAULT '',
    recorded_at   INTEGER NOT NULL,
    struck_at     INTEGER,
    PRIMARY KEY (obligation_id, position)
) STRICT, WITHOUT ROWID;

-- The dates that a new deadline version has replaced, and the paper that moved them: whoever knows the old dates is told
-- of the new ones once. corrects: the old dates followed from a wrong entry.
CREATE TABLE date_change (
    obligation_id    INTEGER NOT NULL REFERENCES obligation (id),
    deadline_version INTEGER NOT NULL,
    due_on           TEXT CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_at           INTEGER,
    act_by_on        TEXT CHECK (act_by_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    earliest_on      TEXT CHECK (earliest_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    provisional      INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    paper            TEXT NOT NULL,
    corrects         INTEGER NOT NULL DEFAULT 0 CHECK (corrects IN (0, 1)),
    changed_at       INTEGER NOT NULL,
    PRIMARY KEY (obligation_id, deadline_version)
) STRICT, WITHOUT ROWID;

-- Each change of the state of a share, with how the share stood before: what a person takes back is struck and stays.
CREATE TABLE state_change (
    id              INTEGER PRIMARY KEY,
    assignment_id   INTEGER NOT NULL REFERENCES assignment (id),
    from_state      TEXT NOT NULL,
    to_state        TEXT NOT NULL,
    done_on         TEXT,
    evidence        TEXT,
    acknowledged_at INTEGER,
    reported_at     INTEGER,
    closed_at       INTEGER,
    changed_at      INTEGER NOT NULL,
    struck_at       INTEGER
) STRICT;
CREATE INDEX state_change_assignment ON state_change (assignment_id);

-- What somebody was told of a share and is wrong (更正, 撤销). `kind` says what is right, with a unit or a day in `detail`;
-- `number` counts from 1 within the share. Those who were told it hear it once: reminders with the rung 'notice.corrected'.
CREATE TABLE correction (
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('wrong-unit', 'withdrawn', 'restored', 'done-in-time', 'done')),
    detail        TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    made_at       INTEGER NOT NULL,
    PRIMARY KEY (assignment_id, number)
) STRICT, WITHOUT ROWID;

-- One event that counts towards a quota (每年不少于4次). A wrong entry is struck and stays.
CREATE TABLE counted_event (
    id            INTEGER PRIMARY KEY,
    obligation_id INTEGER NOT NULL REFERENCES obligation (id),
    unit_id       INTEGER NOT NULL REFERENCES unit (id),
    happened_on   TEXT NOT NULL CHECK (happened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    what          TEXT NOT NULL,
    recorded_at   INTEGER NOT NULL,
    struck_at     INTEGER
) STRICT;
CREATE INDEX counted_event_obligation ON counted_event (obligation_id, unit_id);

-- ---------------------------------------------------------------------------------------------------------------------
-- The outbox: reminders, messages, attempts.

-- One mail to one recipient; its bytes are frozen before the first attempt and every retry sends them unchanged.
--
-- recipient_key: the HMAC of the recipient's address, as in contact.address_key.
-- bytes_sha256, envelope_sha256: of the bytes, and of Message-ID, sender, recipient and subject, as they were sealed; a
-- sender compares them, so that what the disk has damaged is not sent.
-- is_sendable: a sender may claim it.
-- haste: `day-mail` for the one mail of a contact and working day; the others go out beside it, `any-hour` also outside
-- mail hours.
-- held_reason: why it waits for a person.
-- unknowns: attempts whose outcome is unknown, because the connection ended after the final dot of DATA.
-- lease_token: counts the leases; a write with an older token is refused.
-- bytes_erased_at: the bytes were deleted on purpose; their digest stays.
-- reported: what a delivery report said after the relay had accepted it; a bounced message has reached nobody.
CREATE TABLE message (
    id              INTEGER PRIMARY KEY,
    message_id      TEXT NOT NULL UNIQUE,
    contact_id      INTEGER REFERENCES contact (id),
    kind            TEXT NOT NULL CHECK (kind IN ('reminder', 'operator')),
    sender          TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    recipient_domain TEXT NOT NULL GENERATED ALWAYS AS (substr(recipient, instr(recipient, '@') + 1)) VIRTUAL,
    recipient_key   TEXT NOT NULL DEFAULT '',
    subject         TEXT NOT NULL,
    bytes_sha256    TEXT NOT NULL,
    envelope_sha256 TEXT NOT NULL,
    day_on          TEXT NOT NULL CHECK (day_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    urgency         INTEGER NOT NULL,
    haste           TEXT NOT NULL DEFAULT 'day-mail' CHECK (haste IN ('day-mail', 'beside', 'any-hour')),
    state           TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'deferred', 'unknown', 'held',
                                                   'accepted', 'dead', 'expired', 'cancelled')),
    is_sendable     INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('ready', 'deferred', 'unknown')) VIRTUAL,
    held_reason     TEXT,
    sealed_at       INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    unknowns        INTEGER NOT NULL DEFAULT 0,
    lease_token     INTEGER NOT NULL DEFAULT 0,
    lease_until_at  INTEGER,
    accepted_at     INTEGER,
    bytes_erased_at INTEGER,
    last_stage      TEXT,
    last_class      TEXT,
    last_code       INTEGER,
    last_reply      TEXT,
    reported        TEXT CHECK (reported IN ('delayed', 'delivered', 'bounced')),
    CHECK ((state = 'leased') = (lease_until_at IS NOT NULL)),
    CHECK ((state = 'accepted') = (accepted_at IS NOT NULL)),
    CHECK ((state = 'held') = (held_reason IS NOT NULL))
) STRICT;
CREATE INDEX message_due ON message (urgency DESC, next_attempt_at, id) WHERE is_sendable;
CREATE INDEX message_leased ON message (lease_until_at) WHERE state = 'leased';
CREATE INDEX message_held ON message (contact_id) WHERE state = 'held';
CREATE INDEX message_accepted ON message (accepted_at) WHERE state = 'accepted';
CREATE INDEX message_contact ON message (contact_id);
CREATE INDEX message_day ON message (day_on);

-- The bytes of a message have a table of their own: a row of `message` changes three times on its way to the relay, and
-- each change would write the bytes again.
CREATE TABLE message_bytes (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    bytes      BLOB NOT NULL
) STRICT;

-- Bytes of mails that were accepted some time ago, packed together a day at a time, since mails of one day are much alike:
-- `packed` is one zlib stream of all of them; bundled_message says where each begins in it and how long it is.
CREATE TABLE mail_bundle (
    id     INTEGER PRIMARY KEY,
    day_on TEXT NOT NULL CHECK (day_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE bundled_message (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    bundle_id  INTEGER NOT NULL REFERENCES mail_bundle (id),
    start      INTEGER NOT NULL,
    length     INTEGER NOT NULL
) STRICT;
CREATE INDEX bundled_message_bundle ON bundled_message (bundle_id);

-- The decision that one contact must be told of one rung of one assignment. `key` has no time and no row number in it:
-- obligation, deadline version, unit of the assignment, occasion, contact, each by its uid. A row is never deleted, so
-- nothing is told twice.
--
-- haste: whether it waits for the contact's mail of the day, goes out beside it, or at any hour (a clock in hours).
-- left_out_at: when its contact's mail first had no room for it. It stays planned, and goes before the others from then on.
-- sealings: how often it was put into a message. A reminder that was taken back before it was sent, and is owed again
-- later, goes out in another message: the Message-ID is derived from the reminders' keys and this number.
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
    haste            TEXT NOT NULL DEFAULT 'day-mail' CHECK (haste IN ('day-mail', 'beside', 'any-hour')),
    message_id       INTEGER REFERENCES message (id),
    sealings         INTEGER NOT NULL DEFAULT 0,
    left_out_at      INTEGER,
    planned_at       INTEGER NOT NULL,
    told_at          INTEGER,
    CHECK (state NOT IN ('sealed', 'told') OR message_id IS NOT NULL)
) STRICT;
CREATE INDEX reminder_assignment ON reminder (assignment_id);
CREATE INDEX reminder_message ON reminder (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX reminder_planned ON reminder (contact_id) WHERE state = 'planned';
CREATE INDEX reminder_left_out ON reminder (assignment_id) WHERE left_out_at IS NOT NULL;

-- Reminders whose duty is still owed as it stood when they were planned: the planner asks before it composes a message,
-- the outbox before it sends one. Acknowledged (签收) stops the notices before the due date and nothing else. Both also
-- compare `silent_until_on` ('' without silence) with the day of the message: silence that ends by then does not matter.
-- A correction is told whatever has become of the share.
CREATE VIEW owed_reminder AS
SELECT reminder.id, reminder.message_id, reminder.state,
       CASE WHEN reminder.rung = 'notice.corrected' THEN '' ELSE coalesce(obligation.silent_until_on, '') END AS silent_until_on
FROM reminder
JOIN assignment ON assignment.id = reminder.assignment_id
JOIN obligation ON obligation.id = reminder.obligation_id
WHERE reminder.rung = 'notice.corrected'
   OR (obligation.state = 'open'
  AND obligation.deadline_version = reminder.deadline_version
  AND (assignment.state = 'open' OR (assignment.state = 'acknowledged' AND reminder.tone <> 'notice')));

-- One try to hand a message to the relay. `dot_at` is committed just before the final dot of DATA: without it a crash
-- means "not delivered", with it "unknown". Sending rates are computed from `claimed_at`, so a restart keeps them.
CREATE TABLE attempt (
    message_id  INTEGER NOT NULL REFERENCES message (id),
    number      INTEGER NOT NULL,
    lease_token INTEGER NOT NULL,
    claimed_at  INTEGER NOT NULL,
    dot_at      INTEGER,
    ended_at    INTEGER,
    stage       TEXT,
    class       TEXT,
    code        INTEGER,
    reply       TEXT,
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_open ON attempt (message_id) WHERE ended_at IS NULL;
CREATE INDEX attempt_claimed ON attempt (claimed_at);

-- Open circuit breakers: the relay, a domain or an address (`scope`) fails. Nothing is sent there except one probe at
-- `next_probe_at`. A closed breaker (sending works) has no row.
CREATE TABLE circuit_breaker (
    scope         TEXT PRIMARY KEY,
    reason        TEXT NOT NULL,
    opened_at     INTEGER NOT NULL,
    next_probe_at INTEGER NOT NULL,
    failures      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that came in: delivery reports, answers, and those without meaning here. The digest is that of the bytes, so a
-- message that is collected twice is processed once.
CREATE TABLE incoming_message (
    digest     TEXT PRIMARY KEY,
    kind       TEXT NOT NULL
               CHECK (kind IN ('bounce', 'delay', 'delivery', 'returned', 'automatic', 'answer', 'stray')),
    message_id INTEGER REFERENCES message (id),
    detail     TEXT NOT NULL,
    taken_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------------------------------
-- Operation.

-- What needs a person (待人工处理). `key` is `kind:subject` and keeps one item per cause.
CREATE TABLE operator_item (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;

-- What a person has decided about an item: it is not shown again before `until_on`.
CREATE TABLE item_decision (
    key        TEXT PRIMARY KEY,
    until_on   TEXT NOT NULL CHECK (until_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reason     TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: which installation this ledger belongs to, when its last pass ended, the newest plausible clock reading, and
-- when the whole file was last read and found sound.
CREATE TABLE instance (
    only_row      INTEGER PRIMARY KEY CHECK (only_row = 1),
    token         TEXT NOT NULL,
    adopted_at    INTEGER NOT NULL,
    last_pass_at  INTEGER,
    clock_seen_at INTEGER,
    checked_at    INTEGER
) STRICT;

-- What happened, in order. Rows are only added; each carries the hash of the one before it, so a changed, removed or
-- moved row shows. The hash has no index: nobody looks one up, and random order costs a page of log per row.
--
-- The hash covers digests of `actor`, `before`, `after` and `reason`, each taken over a random salt and the text. To erase
-- a text (personal data), text and salt become NULL and `_digest` keeps the digest: the chain still verifies, and nobody
-- can try out which text it was. `_digest` is NULL while the text is kept, since it follows from the text.
CREATE TABLE journal (
    seq           INTEGER PRIMARY KEY,
    at            INTEGER NOT NULL,
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    actor         TEXT,
    before        TEXT,
    after         TEXT,
    reason        TEXT,
    actor_salt    BLOB CHECK (length(actor_salt) = 16),
    before_salt   BLOB CHECK (length(before_salt) = 16),
    after_salt    BLOB CHECK (length(after_salt) = 16),
    reason_salt   BLOB CHECK (length(reason_salt) = 16),
    actor_digest  BLOB CHECK (length(actor_digest) = 32),
    before_digest BLOB CHECK (length(before_digest) = 32),
    after_digest  BLOB CHECK (length(after_digest) = 32),
    reason_digest BLOB CHECK (length(reason_digest) = 32),
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL,
    CHECK ((actor IS NULL) = (actor_salt IS NULL)),
    CHECK ((before IS NULL) = (before_salt IS NULL)),
    CHECK ((after IS NULL) = (after_salt IS NULL)),
    CHECK ((reason IS NULL) = (reason_salt IS NULL))
) STRICT;
CREATE INDEX journal_subject ON journal (subject);
