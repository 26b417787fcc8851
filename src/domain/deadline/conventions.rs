//! The direction of a count, and the questions of counting that the law leaves open with an office's answers.
//!
//! Must not know: where the answer is configured.

use std::fmt;

use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say as _};
use crate::words_of;

/// Which way a term is counted from its trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// …之日起N日内.
    #[default]
    After,
    /// …N日前: the latest day before the event.
    Before,
}

words_of! {
    Direction {
        After = "after";
        Before = "before";
    }
}

impl Direction {
    /// A term with its direction, as people read it: 20个工作日内, 7日前.
    ///
    /// ```
    /// use duban::domain::deadline::Direction;
    /// use duban::words::Lang;
    /// let term = "7d".parse().unwrap();
    /// assert_eq!(Direction::After.say_term(&term, Lang::Zh), "7日内");
    /// assert_eq!(Direction::Before.say_term(&term, Lang::Zh), "7日前");
    /// assert_eq!(Direction::Before.say_term(&term, Lang::En), "7 days before");
    /// ```
    pub fn say_term(self, term: &Term, lang: Lang) -> String {
        match (self, term) {
            (Self::Before, Term::Within(period)) => {
                words!(lang, zh = "{period}前", en = "{period} before", period = period.say(lang))
            }
            _ => term.say(lang),
        }
    }
}

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
    /// It counts: the earlier, safer date. Reading: held by `worked_example_7_third_party`.
    #[default]
    FirstDayCounts,
    /// It does not count: the due date is one day later.
    FirstDayPaused,
}

/// How a period before an event (…N日前) is counted; no law says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BeforeEdge {
    /// The event is day 0; the N-th day before it is the last lawful day. Reading: held by `worked_example_16_backward`.
    #[default]
    EventIsDayZero,
    /// N full days lie between: one day earlier.
    FullDaysBetween,
}

/// Direction and conventions of a count: everything about it except the term and the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Method {
    pub counts: Direction,
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
    /// Reads the form the ledger stores.
    pub fn from_word(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (counts, suspension, before) = (words.next()?, words.next()?, words.next()?);
        let counts = Direction::from_word(counts)?;
        let suspension = SuspensionEdge::from_word(suspension)?;
        let before = BeforeEdge::from_word(before)?;
        let is_whole = words.next().is_none();
        is_whole.then_some(Self { counts, conventions: Conventions { suspension, before } })
    }
}

words_of! {
    SuspensionEdge {
        FirstDayCounts = "first-day-counts";
        FirstDayPaused = "first-day-paused";
    }
}

words_of! {
    BeforeEdge {
        EventIsDayZero = "event-is-day-zero";
        FullDaysBetween = "full-days-between";
    }
}
