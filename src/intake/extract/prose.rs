//! Duties from paragraphs: headings, brackets behind the sentence, labelled lines below it, subjects.
//!
//! Must not know: tables.

use super::super::document::{Block, TextSpan};
use super::duties::{DutyCollector, DutyContext};
use super::names::KnownNames;
use super::numbering::{Level, number_of};
use super::parties::{self, LabelledValue, Parties};
use super::words::TIME_LABELS;

/// How many paragraphs below a duty a labelled line may stand that still belongs to it.
const LABEL_DISTANCE: usize = 3;
/// Longest paragraph that is a heading, in characters.
const LONGEST_HEADING: usize = 60;

/// What the paragraphs above tell about a paragraph.
#[derive(Default)]
pub(super) struct Headings {
    /// The headings the paragraph stands under, the outermost first.
    open: Vec<Heading>,
    /// What the last paragraph says to do; the labelled lines below belong to it.
    task: String,
    /// The parties of that task.
    task_parties: Option<Parties>,
}

struct Heading {
    level: Level,
    number: String,
    parties: Option<Parties>,
}

/// Reads the duties of one paragraph; `next` are the blocks below it.
pub(super) fn read(
    span: &TextSpan,
    next: &[Block],
    headings: &mut Headings,
    collector: &mut DutyCollector<'_>,
) {
    let known_names = collector.known_names();
    let own = parties::in_brackets(&span.text, known_names);
    if let Some((level, number, _)) = number_of(&span.text) {
        let is_heading = span.text.chars().count() <= LONGEST_HEADING;
        headings.enter(level, number, own.clone().filter(|_| is_heading));
    }
    let labelled = || {
        let below = next.iter().take(LABEL_DISTANCE).map_while(|block| match block {
            Block::Paragraph(below) if number_of(&below.text).is_none() => Some(below),
            Block::Paragraph(_) | Block::Table(_) => None,
        });
        below.into_iter().find_map(|below| {
            parties::labelled(&below.text, known_names)
                .or_else(|| whole_bracket(below, known_names))
        })
    };
    let parties = parties::labelled(&span.text, known_names).or_else(labelled);
    let context = DutyContext {
        clause: headings.clause(),
        parties,
        heading: headings.parties(),
        is_prose: true,
        is_timed: false,
        units_are_guessed: false,
    };
    let labels = parties::labels_in(&span.text);
    let Some(time) = labels.iter().find(|label| is_time_label(label)) else {
        headings.remember(span, &labels, context.parties.clone().or(own));
        return collector.collect(span, &context);
    };
    let first = labels.first().map_or(time.start, |label| label.start);
    let task = span.part(0, first);
    if !task.text.is_empty() {
        headings.remember(&task, &[], context.parties.clone().or(own));
        collector.collect(&span.part(0, time.start), &context);
    }
    let until = time.from + time.value.len();
    let of_task = DutyContext {
        clause: context.clause.clone(),
        parties: context.parties.clone().or_else(|| headings.task_parties.clone()),
        heading: None,
        is_prose: false,
        is_timed: false,
        units_are_guessed: false,
    };
    collector.collect_time_cell(&span.part(time.from, until), &headings.task, &of_task);
    collector.collect(&span.part(until, span.text.len()), &context);
}

fn is_time_label(label: &LabelledValue<'_>) -> bool {
    TIME_LABELS.iter().any(|words| label.label.ends_with(words))
}

/// The parties of a paragraph that is one bracket: （区教委牵头，区财政局配合）.
fn whole_bracket(span: &TextSpan, known_names: &KnownNames) -> Option<Parties> {
    let text = span.text.trim();
    let is_bracket = text.starts_with(['（', '(']) && text.ends_with(['）', ')']);
    is_bracket.then(|| parties::in_brackets(text, known_names)).flatten()
}

impl Headings {
    fn enter(&mut self, level: Level, number: String, parties: Option<Parties>) {
        self.open.retain(|above| above.level < level);
        self.open.push(Heading { level, number, parties });
    }

    /// The numbers of chapter and section: 三、（十）. Numbers of items are read from the paragraph itself.
    fn clause(&self) -> String {
        let outer = self.open.iter().filter(|heading| heading.level <= Level::Section);
        outer.map(|heading| heading.number.as_str()).collect()
    }

    /// Remembers what a paragraph says to do and by whom; a labelled line only adds its parties.
    fn remember(
        &mut self,
        span: &TextSpan,
        labels: &[LabelledValue<'_>],
        parties: Option<Parties>,
    ) {
        let is_line_of_labels = labels.first().is_some_and(|label| label.start == 0);
        if !is_line_of_labels {
            self.task.clone_from(&span.text);
            self.task_parties = None;
        }
        self.task_parties = parties.or_else(|| self.task_parties.take());
    }

    fn parties(&self) -> Option<Parties> {
        self.open.iter().rev().find_map(|heading| heading.parties.clone())
    }
}
