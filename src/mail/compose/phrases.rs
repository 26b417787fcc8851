//! Chinese phrases that fill a variable of a reminder template.
//!
//! Must not know: templates, the ledger. Callers: workflows that compose messages.

use crate::domain::ladder::Tone;
use crate::domain::recurrence::QuotaProgress;
use crate::domain::reminder::Occasion;
use crate::domain::term::say_date;
use crate::domain::unit::{Rank, Role};
use crate::mail::one_line::OneLine;
use crate::words::Lang;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 6;

/// What is told for the how manieth time: 第4次通报; empty the first time.
pub fn occasion(occasion: &Occasion, tone: Tone) -> String {
    match occasion {
        Occasion::QuotaShort { .. } => "剩余时间不足以完成规定次数".to_owned(),
        Occasion::DateMoved | Occasion::Rung { repeat: 0, .. } => String::new(),
        Occasion::Rung { repeat, .. } => {
            format!("第{}次{}", repeat.saturating_add(1), tone.say(Lang::Zh))
        }
    }
}

/// How far one unit has come with a quota: 已完成1/4次，下一次不迟于2022年6月30日.
pub fn progress(progress: &QuotaProgress) -> String {
    let QuotaProgress { done, required, next_by, no_longer_fits, .. } = progress;
    let next = match next_by.map(|day| say_date(day, Lang::Zh)) {
        None => String::new(),
        Some(day) if *no_longer_fits => format!("，剩余时间已不足，下一次本应不迟于{day}"),
        Some(day) => format!("，下一次不迟于{day}"),
    };
    format!("已完成{done}/{required}次{next}")
}

/// How many units are behind with a quota.
pub fn units_behind(count: usize) -> String {
    format!("{count}个单位尚未完成规定次数")
}

/// Why this recipient gets the mail.
pub fn why(unit: &str, rank: Rank, roles: &[Role]) -> String {
    let roles: Vec<&str> = roles.iter().map(|role| role.say(Lang::Zh)).collect();
    let (rank, roles) = (rank.say(Lang::Zh), Lang::Zh.list(&roles));
    format!("您登记为{unit}的{rank}，{unit}是所列事项的{roles}。")
}

/// At most six names; the last one says how many there are when there are more.
pub fn shortened(mut names: Vec<OneLine>) -> Vec<OneLine> {
    let all = names.len();
    if all > MOST_NAMES {
        names.truncate(MOST_NAMES);
        if let Some(last) = names.last_mut() {
            *last = OneLine::clean(&format!("{}等{all}个", last.as_str()));
        }
    }
    names
}
