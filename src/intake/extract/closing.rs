//! Closes the books of an extraction: every row and every word about time is a finding, left out for a reason, or unread.
//!
//! Must not know: how duties are found.

use super::super::document::Document;
use super::account::{Account, LeftOut, LeftOutReason, Passage};
use super::extraction::{ExtractedDuty, UndatedWord};
use super::time_words::time_words;

/// A stretch of the document, in characters, that is left out for a reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftOutSpan {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) reason: LeftOutReason,
}

/// Characters on both sides that show where a passage stands.
const AROUND: usize = 12;

/// What the characters of a document were found to be.
const FOUND: u8 = u8::MAX;

/// Gives every row and word about time that is no finding its place in the account.
pub(super) fn close(
    document: &Document,
    (rows, spans): (usize, Vec<LeftOutSpan>),
    duties: &[ExtractedDuty],
    undated: &[UndatedWord],
) -> Account {
    let (mut left_out, explained): (Vec<_>, Vec<_>) =
        spans.into_iter().partition(|span| span.reason.is_of_a_row());
    let mut marks = vec![0_u8; document.text.chars().count()];
    for span in &explained {
        mark(&mut marks, span.start, span.end, 1 + u8::try_from(order(span.reason)).unwrap_or(0));
    }
    let duties = duties.iter().map(|duty| (duty.start, &duty.written));
    for (start, written) in duties.chain(undated.iter().map(|word| (word.start, &word.written))) {
        mark(&mut marks, start, start + written.chars().count(), FOUND);
    }
    let mut unread = Vec::new();
    for word in time_words(&document.text) {
        let highest = marks.get(word.start..word.end).unwrap_or_default().iter().max().copied();
        let reason = match highest.unwrap_or(0) {
            FOUND => continue,
            0 if word.is_limit => {
                unread.push((word.start, word.end));
                continue;
            }
            number => usize::from(number).checked_sub(1).and_then(|at| LeftOutReason::ALL.get(at)),
        };
        let reason = reason.copied().unwrap_or(LeftOutReason::SetsNoLimit);
        left_out.push(LeftOutSpan { start: word.start, end: word.end, reason });
    }
    left_out.sort_by_key(|span| (span.start, span.reason));
    let places: Vec<(usize, usize)> = left_out.iter().map(|span| (span.start, span.end)).collect();
    let passages_left_out = passages(&document.text, &places);
    // what was removed has no place in the text
    let removed = document.removed.iter().map(|written| LeftOut {
        passage: Passage { start: marks.len(), written: written.clone(), around: written.clone() },
        reason: LeftOutReason::Removed,
    });
    Account {
        rows,
        unread: passages(&document.text, &unread),
        left_out: passages_left_out
            .into_iter()
            .zip(left_out)
            .map(|(passage, span)| LeftOut { passage, reason: span.reason })
            .chain(removed)
            .collect(),
    }
}

fn order(reason: LeftOutReason) -> usize {
    LeftOutReason::ALL.iter().position(|it| *it == reason).unwrap_or_default()
}

fn mark(marks: &mut [u8], start: usize, end: usize, value: u8) {
    for slot in marks.get_mut(start..end).into_iter().flatten() {
        *slot = value.max(*slot);
    }
}

/// The passages at these places, which ascend, in one walk through the text.
fn passages(text: &str, places: &[(usize, usize)]) -> Vec<Passage> {
    let mut characters = text.char_indices().map(|(place, _)| place).enumerate().peekable();
    let passage = |(start, end): &(usize, usize)| {
        while characters.next_if(|(index, _)| index < start).is_some() {}
        let place = characters.peek().map_or(text.len(), |(_, place)| *place);
        let (before, rest) = text.split_at_checked(place)?;
        let written: String = rest.chars().take(end - start).collect();
        let line = |c: &char| !matches!(c, '\n' | '\t');
        let before: Vec<char> = before.chars().rev().take_while(line).take(AROUND).collect();
        let behind = rest.get(written.len()..)?.chars().take_while(line).take(AROUND);
        let around = before.iter().rev().copied().chain(written.chars()).chain(behind).collect();
        Some(Passage { start: *start, written, around })
    };
    places.iter().filter_map(passage).collect()
}
