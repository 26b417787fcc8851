//! Breaks text into lines of limited cell width.
//!
//! Must not know: what the text says. Callers: table, and the help of the command line.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Must not begin a line.
const CLOSING: &str = "，。、；：！？）》」』】〕”’,.;:!?)]}%％…";
/// Must not end a line.
const OPENING: &str = "（《「『【〔“‘([{<";
/// What ends a word or a list of words.
const BETWEEN_WORDS: [char; 10] = [' ', '：', '，', '。', '、', '；', '（', '）', '(', ')'];
/// Words with at least this many ASCII commas between them are a list, such as the headers of a CSV file.
const COMMAS_OF_A_LIST: usize = 3;
/// Stay with the digits beside them: 2022年12月31日, 20个工作日, 第3期.
const BESIDE_DIGITS: &str = "年月日时分秒号第个项次期天";

/// Breaks `text` into lines of at most `width` cells: at blanks and beside Chinese characters, never inside a date, a
/// number or a word of a list (事项,时限,起算日,责任单位). Only a piece that is wider than `width` by itself is cut. Line breaks of the text stay. At least one line is returned.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width && !text.contains('\n') {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for piece in pieces(paragraph).into_iter().flat_map(|piece| cut(piece, width)) {
            let fits = line.width() + piece.trim_end().width() <= width;
            if !fits && !line.is_empty() {
                lines.push(line.trim_end().to_owned());
                line.clear();
            }
            line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The cell width of the widest piece that is not broken, of any paragraph.
pub(super) fn widest_piece(text: &str) -> usize {
    let paragraphs = text.split('\n');
    paragraphs.flat_map(pieces).map(|piece| piece.trim_end().width()).max().unwrap_or_default()
}

/// The pieces between two places where a line may break, each with the blanks behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    let lists = lists_in(text);
    for (index, character) in text.char_indices() {
        let in_list = lists.iter().any(|list| list.start < index && index < list.end);
        let breaks = |before| if in_list { before == ',' } else { may_break(before, character) };
        if before.is_some_and(breaks) {
            let (done, _) = text.split_at(index);
            pieces.extend(done.get(start..));
            start = index;
        }
        before = Some(character);
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

/// Where lists with ASCII commas and without blanks stand in `text`.
fn lists_in(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut lists = Vec::new();
    for part in text.split_inclusive(BETWEEN_WORDS) {
        let words = part.trim_end_matches(BETWEEN_WORDS);
        if words.matches(',').count() >= COMMAS_OF_A_LIST {
            lists.push(start..start + words.len());
        }
        start += part.len();
    }
    lists
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    if before == '〕' && after.is_ascii_digit() {
        return false; // 国办发明电〔2025〕7号
    }
    let is_amount = |one: char, other: char| one.is_ascii_digit() && BESIDE_DIGITS.contains(other);
    if is_amount(before, after) || is_amount(after, before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2) || CLOSING.contains(character) && !character.is_ascii()
}

/// `piece` in parts of at most `width` cells; itself when it is no wider.
fn cut(piece: &str, width: usize) -> Vec<&str> {
    if piece.trim_end().width() <= width {
        return vec![piece];
    }
    let (mut parts, mut start, mut filled) = (Vec::new(), 0, 0);
    for (index, character) in piece.char_indices() {
        let cells = character.width().unwrap_or_default();
        if filled + cells > width && filled > 0 {
            parts.extend(piece.get(start..index));
            (start, filled) = (index, 0);
        }
        filled += cells;
    }
    parts.extend(piece.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_between_chinese_characters_and_before_no_closing_mark() {
        assert_eq!(wrap("全面清理行政规范性文件。", 12), ["全面清理行政", "规范性文件。"]);
        assert_eq!(wrap("清理文件，公布", 8), ["清理文", "件，公布"]);
    }

    #[test]
    fn a_date_an_amount_and_a_reference_are_never_broken() {
        assert_eq!(wrap("自2026-03-02起中止", 14), ["自2026-03-02起", "中止"]);
        assert_eq!(wrap("自2026-03-02起中止", 11), ["自", "2026-03-02", "起中止"]);
        assert_eq!(wrap("应于2022年12月31日前办结", 16), ["应于", "2022年12月31日前", "办结"]);
        assert_eq!(wrap("满20个工作日", 4), ["满", "20个", "工作", "日"]);
        assert_eq!(wrap("（国办发明电〔2025〕7号）", 14), ["（国办发明电", "〔2025〕7号）"]);
        assert_eq!(wrap("see YX-17/2026W02 first", 14), ["see", "YX-17/2026W02", "first"]);
    }

    #[test]
    fn a_list_of_words_breaks_behind_its_commas_only() {
        assert_eq!(
            wrap("表头为：事项,时限,起算日,责任单位。", 16),
            ["表头为：事项,", "时限,起算日,", "责任单位。"]
        );
        assert_eq!(
            wrap("(or title,when,trigger,lead).", 16),
            ["(or title,when,", "trigger,lead)."]
        );
    }

    #[test]
    fn what_is_wider_than_the_line_by_itself_is_cut() {
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("a\nb", 3), ["a", "b"]);
    }
}
