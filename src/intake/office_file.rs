//! The tables of a file that is imported, whatever its kind: text with separators, or a document that holds tables.
//!
//! Must not know: what the columns mean.

use super::LARGEST_TABLE;
use super::document::{Document, DocumentFault};
use super::extract::office_table::{OfficeTable, office_tables, title_and_year, year_in_title};
use super::fault::{RowFault, TableFault};
use super::sheet::{SeparatedRows, Sheet, SheetRow, table_text};

/// What the first cell of an example row begins with; no import reads such a row.
pub const EXAMPLE: &str = "示例：";
/// How many rows tell what the columns of a table hold.
const SAMPLE: usize = 60;

/// A file with its tables.
#[derive(Debug)]
pub(super) struct OfficeFile {
    /// What stands above the table, or the title of the document.
    pub(super) title: Option<String>,
    /// The year that the title names.
    pub(super) year: Option<i16>,
    pub(super) tables: Vec<FileTable>,
    /// What the file hides or strikes out, which is in no table.
    pub(super) removed: Vec<String>,
}

/// A table under its header.
#[derive(Debug)]
pub(super) struct FileTable {
    /// The header; its own rows are empty.
    pub(super) sheet: Sheet,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// Read again each time: such a table may be large.
    Text(String),
    Rows(Vec<SheetRow>),
}

impl OfficeFile {
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, Vec<RowFault>> {
        if !is_document(file, bytes) {
            return Self::of_text(file, table_text(file, bytes)?);
        }
        let failed = |fault: DocumentFault| {
            let kind = TableFault::Document(fault).into();
            vec![RowFault { file: file.to_owned(), line: None, column: None, kind }]
        };
        let document = Document::read(file, bytes).map_err(failed)?;
        let (title, year) = title_and_year(&document);
        let tables: Vec<FileTable> = (1..)
            .zip(office_tables(&document))
            .map(|(number, table)| FileTable::of_office(file, number, table))
            .collect();
        if tables.is_empty() {
            let kind = TableFault::NoTable.into();
            return Err(vec![RowFault { file: file.to_owned(), line: None, column: None, kind }]);
        }
        Ok(Self { title, year, tables, removed: document.removed })
    }

    fn of_text(file: &str, text: String) -> Result<Self, Vec<RowFault>> {
        let (sheet, _) = Sheet::open(file, &text)?;
        let title = title_above(file, &text, sheet.header.line);
        let year = title.as_deref().and_then(year_in_title);
        let tables = vec![FileTable { sheet, body: Body::Text(text) }];
        Ok(Self { title, year, tables, removed: Vec::new() })
    }
}

impl FileTable {
    fn of_office(file: &str, number: usize, table: OfficeTable) -> Self {
        let OfficeTable { line, mut head, rows } = table;
        while head.last().is_some_and(String::is_empty) {
            head.pop();
        }
        let width = head.len();
        let fitted = |(line, mut cells): (usize, Vec<String>)| {
            cells.resize(width, String::new());
            SheetRow { line, cells }
        };
        let file = if number == 1 { file.to_owned() } else { format!("{file}#{number}") };
        let header = SheetRow { line, cells: head };
        let sheet = Sheet { file, header };
        Self { sheet, body: Body::Rows(rows.into_iter().map(fitted).collect()) }
    }

    /// Every row that holds something, from the first on. After a quote that is never closed there is no further row.
    pub(super) fn rows(&self) -> Box<dyn Iterator<Item = Result<SheetRow, RowFault>> + '_> {
        match &self.body {
            Body::Rows(rows) => {
                Box::new(rows.iter().filter(|row| !is_left_out(row)).cloned().map(Ok))
            }
            Body::Text(text) => {
                let rows = Sheet::open(&self.sheet.file, text).ok().map(|(_, rows)| rows);
                let rows = rows.into_iter().flatten();
                let rows = rows.filter(|row| !row.as_ref().is_ok_and(is_left_out));
                Box::new(rows.map(|row| row.map_err(|fault| fault.of(&self.sheet.file))))
            }
        }
    }

    /// The first rows, by which columns are told.
    pub(super) fn sample(&self) -> Vec<Vec<String>> {
        self.rows().map_while(Result::ok).take(SAMPLE).map(|row| row.cells).collect()
    }
}

fn is_left_out(row: &SheetRow) -> bool {
    row.is_empty() || row.cells.first().is_some_and(|cell| cell.starts_with(EXAMPLE))
}

/// True for a file that is no text with separators.
fn is_document(file: &str, bytes: &[u8]) -> bool {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let is_packed = bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    let is_marked =
        matches!(ending.as_str(), "html" | "htm" | "md") && bytes.len() <= LARGEST_TABLE;
    let is_foreign = bytes.starts_with(b"%PDF") || bytes.starts_with(b"{\\rtf");
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default().to_ascii_lowercase();
    let is_page = [&b"<html"[..], b"<table", b"<!doctype html"]
        .iter()
        .any(|tag| head.windows(tag.len()).any(|window| window == *tag));
    is_packed || is_marked || is_foreign || is_page
}

/// The lines above the header as one text.
fn title_above(file: &str, text: &str, header_line: usize) -> Option<String> {
    let above = SeparatedRows::new(file, text)
        .map_while(Result::ok)
        .take_while(|row| row.line < header_line)
        .flat_map(|row| row.cells)
        .filter(|cell| !cell.is_empty());
    let title: Vec<String> = above.collect();
    (!title.is_empty()).then(|| title.concat().split_whitespace().collect())
}
