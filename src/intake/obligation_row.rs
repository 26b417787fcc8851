//! One row of a table of obligations, and how its cells are read.
//!
//! Must not know: which units and rules exist, on which day a term ends.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::columns::{ColumnFault, TableRow, in_column, names_in, normalized_header};
use super::extract::office_table::{holds_a_limit, units_in};
use super::extract::{LimitPart, TimeCell, read_cell};
use super::fault::{CellFault, RowFault};
use super::obligation_columns::{
    DONE, ENDS, EVIDENCE, INSTRUCTIONS, INTERNAL, LEAD, NOTE, PART_OF, QUESTION, REFERENCE,
    RESPONSIBLE, RULE, SOURCE, STATE, THEN, TITLE, TRIGGER, WHEN, YEAR,
};
use crate::domain::deadline::Anchor;
use crate::domain::expression::{Ambiguity, ParseContext, ParsedTerm, read, read_date, read_event};
use crate::domain::hidden::one_line;
use crate::domain::life::Completion;
use crate::domain::listed::ListedObligation;
use crate::domain::term::Term;

/// What the column 状态 may say of work that is done.
static DONE_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| words_of_state("done"));
/// What it may say of work that is still owed.
static OWED_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| words_of_state("owed"));

fn words_of_state(state: &str) -> Vec<&'static str> {
    let lines = include_str!("states.txt").lines();
    let lines = lines.filter_map(|line| line.split_once(char::is_whitespace));
    let of_state = lines.filter(|(name, _)| *name == state);
    of_state.flat_map(|(_, words)| words.split_whitespace()).collect()
}

/// One row of a table of obligations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObligationRow {
    /// Its line in the file.
    pub line: usize,
    pub listed: ListedObligation,
    /// The event a period runs from, in words, when the term names it.
    pub trigger_words: Option<String>,
    /// The term has more than one sense.
    pub doubt: Option<Ambiguity>,
    /// 问题: what a person must decide, as `extract` writes it.
    pub question: Option<String>,
}

/// Reads the cells of one row.
pub(super) struct ObligationReader<'a>(pub(super) TableRow<'a>);

/// A time limit of the cell 时限.
#[derive(Default)]
struct TermCell {
    written: String,
    term: Option<Term>,
    trigger_words: Option<String>,
    doubt: Option<Ambiguity>,
    /// What the cell says beside it.
    content: String,
}

impl ObligationReader<'_> {
    /// The obligations of the row: one for each of its limits.
    pub(super) fn obligations(
        &self,
        year: Option<i16>,
        faults: &mut Vec<RowFault>,
    ) -> Option<Vec<ObligationRow>> {
        let title = self.0.value_or_fault(self.title(), faults);
        let year = self.0.value_or_fault(self.year(year), faults);
        let when = year.and_then(|year| self.0.value_or_fault(self.when(year), faults));
        let trigger = self.0.value_or_fault(self.trigger(), faults);
        let ends = self.0.value_or_fault(self.ends(), faults);
        let internal = year.and_then(|year| self.0.value_or_fault(self.internal(year), faults));
        let completion = self.0.value_or_fault(self.completion(), faults);
        let (title, when, trigger) = (title?, when?, trigger?);
        let listed = ListedObligation {
            reference: self.0.one_line(REFERENCE),
            title,
            written: String::new(),
            term: None,
            year: self.0.non_empty(YEAR).and(year?),
            trigger,
            lead: self.units(LEAD),
            responsible: self.units(RESPONSIBLE),
            rule: self.0.one_line(RULE),
            source: one_line(self.0.cell(SOURCE)),
            note: self.note(),
            instructions: self.0.cell(INSTRUCTIONS).to_owned(),
            then: names_in(self.0.cell(THEN)),
            internal: internal?,
            part_of: self.0.one_line(PART_OF),
            ends: ends?,
            completion: completion?,
        };
        let (line, count) = (self.0.row.line, when.len());
        let question = self.0.one_line(QUESTION);
        let mut whole = Some(listed);
        let rows = (1..).zip(when).filter_map(|(number, when)| {
            let TermCell { written, term, trigger_words, doubt, content } = when;
            let listed = if number == count { whole.take() } else { whole.clone() }?;
            let number = (count > 1).then_some(number);
            let listed = with_limit(listed, (written, term), &content, number);
            Some(ObligationRow { line, listed, trigger_words, doubt, question: question.clone() })
        });
        Some(rows.collect())
    }

    /// The units of a field, which may stand in several columns. In a column of the office's own they are separated in any way.
    fn units(&self, column: usize) -> Vec<String> {
        let is_own = self.0.is_the_offices_own(column);
        let mut names: Vec<String> = Vec::new();
        for (_, cell) in self.0.cells(column) {
            let more = if is_own { units_in(cell) } else { names_in(cell) };
            names.extend(more.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        names
    }

    /// 备注, and the office's own columns of remarks, each under its head.
    fn note(&self) -> String {
        let told = self.0.cells(NOTE).map(|(head, cell)| match normalized_header(head).as_str() {
            "备注" | "note" => one_line(cell),
            _ => one_line(&format!("{head}：{cell}")),
        });
        told.collect::<Vec<_>>().join("；")
    }

    fn title(&self) -> Result<String, ColumnFault> {
        match self.0.cell(TITLE) {
            "" => Err(in_column(TITLE, CellFault::Empty { example: "政策咨询事项全部入库" })),
            title => Ok(one_line(title)),
        }
    }

    /// The year of the row, else of the file.
    fn year(&self, of_file: Option<i16>) -> Result<Option<i16>, ColumnFault> {
        let Some(written) = self.0.non_empty(YEAR) else { return Ok(of_file) };
        let year = written.trim_end_matches('年').parse().ok();
        year.filter(|year| (1900..=2999).contains(year))
            .map(Some)
            .ok_or_else(|| in_column(YEAR, CellFault::BadYear { written: written.to_owned() }))
    }

    fn when(&self, year: Option<i16>) -> Result<Vec<TermCell>, ColumnFault> {
        let Some(written) = self.0.non_empty(WHEN) else {
            if self.0.non_empty(RULE).is_some() {
                return Ok(vec![TermCell::default()]);
            }
            return Err(in_column(WHEN, CellFault::Empty { example: "2022年底前" }));
        };
        let context = ParseContext { year };
        let bad = |written: &str, fault| {
            in_column(WHEN, CellFault::BadTerm { written: written.to_owned(), fault })
        };
        let fault = match read(written, &context) {
            Ok(parsed) => return Ok(vec![TermCell::of(written, parsed, String::new())]),
            Err(fault) => fault,
        };
        match read_cell(written, context) {
            TimeCell::Undated => {
                let term = Some(Term::Undated);
                Ok(vec![TermCell { written: written.to_owned(), term, ..TermCell::default() }])
            }
            TimeCell::NotUnderstood(_) => Err(bad(written, fault)),
            TimeCell::Limits(limits) => {
                let limits = limits.into_iter().map(
                    |LimitPart { written: part, parsed, content, .. }| {
                        // what follows a limit is kept, unless it says more about time
                        if holds_a_limit(&content) {
                            return Err(bad(written, fault.clone()));
                        }
                        let parsed = parsed.map_err(|fault| bad(&part, fault))?;
                        Ok(TermCell::of(&part, parsed, content))
                    },
                );
                limits.collect()
            }
        }
    }

    fn internal(&self, year: Option<i16>) -> Result<Option<Term>, ColumnFault> {
        let Some(written) = self.0.non_empty(INTERNAL) else { return Ok(None) };
        let reading = read(written, &ParseContext { year });
        reading.map(|reading| Some(reading.term)).map_err(|fault| {
            in_column(INTERNAL, CellFault::BadTerm { written: written.to_owned(), fault })
        })
    }

    fn ends(&self) -> Result<Option<Date>, ColumnFault> {
        let Some(written) = self.0.non_empty(ENDS) else { return Ok(None) };
        read_date(written).map(Some).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-12-31" };
            in_column(ENDS, kind)
        })
    }

    /// 状态, 办结日期 and 佐证 of work that is done. Lateness is judged by the day, so work that is done has one.
    fn completion(&self) -> Result<Option<Completion>, ColumnFault> {
        let is_done = self.is_done()?;
        let Some(written) = self.0.non_empty(DONE) else {
            return match is_done {
                Some(true) => Err(in_column(DONE, CellFault::Empty { example: "2022-12-20" })),
                _ if self.0.non_empty(EVIDENCE).is_some() => {
                    Err(in_column(EVIDENCE, CellFault::EvidenceOfOwed))
                }
                Some(false) | None => Ok(None),
            };
        };
        let on = read_date(written).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-12-20" };
            in_column(DONE, kind)
        })?;
        if is_done == Some(false) {
            return Err(in_column(STATE, CellFault::OwedWithDay { on }));
        }
        let evidence = self.0.one_line(EVIDENCE);
        Ok(Some(Completion { on, evidence, shortened_because: None }))
    }

    /// What the column 状态 says; `None` when it is empty. A column of the office's own may tell of the progress in any words.
    fn is_done(&self) -> Result<Option<bool>, ColumnFault> {
        let Some(written) = self.0.non_empty(STATE) else { return Ok(None) };
        let word = written.trim_end_matches(['。', '.', '；']).to_ascii_lowercase();
        let is_word = |words: &[&str]| words.contains(&word.as_str());
        let (done, owed) = (&*DONE_WORDS, &*OWED_WORDS);
        let says_done = done.iter().any(|it| word.starts_with(it));
        if is_word(done) {
            Ok(Some(true))
        } else if is_word(owed) || self.0.is_the_offices_own(STATE) && !says_done {
            Ok(Some(false))
        } else {
            Err(in_column(STATE, CellFault::UnknownState { written: written.to_owned() }))
        }
    }

    fn trigger(&self) -> Result<Option<Anchor>, ColumnFault> {
        let Some(written) = self.0.non_empty(TRIGGER) else { return Ok(None) };
        read_event(written).map(Some).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-06-17" };
            in_column(TRIGGER, kind)
        })
    }
}

impl TermCell {
    fn of(written: &str, parsed: ParsedTerm, content: String) -> Self {
        let ParsedTerm { term, trigger_words, ambiguity: doubt } = parsed;
        Self { written: written.to_owned(), term: Some(term), trigger_words, doubt, content }
    }
}

/// `listed` with one limit of its cell; `number` where the cell has several: 编号/1, 编号/2.
fn with_limit(
    listed: ListedObligation,
    (written, term): (String, Option<Term>),
    content: &str,
    number: Option<usize>,
) -> ListedObligation {
    let mut listed = ListedObligation { written, term, ..listed };
    let mark = match (content, number) {
        ("", None) => return listed,
        ("", Some(_)) => listed.written.clone(),
        (content, _) => content.to_owned(),
    };
    listed.title = format!("{}（{mark}）", listed.title);
    if let (Some(reference), Some(number)) = (&listed.reference, number) {
        listed.reference = Some(format!("{reference}/{number}"));
    }
    listed
}
