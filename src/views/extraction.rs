//! Duties found in a document: `extract`, and the tables it writes for `import`.
//!
//! Must not know: how duties are found, the command line.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::with_weekday;
use super::extraction_account::{CountsView, LeftOutView, UnreadView};
use super::extraction_reference::references;
use super::row::{Column, Row};
use crate::domain::expression::{ParseContext, read};
use crate::domain::term::Term;
use crate::intake::extract::{
    Confidence, DocumentFacts, ExtractedDuty, Extraction, Question, TermValues,
};
use crate::words::{Lang, Say as _};

/// Longest title of an obligation that is proposed, in characters; the whole sentence goes into the note.
const LONGEST_TITLE: usize = 60;

/// Everything found. Lists keep the order of the document.
#[derive(Serialize)]
pub struct ExtractionView {
    document: DocumentView,
    duties: Vec<DutyView>,
    undated: Vec<UndatedView>,
    unknown_units: Vec<String>,
    counts: CountsView,
    /// Words about time that became nothing and read like a limit.
    unread: Vec<UnreadView>,
    left_out: Vec<LeftOutView>,
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
    #[serde(rename = "ref")]
    reference: String,
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
    /// In Chinese, as in the column 问题.
    question: Option<String>,
}

#[derive(Serialize)]
struct UndatedView {
    expr: String,
    start: usize,
}

/// A duty as a row of a table of obligations: `import obligations` reads the CSV, people read the table.
#[derive(Serialize)]
pub struct DutyRow {
    #[serde(rename = "事项")]
    title: String,
    #[serde(rename = "时限")]
    term: String,
    #[serde(rename = "起算日")]
    trigger: String,
    #[serde(rename = "牵头单位")]
    lead: Vec<String>,
    #[serde(rename = "责任单位")]
    responsible: Vec<String>,
    #[serde(rename = "规则")]
    rule: String,
    #[serde(rename = "来源")]
    source: String,
    #[serde(rename = "备注")]
    note: String,
    #[serde(rename = "编号")]
    reference: String,
    #[serde(rename = "年份")]
    year: Option<String>,
    #[serde(rename = "问题")]
    question: Option<String>,
    #[serde(skip)]
    duty: ExtractedDuty,
}

/// A unit as a row for `import units`; only its name is known.
#[derive(Serialize)]
pub struct UnitNameRow {
    #[serde(rename = "单位")]
    name: String,
}

impl ExtractionView {
    pub fn of(extraction: &Extraction) -> Self {
        let DocumentFacts { title, number, year, issued } = extraction.facts.clone();
        let undated = extraction.undated.iter();
        Self {
            document: DocumentView { title, year, number, issued },
            duties: extraction
                .duties
                .iter()
                .zip(references_of(&extraction.duties))
                .map(|(duty, reference)| DutyView::of(duty, reference))
                .collect(),
            undated: undated
                .map(|word| UndatedView { expr: word.written.clone(), start: word.start })
                .collect(),
            unknown_units: extraction.unknown_units.clone(),
            counts: CountsView::of(extraction),
            unread: extraction.account.unread.iter().map(UnreadView::of).collect(),
            left_out: extraction.account.left_out.iter().map(LeftOutView::of).collect(),
        }
    }
}

impl DutyView {
    fn of(duty: &ExtractedDuty, reference: String) -> Self {
        let values = duty.term.as_ref().map(TermValues::of).ok();
        let kind = values.as_ref().map(|values| values.kind);
        let TermValues {
            due, amount, unit, bound, recurrence, count_per_year, window_start, ..
        } = values.unwrap_or_default();
        Self {
            reference,
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
            confidence: match duty.confidence {
                Confidence::Low => "low",
                Confidence::Medium => "medium",
                Confidence::High => "high",
            },
            question: questions(&duty.questions, Lang::Zh),
        }
    }
}

impl Row for DutyRow {
    const KEYS: &'static [&'static str] = &[
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

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("时限", "Term", |it, _| it.duty.written.split_whitespace().collect()),
            Column::text("读作", "Read as", |it, lang| understood(&it.duty, lang)),
            Column::text("事项", "Title", |it, _| it.title.clone()),
            Column::<Self>::text("牵头单位", "Lead", |it, lang| lang.list(&it.lead)).droppable(2),
            Column::text("责任单位", "Responsible", |it, lang| lang.list(&it.responsible)),
            Column::<Self>::text("出处", "Clause", |it, _| it.duty.clause.clone()).droppable(3),
            Column::<Self>::text("问题", "Question", |it, lang| {
                questions(&it.duty.questions, lang).unwrap_or_default()
            })
            .droppable(1),
        ]
    }
}

impl DutyRow {
    /// `file`: where the document was read from; it names the source where the document has neither number nor title.
    pub fn all(extraction: &Extraction, file: &str) -> Vec<Self> {
        let source = source(&extraction.facts, file);
        let duties = extraction.duties.iter().zip(references_of(&extraction.duties));
        duties
            .map(|(duty, reference)| Self::of(duty, reference, &source, extraction.facts.year))
            .collect()
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn reference(&self) -> &str {
        &self.reference
    }

    fn of(duty: &ExtractedDuty, reference: String, source: &str, year: Option<i16>) -> Self {
        Self {
            title: title(duty),
            term: importable_term(duty, year),
            trigger: String::new(),
            lead: duty.lead.clone(),
            responsible: duty.responsible.clone(),
            rule: String::new(),
            source: format!("{source} {}", duty.clause).trim_end().to_owned(),
            note: note(duty),
            reference,
            year: year.map(|year| year.to_string()),
            question: questions(&duty.questions, Lang::Zh),
            duty: duty.clone(),
        }
    }
}

impl UnitNameRow {
    pub const KEYS: &'static [&'static str] =
        &["单位", "别名", "上级单位", "单位组", "联系人", "邮箱", "职级"];

    /// The units that the ledger does not know; all of them when it knows none.
    pub fn all(extraction: &Extraction, ledger_is_empty: bool) -> Vec<Self> {
        let mut names = extraction.unknown_units.clone();
        if ledger_is_empty {
            let duties = extraction.duties.iter();
            names
                .extend(duties.flat_map(|duty| duty.lead.iter().chain(&duty.responsible)).cloned());
            names.sort();
            names.dedup();
        }
        names.into_iter().map(|name| Self { name }).collect()
    }
}

/// What a row of the ledger calls the document: its number, else its title, else the file.
fn source(facts: &DocumentFacts, file: &str) -> String {
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

fn references_of(duties: &[ExtractedDuty]) -> Vec<String> {
    references(duties, &duties.iter().map(title).collect::<Vec<_>>())
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

/// What an expression was read as: the day with its weekday, else the term in words.
pub(super) fn understood(duty: &ExtractedDuty, lang: Lang) -> String {
    match &duty.term {
        Ok(Term::By(due)) => with_weekday(*due, lang),
        Ok(Term::Undated) => String::new(),
        Ok(term) => term.say(lang),
        Err(_) => lang.pick("？", "?").to_owned(),
    }
}

/// All questions in one line; `None` when nothing is open.
pub(super) fn questions(questions: &[Question], lang: Lang) -> Option<String> {
    let lines: Vec<String> = questions.iter().map(|question| question.say(lang)).collect();
    (!lines.is_empty()).then(|| lines.join(lang.pick("；", "; ")))
}
