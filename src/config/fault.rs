//! What can be wrong with a configuration file, and how it is said.
//!
//! Must not know: which command reads the file.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::meaning_fault::MeaningFault;
use crate::domain::address::AddressFault;
use crate::domain::calendar::NoticeFault;
use crate::domain::ladder::{DoesNotFit, LadderFault};
use crate::domain::rule::RuleFault;
use crate::words;
use crate::words::{Lang, Say};

/// One fault of one file: `duban.toml`, rules, ladders, calendar notices, local days, unit days.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct ConfigFault {
    pub place: Place,
    /// Dotted key; an item of a list is called by its name, else by its number: `ladder.standard.rung.late.tone`. Empty
    /// when the fault concerns the whole file.
    pub key: String,
    pub kind: FaultKind,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File {
        path: PathBuf,
        /// From 1; `None` when the fault concerns the whole file.
        line: Option<usize>,
    },
    Environment {
        variable: String,
    },
    /// In the built-in defaults.
    Default,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file cannot be read.
    Unreadable(ErrorKind),
    NotUtf8,
    Syntax {
        column: usize,
        fault: SyntaxFault,
    },
    NumberTooLarge,
    UnknownKey {
        /// The most similar key, with its tables.
        similar: Option<String>,
        /// The keys that may stand there.
        known: &'static [&'static str],
    },
    Missing,
    Empty,
    WrongType {
        expected: Expected,
    },
    /// The form is right, the meaning is not.
    Meaning(MeaningFault),
    /// A text that cannot be understood.
    Unfit {
        expected: Expected,
        found: String,
    },
    NotOneOf {
        value: String,
        allowed: Vec<&'static str>,
    },
    OutOfRange {
        value: i64,
        least: i64,
        greatest: i64,
    },
    /// Neither 0 nor a number of days in this range.
    NotDays {
        value: i64,
        least: u32,
        greatest: u32,
    },
    NotAnAddress {
        value: String,
        fault: AddressFault,
    },
    NotACronLine {
        value: String,
        /// What the parser said.
        english: String,
    },
    /// The hours for mail end before they begin.
    EndsBeforeItBegins,
    /// Nothing would ever be sent.
    NeverInMailHours,
    /// Empty, although `by` needs it.
    Needed {
        by: Need,
    },
    /// A file or folder that the key names.
    File {
        path: PathBuf,
        fault: NamedFileFault,
    },
    /// Another file of rules, or the rules themselves, contradict this one.
    Rule(RuleFault),
    /// Two ladders of one name in one file.
    LadderTwice,
    Ladder(LadderFault),
    /// A rule names a ladder that does not exist.
    NoSuchLadder {
        ladder: String,
    },
    /// A rung lies before the term of the rule begins.
    OutsideTerm {
        rule: String,
        fault: DoesNotFit,
    },
    /// A file of notices or days.
    Days(DaysFault),
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Text,
    Number,
    Table,
    List,
    Date,
    Time,
    Term,
    Period,
    Addressee,
    Target,
    Host,
}

/// What needs a key that is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Supervision,
    EveryCommand,
    EveryMail,
    Relay,
}

/// Why a text is not TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxFault {
    /// A sign of a Chinese keyboard where TOML has its own.
    FullWidth(char),
    Duplicate,
    Unquoted,
    NoEquals,
    /// What the parser said, in English.
    Other(String),
}

/// Why a file that a key names cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedFileFault {
    Unusable(ErrorKind),
    /// It holds a secret.
    ReadableByOthers,
    /// It should hold the relay's password.
    Empty,
}

/// What is wrong with a file of notices, local days or unit days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DaysFault {
    Syntax {
        column: usize,
    },
    UnknownKey {
        key: String,
    },
    Missing {
        key: String,
    },
    /// A value of another type, or a date that does not exist.
    Value {
        column: usize,
        /// What the parser said.
        english: String,
    },
    /// Neither of the two formats of calendar files.
    UnknownFormat,
    /// Days, but not the notice they come from.
    NoPaper,
    Notice(NoticeFault),
    /// Another file has days of the same unit.
    UnitTwice {
        unit: String,
    },
}

impl From<MeaningFault> for FaultKind {
    fn from(fault: MeaningFault) -> Self {
        Self::Meaning(fault)
    }
}

impl Say for ConfigFault {
    fn say(&self, lang: Lang) -> String {
        let parts = [self.place.say(lang), self.key.clone(), self.kind.say(lang)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(lang.pick("：", ": "))
    }
}

impl Say for Place {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::File { path, line: Some(line) } => {
                lang.line_of(&path.display().to_string(), line)
            }
            Self::File { path, line: None } => path.display().to_string(),
            Self::Environment { variable } => {
                words!(lang, zh = "环境变量{variable}", en = "${variable}")
            }
            Self::Default => String::new(),
        }
    }
}

impl Say for FaultKind {
    fn say(&self, lang: Lang) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            Self::Unreadable(reason) => {
                words!(lang, zh = "无法读取：{r}", en = "cannot be read: {r}", r = reason.say(lang))
            }
            Self::NotUtf8 => fixed(
                "不是 UTF-8 编码，请另存为 UTF-8（不要用 GBK）",
                "is not UTF-8; save it as UTF-8 (not GBK)",
            ),
            Self::Syntax { column, fault } => not_toml(lang, *column, fault),
            Self::NumberTooLarge => fixed("有一个数过大", "has a number that is too large"),
            Self::UnknownKey { similar, known } => unknown_key(lang, similar.as_deref(), known),
            Self::Missing => fixed("缺少该项", "is missing"),
            Self::Empty => fixed("不能为空", "must not be empty"),
            Self::WrongType { expected } => {
                words!(lang, zh = "应为{e}", en = "must be {e}", e = expected.say(lang))
            }
            Self::Meaning(fault) => fault.say(lang),
            Self::Unfit { expected, found } => {
                let e = expected.say(lang);
                words!(lang, zh = "“{found}”不是{e}", en = "`{found}` is not {e}")
            }
            Self::NotOneOf { value, allowed } => words!(
                lang,
                zh = "“{value}”不可用，应为以下之一：{a}",
                en = "`{value}` is not allowed; write one of {a}",
                a = lang.list(allowed)
            ),
            Self::OutOfRange { value, least, greatest } => words!(
                lang,
                zh = "{value}超出范围，应为{least}至{greatest}",
                en = "{value} is out of range; write {least} to {greatest}"
            ),
            Self::NotDays { value, least, greatest } => not_days(lang, *value, *least, *greatest),
            Self::NotAnAddress { value, fault } => words!(
                lang,
                zh = "“{value}”不是有效的邮箱地址：{fault}",
                en = "`{value}` is not a mail address: it {fault}",
                fault = fault.say(lang)
            ),
            Self::NotACronLine { value, english } => not_a_cron_line(lang, value, english),
            Self::EndsBeforeItBegins => {
                fixed("须晚于 schedule.mail_from", "must be later than schedule.mail_from")
            }
            Self::NeverInMailHours => never_in_mail_hours(lang),
            Self::Needed { by } => {
                let by = by.say(lang);
                words!(lang, zh = "不能为空，{by}需要该项", en = "is empty, but {by} needs it")
            }
            Self::File { path, fault } => {
                let (path, fault) = (path.display(), fault.say(lang));
                words!(lang, zh = "{path}：{fault}", en = "{path}: {fault}")
            }
            Self::Rule(fault) => fault.say(lang),
            Self::Ladder(fault) => fault.say(lang),
            Self::LadderTwice => {
                fixed("本文件已有同名阶梯", "this file has another ladder of this name")
            }
            Self::NoSuchLadder { ladder } => {
                words!(lang, zh = "没有“{ladder}”这一阶梯", en = "there is no ladder `{ladder}`")
            }
            Self::OutsideTerm { rule, fault } => {
                let fault = fault.say(lang);
                words!(lang, zh = "{fault}（规则“{rule}”）", en = "{fault} (rule `{rule}`)")
            }
            Self::Days(fault) => fault.say(lang),
        }
    }
}

fn not_days(lang: Lang, value: i64, least: u32, greatest: u32) -> String {
    words!(
        lang,
        zh = "{value}不可用，应为0（永久保存）或者{least}至{greatest}日",
        en = "{value} cannot be used; write 0 (for ever) or {least} to {greatest} days"
    )
}

fn not_toml(lang: Lang, column: usize, fault: &SyntaxFault) -> String {
    words!(
        lang,
        zh = "第{column}个字符处不符合 TOML 格式：{f}",
        en = "is not TOML at column {column}: {f}",
        f = fault.say(lang)
    )
}

fn unknown_key(lang: Lang, similar: Option<&str>, known: &[&str]) -> String {
    match similar {
        Some(similar) => words!(
            lang,
            zh = "没有这一项，是否应为 {similar}？",
            en = "no such key; did you mean `{similar}`?"
        ),
        None => words!(
            lang,
            zh = "没有这一项，此处可用：{k}",
            en = "no such key; the keys here are {k}",
            k = lang.list(known)
        ),
    }
}

fn never_in_mail_hours(lang: Lang) -> String {
    lang.pick(
        "从不落在工作日 schedule.mail_from 至 schedule.mail_until 之间，邮件将永远发不出；请改为例如 0 */10 * * * *",
        "never falls between schedule.mail_from and schedule.mail_until on a working day, so no mail would ever go out; \
         write for example 0 */10 * * * *",
    )
    .to_owned()
}

fn not_a_cron_line(lang: Lang, value: &str, english: &str) -> String {
    let reason = english.trim_end_matches('.');
    words!(
        lang,
        zh = "“{value}”不是有效的运行时刻，请依次写六段：秒 分 时 日 月 星期，例如 0 */10 * * * *",
        en = "`{value}` is not a schedule ({reason}); write six fields: second minute hour day month weekday, as in \
              0 */10 * * * *"
    )
}

impl Say for Expected {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Text => ("英文双引号内的文字", "a text in quotes"),
            Self::Number => ("整数，不加引号", "a whole number without quotes"),
            Self::Table => ("一组键值（[表名] 或 { … }）", "a table, [name] or { … }"),
            Self::List => ("列表（方括号内逐项列出，或 [[…]]）", "a list, [ … ] or [[…]]"),
            Self::Date => ("日期，写法如 2026-05-01", "a date such as 2026-05-01"),
            Self::Time => ("时刻，写法如 08:30", "a time of day such as 08:30"),
            Self::Term => (
                "时限，写法如 20wd、30d、>=30d、every:12mo@0-31",
                "a term such as 20wd, 30d, >=30d or every:12mo@0-31",
            ),
            Self::Period => ("期间，写法如 20wd", "a period such as 20wd"),
            Self::Addressee => (
                "角色/职级，写法如 responsible/handler 或 责任单位/承办人",
                "a role and a rank, such as responsible/handler or supervisor/leader",
            ),
            Self::Target => (
                "以日期结束的内部目标，写法如 及时=10wd; 定期=每季度",
                "a target that ends on a day, written as 及时=10wd; 定期=每季度",
            ),
            Self::Host => (
                "主机名或 IP 地址，写法如 smtp.office.example",
                "a host name or an IP address, such as smtp.office.example",
            ),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl Say for Need {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Supervision => ("督办阶梯的最后一级", "the last step of the ladder"),
            Self::EveryCommand => ("每条命令", "every command"),
            Self::EveryMail => ("每封邮件", "every mail"),
            Self::Relay => ("mail.transport = \"smtp\"", "mail.transport = \"smtp\""),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl Say for SyntaxFault {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::FullWidth(sign) => {
                return words!(
                    lang,
                    zh = "{sign} 是全角符号，请改为半角",
                    en = "`{sign}` is a full-width sign; write it in half width"
                );
            }
            Self::Duplicate => ("该项写了两次", "the key is given twice"),
            Self::Unquoted => ("文字须放在英文双引号内", "a text must stand in quotes"),
            Self::NoEquals => ("该项没有等号和值", "the key has no `=` and value"),
            Self::Other(english) => ("写法有误", english.as_str()),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl Say for NamedFileFault {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Unusable(reason) => return reason.say(lang),
            Self::ReadableByOthers => (
                "含有密码，但其他用户也能读取，请执行 chmod 600",
                "it holds a secret and others may read it; run chmod 600 on it",
            ),
            Self::Empty => (
                "文件为空，mail.smtp.username 需要密码，请写在第一行",
                "it is empty, but mail.smtp.username needs a password: its first line",
            ),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl Say for DaysFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Syntax { column } => words!(
                lang,
                zh = "第{column}个字符处不符合 JSON 格式",
                en = "is not JSON at column {column}"
            ),
            Self::UnknownKey { key } => {
                words!(lang, zh = "没有“{key}”这一项", en = "unknown field `{key}`")
            }
            Self::Missing { key } => words!(lang, zh = "缺少“{key}”", en = "`{key}` is missing"),
            Self::Value { column, english } => words!(
                lang,
                zh = "第{column}个字符处的值不可用（类型不对，或日期不存在）",
                en = "column {column}: {english}"
            ),
            Self::UnknownFormat => lang
                .pick(
                    "不是放假安排通知文件：应有 schema（cn-calendar/1），或有 papers 和 days（holiday-cn）",
                    "is neither `cn-calendar/1` (key `schema`) nor holiday-cn (keys `papers` and `days`)",
                )
                .to_owned(),
            Self::NoPaper => lang
                .pick("papers 未列出通知来源", "`papers` does not name the notice")
                .to_owned(),
            Self::Notice(fault) => fault.say(lang),
            Self::UnitTwice { unit } => words!(
                lang,
                zh = "另一文件已有{unit}的休息日，一个单位只能有一个文件",
                en = "another file has the days of {unit}; a unit has one file"
            ),
        }
    }
}
