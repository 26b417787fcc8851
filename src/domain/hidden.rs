//! Characters that are not seen but change what is seen (Unicode TR 36): controls and escapes, direction marks and
//! overrides, zero-width characters, tags; and names that look alike.
//!
//! Must not know: where a text comes from, what is done about a hidden character.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// True for a control, a direction mark or override, a zero-width character, a tag. Line breaks and tabs are controls.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The first hidden character; a line break or a tab in a cell is none.
pub fn first_hidden(text: &str) -> Option<char> {
    text.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\r' | '\t'))
}

/// The text without its hidden characters; line breaks and tabs stay.
pub fn without_hidden(text: &str) -> Cow<'_, str> {
    match first_hidden(text) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(
            text.chars().filter(|c| !is_hidden(*c) || matches!(c, '\n' | '\r' | '\t')).collect(),
        ),
    }
}

/// The text on one line: without hidden characters, white space single.
///
/// ```
/// use duban::domain::hidden::one_line;
/// assert_eq!(one_line("清\u{1b}[31m理\r\n 公示"), "清[31m理 公示");
/// ```
pub fn one_line(text: &str) -> String {
    let shown: String = text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a person is told of a character that cannot be shown: `U+202E`.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What two names have in common that look alike: without hidden characters and spaces, in one width, Latin for the Greek
/// and Cyrillic letters that look like it.
///
/// ```
/// use duban::domain::hidden::look;
/// assert_eq!(look("区政府 ＡВ\u{200b}"), look("区政府AB"));
/// assert_ne!(look("区政府A"), look("区政府a"));
/// ```
pub fn look(name: &str) -> String {
    let seen = name.nfkc().filter(|c| !is_hidden(*c) && !c.is_whitespace());
    seen.map(latin).collect()
}

/// The Latin letter that looks like `c`, or `c` itself.
fn latin(c: char) -> char {
    const LIKE: [(&str, char); 33] = [
        ("ΑА", 'A'),
        ("ΒВ", 'B'),
        ("СϹ", 'C'),
        ("ΕЕ", 'E'),
        ("Ԍ", 'G'),
        ("ΗН", 'H'),
        ("ΙІӀ", 'I'),
        ("Ј", 'J'),
        ("ΚК", 'K'),
        ("ΜМ", 'M'),
        ("Ν", 'N'),
        ("ΟО", 'O'),
        ("ΡР", 'P'),
        ("Ѕ", 'S'),
        ("ΤТ", 'T'),
        ("Ѵ", 'V'),
        ("Ԝ", 'W'),
        ("ΧХ", 'X'),
        ("ΥҮ", 'Y'),
        ("Ζ", 'Z'),
        ("а", 'a'),
        ("сϲ", 'c'),
        ("ԁ", 'd'),
        ("е", 'e'),
        ("һ", 'h'),
        ("і", 'i'),
        ("ј", 'j'),
        ("οо", 'o'),
        ("р", 'p'),
        ("ѕ", 's'),
        ("ν", 'v'),
        ("х", 'x'),
        ("у", 'y'),
    ];
    if c.is_ascii() || c > '\u{52f}' {
        return c;
    }
    LIKE.iter().find(|(alike, _)| alike.contains(c)).map_or(c, |(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_found_and_line_breaks_are_not_meant() {
        assert_eq!(first_hidden("清理\n公示\t\r"), None);
        for (text, found) in [
            ("清\u{1b}[31m", '\u{1b}'),
            ("清\u{202e}理", '\u{202e}'),
            ("a\u{9b}b", '\u{9b}'),
            ("甲\u{200b}", '\u{200b}'),
            ("甲\u{2028}乙", '\u{2028}'),
        ] {
            assert_eq!(first_hidden(text), Some(found));
            assert_eq!(first_hidden(&without_hidden(text)), None);
        }
    }

    #[test]
    fn names_that_look_alike_have_one_look_and_others_have_not() {
        for (one, other) in [
            ("单位\u{200b}零宽", "单位零宽"),
            ("区政府аb", "区政府ab"),
            ("区政府ＡＢ", "区政府AB"),
            ("⼈社局", "人社局"),
        ] {
            assert_eq!(look(one), look(other), "{one}");
        }
        assert_ne!(look("区教委"), look("区民政局"));
    }
}
