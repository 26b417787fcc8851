//! Revises obligations in sets: their inputs, dates, parties and shares; withdraws those that their list names no more.
//!
//! Must not know: what has changed, or why. Callers: the files of this folder, inside the transaction of the step.

use sqlx::{Row as _, SqliteConnection};

use super::json_rows::JsonRows;
use super::lifecycle::update_obligation_states;
use super::registration::{add_inputs_and_dates, add_parties, store_parties};
use super::rows::{exactly, json_ids};
use super::{corrections, items};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, ObligationId};
use crate::domain::reminder::{Correction, CorrectionKind};
use crate::storage::StorageError;
use crate::storage::obligations::Revision;

const SET_INPUTS: &str = "\
UPDATE obligation SET
    title = new.value ->> 1, written = new.value ->> 2, term = new.value ->> 3, anchor_on = new.value ->> 4,
    anchor_at = new.value ->> 5, rule = new.value ->> 6, internal = new.value ->> 7, part_of = new.value ->> 8,
    part_of_list_id = (SELECT list.id FROM list WHERE list.name = new.value ->> 9), source = new.value ->> 10,
    note = new.value ->> 11, ladder = new.value ->> 12,
    ladder_hash = CASE WHEN ladder = new.value ->> 12 THEN ladder_hash END, follow_ups = new.value ->> 13,
    ends_on = coalesce(new.value ->> 14, ends_on),
    has_successor = CASE WHEN new.value ->> 14 IS NULL THEN has_successor ELSE 0 END,
    due_on = new.value ->> 15, due_at = new.value ->> 16, act_by_on = new.value ->> 17, earliest_on = new.value ->> 18,
    provisional = new.value ->> 19, calendar_version = new.value ->> 20, rule_version = new.value ->> 21,
    law_version = new.value ->> 22, method = new.value ->> 23,
    instructions = new.value ->> 24, deadline_version = deadline_version + (new.value ->> 25)
FROM jsonb_each($1) AS new WHERE obligation.id = new.value ->> 0";

/// The dates that were replaced, where somebody was told of them or is about to be told.
const ADD_DATE_CHANGES: &str = "\
INSERT INTO date_change (obligation_id, deadline_version, due_on, due_at, act_by_on, earliest_on, provisional, paper,
                         corrects, changed_at)
SELECT obligation.id, obligation.deadline_version, old.value ->> 1, old.value ->> 2, old.value ->> 3, old.value ->> 4,
       old.value ->> 5, old.value ->> 6, old.value ->> 7, $2
FROM jsonb_each($1) AS old JOIN obligation ON obligation.id = old.value ->> 0
WHERE EXISTS (SELECT 1 FROM assignment JOIN reminder ON reminder.assignment_id = assignment.id
              WHERE assignment.obligation_id = obligation.id AND reminder.state IN ('sealed', 'told'))";

const CLEAR_PARTIES: &str =
    "DELETE FROM party WHERE obligation_id IN (SELECT value FROM json_each($1))";

/// Shares of units that no longer owe it; those already reported stay.
const WITHDRAW_OTHERS: &str = "\
UPDATE assignment SET state = 'withdrawn', has_left = 1, next_plan_on = NULL
WHERE obligation_id IN (SELECT value FROM json_each($1)) AND is_owed
  AND (obligation_id, unit_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each($2))
RETURNING id";

const VOID_REMINDERS_OF_OTHERS: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE state IN ('planned', 'blocked') AND rung <> 'notice.corrected'
  AND assignment_id IN (SELECT id FROM assignment
                        WHERE obligation_id IN (SELECT value FROM json_each($1)) AND has_left = 1)";

const LEFT: &str = "\
SELECT id FROM assignment WHERE obligation_id IN (SELECT value FROM json_each($1)) AND has_left = 1";

const REOPEN: &str = "\
UPDATE assignment
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL
WHERE state = 'withdrawn' AND (obligation_id, unit_id) IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each($1))";

/// A unit that had left owes its share again; a share withdrawn by a person stays withdrawn.
const ADD_SHARES: &str = "\
INSERT INTO assignment (obligation_id, unit_id, given_at)
SELECT value ->> 0, value ->> 1, $2 FROM jsonb_each($1) WHERE 1 = 1
ON CONFLICT (obligation_id, unit_id) DO UPDATE
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL, given_at = excluded.given_at
WHERE assignment.has_left = 1";

const REPLAN: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE obligation_id IN (SELECT value FROM json_each($1)) AND is_owed";

pub(super) const STATEMENTS: &[&str] = &[
    SET_INPUTS,
    ADD_DATE_CHANGES,
    CLEAR_PARTIES,
    WITHDRAW_OTHERS,
    VOID_REMINDERS_OF_OTHERS,
    LEFT,
    REOPEN,
    ADD_SHARES,
    REPLAN,
];

/// Revised obligations as parameters of statements; each is named once.
pub(super) struct RevisedRows<T = String> {
    keys: Vec<ObligationId>,
    inputs: T,
    /// The dates that are replaced.
    replaced: T,
    parties: T,
    shares: T,
    /// The shares of those that are owed again.
    revived: T,
    /// The keys of those with a date.
    dated: T,
}

impl RevisedRows {
    pub(super) fn of(revisions: &[Revision]) -> Result<Self, StorageError> {
        let (mut inputs, mut replaced) = (JsonRows::default(), JsonRows::default());
        let mut parties = JsonRows::default();
        for revision in revisions {
            add_inputs(&mut inputs, revision)?;
            add_replaced(&mut replaced, revision);
            add_parties(&mut parties, revision.id, &revision.registration);
        }
        // An obligation without a date has nothing to plan.
        let is_dated = |it: &&Revision| it.registration.projection.deadline.is_some();
        Ok(Self {
            keys: revisions.iter().map(|it| it.id).collect(),
            inputs: inputs.into_json(),
            replaced: replaced.into_json(),
            parties: parties.into_json(),
            shares: shares(revisions.iter()),
            revived: shares(revisions.iter().filter(|it| it.revives)),
            dated: json_ids(revisions.iter().filter(is_dated).map(|it| it.id.0)),
        })
    }

    pub(super) async fn write(
        self,
        transaction: &mut SqliteConnection,
        now: Moment,
    ) -> Result<(), StorageError> {
        let ids = json_ids(self.keys.iter().map(|id| id.0));
        let done = sqlx::query(SET_INPUTS).bind(self.inputs).execute(&mut *transaction).await?;
        exactly("revise obligations", self.keys.len(), done.rows_affected())?;
        let query = sqlx::query(ADD_DATE_CHANGES).bind(self.replaced).bind(now.seconds());
        query.execute(&mut *transaction).await?;
        sqlx::query(CLEAR_PARTIES).bind(&ids).execute(&mut *transaction).await?;
        store_parties(&mut *transaction, self.parties).await?;
        withdraw_others(&mut *transaction, &ids, &self.shares, now).await?;
        sqlx::query(REOPEN).bind(self.revived).execute(&mut *transaction).await?;
        let query = sqlx::query(ADD_SHARES).bind(self.shares).bind(now.seconds());
        query.execute(&mut *transaction).await?;
        let today = now.today().to_string();
        sqlx::query(REPLAN).bind(self.dated).bind(today).execute(&mut *transaction).await?;
        update_obligation_states(transaction, self.keys.into_iter()).await
    }
}

impl<T> RevisedRows<T> {
    /// The same with each parameter replaced, in their order.
    pub(super) fn try_map<U>(
        self,
        mut replace: impl FnMut(T) -> Result<U, StorageError>,
    ) -> Result<RevisedRows<U>, StorageError> {
        let Self { keys, inputs, replaced, parties, shares, revived, dated } = self;
        Ok(RevisedRows {
            keys,
            inputs: replace(inputs)?,
            replaced: replace(replaced)?,
            parties: replace(parties)?,
            shares: replace(shares)?,
            revived: replace(revived)?,
            dated: replace(dated)?,
        })
    }
}

/// Revises obligations, each named once.
pub(super) async fn revise(
    transaction: &mut SqliteConnection,
    revisions: &[Revision],
    now: Moment,
) -> Result<(), StorageError> {
    if revisions.is_empty() {
        return Ok(());
    }
    RevisedRows::of(revisions)?.write(transaction, now).await
}

/// Withdraws the shares that are still owed of obligations which their list names no more: named again, they are owed again.
pub(super) async fn withdraw_gone(
    transaction: &mut SqliteConnection,
    obligations: &[ObligationId],
    now: Moment,
) -> Result<(), StorageError> {
    if obligations.is_empty() {
        return Ok(());
    }
    let ids = json_ids(obligations.iter().map(|id| id.0));
    withdraw_others(&mut *transaction, &ids, "[]", now).await?;
    update_obligation_states(transaction, obligations.iter().copied()).await
}

async fn withdraw_others(
    transaction: &mut SqliteConnection,
    ids: &str,
    shares: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(WITHDRAW_OTHERS).bind(ids).bind(shares);
    let withdrawn = query.fetch_all(&mut *transaction).await?;
    let kind = CorrectionKind::Withdrawn;
    let correction = Correction { kind, reason: String::new(), told_since: None };
    for row in &withdrawn {
        let share = AssignmentId(row.try_get("id")?);
        corrections::add(&mut *transaction, share, &correction, now).await?;
    }
    sqlx::query(VOID_REMINDERS_OF_OTHERS).bind(ids).execute(&mut *transaction).await?;
    let mut quota_items = Vec::new();
    for row in sqlx::query(LEFT).bind(ids).fetch_all(&mut *transaction).await? {
        quota_items.push(ItemKey::Quota(AssignmentId(row.try_get("id")?)));
    }
    items::resolve(transaction, &quota_items, now).await
}

/// Pairs of an obligation and a unit that owes it.
fn shares<'a>(revisions: impl Iterator<Item = &'a Revision>) -> String {
    let mut rows = JsonRows::default();
    for revision in revisions {
        for unit in &revision.registration.performers {
            let mut row = rows.row();
            row.number(revision.id.0);
            row.number(unit.0);
        }
    }
    rows.into_json()
}

fn add_replaced(rows: &mut JsonRows, revision: &Revision) {
    let Some(change) = &revision.change else { return };
    let before = change.before.as_ref();
    let mut row = rows.row();
    row.number(revision.id.0);
    row.plain_if_any(before.map(|before| before.due));
    row.number_if_any(before.and_then(|before| before.due_at).map(Moment::seconds));
    row.plain_if_any(before.map(|before| before.act_by));
    row.plain_if_any(before.and_then(|before| before.earliest));
    row.flag(before.is_some_and(|before| before.provisional));
    row.text(&change.paper);
    row.flag(change.is_correction);
}

fn add_inputs(rows: &mut JsonRows, revision: &Revision) -> Result<(), StorageError> {
    let mut row = rows.row();
    row.number(revision.id.0);
    add_inputs_and_dates(&mut row, &revision.registration)?;
    row.flag(revision.change.is_some());
    Ok(())
}
