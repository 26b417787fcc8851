//! The methods of counting, in words, each with its article or the convention of the office.
//!
//! Must not know: how a date is worked out.

use crate::domain::deadline::{Adjustment, BeforeEdge, Change, Direction, SuspensionEdge};
use crate::domain::explanation::Explanation;
use crate::domain::term::{PeriodUnit, Term};

/// The rules of counting this date rests on, each with its article.
pub(super) fn methods(explanation: &Explanation) -> Vec<String> {
    let (Term::Within(period) | Term::AtLeast(period)) = &explanation.term else {
        return vec!["固定日期不因休息日顺延，应办日为该日或者之前最近的工作日".to_owned()];
    };
    if explanation.counts == Direction::Before {
        let method = match explanation.conventions.before {
            BeforeEdge::EventIsDayZero => "事件当日为第0日，向前计算，遇休息日再向前",
            BeforeEdge::FullDaysBetween => "与事件当日之间隔满所定日数，向前计算，遇休息日再向前",
        };
        return vec![format!(
            "{method}（法无明文，口径：{}）",
            explanation.conventions.before.word()
        )];
    }
    let first_day = "起算的当日不计入，自下一日开始计算（民法典第二百零一条）";
    let rolls = "末日是休息日的，以休息日结束的次日为末日（民法典第二百零三条）";
    let methods: &[&str] = match period.unit {
        PeriodUnit::WorkingDay => &[first_day, "只计工作日，调休上班日是工作日，放假日不是"],
        PeriodUnit::CalendarDay => &[first_day, "中间的休息日不扣除", rolls],
        PeriodUnit::Month | PeriodUnit::Year => &[
            first_day,
            "以末月的对应日为末日，没有对应日的以月末为末日（民法典第二百零二条）",
            rolls,
        ],
        PeriodUnit::Hour => &["自起算时刻连续计算，夜间与休息日不扣除（民法典第二百零一条）"],
    };
    let mut methods: Vec<String> = methods.iter().map(|method| (*method).to_owned()).collect();
    methods.extend(suspension_method(explanation));
    methods
}

/// How the days of a suspension are counted, where there is one.
fn suspension_method(explanation: &Explanation) -> Option<String> {
    let is_stop = |adjustment: &Adjustment| adjustment.change == Change::Suspend;
    explanation.adjustments.iter().any(is_stop).then(|| {
        let edge = explanation.conventions.suspension;
        let method = match edge {
            SuspensionEdge::FirstDayCounts => "中止当日仍计入",
            SuspensionEdge::FirstDayPaused => "中止当日不计入",
        };
        format!("{method}，次日起至恢复当日不计（法无明文，口径：{}）", edge.word())
    })
}
