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
    told: Vec<Entry>,
    slots: BTreeMap<(u32, Occasion, Addressee), Slot>,
}

/// What a mail says of a share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Occasion {
    Step { place: usize, repeat: u32 },
    DateMoved,
    QuotaShort { done: usize },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Addressee {
    role: Role,
    unit: usize,
    rank: Rank,
}

struct Entry {
    version: u32,
    occasion: Occasion,
    addressee: Addressee,
    contact: usize,
    on: Date,
}

/// Who was meant by one step for one addressee.
#[derive(Default)]
struct Slot {
    is_settled: bool,
    waiting: BTreeSet<usize>,
}

/// A step of a share with the day from which it is due.
#[derive(Clone, Copy)]
struct Due {
    place: usize,
    repeat: u32,
    on: Date,
    after: Option<DateTime>,
    is_at_once: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    WithTheMailOfTheDay,
    BesideIt,
    AtAnyHour,
}

struct Decision {
    share: usize,
    occasion: Occasion,
    addressee: Addressee,
    contact: usize,
    pace: Pace,
    /// The contact is told more by another step of the same pass.
    is_covered: bool,
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
    mailed: BTreeMap<usize, Date>,
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
    fn open(&mut self, today: Date) {
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

    fn duty(&self, share: usize) -> &Duty {
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

    fn ladder(&self, share: usize) -> Option<&Ladder> {
        self.ladders.get(self.duty(share).ladder()?)
    }

    /// The steps of a share with their days, in the order of the ladder.
    fn steps(&self, share: usize) -> Vec<Due> {
        let (Some(act_by), Some(ladder)) = (self.act_by(share), self.ladder(share)) else {
            return Vec::new();
        };
        let (duty, Some(opened)) = (self.duty(share), self.shares[share].opened) else {
            return Vec::new();
        };
        let registered = self.days.on_or_after(opened);
        let first_late = ladder.iter().position(|step| step.at > 0);
        let mut all = Vec::new();
        for (place, step) in ladder.iter().enumerate() {
            let by_date = self.days.shift(act_by, step.at);
            // What was late when it was registered climbs as if its date had passed on the day before.
            let on = if step.at > 0 && act_by < registered {
                by_date.max(self.days.shift(registered, step.at - 1))
            } else {
                by_date
            };
            let mut due = Due { place, repeat: 0, on, after: None, is_at_once: false };
            if let Some(ends_at) = duty.ends_at {
                if step.at <= 0 {
                    due = Due { on: on.min(duty.registered), is_at_once: true, ..due };
                } else if Some(place) == first_late {
                    due = Due { on: ends_at.date(), after: Some(ends_at), is_at_once: true, ..due };
                }
            }
            all.push(due);
            let mut before = on;
            for repeat in 1..=step.most_repeats {
                // A repeat counts from the last one told.
                let told = self.last_told(share, Occasion::Step { place, repeat: repeat - 1 });
                let base = told.map_or(before, |told| told.max(before));
                let on = self.days.shift(base, step.repeat_every);
                all.push(Due { place, repeat, on, after: None, is_at_once: false });
                before = on;
            }
        }
        all
    }

    fn last_told(&self, share: usize, occasion: Occasion) -> Option<Date> {
        let version = self.duty(share).version;
        let told = self.shares[share].told.iter();
        told.filter(|it| it.version == version && it.occasion == occasion).map(|it| it.on).max()
    }

    /// True when somebody hears of this share today or later without anybody doing anything.
    pub(super) fn has_a_step_ahead(&self, share: usize, today: Date) -> bool {
        let is_silent = self.duty(share).silent_until.is_some_and(|until| until > today);
        let mut steps = self.steps(share).into_iter();
        steps.any(|step| is_silent || step.on >= today)
            || self.shares[share].slots.values().any(|slot| !slot.waiting.is_empty())
    }

    fn decide(
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

    fn addressees(&self, share: usize, audience: &[(Role, Rank)]) -> Vec<Addressee> {
        let mut all = Vec::new();
        for (role, rank) in audience {
            let units = self.units_in_role(share, *role);
            all.extend(units.into_iter().map(|unit| Addressee { role: *role, unit, rank: *rank }));
        }
        all.sort_unstable();
        all
    }

    fn units_in_role(&self, share: usize, role: Role) -> Vec<usize> {
        let duty = self.duty(share);
        let unit = self.shares[share].unit;
        match role {
            RESPONSIBLE => vec![unit],
            // Units that lead and owe a duty together do not hear of each other's lateness.
            LEAD if duty.leads.contains(&unit) => {
                let leads = duty.leads.iter().copied();
                leads.filter(|it| *it == unit || !duty.responsible.contains(it)).collect()
            }
            LEAD => duty.leads.clone(),
            _ => vec![self.supervisor],
        }
    }

    /// Those who can be reached: of the rank, else of the next higher one, else of the next lower one; for who is away the one
    /// who stands in.
    fn reachable(&self, addressee: Addressee, today: Date) -> Vec<usize> {
        let ranks = (addressee.rank..=2).chain((0..addressee.rank).rev());
        for rank in ranks {
            let mut found: Vec<usize> = Vec::new();
            for (index, contact) in self.contacts.iter().enumerate() {
                if contact.unit != addressee.unit || contact.rank != rank {
                    continue;
                }
                let stands_in = match contact.away {
                    Some((from, through, delegate)) if (from..=through).contains(&today) => {
                        delegate
                    }
                    _ => Some(index),
                };
                let present = stands_in.filter(|it| self.is_present(*it, today));
                found.extend(present.filter(|it| !found.contains(it)));
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn is_present(&self, contact: usize, today: Date) -> bool {
        let contact = &self.contacts[contact];
        let is_away =
            contact.away.is_some_and(|(from, through, _)| (from..=through).contains(&today));
        !contact.suppressed && !is_away
    }

    /// Tells an addressee the newest step that is due; the older ones are covered by it.
    fn tell_newest(
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

    fn consider(
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

    fn step(&self, share: usize, place: usize) -> &Step {
        &self.ladder(share).unwrap()[place]
    }

    /// What ends before the next ordinary mail goes out beside the mail of the day; a clock in hours at any hour.
    fn pace(&self, share: usize, is_at_once: bool, today: Date) -> Pace {
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
    fn must_wait(&self, share: usize, step: Due, role: Role, today: Date) -> bool {
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
            return match on {
                Some(on) => self.days.shift(on, ladder[step.place].gap) > today,
                None => {
                    let is_quiet =
                        ladder[place].is_notice && self.shares[share].state == State::Acknowledged;
                    !people.is_empty() && !is_quiet
                }
            };
        }
        false
    }

    /// A step that nobody can be reached for goes to the next role; the supervisor hears only of lateness.
    fn tell_next_role(
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

    /// Who handles a duty, and everybody who was told the old dates, hears once that they have moved.
    fn tell_of_moved_date(&mut self, share: usize, today: Date, decisions: &mut Vec<Decision>) {
        let version = self.duty(share).version;
        if version == 1 {
            return;
        }
        let handler = Addressee { role: RESPONSIBLE, unit: self.shares[share].unit, rank: 0 };
        // One of them told is enough: who stands in for another on a later day is not told again.
        let is_told = |it: &Entry| {
            (it.version, it.occasion, it.addressee) == (version, Occasion::DateMoved, handler)
        };
        let is_settled = self.shares[share].told.iter().any(is_told);
        let slot = self.shares[share].slots.get(&(version, Occasion::DateMoved, handler));
        let mut handlers = self.reachable(handler, today);
        handlers.retain(|it| !is_settled || slot.is_some_and(|slot| slot.waiting.contains(it)));
        let handlers = handlers.into_iter().map(|it| (it, handler));
        let told = self.shares[share].told.iter().filter(|it| it.version < version);
        let told = told.map(|it| (it.contact, it.addressee));
        let told = told.filter(|(contact, _)| !self.contacts[*contact].suppressed);
        let mut people: BTreeMap<usize, Addressee> = BTreeMap::new();
        for (contact, addressee) in told.chain(handlers) {
            let lowest = people.entry(contact).or_insert(addressee);
            *lowest = addressee.min(*lowest);
        }
        for (contact, addressee) in people {
            self.tell_once(share, Occasion::DateMoved, (addressee, contact), today, decisions);
        }
    }

    /// The time left is too short for the events still to be held, five working days apart.
    fn warn_of_quota(&mut self, share: usize, today: Date, decisions: &mut Vec<Decision>) {
        let Term::Quota { times, .. } = self.duty(share).term else { return };
        let turn = &self.shares[share].turn;
        let done = self.shares[share].events.len();
        let left = i64::try_from(times).unwrap() - i64::try_from(done).unwrap();
        let last = turn.due.unwrap();
        if left <= 0 || today > last || self.days.shift(last, -5 * (left - 1)) >= today {
            return;
        }
        let audience = [(RESPONSIBLE, 0), (RESPONSIBLE, 1), (LEAD, 0)];
        let (version, occasion) = (self.duty(share).version, Occasion::QuotaShort { done });
        for addressee in self.addressees(share, &audience) {
            let slot = self.shares[share].slots.get(&(version, occasion, addressee));
            let mut contacts = self.reachable(addressee, today);
            if let Some(slot) = slot.filter(|slot| slot.is_settled) {
                contacts.retain(|it| slot.waiting.contains(it));
            }
            for contact in contacts {
                self.tell_once(share, occasion, (addressee, contact), today, decisions);
            }
        }
    }

    fn tell_once(
        &mut self,
        share: usize,
        occasion: Occasion,
        (addressee, contact): (Addressee, usize),
        today: Date,
        decisions: &mut Vec<Decision>,
    ) {
        let version = self.duty(share).version;
        let is_told = self.shares[share]
            .told
            .iter()
            .any(|it| (it.version, it.occasion, it.contact) == (version, occasion, contact));
        let is_decided = decisions
            .iter()
            .any(|it| (it.share, it.occasion, it.contact) == (share, occasion, contact));
        let is_hours = self.duty(share).ends_at.is_some() && occasion == Occasion::DateMoved;
        let pace = self.pace(share, is_hours, today);
        let is_mailed = self.mailed.get(&contact) == Some(&today);
        if is_told || is_decided {
            return;
        }
        if pace == Pace::WithTheMailOfTheDay && is_mailed {
            let slot = self.shares[share].slots.entry((version, occasion, addressee)).or_default();
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

    /// The mails go out; a mailbox that does not exist gets no other one.
    fn tell(&mut self, now: DateTime, decisions: Vec<Decision>) {
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

    fn name_of(&self, share: usize, occasion: Occasion) -> String {
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
