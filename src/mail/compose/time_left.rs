//! Dates and the time left in the words of a mail, as of the moment it is sealed.
//!
//! Must not know: templates, what a mail is about.

use jiff::civil::{Date, Weekday};

use crate::domain::moment::Moment;
use crate::mail::compose::content::ItemDates;

/// True from the day after the due date; for a term in hours, from the next second.
pub(super) fn is_over(dates: ItemDates, now: Moment) -> bool {
    dates.due_at.map_or(now.today() > dates.due, |due_at| now > due_at)
}

/// The time left at `now` in words. Late begins the day after the due date, whatever the number of working days.
pub(super) fn time_left(dates: ItemDates, now: Moment) -> String {
    if let Some(left) = dates.due_at.and_then(|due_at| hours_left(due_at, now)) {
        return left;
    }
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
    } else if today.tomorrow().ok() == Some(dates.due) {
        "明日到期".to_owned()
    } else {
        format!("还剩{working_days}个工作日")
    }
}

/// `还剩4小时50分`, `已逾期2小时` for a clock in hours; `None` in its last minute and once it is a day late.
fn hours_left(due_at: Moment, now: Moment) -> Option<String> {
    let minutes = due_at.since(now).as_mins();
    let words = |minutes: u64| match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}分钟"),
        (hours, 0) => format!("{hours}小时"),
        (hours, minutes) => format!("{hours}小时{minutes}分"),
    };
    match minutes {
        1.. => Some(format!("还剩{}", words(minutes.unsigned_abs()))),
        -1439..=-1 => Some(format!("已逾期{}", words(minutes.unsigned_abs()))),
        _ => None,
    }
}

/// The time left to an internal target (内部目标), which is passed but never late.
pub(super) fn time_to_target(dates: ItemDates, today: Date) -> String {
    if today > dates.due {
        let days = dates.working_days_left.unsigned_abs().max(1);
        return format!("内部目标日已过{days}个工作日");
    }
    match dates.working_days_left {
        ..=0 => "今日是内部目标日".to_owned(),
        days => format!("距内部目标日还有{days}个工作日"),
    }
}

/// ` 03:30` for a term in hours; else nothing.
pub(super) fn time_of_day(dates: ItemDates) -> String {
    dates.due_at.map_or_else(String::new, |at| at.local().strftime(" %H:%M").to_string())
}

/// `2022年12月31日（星期六）`.
pub(super) fn full_date(date: Date) -> String {
    format!("{}年{}（{}）", date.year(), month_and_day(date), weekday(date.weekday()))
}

/// `12月31日（星期六）`; with the year unless it is that of `today`.
pub(super) fn near_date(date: Date, today: Date) -> String {
    if date.year() == today.year() {
        format!("{}（{}）", month_and_day(date), weekday(date.weekday()))
    } else {
        full_date(date)
    }
}

/// `12月31日`; with the year unless it is that of `today`.
pub(super) fn short_date(date: Date, today: Date) -> String {
    if date.year() == today.year() {
        month_and_day(date)
    } else {
        format!("{}年{}", date.year(), month_and_day(date))
    }
}

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
    fn what_is_due_tomorrow_says_so() {
        let dates = ItemDates {
            due: date(2026, 4, 3),
            due_at: None,
            act_by: date(2026, 4, 3),
            working_days_left: 1,
            provisional: false,
        };
        assert_eq!(time_left(dates, nine_o_clock(date(2026, 4, 2))), "明日到期");
    }

    #[test]
    fn dates_name_their_year_only_where_it_is_another_one() {
        let today = date(2022, 12, 28);
        assert_eq!(near_date(date(2022, 12, 31), today), "12月31日（星期六）");
        assert_eq!(near_date(date(2023, 1, 3), today), "2023年1月3日（星期二）");
        assert_eq!(short_date(date(2023, 1, 3), today), "2023年1月3日");
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

    #[test]
    fn a_clock_in_hours_speaks_of_hours() {
        let at =
            |hour, minute| Moment::from_local(date(2026, 11, 11).at(hour, minute, 0, 0)).unwrap();
        let (due, due_at) = (date(2026, 11, 11), Some(at(15, 0)));
        let dates =
            ItemDates { due, due_at, act_by: due, working_days_left: 0, provisional: false };
        assert_eq!(time_left(dates, at(10, 10)), "还剩4小时50分");
        assert_eq!(time_left(dates, at(14, 20)), "还剩40分钟");
        assert_eq!(time_left(dates, at(17, 0)), "已逾期2小时");
    }
}
