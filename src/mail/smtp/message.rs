//! The bytes of a message as SMTP transmits them.
//!
//! Must not know: commands, replies.

use std::borrow::Cow;

use memchr::{memchr2_iter, memmem};

use crate::domain::delivery::Unfit;

/// Checks that every line ends in CR LF and nothing else does: what one relay reads as text and the next as the
/// end of the message is how mails are smuggled.
pub(super) fn check_line_ends(raw: &[u8]) -> Result<(), Unfit> {
    let mut after_pair = 0;
    for at in memchr2_iter(b'\r', b'\n', raw).step_by(2) {
        after_pair = at + 2;
        if raw.get(at..after_pair) != Some(b"\r\n") {
            return Err(Unfit::BareLineEnd);
        }
    }
    if after_pair == raw.len() && after_pair > 0 { Ok(()) } else { Err(Unfit::BareLineEnd) }
}

/// Doubles the dot at the start of a line (RFC 5321 §4.5.2).
pub(super) fn dot_stuffed(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.starts_with(b".") && memmem::find(raw, b"\n.").is_none() {
        return Cow::Borrowed(raw);
    }
    let mut stuffed = Vec::with_capacity(raw.len() + raw.len() / 64);
    let mut at_line_start = true;
    for byte in raw {
        if at_line_start && *byte == b'.' {
            stuffed.push(b'.');
        }
        stuffed.push(*byte);
        at_line_start = *byte == b'\n';
    }
    Cow::Owned(stuffed)
}

/// Encodes a value for ENVID or ORCPT (RFC 3461 §4).
pub(super) fn xtext(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'+' | b'=' => format!("+{byte:02X}"),
        b'!'..=b'~' => char::from(byte).to_string(),
        _ => format!("+{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_dot_at_the_start_of_a_line_is_doubled() {
        assert_eq!(&*dot_stuffed(b".a\r\n..\r\nb.\r\n"), b"..a\r\n...\r\nb.\r\n");
        assert!(matches!(dot_stuffed(b"a.b\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_cr_lf_ends_a_line() {
        assert_eq!(check_line_ends(b"a\r\nb\r\n"), Ok(()));
        for raw in [&b"a\nb\r\n"[..], b"a\rb\r\n", b"a\r\n.\n\r\n", b"a", b"a\r\nb", b"a\r", b""] {
            assert_eq!(check_line_ends(raw), Err(Unfit::BareLineEnd), "{raw:?}");
        }
    }

    #[test]
    fn xtext_hides_plus_equals_and_spaces() {
        assert_eq!(xtext("a+b=c d@e.f"), "a+2Bb+3Dc+20d@e.f");
    }

    proptest! {
        #[test]
        fn a_line_ends_where_cr_and_lf_stand_together_and_nowhere_else(raw in "[a\r\n]{0,6}") {
            let without_ends = raw.replace("\r\n", "");
            let holds = raw.ends_with("\r\n") && !without_ends.contains(['\r', '\n']);
            prop_assert_eq!(check_line_ends(raw.as_bytes()).is_ok(), holds);
        }

        #[test]
        fn stuffed_text_never_holds_the_end_of_data_and_unstuffs_to_itself(
            lines in proptest::collection::vec("[.a]{0,4}", 1..12)
        ) {
            let raw = lines.join("\r\n") + "\r\n";
            let wire = dot_stuffed(raw.as_bytes()).into_owned();
            let framed = [b"\r\n", &wire[..]].concat();
            prop_assert!(!framed.windows(5).any(|five| five == b"\r\n.\r\n"));
            let back = String::from_utf8(wire).unwrap();
            let unstuffed = back
                .split_inclusive("\r\n")
                .map(|line| line.strip_prefix('.').unwrap_or(line))
                .collect::<String>();
            prop_assert_eq!(unstuffed, raw);
        }
    }
}
