//! The questions of counting that the law leaves open, and how an office answers them.
//!
//! Must not know: where the answer is configured.

use std::fmt;

use super::Direction;

/// How the questions are answered that the law leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conventions {
    /// Whether the day a suspension begins is itself counted.
    pub suspension: SuspensionEdge,
    /// How a period before an event is counted.
    pub before: BeforeEdge,
}

/// Whether the day a suspension begins is itself counted.
///
/// Law: 政府信息公开条例 art. 33(3) does not say. The day it ends never counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SuspensionEdge {
    /// It still counts: the earlier, safer date. Reading: held by `worked_example_7_third_party`.
    #[default]
    FirstDayCounts,
    /// It does not: one day later.
    FirstDayPaused,
}

/// How a period before an event (…N日前) is counted; no text says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BeforeEdge {
    /// The event is day 0, the N-th day before it is the latest. Reading: held by `worked_example_16_backward`.
    #[default]
    EventIsDayZero,
    /// N full days lie in between: one day earlier.
    FullDaysBetween,
}

/// How a date is counted, apart from its calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Method {
    /// Which way.
    pub counts: Direction,
    /// How open questions are answered.
    pub conventions: Conventions,
}

impl fmt::Display for Method {
    /// Writes the form the ledger stores; [`Method::from_word`] reads it back.
    ///
    /// ```
    /// use duban::domain::deadline::Method;
    /// let text = Method::default().to_string();
    /// assert_eq!(text, "after first-day-counts event-is-day-zero");
    /// assert_eq!(Method::from_word(&text), Some(Method::default()));
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conventions { suspension, before } = self.conventions;
        write!(f, "{} {} {}", self.counts.word(), suspension.word(), before.word())
    }
}

impl Method {
    /// Reads what is stored.
    pub fn from_word(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (counts, suspension, before) = (words.next()?, words.next()?, words.next()?);
        let counts =
            [Direction::After, Direction::Before].into_iter().find(|it| it.word() == counts)?;
        let suspension = SuspensionEdge::ALL.into_iter().find(|it| it.word() == suspension)?;
        let before = BeforeEdge::ALL.into_iter().find(|it| it.word() == before)?;
        let is_all = words.next().is_none();
        is_all.then_some(Self { counts, conventions: Conventions { suspension, before } })
    }
}

impl SuspensionEdge {
    /// The default first.
    pub const ALL: [Self; 2] = [Self::FirstDayCounts, Self::FirstDayPaused];

    /// The word used in data and configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstDayCounts => "first-day-counts",
            Self::FirstDayPaused => "first-day-paused",
        }
    }
}

impl BeforeEdge {
    /// The default first.
    pub const ALL: [Self; 2] = [Self::EventIsDayZero, Self::FullDaysBetween];

    /// The word used in data and configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EventIsDayZero => "event-is-day-zero",
            Self::FullDaysBetween => "full-days-between",
        }
    }
}
