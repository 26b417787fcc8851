//! The planner run over a span of days: who would be told what, if every mail were accepted on its day.
//!
//! Must not know: storage. Nothing is written; cases do not touch each other, so each is followed on its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::hours::next_working_day;
use super::{
    Case, Plan, RecordState, Recorded, Reminder, ReminderKey, Situation, Verdict, case::decide,
};
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, UnitId};

/// One message that would go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The working day.
    pub on: Date,
    /// To whom.
    pub contact: ContactId,
    /// What it would say, worst first.
    pub reminders: Vec<Reminder>,
}

/// Plays the planner from `from` through `through`, one pass at the opening of each working day, assuming that every
/// message is accepted and nobody acts; messages in order of day and contact.
///
/// `situation.now` and `situation.mailed` count for the first day only, when `from` is the day of `now`.
pub fn simulate(
    situation: &Situation<'_>,
    cases: &[Case],
    from: Date,
    through: Date,
) -> Vec<Foreseen> {
    let units = units_of_contacts(situation);
    let nobody = BTreeSet::new();
    let mut days: BTreeMap<(Date, ContactId), Vec<Reminder>> = BTreeMap::new();
    for case in cases {
        let mut case = case.clone();
        let mut next = Some(situation.calendar.on_or_after(from));
        while let Some(day) = next.filter(|day| *day <= through) {
            let opening = Moment::from_local(day.to_datetime(situation.hours.from));
            let Some(now) = opening else { break };
            let mailed = if day == situation.now.today() { situation.mailed } else { &nobody };
            let mut plan = Plan::default();
            decide(&Situation { now, mailed, ..*situation }, &case, &mut plan);
            for reminder in plan.reminders {
                put_on_record(&mut case.record, &reminder, &units, day);
                if let (Verdict::Planned, Some(contact)) = (&reminder.verdict, reminder.contact) {
                    days.entry((day, contact)).or_default().push(reminder);
                }
            }
            let tomorrow = next_working_day(situation.calendar, day);
            let look = plan.looks.first().and_then(|(_, look)| *look);
            next = look.map(|look| look.max(tomorrow));
        }
    }
    days.into_iter().map(|((on, contact), reminders)| foreseen(on, contact, reminders)).collect()
}

fn foreseen(on: Date, contact: ContactId, mut reminders: Vec<Reminder>) -> Foreseen {
    reminders
        .sort_by(|a, b| (b.role, b.tone).cmp(&(a.role, a.tone)).then_with(|| a.key.cmp(&b.key)));
    Foreseen { on, contact, reminders }
}

/// Keeps the record as storage would: a settled key does not change, a planned one is told at once.
pub(super) fn put_on_record(
    record: &mut Vec<Recorded>,
    reminder: &Reminder,
    units: &BTreeMap<ContactId, UnitId>,
    today: Date,
) {
    let state = match reminder.verdict {
        Verdict::Planned => RecordState::Told(today),
        Verdict::CoveredBy(_) | Verdict::Acknowledged => RecordState::Covered,
        Verdict::Blocked(_) => RecordState::Blocked,
        Verdict::Void => RecordState::Void,
    };
    let key: &ReminderKey = &reminder.key;
    match record.iter_mut().find(|known| known.key == *key) {
        Some(known) => known.state = state,
        None => record.push(Recorded {
            key: key.clone(),
            deadline_version: reminder.deadline_version,
            rung: reminder.rung.clone(),
            repeat: reminder.repeat,
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
