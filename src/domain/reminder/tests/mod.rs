//! The rules of planning, one test each, on a small office.
//!
//! Must not know: storage. Every planned reminder is accepted in the pass that plans it, unless a test says otherwise.

mod escalation;
mod laws;
mod pacing;
mod quota;
mod reaching;
mod redated;
mod urgent;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime};

use super::forecast::{put_on_record, units_of_contacts};
use super::*;
use crate::config::calendars;
use crate::domain::address::Address;
use crate::domain::calendar::WorkCalendar;
use crate::domain::directory::Directory;
use crate::domain::item::ItemKey;
use crate::domain::ladder::Ladder;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId, ObligationUid};
use crate::domain::uid::Uid;
use crate::domain::unit::{
    Away, Contact, ContactId, ContactUid, Rank, Role, Unit, UnitId, UnitUid,
};
use crate::words::Lang;

/// Rungs on 12-23, 12-30, 01-03, 01-05, 01-09 and again 01-16 and 01-28 (a make-up Saturday) for a date of 2022-12-30.
const LADDER: &str = "\
ladder standard
rung week -5 notice gap 1 to responsible/handler
rung today 0 warn gap 1 to responsible/handler responsible/head
rung late 1 overdue gap 1 to responsible/handler responsible/head
rung lead 3 overdue gap 2 to responsible/head lead/handler
rung report 5 circular gap 2 to responsible/head lead/head supervisor/handler repeat 5 x 2
";

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap());

const BUREAU: UnitId = UnitId(1);
const LEAD: UnitId = UnitId(2);
const OFFICE: UnitId = UnitId(3);

/// An office with three units, each with a handler (unit × 10 + 1) and a head (unit × 10 + 2).
#[derive(Debug)]
struct Office {
    calendar: WorkCalendar,
    contacts: Vec<Contact>,
    assignments: Vec<AssignmentSnapshot>,
    mailed: BTreeSet<ContactId>,
    mailed_on: Option<Date>,
}

impl Office {
    /// With one assignment of 2022 due on its last working day.
    fn new() -> Self {
        let contacts = [1, 2, 3].into_iter().flat_map(|unit| {
            [(1, Rank::Handler), (2, Rank::Head)].map(|(n, rank)| Contact {
                id: ContactId(unit * 10 + n),
                uid: ContactUid(uid(unit * 10 + n)),
                unit: UnitId(unit),
                name: rank.say(Lang::Zh).into(),
                address: Address::parse(&format!("c{unit}{n}@x.example")).unwrap(),
                rank,
                away: Vec::new(),
                suppressed: false,
                damaged: false,
            })
        });
        Self {
            calendar: CALENDAR.clone(),
            contacts: contacts.collect(),
            assignments: vec![assignment(1, "2022-12-30")],
            mailed: BTreeSet::new(),
            mailed_on: None,
        }
    }

    fn contact(&mut self, id: i64) -> &mut Contact {
        self.contacts.iter_mut().find(|contact| contact.id == ContactId(id)).unwrap()
    }

    fn plan_at(&self, at: &str) -> Plan {
        let at: DateTime = at.parse().unwrap();
        let units = [1, 2, 3].map(|id| Unit {
            id: UnitId(id),
            uid: UnitUid(uid(id)),
            name: format!("单位{id}"),
            aliases: Vec::new(),
            parent: None,
            members: Vec::new(),
            former: Vec::new(),
            standing: crate::domain::unit::Standing::InOffice,
        });
        let directory = Directory::new(units.to_vec(), self.contacts.clone());
        let nobody = BTreeSet::new();
        let situation = Situation {
            now: Moment::from_local(at).unwrap(),
            hours: MailHours::default(),
            calendar: &self.calendar,
            directory: &directory,
            supervisor: Some(OFFICE),
            mailed: if self.mailed_on == Some(at.date()) { &self.mailed } else { &nobody },
        };
        plan(&situation, &self.assignments)
    }

    /// One pass at 9:30 of `day`; returns what goes out, as `contact rung`, or `assignment:contact rung` beyond the first assignment.
    fn pass(&mut self, day: &str) -> Vec<String> {
        let plan = self.plan_at(&format!("{day}T09:30"));
        self.record(&plan, day.parse().unwrap());
        sent(&plan)
    }

    /// Passes on every day of a span; returns the days on which something went out.
    fn passes(&mut self, from: &str, through: &str) -> Vec<String> {
        let through: Date = through.parse().unwrap();
        let days = std::iter::successors(from.parse::<Date>().ok(), |day| day.tomorrow().ok());
        days.take_while(|day| *day <= through)
            .filter_map(|day| {
                let sent = self.pass(&day.to_string());
                (!sent.is_empty()).then(|| format!("{day}: {}", sent.join(", ")))
            })
            .collect()
    }

    /// Puts a plan on record as if everything planned were told on `day`.
    fn record(&mut self, plan: &Plan, day: Date) {
        let units = self.contacts.iter().map(|contact| (contact.id, contact.unit)).collect();
        if self.mailed_on != Some(day) {
            self.mailed.clear();
            self.mailed_on = Some(day);
        }
        for reminder in &plan.reminders {
            let mut assignments = self.assignments.iter_mut();
            let assignment = assignments.find(|it| it.assignment == reminder.assignment).unwrap();
            put_on_record(&mut assignment.history, reminder, &units, day);
            if reminder.verdict == Verdict::Planned && reminder.haste == Haste::DayMail {
                let contact = reminder.contact.unwrap();
                assert!(
                    !self.mailed.contains(&contact),
                    "a second message on one day: {reminder:?}"
                );
            }
        }
        let planned = plan.reminders.iter().filter(|it| it.verdict == Verdict::Planned);
        self.mailed.extend(planned.filter_map(|it| it.contact));
    }

    fn state_of(&self, rung: &str, contact: i64) -> Option<ReminderState> {
        let of = |it: &&RecordedReminder| {
            it.occasion.name() == rung && it.contact == Some(ContactId(contact))
        };
        self.assignments[0].history.iter().find(of).map(|it| it.state)
    }

    /// Changes the state of every told or sealed reminder of that name.
    fn set_told(&mut self, rung: &str, state: ReminderState) {
        let is_told = |it: &RecordedReminder| {
            it.occasion.name() == rung
                && matches!(it.state, ReminderState::Told(_) | ReminderState::Sealed)
        };
        for record in self.assignments[0].history.iter_mut().filter(|it| is_told(it)) {
            record.state = state;
        }
    }
}

fn assignment(n: i64, act_by: &str) -> AssignmentSnapshot {
    AssignmentSnapshot {
        obligation: ObligationId(n),
        obligation_uid: ObligationUid(uid(n)),
        assignment: AssignmentId(n),
        unit: BUREAU,
        unit_uid: UnitUid(uid(BUREAU.0)),
        leads: vec![LEAD],
        owing: Vec::new(),
        state: AssignmentState::Open,
        deadline_version: 1,
        date_changes: Vec::new(),
        act_by: Some(act_by.parse().unwrap()),
        due_at: None,
        is_minimum: false,
        registered_on: "2022-06-17".parse().unwrap(),
        silent_until: None,
        ladder: Arc::new(LADDER.parse().unwrap()),
        quota: None,
        history: Vec::new(),
    }
}

fn uid(n: i64) -> Uid {
    Uid::random([u8::try_from(n).unwrap(); 16])
}

/// The next look of the only assignment.
fn next_look(plan: &Plan) -> Option<Date> {
    assert_eq!(plan.next_looks.len(), 1);
    plan.next_looks[0].on
}

fn sent(plan: &Plan) -> Vec<String> {
    let mut sent: Vec<String> = plan
        .reminders
        .iter()
        .filter(|it| it.verdict == Verdict::Planned)
        .map(|it| {
            let contact = it.contact.unwrap().0;
            match it.assignment {
                AssignmentId(1) => format!("{contact} {}", it.occasion),
                AssignmentId(n) => format!("{n}:{contact} {}", it.occasion),
            }
        })
        .collect();
    sent.sort();
    sent
}
