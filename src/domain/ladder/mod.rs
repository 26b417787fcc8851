//! The ladder (督办阶梯): which reminder goes to whom, so many working days before or after the act-by date.
//!
//! Must not know: concrete contacts, what was already sent (`reminder`), the file it was read from.

mod choice;
mod fitting;
mod text;

use crate::domain::term::{Period, PeriodUnit};
use crate::domain::unit::{Rank, Role};
use crate::words_of;

pub use choice::{Ladders, default_ladder};
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
    /// Stable word; it stands in the keys of reminders, so a renamed rung is another rung.
    pub name: String,
    /// Working days from the act-by date: negative before, 0 on it, positive after.
    pub offset: i32,
    /// Who is told, without repetition.
    pub audience: Vec<(Role, Rank)>,
    /// How it is said.
    pub tone: Tone,
    /// Working days that must pass between the relay's acceptance of the mail to the role below and this rung's mail
    /// to a higher role.
    pub gap_working_days: u32,
    /// Said again until the work is done; only on the last rung.
    pub repeat: Option<Repeat>,
}

/// The most often a last rung can be said again: every working day of a year.
pub const MOST_REPEATS: u32 = 250;

/// How the last rung is said again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Working days between two times; at least 1.
    pub every: u32,
    /// How many times at most, the first not counted; at least 1, at most [`MOST_REPEATS`].
    pub at_most: u32,
}

/// How a rung speaks, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// 提示: the date is coming.
    Notice,
    /// 催办: the date is close.
    Warn,
    /// 督办: it is late.
    Overdue,
    /// 通报: it is late and others are told.
    Circular,
}

/// Why rungs do not make a ladder; `rung` is the name of the rung at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LadderFault {
    /// A name that is not lower-case letters, digits and hyphens, beginning with a letter.
    #[error("`{name}` is no name for a ladder or a rung")]
    BadName {
        /// The name.
        name: String,
    },
    /// A ladder without rungs.
    #[error("ladder `{ladder}` has no rung")]
    Empty {
        /// The ladder.
        ladder: String,
    },
    /// Two rungs of one name.
    #[error("two rungs are called `{rung}`")]
    TwiceTheName {
        /// The name.
        rung: String,
    },
    /// A rung that does not come after the one before it.
    #[error("rung `{rung}` is not later than `{before}`")]
    NotLater {
        /// The rung.
        rung: String,
        /// The rung before it.
        before: String,
    },
    /// A rung that speaks more mildly than the one before it.
    #[error("rung `{rung}` is milder than `{before}`")]
    Milder {
        /// The rung.
        rung: String,
        /// The rung before it.
        before: String,
    },
    /// A rung that calls something late on or before its date.
    #[error("rung `{rung}` speaks of lateness before anything is late")]
    LateTooEarly {
        /// The rung.
        rung: String,
    },
    /// The supervising office would hear of it before anything is late.
    #[error("rung `{rung}` tells the supervisor before anything is late")]
    SupervisorTooEarly {
        /// The rung.
        rung: String,
    },
    /// A role that is told before the responsible units ever are, or only after a higher one; a supervisor told together
    /// with them, before they had a rung of their own to act on.
    #[error("rung `{rung}` tells {} out of the order of roles", .role.word())]
    RoleOutOfOrder {
        /// The rung.
        rung: String,
        /// The higher role.
        role: Role,
    },
    /// A rung that tells nobody.
    #[error("rung `{rung}` tells nobody")]
    NoAudience {
        /// The rung.
        rung: String,
    },
    /// The same role and rank twice.
    #[error("rung `{rung}` names {}/{} twice", .role.word(), .rank.word())]
    TwiceInAudience {
        /// The rung.
        rung: String,
        /// The role.
        role: Role,
        /// The rank.
        rank: Rank,
    },
    /// A rung that repeats although another follows it.
    #[error("rung `{rung}` repeats but is not the last")]
    RepeatNotLast {
        /// The rung.
        rung: String,
    },
    /// A repeat every 0 days or 0 times.
    #[error("rung `{rung}` repeats every 0 days or 0 times")]
    EmptyRepeat {
        /// The rung.
        rung: String,
    },
    /// A repeat without a reasonable end.
    #[error("rung `{rung}` repeats more than {MOST_REPEATS} times")]
    EndlessRepeat {
        /// The rung.
        rung: String,
    },
}

/// A rung that lies before the term has begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "rung `{rung}` of ladder `{ladder}` lies {days_before} working days before the date, outside a term of {period}"
)]
pub struct DoesNotFit {
    /// The ladder.
    pub ladder: String,
    /// Its first rung.
    pub rung: String,
    /// How many working days before the act-by date it lies.
    pub days_before: u32,
    /// The term.
    pub period: Period,
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
    /// True for the tones that call the work late.
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
            if rung.repeat.is_some() && place.saturating_add(1) < rungs.len() {
                faults.push(LadderFault::RepeatNotLast { rung: rung.name.clone() });
            }
        }
        if faults.is_empty() { Ok(Self { name, rungs }) } else { Err(faults) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its rungs, by day.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// Working days before the act-by date on which it first speaks; 0 when it does not speak before it.
    pub fn lead_working_days(&self) -> u32 {
        self.rungs.first().map_or(0, |rung| days_before(rung.offset))
    }

    /// Accepts the ladder for a term of `period` when its first rung lies after the day the term begins.
    ///
    /// Months, years and calendar days are taken at the fewest working days they can hold, so that a ladder that is
    /// accepted fits whatever holidays fall into the term.
    ///
    /// # Errors
    ///
    /// [`DoesNotFit`] names the first rung.
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

    /// True when no rung ever calls the work late: the only ladders for a minimum, which cannot be late.
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
            if self.audience.iter().take(place).any(|seat| *seat == (*role, *rank)) {
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
            let responsible_heard = earlier.iter().any(|other| other.tells(Role::Responsible))
                || role < Role::Supervisor && self.tells(Role::Responsible);
            let higher_heard =
                earlier.iter().any(|other| other.audience.iter().any(|(heard, _)| *heard > role));
            if is_new && (!responsible_heard || higher_heard) {
                faults.push(LadderFault::RoleOutOfOrder { rung: rung(), role });
            }
        }
        faults
    }

    /// True when somebody of `role` is told.
    pub fn tells(&self, role: Role) -> bool {
        self.audience.iter().any(|(other, _)| *other == role)
    }
}

/// Names stand in keys of reminders, where `/` and `#` mean something.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn days_before(offset: i32) -> u32 {
    if offset < 0 { offset.unsigned_abs() } else { 0 }
}

/// Not more working days than any term of `period` has held since the calendar of 2007; the fewest were those around
/// Spring Festival of 2020. Held by `no_term_has_held_fewer_working_days_than_a_ladder_counts_on`.
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
