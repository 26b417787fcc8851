//! Reads one SMTP reply of limited size.
//!
//! Must not know: which reply is expected.

use std::io::ErrorKind;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use crate::domain::delivery::{Fault, Reply};

/// RFC 5321 §4.5.3.1.5 asks for 512 octets a line; many relays write more.
const LONGEST_LINE: u64 = 4096;
/// No relay we know announces more than thirty extensions.
const MOST_LINES: usize = 100;
/// How much of the text is kept, in bytes.
const LONGEST_TEXT: usize = 1024;

/// A reply with separate lines, as EHLO needs them.
pub(super) struct ReplyLines {
    pub(super) code: u16,
    pub(super) texts: Vec<String>,
}

impl From<ReplyLines> for Reply {
    fn from(lines: ReplyLines) -> Self {
        let mut text = lines.texts.join(" ");
        while text.len() > LONGEST_TEXT {
            text.pop();
        }
        Self { code: lines.code, text }
    }
}

pub(super) async fn read_reply(
    input: &mut (impl AsyncBufRead + Unpin),
) -> Result<ReplyLines, Fault> {
    let mut texts = Vec::new();
    loop {
        let line = read_line(input).await?;
        let (code, last, text) = split_line(&line).ok_or(Fault::MalformedReply)?;
        texts.push(text);
        if last {
            return Ok(ReplyLines { code, texts });
        }
        if texts.len() >= MOST_LINES {
            return Err(Fault::MalformedReply);
        }
    }
}

async fn read_line(input: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>, Fault> {
    let mut line = Vec::new();
    input
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .await
        .map_err(|error| Fault::broken(&error))?;
    match line.last() {
        Some(b'\n') => Ok(line),
        Some(_) if u64::try_from(line.len()) == Ok(LONGEST_LINE) => Err(Fault::MalformedReply),
        _ => Err(Fault::Broken {
            kind: ErrorKind::ConnectionReset,
            detail: "closed by the relay".to_owned(),
        }),
    }
}

/// Splits `250-TEXT` or `250 TEXT` into code, "last line" and printable text.
fn split_line(line: &[u8]) -> Option<(u16, bool, String)> {
    let line = line.trim_ascii_end();
    let (digits, rest) = line.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let last = match rest.first() {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return None,
    };
    let text = String::from_utf8_lossy(rest.get(1..).unwrap_or_default());
    (200..600)
        .contains(&code)
        .then(|| (code, last, text.chars().filter(|c| !c.is_control()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<Reply, Fault> {
        read_reply(&mut &bytes[..]).await.map(Reply::from)
    }

    #[tokio::test]
    async fn several_lines_make_one_reply() {
        let reply =
            read(b"250-relay.example\r\n250-SIZE 10\r\n250 PIPELINING\r\n220 next\r\n").await;
        let text = "relay.example SIZE 10 PIPELINING".to_owned();
        assert_eq!(reply, Ok(Reply { code: 250, text }));
    }

    #[tokio::test]
    async fn bytes_that_are_no_reply_are_malformed() {
        for bytes in [&b"hello\r\n"[..], b"25 ok\r\n", b"2500 ok\r\n", b"999 ok\r\n", b"\r\n"] {
            assert_eq!(read(bytes).await, Err(Fault::MalformedReply), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn a_reply_cut_short_is_a_broken_connection() {
        assert!(matches!(read(b"250-one\r\n250 tw").await, Err(Fault::Broken { .. })));
        assert!(matches!(read(b"").await, Err(Fault::Broken { .. })));
    }

    #[tokio::test]
    async fn a_reply_without_end_is_refused() {
        assert_eq!(read(&b"250-more\r\n".repeat(200)).await, Err(Fault::MalformedReply));
        assert_eq!(read(&b"2".repeat(100_000)).await, Err(Fault::MalformedReply));
    }

    #[tokio::test]
    async fn control_characters_of_the_relay_reach_no_log() {
        let reply = read(b"550 \x1b[31mno\x07\r\n").await.unwrap();
        assert_eq!(reply.text, "[31mno");
    }
}
