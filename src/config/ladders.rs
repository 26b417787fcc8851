//! Ladder files: the keys of a ladder and their checks.
//!
//! Must not know: which obligation uses which ladder.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::document::{Document, join};
use super::fault::{ConfigFault, Expected, FaultKind};
use super::reader::{Field, List, items};
use crate::domain::ladder::{Ladder, LadderFault, Misfit, MisfitKind, Repeat, Rung, Tone};
use crate::domain::unit::{Rank, Role};

/// The ladders this program was built with; a file of the office adds to them, or replaces one by its name.
pub const SHIPPED: &str = include_str!("../../config/ladders.toml");

/// Working days between the role below and the next one, when a rung does not say.
const USUAL_GAP: u32 = 1;
/// More working days than any term has; it only keeps sums small.
const FARTHEST: u32 = 10_000;

#[derive(Deserialize)]
struct LadderFile {
    ladder: Option<List<LadderTable>>,
}

#[derive(Deserialize)]
struct LadderTable {
    name: Field<String>,
    rung: Option<List<RungTable>>,
}

#[derive(Deserialize)]
struct RungTable {
    name: Field<String>,
    at: Field<i64>,
    to: List<String>,
    tone: Field<String>,
    gap: Option<Field<i64>>,
    repeat: Option<Field<RepeatTable>>,
}

#[derive(Deserialize)]
struct RepeatTable {
    every: Field<i64>,
    at_most: Field<i64>,
}

/// The ladders this program was built with.
///
/// # Errors
///
/// None in a released build: a test reads them.
pub fn shipped() -> Result<Vec<Ladder>, Vec<ConfigFault>> {
    read(Path::new("ladders.toml"), SHIPPED)
}

/// Reads the ladders of one file, in its order; `path` is for the faults only.
///
/// # Errors
///
/// Every fault of the file, by line.
pub fn read(path: &Path, text: &str) -> Result<Vec<Ladder>, Vec<ConfigFault>> {
    let document = Document::of_file(path, text)?;
    let ladders = document.read::<LadderFile>().map(|file| ladders(&document, file));
    document.finish(ladders)
}

/// The faults among `misfits` of ladders that stand in this file.
pub(super) fn misfits(path: &Path, text: &str, misfits: &[Misfit]) -> Vec<ConfigFault> {
    let Ok(document) = Document::of_file(path, text) else { return Vec::new() };
    for misfit in misfits {
        let ladder = format!("ladder.{}", misfit.ladder);
        if let (MisfitKind::OutsideTerm(fault), true) = (&misfit.kind, document.has(&ladder)) {
            let key = format!("{ladder}.rung.{}.at", fault.rung);
            let (rule, fault) = (misfit.rule.clone(), fault.clone());
            document.fault_of_key(&key, FaultKind::OutsideTerm { rule, fault });
        }
    }
    document.finish(None::<()>).err().unwrap_or_default()
}

fn ladders(document: &Document, file: LadderFile) -> Vec<Ladder> {
    let mut names = BTreeSet::new();
    let mut ladders = Vec::new();
    for (entry, table) in items(file.ladder) {
        let name = document.full_text(&table.name);
        if name.as_ref().is_some_and(|name| !names.insert(name.clone())) {
            document.fault(entry, FaultKind::LadderTwice);
        }
        ladders.extend(ladder(document, entry, name, table.rung));
    }
    ladders
}

fn ladder(
    document: &Document,
    entry: usize,
    name: Option<String>,
    list: Option<List<RungTable>>,
) -> Option<Ladder> {
    let read: Vec<Option<Rung>> = items(list).map(|(_, table)| rung(document, table)).collect();
    let rungs: Vec<Rung> = read.iter().flatten().cloned().collect();
    if rungs.len() < read.len() {
        return None;
    }
    let faults = match Ladder::new(name?, rungs) {
        Ok(ladder) => return Some(ladder),
        Err(faults) => faults,
    };
    for fault in faults {
        let rung = rung_of(&fault).map(|rung| join("rung", rung));
        let key = join(document.key(entry), &rung.unwrap_or_default());
        let key = if document.has(&key) { key } else { document.key(entry).to_owned() };
        document.fault_of_key(&key, FaultKind::Ladder(fault));
    }
    None
}

fn rung(document: &Document, table: RungTable) -> Option<Rung> {
    let name = document.full_text(&table.name);
    let farthest = i32::try_from(FARTHEST).ok()?;
    let offset = document.number::<i32>(&table.at, -farthest, farthest);
    let readable = table.to.value.is_some();
    let audience: Vec<_> = items(Some(table.to)).collect();
    let audience: Vec<_> = audience
        .into_iter()
        .map(|(entry, text)| {
            document.parse(&Field { entry, value: Some(text) }, Expected::Addressee, addressee)
        })
        .collect();
    let tone = document.check(&table.tone, |text| {
        Tone::from_text(text.trim()).ok_or_else(|| FaultKind::NotOneOf {
            value: text.clone(),
            allowed: Tone::ALL.map(Tone::word).to_vec(),
        })
    });
    let gap = match &table.gap {
        Some(gap) => document.number::<u32>(gap, 0, FARTHEST),
        None => Some(USUAL_GAP),
    };
    let repeat = match table.repeat {
        Some(table) => Some(repeat(document, &table.value?)?),
        None => None,
    };
    Some(Rung {
        name: name?,
        offset: offset?,
        audience: audience.into_iter().collect::<Option<Vec<_>>>().filter(|_| readable)?,
        tone: tone?,
        gap_working_days: gap?,
        repeat,
    })
}

fn repeat(document: &Document, table: &RepeatTable) -> Option<Repeat> {
    let every = document.number::<u32>(&table.every, 0, FARTHEST);
    let at_most = document.number::<u32>(&table.at_most, 0, FARTHEST);
    Some(Repeat { every: every?, at_most: at_most? })
}

/// Reads `responsible/handler`, or the same in Chinese words.
fn addressee(text: &str) -> Option<(Role, Rank)> {
    let (role, rank) = text.split_once('/')?;
    Some((Role::from_text(role.trim())?, Rank::from_text(rank.trim())?))
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

    fn faults(text: &str) -> String {
        let faults = read(Path::new("own.toml"), text).unwrap_err();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_shipped_ladders_are_read_and_keep_their_canonical_text() {
        let ladders = shipped().unwrap();
        let names: Vec<&str> = ladders.iter().map(Ladder::name).collect();
        let shipped = "standard short urgent daily comment fixed-date quota recurring internal";
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
            read(Path::new("own.toml"), text).unwrap()[0].to_string(),
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
        insta::assert_snapshot!(faults(text));
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
        insta::assert_snapshot!(faults(text));
    }

    #[test]
    fn what_is_not_toml_is_named_by_its_line() {
        let faults = faults("[[ladder]]\nname = \n");
        assert!(faults.starts_with("own.toml:2: is not TOML at column 8: "), "{faults}");
    }
}
