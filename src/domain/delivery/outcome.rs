//! What happened when a message was handed over: how far it came and what was answered.
//!
//! Must not know: what follows from it (`decision`), how the words are sent.

use std::io::ErrorKind;

use crate::words::{Lang, Say};
use crate::{words, words_of};

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
#[error("{}", self.say(Lang::En))]
pub enum Fault {
    /// A 4xx or 5xx reply.
    Refused(Reply),
    /// A well-formed reply that is not allowed at this stage, such as 250 to DATA.
    UnexpectedReply(Reply),
    /// Bytes that are not an SMTP reply, or too many of them.
    MalformedReply,
    /// The stage's deadline passed.
    TimedOut,
    /// The connection could not be made, or broke; `detail` is the text of the operating system.
    Broken { kind: ErrorKind, detail: String },
    /// TLS could not be agreed on, or the certificate is not trusted.
    Untrusted(String),
    /// The relay does not announce what the configuration demands.
    NotOffered(&'static str),
    /// The message cannot go through this relay as it is.
    Unfit(Unfit),
}

/// Why a message cannot go through the relay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum Unfit {
    /// Larger than the limit the relay announced, in bytes.
    TooLarge { limit: u64 },
    /// Bytes above 127, and the relay is not 8-bit clean.
    EightBit,
    /// A carriage return or line feed that stands alone, which relays read differently (SMTP smuggling).
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
    /// The dot mark was not recorded, because the ledger refused it or the program ended before it; the dot was not sent.
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

impl Say for Fault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Refused(Reply { code, text }) => {
                words!(lang, zh = "服务器拒绝：{code} {text}", en = "refused with {code} {text}")
            }
            Self::UnexpectedReply(Reply { code, text }) => words!(
                lang,
                zh = "服务器应答不符合协议：{code} {text}",
                en = "unexpected reply {code} {text}"
            ),
            Self::MalformedReply => {
                lang.pick("服务器的应答不是 SMTP", "the reply is not SMTP").to_owned()
            }
            Self::TimedOut => lang.pick("应答超时", "no reply in time").to_owned(),
            Self::Broken { kind, detail } => {
                let zh = kind.say(Lang::Zh);
                words!(lang, zh = "连接失败或者中断：{zh}", en = "connection failed: {detail}")
            }
            Self::Untrusted(detail) => words!(
                lang,
                zh = "未能建立可信的 TLS 连接",
                en = "no trusted TLS connection: {detail}"
            ),
            Self::NotOffered(what) => {
                words!(lang, zh = "服务器不支持 {what}", en = "the relay does not offer {what}")
            }
            Self::Unfit(unfit) => unfit.say(lang),
        }
    }
}

impl Say for Unfit {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::TooLarge { limit } => words!(
                lang,
                zh = "邮件超过服务器允许的{limit}字节",
                en = "the message is larger than the {limit} bytes the relay takes"
            ),
            Self::EightBit => lang
                .pick(
                    "邮件含8位字符，服务器不支持",
                    "the message contains 8-bit text, which the relay does not take",
                )
                .to_owned(),
            Self::BareLineEnd => lang
                .pick("邮件含 CR LF 以外的换行", "the message contains a line end other than CR LF")
                .to_owned(),
        }
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
    /// The connection failed with `error`.
    pub fn broken(error: &std::io::Error) -> Self {
        Self::Broken { kind: error.kind(), detail: error.to_string() }
    }

    /// The answer behind the fault, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Refused(reply) | Self::UnexpectedReply(reply) => Some(reply),
            Self::MalformedReply
            | Self::TimedOut
            | Self::Broken { .. }
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
