//! Statements on mails that came in.
//!
//! Must not know: what a mail means. One mail is one transaction, whatever it changes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::outbox::{record, roads};
use super::rows::Place;
use super::{Sqlite, journal};
use crate::domain::address::Address;
use crate::domain::delivery::{FailureClass, MessageKey};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::storage::StorageError;
use crate::storage::incoming::{Effect, IncomingMail, Receipt, Sent, UnsignedShare};
use crate::storage::journal::Entry;

const SENT_AS: &str = "\
SELECT message.id, recipient FROM json_each($1) AS asked JOIN message ON message.message_id = asked.value
ORDER BY asked.key LIMIT 1";

const SENT_TO: &str = "\
SELECT id, recipient FROM message WHERE recipient = $1 AND subject = $2 AND state = 'accepted'
ORDER BY accepted_at DESC, id DESC LIMIT 1";

const UNSIGNED_SHARES: &str = "\
SELECT DISTINCT assignment.id, obligation.ref, obligation.occurrence, unit.name AS unit
FROM reminder
JOIN assignment ON assignment.id = reminder.assignment_id
JOIN obligation ON obligation.id = reminder.obligation_id
JOIN unit ON unit.id = assignment.unit_id
WHERE reminder.message_id = $1 AND reminder.role = 'responsible' AND assignment.state = 'open'
  AND obligation.state = 'open'
ORDER BY obligation.ref, obligation.occurrence, assignment.id";

const BY_KIND: &str = "SELECT kind, count(*) AS mails FROM incoming_message GROUP BY kind";

const PUT_ON_RECORD: &str = "\
INSERT INTO incoming_message (digest, kind, message_id, detail, taken_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (digest) DO NOTHING";

/// A bounce is the last word; a delivery to somebody's mail system is not taken back by a delay before it.
const REPORT: &str = "\
UPDATE message SET reported = $2
WHERE id = $1 AND state = 'accepted' AND reported IS NOT 'bounced' AND ($2 <> 'delayed' OR reported IS NULL)";

const REMINDERS_REACHED_NOBODY: &str = "\
UPDATE reminder SET state = 'undeliverable', reason = $2, told_at = NULL
WHERE message_id = $1 AND state = 'told'";

pub(super) const STATEMENTS: &[&str] =
    &[SENT_AS, SENT_TO, UNSIGNED_SHARES, BY_KIND, PUT_ON_RECORD, REPORT, REMINDERS_REACHED_NOBODY];

#[async_trait]
impl IncomingMail for Sqlite {
    async fn sent_as(&self, message_ids: &[String]) -> Result<Option<Sent>, StorageError> {
        let asked = serde_json::Value::from(message_ids.to_vec()).to_string();
        let row = sqlx::query(SENT_AS).bind(asked).fetch_optional(&self.reader).await?;
        row.as_ref().map(sent).transpose()
    }

    async fn sent_to(
        &self,
        recipient: &Address,
        subject: &str,
    ) -> Result<Option<Sent>, StorageError> {
        let row = sqlx::query(SENT_TO).bind(recipient.as_str()).bind(subject);
        row.fetch_optional(&self.reader).await?.as_ref().map(sent).transpose()
    }

    async fn unsigned_shares(
        &self,
        message: MessageKey,
    ) -> Result<Vec<UnsignedShare>, StorageError> {
        let rows = sqlx::query(UNSIGNED_SHARES).bind(message.0).fetch_all(&self.reader).await?;
        rows.iter().map(unsigned_share).collect()
    }

    async fn incoming_by_kind(&self) -> Result<BTreeMap<String, u64>, StorageError> {
        let rows = sqlx::query(BY_KIND).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let place = Place { row, table: "incoming", id: 0 };
                Ok((place.get("kind")?, place.number("mails")?))
            })
            .collect()
    }

    async fn take(&self, receipt: &Receipt, now: Moment) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let put = sqlx::query(PUT_ON_RECORD)
            .bind(&receipt.digest)
            .bind(receipt.effect.word())
            .bind(receipt.message.map(|message| message.0))
            .bind(&receipt.detail)
            .bind(now.seconds());
        if put.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(message) = receipt.message {
            change(&mut transaction, message, receipt, now).await?;
            journal::append(&mut transaction, &entries(message, receipt, now)).await?;
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
            report(&mut *transaction, message, "bounced").await?;
            reach_nobody(&mut *transaction, message, *class, now).await?;
            let item = if *suppress {
                record::suppress(&mut *transaction, recipient.as_str(), *class, now).await?;
                ItemKey::Mailbox(recipient.clone())
            } else {
                ItemKey::Undelivered(message)
            };
            roads::open_item(transaction, &item, &receipt.detail, now).await
        }
        Effect::Delayed => report(transaction, message, "delayed").await,
        Effect::Delivered => report(transaction, message, "delivered").await,
        Effect::Returned => {
            roads::open_item(transaction, &ItemKey::Returned(message), &receipt.detail, now).await
        }
        Effect::Answered { proposed } => {
            for share in proposed {
                let detail = format!("{} {}: {}", share.reference, share.unit, receipt.detail);
                let item = ItemKey::Answer(share.assignment);
                roads::open_item(&mut *transaction, &item, &detail, now).await?;
            }
            Ok(())
        }
        Effect::Automatic | Effect::Stray => Ok(()),
    }
}

async fn report(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    word: &str,
) -> Result<(), StorageError> {
    sqlx::query(REPORT).bind(message.0).bind(word).execute(transaction).await?;
    Ok(())
}

async fn reach_nobody(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    class: FailureClass,
    now: Moment,
) -> Result<(), StorageError> {
    let done = sqlx::query(REMINDERS_REACHED_NOBODY).bind(message.0).bind(class.word());
    done.execute(&mut *transaction).await?;
    record::look_again(transaction, message, now).await
}

fn entries(message: MessageKey, receipt: &Receipt, now: Moment) -> Vec<Entry> {
    let entry = |action, subject: String| Entry {
        at: now,
        actor: "mail".to_owned(),
        action,
        subject,
        before: None,
        after: Some(receipt.effect.word().to_owned()),
        reason: Some(receipt.detail.clone()),
    };
    let mut entries = vec![entry(Action::TakeMail, format!("message {}", message.0))];
    if let Effect::Answered { proposed } = &receipt.effect {
        let proposals = proposed.iter().map(|share| Entry {
            after: Some(format!("{}: acknowledged?", share.unit)),
            ..entry(Action::ProposeAcknowledgement, format!("obligation {}", share.reference))
        });
        entries.extend(proposals);
    }
    entries
}

fn sent(row: &SqliteRow) -> Result<Sent, StorageError> {
    let place = Place::keyed(row, "message")?;
    let recipient = place.read("recipient", |text| Address::parse(text).ok())?;
    Ok(Sent { key: MessageKey(place.id), recipient })
}

fn unsigned_share(row: &SqliteRow) -> Result<UnsignedShare, StorageError> {
    let place = Place::keyed(row, "assignment")?;
    let (reference, occurrence): (String, String) = (place.get("ref")?, place.get("occurrence")?);
    let reference =
        if occurrence.is_empty() { reference } else { format!("{reference}/{occurrence}") };
    Ok(UnsignedShare { assignment: AssignmentId(place.id), reference, unit: place.get("unit")? })
}
