//! A mail address that is safe in headers and SMTP commands.
//!
//! Must not know: whose address it is, whether it exists.

use std::fmt;

use crate::words;
use crate::words::{Lang, Say};

/// In bytes (RFC 5321 §4.5.3.1.3 less the angle brackets).
const LONGEST_ADDRESS: usize = 254;
/// The part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;

/// One mailbox, ASCII only, without display name; the domain is lower case.
///
/// No value holds white space, control characters, quotes or angle brackets, so neither a header nor an SMTP
/// command can be injected through it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum AddressFault {
    Empty,
    /// Not exactly one `@` with text on both sides.
    NoSingleAt,
    /// Several addresses in one field.
    Separator,
    /// A full-width or Chinese character.
    NotAscii(char),
    /// A character that no relay accepts unquoted.
    BadCharacter(char),
    /// A dot or hyphen at the edge of a part, or two dots in a row.
    BadDot,
    /// A domain without a dot.
    BareDomain,
    /// Longer than SMTP allows.
    TooLong,
}

/// In English the subject is missing: "it contains …".
impl Say for AddressFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty => lang.pick("为空", "is empty").to_owned(),
            Self::NoSingleAt => lang
                .pick(
                    "须有且只有一个@，且前后都有内容",
                    "needs exactly one `@` with text on both sides",
                )
                .to_owned(),
            Self::Separator => lang
                .pick("一格只能填一个地址", "contains a separator: write one address")
                .to_owned(),
            Self::NotAscii(character) => words!(
                lang,
                zh = "含有“{character}”，不是半角字符",
                en = "contains `{character}`, which is not plain ASCII (full-width input?)",
            ),
            Self::BadCharacter(character) => words!(
                lang,
                zh = "含有不允许的字符“{shown}”",
                en = "contains `{shown}`, which is not allowed in an address",
                shown = character.escape_debug(),
            ),
            Self::BadDot => lang
                .pick(
                    "点号位置不对",
                    "has a dot or hyphen at the edge of a part, or two dots in a row",
                )
                .to_owned(),
            Self::BareDomain => {
                lang.pick("域名中没有点号", "has a domain without a dot").to_owned()
            }
            Self::TooLong => lang.pick("过长", "is longer than SMTP allows").to_owned(),
        }
    }
}

impl Address {
    /// Reads one address; white space around it is dropped.
    ///
    /// # Errors
    ///
    /// The first [`AddressFault`] found.
    ///
    /// ```
    /// use duban::domain::address::{Address, AddressFault};
    /// assert_eq!(Address::parse(" a@Yuzhong.Example ").unwrap().as_str(), "a@yuzhong.example");
    /// assert_eq!(Address::parse("a@b.example；c@b.example"), Err(AddressFault::Separator));
    /// ```
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressFault::Empty);
        }
        if text.contains([';', ',', '；', '，', '、']) {
            return Err(AddressFault::Separator);
        }
        if let Some(stranger) = text.chars().find(|c| !c.is_ascii()) {
            return Err(AddressFault::NotAscii(stranger));
        }
        let (local, domain) = text.split_once('@').ok_or(AddressFault::NoSingleAt)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressFault::NoSingleAt);
        }
        check_local_part(local)?;
        check_domain(domain)?;
        if local.len() > LONGEST_LOCAL_PART || text.len() > LONGEST_ADDRESS {
            return Err(AddressFault::TooLong);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when both reach one mailbox: in practice no mail system tells upper from lower case.
    ///
    /// ```
    /// use duban::domain::address::Address;
    /// let [a, b] = ["CAI1@x.example", "cai1@X.example"].map(|text| Address::parse(text).unwrap());
    /// assert!(a != b && a.is_same_mailbox(&b));
    /// ```
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// For logs: the first character and the domain.
    pub fn masked(&self) -> String {
        let first = self.0.get(..1).unwrap_or_default();
        format!("{first}***@{}", self.domain())
    }
}

/// Masks every address in `text`, for logs and for the classification of replies.
///
/// ```
/// use duban::domain::address::mask_addresses;
/// assert_eq!(mask_addresses("5.1.1 <spf@x.example>: unknown"), "5.1.1 <***>: unknown");
/// ```
pub fn mask_addresses(text: &str) -> String {
    let is_address_character =
        |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        masked.push_str(before.trim_end_matches(is_address_character));
        masked.push_str("***");
        rest = after.trim_start_matches(is_address_character);
    }
    masked.push_str(rest);
    masked
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked, so that logs and panics never show a whole address.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.masked())
    }
}

fn check_local_part(local: &str) -> Result<(), AddressFault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    match local.chars().find(|c| !allowed(*c)) {
        Some(bad) => Err(AddressFault::BadCharacter(bad)),
        None if local.split('.').any(str::is_empty) => Err(AddressFault::BadDot),
        None => Ok(()),
    }
}

fn check_domain(domain: &str) -> Result<(), AddressFault> {
    if let Some(bad) = domain.chars().find(|c| !(c.is_ascii_alphanumeric() || "-.".contains(*c))) {
        return Err(AddressFault::BadCharacter(bad));
    }
    if domain
        .split('.')
        .any(|label| label.is_empty() || label.starts_with('-') || label.ends_with('-'))
    {
        return Err(AddressFault::BadDot);
    }
    if domain.contains('.') { Ok(()) } else { Err(AddressFault::BareDomain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_inject_a_header_or_a_command_is_refused() {
        assert_eq!(Address::parse("a\r\nBcc: x@b.cn@b.cn"), Err(AddressFault::NoSingleAt));
        assert_eq!(Address::parse("a\nb@c.cn"), Err(AddressFault::BadCharacter('\n')));
        assert_eq!(Address::parse("<a@c.cn>"), Err(AddressFault::BadCharacter('<')));
        assert_eq!(Address::parse("a b@c.cn"), Err(AddressFault::BadCharacter(' ')));
    }

    #[test]
    fn full_width_input_is_named() {
        assert_eq!(Address::parse("ａ@c.cn"), Err(AddressFault::NotAscii('ａ')));
        assert_eq!(Address::parse("a＠c.cn"), Err(AddressFault::NotAscii('＠')));
    }

    #[test]
    fn dots_must_stand_between_text() {
        for text in [".a@c.cn", "a.@c.cn", "a..b@c.cn", "a@c..cn", "a@.cn", "a@-c.cn"] {
            assert_eq!(Address::parse(text), Err(AddressFault::BadDot), "{text}");
        }
        assert_eq!(Address::parse("a@localhost"), Err(AddressFault::BareDomain));
    }

    #[test]
    fn debug_output_never_shows_the_mailbox() {
        assert_eq!(format!("{:?}", Address::parse("zhangsan@c.cn").unwrap()), "Address(z***@c.cn)");
    }
}
