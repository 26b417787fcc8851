//! Text files and pasted text: paragraphs, and tables in the three shapes that pasting leaves behind.
//!
//! - one cell per line, each line beginning with a tab, rows apart by a blank line;
//! - one row per line, cells between tabs;
//! - one row per line, cells between `|`.
//!
//! Must not know: what the text says.

use super::fault::DocumentFault;
use super::model::{Block, Cell, Document, MOST_CELLS, TextSpan, VerticalMerge};

/// Fewest characters of a line that may have been wrapped.
const SHORTEST_WRAPPED: usize = 20;

/// Reads a text; places count its characters.
///
/// # Errors
///
/// [`DocumentFault::TooManyCells`].
pub(super) fn read(text: String) -> Result<Document, DocumentFault> {
    // cells stand between these
    if text.matches(['\t', '|', '｜']).nth(MOST_CELLS).is_some() {
        return Err(DocumentFault::TooManyCells { limit: MOST_CELLS });
    }
    let lines = lines_of(&text);
    let mut blocks = Vec::new();
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        let taken = match first.kind() {
            LineKind::Blank => 1,
            LineKind::Cell => cell_lines(rest, &mut blocks),
            LineKind::Row(separator) => row_lines(rest, separator, &mut blocks),
            LineKind::Words => paragraph_lines(rest, &mut blocks),
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    let length = text.chars().count();
    Ok(Document { text, blocks, removed: Vec::new(), length })
}

/// A line with the place of its first character.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Blank,
    /// Begins with a tab and has no other: one cell.
    Cell,
    /// Several cells.
    Row(char),
    Words,
}

fn lines_of(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        lines.push(Line { start, text: line });
        start += line.chars().count() + 1;
    }
    lines
}

impl Line<'_> {
    fn kind(&self) -> LineKind {
        if self.text.is_empty() {
            return LineKind::Blank;
        }
        let tabs = self.text.matches('\t').count();
        if self.text.starts_with('\t') && tabs == 1 {
            LineKind::Cell
        } else if tabs > 0 && !self.text.trim().is_empty() {
            LineKind::Row('\t')
        } else if self.text.trim().is_empty() {
            LineKind::Blank
        } else if self.text.matches(['|', '｜']).count() >= 2 {
            LineKind::Row('|')
        } else {
            LineKind::Words
        }
    }

    fn span(&self) -> TextSpan {
        let trimmed = self.text.trim_start();
        let skipped = self.text.chars().count() - trimmed.chars().count();
        TextSpan { start: self.start + skipped, text: trimmed.trim_end().to_owned() }
    }
}

/// One cell per line: a line without a tab continues the cell, a blank line before a tab ends the row.
fn cell_lines(lines: &[Line<'_>], blocks: &mut Vec<Block>) -> usize {
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new()];
    let mut after_blank = false;
    let mut taken = 0;
    // The character behind the last cell.
    let mut reached = 0;
    for (index, line) in lines.iter().enumerate() {
        match line.kind() {
            LineKind::Cell => {
                if after_blank {
                    rows.push(Vec::new());
                }
                let cell = Cell { span: line.span(), merge: VerticalMerge::Unknown };
                reached = cell.span.start + cell.span.text.chars().count();
                rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
                after_blank = false;
            }
            LineKind::Blank => after_blank = true,
            LineKind::Words | LineKind::Row(_) => {
                if !carries_on(&rows, line, after_blank) {
                    break;
                }
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    reached = extend(&mut cell.span, reached, line);
                }
                after_blank = false;
            }
        }
        taken = index + 1;
    }
    blocks.push(Block::Table(rows));
    taken
}

/// A line without a tab continues the last cell; an indented one, or one behind an empty cell and a blank line, stands
/// after the table.
fn carries_on(rows: &[Vec<Cell>], line: &Line<'_>, after_blank: bool) -> bool {
    let last = rows.last().and_then(|row| row.last());
    let is_filled = last.is_some_and(|cell| !cell.span.text.is_empty());
    !line.text.starts_with([' ', '\u{3000}']) && (is_filled || !after_blank)
}

/// Adds a line to a span that ends at character `reached`; returns where it ends now. Line ends in between are kept, so that
/// places in the span are places in the text.
fn extend(span: &mut TextSpan, reached: usize, line: &Line<'_>) -> usize {
    let text = line.text.trim_end();
    span.text.extend(std::iter::repeat_n('\n', line.start.saturating_sub(reached)));
    span.text.push_str(text);
    line.start + text.chars().count()
}

/// One row per line.
fn row_lines(lines: &[Line<'_>], separator: char, blocks: &mut Vec<Block>) -> usize {
    let is_row = |line: &&Line<'_>| line.kind() == LineKind::Row(separator);
    let table: Vec<_> = lines.iter().take_while(is_row).collect();
    let rows: Vec<_> = table
        .iter()
        .filter(|line| !line.text.trim_matches(['|', '-', ' ', ':', '\t']).is_empty())
        .map(|line| cells_of(line, separator))
        .collect();
    blocks.push(Block::Table(rows));
    table.len()
}

fn cells_of(line: &Line<'_>, separator: char) -> Vec<Cell> {
    let separators: &[char] = if separator == '|' { &['|', '｜'] } else { &['\t'] };
    let mut start = line.start;
    let mut cells = Vec::new();
    for text in line.text.split(separators) {
        cells.push(Cell { span: Line { start, text }.span(), merge: VerticalMerge::Unknown });
        start += text.chars().count() + 1;
    }
    if separator == '|' {
        // | a | b | has an edge on both sides
        let is_edge = |cell: Option<&Cell>| cell.is_some_and(|cell| cell.span.text.is_empty());
        if is_edge(cells.first()) && is_edge(cells.last()) && cells.len() > 2 {
            cells.remove(0);
            cells.pop();
        }
    }
    cells
}

/// Lines up to the end of a paragraph; a long line without a stop was wrapped.
fn paragraph_lines(lines: &[Line<'_>], blocks: &mut Vec<Block>) -> usize {
    let mut taken = 1;
    let Some(first) = lines.first() else { return taken };
    let mut span = first.span();
    let mut reached = span.start + span.text.chars().count();
    let mut last = *first;
    for line in lines.iter().skip(1) {
        if line.kind() != LineKind::Words || !is_wrapped(&last, line) {
            break;
        }
        reached = extend(&mut span, reached, line);
        last = *line;
        taken += 1;
    }
    blocks.push(Block::Paragraph(span));
    taken
}

fn is_wrapped(line: &Line<'_>, next: &Line<'_>) -> bool {
    let text = line.text.trim_end();
    text.chars().nth(SHORTEST_WRAPPED).is_some()
        && !text.ends_with(['。', '；', '：', '！', '？', '）', ')', ';', ':', '.'])
        && !next.text.starts_with([' ', '\u{3000}', '（', '('])
        && !begins_an_item(next.text)
}

/// 一、, （一）, 1., 第一条.
fn begins_an_item(text: &str) -> bool {
    let number: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十第".contains(*c))
        .collect();
    let behind = text.strip_prefix(number.as_str()).unwrap_or_default();
    !number.is_empty() && behind.starts_with(['、', '.', '．', '条', '章', '，'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(text: &str) -> Vec<Vec<Vec<String>>> {
        let rows = |rows: &Vec<Vec<Cell>>| {
            rows.iter().map(|row| row.iter().map(|cell| cell.span.text.clone()).collect()).collect()
        };
        read(text.to_owned())
            .unwrap()
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table(table) => Some(rows(table)),
                Block::Paragraph(_) => None,
            })
            .collect()
    }

    #[test]
    fn one_cell_per_line_with_blank_lines_between_rows() {
        let text = "题\n\n\t任务\n\t单位\n\n\t甲\n\n乙\n\t丙\n\n\t\n\t丁\n 落款";
        assert_eq!(tables(text), [[["任务", "单位"], ["甲\n\n乙", "丙"], ["", "丁"]]]);
    }

    #[test]
    fn one_row_per_line_with_tabs_or_bars() {
        assert_eq!(tables("甲\t乙\n丙\t丁\n"), [[["甲", "乙"], ["丙", "丁"]]]);
        assert_eq!(tables("| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n"), [[["甲", "乙"], ["丙", "丁"]]]);
    }

    #[test]
    fn every_piece_stands_where_it_says() {
        let text = "一、总体要求，这是一个很长很长很长很长的段落没有\n结束\n\t任务\n\t甲\n\n  乙\n| a | b |\n";
        let document = read(text.to_owned()).unwrap();
        let characters: Vec<char> = text.chars().collect();
        let pieces = document.blocks.iter().flat_map(|block| match block {
            Block::Paragraph(span) => vec![span],
            Block::Table(rows) => rows.iter().flatten().map(|cell| &cell.span).collect(),
        });
        for span in pieces {
            let length = span.text.chars().count();
            let there: String = characters[span.start..span.start + length].iter().collect();
            assert_eq!(there, span.text);
        }
    }
}
