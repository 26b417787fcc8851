//! Who holds a post: replaced, moved to another unit or rank, retired.
//!
//! Must not know: the command line, SQL. What a contact was told stays with the contact; whoever takes over hears what
//! comes next.

use super::context::Context;
use super::directory_refusal::DirectoryRefusal;
use super::names::{contacts_called, unit_called, unit_name};
use super::refused::{NotFound, Refused};
use crate::domain::address::Address;
use crate::domain::directory::{Directory, DirectoryChange, NewContact, RetiredContact};
use crate::domain::hidden::look;
use crate::domain::journal::Action;
use crate::domain::unit::{Contact, ContactId, Rank, UnitId};
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::{Selection, StateFilter};
use crate::storage::register_state::RegisterState;

/// What becomes of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostChange {
    /// Another takes it over: a contact of the directory, or a new one.
    Replace(Successor),
    /// The holder takes another post.
    Move(NewPost),
    /// Nobody takes it over.
    Retire,
}

/// Who takes a post over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Successor {
    /// A contact of the directory, by name, address or `UNIT/NAME`.
    Known(String),
    /// A new one; without a name the post keeps its own.
    New { name: Option<String>, address: Address },
}

/// Another post; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPost {
    pub unit: Option<String>,
    pub rank: Option<Rank>,
    pub name: Option<String>,
}

/// A post that changes, with who holds it and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPost {
    /// Name of the unit.
    pub unit: String,
    pub before: Contact,
    pub after: Option<NewContact>,
}

/// Changes the posts of a contact, all or nothing; with `is_rehearsal` nothing is written. Returns the posts that change:
/// none when all are as asked. Mail that was not sent to the one
/// who leaves is taken back, and what it told is planned for whoever holds the post.
///
/// # Errors
///
/// [`Refused`].
pub async fn change_posts(
    context: Context<'_>,
    asked: &str,
    change: &PostChange,
    reason: Option<&str>,
    is_rehearsal: bool,
) -> Result<Vec<ChangedPost>, Refused> {
    let since = context.store.register_state().await?;
    let directory = context.store.directory().await?;
    let posts = contacts_called(&directory, asked)?;
    if matches!(change, PostChange::Move(_)) && posts.len() > 1 {
        return Err(several(&directory, asked, &posts).into());
    }
    write(context, (since, &directory), (&posts, change), reason, is_rehearsal).await
}

/// Retires these contacts, all or nothing.
///
/// # Errors
///
/// As [`refuse_needed_contacts`].
pub(super) async fn retire_contacts(
    context: Context<'_>,
    contacts: &[ContactId],
    reason: &str,
) -> Result<(), Refused> {
    let since = context.store.register_state().await?;
    let directory = context.store.directory().await?;
    let posts: Vec<&Contact> = contacts.iter().filter_map(|it| directory.contact(*it)).collect();
    let change = (&posts[..], &PostChange::Retire);
    write(context, (since, &directory), change, Some(reason), false).await.map(|_| ())
}

/// Refuses to retire these contacts while one of them is needed, although those of `coming` are added first.
///
/// # Errors
///
/// [`Refused::StillNeeded`] for the last contact of a unit that owes something.
pub(super) async fn refuse_needed_contacts(
    context: Context<'_>,
    contacts: &[ContactId],
    coming: &[NewContact],
) -> Result<(), Refused> {
    let directory = context.store.directory().await?;
    let retired = |contact: &ContactId| RetiredContact { contact: *contact, successor: None };
    let change = DirectoryChange {
        contacts: coming.to_vec(),
        retired: contacts.iter().map(retired).collect(),
        ..DirectoryChange::default()
    };
    refuse_while_needed(context, &directory, &change).await
}

impl ChangedPost {
    fn is_as_before(&self) -> bool {
        let Self { unit, before, after } = self;
        after.as_ref().is_some_and(|it| {
            (&it.unit, it.rank, &it.name) == (unit, before.rank, &before.name)
                && it.address.is_same_mailbox(&before.address)
        })
    }
}

async fn write(
    context: Context<'_>,
    (since, directory): (RegisterState, &Directory),
    (posts, change): (&[&Contact], &PostChange),
    reason: Option<&str>,
    is_rehearsal: bool,
) -> Result<Vec<ChangedPost>, Refused> {
    let mut changed = Vec::new();
    for contact in posts.iter().copied() {
        let after = successor(directory, contact, change)?;
        let unit = unit_name(directory, contact.unit);
        let post = ChangedPost { unit, before: contact.clone(), after };
        if !post.is_as_before() {
            changed.push(post);
        }
    }
    let directory_change = directory_change(directory, &changed)?;
    refuse_while_needed(context, directory, &directory_change).await?;
    if !is_rehearsal && !directory_change.is_empty() {
        let action = match change {
            PostChange::Replace(_) => Action::ReplaceContact,
            PostChange::Move(_) => Action::MoveContact,
            PostChange::Retire => Action::RetireContact,
        };
        let entries: Vec<Entry> =
            changed.iter().map(|post| entry(context, action, post, reason)).collect();
        let (store, now) = (context.store, context.now);
        let done = store.change_directory_since(since, &directory_change, now, &entries);
        done.await?.or_run_again()?;
    }
    Ok(changed)
}

fn several(directory: &Directory, asked: &str, posts: &[&Contact]) -> NotFound {
    let line = |it: &&Contact| format!("{}/{}", unit_name(directory, it.unit), it.name);
    NotFound::SeveralContacts { asked: asked.to_owned(), known: posts.iter().map(line).collect() }
}

fn successor(
    directory: &Directory,
    post: &Contact,
    change: &PostChange,
) -> Result<Option<NewContact>, NotFound> {
    let unit = unit_name(directory, post.unit);
    let kept = NewContact {
        unit,
        name: post.name.clone(),
        rank: post.rank,
        address: post.address.clone(),
    };
    Ok(match change {
        PostChange::Retire => None,
        PostChange::Replace(Successor::New { name, address }) => {
            let name = name.clone().unwrap_or(kept.name);
            Some(NewContact { name, address: address.clone(), ..kept })
        }
        PostChange::Replace(Successor::Known(asked)) => {
            let known = contacts_called(directory, asked)?;
            known.first().map(|known| NewContact {
                name: known.name.clone(),
                address: known.address.clone(),
                ..kept
            })
        }
        PostChange::Move(NewPost { unit, rank, name }) => {
            let unit = match unit {
                Some(unit) => unit_called(directory, unit)?.name.clone(),
                None => kept.unit.clone(),
            };
            let (rank, name) =
                (rank.unwrap_or(kept.rank), name.clone().unwrap_or(kept.name.clone()));
            Some(NewContact { unit, name, rank, ..kept })
        }
    })
}

fn directory_change(
    directory: &Directory,
    changed: &[ChangedPost],
) -> Result<DirectoryChange, Refused> {
    let mut all = DirectoryChange::default();
    for ChangedPost { before, after, .. } in changed {
        let post = |it: &NewContact| (it.unit.clone(), it.rank, it.name.clone());
        if let Some(new) = after {
            if look(&new.name).is_empty() {
                return Err(DirectoryRefusal::NoName.into());
            }
            let leaves = |it: &Contact| changed.iter().any(|post| post.before.id == it.id);
            match holder(directory, new).filter(|it| !leaves(it)) {
                Some(holder) if holder.address.is_same_mailbox(&new.address) => {}
                Some(_) => {
                    return Err(DirectoryRefusal::PostTaken {
                        unit: new.unit.clone(),
                        name: new.name.clone(),
                    }
                    .into());
                }
                None if all.contacts.contains(new) => {}
                None => all.contacts.push(new.clone()),
            }
        }
        all.retired
            .push(RetiredContact { contact: before.id, successor: after.as_ref().map(post) });
    }
    Ok(all)
}

/// Who holds a post of this unit, rank and name.
fn holder<'a>(directory: &'a Directory, post: &NewContact) -> Option<&'a Contact> {
    let unit = directory.find(&post.unit)?.id;
    let mut contacts = directory.contacts(unit).iter();
    contacts.find(|it| it.rank == post.rank && it.name == post.name)
}

/// A unit that owes something keeps somebody who can be told.
async fn refuse_while_needed(
    context: Context<'_>,
    directory: &Directory,
    change: &DirectoryChange,
) -> Result<(), Refused> {
    let leaves = |it: &&Contact| change.retired.iter().any(|retired| retired.contact == it.id);
    for unit in directory.units() {
        let contacts = directory.contacts(unit.id);
        let is_left = contacts.iter().any(|it| leaves(&it));
        let stays = contacts.iter().any(|it| !leaves(&it) && !it.suppressed);
        let comes = change.contacts.iter().any(|it| it.unit == unit.name);
        if !is_left || stays || comes {
            continue;
        }
        let duties = open_duties(context, unit.id).await?;
        if !duties.is_empty() {
            return Err(Refused::StillNeeded { duties, mails: Vec::new() });
        }
    }
    Ok(())
}

/// The references of what a unit owes or leads.
pub(super) async fn open_duties(
    context: Context<'_>,
    unit: UnitId,
) -> Result<Vec<String>, Refused> {
    let scope = StateFilter::Open;
    let selection = Selection { units: Some(vec![unit]), scope, ..Selection::default() };
    let obligations = context.store.obligations(&selection).await?;
    let concerns = obligations.iter().filter(|it| {
        let owes = |unit| it.assignments.iter().any(|it| it.unit == unit && it.state.is_owed());
        owes(unit) || it.lead.contains(&unit)
    });
    Ok(concerns.map(|it| it.inputs.full_reference()).collect())
}

fn entry(context: Context<'_>, action: Action, post: &ChangedPost, reason: Option<&str>) -> Entry {
    let ChangedPost { unit, before, after } = post;
    let fact = |unit: &str, rank: Rank, name: &str| Fact::Post {
        unit: unit.to_owned(),
        rank: rank.word().to_owned(),
        name: name.to_owned(),
    };
    let mut entry = context.entry(action, format!("contact {}", before.uid.0));
    entry.before = Some(fact(unit, before.rank, &before.name).into());
    let after = after.as_ref().map(|it| fact(&it.unit, it.rank, &it.name));
    entry.after = Some(after.unwrap_or(Fact::Retired).into());
    entry.reason = reason.map(str::to_owned);
    entry
}
