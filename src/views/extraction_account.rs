//! What an extraction accounts for: how many rows, findings and passages, and what became of the rest.
//!
//! Must not know: how duties are found, the command line.

use serde::Serialize;

use crate::intake::extract::{Extraction, LeftOut, LeftOutReason, Passage};
use crate::words;
use crate::words::Lang;

/// Most passages that are named on the terminal; JSON and the review page hold all.
const MOST_NAMED: usize = 12;

/// How many of each.
#[derive(Serialize)]
pub struct CountsView {
    /// Rows of tables.
    rows: usize,
    duties: usize,
    undated: usize,
    /// Duties with a question.
    questions: usize,
    unread: usize,
    left_out: usize,
}

/// A word about time that reads like a limit and became nothing.
#[derive(Serialize)]
pub struct UnreadView {
    expr: String,
    start: usize,
    around: String,
}

#[derive(Serialize)]
pub struct LeftOutView {
    expr: String,
    start: usize,
    reason: &'static str,
}

impl CountsView {
    pub fn of(extraction: &Extraction) -> Self {
        Self {
            rows: extraction.account.rows,
            duties: extraction.duties.len(),
            undated: extraction.undated.len(),
            questions: extraction.duties.iter().filter(|duty| !duty.questions.is_empty()).count(),
            unread: extraction.account.unread.len(),
            left_out: extraction.account.left_out.len(),
        }
    }
}

impl UnreadView {
    pub fn of(passage: &Passage) -> Self {
        let Passage { start, written, around } = passage.clone();
        Self { expr: written, start, around }
    }
}

impl LeftOutView {
    pub fn of(left_out: &LeftOut) -> Self {
        let Passage { start, written, .. } = left_out.passage.clone();
        Self { expr: written, start, reason: left_out.reason.word() }
    }
}

/// The account in lines for a person: the sum first, then every unread passage and every row without a limit.
pub fn account_lines(extraction: &Extraction, lang: Lang) -> Vec<String> {
    let account = &extraction.account;
    let of = |reason: LeftOutReason| -> Vec<&Passage> {
        let left_out = account.left_out.iter().filter(|it| it.reason == reason);
        left_out.map(|it| &it.passage).collect()
    };
    let mut lines = vec![sum(extraction, lang)];
    lines.extend(left_out(extraction, lang));
    lines.extend(named(&account.unread.iter().collect::<Vec<_>>(), lang, |passage| {
        let (written, around) = (&passage.written, one_line(&passage.around));
        words!(
            lang,
            zh = "未识别：“{written}”（原文：…{around}…）",
            en = "not understood: “{written}” (…{around}…)"
        )
    }));
    lines.extend(named(&of(LeftOutReason::Removed), lang, |passage| {
        let written = one_line(&passage.written);
        words!(
            lang,
            zh = "隐藏或划掉，未列入：{written}",
            en = "hidden or struck out, left out: {written}"
        )
    }));
    lines.extend(named(&of(LeftOutReason::RowWithoutLimit), lang, |passage| {
        let row = one_line(&passage.written);
        words!(lang, zh = "没有时限的行：{row}", en = "row without a time limit: {row}")
    }));
    lines
}

fn sum(extraction: &Extraction, lang: Lang) -> String {
    let CountsView { rows, duties, undated, questions, unread, left_out } =
        CountsView::of(extraction);
    words!(
        lang,
        zh = "表格{rows}行；找到{duties}项，其中{questions}项有待确认的问题；未写明日期的用语{undated}处；未识别{unread}处；未列入{left_out}处",
        en = "{rows} table rows; {duties} obligations found, {questions} of them with a question; {undated} phrases without a \
              date; {unread} not understood; {left_out} left out"
    )
}

/// 未列入: how often each reason was given.
fn left_out(extraction: &Extraction, lang: Lang) -> Option<String> {
    let reasons = extraction.account.reasons().into_iter();
    let reasons: Vec<String> = reasons
        .map(|(reason, count)| {
            let reason = reason.say(lang);
            words!(lang, zh = "{reason}{count}处", en = "{reason}: {count}")
        })
        .collect();
    let reasons_said = lang.list(&reasons);
    (!reasons.is_empty())
        .then(|| words!(lang, zh = "未列入的原因：{reasons_said}", en = "left out: {reasons_said}"))
}

/// A line for each passage, and how many more there are.
fn named(passages: &[&Passage], lang: Lang, line: impl Fn(&Passage) -> String) -> Vec<String> {
    let mut lines: Vec<String> = passages.iter().take(MOST_NAMED).map(|it| line(it)).collect();
    let more = passages.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        lines.push(words!(
            lang,
            zh = "另有{more}处，见 --review 或 --format json",
            en = "{more} more: see --review or --format json"
        ));
    }
    lines
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
