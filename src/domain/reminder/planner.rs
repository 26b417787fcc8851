//! Plans the reminders of one assignment: which rungs are due and not on record, and who is told of the newest.
//!
//! Must not know: other assignments. For each addressee the newest due rung is told; it covers the older ones.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::addressee::Addressee;
use super::haste::Haste;
use super::history::{History, has_bounced, is_final_for, is_waiting, states_of};
use super::hours::next_working_day;
use super::key::ReminderKey;
use super::occasion::Occasion;
use super::plan::{NextLook, Obstacle, Plan, Reminder, Situation, Verdict};
use super::rung_occurrence::{RungOccurrence, rung_occurrences};
use super::snapshot::{AssignmentSnapshot, ReminderState, is_wanted};
use crate::domain::item::ItemKey;
use crate::domain::ladder::Tone;
use crate::domain::unit::{Contact, ContactId, Rank, Role};

/// Plans the reminders of `assignments` as of `situation.now`. Outside mail hours only assignments with a clock in
/// hours are planned.
///
/// Planning again before any mail was accepted gives the same plan. A reminder recorded as told is not planned again.
///
/// ```
/// # use std::{collections::BTreeSet, sync::Arc};
/// # use duban::domain::{address::Address, calendar::WorkCalendar, directory::Directory, moment::Moment, obligation::*, reminder::*, uid::Uid, unit::*};
/// # use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let handler = Contact {
///     id: ContactId(7), uid: ContactUid(Uid::random([7; 16])), unit: UnitId(1), name: "承办人".into(),
///     address: Address::parse("a@b.example").unwrap(), rank: Rank::Handler, away: vec![], suppressed: false, damaged: false,
/// };
/// let uid = UnitUid(Uid::random([1; 16]));
/// # let unit = Unit { id: UnitId(1), uid, name: "区财政局".into(), aliases: vec![], parent: None, members: vec![], former: vec![], standing: Standing::InOffice };
/// let directory = Directory::new(vec![unit], vec![handler]);
/// let ladder = "ladder one\nrung week -5 notice gap 0 to responsible/handler\n".parse().unwrap();
/// let assignment = AssignmentSnapshot {
///     obligation: ObligationId(1), obligation_uid: ObligationUid(Uid::random([1; 16])), assignment: AssignmentId(1),
///     unit: UnitId(1), unit_uid: uid, leads: vec![], owing: vec![], state: AssignmentState::Open, deadline_version: 1, date_changes: vec![], act_by: Some(date(2022, 12, 30)),
///     due_at: None, is_minimum: false, registered_on: date(2022, 6, 17), silent_until: None, ladder: Arc::new(ladder), quota: None,
///     history: vec![],
/// };
/// let now = Moment::from_local(date(2022, 12, 23).at(9, 30, 0, 0)).unwrap();
/// let mailed = BTreeSet::new();
/// let situation = Situation {
///     now, hours: MailHours::default(), calendar: &calendar, directory: &directory, supervisor: None, mailed: &mailed,
/// };
/// let plan = plan(&situation, &[assignment]);
/// assert_eq!(plan.reminders[0].contact, Some(ContactId(7)));
/// assert_eq!(plan.reminders[0].verdict, Verdict::Planned);
/// ```
pub fn plan(situation: &Situation<'_>, assignments: &[AssignmentSnapshot]) -> Plan {
    let mut plan = Plan::default();
    let hours_are_open = situation.hours.are_open(situation.now, situation.calendar);
    for assignment in assignments.iter().filter(|it| hours_are_open || it.due_at.is_some()) {
        plan_assignment(situation, assignment, &mut plan);
    }
    plan
}

/// Adds the decisions about `assignment` to `plan`.
pub(super) fn plan_assignment(
    situation: &Situation<'_>,
    assignment: &AssignmentSnapshot,
    plan: &mut Plan,
) {
    let mut planner = AssignmentPlanner {
        situation,
        assignment,
        today: situation.now.today(),
        hours_are_open: situation.hours.are_open(situation.now, situation.calendar),
        history: History::of(assignment),
        occurrences: Vec::new(),
        reminders: Vec::new(),
        items: BTreeSet::new(),
        next_look: None,
    };
    planner.plan();
    plan.reminders.append(&mut planner.reminders);
    plan.items.append(&mut planner.items);
    plan.next_looks.push(NextLook { assignment: assignment.assignment, on: planner.next_look });
}

/// The decisions about one assignment while they are being made.
pub(super) struct AssignmentPlanner<'a> {
    pub(super) situation: &'a Situation<'a>,
    pub(super) assignment: &'a AssignmentSnapshot,
    pub(super) today: Date,
    hours_are_open: bool,
    pub(super) history: History<'a>,
    pub(super) occurrences: Vec<RungOccurrence<'a>>,
    pub(super) reminders: Vec<Reminder>,
    pub(super) items: BTreeSet<ItemKey>,
    next_look: Option<Date>,
}

/// What is known of an addressee while the due rungs are gone through, the newest first.
enum AddresseeState {
    /// The reminder with this key was decided in this pass; it covers every older rung.
    CoveredBy(ReminderKey),
    /// A recorded reminder of this or a newer rung is final; the pass that made it decided the older rungs as well.
    Final,
}

impl<'a> AssignmentPlanner<'a> {
    fn plan(&mut self) {
        self.void_outdated_reminders();
        if !self.assignment.state.is_owed() {
            return;
        }
        if let Some(until) = self.assignment.silent_until.filter(|until| *until > self.today) {
            self.block_planned_reminders();
            self.look_again(self.situation.calendar.on_or_after(until));
            return;
        }
        self.occurrences = rung_occurrences(self.assignment, self.situation.calendar);
        let now = self.situation.now;
        if let Some(next) = self.occurrences.iter().find(|it| !it.is_due(now)) {
            self.look_again(next.on.max(self.today));
        }
        if !self.hours_are_open {
            self.look_again(self.today);
        }
        self.plan_due_rungs();
        self.plan_date_moved_reminders();
        self.plan_quota_warning();
        self.block_unreachable_contacts();
    }

    fn plan_due_rungs(&mut self) {
        let mut states: BTreeMap<Addressee, AddresseeState> = BTreeMap::new();
        let is_due = |it: &&RungOccurrence<'a>| {
            it.is_due(self.situation.now) && (self.hours_are_open || it.at_once)
        };
        let due: Vec<_> = self.occurrences.iter().rev().filter(is_due).copied().collect();
        for occurrence in &due {
            let mut addressees = self.addressees(&occurrence.rung.audience);
            // Outside mail hours only the responsible units are told: only they can still act in time.
            addressees.retain(|it| self.hours_are_open || it.role == Role::Responsible);
            for addressee in addressees {
                let before = states.remove(&addressee);
                let after = self.plan_for_addressee(occurrence, addressee, before);
                states.insert(addressee, after);
            }
        }
    }

    /// Decides one due occurrence for one addressee; `before` is the state after all newer occurrences.
    fn plan_for_addressee(
        &mut self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
        before: Option<AddresseeState>,
    ) -> AddresseeState {
        if matches!(before, Some(AddresseeState::Final)) {
            return AddresseeState::Final;
        }
        let states = states_of(self.history.at(occurrence.place), addressee);
        if states.contains(&ReminderState::Sealed) {
            self.look_again_tomorrow();
        }
        if states.iter().any(|state| state.is_final())
            || states.is_empty() && self.was_decided_in_another_capacity(occurrence, addressee)
        {
            self.tell_waiting_contacts(occurrence, addressee);
            return AddresseeState::Final;
        }
        match before {
            Some(AddresseeState::CoveredBy(newer)) => {
                self.cover(occurrence, addressee, &newer);
                AddresseeState::CoveredBy(newer)
            }
            Some(AddresseeState::Final) | None => {
                AddresseeState::CoveredBy(self.tell(occurrence, addressee))
            }
        }
    }

    /// True when a reminder of this occurrence to the addressee's unit is final on record, in another rank of the role
    /// or in a lower role. All contacts of a unit are decided together, so nobody else of it is told of the occurrence
    /// on a later day.
    ///
    /// For a clock in hours a lower role does not count: at night only the responsible units are told, and the other
    /// roles are decided in the morning.
    fn was_decided_in_another_capacity(
        &self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
    ) -> bool {
        self.history.at(occurrence.place).any(|it| {
            it.unit == Some(addressee.unit)
                && it.state.is_final()
                && (it.role == addressee.role || it.role < addressee.role && !occurrence.at_once)
        })
    }

    pub(super) fn addressees(&self, audience: &[(Role, Rank)]) -> Vec<Addressee> {
        let mut addressees = Vec::new();
        for (role, rank) in audience {
            let units = self.assignment.units_in_role(*role, self.situation.supervisor);
            addressees.extend(units.into_iter().map(|unit| Addressee {
                role: *role,
                unit,
                rank: *rank,
            }));
        }
        addressees.sort_unstable();
        addressees
    }

    pub(super) fn reachable(
        &self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
    ) -> Vec<&'a Contact> {
        addressee.reachable_contacts(self.situation.directory, self.today, |contact| {
            !has_bounced(self.history.at(occurrence.place), contact.id)
        })
    }

    /// Decides the newest due occurrence for an addressee; returns the key of the reminder that covers the older ones.
    fn tell(&mut self, occurrence: &RungOccurrence<'a>, addressee: Addressee) -> ReminderKey {
        let contacts = self.reachable(occurrence, addressee);
        let Some(first) = contacts.first() else {
            return self.tell_nobody(occurrence, addressee);
        };
        let prefix = self.assignment.key_prefix();
        let key = prefix.for_contact(&occurrence.occasion(), first.uid);
        let waits_for = self.role_to_wait_for(occurrence, addressee.role);
        for contact in contacts {
            let verdict = self.verdict(occurrence, contact, waits_for);
            self.add_once(occurrence, addressee, Some(contact), verdict);
        }
        key
    }

    /// Decides again about those contacts of an addressee whose own reminders wait while the reminder of a colleague is
    /// final. A contact without a reminder gets none: the colleague stood in.
    fn tell_waiting_contacts(&mut self, occurrence: &RungOccurrence<'a>, addressee: Addressee) {
        let mut contacts = self.reachable(occurrence, addressee);
        contacts.retain(|it| is_waiting(self.history.at(occurrence.place), addressee, it.id));
        if contacts.is_empty() {
            return;
        }
        let waits_for = self.role_to_wait_for(occurrence, addressee.role);
        for contact in contacts {
            let verdict = self.verdict(occurrence, contact, waits_for);
            self.add_once(occurrence, addressee, Some(contact), verdict);
        }
    }

    pub(super) fn verdict(
        &self,
        occurrence: &RungOccurrence<'a>,
        contact: &Contact,
        waits_for: Option<Role>,
    ) -> Verdict {
        if !is_wanted(self.assignment.state, occurrence.rung.tone) {
            return Verdict::Acknowledged;
        }
        if let Some(newer) = self.newer_for(contact.id, occurrence) {
            return Verdict::CoveredBy(newer);
        }
        match waits_for {
            Some(role) => Verdict::Blocked(Obstacle::WaitsFor(role)),
            None => self.planned_unless_mailed(&occurrence.occasion(), contact.id),
        }
    }

    /// `Planned`, or `Blocked` when the contact has had the mail of this day and the reminder may wait for the next
    /// one; a reminder that may not wait goes out beside the mail of the day.
    pub(super) fn planned_unless_mailed(&self, occasion: &Occasion, contact: ContactId) -> Verdict {
        let may_wait = self.haste(occasion) == Haste::DayMail;
        if may_wait && self.situation.mailed.contains(&contact) {
            Verdict::Blocked(Obstacle::AlreadyMailed)
        } else {
            Verdict::Planned
        }
    }

    fn haste(&self, occasion: &Occasion) -> Haste {
        let is_at_once = |it: &RungOccurrence<'a>| it.at_once && it.is_occasion(occasion);
        let is_moved_clock = self.assignment.due_at.is_some() && *occasion == Occasion::DateMoved;
        if is_moved_clock || self.occurrences.iter().any(is_at_once) {
            return Haste::AnyHour;
        }
        let next_mail = next_working_day(self.situation.calendar, self.today);
        let act_by_passes_first =
            self.assignment.act_by.is_some_and(|it| (self.today..next_mail).contains(&it));
        if act_by_passes_first && !self.assignment.is_minimum {
            Haste::Beside
        } else {
            Haste::DayMail
        }
    }

    /// The key of a reminder that covers this one, in any role: another one planned for the contact in this pass, or a
    /// recorded one of a newer rung that is sealed or told.
    fn newer_for(
        &self,
        contact: ContactId,
        occurrence: &RungOccurrence<'a>,
    ) -> Option<ReminderKey> {
        let planned_now = self.reminders.iter().find(|it| {
            it.contact == Some(contact)
                && it.verdict == Verdict::Planned
                && !occurrence.is_occasion(&it.occasion)
        });
        let on_record = || self.history.newer_for(contact, occurrence);
        planned_now.map(|it| &it.key).or_else(on_record).cloned()
    }

    /// Decides an occurrence for an addressee without a reachable contact, which never counts as told: an item about
    /// the unit is opened, and the next higher role is told, no earlier than this one would have been.
    fn tell_nobody(
        &mut self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
    ) -> ReminderKey {
        self.items.insert(ItemKey::Unreachable(addressee.unit));
        self.look_again_while_climbing();
        let verdict = if !is_wanted(self.assignment.state, occurrence.rung.tone) {
            Verdict::Acknowledged
        } else if let Some(role) = self.role_to_wait_for(occurrence, addressee.role) {
            Verdict::Blocked(Obstacle::WaitsFor(role))
        } else {
            Verdict::Blocked(Obstacle::NobodyReachable)
        };
        let goes_on = verdict == Verdict::Blocked(Obstacle::NobodyReachable);
        self.add_once(occurrence, addressee, None, verdict);
        if goes_on {
            self.tell_next_role(occurrence, addressee);
        }
        self.key_for_nobody(&occurrence.occasion(), addressee)
    }

    fn key_for_nobody(&self, occasion: &Occasion, addressee: Addressee) -> ReminderKey {
        let unit = self.situation.directory.unit(addressee.unit);
        let unit = unit.map_or(self.assignment.unit_uid, |unit| unit.uid);
        self.assignment.key_prefix().for_nobody(occasion, unit, addressee.rank)
    }

    fn cover(&mut self, occurrence: &RungOccurrence<'a>, addressee: Addressee, by: &ReminderKey) {
        let contacts = self.reachable(occurrence, addressee);
        if contacts.is_empty() {
            self.add_once(occurrence, addressee, None, Verdict::CoveredBy(by.clone()));
        }
        for contact in contacts {
            let verdict = Verdict::CoveredBy(by.clone());
            self.add_once(occurrence, addressee, Some(contact), verdict);
        }
    }

    /// Adds a decision about a rung, unless the contact's reminder is final on record or decided in this pass.
    pub(super) fn add_once(
        &mut self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
        contact: Option<&Contact>,
        verdict: Verdict,
    ) {
        if !self.is_decided(occurrence, addressee, contact.map(|contact| contact.id)) {
            let tone = occurrence.rung.tone;
            self.add(occurrence.occasion(), addressee, tone, contact, verdict);
        }
    }

    fn is_decided(
        &self,
        occurrence: &RungOccurrence<'a>,
        addressee: Addressee,
        contact: Option<ContactId>,
    ) -> bool {
        let Some(contact) = contact else {
            let key = self.key_for_nobody(&occurrence.occasion(), addressee);
            return self.history.state_of(&key).is_some_and(ReminderState::is_final)
                || self.reminders.iter().any(|it| it.key == key);
        };
        is_final_for(self.history.at(occurrence.place), contact)
            || self.reminders.iter().any(|it| {
                it.contact == Some(contact)
                    && it.deadline_version == self.assignment.deadline_version
                    && occurrence.is_occasion(&it.occasion)
            })
    }

    pub(super) fn add(
        &mut self,
        occasion: Occasion,
        addressee: Addressee,
        tone: Tone,
        contact: Option<&Contact>,
        verdict: Verdict,
    ) {
        match &verdict {
            Verdict::Planned | Verdict::Blocked(Obstacle::AlreadyMailed) => {
                self.look_again_tomorrow();
            }
            Verdict::Blocked(_) | Verdict::CoveredBy(_) | Verdict::Acknowledged | Verdict::Void => {
            }
        }
        let key = match contact {
            Some(contact) => self.assignment.key_prefix().for_contact(&occasion, contact.uid),
            None => self.key_for_nobody(&occasion, addressee),
        };
        let haste = self.haste(&occasion);
        self.reminders.push(Reminder {
            key,
            obligation: self.assignment.obligation,
            assignment: self.assignment.assignment,
            deadline_version: self.assignment.deadline_version,
            occasion,
            role: addressee.role,
            rank: addressee.rank,
            tone,
            contact: contact.map(|contact| contact.id),
            haste,
            verdict,
        });
    }

    pub(super) fn look_again_tomorrow(&mut self) {
        self.look_again(next_working_day(self.situation.calendar, self.today));
    }

    /// Looks again on the next working day, because a unit cannot be reached. After the last day of the ladder that is
    /// no reason to look again: the end of the ladder needs a person, and an item about the unit is open.
    pub(super) fn look_again_while_climbing(&mut self) {
        if self.occurrences.last().is_some_and(|last| last.on >= self.today) {
            self.look_again_tomorrow();
        }
    }

    pub(super) fn look_again(&mut self, on: Date) {
        self.next_look = Some(self.next_look.map_or(on, |before| before.min(on)));
    }
}
