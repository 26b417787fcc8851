//! Classifies failures by the stage and the text of the answer, never by the first digit of its code alone.
//!
//! Chinese providers report rate limits, login faults and policy refusals with 5xx codes. Must not know: what follows
//! from a class (`decision`).

use crate::domain::address::mask_addresses;
use crate::domain::delivery::{Fault, Outcome, Reply, Stage};
use crate::words_of;

/// The class of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureClass {
    /// The relay is unreachable, shuts down or answers with something that is not SMTP.
    Relay,
    /// TLS is not offered or is refused, or the certificate or its name is not trusted.
    Tls,
    /// The relay refuses the login.
    Login,
    /// The relay refuses our sender address.
    Sender,
    /// A domain refuses us because of SPF, DMARC or reputation, or the relay refuses to relay to it.
    Policy,
    /// Rate limit of the relay.
    RelayThrottle,
    /// Rate limit of a domain.
    DomainThrottle,
    /// Rate limit of one mailbox; QQ reports it with 550.
    MailboxThrottle,
    /// The mailbox is full.
    MailboxFull,
    /// Temporary: greylisting, and every other answer that asks for a later attempt.
    Later,
    /// The mailbox does not exist.
    UnknownMailbox,
    /// The recipient is refused and the text does not say why.
    UnclearRefusal,
    /// The message itself is refused.
    Content,
    /// The message cannot go through this relay as it is.
    Unfit,
    /// Unknown whether the message was delivered.
    Ambiguous,
    /// The final dot was not sent: the program ended before the dot mark, or the ledger could not record it.
    Crash,
}

words_of! {
    FailureClass {
        Relay = "relay", zh = "邮件服务器无法连接", en = "the relay cannot be reached";
        Tls = "tls", zh = "TLS连接失败", en = "TLS failed";
        Login = "login", zh = "登录被拒绝", en = "the login was refused";
        Sender = "sender", zh = "发件地址被拒绝", en = "the sender address was refused";
        Policy = "policy", zh = "对方域名拒收本单位邮件", en = "the domain refuses our mail by policy";
        RelayThrottle = "relay_throttle", zh = "邮件服务器限制发送频率", en = "the relay limits our rate";
        DomainThrottle = "domain_throttle", zh = "对方域名限制发送频率", en = "the domain limits our rate";
        MailboxThrottle = "mailbox_throttle", zh = "对方邮箱限制收信频率", en = "the mailbox limits our rate";
        MailboxFull = "mailbox_full", zh = "对方邮箱已满", en = "the mailbox is full";
        Later = "later", zh = "对方要求稍后再试", en = "the other side asks to try later";
        UnknownMailbox = "unknown_mailbox", zh = "邮箱不存在", en = "the mailbox does not exist";
        UnclearRefusal = "unclear_refusal", zh = "被拒收，原因不明", en = "refused without a clear reason";
        Content = "content", zh = "邮件内容被拒收", en = "the content was refused";
        Unfit = "unfit", zh = "邮件不符合服务器要求", en = "the relay cannot carry this message";
        Ambiguous = "ambiguous", zh = "是否送达不明", en = "unknown whether it was delivered";
        Crash = "crash", zh = "发送中程序中断", en = "the program ended while sending";
    }
}

/// One row of the phrase table: each phrase, in lower case, means the class. A phrase matches whole words only; after a
/// final `*` its last word may continue.
struct Telltale {
    phrases: &'static [&'static str],
    class: FailureClass,
}

/// Phrases that mean the same at every stage, whatever the code and status; the first match counts.
///
/// Sources: the help pages of QQ Mail, `NetEase` and Coremail, and answers observed from relays of government offices.
const AT_ANY_STAGE: &[Telltale] = &[
    Telltale {
        phrases: &["mailbox unavailable or access den*"],
        class: FailureClass::MailboxThrottle,
    },
    Telltale {
        phrases: &["fail authentication", "authentication required", "authentication is required"],
        class: FailureClass::Login,
    },
    Telltale {
        phrases: &[
            "mail from must equal",
            "not equal to login",
            "not owned by user",
            "from header",
        ],
        class: FailureClass::Sender,
    },
    Telltale {
        phrases: &["mi:sfq", "hl:icc", "hl:ifc", "hl:rep"],
        class: FailureClass::RelayThrottle,
    },
    Telltale {
        phrases: &[
            "frequency limited",
            "frequency is limited",
            "too many same size",
            "rate limit*",
        ],
        class: FailureClass::DomainThrottle,
    },
    Telltale {
        phrases: &["mi:dmc", "rp:drc", "dt:spm", "greylist*", "graylist*"],
        class: FailureClass::Later,
    },
];

/// The relay refuses this recipient; before the recipient stage, it refuses every message.
const RELAYS_NOTHING: &[&str] =
    &["relay access denied", "relaying denied", "unable to relay", "not permitted to relay"];

/// The domain distrusts us. Ignored at the recipient stage when the status says that the mailbox does not exist.
const OUR_STANDING: &[&str] = &["spf", "dmarc", "dkim", "suspected spam ip", "connection denied"];

/// The mailbox is full. Read only at the recipient stage and the dot: before them the words are about the sender's
/// mailbox.
const NO_ROOM: &[&str] = &["quota", "mailbox full", "mailbox is full", "mailbox size limit*"];

/// Phrases of 5xx answers to RCPT: the mailbox does not exist or is closed.
const NO_SUCH_MAILBOX: &[&str] = &[
    "user not found",
    "user unknown",
    "unknown user",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "mailbox not found",
    "recipient not found",
    "does not exist",
    "user suspended",
    "user not opened",
    "account disabled",
    "invalid recipient",
    "local user only",
];

/// Returns the class of an outcome; `None` when the message was accepted.
pub fn classify(outcome: &Outcome) -> Option<FailureClass> {
    match outcome {
        Outcome::Accepted { .. } => None,
        Outcome::Withheld => Some(FailureClass::Crash),
        Outcome::Unknown { .. } => Some(FailureClass::Ambiguous),
        Outcome::Failed { stage, fault } => Some(class_of(*stage, fault)),
    }
}

fn class_of(stage: Stage, fault: &Fault) -> FailureClass {
    match fault {
        Fault::Unfit(_) => FailureClass::Unfit,
        Fault::NotOffered(_) if stage == Stage::Login => FailureClass::Login,
        Fault::NotOffered(_) | Fault::Untrusted(_) => FailureClass::Tls,
        Fault::TimedOut | Fault::Broken { .. } if stage >= Stage::Sender => FailureClass::Later,
        Fault::TimedOut
        | Fault::Broken { .. }
        | Fault::UnexpectedReply(_)
        | Fault::MalformedReply => FailureClass::Relay,
        Fault::Refused(reply) => class_of_refusal(stage, reply),
    }
}

fn class_of_refusal(stage: Stage, reply: &Reply) -> FailureClass {
    // relays repeat the address, and an address can contain any of the phrases
    let text = mask_addresses(&reply.text.to_lowercase());
    if let Some(class) = told_by_text(stage, reply, &text) {
        return class;
    }
    if reply.code == 421 {
        return FailureClass::Relay;
    }
    match stage {
        Stage::Connect | Stage::Greeting | Stage::Hello => FailureClass::Relay,
        Stage::Tls => FailureClass::Tls,
        _ if matches!(reply.code, 530 | 534 | 535 | 538) => FailureClass::Login,
        Stage::Login if reply.is_permanent() => FailureClass::Login,
        Stage::Login => FailureClass::Relay,
        Stage::Sender if reply.is_permanent() => FailureClass::Sender,
        Stage::Recipient => class_of_refused_recipient(reply, &text),
        Stage::Data | Stage::Dot if reply.is_permanent() => FailureClass::Content,
        Stage::Sender | Stage::Data | Stage::Dot => FailureClass::Later,
    }
}

fn class_of_refused_recipient(reply: &Reply, text: &str) -> FailureClass {
    match reply.enhanced() {
        Some((_, 2, 2)) => FailureClass::MailboxFull,
        _ if !reply.is_permanent() => FailureClass::Later,
        _ if is_status_of_no_mailbox(reply) || says(text, NO_SUCH_MAILBOX) => {
            FailureClass::UnknownMailbox
        }
        _ => FailureClass::UnclearRefusal,
    }
}

/// RFC 3463 §3.2 and §3.3: bad mailbox, no longer valid, disabled.
fn is_status_of_no_mailbox(reply: &Reply) -> bool {
    reply.is_permanent() && matches!(reply.enhanced(), Some((_, 1, 1 | 3 | 6 | 10) | (_, 2, 1)))
}

fn told_by_text(stage: Stage, reply: &Reply, text: &str) -> Option<FailureClass> {
    if let Some(telltale) = AT_ANY_STAGE.iter().find(|telltale| says(text, telltale.phrases)) {
        return Some(telltale.class);
    }
    if says(text, RELAYS_NOTHING) {
        let denied_to_all = stage < Stage::Recipient;
        return Some(if denied_to_all { FailureClass::Login } else { FailureClass::Policy });
    }
    if stage == Stage::Recipient && is_status_of_no_mailbox(reply) {
        return Some(FailureClass::UnknownMailbox);
    }
    if says(text, OUR_STANDING) {
        return Some(FailureClass::Policy);
    }
    let of_recipient = matches!(stage, Stage::Recipient | Stage::Dot);
    (of_recipient && says(text, NO_ROOM)).then_some(FailureClass::MailboxFull)
}

fn says(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| holds_phrase(text, phrase))
}

fn holds_phrase(text: &str, phrase: &str) -> bool {
    let (words, may_go_on) =
        phrase.strip_suffix('*').map_or((phrase, false), |words| (words, true));
    // Chinese is written without spaces, so only a Latin letter or digit beside the phrase makes it part of a longer
    // word
    let is_of_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(words).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !is_of_word(before) && (may_go_on || !is_of_word(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureClass::{
        Ambiguous, Content, DomainThrottle, Later, Login, MailboxFull, MailboxThrottle, Policy,
        Relay, RelayThrottle, Sender, Tls, UnclearRefusal, UnknownMailbox,
    };

    fn refused(stage: Stage, code: u16, text: &str) -> FailureClass {
        let reply = Reply { code, text: text.to_owned() };
        classify(&Outcome::Failed { stage, fault: Fault::Refused(reply) }).unwrap()
    }

    #[test]
    fn what_providers_say_is_read_by_stage_and_text() {
        for (stage, code, text, class) in [
            (Stage::Greeting, 554, "no service", Relay),
            (Stage::Hello, 421, "4.3.2 shutting down", Relay),
            (Stage::Tls, 454, "TLS not available", Tls),
            (Stage::Login, 535, "Error: authentication failed", Login),
            (Stage::Login, 454, "temporary failure", Relay),
            (Stage::Login, 451, "too much fail authentication", Login),
            (Stage::Sender, 553, "Mail from must equal authorized user", Sender),
            (Stage::Sender, 530, "5.7.0 Authentication required", Login),
            (Stage::Sender, 451, "MI:SFQ quota of the sender", RelayThrottle),
            (Stage::Sender, 451, "4.3.0 try later", Later),
            (Stage::Recipient, 550, "5.1.1 <x@y.z>: User unknown", UnknownMailbox),
            (Stage::Recipient, 550, "User not found: x@y.z", UnknownMailbox),
            (Stage::Recipient, 550, "Local user only", UnknownMailbox),
            (Stage::Recipient, 550, "Mailbox unavailable or access denied", MailboxThrottle),
            (Stage::Recipient, 550, "Mailbox unavailable or access denined", MailboxThrottle),
            (Stage::Recipient, 550, "Domain frequency limited", DomainThrottle),
            (Stage::Recipient, 550, "SPF check failed", Policy),
            (Stage::Recipient, 554, "5.7.1 <x@y.z>: Relay access denied", Policy),
            (Stage::Sender, 554, "5.7.1 Relay access denied", Login),
            (Stage::Recipient, 550, "SPF验证失败", Policy),
            (Stage::Sender, 552, "5.2.2 quota exceeded", Sender),
            (Stage::Dot, 552, "5.2.2 quota exceeded", MailboxFull),
            (Stage::Recipient, 550, "5.1.1 unknown here, see the DKIM pages", UnknownMailbox),
            (Stage::Recipient, 450, "4.7.1 Greylisted", Later),
            (Stage::Recipient, 452, "4.2.2 over quota", MailboxFull),
            (Stage::Recipient, 552, "5.2.2 full", MailboxFull),
            (Stage::Recipient, 550, "no", UnclearRefusal),
            (Stage::Recipient, 421, "closing", Relay),
            (Stage::Data, 451, "later", Later),
            (Stage::Dot, 554, "5.6.0 rejected", Content),
            (Stage::Dot, 552, "too many same size mails", DomainThrottle),
            (Stage::Dot, 451, "DT:SPM", Later),
            (Stage::Dot, 421, "HL:REP", RelayThrottle),
        ] {
            assert_eq!(refused(stage, code, text), class, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn an_address_that_is_repeated_says_nothing() {
        for address in ["spfwj@x.gov.cn", "dkim@x.gov.cn", "quota@x.gov.cn", "x@greylist.gov.cn"] {
            for (text, class) in [
                (format!("<{address}>: User unknown"), UnknownMailbox),
                (format!("5.1.1 <{address}>: Recipient address rejected"), UnknownMailbox),
                (format!("{address} refused"), UnclearRefusal),
                (format!("spf check failed for {address}"), Policy),
            ] {
                assert_eq!(refused(Stage::Recipient, 550, &text), class, "{text}");
            }
        }
        assert_eq!(refused(Stage::Recipient, 550, "the spfwj desk is closed"), UnclearRefusal);
    }

    #[test]
    fn a_broken_link_is_the_relay_s_before_mail_and_the_message_s_after() {
        for (stage, class) in [
            (Stage::Connect, Relay),
            (Stage::Greeting, Relay),
            (Stage::Hello, Relay),
            (Stage::Login, Relay),
            (Stage::Sender, Later),
            (Stage::Recipient, Later),
            (Stage::Data, Later),
        ] {
            let outcome = Outcome::Failed { stage, fault: Fault::TimedOut };
            assert_eq!(classify(&outcome), Some(class), "{stage:?}");
        }
        assert_eq!(classify(&Outcome::Unknown { fault: Fault::TimedOut }), Some(Ambiguous));
    }

    #[test]
    fn every_class_is_read_back_from_its_word() {
        for class in FailureClass::ALL {
            assert_eq!(FailureClass::from_word(class.word()), Some(class));
        }
    }
}
