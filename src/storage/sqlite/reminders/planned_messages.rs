//! Planned reminders grouped into messages, one for each mailbox that may get mail.
//!
//! Must not know: how a message is composed. Callers: the files of this folder.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, DateChange, Obligation, ObligationId};
use crate::domain::reminder::{Haste, Occasion, PlannedCorrection, ReminderKey};
use crate::domain::unit::{ContactId, Rank, Role};
use crate::storage::StorageError;
use crate::storage::reminders::{
    LeftOutOfMail, PlannedChange, PlannedMessage, PlannedMessages, PlannedReminder,
};
use crate::storage::sqlite::corrections;
use crate::storage::sqlite::obligation_rows::{by_ids, deadline};
use crate::storage::sqlite::rows::{RowReader, json_ids};

/// Who has the mail of the day, or will have it: what goes out beside it does not count.
/// A message held as ambiguous waits for a person; its contact need not wait with it.
/// Whoever reads the same mailbox has had it too.
const MAILED: &str = "\
WITH mailed AS (
    SELECT contact_id, recipient_key FROM message
    WHERE is_sendable AND kind = 'reminder' AND haste = 'day-mail' AND contact_id IS NOT NULL
    UNION ALL SELECT contact_id, recipient_key FROM message
    WHERE state = 'leased' AND kind = 'reminder' AND haste = 'day-mail' AND contact_id IS NOT NULL
    UNION ALL SELECT contact_id, recipient_key FROM message
    WHERE state = 'held' AND held_reason <> 'ambiguous' AND kind = 'reminder' AND haste = 'day-mail' AND contact_id IS NOT NULL
    UNION ALL SELECT contact_id, recipient_key FROM message
    WHERE state = 'accepted' AND accepted_at >= $1 AND accepted_at < $2 AND kind = 'reminder' AND haste = 'day-mail'
      AND contact_id IS NOT NULL)
SELECT contact_id FROM mailed
UNION SELECT contact.id FROM mailed JOIN contact ON contact.address_key = mailed.recipient_key
WHERE mailed.recipient_key <> '' AND contact.id <> mailed.contact_id";

/// The contacts in office who read the mailboxes of these contacts, each with the one asked for.
const SAME_MAILBOX: &str = "\
SELECT other.id, asked.id AS asked_id
FROM contact AS asked JOIN contact AS other ON other.address_key = asked.address_key
WHERE asked.id IN (SELECT value FROM json_each($1)) AND asked.address_key <> '' AND other.retired_at IS NULL
ORDER BY other.id, asked.id";

/// Continues a statement: what is planned, still owed, not silent on day $1, and for a contact who can be reached.
macro_rules! of_planned {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM reminder \
             JOIN obligation ON obligation.id = reminder.obligation_id \
             JOIN contact ON contact.id = contact_id \
             WHERE reminder.state = 'planned' \
               AND EXISTS (SELECT 1 FROM owed_reminder \
                           WHERE owed_reminder.id = reminder.id AND owed_reminder.silent_until_on <= $1) \
               AND contact.retired_at IS NULL AND contact.address_key NOT IN (SELECT address_key FROM suppression) ",
            $rest
        )
    };
}

const TO_TELL: &str =
    of_planned!("SELECT DISTINCT contact_id, haste, contact.address_key", "ORDER BY contact_id");

const PLANNED: &str = of_planned!(
    "SELECT reminder.id, key, reminder.obligation_id, assignment_id, rung, repeat, sealings, role, reminder.rank, tone, \
     contact_id, haste, NOT EXISTS (SELECT 1 FROM reminder AS earlier \
                                    WHERE earlier.assignment_id = reminder.assignment_id \
                                      AND earlier.contact_id = reminder.contact_id \
                                      AND earlier.state IN ('sealed', 'told')) AS is_first, \
     (SELECT min(left_out.left_out_at) FROM reminder AS left_out \
      WHERE left_out.assignment_id = reminder.assignment_id AND left_out.contact_id = reminder.contact_id \
        AND left_out.left_out_at IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM reminder AS told \
                        WHERE told.assignment_id = reminder.assignment_id AND told.contact_id = reminder.contact_id \
                          AND told.state = 'told' AND told.told_at > left_out.left_out_at)) AS left_out_at",
    "AND contact_id IN (SELECT value FROM json_each($2)) ORDER BY contact_id, reminder.id"
);

/// What had no room in the mail to a contact, and is still to be told.
const LEFT_OUT: &str = of_planned!(
    "SELECT contact_id AS id, contact.name AS contact, \
     (SELECT name FROM unit WHERE unit.id = contact.unit_id) AS unit, \
     count(*) AS reminders, min(left_out_at) AS since",
    "AND left_out_at IS NOT NULL GROUP BY contact_id, contact.name, contact.unit_id ORDER BY contact_id"
);

const WRITTEN_ON: &str = "\
SELECT 0 AS id, count(*) AS written FROM message WHERE day_on = $1 AND kind = 'reminder'";

const TOLD_TOGETHER: &str = "\
SELECT assignment_id, rung, repeat, contact_id FROM reminder
WHERE assignment_id IN (SELECT value FROM json_each($1)) AND state IN ('planned', 'sealed', 'told')
  AND contact_id IS NOT NULL
ORDER BY contact_id";

/// What moved the dates since the contact was last told of them, oldest first; when that was, and whether it was said to be
/// late.
const CHANGES: &str = "\
SELECT reminder.id, due_on, due_at, act_by_on, earliest_on, provisional, paper, corrects, changed_at,
       (SELECT max(told.told_at) FROM reminder AS told
        WHERE told.assignment_id = reminder.assignment_id AND told.contact_id = reminder.contact_id
          AND told.state = 'told' AND told.deadline_version < reminder.deadline_version) AS said_at,
       EXISTS (SELECT 1 FROM reminder AS told
               WHERE told.assignment_id = reminder.assignment_id AND told.contact_id = reminder.contact_id
                 AND told.state = 'told' AND told.deadline_version = date_change.deadline_version - 1
                 AND told.tone IN ('overdue', 'circular')) AS was_called_late
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

/// By contact and obligation, at the address that the contact has now.
const EARLIER_MAILS: &str = "\
SELECT DISTINCT message.contact_id, message.id, message.message_id
FROM jsonb_each($1) AS asked
JOIN message ON message.contact_id = asked.value ->> 0 AND message.state = 'accepted'
JOIN contact ON contact.id = message.contact_id AND contact.address = message.recipient
JOIN reminder ON reminder.message_id = message.id AND reminder.obligation_id = asked.value ->> 1
ORDER BY message.id";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    MAILED,
    SAME_MAILBOX,
    TO_TELL,
    PLANNED,
    LEFT_OUT,
    WRITTEN_ON,
    TOLD_TOGETHER,
    CHANGES,
    EARLIER_MAILS,
    BUSIEST_DAY,
];

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
    RowReader::keyed(&row, "message")?.number("sent")
}

pub(super) async fn left_out(
    connection: &mut SqliteConnection,
    today: Date,
) -> Result<Vec<LeftOutOfMail>, StorageError> {
    let rows = sqlx::query(LEFT_OUT).bind(today.to_string()).fetch_all(connection).await?;
    let left_out = |row| {
        let row = RowReader::keyed(row, "contact")?;
        Ok(LeftOutOfMail {
            unit: row.get("unit")?,
            contact: row.get("contact")?,
            reminders: row.number("reminders")?,
            since: row.moment("since")?,
        })
    };
    rows.iter().map(left_out).collect()
}

pub(super) async fn written_on(
    connection: &mut SqliteConnection,
    day: Date,
) -> Result<usize, StorageError> {
    let row = sqlx::query(WRITTEN_ON).bind(day.to_string()).fetch_one(connection).await?;
    RowReader::keyed(&row, "message")?.number("written")
}

pub(super) async fn contacts_to_tell(
    transaction: &mut SqliteConnection,
    today: Date,
    hours_are_open: bool,
) -> Result<Vec<ContactId>, StorageError> {
    let rows = sqlx::query(TO_TELL).bind(today.to_string()).fetch_all(&mut *transaction).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mailed = contacts_mailed(transaction, today).await?;
    let (mut contacts, mut mailboxes) = (Vec::new(), BTreeSet::new());
    for row in &rows {
        let contact = ContactId(row.try_get("contact_id")?);
        let mailbox: String = row.try_get("address_key")?;
        if mailboxes.contains(&mailbox) {
            continue;
        }
        let row = RowReader { row, table: "reminder", id: contact.0 };
        let haste = row.read("haste", Haste::from_word)?;
        if haste_of_message(haste, mailed.contains(&contact), hours_are_open).is_some() {
            contacts.push(contact);
            mailboxes.extend(Some(mailbox).filter(|it| !it.is_empty()));
        }
    }
    contacts.dedup();
    Ok(contacts)
}

/// What may be told to these contacts now.
pub(super) async fn planned(
    transaction: &mut SqliteConnection,
    (today, hours_are_open): (Date, bool),
    contacts: &[ContactId],
) -> Result<PlannedMessages, StorageError> {
    let mailed = contacts_mailed(transaction, today).await?;
    let mailboxes = mailboxes(&mut *transaction, contacts).await?;
    let contacts = json_ids(mailboxes.keys().map(|contact| contact.0));
    let query = sqlx::query(PLANNED).bind(today.to_string()).bind(contacts);
    let rows = query.fetch_all(&mut *transaction).await?;
    let changes = changes(transaction, &rows).await?;
    let said = corrections::said(transaction, &ids_of(&rows)?).await?;
    let mut by_mailbox: BTreeMap<(ContactId, Haste), Vec<PlannedReminder>> = BTreeMap::new();
    for row in &rows {
        let reminder = planned_reminder(row, &changes, &said)?;
        let contact = reminder.contact;
        let haste = haste_of_message(
            RowReader::keyed(row, "reminder")?.read("haste", Haste::from_word)?,
            mailed.contains(&contact),
            hours_are_open,
        );
        if let Some(haste) = haste {
            let mailbox = mailboxes.get(&contact).copied().unwrap_or(contact);
            by_mailbox.entry((mailbox, haste)).or_default().push(reminder);
        }
    }
    let reminders = || by_mailbox.values().flatten();
    let assignments = json_ids(reminders().map(|reminder| reminder.assignment.0));
    let together = told_together(transaction, &assignments).await?;
    let ids = reminders().map(|reminder| reminder.obligation.0);
    let obligations: BTreeMap<ObligationId, Obligation> = by_ids(transaction, ids)
        .await?
        .into_iter()
        .map(|obligation| (obligation.id, obligation))
        .collect();
    let messages = by_mailbox.into_iter().map(|((contact, haste), mut reminders)| {
        for reminder in &mut reminders {
            let same = |it: &ContactId| mailboxes.get(it) == Some(&contact);
            reminder.also_told = others(&together, reminder);
            reminder.also_told.retain(|it| !same(it));
        }
        sort_as_read(&mut reminders, &obligations, today);
        PlannedMessage { contact, haste, reminders, thread: Vec::new() }
    });
    let mut messages = messages.collect::<Vec<_>>();
    continue_threads(transaction, &mut messages).await?;
    Ok(PlannedMessages { messages, obligations })
}

/// Everybody who reads the mailboxes of these contacts, with the contact by whom the mailbox is meant.
async fn mailboxes(
    transaction: &mut SqliteConnection,
    contacts: &[ContactId],
) -> Result<BTreeMap<ContactId, ContactId>, StorageError> {
    let mut mailboxes: BTreeMap<ContactId, ContactId> =
        contacts.iter().map(|contact| (*contact, *contact)).collect();
    let asked = json_ids(contacts.iter().map(|contact| contact.0));
    for row in sqlx::query(SAME_MAILBOX).bind(asked).fetch_all(transaction).await? {
        let mailbox = ContactId(row.try_get("asked_id")?);
        mailboxes.entry(ContactId(row.try_get("id")?)).or_insert(mailbox);
    }
    Ok(mailboxes)
}

/// In which message of its contact a reminder goes out; `None` when it has to wait.
fn haste_of_message(reminder: Haste, is_mailed: bool, hours_are_open: bool) -> Option<Haste> {
    match reminder {
        Haste::AnyHour => Some(Haste::AnyHour),
        Haste::Beside if hours_are_open && is_mailed => Some(Haste::Beside),
        Haste::Beside | Haste::DayMail if hours_are_open && !is_mailed => Some(Haste::DayMail),
        Haste::Beside | Haste::DayMail => None,
    }
}

fn ids_of(rows: &[SqliteRow]) -> Result<String, StorageError> {
    let ids = rows.iter().map(|row| RowReader::keyed(row, "reminder").map(|row| row.id));
    Ok(json_ids(ids.collect::<Result<Vec<i64>, _>>()?.into_iter()))
}

async fn continue_threads(
    transaction: &mut SqliteConnection,
    messages: &mut [PlannedMessage],
) -> Result<(), StorageError> {
    let subject = |message: &PlannedMessage| {
        message.reminders.first().map(|first| (message.contact.0, first.obligation.0))
    };
    let subjects: Vec<_> = messages.iter().filter_map(subject).collect();
    let rows = sqlx::query(EARLIER_MAILS).bind(json!(subjects).to_string());
    let mut threads: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in rows.fetch_all(transaction).await? {
        threads.entry(row.try_get("contact_id")?).or_default().push(row.try_get("message_id")?);
    }
    for message in messages {
        message.thread = threads.remove(&message.contact.0).unwrap_or_default();
    }
    Ok(())
}

/// The changes that these rows of `reminder` are to tell, by key of the reminder: the oldest dates not told yet, with all
/// that moved them since.
async fn changes(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<BTreeMap<i64, PlannedChange>, StorageError> {
    let mut ids = Vec::new();
    for row in rows {
        let row = RowReader::keyed(row, "reminder")?;
        if row.occasion()? == Occasion::DateMoved {
            ids.push(row.id);
        }
    }
    let mut changes: BTreeMap<i64, PlannedChange> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(changes);
    }
    let ids = json_ids(ids.into_iter());
    for row in &sqlx::query(CHANGES).bind(ids).fetch_all(transaction).await? {
        let row = RowReader::keyed(row, "date_change")?;
        let (paper, is_correction): (String, bool) = (row.get("paper")?, row.get("corrects")?);
        let changed_on = row.moment("changed_at")?.today();
        if let Some(known) = changes.get_mut(&row.id) {
            let change = &mut known.change;
            if !change.paper.contains(&paper) {
                change.paper = format!("{}；{paper}", change.paper);
            }
            change.is_correction |= is_correction;
            known.changed_on = changed_on;
            continue;
        }
        let change = DateChange { before: deadline(&row)?, paper, is_correction };
        let said_on = row.moment_if_any("said_at")?.map(Moment::today);
        let was_called_late = row.get("was_called_late")?;
        changes.insert(row.id, PlannedChange { change, said_on, was_called_late, changed_on });
    }
    Ok(changes)
}

fn planned_reminder(
    row: &SqliteRow,
    changes: &BTreeMap<i64, PlannedChange>,
    said: &BTreeMap<i64, PlannedCorrection>,
) -> Result<PlannedReminder, StorageError> {
    let row = RowReader::keyed(row, "reminder")?;
    Ok(PlannedReminder {
        contact: ContactId(row.get("contact_id")?),
        key: ReminderKey::from_stored(row.get("key")?),
        obligation: ObligationId(row.get("obligation_id")?),
        assignment: AssignmentId(row.get("assignment_id")?),
        role: row.read("role", Role::from_word)?,
        rank: row.read("rank", Rank::from_word)?,
        tone: row.read("tone", Tone::from_word)?,
        occasion: row.occasion()?,
        is_first: row.get("is_first")?,
        sealings: row.number("sealings")?,
        also_told: Vec::new(),
        left_out: row.moment_if_any("left_out_at")?,
        change: changes.get(&row.id).cloned(),
        correction: said.get(&row.id).cloned(),
    })
}

async fn told_together(
    transaction: &mut SqliteConnection,
    assignments: &str,
) -> Result<ToldTogether, StorageError> {
    let rows = sqlx::query(TOLD_TOGETHER).bind(assignments).fetch_all(transaction).await?;
    let mut together = ToldTogether::new();
    for row in &rows {
        let row = RowReader { row, table: "reminder", id: row.try_get("assignment_id")? };
        let told = (AssignmentId(row.id), row.occasion()?);
        together.entry(told).or_default().push(ContactId(row.get("contact_id")?));
    }
    Ok(together)
}

fn others(together: &ToldTogether, reminder: &PlannedReminder) -> Vec<ContactId> {
    let told = (reminder.assignment, reminder.occasion.clone());
    let told = together.get(&told).map_or(&[][..], Vec::as_slice);
    told.iter().copied().filter(|other| *other != reminder.contact).collect()
}

/// What can still be met first, by date; then what is late; at last dates that have changed.
fn sort_as_read(
    reminders: &mut [PlannedReminder],
    obligations: &BTreeMap<ObligationId, Obligation>,
    today: Date,
) {
    reminders.sort_by_key(|reminder| {
        let deadline = obligations.get(&reminder.obligation).and_then(|it| it.deadline.as_ref());
        let is_only_news =
            matches!(reminder.occasion, Occasion::DateMoved | Occasion::Correction { .. });
        let is_late = deadline.is_some_and(|deadline| deadline.due < today);
        let act_by = deadline.map(|deadline| deadline.act_by);
        let worst = Reverse((reminder.role, reminder.tone));
        (is_only_news, is_late, act_by, worst, reminder.obligation, reminder.assignment)
    });
}
