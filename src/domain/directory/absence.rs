//! When a contact is away, as a list says it, and how absences of one contact go together.
//!
//! Must not know: the contact.

use std::fmt;

use jiff::civil::Date;

use crate::domain::address::Address;

/// When a contact is away (外出), and who stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// First day away.
    pub from: Date,
    /// Last day away; not before the first.
    pub through: Date,
    /// Address of the contact of the same unit who stands in; `None` leaves it to the next rank.
    pub delegate: Option<Address>,
}

impl Absence {
    /// These absences and a new one, by day; on the days of the new one it holds in place of the others.
    ///
    /// ```
    /// use duban::domain::directory::Absence;
    /// use jiff::civil::date;
    /// let away = |from, through| Absence { from: date(2026, 3, from), through: date(2026, 3, through), delegate: None };
    /// assert_eq!(away(12, 13).joining(&[away(10, 20)]), [away(10, 11), away(12, 13), away(14, 20)]);
    /// assert_eq!(away(25, 26).joining(&[away(10, 20)]), [away(10, 20), away(25, 26)]);
    /// ```
    pub fn joining(self, others: &[Self]) -> Vec<Self> {
        let mut all = Self::outside(others, self.from, self.through);
        all.push(self);
        all.sort_by_key(|it| it.from);
        all
    }

    /// What is left of these absences when the days from `from` through `through` are taken out of them, by day.
    pub fn outside(absences: &[Self], from: Date, through: Date) -> Vec<Self> {
        let mut left = Vec::new();
        for absence in absences {
            let before =
                from.yesterday().ok().map(|last| (absence.from, absence.through.min(last)));
            let after =
                through.tomorrow().ok().map(|first| (absence.from.max(first), absence.through));
            let parts =
                [before, after].into_iter().flatten().filter(|(from, through)| from <= through);
            left.extend(parts.map(|(from, through)| Self { from, through, ..absence.clone() }));
        }
        left.sort_by_key(|it| it.from);
        left
    }

    /// Several as a table of units has them in one cell: separated by `；`.
    pub fn cell(absences: &[Self]) -> String {
        let all: Vec<String> = absences.iter().map(ToString::to_string).collect();
        all.join("；")
    }
}

impl fmt::Display for Absence {
    /// As a table of units has it: `2026-10-01..2026-10-15→deputy@bureau.example`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.through)?;
        match &self.delegate {
            Some(delegate) => write!(f, "→{delegate}"),
            None => Ok(()),
        }
    }
}
