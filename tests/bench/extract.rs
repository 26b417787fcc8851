//! How long a document takes to read: a page count that offices have, and sizes that must stay in proportion.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use duban::intake::document::Document;
use duban::intake::extract::extract;

const SEEDS: [&str; 2] = [
    include_str!("../seeds/002_cc9e57af21d3afad.txt"),
    include_str!("../seeds/004_434dd7b64f93f40d.txt"),
];
/// A page of a printed document, in characters.
const PAGE: usize = 750;

fn main() {
    divan::main();
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
