//! Circuit breakers: an open breaker stops all mail through the relay, or all mail to one domain.
//!
//! Must not know: which failure opens one (`decision`), where breakers are stored.

use jiff::SignedDuration;

use crate::words::Lang;
use crate::{words, words_of};

/// The delay before the first probe of an unreachable relay; each further delay is twice as long.
const FIRST_PROBE: SignedDuration = SignedDuration::from_mins(1);
/// The longest delay between two probes, and the only delay while a person must repair something.
const STEADY_PROBE: SignedDuration = SignedDuration::from_mins(30);
/// The providers we know count their sending limits per quarter of an hour.
const THROTTLE_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// What an open breaker stops.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BreakerScope {
    /// All mail.
    Relay,
    /// Mail to recipients in this domain.
    Domain(String),
}

/// Why a breaker is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BreakerReason {
    /// No answer, or an answer that is not SMTP.
    Unreachable,
    Tls,
    Login,
    /// The relay refuses our sender address.
    Sender,
    /// A domain refuses us for SPF, DMARC or our reputation.
    Policy,
    /// We sent too much in too short a time.
    Throttled,
}

words_of! {
    BreakerReason {
        Unreachable = "unreachable", zh = "邮件服务器无法连接", en = "the relay cannot be reached";
        Tls = "tls", zh = "TLS连接失败", en = "TLS failed";
        Login = "login", zh = "登录被拒绝", en = "the login was refused";
        Sender = "sender", zh = "发件地址被拒绝", en = "the sender address was refused";
        Policy = "policy", zh = "对方域名拒收本单位邮件", en = "the domain refuses our mail by policy";
        Throttled = "throttled", zh = "发送过快，被限制", en = "sending is rate-limited";
    }
}

/// What an attempt does to the breakers of its relay and domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BreakerChange {
    /// The attempt proved nothing about them.
    Keep,
    /// The relay answered about this message or its recipient, so both breakers close.
    Close,
    /// One of them opens: nothing more goes through that relay or to that domain until a probe succeeds.
    Open { scope: BreakerScope, reason: BreakerReason },
}

impl BreakerScope {
    /// The word used in SQL and JSON: `relay` or `domain:NAME`.
    pub fn word(&self) -> String {
        match self {
            Self::Relay => "relay".to_owned(),
            Self::Domain(name) => format!("domain:{name}"),
        }
    }

    /// Reads the word used in SQL.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix("domain:") {
            Some(name) => Some(Self::Domain(name.to_owned())),
            None => (word == "relay").then_some(Self::Relay),
        }
    }

    /// What people call it.
    pub fn say(&self, lang: Lang) -> String {
        match self {
            Self::Relay => lang.pick("全部邮件", "all mail").to_owned(),
            Self::Domain(name) => words!(lang, zh = "发往{name}的邮件", en = "mail to {name}"),
        }
    }
}

impl BreakerReason {
    /// True when waiting does not help and a person must repair something.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::Tls | Self::Login | Self::Sender | Self::Policy)
    }
}

/// How long a breaker lets no probe through after the `failures`-th failure in a row, counted from 1.
pub fn probe_delay(reason: BreakerReason, failures: u32) -> SignedDuration {
    match reason {
        BreakerReason::Unreachable => {
            // Eight doublings exceed the longest delay, and many more would overflow; 0 failures count as 1.
            let doublings = failures.saturating_sub(1).min(8);
            (FIRST_PROBE * 2_i32.pow(doublings)).min(STEADY_PROBE)
        }
        BreakerReason::Throttled => THROTTLE_PAUSE,
        BreakerReason::Tls
        | BreakerReason::Login
        | BreakerReason::Sender
        | BreakerReason::Policy => STEADY_PROBE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_relay_is_probed_after_one_minute_then_less_and_less_often() {
        let minutes = (1..=8)
            .map(|n| probe_delay(BreakerReason::Unreachable, n).as_mins())
            .collect::<Vec<_>>();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(probe_delay(BreakerReason::Unreachable, u32::MAX).as_mins(), 30);
    }

    #[test]
    fn a_refused_login_is_tried_at_most_twice_an_hour() {
        assert!(probe_delay(BreakerReason::Login, 1) >= SignedDuration::from_mins(30));
    }
}
