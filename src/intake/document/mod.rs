//! Reads documents of any kind of file into one model: text with its paragraphs and tables.
//!
//! Every reader is bounded: by the size of the file, of what it unpacks to, by rows and cells. Must not know: what
//! the text says. Callers: cli, `intake::extract`.

mod docx;
mod fault;
mod html;
mod model;
mod plain_text;
mod workbook;
mod xls_extent;

pub use self::fault::DocumentFault;
pub use self::model::{Block, Cell, Document, TextSpan, VerticalMerge};

use self::model::{MOST_CELLS, RawCell};
use super::LARGEST_FILE;
use super::encoding::{NotText, decode};
use super::sheet::{CsvFault, separated_rows};

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
            CsvFault::TooManyCells { limit } => DocumentFault::TooManyCells { limit },
            CsvFault::UnclosedQuote { line } => DocumentFault::UnclosedQuote { line },
        })?;
        let cell = |text| RawCell { text, merge: VerticalMerge::Unknown };
        let rows = rows.into_iter().map(|row| row.cells.into_iter().map(cell).collect());
        let mut document = Self::default();
        document.push_table(rows.collect());
        Ok(document)
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
