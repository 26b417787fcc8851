//! The states of a message and the reasons for holding one.
//!
//! Must not know: what moves a message from one state to the next (`decision`).

use crate::words_of;

/// Identifies a message in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKey(pub i64);

/// The state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageState {
    /// Ready to send: no attempt is charged to it.
    Ready,
    /// Claimed: an attempt is under way.
    Leased,
    /// Tried; to be tried again at a set time.
    Deferred,
    /// May have been delivered; the same bytes are sent again at a set time.
    Unknown,
    /// Waits for a person.
    Held,
    /// The relay took it.
    Accepted,
    /// It cannot be delivered.
    Dead,
    /// Expired before the relay took it.
    Expired,
    /// Withdrawn before the relay took it.
    Cancelled,
}

/// Why a message waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HeldReason {
    /// It may have been delivered several times already.
    Ambiguous,
    /// One pass would have sent far more than usual.
    SurgeLimit,
    /// Held by a person.
    Operator,
    /// It differs from what was sealed, and may have been delivered before it was damaged.
    Damaged,
}

words_of! {
    MessageState {
        Ready = "ready", zh = "待发", en = "ready";
        Leased = "leased", zh = "发送中", en = "being sent";
        Deferred = "deferred", zh = "待重发", en = "deferred";
        Unknown = "unknown", zh = "结果不明", en = "outcome unknown";
        Held = "held", zh = "暂停发送", en = "held";
        Accepted = "accepted", zh = "邮件服务器已接收", en = "accepted by the relay";
        Dead = "dead", zh = "无法投递", en = "undeliverable";
        Expired = "expired", zh = "已过时", en = "expired";
        Cancelled = "cancelled", zh = "已取消", en = "cancelled";
    }
}

words_of! {
    HeldReason {
        Ambiguous = "ambiguous", zh = "可能已送达多次", en = "it may have been delivered more than once";
        SurgeLimit = "surge_limit", zh = "超出突发量限制", en = "surge limit";
        Operator = "operator", zh = "人工暂停", en = "held by a person";
        Damaged = "damaged", zh = "内容已损坏", en = "damaged";
    }
}

impl MessageState {
    /// True while the message will be sent without action by a person.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Ready | Self::Deferred | Self::Unknown)
    }

    /// True when the state never changes again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Dead | Self::Expired | Self::Cancelled)
    }
}
