//! The canonical text of a merged calendar; the ledger stores it for every version a date was calculated with.
//!
//! Must not know: notices. Their form may change; the form of stored calendars may not.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;

use super::day::ListedDay;
use super::work_calendar::{Coverage, WorkCalendar};
use crate::words;
use crate::words::{Lang, Say};

/// A text that is not the canonical form of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct NotACalendar {
    /// The first faulty line, from 1.
    pub line: usize,
}

impl Say for NotACalendar {
    fn say(&self, lang: Lang) -> String {
        let line = self.line;
        words!(
            lang,
            zh = "存档日历的第{line}行无法识别",
            en = "line {line} of the stored calendar cannot be read"
        )
    }
}

impl fmt::Display for WorkCalendar {
    /// Writes the canonical text; [`WorkCalendar::from_str`] reads it back as the same version.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Coverage { first, through, certain_through } = self.coverage();
        writeln!(f, "calendar {first} {through} {certain_through}")?;
        for (date, ListedDay { works, name, paper }) in self.listed() {
            let word = if *works { "work" } else { "off" };
            writeln!(f, "{date} {word}\t{name}\t{paper}")?;
        }
        Ok(())
    }
}

impl FromStr for WorkCalendar {
    type Err = NotACalendar;

    fn from_str(text: &str) -> Result<Self, NotACalendar> {
        let mut lines = (1..).zip(text.lines());
        let head = lines.next().and_then(|(_, line)| coverage(line));
        let coverage = head.ok_or(NotACalendar { line: 1 })?;
        let mut listed = BTreeMap::new();
        for (line, text) in lines {
            let (date, day) = day(text).ok_or(NotACalendar { line })?;
            listed.insert(date, day);
        }
        Ok(Self::of(coverage, listed))
    }
}

fn coverage(line: &str) -> Option<Coverage> {
    let mut dates = line.strip_prefix("calendar ")?.split(' ').map(str::parse::<Date>);
    let mut next = || dates.next()?.ok();
    let (first, through, certain_through) = (next()?, next()?, next()?);
    (first <= through).then_some(Coverage { first, through, certain_through })
}

fn day(line: &str) -> Option<(Date, ListedDay)> {
    let mut cells = line.split('\t');
    let (date, word) = cells.next()?.split_once(' ')?;
    let works = match word {
        "work" => true,
        "off" => false,
        _ => return None,
    };
    let (name, paper) = (Arc::from(cells.next()?), Arc::from(cells.next()?));
    Some((date.parse().ok()?, ListedDay { works, name, paper }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::calendars::shipped;
    use crate::domain::calendar::Overlay;

    #[test]
    fn a_stored_calendar_is_read_back_as_the_same_version() {
        let national = WorkCalendar::merge(&shipped().unwrap()).unwrap();
        let rest = vec![("2028-03-02".parse().unwrap(), "县庆".to_owned())];
        let overlay = Overlay { name: "榆中县".to_owned(), rest, work: Vec::new() };
        for calendar in [national.overlaid(&overlay).unwrap(), national] {
            let stored: WorkCalendar = calendar.to_string().parse().unwrap();
            assert_eq!(stored.version(), calendar.version());
            assert!(stored.listed().eq(calendar.listed()));
        }
    }

    #[test]
    fn the_first_faulty_line_is_named() {
        for (text, line) in [
            ("", 1),
            ("calendar 2026-01-01 2026-12-31", 1),
            (
                "calendar 2026-01-01 2026-12-31 2026-12-24\n2026-01-01 off\t元旦\t国办\n2026-01-02 rest\t元旦\t国办",
                3,
            ),
        ] {
            assert_eq!(text.parse::<WorkCalendar>().unwrap_err(), NotACalendar { line });
        }
    }
}
