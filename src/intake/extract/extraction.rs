//! What extraction finds in a document: its facts, its dated duties, and the questions a person must answer.
//!
//! Must not know: how they are found.

use jiff::civil::Date;

use super::account::Account;
use crate::domain::expression::{Ambiguity, ExpressionFault};
use crate::domain::term::Term;
use crate::words::{Lang, Say};
use crate::{words, words_of};

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// The document itself.
    pub facts: DocumentFacts,
    /// Its dated duties, in the order of the text.
    pub duties: Vec<ExtractedDuty>,
    /// Words such as 及时: nothing is ever due by them.
    pub undated: Vec<UndatedWord>,
    /// Names of units in duties that the ledger does not know; empty when it knows none at all.
    pub unknown_units: Vec<String>,
    /// What became of everything else.
    pub account: Account,
}

/// What identifies a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Its title on one line.
    pub title: Option<String>,
    /// Its number, such as 渝中府办〔2022〕24号.
    pub number: Option<String>,
    /// The year its days without a year belong to.
    pub year: Option<i16>,
    /// The day it was signed or printed.
    pub issued: Option<Date>,
}

/// A duty with a time limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractedDuty {
    /// Where its expression begins, in characters of the document's text.
    pub start: usize,
    /// The expression as written.
    pub written: String,
    /// What it says, or why that cannot be told.
    pub term: Result<Term, ExpressionFault>,
    /// The event a period runs from, in words.
    pub trigger_words: Option<String>,
    /// 牵头单位.
    pub lead: Vec<String>,
    /// 责任单位.
    pub responsible: Vec<String>,
    /// Where it stands: 三、（十）2.
    pub clause: String,
    /// The sentence.
    pub text: String,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// What a person must decide.
    pub questions: Vec<Question>,
}

/// A word about time that sets no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndatedWord {
    /// Where it begins, in characters of the document's text.
    pub start: usize,
    /// The word.
    pub written: String,
}

/// How sure a reading is, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// No unit was found, or the date could not be told.
    Low,
    /// A person must decide something.
    Medium,
    /// Nothing is open.
    High,
}

/// What a person must decide about a duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// The time limit has more than one sense.
    Ambiguous(Ambiguity),
    /// A day without a year, in a document without one.
    YearMissing,
    /// A day no calendar has.
    NoSuchDay,
    /// A cell of the column of time limits that the grammar does not understand.
    NotUnderstood,
    /// The title names another year than that of the issue; the day was written without one.
    YearOfTitleOrIssue,
    /// 报市政府审定后印发: is the day that of the draft or of the approval?
    DraftOrApproval,
    /// 有关部门: which units of the group?
    WhichUnitsOf(String),
    /// A list that ends in 等.
    OpenList,
    /// No unit was found.
    NoUnits,
    /// The units stand in another row or sentence.
    UnitsFromElsewhere,
    /// The day lies before the document's own.
    AlreadyPast,
}

words_of! {
    Confidence {
        Low = "low", zh = "低", en = "low";
        Medium = "medium", zh = "中", en = "medium";
        High = "high", zh = "高", en = "high";
    }
}

impl Say for Question {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Ambiguous(ambiguity) => return ambiguity.say(lang),
            Self::WhichUnitsOf(group) => {
                return words!(
                    lang,
                    zh = "“{group}”须指定具体单位",
                    en = "“{group}” must be resolved to units"
                );
            }
            Self::YearMissing => (
                "文件未写明年份，请用 --year 指定",
                "the document names no year; give it with --year",
            ),
            Self::NoSuchDay => ("日期不存在，请核对原文", "no such day exists; check the document"),
            Self::NotUnderstood => (
                "时限无法识别，请按原意填写",
                "this time limit is not understood; write it as it is meant",
            ),
            Self::YearOfTitleOrIssue => (
                "标题年份与发文年份不同，请核对年份",
                "the title names another year than the day of issue; check the year",
            ),
            Self::DraftOrApproval => (
                "报审后印发：按草案报送之日计，审定、印发另行跟踪",
                "issued after approval: taken as the date of the draft; track approval and issue separately",
            ),
            Self::OpenList => (
                "单位名单以“等”结尾，请补全",
                "the list of units ends in “等” (and others); complete it",
            ),
            Self::NoUnits => {
                ("未找到责任单位，请填写", "no responsible unit was found; fill it in")
            }
            Self::UnitsFromElsewhere => (
                "责任单位取自上文，请核对",
                "the responsible units were taken from other sentences; check them",
            ),
            Self::AlreadyPast => (
                "期限早于发文日期，登记时即已逾期",
                "the date is before the date of the document; it is overdue once registered",
            ),
        };
        lang.pick(zh, en).to_owned()
    }
}
