//! Reads documents of any kind of file into one model: text with its paragraphs and tables.
//!
//! Every reader is bounded: by the size of the file, of what it unpacks to, by rows and cells. Must not know: what
//! the text says. Callers: cli, `intake::extract`.

mod docx;
pub(super) mod fault;
mod foreign_kind;
mod html;
mod kind;
mod model;
mod page_in_mail;
mod plain_text;
mod workbook;
mod workbook_marks;
mod xls_extent;

pub use self::fault::{DocumentFault, Program};
pub use self::foreign_kind::ForeignKind;
pub use self::model::{Block, Cell, Document, TextSpan, VerticalMerge};

use self::kind::FileKind;
use self::model::{MOST_CELLS, RawCell};
use super::LARGEST_FILE;
use super::encoding::{NotText, decode};
use super::sheet::{CsvFault, separated_rows};
use crate::domain::hidden::without_hidden;

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
            FileKind::PageInMail => page_in_mail::read(bytes)?,
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
    let text = decode(bytes).map_err(|NotText { at, line }| DocumentFault::NotText { at, line })?;
    Ok(without_hidden(&text).into_owned())
}
