//! One line of text for people, fit for a mail header, a line of a mail and a cell of a table.
//!
//! Must not know: where the text came from, what it says.

use serde::Serialize;

use crate::domain::hidden::one_line;

/// Text without line breaks, control characters or characters that hide or reorder others; white space is single.
///
/// A value can stand in a header without ending it, and what is read is what is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OneLine(String);

impl OneLine {
    /// Removes what could end a line or show something other than what is written.
    ///
    /// ```
    /// use duban::mail::one_line::OneLine;
    /// assert_eq!(OneLine::clean("清理\r\nBcc: x@b.example").as_str(), "清理 Bcc: x@b.example");
    /// ```
    pub fn clean(text: &str) -> Self {
        // `=?` opens an encoded word (RFC 2047), which a mail program would decode.
        Self(one_line(text).replace("=?", "= ?"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// At most `characters` characters; a cut is shown by an ellipsis, which counts as one.
    pub fn shortened(&self, characters: usize) -> String {
        if self.0.chars().count() <= characters {
            return self.0.clone();
        }
        let kept: String = self.0.chars().take(characters.saturating_sub(1)).collect();
        format!("{}…", kept.trim_end())
    }
}

impl From<&str> for OneLine {
    fn from(text: &str) -> Self {
        Self::clean(text)
    }
}

impl From<String> for OneLine {
    fn from(text: String) -> Self {
        Self::clean(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ends_a_line_or_hides_text_is_left() {
        let hostile = "甲\0\x1b[31m乙\u{202e}丙\u{2028}丁\u{85}戊\u{feff}\t己\u{e0041}";
        assert_eq!(OneLine::clean(hostile).as_str(), "甲[31m乙丙 丁 戊 己");
    }

    #[test]
    fn an_encoded_word_is_shown_as_it_stands() {
        assert_eq!(OneLine::clean("=?utf-8?b?5Yqe57uT?=").as_str(), "= ?utf-8?b?5Yqe57uT?=");
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(OneLine::clean("政策咨询事项").shortened(6), "政策咨询事项");
        assert_eq!(OneLine::clean("政策咨询事项").shortened(5), "政策咨询…");
        assert_eq!(OneLine::clean("").shortened(0), "");
    }
}
