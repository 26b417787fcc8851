//! The states of a message and the reasons for holding one.
//!
//! Must not know: what moves a message from one state to the next (`decision`).

/// Identifies a message in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKey(pub i64);

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageState {
    /// Sealed, never tried, or tried without reaching the relay.
    Ready,
    /// In the hands of a session.
    Leased,
    /// Tried; to be tried again at a set time.
    Deferred,
    /// It may have been delivered; to be sent again at a set time, the same bytes.
    Unknown,
    /// Waits for a person.
    Held,
    /// The relay took it.
    Accepted,
    /// It cannot be delivered.
    Dead,
    /// Its time ran out before the relay took it.
    Expired,
    /// No longer wanted before the relay took it.
    Cancelled,
}

/// Why a message waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HeldReason {
    /// It may have been delivered several times already.
    Ambiguous,
    /// One pass would have sent far more than usual.
    StormBrake,
    /// A person said so.
    Operator,
}

impl MessageState {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Ready,
        Self::Leased,
        Self::Deferred,
        Self::Unknown,
        Self::Held,
        Self::Accepted,
        Self::Dead,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The word used in SQL and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
            Self::Held => "held",
            Self::Accepted => "accepted",
            Self::Dead => "dead",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The Chinese word, for tables.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Ready => "待发",
            Self::Leased => "发送中",
            Self::Deferred => "暂缓",
            Self::Unknown => "不明",
            Self::Held => "挂起",
            Self::Accepted => "已送达中继",
            Self::Dead => "无法投递",
            Self::Expired => "已过期",
            Self::Cancelled => "已取消",
        }
    }

    /// Reads the word used in SQL.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// True while the message may still be sent without anybody's doing.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Ready | Self::Deferred | Self::Unknown)
    }

    /// True once nothing more will happen to it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Dead | Self::Expired | Self::Cancelled)
    }
}

impl HeldReason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::Ambiguous, Self::StormBrake, Self::Operator];

    /// The word used in SQL and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ambiguous => "ambiguous",
            Self::StormBrake => "storm_brake",
            Self::Operator => "operator",
        }
    }

    /// Reads the word used in SQL.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}
