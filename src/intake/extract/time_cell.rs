//! Reads a cell of the column of time limits: every filled cell ends as limits, as an undated word or as a question.
//!
//! A cell holds one limit (2024年6月底前), several (6月底、12月底), limits with what is to be done by each (3月：启动，12月：验收),
//! or words that name no day (汛期前). Must not know: tables, units, duties.

use std::sync::LazyLock;

use crate::domain::expression::{ExpressionFault, ParseContext, ParsedTerm, read, search};
use crate::domain::term::Term;

/// Longest cell that is taken apart, in characters; in a longer one limits are searched as in running text.
const LONGEST_CELL: usize = 200;
/// Longest limit at the beginning of a part of a cell, in characters.
const LONGEST_LIMIT: usize = 40;
/// Longest text behind a limit that still is a remark and no description, in characters.
const LONGEST_REMARK: usize = 12;
/// Longest head that names a period of the year, in characters.
const LONGEST_PERIOD: usize = 10;

/// What ends a part of a cell.
const PART_ENDS: [char; 9] = ['，', ',', '；', ';', '。', '\n', '、', '／', '｜'];
/// What stands between a limit and what is due by it.
const MARKS: [char; 8] = ['：', ':', '，', ',', '、', '-', '—', ' '];

/// Words behind a day that make it a beginning, or words that belong to a longer expression.
const NOT_BEHIND_A_LIMIT: &[&str] =
    &["后", "起", "之后", "以后", "以来", "开始", "至", "到", "期间"];

/// Words that name no day (vague.txt).
static VAGUE: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("vague.txt").split_whitespace().collect());

/// What a cell says about time.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::intake) enum TimeCell {
    Limits(Vec<LimitPart>),
    /// 长期, 汛期前, 已完成.
    Undated,
    NotUnderstood(ExpressionFault),
}

/// One limit of a cell.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::intake) struct LimitPart {
    /// Its first character in the cell.
    pub(in crate::intake) start: usize,
    pub(in crate::intake) written: String,
    pub(in crate::intake) parsed: Result<ParsedTerm, ExpressionFault>,
    /// What the cell says beside the limit.
    pub(in crate::intake) content: String,
}

/// True for a text that is a time limit and at most a remark.
pub(super) fn is_limit(text: &str) -> bool {
    // every cell of a table is asked, long descriptions too
    if text.chars().nth(LONGEST_LIMIT + LONGEST_REMARK).is_some() {
        return false;
    }
    match read_cell(text, ParseContext { year: Some(2000) }) {
        TimeCell::Limits(parts) => {
            parts.first().is_some_and(|part| part.start == 0)
                && parts.iter().all(|part| part.content.chars().nth(LONGEST_REMARK).is_none())
        }
        TimeCell::Undated | TimeCell::NotUnderstood(_) => false,
    }
}

/// True for a head that is a part of a year: 一季度, 2024年上半年, 6月, Q3.
pub(super) fn is_period_of_year(head: &str) -> bool {
    let names_part = head.contains("季度")
        || head.contains("半年")
        || head.ends_with('月')
        || head.to_lowercase().contains(['q', 'h']);
    names_part
        && head.chars().nth(LONGEST_PERIOD).is_none()
        && !head.contains(['每', '按', '前', '后', '内', '底', '日', '次'])
        && is_dated(&read(head, &ParseContext { year: Some(2000) }))
}

/// Reads the text of a cell.
pub(in crate::intake) fn read_cell(text: &str, context: ParseContext) -> TimeCell {
    let text = text.trim();
    if let Some(part) = whole(text, context) {
        return match part.parsed {
            Ok(ParsedTerm { term: Term::Undated, .. }) => TimeCell::Undated,
            Ok(_) | Err(_) => TimeCell::Limits(vec![part]),
        };
    }
    let is_long = text.chars().nth(LONGEST_CELL).is_some();
    let parts = if is_long { inside(text, context) } else { in_parts(text, context) };
    if !parts.is_empty() {
        return TimeCell::Limits(parts);
    }
    let is_vague = VAGUE.iter().any(|word| text.contains(word)) || text.starts_with('已');
    if is_vague {
        return TimeCell::Undated;
    }
    TimeCell::NotUnderstood(read(text, &context).err().unwrap_or(ExpressionFault::Empty))
}

/// The limit that `text` is as a whole, with or without a remark in brackets behind it.
fn whole(text: &str, context: ParseContext) -> Option<LimitPart> {
    let part = |written: &str, parsed, content: &str| LimitPart {
        start: 0,
        written: written.to_owned(),
        parsed,
        content: content.to_owned(),
    };
    let parsed = read(text, &context);
    if is_answer(&parsed) {
        return Some(part(text, parsed, ""));
    }
    let (limit, remark) = text.strip_suffix(['）', ')'])?.rsplit_once(['（', '('])?;
    let limit = limit.trim_end();
    let parsed = read(limit, &context);
    is_answer(&parsed).then(|| part(limit, parsed, remark))
}

/// The limits in the parts of a cell, each with what stands behind it.
fn in_parts(text: &str, mut context: ParseContext) -> Vec<LimitPart> {
    // 每年3月、6月的25日前 is one expression: its parts alone would say something else
    let comes_back = text.starts_with(['每', '按', '逐', '隔', '双', '单', '各']);
    let mut limits: Vec<LimitPart> = Vec::new();
    let mut before = String::new();
    let mut start = 0;
    for segment in text.split_inclusive(PART_ENDS) {
        let indent = segment.chars().take_while(|c| c.is_whitespace()).count();
        let body = segment.trim_end_matches(PART_ENDS).trim();
        let found = if comes_back { None } else { at_the_beginning(body, context) };
        let found = found.map_or_else(|| inside(body, context), |part| vec![part]);
        if found.is_empty() && !body.is_empty() {
            let content = limits.last_mut().map_or(&mut before, |part| &mut part.content);
            if !content.is_empty() {
                content.push('，');
            }
            content.push_str(body);
        }
        for part in found {
            context.year = year_of(&part.parsed).or(context.year);
            limits.push(LimitPart { start: start + indent + part.start, ..part });
        }
        start += segment.chars().count();
    }
    if let Some(first) = limits.first_mut().filter(|_| !before.is_empty()) {
        let after = std::mem::take(&mut first.content);
        first.content = if after.is_empty() { before } else { format!("{before}，{after}") };
    }
    limits
}

/// The longest limit that `text` begins with.
fn at_the_beginning(text: &str, context: ParseContext) -> Option<LimitPart> {
    let names_time = |c: char| c.is_ascii_digit() || "年月日季旬周半天QqHh".contains(c);
    if !text.chars().take(LONGEST_LIMIT).any(names_time) {
        return None;
    }
    let ends: Vec<usize> =
        text.char_indices().map(|(place, _)| place).skip(1).chain([text.len()]).collect();
    let longest = ends.into_iter().take(LONGEST_LIMIT).rev().find_map(|end| {
        let (limit, rest) = text.split_at_checked(end)?;
        if !limit.ends_with(may_end_a_limit) {
            return None;
        }
        let parsed = read(limit, &context);
        (is_answer(&parsed) && !is_undated(&parsed)).then_some((limit, rest, parsed))
    });
    let (limit, rest, parsed) = longest?;
    // 2026年7月之后 holds 2026年7月, and 2026年 as well, but neither is its limit
    let goes_on = NOT_BEHIND_A_LIMIT.iter().any(|word| rest.starts_with(word))
        || rest.starts_with(|c: char| c.is_ascii_digit());
    let content = rest.trim_start_matches(MARKS).to_owned();
    (!goes_on).then(|| LimitPart { start: 0, written: limit.to_owned(), parsed, content })
}

/// True for characters that a limit, or a verb behind it, may end in: the grammar is not asked about other prefixes.
fn may_end_a_limit(character: char) -> bool {
    const ENDS: &str = "年月日号底末初旬度季周天时前内止中终次间后一二三四五六七八九十两半）)成结送报实位线现交开布展行织新复理动";
    character.is_ascii_alphanumeric() || ENDS.contains(character)
}

/// The limits that stand elsewhere in `text`; the first takes the rest of the text as what is due.
fn inside(text: &str, context: ParseContext) -> Vec<LimitPart> {
    let limits = search(text, &context).into_iter().filter(|limit| !is_undated(&limit.parsed));
    let parts = limits.map(|limit| {
        let length = limit.end.saturating_sub(limit.start);
        let written: String = text.chars().skip(limit.start).take(length).collect();
        LimitPart { start: limit.start, written, parsed: limit.parsed, content: text.to_owned() }
    });
    parts.collect()
}

/// True when the grammar says something about the text: a term, or what is missing in it.
fn is_answer(parsed: &Result<ParsedTerm, ExpressionFault>) -> bool {
    matches!(
        parsed,
        Ok(_) | Err(ExpressionFault::YearMissing { .. } | ExpressionFault::NoSuchDay { .. })
    )
}

fn is_undated(parsed: &Result<ParsedTerm, ExpressionFault>) -> bool {
    parsed.as_ref().is_ok_and(|parsed| parsed.term == Term::Undated)
}

fn is_dated(parsed: &Result<ParsedTerm, ExpressionFault>) -> bool {
    parsed.as_ref().is_ok_and(|parsed| matches!(parsed.term, Term::By(_) | Term::Window { .. }))
}

fn year_of(parsed: &Result<ParsedTerm, ExpressionFault>) -> Option<i16> {
    match &parsed.as_ref().ok()?.term {
        Term::By(due) => Some(due.year()),
        Term::Window { through, .. } => Some(through.year()),
        Term::Within(_) | Term::AtLeast(_) | Term::Every(_) | Term::Times(_) | Term::Undated => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(text: &str) -> Vec<(usize, String, String, String)> {
        let TimeCell::Limits(parts) = read_cell(text, ParseContext { year: Some(2026) }) else {
            return Vec::new();
        };
        let told = parts.into_iter().map(|part| {
            let term = part.parsed.map_or_else(|fault| fault.to_string(), |it| it.term.to_string());
            (part.start, part.written, term, part.content)
        });
        told.collect()
    }

    #[test]
    fn a_cell_holds_as_many_duties_as_limits_each_with_its_content() {
        for (text, expected) in [
            (
                "6月底、12月底",
                &[(0, "6月底", "2026-06-30", ""), (4, "12月底", "2026-12-31", "")][..],
            ),
            (
                "3月：启动，12月：组织验收",
                &[(0, "3月", "2026-03-31", "启动"), (6, "12月", "2026-12-31", "组织验收")],
            ),
            ("4月：制定方案", &[(0, "4月", "2026-04-30", "制定方案")]),
            ("12月，满意度95%以上", &[(0, "12月", "2026-12-31", "满意度95%以上")]),
            (
                "2027年6月底、12月底",
                &[(0, "2027年6月底", "2027-06-30", ""), (9, "12月底", "2027-12-31", "")],
            ),
            ("第一季度（逾期未报的须补报）", &[(0, "第一季度", "2026-03-31", "逾期未报的须补报")]),
            ("20日内（工作日）", &[(0, "20日内（工作日）", "20wd", "")]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(start, written, term, content)| {
                    (*start, (*written).to_owned(), (*term).to_owned(), (*content).to_owned())
                })
                .collect();
            assert_eq!(limits(text), expected, "{text}");
        }
    }

    #[test]
    fn words_without_a_day_are_undated_and_the_rest_is_a_question() {
        let context = ParseContext { year: Some(2026) };
        for text in ["汛期前", "立行立改", "长期工作，按时间节点开展", "已完成", "待定"]
        {
            assert_eq!(read_cell(text, context), TimeCell::Undated, "{text}");
        }
        for text in ["2026年7月之后", "各大队", "7月后", "80件完成"] {
            let cell = read_cell(text, context);
            assert!(matches!(cell, TimeCell::NotUnderstood(_)), "{text}: {cell:?}");
        }
    }
}
