//! Title, number, year and day of a document.
//!
//! Must not know: its duties.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::expression::read_date;

use super::super::document::{Block, Document};
use super::extraction::DocumentFacts;
use super::numbering::number_of;
use super::words::TITLE_ENDINGS;

/// Most characters of a line that belongs to a title.
const LONGEST_TITLE_LINE: usize = 60;
/// Paragraphs at the head in which a title is looked for.
const HEAD: usize = 40;

/// Finds title, number, date of issue and year of `document`.
pub(super) fn facts_of(document: &Document) -> DocumentFacts {
    let lines = head_lines(document);
    let title = title_of(&lines);
    let number = number_in(&document.text);
    let issued = issued_on(&document.text);
    let year_of_number = || year_between(number.as_deref()?, '〔', '〕');
    let year = title
        .as_deref()
        .and_then(only_year_in)
        .or_else(|| issued.map(Date::year))
        .or_else(year_of_number)
        .or_else(|| commonest_year(&document.text));
    DocumentFacts { title, number, year, issued }
}

/// The first lines of the document, cells of a first table included.
fn head_lines(document: &Document) -> Vec<&str> {
    let lines = document.blocks.iter().flat_map(|block| match block {
        Block::Paragraph(span) => span.text.lines().collect::<Vec<_>>(),
        Block::Table(rows) => {
            rows.iter().take(2).flatten().map(|cell| cell.span.text.as_str()).collect()
        }
    });
    lines.map(str::trim).filter(|line| !line.is_empty()).take(HEAD).collect()
}

fn title_of(lines: &[&str]) -> Option<String> {
    let (last, ending) =
        lines.iter().enumerate().find_map(|(index, line)| Some((index, ends_a_title(line)?)))?;
    let mut title = ending.to_owned();
    if title.contains("关于") || title.chars().count() > 25 {
        return Some(title);
    }
    // A title over several lines begins at the line with 关于, at most three lines above its end.
    for above in lines.get(last.saturating_sub(3)..last)?.iter().rev() {
        if above.chars().count() > LONGEST_TITLE_LINE || above.contains(['。', '：', ':', '〔'])
        {
            break;
        }
        title.insert_str(0, above);
        if above.contains("关于") {
            return Some(title);
        }
    }
    Some(ending.to_owned())
}

/// The part of a line up to the end of the title it holds.
fn ends_a_title(line: &str) -> Option<&str> {
    let line = line.strip_suffix(".docx").or_else(|| line.strip_suffix(".doc")).unwrap_or(line);
    let is_title = |text: &str| {
        let length = text.chars().count();
        (6..=LONGEST_TITLE_LINE + 20).contains(&length)
            && !text.contains(['。', '，', '；'])
            && TITLE_ENDINGS.iter().any(|kind| text.ends_with(kind))
    };
    if is_title(line) {
        return Some(line);
    }
    // In a page that was saved as one line, 发布日期 follows the title at once.
    let end = line.find("的通知").map(|place| place + "的通知".len())?;
    line.get(..end).filter(|text| is_title(text))
}

/// The first document number outside of brackets and titles: 渝府办发〔2020〕89号.
fn number_in(text: &str) -> Option<String> {
    text.match_indices('〔').find_map(|(open, _)| {
        let (before, after) = text.split_at(open);
        let is_letter = |c: char| c.is_alphabetic() && !"于知".contains(c);
        let prefix: String = before.chars().rev().take_while(|c| is_letter(*c)).take(10).collect();
        let prefix: String = prefix.chars().rev().collect();
        let prefix = prefix.rsplit("通").next().unwrap_or_default().to_owned();
        let end = after.find('号').filter(|end| *end <= 30)?;
        let quoted =
            before.ends_with(&format!("（{prefix}")) || before.ends_with(&format!("({prefix}"));
        (!prefix.is_empty() && !quoted)
            .then(|| format!("{prefix}{}号", after.get(..end).unwrap_or_default()))
    })
}

/// The date of issue: a date that stands before （此件…, before 印发, after 发布日期, or alone on its line.
fn issued_on(text: &str) -> Option<Date> {
    let before = |mark: &str| {
        text.match_indices(mark).find_map(|(place, _)| day_at_the_end(text.get(..place)?))
    };
    before("（此件")
        .or_else(|| before("(此件"))
        .or_else(|| before("印发"))
        .or_else(|| {
            text.lines().map(str::trim).filter(|line| line.ends_with('日')).find_map(read_date)
        })
        .or_else(|| {
            let (_, after) = text.split_once("发布日期")?;
            read_date(after.trim_start_matches([':', '：', ' ']).get(..10)?)
        })
}

/// 2022年6月17日 at the end of `text`.
fn day_at_the_end(text: &str) -> Option<Date> {
    let text = text.trim_end();
    let from = text.char_indices().rev().take(12).filter(|(_, c)| c.is_ascii_digit()).last()?.0;
    let candidate = text.get(from..).filter(|candidate| candidate.ends_with('日'))?;
    read_date(candidate)
}

/// The year of a title: 2022年政务公开工作要点. 2024—2026年三年行动方案 and 2023年总结和2024年要点 name no single one.
pub(super) fn only_year_in(title: &str) -> Option<i16> {
    let parts = title.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    let years = parts.filter_map(|digits| digits.parse().ok());
    let mut years: Vec<i16> = years.filter(|year| (1990..=2100).contains(year)).collect();
    years.dedup();
    let named = title.match_indices('年').any(|(place, _)| {
        let before = title.get(..place).unwrap_or_default();
        before.ends_with(|c: char| c.is_ascii_digit())
    });
    match years.as_slice() {
        [year] if named => Some(*year),
        _ => None,
    }
}

/// What the kind of a document says about days without a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Genre {
    /// They lie in the document's year.
    #[default]
    OfItsYear,
    /// A call (征集, 申报) whose title names another year than that of its issue: a day means the first such day after the
    /// issue.
    Call { issued: Date },
    /// A plan whose title names another year than that of its issue: the year of the title is taken, and a person must
    /// confirm it.
    PlanOfAnotherYear,
    /// A regulation: a day of 下一年度 is a day of every year.
    Regulation,
}

/// Words of titles that ask for something by a day soon after the issue.
const CALLS: &[&str] =
    &["征集", "申报", "报名", "征求", "遴选", "评选", "推荐", "提名", "招募", "召开", "邀请"];

/// The genre of `document`. A `year` that a person gave decides.
pub(super) fn genre_of(document: &Document, facts: &DocumentFacts, year: Option<i16>) -> Genre {
    let is_article = |block: &Block| match block {
        Block::Paragraph(span) => {
            number_of(&span.text).is_some_and(|(_, number, _)| number.starts_with('第'))
        }
        Block::Table(_) => false,
    };
    let title = facts.title.as_deref().unwrap_or_default();
    let differs = only_year_in(title)
        .zip(facts.issued)
        .filter(|(named, issued)| year.is_none() && *named != issued.year());
    match differs {
        Some((_, issued)) if CALLS.iter().any(|word| title.contains(word)) => {
            Genre::Call { issued }
        }
        Some(_) => Genre::PlanOfAnotherYear,
        None if document.blocks.iter().any(is_article) => Genre::Regulation,
        None => Genre::OfItsYear,
    }
}

/// The year the text names most often, the earliest of equals: for a table that lost its title.
fn commonest_year(text: &str) -> Option<i16> {
    let mut counts: BTreeMap<i16, usize> = BTreeMap::new();
    for (place, _) in text.match_indices('年') {
        let digits = place.checked_sub(4).and_then(|from| text.get(from..place));
        if let Some(year) = digits.and_then(|digits| digits.parse().ok()) {
            *counts.entry(year).or_default() += 1;
        }
    }
    let named = counts.into_iter().filter(|(year, _)| (1990..=2100).contains(year));
    named.rev().max_by_key(|(_, count)| *count).map(|(year, _)| year)
}

fn year_between(text: &str, open: char, close: char) -> Option<i16> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close)?.0.parse().ok()
}
