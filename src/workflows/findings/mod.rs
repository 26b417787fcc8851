//! What needs a person today, worst first: the one list behind the operator's mail, `status` and `doctor`.
//!
//! Must not know: SQL, how a finding is said, printed or mailed. Callers: `heartbeat`; `cli` prints the list.

mod said;
mod suspensions;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};

use super::context::Context;
use super::send_guard::{SendGuard, last_pass};
use crate::domain::delivery::MessageState;
use crate::domain::item::{ItemKey, ItemKind};
use crate::domain::moment::Moment;
use crate::domain::reminder::MailHours;
use crate::domain::unit::UnitId;
use crate::domain::watch::{CERTAIN_DAYS_WANTED, Hold};
use crate::storage::StorageError;
use crate::storage::messages::{OpenBreaker, OpenItem};
use crate::storage::obligations::Selection;
use crate::storage::reminders::LeftOutOfMail;
use crate::storage::unattended::{UnattendedDuty, UnattendedSince};

/// Provisional dates are reported so many days before they are due.
const PROVISIONAL_DAYS: i64 = 45;

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All mail is held.
    Hold(Hold),
    /// The last complete pass is more than one working day old.
    StalePass { last: Option<Moment> },
    /// `office.unit` is not a unit of the ledger.
    UnknownOfficeUnit { name: String },
    /// An operator item.
    Item(OpenItem),
    /// An open obligation of which nobody is reminded.
    Unattended(UnattendedDuty),
    /// Messages held until a person releases them.
    HeldMessages { count: u64 },
    /// A circuit breaker that closes again without a person.
    PausedSending(OpenBreaker),
    /// The stored address of a contact is not the one that was written: nothing is sent to it.
    DamagedAddress { name: String },
    /// A unit without a reachable contact that has no item yet, because no reminder to it has been due; urgent while it owes
    /// something.
    UnreachableUnit { key: ItemKey, name: String, owes: bool },
    /// Reminders that a mail had no room for; the next one tells them first.
    LeftOut { reminders: u64, contacts: Vec<LeftOutOfMail> },
    /// The calendar is certain for a short time only.
    CalendarEnds { certain_through: Date, days_left: i64 },
    /// Dates that are due soon and not certain.
    ProvisionalDates { references: Vec<String> },
    /// The file of the ledger is larger than the configuration expects.
    LargeLedger { megabytes: u64 },
}

/// What findings depend on besides the ledger and the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingTerms {
    /// Name of the supervising office's unit.
    pub office_unit: String,
    /// When mail may go out.
    pub hours: MailHours,
    /// An event awaited for more days needs a person.
    pub awaited_event_days: u32,
    /// A clock that stands still for more days needs a person, where the law of the ground does not say how long it may.
    pub suspended_days: u32,
    /// A larger file of the ledger is a finding.
    pub warn_above_bytes: Option<u64>,
}

/// Everything that needs a person as of now; empty when all is well. No cause is named twice.
///
/// # Errors
///
/// [`StorageError`].
pub async fn findings(
    context: Context<'_>,
    guard: &SendGuard,
    terms: &FindingTerms,
) -> Result<Vec<Finding>, StorageError> {
    let store = context.store;
    let office_unit = &terms.office_unit;
    let put_off = store.items_put_off(context.now.today()).await?;
    let mut items = store.open_items().await?;
    items.retain(|item| !put_off.contains(&item.key.to_string()));
    let holds = guard.holds(store).await?;
    let mut all: Vec<Finding> = holds.iter().copied().map(Finding::Hold).collect();
    let pass = last_pass(store, &context.law.calendar, context.now).await?;
    all.extend(pass.is_stale.then_some(Finding::StalePass { last: pass.at }));
    if store.unit_called(office_unit).await?.is_none() {
        all.push(Finding::UnknownOfficeUnit { name: office_unit.clone() });
    }
    let damaged = store.damaged_contacts().await?.into_iter();
    all.extend(damaged.map(|name| Finding::DamagedAddress { name }));
    all.extend(left_out(context).await?);
    let unreachable = unreachable(context, &items, &put_off).await?;
    let items = items.into_iter().filter(|item| !holds.iter().any(|hold| hold.item() == item.key));
    all.extend(items.map(Finding::Item));
    all.extend(unattended(context, terms).await?.into_iter().map(Finding::Unattended));
    let held = store.messages_by_state().await?.get(&MessageState::Held).copied();
    let held = held.filter(|count| *count > 0);
    all.extend(held.map(|count| Finding::HeldMessages { count }));
    let breakers = store.open_breakers().await?.into_iter();
    // A breaker that needs a person has an operator item.
    let paused = breakers.filter(|breaker| !breaker.reason.needs_a_person());
    all.extend(paused.map(Finding::PausedSending));
    all.extend(unreachable);
    all.extend(calendar_ends(context));
    all.extend(provisional_dates(context).await?);
    let bytes = store.ledger_size().await?.bytes;
    all.extend(
        terms
            .warn_above_bytes
            .filter(|most| bytes > *most)
            .map(|_| Finding::LargeLedger { megabytes: bytes / 1_000_000 }),
    );
    all.sort_by_key(|finding| !finding.is_urgent());
    Ok(all)
}

/// Open obligations of which nobody is reminded, unless a person has put them off.
///
/// # Errors
///
/// [`StorageError`].
pub async fn unattended(
    context: Context<'_>,
    terms: &FindingTerms,
) -> Result<Vec<UnattendedDuty>, StorageError> {
    let today = context.now.today();
    let days_ago = |days: u32| SignedDuration::from_hours(i64::from(days) * -24);
    let since = UnattendedSince {
        today,
        awaited: context.now.plus(days_ago(terms.awaited_event_days)),
        next_mail: terms.hours.next_day(context.now, &context.law.calendar),
    };
    let put_off = context.store.items_put_off(today).await?;
    let mut duties = context.store.unattended(&since).await?;
    suspensions::keep_those_over(context, &mut duties, terms.suspended_days).await?;
    duties.retain(|duty| !put_off.contains(&duty.key.to_string()));
    Ok(duties)
}

async fn left_out(context: Context<'_>) -> Result<Option<Finding>, StorageError> {
    let contacts = context.store.left_out_of_mails(context.now.today()).await?;
    let reminders = contacts.iter().map(|contact| contact.reminders).sum();
    Ok((reminders > 0).then_some(Finding::LeftOut { reminders, contacts }))
}

/// Units out of reach that have no operator item.
async fn unreachable(
    context: Context<'_>,
    items: &[OpenItem],
    put_off: &BTreeSet<String>,
) -> Result<Vec<Finding>, StorageError> {
    let is_known = |key: &ItemKey| {
        items.iter().any(|item| item.key == *key) || put_off.contains(&key.to_string())
    };
    let mut units = context.store.units_out_of_reach().await?;
    units.retain(|(unit, _)| !is_known(&ItemKey::Unreachable(*unit)));
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UnitId> = units.iter().map(|(unit, _)| *unit).collect();
    let owing = context.store.units_that_owe(&ids).await?;
    let finding = |(unit, name): (UnitId, String)| Finding::UnreachableUnit {
        key: ItemKey::Unreachable(unit),
        name,
        owes: owing.contains(&unit),
    };
    Ok(units.into_iter().map(finding).collect())
}

fn calendar_ends(context: Context<'_>) -> Option<Finding> {
    let calendar = &context.law.calendar;
    let certain_through = calendar.certain_through();
    let days_left = calendar.days_certain(context.now.today());
    (days_left < CERTAIN_DAYS_WANTED)
        .then_some(Finding::CalendarEnds { certain_through, days_left })
}

async fn provisional_dates(context: Context<'_>) -> Result<Option<Finding>, StorageError> {
    let due_through = context.now.today().checked_add(PROVISIONAL_DAYS.days()).ok();
    let selection = Selection { due_through, only_provisional: true, ..Selection::default() };
    let due = context.store.obligations(&selection).await?;
    let references: Vec<String> =
        due.iter().filter(|it| it.is_owed()).map(|it| it.inputs.full_reference()).collect();
    Ok((!references.is_empty()).then_some(Finding::ProvisionalDates { references }))
}

impl Finding {
    /// The word in JSON and CSV.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Hold(hold) => hold.item().kind().word(),
            Self::StalePass { .. } => "stale-pass",
            Self::UnknownOfficeUnit { .. } => "unknown-office-unit",
            Self::Item(item) => item.key.kind().word(),
            Self::Unattended(duty) => duty.key.kind().word(),
            Self::HeldMessages { .. } => "held-messages",
            Self::PausedSending(_) => "paused-sending",
            Self::DamagedAddress { .. } => "damaged-address",
            Self::LeftOut { .. } => "left-out",
            Self::UnreachableUnit { .. } => ItemKind::Unreachable.word(),
            Self::CalendarEnds { .. } => "calendar-ends",
            Self::ProvisionalDates { .. } => "provisional-dates",
            Self::LargeLedger { .. } => "large-ledger",
        }
    }

    /// True for what `status` reports by its exit code; the rest is advice that can wait until it becomes an item.
    pub fn is_urgent(&self) -> bool {
        match self {
            Self::Hold(_)
            | Self::StalePass { .. }
            | Self::Item(_)
            | Self::Unattended(_)
            | Self::HeldMessages { .. }
            | Self::DamagedAddress { .. }
            | Self::LeftOut { .. }
            | Self::CalendarEnds { .. } => true,
            Self::UnreachableUnit { owes, .. } => *owes,
            Self::UnknownOfficeUnit { .. }
            | Self::PausedSending(_)
            | Self::ProvisionalDates { .. }
            | Self::LargeLedger { .. } => false,
        }
    }

    /// The key by which a person resolves it; `None` for what resolves itself when its cause is gone.
    pub fn key(&self) -> Option<&ItemKey> {
        match self {
            Self::Item(item) => Some(&item.key),
            Self::Unattended(duty) => Some(&duty.key),
            Self::UnreachableUnit { key, .. } => Some(key),
            Self::Hold(_)
            | Self::StalePass { .. }
            | Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::PausedSending(_)
            | Self::DamagedAddress { .. }
            | Self::LeftOut { .. }
            | Self::CalendarEnds { .. }
            | Self::ProvisionalDates { .. }
            | Self::LargeLedger { .. } => None,
        }
    }

    /// When it began, if that is known.
    pub fn since(&self) -> Option<Moment> {
        match self {
            Self::Item(item) => Some(item.since),
            Self::PausedSending(breaker) => Some(breaker.since),
            Self::StalePass { last } => *last,
            Self::LeftOut { contacts, .. } => contacts.iter().map(|contact| contact.since).min(),
            Self::Hold(_)
            | Self::Unattended(_)
            | Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::DamagedAddress { .. }
            | Self::UnreachableUnit { .. }
            | Self::CalendarEnds { .. }
            | Self::ProvisionalDates { .. }
            | Self::LargeLedger { .. } => None,
        }
    }
}
