//! Identifiers that differ from ledger to ledger, and their place in what is compared.

/// `text` with every uid, Message-ID and MIME boundary as `<id>`.
pub(crate) fn without_ids(text: &str) -> String {
    let is_id = |word: &str| {
        matches!(word.len(), 32 | 40)
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if is_id(bare) { format!("<id>{}", &word[bare.len()..]) } else { word.to_owned() }
        })
        .collect()
}
