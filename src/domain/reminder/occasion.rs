//! What a reminder is about.
//!
//! Must not know: ladders, who is told.

use std::fmt;

/// Stored in place of a rung's name, which cannot contain a dot.
const DATE_MOVED: &str = "date.moved";
const QUOTA_SHORT: &str = "quota.short";
const CORRECTION: &str = "notice.corrected";

/// Why a contact is reminded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occasion {
    /// A rung of the ladder. `repeat` is 0 for the rung itself and counts from 1 for its repeats.
    Rung { name: String, repeat: u32 },
    /// The dates have moved.
    DateMoved,
    /// The events that a quota still requires no longer fit into its period. There is one reminder for each number of
    /// events `done`.
    QuotaShort { done: u32 },
    /// What was told of the share is wrong; `number` counts the corrections of the share from 1.
    Correction { number: u32 },
}

impl Occasion {
    /// Reads what [`name`](Self::name) and [`number`](Self::number) gave.
    ///
    /// ```
    /// use duban::domain::reminder::Occasion;
    /// let repeat = Occasion::Rung { name: "report".to_owned(), repeat: 2 };
    /// assert_eq!(Occasion::from_stored("report".to_owned(), 2), repeat);
    /// assert_eq!(repeat.to_string(), "report#2");
    /// assert_eq!(Occasion::from_stored("date.moved".to_owned(), 0), Occasion::DateMoved);
    /// ```
    pub fn from_stored(name: String, number: u32) -> Self {
        match name.as_str() {
            DATE_MOVED => Self::DateMoved,
            QUOTA_SHORT => Self::QuotaShort { done: number },
            CORRECTION => Self::Correction { number },
            _ => Self::Rung { name, repeat: number },
        }
    }

    /// The name of the rung, or the word that is stored in its place.
    pub fn name(&self) -> &str {
        match self {
            Self::Rung { name, .. } => name,
            Self::DateMoved => DATE_MOVED,
            Self::QuotaShort { .. } => QUOTA_SHORT,
            Self::Correction { .. } => CORRECTION,
        }
    }

    /// Which repeat of the rung, how many events were done, or which correction; 0 for moved dates.
    pub fn number(&self) -> u32 {
        match self {
            Self::Rung { repeat, .. } => *repeat,
            Self::DateMoved => 0,
            Self::QuotaShort { done } => *done,
            Self::Correction { number } => *number,
        }
    }
}

impl fmt::Display for Occasion {
    /// The name, with `#` and the number unless it is 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self.number() {
            0 => Ok(()),
            number => write!(f, "#{number}"),
        }
    }
}
