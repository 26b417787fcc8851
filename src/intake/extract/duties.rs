//! Turns findings in a span of text into duties with clause, sentence, units and questions.
//!
//! Must not know: whether the span was a cell or a paragraph.

use std::collections::HashSet;

use crate::domain::expression::{
    Ambiguity, ExpressionFault, ParseContext, ParsedTerm, TermMatch, read, search,
};
use crate::domain::term::Term;

use super::super::document::TextSpan;
use super::names::KnownNames;
use super::numbering::{Level, number_of};
use super::parties::{self, Parties};
use super::{Confidence, DocumentFacts, ExtractedDuty, Question, UndatedWord};

/// Longest sentence that is kept, in characters.
const LONGEST_SENTENCE: usize = 400;
/// Characters on both sides of an expression that tell a sentence printed twice.
const CONTEXT: usize = 10;

/// What is known about a span from where it stands.
#[derive(Default)]
pub(super) struct DutyContext {
    /// Chapter and section.
    pub(super) clause: String,
    /// Parties of its row or of a labelled line.
    pub(super) parties: Option<Parties>,
    /// Parties of the heading above.
    pub(super) heading: Option<Parties>,
    /// Running text: its own brackets and subjects name parties, and pages may be printed twice.
    pub(super) is_prose: bool,
    /// Its row says by when in a column of its own.
    pub(super) is_timed: bool,
}

/// Gathers the duties of a document.
pub(super) struct DutyCollector<'a> {
    facts: &'a DocumentFacts,
    known_names: &'a KnownNames,
    first_named_leads: bool,
    duties: Vec<ExtractedDuty>,
    undated: Vec<UndatedWord>,
    /// Surroundings of the duties in running text.
    seen: HashSet<String>,
}

/// A span with its characters by number.
struct IndexedSpan<'a> {
    span: &'a TextSpan,
    /// Byte place of each character, then the length.
    places: Vec<usize>,
}

impl<'a> DutyCollector<'a> {
    pub(super) fn new(
        facts: &'a DocumentFacts,
        known_names: &'a KnownNames,
        first_named_leads: bool,
    ) -> Self {
        Self {
            facts,
            known_names,
            first_named_leads,
            duties: Vec::new(),
            undated: Vec::new(),
            seen: HashSet::new(),
        }
    }

    pub(super) fn known_names(&self) -> &'a KnownNames {
        self.known_names
    }

    pub(super) fn finish(self) -> (Vec<ExtractedDuty>, Vec<UndatedWord>) {
        (self.duties, self.undated)
    }

    /// Takes every time limit in `span`.
    pub(super) fn collect(&mut self, span: &TextSpan, place: &DutyContext) {
        let numbered = IndexedSpan::new(span);
        for finding in search(&span.text, &self.context()) {
            let written = numbered.between(finding.start, finding.end).to_owned();
            let start = span.start + finding.start;
            // 开展季度检查 is due by the row's own column
            if place.is_timed && names_a_period_only(&finding) {
                continue;
            }
            if finding.parsed.as_ref().is_ok_and(|reading| reading.term == Term::Undated) {
                self.undated.push(UndatedWord { start, written });
            } else if !place.is_prose || self.is_new(&numbered, &finding) {
                let text = self.sentence(&numbered, &finding);
                let parties = self.parties(&numbered, &finding, place);
                let clause = format!("{}{}", place.clause, numbered.item_before(finding.start));
                self.take(DutyDraft {
                    start,
                    written,
                    reading: finding.parsed,
                    text,
                    clause,
                    parties,
                });
            }
        }
    }

    /// Takes the time limit of a cell that holds nothing else; `title` is what is to be done by then. True when it
    /// holds one.
    pub(super) fn collect_time_cell(
        &mut self,
        cell: &TextSpan,
        title: &str,
        place: &DutyContext,
    ) -> bool {
        let before = self.duties.len();
        match read(&cell.text, &self.context()) {
            Ok(reading) if reading.term == Term::Undated => {
                self.undated.push(UndatedWord { start: cell.start, written: cell.text.clone() });
            }
            Ok(reading) => self.take_cell(cell, Ok(reading), title, place),
            Err(
                fault @ (ExpressionFault::YearMissing { .. } | ExpressionFault::NoSuchDay { .. }),
            ) => {
                self.take_cell(cell, Err(fault), title, place);
            }
            Err(_) => {
                self.collect(cell, place);
                for duty in self.duties.iter_mut().skip(before) {
                    duty.text = format!("{title}（{}）", duty.text);
                }
            }
        }
        self.duties.len() > before
    }

    fn take_cell(
        &mut self,
        cell: &TextSpan,
        reading: Result<ParsedTerm, ExpressionFault>,
        title: &str,
        place: &DutyContext,
    ) {
        let (item, text) = match number_of(title) {
            Some((Level::Item, number, rest)) => (number, rest),
            _ => (String::new(), title),
        };
        self.take(DutyDraft {
            start: cell.start,
            written: cell.text.clone(),
            reading,
            text: text.trim().to_owned(),
            clause: format!("{}{item}", place.clause),
            parties: (place.parties.clone(), false),
        });
    }

    fn context(&self) -> ParseContext {
        ParseContext { year: self.facts.year }
    }

    /// False for a sentence that was printed before: scraped pages repeat themselves.
    fn is_new(&mut self, numbered: &IndexedSpan<'_>, finding: &TermMatch) -> bool {
        let before = numbered.between(finding.start.saturating_sub(CONTEXT), finding.start);
        let before = before.rsplit(is_stop).next().unwrap_or(before);
        let before = before.trim_start_matches(|c: char| c.is_ascii_digit() || "．.、".contains(c));
        let written = numbered.between(finding.start, finding.end);
        let after = numbered.between(finding.end, finding.end + CONTEXT);
        let after = after.split(is_stop).next().unwrap_or(after);
        let key = format!("{before}{written}{after}");
        self.seen.insert(key.split_whitespace().collect())
    }

    /// The sentence of a finding, without the units and the number that a flattened table leaves at its head
    /// (市政府办公厅市政府有关部门3．2020年10月30日前 …).
    fn sentence(&self, numbered: &IndexedSpan<'_>, finding: &TermMatch) -> String {
        let sentence = numbered.sentence_around(finding);
        let head = sentence.find(['．', '.']).and_then(|place| sentence.split_at_checked(place));
        let stripped = head.and_then(|(head, rest)| {
            let units = head.trim_end_matches(|c: char| c.is_ascii_digit());
            let is_numbered = units.len() < head.len();
            let is_row = is_numbered && parties::after_sentence(units, self.known_names).is_some();
            is_row.then(|| rest.trim_start_matches(['．', '.']).to_owned())
        });
        stripped.unwrap_or(sentence)
    }

    /// Who owes what was found, and whether that was taken from elsewhere.
    fn parties(
        &self,
        numbered: &IndexedSpan<'_>,
        finding: &TermMatch,
        place: &DutyContext,
    ) -> (Option<Parties>, bool) {
        if !place.is_prose {
            return (place.parties.clone(), false);
        }
        let from = numbered.bracket_around(finding.start).unwrap_or(finding.end);
        let item = numbered.between(from, numbered.end_of_item(finding.end));
        if let Some(parties) =
            parties::in_brackets(item, self.known_names).or_else(|| place.parties.clone())
        {
            return (Some(parties), false);
        }
        let sentence = self.sentence(numbered, finding);
        let own = parties::from_role_clauses(&sentence, self.known_names)
            .or_else(|| parties::subject_before(numbered.clauses_until(finding), self.known_names))
            .or_else(|| parties::subject(&sentence, self.known_names));
        if own.is_some() {
            return (own, false);
        }
        let after = numbered.between(finding.end, finding.end + LONGEST_SENTENCE);
        let behind = after.split_once('。').map(|(_, behind)| behind);
        if let Some(parties) =
            behind.and_then(|text| parties::after_sentence(text, self.known_names))
        {
            return (Some(parties), true);
        }
        let before =
            numbered.between(finding.start.saturating_sub(LONGEST_SENTENCE), finding.start);
        let elsewhere = place
            .heading
            .clone()
            .or_else(|| parties::subject(before, self.known_names))
            .or_else(|| parties::subject(item, self.known_names));
        (elsewhere, true)
    }

    fn take(&mut self, found: DutyDraft) {
        let DutyDraft { start, written, reading, text, clause, parties: (parties, is_elsewhere) } =
            found;
        let Parties { mut lead, responsible, is_open } = parties.unwrap_or_default();
        if self.first_named_leads && lead.is_empty() {
            lead.extend(responsible.first().cloned());
        }
        let mut questions = self.questions_about_time(&reading, &text);
        let units = lead.iter().chain(&responsible);
        let relevant = units.filter(|name| name.contains("有关") || name.contains("相关"));
        questions.extend(relevant.map(|name| Question::WhichOf(name.clone())));
        if is_open {
            questions.push(Question::WhoElse);
        }
        if responsible.is_empty() {
            questions.push(Question::WhichUnits);
        } else if is_elsewhere {
            questions.push(Question::UnitsFromElsewhere);
        }
        let (term, trigger_words) = match reading {
            Ok(reading) => (Ok(reading.term), reading.trigger_words),
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
        reading: &Result<ParsedTerm, ExpressionFault>,
        text: &str,
    ) -> Vec<Question> {
        let reading = match reading {
            Ok(reading) => reading,
            Err(ExpressionFault::YearMissing { .. }) => return vec![Question::WhichYear],
            Err(_) => return vec![Question::NoSuchDay],
        };
        let is_past = match (&reading.term, self.facts.issued) {
            (Term::By(due), Some(issued)) => *due < issued,
            _ => false,
        };
        // 批准后20日内 runs from the approval: nothing is left to ask
        let is_due = matches!(reading.term, Term::By(_))
            || matches!(reading.term, Term::Within(_)) && reading.trigger_words.is_none();
        let needs_approval = is_due
            && (text.contains("审定后") || text.contains("批准后") || text.contains("审批后"));
        [
            reading.ambiguity.map(|doubt: Ambiguity| Question::Sense(doubt)),
            is_past.then_some(Question::AlreadyPast),
            needs_approval.then_some(Question::WhichStep),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A time limit with what stands around it.
struct DutyDraft {
    start: usize,
    written: String,
    reading: Result<ParsedTerm, ExpressionFault>,
    text: String,
    clause: String,
    parties: (Option<Parties>, bool),
}

impl<'a> IndexedSpan<'a> {
    fn new(span: &'a TextSpan) -> Self {
        let places = span.text.char_indices().map(|(place, _)| place);
        let places = places.chain([span.text.len()]).collect();
        Self { span, places }
    }

    /// The text from one character until another, clipped to the span.
    fn between(&self, from: usize, until: usize) -> &'a str {
        let place = |index: usize| self.places.get(index).copied().unwrap_or(self.span.text.len());
        self.span.text.get(place(from)..place(until.max(from))).unwrap_or_default()
    }

    fn sentence_around(&self, finding: &TermMatch) -> String {
        let before = self.between(finding.start.saturating_sub(LONGEST_SENTENCE), finding.start);
        let after = self.between(finding.end, finding.end + LONGEST_SENTENCE);
        let start_of =
            |text: &str| text.rfind(is_stop).map_or(0, |place| place + first_length(text, place));
        let mut from = start_of(before);
        // a bracket belongs to the sentence before it: …全部入库。（区教委负责，10月底前完成）
        if before.get(from..).is_some_and(|own| own.starts_with(['（', '('])) {
            from = start_of(before.get(..from).unwrap_or_default().trim_end_matches(is_stop));
        }
        let until = after.find(is_stop).map_or(after.len(), |place| {
            if after.get(place..).is_some_and(|rest| rest.starts_with('\n')) {
                place
            } else {
                place + first_length(after, place)
            }
        });
        let written = self.between(finding.start, finding.end);
        let sentence =
            [before.get(from..), Some(written), after.get(..until)].into_iter().flatten();
        let sentence: String = sentence.collect();
        let sentence = sentence.trim();
        number_of(sentence).map_or(sentence, |(_, _, rest)| rest).trim().to_owned()
    }

    /// The sentence up to the end of a finding.
    fn clauses_until(&self, finding: &TermMatch) -> &'a str {
        let text = self.between(finding.start.saturating_sub(LONGEST_SENTENCE), finding.end);
        text.rsplit(is_stop).next().unwrap_or(text)
    }

    /// The opening of the bracket that character `from` stands in: （区教委负责，10月底前完成）.
    fn bracket_around(&self, from: usize) -> Option<usize> {
        let before = self.between(from.saturating_sub(LONGEST_SENTENCE), from);
        let mut closed = 0_usize;
        for (behind, character) in before.chars().rev().enumerate() {
            match character {
                '）' | ')' => closed += 1,
                '（' | '(' if closed == 0 => return Some(from - behind - 1),
                '（' | '(' => closed -= 1,
                _ => {}
            }
        }
        None
    }

    /// The end of the numbered item that character `from` stands in.
    fn end_of_item(&self, from: usize) -> usize {
        let rest = self.between(from, from + LONGEST_SENTENCE);
        let next = rest
            .match_indices('\n')
            .find(|(place, _)| rest.get(place + 1..).is_some_and(|line| number_of(line).is_some()));
        let length =
            next.map_or(rest, |(place, _)| rest.get(..place).unwrap_or_default()).chars().count();
        from + length
    }

    /// The number of the item above character `start`: 2 of 2．持续推进.
    fn item_before(&self, start: usize) -> String {
        let before = self.between(start.saturating_sub(LONGEST_SENTENCE * 4), start);
        let heads = before.rmatch_indices(['\n', '。']).map(|(place, mark)| place + mark.len());
        let heads = heads.chain([0]).filter_map(|place| before.get(place..));
        heads
            .filter_map(|head| number_of(head).or_else(|| start_of_item(head, before)))
            .find(|(level, ..)| *level >= Level::Item)
            .map_or_else(String::new, |(_, number, _)| number)
    }
}

/// A bare number right before the expression: 3．10月底前.
fn start_of_item<'t>(head: &'t str, _before: &str) -> Option<(Level, String, &'t str)> {
    let digits = head.trim_end().strip_suffix(['．', '.', '、'])?;
    let number: String = digits.chars().rev().take_while(char::is_ascii_digit).collect();
    let number: String = number.chars().rev().collect();
    (!number.is_empty() && number.len() <= 3).then_some((Level::Item, number, ""))
}

/// 季度检查, 按月: a period without a day in it.
fn names_a_period_only(finding: &TermMatch) -> bool {
    finding.parsed.as_ref().is_ok_and(|reading| reading.ambiguity == Some(Ambiguity::NoDayInPeriod))
}

fn is_stop(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '\n')
}

fn first_length(text: &str, place: usize) -> usize {
    text.get(place..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}
