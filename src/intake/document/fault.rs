//! Why a file cannot be read as a document.
//!
//! Must not know: the name of the file, what a person can do about it.

use super::foreign_kind::ForeignKind;
use crate::words;
use crate::words::{Lang, Say};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum DocumentFault {
    TooLarge {
        bytes: usize,
        limit: usize,
    },
    /// Unpacks to more than is read: a damaged file or an attack.
    ExpandsTooFar {
        limit: u64,
    },
    TooManyCells {
        limit: usize,
    },
    /// The file holds no text.
    Empty,
    /// No encoding fits.
    NotText {
        /// Offset of the first byte that fits no encoding.
        at: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Protected by a password.
    Encrypted,
    /// A kind of file that is not read.
    OtherKind {
        kind: &'static str,
        /// The kind to save it as.
        instead: &'static str,
    },
    /// A kind that another program must turn into one that is read.
    Foreign(ForeignKind),
    /// That program is not installed.
    NoProgram {
        kind: ForeignKind,
        program: Program,
    },
    /// That program failed.
    NotConverted {
        kind: ForeignKind,
    },
    /// That program was stopped after so long.
    TooSlow {
        kind: ForeignKind,
        seconds: u64,
    },
    /// Pages without text: pictures of paper.
    Scanned,
    /// The content does not match the kind of file.
    Damaged {
        part: &'static str,
    },
    /// The CSV row that begins at `line` has a quote that is never closed.
    UnclosedQuote {
        line: usize,
    },
}

/// A program that reads files of other kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    LibreOffice,
    Pdftotext,
}

impl Program {
    /// The program that reads this kind.
    pub fn of(kind: ForeignKind) -> Self {
        match kind {
            ForeignKind::Pdf => Self::Pdftotext,
            ForeignKind::Word
            | ForeignKind::Rtf
            | ForeignKind::OpenDocument
            | ForeignKind::OpenSheet => Self::LibreOffice,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::LibreOffice => "LibreOffice",
            Self::Pdftotext => "pdftotext",
        }
    }

    /// The packages of Debian that hold it.
    pub fn packages(self) -> &'static str {
        match self {
            Self::LibreOffice => "libreoffice-writer-nogui libreoffice-calc-nogui",
            Self::Pdftotext => "poppler-utils poppler-data",
        }
    }
}

impl Say for DocumentFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::TooLarge { bytes, limit } => words!(
                lang,
                zh = "文件有{bytes}字节，最多可读{limit}字节",
                en = "the file has {bytes} bytes, and at most {limit} are read"
            ),
            Self::ExpandsTooFar { limit } => words!(
                lang,
                zh = "文件解压后超过{limit}字节",
                en = "the file unpacks to more than {limit} bytes"
            ),
            Self::TooManyCells { limit } => words!(
                lang,
                zh = "表格超过{limit}个单元格",
                en = "the tables have more than {limit} cells"
            ),
            Self::Empty => lang.pick("文件中没有文字", "the file contains no text").to_owned(),
            Self::NotText { at, line } => words!(
                lang,
                zh = "不是 UTF-8、UTF-16 或者 GB18030 文本（第{line}行，偏移{at}字节处）",
                en = "the file is not text in UTF-8, UTF-16 or GB18030 (line {line}, byte {at})"
            ),
            Self::Encrypted => {
                lang.pick("文件有密码保护", "the file is protected by a password").to_owned()
            }
            Self::OtherKind { kind, .. } => {
                words!(lang, zh = "不支持 {kind} 文件", en = "{kind} files are not supported")
            }
            Self::Foreign(kind) => {
                let kind = kind.name();
                words!(lang, zh = "不支持 {kind} 文件", en = "{kind} files are not supported")
            }
            Self::NoProgram { kind, program } => words!(
                lang,
                zh = "读取 {kind} 文件需要 {program}，本机没有安装",
                en = "{kind} files are read with {program}, which is not installed",
                kind = kind.name(),
                program = program.name()
            ),
            Self::NotConverted { kind } => words!(
                lang,
                zh = "{program} 未能转换此 {kind} 文件",
                en = "{program} could not convert this {kind} file",
                kind = kind.name(),
                program = Program::of(*kind).name()
            ),
            Self::TooSlow { kind, seconds } => words!(
                lang,
                zh = "{program} 超过{seconds}秒仍未转换完，已停止",
                en = "{program} did not convert the file within {seconds} seconds and was stopped",
                program = Program::of(*kind).name()
            ),
            Self::Scanned => lang
                .pick("是扫描件，页面中没有文字", "is a scan: its pages hold no text")
                .to_owned(),
            Self::Damaged { part } => {
                words!(lang, zh = "文件已损坏（{part}）", en = "the file is damaged ({part})")
            }
            Self::UnclosedQuote { line } => words!(
                lang,
                zh = "第{line}行起的双引号没有闭合",
                en = "a double quote in the row that begins at line {line} is never closed"
            ),
        }
    }
}
