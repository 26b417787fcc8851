//! What a mail that comes back means: a report on delivery, an answering machine, a person's answer.
//!
//! Must not know: MIME, headers, the ledger. Nothing that comes in is ever answered, so no loop can begin here.

use crate::domain::address::Address;
use crate::domain::delivery::{FailureClass, Fault, Outcome, Reply, Stage, classify};

/// A mail as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Who says to have sent it; `None` when that is no address.
    pub from: Option<Address>,
    /// The mail system that delivered it notes an empty return path, as a delivery report has (RFC 3464 §2): no answer, and
    /// no mail of a person, comes without one.
    pub return_path_is_empty: bool,
    /// Its subject without `Re:` and the like.
    pub subject: String,
    /// Message-IDs it refers to with their angle brackets, the nearest first.
    pub refers_to: Vec<String>,
    /// What it is.
    pub content: Content,
}

/// What kind of mail came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A report on delivery (RFC 3464), one entry for each recipient.
    Report(Vec<Report>),
    /// A mail came back in a form that no standard knows.
    Returned {
        /// Its first words.
        excerpt: String,
        /// What it says, with what it brings back.
        text: String,
        /// The addresses in it, each once.
        addresses: Vec<Address>,
    },
    /// An answering machine, a receipt for reading, a list: nobody wrote it.
    Automatic,
    /// A person wrote it.
    Written {
        /// Its first words.
        excerpt: String,
    },
}

/// What a mail system reports of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The recipient as our message named it (Original-Recipient) if the report says so, else its final address.
    pub recipient: Option<Address>,
    /// What was done.
    pub action: Action,
    /// The enhanced status (RFC 3463).
    pub status: Option<(u16, u16, u16)>,
    /// What the last mail system said.
    pub diagnostic: String,
}

/// What was done with a mail (RFC 3464 §2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Given up.
    Failed,
    /// Not delivered yet; it is tried again.
    Delayed,
    /// Delivered, or passed on to where nothing more is reported.
    Delivered,
}

impl Action {
    /// Reads the word of the report; `relayed` and `expanded` are the end of what will be heard.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "failed" => Some(Self::Failed),
            "delayed" => Some(Self::Delayed),
            "delivered" | "relayed" | "expanded" => Some(Self::Delivered),
            _ => None,
        }
    }
}

impl Report {
    /// What a failure means, by the same table as an answer of our own relay.
    ///
    /// ```
    /// use duban::domain::delivery::FailureClass;
    /// use duban::domain::incoming::{Action, Report};
    /// let report = Report {
    ///     recipient: None,
    ///     action: Action::Failed,
    ///     status: Some((5, 1, 1)),
    ///     diagnostic: "smtp; 550 5.1.1 no such user".to_owned(),
    /// };
    /// assert_eq!(report.class(), FailureClass::UnknownMailbox);
    /// ```
    pub fn class(&self) -> FailureClass {
        let outcome =
            Outcome::Failed { stage: Stage::Recipient, fault: Fault::Refused(self.answer()) };
        classify(&outcome).unwrap_or(FailureClass::UnclearRefusal)
    }

    /// The diagnostic as an answer: code and text, with the status before the text where it is missing there.
    fn answer(&self) -> Reply {
        let said =
            self.diagnostic.split_once(';').map_or(self.diagnostic.as_str(), |(_, text)| text);
        let said = said.trim();
        let (code, text) = match said.split_once([' ', '-']) {
            Some((code, text)) if is_code(code) => (code.parse().unwrap_or(0), text.trim()),
            _ => (0, said),
        };
        let code = if code == 0 { self.code_by_status() } else { code };
        let reply = Reply { code, text: text.to_owned() };
        match self.status {
            Some((class, subject, detail)) if reply.enhanced().is_none() => {
                let code = if code / 100 == class { code } else { self.code_by_status() };
                Reply { code, text: format!("{class}.{subject}.{detail} {text}") }
            }
            _ => reply,
        }
    }

    fn code_by_status(&self) -> u16 {
        if self.status.is_some_and(|(class, ..)| class == 4) { 450 } else { 550 }
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(status: Option<(u16, u16, u16)>, diagnostic: &str) -> FailureClass {
        let diagnostic = diagnostic.to_owned();
        Report { recipient: None, action: Action::Failed, status, diagnostic }.class()
    }

    #[test]
    fn only_a_mailbox_that_does_not_exist_is_one() {
        let unknown = FailureClass::UnknownMailbox;
        assert_eq!(class(Some((5, 1, 1)), ""), unknown);
        assert_eq!(class(Some((5, 1, 1)), "X-Postfix; unknown user: \"wangfang\""), unknown);
        assert_eq!(
            class(Some((5, 0, 0)), "smtp; 550 User not found: wangfang@unit.example"),
            unknown
        );
        assert_eq!(class(None, "smtp;550-5.1.1 gone"), unknown);
    }

    #[test]
    fn full_limited_late_and_unclear_are_not() {
        assert_eq!(class(Some((5, 2, 2)), "smtp; 552 5.2.2 over quota"), FailureClass::MailboxFull);
        let limited = "smtp; 550 Mailbox unavailable or access denied";
        assert_eq!(class(Some((5, 0, 0)), limited), FailureClass::MailboxThrottle);
        assert_eq!(class(Some((4, 4, 1)), "X-Postfix; connection timed out"), FailureClass::Later);
        assert_eq!(
            class(Some((5, 4, 4)), "X-Postfix; host not found"),
            FailureClass::UnclearRefusal
        );
        assert_eq!(class(None, ""), FailureClass::UnclearRefusal);
    }

    #[test]
    fn a_status_that_contradicts_the_code_counts() {
        assert_eq!(class(Some((4, 2, 1)), "smtp; 550 try again"), FailureClass::Later);
    }
}
