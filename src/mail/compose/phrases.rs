//! Chinese phrases that fill a variable of a reminder template.
//!
//! Must not know: templates, the ledger. Callers: workflows that compose messages.

use crate::domain::ladder::Tone;
use crate::domain::recurrence::QuotaProgress;
use crate::domain::reminder::Occasion;
use crate::domain::unit::{Rank, Role};
use crate::mail::one_line::OneLine;
use crate::words::Lang;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 6;

/// Why a message was sent: 应办日前5个工作日, or for a repeat 应办日后5个工作日起第2次通报. `offset` counts working days from the
/// act-by date.
pub fn occasion(occasion: &Occasion, offset: Option<i32>, tone: Tone) -> String {
    match (occasion, offset) {
        (Occasion::DateMoved, _) => "日期变更通知".to_owned(),
        (Occasion::QuotaShort { .. }, _) => "剩余时间不足以完成规定次数".to_owned(),
        (Occasion::Rung { .. }, None) => String::new(),
        (Occasion::Rung { repeat: 0, .. }, Some(offset)) => from_act_by(offset),
        (Occasion::Rung { repeat, .. }, Some(offset)) => {
            let times = repeat + 1;
            format!("{}起第{times}次{}", from_act_by(offset), tone.say(Lang::Zh))
        }
    }
}

fn from_act_by(working_days: i32) -> String {
    match working_days {
        0 => "应办日当天".to_owned(),
        days if days < 0 => format!("应办日前{}个工作日", days.unsigned_abs()),
        days => format!("应办日后{days}个工作日"),
    }
}

/// How far one unit has come with a quota: 已完成1/4次，下一次不迟于2022-06-30.
pub fn progress(progress: &QuotaProgress) -> String {
    let QuotaProgress { done, required, next_by, no_longer_fits, .. } = progress;
    let next = match next_by {
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
