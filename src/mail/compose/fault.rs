//! Why a mail cannot be composed.
//!
//! Must not know: which mail it was.

use crate::domain::address::Address;
use crate::mail::templates::TemplateFault;
use crate::words;
use crate::words::{Lang, Say};

#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum ComposeFault {
    /// A reminder mail without a reminder.
    NoItems,
    /// A template of the office is broken.
    Template(#[from] TemplateFault),
    /// An address that cannot stand in a header.
    Address { address: Address },
    /// The stored address of the contact is damaged.
    DamagedAddress,
    /// The headers do not make a mail.
    Headers(#[from] lettre::error::Error),
}

impl Say for ComposeFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoItems => {
                lang.pick("邮件中没有事项", "a mail needs at least one item").to_owned()
            }
            Self::Template(fault) => fault.say(lang),
            Self::Address { address } => words!(
                lang,
                zh = "“{address}”不能写入邮件头",
                en = "`{address}` cannot stand in a mail header",
                address = address.as_str()
            ),
            Self::DamagedAddress => lang
                .pick("联系人的邮箱记录已损坏", "the stored address of the contact is damaged")
                .to_owned(),
            Self::Headers(_) => {
                lang.pick("邮件头不完整", "the headers do not make a mail").to_owned()
            }
        }
    }
}
