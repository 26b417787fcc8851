//! What is found in running text, and what only looks like a time limit.
//!
//! Must not know: how the grammar is cut into rules.

use proptest::prelude::*;

use super::*;
use crate::domain::term::Term;

fn found(text: &str) -> Vec<(String, String)> {
    let characters: Vec<char> = text.chars().collect();
    search(text, &ParseContext { year: Some(2022) })
        .into_iter()
        .filter_map(|finding| {
            let term = finding.parsed.unwrap().term;
            let written = characters[finding.start..finding.end].iter().collect();
            (term != Term::Undated).then_some((written, term.to_string()))
        })
        .collect()
}

fn terms(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(_, term)| term).collect()
}

#[test]
fn limits_are_found_with_the_words_that_lead_to_them() {
    for (text, written, term) in [
        ("2．2020年7月30日前，编制完成", "2020年7月30日前", "2020-07-30"),
        ("须于１０月３１日前完成", "于１０月３１日前", "2022-10-31"),
        (
            "公开政府信息自形成或者变更之日起20个工作日内公开",
            "自形成或者变更之日起20个工作日内",
            "20wd",
        ),
        (
            "1.在市政府有关部门印发标准指引3个月内，编制",
            "在市政府有关部门印发标准指引3个月内",
            "3mo",
        ),
        ("（一般不少于30日）", "一般不少于30日", ">=30d"),
        ("围绕年内实现全覆盖目标", "年内", "2022-12-31"),
        ("组织召开季度国民经济运行情况新闻发布会", "季度", "every:3mo"),
        ("继续做好《农产品价格周报》", "周报", "every:1w"),
        ("到2025年，基本建成", "到2025年", "2025-12-31"),
        ("9月底全面建成", "9月底", "2022-09-30"),
        ("力争上半年完成", "上半年", "2022-06-30"),
        ("2022年6月—9月组织实施", "2022年6月—9月", "2022-06-01..2022-09-30"),
        ("于2022年\n11月底前完成", "于2022年\n11月底前", "2022-11-30"),
    ] {
        assert_eq!(found(text), [(written.to_owned(), term.to_owned())], "{text}");
    }
}

#[test]
fn a_later_clause_inherits_from_an_earlier_one() {
    assert_eq!(terms("每年开展自查，于3月底前形成报告。"), ["every:12mo@2-last"]);
    assert_eq!(terms("每月召开例会，25日前通报。"), ["every:1mo@0-25"]);
    assert_eq!(terms("2021年5月底前起草，9月底前印发。"), ["2021-05-31", "2021-09-30"]);
    assert_eq!(terms("每季度解读不少于4次，其中带头解读应不少于2次。"), [">=4/3mo", ">=2/3mo"]);
}

#[test]
fn the_event_of_a_period_may_stand_in_an_earlier_clause() {
    let text = "热线收到政策咨询后，应先搜索，并在5个工作日内回复。";
    let finding = &search(text, &ParseContext::default())[0];
    let reading = finding.parsed.as_ref().unwrap();
    assert_eq!(reading.trigger_words.as_deref(), Some("收到政策咨询"));
    let finding = &search("必须在5个工作日内回复。", &ParseContext::default())[0];
    assert_eq!(finding.parsed.as_ref().unwrap().ambiguity, Some(Ambiguity::StartNotNamed));
}

#[test]
fn dates_that_are_no_deadlines_are_left_alone() {
    for text in [
        "（国办发〔2022〕17号）",
        "渝中区2022年政务公开工作要点",
        "重庆市渝中区人民政府办公室 2022年6月17日（此件公开发布）",
        "自2022年7月1日起施行，有效期至2027年6月30日，有效期5年",
        "截至2021年底，全区共建成32个",
        "2020年4月15日召开了会议",
        "上一年度1月至12月缴费情况",
        "每人每月300元，每月补贴500元",
        "连续12个月内未发生事故，近3年内无违法记录",
        "办公时间：每周一至周五9:00-17:00",
        "将审批时限压缩至3个工作日以内",
        "以内容建设为根本，以及时机和形势",
        "机构不得少于3人，权重不低于4%，应配置1—2名",
        "“十四五”规划（2021—2025年），五年规划",
        "2022年度部门预算，年度考核，年内容更新，每年度预算",
        "2022年前三季度增长5%，2022年一季度GDP，第三季度报告",
        "从业5年以上，7月1日前后，二季度以来",
        "24小时不打烊，12345热线，互联网协议第6版",
        "2022年第1次会议，市场准入负面清单（2020年版）",
        "二十日内不能答复的",
        "2023年12月31日前以区政府名义印发的文件",
        "企业开办时间为0.5个工作日内，平均1.5天内",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn days_in_a_list_share_what_closes_it() {
    for (text, terms) in [
        ("6月15日、11月15日前分别报送", &["2022-06-15", "2022-11-15"][..]),
        ("3月、6月和12月底前", &["2022-03-31", "2022-06-30", "2022-12-31"]),
        ("每月10日、20日、30日通报", &["every:1mo@0-10", "every:1mo@0-20", "every:1mo@0-30"]),
        ("每季度首月5日、15日前", &["every:3mo@0-5", "every:3mo@0-15"]),
        ("5月1日、10月1日放假", &[]),
    ] {
        assert_eq!(self::terms(text), terms, "{text}");
    }
}

#[test]
fn a_weekday_and_an_hour_before_the_edge_add_nothing() {
    for (text, term) in [
        ("于4月10日（星期一）前报送", "2022-04-10"),
        ("每周五下午5点前报送", "every:1w@5"),
        ("每日17时前报送", "every:1d"),
        ("6月30日18:00前提交", "2022-06-30"),
        ("7月5日下班前报送", "2022-07-05"),
    ] {
        assert_eq!(terms(text), [term], "{text}");
    }
}

#[test]
fn an_extension_and_a_pace_of_weeks_are_no_terms_of_their_own() {
    assert!(found("延长的期限最长不得超过20个工作日").is_empty());
    assert_eq!(terms("两周内至少更新1次"), ["14d"]);
}

#[test]
fn words_that_only_sound_like_time_are_reported_apart() {
    let labels = |text: &str| search(text, &ParseContext::default()).len();
    assert_eq!(labels("及时公开，定期通报，适时上传，动态更新，按规定时限报送"), 5);
    assert_eq!(labels("保障及时性，更新不及时，以及时机，准确及时的信息"), 0);
}

#[test]
fn an_event_that_is_told_of_is_no_limit_and_one_that_is_announced_is() {
    for text in ["会议于2021年3月5日召开。", "2021年全面完成了改造任务，成效明显。"]
    {
        assert_eq!(terms(text), Vec::<String>::new(), "{text}");
    }
    for (text, term) in [
        ("拟于2022年3月5日召开会议。", "2022-03-05"),
        ("区教委于4月26日公布名单。", "2022-04-26"),
        ("最迟5月31日反馈意见。", "2022-05-31"),
    ] {
        assert_eq!(terms(text), [term], "{text}");
    }
}

#[test]
fn a_quota_holds_words_that_only_sound_like_time_and_no_other_time() {
    for (text, term) in [
        ("每年组织春季培训1次。", "=1/12mo"),
        ("每年开展护士节日慰问1次。", "=1/12mo"),
        ("每年至少开展节前检查2次。", ">=2/12mo"),
        ("2022年底前至少开展2次检查。", "2022-12-31"),
        ("2022年三季度组织两轮抽查。", "2022-09-30"),
        ("每季度末前组织一轮抽检。", "every:3mo@2-last"),
    ] {
        assert_eq!(terms(text), [term], "{text}");
    }
}

#[test]
fn a_limit_that_cannot_be_resolved_is_still_reported() {
    let finding = &search("10月底前完成", &ParseContext::default())[0];
    assert_eq!(finding.parsed, Err(ExpressionFault::YearMissing { at: 0 }));
}

proptest! {
    #[test]
    fn findings_lie_in_the_text_and_do_not_overlap(
        words in prop::collection::vec(prop::sample::select(vec![
            "自", "之日起", "20", "二十", "年", "月", "日", "个工作日", "内", "底", "前", "每", "季度", "次", "至", "-", "不少于",
            "上半年", "第", "次年", "2022", " ", "\n", "。", "，", "及时", "在", "后", "完成", "個", "（", "≥",
        ]), 0..40),
    ) {
        let text = words.concat();
        let mut behind = 0;
        for finding in search(&text, &ParseContext { year: Some(2022) }) {
            prop_assert!(behind <= finding.start && finding.start < finding.end);
            prop_assert!(finding.end <= text.chars().count());
            behind = finding.end;
        }
    }

    #[test]
    fn no_text_makes_the_search_panic(text in ".{0,200}") {
        let _found = search(&text, &ParseContext::default());
    }
}
