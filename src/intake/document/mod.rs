//! A document as text with its paragraphs and tables, whatever file it came in.
//!
//! Every reader is bounded: by the size of the file, of what it unpacks to, by rows and cells. Must not know: what
//! the text says.

mod docx;
mod fault;
mod html;
mod plain_text;
mod workbook;
mod xls_extent;

pub use self::fault::DocumentFault;

use super::LARGEST_FILE;
use super::encoding::{NotText, decode};
use super::sheet::{CsvFault, separated_rows};

/// Largest text a document may unpack to, in bytes.
pub(super) const LARGEST_TEXT: u64 = 64 * 1024 * 1024;
/// Most cells of all tables together.
pub(super) const MOST_CELLS: usize = 500_000;

/// The text of a document, and what stands where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The text as read: paragraphs on lines, cells between tabs.
    pub text: String,
    /// Paragraphs and tables in order.
    pub blocks: Vec<Block>,
    /// Characters of `text`.
    length: usize,
}

/// A paragraph or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(TextSpan),
    /// Rows of cells.
    Table(Vec<Vec<Cell>>),
}

/// A part of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextSpan {
    /// Its first character, counted from 0 in the document's text.
    pub start: usize,
    /// What it says; its line ends are those of the document's text.
    pub text: String,
}

impl TextSpan {
    /// The part from byte `from` until byte `until`, without white space at its ends; empty outside the text.
    #[must_use]
    pub fn part(&self, from: usize, until: usize) -> Self {
        let whole = self.text.get(from..until).unwrap_or_default();
        let text = whole.trim_start();
        let begin = from + whole.len() - text.len();
        let before = self.text.get(..begin).unwrap_or_default().chars().count();
        Self { start: self.start + before, text: text.trim_end().to_owned() }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says; empty when it is merged with the cell above.
    pub span: TextSpan,
    /// How the table marks that the cell above holds here too.
    pub merge: VerticalMerge,
}

/// Whether the cell above holds for a cell too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerticalMerge {
    /// Merged with it.
    Merged,
    /// The cell stands alone.
    #[default]
    Separate,
    /// The file has no merged cells: an empty cell may mean either.
    Unknown,
}

/// A cell on its way into a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawCell {
    pub(super) text: String,
    pub(super) merge: VerticalMerge,
}

impl Document {
    /// Reads a document; the kind of file is told by its bytes, then by the ending of its name.
    ///
    /// # Errors
    ///
    /// A [`DocumentFault`] when the file is too large, of another kind, encrypted, damaged or without text.
    pub fn read(file_name: &str, bytes: &[u8]) -> Result<Self, DocumentFault> {
        if bytes.len() > LARGEST_FILE {
            return Err(DocumentFault::TooLarge { bytes: bytes.len(), limit: LARGEST_FILE });
        }
        let document = match FileKind::of(file_name, bytes)? {
            FileKind::Docx => docx::read(bytes)?,
            FileKind::Xlsx => workbook::read_xlsx(bytes)?,
            FileKind::Xls => workbook::read_xls(bytes)?,
            FileKind::Separated => Self::from_rows(file_name, &text_of(bytes)?)?,
            FileKind::Html => html::read(&text_of(bytes)?)?,
            FileKind::Text => plain_text::read(text_of(bytes)?)?,
        };
        if document.text.trim().is_empty() { Err(DocumentFault::Empty) } else { Ok(document) }
    }

    fn from_rows(file_name: &str, text: &str) -> Result<Self, DocumentFault> {
        let rows = separated_rows(file_name, text, MOST_CELLS).map_err(|fault| match fault {
            CsvFault::TooManyCells { limit, .. } => DocumentFault::TooManyCells { limit },
            CsvFault::UnclosedQuote { .. } => DocumentFault::Damaged { part: "csv" },
        })?;
        let cell = |text| RawCell { text, merge: VerticalMerge::Unknown };
        let rows = rows.into_iter().map(|row| row.cells.into_iter().map(cell).collect());
        let mut document = Self::default();
        document.push_table(rows.collect());
        Ok(document)
    }

    /// Adds a paragraph on a line of its own.
    pub(super) fn push_paragraph(&mut self, text: &str) {
        let text = text.trim_end();
        if text.trim().is_empty() {
            return;
        }
        let span = self.push_span(text);
        self.push_text("\n");
        self.blocks.push(Block::Paragraph(span));
    }

    /// Adds a table, each row on a line of its own.
    pub(super) fn push_table(&mut self, rows: Vec<Vec<RawCell>>) {
        let mut table = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for RawCell { text, merge } in row {
                if !cells.is_empty() {
                    self.push_text("\t");
                }
                cells.push(Cell { span: self.push_span(text.trim()), merge });
            }
            self.push_text("\n");
            table.push(cells);
        }
        if !table.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }

    fn push_span(&mut self, text: &str) -> TextSpan {
        let start = self.length;
        self.push_text(text);
        TextSpan { start, text: text.to_owned() }
    }

    fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        self.length += text.chars().count();
    }
}

fn text_of(bytes: &[u8]) -> Result<String, DocumentFault> {
    decode(bytes).map_err(|NotText { at, line }| DocumentFault::NotText { at, line })
}

enum FileKind {
    Docx,
    Xlsx,
    Xls,
    Separated,
    Html,
    Text,
}

impl FileKind {
    fn of(file_name: &str, bytes: &[u8]) -> Result<Self, DocumentFault> {
        let ending =
            file_name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        if bytes.is_empty() {
            return Err(DocumentFault::Empty);
        }
        if bytes.starts_with(b"PK") {
            return Self::of_archive(bytes);
        }
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Self::of_compound_file(&ending, bytes);
        }
        if bytes.starts_with(b"%PDF") {
            return Err(DocumentFault::OtherKind { kind: "PDF", instead: "docx" });
        }
        if bytes.starts_with(b"{\\rtf") {
            return Err(DocumentFault::OtherKind { kind: "RTF", instead: "docx" });
        }
        Ok(match ending.as_str() {
            "csv" | "tsv" => Self::Separated,
            "html" | "htm" => Self::Html,
            _ if looks_like_html(bytes) => Self::Html,
            _ => Self::Text,
        })
    }

    fn of_archive(bytes: &[u8]) -> Result<Self, DocumentFault> {
        let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))
            .map_err(|_| DocumentFault::Damaged { part: "zip" })?;
        if archive.index_for_name("word/document.xml").is_some() {
            Ok(Self::Docx)
        } else if archive.index_for_name("xl/workbook.xml").is_some() {
            Ok(Self::Xlsx)
        } else {
            Err(DocumentFault::OtherKind { kind: "ZIP", instead: "docx" })
        }
    }

    /// The old container of Word and Excel, also the wrapper of every encrypted file.
    fn of_compound_file(ending: &str, bytes: &[u8]) -> Result<Self, DocumentFault> {
        let holds = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.windows(name.len()).any(|window| window == name)
        };
        if holds("EncryptedPackage") {
            Err(DocumentFault::Encrypted)
        } else if holds("Workbook") || holds("Book") || ending == "xls" {
            Ok(Self::Xls)
        } else {
            Err(DocumentFault::OtherKind { kind: "Word 97-2003", instead: "docx" })
        }
    }
}

fn looks_like_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default().to_ascii_lowercase();
    [&b"<html"[..], b"<!doctype html", b"<table", b"<body"]
        .iter()
        .any(|tag| head.windows(tag.len()).any(|window| window == *tag))
}
