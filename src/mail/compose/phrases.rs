//! Chinese phrases that fill a variable of a reminder template.
//!
//! Must not know: templates, the ledger. Callers: workflows that compose messages.

use jiff::civil::Date;

use crate::domain::ladder::Tone;
use crate::domain::recurrence::QuotaProgress;
use crate::domain::reminder::{CorrectionKind, Occasion, PlannedCorrection};
use crate::domain::term::say_date;
use crate::domain::unit::{Rank, Role};
use crate::mail::compose::content::CorrectionNotice;
use crate::mail::one_line::OneLine;
use crate::words::Lang;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 6;

/// What is told for the how manieth time: 第4次通报; empty the first time.
pub fn occasion(occasion: &Occasion, tone: Tone) -> String {
    match occasion {
        Occasion::QuotaShort { .. } => "剩余时间不足以完成规定次数".to_owned(),
        Occasion::DateMoved | Occasion::Correction { .. } | Occasion::Rung { repeat: 0, .. } => {
            String::new()
        }
        Occasion::Rung { repeat, .. } => {
            format!("第{}次{}", repeat.saturating_add(1), tone.say(Lang::Zh))
        }
    }
}

/// A correction to somebody in `role`: what was said, what is right, since when. `unit` is the one whose share it is.
pub fn correction(correction: &PlannedCorrection, role: Role, unit: &str) -> CorrectionNotice {
    let PlannedCorrection { kind, reason, made_on, said_on } = correction;
    let day = |date: Date| say_date(date, Lang::Zh);
    let whose = if role == Role::Responsible { "贵单位" } else { unit };
    let right = match kind {
        CorrectionKind::WrongUnit { right } => format!("该事项由{right}承办，不由{whose}承办"),
        CorrectionKind::Withdrawn => format!("该事项已撤销，{whose}不再办理"),
        CorrectionKind::Restored => format!("该事项仍由{whose}办理，此前通知作废"),
        CorrectionKind::DoneInTime { on } => format!("{whose}已于{}办结，未逾期", day(*on)),
        CorrectionKind::Done => format!("{whose}已办结，此前催办有误"),
    };
    let label = match kind {
        CorrectionKind::Withdrawn => "撤销",
        CorrectionKind::WrongUnit { .. }
        | CorrectionKind::Restored
        | CorrectionKind::DoneInTime { .. }
        | CorrectionKind::Done => "更正",
    };
    let what = match kind {
        CorrectionKind::DoneInTime { .. } => "称已逾期",
        CorrectionKind::Restored => "称不再办理",
        CorrectionKind::WrongUnit { .. } | CorrectionKind::Withdrawn | CorrectionKind::Done => {
            "提醒办理"
        }
    };
    let said = said_on.map_or_else(String::new, |on| format!("{}的邮件{what}", day(on)));
    let because = if reason.is_empty() { String::new() } else { format!("，{reason}") };
    let since = format!("{}起{because}", day(*made_on));
    CorrectionNotice {
        label,
        said: OneLine::clean(&said),
        right: OneLine::clean(&right),
        since: OneLine::clean(&since),
    }
}

/// What moved a date, with the day on which it was corrected.
pub fn corrected_on(paper: &str, on: Date) -> String {
    format!("{paper}（{}更正）", say_date(on, Lang::Zh))
}

/// What a letter about a corrected date says of the mail before; empty when only the date was wrong.
pub fn wrongly_late(said_on: Option<Date>) -> String {
    let said = said_on.map(|on| format!("{}的邮件", say_date(on, Lang::Zh)));
    format!("{}称已逾期，系登记有误，作废", said.unwrap_or_else(|| "此前邮件".to_owned()))
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

/// Why this recipient gets the mail; without a role only corrections of what was told before stand in it.
pub fn why(unit: &str, rank: Rank, roles: &[Role]) -> String {
    if roles.is_empty() {
        let rank = rank.say(Lang::Zh);
        return format!("您登记为{unit}的{rank}，此前收到过所列事项的提醒。");
    }
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
