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

/// A column with what its cells need.
struct Column {
    heading: Heading,
    /// Which cell of a row it prints.
    index: usize,
    /// The width at which nothing wraps.
    natural: usize,
    /// The widest piece that cannot be broken.
    widest_piece: usize,
    is_empty: bool,
    width: usize,
}

/// Takes in the widths of all cells before the first line is printed.
pub struct Measurement {
    columns: Vec<Column>,
}

/// The columns that are printed, and how wide.
pub struct Layout {
    columns: Vec<Column>,
}

/// The table as text, without blanks at line ends, ending in a line break. Without a `width` nothing wraps and nothing is dropped.
pub fn table(headings: &[Heading], rows: &[Vec<String>], width: Option<usize>) -> String {
    let mut measurement = Measurement::of(headings.to_vec());
    for row in rows {
        measurement.measure(row);
    }
    let layout = measurement.fit(width);
    let mut text = layout.head();
    for row in rows {
        text.push_str(&layout.row(row));
    }
    text
}

impl Measurement {
    pub fn of(headings: Vec<Heading>) -> Self {
        let column = |(index, heading): (usize, Heading)| {
            let natural = heading.header.width();
            Column { heading, index, natural, widest_piece: 0, is_empty: true, width: 0 }
        };
        Self { columns: headings.into_iter().enumerate().map(column).collect() }
    }

    pub fn measure(&mut self, row: &[String]) {
        for (column, cell) in self.columns.iter_mut().zip(row) {
            let widest = cell.split('\n').map(str::width).max().unwrap_or_default();
            column.natural = column.natural.max(widest);
            column.is_empty &= cell.is_empty();
            if column.heading.shape == Shape::Text && column.widest_piece < WIDEST_PIECE {
                column.widest_piece = column.widest_piece.max(widest_piece(cell));
            }
        }
    }

    /// Drops and narrows columns until a line fits into `width`; without one nothing wraps and nothing is dropped.
    pub fn fit(mut self, width: Option<usize>) -> Layout {
        for column in &mut self.columns {
            column.width = column.natural;
        }
        if let Some(width) = width {
            drop_columns(&mut self.columns, width);
            fit(&mut self.columns, width);
        }
        Layout { columns: self.columns }
    }
}

impl Column {
    /// The width below which columns are dropped.
    fn least(&self) -> usize {
        match self.heading.shape {
            Shape::Whole | Shape::Number => self.natural,
            Shape::Text => {
                let needed = self.widest_piece.clamp(NARROWEST_TEXT, WIDEST_PIECE);
                needed.max(self.heading.header.width()).min(self.natural)
            }
        }
    }
}

/// Drops columns, those without content and then the highest rank first, until the rest fits or none may be dropped.
fn drop_columns(columns: &mut Vec<Column>, width: usize) {
    if total(columns, |column| column.natural) > width {
        columns.retain(|column| column.heading.rank == 0 || !column.is_empty);
    }
    while total(columns, Column::least) > width {
        let droppable = columns.iter().enumerate().filter(|(_, it)| it.heading.rank > 0);
        let Some((index, _)) = droppable.max_by_key(|(_, it)| it.heading.rank) else { return };
        columns.remove(index);
    }
}

/// Gives each column a width: its natural one if all fit, else text columns share what the others leave.
fn fit(columns: &mut [Column], width: usize) {
    let excess = total(columns, |column| column.natural).saturating_sub(width); // 0: everything fits
    if excess == 0 {
        return;
    }
    for column in columns.iter_mut() {
        column.width = column.least();
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

fn total(columns: &[Column], width: impl Fn(&Column) -> usize) -> usize {
    let gaps = columns.len().saturating_sub(1) * GAP.len(); // no column, no gap
    columns.iter().map(width).sum::<usize>() + gaps
}

impl Layout {
    /// The header and the line under it.
    pub fn head(&self) -> String {
        let mut text = String::new();
        self.push_line(&mut text, self.columns.iter().map(|it| it.heading.header.as_str()));
        let rules: Vec<String> =
            self.columns.iter().map(|column| "-".repeat(column.width)).collect();
        text.push_str(&rules.join(GAP));
        text.push('\n');
        text
    }

    /// One row, in as many lines as its highest cell.
    pub fn row(&self, row: &[String]) -> String {
        let cell = |column: &Column| row.get(column.index).map_or("", String::as_str);
        let cells: Vec<Vec<String>> =
            self.columns.iter().map(|column| wrap(cell(column), column.width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut text = String::new();
        for line in 0..height {
            let cells = cells.iter().map(|lines| lines.get(line).map_or("", String::as_str));
            self.push_line(&mut text, cells);
        }
        text
    }

    fn push_line<'a>(&self, text: &mut String, cells: impl Iterator<Item = &'a str>) {
        let mut line = String::new();
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
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
