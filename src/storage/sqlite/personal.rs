//! What the ledger holds about one person, and its erasure.
//!
//! Must not know: how a mail is decoded. Callers: other rooms through the trait [`PersonalData`].

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::rows::{RowReader, json_texts};
use super::{journal_lines, mail_bundles};
use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, ContactUid};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::personal::{Erased, PersonContact, PersonIncoming, PersonMail, PersonalData};

const CONTACTS: &str = "\
SELECT contact.id, contact.uid, unit.name AS unit, contact.name, address, contact.retired_at, erase_after_at
FROM contact JOIN unit ON unit.id = unit_id WHERE lower(address) = lower($1) ORDER BY contact.id";

const MAILS: &str = "\
SELECT id, day_on, subject, state,
       state IN ('ready', 'leased', 'deferred', 'unknown', 'held') AS is_under_way
FROM message
WHERE lower(recipient) = lower($1) OR contact_id IN (SELECT id FROM contact WHERE lower(address) = lower($1))
ORDER BY id";

const INCOMING: &str = "\
SELECT incoming_message.message_id AS id, incoming_message.kind, detail, taken_at
FROM incoming_message JOIN message ON message.id = incoming_message.message_id
WHERE lower(recipient) = lower($1) OR contact_id IN (SELECT id FROM contact WHERE lower(address) = lower($1))
ORDER BY taken_at, digest";

const DUTIES: &str = "\
SELECT ref || CASE occurrence WHEN '' THEN '' ELSE '/' || occurrence END || ' ' || unit.name AS duty
FROM assignment JOIN obligation ON obligation.id = obligation_id JOIN unit ON unit.id = unit_id
WHERE is_owed AND obligation.state = 'open'
  AND unit_id IN (SELECT unit_id FROM contact WHERE lower(address) = lower($1))
  AND NOT EXISTS (SELECT 1 FROM contact AS other
                  WHERE other.unit_id = assignment.unit_id AND lower(other.address) <> lower($1)
                    AND other.retired_at IS NULL)
ORDER BY assignment.id";

const ORDER: &str = "\
UPDATE contact SET retired_at = coalesce(retired_at, $3), erase_after_at = $2 WHERE lower(address) = lower($1)";

const FINISHED_MAILS: &str = "\
SELECT message.id, bytes FROM message JOIN message_bytes ON message_bytes.message_id = message.id
WHERE message.id > $1 AND state NOT IN ('ready', 'leased', 'deferred', 'unknown', 'held')
ORDER BY message.id LIMIT 200";

/// Names of the contacts that no other contact has: a namesake's name is not erased.
const NAMES_OF_NOBODY_ELSE: &str = "\
SELECT DISTINCT name FROM contact WHERE lower(address) = lower($1) AND length(name) > 1
  AND NOT EXISTS (SELECT 1 FROM contact AS other
                  WHERE other.name = contact.name AND lower(other.address) <> lower($1))";

const BLANK_INCOMING: &str = "\
UPDATE incoming_message SET detail = ''
WHERE message_id IN (
    SELECT id FROM message
    WHERE lower(recipient) = lower($1) OR contact_id IN (SELECT id FROM contact WHERE lower(address) = lower($1)))";

const BLANK_RECIPIENT: &str = "\
UPDATE message SET recipient = 'erased-' || coalesce(contact_id, 0) || '@erased.invalid', recipient_key = ''
WHERE lower(recipient) = lower($1)";

const DELETE_ITEM: &str = "DELETE FROM operator_item WHERE lower(key) = 'mailbox:' || lower($1)";

const BLANK_CONTACT: &str = "\
UPDATE contact SET name = '已匿名化 ' || id, address = 'erased-' || id || '@erased.invalid', address_key = '',
                   address_check = '', erase_after_at = NULL
WHERE lower(address) = lower($1)";

const DELETE_ABSENCES: &str = "DELETE FROM absence WHERE contact_id IN (SELECT id FROM contact WHERE lower(address) = lower($1))";

/// Stands for the name or the address of a person whose data was erased.
const ANONYMOUS: &str = "已匿名化";

/// A text that the program wrote goes as a whole, in whatever case it names the person.
macro_rules! blank {
    ($table:literal, $column:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET ",
            $column,
            " = '' WHERE instr(lower(",
            $column,
            "), lower($1)) > 0"
        )
    };
}

/// In a text that a person wrote, only what names the person goes.
macro_rules! replace {
    ($table:literal, $column:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET ",
            $column,
            " = replace(",
            $column,
            ", $1, $2) WHERE instr(",
            $column,
            ", $1) > 0"
        )
    };
}

pub(super) const BLANKED_TEXTS: [&str; 4] = [
    blank!("message", "last_reply"),
    blank!("attempt", "reply"),
    blank!("incoming_message", "detail"),
    blank!("operator_item", "detail"),
];

pub(super) const REPLACED_TEXTS: [&str; 13] = [
    replace!("obligation", "title"),
    replace!("obligation", "written"),
    replace!("obligation", "source"),
    replace!("obligation", "note"),
    replace!("message", "subject"),
    replace!("obligation", "instructions"),
    replace!("assignment", "evidence"),
    replace!("state_change", "evidence"),
    replace!("item_decision", "reason"),
    replace!("counted_event", "what"),
    replace!("adjustment", "reason"),
    replace!("correction", "reason"),
    replace!("import_change", "former"),
];

/// References (编号) that name the person stay: other rows, lists and the journal know the duty by them.
const REFERENCES_WITH: &str = "\
SELECT DISTINCT ref FROM obligation, json_each($1) AS sought WHERE instr(ref, sought.value) > 0 ORDER BY ref";

pub(super) const STATEMENTS: &[&str] = &[
    CONTACTS,
    MAILS,
    INCOMING,
    DUTIES,
    ORDER,
    FINISHED_MAILS,
    NAMES_OF_NOBODY_ELSE,
    BLANK_INCOMING,
    BLANK_RECIPIENT,
    DELETE_ITEM,
    BLANK_CONTACT,
    DELETE_ABSENCES,
    REFERENCES_WITH,
];

#[async_trait]
impl PersonalData for Sqlite {
    async fn person_contacts(&self, address: &str) -> Result<Vec<PersonContact>, StorageError> {
        let rows = sqlx::query(CONTACTS).bind(address).fetch_all(&self.reader).await?;
        rows.iter().map(contact).collect()
    }

    async fn person_mails(&self, address: &str) -> Result<Vec<PersonMail>, StorageError> {
        let rows = sqlx::query(MAILS).bind(address).fetch_all(&self.reader).await?;
        let mail = |row: &SqliteRow| {
            Ok(PersonMail {
                key: MessageKey(row.try_get("id")?),
                day: row.try_get("day_on")?,
                subject: row.try_get("subject")?,
                state: row.try_get("state")?,
                is_under_way: row.try_get("is_under_way")?,
            })
        };
        rows.iter().map(mail).collect()
    }

    async fn person_incoming(&self, address: &str) -> Result<Vec<PersonIncoming>, StorageError> {
        let rows = sqlx::query(INCOMING).bind(address).fetch_all(&self.reader).await?;
        let incoming = |row: &SqliteRow| {
            let row = RowReader::keyed(row, "incoming_message")?;
            Ok(PersonIncoming {
                kind: row.get("kind")?,
                detail: row.get("detail")?,
                taken_at: row.moment("taken_at")?,
            })
        };
        rows.iter().map(incoming).collect()
    }

    async fn duties_of_only_contact(&self, address: &str) -> Result<Vec<String>, StorageError> {
        let rows = sqlx::query(DUTIES).bind(address).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(row.try_get("duty")?)).collect()
    }

    async fn names_of_nobody_else(&self, address: &str) -> Result<Vec<String>, StorageError> {
        let rows = sqlx::query(NAMES_OF_NOBODY_ELSE).bind(address).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }

    async fn order_erasure(
        &self,
        address: &str,
        after: Moment,
        entry: &Entry,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let query = sqlx::query(ORDER).bind(address).bind(after.seconds());
        query.bind(entry.at.seconds()).execute(&mut *transaction).await?;
        journal_lines::append(&mut transaction, std::slice::from_ref(entry)).await?;
        Ok(transaction.commit().await?)
    }

    async fn finished_mails_after(
        &self,
        key: MessageKey,
    ) -> Result<Vec<(MessageKey, Vec<u8>)>, StorageError> {
        let rows = sqlx::query(FINISHED_MAILS).bind(key.0).fetch_all(&self.reader).await?;
        let mail = |row: &SqliteRow| Ok((MessageKey(row.try_get("id")?), row.try_get("bytes")?));
        rows.iter().map(mail).collect()
    }

    async fn bundled_mails_after(
        &self,
        bundle: i64,
    ) -> Result<Option<(i64, Vec<(MessageKey, Vec<u8>)>)>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        mail_bundles::bundle_after(&mut reader, bundle).await
    }

    async fn erase_person(
        &self,
        address: &str,
        names: &[String],
        mails: &[MessageKey],
        entry: &Entry,
    ) -> Result<Erased, StorageError> {
        let mut transaction = self.begin_write().await?;
        let mut sought = vec![address.to_owned()];
        sought.extend_from_slice(names);
        let journal_fields = journal_lines::erase_fields_with(&mut transaction, &sought).await?;
        let mails = mail_bundles::erase(&mut transaction, mails, entry.at.seconds()).await?;
        for statement in [BLANK_INCOMING, BLANK_RECIPIENT, DELETE_ITEM] {
            sqlx::query(statement).bind(address).execute(&mut *transaction).await?;
        }
        for text in &sought {
            for statement in BLANKED_TEXTS {
                sqlx::query(statement).bind(text).execute(&mut *transaction).await?;
            }
            for statement in REPLACED_TEXTS {
                let query = sqlx::query(statement).bind(text).bind(ANONYMOUS);
                query.execute(&mut *transaction).await?;
            }
        }
        let query = sqlx::query(REFERENCES_WITH).bind(json_texts(&sought));
        let references = query.fetch_all(&mut *transaction).await?;
        let references: Result<Vec<String>, StorageError> =
            references.iter().map(|row| Ok(row.try_get("ref")?)).collect();
        sqlx::query(DELETE_ABSENCES).bind(address).execute(&mut *transaction).await?;
        sqlx::query(BLANK_CONTACT).bind(address).execute(&mut *transaction).await?;
        journal_lines::append(&mut transaction, std::slice::from_ref(entry)).await?;
        transaction.commit().await?;
        Ok(Erased { mails, journal_fields, references: references? })
    }
}

fn contact(row: &SqliteRow) -> Result<PersonContact, StorageError> {
    let row = RowReader::keyed(row, "contact")?;
    Ok(PersonContact {
        id: ContactId(row.id),
        uid: ContactUid(row.uid("uid")?),
        unit: row.get("unit")?,
        name: row.get("name")?,
        address: row.get("address")?,
        retired_at: row.moment_if_any("retired_at")?,
        erase_after: row.moment_if_any("erase_after_at")?,
    })
}
