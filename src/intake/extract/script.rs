//! Puts what was found in a simplified copy of a document back into the script in which the document is written.
//!
//! Must not know: how it was found. Names that the ledger knows stay as the ledger writes them.

use super::super::document::Document;
use super::account::Account;
use super::extraction::Extraction;

/// `simplified` has the same characters as `document` at the same places, each in simplified script.
pub(super) fn restore(
    extraction: &mut Extraction,
    document: &Document,
    simplified: &Document,
    known: &[String],
) {
    let as_written = |text: &str| {
        let place = simplified.text.find(text)?;
        let start = simplified.text.get(..place)?.chars().count();
        Some(document.text.chars().skip(start).take(text.chars().count()).collect::<String>())
    };
    let restore = |text: &mut String| {
        if !text.is_empty()
            && let Some(written) = as_written(text)
        {
            *text = written;
        }
    };
    for duty in &mut extraction.duties {
        restore(&mut duty.written);
        restore(&mut duty.text);
        let names = duty.lead.iter_mut().chain(&mut duty.responsible);
        names.filter(|name| !known.contains(name)).for_each(restore);
    }
    extraction.undated.iter_mut().for_each(|word| restore(&mut word.written));
    let Account { unread, left_out, .. } = &mut extraction.account;
    for passage in unread.iter_mut().chain(left_out.iter_mut().map(|it| &mut it.passage)) {
        restore(&mut passage.written);
        restore(&mut passage.around);
    }
    extraction.unknown_units.iter_mut().for_each(restore);
    extraction.facts.title.iter_mut().for_each(restore);
    extraction.facts.number.iter_mut().for_each(restore);
}
