//! Erases what the ledger holds about a person, in two steps a week apart.
//!
//! Must not know: SQL, how it is asked for. Law: 个人信息保护法 art. 47.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Context, NotFound, Refused};
use crate::domain::delivery::MessageKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::intake::mail_text::mail_text;
use crate::storage::StorageError;
use crate::storage::personal::{Erased, PersonContact, PersonMail};

/// Between the order and the erasure, so that a mistake can be taken back: importing the contact again does so.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forgetting {
    /// Nothing was written: the person would get no mail from now on.
    WouldOrder,
    /// No mail from now on; the data may be erased after this moment.
    Ordered {
        erase_after: Moment,
    },
    /// Ordered before; the week is not over.
    Waiting {
        erase_after: Moment,
    },
    /// Nothing was written: the week is over, so many mails would be erased.
    WouldErase {
        mails: usize,
    },
    Erased(Erased),
}

/// Takes the next step towards forgetting the person with this address; writes nothing without `is_confirmed`.
///
/// # Errors
///
/// [`Refused::StillNeeded`] while the person is the only contact of a unit that owes something, or mail is under way.
pub async fn forget(
    context: Context<'_>,
    address: &str,
    is_confirmed: bool,
) -> Result<Forgetting, Refused> {
    let contacts = context.store.person_contacts(address).await?;
    let Some(first) = contacts.first() else {
        return Err(NotFound::Contact { asked: address.to_owned(), similar: None }.into());
    };
    refuse_while_needed(context, address).await?;
    let Some(erase_after) = ordered(&contacts) else {
        if !is_confirmed {
            return Ok(Forgetting::WouldOrder);
        }
        let erase_after = context.now.plus(WEEK);
        let entry = context.entry(Action::OrderErasure, subject(&contacts));
        context.store.order_erasure(address, erase_after, &entry).await?;
        return Ok(Forgetting::Ordered { erase_after });
    };
    if context.now < erase_after {
        return Ok(Forgetting::Waiting { erase_after });
    }
    if !is_confirmed {
        let names = context.store.names_of_nobody_else(address).await?;
        let mails = mails_that_name(context, &first.address, &names).await?;
        return Ok(Forgetting::WouldErase { mails: mails.len() });
    }
    let erased = erase(context, &contacts).await?;
    context.store.rewrite_file().await?;
    Ok(Forgetting::Erased(erased))
}

/// Erases the data of the person whose contacts these are, under one address.
///
/// # Errors
///
/// [`StorageError`]; nothing was erased.
pub(super) async fn erase(
    context: Context<'_>,
    contacts: &[PersonContact],
) -> Result<Erased, StorageError> {
    let Some(first) = contacts.first() else { return Ok(Erased::default()) };
    let names = context.store.names_of_nobody_else(&first.address).await?;
    let mails = mails_that_name(context, &first.address, &names).await?;
    let entry = context.entry(Action::Erase, subject(contacts));
    context.store.erase_person(&first.address, &names, &mails, &entry).await
}

/// The journal names contacts by uid, since a subject cannot be erased.
fn subject(contacts: &[PersonContact]) -> String {
    let uids: Vec<String> = contacts.iter().map(|it| it.uid.0.to_string()).collect();
    format!("contact {}", uids.join(" "))
}

/// When the data may be erased, if that was ordered for every contact with the address.
fn ordered(contacts: &[PersonContact]) -> Option<Moment> {
    let ordered: Option<Vec<Moment>> = contacts.iter().map(|it| it.erase_after).collect();
    ordered?.into_iter().max()
}

async fn refuse_while_needed(context: Context<'_>, address: &str) -> Result<(), Refused> {
    let duties = context.store.duties_of_only_contact(address).await?;
    let mails = context.store.person_mails(address).await?;
    let under_way: Vec<MessageKey> =
        mails.iter().filter(|it| it.is_under_way).map(|PersonMail { key, .. }| *key).collect();
    if duties.is_empty() && under_way.is_empty() {
        return Ok(());
    }
    Err(Refused::StillNeeded { duties, mails: under_way })
}

/// The mails to the person, and others that name the person, whatever their encoding.
async fn mails_that_name(
    context: Context<'_>,
    address: &str,
    names: &[String],
) -> Result<Vec<MessageKey>, StorageError> {
    let to_person = context.store.person_mails(address).await?;
    let mut found: BTreeSet<MessageKey> = to_person.into_iter().map(|mail| mail.key).collect();
    let address = address.to_ascii_lowercase();
    let names_person = |bytes: &[u8]| {
        let text = mail_text(bytes);
        text.to_ascii_lowercase().contains(&address)
            || names.iter().any(|name| text.contains(name.as_str()))
    };
    let mut last = MessageKey(0);
    loop {
        let page = context.store.finished_mails_after(last).await?;
        let Some((newest, _)) = page.last() else { break };
        last = *newest;
        found.extend(page.iter().filter(|(_, bytes)| names_person(bytes)).map(|(key, _)| *key));
    }
    let mut last = 0;
    while let Some((bundle, mails)) = context.store.bundled_mails_after(last).await? {
        last = bundle;
        found.extend(mails.iter().filter(|(_, bytes)| names_person(bytes)).map(|(key, _)| *key));
    }
    Ok(found.into_iter().collect())
}
