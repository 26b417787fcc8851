//! Decides one case: which rungs are due and not on record, who is told of the newest, and what must wait.
//!
//! Must not know: other cases. Rungs coalesce per seat (role, unit, rank): the newest due one speaks, the older ones are
//! covered by it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::alarm::alarm;
use super::change::{RUNG_OF_CHANGE, TONE_OF_CHANGE};
use super::hours::{next_working_day, working_days_from};
use super::past::Past;
use super::seat::{Seat, reach, units_of};
use super::step::{Step, steps};
use super::{
    Case, Finding, Obstacle, Plan, RecordState, Recorded, Reminder, ReminderKey, Situation, Verdict,
};
use crate::domain::ladder::Tone;
use crate::domain::obligation::AssignmentState;
use crate::domain::unit::{Contact, Role};

/// Adds the decisions about `case` to `plan`.
pub(super) fn decide(situation: &Situation<'_>, case: &Case, plan: &mut Plan) {
    let today = situation.now.today();
    let mut desk = Desk {
        situation,
        case,
        today,
        past: Past::of(case),
        steps: Vec::new(),
        reminders: Vec::new(),
        findings: BTreeSet::new(),
        look: None,
    };
    desk.decide();
    plan.reminders.append(&mut desk.reminders);
    plan.findings.append(&mut desk.findings);
    plan.looks.push((case.assignment, desk.look));
}

/// One case on the desk.
pub(super) struct Desk<'a> {
    pub(super) situation: &'a Situation<'a>,
    pub(super) case: &'a Case,
    pub(super) today: Date,
    pub(super) past: Past<'a>,
    steps: Vec<Step<'a>>,
    pub(super) reminders: Vec<Reminder>,
    pub(super) findings: BTreeSet<Finding>,
    look: Option<Date>,
}

/// Whether a role may be told yet.
enum Gate {
    Open,
    /// Until this lower role has been told and its gap has passed.
    Waits(Role),
}

impl<'a> Desk<'a> {
    fn decide(&mut self) {
        let is_owed = self.case.state.is_owed();
        self.withdraw(&Verdict::Void, |record, case| {
            !is_owed || record.deadline_version != case.deadline_version
        });
        if !is_owed {
            return;
        }
        if let Some(until) = self.case.silent_until.filter(|until| *until > self.today) {
            self.withdraw(&Verdict::Blocked(Obstacle::Silent), |record, case| {
                record.deadline_version == case.deadline_version
                    && record.state == RecordState::Planned
            });
            self.look_again(self.situation.calendar.on_or_after(until));
            return;
        }
        self.steps = steps(self.case, self.situation.calendar);
        if let Some(next) = self.steps.iter().find(|step| step.on > self.today) {
            self.look_again(next.on);
        }
        self.tell_due_steps();
        self.tell_change();
        self.sound_the_alarm();
        self.release_contacts_out_of_reach();
    }

    /// Every seat hears the newest due step that speaks to it; older ones are covered. Whenever a step of a seat is
    /// settled all older ones are settled with it, so below a settled step nothing is left to ask.
    fn tell_due_steps(&mut self) {
        let mut newest: Vec<(Seat, Option<ReminderKey>)> = Vec::new();
        let mut seats: (Option<usize>, Vec<Seat>) = (None, Vec::new());
        let due: Vec<Step<'a>> =
            self.steps.iter().rev().filter(|step| step.on <= self.today).copied().collect();
        for step in due {
            // Repeats speak to the seats of their rung.
            if seats.0 != Some(step.place) {
                seats = (Some(step.place), self.seats(step));
            }
            for seat in seats.1.iter().copied() {
                let known = newest.iter().position(|(other, _)| *other == seat);
                let by = known.and_then(|place| newest.get(place)).map(|(_, by)| by);
                if by == Some(&None) {
                    continue;
                }
                let by = by.cloned().flatten();
                let stands = match (self.past.settled(step, seat), by) {
                    (Some(state), _) => {
                        if state == RecordState::Sealed {
                            self.look_tomorrow();
                        }
                        None
                    }
                    (None, Some(by)) => {
                        self.cover(step, seat, &by);
                        Some(by)
                    }
                    (None, None) => Some(self.tell(step, seat)),
                };
                match known.and_then(|place| newest.get_mut(place)) {
                    Some(seen) => seen.1 = stands,
                    None => newest.push((seat, stands)),
                }
            }
        }
    }

    /// Tells of a quota whose rest no longer fits, beside whatever else is due: no newer rung says more.
    fn sound_the_alarm(&mut self) {
        let (alarm, sounds_on) = alarm(self.case, self.today, self.situation.calendar);
        if let Some(on) = sounds_on {
            self.look_again(on.max(next_working_day(self.situation.calendar, self.today)));
        }
        let Some(step) = alarm else { return };
        self.findings.insert(Finding::NoLongerFits { assignment: self.case.assignment });
        for seat in self.seats(step) {
            if self.past.settled(step, seat).is_some() {
                continue;
            }
            for contact in self.reach(step, seat) {
                let verdict = if self.situation.mailed.contains(&contact.id) {
                    Verdict::Blocked(Obstacle::AlreadyMailed)
                } else {
                    Verdict::Planned
                };
                self.put(step, seat, Some(contact), verdict);
            }
        }
    }

    fn seats(&self, step: Step<'a>) -> Vec<Seat> {
        let mut seats = Vec::new();
        for (role, rank) in &step.rung.audience {
            for unit in units_of(self.case, *role, self.situation.supervisor) {
                seats.push(Seat { role: *role, unit, rank: *rank });
            }
        }
        seats.sort_unstable();
        seats
    }

    /// Decides the newest due step of a seat; returns the key that now stands for it.
    fn tell(&mut self, step: Step<'a>, seat: Seat) -> ReminderKey {
        let contacts = self.reach(step, seat);
        let Some(first) = contacts.first() else {
            return self.nobody(step, seat);
        };
        let key = ReminderKey::for_contact(self.case, step, first.id);
        let gate = self.gate(step, seat.role);
        for contact in contacts {
            let verdict = self.verdict(step, contact, &gate);
            self.put(step, seat, Some(contact), verdict);
        }
        key
    }

    fn verdict(&self, step: Step<'a>, contact: &Contact, gate: &Gate) -> Verdict {
        if self.is_quiet(step.rung.tone) {
            return Verdict::Acknowledged;
        }
        if let Some(newer) = self.newer_for(contact, step) {
            return Verdict::CoveredBy(newer);
        }
        match gate {
            Gate::Waits(role) => Verdict::Blocked(Obstacle::WaitsFor(*role)),
            Gate::Open if self.situation.mailed.contains(&contact.id) => {
                Verdict::Blocked(Obstacle::AlreadyMailed)
            }
            Gate::Open => Verdict::Planned,
        }
    }

    /// Acknowledging quiets notices; whoever signed for the work still hears that the date is close, and that it passed.
    fn is_quiet(&self, tone: Tone) -> bool {
        tone == Tone::Notice && self.case.state == AssignmentState::Acknowledged
    }

    /// What the same contact hears or heard of this case at a newer step, in whatever seat.
    fn newer_for(&self, contact: &Contact, step: Step<'a>) -> Option<ReminderKey> {
        let in_hand = self.reminders.iter().find(|it| {
            it.contact == Some(contact.id) && it.verdict == Verdict::Planned && !step.is_of(it)
        });
        let told = || self.past.newer_for(contact.id, step);
        in_hand.map(|it| &it.key).or_else(told).cloned()
    }

    /// A seat that cannot be reached is never counted as told: it goes to the operator's list, and the rung to the next
    /// role up. The supervisor hears of it only when it is called late: an internal target never is.
    fn nobody(&mut self, step: Step<'a>, seat: Seat) -> ReminderKey {
        self.findings.insert(Finding::Unreachable { unit: seat.unit });
        self.look_tomorrow();
        let verdict = if self.is_quiet(step.rung.tone) {
            Verdict::Acknowledged
        } else {
            Verdict::Blocked(Obstacle::NobodyReachable)
        };
        let is_blocked = verdict != Verdict::Acknowledged;
        self.put(step, seat, None, verdict);
        if is_blocked {
            self.tell_next_role(step, seat);
        }
        ReminderKey::for_nobody(self.case, step, seat)
    }

    fn tell_next_role(&mut self, step: Step<'a>, seat: Seat) {
        let is_late = step.rung.tone.speaks_of_lateness();
        let may_hear = |role: &Role| *role > seat.role && (*role < Role::Supervisor || is_late);
        for role in Role::ALL.into_iter().filter(may_hear) {
            let mut is_heard = false;
            for unit in units_of(self.case, role, self.situation.supervisor) {
                let seat = Seat { role, unit, ..seat };
                for contact in self.reach(step, seat) {
                    let verdict = self.verdict(step, contact, &Gate::Open);
                    self.put(step, seat, Some(contact), verdict);
                    is_heard = true;
                }
            }
            if is_heard {
                return;
            }
        }
    }

    /// Covers an older step of a seat.
    fn cover(&mut self, step: Step<'a>, seat: Seat, by: &ReminderKey) {
        let contacts = self.reach(step, seat);
        if contacts.is_empty() {
            self.put(step, seat, None, Verdict::CoveredBy(by.clone()));
        }
        for contact in contacts {
            if !self.is_decided(step, seat, Some(contact)) {
                self.put(step, seat, Some(contact), Verdict::CoveredBy(by.clone()));
            }
        }
    }

    /// True when it is settled on record, or decided in this pass, who of a seat hears of a step.
    fn is_decided(&self, step: Step<'a>, seat: Seat, contact: Option<&Contact>) -> bool {
        let Some(contact) = contact else {
            let key = ReminderKey::for_nobody(self.case, step, seat);
            return self.past.is_settled(&key) || self.reminders.iter().any(|it| it.key == key);
        };
        let is_told = |it: &Reminder| {
            it.contact == Some(contact.id)
                && it.deadline_version == self.case.deadline_version
                && step.is_of(it)
        };
        self.past.is_settled_for(contact.id, step) || self.reminders.iter().any(is_told)
    }

    /// Puts a decision on the list, unless it has been settled before or is decided already.
    fn put(&mut self, step: Step<'a>, seat: Seat, contact: Option<&Contact>, verdict: Verdict) {
        if self.is_decided(step, seat, contact) {
            return;
        }
        let key = match contact {
            Some(contact) => ReminderKey::for_contact(self.case, step, contact.id),
            None => ReminderKey::for_nobody(self.case, step, seat),
        };
        match &verdict {
            Verdict::Planned | Verdict::Blocked(Obstacle::AlreadyMailed) => self.look_tomorrow(),
            Verdict::Blocked(_) | Verdict::CoveredBy(_) | Verdict::Acknowledged | Verdict::Void => {
            }
        }
        self.reminders.push(Reminder {
            key,
            obligation: self.case.obligation,
            assignment: self.case.assignment,
            deadline_version: self.case.deadline_version,
            rung: step.rung.name.clone(),
            repeat: step.repeat,
            role: seat.role,
            rank: seat.rank,
            tone: step.rung.tone,
            contact: contact.map(|it| it.id),
            verdict,
        });
    }

    /// A higher role is told only after the mail to the role below was accepted and the gap has passed, or when nobody
    /// there can be reached.
    fn gate(&mut self, step: Step<'a>, role: Role) -> Gate {
        let Some((lower, below)) = self.rung_below(step, role) else { return Gate::Open };
        let told_on = self.past.told_on(lower, below.place);
        let Some(told_on) = told_on.or_else(|| self.heard_in_other_seats_on(below, lower)) else {
            if self.nobody_hears(below, lower) || self.is_quiet(below.rung.tone) {
                return Gate::Open;
            }
            self.look_tomorrow();
            return Gate::Waits(lower);
        };
        let gap = i64::from(step.rung.gap_working_days);
        match working_days_from(self.situation.calendar, told_on, gap) {
            Some(from) if from > self.today => {
                self.look_again(from);
                Gate::Waits(lower)
            }
            Some(_) | None => Gate::Open,
        }
    }

    /// The next lower role that somebody plays, with the last rung below `step` that speaks to it.
    fn rung_below(&self, step: Step<'a>, role: Role) -> Option<(Role, Step<'a>)> {
        let lower = Role::ALL.into_iter().rev().filter(|lower| *lower < role);
        let played =
            lower.filter(|it| !units_of(self.case, *it, self.situation.supervisor).is_empty());
        played.into_iter().find_map(|lower| {
            let below = self
                .steps
                .iter()
                .rev()
                .find(|it| it.place < step.place && it.repeat == 0 && it.rung.tells(lower));
            below.map(|below| (lower, *below))
        })
    }

    /// The day on which the last of the seats of `role` heard of `step` or a later one in whatever seat; `None` while one
    /// has not. A unit that leads what it owes itself gets one mail, and no second one as the lead.
    fn heard_in_other_seats_on(&self, step: Step<'a>, role: Role) -> Option<Date> {
        let mut last = None;
        for seat in self.seats(step).into_iter().filter(|seat| seat.role == role) {
            let contacts = self.reach(step, seat);
            if contacts.is_empty() {
                continue;
            }
            let heard = contacts.iter().filter_map(|it| self.past.heard_on(it.id, step.place));
            last = last.max(Some(heard.min()?));
        }
        last
    }

    fn nobody_hears(&self, step: Step<'a>, role: Role) -> bool {
        let mut seats = self.seats(step).into_iter().filter(|seat| seat.role == role);
        seats.all(|seat| self.reach(step, seat).is_empty())
    }

    fn reach(&self, step: Step<'a>, seat: Seat) -> Vec<&'a Contact> {
        let may_be_told = |contact: &Contact| !self.past.bounced(contact.id, step);
        reach(self.situation.directory, (seat.unit, seat.rank), self.today, may_be_told)
    }

    /// A planned reminder whose contact left, went away or bounced since must not be sealed.
    fn release_contacts_out_of_reach(&mut self) {
        let is_waiting = |record: &Recorded, case: &Case| {
            record.deadline_version == case.deadline_version && record.state == RecordState::Planned
        };
        if !self.case.record.iter().any(|record| is_waiting(record, self.case)) {
            return;
        }
        let decided: Vec<ReminderKey> = self.reminders.iter().map(|it| it.key.clone()).collect();
        self.withdraw(&Verdict::Blocked(Obstacle::NobodyReachable), |record, case| {
            is_waiting(record, case) && !decided.contains(&record.key)
        });
    }

    /// Takes back reminders that are on record but in no message.
    fn withdraw(&mut self, verdict: &Verdict, which: impl Fn(&Recorded, &Case) -> bool) {
        let waiting = |record: &&Recorded| {
            matches!(record.state, RecordState::Planned | RecordState::Blocked)
        };
        let tone = |record: &Recorded| {
            let rungs = self.case.ladder.rungs();
            let rung = rungs.iter().find(|rung| rung.name == record.rung);
            let of_change = (record.rung == RUNG_OF_CHANGE).then_some(TONE_OF_CHANGE);
            rung.map(|it| it.tone).or(of_change).unwrap_or(Tone::Notice)
        };
        let taken = self.case.record.iter().filter(waiting).filter(|it| which(it, self.case));
        let taken: Vec<Reminder> = taken
            .map(|record| Reminder {
                key: record.key.clone(),
                obligation: self.case.obligation,
                assignment: self.case.assignment,
                deadline_version: record.deadline_version,
                rung: record.rung.clone(),
                repeat: record.repeat,
                role: record.role,
                rank: record.rank,
                tone: tone(record),
                contact: record.contact,
                verdict: verdict.clone(),
            })
            .collect();
        self.reminders.extend(taken);
    }

    pub(super) fn look_tomorrow(&mut self) {
        self.look_again(next_working_day(self.situation.calendar, self.today));
    }

    fn look_again(&mut self, on: Date) {
        self.look = Some(self.look.map_or(on, |before| before.min(on)));
    }
}
