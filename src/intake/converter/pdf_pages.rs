//! The words of a PDF with their places, as `pdftotext -bbox` writes them, put together again: lines, paragraphs, tables.
//!
//! Words on one height are a line; a line in parts that stand apart belongs to a table, whose columns are told by what stands
//! one below the other and whose rows by the room between them. Lines that most pages repeat are left out. Must not know: what
//! the text says.

use std::collections::HashMap;

use super::super::document::{Document, DocumentFault};

/// Of so many pages without any text, in percent, a document is a scan.
const BLANK_PAGES: usize = 80;
/// Room between two parts of a line, in heights of the line.
const GAP: f64 = 0.4;
/// Room between two rows of a table, in heights of a line.
const ROOM: f64 = 0.15;
/// A line that ends this near to the right edge goes on in the next, in heights of the line.
const EDGE: f64 = 2.0;

/// A word, or words without room between them.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    text: String,
}

impl Piece {
    fn height(&self) -> f64 {
        self.bottom - self.top
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.top, self.bottom)
    }

    fn stands_below(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right
    }
}

/// Pieces on one height, from left to right.
type Line = Vec<Piece>;

/// Reads the output of `pdftotext -bbox`.
pub(super) fn read(xhtml: &str) -> Result<Document, DocumentFault> {
    let pages: Vec<Vec<Line>> = xhtml.split("<page ").skip(1).map(lines_of).collect();
    let blank = pages.iter().filter(|lines| lines.is_empty()).count();
    if pages.is_empty() || blank * 100 > pages.len() * BLANK_PAGES {
        return Err(DocumentFault::Scanned);
    }
    let text: String = without_page_lines(pages).iter().map(|lines| text_of(lines)).collect();
    Document::read("text.txt", text.as_bytes())
}

fn lines_of(page: &str) -> Vec<Line> {
    let mut words: Vec<Piece> = page.lines().filter_map(word).collect();
    words.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let mut lines: Vec<Line> = Vec::new();
    for word in words {
        let is_on = |line: &&mut Line| {
            line.last()
                .is_some_and(|last| (last.middle() - word.middle()).abs() < last.height() * 0.3)
        };
        match lines.last_mut().filter(is_on) {
            Some(line) => line.push(word),
            None => lines.push(vec![word]),
        }
    }
    lines.into_iter().map(in_pieces).collect()
}

/// `<word xMin="58.2" yMin="100.6" xMax="72.6" yMax="116.2">序号</word>`.
fn word(line: &str) -> Option<Piece> {
    let (head, rest) = line.trim().strip_prefix("<word ")?.split_once('>')?;
    let text = rest.strip_suffix("</word>")?;
    let number = |name: &str| {
        let (_, behind) = head.split_once(&format!("{name}=\""))?;
        behind.split('"').next()?.parse::<f64>().ok().filter(|number| number.is_finite())
    };
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let (left, right) = (number("xMin")?, number("xMax")?);
    let (top, bottom) = (number("yMin")?, number("yMax")?);
    Some(Piece { left, right, top, bottom, text })
}

/// Words of a line that have no room between them are one piece.
fn in_pieces(mut words: Line) -> Line {
    words.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut pieces: Line = Vec::new();
    for word in words {
        match pieces.last_mut() {
            Some(last) if word.left - last.right < last.height() * GAP => {
                let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
                if is_latin(last.text.chars().last()) && is_latin(word.text.chars().next()) {
                    last.text.push(' ');
                }
                last.text.push_str(&word.text);
                last.right = last.right.max(word.right);
            }
            _ => pieces.push(word),
        }
    }
    pieces
}

/// Pages without numbers and without first and last lines that most of them repeat.
fn without_page_lines(mut pages: Vec<Vec<Line>>) -> Vec<Vec<Line>> {
    let said = |line: &Line| line.iter().map(|piece| piece.text.as_str()).collect::<String>();
    let key = |line: &Line| said(line).chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let is_number = |line: &Line| {
        let text = said(line);
        let text = text.trim_matches(['-', '—', '－', '–', ' ', '第', '页']);
        !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    let filled = pages.iter().filter(|page| !page.is_empty()).count();
    for line in pages.iter().flat_map(|page| page.first().into_iter().chain(page.last())) {
        *counts.entry(key(line)).or_default() += 1;
    }
    let repeats = |line: &Line| {
        let times = counts.get(&key(line)).copied().unwrap_or_default();
        filled > 2 && times * 2 > filled
    };
    let goes = |line: &Line| is_number(line) || repeats(line);
    for page in &mut pages {
        page.pop_if(|line| goes(line));
        if page.first().is_some_and(&goes) {
            page.remove(0);
        }
    }
    pages
}

fn text_of(lines: &[Line]) -> String {
    let right = lines.iter().flatten().map(|piece| piece.right).fold(0.0, f64::max);
    let mut text = String::new();
    let mut rest = lines;
    while let Some(line) = rest.first() {
        let taken = if line.len() > 1 { table_lines(rest) } else { 0 };
        if taken > 1 {
            push_table(rest.get(..taken).unwrap_or_default(), &mut text);
            rest = rest.get(taken..).unwrap_or_default();
            continue;
        }
        rest = rest.get(1..).unwrap_or_default();
        for piece in line {
            text.push_str(&piece.text);
        }
        let goes_on = line.last().is_some_and(|last| {
            let is_full = right - last.right < last.height() * EDGE;
            let next = rest.first().and_then(|line| line.first());
            let follows =
                next.is_some_and(|next| next.left < line.first().map_or(0.0, |it| it.left) + 1.0);
            is_full && follows && !last.text.ends_with(['。', '；', '：'])
        });
        if !goes_on {
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

/// How many lines from the first on belong to one table: lines in parts, and lines of one part that stand below a part.
fn table_lines(lines: &[Line]) -> usize {
    let mut parts: Vec<&Piece> = Vec::new();
    let mut taken = 0;
    for (index, line) in lines.iter().enumerate() {
        let is_part = match line.as_slice() {
            [only] => {
                let covered = parts.iter().filter(|part| only.stands_below(part)).count();
                covered > 0
                    && only.right - only.left < width(&parts) * 0.6
                    && is_near(line, lines.get(index.saturating_sub(1)))
            }
            _ => true,
        };
        if !is_part {
            break;
        }
        if line.len() > 1 {
            taken = index + 1;
        } else if lines.get(index + 1).is_some_and(|next| next.len() > 1)
            || is_near(line, lines.get(index + 1))
        {
            // the last line of a cell
            taken = index + 1;
        }
        parts.extend(line);
    }
    taken
}

fn width(parts: &[&Piece]) -> f64 {
    let left = parts.iter().map(|part| part.left).fold(f64::MAX, f64::min);
    let right = parts.iter().map(|part| part.right).fold(0.0, f64::max);
    right - left
}

fn is_near(line: &Line, other: Option<&Line>) -> bool {
    let (Some(first), Some(other)) = (line.first(), other.and_then(|line| line.first())) else {
        return false;
    };
    (first.middle() - other.middle()).abs() < first.height() * 2.0
}

/// Writes the rows of a table between bars.
fn push_table(lines: &[Line], text: &mut String) {
    let columns = columns_of(lines);
    let column_of = |piece: &Piece| {
        columns.iter().position(|(left, right)| piece.left < *right && *left < piece.right)
    };
    text.push('\n');
    for row in rows_of(lines, |line| line.iter().any(|piece| column_of(piece) == Some(0))) {
        let mut cells = vec![String::new(); columns.len()];
        for piece in row.iter().flatten() {
            if let Some(cell) = column_of(piece).and_then(|column| cells.get_mut(column)) {
                cell.push_str(&piece.text.replace('|', "／"));
            }
        }
        text.push_str(&["| ", &cells.join(" | "), " |\n"].concat());
    }
    text.push('\n');
}

/// The lines of each row. Rows have room between them; where there is none, each row begins with a line that has something in
/// the first column.
fn rows_of(lines: &[Line], begins: impl Fn(&Line) -> bool) -> Vec<&[Line]> {
    let mut starts = vec![0];
    let mut bottom: Option<f64> = None;
    for (index, line) in lines.iter().enumerate() {
        let top = line.iter().map(|piece| piece.top).fold(f64::MAX, f64::min);
        let height = line.iter().map(Piece::height).fold(0.0, f64::max);
        if bottom.is_some_and(|bottom| top - bottom > height * ROOM) {
            starts.push(index);
            bottom = None;
        }
        let lowest = line.iter().map(|piece| piece.bottom).fold(f64::MIN, f64::max);
        bottom = Some(bottom.map_or(lowest, |bottom| bottom.max(lowest)));
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let bands = starts.iter().zip(ends).filter_map(|(start, end)| lines.get(*start..end));
    bands.flat_map(|band| parted(band, &begins)).collect()
}

/// The rows of a band in which several lines begin one.
fn parted<'a>(band: &'a [Line], begins: &impl Fn(&Line) -> bool) -> Vec<&'a [Line]> {
    let starts: Vec<usize> =
        band.iter().enumerate().filter(|(_, line)| begins(line)).map(|(index, _)| index).collect();
    if starts.len() < 2 || starts.first() != Some(&0) {
        return vec![band];
    }
    let ends = starts.iter().skip(1).copied().chain([band.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| band.get(*start..end)).collect()
}

/// Where the columns begin and end: parts that stand one below the other are in one column.
fn columns_of(lines: &[Line]) -> Vec<(f64, f64)> {
    let mut parts: Vec<(f64, f64)> =
        lines.iter().flatten().map(|piece| (piece.left, piece.right)).collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for (left, right) in parts {
        match columns.last_mut().filter(|(_, end)| left < *end) {
            Some((_, end)) => *end = end.max(right),
            None => columns.push((left, right)),
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(words: &[(f64, f64, &str)]) -> String {
        let word = |(left, top, text): &(f64, f64, &str)| {
            let count = u32::try_from(text.chars().count()).unwrap();
            let (right, bottom) = (left + f64::from(count) * 10.0, top + 12.0);
            format!(
                "<word xMin=\"{left}\" yMin=\"{top}\" xMax=\"{right}\" yMax=\"{bottom}\">{text}</word>\n"
            )
        };
        format!(
            "<page width=\"595\" height=\"841\">\n{}</page>\n",
            words.iter().map(word).collect::<String>()
        )
    }

    #[test]
    fn cells_on_several_lines_stay_in_their_row() {
        let text = page(&[
            (50.0, 10.0, "任务分工表"),
            (50.0, 40.0, "序号"),
            (90.0, 40.0, "工作任务"),
            (200.0, 40.0, "完成时限"),
            (50.0, 66.0, "1"),
            (90.0, 60.0, "建成信息公"),
            (90.0, 72.0, "开平台"),
            (200.0, 66.0, "6月底前"),
            (50.0, 90.0, "2"),
            (90.0, 90.0, "编制目录"),
            (200.0, 90.0, "9月底前"),
            (50.0, 130.0, "附则另行通知。"),
        ]);
        let document = read(&text).unwrap();
        assert!(document.text.contains("| 1 | 建成信息公开平台 | 6月底前 |"), "{}", document.text);
        assert!(document.text.contains("| 2 | 编制目录 | 9月底前 |\n"), "{}", document.text);
    }

    #[test]
    fn rows_without_room_between_them_begin_in_the_first_column() {
        let text = page(&[
            (50.0, 40.0, "序号"),
            (90.0, 40.0, "工作任务"),
            (200.0, 40.0, "完成时限"),
            (50.0, 51.0, "1"),
            (90.0, 51.0, "建成信息公"),
            (200.0, 51.0, "6月底前"),
            (90.0, 62.0, "开平台"),
            (50.0, 73.0, "2"),
            (90.0, 73.0, "编制目录"),
            (200.0, 73.0, "9月底前"),
        ]);
        let document = read(&text).unwrap();
        assert!(document.text.contains("| 1 | 建成信息公开平台 | 6月底前 |"), "{}", document.text);
        assert!(document.text.contains("| 2 | 编制目录 | 9月底前 |\n"), "{}", document.text);
    }

    #[test]
    fn pages_without_words_are_a_scan() {
        let blank = page(&[]);
        assert_eq!(read(&blank.repeat(5)), Err(DocumentFault::Scanned));
        assert_eq!(read(""), Err(DocumentFault::Scanned));
    }

    #[test]
    fn page_numbers_and_repeated_heads_are_left_out_and_lines_of_a_paragraph_are_joined() {
        let of = |number: &str, first: &str, second: &str| {
            page(&[
                (200.0, 5.0, "内部文件"),
                (50.0, 40.0, first),
                (50.0, 56.0, second),
                (280.0, 800.0, number),
            ])
        };
        let long = "各单位要在二〇二六年六月底前完成自查自纠并形成书面报告报送市政府督查室汇总后";
        let pages = [
            of("- 1 -", long, "统一通报。"),
            of("- 2 -", long, "再次通报。"),
            of("- 3 -", long, "全部完成。"),
        ];
        let text = read(&pages.concat()).unwrap().text;
        assert!(text.contains("督查室汇总后统一通报。\n"), "{text}");
        assert!(!text.contains("内部文件") && !text.contains("- 2 -"), "{text}");
    }
}
