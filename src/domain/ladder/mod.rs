//! The ladder (督办阶梯): which reminder goes to whom how many working days before or after the act-by date.
//!
//! Must not know: contacts, what was already sent (`reminder`), the file a ladder was read from. Callers: `reminder`, `rule`,
//! config, storage, workflows.

mod choice;
mod fault;
mod fitting;
mod text;

use crate::domain::term::{Period, PeriodUnit};
use crate::domain::unit::{Rank, Role};
use crate::words_of;

pub use choice::{Ladders, default_ladder};
pub use fault::{DoesNotFit, LadderFault, MOST_REPEATS};
pub use fitting::{Misfit, MisfitKind, misfits};
pub use text::NotALadder;

/// A checked ladder: rungs in the order of their days, from the first notice to the last escalation.
///
/// ```
/// use duban::domain::ladder::Ladder;
/// let text = "ladder short\n\
///             rung eve -1 notice gap 0 to responsible/handler\n\
///             rung late 1 overdue gap 1 to responsible/head lead/handler repeat 5 x 3\n";
/// let ladder: Ladder = text.parse().unwrap();
/// assert_eq!(ladder.to_string(), text);
/// assert_eq!(ladder.rungs()[1].offset, 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    name: String,
    rungs: Vec<Rung>,
}

/// One rung (级).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// It is part of the keys of reminders: a rung with another name is another rung.
    pub name: String,
    /// Working days from the act-by date: negative before, 0 on it, positive after.
    pub offset: i32,
    /// Who is told; no pair occurs twice.
    pub audience: Vec<(Role, Rank)>,
    pub tone: Tone,
    /// Working days between the day on which the relay accepted the mail to the role below and the mail of this rung to a
    /// higher role.
    pub gap_working_days: u32,
    /// Only the last rung may repeat; it does so until the work is done.
    pub repeat: Option<Repeat>,
}

/// How the last rung repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Working days from one time to the next; at least 1.
    pub every: u32,
    /// The number of repeats, the rung itself not counted; from 1 through [`MOST_REPEATS`].
    pub at_most: u32,
}

/// How a reminder speaks, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// 提示: the date approaches.
    Notice,
    /// 催办: the date is close.
    Warn,
    /// 督办: it is late.
    Overdue,
    /// 通报: it is late, and higher roles are told.
    Circular,
}

words_of! {
    Tone {
        Notice = "notice", zh = "提示", en = "notice";
        Warn = "warn", zh = "催办", en = "warning";
        Overdue = "overdue", zh = "督办", en = "overdue";
        Circular = "circular", zh = "通报", en = "circular";
    }
}

impl Tone {
    /// True for the tones that say that the work is late.
    pub fn speaks_of_lateness(self) -> bool {
        matches!(self, Self::Overdue | Self::Circular)
    }
}

impl Ladder {
    /// Checks rungs given in the order of their days.
    ///
    /// # Errors
    ///
    /// Every [`LadderFault`], in the order of the rungs.
    pub fn new(name: String, rungs: Vec<Rung>) -> Result<Self, Vec<LadderFault>> {
        let mut faults = Vec::new();
        if !is_name(&name) {
            faults.push(LadderFault::BadName { name: name.clone() });
        }
        if rungs.is_empty() {
            faults.push(LadderFault::Empty { ladder: name.clone() });
        }
        for (place, rung) in rungs.iter().enumerate() {
            let earlier = rungs.get(..place).unwrap_or_default();
            faults.extend(rung.faults());
            faults.extend(rung.faults_after(earlier));
            if rung.repeat.is_some() && place + 1 < rungs.len() {
                faults.push(LadderFault::RepeatNotLast { rung: rung.name.clone() });
            }
        }
        if faults.is_empty() { Ok(Self { name, rungs }) } else { Err(faults) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rungs in the order of their days.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// Working days from the first rung to the act-by date; 0 when the first rung is not before that date.
    pub fn lead_working_days(&self) -> u32 {
        self.rungs.first().map_or(0, |rung| days_before(rung.offset))
    }

    /// Checks that the first rung lies after the day on which a term of `period` begins.
    ///
    /// Months, years and calendar days count with the fewest working days they can contain. An accepted ladder therefore fits
    /// whatever holidays fall into the term.
    ///
    /// # Errors
    ///
    /// [`DoesNotFit`] when it does not.
    ///
    /// ```
    /// use duban::domain::ladder::Ladder;
    /// let ladder: Ladder = "ladder ten\nrung early -10 notice gap 0 to responsible/handler\n".parse().unwrap();
    /// assert!(ladder.fits("20wd".parse().unwrap()).is_ok());
    /// assert!(ladder.fits("5wd".parse().unwrap()).is_err());
    /// ```
    pub fn fits(&self, period: Period) -> Result<(), DoesNotFit> {
        let days_before = self.lead_working_days();
        match self.rungs.first() {
            Some(first) if days_before > 0 && days_before >= fewest_working_days(period) => {
                Err(DoesNotFit {
                    ladder: self.name.clone(),
                    rung: first.name.clone(),
                    days_before,
                    period,
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// True when no rung says that the work is late. A minimum (不少于) needs such a ladder, because it cannot be late.
    pub fn never_speaks_of_lateness(&self) -> bool {
        !self.rungs.iter().any(|rung| rung.tone.speaks_of_lateness())
    }
}

impl Rung {
    fn faults(&self) -> Vec<LadderFault> {
        let rung = || self.name.clone();
        let mut faults = Vec::new();
        if !is_name(&self.name) {
            faults.push(LadderFault::BadName { name: rung() });
        }
        if self.audience.is_empty() {
            faults.push(LadderFault::NoAudience { rung: rung() });
        }
        for (place, (role, rank)) in self.audience.iter().enumerate() {
            if self.audience.iter().take(place).any(|other| *other == (*role, *rank)) {
                faults.push(LadderFault::TwiceInAudience {
                    rung: rung(),
                    role: *role,
                    rank: *rank,
                });
            }
        }
        if self.offset <= 0 && self.tone.speaks_of_lateness() {
            faults.push(LadderFault::LateTooEarly { rung: rung() });
        }
        if self.offset <= 0 && self.tells(Role::Supervisor) {
            faults.push(LadderFault::SupervisorTooEarly { rung: rung() });
        }
        if self.repeat.is_some_and(|repeat| repeat.every == 0 || repeat.at_most == 0) {
            faults.push(LadderFault::EmptyRepeat { rung: rung() });
        }
        if self.repeat.is_some_and(|repeat| repeat.at_most > MOST_REPEATS) {
            faults.push(LadderFault::EndlessRepeat { rung: rung() });
        }
        faults
    }

    fn faults_after(&self, earlier: &[Self]) -> Vec<LadderFault> {
        let rung = || self.name.clone();
        let mut faults = Vec::new();
        if earlier.iter().any(|other| other.name == self.name) {
            faults.push(LadderFault::TwiceTheName { rung: rung() });
        }
        if let Some(last) = earlier.last() {
            if self.offset <= last.offset {
                faults.push(LadderFault::NotLater { rung: rung(), before: last.name.clone() });
            }
            if self.tone < last.tone {
                faults.push(LadderFault::Milder { rung: rung(), before: last.name.clone() });
            }
        }
        for role in Role::ALL.into_iter().filter(|role| self.tells(*role)) {
            let is_new = !earlier.iter().any(|other| other.tells(role));
            let responsible_is_told = earlier.iter().any(|other| other.tells(Role::Responsible))
                || role < Role::Supervisor && self.tells(Role::Responsible);
            let higher_was_told =
                earlier.iter().any(|other| other.audience.iter().any(|(told, _)| *told > role));
            if is_new && (!responsible_is_told || higher_was_told) {
                faults.push(LadderFault::RoleOutOfOrder { rung: rung(), role });
            }
        }
        faults
    }

    /// True when some rank in `role` is told.
    pub fn tells(&self, role: Role) -> bool {
        self.audience.iter().any(|(other, _)| *other == role)
    }
}

/// Names are part of the keys of reminders, in which `/` and `#` are separators.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn days_before(offset: i32) -> u32 {
    if offset < 0 { offset.unsigned_abs() } else { 0 }
}

/// A lower bound of the working days in a term of `period` since the calendar of 2007; the fewest were those around Spring
/// Festival of 2020. Held by `no_term_has_fewer_working_days_than_assumed`.
fn fewest_working_days(period: Period) -> u32 {
    match period.unit {
        PeriodUnit::WorkingDay => period.amount,
        PeriodUnit::CalendarDay => (period.amount.saturating_mul(2) / 3).saturating_sub(6),
        PeriodUnit::Month => period.amount.saturating_mul(13),
        PeriodUnit::Year => period.amount.saturating_mul(241),
        PeriodUnit::Hour => 0,
    }
}

#[cfg(test)]
mod tests;
