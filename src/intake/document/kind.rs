//! Kinds of files, told by their bytes, then by the ending of their names.
//!
//! Must not know: how a kind is read, what the text says.

use std::io::Cursor;

use super::fault::DocumentFault;
use super::foreign_kind::ForeignKind;

/// How much of a file is looked at for a mark, in bytes.
const HEAD: usize = 1024;

/// A kind of file that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Docx,
    Xlsx,
    Xls,
    Separated,
    Html,
    /// A page saved as a mail (mht).
    PageInMail,
    Text,
}

impl FileKind {
    pub(super) fn of(file_name: &str, bytes: &[u8]) -> Result<Self, DocumentFault> {
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
            return Err(DocumentFault::Foreign(ForeignKind::Pdf));
        }
        if bytes.starts_with(b"{\\rtf") {
            return Err(DocumentFault::Foreign(ForeignKind::Rtf));
        }
        Ok(match ending.as_str() {
            "csv" | "tsv" => Self::Separated,
            _ if is_page_in_mail(bytes) => Self::PageInMail,
            "html" | "htm" => Self::Html,
            _ if looks_like_html(bytes) => Self::Html,
            _ => Self::Text,
        })
    }

    fn of_archive(bytes: &[u8]) -> Result<Self, DocumentFault> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| DocumentFault::Damaged { part: "zip" })?;
        if archive.index_for_name("word/document.xml").is_some() {
            return Ok(Self::Docx);
        }
        if archive.index_for_name("xl/workbook.xml").is_some() {
            return Ok(Self::Xlsx);
        }
        if archive.index_for_name("OFD.xml").is_some() {
            return Err(DocumentFault::OtherKind { kind: "OFD", instead: "docx" });
        }
        let mut declared = String::new();
        if let Ok(part) = archive.by_name("mimetype") {
            // a part that is no text declares nothing
            let read =
                std::io::Read::read_to_string(&mut std::io::Read::take(part, 100), &mut declared);
            declared.truncate(if read.is_ok() { declared.len() } else { 0 });
        }
        Err(match declared.trim() {
            "application/vnd.oasis.opendocument.text" => {
                DocumentFault::Foreign(ForeignKind::OpenDocument)
            }
            "application/vnd.oasis.opendocument.spreadsheet" => {
                DocumentFault::Foreign(ForeignKind::OpenSheet)
            }
            _ => DocumentFault::OtherKind { kind: "ZIP", instead: "docx" },
        })
    }

    /// The old container of Word and Excel, also the wrapper of every encrypted file: its directory says which.
    fn of_compound_file(ending: &str, bytes: &[u8]) -> Result<Self, DocumentFault> {
        let holds = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.windows(name.len()).any(|window| window == name)
        };
        let file = cfb::CompoundFile::open(Cursor::new(bytes)).ok();
        let has = |name: &str| match &file {
            Some(file) => file.is_stream(format!("/{name}")),
            // a damaged directory: the names stand somewhere
            None => holds(name),
        };
        if has("EncryptedPackage") {
            Err(DocumentFault::Encrypted)
        } else if has("WordDocument") {
            Err(DocumentFault::Foreign(ForeignKind::Word))
        } else if has("Workbook") || has("Book") || matches!(ending, "xls" | "et") {
            Ok(Self::Xls)
        } else if matches!(ending, "doc" | "wps") {
            Err(DocumentFault::Foreign(ForeignKind::Word))
        } else {
            Err(DocumentFault::OtherKind { kind: "OLE", instead: "docx" })
        }
    }
}

fn head_of(bytes: &[u8]) -> Vec<u8> {
    bytes.get(..bytes.len().min(HEAD)).unwrap_or_default().to_ascii_lowercase()
}

fn holds_any(head: &[u8], marks: &[&[u8]]) -> bool {
    marks.iter().any(|mark| head.windows(mark.len()).any(|window| window == *mark))
}

fn looks_like_html(bytes: &[u8]) -> bool {
    holds_any(&head_of(bytes), &[b"<html", b"<!doctype html", b"<table", b"<body"])
}

/// The head of a mail that holds a page.
fn is_page_in_mail(bytes: &[u8]) -> bool {
    let head = head_of(bytes);
    holds_any(&head, &[b"mime-version:"])
        && holds_any(&head, &[b"multipart/related", b"multipart/alternative", b"text/html"])
}
