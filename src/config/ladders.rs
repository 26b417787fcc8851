//! Ladder files: read and checked, every fault at once.
//!
//! Must not know: which obligation uses which ladder.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::ladder::{DoesNotFit, Ladder, LadderFault, Repeat, Rung, Tone};
use crate::domain::unit::{Rank, Role};

/// The ladders this program was built with; a file of the office adds to them, or replaces one by its name.
pub const SHIPPED: &str = include_str!("../../config/ladders.toml");

/// One fault of a ladder file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {key}: {kind}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct LadderFileFault {
    /// The file as named by the caller.
    pub file: String,
    /// Line, from 1, when known.
    pub line: Option<usize>,
    /// Dotted path, rungs counted from 1: `ladder.standard.rung.2.tone`. Empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub kind: LadderFileFaultKind,
}

/// What is wrong with a ladder file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LadderFileFaultKind {
    /// Not TOML.
    #[error("{message}")]
    Syntax {
        /// What the parser said.
        message: String,
    },
    /// No such key.
    #[error("no such key")]
    UnknownKey {
        /// The keys allowed here.
        allowed: &'static [&'static str],
    },
    /// A key that must be there is not.
    #[error("`{name}` is missing")]
    Missing {
        /// The key.
        name: &'static str,
    },
    /// A value of another type, or a number out of range.
    #[error("must be {expected}")]
    WrongType {
        /// What the key takes.
        expected: &'static str,
    },
    /// A word that is not among those allowed.
    #[error("`{value}` is none of {}", .allowed.join(", "))]
    NotOneOf {
        /// The word.
        value: String,
        /// The words allowed.
        allowed: &'static [&'static str],
    },
    /// Two ladders of one name in one file.
    #[error("this name is taken")]
    TwiceTheName,
    /// Readable rungs that make no ladder.
    #[error(transparent)]
    Ladder(LadderFault),
    /// A rung that lies before a term has begun, of a rule that climbs this ladder.
    #[error("{fault} (rule `{rule}`)")]
    OutsideTerm {
        /// The rule.
        rule: String,
        /// What does not fit.
        fault: DoesNotFit,
    },
}

const LADDER_KEYS: &[&str] = &["name", "rung"];
const RUNG_KEYS: &[&str] = &["name", "at", "to", "tone", "gap", "repeat"];
const REPEAT_KEYS: &[&str] = &["every", "at_most"];
const TONES: &[&str] = &["notice", "warn", "overdue", "circular"];
const SEATS: &[&str] = &["responsible/handler", "lead/head", "supervisor/leader", "…"];
/// Working days between the role below and the next one, when a rung does not say.
const USUAL_GAP: u32 = 1;

/// The ladders this program was built with.
///
/// # Errors
///
/// None in a released build: a test reads them.
pub fn shipped() -> Result<Vec<Ladder>, Vec<LadderFileFault>> {
    read("ladders.toml", SHIPPED)
}

/// Reads the ladders of one file, in its order; `file` is for the faults only.
///
/// # Errors
///
/// Every fault of the file, by line.
pub fn read(file: &str, text: &str) -> Result<Vec<Ladder>, Vec<LadderFileFault>> {
    let mut reading = Reading { file, text, faults: Vec::new() };
    let ladders = match DeTable::parse(text) {
        Ok(table) => reading.file(table.get_ref()),
        Err(error) => {
            let kind = LadderFileFaultKind::Syntax { message: error.message().to_owned() };
            reading.fault(error.span().map(|span| span.start), "", kind);
            Vec::new()
        }
    };
    if reading.faults.is_empty() {
        return Ok(ladders);
    }
    reading.faults.sort_by_key(|fault| fault.line);
    Err(reading.faults)
}

struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<LadderFileFault>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reading<'_> {
    fn file(&mut self, table: &DeTable<'_>) -> Vec<Ladder> {
        self.refuse_unknown(table, "", &["ladder"]);
        let mut names = BTreeSet::new();
        let mut ladders = Vec::new();
        for (n, value) in self.tables(table, "", "ladder") {
            let Some((name, ladder)) = self.ladder(value, n) else { continue };
            if !names.insert(name.clone()) {
                let key = format!("ladder.{name}");
                self.fault_at(value, &key, LadderFileFaultKind::TwiceTheName);
            }
            ladders.extend(ladder);
        }
        ladders
    }

    fn ladder(&mut self, value: &Value<'_>, n: usize) -> Option<(String, Option<Ladder>)> {
        let key = format!("ladder.{n}");
        let table = value.get_ref().as_table()?;
        self.refuse_unknown(table, &key, LADDER_KEYS);
        let name = self.text(value, table, &key, "name")?;
        let key = format!("ladder.{name}");
        let known = self.faults.len();
        let rungs: Vec<(usize, Option<Rung>)> = self
            .tables(table, &key, "rung")
            .into_iter()
            .map(|(n, rung)| (rung.span().start, self.rung(rung, &format!("{key}.rung.{n}"))))
            .collect();
        if self.faults.len() > known {
            return Some((name, None));
        }
        let starts: Vec<usize> = rungs.iter().map(|(start, _)| *start).collect();
        let rungs: Vec<Rung> = rungs.into_iter().filter_map(|(_, rung)| rung).collect();
        let names: Vec<String> = rungs.iter().map(|rung| rung.name.clone()).collect();
        match Ladder::new(name.clone(), rungs) {
            Ok(ladder) => Some((name, Some(ladder))),
            Err(faults) => {
                for fault in faults {
                    let place =
                        rung_of(&fault).and_then(|rung| names.iter().rposition(|it| it == rung));
                    let start = place.and_then(|place| starts.get(place).copied());
                    let start = start.unwrap_or(value.span().start);
                    self.fault(Some(start), &key, LadderFileFaultKind::Ladder(fault));
                }
                Some((name, None))
            }
        }
    }

    fn rung(&mut self, value: &Value<'_>, key: &str) -> Option<Rung> {
        let table = value.get_ref().as_table()?;
        self.refuse_unknown(table, key, RUNG_KEYS);
        let name = self.text(value, table, key, "name");
        let offset = self.number::<i32>(value, table, key, "at");
        let audience = self.audience(value, table, key);
        let tone = self.tone(value, table, key);
        let gap = match table.get("gap") {
            Some(_) => self.number::<u32>(value, table, key, "gap"),
            None => Some(USUAL_GAP),
        };
        let repeat = match table.get("repeat") {
            Some(repeat) => Some(self.repeat(repeat, &format!("{key}.repeat"))?),
            None => None,
        };
        Some(Rung {
            name: name?,
            offset: offset?,
            audience: audience?,
            tone: tone?,
            gap_working_days: gap?,
            repeat,
        })
    }

    fn tone(&mut self, rung: &Value<'_>, table: &DeTable<'_>, key: &str) -> Option<Tone> {
        let word = self.text(rung, table, key, "tone")?;
        let tone = Tone::from_text(&word);
        if let (None, Some(value)) = (tone, table.get("tone")) {
            let kind = LadderFileFaultKind::NotOneOf { value: word, allowed: TONES };
            self.fault_at(value, &format!("{key}.tone"), kind);
        }
        tone
    }

    fn audience(
        &mut self,
        rung: &Value<'_>,
        table: &DeTable<'_>,
        key: &str,
    ) -> Option<Vec<(Role, Rank)>> {
        let Some(value) = table.get("to") else {
            self.fault_at(rung, key, LadderFileFaultKind::Missing { name: "to" });
            return None;
        };
        let key = format!("{key}.to");
        let expected = LadderFileFaultKind::WrongType { expected: "a list of role/rank" };
        let Some(words) = value.get_ref().as_array() else {
            self.fault_at(value, &key, expected);
            return None;
        };
        let mut audience = Vec::new();
        for word in words {
            let Some(text) = word.get_ref().as_str() else {
                self.fault_at(word, &key, expected.clone());
                continue;
            };
            if let Some(seat) = seat(text) {
                audience.push(seat);
            } else {
                let value = text.to_owned();
                let kind = LadderFileFaultKind::NotOneOf { value, allowed: SEATS };
                self.fault_at(word, &key, kind);
            }
        }
        Some(audience)
    }

    fn repeat(&mut self, value: &Value<'_>, key: &str) -> Option<Repeat> {
        let Some(table) = value.get_ref().as_table() else {
            let expected = "a table with `every` and `at_most`";
            self.fault_at(value, key, LadderFileFaultKind::WrongType { expected });
            return None;
        };
        self.refuse_unknown(table, key, REPEAT_KEYS);
        let every = self.number::<u32>(value, table, key, "every");
        let at_most = self.number::<u32>(value, table, key, "at_most");
        Some(Repeat { every: every?, at_most: at_most? })
    }

    /// The tables of an array of tables, counted from 1.
    fn tables<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
        name: &'static str,
    ) -> Vec<(usize, &'t Value<'i>)> {
        let Some(value) = table.get(name) else { return Vec::new() };
        let array = value.get_ref().as_array();
        let items: Vec<&Value<'i>> = array.map(|array| array.iter().collect()).unwrap_or_default();
        if array.is_none() || items.iter().any(|item| !item.get_ref().is_table()) {
            let kind = LadderFileFaultKind::WrongType { expected: "tables in double brackets" };
            self.fault_at(value, &join(key, name), kind);
        }
        (1..).zip(items).collect()
    }

    fn text(
        &mut self,
        around: &Value<'_>,
        table: &DeTable<'_>,
        key: &str,
        name: &'static str,
    ) -> Option<String> {
        let Some(value) = table.get(name) else {
            self.fault_at(around, key, LadderFileFaultKind::Missing { name });
            return None;
        };
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let kind = LadderFileFaultKind::WrongType { expected: "a text" };
            self.fault_at(value, &join(key, name), kind);
        }
        text
    }

    fn number<T: std::str::FromStr>(
        &mut self,
        around: &Value<'_>,
        table: &DeTable<'_>,
        key: &str,
        name: &'static str,
    ) -> Option<T> {
        let Some(value) = table.get(name) else {
            self.fault_at(around, key, LadderFileFaultKind::Missing { name });
            return None;
        };
        let digits = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = digits.and_then(|number| number.as_str().parse().ok());
        if number.is_none() {
            let kind =
                LadderFileFaultKind::WrongType { expected: "a whole number of working days" };
            self.fault_at(value, &join(key, name), kind);
        }
        number
    }

    fn refuse_unknown(&mut self, table: &DeTable<'_>, key: &str, allowed: &'static [&'static str]) {
        for name in table.keys().filter(|name| !allowed.contains(&name.get_ref().as_ref())) {
            let kind = LadderFileFaultKind::UnknownKey { allowed };
            self.fault(Some(name.span().start), &join(key, name.get_ref()), kind);
        }
    }

    fn fault_at(&mut self, value: &Value<'_>, key: &str, kind: LadderFileFaultKind) {
        self.fault(Some(value.span().start), key, kind);
    }

    fn fault(&mut self, start: Option<usize>, key: &str, kind: LadderFileFaultKind) {
        let before = start.and_then(|start| self.text.get(..start));
        let line = before.map(|before| before.matches('\n').count().saturating_add(1));
        self.faults.push(LadderFileFault {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            kind,
        });
    }
}

fn join(key: &str, name: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}

fn seat(text: &str) -> Option<(Role, Rank)> {
    let (role, rank) = text.split_once('/')?;
    Some((Role::from_text(role.trim())?, Rank::from_word(rank.trim())?))
}

fn rung_of(fault: &LadderFault) -> Option<&str> {
    match fault {
        LadderFault::Empty { .. } => None,
        LadderFault::BadName { name: rung }
        | LadderFault::TwiceTheName { rung }
        | LadderFault::NotLater { rung, .. }
        | LadderFault::Milder { rung, .. }
        | LadderFault::LateTooEarly { rung }
        | LadderFault::SupervisorTooEarly { rung }
        | LadderFault::RoleOutOfOrder { rung, .. }
        | LadderFault::NoAudience { rung }
        | LadderFault::TwiceInAudience { rung, .. }
        | LadderFault::RepeatNotLast { rung }
        | LadderFault::EmptyRepeat { rung }
        | LadderFault::EndlessRepeat { rung } => Some(rung),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ladder::{Ladders, default_ladder};
    use crate::domain::term::Term;

    fn faults(text: &str) -> Vec<String> {
        read("own.toml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_shipped_ladders_are_read_and_keep_their_canonical_text() {
        let ladders = shipped().unwrap();
        let names: Vec<&str> = ladders.iter().map(Ladder::name).collect();
        let shipped = "standard short urgent comment fixed-date quota recurring internal";
        assert_eq!(names.join(" "), shipped);
        for ladder in &ladders {
            assert_eq!(ladder.to_string().parse(), Ok(ladder.clone()));
        }
    }

    #[test]
    fn every_term_gets_a_shipped_ladder_that_fits_it() {
        let ladders = Ladders::new(shipped().unwrap());
        for term in [
            "1wd", "3wd", "4wd", "5wd", "10wd", "11wd", "15wd", "20wd", "5d", "14d", "15d", "25d",
            "30d", "60d", "1mo", "3mo", "1y", "24h", ">=30d", ">=10wd",
        ] {
            let term: Term = term.parse().unwrap();
            let ladder = ladders.find(default_ladder(&term).unwrap()).unwrap();
            let (Term::Within(period) | Term::AtLeast(period)) = term else { unreachable!() };
            assert_eq!(ladder.fits(period), Ok(()), "{term}");
        }
        for term in [
            "2022-12-31",
            "2022-06-01..2022-09-30",
            "every:1d",
            "every:1w",
            "every:12mo",
            ">=4/12mo",
        ] {
            let term: Term = term.parse().unwrap();
            assert!(ladders.find(default_ladder(&term).unwrap()).is_some(), "{term}");
        }
    }

    #[test]
    fn the_ladders_for_minimums_and_internal_targets_never_speak_of_lateness() {
        let ladders = Ladders::new(shipped().unwrap());
        for name in ["comment", "internal"] {
            assert!(ladders.find(name).unwrap().never_speaks_of_lateness(), "{name}");
        }
    }

    #[test]
    fn chinese_words_do_as_well() {
        let text = "[[ladder]]\nname = \"a\"\n[[ladder.rung]]\nname = \"b\"\nat = 0\n\
                    to = [\"责任单位/承办人\"]\ntone = \"催办\"\n";
        assert_eq!(
            read("own.toml", text).unwrap()[0].to_string(),
            "ladder a\nrung b 0 warn gap 1 to responsible/handler\n"
        );
    }

    #[test]
    fn every_fault_of_a_file_is_named_with_its_line_and_key() {
        let text = "\
colour = 1
[[ladder]]
name = \"a\"
[[ladder.rung]]
name = \"b\"
at = \"soon\"
to = [\"boss\"]
tone = \"angry\"
pause = 2
[[ladder]]
[[ladder]]
name = \"c\"
[[ladder.rung]]
name = \"d\"
at = 0
to = [\"supervisor/head\"]
tone = \"warn\"
repeat = { every = 0 }
";
        assert_eq!(
            faults(text),
            [
                "own.toml:1: colour: no such key",
                "own.toml:6: ladder.a.rung.1.at: must be a whole number of working days",
                "own.toml:7: ladder.a.rung.1.to: `boss` is none of responsible/handler, lead/head, \
                 supervisor/leader, …",
                "own.toml:8: ladder.a.rung.1.tone: `angry` is none of notice, warn, overdue, circular",
                "own.toml:9: ladder.a.rung.1.pause: no such key",
                "own.toml:10: ladder.2: `name` is missing",
                "own.toml:18: ladder.c.rung.1.repeat: `at_most` is missing",
            ]
        );
    }

    #[test]
    fn rungs_that_make_no_ladder_are_named_by_their_line() {
        let text = "\
[[ladder]]
name = \"a\"
[[ladder.rung]]
name = \"b\"
at = 0
to = [\"responsible/handler\"]
tone = \"warn\"
[[ladder.rung]]
name = \"c\"
at = -1
to = [\"responsible/handler\"]
tone = \"warn\"
[[ladder]]
name = \"a\"
rung = []
";
        assert_eq!(
            faults(text),
            [
                "own.toml:8: ladder.a: rung `c` is not later than `b`",
                "own.toml:13: ladder.a: ladder `a` has no rung",
                "own.toml:13: ladder.a: this name is taken",
            ]
        );
    }

    #[test]
    fn what_is_not_toml_is_named_by_its_line() {
        let faults = read("own.toml", "[[ladder]]\nname = \n").unwrap_err();
        assert_eq!((faults.len(), faults[0].line), (1, Some(2)));
    }
}
