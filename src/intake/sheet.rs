//! A table as rows of cells, each row with the line an editor shows.
//!
//! Must not know: what the columns mean.

use super::LARGEST_TABLE;
use super::encoding::{NotText, decode};
use super::fault::{CellFault, RowFault, RowFaultKind, TableFault};
use crate::domain::hidden::first_hidden;

/// Rows among which the header is looked for, below lines that hold the title of the table.
const MOST_TITLE_LINES: usize = 5;

/// Most characters of one cell, and of one argument of a command.
pub const LONGEST_CELL: usize = 10_000;

/// How the line begins that names the separator.
const SEPARATOR_LINE: &str = "sep=";

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table: the file and its header, which rows must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The file as named by the caller.
    pub(super) file: String,
    /// The first row with text.
    pub(super) header: SheetRow,
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
    /// Finds the header of a table; returns it without any row, and the rows below it, empty ones too.
    pub(super) fn open<'a>(
        file: &str,
        text: &'a str,
    ) -> Result<(Self, SeparatedRows<'a>), Vec<RowFault>> {
        let titles = title_lines(file, text)?;
        let mut rows = SeparatedRows::new(file, text);
        let mut seen = 0;
        for row in rows.by_ref() {
            let mut header = row.map_err(|fault| vec![fault.of(file)])?;
            if header.is_empty() {
                continue;
            }
            seen += 1;
            if seen <= titles {
                continue;
            }
            while header.cells.last().is_some_and(String::is_empty) {
                header.cells.pop();
            }
            return Ok((Self { file: file.to_owned(), header }, rows));
        }
        let kind = TableFault::EmptyFile.into();
        Err(vec![RowFault { file: file.to_owned(), line: None, column: None, kind }])
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

    /// The row with as many cells as the header.
    pub(super) fn fit(&self, mut row: SheetRow) -> Result<SheetRow, RowFault> {
        let expected = self.header.cells.len();
        while row.cells.len() > expected && row.cells.last().is_some_and(String::is_empty) {
            row.cells.pop();
        }
        let found = row.cells.len();
        if found != expected {
            let kind = TableFault::WrongCellCount { expected, found };
            return Err(self.fault(row.line, None, kind));
        }
        let is_too_long =
            |cell: &String| cell.len() > LONGEST_CELL && cell.chars().nth(LONGEST_CELL).is_some();
        match row.cells.iter().position(is_too_long) {
            Some(column) => {
                let kind = CellFault::TooLong { limit: LONGEST_CELL };
                Err(self.fault(row.line, Some(column), kind))
            }
            None => self.seen(row),
        }
    }
}

impl Sheet {
    /// The row, unless a cell holds what nobody sees.
    fn seen(&self, row: SheetRow) -> Result<SheetRow, RowFault> {
        let hidden = row.cells.iter().enumerate();
        let mut hidden = hidden.filter_map(|(at, cell)| first_hidden(cell).map(|c| (at, c)));
        match hidden.next() {
            Some((column, character)) => {
                Err(self.fault(row.line, Some(column), CellFault::Hidden { character }))
            }
            None => Ok(row),
        }
    }
}

impl SheetRow {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// The text of a file that holds a table.
pub(super) fn table_text(file: &str, bytes: &[u8]) -> Result<String, Vec<RowFault>> {
    let one = |line, fault: TableFault| {
        vec![RowFault { file: file.to_owned(), line, column: None, kind: fault.into() }]
    };
    if bytes.len() > LARGEST_TABLE {
        let (bytes, limit) = (bytes.len(), LARGEST_TABLE);
        return Err(one(None, TableFault::FileTooLarge { bytes, limit }));
    }
    decode(bytes).map_err(|NotText { at, line }| one(Some(line), TableFault::NotText { at }))
}

/// How many lines above the header hold nothing but a title: one cell each, where the header has several.
fn title_lines(file: &str, text: &str) -> Result<usize, Vec<RowFault>> {
    let rows = SeparatedRows::new(file, text);
    let filled = |row: &SheetRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let mut lines = 0;
    for row in rows {
        let row = row.map_err(|fault| vec![fault.of(file)])?;
        match filled(&row) {
            0 => {}
            1 if lines < MOST_TITLE_LINES => lines += 1,
            1 => return Ok(0),
            _ => return Ok(lines),
        }
    }
    Ok(0)
}

/// A text that is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CsvFault {
    /// The row that begins here has a quote that is never closed.
    UnclosedQuote { line: usize },
    /// This row is one cell too many, or more.
    TooManyCells { limit: usize },
}

impl CsvFault {
    pub(super) fn of(self, file: &str) -> RowFault {
        let (line, kind) = match self {
            Self::UnclosedQuote { line } => (Some(line), TableFault::UnclosedQuote),
            Self::TooManyCells { limit } => (None, TableFault::TooManyCells { limit }),
        };
        RowFault { file: file.to_owned(), line, column: None, kind: kind.into() }
    }
}

/// Rows of a text with commas or tabs between the cells, at most so many of these.
pub(super) fn separated_rows(
    file: &str,
    text: &str,
    most_cells: usize,
) -> Result<Vec<SheetRow>, CsvFault> {
    let mut left = most_cells;
    let mut rows = Vec::new();
    for row in SeparatedRows::new(file, text) {
        let row = row?;
        let fault = CsvFault::TooManyCells { limit: most_cells };
        left = left.checked_sub(row.cells.len()).ok_or(fault)?;
        rows.push(row);
    }
    Ok(rows)
}

/// The rows of a text with commas or tabs between the cells, one after the other.
pub(super) struct SeparatedRows<'a> {
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    lines: LineCounter<'a>,
    delimiter: u8,
    length: usize,
    has_failed: bool,
}

impl<'a> SeparatedRows<'a> {
    pub(super) fn new(file: &str, text: &'a str) -> Self {
        let delimiter = delimiter(file, text);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let lines = LineCounter { text, place: 0, line: 1 };
        let record = csv::StringRecord::new();
        Self { reader, record, lines, delimiter, length: text.len(), has_failed: false }
    }
}

impl Iterator for SeparatedRows<'_> {
    type Item = Result<SheetRow, CsvFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.reader.position().byte();
        // the text is UTF-8 and rows may be ragged: nothing else can go wrong
        if self.has_failed || !self.reader.read_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let line = self.lines.line_of(usize::try_from(start).unwrap_or(usize::MAX));
        let is_last = usize::try_from(self.reader.position().byte()) == Ok(self.length);
        if is_last && ends_inside_quotes(self.lines.rest().bytes(), self.delimiter) {
            self.has_failed = true;
            return Some(Err(CsvFault::UnclosedQuote { line }));
        }
        let cells = self.record.iter().map(|cell| without_guard(cell.trim()).to_owned()).collect();
        let row = SheetRow { line, cells };
        let names_separator = |row: &SheetRow| match row.cells.as_slice() {
            [first, ..] => {
                first.starts_with(SEPARATOR_LINE) && first.len() <= SEPARATOR_LINE.len() + 1
            }
            [] => false,
        };
        if start == 0 && names_separator(&row) {
            return self.next();
        }
        Some(Ok(row))
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

/// The separator that the file names (`sep=;`, as Excel writes it), else the one that stands most often in the first line with
/// text that has any: a title above the table has none.
fn delimiter(file: &str, text: &str) -> u8 {
    if file.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv")) {
        return b'\t';
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(MOST_TITLE_LINES + 1);
    let first = lines.clone().find(|line| line.contains([',', '\t', ';'])).unwrap_or_default();
    let named = lines.next().and_then(|line| line.trim_end().strip_prefix(SEPARATOR_LINE));
    if let Some([separator]) = named.map(str::as_bytes)
        && b",;\t|".contains(separator)
    {
        return *separator;
    }
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

    #[derive(Debug)]
    struct Read {
        header: SheetRow,
        rows: Vec<SheetRow>,
        faults: Vec<RowFault>,
    }

    /// The table and its rows that fit.
    fn read(text: &str) -> Result<Read, Vec<RowFault>> {
        let (sheet, below) = Sheet::open("a.csv", text)?;
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for row in below {
            match row.map_err(|fault| vec![fault.of("a.csv")])? {
                row if row.is_empty() => {}
                row => match sheet.fit(row) {
                    Ok(row) => rows.push(row),
                    Err(fault) => faults.push(fault),
                },
            }
        }
        Ok(Read { header: sheet.header, rows, faults })
    }

    fn lines(text: &str) -> Vec<usize> {
        let sheet = read(text.trim_start_matches('\u{feff}')).unwrap();
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
        let sheet = read(text.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(sheet.header.cells[0], "a");
        assert_eq!(sheet.rows[0].cells, ["=1+1", "-", "@甲", "'=乙", "'丙", "\t丁"]);
    }

    #[test]
    fn tabs_and_semicolons_separate_where_the_header_says_so() {
        for text in [
            "单位\t别名\n甲\t乙\n",
            "单位;别名\n甲;乙\n",
            "单位,别名\n甲,乙\n",
            "sep=;\n单位;别名\n甲;乙\n",
            "通讯录\n单位;别名\n甲;乙\n",
        ] {
            let sheet = read(text.trim_start_matches('\u{feff}')).unwrap();
            assert_eq!(sheet.rows[0].cells, ["甲", "乙"], "{text}");
        }
    }

    #[test]
    fn rows_that_do_not_fit_the_header_are_all_named() {
        let sheet = read("a,b\n1\n1,2,,\n1,2,3\n").unwrap();
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
        let sheet = read("a,b\n买5\"屏,1\n\"说\"\"甲\"\"\",1\n买5\"屏,1");
        let cells: Vec<_> = sheet.unwrap().rows.into_iter().map(|row| row.cells).collect();
        assert_eq!(cells, [["买5\"屏", "1"], ["说\"甲\"", "1"], ["买5\"屏", "1"]]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_where_its_row_begins() {
        let faults = read("a,b\n1,2\n\"3,4\n5,6\n").unwrap_err();
        assert_eq!((faults[0].line, &faults[0].kind), (Some(3), &TableFault::UnclosedQuote.into()));
    }
}
