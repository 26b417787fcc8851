//! Units, aliases, groups and contacts.
//!
//! Must not know: what a group is for. Callers: other rooms through the trait [`Units`].

use async_trait::async_trait;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite as Database, SqliteArguments};
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::digests::of_address;
use super::ledger_identity::{address_key, secret};
use super::outbox::withdraw::take_back;
use super::rows::exactly_one;
use super::{directory_rows, journal_lines};
use crate::domain::address::Address;
use crate::domain::delivery::MessageKey;
use crate::domain::directory::{ChangedAbsence, Directory, DirectoryChange, NewContact};
use crate::domain::ledger_identity::LedgerSecret;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::uids::uids;
use crate::storage::units::Units;

const UNIT_CALLED: &str = "\
SELECT id FROM unit WHERE name = $1 UNION ALL SELECT unit_id FROM unit_alias WHERE alias = $1";

const OUT_OF_REACH: &str = "\
SELECT id, name FROM unit
WHERE NOT EXISTS (SELECT 1 FROM group_member WHERE group_id = unit.id)
  AND NOT EXISTS (SELECT 1 FROM contact
                  WHERE unit_id = unit.id AND retired_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.address_key = contact.address_key))
ORDER BY id";

const ADD_UNIT: &str = "INSERT INTO unit (uid, name) VALUES ($1, $2)";

const ADD_ALIAS: &str =
    "INSERT INTO unit_alias (alias, unit_id) SELECT $1, id FROM unit WHERE name = $2";

const SET_PARENT: &str =
    "UPDATE unit SET parent_id = (SELECT id FROM unit WHERE name = $2) WHERE name = $1";

const ADD_MEMBER: &str = "\
INSERT INTO group_member (group_id, member_id)
SELECT g.id, m.id FROM unit AS g, unit AS m WHERE g.name = $1 AND m.name = $2";

const END_MEMBERSHIP: &str = "\
DELETE FROM group_member
WHERE group_id = (SELECT id FROM unit WHERE name = $1) AND member_id = (SELECT id FROM unit WHERE name = $2)";

/// A retired contact who is imported again is no longer retired.
const ADD_CONTACT: &str = "\
INSERT INTO contact (uid, unit_id, name, address, rank, address_key, address_check)
SELECT $7, id, $2, $3, $4, $5, $6 FROM unit WHERE unit.name = $1
ON CONFLICT (unit_id, rank, name)
DO UPDATE SET address = excluded.address, address_key = excluded.address_key, address_check = excluded.address_check,
              retired_at = NULL, erase_after_at = NULL
WHERE contact.retired_at IS NOT NULL";

const SET_ADDRESS: &str = "\
UPDATE contact SET address = $3, address_key = $5, address_check = $6, retired_at = NULL, erase_after_at = NULL
WHERE name = $2 AND rank = $4 AND unit_id = (SELECT id FROM unit WHERE name = $1)";

/// Two contacts of a unit may share a mailbox, but nobody is their own delegate.
const SET_ABSENCE: &str = "\
UPDATE contact SET away_from_on = $4, away_through_on = $5, delegate_id = (
    SELECT other.id FROM contact AS other
    WHERE other.unit_id = contact.unit_id AND other.address = $6 AND other.id <> contact.id AND other.retired_at IS NULL
    ORDER BY other.id LIMIT 1)
WHERE name = $2 AND rank = $3 AND unit_id = (SELECT id FROM unit WHERE name = $1)";

/// Messages to an address that the contact has no more, except those that are leased, may have arrived, or are held: the
/// claim checks these again.
const MESSAGES_TO_OLD_ADDRESS: &str = "\
SELECT message.id FROM message JOIN contact ON contact.id = contact_id
WHERE message.state IN ('ready', 'deferred') AND unknowns = 0 AND recipient <> contact.address
  AND contact.name = $2 AND contact.rank = $3 AND unit_id = (SELECT id FROM unit WHERE name = $1)
ORDER BY message.id";

/// What the old mailbox refused never reached the contact, so it is planned again.
const UNBLOCK_REFUSED_REMINDERS: &str = "\
UPDATE reminder SET state = 'blocked', reason = 'new-address', message_id = NULL
WHERE state = 'undeliverable' AND contact_id = (
    SELECT id FROM contact
    WHERE name = $2 AND contact.rank = $3 AND unit_id = (SELECT id FROM unit WHERE name = $1))
RETURNING assignment_id";

const REPLAN_ASSIGNMENT: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id = $1 AND is_owed AND (next_plan_on IS NULL OR next_plan_on > $2)";

const CONTACTS_TO_TELL: &str = "\
SELECT unit.name || ' ' || contact.name AS name, contact.address AS address, address_check
FROM contact JOIN unit ON unit.id = contact.unit_id
WHERE retired_at IS NULL AND contact.id IN (SELECT contact_id FROM reminder WHERE state = 'planned')
ORDER BY contact.id";

pub(super) const STATEMENTS: &[&str] = &[
    CONTACTS_TO_TELL,
    SET_ABSENCE,
    MESSAGES_TO_OLD_ADDRESS,
    UNBLOCK_REFUSED_REMINDERS,
    REPLAN_ASSIGNMENT,
    UNIT_CALLED,
    OUT_OF_REACH,
    ADD_UNIT,
    ADD_ALIAS,
    SET_PARENT,
    ADD_MEMBER,
    END_MEMBERSHIP,
    ADD_CONTACT,
    SET_ADDRESS,
];

#[async_trait]
impl Units for Sqlite {
    async fn directory(&self) -> Result<Directory, StorageError> {
        let mut transaction = self.reader.begin().await?;
        directory_rows::all(&mut transaction).await
    }

    async fn directory_of(
        &self,
        units: &[UnitId],
        contacts: &[ContactId],
    ) -> Result<Directory, StorageError> {
        let mut transaction = self.reader.begin().await?;
        directory_rows::part(&mut transaction, units, contacts).await
    }

    async fn unit_called(&self, name: &str) -> Result<Option<UnitId>, StorageError> {
        let row = sqlx::query(UNIT_CALLED).bind(name).fetch_optional(&self.reader).await?;
        Ok(row.map(|row| row.try_get("id")).transpose()?.map(UnitId))
    }

    async fn units_out_of_reach(&self) -> Result<Vec<(UnitId, String)>, StorageError> {
        let rows = sqlx::query(OUT_OF_REACH).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok((UnitId(row.try_get("id")?), row.try_get("name")?))).collect()
    }

    async fn damaged_contacts(&self) -> Result<Vec<String>, StorageError> {
        let rows = sqlx::query(CONTACTS_TO_TELL).fetch_all(&self.reader).await?;
        let mut damaged = Vec::new();
        for row in &rows {
            let address: Vec<u8> = row.try_get("address")?;
            if row.try_get::<Vec<u8>, _>("address_check")? != of_address(&address).as_bytes() {
                damaged.push(row.try_get("name")?);
            }
        }
        Ok(damaged)
    }

    async fn change_directory(
        &self,
        change: &DirectoryChange,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        for (uid, name) in uids(now, change.units.len())?.iter().zip(&change.units) {
            sqlx::query(ADD_UNIT)
                .bind(uid.to_string())
                .bind(name)
                .execute(&mut *transaction)
                .await?;
        }
        change_pairs(&mut transaction, "add alias", ADD_ALIAS, &change.aliases).await?;
        change_pairs(&mut transaction, "set superior", SET_PARENT, &change.parents).await?;
        change_pairs(&mut transaction, "add member", ADD_MEMBER, &change.members).await?;
        change_pairs(&mut transaction, "end membership", END_MEMBERSHIP, &change.left).await?;
        let secret = secret(&mut transaction).await?;
        for (uid, contact) in uids(now, change.contacts.len())?.iter().zip(&change.contacts) {
            let query = bound_contact(ADD_CONTACT, contact, &secret).bind(uid.to_string());
            exactly_one("add contact", query.execute(&mut *transaction).await?.rows_affected())?;
        }
        for contact in &change.addresses {
            let query = bound_contact(SET_ADDRESS, contact, &secret);
            let done = query.execute(&mut *transaction).await?;
            exactly_one("set address", done.rows_affected())?;
        }
        for absence in &change.absences {
            change_absence(&mut transaction, absence).await?;
        }
        journal_lines::append(&mut transaction, entries).await?;
        for contact in &change.addresses {
            redirect_messages(&mut transaction, contact, now).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn change_absence(
    transaction: &mut SqliteConnection,
    changed: &ChangedAbsence,
) -> Result<(), StorageError> {
    let absence = changed.absence.as_ref();
    let done = sqlx::query(SET_ABSENCE)
        .bind(&changed.unit)
        .bind(&changed.name)
        .bind(changed.rank.word())
        .bind(absence.map(|absence| absence.from.to_string()))
        .bind(absence.map(|absence| absence.through.to_string()))
        .bind(absence.and_then(|absence| absence.delegate.as_ref()).map(Address::as_str))
        .execute(transaction)
        .await?;
    exactly_one("set absence", done.rows_affected())
}

/// Cancels messages to the old address of a contact; the next pass composes them for the new one.
async fn redirect_messages(
    transaction: &mut SqliteConnection,
    contact: &NewContact,
    now: Moment,
) -> Result<(), StorageError> {
    let of_contact = |statement: &'static str| {
        sqlx::query(statement).bind(&contact.unit).bind(&contact.name).bind(contact.rank.word())
    };
    for row in of_contact(MESSAGES_TO_OLD_ADDRESS).fetch_all(&mut *transaction).await? {
        take_back(&mut *transaction, MessageKey(row.try_get("id")?), now).await?;
    }
    for row in of_contact(UNBLOCK_REFUSED_REMINDERS).fetch_all(&mut *transaction).await? {
        let query = sqlx::query(REPLAN_ASSIGNMENT).bind(row.try_get::<i64, _>("assignment_id")?);
        query.bind(now.today().to_string()).execute(&mut *transaction).await?;
    }
    Ok(())
}

async fn change_pairs(
    transaction: &mut SqliteConnection,
    what: &'static str,
    statement: &'static str,
    pairs: &[(String, String)],
) -> Result<(), StorageError> {
    for (first, second) in pairs {
        let done =
            sqlx::query(statement).bind(first).bind(second).execute(&mut *transaction).await?;
        exactly_one(what, done.rows_affected())?;
    }
    Ok(())
}

fn bound_contact<'a>(
    statement: &'static str,
    contact: &'a NewContact,
    secret: &LedgerSecret,
) -> Query<'a, Database, SqliteArguments> {
    sqlx::query(statement)
        .bind(&contact.unit)
        .bind(&contact.name)
        .bind(contact.address.as_str())
        .bind(contact.rank.word())
        .bind(address_key(secret, contact.address.as_str()))
        .bind(of_address(contact.address.as_str().as_bytes()))
}
