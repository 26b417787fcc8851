//! A second planner, written from the rules that an office is told: who hears of what, on which day, at which step.
//!
//! Must not know: the program. It keeps its own record of what was told and works everything out again at each pass.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, time};

use super::duty::{Duty, Term, Turn};
use super::ladders::{Ladder, Step};
use super::program::{Told, named};
use super::working_days::WorkingDays;

/// Responsible, lead, supervising.
pub(super) type Role = u8;
pub(super) const RESPONSIBLE: Role = 0;
pub(super) const LEAD: Role = 1;
pub(super) const SUPERVISOR: Role = 2;

/// 承办人 0, 负责人 1, 分管领导 2.
pub(super) type Rank = u8;

pub(super) struct Unit {
    pub(super) name: String,
}

pub(super) struct Contact {
    pub(super) unit: usize,
    pub(super) rank: Rank,
    pub(super) mailbox: String,
    /// First and last day, and who stands in.
    pub(super) away: Option<(Date, Date, Option<usize>)>,
    /// The mailbox does not exist any more, and the relay has said so.
    pub(super) suppressed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Open,
    Acknowledged,
    Done,
}

/// One unit's part of one turn of one duty.
pub(super) struct Share {
    pub(super) duty: usize,
    pub(super) turn: Turn,
    pub(super) unit: usize,
    pub(super) state: State,
    /// The day on which this turn began to be looked at; the first one with the registration.
    pub(super) opened: Option<Date>,
    /// Days on which something that counts was held.
    pub(super) events: Vec<Date>,
    pub(super) told: Vec<Entry>,
    pub(super) slots: BTreeMap<(u32, Occasion, Addressee), Slot>,
}

/// What a mail says of a share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Occasion {
    Step { place: usize, repeat: u32 },
    DateMoved,
    QuotaShort { done: usize },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Addressee {
    pub(super) role: Role,
    pub(super) unit: usize,
    pub(super) rank: Rank,
}

pub(super) struct Entry {
    pub(super) version: u32,
    pub(super) occasion: Occasion,
    pub(super) addressee: Addressee,
    pub(super) contact: usize,
    pub(super) on: Date,
}

/// Who was meant by one step for one addressee.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) is_settled: bool,
    pub(super) waiting: BTreeSet<usize>,
}

/// A step of a share with the day from which it is due.
#[derive(Clone, Copy)]
pub(super) struct Due {
    pub(super) place: usize,
    pub(super) repeat: u32,
    pub(super) on: Date,
    pub(super) after: Option<DateTime>,
    pub(super) is_at_once: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    WithTheMailOfTheDay,
    BesideIt,
    AtAnyHour,
}

pub(super) struct Decision {
    pub(super) share: usize,
    pub(super) occasion: Occasion,
    pub(super) addressee: Addressee,
    pub(super) contact: usize,
    pub(super) pace: Pace,
    /// The contact is told more by another step of the same pass.
    pub(super) is_covered: bool,
}

pub(super) struct Planner {
    pub(super) days: WorkingDays,
    pub(super) ladders: BTreeMap<String, Ladder>,
    pub(super) units: Vec<Unit>,
    pub(super) contacts: Vec<Contact>,
    /// The unit that runs the ledger.
    pub(super) supervisor: usize,
    pub(super) duties: Vec<Duty>,
    pub(super) shares: Vec<Share>,
    pub(super) gone: BTreeSet<String>,
    /// The contacts who had their mail of the day, with that day.
    pub(super) mailed: BTreeMap<usize, Date>,
    pub(super) said: Vec<Told>,
}

impl Planner {
    pub(super) fn new(days: WorkingDays, ladders: BTreeMap<String, Ladder>) -> Self {
        Self {
            days,
            ladders,
            units: Vec::new(),
            contacts: Vec::new(),
            supervisor: 0,
            duties: Vec::new(),
            shares: Vec::new(),
            gone: BTreeSet::new(),
            mailed: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    /// Registers a duty: every unit owes every turn that is due through `end`.
    pub(super) fn register(&mut self, duty: Duty, end: Date) {
        let index = self.duties.len();
        for (number, turn) in duty.turns(&self.days, end).into_iter().enumerate() {
            for unit in duty.responsible.clone() {
                self.shares.push(Share {
                    duty: index,
                    turn: turn.clone(),
                    unit,
                    state: State::Open,
                    opened: (number == 0).then_some(duty.registered),
                    events: Vec::new(),
                    told: Vec::new(),
                    slots: BTreeMap::new(),
                });
            }
        }
        self.duties.push(duty);
    }

    /// What a pass tells at this moment.
    pub(super) fn pass(&mut self, now: DateTime) {
        let today = now.date();
        let hours = time(8, 30, 0, 0)..time(17, 30, 0, 0);
        let is_open = hours.contains(&now.time()) && self.days.is_working(today);
        if is_open {
            self.open(today);
        }
        let mut decisions = Vec::new();
        for share in 0..self.shares.len() {
            if is_open || self.duty(share).ends_at.is_some() {
                self.decide(share, now, is_open, &mut decisions);
            }
        }
        self.tell(now, decisions);
    }

    /// A turn opens when its period begins or its first step is due, or when the service comes back after that: what passed
    /// meanwhile climbs from there, for nobody was told of it before.
    pub(super) fn open(&mut self, today: Date) {
        for share in 0..self.shares.len() {
            let Share { turn, opened: None, .. } = &self.shares[share] else { continue };
            let first = self.ladder(share).map_or(0, |ladder| ladder[0].at);
            let step = self.days.shift(self.act_by(share).unwrap(), first);
            if turn.begins.is_some_and(|begins| begins.min(step) <= today) {
                self.shares[share].opened = Some(today);
            }
        }
    }

    /// A turn that somebody acts on early is open from then on, and those before it.
    pub(super) fn open_early(&mut self, share: usize, today: Date) {
        let (duty, due) = (self.shares[share].duty, self.shares[share].turn.due);
        let before = self.shares.iter_mut().filter(|it| it.duty == duty && it.turn.due <= due);
        for share in before {
            share.opened.get_or_insert(today);
        }
    }

    pub(super) fn duty(&self, share: usize) -> &Duty {
        &self.duties[self.shares[share].duty]
    }

    /// The day to act by under the present dates; `None` while there is none.
    pub(super) fn act_by(&self, share: usize) -> Option<Date> {
        let due = self.due(share)?;
        Some(self.days.on_or_before(due))
    }

    pub(super) fn due(&self, share: usize) -> Option<Date> {
        match self.shares[share].turn.due {
            Some(due) => Some(due),
            None => self.duty(share).due,
        }
    }

    pub(super) fn decide(
        &mut self,
        share: usize,
        now: DateTime,
        is_open: bool,
        decisions: &mut Vec<Decision>,
    ) {
        let today = now.date();
        let duty = self.duty(share);
        if self.shares[share].state == State::Done || duty.silent_until.is_some_and(|it| it > today)
        {
            return;
        }
        let from = decisions.len();
        let due: Vec<Due> = self
            .steps(share)
            .into_iter()
            .filter(|it| it.on <= today && it.after.is_none_or(|after| now > after))
            .filter(|it| is_open || it.is_at_once)
            .collect();
        let mut decided = BTreeSet::new();
        for step in due.into_iter().rev() {
            let audience = self.ladder(share).unwrap()[step.place].to.clone();
            for addressee in self.addressees(share, &audience) {
                if (is_open || addressee.role == RESPONSIBLE) && decided.insert(addressee) {
                    self.tell_newest(share, step, addressee, today, (from, decisions));
                }
            }
        }
        self.tell_of_moved_date(share, today, decisions);
        self.warn_of_quota(share, today, decisions);
    }

    /// Tells an addressee the newest step that is due; the older ones are covered by it.
    pub(super) fn tell_newest(
        &mut self,
        share: usize,
        step: Due,
        addressee: Addressee,
        today: Date,
        (from, decisions): (usize, &mut Vec<Decision>),
    ) {
        let occasion = Occasion::Step { place: step.place, repeat: step.repeat };
        let key = (self.duty(share).version, occasion, addressee);
        let mut contacts = self.reachable(addressee, today);
        if let Some(slot) = self.shares[share].slots.get(&key).filter(|slot| slot.is_settled) {
            contacts.retain(|it| slot.waiting.contains(it));
            if contacts.is_empty() {
                return;
            }
        }
        // Who is told in place of a role that nobody can be reached in hears no earlier than that role would.
        let waits = self.must_wait(share, step, addressee.role, today);
        if contacts.is_empty() && !waits {
            self.tell_next_role(share, step, addressee, today, (from, decisions));
        }
        for contact in contacts {
            self.consider(share, step, addressee, contact, (waits, today), (from, decisions));
        }
    }

    pub(super) fn consider(
        &mut self,
        share: usize,
        step: Due,
        addressee: Addressee,
        contact: usize,
        (waits, today): (bool, Date),
        (from, decisions): (usize, &mut Vec<Decision>),
    ) {
        let occasion = Occasion::Step { place: step.place, repeat: step.repeat };
        let version = self.duty(share).version;
        let is_notice = self.step(share, step.place).is_notice;
        let said = |it: &Entry| it.version == version && it.contact == contact;
        let heard = self.shares[share].told.iter().filter(|it| said(it));
        let has_heard_newer = heard.map(|it| it.occasion).any(|it| {
            matches!(it, Occasion::Step { place, repeat } if (place, repeat) >= (step.place, step.repeat))
        });
        let hears_now = decisions[from..].iter().any(|it| it.contact == contact);
        let is_quiet = is_notice && self.shares[share].state == State::Acknowledged;
        let pace = self.pace(share, step.is_at_once, today);
        let is_mailed = self.mailed.get(&contact) == Some(&today);
        let slot = self.shares[share].slots.entry((version, occasion, addressee)).or_default();
        if hears_now {
            slot.waiting.remove(&contact);
            decisions.push(Decision {
                share,
                occasion,
                addressee,
                contact,
                pace,
                is_covered: true,
            });
        } else if is_quiet || has_heard_newer {
            slot.is_settled = true;
            slot.waiting.remove(&contact);
        } else if waits || pace == Pace::WithTheMailOfTheDay && is_mailed {
            slot.waiting.insert(contact);
        } else {
            decisions.push(Decision {
                share,
                occasion,
                addressee,
                contact,
                pace,
                is_covered: false,
            });
        }
    }

    pub(super) fn step(&self, share: usize, place: usize) -> &Step {
        &self.ladder(share).unwrap()[place]
    }

    /// What ends before the next ordinary mail goes out beside the mail of the day; a clock in hours at any hour.
    pub(super) fn pace(&self, share: usize, is_at_once: bool, today: Date) -> Pace {
        if is_at_once {
            return Pace::AtAnyHour;
        }
        let next = self.days.after(today);
        let is_minimum = matches!(self.duty(share).term, Term::AtLeastDays(_));
        match self.act_by(share) {
            Some(act_by) if !is_minimum && act_by >= today && act_by < next => Pace::BesideIt,
            _ => Pace::WithTheMailOfTheDay,
        }
    }

    /// A higher role hears only after the lower one's mail was accepted and the gap in working days has passed.
    pub(super) fn must_wait(&self, share: usize, step: Due, role: Role, today: Date) -> bool {
        let ladder = self.ladder(share).unwrap();
        for lower in (0..role).rev() {
            if self.units_in_role(share, lower).is_empty() {
                continue;
            }
            let tells = |it: &Step| it.to.iter().any(|(told, _)| *told == lower);
            let Some(place) = ladder[..step.place].iter().rposition(tells) else { continue };
            let audience: Vec<_> =
                ladder[place].to.iter().copied().filter(|(told, _)| *told == lower).collect();
            let version = self.duty(share).version;
            let later = |it: &&Entry| {
                it.version == version
                    && matches!(it.occasion, Occasion::Step { place: told, .. } if told >= place)
            };
            let told = || self.shares[share].told.iter().filter(later);
            let in_role = told().filter(|it| it.addressee.role == lower).map(|it| it.on).min();
            let meant = self.addressees(share, &audience);
            let people: Vec<usize> =
                meant.into_iter().flat_map(|it| self.reachable(it, today)).collect();
            let heard =
                |contact: &usize| told().filter(|it| it.contact == *contact).map(|it| it.on).min();
            let in_person: Option<Vec<Date>> = people.iter().map(heard).collect();
            let on = in_role.or_else(|| in_person.and_then(|days| days.into_iter().max()));
            return if let Some(on) = on {
                self.days.shift(on, ladder[step.place].gap) > today
            } else {
                let is_quiet =
                    ladder[place].is_notice && self.shares[share].state == State::Acknowledged;
                !people.is_empty() && !is_quiet
            };
        }
        false
    }

    /// A step that nobody can be reached for goes to the next role; the supervisor hears only of lateness.
    pub(super) fn tell_next_role(
        &mut self,
        share: usize,
        step: Due,
        nobody: Addressee,
        today: Date,
        (from, decisions): (usize, &mut Vec<Decision>),
    ) {
        let (is_notice, is_late) =
            (self.step(share, step.place).is_notice, self.step(share, step.place).is_late);
        if is_notice && self.shares[share].state == State::Acknowledged {
            return;
        }
        for role in nobody.role + 1..=SUPERVISOR {
            if role == SUPERVISOR && !is_late {
                return;
            }
            let mut anybody = false;
            for addressee in self.addressees(share, &[(role, nobody.rank)]) {
                for contact in self.reachable(addressee, today) {
                    anybody = true;
                    self.consider(
                        share,
                        step,
                        addressee,
                        contact,
                        (false, today),
                        (from, decisions),
                    );
                }
            }
            if anybody {
                return;
            }
        }
    }

    /// The mails go out; a mailbox that does not exist gets no other one.
    pub(super) fn tell(&mut self, now: DateTime, decisions: Vec<Decision>) {
        let today = now.date();
        let before = self.mailed.clone();
        for Decision { share, occasion, addressee, contact, pace, is_covered } in decisions {
            let mailbox = self.contacts[contact].mailbox.clone();
            if self.gone.contains(&mailbox) {
                for it in self.contacts.iter_mut().filter(|it| it.mailbox == mailbox) {
                    it.suppressed = true;
                }
                continue;
            }
            let version = self.duty(share).version;
            let slots = &mut self.shares[share].slots;
            let slot = slots.entry((version, occasion, addressee)).or_default();
            slot.is_settled = true;
            slot.waiting.remove(&contact);
            if is_covered {
                continue;
            }
            let is_beside = pace == Pace::BesideIt && before.get(&contact) == Some(&today);
            if pace != Pace::AtAnyHour && !is_beside {
                self.mailed.insert(contact, today);
            }
            let told = Told {
                at: now,
                mailbox,
                reference: named(&self.duty(share).reference, &self.shares[share].turn.period),
                unit: self.units[self.shares[share].unit].name.clone(),
                step: self.name_of(share, occasion),
            };
            self.said.push(told);
            let entry = Entry { version, occasion, addressee, contact, on: today };
            self.shares[share].told.push(entry);
        }
    }

    pub(super) fn name_of(&self, share: usize, occasion: Occasion) -> String {
        match occasion {
            Occasion::Step { place, repeat: 0 } => self.step(share, place).name.clone(),
            Occasion::Step { place, repeat } => {
                format!("{}#{repeat}", self.step(share, place).name)
            }
            Occasion::DateMoved => "date.moved".to_owned(),
            Occasion::QuotaShort { done: 0 } => "quota.short".to_owned(),
            Occasion::QuotaShort { done } => format!("quota.short#{done}"),
        }
    }
}
