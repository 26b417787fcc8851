//! Runs the planner over a span of days: who would be told what if every mail were accepted on its day.
//!
//! Must not know: storage; nothing is written. Assignments do not affect each other, so each is run through all days by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::hours::next_working_day;
use super::plan::{Plan, Reminder, Situation, Verdict};
use super::planner::plan_assignment;
use super::snapshot::{AssignmentSnapshot, RecordedReminder, ReminderState};
use crate::domain::moment::Moment;
use crate::domain::unit::{Contact, ContactId, UnitId};

/// One message that would go out to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastMessage {
    /// A working day.
    pub on: Date,
    pub contact: ContactId,
    /// Worst first: by role, then by tone.
    pub reminders: Vec<Reminder>,
}

/// Plans from `from` through `through`, one pass at the opening of each working day, as if every message were accepted and
/// nobody did anything. The messages come in order of day and contact.
///
/// `situation.now` and `situation.mailed` count for the first day only, and only when `from` is the day of `now`.
pub fn forecast(
    situation: &Situation<'_>,
    assignments: &[AssignmentSnapshot],
    from: Date,
    through: Date,
) -> Vec<ForecastMessage> {
    let units = units_of_contacts(situation);
    let mut mails: BTreeMap<(Date, ContactId), Vec<Reminder>> = BTreeMap::new();
    let mailboxes = mailboxes(situation);
    for assignment in assignments {
        let mut assignment = assignment.clone();
        let mut next = Some(situation.calendar.on_or_after(from));
        while let Some(day) = next.filter(|day| *day <= through) {
            let Some(plan) = plan_day(situation, &assignment, day) else { break };
            for reminder in plan.reminders {
                put_on_record(&mut assignment.history, &reminder, &units, day);
                if let (Verdict::Planned, Some(contact)) = (&reminder.verdict, reminder.contact) {
                    let mailbox = mailboxes.get(&contact).copied().unwrap_or(contact);
                    mails.entry((day, mailbox)).or_default().push(reminder);
                }
            }
            let tomorrow = next_working_day(situation.calendar, day);
            next = plan.next_looks.first().and_then(|look| look.on).map(|on| on.max(tomorrow));
        }
    }
    let message = |((on, contact), reminders)| message(on, contact, reminders);
    mails.into_iter().map(message).collect()
}

/// The plan of one day; `None` at the end of the range of dates.
fn plan_day(situation: &Situation<'_>, assignment: &AssignmentSnapshot, day: Date) -> Option<Plan> {
    let nobody = BTreeSet::new();
    let mailed = if day == situation.now.today() { situation.mailed } else { &nobody };
    let now = Moment::from_local(day.to_datetime(situation.hours.from))?;
    let mut plan = Plan::default();
    plan_assignment(&Situation { now, mailed, ..*situation }, assignment, &mut plan);
    Some(plan)
}

/// Each contact with the first one who reads the same mailbox.
fn mailboxes(situation: &Situation<'_>) -> BTreeMap<ContactId, ContactId> {
    let directory = situation.directory;
    let mut contacts: Vec<&Contact> =
        directory.units().flat_map(|unit| directory.contacts(unit.id)).collect();
    contacts.sort_by_key(|contact| contact.id);
    let mut first: BTreeMap<String, ContactId> = BTreeMap::new();
    let mailbox = |contact: &Contact| {
        let address = contact.address.as_str().to_ascii_lowercase();
        (contact.id, *first.entry(address).or_insert(contact.id))
    };
    contacts.into_iter().map(mailbox).collect()
}

/// Told through one of those who read the mailbox.
fn message(on: Date, mailbox: ContactId, mut reminders: Vec<Reminder>) -> ForecastMessage {
    reminders.sort_by(|a, b| {
        (b.role, b.tone)
            .cmp(&(a.role, a.tone))
            .then_with(|| (a.obligation, a.assignment).cmp(&(b.obligation, b.assignment)))
    });
    let contact = reminders.iter().filter_map(|it| it.contact).min().unwrap_or(mailbox);
    ForecastMessage { on, contact, reminders }
}

/// Changes the history as storage would if every planned reminder were told on `today`.
pub(super) fn put_on_record(
    history: &mut Vec<RecordedReminder>,
    reminder: &Reminder,
    units: &BTreeMap<ContactId, UnitId>,
    today: Date,
) {
    let state = match reminder.verdict {
        Verdict::Planned => ReminderState::Told(today),
        Verdict::CoveredBy(_) | Verdict::Acknowledged => ReminderState::Covered,
        Verdict::Blocked(_) => ReminderState::Blocked,
        Verdict::Void => ReminderState::Void,
    };
    match history.iter_mut().find(|known| known.key == reminder.key) {
        Some(known) => known.state = state,
        None => history.push(RecordedReminder {
            key: reminder.key.clone(),
            deadline_version: reminder.deadline_version,
            occasion: reminder.occasion.clone(),
            role: reminder.role,
            rank: reminder.rank,
            unit: reminder.contact.and_then(|contact| units.get(&contact).copied()),
            contact: reminder.contact,
            state,
        }),
    }
}

pub(super) fn units_of_contacts(situation: &Situation<'_>) -> BTreeMap<ContactId, UnitId> {
    let directory = situation.directory;
    let contacts = directory.units().flat_map(|unit| directory.contacts(unit.id));
    contacts.map(|contact| (contact.id, contact.unit)).collect()
}
