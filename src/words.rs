//! The two languages of everything a person reads, written side by side where it is said.
//!
//! Must not know: any sentence, the environment. Callers: every room; this is the lowest one.

use std::fmt::Display;
use std::io::ErrorKind;

/// A language in which the program speaks to people. Keys of JSON and CSV, exit codes and log fields never depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English; logs are always English.
    En,
}

impl Lang {
    /// Reads `zh` or `en`, or the beginning of a locale such as `zh_CN.UTF-8`; anything else is `None`.
    ///
    /// ```
    /// use duban::words::Lang;
    /// assert_eq!(Lang::parse("zh_CN.UTF-8"), Some(Lang::Zh));
    /// assert_eq!(Lang::parse("en"), Some(Lang::En));
    /// assert_eq!(Lang::parse("C.UTF-8"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let language = text.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// One of two fixed texts; [`words!`](crate::words!) is for texts with values in them.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// What stands between the names of a list: `、` or `, `.
    pub fn separator(self) -> &'static str {
        self.pick("、", ", ")
    }

    /// A line of a file: `y.csv第2行` or `y.csv:2`.
    pub fn line_of(self, file: &str, line: impl Display) -> String {
        match self {
            Self::Zh => format!("{file}第{line}行"),
            Self::En => format!("{file}:{line}"),
        }
    }

    /// Names as a list in this language.
    pub fn list<T: AsRef<str>>(self, names: &[T]) -> String {
        names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(self.separator())
    }
}

/// What can be said to a person in either language.
///
/// An error implements it beside its type, with one `match` over its variants, and takes its `Display` (for logs) from it:
/// `#[derive(thiserror::Error)] #[error("{}", self.say(Lang::En))]` on the type.
pub trait Say {
    /// The sentence in `lang`, without a full stop, without a hint.
    fn say(&self, lang: Lang) -> String;
}

/// A text in two languages, side by side at the place of use; values are named in the text or listed behind it.
///
/// ```
/// use duban::{words, words::Lang};
/// let n = 3;
/// assert_eq!(words!(Lang::Zh, zh = "已发送{n}封", en = "{n} mails sent"), "已发送3封");
/// assert_eq!(words!(Lang::En, zh = "已发送{k}封", en = "{k} mails sent", k = n + 1), "4 mails sent");
/// ```
#[macro_export]
macro_rules! words {
    ($lang:expr, zh = $zh:literal, en = $en:literal $(, $name:ident = $value:expr)* $(,)?) => {
        match $lang {
            $crate::words::Lang::Zh => ::std::fmt::format(::std::format_args!($zh $(, $name = $value)*)),
            $crate::words::Lang::En => ::std::fmt::format(::std::format_args!($en $(, $name = $value)*)),
        }
    };
}

/// Why the operating system refused something, in plain words; a kind not listed is called a system error in Chinese.
impl Say for ErrorKind {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the standard library adds kinds")]
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::NotFound => ("文件或文件夹不存在", "no such file or folder"),
            Self::PermissionDenied => ("当前用户没有权限", "this user has no permission"),
            Self::AlreadyExists => ("已存在", "it already exists"),
            Self::IsADirectory => ("这是文件夹，不是文件", "it is a folder, not a file"),
            Self::NotADirectory => ("路径中有一段不是文件夹", "part of the path is not a folder"),
            Self::StorageFull => ("磁盘已满", "the disk is full"),
            Self::QuotaExceeded => ("磁盘配额已用完", "the disk quota is used up"),
            Self::FileTooLarge => ("文件过大", "the file is too large"),
            Self::ReadOnlyFilesystem => ("文件系统为只读", "the file system is read-only"),
            Self::InvalidFilename => ("文件名无效或过长", "the file name is invalid or too long"),
            Self::InvalidData => ("内容无法识别", "the content is invalid"),
            Self::UnexpectedEof => ("内容不完整", "the content ends too early"),
            Self::ConnectionRefused => ("对方拒绝连接", "connection refused"),
            Self::ConnectionReset | Self::ConnectionAborted | Self::BrokenPipe => {
                ("连接中断", "the connection broke")
            }
            Self::HostUnreachable | Self::NetworkUnreachable | Self::NetworkDown => {
                ("网络不通", "the network is unreachable")
            }
            Self::AddrInUse => ("地址已被占用", "the address is in use"),
            Self::AddrNotAvailable => ("地址不可用", "the address is not available"),
            Self::TimedOut => ("超时", "timed out"),
            Self::OutOfMemory => ("内存不足", "out of memory"),
            _ => return lang.pick("系统错误".to_owned(), self.to_string()),
        };
        lang.pick(zh, en).to_owned()
    }
}

/// An error of the operating system, with its number where the kind alone says nothing.
impl Say for std::io::Error {
    fn say(&self, lang: Lang) -> String {
        match (self.kind().say(lang), self.raw_os_error()) {
            (text, Some(number)) if text == "系统错误" => {
                words!(lang, zh = "系统错误{number}", en = "system error {number}")
            }
            (text, _) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, Say};

    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.say(Lang::En))]
    enum Fault {
        TooLong { limit: usize },
        File(#[from] std::io::Error),
    }

    impl Say for Fault {
        fn say(&self, lang: Lang) -> String {
            match self {
                Self::TooLong { limit } => {
                    words!(lang, zh = "超过{limit}个字", en = "longer than {limit} characters")
                }
                Self::File(error) => error.say(lang),
            }
        }
    }

    #[test]
    fn an_error_says_itself_in_both_languages_and_logs_english() {
        let fault = Fault::TooLong { limit: 9 };
        assert_eq!(fault.say(Lang::Zh), "超过9个字");
        assert_eq!(fault.to_string(), "longer than 9 characters");
        let fault = Fault::from(std::io::Error::from(std::io::ErrorKind::NotFound));
        assert_eq!(fault.to_string(), "no such file or folder");
        assert!(std::error::Error::source(&fault).is_some());
    }
}
