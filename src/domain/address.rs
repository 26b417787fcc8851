//! A mail address that can go into a header or an SMTP command as it stands.
//!
//! Owns the hygiene of addresses. Must not know: whose address it is, nor whether it exists.

use std::fmt;

/// Longest address accepted, in bytes (RFC 5321 §4.5.3.1.3 less the angle brackets).
const LONGEST_ADDRESS: usize = 254;
/// Longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;

/// One mailbox, ASCII only, without display name; the domain is lower case.
///
/// No value holds white space, control characters, quotes or angle brackets, so neither a header nor an SMTP
/// command can be injected through it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Nothing was given.
    #[error("is empty")]
    Empty,
    /// Not exactly one `@` with something on both sides.
    #[error("needs exactly one `@` with text on both sides")]
    NoSingleAt,
    /// Several addresses in one field.
    #[error("holds a separator: one address per row")]
    Separator,
    /// Full-width or Chinese characters.
    #[error("holds `{0}`, which is not plain ASCII (full-width input?)")]
    NotAscii(char),
    /// A character that no relay accepts unquoted.
    #[error("holds `{0}`, which an address cannot hold")]
    BadCharacter(char),
    /// A dot at an end of a part, or two in a row.
    #[error("has a dot at the edge of a part, or two in a row")]
    BadDot,
    /// A domain without a dot.
    #[error("has a domain without a dot")]
    BareDomain,
    /// Longer than SMTP carries.
    #[error("is longer than SMTP carries")]
    TooLong,
}

impl Address {
    /// Reads one address; white space around it is dropped.
    ///
    /// # Errors
    ///
    /// An [`AddressFault`] naming the first thing wrong with it.
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

    /// The address as it goes into an envelope.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// A form fit for logs: first character, then the domain.
    pub fn masked(&self) -> String {
        let first = self.0.get(..1).unwrap_or_default();
        format!("{first}***@{}", self.domain())
    }
}

/// The text with every address in it masked: fit for logs, and for reading what a relay means whoever it speaks of.
///
/// ```
/// use duban::domain::address::mask_addresses;
/// assert_eq!(mask_addresses("5.1.1 <spf@x.example>: unknown"), "5.1.1 <***>: unknown");
/// ```
pub fn mask_addresses(text: &str) -> String {
    let is_of_address = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        masked.push_str(before.trim_end_matches(is_of_address));
        masked.push_str("***");
        rest = after.trim_start_matches(is_of_address);
    }
    masked.push_str(rest);
    masked
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked, so that no log or panic shows a whole address by accident.
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
