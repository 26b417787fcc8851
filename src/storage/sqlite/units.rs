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
use super::posts::{contact_called, end_absences, follow, replan, retire};
use super::register_state::is_overtaken;
use super::rows::exactly_one;
use super::{directory_rows, journal_lines, unit_changes};
use crate::domain::address::Address;
use crate::domain::delivery::MessageKey;
use crate::domain::directory::{
    Absence, ChangedAbsence, Directory, DirectoryChange, NewContact, UnitChange,
};
use crate::domain::ledger_identity::LedgerSecret;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::register_state::{RegisterState, WriteResult};
use crate::storage::uids::uids;
use crate::storage::units::{MovedShares, Units};

const UNIT_CALLED: &str = "\
SELECT id FROM unit WHERE name = $1 AND retired_at IS NULL UNION ALL SELECT unit_id FROM unit_alias WHERE alias = $1";

const OUT_OF_REACH: &str = "\
SELECT id, name FROM unit
WHERE retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM group_member WHERE group_id = unit.id)
  AND NOT EXISTS (SELECT 1 FROM contact
                  WHERE unit_id = unit.id AND retired_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.address_key = contact.address_key))
ORDER BY id";

/// An abolished unit that is imported again is one again.
const RESTORE_UNIT: &str = "\
UPDATE unit SET retired_at = NULL WHERE id = (
    SELECT former.id FROM unit AS former
    WHERE former.name = $1 AND former.retired_at IS NOT NULL AND former.merged_into_id IS NULL
    ORDER BY former.id DESC LIMIT 1)";

const ADD_UNIT: &str = "INSERT INTO unit (uid, name) VALUES ($1, $2)";

const ADD_ALIAS: &str = "INSERT INTO unit_alias (alias, unit_id) SELECT $1, id FROM unit WHERE name = $2 AND retired_at IS NULL";

const SET_PARENT: &str =
    "\
UPDATE unit SET parent_id = (SELECT other.id FROM unit AS other WHERE other.name = $2 AND other.retired_at IS NULL)
WHERE name = $1 AND retired_at IS NULL";

const ADD_MEMBER: &str = "\
INSERT INTO group_member (group_id, member_id)
SELECT g.id, m.id FROM unit AS g, unit AS m WHERE g.name = $1 AND g.retired_at IS NULL AND m.name = $2 AND m.retired_at IS NULL";

const END_MEMBERSHIP: &str = "\
DELETE FROM group_member
WHERE group_id = (SELECT id FROM unit WHERE name = $1 AND retired_at IS NULL)
  AND member_id = (SELECT id FROM unit WHERE name = $2 AND retired_at IS NULL)";

/// A retired contact who is imported again with the same mailbox is no longer retired.
const RESTORE_CONTACT: &str = "\
UPDATE contact SET retired_at = NULL, erase_after_at = NULL, address = $3, address_check = $6
WHERE id = (SELECT former.id FROM contact AS former JOIN unit ON unit.id = former.unit_id
            WHERE unit.name = $1 AND unit.retired_at IS NULL AND former.name = $2 AND former.rank = $4 AND former.address_key = $5
              AND former.retired_at IS NOT NULL
            ORDER BY former.id DESC LIMIT 1)";

const ADD_CONTACT: &str = "\
INSERT INTO contact (uid, unit_id, name, address, rank, address_key, address_check)
SELECT $7, id, $2, $3, $4, $5, $6 FROM unit WHERE unit.name = $1 AND unit.retired_at IS NULL";

const SET_ADDRESS: &str = "\
UPDATE contact SET address = $3, address_key = $5, address_check = $6
WHERE name = $2 AND rank = $4 AND retired_at IS NULL AND unit_id = (SELECT unit.id FROM unit WHERE unit.name = $1 AND unit.retired_at IS NULL)";

/// Two contacts of a unit may share a mailbox, but nobody is their own delegate.
const ADD_ABSENCE: &str = "\
INSERT INTO absence (contact_id, from_on, through_on, delegate_id)
SELECT contact.id, $2, $3, (
    SELECT other.id FROM contact AS other
    WHERE other.unit_id = contact.unit_id AND lower(other.address) = lower($4) AND other.id <> contact.id
      AND other.retired_at IS NULL
    ORDER BY other.id LIMIT 1)
FROM contact WHERE contact.id = $1";

/// Messages to an address that the contact has no more, except those that are leased, may have arrived, or are held: the
/// claim checks these again.
const MESSAGES_TO_OLD_ADDRESS: &str = "\
SELECT message.id FROM message
WHERE is_sendable AND message.state IN ('ready', 'deferred') AND unknowns = 0 AND EXISTS (
    SELECT 1 FROM contact JOIN unit ON unit.id = contact.unit_id
    WHERE unit.name = $1 AND unit.retired_at IS NULL AND contact.name = $2 AND contact.rank = $3
      AND contact.retired_at IS NULL AND contact.address <> message.recipient
      AND (contact.id = message.contact_id
           OR contact.id IN (SELECT reminder.contact_id FROM reminder WHERE reminder.message_id = message.id)))
ORDER BY message.id";

/// What the old mailbox refused never reached the contact, so it is planned again.
const UNBLOCK_REFUSED_REMINDERS: &str = "\
UPDATE reminder SET state = 'blocked', reason = 'new-address', message_id = NULL
WHERE state = 'undeliverable' AND contact_id = (
    SELECT id FROM contact
    WHERE name = $2 AND contact.rank = $3 AND retired_at IS NULL AND unit_id = (SELECT unit.id FROM unit WHERE unit.name = $1 AND unit.retired_at IS NULL))
RETURNING assignment_id";

const CONTACTS_TO_TELL: &str = "\
SELECT unit.name || ' ' || contact.name AS name, contact.address AS address, address_check
FROM contact JOIN unit ON unit.id = contact.unit_id
WHERE contact.retired_at IS NULL AND contact.id IN (SELECT contact_id FROM reminder WHERE state = 'planned')
ORDER BY contact.id";

pub(super) const STATEMENTS: &[&str] = &[
    CONTACTS_TO_TELL,
    ADD_ABSENCE,
    RESTORE_CONTACT,
    MESSAGES_TO_OLD_ADDRESS,
    UNBLOCK_REFUSED_REMINDERS,
    UNIT_CALLED,
    OUT_OF_REACH,
    RESTORE_UNIT,
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

    async fn change_unit(
        &self,
        since: RegisterState,
        change: &UnitChange,
        shares: &MovedShares,
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError> {
        let mut transaction = self.begin_write().await?;
        if is_overtaken(&mut transaction, &since).await? {
            return Ok(WriteResult::Overtaken);
        }
        if let UnitChange::Merge(merger) = change {
            apply(&mut transaction, &merger.people, now, &[]).await?;
        }
        unit_changes::apply(&mut transaction, change, shares, now).await?;
        journal_lines::append(&mut transaction, entries).await?;
        transaction.commit().await?;
        Ok(WriteResult::Written)
    }

    async fn change_directory_since(
        &self,
        since: RegisterState,
        change: &DirectoryChange,
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError> {
        let mut transaction = self.begin_write().await?;
        if is_overtaken(&mut transaction, &since).await? {
            return Ok(WriteResult::Overtaken);
        }
        apply(&mut transaction, change, now, entries).await?;
        transaction.commit().await?;
        Ok(WriteResult::Written)
    }

    async fn change_directory(
        &self,
        change: &DirectoryChange,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        apply(&mut transaction, change, now, entries).await?;
        Ok(transaction.commit().await?)
    }
}

async fn apply(
    transaction: &mut SqliteConnection,
    change: &DirectoryChange,
    now: Moment,
    entries: &[Entry],
) -> Result<(), StorageError> {
    for (uid, name) in uids(now, change.units.len())?.iter().zip(&change.units) {
        let restored = sqlx::query(RESTORE_UNIT).bind(name).execute(&mut *transaction).await?;
        if restored.rows_affected() == 0 {
            let query = sqlx::query(ADD_UNIT).bind(uid.to_string()).bind(name);
            query.execute(&mut *transaction).await?;
        }
    }
    change_pairs(&mut *transaction, "add alias", ADD_ALIAS, &change.aliases).await?;
    change_pairs(&mut *transaction, "set superior", SET_PARENT, &change.parents).await?;
    change_pairs(&mut *transaction, "add member", ADD_MEMBER, &change.members).await?;
    change_pairs(&mut *transaction, "end membership", END_MEMBERSHIP, &change.left).await?;
    for retired in &change.retired {
        retire(&mut *transaction, retired.contact, now).await?;
    }
    change_contacts(&mut *transaction, change, now).await?;
    for absence in &change.absences {
        change_absence(&mut *transaction, absence).await?;
    }
    journal_lines::append(&mut *transaction, entries).await?;
    for contact in &change.addresses {
        redirect_messages(&mut *transaction, contact, now).await?;
    }
    for retired in &change.retired {
        follow(&mut *transaction, retired).await?;
    }
    Ok(())
}

async fn change_contacts(
    transaction: &mut SqliteConnection,
    change: &DirectoryChange,
    now: Moment,
) -> Result<(), StorageError> {
    let secret = secret(&mut *transaction).await?;
    for (uid, contact) in uids(now, change.contacts.len())?.iter().zip(&change.contacts) {
        let query = bound_contact(RESTORE_CONTACT, contact, &secret);
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            let query = bound_contact(ADD_CONTACT, contact, &secret).bind(uid.to_string());
            exactly_one("add contact", query.execute(&mut *transaction).await?.rows_affected())?;
        }
    }
    for contact in &change.addresses {
        let query = bound_contact(SET_ADDRESS, contact, &secret);
        exactly_one("set address", query.execute(&mut *transaction).await?.rows_affected())?;
    }
    Ok(())
}

async fn change_absence(
    transaction: &mut SqliteConnection,
    changed: &ChangedAbsence,
) -> Result<(), StorageError> {
    let ChangedAbsence { unit, name, rank, absences } = changed;
    let contact = contact_called(&mut *transaction, unit, *rank, name).await?;
    end_absences(&mut *transaction, contact).await?;
    for Absence { from, through, delegate } in absences {
        let query = sqlx::query(ADD_ABSENCE).bind(contact).bind(from.to_string());
        let query = query.bind(through.to_string()).bind(delegate.as_ref().map(Address::as_str));
        exactly_one("add absence", query.execute(&mut *transaction).await?.rows_affected())?;
    }
    Ok(())
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
        replan(&mut *transaction, row.try_get("assignment_id")?, now).await?;
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
