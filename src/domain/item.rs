//! Operator items (待人工处理): what needs a person, and what that person does about it.
//!
//! Must not know: who opened an item, how items are stored or listed.

use std::fmt;

use crate::domain::address::Address;
use crate::domain::delivery::{BreakerReason, BreakerScope, MessageKey};
use crate::domain::obligation::{AssignmentId, ObligationId};
use crate::domain::unit::UnitId;
use crate::words::Lang;
use crate::{words, words_of};

/// The command that marks an item as done with; its key follows.
const RESOLVE: &str = "duban items done";
/// The command that puts an item off until a day; its key follows.
const DECIDE: &str = "duban items decide";

/// What kind of problem needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// The mailbox does not exist; the address is suppressed.
    Mailbox,
    /// The message could not be delivered.
    Undelivered,
    /// The message may have been delivered more than once; it is held.
    Ambiguous,
    /// The message is not what was sealed any more, and was taken out.
    Damaged,
    /// The message came back in a form that no program can read.
    Returned,
    /// Somebody wrote something that changes nothing by itself, or a mail came back that names none of ours.
    Mail,
    /// A unit has answered; its acknowledgement waits to be confirmed.
    Answer,
    /// An obligation was completed, and its follow-up (接续) could not start.
    FollowUp,
    /// A circuit breaker is open, and waiting does not close it.
    Breaker,
    /// A unit has no contact that can be reached.
    Unreachable,
    /// The time left in a period is too short for the events that its quota still requires.
    Quota,
    /// An obligation names a ladder that is not loaded.
    UnknownLadder,
    /// The database was copied, restored or moved; all mail is held.
    Instance,
    /// The clock moved forward further than is plausible; all mail is held.
    Clock,
    /// An open obligation whose ladder has ended: nobody will be reminded of it again.
    LadderEnded,
    /// The clock of an obligation has stood still for longer than it may.
    Suspended,
    /// An obligation falls due while its reminders are paused.
    Silenced,
    /// An obligation has waited long for the event that starts its clock.
    AwaitsEvent,
    /// The date of an obligation passes before anybody can be told of it.
    NotTold,
}

words_of! {
    ItemKind {
        Mailbox = "mailbox", zh = "邮箱不存在，已停止向其发送", en = "mailbox does not exist, nothing more is sent to it";
        Undelivered = "undelivered", zh = "邮件未能送达", en = "mail could not be delivered";
        Ambiguous = "ambiguous", zh = "邮件可能已送达多次，已暂停发送", en = "mail may have been delivered more than once and is held";
        Damaged = "damaged", zh = "邮件记录已损坏，未发送", en = "the record of a mail is damaged, it was not sent";
        Returned = "returned", zh = "邮件被退回，原因须人工判断", en = "mail came back for a reason only a person can read";
        Mail = "mail", zh = "来信须人工阅处", en = "a mail came in that a person must read";
        Answer = "answer", zh = "收到答复，待确认签收", en = "a unit answered, its acknowledgement must be confirmed";
        FollowUp = "follow-up", zh = "办结后接续事项未能开始", en = "the follow-up of a completed obligation could not start";
        Breaker = "breaker", zh = "发送通道已停用，须人工修复", en = "sending is stopped until the cause is repaired";
        Unreachable = "unreachable", zh = "单位没有可用邮箱", en = "no contact of the unit can be reached";
        Quota = "quota", zh = "剩余时间不足以完成规定次数", en = "too little time is left for the required number";
        UnknownLadder = "unknown-ladder", zh = "督办阶梯未定义", en = "unknown ladder";
        Instance = "instance", zh = "台账被复制、恢复或移动，邮件全部暂停", en = "the ledger was copied, restored or moved, all mail is held";
        Clock = "clock", zh = "系统时钟异常，邮件全部暂停", en = "the system clock is implausible, all mail is held";
        LadderEnded = "ladder-ended", zh = "督办已到顶，仍未办结", en = "the last reminder has gone out, and it is still open";
        Suspended = "suspended", zh = "时限中止已久，尚未恢复", en = "its clock has stood still for long";
        Silenced = "silenced", zh = "暂停提醒期间到期", en = "it falls due while its reminders are paused";
        AwaitsEvent = "awaits-event", zh = "久未起算", en = "the event that starts its clock has long been awaited";
        NotTold = "not-told", zh = "到期前来不及发出邮件", en = "its date passes before any mail can go out";
    }
}

/// Identifies an item by its cause: at most one item with this key is open at a time.
///
/// As text it is `kind:subject` everywhere.
///
/// ```
/// use duban::domain::delivery::MessageKey;
/// use duban::domain::item::ItemKey;
/// assert_eq!(ItemKey::Undelivered(MessageKey(7)).to_string(), "undelivered:7");
/// assert_eq!(ItemKey::parse("undelivered:7"), Some(ItemKey::Undelivered(MessageKey(7))));
/// assert_eq!(ItemKey::parse("undelivered:seven"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKey {
    Mailbox(Address),
    Undelivered(MessageKey),
    Ambiguous(MessageKey),
    Damaged(MessageKey),
    Returned(MessageKey),
    /// The beginning of the digest of the mail that came in.
    Mail(String),
    Answer(AssignmentId),
    FollowUp(ObligationId),
    Breaker {
        scope: BreakerScope,
        reason: BreakerReason,
    },
    Unreachable(UnitId),
    Quota(AssignmentId),
    UnknownLadder(String),
    Instance,
    Clock,
    LadderEnded(ObligationId),
    Suspended(ObligationId),
    Silenced(ObligationId),
    AwaitsEvent(ObligationId),
    NotTold(ObligationId),
}

impl ItemKey {
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Mailbox(_) => ItemKind::Mailbox,
            Self::Undelivered(_) => ItemKind::Undelivered,
            Self::Ambiguous(_) => ItemKind::Ambiguous,
            Self::Damaged(_) => ItemKind::Damaged,
            Self::Returned(_) => ItemKind::Returned,
            Self::Mail(_) => ItemKind::Mail,
            Self::Answer(_) => ItemKind::Answer,
            Self::FollowUp(_) => ItemKind::FollowUp,
            Self::Breaker { .. } => ItemKind::Breaker,
            Self::Unreachable(_) => ItemKind::Unreachable,
            Self::Quota(_) => ItemKind::Quota,
            Self::UnknownLadder(_) => ItemKind::UnknownLadder,
            Self::Instance => ItemKind::Instance,
            Self::Clock => ItemKind::Clock,
            Self::LadderEnded(_) => ItemKind::LadderEnded,
            Self::Suspended(_) => ItemKind::Suspended,
            Self::Silenced(_) => ItemKind::Silenced,
            Self::AwaitsEvent(_) => ItemKind::AwaitsEvent,
            Self::NotTold(_) => ItemKind::NotTold,
        }
    }

    /// Reads `kind:subject`; `None` for an unknown kind and for a subject that does not fit the kind.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, subject) = text.split_once(':')?;
        let id = || subject.parse::<i64>().ok();
        let obligation = || id().map(ObligationId);
        match ItemKind::from_word(kind)? {
            ItemKind::Mailbox => Address::parse(subject).ok().map(Self::Mailbox),
            ItemKind::Undelivered => id().map(|id| Self::Undelivered(MessageKey(id))),
            ItemKind::Ambiguous => id().map(|id| Self::Ambiguous(MessageKey(id))),
            ItemKind::Damaged => id().map(|id| Self::Damaged(MessageKey(id))),
            ItemKind::Returned => id().map(|id| Self::Returned(MessageKey(id))),
            ItemKind::Mail => {
                let is_digest = subject.bytes().all(|byte| byte.is_ascii_hexdigit());
                (is_digest && !subject.is_empty()).then(|| Self::Mail(subject.to_owned()))
            }
            ItemKind::Answer => id().map(|id| Self::Answer(AssignmentId(id))),
            ItemKind::FollowUp => id().map(|id| Self::FollowUp(ObligationId(id))),
            ItemKind::Breaker => {
                let (scope, reason) = subject.rsplit_once(':')?;
                let scope = BreakerScope::from_word(scope)?;
                Some(Self::Breaker { scope, reason: BreakerReason::from_word(reason)? })
            }
            ItemKind::Unreachable => id().map(|id| Self::Unreachable(UnitId(id))),
            ItemKind::Quota => id().map(|id| Self::Quota(AssignmentId(id))),
            ItemKind::UnknownLadder => Some(Self::UnknownLadder(subject.to_owned())),
            ItemKind::Instance => (subject == DISPLACED).then_some(Self::Instance),
            ItemKind::Clock => (subject == AHEAD).then_some(Self::Clock),
            ItemKind::LadderEnded => obligation().map(Self::LadderEnded),
            ItemKind::Suspended => obligation().map(Self::Suspended),
            ItemKind::Silenced => obligation().map(Self::Silenced),
            ItemKind::AwaitsEvent => obligation().map(Self::AwaitsEvent),
            ItemKind::NotTold => obligation().map(Self::NotTold),
        }
    }

    /// What a person does about the item, with the commands for it.
    pub fn next_step(&self, lang: Lang) -> String {
        let resolve = || {
            words!(lang, zh = "处理完毕后执行 {RESOLVE} {self}", en = "when done: {RESOLVE} {self}")
        };
        match self {
            Self::Mailbox(_) => words!(
                lang,
                zh = "更正联系人后执行 duban import units；邮箱已恢复则执行 {RESOLVE} {self}",
                en = "correct the contact with duban import units; if the mailbox works again: {RESOLVE} {self}",
            ),
            Self::Undelivered(_) | Self::Returned(_) | Self::Mail(_) => resolve(),
            Self::Ambiguous(message) => words!(
                lang,
                zh = "duban mail show {id} 查看，再执行 duban mail release {id} 或 duban mail cancel {id}",
                en = "look with duban mail show {id}, then duban mail release {id} or duban mail cancel {id}",
                id = message.0,
            ),
            Self::Damaged(_) => words!(
                lang,
                zh = "检查磁盘，执行 duban status --deep；处理完毕后执行 {RESOLVE} {self}",
                en = "examine the disk, run duban status --deep; when done: {RESOLVE} {self}",
            ),
            Self::Answer(_) => words!(
                lang,
                zh = "签收：duban ack 编号 --unit 单位；不签收：{RESOLVE} {self}",
                en = "to acknowledge: duban ack ID --unit UNIT; otherwise: {RESOLVE} {self}",
            ),
            Self::FollowUp(_) => words!(
                lang,
                zh = "用 journalctl -u duban 查看原因；改正后自动开始",
                en = "find the cause with journalctl -u duban; once corrected, the follow-up starts by itself",
            ),
            Self::Breaker { .. } => {
                lang.pick("用 duban doctor 查看原因", "find the cause with duban doctor").to_owned()
            }
            Self::Unreachable(_) => words!(
                lang,
                zh = "用 duban import units 补充联系人",
                en = "add a contact with duban import units",
            ),
            Self::Quota(_) => words!(
                lang,
                zh = "督促该单位；处理完毕后执行 {RESOLVE} {self}",
                en = "urge the unit; when done: {RESOLVE} {self}",
            ),
            Self::UnknownLadder(name) => words!(
                lang,
                zh = "在督办阶梯文件中补上“{name}”，再执行 {RESOLVE} {self}",
                en = "define the ladder `{name}` in the ladder file, then {RESOLVE} {self}",
            ),
            Self::Instance => words!(
                lang,
                zh = "确认这是唯一使用的台账后执行 duban ledger adopt",
                en = "make sure that this is the only ledger in use, then duban ledger adopt",
            ),
            Self::Clock => words!(
                lang,
                zh = "用 timedatectl 校准时钟；时钟无误则执行 duban ledger adopt --clock",
                en = "correct the clock with timedatectl; if it is right: duban ledger adopt --clock",
            ),
            Self::LadderEnded(_) => ladder_ended(self, lang),
            Self::Suspended(_) => suspended(self, lang),
            Self::Silenced(_) => silenced(self, lang),
            Self::AwaitsEvent(_) => awaits_event(self, lang),
            Self::NotTold(_) => not_told(self, lang),
        }
    }
}

fn ladder_ended(key: &ItemKey, lang: Lang) -> String {
    words!(
        lang,
        zh = "督促办结；另行处理的执行 {DECIDE} {key} --until 日期 --reason 理由",
        en = "see that it is done; if it is dealt with otherwise: {DECIDE} {key} --until DATE --reason TEXT",
    )
}

fn suspended(key: &ItemKey, lang: Lang) -> String {
    words!(
        lang,
        zh = "恢复计时用 duban clock resume；仍须中止的执行 {DECIDE} {key} --until 日期 --reason 理由",
        en = "let it run with duban clock resume; if it must stand still: {DECIDE} {key} --until DATE --reason TEXT",
    )
}

fn silenced(key: &ItemKey, lang: Lang) -> String {
    words!(
        lang,
        zh = "恢复提醒用 duban clock silence 编号 --off；仍须暂停的执行 {DECIDE} {key} --until 日期 --reason 理由",
        en = "remind again with duban clock silence ID --off; otherwise: {DECIDE} {key} --until DATE --reason TEXT",
    )
}

fn awaits_event(key: &ItemKey, lang: Lang) -> String {
    words!(
        lang,
        zh = "已起算的补登起算日，不再需要的执行 duban withdraw；继续等待的执行 {DECIDE} {key} --until 日期 --reason 理由",
        en = "enter its trigger, or withdraw it; to wait on: {DECIDE} {key} --until DATE --reason TEXT",
    )
}

fn not_told(key: &ItemKey, lang: Lang) -> String {
    words!(
        lang,
        zh = "请立即电话通知；已通知的执行 {DECIDE} {key} --until 日期 --reason 理由",
        en = "call them now; when they know: {DECIDE} {key} --until DATE --reason TEXT",
    )
}

const DISPLACED: &str = "displaced";
const AHEAD: &str = "ahead";

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind().word())?;
        match self {
            Self::Mailbox(address) => write!(f, "{address}"),
            Self::Undelivered(message)
            | Self::Ambiguous(message)
            | Self::Damaged(message)
            | Self::Returned(message) => write!(f, "{}", message.0),
            Self::Answer(assignment) | Self::Quota(assignment) => write!(f, "{}", assignment.0),
            Self::FollowUp(obligation)
            | Self::LadderEnded(obligation)
            | Self::Suspended(obligation)
            | Self::Silenced(obligation)
            | Self::AwaitsEvent(obligation)
            | Self::NotTold(obligation) => write!(f, "{}", obligation.0),
            Self::Breaker { scope, reason } => write!(f, "{}:{}", scope.word(), reason.word()),
            Self::Unreachable(unit) => write!(f, "{}", unit.0),
            Self::UnknownLadder(text) | Self::Mail(text) => f.write_str(text),
            Self::Instance => f.write_str(DISPLACED),
            Self::Clock => f.write_str(AHEAD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each_kind() -> [ItemKey; 19] {
        let address = Address::parse("a@unit.example").unwrap();
        let scope = BreakerScope::Domain("unit.example".to_owned());
        [
            ItemKey::Mailbox(address),
            ItemKey::Undelivered(MessageKey(1)),
            ItemKey::Ambiguous(MessageKey(2)),
            ItemKey::Damaged(MessageKey(8)),
            ItemKey::Returned(MessageKey(3)),
            ItemKey::Mail("0a1b2c3d4e5f".to_owned()),
            ItemKey::Answer(AssignmentId(4)),
            ItemKey::FollowUp(ObligationId(5)),
            ItemKey::Breaker { scope, reason: BreakerReason::Policy },
            ItemKey::Unreachable(UnitId(6)),
            ItemKey::Quota(AssignmentId(7)),
            ItemKey::UnknownLadder("own".to_owned()),
            ItemKey::Instance,
            ItemKey::Clock,
            ItemKey::LadderEnded(ObligationId(8)),
            ItemKey::Suspended(ObligationId(9)),
            ItemKey::Silenced(ObligationId(10)),
            ItemKey::AwaitsEvent(ObligationId(11)),
            ItemKey::NotTold(ObligationId(12)),
        ]
    }

    #[test]
    fn every_key_is_read_back_from_its_text() {
        for key in one_of_each_kind() {
            assert_eq!(ItemKey::parse(&key.to_string()), Some(key.clone()), "{key}");
        }
        assert_eq!(one_of_each_kind().map(|key| key.kind()), ItemKind::ALL);
    }

    #[test]
    fn a_text_without_a_known_kind_or_with_a_wrong_subject_is_no_key() {
        for text in
            ["", "mailbox", "road:relay:tls", "mailbox:nobody", "clock:behind", "breaker:relay"]
        {
            assert_eq!(ItemKey::parse(text), None, "{text}");
        }
    }
}
