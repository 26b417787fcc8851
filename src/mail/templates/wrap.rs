//! Breaks text into lines of a plain-text mail the way Chinese is set.
//!
//! Must not know: what the text says.

use unicode_width::UnicodeWidthChar;

/// Cells of a line: 38 Chinese characters, which no client breaks again.
const LINE_CELLS: usize = 76;

/// Breaks `text` so that no line passes 76 cells; every line but the first begins with `indent` blanks, and the
/// first is taken to begin at that column.
///
/// A word of Latin letters or digits is never broken, no line begins with a closing mark nor ends with an opening
/// one; only a word longer than a line passes the edge.
pub(super) fn hanging(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for piece in pieces(text) {
        let cells = width(piece.trim_end());
        if column > indent && column + cells > LINE_CELLS {
            lines.truncate(lines.trim_end().len());
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        }
        lines.push_str(piece);
        column += width(piece);
    }
    lines
}

/// Cells of `text` in a Chinese client, where quotation marks and dashes are wide.
fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width_cjk).sum()
}

/// The smallest parts that stay together, in order; joined they are the text.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at_checked(first_break(rest)).unwrap_or((rest, ""));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Byte offset of the first place where a line may end; the length of `text` when there is none.
fn first_break(text: &str) -> usize {
    let pairs = text.char_indices().zip(text.chars().skip(1));
    pairs
        .filter(|((_, left), right)| may_break(*left, *right))
        .map(|((at, left), _)| at + left.len_utf8())
        .next()
        .unwrap_or(text.len())
}

fn may_break(left: char, right: char) -> bool {
    let closes = "，。、；：？！）》〉】〕”’…—%,.;:?!)]}".contains(right);
    let opens = "（《〈【〔“‘([{".contains(left);
    let inside_word = left.is_ascii_graphic() && right.is_ascii_graphic();
    !(closes || opens || inside_word || right == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_thirty_eight_chinese_characters() {
        let lines = hanging(&"督".repeat(40), 0);
        assert_eq!(lines, format!("{}\n{}", "督".repeat(38), "督".repeat(2)));
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
        assert_eq!(
            hanging(&format!("{}督，办", "督".repeat(37)), 0),
            format!("{}\n督，办", "督".repeat(37))
        );
        assert_eq!(
            hanging(&format!("{}（督办）", "督".repeat(37)), 0),
            format!("{}\n（督办）", "督".repeat(37))
        );
    }

    #[test]
    fn a_web_address_stays_whole() {
        let address = format!("https://yuzhong.example/{}", "a".repeat(80));
        assert_eq!(hanging(&format!("公开于{address}。"), 3), format!("公开于\n   {address}。"));
    }

    #[test]
    fn joined_lines_are_the_text() {
        let text = "将中国政府法制信息网“行政法规库”和市司法局网站“市政府规章库”链接到区政府门户网站“履职依据”栏目，IPv6 改造。";
        assert_eq!(hanging(text, 10).replace("\n          ", ""), text);
    }
}
