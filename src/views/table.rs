//! Tables as text: columns align by cell width; a narrow table drops columns and wraps text before it would break a date or a number.
//!
//! Must not know: what the columns hold, the terminal. Callers: views and cli.

use unicode_width::UnicodeWidthStr as _;

use super::wrap::{widest_piece, wrap};

/// What a column holds, which decides how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Prose; wraps when the table is too wide.
    Text,
    /// A name, a date, a state; never broken.
    Whole,
    /// A number; never broken, aligned to the right.
    Number,
}

/// A column without its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its header.
    pub header: String,
    pub shape: Shape,
    /// 0: always printed. Else the column with the highest rank is dropped first when the table is too wide.
    pub rank: u8,
}

/// A text column is not made narrower than this before a column is dropped.
const NARROWEST_TEXT: usize = 20;
/// A piece that cannot be broken, such as an address, makes its column this wide at most.
const WIDEST_PIECE: usize = 32;
/// Between two columns.
const GAP: &str = "  ";

/// A column with its cells and its place in the layout.
struct Column<'a> {
    heading: &'a Heading,
    cells: Vec<&'a str>,
    /// The width at which nothing wraps.
    natural: usize,
    /// The width below which columns are dropped.
    least: usize,
    width: usize,
}

/// The table as text, without blanks at line ends, ending in a line break. Without a `width` nothing wraps and nothing is dropped.
pub fn table(headings: &[Heading], rows: &[Vec<String>], width: Option<usize>) -> String {
    let mut columns: Vec<Column<'_>> =
        headings.iter().enumerate().map(|(index, heading)| column(heading, index, rows)).collect();
    if let Some(width) = width {
        drop_columns(&mut columns, width);
        fit(&mut columns, width);
    }
    let mut text = String::new();
    push_line(&mut text, &columns, columns.iter().map(|column| column.heading.header.as_str()));
    let rules: Vec<String> = columns.iter().map(|column| "-".repeat(column.width)).collect();
    text.push_str(&rules.join(GAP));
    text.push('\n');
    for row in 0..rows.len() {
        push_row(&mut text, &columns, row);
    }
    text
}

fn column<'a>(heading: &'a Heading, index: usize, rows: &'a [Vec<String>]) -> Column<'a> {
    let cells: Vec<&str> =
        rows.iter().map(|row| row.get(index).map_or("", String::as_str)).collect();
    let lines = cells.iter().flat_map(|cell| cell.split('\n'));
    let natural = lines.map(str::width).max().unwrap_or_default();
    let natural = natural.max(heading.header.width());
    let least = match heading.shape {
        Shape::Whole | Shape::Number => natural,
        Shape::Text => {
            let widest = cells.iter().map(|cell| widest_piece(cell)).max().unwrap_or_default();
            let needed = widest.clamp(NARROWEST_TEXT, WIDEST_PIECE);
            needed.max(heading.header.width()).min(natural)
        }
    };
    Column { heading, cells, natural, least, width: natural }
}

/// Drops columns, those without content and then the highest rank first, until the rest fits or none may be dropped.
fn drop_columns(columns: &mut Vec<Column<'_>>, width: usize) {
    if total(columns, |column| column.natural) > width {
        let is_empty = |column: &Column<'_>| column.cells.iter().all(|cell| cell.is_empty());
        columns.retain(|column| column.heading.rank == 0 || !is_empty(column));
    }
    while total(columns, |column| column.least) > width {
        let droppable = columns.iter().enumerate().filter(|(_, it)| it.heading.rank > 0);
        let Some((index, _)) = droppable.max_by_key(|(_, it)| it.heading.rank) else { return };
        columns.remove(index);
    }
}

/// Gives each column a width: its natural one if all fit, else text columns share what the others leave.
fn fit(columns: &mut [Column<'_>], width: usize) {
    let excess = total(columns, |column| column.natural).saturating_sub(width); // 0: everything fits
    if excess == 0 {
        return;
    }
    for column in columns.iter_mut() {
        column.width = column.least;
    }
    loop {
        let rest = width.saturating_sub(total(columns, |column| column.width)); // 0: nothing left to give
        let narrow = columns.iter_mut().filter(|column| column.width < column.natural);
        let given = narrow.take(rest).map(|column| column.width += 1).count();
        if given == 0 {
            return;
        }
    }
}

fn total(columns: &[Column<'_>], width: impl Fn(&Column<'_>) -> usize) -> usize {
    let gaps = columns.len().saturating_sub(1) * GAP.len(); // no column, no gap
    columns.iter().map(width).sum::<usize>() + gaps
}

fn push_row(text: &mut String, columns: &[Column<'_>], row: usize) {
    let cells: Vec<Vec<String>> = columns
        .iter()
        .map(|column| wrap(column.cells.get(row).copied().unwrap_or_default(), column.width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    for line in 0..height {
        push_line(
            text,
            columns,
            cells.iter().map(|lines| lines.get(line).map_or("", String::as_str)),
        );
    }
}

fn push_line<'a>(text: &mut String, columns: &[Column<'_>], cells: impl Iterator<Item = &'a str>) {
    let mut line = String::new();
    for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
        if index > 0 {
            line.push_str(GAP);
        }
        let blanks = " ".repeat(column.width.saturating_sub(cell.width())); // what is never broken may be wider
        match column.heading.shape {
            Shape::Number => line.extend([blanks.as_str(), cell]),
            Shape::Text | Shape::Whole => line.extend([cell, blanks.as_str()]),
        }
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(header: &str, shape: Shape, rank: u8) -> Heading {
        Heading { header: header.to_owned(), shape, rank }
    }

    fn example() -> (Vec<Heading>, Vec<Vec<String>>) {
        let headings = vec![
            heading("编号", Shape::Whole, 0),
            heading("事项", Shape::Text, 0),
            heading("到期日", Shape::Whole, 0),
            heading("工作日", Shape::Number, 0),
            heading("牵头单位", Shape::Text, 1),
            heading("应办日", Shape::Whole, 2),
        ];
        let row = [
            "002-16",
            "全面清理行政规范性文件并公布结果",
            "2022-12-31 周六",
            "2",
            "区司法局",
            "2022-12-30 周五",
        ];
        (headings, vec![row.map(str::to_owned).to_vec()])
    }

    #[test]
    fn without_a_width_nothing_wraps_and_nothing_is_dropped() {
        let (headings, rows) = example();
        let text = table(&headings, &rows, None);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("应办日"), "{text}");
    }

    #[test]
    fn a_narrow_table_drops_columns_by_rank_and_wraps_only_text() {
        let (headings, rows) = example();
        let text = table(&headings, &rows, Some(66));
        assert!(text.lines().all(|line| line.width() <= 66), "{text}");
        assert!(!text.contains("应办日") && text.contains("牵头单位"), "{text}");
        assert!(text.contains("2022-12-31 周六"), "{text}");
        let text = table(&headings, &rows, Some(10));
        assert!(
            text.contains("2022-12-31 周六"),
            "a date is whole even where there is no room: {text}"
        );
    }

    #[test]
    fn columns_align_under_chinese_by_cell_width() {
        let headings = [heading("单位", Shape::Whole, 0), heading("n", Shape::Number, 0)];
        let rows = [["区教委".to_owned(), "7".to_owned()], ["ab".to_owned(), "12".to_owned()]];
        let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
        assert_eq!(
            table(&headings, &rows, None),
            "单位     n\n------  --\n区教委   7\nab      12\n"
        );
    }
}
