//! Duties from paragraphs: headings, brackets behind the sentence, labelled lines below it, subjects.
//!
//! Must not know: tables.

use super::super::document::{Block, Piece};
use super::duties::{Collector, Place};
use super::numbering::{Level, number_of};
use super::parties::{self, Parties};

/// Paragraphs below a duty in which a labelled line still belongs to it.
const REACH: usize = 3;
/// Longest paragraph that is a heading, in characters.
const LONGEST_HEADING: usize = 60;

/// The headings above a paragraph.
#[derive(Default)]
pub(super) struct Outline {
    /// Number and parties of each open level, the outermost first.
    open: Vec<(Level, String, Option<Parties>)>,
}

/// Reads the duties of one paragraph; `next` are the blocks below it.
pub(super) fn read(
    piece: &Piece,
    next: &[Block],
    outline: &mut Outline,
    collector: &mut Collector<'_>,
) {
    let vocabulary = collector.vocabulary();
    let own = parties::in_brackets(&piece.text, vocabulary);
    if let Some((level, number, _)) = number_of(&piece.text) {
        let is_heading = piece.text.chars().count() <= LONGEST_HEADING;
        outline.enter(level, number, own.clone().filter(|_| is_heading));
    }
    let labelled = || {
        let below = next.iter().take(REACH).map_while(|block| match block {
            Block::Paragraph(below) if number_of(&below.text).is_none() => Some(below),
            Block::Paragraph(_) | Block::Table(_) => None,
        });
        below.into_iter().find_map(|below| parties::labelled(&below.text, vocabulary))
    };
    let parties = parties::labelled(&piece.text, vocabulary).or_else(labelled);
    let place =
        Place { clause: outline.clause(), parties, heading: outline.parties(), is_prose: true };
    collector.collect(piece, &place);
}

impl Outline {
    fn enter(&mut self, level: Level, number: String, parties: Option<Parties>) {
        self.open.retain(|(above, ..)| *above < level);
        self.open.push((level, number, parties));
    }

    /// 三、（十）: the numbers of chapter and section; items are told from the paragraph itself.
    fn clause(&self) -> String {
        let outer = self.open.iter().filter(|(level, ..)| *level <= Level::Section);
        outer.map(|(_, number, _)| number.as_str()).collect()
    }

    fn parties(&self) -> Option<Parties> {
        self.open.iter().rev().find_map(|(.., parties)| parties.clone())
    }
}
