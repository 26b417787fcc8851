//! Open obligations of which nobody is reminded, and decisions about items.
//!
//! Must not know: what a person does about them. Callers: other rooms through the trait [`Unattended`].

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::journal_lines;
use super::rows::{RowReader, json_ids};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::unattended::{Decision, Unattended, UnattendedDuty, UnattendedSince};

/// What every statement of this file selects of a share that is owed, continued by the given text.
macro_rules! select_shares {
    ($since:literal, $rest:literal) => {
        concat!(
            "SELECT obligation.id, ref, occurrence, title, due_on, unit.name AS unit, ",
            $since,
            " FROM obligation JOIN assignment ON assignment.obligation_id = obligation.id JOIN unit ON unit.id = unit_id ",
            $rest
        )
    };
}

/// The ladder has ended: there is a date, and no day on which the share is looked at again.
const LADDER_ENDED: &str = select_shares!(
    "coalesce((SELECT max(told_at) FROM reminder WHERE reminder.assignment_id = assignment.id AND reminder.state = 'told'),
              registered_at) AS since_at",
    "\
WHERE is_owed AND next_plan_on IS NULL AND obligation.state = 'open' AND act_by_on IS NOT NULL"
);

/// The clock stands still: the last adjustment is a suspension.
const SUSPENDED: &str = select_shares!(
    "effective_on",
    "\
JOIN adjustment ON adjustment.obligation_id = obligation.id
WHERE is_owed AND next_plan_on IS NULL AND obligation.state = 'open' AND act_by_on IS NULL
  AND kind = 'suspend' AND struck_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM adjustment AS later
                  WHERE later.obligation_id = obligation.id AND later.position > adjustment.position
                    AND later.struck_at IS NULL)"
);

const SILENCED: &str = select_shares!(
    "registered_at AS since_at",
    "\
WHERE is_owed AND obligation.state = 'open' AND silent_until_on > $1 AND act_by_on < silent_until_on"
);

/// A term that counts from an event which has not been entered yet.
const AWAITS_EVENT: &str = select_shares!(
    "registered_at AS since_at",
    "\
WHERE is_owed AND next_plan_on IS NULL AND obligation.state = 'open' AND act_by_on IS NULL AND anchor_on IS NULL
  AND term <> 'undated' AND registered_at <= $1"
);

/// A clock in hours is told at any hour.
const NOT_TOLD: &str = select_shares!(
    "registered_at AS since_at",
    "\
WHERE is_owed AND obligation.state = 'open' AND due_on >= $1 AND due_on < $2 AND due_at IS NULL AND earliest_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM reminder
                  WHERE reminder.assignment_id = assignment.id AND reminder.state IN ('sealed', 'told')
                    AND reminder.deadline_version = obligation.deadline_version)"
);

const UNITS_THAT_OWE: &str = "\
SELECT value AS unit_id FROM json_each($1)
WHERE EXISTS (SELECT 1 FROM assignment JOIN obligation ON obligation.id = obligation_id
              WHERE unit_id = value AND is_owed AND obligation.state = 'open')";

const DECIDE: &str = "\
INSERT INTO item_decision (key, until_on, reason, decided_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE
SET until_on = excluded.until_on, reason = excluded.reason, decided_at = excluded.decided_at";

const PUT_OFF: &str = "SELECT key FROM item_decision WHERE until_on > $1";

pub(super) const STATEMENTS: &[&str] =
    &[LADDER_ENDED, SUSPENDED, SILENCED, AWAITS_EVENT, NOT_TOLD, UNITS_THAT_OWE, DECIDE, PUT_OFF];

#[async_trait]
impl Unattended for Sqlite {
    async fn unattended(
        &self,
        since: &UnattendedSince,
    ) -> Result<Vec<UnattendedDuty>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let mut duties = Vec::new();
        let today = since.today.to_string();
        let ended = sqlx::query(LADDER_ENDED).fetch_all(&mut *transaction).await?;
        add(&mut duties, &ended, ItemKey::LadderEnded)?;
        let suspended = sqlx::query(SUSPENDED).fetch_all(&mut *transaction).await?;
        add(&mut duties, &suspended, ItemKey::Suspended)?;
        let silenced = sqlx::query(SILENCED).bind(&today).fetch_all(&mut *transaction).await?;
        add(&mut duties, &silenced, ItemKey::Silenced)?;
        let awaiting = sqlx::query(AWAITS_EVENT).bind(since.awaited.seconds());
        let awaiting = awaiting.fetch_all(&mut *transaction).await?;
        add(&mut duties, &awaiting, ItemKey::AwaitsEvent)?;
        if since.next_mail > since.today {
            let not_told = sqlx::query(NOT_TOLD).bind(&today).bind(since.next_mail.to_string());
            let not_told = not_told.fetch_all(&mut *transaction).await?;
            add(&mut duties, &not_told, ItemKey::NotTold)?;
        }
        Ok(duties)
    }

    async fn units_that_owe(&self, units: &[UnitId]) -> Result<BTreeSet<UnitId>, StorageError> {
        let query = sqlx::query(UNITS_THAT_OWE).bind(json_ids(units.iter().map(|unit| unit.0)));
        let rows = query.fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(UnitId(row.try_get("unit_id")?))).collect()
    }

    async fn decide_items(
        &self,
        decisions: &[Decision<'_>],
        now: Moment,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let mut entries = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let Decision { key, until, reason, actor } = decision;
            let query = sqlx::query(DECIDE).bind(key).bind(until.to_string()).bind(reason);
            query.bind(now.seconds()).execute(&mut *transaction).await?;
            let mut entry = Entry::new(now, Action::ItemDecided, format!("item {key}")).by(actor);
            entry.after = Some(Fact::SilentUntil(*until).into());
            entry.reason = Some((*reason).to_owned());
            entries.push(entry);
        }
        journal_lines::append(&mut transaction, &entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn items_put_off(&self, today: Date) -> Result<BTreeSet<String>, StorageError> {
        let query = sqlx::query(PUT_OFF).bind(today.to_string());
        let rows = query.fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
    }
}

/// Adds the obligations of these rows, which name one share each.
fn add(
    duties: &mut Vec<UnattendedDuty>,
    rows: &[SqliteRow],
    key: impl Fn(ObligationId) -> ItemKey,
) -> Result<(), StorageError> {
    // Sorted here: an order in the statement would make SQLite read every obligation.
    let mut shares = Vec::with_capacity(rows.len());
    for row in rows {
        let row = RowReader::keyed(row, "obligation")?;
        let unit: String = row.get("unit")?;
        shares.push((row.id, unit, row));
    }
    shares.sort_by(|(a, first, _), (b, second, _)| (a, first).cmp(&(b, second)));
    for (id, unit, row) in shares {
        let key = key(ObligationId(id));
        match duties.last_mut().filter(|last| last.key == key) {
            Some(same) => same.units.push(unit),
            None => duties.push(duty(&row, key, unit)?),
        }
    }
    Ok(())
}

fn duty(row: &RowReader<'_>, key: ItemKey, unit: String) -> Result<UnattendedDuty, StorageError> {
    let (reference, occurrence): (String, String) = (row.get("ref")?, row.get("occurrence")?);
    let since = if matches!(key, ItemKey::Suspended(_)) {
        row.date("effective_on")?
    } else {
        row.moment("since_at")?.today()
    };
    Ok(UnattendedDuty {
        key,
        reference: if occurrence.is_empty() {
            reference
        } else {
            format!("{reference}/{occurrence}")
        },
        title: row.get("title")?,
        units: vec![unit],
        due: row.date_if_any("due_on")?,
        since,
        until: None,
    })
}
