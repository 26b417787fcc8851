//! A span of text addressed by characters: the sentence, bracket and list item around a time limit.
//!
//! Must not know: units, who owes what.

use crate::domain::expression::TermMatch;

use super::super::document::TextSpan;
use super::numbering::{Level, number_of};

/// Longest sentence that is kept, in characters.
pub(super) const LONGEST_SENTENCE: usize = 400;

/// A span whose parts are addressed by character numbers.
pub(super) struct IndexedSpan<'a> {
    span: &'a TextSpan,
    /// Byte offset of each character, then the length.
    places: Vec<usize>,
}

impl<'a> IndexedSpan<'a> {
    pub(super) fn new(span: &'a TextSpan) -> Self {
        let places = span.text.char_indices().map(|(place, _)| place);
        let places = places.chain([span.text.len()]).collect();
        Self { span, places }
    }

    /// The text from one character until another, clipped to the span.
    pub(super) fn between(&self, from: usize, until: usize) -> &'a str {
        let place = |index: usize| self.places.get(index).copied().unwrap_or(self.span.text.len());
        self.span.text.get(place(from)..place(until.max(from))).unwrap_or_default()
    }

    pub(super) fn sentence_around(&self, limit: &TermMatch) -> String {
        let before = self.between(limit.start.saturating_sub(LONGEST_SENTENCE), limit.start);
        let after = self.between(limit.end, limit.end + LONGEST_SENTENCE);
        let start_of =
            |text: &str| text.rfind(is_stop).map_or(0, |place| place + first_length(text, place));
        let mut from = start_of(before);
        // a bracket belongs to the sentence before it: …全部入库。（区教委负责，10月底前完成）
        if before.get(from..).is_some_and(|own| own.starts_with(['（', '('])) {
            from = start_of(before.get(..from).unwrap_or_default().trim_end_matches(is_stop));
        }
        let until = after.find(is_stop).map_or(after.len(), |place| {
            if after.get(place..).is_some_and(|rest| rest.starts_with('\n')) {
                place
            } else {
                place + first_length(after, place)
            }
        });
        let written = self.between(limit.start, limit.end);
        let sentence =
            [before.get(from..), Some(written), after.get(..until)].into_iter().flatten();
        let sentence: String = sentence.collect();
        let sentence = sentence.trim();
        number_of(sentence).map_or(sentence, |(_, _, rest)| rest).trim().to_owned()
    }

    /// The sentence up to the end of a limit.
    pub(super) fn clauses_until(&self, limit: &TermMatch) -> &'a str {
        let text = self.between(limit.start.saturating_sub(LONGEST_SENTENCE), limit.end);
        text.rsplit(is_stop).next().unwrap_or(text)
    }

    /// The opening of the bracket that character `from` stands in: （区教委负责，10月底前完成）.
    pub(super) fn bracket_around(&self, from: usize) -> Option<usize> {
        let before = self.between(from.saturating_sub(LONGEST_SENTENCE), from);
        let mut closed = 0_usize;
        for (behind, character) in before.chars().rev().enumerate() {
            match character {
                '）' | ')' => closed += 1,
                '（' | '(' if closed == 0 => return Some(from - behind - 1),
                '（' | '(' => closed -= 1,
                _ => {}
            }
        }
        None
    }

    /// The end of the numbered item that character `from` stands in.
    pub(super) fn end_of_item(&self, from: usize) -> usize {
        let rest = self.between(from, from + LONGEST_SENTENCE);
        let next = rest
            .match_indices('\n')
            .find(|(place, _)| rest.get(place + 1..).is_some_and(|line| number_of(line).is_some()));
        let length =
            next.map_or(rest, |(place, _)| rest.get(..place).unwrap_or_default()).chars().count();
        from + length
    }

    /// The number of the item above character `start`: 2 of 2．持续推进.
    pub(super) fn item_before(&self, start: usize) -> String {
        let before = self.between(start.saturating_sub(LONGEST_SENTENCE * 4), start);
        let heads = before.rmatch_indices(['\n', '。']).map(|(place, mark)| place + mark.len());
        let heads = heads.chain([0]).filter_map(|place| before.get(place..));
        heads
            .filter_map(|head| number_of(head).or_else(|| bare_number(head)))
            .find(|(level, ..)| *level >= Level::Item)
            .map_or_else(String::new, |(_, number, _)| number)
    }
}

/// A bare number at the end of `head`, right before the time limit: 3 of 3．10月底前.
fn bare_number(head: &str) -> Option<(Level, String, &str)> {
    let digits = head.trim_end().strip_suffix(['．', '.', '、'])?;
    let number: String = digits.chars().rev().take_while(char::is_ascii_digit).collect();
    let number: String = number.chars().rev().collect();
    (!number.is_empty() && number.len() <= 3).then_some((Level::Item, number, ""))
}

/// True for a character that ends a sentence.
pub(super) fn is_stop(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '\n')
}

fn first_length(text: &str, place: usize) -> usize {
    text.get(place..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}
