//! What needs a person today, worst first: the one list behind the operator's mail, `status` and `doctor`.
//!
//! Must not know: SQL, how a finding is printed or mailed. Callers: `heartbeat`; `cli` prints the list.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};

use super::context::Context;
use super::names::some_units;
use super::send_guard::{SendGuard, last_pass};
use crate::domain::delivery::MessageState;
use crate::domain::item::{ItemKey, ItemKind};
use crate::domain::moment::Moment;
use crate::domain::reminder::MailHours;
use crate::domain::unit::UnitId;
use crate::domain::watch::{CERTAINTY_WANTED, Hold};
use crate::storage::StorageError;
use crate::storage::messages::{OpenBreaker, OpenItem};
use crate::storage::obligations::Selection;
use crate::storage::unattended::{UnattendedDuty, UnattendedSince};
use crate::words;
use crate::words::Lang;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 10;
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
    /// A clock that stands still for more days needs a person.
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
    all.extend(pass.stale.then_some(Finding::StalePass { last: pass.at }));
    if store.unit_called(office_unit).await?.is_none() {
        all.push(Finding::UnknownOfficeUnit { name: office_unit.clone() });
    }
    let damaged = store.damaged_contacts().await?.into_iter();
    all.extend(damaged.map(|name| Finding::DamagedAddress { name }));
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
        suspended: today.saturating_add(days_ago(terms.suspended_days)),
        awaited: context.now.plus(days_ago(terms.awaited_event_days)),
        next_mail: terms.hours.next_day(context.now, &context.law.calendar),
    };
    let put_off = context.store.items_put_off(today).await?;
    let mut duties = context.store.unattended(&since).await?;
    duties.retain(|duty| !put_off.contains(&duty.key.to_string()));
    Ok(duties)
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
    (days_left < CERTAINTY_WANTED).then_some(Finding::CalendarEnds { certain_through, days_left })
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

    /// What is wrong.
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Self::Hold(hold) => hold.item().kind().say(lang).to_owned(),
            Self::StalePass { .. } => lang
                .pick(
                    "上次完整检查距今已超过一个工作日",
                    "the last complete run is over a working day old",
                )
                .to_owned(),
            Self::UnknownOfficeUnit { name } => words!(
                lang,
                zh = "office.unit“{name}”不在单位表中，督办单位不会收到提醒",
                en = "office.unit `{name}` is not a unit in the ledger; nobody will receive supervisor notices"
            ),
            Self::Item(item) => item.key.kind().say(lang).to_owned(),
            Self::Unattended(duty) => duty.key.kind().say(lang).to_owned(),
            Self::HeldMessages { count } => {
                words!(lang, zh = "{count}封邮件已暂停，等待放行", en = "{count} mails are held")
            }
            Self::PausedSending(_) => lang.pick("发送通道暂时停用", "sending is paused").to_owned(),
            Self::DamagedAddress { .. } => lang
                .pick(
                    "联系人的邮箱记录已损坏，未向其发送",
                    "the stored address of a contact is damaged, nothing is sent to it",
                )
                .to_owned(),
            Self::UnreachableUnit { .. } => ItemKind::Unreachable.say(lang).to_owned(),
            Self::CalendarEnds { .. } => {
                lang.pick("工作日历即将用尽", "the calendar ends soon").to_owned()
            }
            Self::ProvisionalDates { references } => words!(
                lang,
                zh = "{n}项近期事项的到期日为暂定",
                en = "{n} dates due soon are provisional",
                n = references.len()
            ),
            Self::LargeLedger { megabytes } => words!(
                lang,
                zh = "台账已达{megabytes}兆字节",
                en = "the ledger has {megabytes} megabytes"
            ),
        }
    }

    /// What it is about; may be empty.
    pub fn subject(&self, lang: Lang) -> String {
        match self {
            Self::StalePass { last } => {
                let at = last.map_or_else(|| lang.pick("尚无", "none yet").to_owned(), shown);
                words!(lang, zh = "上次完整检查：{at}", en = "last complete run: {at}")
            }
            Self::Item(item) => match &item.key {
                ItemKey::Breaker { scope, reason } => {
                    format!("{} {}", scope.say(lang), reason.say(lang))
                }
                ItemKey::Mailbox(_)
                | ItemKey::Undelivered(_)
                | ItemKey::Ambiguous(_)
                | ItemKey::Damaged(_)
                | ItemKey::Returned(_)
                | ItemKey::Mail(_)
                | ItemKey::Answer(_)
                | ItemKey::FollowUp(_)
                | ItemKey::Unreachable(_)
                | ItemKey::Quota(_)
                | ItemKey::UnknownLadder(_)
                | ItemKey::Instance
                | ItemKey::Clock
                | ItemKey::LadderEnded(_)
                | ItemKey::Suspended(_)
                | ItemKey::Silenced(_)
                | ItemKey::AwaitsEvent(_)
                | ItemKey::NotTold(_) => item.detail.clone(),
            },
            Self::Unattended(duty) => unattended_subject(duty, lang),
            Self::PausedSending(breaker) => {
                format!("{} {}", breaker.scope.say(lang), breaker.reason.say(lang))
            }
            Self::UnreachableUnit { name, .. } | Self::DamagedAddress { name } => name.clone(),
            Self::CalendarEnds { certain_through, days_left } => words!(
                lang,
                zh = "确定至{certain_through}，还有{days}天",
                en = "certain through {certain_through}, {days} days from now",
                days = (*days_left).max(0)
            ),
            Self::ProvisionalDates { references } => listed(references, lang),
            Self::Hold(hold) => hold.say(lang),
            Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::LargeLedger { .. } => String::new(),
        }
    }

    /// The subject and since when, in one line.
    pub fn detail(&self, lang: Lang) -> String {
        let subject = self.subject(lang);
        match self {
            Self::Item(_) | Self::PausedSending(_) => {
                let since = self.since().map(shown).unwrap_or_default();
                words!(lang, zh = "{subject}（{since}起）", en = "{subject} (since {since})")
            }
            Self::Hold(_)
            | Self::Unattended(_)
            | Self::StalePass { .. }
            | Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::DamagedAddress { .. }
            | Self::UnreachableUnit { .. }
            | Self::CalendarEnds { .. }
            | Self::ProvisionalDates { .. }
            | Self::LargeLedger { .. } => subject,
        }
    }

    /// What a person does about it, mostly a command.
    pub fn next_step(&self, lang: Lang) -> String {
        match self {
            Self::Hold(hold) => hold.item().next_step(lang),
            Self::StalePass { .. } => lang
                .pick("用 journalctl -u duban 查看原因", "find the cause with journalctl -u duban")
                .to_owned(),
            Self::UnknownOfficeUnit { .. } => lang
                .pick(
                    "请补入 units.csv 或者修改该项",
                    "add it to units.csv or correct the key",
                )
                .to_owned(),
            Self::Item(item) => item.key.next_step(lang),
            Self::Unattended(duty) => duty.key.next_step(lang),
            Self::HeldMessages { count } => words!(
                lang,
                zh = "先用 duban mail list 查看，再执行 duban mail release --all --count {count}",
                en = "look with duban mail list, then duban mail release --all --count {count}"
            ),
            Self::PausedSending(_) => lang
                .pick("持续不通时用 duban doctor 查看原因", "if it lasts, find the cause with duban doctor")
                .to_owned(),
            Self::DamagedAddress { .. } => lang
                .pick(
                    "检查磁盘，再用 duban import units 重新导入该联系人",
                    "examine the disk, then load the contact again with duban import units",
                )
                .to_owned(),
            Self::UnreachableUnit { .. } => lang
                .pick("用 duban import units 补充联系人", "add a contact with duban import units")
                .to_owned(),
            Self::CalendarEnds { .. } => lang
                .pick(
                    "放假安排通知公布后执行 duban import calendar",
                    "load the next notice with duban import calendar once it is published",
                )
                .to_owned(),
            Self::ProvisionalDates { .. } => lang
                .pick(
                    "放假安排通知公布后执行 duban import calendar，日期将自动重算",
                    "load the notice with duban import calendar once it is published; the dates are recalculated",
                )
                .to_owned(),
            Self::LargeLedger { .. } => lang
                .pick(
                    "用 duban ledger retain 查看可清理的内容；确属正常的，调高 retention.warn_megabytes",
                    "see what can go with duban ledger retain; if this is right, raise retention.warn_megabytes",
                )
                .to_owned(),
        }
    }
}

/// 编号, title and units, with the day from which nobody has been reminded.
fn unattended_subject(duty: &UnattendedDuty, lang: Lang) -> String {
    let UnattendedDuty { key, reference, title, units, due, since } = duty;
    let units = some_units(units, lang);
    let due = due.map(|due| words!(lang, zh = "，{due}到期", en = ", due {due}"));
    let due = due.unwrap_or_default();
    let since = match key {
        ItemKey::LadderEnded(_) => {
            words!(lang, zh = "，最后提醒{since}", en = ", last reminded {since}")
        }
        ItemKey::Suspended(_) => {
            words!(lang, zh = "，{since}起中止", en = ", stopped since {since}")
        }
        ItemKey::AwaitsEvent(_) => {
            words!(lang, zh = "，{since}登记", en = ", registered {since}")
        }
        ItemKey::Silenced(_)
        | ItemKey::NotTold(_)
        | ItemKey::Mailbox(_)
        | ItemKey::Undelivered(_)
        | ItemKey::Ambiguous(_)
        | ItemKey::Damaged(_)
        | ItemKey::Returned(_)
        | ItemKey::Answer(_)
        | ItemKey::FollowUp(_)
        | ItemKey::Breaker { .. }
        | ItemKey::Unreachable(_)
        | ItemKey::Quota(_)
        | ItemKey::UnknownLadder(_)
        | ItemKey::Instance
        | ItemKey::Clock
        | ItemKey::Mail(_) => String::new(),
    };
    words!(
        lang,
        zh = "{reference} {title}（{units}）{due}{since}",
        en = "{reference} {title} ({units}){due}{since}"
    )
}

fn listed(names: &[String], lang: Lang) -> String {
    let shown: Vec<&String> = names.iter().take(MOST_NAMES).collect();
    let list = lang.list(&shown);
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0) => list,
        Some(more) => {
            words!(lang, zh = "{list}，另有{more}个", en = "{list} and {more} more")
        }
    }
}

fn shown(moment: Moment) -> String {
    moment.local().strftime("%F %H:%M").to_string()
}
