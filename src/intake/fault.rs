//! What is wrong with a table or one of its cells, and how it is said.
//!
//! Must not know: which command reads the table, what it does about the fault.

use jiff::civil::Date;

use super::document::fault::DocumentFault;
use crate::domain::address::AddressFault;
use crate::domain::expression::ExpressionFault;
use crate::domain::hidden::code_point;
use crate::domain::unit::Rank;
use crate::words;
use crate::words::{Lang, Say};

/// One fault, at the place where a person can correct it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct RowFault {
    /// The file as named by the caller.
    pub file: String,
    /// The line in the file as an editor counts it, from 1, or the row of a worksheet; `None` for the whole file.
    pub line: Option<usize>,
    /// The column as its header is written.
    pub column: Option<String>,
    pub kind: RowFaultKind,
}

/// What is wrong, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum RowFaultKind {
    Table(#[from] TableFault),
    Cell(#[from] CellFault),
}

/// What is wrong with a file, its header or the number of cells in a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum TableFault {
    FileTooLarge {
        bytes: usize,
        limit: usize,
    },
    /// Neither UTF-8, UTF-16 with its mark nor GB18030; or a file of another kind.
    NotText {
        /// Offset of the first byte that fits no encoding.
        at: usize,
    },
    EmptyFile,
    TooManyCells {
        limit: usize,
    },
    TooManyColumns {
        found: usize,
        limit: usize,
    },
    MissingColumn {
        chinese: &'static str,
        english: &'static str,
    },
    UnknownColumn {
        written: String,
        /// The header it resembles most, in the same language.
        meant: Option<&'static str>,
        /// All headers of this kind of table, in Chinese.
        known: Vec<&'static str>,
    },
    /// The same column twice, perhaps once in each language.
    RepeatedColumn {
        written: String,
    },
    WrongCellCount {
        /// Cells of the header.
        expected: usize,
        found: usize,
    },
    /// The rest of the file is one cell.
    UnclosedQuote,
    /// The file is no document that can be read.
    Document(DocumentFault),
    /// A document without a table.
    NoTable,
    /// A person names a column that the table does not have.
    NoSuchHead {
        written: String,
    },
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum CellFault {
    Empty {
        example: &'static str,
    },
    TooLong {
        limit: usize,
    },
    /// A control, a direction mark, a zero-width character.
    Hidden {
        character: char,
    },
    BadAddress {
        written: String,
        fault: AddressFault,
    },
    /// Not two days, with the address of the stand-in if there is one.
    BadAbsence {
        written: String,
        example: &'static str,
    },
    UnknownRank {
        written: String,
    },
    /// Empty although the row names a contact.
    IncompleteContact {
        example: &'static str,
    },
    BadTerm {
        written: String,
        fault: ExpressionFault,
    },
    BadDate {
        written: String,
        example: &'static str,
    },
    BadYear {
        written: String,
    },
    UnknownState {
        written: String,
    },
    /// Evidence in a row that does not say that the work is done.
    EvidenceOfOwed,
    /// A day of completion in a row that says that the work is owed.
    OwedWithDay {
        on: Date,
    },
}

impl Say for RowFault {
    fn say(&self, lang: Lang) -> String {
        let what = self.kind.say(lang);
        let place = self.line.map_or_else(|| self.file.clone(), |it| lang.line_of(&self.file, it));
        match &self.column {
            Some(column) if self.line.is_some() => {
                words!(lang, zh = "{place}：{column}：{what}", en = "{place}: {column}: {what}")
            }
            _ => words!(lang, zh = "{place}：{what}", en = "{place}: {what}"),
        }
    }
}

impl Say for RowFaultKind {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Table(fault) => fault.say(lang),
            Self::Cell(fault) => fault.say(lang),
        }
    }
}

impl Say for TableFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::FileTooLarge { bytes, limit } => words!(
                lang,
                zh = "文件有{bytes}字节，最多可读{limit}字节；请拆分文件",
                en = "the file has {bytes} bytes, and at most {limit} are read; split it"
            ),
            Self::NotText { at } => words!(
                lang,
                zh = "文件不是 UTF-8、UTF-16 或者 GB18030 文本（偏移{at}字节处）；请另存为 UTF-8 或者 GBK 编码的 CSV",
                en = "the file is not text in UTF-8, UTF-16 or GB18030 (byte {at}); save it as CSV in UTF-8 or GBK"
            ),
            Self::EmptyFile => lang.pick("文件为空", "the file is empty").to_owned(),
            Self::TooManyCells { limit } => words!(
                lang,
                zh = "超过{limit}个单元格；请拆分文件",
                en = "the file has more than {limit} cells; split it"
            ),
            Self::TooManyColumns { found, limit } => words!(
                lang,
                zh = "表头有{found}列，最多{limit}列",
                en = "the header has {found} columns, and at most {limit} are read"
            ),
            Self::MissingColumn { chinese, english } => words!(
                lang,
                zh = "缺少“{chinese}”列（{english}）；可用 --map 列={chinese} 指定",
                en = "column {chinese} ({english}) is missing; --map COLUMN={english} names it"
            ),
            Self::UnknownColumn { written, meant: Some(meant), .. } => words!(
                lang,
                zh = "没有“{written}”列；是否应为“{meant}”？",
                en = "no such column `{written}`; did you mean `{meant}`?"
            ),
            Self::UnknownColumn { written, meant: None, known } => words!(
                lang,
                zh = "没有“{written}”列；可用的列为{list}",
                en = "no such column `{written}`; the columns are {list}",
                list = lang.list(known)
            ),
            Self::RepeatedColumn { written } => {
                words!(lang, zh = "“{written}”列重复", en = "column `{written}` occurs twice")
            }
            Self::WrongCellCount { expected, found } => words!(
                lang,
                zh = "本行有{found}格，表头有{expected}格；含逗号的单元格须加英文双引号",
                en = "{found} cells instead of {expected}; put a cell that contains a comma in double quotes"
            ),
            Self::UnclosedQuote => {
                lang.pick("双引号没有闭合", "a double quote is never closed").to_owned()
            }
            Self::Document(fault) => fault.say(lang),
            Self::NoTable => lang
                .pick(
                    "文件中没有表格；正文中的任务请用 duban extract 提取",
                    "the document has no table; `duban extract` finds duties in its text",
                )
                .to_owned(),
            Self::NoSuchHead { written } => {
                words!(
                    lang,
                    zh = "表中没有“{written}”列",
                    en = "the table has no column `{written}`"
                )
            }
        }
    }
}

fn hidden(character: char, lang: Lang) -> String {
    words!(
        lang,
        zh = "含有看不见的字符{code}（控制符、方向符或者零宽字符），请删除",
        en = "holds the character {code}, which nobody sees (a control, a direction mark or without width); delete it",
        code = code_point(character)
    )
}

impl Say for CellFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty { example } => words!(
                lang,
                zh = "不能为空；例如：{example}",
                en = "is empty; write for example {example}"
            ),
            Self::TooLong { limit } => {
                words!(lang, zh = "超过{limit}个字", en = "is longer than {limit} characters")
            }
            Self::Hidden { character } => hidden(*character, lang),
            Self::BadAddress { written, fault } => words!(
                lang,
                zh = "“{written}”不是邮箱地址：{fault}；写法如 chengban@bureau.example",
                en = "`{written}` is not a mail address: it {fault}; write for example chengban@bureau.example",
                fault = fault.say(lang)
            ),
            Self::BadAbsence { written, example } => words!(
                lang,
                zh = "“{written}”不是外出时间；请写第一日和最后一日，有人代收的再写其邮箱，例如：{example}",
                en = "`{written}` is not an absence; write the first day, the last day and, if somebody stands in, the address: {example}"
            ),
            Self::UnknownRank { written } => words!(
                lang,
                zh = "“{written}”不是职级；可写{list}",
                en = "`{written}` is not a rank; write one of {list}",
                list = lang.list(&Rank::ALL.map(|rank| rank.say(lang)))
            ),
            Self::IncompleteContact { example } => words!(
                lang,
                zh = "本行填写了联系人，此格不能为空；例如：{example}",
                en = "is empty although the row names a contact; write for example {example}"
            ),
            Self::BadTerm { written, fault } => {
                let fault = fault.say(lang);
                words!(lang, zh = "“{written}”{fault}", en = "`{written}` {fault}")
            }
            Self::BadDate { written, example } => words!(
                lang,
                zh = "“{written}”不是日期；写法如 {example}，尚未发生的留空",
                en = "`{written}` is not a date; write for example {example}, or leave it empty until the event happens"
            ),
            Self::BadYear { written } => words!(
                lang,
                zh = "“{written}”不是年份；写法如 2022",
                en = "`{written}` is not a year; write for example 2022"
            ),
            Self::UnknownState { written } => words!(
                lang,
                zh = "“{written}”不是状态；请写已办结或者办理中，具体进展写入备注",
                en = "`{written}` is no state; write 已办结 (done) or 办理中 (not done yet), and the progress into 备注"
            ),
            Self::EvidenceOfOwed => lang
                .pick(
                    "只有已办结的事项才有佐证；已办结的请填写办结日期，否则写入备注",
                    "only work that is done has evidence; if it is done, fill 办结日期, else write this into 备注",
                )
                .to_owned(),
            Self::OwedWithDay { on } => words!(
                lang,
                zh = "未办结的事项不应有办结日期{on}；已办结的请将状态写为已办结",
                en = "work that is not done has no day of completion ({on}); if it is done, write 已办结"
            ),
        }
    }
}
