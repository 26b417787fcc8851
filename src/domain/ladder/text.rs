//! The canonical text of a ladder, which is stored when an obligation starts, and its hash.
//!
//! Must not know: the configuration file. Its form may change, that of stored ladders may not.

use std::fmt;
use std::str::{FromStr, SplitWhitespace};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{Ladder, LadderFault, Repeat, Rung, Tone};
use crate::domain::unit::{Rank, Role};
use crate::words;
use crate::words::{Lang, Say};

/// Why a text is not the canonical form of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum NotALadder {
    /// This line, counted from 1, cannot be read.
    Line { line: usize },
    /// The lines can be read, but the rungs break the rules of ladders.
    Faults(Vec<LadderFault>),
}

impl Say for NotALadder {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Line { line } => words!(
                lang,
                zh = "已存阶梯的第{line}行无法识别",
                en = "line {line} of a stored ladder cannot be read",
            ),
            Self::Faults(faults) => faults
                .iter()
                .map(|fault| fault.say(lang))
                .collect::<Vec<_>>()
                .join(lang.pick("；", "; ")),
        }
    }
}

impl Ladder {
    /// SHA-256 of the canonical text, in hexadecimal: the key of a stored ladder.
    ///
    /// ```
    /// use duban::domain::ladder::Ladder;
    /// let text = "ladder one\nrung eve -1 notice gap 0 to responsible/handler\n";
    /// let ladder: Ladder = text.parse().unwrap();
    /// assert_eq!(ladder.hash().len(), 64);
    /// assert_ne!(ladder.hash(), text.replace("-1", "-2").parse::<Ladder>().unwrap().hash());
    /// ```
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.to_string()))
    }
}

impl fmt::Display for Ladder {
    /// Writes the canonical text; [`Ladder::from_str`] reads it back unchanged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ladder {}", self.name)?;
        for rung in &self.rungs {
            let Rung { name, offset, audience, tone, gap_working_days, repeat } = rung;
            write!(f, "rung {name} {offset} {} gap {gap_working_days} to", tone.word())?;
            for (role, rank) in audience {
                write!(f, " {}/{}", role.word(), rank.word())?;
            }
            if let Some(Repeat { every, at_most }) = repeat {
                write!(f, " repeat {every} x {at_most}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl FromStr for Ladder {
    type Err = NotALadder;

    fn from_str(text: &str) -> Result<Self, NotALadder> {
        let mut lines = text.lines().zip(1..);
        let name = lines
            .next()
            .and_then(|(line, _)| line.strip_prefix("ladder "))
            .ok_or(NotALadder::Line { line: 1 })?;
        let rungs = lines
            .map(|(text, line)| rung(text).ok_or(NotALadder::Line { line }))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(name.to_owned(), rungs).map_err(NotALadder::Faults)
    }
}

fn rung(line: &str) -> Option<Rung> {
    let mut words = line.split_whitespace();
    expect(&mut words, "rung")?;
    let name = words.next()?.to_owned();
    let offset = words.next()?.parse().ok()?;
    let tone = Tone::from_word(words.next()?)?;
    expect(&mut words, "gap")?;
    let gap_working_days = words.next()?.parse().ok()?;
    expect(&mut words, "to")?;
    let mut audience = Vec::new();
    let mut repeat = None;
    while let Some(word) = words.next() {
        if word == "repeat" {
            let every = words.next()?.parse().ok()?;
            expect(&mut words, "x")?;
            repeat = Some(Repeat { every, at_most: words.next()?.parse().ok()? });
        } else {
            let (role, rank) = word.split_once('/')?;
            audience.push((Role::from_word(role)?, Rank::from_word(rank)?));
        }
    }
    Some(Rung { name, offset, audience, tone, gap_working_days, repeat })
}

fn expect(words: &mut SplitWhitespace<'_>, wanted: &str) -> Option<()> {
    (words.next()? == wanted).then_some(())
}
