//! Seals planned reminders into messages: one for each contact, its bytes frozen before the first attempt.
//!
//! Must not know: MIME, SQL, how a message travels.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use super::project;
use crate::domain::delivery::{HeldReason, SurgeLimit, USUAL_DAYS, life_ends};
use crate::domain::directory::Directory;
use crate::domain::obligation::{AssignmentId, AssignmentState, Inputs, Obligation, ObligationId};
use crate::domain::recurrence::QuotaProgress;
use crate::domain::reminder::{Occasion, ReminderKey};
use crate::domain::term::Term;
use crate::domain::unit::{Contact, ContactId, Role, UnitId};
use crate::mail::compose::{
    self, CalendarEvent, ChangeNotice, ComposeFault, ItemDates, MessageContent, MessageHeader,
    MessageItem, Office, Recipient,
};
use crate::mail::one_line::OneLine;
use crate::mail::templates::Templates;
use crate::storage::StorageError;
use crate::storage::outbox::{MessageKind, SealResult, SealedMessage};
use crate::storage::reminders::{PlannedMessage, PlannedMessages, PlannedReminder};
use crate::words::Lang;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 6;

/// What letters are written on.
pub struct ComposeSettings {
    /// Who sends.
    pub office: Office,
    /// How they are worded.
    pub templates: Templates,
    /// ItemDates a pass holds all it would seal.
    pub surge_limit: SurgeLimit,
    /// Dates go along as a calendar file.
    pub with_calendar: bool,
}

/// What sealing did.
#[derive(Debug, Default)]
pub struct Sealed {
    /// Messages sealed, with the address and subject of each.
    pub messages: Vec<SealedMessage>,
    /// Letters that could not be composed as the office words them, with the contact and the reason. The built-in wording
    /// stood in; where that failed too, the reminders stay planned.
    pub faults: Vec<(ContactId, ComposeFault)>,
}

/// Seals every letter that is planned for today, in one step: a pass that is cut off leaves no half of a storm to the next
/// one, which would count only the rest. A letter whose matter changes meanwhile is left out.
///
/// # Errors
///
/// What the ledger says; nothing is sealed then.
pub async fn seal_messages(
    context: Context<'_>,
    compose_settings: &ComposeSettings,
) -> Result<Sealed, StorageError> {
    let (messages, faults) = compose_messages(context, compose_settings).await?;
    let sealings = context.store.seal(&messages).await?;
    let mut sealed = Sealed { messages: Vec::with_capacity(messages.len()), faults };
    for (message, sealing) in messages.into_iter().zip(sealings) {
        match sealing {
            SealResult::Sealed(_) => sealed.messages.push(message),
            // the next pass finds what is still planned of it
            SealResult::Overtaken => tracing::info!(message_id = message.message_id, "overtaken"),
            SealResult::Known(_) => {}
        }
    }
    Ok(sealed)
}

/// Composes every letter that is planned for today without sealing one.
///
/// # Errors
///
/// What the ledger says.
pub async fn compose_messages(
    context: Context<'_>,
    compose_settings: &ComposeSettings,
) -> Result<(Vec<SealedMessage>, Vec<(ContactId, ComposeFault)>), StorageError> {
    let planned = context.store.planned_messages(context.now.today()).await?;
    let directory = context.store.directory().await?;
    let progress = progress(context, &planned).await?;
    let held = storm(context, compose_settings, planned.messages.len()).await?;
    let desk = Desk {
        context,
        compose_settings,
        planned: &planned,
        directory: &directory,
        progress,
        held,
    };
    let shipped = Templates::shipped();
    let (mut messages, mut faults) = (Vec::new(), Vec::new());
    for letter in &planned.messages {
        let Some(contact) = directory.contact(letter.contact) else { continue };
        // An office's broken template must not silence a reminder: the built-in wording stands in, and the fault is told.
        let own = desk.message(letter, contact, &compose_settings.templates);
        let message = own.or_else(|fault| {
            faults.push((letter.contact, fault));
            desk.message(letter, contact, &shipped)
        });
        match message {
            Ok(message) => messages.push(message),
            Err(fault) => faults.push((letter.contact, fault)),
        }
    }
    Ok((messages, faults))
}

/// How far the quotas among what is planned have come.
async fn progress(
    context: Context<'_>,
    planned: &PlannedMessages,
) -> Result<Vec<QuotaLine>, StorageError> {
    let is_quota = |it: &&Obligation| matches!(it.inputs.term, Term::Times(_));
    let quotas: Vec<&Obligation> = planned.obligations.values().filter(is_quota).collect();
    if quotas.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ObligationId> = quotas.iter().map(|quota| quota.id).collect();
    let events = context.store.counted_events(&ids).await?;
    Ok(quotas.into_iter().flat_map(|quota| lines(context, quota, &events)).collect())
}

/// Why a pass that would send so many mails is held, if it is.
async fn storm(
    context: Context<'_>,
    compose_settings: &ComposeSettings,
    would_send: usize,
) -> Result<Option<HeldReason>, StorageError> {
    if would_send <= compose_settings.surge_limit.floor {
        return Ok(None);
    }
    let since = context.now.plus(SignedDuration::from_hours(24 * -USUAL_DAYS));
    let busiest = context.store.busiest_day(since).await?;
    Ok(compose_settings.surge_limit.holds(would_send, busiest).then_some(HeldReason::SurgeLimit))
}

/// Everything at hand while letters are written.
struct Desk<'a> {
    context: Context<'a>,
    compose_settings: &'a ComposeSettings,
    planned: &'a PlannedMessages,
    directory: &'a Directory,
    progress: Vec<QuotaLine>,
    held: Option<HeldReason>,
}

impl Desk<'_> {
    fn message(
        &self,
        planned: &PlannedMessage,
        contact: &Contact,
        templates: &Templates,
    ) -> Result<SealedMessage, ComposeFault> {
        let reminders: Vec<ReminderKey> =
            planned.reminders.iter().map(|reminder| reminder.key.clone()).collect();
        let office = &self.compose_settings.office;
        let message_id = compose::message_id(&identity(planned, contact), office.address.domain());
        let header = MessageHeader {
            office: office.clone(),
            recipient: Recipient {
                address: contact.address.clone(),
                name: OneLine::clean(&contact.name),
                unit: self.unit(contact.unit),
            },
            sent: self.context.now,
            message_id: message_id.clone(),
            references: planned.thread.clone(),
        };
        let why = self.why(planned, contact);
        let with_calendar = self.compose_settings.with_calendar;
        let letter = MessageContent { header, items: self.items(planned), why, with_calendar };
        let urgency = urgency(&letter);
        let composed = compose::compose(&letter, templates)?;
        Ok(SealedMessage {
            message_id,
            kind: MessageKind::Reminder { contact: contact.id, reminders },
            sender: office.address.clone(),
            recipient: contact.address.clone(),
            subject: composed.subject,
            bytes: composed.bytes,
            day: self.context.now.today(),
            urgency,
            sealed: self.context.now,
            not_before: self.context.now,
            expires: life_ends(self.context.now, &self.context.law.calendar),
            held: self.held,
        })
    }

    /// One item for each obligation and rung: a lead unit that is told of forty shares of one duty reads of one duty.
    fn items(&self, planned: &PlannedMessage) -> Vec<MessageItem> {
        let mut groups: Vec<(&PlannedReminder, Vec<&PlannedReminder>)> = Vec::new();
        let mut places: BTreeMap<(ObligationId, &str, Role), usize> = BTreeMap::new();
        for reminder in &planned.reminders {
            let group = (reminder.obligation, reminder.occasion.name(), reminder.role);
            if let Some((_, more)) = places.get(&group).and_then(|place| groups.get_mut(*place)) {
                more.push(reminder);
            } else {
                places.insert(group, groups.len());
                groups.push((reminder, vec![reminder]));
            }
        }
        let told: BTreeSet<ObligationId> = groups
            .iter()
            .filter(|(first, _)| first.occasion != Occasion::DateMoved)
            .map(|(first, _)| first.obligation)
            .collect();
        groups
            .into_iter()
            .filter(|(first, _)| {
                first.occasion != Occasion::DateMoved || !told.contains(&first.obligation)
            })
            .filter_map(|(first, all)| {
                let obligation = self.planned.obligations.get(&first.obligation)?;
                let mut item = self.item(obligation, first, &all);
                item.change = change(planned, first);
                Some(item)
            })
            .collect()
    }

    fn item(
        &self,
        obligation: &Obligation,
        first: &PlannedReminder,
        all: &[&PlannedReminder],
    ) -> MessageItem {
        let inputs = &obligation.inputs;
        let share = |id: AssignmentId| obligation.assignments.iter().find(|share| share.id == id);
        let owing: Vec<UnitId> = all
            .iter()
            .filter_map(|reminder| share(reminder.assignment))
            .map(|share| share.unit)
            .collect();
        MessageItem {
            key: first.key.as_str().to_owned(),
            event: self.event(obligation),
            title: OneLine::clean(&inputs.title),
            reference: OneLine::clean(&inputs.full_reference()),
            owed_by: self.names(&owing),
            lead: self.names(&obligation.lead),
            responsible: self.names(&obligation.responsible),
            dates: self.when(obligation),
            change: None,
            internal: inputs.internal,
            progress: self.progress(obligation.id, &owing),
            written: OneLine::clean(&inputs.written),
            source: OneLine::clean(&inputs.source),
            basis: self.basis(inputs),
            role: first.role,
            tone: first.tone,
            rung: rung(first),
            also_told: self.also_told(all),
            state: share(first.assignment).map_or(AssignmentState::Open, |share| share.state),
            note: OneLine::clean(&inputs.note),
        }
    }

    fn when(&self, obligation: &Obligation) -> Option<ItemDates> {
        let deadline = obligation.deadline.as_ref()?;
        let calendar = self.context.law.for_obligation(self.directory, obligation).calendar;
        Some(ItemDates {
            due: deadline.due,
            due_at: deadline.due_at,
            act_by: deadline.act_by,
            working_days_left: obligation.days_left(calendar, self.context.now)?,
            provisional: deadline.provisional,
        })
    }

    /// The same in every mail about the obligation; the sequence follows its dates.
    fn event(&self, obligation: &Obligation) -> CalendarEvent {
        let domain = self.compose_settings.office.address.domain();
        CalendarEvent {
            uid: format!("obligation-{}@{domain}", obligation.id.0),
            sequence: obligation.deadline_version.saturating_sub(1),
        }
    }

    /// The rule's name and the article it stands in; empty when the document alone sets the term.
    fn basis(&self, inputs: &Inputs) -> OneLine {
        let law = self.context.law;
        let version = project::rule_version(law, inputs);
        let rule = inputs.rule.as_deref().and_then(|rule| law.rules.get(rule));
        let words = rule.zip(version).map_or_else(String::new, |(rule, version)| {
            format!("{}：{}{}", rule.name, version.law, version.article)
        });
        OneLine::clean(&words)
    }

    /// How far the units told of have come with a quota; for many units only how many there are.
    fn progress(&self, quota: ObligationId, owing: &[UnitId]) -> OneLine {
        let told = |it: &&QuotaLine| it.obligation == quota && owing.contains(&it.unit);
        let lines: Vec<&QuotaLine> = self.progress.iter().filter(told).collect();
        let words = match lines.as_slice() {
            [] => String::new(),
            [only] => {
                let QuotaProgress { done, required, next_by, no_longer_fits, .. } = &only.pace;
                let next = match next_by {
                    None => String::new(),
                    Some(day) if *no_longer_fits => {
                        format!("，剩余时间已不足，下一次本应不迟于{day}")
                    }
                    Some(day) => format!("，下一次不迟于{day}"),
                };
                format!("已完成{done}/{required}次{next}")
            }
            several => format!("{}个单位尚未完成规定次数", several.len()),
        };
        OneLine::clean(&words)
    }

    /// Who else is told of the same rung, each once; many are counted.
    fn also_told(&self, all: &[&PlannedReminder]) -> Vec<OneLine> {
        let mut others: Vec<ContactId> =
            all.iter().flat_map(|reminder| reminder.also_told.iter().copied()).collect();
        others.sort_unstable();
        others.dedup();
        let names = others.iter().filter_map(|id| self.directory.contact(*id));
        shortened(names.map(|contact| OneLine::clean(&contact.name)).collect())
    }

    fn names(&self, units: &[UnitId]) -> Vec<OneLine> {
        shortened(units.iter().map(|unit| self.unit(*unit)).collect())
    }

    fn unit(&self, id: UnitId) -> OneLine {
        OneLine::clean(self.directory.unit(id).map_or("", |unit| unit.name.as_str()))
    }

    fn why(&self, planned: &PlannedMessage, contact: &Contact) -> OneLine {
        let mut roles: Vec<Role> = planned.reminders.iter().map(|reminder| reminder.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let roles: Vec<&str> = roles.into_iter().map(|it| it.say(Lang::Zh)).collect();
        let unit = self.unit(contact.unit);
        let (unit, rank, roles) = (unit.as_str(), contact.rank.say(Lang::Zh), roles.join("、"));
        OneLine::clean(&format!("您登记为{unit}的{rank}，{unit}是所列事项的{roles}。"))
    }
}

/// What makes a letter another mail: what it tells, which sealing of it this is, and to which address.
fn identity(planned: &PlannedMessage, contact: &Contact) -> Vec<String> {
    let told = planned.reminders.iter().map(|reminder| match reminder.sealings {
        0 => reminder.key.to_string(),
        before => format!("{}/sealed-{before}", reminder.key),
    });
    told.chain([contact.address.to_string()]).collect()
}

/// What the letter tells of a change of the dates of the obligation that `first` is about: an item of its own when no rung
/// speaks of the obligation, else a part of what the rung says.
fn change(planned: &PlannedMessage, first: &PlannedReminder) -> Option<ChangeNotice> {
    let of_same = |reminder: &&PlannedReminder| reminder.obligation == first.obligation;
    let mut reminders = planned.reminders.iter().filter(of_same);
    let change = reminders.find_map(|reminder| reminder.change.as_ref())?;
    Some(ChangeNotice {
        before: change.before.map(|before| before.due),
        act_by_before: change.before.map(|before| before.act_by),
        paper: OneLine::clean(&change.paper),
        is_only_news: first.occasion == Occasion::DateMoved,
    })
}

/// A rung as people say it: 应办日前5个工作日; its repeats: 应办日后5个工作日起第2次通报.
fn rung(planned: &PlannedReminder) -> OneLine {
    let words = match (&planned.occasion, planned.offset) {
        (Occasion::DateMoved, _) => "日期变更通知".to_owned(),
        (Occasion::QuotaShort { .. }, _) => "剩余时间不足以完成规定次数".to_owned(),
        (Occasion::Rung { .. }, None) => String::new(),
        (Occasion::Rung { repeat: 0, .. }, Some(offset)) => from_act_by(offset),
        (Occasion::Rung { repeat, .. }, Some(offset)) => {
            let times = repeat + 1;
            format!("{}起第{times}次{}", from_act_by(offset), planned.tone.say(Lang::Zh))
        }
    };
    OneLine::clean(&words)
}

fn from_act_by(working_days: i32) -> String {
    match working_days {
        0 => "应办日当天".to_owned(),
        days if days < 0 => format!("应办日前{}个工作日", days.unsigned_abs()),
        days => format!("应办日后{days}个工作日"),
    }
}

/// At most [`MOST_NAMES`] names; the last one says how many there are when there are more.
fn shortened(mut names: Vec<OneLine>) -> Vec<OneLine> {
    let all = names.len();
    if all > MOST_NAMES {
        names.truncate(MOST_NAMES);
        if let Some(last) = names.last_mut() {
            *last = OneLine::clean(&format!("{}等{all}个", last.as_str()));
        }
    }
    names
}

/// Larger for what goes first: the sharpest tone, then the latest.
fn urgency(letter: &MessageContent) -> i64 {
    let worst = |item: &MessageItem| {
        let tone = match item.tone {
            crate::domain::ladder::Tone::Notice => 0,
            crate::domain::ladder::Tone::Warn => 1,
            crate::domain::ladder::Tone::Overdue => 2,
            crate::domain::ladder::Tone::Circular => 3,
        };
        let left = item.dates.map_or(0, |when| when.working_days_left);
        (tone * 100_000_i64).saturating_sub(left)
    };
    letter.items.iter().map(worst).max().unwrap_or_default()
}
