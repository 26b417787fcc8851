//! What each way of writing time is read as.
//!
//! Must not know: how the grammar is cut into rules.

use proptest::prelude::*;

use super::*;
use crate::domain::term::{Period, Term};

fn term(written: &str) -> String {
    match read(written, &ParseContext { year: Some(2022) }) {
        Ok(reading) => reading.term.to_string(),
        Err(fault) => format!("{written}: {fault}"),
    }
}

fn each(cases: &[(&str, &str)]) {
    for (written, expected) in cases {
        assert_eq!(term(written), *expected, "{written}");
    }
}

#[test]
fn fixed_days_keep_the_day_they_name() {
    each(&[
        ("2022年底前", "2022-12-31"),
        ("2022年年底之前", "2022-12-31"),
        ("二〇二二年底前", "2022-12-31"),
        ("2020年11月底前", "2020-11-30"),
        ("2020年7月30日前", "2020-07-30"),
        ("２０２０年７月３０日前", "2020-07-30"),
        ("2020 年 7 月 30 日 前", "2020-07-30"),
        ("于2021年9月底前", "2021-09-30"),
        ("2022年12月底前完成", "2022-12-31"),
        ("10月底前", "2022-10-31"),
        ("10月月底以前", "2022-10-31"),
        ("二月底前", "2022-02-28"),
        ("十二月三十一日前", "2022-12-31"),
        ("12月5 日前", "2022-12-05"),
        ("5月 24日", "2022-05-24"),
        ("年内", "2022-12-31"),
        ("年底前", "2022-12-31"),
        ("2022年内", "2022-12-31"),
        ("次年1月底前", "2023-01-31"),
        ("次年3月31日前", "2023-03-31"),
        ("第一季度", "2022-03-31"),
        ("2022年第三季度末", "2022-09-30"),
        ("四季度前", "2022-12-31"),
        ("上半年", "2022-06-30"),
        ("12月中旬前", "2022-12-20"),
        ("12月上旬前", "2022-12-10"),
        ("12月下旬", "2022-12-31"),
        ("到2025年底", "2025-12-31"),
        ("到2025年", "2025-12-31"),
        ("截至2022年12月31日", "2022-12-31"),
        ("2022-12-31", "2022-12-31"),
        ("2022/12/31", "2022-12-31"),
        ("2022.6.7前", "2022-06-07"),
        ("2022/6/17", "2022-06-17"),
        ("2022年12月31日止", "2022-12-31"),
    ]);
}

#[test]
fn periods_are_counted_in_what_they_name() {
    each(&[
        ("5个工作日内", "5wd"),
        ("在5个工作日内", "5wd"),
        ("20個工作日內", "20wd"),
        ("二十个工作日以内", "20wd"),
        ("3个月内", "3mo"),
        ("三个月之内", "3mo"),
        ("两年内", "2y"),
        ("半年内", "6mo"),
        ("15日内", "15d"),
        ("十五天内", "15d"),
        ("两周内", "14d"),
        ("24小时内", "24h"),
        ("最长不超过60日", "60d"),
        ("不得超过30个工作日", "30wd"),
        ("20wd", "20wd"),
        ("30d", "30d"),
        ("3mo", "3mo"),
        ("1y", "1y"),
        ("5h", "5h"),
        ("20 WD", "20wd"),
    ]);
}

#[test]
fn an_event_before_a_period_is_kept_in_words() {
    let context = ParseContext::default();
    for (written, expected, event) in [
        ("自形成或者变更之日起20个工作日内", "20wd", "形成或者变更"),
        ("自形成或者變更之日起20個工作日內", "20wd", "形成或者变更"),
        ("收到后十五日内", "15d", "收到"),
        ("收到申请之日起，20个工作日内", "20wd", "收到申请"),
        ("受理后的10个工作日内", "10wd", "受理"),
        (
            "在教育部出台公共企事业单位信息公开规定后3个月内",
            "3mo",
            "教育部出台公共企事业单位信息公开规定",
        ),
        ("会后3日内", "3d", "会"),
        ("20个工作日内（自受理之日起）", "20wd", "受理"),
        ("公告发布之日起不少于30日", ">=30d", "公告发布"),
    ] {
        let reading = read(written, &context).unwrap();
        assert_eq!(reading.term.to_string(), expected, "{written}");
        assert_eq!(reading.trigger_words.as_deref(), Some(event), "{written}");
    }
}

#[test]
fn minima_are_not_deadlines() {
    each(&[
        ("不少于30日", ">=30d"),
        ("一般不少于30日", ">=30d"),
        ("不得少于三十天", ">=30d"),
        ("30日以上", ">=30d"),
        (">=30d", ">=30d"),
        ("≥30d", ">=30d"),
        ("提前5个工作日", ">=5wd"),
    ]);
}

#[test]
fn what_comes_back_names_its_period_and_its_day() {
    each(&[
        ("每月10日前", "every:1mo@0-10"),
        ("每月底前", "every:1mo@0-last"),
        ("次月5日前", "every:1mo@1-5"),
        ("每月次月5日前", "every:1mo@1-5"),
        ("每季度末", "every:3mo@2-last"),
        ("每季度末月20日前", "every:3mo@2-20"),
        ("每季度第一个月10日前", "every:3mo@0-10"),
        ("每季度次月5日前", "every:3mo@3-5"),
        ("每季度结束后10日内", "every:3mo@3-10"),
        ("下季度首月10日前", "every:3mo@3-10"),
        ("按月", "every:1mo"),
        ("按季度", "every:3mo"),
        ("每两个月", "every:2mo"),
        ("每半年", "every:6mo"),
        ("每年6月、12月底前", "every:6mo@5-last"),
        ("每年6月30日、12月31日前", "every:6mo@5-31"),
        ("每年1月15日和7月15日前", "every:6mo@0-15"),
        ("每年2月29日前", "every:12mo@1-29"),
        ("每年1月31日前", "every:12mo@0-31"),
        ("每年年底前", "every:12mo@11-last"),
        ("每年底前", "every:12mo@11-last"),
        ("每年次年1月底前", "every:12mo@12-last"),
        ("每年第一季度", "every:12mo@2-last"),
        ("2023年起，每年3月底前", "every:12mo@2-last"),
        ("每年", "every:12mo"),
        ("每周五", "every:1w@5"),
        ("每周五前", "every:1w@5"),
        ("每周", "every:1w"),
        ("每周至少1次", "every:1w"),
        ("每日", "every:1d"),
        ("每个工作日", "every:1wd"),
        ("every:3mo@2-last", "every:3mo@2-last"),
    ]);
}

#[test]
fn quotas_count_times_in_a_period() {
    each(&[
        ("每年不少于4次", ">=4/12mo"),
        ("每年至少开展1次", ">=1/12mo"),
        ("每年至少进行1次", ">=1/12mo"),
        ("至少每季度召开1次", ">=1/3mo"),
        ("每年开展1次", "=1/12mo"),
        ("每年通过新闻发布形式开展政策解读不少于4次", ">=4/12mo"),
        ("全年组织不少于两场", ">=2/12mo"),
        ("每季度不少于一期", ">=1/3mo"),
        ("每月两次", "=2/1mo"),
        ("一年2次以上", ">=2/12mo"),
        ("2022年不少于3次", ">=3/12mo"),
    ]);
}

#[test]
fn windows_end_on_their_last_day() {
    each(&[
        ("2023年6月至9月", "2023-06-01..2023-09-30"),
        ("6月至9月", "2022-06-01..2022-09-30"),
        ("1—6月", "2022-01-01..2022-06-30"),
        ("2022年6月1日至30日", "2022-06-01..2022-06-30"),
        ("2022年11月1日至次年2月底", "2022-11-01..2023-02-28"),
        ("自2022年6月1日至2023年5月31日", "2022-06-01..2023-05-31"),
        ("8月中旬至9月底", "2022-08-11..2022-09-30"),
        ("第二、三季度", "2022-04-01..2022-09-30"),
        ("下半年", "2022-07-01..2022-12-31"),
        ("全年", "2022-01-01..2022-12-31"),
        ("2023年", "2023-01-01..2023-12-31"),
        ("2023—2025年", "2023-01-01..2025-12-31"),
        ("2023-06-01..2023-09-30", "2023-06-01..2023-09-30"),
    ]);
}

#[test]
fn words_without_a_date_are_labels() {
    for word in
        ["及时", "定期", "持续推进", "常态化开展", "长期坚持", "适时", "按规定时限", "undated"]
    {
        assert_eq!(term(word), "undated", "{word}");
    }
}

#[test]
fn a_day_without_a_year_needs_the_documents_year() {
    let nothing_known = ParseContext::default();
    for written in ["10月底前", "年内", "次年1月底前", "上半年", "6月至9月"] {
        assert_eq!(
            read(written, &nothing_known),
            Err(ExpressionFault::YearMissing { at: 0 }),
            "{written}"
        );
    }
    assert_eq!(
        read("  10月底前", &nothing_known),
        Err(ExpressionFault::YearMissing { at: 2 }),
        "the place counts characters of the text as given"
    );
}

#[test]
fn days_that_no_calendar_has_are_refused() {
    let context = ParseContext { year: Some(2022) };
    for (written, month, day) in [
        ("13月5日前", Some(13), Some(5)),
        ("2022年2月30日前", Some(2), Some(30)),
        ("2022年3月0日前", Some(3), Some(0)),
        ("0月底前", Some(0), None),
        ("2022/2/29", Some(2), Some(29)),
        ("每年3月33日前", Some(3), Some(33)),
        ("每年1月0日前", Some(1), Some(0)),
        ("每年2月30日前", Some(2), Some(30)),
        ("每年次年4月31日前", Some(4), Some(31)),
        ("每年6月、12月32日前", None, Some(32)),
        ("每月32日前", None, Some(32)),
        ("次月0日前", None, Some(0)),
        ("每季度末月33日前", None, Some(33)),
    ] {
        assert_eq!(
            read(written, &context),
            Err(ExpressionFault::NoSuchDay { at: 0, month, day }),
            "{written}"
        );
    }
    assert_eq!(read("2022年9月至6月", &context), Err(ExpressionFault::Backwards { at: 0 }));
}

#[test]
fn faults_say_what_was_expected_and_where() {
    let context = ParseContext { year: Some(2022) };
    for (written, at, expected) in [
        ("尽力而为", 0, Expected::Term),
        ("20", 2, Expected::Unit),
        ("20个", 2, Expected::Unit),
        ("20个工作日内啊", 7, Expected::End),
        ("2022年底前左右", 7, Expected::End),
        ("自受理之日起", 6, Expected::Period),
        ("自受理之日起尽快吧", 8, Expected::End),
        ("次月前", 2, Expected::Day),
        ("2022-6", 6, Expected::Day),
        ("每年0月底前", 2, Expected::Month),
    ] {
        assert_eq!(
            read(written, &context),
            Err(ExpressionFault::Unexpected { at, expected }),
            "{written}"
        );
    }
    assert_eq!(read(" 　\n", &context), Err(ExpressionFault::Empty));
    assert_eq!(read(&"年".repeat(201), &context), Err(ExpressionFault::TooLong { limit: 200 }));
}

#[test]
fn readings_with_two_senses_carry_a_doubt() {
    let context = ParseContext { year: Some(2022) };
    for (written, doubt) in [
        ("10月", Some(Ambiguity::MonthWithoutDay)),
        ("10月初", Some(Ambiguity::EarlyMonth)),
        ("2025年前", Some(Ambiguity::BeforeOrInYear)),
        ("次年1月底前", Some(Ambiguity::FollowingYear)),
        ("10月底前", None),
    ] {
        assert_eq!(read(written, &context).unwrap().ambiguity, doubt, "{written}");
    }
}

fn any_term() -> impl Strategy<Value = Term> {
    use crate::domain::term::{Cycle, DayInPeriod, MonthDay, PeriodUnit, Quota, Recurrence};
    let date = (2000i16..2100, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| jiff::civil::date(y, m, d));
    let unit = prop::sample::select(vec![
        PeriodUnit::WorkingDay,
        PeriodUnit::CalendarDay,
        PeriodUnit::Month,
        PeriodUnit::Year,
        PeriodUnit::Hour,
    ]);
    let period = (1u32..1000, unit).prop_map(|(amount, unit)| Period { amount, unit });
    let cycle = prop::sample::select(vec![
        Cycle::Month,
        Cycle::TwoMonths,
        Cycle::Quarter,
        Cycle::HalfYear,
        Cycle::Year,
    ]);
    let day = prop_oneof![(1u8..=31).prop_map(MonthDay::Day), Just(MonthDay::Last)];
    let by = prop::option::of((0u8..=24, day).prop_map(|(month, day)| DayInPeriod { month, day }));
    prop_oneof![
        date.clone().prop_map(Term::By),
        period.clone().prop_map(Term::Within),
        period.prop_map(Term::AtLeast),
        (cycle.clone(), by).prop_map(|(every, by)| Term::Every(Recurrence::Monthly { every, by })),
        (1u32..100, cycle, any::<bool>()).prop_map(|(times, every, at_least)| Term::Times(Quota {
            times,
            every,
            at_least
        })),
        (date.clone(), date).prop_map(|(a, b)| Term::Window { from: a.min(b), through: a.max(b) }),
        Just(Term::Undated),
    ]
}

proptest! {
    #[test]
    fn the_short_form_of_any_term_is_read_back(term in any_term()) {
        let reading = read(&term.to_string(), &ParseContext::default()).unwrap();
        prop_assert_eq!(reading.term, term);
    }

    /// What the ledger stores of a term it must be able to read back.
    #[test]
    fn whatever_is_read_has_a_short_form_that_is_read_back(
        every in prop::sample::select(vec!["每年", "每年度", "每年次年", "每月", "每季度末月", "每半年", "每周", "", "2022年"]),
        first in (0u32..15, 0u32..40),
        second in prop::option::of((0u32..15, 0u32..40)),
        shape in prop::sample::select(vec!["月底", "月中旬", "月日", "日"]),
        closing in prop::sample::select(vec!["前", "内", ""]),
    ) {
        let day = |(month, day): (u32, u32)| match shape {
            "月日" => format!("{month}月{day}日"),
            "日" => format!("{day}日"),
            part => format!("{month}{part}"),
        };
        let more = second.map(|second| format!("、{}", day(second))).unwrap_or_default();
        let written = format!("{every}{}{more}{closing}", day(first));
        if let Ok(reading) = read(&written, &ParseContext { year: Some(2022) }) {
            prop_assert_eq!(reading.term.to_string().parse(), Ok(reading.term), "{}", written);
        }
        for finding in search(&written, &ParseContext { year: Some(2022) }) {
            if let Ok(reading) = finding.parsed {
                prop_assert_eq!(reading.term.to_string().parse(), Ok(reading.term), "{}", written);
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,60}", year in prop::option::of(any::<i16>())) {
        let _read = read(&text, &ParseContext { year });
    }

    #[test]
    fn no_mixture_of_time_words_makes_the_reader_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "自", "之日起", "20", "二十", "年", "月", "日", "个工作日", "内", "底", "前", "每", "季度", "次", "至", "-", "不少于",
            "上半年", "第", "次年", "99999", "2022", " ", "\n", "十",
        ]), 0..9),
        year in prop::option::of(any::<i16>()),
    ) {
        let _read = read(&words.concat(), &ParseContext { year });
    }
}
