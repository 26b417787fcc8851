//! A generated year: what is registered, what people do, who is away, when the service stands still. Everything is given to
//! the program and to the second planner alike.
//!
//! Must not know: what is told.

use duban::domain::address::Address;
use duban::domain::deadline::{Adjustment, Anchor, Change};
use duban::domain::directory::{Absence, ListedContact, ListedUnit};
use duban::domain::life::{CompletionDetails, Transition, TransitionRequest};
use duban::domain::listed::ListedObligation;
use duban::domain::unit::Rank;
use duban::workflows::adjust::adjust;
use duban::workflows::away::{Presence, set_absence};
use duban::workflows::count::{Event, count};
use duban::workflows::import_obligations::import_obligations;
use duban::workflows::import_units::import_units;
use duban::workflows::life::{Target, act, silence};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};

use super::duty::{Duty, Term};
use super::ladders;
use super::planner::{Contact, Planner, State, Unit};
use super::program::{OFFICE, Program, moment, named};
use super::random::Random;
use super::working_days::WorkingDays;
use crate::support::office::TestOffice;

pub(super) const FIRST: Date = date(2022, 1, 4);
pub(super) const LAST: Date = date(2022, 12, 30);
const DUTIES: usize = 36;

/// The program and the second planner, living the same year.
pub(super) struct District {
    pub(super) program: Program,
    pub(super) planner: Planner,
    random: Random,
    /// What is still to be registered, with the day.
    to_come: Vec<(Date, usize)>,
}

impl District {
    pub(super) async fn new(seed: u64) -> Self {
        let office = TestOffice::new();
        let program = Program::of(office, OFFICE).await;
        let planner = Planner::new(WorkingDays::of_years(2021..=2024), ladders::shipped());
        let mut random = Random::of(seed);
        let span = 300;
        let mut to_come: Vec<(Date, usize)> = (0..DUTIES)
            .map(|number| (FIRST + i64::from(random.below(span)).days(), number))
            .collect();
        to_come.sort();
        let mut district = Self { program, planner, random, to_come };
        district.program.set_clock(FIRST.at(7, 0, 0, 0));
        district.settle_units().await;
        district
    }

    /// Six units and the office; some lack a rank, one has nobody at all.
    async fn settle_units(&mut self) {
        let names = [OFFICE, "甲局", "乙局", "丙局", "丁局", "戊街道", "空委"];
        let mut list = Vec::new();
        for (unit, name) in names.into_iter().enumerate() {
            self.planner.units.push(Unit { name: name.to_owned() });
            list.push(ListedUnit { name: name.to_owned(), ..ListedUnit::default() });
            let mut posts = vec![(0_u8, 1), (0, 2), (1, 1), (2, 1)];
            match unit {
                0 => posts.retain(|post| *post != (0, 2) && post.0 < 2),
                1 => {}
                6 => posts.clear(),
                _ => posts.retain(|_| self.random.below(4) > 0),
            }
            for (rank, number) in posts {
                let mailbox = format!("u{unit}r{rank}n{number}@x.example");
                let name = format!("{name}{rank}{number}");
                self.planner.contacts.push(Contact {
                    unit,
                    rank,
                    mailbox: mailbox.clone(),
                    away: None,
                    suppressed: false,
                });
                list.push(ListedUnit {
                    name: names[unit].to_owned(),
                    contact: Some(ListedContact {
                        name,
                        address: Address::parse(&mailbox).unwrap(),
                        rank: [Rank::Handler, Rank::Head, Rank::Leader][usize::from(rank)],
                        absences: Vec::new(),
                    }),
                    ..ListedUnit::default()
                });
            }
        }
        import_units(self.program.context(), &list).await.unwrap();
    }

    /// Lives the year: each day what happens, then the passes of the day, unless the service stands still.
    pub(super) async fn live(&mut self, each_month: impl AsyncFn(&Self, Date)) {
        let mut day = FIRST;
        let mut stands_until = FIRST;
        while day <= LAST {
            self.set_clock(day.at(8, 40, 0, 0));
            self.register_what_comes(day).await;
            self.something_happens(day).await;
            if self.random.below(60) == 0 {
                stands_until = day + i64::from(1 + self.random.below(12)).days();
            }
            if day >= stands_until {
                self.passes_of(day).await;
                let is_last = day.month() != self.planner.days.after(day).month();
                if is_last && self.planner.days.is_working(day) {
                    each_month(self, day).await;
                }
            }
            day = day.tomorrow().unwrap();
        }
    }

    async fn passes_of(&mut self, day: Date) {
        let is_working = self.planner.days.is_working(day);
        if is_working || self.random.below(4) == 0 {
            self.pass(day.at(9, 0, 0, 0)).await;
        }
        if is_working && self.random.below(6) == 0 {
            self.set_clock(day.at(13, 0, 0, 0));
            self.something_happens(day).await;
            self.pass(day.at(14, 30, 0, 0)).await;
        }
        let is_hours_open = self.planner.shares.iter().enumerate().any(|(index, share)| {
            share.state != State::Done
                && self.planner.duties[share.duty].ends_at.is_some()
                && self.planner.due(index) >= Some(day)
        });
        if is_hours_open {
            self.pass(day.at(21, 0, 0, 0)).await;
        }
    }

    fn set_clock(&self, now: DateTime) {
        self.program.set_clock(now);
    }

    async fn pass(&mut self, now: DateTime) {
        self.set_clock(now);
        self.program.pass().await;
        self.planner.pass(now);
    }

    async fn register_what_comes(&mut self, day: Date) {
        while self.to_come.first().is_some_and(|(on, _)| *on <= day) {
            let (_, number) = self.to_come.remove(0);
            let term = self.some_term(number, day);
            self.register(format!("d{number:02}"), term, day.at(8, 40, 0, 0)).await;
        }
    }

    fn some_term(&mut self, number: usize, day: Date) -> Term {
        let some = |random: &mut Random, from: u32, through: u32| {
            i64::from(from + random.below(through - from + 1))
        };
        let random = &mut self.random;
        match number % 15 {
            0 | 1 => Term::By(day + some(random, 0, 90).days()),
            // Late already when it is registered.
            2 => Term::By(day - some(random, 1, 30).days()),
            3 => Term::WorkingDays(some(random, 1, 3)),
            4 => Term::WorkingDays(some(random, 4, 10)),
            5 => Term::WorkingDays(some(random, 15, 40)),
            6 => Term::CalendarDays(some(random, 30, 60)),
            7 => Term::Months(some(random, 1, 4)),
            8 => Term::AtLeastDays(30),
            9 => Term::Hours(some(random, 2, 70)),
            10 => Term::Monthly(i8::try_from(some(random, 1, 28)).unwrap()),
            11 => {
                [Term::QuarterEnd, Term::Waiting][usize::try_from(random.below(2)).unwrap()].clone()
            }
            12 => Term::Friday,
            13 => [Term::EachWorkingDay, Term::Undated][usize::try_from(random.below(2)).unwrap()]
                .clone(),
            _ => Term::Quota {
                times: usize::try_from(some(random, 2, 4)).unwrap(),
                months: [6, 12][usize::try_from(random.below(2)).unwrap()],
            },
        }
    }

    async fn register(&mut self, reference: String, term: Term, now: DateTime) {
        let mut duty = Duty::new(reference, term, now, &self.planner.days);
        let units = u32::try_from(self.planner.units.len()).unwrap();
        for _ in 0..=self.random.below(2) {
            duty.responsible.push(usize::try_from(self.random.below(units)).unwrap());
        }
        for _ in 0..self.random.below(3) {
            duty.leads.push(usize::try_from(self.random.below(units)).unwrap());
        }
        for list in [&mut duty.responsible, &mut duty.leads] {
            let mut seen = Vec::new();
            list.retain(|unit| {
                !seen.contains(unit) && {
                    seen.push(*unit);
                    true
                }
            });
        }
        let names =
            |list: &[usize]| list.iter().map(|it| self.planner.units[*it].name.clone()).collect();
        let trigger = duty.trigger.map(|at| match duty.ends_at {
            Some(_) => Anchor::Instant(moment(at)),
            None => Anchor::Day(at.date()),
        });
        let listed = ListedObligation {
            reference: Some(duty.reference.clone()),
            title: format!("事项{}", duty.reference),
            written: duty.code(),
            term: Some(duty.code().parse().unwrap()),
            trigger,
            lead: names(&duty.leads),
            responsible: names(&duty.responsible),
            ends: duty.ends_on,
            ..ListedObligation::default()
        };
        import_obligations(self.program.context(), &[listed]).await.unwrap();
        self.planner.register(duty, LAST + 90.days());
    }

    async fn something_happens(&mut self, day: Date) {
        for _ in 0..self.random.below(3) {
            match self.random.below(12) {
                0..=2 => self.somebody_acts(Transition::Acknowledge, day).await,
                3..=5 => self.somebody_acts(Transition::Report, day).await,
                6 => self.dates_move(day).await,
                7 => self.clock_stops_or_goes_on(day).await,
                8 => self.somebody_is_silenced(day).await,
                9 => self.something_is_counted(day).await,
                10 => self.somebody_goes_away(day).await,
                _ => self.a_mailbox_ends(),
            }
        }
    }

    /// A share that is owed and has a date near this day.
    fn some_share(&mut self, day: Date, which: impl Fn(&Duty) -> bool) -> Option<usize> {
        let planner = &self.planner;
        let near = |share: &usize| {
            planner.due(*share).is_none_or(|due| due <= day + 12.days() && due >= day - 60.days())
        };
        let open: Vec<usize> = (0..planner.shares.len())
            .filter(|it| planner.shares[*it].state != State::Done)
            .filter(|it| which(&planner.duties[planner.shares[*it].duty]))
            .filter(near)
            .collect();
        let count = u32::try_from(open.len()).unwrap();
        (count > 0).then(|| open[usize::try_from(self.random.below(count)).unwrap()])
    }

    fn target(&self, share: usize) -> Target {
        let share = &self.planner.shares[share];
        Target {
            obligation: named(&self.planner.duties[share.duty].reference, &share.turn.period),
            unit: Some(self.planner.units[share.unit].name.clone()),
            ..Target::default()
        }
    }

    async fn somebody_acts(&mut self, transition: Transition, day: Date) {
        // A minimum is not reported before its end without a reason.
        let may_be_reported = |duty: &Duty| {
            !matches!(duty.term, Term::AtLeastDays(_) | Term::Quota { .. } | Term::Undated)
        };
        let Some(share) = self.some_share(day, may_be_reported) else { return };
        if transition == Transition::Acknowledge && self.planner.shares[share].state != State::Open
        {
            return;
        }
        let request = TransitionRequest {
            transition,
            details: CompletionDetails {
                evidence: Some("x".to_owned()),
                ..CompletionDetails::default()
            },
            reason: None,
        };
        act(self.program.context(), &[self.target(share)], &request).await.unwrap();
        self.planner.open_early(share, day);
        self.planner.shares[share].state =
            if transition == Transition::Report { State::Done } else { State::Acknowledged };
    }

    async fn dates_move(&mut self, day: Date) {
        let may_be_extended = |duty: &Duty| {
            matches!(duty.term, Term::WorkingDays(5..)) && duty.due.is_some_and(|due| due > day)
        };
        let Some(share) = self.some_share(day, may_be_extended) else { return };
        let by = i64::from(5 + self.random.below(10));
        let change = Change::Extend(format!("{by}wd").parse().unwrap());
        self.adjust(share, day, change).await;
        let duty = self.planner.shares[share].duty;
        self.planner.duties[duty].extend(by, &self.planner.days);
    }

    async fn clock_stops_or_goes_on(&mut self, day: Date) {
        let may = |duty: &Duty| {
            matches!(duty.term, Term::WorkingDays(5..))
                && (duty.stopped_on.is_some_and(|on| on < day)
                    || duty.due.is_some_and(|due| due > day))
        };
        let Some(share) = self.some_share(day, may) else { return };
        let index = self.planner.shares[share].duty;
        let stands = self.planner.duties[index].stopped_on.is_some();
        self.adjust(share, day, if stands { Change::Resume } else { Change::Suspend }).await;
        let duty = &mut self.planner.duties[index];
        if stands {
            duty.go_on(day, &self.planner.days);
        } else {
            duty.stop(day, &self.planner.days);
        }
    }

    async fn adjust(&self, share: usize, on: Date, change: Change) {
        let adjustment = Adjustment { on, change, ground: None, reason: "理由".to_owned() };
        let asked = self.target(share).obligation;
        adjust(self.program.context(), &asked, &adjustment).await.unwrap();
    }

    async fn somebody_is_silenced(&mut self, day: Date) {
        let Some(share) = self.some_share(day, |duty| duty.silent_until.is_none()) else { return };
        // Of a series one time would be silenced; the second planner silences a whole duty.
        if !self.planner.shares[share].turn.period.is_empty() {
            return;
        }
        let until = day + i64::from(1 + self.random.below(25)).days();
        let target = Target { unit: None, ..self.target(share) };
        let reason = Some("理由".to_owned());
        silence(self.program.context(), &target, Some(until), reason).await.unwrap();
        let duty = self.planner.shares[share].duty;
        self.planner.duties[duty].silent_until = Some(until);
    }

    async fn something_is_counted(&mut self, day: Date) {
        let is_quota = |duty: &Duty| matches!(duty.term, Term::Quota { .. });
        let planner = &self.planner;
        let quotas: Vec<usize> = (0..planner.shares.len())
            .filter(|it| planner.shares[*it].state != State::Done)
            .filter(|it| is_quota(&planner.duties[planner.shares[*it].duty]))
            // The period of this day: the next one that is due.
            .filter(|it| planner.due(*it).is_some_and(|due| due >= day))
            .collect();
        let Some(first_due) = quotas.iter().filter_map(|it| planner.due(*it)).min() else { return };
        let quotas: Vec<usize> = quotas
            .into_iter()
            .filter(|it| planner.due(*it) == Some(first_due) && first_due - 180.days() < day)
            .collect();
        let Some(share) = quotas.first().copied() else { return };
        let target = self.target(share);
        let event = Event {
            obligation: target.obligation,
            unit: target.unit,
            on: day,
            what: format!("{day}"),
        };
        if self.planner.shares[share].events.contains(&day) {
            return;
        }
        count(self.program.context(), &event).await.unwrap();
        let Term::Quota { times, .. } = self.planner.duties[self.planner.shares[share].duty].term
        else {
            return;
        };
        self.planner.open_early(share, day);
        let share = &mut self.planner.shares[share];
        share.events.push(day);
        if share.events.len() >= times {
            share.state = State::Done;
        }
    }

    async fn somebody_goes_away(&mut self, day: Date) {
        let count = u32::try_from(self.planner.contacts.len()).unwrap();
        let who = usize::try_from(self.random.below(count)).unwrap();
        if self.planner.contacts[who].away.is_some_and(|(_, through, _)| through >= day) {
            return;
        }
        let from = day + i64::from(self.random.below(5)).days();
        let through = from + i64::from(self.random.below(20)).days();
        let unit = self.planner.contacts[who].unit;
        let contacts = &self.planner.contacts;
        let colleague = (0..contacts.len()).find(|it| *it != who && contacts[*it].unit == unit);
        let delegate = colleague.filter(|_| self.random.below(2) == 0);
        let address = |it: usize| Address::parse(&self.planner.contacts[it].mailbox).unwrap();
        let absence = Absence { from, through, delegate: delegate.map(address) };
        let asked = self.planner.contacts[who].mailbox.clone();
        set_absence(self.program.context(), &asked, &Presence::Away(absence)).await.unwrap();
        self.planner.contacts[who].away = Some((from, through, delegate));
    }

    /// Few do: five in a year.
    fn a_mailbox_ends(&mut self) {
        if self.planner.gone.len() >= 5 || self.random.below(6) > 0 {
            return;
        }
        let count = u32::try_from(self.planner.contacts.len()).unwrap();
        let who = usize::try_from(self.random.below(count)).unwrap();
        let mailbox = self.planner.contacts[who].mailbox.clone();
        self.program.mailbox_ends(&mailbox);
        self.planner.gone.insert(mailbox);
    }
}
