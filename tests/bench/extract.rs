//! How long a document takes to read: a page count that offices have, and sizes that must stay in proportion.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops at the first surprise"
)]

use std::time::Instant;

use duban::intake::document::Document;
use duban::intake::extract::extract;

const SEEDS: [&str; 2] = [
    include_str!("../seeds/002_cc9e57af21d3afad.txt"),
    include_str!("../seeds/004_434dd7b64f93f40d.txt"),
];
/// A page of a printed document, in characters.
const PAGE: usize = 750;

/// Shapes of which each line could be compared with all lines before it.
const SHAPES: [(&str, &str); 4] = [
    ("label lines", "工作任务：甲\n完成时限：2026年6月底前\n责任单位：区教委\n\n"),
    ("one sentence", "各单位要在2026年6月底前完成，"),
    ("numbers", "一、\n（一）\n1.\n"),
    ("open brackets", "（（（（"),
];
/// How much longer ten times the text may take: ten times, and the noise of a machine in use.
const MOST_LONGER: f64 = 20.0;

fn main() {
    for (name, text) in SEEDS.map(|seed| ("a seed", seed)).into_iter().chain(SHAPES) {
        print_growth(name, text);
    }
    divan::main();
}

/// Prints how much longer ten times the text takes, and stops where that is out of proportion.
fn print_growth(name: &str, text: &str) {
    let seconds = |bytes| {
        let text = text_of(text, bytes);
        let once = || {
            let began = Instant::now();
            let _found = found_in(&text);
            began.elapsed().as_secs_f64()
        };
        (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    let growth = seconds(2_000_000) / seconds(200_000);
    println!("{name}: ten times the text takes {growth:.1} times as long");
    assert!(growth < MOST_LONGER, "{name} is not linear");
}

/// The seed, over and over, up to so many bytes.
fn text_of(seed: &str, bytes: usize) -> String {
    let times = bytes / seed.len() + 1;
    let mut text = seed.repeat(times);
    text.truncate(text.floor_char_boundary(bytes));
    text
}

fn found_in(text: &str) -> usize {
    let document = Document::read("a.txt", text.as_bytes()).unwrap();
    extract(&document, &[], None).duties.len()
}

#[divan::bench]
fn forty_pages(bencher: divan::Bencher<'_, '_>) {
    let text = text_of(SEEDS[0], 40 * PAGE * 3);
    bencher.bench(|| found_in(&text));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 3, sample_size = 1)]
fn a_table_of_bytes(bencher: divan::Bencher<'_, '_>, bytes: usize) {
    let text = text_of(SEEDS[0], bytes);
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| found_in(&text));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 3, sample_size = 1)]
fn a_flattened_page_of_bytes(bencher: divan::Bencher<'_, '_>, bytes: usize) {
    let text = text_of(SEEDS[1], bytes);
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| found_in(&text));
}
