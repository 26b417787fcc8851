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
/// Most units of one task. A list that goes on is asked about, like one that ends in 等.
const MOST_PARTIES: usize = 200;

/// What the paragraphs above tell about a paragraph.
#[derive(Default)]
pub(super) struct Headings {
    /// The headings the paragraph stands under, the outermost first.
    open: Vec<Heading>,
    /// What the last paragraph says to do; the labelled lines below belong to it.
    task: String,
    /// The parties of that task, as its own line and the labelled lines below it name them.
    task_parties: Parties,
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
    let own_labelled = parties::labelled_in(&span.text, known_names);
    let parties = if own_labelled.is_empty() {
        labelled_below(next, known_names).if_named()
    } else {
        own_labelled.clone().if_named()
    };
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
        headings.remember(span, &labels, own_labelled, context.parties.clone().or(own));
        return collector.collect(span, &context);
    };
    let first = labels.first().map_or(time.start, |label| label.start);
    let task = span.part(0, first);
    if !task.text.is_empty() {
        headings.remember(&task, &[], own_labelled, context.parties.clone().or(own));
        collector.collect(&span.part(0, time.start), &context);
    }
    let until = time.from + time.value.len();
    let of_task = DutyContext {
        clause: context.clause.clone(),
        parties: headings.task_parties.clone().if_named().or_else(|| context.parties.clone()),
        heading: None,
        is_prose: false,
        is_timed: false,
        units_are_guessed: false,
    };
    collector.collect_time_cell(&span.part(time.from, until), &headings.task, &of_task);
    collector.collect(&span.part(until, span.text.len()), &context);
}

/// The parties of the labelled lines below a paragraph, before the next numbered one.
fn labelled_below(next: &[Block], known_names: &KnownNames) -> Parties {
    let below = next.iter().take(LABEL_DISTANCE).map_while(|block| match block {
        Block::Paragraph(below) if number_of(&below.text).is_none() => Some(below),
        Block::Paragraph(_) | Block::Table(_) => None,
    });
    let lines = below.map(|below| {
        let labelled = parties::labelled_in(&below.text, known_names);
        if labelled.is_empty() {
            whole_bracket(below, known_names).unwrap_or_default()
        } else {
            labelled
        }
    });
    let mut parties = Parties::default();
    for line in lines.skip_while(Parties::is_empty).take_while(|line| !line.is_empty()) {
        merge(&mut parties, line);
    }
    parties
}

/// Adds the units that another line names, each once.
fn merge(parties: &mut Parties, line: Parties) {
    let add = |all: &mut Vec<String>, names: Vec<String>| {
        for name in names {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let is_cut = all.len() > MOST_PARTIES;
        all.truncate(MOST_PARTIES);
        is_cut
    };
    let leads_are_cut = add(&mut parties.lead, line.lead);
    let others_are_cut = add(&mut parties.responsible, line.responsible);
    parties.is_open |= line.is_open || leads_are_cut || others_are_cut;
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
        labelled: Parties,
        all: Option<Parties>,
    ) {
        if labels.first().is_some_and(|label| label.start == 0) {
            merge(&mut self.task_parties, labelled);
        } else {
            self.task.clone_from(&span.text);
            self.task_parties =
                if labelled.is_empty() { all.unwrap_or_default() } else { labelled };
        }
    }

    fn parties(&self) -> Option<Parties> {
        self.open.iter().rev().find_map(|heading| heading.parties.clone())
    }
}
