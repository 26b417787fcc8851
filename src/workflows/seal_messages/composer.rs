//! Composes one message: what its items tell, for one contact.
//!
//! Must not know: which messages are planned, MIME, SQL. Callers: this folder.

use std::collections::BTreeMap;

use super::settings::ComposeSettings;
use crate::domain::delivery::{HeldReason, expires_at};
use crate::domain::directory::Directory;
use crate::domain::ladder::Tone;
use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::obligation::{AssignmentId, AssignmentState, Inputs, Obligation, ObligationId};
use crate::domain::reminder::{Occasion, ReminderKey};
use crate::domain::unit::{Contact, ContactId, Role, UnitId};
use crate::mail::compose::{
    self, CalendarEvent, ChangeNotice, ComposeFault, CorrectionNotice, ItemDates, LeftOut,
    MessageContent, MessageHeader, MessageItem, OtherDuty, Recipient, phrases,
};
use crate::mail::one_line::OneLine;
use crate::mail::templates::Templates;
use crate::storage::outbox::{MessageKind, SealedMessage};
use crate::storage::reminders::{
    OpenShare, OpenShares, PlannedChange, PlannedMessage, PlannedMessages, PlannedReminder,
};
use crate::words::Lang;
use crate::workflows::bulletin::QuotaLine;
use crate::workflows::context::Context;
use crate::workflows::project;

/// How many other duties of the unit a mail names.
const MOST_OTHERS: usize = 8;

/// Everything that the messages of one pass are composed from.
pub(super) struct Composer<'a> {
    pub(super) context: Context<'a>,
    pub(super) settings: &'a ComposeSettings,
    pub(super) planned: &'a PlannedMessages,
    pub(super) directory: &'a Directory,
    pub(super) ledger: LedgerIdentity,
    pub(super) progress: Vec<QuotaLine>,
    /// What the units of the recipients owe.
    pub(super) open: BTreeMap<UnitId, OpenShares>,
    pub(super) held: Option<HeldReason>,
}

/// A mail with more items is read by nobody.
const MOST_ITEMS: usize = 200;
/// Many relays refuse mails of ten million bytes; one with attachments should stay far below that.
const MOST_BYTES: usize = 1_000_000;

/// An item of a mail, with the reminders that it tells.
#[derive(Clone)]
struct Part<'a> {
    item: MessageItem,
    reminders: Vec<&'a PlannedReminder>,
}

impl Composer<'_> {
    /// The mail to a contact. One with very many items, or too large for some relays, tells what an earlier mail had no room
    /// for, then what is to be read first, and counts the rest, which stays planned.
    pub(super) fn message(
        &self,
        planned: &PlannedMessage,
        contact: &Contact,
        templates: &Templates,
    ) -> Result<SealedMessage, ComposeFault> {
        let parts = self.parts(planned);
        let mut most = parts.len().min(MOST_ITEMS);
        loop {
            let (told, left_out) = first_of(&parts, most);
            let message = self.compose(planned, (told, left_out), contact, templates)?;
            if message.bytes.len() <= MOST_BYTES || most <= 1 {
                return Ok(message);
            }
            most /= 2;
        }
    }

    fn compose(
        &self,
        planned: &PlannedMessage,
        (told, left_out): (Vec<&Part<'_>>, Vec<&Part<'_>>),
        contact: &Contact,
        templates: &Templates,
    ) -> Result<SealedMessage, ComposeFault> {
        let keys = |parts: &[&Part<'_>]| -> Vec<ReminderKey> {
            parts.iter().flat_map(|part| &part.reminders).map(|it| it.key.clone()).collect()
        };
        let kind = MessageKind::Reminder {
            contact: contact.id,
            reminders: keys(&told),
            left_out: keys(&left_out),
        };
        let reminders: Vec<&PlannedReminder> =
            told.iter().flat_map(|part| part.reminders.iter().copied()).collect();
        let office = &self.settings.office;
        let message_id =
            compose::message_id(&self.ledger, &identity(&reminders), office.address.domain());
        let posts = self.posts(&reminders, contact);
        let header = MessageHeader {
            office: office.clone(),
            recipient: recipient(self.directory, contact, &posts),
            sent: self.context.now,
            message_id: message_id.clone(),
            ledger: self.ledger.uid,
            references: thread(planned, &reminders),
        };
        let left_out = left_out.iter().map(|part| &part.item);
        let left_out = LeftOut::of(left_out, self.context.now);
        let items: Vec<MessageItem> = told.iter().map(|part| part.item.clone()).collect();
        let (others, others_more) = self.others(&items, &posts);
        let content = MessageContent {
            header,
            items,
            others,
            others_more,
            left_out,
            why: self.why(&reminders, &posts),
            with_calendar: self.settings.with_calendar,
        };
        let urgency = urgency(&content);
        let composed = compose::compose(&content, templates)?;
        Ok(SealedMessage {
            message_id,
            kind,
            sender: office.address.clone(),
            recipient: contact.address.clone(),
            subject: composed.subject,
            bytes: composed.bytes,
            day: self.context.now.today(),
            urgency,
            haste: planned.haste,
            sealed: self.context.now,
            not_before: self.context.now,
            expires: expires_at(self.context.now, &self.context.law.calendar),
            held: self.held,
        })
    }

    /// One item for each obligation and rung, so that a lead unit reads of forty assignments of one obligation once. The news
    /// that a date has moved stands in another item of its obligation where there is one; a correction stands alone.
    fn parts<'a>(&self, planned: &'a PlannedMessage) -> Vec<Part<'a>> {
        let mut groups: Vec<Vec<&PlannedReminder>> = Vec::new();
        let mut places: BTreeMap<_, usize> = BTreeMap::new();
        let mut told: BTreeMap<ObligationId, usize> = BTreeMap::new();
        let (news, rungs): (Vec<_>, Vec<_>) =
            planned.reminders.iter().partition(|it| it.occasion == Occasion::DateMoved);
        for reminder in rungs.into_iter().chain(news) {
            let is_news = reminder.occasion == Occasion::DateMoved;
            let right = reminder.correction.as_ref().map(|it| (it.kind.word(), it.kind.detail()));
            let group = (reminder.obligation, reminder.occasion.name(), reminder.role, right);
            let place = told.get(&reminder.obligation).filter(|_| is_news).or(places.get(&group));
            if let Some(group) = place.and_then(|place| groups.get_mut(*place)) {
                group.push(reminder);
                continue;
            }
            places.insert(group, groups.len());
            if !is_news && reminder.correction.is_none() {
                told.entry(reminder.obligation).or_insert(groups.len());
            }
            groups.push(vec![reminder]);
        }
        let part = |reminders: Vec<&'a PlannedReminder>| {
            let first = *reminders.first()?;
            let obligation = self.planned.obligations.get(&first.obligation)?;
            let of_group = |it: &&PlannedReminder| it.occasion.name() == first.occasion.name();
            let same: Vec<&PlannedReminder> = reminders.iter().copied().filter(of_group).collect();
            let item = self.item(obligation, first, &same);
            let correction = correction(first, &item);
            let change = if correction.is_some() { None } else { change(planned, first) };
            Some(Part { item: MessageItem { change, correction, ..item }, reminders })
        };
        groups.into_iter().filter_map(part).collect()
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
        let owing = each_once(owing);
        MessageItem {
            event: self.event(obligation),
            title: OneLine::clean(&inputs.title),
            reference: OneLine::clean(&inputs.full_reference()),
            owed_by: self.names(&owing),
            lead: self.names(&obligation.lead),
            responsible: self.names(&obligation.responsible),
            dates: self.dates(obligation),
            change: None,
            correction: None,
            internal: inputs.internal,
            progress: self.progress(obligation.id, &owing),
            written: OneLine::clean(&inputs.written),
            source: OneLine::clean(&inputs.source),
            basis: self.basis(inputs),
            role: first.role,
            tone: first.tone,
            rung: OneLine::clean(&phrases::occasion(&first.occasion, first.tone)),
            also_told: self.also_told(all),
            instructions: OneLine::clean(&inputs.instructions),
            is_new: is_new(first, inputs),
            state: share(first.assignment).map_or(AssignmentState::Open, |share| share.state),
        }
    }

    /// The posts that are told, each once; those of one mailbox.
    fn posts<'a>(
        &'a self,
        reminders: &[&PlannedReminder],
        contact: &'a Contact,
    ) -> Vec<&'a Contact> {
        let told = each_once(reminders.iter().map(|it| it.contact).collect());
        let posts: Vec<&Contact> =
            told.into_iter().filter_map(|it| self.directory.contact(it)).collect();
        if posts.is_empty() { vec![contact] } else { posts }
    }

    /// What else the units owe: at most [`MOST_OTHERS`] duties, and how many more there are.
    fn others(&self, items: &[MessageItem], posts: &[&Contact]) -> (Vec<OtherDuty>, usize) {
        let is_told = |share: &&OpenShare| {
            items.iter().any(|item| item.title.as_str() == OneLine::clean(&share.title).as_str())
        };
        let units = each_once(posts.iter().map(|it| it.unit).collect());
        let (mut others, mut more) = (Vec::new(), 0_usize);
        for open in units.iter().filter_map(|unit| self.open.get(unit)) {
            let told = open.first.iter().filter(is_told).count();
            let room = MOST_OTHERS.saturating_sub(others.len());
            let untold = open.first.iter().filter(|share| !is_told(share));
            let added: Vec<OtherDuty> = untold.take(room).map(|share| self.other(share)).collect();
            more += open.total.saturating_sub(told + added.len());
            others.extend(added);
        }
        (others, more)
    }

    fn other(&self, share: &OpenShare) -> OtherDuty {
        let OpenShare { title, occurrences, deadline, state, .. } = share;
        let title = match occurrences {
            0 | 1 => title.clone(),
            several => format!("{title}（{several}期）"),
        };
        let dates = ItemDates {
            due: deadline.due,
            due_at: deadline.due_at,
            act_by: deadline.act_by,
            working_days_left: deadline
                .working_days_left(&self.context.law.calendar, self.context.now),
            provisional: deadline.provisional,
        };
        OtherDuty { title: OneLine::clean(&title), dates, state: *state }
    }

    fn dates(&self, obligation: &Obligation) -> Option<ItemDates> {
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
        let domain = self.settings.office.address.domain();
        CalendarEvent {
            uid: format!("{}.{}@{domain}", obligation.uid.0, self.ledger.uid),
            // Versions begin with 1, sequences with 0.
            sequence: obligation.deadline_version.saturating_sub(1),
        }
    }

    /// The rule's name and the article it stands in; empty when the document alone sets the term.
    fn basis(&self, inputs: &Inputs) -> OneLine {
        let law = self.context.law;
        let version = project::rule_version(law, inputs);
        let rule = inputs.rule.as_deref().and_then(|rule| law.rules.get(rule));
        let text = rule.zip(version).map_or_else(String::new, |(rule, version)| {
            format!("{}：{}", rule.name, version.say_basis(Lang::Zh))
        });
        OneLine::clean(&text)
    }

    /// The progress of the units told of; for many units only how many there are.
    fn progress(&self, quota: ObligationId, owing: &[UnitId]) -> OneLine {
        let told = |it: &&QuotaLine| it.obligation == quota && owing.contains(&it.unit);
        let lines: Vec<&QuotaLine> = self.progress.iter().filter(told).collect();
        let words = match lines.as_slice() {
            [] => String::new(),
            [only] => phrases::progress(&only.pace),
            several => phrases::units_behind(several.len()),
        };
        OneLine::clean(&words)
    }

    /// Who else is told of the same rung, each contact once.
    fn also_told(&self, all: &[&PlannedReminder]) -> Vec<OneLine> {
        let mut others: Vec<ContactId> =
            all.iter().flat_map(|reminder| reminder.also_told.iter().copied()).collect();
        others.sort_unstable();
        others.dedup();
        let names = others.iter().filter_map(|id| self.directory.contact(*id));
        phrases::shortened(names.map(|contact| OneLine::clean(&contact.name)).collect())
    }

    fn names(&self, units: &[UnitId]) -> Vec<OneLine> {
        phrases::shortened(units.iter().map(|unit| self.unit(*unit)).collect())
    }

    fn unit(&self, id: UnitId) -> OneLine {
        OneLine::clean(self.directory.unit(id).map_or("", |unit| unit.name.as_str()))
    }

    /// Each post with the roles in which it is told.
    fn why(&self, reminders: &[&PlannedReminder], posts: &[&Contact]) -> OneLine {
        let sentence = |post: &&Contact| {
            let of_post =
                reminders.iter().filter(|it| it.contact == post.id && it.correction.is_none());
            let mut roles: Vec<Role> = of_post.map(|reminder| reminder.role).collect();
            roles.sort_unstable();
            roles.dedup();
            phrases::why(self.unit(post.unit).as_str(), post.rank, &roles)
        };
        let sentences: Vec<String> = posts.iter().map(sentence).collect();
        OneLine::clean(&each_once(sentences).concat())
    }
}

/// Who is greeted: everybody who is told and reads the mailbox, with their units.
fn recipient(directory: &Directory, contact: &Contact, posts: &[&Contact]) -> Recipient {
    let unit = |id: UnitId| directory.unit(id).map_or("", |unit| unit.name.as_str());
    let units = each_once(posts.iter().map(|post| unit(post.unit)).collect());
    let name = |post: &&Contact| match units.len() {
        0 | 1 => post.name.clone(),
        _ => format!("{}{}", unit(post.unit), post.name),
    };
    let names = each_once(posts.iter().map(name).collect());
    Recipient {
        address: contact.address.clone(),
        name: OneLine::clean(&names.join("、")),
        unit: OneLine::clean(&units.join("、")),
    }
}

/// Without those that stood there before.
fn each_once<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut once = Vec::with_capacity(all.len());
    for it in all {
        if !once.contains(&it) {
            once.push(it);
        }
    }
    once
}

/// Divides the items of a mail into those it has room for and the rest, each in the order in which they are read. What an
/// earlier mail had no room for comes first, that which waits longest before all.
fn first_of<'a, 'b>(parts: &'b [Part<'a>], most: usize) -> (Vec<&'b Part<'a>>, Vec<&'b Part<'a>>) {
    let left_out = |part: &Part<'_>| part.reminders.iter().filter_map(|it| it.left_out).min();
    let mut places: Vec<(usize, &Part<'a>)> = parts.iter().enumerate().collect();
    places.sort_by_key(|(_, part)| {
        let left_out = left_out(part);
        (left_out.is_none(), left_out)
    });
    let mut rest = places.split_off(most.min(places.len()));
    let as_read = |places: &mut Vec<(usize, &'b Part<'a>)>| -> Vec<&'b Part<'a>> {
        places.sort_by_key(|(place, _)| *place);
        places.iter().map(|(_, part)| *part).collect()
    };
    (as_read(&mut places), as_read(&mut rest))
}

/// The earlier mails about the matter that the mail begins with; none when the mail has no room for it.
fn thread(planned: &PlannedMessage, told: &[&PlannedReminder]) -> Vec<String> {
    let subject = planned.reminders.first().map(|first| first.obligation);
    let is_told = told.first().map(|first| first.obligation) == subject;
    if is_told { planned.thread.clone() } else { Vec::new() }
}

/// True for the first thing a contact of the responsible unit hears of a duty that does not come back, while there is time.
fn is_new(reminder: &PlannedReminder, inputs: &Inputs) -> bool {
    let is_early = reminder.tone == Tone::Notice && reminder.role == Role::Responsible;
    is_early && reminder.is_first && inputs.occurrence.is_empty() && !inputs.internal
}

/// What the Message-ID is made of: the reminders, and how often each was sealed before.
fn identity(reminders: &[&PlannedReminder]) -> Vec<String> {
    let told = reminders.iter().map(|reminder| match reminder.sealings {
        0 => reminder.key.to_string(),
        before => format!("{}/sealed-{before}", reminder.key),
    });
    told.collect()
}

/// The change of dates that the recipient is told of, for the obligation of `first`; part of a rung's item when the message
/// has one for this obligation.
fn change(planned: &PlannedMessage, first: &PlannedReminder) -> Option<ChangeNotice> {
    let of_same = |reminder: &&PlannedReminder| reminder.obligation == first.obligation;
    let mut reminders = planned.reminders.iter().filter(of_same);
    let PlannedChange { change, said_on, was_called_late, changed_on } =
        reminders.find_map(|reminder| reminder.change.as_ref())?;
    let was_wrong = change.is_correction && *was_called_late;
    let said = if was_wrong { phrases::wrongly_late(*said_on) } else { String::new() };
    Some(ChangeNotice {
        before: change.before.map(|before| before.due),
        act_by_before: change.before.map(|before| before.act_by),
        paper: OneLine::clean(&if change.is_correction {
            phrases::corrected_on(&change.paper, *changed_on)
        } else {
            change.paper.clone()
        }),
        is_only_news: first.occasion == Occasion::DateMoved,
        is_correction: change.is_correction,
        said: OneLine::clean(&said),
    })
}

fn correction(first: &PlannedReminder, item: &MessageItem) -> Option<CorrectionNotice> {
    let units: Vec<&str> = item.owed_by.iter().map(OneLine::as_str).collect();
    Some(phrases::correction(first.correction.as_ref()?, first.role, &units.join("、")))
}

/// Larger for what is sent first: the sharpest tone, then the latest.
fn urgency(content: &MessageContent) -> i64 {
    let worst = |item: &MessageItem| {
        let tone = match item.tone {
            Tone::Notice => 0,
            Tone::Warn => 1,
            Tone::Overdue => 2,
            Tone::Circular => 3,
        };
        let left = item.dates.map_or(0, |dates| dates.working_days_left);
        tone * 100_000_i64 - left
    };
    content.items.iter().map(worst).max().unwrap_or_default()
}
