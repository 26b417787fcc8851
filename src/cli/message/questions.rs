//! Words what a person must settle about a duty found in a document, in Chinese: it is read beside the document.
//!
//! Must not know: how duties are found.

use crate::domain::expression::Ambiguity;
use crate::intake::extract::Question;

/// All questions in one line; `None` when nothing is open.
pub(in crate::cli) fn words(questions: &[Question]) -> Option<String> {
    let words: Vec<_> = questions.iter().map(one).collect();
    (!words.is_empty()).then(|| words.join("；"))
}

fn one(question: &Question) -> String {
    match question {
        Question::Ambiguous(doubt) => sense(*doubt).to_owned(),
        Question::YearMissing => "文件未写明年份，请用 --year 指定".to_owned(),
        Question::NoSuchDay => "日期不存在，请核对原文".to_owned(),
        Question::DraftOrApproval => "报审后印发：按草案报送之日计，审定、印发另行跟踪".to_owned(),
        Question::WhichUnitsOf(group) => format!("“{group}”须指定具体单位"),
        Question::OpenList => "单位名单以“等”结尾，请补全".to_owned(),
        Question::NoUnits => "未找到责任单位，请填写".to_owned(),
        Question::UnitsFromElsewhere => "责任单位取自上文，请核对".to_owned(),
        Question::AlreadyPast => "期限早于发文日期，登记时即已逾期".to_owned(),
    }
}

fn sense(doubt: Ambiguity) -> &'static str {
    match doubt {
        Ambiguity::MonthWithoutDay => "只写到月，按当月最后一日计",
        Ambiguity::EarlyMonth => "月初，按当月10日计",
        Ambiguity::BeforeOrInYear => "“某年前”按该年12月31日计，请确认是否含该年",
        Ambiguity::FollowingYear => "“次年”按文件年份的下一年计，请确认以后各年是否照此办理",
        Ambiguity::StartNotNamed => "未写明起算之日，按收到之日计",
        Ambiguity::NoDayInPeriod => "未写明具体日期，按每期最后一日计",
    }
}
