//! Bytes to text: UTF-8 with or without mark, UTF-16 with mark, GB18030 (which holds GBK and GB 2312).
//!
//! Must not know: what the text says.

use encoding_rs::{Encoding, GB18030};

/// Bytes that are no text; `at` is the first that fits no encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    pub(super) at: usize,
}

/// Decodes `bytes` and brings every line end to `\n`. A lossy guess is never made.
pub(super) fn decode(bytes: &[u8]) -> Result<String, NotText> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let body = bytes.get(mark..).unwrap_or_default();
            encoding.decode_without_bom_handling_and_without_replacement(body)
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.into()),
            Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
        },
    };
    let first_bad = || std::str::from_utf8(bytes).map_or_else(|fault| fault.valid_up_to(), |_| 0);
    let text = text.ok_or_else(|| NotText { at: first_bad() })?;
    match text.find('\0') {
        Some(at) => Err(NotText { at }),
        None if text.contains('\r') => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        None => Ok(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_an_office_saves_gives_the_same_text() {
        let (gbk, _, _) = GB18030.encode("单位,别名\r\n区教委,\r\n");
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("单位,别名\r\n区教委,\r\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let marked = "\u{feff}单位,别名\r\n区教委,\r\n".as_bytes();
        for bytes in [&gbk, utf16.as_slice(), marked, "单位,别名\n区教委,\n".as_bytes()] {
            assert_eq!(decode(bytes).unwrap(), "单位,别名\n区教委,\n");
        }
    }

    #[test]
    fn bytes_of_no_encoding_are_refused_with_their_place() {
        assert_eq!(decode(b"abc\xff\xff"), Err(NotText { at: 3 }));
        assert_eq!(decode(b"ab\0c"), Err(NotText { at: 2 }));
    }
}
