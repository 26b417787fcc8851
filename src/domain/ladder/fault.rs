//! What is wrong with a ladder.
//!
//! Must not know: how it was found.

use crate::domain::term::Period;
use crate::domain::unit::{Rank, Role};
use crate::words;
use crate::words::{Lang, Say};

/// The most repeats a rung can have: one on every working day of a year.
pub const MOST_REPEATS: u32 = 250;

/// Why rungs do not make a ladder; `rung` is the name of the rung at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum LadderFault {
    /// A name of a ladder or rung may hold lower-case letters, digits and hyphens, and begins with a letter.
    BadName {
        name: String,
    },
    /// The ladder has no rungs.
    Empty {
        ladder: String,
    },
    TwiceTheName {
        rung: String,
    },
    /// The rung is not later than the one before it.
    NotLater {
        rung: String,
        before: String,
    },
    /// The tone is milder than that of the rung before.
    Milder {
        rung: String,
        before: String,
    },
    /// The tone says that the work is late, on or before the act-by date.
    LateTooEarly {
        rung: String,
    },
    /// The supervising office would be told before anything is late.
    SupervisorTooEarly {
        rung: String,
    },
    /// The role is told before the responsible unit or only after a higher role; or the supervising office is told on the
    /// first rung of the responsible unit, which leaves the unit no time to act.
    RoleOutOfOrder {
        rung: String,
        role: Role,
    },
    /// The rung tells nobody.
    NoAudience {
        rung: String,
    },
    TwiceInAudience {
        rung: String,
        role: Role,
        rank: Rank,
    },
    RepeatNotLast {
        rung: String,
    },
    /// The rung repeats every 0 days or 0 times.
    EmptyRepeat {
        rung: String,
    },
    /// The rung repeats more than [`MOST_REPEATS`] times.
    EndlessRepeat {
        rung: String,
    },
}

/// The first rung of a ladder lies before the term begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct DoesNotFit {
    pub ladder: String,
    pub rung: String,
    /// Working days from the rung to the act-by date.
    pub days_before: u32,
    pub period: Period,
}

impl Say for LadderFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::BadName { name } => words!(
                lang,
                zh = "“{name}”不能用作阶梯或级的名称：只能用小写字母、数字和连字符，以字母开头",
                en = "`{name}` is not a name for a ladder or a rung: use lower-case letters, digits and hyphens, a letter first",
            ),
            Self::Empty { ladder } => {
                words!(
                    lang,
                    zh = "阶梯“{ladder}”没有任何一级",
                    en = "ladder `{ladder}` has no rung"
                )
            }
            Self::TwiceTheName { rung } => {
                words!(lang, zh = "有两级都叫“{rung}”", en = "two rungs are called `{rung}`")
            }
            Self::NotLater { rung, before } => words!(
                lang,
                zh = "“{rung}”级不晚于前一级“{before}”",
                en = "rung `{rung}` is not later than `{before}`",
            ),
            Self::Milder { rung, before } => words!(
                lang,
                zh = "“{rung}”级的语气轻于前一级“{before}”",
                en = "rung `{rung}` is milder than `{before}`",
            ),
            Self::LateTooEarly { rung } => words!(
                lang,
                zh = "“{rung}”级在到期之前就按逾期处理",
                en = "rung `{rung}` speaks of lateness before anything is late",
            ),
            Self::SupervisorTooEarly { rung } => words!(
                lang,
                zh = "“{rung}”级在到期之前就告知督办单位",
                en = "rung `{rung}` tells the supervisor before anything is late",
            ),
            Self::RoleOutOfOrder { rung, role } => words!(
                lang,
                zh = "“{rung}”级告知{role}的先后顺序不对",
                en = "rung `{rung}` tells the {role} out of the order of roles",
                role = role.say(lang),
            ),
            Self::NoAudience { rung } => {
                words!(lang, zh = "“{rung}”级没有告知对象", en = "rung `{rung}` tells nobody")
            }
            Self::TwiceInAudience { rung, role, rank } => words!(
                lang,
                zh = "“{rung}”级两次写到{role}/{rank}",
                en = "rung `{rung}` names {role}/{rank} twice",
                role = lang.pick(role.say(lang), role.word()),
                rank = lang.pick(rank.say(lang), rank.word()),
            ),
            Self::RepeatNotLast { rung } => words!(
                lang,
                zh = "“{rung}”级设了重复，但不是最后一级",
                en = "rung `{rung}` repeats but is not the last",
            ),
            Self::EmptyRepeat { rung } => words!(
                lang,
                zh = "“{rung}”级的重复间隔或次数为0",
                en = "rung `{rung}` repeats every 0 days or 0 times",
            ),
            Self::EndlessRepeat { rung } => words!(
                lang,
                zh = "“{rung}”级重复超过{MOST_REPEATS}次",
                en = "rung `{rung}` repeats more than {MOST_REPEATS} times",
            ),
        }
    }
}

impl Say for DoesNotFit {
    fn say(&self, lang: Lang) -> String {
        let Self { ladder, rung, days_before, period } = self;
        words!(
            lang,
            zh = "阶梯“{ladder}”的“{rung}”级在到期前{days_before}个工作日，早于{period}时限的起点",
            en = "rung `{rung}` of ladder `{ladder}` lies {days_before} working days before the date, outside a term of {period}",
            period = period.say(lang),
        )
    }
}
