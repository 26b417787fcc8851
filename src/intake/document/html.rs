//! Web pages: paragraphs and tables out of markup that need not be well formed.
//!
//! Scripts, styles and comments are left out; what is struck out or hidden is kept apart. Must not know: what the text says.

use super::fault::DocumentFault;
use super::model::{Document, MOST_CELLS, RawCell, VerticalMerge};

/// Tags that end a line of text.
const BLOCKS: &[&str] = &[
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
    "header", "footer", "table", "tr", "title", "dd", "dt",
];
/// Tags whose effect ends with the cell they stand in, closed or not.
const WITHIN_CELLS: &[&str] = &["del", "s", "strike", "span", "font"];
/// Tags of which the next one of the same name ends the one before.
const CLOSED_BY_THE_NEXT: &[&str] = &["p", "li", "td", "th", "tr", "dd", "dt"];
/// Tags that hold no text.
const WITHOUT_TEXT: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
/// Most columns or rows a cell may span.
const WIDEST_SPAN: usize = 64;

/// Reads a page; markup that is wrong fails no more than in a browser.
///
/// # Errors
///
/// [`DocumentFault::TooManyCells`].
pub(super) fn read(source: &str) -> Result<Document, DocumentFault> {
    let mut page = Page::default();
    let mut rest = source;
    while let Some(open) = rest.find('<') {
        let (text, tagged) = rest.split_at(open);
        page.text(text);
        rest = page.markup(tagged);
        if page.cells > MOST_CELLS {
            return Err(DocumentFault::TooManyCells { limit: MOST_CELLS });
        }
    }
    page.text(rest);
    page.end_struck();
    page.end_line();
    page.end_table();
    Ok(page.document)
}

#[derive(Default)]
struct Page {
    document: Document,
    line: String,
    struck: Option<Struck>,
    depth: usize,
    rows: Vec<Vec<RawCell>>,
    row: Vec<RawCell>,
    cell: Option<(RawCell, CellSize)>,
    /// Cells of all tables so far.
    cells: usize,
    /// For each column, how many rows its last cell still reaches down.
    reaching_down: Vec<usize>,
}

/// An element whose text is struck out or hidden.
struct Struck {
    tag: String,
    /// How many elements of this name are open, this one the first.
    open: usize,
    text: String,
}

#[derive(Clone, Copy)]
struct CellSize {
    columns: usize,
    rows: usize,
}

impl Page {
    /// Takes one tag or comment off the front and returns what follows.
    fn markup<'a>(&mut self, source: &'a str) -> &'a str {
        if let Some(comment) = source.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        let Some((tag, rest)) = source.get(1..).and_then(|inside| inside.split_once('>')) else {
            return "";
        };
        let name: String = tag
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .collect::<String>()
            .to_ascii_lowercase();
        self.follow_struck(name.trim_end_matches('/'), tag);
        match name.trim_end_matches('/') {
            "script" | "style" => return behind_end_of(&name, rest),
            "table" => self.open_table(),
            "/table" => self.end_table(),
            "td" | "th" => self.open_cell(tag),
            "/td" | "/th" => self.end_cell(),
            "/tr" => self.end_row(),
            "tr" if self.depth == 1 => {
                self.end_row();
            }
            other if BLOCKS.contains(&other.trim_start_matches('/')) => self.end_line(),
            _ => {}
        }
        rest
    }

    /// Notes where an element begins or ends that is struck out or hidden. Inside one, only its end is looked for.
    fn follow_struck(&mut self, name: &str, tag: &str) {
        let (is_end, element) = name.strip_prefix('/').map_or((false, name), |it| (true, it));
        if let Some(struck) = &mut self.struck {
            let ends_cell = matches!(element, "td" | "th" | "table");
            match (struck.tag == element, is_end) {
                (true, true) => struck.open -= 1,
                (true, false) if CLOSED_BY_THE_NEXT.contains(&element) => struck.open = 0,
                (true, false) => struck.open += 1,
                (false, _) if ends_cell && WITHIN_CELLS.contains(&struck.tag.as_str()) => {
                    struck.open = 0;
                }
                (false, _) => {}
            }
            if struck.open > 0 {
                return;
            }
            self.end_struck();
        }
        if !is_end && is_struck_out(element, tag) {
            self.struck = Some(Struck { tag: element.to_owned(), open: 1, text: String::new() });
        }
    }

    fn end_struck(&mut self) {
        let Some(struck) = self.struck.take() else { return };
        if !struck.text.trim().is_empty() {
            self.document.removed.push(struck.text.trim().to_owned());
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = rest.find('&') {
            let (plain, entity) = rest.split_at(place);
            self.words(plain);
            let (decoded, behind) = entity_of(entity);
            self.words(&decoded);
            rest = behind;
        }
        self.words(rest);
    }

    /// Runs of white space are one space, as on the screen.
    fn words(&mut self, text: &str) {
        let line = self.struck.as_mut().map_or(&mut self.line, |struck| &mut struck.text);
        for character in text.chars() {
            let character =
                if character.is_whitespace() && character != '\u{3000}' { ' ' } else { character };
            if character != ' ' || !(line.is_empty() || line.ends_with(' ')) {
                line.push(character);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        match &mut self.cell {
            Some((cell, _)) => {
                if !cell.text.is_empty() && !line.trim().is_empty() {
                    cell.text.push('\n');
                }
                cell.text.push_str(line.trim());
            }
            None if self.depth == 0 => self.document.push_paragraph(line.trim()),
            None => {}
        }
    }

    fn open_table(&mut self) {
        self.end_line();
        self.depth += 1;
    }

    fn end_table(&mut self) {
        if self.depth <= 1 {
            self.end_row();
            let rows = std::mem::take(&mut self.rows);
            self.document.push_table(rows);
            self.reaching_down.clear();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn open_cell(&mut self, tag: &str) {
        if self.depth != 1 {
            return self.end_line();
        }
        self.end_cell();
        let size = |name| number_in(tag, name).unwrap_or(1).clamp(1, WIDEST_SPAN);
        self.skip_columns_from_above();
        self.cell = Some((
            RawCell { text: String::new(), merge: VerticalMerge::Separate },
            CellSize { columns: size("colspan"), rows: size("rowspan") },
        ));
    }

    fn end_cell(&mut self) {
        if self.depth != 1 {
            return self.end_line();
        }
        self.end_line();
        let Some((cell, size)) = self.cell.take() else { return };
        for index in 0..size.columns {
            let column = self.row.len();
            let text = if index == 0 { cell.text.clone() } else { String::new() };
            self.push_cell(RawCell { text, merge: VerticalMerge::Separate });
            if self.reaching_down.len() <= column {
                self.reaching_down.resize(column + 1, 0);
            }
            if let Some(reach) = self.reaching_down.get_mut(column) {
                *reach = size.rows - 1;
            }
        }
    }

    /// Puts in the cells that a cell of an earlier row covers.
    fn skip_columns_from_above(&mut self) {
        while let Some(reach) =
            self.reaching_down.get_mut(self.row.len()).filter(|reach| **reach > 0)
        {
            *reach -= 1;
            self.push_cell(RawCell { text: String::new(), merge: VerticalMerge::Merged });
        }
    }

    fn push_cell(&mut self, cell: RawCell) {
        self.cells += 1;
        self.row.push(cell);
    }

    fn end_row(&mut self) {
        if self.depth != 1 {
            return self.end_line();
        }
        self.end_cell();
        if !self.row.is_empty() {
            self.skip_columns_from_above();
            self.rows.push(std::mem::take(&mut self.row));
        }
    }
}

/// True for `<del>`, `<s>`, `<strike>`, and for a style or an attribute that strikes out or hides.
fn is_struck_out(element: &str, tag: &str) -> bool {
    if matches!(element, "del" | "s" | "strike") {
        return true;
    }
    let Some(attributes) = tag.get(element.len()..).filter(|it| !it.trim().is_empty()) else {
        return false;
    };
    if WITHOUT_TEXT.contains(&element) {
        return false;
    }
    let attributes = attributes.to_ascii_lowercase();
    let style = attributes.split_once("style").map_or("", |(_, behind)| behind).replace(' ', "");
    style.contains("line-through")
        || style.contains("display:none")
        || attributes.split_ascii_whitespace().any(|it| matches!(it, "hidden" | "hidden=\"\""))
}

fn behind_end_of<'a>(name: &str, rest: &'a str) -> &'a str {
    let end = format!("</{name}");
    let place = rest.match_indices("</").find(|(place, _)| {
        rest.get(*place..place + end.len()).is_some_and(|found| found.eq_ignore_ascii_case(&end))
    });
    let behind =
        place.and_then(|(place, _)| rest.get(place..)).and_then(|rest| rest.split_once('>'));
    behind.map_or("", |(_, rest)| rest)
}

fn number_in(tag: &str, attribute: &str) -> Option<usize> {
    let tag = tag.to_ascii_lowercase();
    let (_, value) = tag.split_once(attribute)?;
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The character an entity stands for, and what follows it; an unknown one stays as written.
fn entity_of(source: &str) -> (String, &str) {
    let near = source.get(..source.floor_char_boundary(12)).unwrap_or_default();
    let Some(end) = near.find(';') else {
        return ("&".to_owned(), source.get(1..).unwrap_or_default());
    };
    let name = source.get(1..end).unwrap_or_default();
    let rest = source.get(end + 1..).unwrap_or_default();
    let decoded = match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => Some(' '),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "mdash" => Some('—'),
        "middot" => Some('·'),
        _ => numbered(name),
    };
    decoded.map_or_else(|| (format!("&{name};"), rest), |character| (character.to_string(), rest))
}

fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::super::model::Block;
    use super::*;

    #[test]
    fn a_table_with_merged_cells_keeps_its_columns() {
        let document = read(
            "<style>p{}</style><p>标题&nbsp;一<table><tr><td rowspan=2>甲</td><td>1</td></tr>\
             <tr><td>2<br>3</td></tr></table>尾",
        )
        .unwrap();
        let Block::Table(rows) = &document.blocks[1] else { panic!("{document:?}") };
        let cells: Vec<Vec<_>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.span.text.as_str()).collect())
            .collect();
        assert_eq!(cells, [["甲", "1"], ["", "2\n3"]]);
        assert_eq!(rows[1][0].merge, VerticalMerge::Merged);
        assert_eq!(document.text, "标题 一\n甲\t1\n\t2\n3\n尾\n");
    }

    #[test]
    fn what_is_struck_out_or_hidden_is_kept_apart() {
        let document = read(
            "<p>甲<del>旧一</del>乙<span style='text-decoration: line-through'>旧<span>二</span></span>丙</p>\
             <p style=\"display:none\">旧三<p>丁<s>旧四</p><table><tr><td><strike>旧五<td>戊</tr>\
             <tr hidden><td>旧六</td><td>旧七</td></tr></table><p style=\"color:red\">己</p>",
        )
        .unwrap();
        assert_eq!(document.removed, ["旧一", "旧二", "旧三", "旧四", "旧五", "旧六旧七"]);
        for text in ["甲乙丙", "丁", "戊", "己"] {
            assert!(document.text.contains(text), "{}", document.text);
        }
        assert!(!document.text.contains('旧'), "{}", document.text);
    }

    #[test]
    fn markup_that_never_ends_is_read_as_far_as_it_goes() {
        for source in [
            "<",
            "<td",
            "<!--",
            "a&",
            "&#x110000;",
            "<script>",
            "<table><td><table>",
            "</table></td>",
        ] {
            let _document = read(source);
        }
    }
}
