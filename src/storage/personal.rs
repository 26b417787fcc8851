//! What the ledger holds about one person, and its erasure.
//!
//! Must not know: SQL, how a mail is decoded. Law: 个人信息保护法 arts. 45 and 47.

use async_trait::async_trait;

use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, ContactUid};
use crate::storage::StorageError;
use crate::storage::journal::Entry;

/// A contact under the address of the person, retired or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonContact {
    pub id: ContactId,
    pub uid: ContactUid,
    pub unit: String,
    pub name: String,
    pub address: String,
    pub retired_at: Option<Moment>,
    /// From this moment on the data may be erased; `None` until somebody orders it.
    pub erase_after: Option<Moment>,
}

/// A mail to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonMail {
    pub key: MessageKey,
    pub day: String,
    pub subject: String,
    /// The word of its state.
    pub state: String,
    /// It may still be sent, or may have arrived.
    pub is_under_way: bool,
}

/// A mail that came in about a mail to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonIncoming {
    pub kind: String,
    pub detail: String,
    pub taken_at: Moment,
}

/// How much was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub mails: u64,
    pub journal_fields: usize,
    /// References (编号) that name the person. They stay, since other rows and the journal know the obligation by them.
    pub references: Vec<String>,
}

#[async_trait]
pub trait PersonalData: Send + Sync {
    /// Returns the contacts with this address, in whatever case.
    async fn person_contacts(&self, address: &str) -> Result<Vec<PersonContact>, StorageError>;

    /// Returns the mails to this address or to a contact that has it now, oldest first.
    async fn person_mails(&self, address: &str) -> Result<Vec<PersonMail>, StorageError>;

    async fn person_incoming(&self, address: &str) -> Result<Vec<PersonIncoming>, StorageError>;

    /// Returns the owed shares, as `REFERENCE UNIT`, of units that have no contact but this person.
    async fn duties_of_only_contact(&self, address: &str) -> Result<Vec<String>, StorageError>;

    /// Returns the names of these contacts that no other contact has: a namesake's name is not erased.
    async fn names_of_nobody_else(&self, address: &str) -> Result<Vec<String>, StorageError>;

    /// Retires the contacts with this address, and lets their data be erased from `after` on.
    async fn order_erasure(
        &self,
        address: &str,
        after: Moment,
        entry: &Entry,
    ) -> Result<(), StorageError>;

    /// Returns up to 200 mails after `key` that are under way no more, with their bytes; without those that are packed.
    async fn finished_mails_after(
        &self,
        key: MessageKey,
    ) -> Result<Vec<(MessageKey, Vec<u8>)>, StorageError>;

    /// Returns the first bundle of packed mails after `bundle`, with its number; `None` after the last.
    async fn bundled_mails_after(
        &self,
        bundle: i64,
    ) -> Result<Option<(i64, Vec<(MessageKey, Vec<u8>)>)>, StorageError>;

    /// Erases address and `names` of the contacts with this address, also where texts name the person, and the bytes of
    /// `mails`; their digests stay. Pages of the file keep what was erased until the file is rewritten.
    async fn erase_person(
        &self,
        address: &str,
        names: &[String],
        mails: &[MessageKey],
        entry: &Entry,
    ) -> Result<Erased, StorageError>;
}
