//! Planned reminders grouped as letters, one for each contact who may get mail.
//!
//! Must not know: how a letter looks.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, Time};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::assignments::{frozen_ladders, occasion};
use crate::domain::ladder::{Ladder, Tone};
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, DateChange, Obligation, ObligationId};
use crate::domain::reminder::{Occasion, ReminderKey};
use crate::domain::unit::{ContactId, Rank, Role};
use crate::storage::StorageError;
use crate::storage::reminders::{PlannedMessage, PlannedMessages, PlannedReminder};
use crate::storage::sqlite::obligations::{by_ids, deadline, json_ids};
use crate::storage::sqlite::rows::Place;

/// A message held because it may have arrived several times already waits for a person, and its contact need not.
const MAILED: &str = "\
SELECT contact_id FROM message
WHERE is_sendable AND kind = 'reminder' AND contact_id IS NOT NULL
UNION SELECT contact_id FROM message
WHERE state = 'leased' AND kind = 'reminder' AND contact_id IS NOT NULL
UNION SELECT contact_id FROM message
WHERE state = 'held' AND held_reason <> 'ambiguous' AND kind = 'reminder' AND contact_id IS NOT NULL
UNION SELECT contact_id FROM message
WHERE state = 'accepted' AND accepted_at >= $1 AND accepted_at < $2 AND kind = 'reminder' AND contact_id IS NOT NULL";

/// What was planned and is still wanted: the work is owed, its dates are the same, nobody silenced it, and its contact can
/// be reached.
const PLANNED: &str = "\
SELECT reminder.id, key, reminder.obligation_id, assignment_id, rung, repeat, sealings, role, reminder.rank, tone,
       contact_id, ladder_hash
FROM reminder
JOIN obligation ON obligation.id = reminder.obligation_id
JOIN contact ON contact.id = contact_id
WHERE reminder.state = 'planned'
  AND EXISTS (SELECT 1 FROM owed_reminder WHERE owed_reminder.id = reminder.id AND owed_reminder.silent_until_on <= $1)
  AND contact.retired_at IS NULL AND contact.address NOT IN (SELECT address FROM suppression)
ORDER BY contact_id, reminder.id";

const TOLD_TOGETHER: &str = "\
SELECT assignment_id, rung, repeat, contact_id FROM reminder
WHERE assignment_id IN (SELECT value FROM json_each($1)) AND state IN ('planned', 'sealed', 'told')
  AND contact_id IS NOT NULL
ORDER BY contact_id";

/// What moved the dates since the contact was last told of them, oldest first.
const CHANGES: &str = "\
SELECT reminder.id, due_on, due_at, act_by_on, earliest_on, provisional, paper
FROM reminder JOIN date_change ON date_change.obligation_id = reminder.obligation_id
WHERE reminder.id IN (SELECT value FROM json_each($1))
  AND date_change.deadline_version <= reminder.deadline_version
  AND date_change.deadline_version > coalesce((
      SELECT max(told.deadline_version) FROM reminder AS told
      WHERE told.assignment_id = reminder.assignment_id AND told.contact_id = reminder.contact_id
        AND told.state = 'told'), 0)
ORDER BY reminder.id, date_change.deadline_version";

const BUSIEST_DAY: &str = "\
SELECT 0 AS id, coalesce(max(sent), 0) AS sent FROM (
    SELECT count(*) AS sent FROM message
    WHERE state = 'accepted' AND accepted_at >= $1 AND kind = 'reminder' GROUP BY day_on)";

/// By contact and obligation. What went to an address the contact has left is not in the reader's mailbox.
const EARLIER_MAILS: &str = "\
SELECT DISTINCT message.contact_id, message.id, message.message_id
FROM json_each($1) AS matter
JOIN message ON message.contact_id = matter.value ->> 0 AND message.state = 'accepted'
JOIN contact ON contact.id = message.contact_id AND contact.address = message.recipient
JOIN reminder ON reminder.message_id = message.id AND reminder.obligation_id = matter.value ->> 1
ORDER BY message.id";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[MAILED, PLANNED, TOLD_TOGETHER, CHANGES, EARLIER_MAILS, BUSIEST_DAY];

/// Which contacts are told of a rung of an assignment.
type ToldTogether = BTreeMap<(AssignmentId, Occasion), Vec<ContactId>>;

pub(super) async fn contacts_mailed(
    transaction: &mut SqliteConnection,
    today: Date,
) -> Result<BTreeSet<ContactId>, StorageError> {
    let midnight =
        |day: Date| Moment::from_local(day.to_datetime(Time::midnight())).map(Moment::seconds);
    let rows = sqlx::query(MAILED)
        .bind(midnight(today))
        .bind(today.tomorrow().ok().and_then(midnight))
        .fetch_all(transaction)
        .await?;
    rows.iter().map(|row| Ok(ContactId(row.try_get("contact_id")?))).collect()
}

pub(super) async fn busiest_day(
    connection: &mut SqliteConnection,
    since: Moment,
) -> Result<usize, StorageError> {
    let row = sqlx::query(BUSIEST_DAY).bind(since.seconds()).fetch_one(connection).await?;
    Place::keyed(&row, "message")?.number("sent")
}

pub(super) async fn planned(
    transaction: &mut SqliteConnection,
    today: Date,
) -> Result<PlannedMessages, StorageError> {
    let mailed = contacts_mailed(transaction, today).await?;
    let rows = sqlx::query(PLANNED).bind(today.to_string()).fetch_all(&mut *transaction).await?;
    let changes = changes(transaction, &rows).await?;
    let ladders = frozen_ladders(transaction, &rows).await?;
    let mut by_contact: BTreeMap<ContactId, Vec<PlannedReminder>> = BTreeMap::new();
    for row in &rows {
        let (contact, reminder) = planned_reminder(row, &changes, &ladders)?;
        if !mailed.contains(&contact) {
            by_contact.entry(contact).or_default().push(reminder);
        }
    }
    let reminders = || by_contact.values().flatten();
    let assignments = json_ids(reminders().map(|reminder| reminder.assignment.0));
    let together = told_together(transaction, &assignments).await?;
    let obligations = json_ids(reminders().map(|reminder| reminder.obligation.0));
    let obligations: BTreeMap<ObligationId, Obligation> = by_ids(transaction, &obligations)
        .await?
        .into_iter()
        .map(|obligation| (obligation.id, obligation))
        .collect();
    let letters = by_contact.into_iter().map(|(contact, mut reminders)| {
        for reminder in &mut reminders {
            reminder.also_told = others(&together, reminder, contact);
        }
        sort_worst_first(&mut reminders, &obligations);
        PlannedMessage { contact, reminders, thread: Vec::new() }
    });
    let mut letters = letters.collect::<Vec<_>>();
    continue_threads(transaction, &mut letters).await?;
    Ok(PlannedMessages { messages: letters, obligations })
}

async fn continue_threads(
    transaction: &mut SqliteConnection,
    letters: &mut [PlannedMessage],
) -> Result<(), StorageError> {
    let matter = |letter: &PlannedMessage| {
        letter.reminders.first().map(|first| (letter.contact.0, first.obligation.0))
    };
    let matters: Vec<_> = letters.iter().filter_map(matter).collect();
    let rows = sqlx::query(EARLIER_MAILS).bind(json!(matters).to_string());
    let mut threads: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in rows.fetch_all(transaction).await? {
        threads.entry(row.try_get("contact_id")?).or_default().push(row.try_get("message_id")?);
    }
    for letter in letters {
        letter.thread = threads.remove(&letter.contact.0).unwrap_or_default();
    }
    Ok(())
}

/// The changes that these rows of `reminder` are to tell, by key of the reminder: the oldest dates not told yet, with all
/// that moved them since.
async fn changes(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<BTreeMap<i64, DateChange>, StorageError> {
    let mut ids = Vec::new();
    for row in rows {
        let place = Place::keyed(row, "reminder")?;
        if occasion(&place)? == Occasion::DateMoved {
            ids.push(place.id);
        }
    }
    let mut changes: BTreeMap<i64, DateChange> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(changes);
    }
    let ids = json_ids(ids.into_iter());
    for row in &sqlx::query(CHANGES).bind(ids).fetch_all(transaction).await? {
        let place = Place::keyed(row, "date_change")?;
        let paper: String = place.get("paper")?;
        match changes.get_mut(&place.id) {
            Some(first) if first.paper.contains(&paper) => {}
            Some(first) => first.paper = format!("{}；{paper}", first.paper),
            None => {
                changes.insert(place.id, DateChange { before: deadline(&place)?, paper });
            }
        }
    }
    Ok(changes)
}

fn planned_reminder(
    row: &SqliteRow,
    changes: &BTreeMap<i64, DateChange>,
    ladders: &BTreeMap<String, Arc<Ladder>>,
) -> Result<(ContactId, PlannedReminder), StorageError> {
    let place = Place::keyed(row, "reminder")?;
    let occasion = occasion(&place)?;
    let hash: Option<String> = place.get("ladder_hash")?;
    let rungs = hash.and_then(|hash| ladders.get(&hash)).map_or(&[][..], |ladder| ladder.rungs());
    let reminder = PlannedReminder {
        key: ReminderKey::from_stored(place.get("key")?),
        obligation: ObligationId(place.get("obligation_id")?),
        assignment: AssignmentId(place.get("assignment_id")?),
        role: place.read("role", Role::from_word)?,
        rank: place.read("rank", Rank::from_word)?,
        tone: place.read("tone", Tone::from_word)?,
        offset: rungs.iter().find(|it| it.name == occasion.name()).map(|it| it.offset),
        occasion,
        sealings: place.number("sealings")?,
        also_told: Vec::new(),
        change: changes.get(&place.id).cloned(),
    };
    Ok((ContactId(place.get("contact_id")?), reminder))
}

async fn told_together(
    transaction: &mut SqliteConnection,
    assignments: &str,
) -> Result<ToldTogether, StorageError> {
    let rows = sqlx::query(TOLD_TOGETHER).bind(assignments).fetch_all(transaction).await?;
    let mut together = ToldTogether::new();
    for row in &rows {
        let place = Place { row, table: "reminder", id: row.try_get("assignment_id")? };
        let told = (AssignmentId(place.id), occasion(&place)?);
        together.entry(told).or_default().push(ContactId(place.get("contact_id")?));
    }
    Ok(together)
}

fn others(
    together: &ToldTogether,
    reminder: &PlannedReminder,
    contact: ContactId,
) -> Vec<ContactId> {
    let told = (reminder.assignment, reminder.occasion.clone());
    let told = together.get(&told).map_or(&[][..], Vec::as_slice);
    told.iter().copied().filter(|other| *other != contact).collect()
}

fn sort_worst_first(
    reminders: &mut [PlannedReminder],
    obligations: &BTreeMap<ObligationId, Obligation>,
) {
    reminders.sort_by_key(|reminder| {
        let deadline = obligations.get(&reminder.obligation).and_then(|it| it.deadline.as_ref());
        let due = deadline.map(|deadline| deadline.due);
        (Reverse((reminder.role, reminder.tone)), due, reminder.key.clone())
    });
}
