//! What must be true of the outbox at any time, asked of the ledger (自查).
//!
//! Must not know: SQL, how a violation is repaired.

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::words_of;

/// Something that must always hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// A reminder counts as told if and only if the relay has accepted its message and none has come back.
    ToldMeansAccepted,
    /// A message counts as many attempts as are on record.
    AttemptsAreCounted,
    /// An attempt is open if and only if its message is leased.
    OpenAttemptsAreLeased,
    /// An accepted message has an attempt with claim, dot mark and outcome and the relay's 250.
    AcceptedMeansAnswered,
    /// A reminder on its way is in a message on its way.
    SealedMeansUnderWay,
    /// A message counts as many unknown outcomes as are on record: no duplicate can come from elsewhere.
    UnknownsAreCounted,
    /// The planner has planned every assignment on its `next_plan_on`.
    NothingIsOverlooked,
    /// The bytes and the envelope of a message are those that were sealed.
    BytesAreFrozen,
    /// Nothing waits for an address that is known not to exist.
    NothingForTheSuppressed,
    /// A message that is long due waits for an open breaker or a hold, and not without reason.
    NothingIsForgotten,
}

/// Where an invariant does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// What does not hold.
    pub invariant: Invariant,
    /// Of what, as `message 7`.
    pub subject: String,
}

/// Delays that do not count as violations yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// Of a message that is due.
    pub due: SignedDuration,
    /// Of an assignment that is to be planned.
    pub look: SignedDuration,
}

words_of! {
    Invariant {
        ToldMeansAccepted = "told_means_accepted", zh = "提醒已送达的记录与邮件被接收的记录不一致", en = "a reminder counts as told without an accepted mail, or the other way round";
        AttemptsAreCounted = "attempts_are_counted", zh = "邮件的投递次数与投递记录不一致", en = "a mail counts other attempts than are on record";
        OpenAttemptsAreLeased = "open_attempts_are_leased", zh = "未结束的投递与邮件状态不一致", en = "an attempt is open though its mail is not being sent, or the other way round";
        AcceptedMeansAnswered = "accepted_means_answered", zh = "已被接收的邮件缺少邮件服务器的回执", en = "an accepted mail lacks the relay's reply";
        SealedMeansUnderWay = "sealed_means_under_way", zh = "待发提醒所在的邮件已不在发送中", en = "a reminder waits for a mail that is no longer being sent";
        UnknownsAreCounted = "unknowns_are_counted", zh = "结果不明的次数与投递记录不一致", en = "a mail counts other unknown outcomes than are on record";
        NothingIsOverlooked = "nothing_is_overlooked", zh = "任务到期应检查而未检查", en = "an assignment was not planned on its day";
        BytesAreFrozen = "bytes_are_frozen", zh = "邮件内容在生成后被改动", en = "the bytes of a mail were changed after it was written";
        NothingForTheSuppressed = "nothing_for_the_suppressed", zh = "有邮件待发往已停用的邮箱", en = "a mail waits for an address that does not exist";
        NothingIsForgotten = "nothing_is_forgotten", zh = "邮件早已应发而无故未发", en = "a mail is long due and nothing explains why it waits";
    }
}

#[async_trait]
pub trait Audit: Send + Sync {
    /// Returns every violation as of `now`, in order of invariant; reads every message once.
    async fn violations(&self, grace: Grace, now: Moment) -> Result<Vec<Violation>, StorageError>;
}
