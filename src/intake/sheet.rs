//! A table as rows of cells, each row with the line an editor shows.
//!
//! Must not know: what the columns mean.

use super::LARGEST_FILE;
use super::encoding::{NotText, decode};
use super::fault::{CellFault, RowFault, RowFaultKind, TableFault};

/// Most rows of one table.
const MOST_ROWS: usize = 50_000;
/// Most cells of one table.
const MOST_CELLS: usize = 32 * MOST_ROWS;
/// Most characters of one cell.
const LONGEST_CELL: usize = 10_000;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table: a header, then rows; rows without any text are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The file as named by the caller.
    pub(super) file: String,
    /// The first row with text.
    pub(super) header: SheetRow,
    /// The rows below it, each with as many cells as the header.
    pub(super) rows: Vec<SheetRow>,
    /// Rows that do not fit the header, cells that are too long.
    pub(super) faults: Vec<RowFault>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SheetRow {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Its cells, without white space around them.
    pub(super) cells: Vec<String>,
}

impl Sheet {
    /// Reads a table from the bytes of a file.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, Vec<RowFault>> {
        let one = |line, fault: TableFault| {
            vec![RowFault { file: file.to_owned(), line, column: None, kind: fault.into() }]
        };
        if bytes.len() > LARGEST_FILE {
            let (bytes, limit) = (bytes.len(), LARGEST_FILE);
            return Err(one(None, TableFault::FileTooLarge { bytes, limit }));
        }
        let text = decode(bytes)
            .map_err(|NotText { at, line }| one(Some(line), TableFault::NotText { at }))?;
        let rows = separated_rows(file, &text, MOST_CELLS).map_err(|fault| match fault {
            CsvFault::UnclosedQuote { line } => one(Some(line), TableFault::UnclosedQuote),
            CsvFault::TooManyCells { line, limit } => {
                one(Some(line), TableFault::TooManyCells { limit })
            }
        })?;
        Self::from_rows(file, rows).ok_or_else(|| one(None, TableFault::EmptyFile))?
    }

    /// Takes the first row with text for the header and fits the others to it.
    fn from_rows(file: &str, rows: Vec<SheetRow>) -> Option<Result<Self, Vec<RowFault>>> {
        let mut rows = rows.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let mut header = rows.next()?;
        while header.cells.last().is_some_and(String::is_empty) {
            header.cells.pop();
        }
        let mut sheet =
            Self { file: file.to_owned(), header, rows: Vec::new(), faults: Vec::new() };
        for row in rows {
            if sheet.rows.len() == MOST_ROWS {
                let fault =
                    sheet.fault(row.line, None, TableFault::TooManyRows { limit: MOST_ROWS });
                return Some(Err(vec![fault]));
            }
            sheet.add_row(row);
        }
        Some(Ok(sheet))
    }

    /// A fault of this file.
    pub(super) fn fault(
        &self,
        line: usize,
        column: Option<usize>,
        fault: impl Into<RowFaultKind>,
    ) -> RowFault {
        let column = column.and_then(|column| self.header.cells.get(column)).cloned();
        RowFault { file: self.file.clone(), line: Some(line), column, kind: fault.into() }
    }

    fn add_row(&mut self, mut row: SheetRow) {
        let expected = self.header.cells.len();
        while row.cells.len() > expected && row.cells.last().is_some_and(String::is_empty) {
            row.cells.pop();
        }
        let found = row.cells.len();
        if found != expected {
            let kind = TableFault::WrongCellCount { expected, found };
            self.faults.push(self.fault(row.line, None, kind));
            return;
        }
        let too_long = |cell: &String| cell.chars().nth(LONGEST_CELL).is_some();
        if let Some(column) = row.cells.iter().position(too_long) {
            let kind = CellFault::TooLong { limit: LONGEST_CELL };
            self.faults.push(self.fault(row.line, Some(column), kind));
            return;
        }
        self.rows.push(row);
    }
}

/// A text that is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CsvFault {
    /// The row that begins here has a quote that is never closed.
    UnclosedQuote { line: usize },
    /// This row is one cell too many, or more.
    TooManyCells { line: usize, limit: usize },
}

/// Rows of a text with commas or tabs between the cells, at most so many of these.
pub(super) fn separated_rows(
    file: &str,
    text: &str,
    most_cells: usize,
) -> Result<Vec<SheetRow>, CsvFault> {
    let delimiter = delimiter(file, text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut left = most_cells;
    let mut lines = LineCounter { text, place: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    loop {
        let start = reader.position().byte();
        // the text is UTF-8 and rows may be ragged: nothing else can go wrong
        if !reader.read_record(&mut record).unwrap_or(false) {
            return Ok(rows);
        }
        let line = lines.line_of(usize::try_from(start).unwrap_or(usize::MAX));
        let is_last = usize::try_from(reader.position().byte()) == Ok(text.len());
        if is_last && ends_inside_quotes(lines.rest().bytes(), delimiter) {
            return Err(CsvFault::UnclosedQuote { line });
        }
        left = left
            .checked_sub(record.len())
            .ok_or(CsvFault::TooManyCells { line, limit: most_cells })?;
        rows.push(SheetRow {
            line,
            cells: record.iter().map(|cell| without_guard(cell.trim()).to_owned()).collect(),
        });
    }
}

/// The cell without the `'` that CSV for spreadsheets puts before a text that would otherwise be taken for a formula:
/// one beginning with `=`, `+`, `-`, `@`, a tab or a carriage return.
pub(super) fn without_guard(cell: &str) -> &str {
    let is_formula = |text: &str| text.trim_start_matches('\'').starts_with(FORMULA_STARTS);
    cell.strip_prefix('\'').filter(|guarded| is_formula(guarded)).unwrap_or(cell)
}

/// True when a row ends within a quoted cell. A quote opens one only as its first character: 5" is five inches.
fn ends_inside_quotes(row: impl Iterator<Item = u8>, delimiter: u8) -> bool {
    #[derive(PartialEq)]
    enum At {
        Start,
        Inside,
        /// Behind a quote inside quotes: it closes them, or is one of two that stand for one.
        Closing,
        Plain,
    }
    let end = row.fold(At::Start, |at, byte| match (at, byte) {
        (At::Inside, b'"') => At::Closing,
        (At::Start | At::Closing, b'"') | (At::Inside, _) => At::Inside,
        (_, byte) if byte == delimiter => At::Start,
        _ => At::Plain,
    });
    end == At::Inside
}

/// The separator that stands most often in the first line with text.
fn delimiter(file: &str, text: &str) -> u8 {
    if file.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv")) {
        return b'\t';
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: char| first.matches(separator).count();
    match (count(','), count('\t'), count(';')) {
        (commas, tabs, semicolons) if tabs > commas && tabs >= semicolons => b'\t',
        (commas, _, semicolons) if semicolons > commas => b';',
        _ => b',',
    }
}

/// Turns byte places into lines. The reader's own line numbers are not an editor's: they miss blank lines.
struct LineCounter<'a> {
    text: &'a str,
    place: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    /// The line of the first row that begins at `place` or, after blank lines, behind it. Places must ascend.
    fn line_of(&mut self, place: usize) -> usize {
        let passed = self.text.get(self.place..place).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.place = place.max(self.place);
        let blank = self.rest().len() - self.rest().trim_start_matches('\n').len();
        self.line += blank;
        self.place += blank;
        self.line
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.place..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let sheet = Sheet::read("a.csv", text.as_bytes()).unwrap();
        sheet.rows.iter().map(|row| row.line).collect()
    }

    #[test]
    fn a_row_has_the_line_an_editor_shows() {
        assert_eq!(lines("单位\n甲\n乙\n"), [2, 3]);
        assert_eq!(lines("单位\r\n甲\r\n乙\r\n"), [2, 3]);
        assert_eq!(lines("\n\n单位\n\n甲\n\n\n乙\n"), [5, 8]);
        assert_eq!(lines("单位,别名\n\"甲\n一\",\n乙,\n"), [2, 4]);
        assert_eq!(lines("\u{feff}单位,别名\r\n,\r\n乙,\r\n"), [3]);
    }

    #[test]
    fn a_cell_guarded_against_formulas_is_read_without_the_guard() {
        let text = "\u{feff}a,b,c,d,e,f\n'=1+1,'-,'@甲,''=乙,'丙,'\t丁\n";
        let sheet = Sheet::read("a.csv", text.as_bytes()).unwrap();
        assert_eq!(sheet.header.cells[0], "a");
        assert_eq!(sheet.rows[0].cells, ["=1+1", "-", "@甲", "'=乙", "'丙", "\t丁"]);
    }

    #[test]
    fn tabs_and_semicolons_separate_where_the_header_says_so() {
        for text in ["单位\t别名\n甲\t乙\n", "单位;别名\n甲;乙\n", "单位,别名\n甲,乙\n"]
        {
            let sheet = Sheet::read("a.csv", text.as_bytes()).unwrap();
            assert_eq!(sheet.rows[0].cells, ["甲", "乙"], "{text}");
        }
    }

    #[test]
    fn rows_that_do_not_fit_the_header_are_all_named() {
        let sheet = Sheet::read("a.csv", "a,b\n1\n1,2,,\n1,2,3\n".as_bytes()).unwrap();
        let found: Vec<_> =
            sheet.faults.iter().map(|fault| (fault.line, fault.kind.clone())).collect();
        assert_eq!(
            found,
            [
                (Some(2), TableFault::WrongCellCount { expected: 2, found: 1 }.into()),
                (Some(4), TableFault::WrongCellCount { expected: 2, found: 3 }.into()),
            ]
        );
        assert_eq!(sheet.rows.len(), 1);
    }

    #[test]
    fn a_quote_within_a_cell_is_one_of_its_characters_in_every_row() {
        let sheet =
            Sheet::read("a.csv", "a,b\n买5\"屏,1\n\"说\"\"甲\"\"\",1\n买5\"屏,1".as_bytes());
        let cells: Vec<_> = sheet.unwrap().rows.into_iter().map(|row| row.cells).collect();
        assert_eq!(cells, [["买5\"屏", "1"], ["说\"甲\"", "1"], ["买5\"屏", "1"]]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_where_its_row_begins() {
        let faults = Sheet::read("a.csv", "a,b\n1,2\n\"3,4\n5,6\n".as_bytes()).unwrap_err();
        assert_eq!((faults[0].line, &faults[0].kind), (Some(3), &TableFault::UnclosedQuote.into()));
    }
}
