//! The values that templates may use, with dates, time left and lists worded in Chinese.
//!
//! Must not know: which template uses them, MIME.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::domain::moment::Moment;
use crate::domain::unit::Role;
use crate::mail::compose::content::{
    ItemDates, MessageContent, MessageHeader, MessageItem, OperatorContent,
};
use crate::mail::one_line::OneLine;
use crate::words::Lang;

/// What the templates of `reminder/` see.
#[derive(Serialize)]
pub(super) struct MessageView<'a> {
    #[serde(flatten)]
    header: HeaderView<'a>,
    items: Vec<ItemView<'a>>,
    total: usize,
    late: usize,
    nearest: String,
    roles: Vec<&'static str>,
    why: &'a OneLine,
}

/// What the templates of `operator/` see.
#[derive(Serialize)]
pub(super) struct OperatorView<'a> {
    #[serde(flatten)]
    header: HeaderView<'a>,
    headline: &'a OneLine,
    figures: Vec<Figure<'a>>,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct HeaderView<'a> {
    office: &'a OneLine,
    contact: &'a OneLine,
    reply_to: &'a str,
    name: &'a OneLine,
    unit: &'a OneLine,
    sent_on: String,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a name that templates ask for")]
struct ItemView<'a> {
    title: &'a OneLine,
    reference: &'a OneLine,
    due: String,
    due_day: String,
    act_by: String,
    rest_day: bool,
    left: String,
    late: bool,
    internal: bool,
    progress: &'a OneLine,
    provisional: bool,
    due_before: String,
    act_by_before: String,
    paper: String,
    written: &'a OneLine,
    source: &'a OneLine,
    basis: &'a OneLine,
    role: &'static str,
    tone: &'static str,
    tone_word: &'static str,
    rung: &'a OneLine,
    owed_by: String,
    lead: String,
    responsible: String,
    also_told: String,
    state: &'static str,
    note: &'a OneLine,
}

#[derive(Serialize)]
struct Figure<'a> {
    name: &'a OneLine,
    value: &'a OneLine,
}

#[derive(Serialize)]
struct FindingView<'a> {
    title: &'a OneLine,
    detail: &'a OneLine,
    action: &'a OneLine,
}

impl<'a> MessageView<'a> {
    pub(super) fn of(content: &'a MessageContent) -> Self {
        let (sent, today) = (content.header.sent, content.header.sent.today());
        let items: Vec<_> = content.items.iter().map(|item| ItemView::of(item, sent)).collect();
        let dated = content.items.iter().filter(|item| !item.internal);
        let planned_for = dated.filter_map(|item| Some(item.dates?.act_by));
        let open = planned_for.filter(|day| *day >= today);
        Self {
            header: HeaderView::of(&content.header),
            total: items.len(),
            late: items.iter().filter(|item| item.late).count(),
            nearest: open.min().map_or_else(String::new, month_and_day),
            roles: roles_of(&content.items),
            why: &content.why,
            items,
        }
    }
}

impl<'a> OperatorView<'a> {
    pub(super) fn of(content: &'a OperatorContent) -> Self {
        let figures = content.figures.iter().map(|(name, value)| Figure { name, value });
        let findings = content.findings.iter().map(|finding| FindingView {
            title: &finding.title,
            detail: &finding.detail,
            action: &finding.action,
        });
        Self {
            header: HeaderView::of(&content.header),
            headline: &content.headline,
            figures: figures.collect(),
            findings: findings.collect(),
        }
    }
}

impl<'a> HeaderView<'a> {
    fn of(header: &'a MessageHeader) -> Self {
        Self {
            office: &header.office.name,
            contact: &header.office.contact,
            reply_to: header.office.reply_to.as_str(),
            name: &header.recipient.name,
            unit: &header.recipient.unit,
            sent_on: full_date(header.sent.today()),
        }
    }
}

impl<'a> ItemView<'a> {
    fn of(item: &'a MessageItem, sent: Moment) -> Self {
        let (dates, change) = (item.dates, item.change.as_ref());
        let due_before = change.and_then(|change| change.before);
        let act_by_before = change.and_then(|change| change.act_by_before);
        let act_by_before = act_by_before.filter(|before| Some(*before) != due_before);
        let is_only_moved = change.is_some_and(|change| change.is_only_news);
        Self {
            title: &item.title,
            reference: &item.reference,
            due: dates.map_or_else(String::new, |dates| full_date(dates.due) + &time_of_day(dates)),
            due_day: dates.map_or_else(String::new, |it| month_and_day(it.due) + &time_of_day(it)),
            act_by: date_if_any(dates.map(|dates| dates.act_by)),
            rest_day: dates.is_some_and(|dates| dates.act_by != dates.due),
            left: dates.map_or_else(
                || "已中止，暂无到期日".to_owned(),
                |it| {
                    if item.internal {
                        time_to_target(it, sent.today())
                    } else {
                        time_left(it, sent)
                    }
                },
            ),
            late: dates.is_some_and(|dates| is_over(dates, sent)) && !item.internal,
            internal: item.internal,
            progress: &item.progress,
            provisional: dates.is_some_and(|dates| dates.provisional),
            due_before: date_if_any(due_before),
            act_by_before: date_if_any(act_by_before),
            paper: change.map_or_else(String::new, |change| change.paper.as_str().to_owned()),
            written: &item.written,
            source: &item.source,
            basis: &item.basis,
            role: item.role.say(Lang::Zh),
            tone: if is_only_moved { "日期变更" } else { item.tone.say(Lang::Zh) },
            tone_word: item.tone.word(),
            rung: &item.rung,
            owed_by: listed(&item.owed_by),
            lead: listed(&item.lead),
            responsible: listed(&item.responsible),
            also_told: listed(&item.also_told),
            state: item.state.say(Lang::Zh),
            note: &item.note,
        }
    }
}

/// True from the day after the due date; for a term in hours, from the next second.
fn is_over(dates: ItemDates, now: Moment) -> bool {
    dates.due_at.map_or(now.today() > dates.due, |due_at| now > due_at)
}

/// ` 03:30` for a term in hours; else nothing.
fn time_of_day(dates: ItemDates) -> String {
    dates.due_at.map_or_else(String::new, |at| at.local().strftime(" %H:%M").to_string())
}

/// The time left at `now` in words. Late begins the day after the due date, whatever the number of working days.
fn time_left(dates: ItemDates, now: Moment) -> String {
    let (working_days, today) = (dates.working_days_left.unsigned_abs(), now.today());
    if is_over(dates, now) {
        return match working_days {
            0 => "已逾期".to_owned(),
            days => format!("已逾期{days}个工作日"),
        };
    }
    if today == dates.due {
        format!("今日{}到期", time_of_day(dates).trim_start())
    } else if today == dates.act_by {
        "今日是到期前最后一个工作日".to_owned()
    } else if today > dates.act_by {
        "到期前已无工作日".to_owned()
    } else {
        format!("还剩{working_days}个工作日")
    }
}

/// The time left to an internal target (内部目标), which is passed but never late.
fn time_to_target(dates: ItemDates, today: Date) -> String {
    if today > dates.due {
        let days = dates.working_days_left.unsigned_abs().max(1);
        return format!("内部目标日已过{days}个工作日");
    }
    match dates.working_days_left {
        ..=0 => "今日是内部目标日".to_owned(),
        days => format!("距内部目标日还有{days}个工作日"),
    }
}

/// The roles that occur, lowest first.
fn roles_of(items: &[MessageItem]) -> Vec<&'static str> {
    let occurs = |role: &Role| items.iter().any(|item| item.role == *role);
    Role::ALL.into_iter().filter(occurs).map(Role::word).collect()
}

fn listed(texts: &[OneLine]) -> String {
    texts.iter().map(OneLine::as_str).collect::<Vec<_>>().join("、")
}

fn date_if_any(date: Option<Date>) -> String {
    date.map_or_else(String::new, full_date)
}

/// `2022年12月31日（星期六）`.
fn full_date(date: Date) -> String {
    format!("{}年{}（{}）", date.year(), month_and_day(date), weekday(date.weekday()))
}

/// `12月31日`.
fn month_and_day(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Due on Saturday 2022-12-31; the next working day is 2023-01-03.
    fn left_on(today: Date, working_days_left: i64) -> String {
        let (due, act_by) = (date(2022, 12, 31), date(2022, 12, 30));
        let dates = ItemDates { due, due_at: None, act_by, working_days_left, provisional: false };
        time_left(dates, nine_o_clock(today))
    }

    fn nine_o_clock(day: Date) -> Moment {
        Moment::from_local(day.at(9, 0, 0, 0)).unwrap()
    }

    #[test]
    fn lateness_begins_the_day_after_the_due_date_even_on_a_rest_day() {
        assert_eq!(left_on(date(2022, 12, 28), 2), "还剩2个工作日");
        assert_eq!(left_on(date(2022, 12, 30), 0), "今日是到期前最后一个工作日");
        assert_eq!(left_on(date(2022, 12, 31), 0), "今日到期");
        assert_eq!(left_on(date(2023, 1, 1), 0), "已逾期");
        assert_eq!(left_on(date(2023, 1, 3), -1), "已逾期1个工作日");
    }

    #[test]
    fn an_internal_target_is_passed_and_never_called_late() {
        let target = |today: Date, working_days_left: i64| {
            let (due, act_by) = (date(2022, 12, 30), date(2022, 12, 30));
            time_to_target(
                ItemDates { due, due_at: None, act_by, working_days_left, provisional: false },
                today,
            )
        };
        assert_eq!(target(date(2022, 12, 28), 2), "距内部目标日还有2个工作日");
        assert_eq!(target(date(2022, 12, 30), 0), "今日是内部目标日");
        assert_eq!(target(date(2023, 1, 4), -2), "内部目标日已过2个工作日");
    }

    #[test]
    fn a_rest_day_between_the_last_working_day_and_the_due_date_says_so() {
        let golden_week = ItemDates {
            due: date(2023, 10, 5),
            due_at: None,
            act_by: date(2023, 9, 28),
            working_days_left: 0,
            provisional: false,
        };
        assert_eq!(time_left(golden_week, nine_o_clock(date(2023, 10, 1))), "到期前已无工作日");
    }

    #[test]
    fn a_term_in_hours_is_over_on_its_own_day_to_the_second() {
        let day = date(2026, 10, 2);
        let due_at = Moment::from_local(day.at(9, 0, 0, 0));
        let dates =
            ItemDates { due: day, due_at, act_by: day, working_days_left: 0, provisional: false };
        assert_eq!(time_left(dates, nine_o_clock(day)), "今日09:00到期");
        let later = ItemDates { working_days_left: -1, ..dates };
        let second_later = Moment::from_local(day.at(9, 0, 1, 0)).unwrap();
        assert_eq!(time_left(later, second_later), "已逾期1个工作日");
    }
}
