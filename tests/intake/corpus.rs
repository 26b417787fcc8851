//! Documents of our own making in every file form, scored: limits, units, what is lost, what is found that is not there.
//!
//! The right answers (corpus/*.txt) were written before the documents were read. The floors are held; the scores are printed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use duban::intake::document::Document;
use duban::intake::extract::{ExtractedDuty, Extraction, TermValues, extract};

use super::table_probes::files;
use crate::support::office_files::docx;

pub(super) struct Sample {
    pub(super) name: String,
    pub(super) year: Option<i16>,
    pub(super) lines: Vec<String>,
    pub(super) wanted: Vec<Wanted>,
}

impl Sample {
    /// The lines as rows of a table, all as wide as the widest.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let cells = |line: &String| line.split('|').map(|it| it.trim().to_owned()).collect();
        let mut rows: Vec<Vec<String>> = self.lines.iter().map(cells).collect();
        let width = rows.iter().map(Vec::len).max().unwrap();
        for row in &mut rows {
            row.resize(width, String::new());
        }
        rows
    }
}

/// One right answer.
pub(super) struct Wanted {
    pub(super) term: String,
    lead: String,
    responsible: String,
    title: String,
}

#[derive(Default)]
struct Score {
    wanted: usize,
    right: usize,
    units_wanted: usize,
    units_right: usize,
    /// Neither a duty nor an undated word nor a question.
    lost: usize,
    /// Duties without a question that are not there.
    false_duties: usize,
}

pub(super) fn samples(file: &str) -> Vec<Sample> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/intake/corpus").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    // the head of the file explains it
    text.split("\n\n# ").skip(1).map(sample).collect()
}

fn sample(text: &str) -> Sample {
    let mut lines = text.lines();
    let mut sample = Sample {
        name: lines.next().unwrap().to_owned(),
        year: None,
        lines: Vec::new(),
        wanted: Vec::new(),
    };
    for line in lines.filter(|line| !line.trim().is_empty()) {
        if let Some(year) = line.strip_prefix("@year ") {
            sample.year = year.parse().ok();
        } else if let Some(answer) = line.strip_prefix("=>") {
            let mut cells = answer.split(';').map(|cell| cell.trim().to_owned());
            let mut next = || cells.next().unwrap_or_default();
            let (term, lead, responsible, title) = (next(), next(), next(), next());
            sample.wanted.push(Wanted { term, lead, responsible, title });
        } else {
            sample.lines.push(line.to_owned());
        }
    }
    sample
}

fn told(duty: &ExtractedDuty) -> String {
    let Ok(term) = &duty.term else { return "?".to_owned() };
    let values = TermValues::of(term);
    let amount = || {
        let unit = match values.unit {
            Some("working_day") => "wd",
            Some("calendar_day") => "d",
            Some("month") => "mo",
            Some("hour") => "h",
            _ => "y",
        };
        format!("{}{unit}", values.amount.unwrap_or_default())
    };
    match values.kind {
        "fixed" | "window" => values.due.unwrap().to_string(),
        "period" => amount(),
        "min_period" => format!(">={}", amount()),
        "recurring" => values.recurrence.unwrap(),
        "quota" => format!("quota:{}", values.count_per_year.unwrap()),
        other => other.to_owned(),
    }
}

impl Wanted {
    fn names_units(&self) -> bool {
        !self.lead.is_empty() || !self.responsible.is_empty()
    }

    fn has_units_of(&self, duty: &ExtractedDuty) -> bool {
        let (lead, responsible) = (duty.lead.join("、"), duty.responsible.join("、"));
        (self.lead.is_empty() || lead == self.lead)
            && (self.responsible.is_empty() || responsible == self.responsible)
    }
}

impl Score {
    fn add(&mut self, wanted: &[Wanted], extraction: &Extraction, faults: &mut Vec<String>) {
        let mut taken = vec![false; extraction.duties.len()];
        let mut undated = extraction.undated.len();
        for answer in wanted {
            self.wanted += 1;
            let free: Vec<usize> = (0..taken.len()).filter(|index| !taken[*index]).collect();
            let duty = |index: &usize| &extraction.duties[*index];
            let fits = |index: &usize| {
                duty(index).text.contains(&answer.title)
                    && (told(duty(index)) == answer.term
                        || matches!(answer.term.as_str(), "ask" | "undated")
                            && !duty(index).questions.is_empty())
            };
            let best = free.iter().find(|index| fits(index) && answer.has_units_of(duty(index)));
            let found = best.or_else(|| free.iter().find(|index| fits(index))).copied();
            if let Some(index) = found {
                taken[index] = true;
                self.right += 1;
                if answer.names_units() {
                    self.units_wanted += 1;
                    if answer.has_units_of(duty(&index)) {
                        self.units_right += 1;
                    } else {
                        let (lead, responsible) = (&duty(&index).lead, &duty(&index).responsible);
                        faults.push(format!("units of {}: {lead:?} {responsible:?}", answer.term));
                    }
                }
            } else if matches!(answer.term.as_str(), "ask" | "undated") && undated > 0 {
                undated -= 1;
                self.right += 1;
            } else {
                faults.push(format!("not {} {}", answer.term, answer.title));
                // a row is lost when nothing speaks for it: no duty is left, no undated word, nothing unread
                let speaks =
                    !free.is_empty() || undated > 0 || !extraction.account.unread.is_empty();
                self.lost += usize::from(!speaks);
            }
        }
        for (duty, _) in extraction.duties.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            if duty.questions.is_empty() {
                self.false_duties += 1;
            }
            faults.push(format!("also {} {} {:?}", duty.written, told(duty), duty.questions));
        }
    }
}

fn read(sample: &Sample, name: &str, bytes: &[u8]) -> Extraction {
    extract(&Document::read(name, bytes).unwrap(), &[], sample.year)
}

/// Prints the scores by file form, and what is wrong once for each document.
fn score(
    scores: &mut BTreeMap<String, Score>,
    samples: &[Sample],
    forms: impl Fn(&Sample) -> Vec<(String, Vec<u8>)>,
) {
    for sample in samples {
        let mut said = String::new();
        for (name, bytes) in forms(sample) {
            let mut faults = Vec::new();
            let extraction = read(sample, &name, &bytes);
            scores.entry(name.clone()).or_default().add(&sample.wanted, &extraction, &mut faults);
            let faults = faults.join("; ");
            if !faults.is_empty() && faults != said {
                println!("{} ({name}): {faults}", sample.name);
                said = faults;
            }
        }
    }
    for (name, score) in scores.iter() {
        let Score { wanted, right, units_wanted, units_right, lost, false_duties } = score;
        println!(
            "{name:<8} limits {right}/{wanted}, units {units_right}/{units_wanted}, lost {lost}, false {false_duties}"
        );
    }
}

fn holds(scores: &BTreeMap<String, Score>) {
    for (name, score) in scores {
        assert_eq!(score.lost, 0, "{name}");
        assert_eq!(score.false_duties, 0, "{name}");
        assert!(
            score.right * 100 >= score.wanted * 97,
            "{name}: {} of {}",
            score.right,
            score.wanted
        );
        assert!(
            score.units_right * 100 >= score.units_wanted * 95,
            "{name}: {} of {}",
            score.units_right,
            score.units_wanted
        );
    }
}

#[test]
fn tables_of_our_own_are_read_right_in_every_file_form() {
    let mut scores = BTreeMap::new();
    score(&mut scores, &samples("tables.txt"), |sample| {
        files(&sample.rows()).into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
    });
    holds(&scores);
}

#[test]
fn texts_of_our_own_are_read_right_as_text_word_and_web_page() {
    let mut scores = BTreeMap::new();
    score(&mut scores, &samples("texts.txt"), |sample| {
        let lines: Vec<&str> = sample.lines.iter().map(String::as_str).collect();
        let page = format!("<html><body><p>{}</p></body></html>", lines.join("</p><p>"));
        vec![
            ("a.txt".to_owned(), lines.join("\n").into_bytes()),
            ("a.docx".to_owned(), docx(&lines, &[])),
            ("a.html".to_owned(), page.into_bytes()),
        ]
    });
    holds(&scores);
}
