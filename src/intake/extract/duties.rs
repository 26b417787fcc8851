//! Turns each time limit in a span of text into a duty with clause, sentence, units and questions.
//!
//! Must not know: whether the span was a cell or a paragraph.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::domain::expression::{
    Ambiguity, ExpressionFault, ParseContext, ParsedTerm, SearchResult, TermMatch, search_all,
};
use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Recurrence, Term};

use super::super::document::TextSpan;
use super::account::LeftOutReason;
use super::closing::LeftOutSpan;
use super::extraction::{Confidence, DocumentFacts, ExtractedDuty, Question, UndatedWord};
use super::facts::Genre;
use super::indexed_span::{IndexedSpan, LONGEST_SENTENCE, is_stop};
use super::names::KnownNames;
use super::numbering::{Level, number_of};
use super::parties::{self, Parties};
use super::time_cell::{LimitPart, TimeCell, read_cell};
use super::words::{APPROVALS, VAGUE_GROUPS};

/// Characters on both sides of a time limit by which a sentence printed twice is recognized.
const COMPARED_CHARACTERS: usize = 10;

/// What is known about a span from the text around it.
#[derive(Default)]
pub(super) struct DutyContext {
    /// Chapter and section.
    pub(super) clause: String,
    /// Parties of its row or of a labelled line.
    pub(super) parties: Option<Parties>,
    /// Parties of the heading above.
    pub(super) heading: Option<Parties>,
    /// The span is running text: its brackets and subjects name parties, and scraped pages may print it twice.
    pub(super) is_prose: bool,
    /// The row names no units itself; `parties` are those of the row above.
    pub(super) units_are_guessed: bool,
    /// The row has a time column, and a time limit stands in it.
    pub(super) is_timed: bool,
}

/// Gathers the duties of a document.
pub(super) struct DutyCollector<'a> {
    facts: &'a DocumentFacts,
    known_names: &'a KnownNames,
    /// The document says that the first unit of each list leads.
    first_unit_leads: bool,
    genre: Genre,
    duties: Vec<ExtractedDuty>,
    undated: Vec<UndatedWord>,
    /// The text around each time limit in running text, without white space.
    seen: HashSet<String>,
    rows: usize,
    left_out: Vec<LeftOutSpan>,
}

/// What was gathered.
pub(super) struct Collected {
    pub(super) duties: Vec<ExtractedDuty>,
    pub(super) undated: Vec<UndatedWord>,
    /// Rows of tables.
    pub(super) rows: usize,
    pub(super) left_out: Vec<LeftOutSpan>,
}

/// The parties of a duty and where they were found.
#[derive(Default)]
struct FoundParties {
    parties: Option<Parties>,
    /// They were found in another row or sentence than the duty.
    is_elsewhere: bool,
}

/// A duty before its questions are asked.
struct DutyDraft {
    start: usize,
    written: String,
    parsed: Result<ParsedTerm, ExpressionFault>,
    text: String,
    clause: String,
    found: FoundParties,
}

impl<'a> DutyCollector<'a> {
    pub(super) fn new(
        facts: &'a DocumentFacts,
        known_names: &'a KnownNames,
        first_unit_leads: bool,
    ) -> Self {
        Self {
            facts,
            known_names,
            first_unit_leads,
            genre: Genre::default(),
            duties: Vec::new(),
            undated: Vec::new(),
            seen: HashSet::new(),
            rows: 0,
            left_out: Vec::new(),
        }
    }

    pub(super) fn set_genre(&mut self, genre: Genre) {
        self.genre = genre;
    }

    pub(super) fn known_names(&self) -> &'a KnownNames {
        self.known_names
    }

    pub(super) fn finish(self) -> Collected {
        let Self { duties, undated, rows, left_out, .. } = self;
        Collected { duties, undated, rows, left_out }
    }

    /// Duties and undated words so far.
    pub(super) fn findings(&self) -> usize {
        self.duties.len() + self.undated.len()
    }

    /// Counts a row of a table. Without a finding it is left out for `reason`, under the name `label`.
    pub(super) fn count_row(&mut self, label: &TextSpan, has_finding: bool, reason: LeftOutReason) {
        self.rows += 1;
        if !has_finding {
            self.leave_out(label, reason);
        }
    }

    /// Says why a whole span is no finding.
    pub(super) fn leave_out(&mut self, span: &TextSpan, reason: LeftOutReason) {
        let end = span.start + span.text.chars().count();
        self.left_out.push(LeftOutSpan { start: span.start, end, reason });
    }

    /// Adds a duty for every time limit in `span`.
    pub(super) fn collect(&mut self, span: &TextSpan, context: &DutyContext) {
        let indexed = IndexedSpan::new(span);
        let SearchResult { limits, refused } = search_all(&span.text, &self.parse_context());
        let refused = refused.into_iter().map(|(start, end)| LeftOutSpan {
            start: span.start + start,
            end: span.start + end,
            reason: LeftOutReason::SetsNoLimit,
        });
        self.left_out.extend(refused);
        for limit in limits {
            let written = indexed.between(limit.start, limit.end).to_owned();
            let start = span.start + limit.start;
            let end = span.start + limit.end;
            // 开展季度检查 says how often; when it is due stands in the time column of the row
            if context.is_timed && names_a_period_only(&limit) {
                let reason = LeftOutReason::DueByItsColumn;
                self.left_out.push(LeftOutSpan { start, end, reason });
                continue;
            }
            if limit.parsed.as_ref().is_ok_and(|parsed| parsed.term == Term::Undated) {
                self.undated.push(UndatedWord { start, written });
                continue;
            }
            let clause = format!("{}{}", context.clause, indexed.item_before(limit.start));
            if !context.is_prose || self.is_new(&clause, &indexed, &limit) {
                let text = self.sentence(&indexed, &limit);
                let found = self.parties(&indexed, &limit, context);
                self.add(DutyDraft { start, written, parsed: limit.parsed, text, clause, found });
            } else {
                let reason = LeftOutReason::PrintedTwice;
                self.left_out.push(LeftOutSpan { start, end, reason });
            }
        }
    }

    /// Adds the duties of a time cell; `title` is what is to be done by then. A cell that names no day becomes an undated word,
    /// one that is not understood a duty with a question: none is lost. True when the cell holds a time limit.
    pub(super) fn collect_time_cell(
        &mut self,
        cell: &TextSpan,
        title: &str,
        context: &DutyContext,
    ) -> bool {
        let indent = cell.text.chars().take_while(|c| c.is_whitespace()).count();
        let start = cell.start + indent;
        match read_cell(&cell.text, self.parse_context()) {
            TimeCell::Undated => {
                let written = cell.text.trim().to_owned();
                self.undated.push(UndatedWord { start, written });
                false
            }
            TimeCell::NotUnderstood(fault) => {
                let written = cell.text.trim().to_owned();
                let parsed = Err(fault);
                let part = LimitPart { start: 0, written, parsed, content: String::new() };
                self.add_time_cell(start, part, title, context);
                false
            }
            TimeCell::Limits(parts) => {
                for part in parts {
                    self.add_time_cell(start, part, title, context);
                }
                true
            }
        }
    }

    fn add_time_cell(&mut self, start: usize, part: LimitPart, title: &str, context: &DutyContext) {
        let (item, text) = match number_of(title) {
            Some((Level::Item, number, rest)) => (number, rest),
            _ => (String::new(), title),
        };
        let text = match (text.trim(), part.content.as_str()) {
            (text, "") => text.to_owned(),
            ("", content) => content.to_owned(),
            (text, content) => format!("{text}（{content}）"),
        };
        self.add(DutyDraft {
            start: start + part.start,
            written: part.written,
            parsed: part.parsed,
            text,
            clause: format!("{}{item}", context.clause),
            found: FoundParties {
                parties: context.parties.clone(),
                is_elsewhere: context.units_are_guessed,
            },
        });
    }

    fn parse_context(&self) -> ParseContext {
        ParseContext { year: self.facts.year }
    }

    /// False for a sentence of the same clause that was printed before: scraped pages repeat themselves.
    fn is_new(&mut self, clause: &str, indexed: &IndexedSpan<'_>, limit: &TermMatch) -> bool {
        let from = limit.start.saturating_sub(COMPARED_CHARACTERS);
        let before = indexed.between(from, limit.start);
        let before = before.rsplit(is_stop).next().unwrap_or(before);
        let before = before.trim_start_matches(|c: char| c.is_ascii_digit() || "．.、".contains(c));
        let written = indexed.between(limit.start, limit.end);
        let after = indexed.between(limit.end, limit.end + COMPARED_CHARACTERS);
        let after = after.split(is_stop).next().unwrap_or(after);
        let key = format!("{clause}{before}{written}{after}");
        self.seen.insert(key.split_whitespace().collect())
    }

    /// The sentence of a time limit, without the units and the number that a flattened table leaves before it
    /// (市政府办公厅市政府有关部门3．2020年10月30日前 …).
    fn sentence(&self, indexed: &IndexedSpan<'_>, limit: &TermMatch) -> String {
        let sentence = indexed.sentence_around(limit);
        let head = sentence.find(['．', '.']).and_then(|place| sentence.split_at_checked(place));
        let stripped = head.and_then(|(head, rest)| {
            let units = head.trim_end_matches(|c: char| c.is_ascii_digit());
            let is_numbered = units.len() < head.len();
            let is_row = is_numbered && parties::after_sentence(units, self.known_names).is_some();
            is_row.then(|| rest.trim_start_matches(['．', '.']).to_owned())
        });
        stripped.unwrap_or(sentence)
    }

    fn parties(
        &self,
        indexed: &IndexedSpan<'_>,
        limit: &TermMatch,
        context: &DutyContext,
    ) -> FoundParties {
        let here = |parties| FoundParties { parties, is_elsewhere: false };
        let elsewhere = |parties| FoundParties { parties, is_elsewhere: true };
        if !context.is_prose {
            let is_elsewhere = context.units_are_guessed;
            return FoundParties { parties: context.parties.clone(), is_elsewhere };
        }
        let names = self.known_names;
        let from = indexed.bracket_around(limit.start).unwrap_or(limit.end);
        let item = indexed.between(from, indexed.end_of_item(limit.end));
        let behind = indexed.between(limit.end, indexed.end_of_item(limit.end));
        let in_item = parties::in_brackets(item, names)
            .or_else(|| parties::labelled(behind, names))
            .or_else(|| context.parties.clone());
        let sentence = self.sentence(indexed, limit);
        if let Some(mut found) = in_item {
            // 市科技局牵头，6月底前建成（市财政局配合）
            if found.lead.is_empty()
                && let Some(more) = parties::from_role_clauses(&sentence, names)
            {
                found.lead = more.lead;
            }
            return here(Some(found));
        }
        let before = indexed.between(limit.start.saturating_sub(LONGEST_SENTENCE), limit.start);
        let in_sentence = parties::from_role_clauses(&sentence, names)
            .or_else(|| parties::subject_right_before(before, names))
            .or_else(|| parties::subject_behind(behind, names))
            .or_else(|| parties::subject_before(indexed.clauses_until(limit), names))
            .or_else(|| parties::subject(&sentence, names))
            // A heading that names units outweighs an uncertain subject, such as 企业 in 企业应在24小时内整改.
            .filter(|found| context.heading.is_none() || !parties::are_uncertain(found));
        if in_sentence.is_some() {
            return here(in_sentence);
        }
        let after = indexed.between(limit.end, limit.end + LONGEST_SENTENCE);
        let behind = after.split_once('。').map(|(_, behind)| behind);
        let behind = behind.and_then(|text| parties::after_sentence(text, names));
        if behind.is_some() {
            return elsewhere(behind);
        }
        let heading = context.heading.clone();
        elsewhere(
            heading
                .or_else(|| parties::subject(before, names))
                .or_else(|| parties::subject(item, names)),
        )
    }

    fn add(&mut self, draft: DutyDraft) {
        let DutyDraft { start, written, parsed, text, clause, found } = draft;
        let (parsed, year_is_asked) = with_year_of_genre(self.genre, &written, parsed);
        let Parties { mut lead, responsible, is_open } = found.parties.unwrap_or_default();
        if self.first_unit_leads && lead.is_empty() {
            lead.extend(responsible.first().cloned());
        }
        let mut questions = self.questions_about_time(&parsed, &text);
        questions.extend(year_is_asked.then_some(Question::YearOfTitleOrIssue));
        let is_vague = |name: &&String| VAGUE_GROUPS.iter().any(|word| name.contains(word));
        let vague = lead.iter().chain(&responsible).filter(is_vague);
        questions.extend(vague.map(|name| Question::WhichUnitsOf(name.clone())));
        if is_open {
            questions.push(Question::OpenList);
        }
        if responsible.is_empty() {
            questions.push(Question::NoUnits);
        } else if found.is_elsewhere {
            questions.push(Question::UnitsFromElsewhere);
        }
        let (term, trigger_words) = match parsed {
            Ok(parsed) => (Ok(parsed.term), parsed.trigger_words),
            Err(fault) => (Err(fault), None),
        };
        let confidence = if term.is_err() || responsible.is_empty() {
            Confidence::Low
        } else if questions.is_empty() {
            Confidence::High
        } else {
            Confidence::Medium
        };
        self.duties.push(ExtractedDuty {
            start,
            written,
            term,
            trigger_words,
            lead,
            responsible,
            clause,
            text,
            confidence,
            questions,
        });
    }

    fn questions_about_time(
        &self,
        parsed: &Result<ParsedTerm, ExpressionFault>,
        text: &str,
    ) -> Vec<Question> {
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(ExpressionFault::YearMissing { .. }) => return vec![Question::YearMissing],
            Err(ExpressionFault::NoSuchDay { .. }) => return vec![Question::NoSuchDay],
            Err(_) => return vec![Question::NotUnderstood],
        };
        let is_past = match (&parsed.term, self.facts.issued) {
            (Term::By(due), Some(issued)) => *due < issued,
            _ => false,
        };
        // 批准后20日内 runs from the approval, so nobody needs to ask which of the two is due.
        let is_due = matches!(parsed.term, Term::By(_))
            || matches!(parsed.term, Term::Within(_)) && parsed.trigger_words.is_none();
        let needs_approval = is_due && APPROVALS.iter().any(|word| text.contains(word));
        [
            parsed.ambiguity.map(Question::Ambiguous),
            is_past.then_some(Question::AlreadyPast),
            needs_approval.then_some(Question::DraftOrApproval),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Gives a day that was written without its year the year that this kind of document means. Returns true if a person must
/// confirm the year.
fn with_year_of_genre(
    genre: Genre,
    written: &str,
    parsed: Result<ParsedTerm, ExpressionFault>,
) -> (Result<ParsedTerm, ExpressionFault>, bool) {
    if let (Genre::Regulation, Err(ExpressionFault::YearMissing { .. })) = (genre, &parsed) {
        return (following_year(written).map_or(parsed, Ok), false);
    }
    let digits: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let names_year = digits.iter().any(|digits| digits.len() == 4);
    let Ok(ParsedTerm { term: Term::By(due), ambiguity, .. }) = &parsed else {
        return (parsed, false);
    };
    if names_year {
        return (parsed, false);
    }
    match genre {
        Genre::PlanOfAnotherYear => (parsed, true),
        Genre::Call { issued } => {
            let in_year = |year: i16| due.with().year(year).build().ok();
            let due = in_year(issued.year())
                .filter(|due| *due >= issued)
                .or_else(|| in_year(issued.year() + 1));
            let term = due.map(Term::By);
            (parsed.map(|it| ParsedTerm { term: term.unwrap_or(it.term), ..it }), true)
        }
        Genre::Regulation if *ambiguity == Some(Ambiguity::FollowingYear) => {
            let term = every_year(*due, written);
            (parsed.map(|it| ParsedTerm { term, ..it }), false)
        }
        Genre::Regulation | Genre::OfItsYear => (parsed, false),
    }
}

/// 次年1月10日前 in a regulation that names no year: every year.
fn following_year(written: &str) -> Option<ParsedTerm> {
    // any year will do: only the day is kept
    let found = search_all(written, &ParseContext { year: Some(2000) }).limits;
    let parsed = found.into_iter().next()?.parsed.ok()?;
    match parsed {
        ParsedTerm { term: Term::By(due), ambiguity: Some(Ambiguity::FollowingYear), .. } => {
            let term = every_year(due, written);
            Some(ParsedTerm { term, ..parsed })
        }
        _ => None,
    }
}

/// The day of `due` in every year.
fn every_year(due: Date, written: &str) -> Term {
    let month = u8::try_from(due.month()).unwrap_or(1) - 1;
    let day = if due.last_of_month() == due && !written.contains(['日', '号']) {
        MonthDay::Last
    } else {
        MonthDay::Day(due.day().unsigned_abs())
    };
    Term::Every(Recurrence::Monthly { every: Cycle::Year, by: Some(DayInPeriod { month, day }) })
}

/// True for a period without a day in it, such as 季度检查 or 按月.
fn names_a_period_only(limit: &TermMatch) -> bool {
    limit.parsed.as_ref().is_ok_and(|parsed| parsed.ambiguity == Some(Ambiguity::NoDayInPeriod))
}
