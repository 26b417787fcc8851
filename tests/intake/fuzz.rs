//! Readers against mutated input: nothing they are given may make them panic, hang or take memory without bound.
//!
//! Each run tries a few hundred mutations of the corpus, the same ones every time. For a long run by hand:
//! `DUBAN_FUZZ_SECONDS=600 cargo test --test all fuzz -- --nocapture`. An input that fails is printed; it belongs into
//! the corpus below, with the fault mended.

use std::time::{Duration, Instant};

use duban::domain::expression::{ParseContext, read, search};
use duban::intake::document::Document;
use duban::intake::extract::extract;
use duban::intake::{read_obligations, read_units};

use super::gold::seed_bytes;
use crate::support::office_files::{WordCell, archive, docx, xlsx};

const EXPRESSIONS: &[&str] = &[
    "2022年底前",
    "自形成或者变更之日起20个工作日内",
    "每季度末月20日前",
    "每年通过新闻发布形式开展政策解读不少于4次",
    "2022年11月1日至次年2月底",
    "每年6月、12月底前",
    ">=30d",
    "every:3mo@2-last",
    "2023-06-01..2023-09-30",
    "於１０月３１日前",
    "第二、三季度",
    "99999999999个工作日内",
    "每年99月前",
    "二〇二二年〇月",
    "每年次年24月底前",
    "0个月内",
];
const TABLES: &[&str] = &[
    "事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号\n甲,2022年底前,2022/6/17,乙;丙,丁、戊,,,,1\n",
    "单位,别名,上级单位,单位组,联系人,邮箱,职级\r\n甲,\"乙\r\n丙\",,,丁,a@b.cn,承办人\r\n",
    "title\twhen\tresponsible\n\"a\"\"b\"\t20wd\tc\n",
    "\u{feff}\"事项\",时限\n\"",
];
/// What a mutation may put in.
const TOKENS: &[&str] = &[
    "年",
    "月",
    "日",
    "前",
    "内",
    "每",
    "之日起",
    "个工作日",
    "至",
    "不少于",
    "2022",
    "十",
    "\"",
    ",",
    "\n",
    "\r\n",
    "\t",
    "|",
    "<w:tbl>",
    "</w:tbl>",
    "<w:tc>",
    "<w:gridSpan w:val=\"999999999\"/>",
    "<w:vMerge/>",
    "&#x110000;",
    "<!--",
    "\0",
    "\u{feff}",
    "（",
    "牵头",
    "；",
];

/// A generator whose numbers are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    /// One to four changes: a byte changed, a stretch dropped or doubled, a token put in, another item spliced on.
    fn mutated(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let until = (at + self.below(20)).min(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                1 => drop(bytes.drain(at..until)),
                2 => {
                    let doubled = bytes[at..until].to_vec();
                    bytes.splice(at..at, doubled);
                }
                3 => {
                    let token = TOKENS[self.below(TOKENS.len())];
                    bytes.splice(at..at, token.bytes());
                }
                _ => {
                    let other = &corpus[self.below(corpus.len())];
                    bytes.truncate(at);
                    bytes.extend(&other[self.below(other.len())..]);
                }
            }
        }
        bytes
    }
}

/// Tries mutations until the time is over, or a fixed number of them.
pub(crate) fn fuzz(
    name: &str,
    tries: usize,
    corpus: &[Vec<u8>],
    target: impl Fn(&[u8]) + std::panic::RefUnwindSafe,
) {
    let seconds = seconds();
    let began = Instant::now();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut done = 0;
    while seconds.map_or(done < tries, |seconds| began.elapsed() < Duration::from_secs(seconds)) {
        let input = chance.mutated(corpus);
        let held = std::panic::catch_unwind(|| target(&input));
        assert!(held.is_ok(), "{name} fails on {:?}", String::from_utf8_lossy(&input));
        done += 1;
    }
    println!("{name}: {done} inputs in {:?}", began.elapsed());
}

/// How long each target of a run by hand is tried.
#[expect(clippy::disallowed_methods, reason = "an option of a test run, not of the program")]
fn seconds() -> Option<u64> {
    std::env::var("DUBAN_FUZZ_SECONDS").ok().map(|seconds| seconds.parse().unwrap())
}

pub(crate) fn texts(corpus: &[&str]) -> Vec<Vec<u8>> {
    corpus.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn the_fuzzed_expression_reader_holds() {
    fuzz("expression", 2000, &texts(EXPRESSIONS), |input| {
        let text = String::from_utf8_lossy(input);
        for year in [None, Some(2022), Some(i16::MAX)] {
            let _read = read(&text, &ParseContext { year });
            let _found = search(&text, &ParseContext { year });
        }
    });
}

#[test]
fn the_fuzzed_table_reader_holds() {
    fuzz("tables", 500, &texts(TABLES), |input| {
        let _units = read_units("a.csv", input, &[]);
        let _obligations = read_obligations("a.csv", input, Some(2022));
        document("a.csv", input);
    });
}

#[test]
fn the_fuzzed_text_and_page_readers_hold() {
    let seed = seed_bytes("002_cc9e57af21d3afad.txt");
    let page =
        "<table><tr><td rowspan=3>甲<td colspan='2'>2022年底前&nbsp;</tr></table>（区教委牵头）";
    let corpus =
        [seed[6000..9000].to_vec(), page.as_bytes().to_vec(), b"| a | b |\n|---|---|\n".to_vec()];
    fuzz("text", 200, &corpus, |input| {
        // a cut in the middle of a character would end every mutation at the decoder
        let text = String::from_utf8_lossy(input);
        document("a.txt", text.as_bytes());
        document("a.html", text.as_bytes());
    });
}

#[test]
fn the_fuzzed_word_reader_holds() {
    let cell =
        |text: &str, columns, continues| WordCell { text: text.to_owned(), columns, continues };
    let header = ["任务", "举措", "牵头单位", "责任单位"].map(|text| cell(text, 1, false)).to_vec();
    let row =
        vec![cell("一、", 1, true), cell("2022年底前\n完成", 2, false), cell("区教委", 1, false)];
    let whole = docx(&["关于2022年的通知"], &[header, row]);
    let mut reader = zip::ZipArchive::new(std::io::Cursor::new(&whole)).unwrap();
    let mut part = String::new();
    std::io::Read::read_to_string(&mut reader.by_name("word/document.xml").unwrap(), &mut part)
        .unwrap();
    fuzz("docx, inside", 300, &[part.into_bytes()], |input| {
        document("a.docx", &archive(&[("word/document.xml", input)]));
    });
    fuzz("docx, outside", 300, &[whole], |input| document("a.docx", input));
}

#[test]
fn the_fuzzed_old_spreadsheet_reader_holds() {
    let whole = include_bytes!("fixtures/seed-002.xls").to_vec();
    fuzz("xls", 60, &[whole], |input| document("a.xls", input));
}

#[test]
fn the_fuzzed_spreadsheet_reader_holds() {
    let rows = [
        ["工作任务", "责任单位", "完成时限"],
        ["甲", "区教委", "2022年底前"],
        ["甲", "区司法局", "10月底前"],
    ];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let whole = xlsx("2022年", &rows, 1);
    let mut reader = zip::ZipArchive::new(std::io::Cursor::new(&whole)).unwrap();
    let mut parts = Vec::new();
    for index in 0..reader.len() {
        let mut part = reader.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        parts.push((name, content));
    }
    for mutated in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"] {
        let corpus = [parts.iter().find(|(name, _)| name == mutated).unwrap().1.clone()];
        fuzz(mutated, 60, &corpus, |input| {
            let with = |(name, content): &'_ (String, Vec<u8>)| {
                let content = if name == mutated { input.to_vec() } else { content.clone() };
                (name.clone(), content)
            };
            let parts: Vec<_> = parts.iter().map(with).collect();
            let parts: Vec<_> =
                parts.iter().map(|(name, part)| (name.as_str(), part.as_slice())).collect();
            let workbook = archive(&parts);
            document("a.xlsx", &workbook);
            let _units = read_units("a.xlsx", &workbook, &[]);
            let _obligations = read_obligations("a.xlsx", &workbook, Some(2022));
        });
    }
    fuzz("xlsx, outside", 200, &[whole], |input| document("a.xlsx", input));
}

fn document(name: &str, bytes: &[u8]) {
    if let Ok(document) = Document::read(name, bytes) {
        let _extraction = extract(&document, &["区教委".to_owned()], None);
    }
}
