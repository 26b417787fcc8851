//! The shapes in which found duties leave: the JSON that is promised, rows for `import obligations`, table cells.
//!
//! Must not know: how duties are found.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::super::message::questions;
use super::super::view::{weekday, with_weekday};
use crate::domain::expression::{ParseContext, read};
use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Recurrence, Term};
use crate::intake::extract::{DocumentFacts, ExtractedDuty, Extraction, TermValues};

/// Longest title of an obligation that is proposed, in characters; the whole sentence goes into the note.
const LONGEST_TITLE: usize = 60;

/// Everything found, as JSON shows it. Lists keep the order of the document.
#[derive(Serialize)]
pub(super) struct ExtractionView {
    document: DocumentView,
    duties: Vec<DutyView>,
    undated: Vec<UndatedView>,
    unknown_units: Vec<String>,
}

#[derive(Serialize)]
struct DocumentView {
    title: Option<String>,
    year: Option<i16>,
    number: Option<String>,
    issued: Option<Date>,
}

#[derive(Serialize)]
struct DutyView {
    expr: String,
    start: usize,
    kind: Option<&'static str>,
    due: Option<Date>,
    amount: Option<u32>,
    unit: Option<&'static str>,
    bound: Option<&'static str>,
    trigger: Option<String>,
    recurrence: Option<String>,
    count_per_year: Option<u32>,
    window_start: Option<Date>,
    lead: Vec<String>,
    responsible: Vec<String>,
    clause: String,
    text: String,
    confidence: &'static str,
    question: Option<String>,
}

#[derive(Serialize)]
struct UndatedView {
    expr: String,
    start: usize,
}

/// The view of everything found.
pub(super) fn extraction(extraction: &Extraction) -> ExtractionView {
    let DocumentFacts { title, number, year, issued } = extraction.facts.clone();
    let undated = extraction.undated.iter();
    ExtractionView {
        document: DocumentView { title, year, number, issued },
        duties: extraction.duties.iter().map(duty).collect(),
        undated: undated
            .map(|word| UndatedView { expr: word.written.clone(), start: word.start })
            .collect(),
        unknown_units: extraction.unknown_units.clone(),
    }
}

fn duty(duty: &ExtractedDuty) -> DutyView {
    let values = duty.term.as_ref().map(TermValues::of).ok();
    let kind = values.as_ref().map(|values| values.kind);
    let TermValues { due, amount, unit, bound, recurrence, count_per_year, window_start, .. } =
        values.unwrap_or_default();
    DutyView {
        expr: duty.written.clone(),
        start: duty.start,
        kind,
        due,
        amount,
        unit,
        bound,
        trigger: duty.trigger_words.clone(),
        recurrence,
        count_per_year,
        window_start,
        lead: duty.lead.clone(),
        responsible: duty.responsible.clone(),
        clause: duty.clause.clone(),
        text: duty.text.clone(),
        confidence: duty.confidence.word(),
        question: questions::words(&duty.questions),
    }
}

/// The header of [`import_rows`].
pub(super) const IMPORT_COLUMNS: [&str; 11] = [
    "事项",
    "时限",
    "起算日",
    "牵头单位",
    "责任单位",
    "规则",
    "来源",
    "备注",
    "编号",
    "年份",
    "问题",
];

/// Rows that `import obligations` takes as they are.
pub(super) fn import_rows(extraction: &Extraction, source: &str) -> Vec<Vec<String>> {
    let year = extraction.facts.year;
    let row = |(index, duty): (usize, &ExtractedDuty)| {
        vec![
            title(duty),
            importable_term(duty, year),
            String::new(),
            duty.lead.join("；"),
            duty.responsible.join("；"),
            String::new(),
            format!("{source} {}", duty.clause).trim_end().to_owned(),
            note(duty),
            format!("{source}-{:02}", index + 1),
            year.map(|year| year.to_string()).unwrap_or_default(),
            questions::words(&duty.questions).unwrap_or_default(),
        ]
    };
    extraction.duties.iter().enumerate().map(row).collect()
}

/// What a row of the ledger calls the document: its number, else its title, else the file.
pub(super) fn source(facts: &DocumentFacts, file: &str) -> String {
    let file_name = file.rsplit('/').next().unwrap_or(file);
    facts.number.clone().or_else(|| facts.title.clone()).unwrap_or_else(|| file_name.to_owned())
}

/// The expression as written where the importer reads it the same, else its short form.
fn importable_term(duty: &ExtractedDuty, year: Option<i16>) -> String {
    let Ok(term) = &duty.term else { return duty.written.clone() };
    match read(&duty.written, &ParseContext { year }) {
        Ok(reading) if reading.term == *term => duty.written.split_whitespace().collect(),
        _ => term.to_string(),
    }
}

/// The sentence without a day at its head, cut to the length of a title.
fn title(duty: &ExtractedDuty) -> String {
    let text: String = duty.text.split_whitespace().collect();
    let text = text.strip_prefix(duty.written.as_str()).unwrap_or(&text);
    let text = text.trim_start_matches(['，', ',', '、', '。']).trim_end_matches(['。', '；']);
    let title: String = text.chars().take(LONGEST_TITLE).collect();
    match text.len() == title.len() {
        _ if title.is_empty() => duty.written.clone(),
        true => title,
        false => format!("{title}…"),
    }
}

fn note(duty: &ExtractedDuty) -> String {
    let is_cut = title(duty).ends_with('…');
    let sentence: Option<String> = is_cut.then(|| duty.text.split_whitespace().collect());
    let trigger = duty.trigger_words.as_ref().map(|words| format!("起算：{words}"));
    [trigger, sentence].into_iter().flatten().collect::<Vec<_>>().join("；")
}

/// The header of [`table_cells`].
pub(super) const TABLE_COLUMNS: [&str; 7] =
    ["时限", "读作", "事项", "牵头单位", "责任单位", "出处", "问题"];

/// A duty as a table for people shows it.
pub(super) fn table_cells(duty: &ExtractedDuty) -> Vec<String> {
    vec![
        duty.written.split_whitespace().collect(),
        understood(duty),
        title(duty),
        duty.lead.join("、"),
        duty.responsible.join("、"),
        duty.clause.clone(),
        questions::words(&duty.questions).unwrap_or_default(),
    ]
}

/// What an expression was read as: the day with its weekday, else the term in full.
pub(super) fn understood(duty: &ExtractedDuty) -> String {
    match &duty.term {
        Ok(term) => in_full(term),
        Err(_) => "？".to_owned(),
    }
}

fn in_full(term: &Term) -> String {
    match term {
        Term::By(due) => with_weekday(*due),
        Term::Within(period) => format!("{}内", amount(*period)),
        Term::AtLeast(period) => format!("不少于{}", amount(*period)),
        Term::Every(Recurrence::Daily) => "每日".to_owned(),
        Term::Every(Recurrence::Weekly(day)) => {
            day.map_or_else(|| "每周".to_owned(), weekday_of_every)
        }
        Term::Every(Recurrence::Monthly { every, by }) => {
            format!("{}{}", cycle(*every), by.map(|by| day_in(*every, by)).unwrap_or_default())
        }
        Term::Times(quota) => {
            let floor = if quota.at_least { "至少" } else { "" };
            format!("{}{floor}{}次", cycle(quota.every), quota.times)
        }
        Term::Window { from, through } => format!("{from} 至 {through}"),
        Term::Undated => String::new(),
    }
}

/// 每周五 of 周五.
fn weekday_of_every(day: Weekday) -> String {
    format!("每{}", weekday(day))
}

fn amount(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::WorkingDay => "个工作日",
        PeriodUnit::CalendarDay => "日",
        PeriodUnit::Month => "个月",
        PeriodUnit::Year => "年",
        PeriodUnit::Hour => "小时",
    };
    format!("{}{unit}", period.amount)
}

fn cycle(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month => "每月",
        Cycle::TwoMonths => "每两个月",
        Cycle::Quarter => "每季度",
        Cycle::HalfYear => "每半年",
        Cycle::Year => "每年",
    }
}

/// The day in its period: 末月末日, 次月5日, 1月31日.
fn day_in(every: Cycle, by: DayInPeriod) -> String {
    let month = match (every, by.month) {
        (Cycle::Year, month @ 0..12) => format!("{}月", month + 1),
        (Cycle::Year, month) => format!("次年{}月", month.saturating_sub(11)),
        (cycle, month) if month == cycle.months() => "次月".to_owned(),
        (Cycle::Month, _) => String::new(),
        (cycle, month) if month + 1 == cycle.months() => "末月".to_owned(),
        (_, month) => format!("第{}个月", month + 1),
    };
    match by.day {
        MonthDay::Day(day) => format!("{month}{day}日"),
        MonthDay::Last => format!("{month}末日"),
    }
}

/// A list of units for `import units`: the unknown ones, or all when the ledger knows none. Only their names are filled in.
pub(super) fn units_list(extraction: &Extraction, all: bool) -> String {
    let mut names = extraction.unknown_units.clone();
    if all {
        let duties = extraction.duties.iter();
        names.extend(duties.flat_map(|duty| duty.lead.iter().chain(&duty.responsible)).cloned());
        names.sort();
        names.dedup();
    }
    let mut list = "单位,别名,上级单位,单位组,联系人,邮箱,职级\n".to_owned();
    for name in names {
        list.extend(["\"", &name.replace('"', "\"\""), "\",,,,,,\n"]);
    }
    list
}
