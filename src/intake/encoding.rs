//! Bytes to text: UTF-8 with or without mark, UTF-16 with mark, GB18030 (which holds GBK and GB 2312), Big5.
//!
//! Must not know: what the text says.

use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, UTF_8};

/// How many bytes tell the encoding.
const SAMPLE: usize = 16 * 1024;

/// Bytes that are not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// Offset of the first byte that fits no encoding.
    pub(super) at: usize,
    /// Its line, from 1.
    pub(super) line: usize,
}

/// Decodes `bytes` and brings every line end to `\n`. A lossy guess is never made.
pub(super) fn decode(bytes: &[u8]) -> Result<String, NotText> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(marked) => marked,
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None if is_big5(bytes) => (BIG5, 0),
        None => (GB18030, 0),
    };
    if let Some(damaged) = damaged_utf8(bytes.get(mark..).unwrap_or_default(), encoding) {
        return Err(NotText { at: mark + damaged.at, ..damaged });
    }
    let body = bytes.get(mark..).unwrap_or_default();
    let text = encoding.decode_without_bom_handling_and_without_replacement(body);
    // nobody writes private-use characters: the bytes are of another encoding
    let text = text.filter(|text| encoding != GB18030 || !text.chars().any(is_private));
    let text = text.ok_or_else(|| first_bad(bytes, encoding, mark))?;
    match text.find('\0') {
        Some(place) => Err(first_nul(&text, place, encoding, mark)),
        None if text.contains('\r') => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        None => Ok(text.into_owned()),
    }
}

/// The commonest characters of Chinese, in simplified and traditional script.
const COMMON: &str = include_str!("common_characters.txt");

/// True for bytes that are text in Big5: read so, they hold far more of the commonest characters than read as GB18030. Most
/// texts in Big5 decode as GB18030 too, into characters that nobody writes.
fn is_big5(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let common = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(head);
        text.chars().filter(|c| !c.is_ascii() && COMMON.contains(*c)).count()
    };
    let is_whole = BIG5.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    is_whole && common(BIG5) > 2 * common(GB18030) + 2
}

/// The first bad byte of a text that is UTF-8 almost everywhere. GB18030 would take nearly all of it, for other characters
/// than were written; Chinese in GB18030 has next to no sequences of three bytes that are UTF-8.
fn damaged_utf8(bytes: &[u8], encoding: &'static Encoding) -> Option<NotText> {
    if encoding != GB18030 {
        return None;
    }
    let (mut characters, mut faults, mut first) = (0_usize, 0_usize, None);
    let mut place = 0;
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| *c >= '\u{800}').count();
        if !chunk.invalid().is_empty() {
            faults += 1;
            first.get_or_insert(place + chunk.valid().len());
        }
        place += chunk.valid().len() + chunk.invalid().len();
    }
    let at = first.filter(|_| characters > faults)?;
    let before = String::from_utf8_lossy(bytes.get(..at)?);
    Some(NotText { at, line: line_behind(&before) })
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The first byte that cannot be decoded. Bytes without a mark may be UTF-8 or GB18030: the encoding that decodes more of
/// them is taken.
fn first_bad(bytes: &[u8], encoding: &'static Encoding, mark: usize) -> NotText {
    let mut at = mark + readable(encoding, bytes.get(mark..).unwrap_or_default());
    let mut taken = encoding;
    let as_utf8 = std::str::from_utf8(bytes).map_or_else(|fault| fault.valid_up_to(), str::len);
    if mark == 0 && as_utf8 > at {
        (at, taken) = (as_utf8, UTF_8);
    }
    let (before, _) = taken.decode_without_bom_handling(bytes.get(mark..at).unwrap_or_default());
    NotText { at, line: line_behind(&before) }
}

/// How many bytes can be read before the first that cannot.
fn readable(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = [0; 4096];
    let mut read = 0;
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        let (result, taken, _) =
            decoder.decode_to_utf8_without_replacement(rest, &mut buffer, true);
        read += taken;
        match result {
            DecoderResult::InputEmpty => return read,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, behind) => {
                return read.saturating_sub(usize::from(length) + usize::from(behind));
            }
        }
    }
}

/// Where the NUL at byte `place` of the decoded text stands in the file.
fn first_nul(text: &str, place: usize, encoding: &'static Encoding, mark: usize) -> NotText {
    let before = text.get(..place).unwrap_or_default();
    let at = if encoding == UTF_8 {
        before.len()
    } else if encoding == GB18030 {
        GB18030.encode(before).0.len()
    } else {
        before.encode_utf16().count() * 2
    };
    NotText { at: mark + at, line: line_behind(before) }
}

fn line_behind(before: &str) -> usize {
    before.matches('\n').count() + 1
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
    fn big5_is_told_from_gb18030() {
        let text = "關於做好年度重點工作的通知\n各單位應於六月底前完成自查，並報送工作總結。\n";
        let big5 = BIG5.encode(text).0;
        assert_eq!(decode(&big5).unwrap(), text);
        for text in [
            "关于做好年度重点工作的通知\n各单位应于六月底前完成自查。\n",
            "关于\n",
            "單位,別名\n區教委,\n",
        ] {
            assert_eq!(decode(&GB18030.encode(text).0).unwrap(), text);
        }
    }

    #[test]
    fn bytes_of_no_encoding_are_refused_with_their_place() {
        assert_eq!(decode(b"abc\xff\xff"), Err(NotText { at: 3, line: 1 }));
        assert_eq!(decode(b"a\nb\0c"), Err(NotText { at: 3, line: 2 }));
    }

    #[test]
    fn utf8_that_lost_any_byte_is_refused_at_its_line_and_never_read_as_gb18030() {
        let text = "unit,contact,email,rank\n区教委办公室,张三,a@x.example,handler\n区民政局,李四,b@x.example,handler\n";
        let mut damaged = 0;
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes.remove(at);
            if std::str::from_utf8(&bytes).is_err() {
                damaged += 1;
                let line = text[..text.floor_char_boundary(at)].matches('\n').count() + 1;
                assert_eq!(decode(&bytes).map_err(|fault| fault.line), Err(line), "byte {at}");
            }
        }
        assert!(damaged > 40, "{damaged}");
    }

    #[test]
    fn gb18030_of_any_length_is_still_read() {
        for text in ["甲", "区教委", "单位,别名\n区教委,教委\n", "关于印发《重点任务分工》的通知\n"]
        {
            assert_eq!(decode(&GB18030.encode(text).0).unwrap(), text);
        }
    }

    #[test]
    fn one_bad_byte_far_down_is_found_in_every_encoding() {
        let text = "区教委,每月\n".repeat(9_000);
        for encoding in [GB18030, UTF_8] {
            let mut bytes = encoding.encode(&text).0.into_owned();
            let at = bytes.len();
            bytes.extend(b"\xff,\n");
            assert_eq!(decode(&bytes), Err(NotText { at, line: 9_001 }), "{}", encoding.name());
        }
        let mut marked: Vec<u8> = vec![0xff, 0xfe];
        marked.extend("上\n上\0".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&marked), Err(NotText { at: 8, line: 2 }));
    }
}
