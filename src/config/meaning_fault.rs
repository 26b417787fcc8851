//! What is wrong with a value whose form is right, and how it is said.
//!
//! Must not know: any key, how the fault was found.

use std::path::PathBuf;

use crate::domain::hidden::code_point;
use crate::words;
use crate::words::{Lang, Say};

/// A value that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeaningFault {
    /// A control, a direction mark, a zero-width character.
    Hidden { character: char },
    /// A schedule without a next time, such as the 31st of February.
    NeverComes { value: String },
    /// A folder, or a path without a name.
    NotAFile { path: PathBuf },
    /// A password would go over a connection without TLS.
    ReadableLogin,
    /// The file is larger than any that is meant.
    TooLarge { limit: u64 },
}

impl Say for MeaningFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Hidden { character } => words!(
                lang,
                zh = "含有看不见的字符{c}（控制符、方向符或者零宽字符），请删除",
                en = "holds the character {c}, which nobody sees (a control, a direction mark or without width); delete it",
                c = code_point(*character)
            ),
            Self::NeverComes { value } => words!(
                lang,
                zh = "“{value}”永远不会到来，请检查日和月",
                en = "`{value}` never comes; check the day and the month"
            ),
            Self::NotAFile { path } => words!(
                lang,
                zh = "{path} 不是文件，请写明文件名，例如 /var/lib/duban/duban.db",
                en = "{path} is no file; name one, such as /var/lib/duban/duban.db",
                path = path.display()
            ),
            Self::ReadableLogin => lang
                .pick(
                    "不加密时，密码会以明文发送；请改为 \"implicit\" 或 \"starttls\"，确需如此则设置 mail.smtp.login_without_tls = \"allowed\"",
                    "would send the password in clear text; write \"implicit\" or \"starttls\", or, if it must be, set \
                     mail.smtp.login_without_tls = \"allowed\"",
                )
                .to_owned(),
            Self::TooLarge { limit } => words!(
                lang,
                zh = "文件超过{limit}字节，不会是配置文件",
                en = "has more than {limit} bytes, and no such file has"
            ),
        }
    }
}
