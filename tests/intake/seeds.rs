//! The five seed documents: a floor under what is found in them, and nothing found that is not there.

use duban::intake::document::Document;

use super::gold::{GoldDuty, Score, gold, read, read_seed, score, seed_names};
use crate::support::office_files::{docx_of, xlsx_of};

fn scores() -> Vec<(String, Score)> {
    let gold = gold();
    let of = |name: &str| -> Vec<&GoldDuty> {
        gold.iter().filter(|duty| duty.document == name).collect()
    };
    let score_of = |name: String| {
        let (document, extraction) = read_seed(&name);
        let score = score(&of(&name), &document, &extraction);
        (name, score)
    };
    seed_names().into_iter().map(score_of).collect()
}

fn print(scores: &[(String, Score)]) {
    for (name, score) in scores {
        println!("{name}");
        for (kind, (all, hits)) in &score.by_kind {
            println!("  {kind:<11} {hits:>2} of {all:>2}");
        }
        println!("  missed {:?}, wrong {:?}", score.missed, score.wrong);
    }
}

#[test]
fn the_computable_duties_of_the_five_documents_are_found() {
    let scores = scores();
    print(&scores);
    let sum = |kind: Option<&str>| {
        let of_kind =
            |(found, _): &(&String, &(usize, usize))| kind.is_none_or(|kind| kind == *found);
        let counts = scores.iter().flat_map(|(_, score)| score.by_kind.iter().filter(of_kind));
        counts.fold((0, 0), |(all, hits), (_, (more, found))| (all + more, hits + found))
    };
    let (all, hits) = sum(None);
    assert_eq!(all, 50);
    assert!(hits >= 48, "{hits} of {all}");
    assert_eq!(sum(Some("fixed")), (20, 20));
    let wrong: Vec<_> = scores.iter().flat_map(|(_, score)| &score.wrong).collect();
    assert!(wrong.len() <= 5, "{wrong:?}");
}

fn made(document: &Document, form: &str) -> Vec<u8> {
    if form == "a.docx" { docx_of(document) } else { xlsx_of(document) }
}

/// The same documents as Word files and as spreadsheets, paragraph by paragraph and table by table.
#[test]
fn the_duties_of_the_five_documents_are_found_in_word_files_and_spreadsheets() {
    let gold = gold();
    for form in ["a.docx", "a.xlsx"] {
        let (mut hits, mut all, mut wrong) = (0, 0, Vec::new());
        for name in seed_names() {
            let (text, _) = read_seed(&name);
            let (document, extraction) = read(form, &made(&text, form));
            let of: Vec<&GoldDuty> = gold.iter().filter(|duty| duty.document == name).collect();
            let score = score(&of, &document, &extraction);
            for (of_kind, found) in score.by_kind.values() {
                all += of_kind;
                hits += found;
            }
            println!("{form} {name}: missed {:?}, wrong {:?}", score.missed, score.wrong);
            wrong.extend(score.wrong);
        }
        println!("{form}: {hits} of {all}, wrong {}", wrong.len());
        assert_eq!((hits, all), (50, 50), "{form}");
        assert!(wrong.is_empty(), "{form}: {wrong:?}");
    }
}

#[test]
fn lead_and_responsible_are_right_for_every_duty_of_the_two_whole_tables() {
    let gold = gold();
    for (name, score) in scores() {
        if !name.starts_with("002") && !name.starts_with("003") {
            continue;
        }
        for (id, read) in &score.found {
            let duty = gold.iter().find(|duty| duty.id == *id).unwrap();
            assert_eq!((&read.lead, &read.responsible), (&duty.lead, &duty.responsible), "{id}");
        }
    }
}
