//! What happened when a message was handed over: how far it came and what was answered.
//!
//! Must not know: what follows from it (`decision`), how the words are sent.

use crate::words_of;

/// How far one attempt came, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Name lookup and TCP.
    Connect,
    /// The first line of the relay.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS and the handshake, or the handshake of implicit TLS.
    Tls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA and the text, up to but not including the final dot.
    Data,
    /// The final dot and its answer.
    Dot,
}

/// One answer of the relay, its lines joined by a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The text after the code, with the enhanced status if there is one.
    pub text: String,
}

/// Why a stage did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A 4xx or 5xx answer.
    #[error("refused with {} {}", .0.code, .0.text)]
    Refused(Reply),
    /// A well-formed answer that has no place at this stage, such as 250 to DATA.
    #[error("answered out of turn with {} {}", .0.code, .0.text)]
    UnexpectedReply(Reply),
    /// Bytes that are no SMTP answer, or too many of them.
    #[error("answered with something that is not SMTP")]
    MalformedReply,
    /// The stage's deadline passed.
    #[error("no answer in time")]
    TimedOut,
    /// The link could not be made, or broke.
    #[error("link broken: {0}")]
    Broken(String),
    /// TLS could not be agreed on, or the certificate is not trusted.
    #[error("no trusted TLS: {0}")]
    Untrusted(String),
    /// The relay does not announce what the configuration demands.
    #[error("relay does not offer {0}")]
    NotOffered(&'static str),
    /// The message cannot go through this relay as it is.
    #[error("{0}")]
    Unfit(Unfit),
}

/// Why a message cannot go through the relay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Larger than the relay takes.
    #[error("larger than the {limit} bytes the relay takes")]
    TooLarge {
        /// The announced limit in bytes.
        limit: u64,
    },
    /// Bytes above 127, and the relay is not 8-bit clean.
    #[error("holds 8-bit text, which the relay does not take")]
    EightBit,
    /// A carriage return or line feed that stands alone, which relays read differently (SMTP smuggling).
    #[error("holds a line end other than CR LF")]
    BareLineEnd,
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took the message and answers for it now.
    Accepted {
        /// The answer to the final dot.
        reply: Reply,
    },
    /// Certainly not delivered.
    Failed {
        /// The stage that did not succeed.
        stage: Stage,
        /// Why.
        fault: Fault,
    },
    /// The final dot may have reached the relay and no final answer came back.
    Unknown {
        /// What came instead of an answer.
        fault: Fault,
    },
    /// The mark "about to send the dot" could not be recorded, so the dot was not sent.
    Withheld,
}

words_of! {
    Stage {
        Connect = "connect", zh = "连接", en = "connect";
        Greeting = "greeting", zh = "问候", en = "greeting";
        Hello = "hello", zh = "EHLO", en = "EHLO";
        Tls = "tls", zh = "TLS", en = "TLS";
        Login = "login", zh = "登录", en = "login";
        Sender = "sender", zh = "发件人", en = "sender";
        Recipient = "recipient", zh = "收件人", en = "recipient";
        Data = "data", zh = "正文", en = "data";
        Dot = "dot", zh = "结束符", en = "final dot";
    }
}

impl Reply {
    /// The enhanced status at the start of the text, such as `5.1.1` (RFC 3463).
    ///
    /// ```
    /// use duban::domain::delivery::Reply;
    /// let reply = Reply { code: 550, text: "5.1.1 no such user".to_owned() };
    /// assert_eq!(reply.enhanced(), Some((5, 1, 1)));
    /// assert_eq!(Reply { code: 550, text: "no".to_owned() }.enhanced(), None);
    /// ```
    pub fn enhanced(&self) -> Option<(u16, u16, u16)> {
        let mut parts = self.text.split_whitespace().next()?.split('.');
        let status =
            (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        (parts.next().is_none() && status.0 == self.code / 100).then_some(status)
    }

    /// True for a 4xx answer.
    pub fn is_temporary(&self) -> bool {
        self.code / 100 == 4
    }

    /// True for a 5xx answer.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }
}

impl Fault {
    /// The answer behind the fault, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Refused(reply) | Self::UnexpectedReply(reply) => Some(reply),
            Self::MalformedReply
            | Self::TimedOut
            | Self::Broken(_)
            | Self::Untrusted(_)
            | Self::NotOffered(_)
            | Self::Unfit(_) => None,
        }
    }
}

impl Outcome {
    /// The stage reached.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Failed { stage, .. } => *stage,
            Self::Accepted { .. } | Self::Unknown { .. } => Stage::Dot,
            Self::Withheld => Stage::Data,
        }
    }

    /// The last answer, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Accepted { reply } => Some(reply),
            Self::Failed { fault, .. } | Self::Unknown { fault } => fault.reply(),
            Self::Withheld => None,
        }
    }
}
