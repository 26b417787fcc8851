//! The law by which days are counted, as it was in force for some time.
//!
//! Must not know: how days are counted, the file it was read from.

use jiff::civil::Date;

/// The counting of most periods: that of civil law.
pub const CIVIL: &str = "民事";

/// A law on the counting of periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountingLaw {
    /// What rules call it; laws of one name follow each other.
    pub name: String,
    pub law: String,
    /// The article of another law that makes it apply, if it needs one.
    pub through: Option<String>,
    /// First day in force.
    pub from: Date,
    /// Last day in force; `None` while it is in force.
    pub until: Option<Date>,
    /// Where it says that the first day is not counted.
    pub start: String,
    /// Where it says what becomes of a last day that is a rest day.
    pub end: String,
    /// Where it says how months and years end, if it does.
    pub months: Option<String>,
    /// Where it says how hours are counted.
    pub hours: String,
}

impl CountingLaw {
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// An article with all it takes to find it: 行政复议法第八十八条、民事诉讼法（2023年修正）第八十五条.
    pub fn cited(&self, article: &str) -> String {
        let through = self.through.as_ref().map(|through| format!("{through}、"));
        format!("{}{}{article}", through.unwrap_or_default(), self.law)
    }

    /// The first of two laws of one name that are in force at the same time, or of one that ends before it begins.
    pub(super) fn first_overlap(laws: &[Self]) -> Option<&Self> {
        laws.iter().enumerate().find_map(|(place, law)| {
            let is_backwards = law.until.is_some_and(|until| until < law.from);
            let mut earlier = laws.iter().take(place).filter(|it| it.name == law.name);
            let overlaps =
                earlier.any(|it| it.is_in_force_on(law.from) || law.is_in_force_on(it.from));
            (is_backwards || overlaps).then_some(law)
        })
    }
}
