//! A way out on which no character can act on a terminal or hide what is said: whatever a title, a document or a relay's
//! reply holds, escapes, direction marks and zero-width characters appear as `\u202e`, which JSON reads back.
//!
//! Must not know: what is printed. Callers: `terminal`.

use std::io::{self, Write};

use crate::domain::hidden::is_hidden;

/// Begins every CSV for people.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Writes text to `inner` with its hidden characters made visible.
pub(super) struct Shown {
    inner: Box<dyn Write + Send>,
    /// The beginning of a character whose rest has not come yet; a carriage return whose line feed has not.
    begun: Vec<u8>,
    is_at_start: bool,
}

impl Shown {
    pub(super) fn new(inner: Box<dyn Write + Send>) -> Self {
        Self { inner, begun: Vec::new(), is_at_start: true }
    }

    /// Writes bytes as they stand, for a file.
    pub(super) fn write_exactly(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        let mut shown = String::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            let is_mark = c == BYTE_ORDER_MARK && self.is_at_start && at == 0;
            let ends_line =
                c == '\r' && text.get(at..).is_some_and(|rest| rest.starts_with("\r\n"));
            if !is_hidden(c) || is_mark || ends_line || matches!(c, '\n' | '\t') {
                shown.push(c);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                let code = format!("\\u{unit:04x}");
                shown.push_str(&code);
            }
        }
        self.is_at_start &= text.is_empty();
        self.inner.write_all(shown.as_bytes())
    }

    /// Writes what can be decided; keeps the rest.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (text, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, &[][..]),
            Err(fault) => {
                let (whole, rest) = bytes.split_at(fault.valid_up_to());
                let text = std::str::from_utf8(whole).unwrap_or_default();
                if let Some(length) = fault.error_len() {
                    self.show(text)?;
                    let (bad, rest) = rest.split_at(length);
                    self.show(&String::from_utf8_lossy(bad))?;
                    return self.take(rest);
                }
                (text, rest)
            }
        };
        let (text, rest) = match text.strip_suffix('\r').filter(|_| rest.is_empty()) {
            Some(before) => (before, &b"\r"[..]),
            None => (text, rest),
        };
        self.begun = rest.to_vec();
        if text.is_empty() { Ok(()) } else { self.show(text) }
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
        if self.begun.is_empty() && bytes.iter().all(is_plain) {
            self.is_at_start &= bytes.is_empty();
            self.inner.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let mut begun = std::mem::take(&mut self.begun);
        begun.extend_from_slice(bytes);
        self.take(&begun)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Drop for Shown {
    /// What was begun and never finished; nobody is left to tell when this fails.
    fn drop(&mut self) {
        let begun = std::mem::take(&mut self.begun);
        if !begun.is_empty() {
            drop(self.show(&String::from_utf8_lossy(&begun)));
            drop(self.inner.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Written in pieces of so many bytes.
    fn shown(text: &[u8], piece: usize) -> String {
        let kept = Kept::default();
        let mut out = Shown::new(Box::new(kept.clone()));
        for piece in text.chunks(piece) {
            out.write_all(piece).unwrap();
        }
        drop(out);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_character_acts_on_the_terminal_however_it_is_cut() {
        let hostile = "\u{feff}清\u{1b}]52;c;x\u{7}理\r\n\u{202e}甲\u{200b}\u{9b}1m\t\u{e0041}。\r乙\u{feff}\n";
        let safe = "\u{feff}清\\u001b]52;c;x\\u0007理\r\n\\u202e甲\\u200b\\u009b1m\t\\udb40\\udc41。\\u000d乙\\ufeff\n";
        for piece in 1..hostile.len() {
            assert_eq!(shown(hostile.as_bytes(), piece), safe, "{piece}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_seen_as_such() {
        for piece in 1..4 {
            assert_eq!(shown(b"a\xffb\xe6\xb8", piece), "a\u{fffd}b\u{fffd}", "{piece}");
        }
    }
}
