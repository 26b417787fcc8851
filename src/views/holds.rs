//! Why all mail is held, and what a person does about it.
//!
//! Must not know: how a hold was found.

use super::dates::minute;
use crate::domain::watch::{Displacement, Hold};
use crate::words;
use crate::words::Lang;

/// What holds all mail, in one sentence.
pub fn hold(hold: Hold, lang: Lang) -> String {
    match hold {
        Hold::Displaced(displacement) => {
            let why = displaced(displacement, lang);
            words!(lang, zh = "全部邮件暂停发送：{why}", en = "all mail is held: {why}")
        }
        Hold::ClockAhead { expected, now } => words!(
            lang,
            zh = "全部邮件暂停发送：系统时钟显示{now}，而预计不晚于{expected}",
            en = "all mail is held: the clock reads {now}, and nothing later than {expected} was expected",
            now = minute(now),
            expected = minute(expected),
        ),
    }
}

/// What to do about it.
pub fn way_out(hold: Hold, lang: Lang) -> &'static str {
    match hold {
        Hold::Displaced(_) => lang.pick(
            "确认这是唯一使用的数据库、原数据库上没有另一个 duban 在运行后，执行 duban adopt",
            "if this is the one database in use, and no other duban works on the original: `duban adopt`",
        ),
        Hold::ClockAhead { .. } => lang.pick(
            "用 timedatectl 校准时钟；时钟无误则执行 duban adopt --clock",
            "set the clock right (`timedatectl`), or confirm that it is: `duban adopt --clock`",
        ),
    }
}

fn displaced(displacement: Displacement, lang: Lang) -> &'static str {
    match displacement {
        Displacement::NoMark => lang.pick(
            "数据库是复制或恢复到这里的，旁边没有标记文件（.home）",
            "the database was copied or restored here: the mark file beside it (.home) is missing",
        ),
        Displacement::UnreadableMark => lang.pick(
            "数据库旁的标记文件（.home）无法读取",
            "the mark file beside the database (.home) cannot be read",
        ),
        Displacement::OtherLedger => lang.pick(
            "数据库是复制或恢复到这里的，旁边的标记文件（.home）属于另一个数据库",
            "the database was copied or restored here: the mark file beside it (.home) belongs to another one",
        ),
        Displacement::OtherMachine => {
            lang.pick("数据库原先在另一台机器上使用", "the database was in use on another machine")
        }
        Displacement::CopiedMark => lang.pick(
            "数据库所在的文件夹是复制或恢复到这里的",
            "the folder of the database was copied or restored here",
        ),
        Displacement::Older => lang.pick(
            "数据库被换成了较早的版本，其后发送的邮件没有记录",
            "an older state of the database was put in its place: what was sent since is not on record",
        ),
    }
}
