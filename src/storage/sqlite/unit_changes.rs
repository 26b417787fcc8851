//! Gives a unit another name, lets another unit take it over, or ends it.
//!
//! Must not know: which shares move (the workflow decides), the contacts of the other unit. Callers: `units`, inside its
//! transaction.

use jiff::civil::Date;
use sqlx::{Row as _, SqliteConnection};

use super::items;
use super::lifecycle::{change_state, update_obligation_states};
use super::outbox::withdraw::take_back;
use super::posts::retire;
use super::rows::{exactly_one, json_ids};
use crate::domain::delivery::MessageKey;
use crate::domain::directory::{Merger, UnitChange};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::units::MovedShares;

const KEEP_NAME: &str = "\
INSERT INTO former_name (unit_id, until_on, name) SELECT id, $2, name FROM unit WHERE id = $1
ON CONFLICT (unit_id, until_on) DO NOTHING";

const FREE_ALIAS: &str = "DELETE FROM unit_alias WHERE alias = $2 AND unit_id = $1";

const NAME_AS_ALIAS: &str = "\
INSERT INTO unit_alias (alias, unit_id) SELECT name, $2 FROM unit WHERE id = $1
ON CONFLICT (alias) DO UPDATE SET unit_id = excluded.unit_id";

const RENAME: &str = "UPDATE unit SET name = $2 WHERE id = $1 AND retired_at IS NULL";

const MOVE_ALIASES: &str = "UPDATE unit_alias SET unit_id = $2 WHERE unit_id = $1";

const END_UNIT: &str = "\
UPDATE unit SET retired_at = $2, merged_into_id = $3 WHERE id = $1 AND retired_at IS NULL";

const JOIN_GROUPS: &str = "\
INSERT INTO group_member (group_id, member_id)
SELECT group_id, $2 FROM group_member WHERE member_id = $1 AND group_id <> $2
ON CONFLICT (group_id, member_id) DO NOTHING";

const LEAVE_GROUPS: &str = "DELETE FROM group_member WHERE member_id = $1 OR group_id = $1";

const SET_SUPERIOR: &str = "UPDATE unit SET parent_id = $2 WHERE id = $1";

const SUBORDINATES: &str = "\
UPDATE unit SET parent_id = (SELECT ended.parent_id FROM unit AS ended WHERE ended.id = $1) WHERE parent_id = $1";

const CONTACTS: &str =
    "SELECT id FROM contact WHERE unit_id = $1 AND retired_at IS NULL ORDER BY id";

/// Duties that are open, and series that go on.
const DROP_DOUBLE_PARTIES: &str = "\
DELETE FROM party
WHERE unit_id = $1
  AND obligation_id IN (SELECT id FROM obligation WHERE state = 'open' OR (occurrence <> '' AND has_successor = 0))
  AND EXISTS (SELECT 1 FROM party AS other
              WHERE other.obligation_id = party.obligation_id AND other.role = party.role AND other.unit_id = $2)";

const MOVE_PARTIES: &str = "\
UPDATE party SET unit_id = $2
WHERE unit_id = $1
  AND obligation_id IN (SELECT id FROM obligation WHERE state = 'open' OR (occurrence <> '' AND has_successor = 0))";

const MOVE_EVENTS: &str = "\
UPDATE counted_event SET unit_id = $2
WHERE unit_id = $1 AND obligation_id IN (SELECT id FROM obligation WHERE state = 'open')";

/// The ladder of the other unit begins on this day: it starts with a notice.
const MOVE_SHARES: &str = "\
UPDATE assignment SET unit_id = $2, given_at = $3 WHERE id IN (SELECT value FROM json_each($1))";

/// Where the date is known.
const REPLAN_SHARES: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id IN (SELECT value FROM json_each($1)) AND is_owed
  AND obligation_id IN (SELECT id FROM obligation WHERE act_by_on IS NOT NULL)";

/// What was not told is decided again, in the name of the unit that owes it now.
const VOID_UNTOLD: &str = "\
UPDATE reminder SET state = 'void', reason = 'the unit was taken over'
WHERE assignment_id IN (SELECT value FROM json_each($1)) AND state IN ('planned', 'blocked')
  AND rung <> 'notice.corrected'";

/// Mails that were not sent: to a contact of the unit, or about its shares, or about a duty that it leads.
const UNSENT: &str = "\
SELECT message.id FROM message
WHERE message.is_sendable AND message.state IN ('ready', 'deferred') AND message.unknowns = 0
  AND (message.contact_id IN (SELECT contact.id FROM contact WHERE contact.unit_id = $1)
       OR EXISTS (SELECT 1 FROM reminder JOIN assignment ON assignment.id = reminder.assignment_id
                  WHERE reminder.message_id = message.id AND assignment.unit_id = $1)
       OR EXISTS (SELECT 1 FROM reminder JOIN party ON party.obligation_id = reminder.obligation_id
                  WHERE reminder.message_id = message.id AND party.unit_id = $1))
ORDER BY message.id";

pub(super) const STATEMENTS: &[&str] = &[
    KEEP_NAME,
    FREE_ALIAS,
    NAME_AS_ALIAS,
    RENAME,
    MOVE_ALIASES,
    END_UNIT,
    JOIN_GROUPS,
    LEAVE_GROUPS,
    SET_SUPERIOR,
    SUBORDINATES,
    CONTACTS,
    DROP_DOUBLE_PARTIES,
    MOVE_PARTIES,
    MOVE_EVENTS,
    MOVE_SHARES,
    REPLAN_SHARES,
    VOID_UNTOLD,
    UNSENT,
];

pub(super) async fn apply(
    transaction: &mut SqliteConnection,
    change: &UnitChange,
    shares: &MovedShares,
    now: Moment,
) -> Result<(), StorageError> {
    let unit = match change {
        UnitChange::Rename { unit, .. } | UnitChange::Retire { unit } => *unit,
        UnitChange::Merge(merger) => merger.from,
    };
    for row in sqlx::query(UNSENT).bind(unit.0).fetch_all(&mut *transaction).await? {
        take_back(&mut *transaction, MessageKey(row.try_get("id")?), now).await?;
    }
    match change {
        UnitChange::Rename { unit, to } => rename(transaction, *unit, to, now.today()).await,
        UnitChange::Merge(merger) => merge(transaction, merger, shares, now).await,
        UnitChange::Retire { unit } => end(transaction, *unit, now).await,
    }
}

async fn rename(
    transaction: &mut SqliteConnection,
    unit: UnitId,
    to: &str,
    today: Date,
) -> Result<(), StorageError> {
    sqlx::query(KEEP_NAME).bind(unit.0).bind(today.to_string()).execute(&mut *transaction).await?;
    sqlx::query(FREE_ALIAS).bind(unit.0).bind(to).execute(&mut *transaction).await?;
    sqlx::query(NAME_AS_ALIAS).bind(unit.0).bind(unit.0).execute(&mut *transaction).await?;
    let done = sqlx::query(RENAME).bind(unit.0).bind(to).execute(transaction).await?;
    exactly_one("rename unit", done.rows_affected())
}

async fn end(
    transaction: &mut SqliteConnection,
    unit: UnitId,
    now: Moment,
) -> Result<(), StorageError> {
    for row in sqlx::query(CONTACTS).bind(unit.0).fetch_all(&mut *transaction).await? {
        retire(&mut *transaction, ContactId(row.try_get("id")?), now).await?;
    }
    sqlx::query(SUBORDINATES).bind(unit.0).execute(&mut *transaction).await?;
    end_unit(transaction, unit, None, now).await
}

async fn end_unit(
    transaction: &mut SqliteConnection,
    unit: UnitId,
    into: Option<UnitId>,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(LEAVE_GROUPS).bind(unit.0).execute(&mut *transaction).await?;
    let query = sqlx::query(END_UNIT).bind(unit.0).bind(now.seconds());
    let done = query.bind(into.map(|into| into.0)).execute(&mut *transaction).await?;
    exactly_one("end unit", done.rows_affected())?;
    items::resolve(transaction, &[ItemKey::Unreachable(unit)], now).await
}

async fn merge(
    transaction: &mut SqliteConnection,
    merger: &Merger,
    shares: &MovedShares,
    now: Moment,
) -> Result<(), StorageError> {
    let Merger { from, into, superiors, .. } = merger;
    for (unit, superior) in superiors {
        let query = sqlx::query(SET_SUPERIOR).bind(unit.0).bind(superior.map(|it| it.0));
        exactly_one("set superior", query.execute(&mut *transaction).await?.rows_affected())?;
    }
    let both =
        [JOIN_GROUPS, NAME_AS_ALIAS, MOVE_ALIASES, DROP_DOUBLE_PARTIES, MOVE_PARTIES, MOVE_EVENTS];
    for statement in both {
        sqlx::query(statement).bind(from.0).bind(into.0).execute(&mut *transaction).await?;
    }
    move_shares(&mut *transaction, *into, shares, now).await?;
    end_unit(transaction, *from, Some(*into), now).await
}

async fn move_shares(
    transaction: &mut SqliteConnection,
    into: UnitId,
    shares: &MovedShares,
    now: Moment,
) -> Result<(), StorageError> {
    let moved = json_ids(shares.moved.iter().map(|it| it.0));
    sqlx::query(VOID_UNTOLD).bind(&moved).execute(&mut *transaction).await?;
    let query = sqlx::query(MOVE_SHARES).bind(&moved).bind(into.0).bind(now.seconds());
    query.execute(&mut *transaction).await?;
    let query = sqlx::query(REPLAN_SHARES).bind(&moved).bind(now.today().to_string());
    query.execute(&mut *transaction).await?;
    for change in &shares.states {
        change_state(&mut *transaction, change, now).await?;
    }
    update_obligation_states(transaction, shares.states.iter().map(|it| it.obligation)).await
}
