//! Messages that came in, and what each changes: one transaction a message.
//!
//! Must not know: what a message means (`domain::incoming`). Callers: other rooms through the trait [`IncomingMail`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::outbox::failed;
use super::rows::{RowReader, json_texts};
use super::{items, journal_lines};
use crate::domain::address::Address;
use crate::domain::delivery::{FailureClass, MessageKey};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, journal_subject};
use crate::storage::StorageError;
use crate::storage::incoming::{Effect, IncomingMail, Receipt, Sent, UnsignedShare};
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;

const SENT_AS: &str = "\
SELECT message.id, recipient FROM json_each($1) AS asked JOIN message ON message.message_id = asked.value
ORDER BY asked.key LIMIT 1";

const SENT_TO: &str = "\
SELECT id, recipient FROM message WHERE lower(recipient) = lower($1) AND subject = $2 AND state = 'accepted'
ORDER BY accepted_at DESC, id DESC LIMIT 1";

const SENT_LATELY: &str = "\
SELECT id, recipient, subject FROM message
WHERE lower(recipient) IN (SELECT lower(value) FROM json_each($1)) AND state = 'accepted'
ORDER BY accepted_at DESC, id DESC LIMIT 100";

const UNSIGNED_SHARES: &str = "\
SELECT DISTINCT assignment.id, obligation.ref, obligation.occurrence, unit.name AS unit,
       (SELECT list.name FROM list WHERE list.id = obligation.list_id) AS list
FROM reminder
JOIN assignment ON assignment.id = reminder.assignment_id
JOIN obligation ON obligation.id = reminder.obligation_id
JOIN unit ON unit.id = assignment.unit_id
WHERE reminder.message_id = $1 AND reminder.role = 'responsible' AND assignment.state = 'open'
  AND obligation.state = 'open'
ORDER BY obligation.ref, obligation.occurrence, assignment.id";

const COUNT_BY_KIND: &str = "SELECT kind, count(*) AS mails FROM incoming_message GROUP BY kind";

const ADD_INCOMING: &str = "\
INSERT INTO incoming_message (digest, kind, message_id, detail, taken_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (digest) DO NOTHING";

/// A bounce is final; a delay that is reported after the delivery does not replace it.
const SET_REPORTED: &str = "\
UPDATE message SET reported = $2
WHERE id = $1 AND state = 'accepted' AND reported IS DISTINCT FROM 'bounced' AND ($2 <> 'delayed' OR reported IS NULL)";

const SET_REMINDERS_UNDELIVERABLE: &str = "\
UPDATE reminder SET state = 'undeliverable', reason = $2, told_at = NULL
WHERE message_id = $1 AND state = 'told'";

pub(super) const STATEMENTS: &[&str] = &[
    SENT_AS,
    SENT_TO,
    SENT_LATELY,
    UNSIGNED_SHARES,
    COUNT_BY_KIND,
    ADD_INCOMING,
    SET_REPORTED,
    SET_REMINDERS_UNDELIVERABLE,
];

#[async_trait]
impl IncomingMail for Sqlite {
    async fn sent_as(&self, message_ids: &[String]) -> Result<Option<Sent>, StorageError> {
        let query = sqlx::query(SENT_AS).bind(json_texts(message_ids));
        let row = query.fetch_optional(&self.reader).await?;
        row.as_ref().map(sent).transpose()
    }

    async fn sent_lately(
        &self,
        recipients: &[Address],
    ) -> Result<Vec<(Sent, String)>, StorageError> {
        let recipients: Vec<&str> = recipients.iter().map(Address::as_str).collect();
        let query = sqlx::query(SENT_LATELY).bind(json_texts(&recipients));
        let rows = query.fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let of_message = RowReader { row, table: "message", id: 0 };
                Ok((sent(row)?, of_message.get("subject")?))
            })
            .collect()
    }

    async fn sent_to(
        &self,
        recipient: &Address,
        subject: &str,
    ) -> Result<Option<Sent>, StorageError> {
        let query = sqlx::query(SENT_TO).bind(recipient.as_str()).bind(subject);
        query.fetch_optional(&self.reader).await?.as_ref().map(sent).transpose()
    }

    async fn unsigned_shares(
        &self,
        message: MessageKey,
    ) -> Result<Vec<UnsignedShare>, StorageError> {
        let rows = sqlx::query(UNSIGNED_SHARES).bind(message.0).fetch_all(&self.reader).await?;
        rows.iter().map(unsigned_share).collect()
    }

    async fn incoming_by_kind(&self) -> Result<BTreeMap<String, u64>, StorageError> {
        let rows = sqlx::query(COUNT_BY_KIND).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let row = RowReader { row, table: "incoming", id: 0 };
                Ok((row.get("kind")?, row.number("mails")?))
            })
            .collect()
    }

    async fn take(&self, receipt: &Receipt, now: Moment) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        let query = sqlx::query(ADD_INCOMING)
            .bind(&receipt.digest)
            .bind(receipt.effect.word())
            .bind(receipt.message.map(|message| message.0))
            .bind(&receipt.detail)
            .bind(now.seconds());
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(message) = receipt.message {
            change(&mut transaction, message, receipt, now).await?;
            journal_lines::append(&mut transaction, &entries(message, receipt, now)).await?;
        } else if receipt.effect == Effect::Returned {
            items::open(&mut transaction, &to_be_read(receipt), &receipt.detail, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

async fn change(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    receipt: &Receipt,
    now: Moment,
) -> Result<(), StorageError> {
    match &receipt.effect {
        Effect::Bounced { recipient, class, suppress } => {
            set_reported(&mut *transaction, message, "bounced").await?;
            dead_letter_told_reminders(&mut *transaction, message, *class, now).await?;
            let item = if *suppress {
                failed::suppress(&mut *transaction, recipient.as_str(), *class, now).await?;
                ItemKey::Mailbox(recipient.clone())
            } else {
                ItemKey::Undelivered(message)
            };
            items::open(transaction, &item, &receipt.detail, now).await
        }
        Effect::Delayed => set_reported(transaction, message, "delayed").await,
        Effect::Delivered => set_reported(transaction, message, "delivered").await,
        Effect::Returned => {
            items::open(transaction, &ItemKey::Returned(message), &receipt.detail, now).await
        }
        Effect::Answered { proposed } => {
            if proposed.is_empty() {
                let item = to_be_read(receipt);
                items::open(&mut *transaction, &item, &receipt.detail, now).await?;
            }
            for share in proposed {
                let detail = format!("{} {}: {}", share.reference, share.unit, receipt.detail);
                let item = ItemKey::Answer(share.assignment);
                items::open(&mut *transaction, &item, &detail, now).await?;
            }
            Ok(())
        }
        Effect::Automatic | Effect::Stray => Ok(()),
    }
}

/// A mail that changes nothing by itself, known by the beginning of its digest.
fn to_be_read(receipt: &Receipt) -> ItemKey {
    ItemKey::Mail(receipt.digest.chars().take(12).collect())
}

async fn set_reported(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    word: &str,
) -> Result<(), StorageError> {
    sqlx::query(SET_REPORTED).bind(message.0).bind(word).execute(transaction).await?;
    Ok(())
}

/// Marks the reminders of a bounced message undeliverable and has their assignments planned again.
async fn dead_letter_told_reminders(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    class: FailureClass,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(SET_REMINDERS_UNDELIVERABLE).bind(message.0).bind(class.word());
    query.execute(&mut *transaction).await?;
    failed::replan_assignments(transaction, message, now).await
}

fn entries(message: MessageKey, receipt: &Receipt, now: Moment) -> Vec<Entry> {
    let entry = |action, subject: String| {
        Entry::new(now, action, subject).by("mail").reason(&receipt.detail)
    };
    let word = receipt.effect.word();
    let mut entries = vec![entry(Action::TakeMail, format!("message {}", message.0)).after(word)];
    if let Effect::Answered { proposed } = &receipt.effect {
        entries.extend(proposed.iter().map(|share| {
            entry(Action::ProposeAcknowledgement, share.subject.clone())
                .after(Fact::AcknowledgementProposed { unit: share.unit.clone() })
        }));
    }
    entries
}

fn sent(row: &SqliteRow) -> Result<Sent, StorageError> {
    let row = RowReader::keyed(row, "message")?;
    let recipient = row.read("recipient", |text| Address::parse(text).ok())?;
    Ok(Sent { key: MessageKey(row.id), recipient })
}

fn unsigned_share(row: &SqliteRow) -> Result<UnsignedShare, StorageError> {
    let row = RowReader::keyed(row, "assignment")?;
    let (reference, occurrence): (String, String) = (row.get("ref")?, row.get("occurrence")?);
    let reference =
        if occurrence.is_empty() { reference } else { format!("{reference}/{occurrence}") };
    let subject = journal_subject(&row.get::<String>("list")?, &reference);
    let unit = row.get("unit")?;
    Ok(UnsignedShare { assignment: AssignmentId(row.id), reference, subject, unit })
}
