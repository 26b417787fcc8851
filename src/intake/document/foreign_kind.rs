//! Kinds of files that another program turns into kinds that are read here.
//!
//! Must not know: how they are told, how they are converted.

/// A kind of file that another program turns into one that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKind {
    /// Word 97 to 2003, and WPS.
    Word,
    Rtf,
    OpenDocument,
    OpenSheet,
    Pdf,
}

impl ForeignKind {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Word => "Word 97-2003",
            Self::Rtf => "RTF",
            Self::OpenDocument => "ODT",
            Self::OpenSheet => "ODS",
            Self::Pdf => "PDF",
        }
    }

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Word => "doc",
            Self::Rtf => "rtf",
            Self::OpenDocument => "odt",
            Self::OpenSheet => "ods",
            Self::Pdf => "pdf",
        }
    }
}
