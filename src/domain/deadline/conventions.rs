//! The questions of counting that the law leaves open, and how an office answers them.
//!
//! Must not know: where the answer is configured.

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
