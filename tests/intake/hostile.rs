//! Files that are no documents, or worse: each is refused by name, in bounded memory.

use duban::intake::LARGEST_FILE;
use duban::intake::document::{Block, Document, DocumentFault, ForeignKind, VerticalMerge};
use duban::intake::extract::extract;

use crate::support::office_files::{WordCell, archive, docx};

fn fault(name: &str, bytes: &[u8]) -> DocumentFault {
    Document::read(name, bytes).unwrap_err()
}

#[test]
fn what_is_no_document_is_called_what_it_is() {
    assert_eq!(fault("a.txt", b""), DocumentFault::Empty);
    assert_eq!(fault("a.txt", " \n\t\n".as_bytes()), DocumentFault::Empty);
    assert_eq!(fault("a.docx", b"%PDF-1.7"), DocumentFault::Foreign(ForeignKind::Pdf));
    let ofd = archive(&[("OFD.xml", b"<ofd:OFD/>")]);
    assert_eq!(fault("a.ofd", &ofd), DocumentFault::OtherKind { kind: "OFD", instead: "docx" });
    let sheet = archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")]);
    assert_eq!(fault("a.ods", &sheet), DocumentFault::Foreign(ForeignKind::OpenSheet));
    assert_eq!(fault("a.docx", b"PK\x03\x04"), DocumentFault::Damaged { part: "zip" });
    assert_eq!(fault("a.txt", b"\xff\xff\xff"), DocumentFault::NotText { at: 0, line: 1 });
    let other = archive(&[("readme.txt", b"hello")]);
    assert_eq!(fault("a.docx", &other), DocumentFault::OtherKind { kind: "ZIP", instead: "docx" });
    let word = docx(&["2022年底前完成"], &[]);
    assert!(matches!(fault("a.docx", &word[..word.len() / 2]), DocumentFault::Damaged { .. }));
    let empty = docx(&[], &[vec![WordCell::default()]]);
    assert_eq!(fault("a.docx", &empty), DocumentFault::Empty);
}

#[test]
fn an_encrypted_file_is_told_from_an_old_one() {
    let compound_file = |stream: &str| -> Vec<u8> {
        let name = stream.encode_utf16().flat_map(u16::to_le_bytes);
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
            .into_iter()
            .chain([0; 600])
            .chain(name)
            .collect()
    };
    assert_eq!(fault("a.docx", &compound_file("EncryptedPackage")), DocumentFault::Encrypted);
    assert_eq!(
        fault("a.doc", &compound_file("WordDocument")),
        DocumentFault::Foreign(ForeignKind::Word)
    );
    assert!(matches!(fault("a.xls", &compound_file("Workbook")), DocumentFault::Damaged { .. }));
}

#[test]
fn a_file_that_unpacks_without_end_is_refused() {
    let filling = vec![b'a'; 80 * 1024 * 1024];
    let mut xml = b"<w:document><w:body><w:p><w:r><w:t>".to_vec();
    xml.extend(&filling);
    let bomb = archive(&[("word/document.xml", &xml)]);
    assert!(bomb.len() < 1024 * 1024, "the trap itself is small");
    assert!(matches!(fault("a.docx", &bomb), DocumentFault::ExpandsTooFar { .. }));
    let bomb = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &filling)]);
    assert!(matches!(fault("a.xlsx", &bomb), DocumentFault::ExpandsTooFar { .. }));
    let large = vec![b'a'; LARGEST_FILE + 1];
    let (bytes, limit) = (large.len(), LARGEST_FILE);
    assert_eq!(fault("a.txt", &large), DocumentFault::TooLarge { bytes, limit });
}

#[test]
fn two_cells_far_apart_cost_two_cells() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "2022年底前完成").unwrap();
    sheet.write_string(1_000_000, 16_000, "x").unwrap();
    let document = Document::read("a.xlsx", &workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(document.text.trim(), "2022年底前完成");
}

/// The fixture has six cells in five kilobytes; read as the crate reads it, its sheets would fill a gigabyte.
#[test]
fn an_old_spreadsheet_that_spans_its_sheets_is_refused_before_it_is_spread_out() {
    let trap = include_bytes!("fixtures/far-corners.xls");
    assert!(matches!(fault("a.xls", trap), DocumentFault::TooManyCells { .. }));
}

/// Each of these once cost its length squared.
#[test]
fn a_page_without_a_stop_is_read_in_one_pass() {
    for page in ["：", "（", "等", "责任单位：", "区教委（", "区", "第", "、", "每月5日、"]
    {
        let text = page.repeat(300_000 / page.len());
        let document = Document::read("a.txt", text.as_bytes()).unwrap();
        let _extraction = extract(&document, &["区教委".to_owned()], None);
        let row = format!("任务\t责任单位\t完成时限\n甲\t{text}\t2022年底前\n");
        let table = Document::read("a.txt", row.as_bytes()).unwrap();
        assert_eq!(extract(&table, &["区教委".to_owned()], None).duties.len(), 1, "{page}");
    }
}

/// Thirty bytes of markup made sixty-four cells; a file of 32 MB filled the memory.
#[test]
fn cells_are_bounded_in_pages_tables_and_texts() {
    let page = format!("<table><tr>{}", "<td colspan=64>x".repeat(10_000));
    let reaching =
        format!("<table><tr>{}", "<td rowspan=64>x".repeat(10_000)) + &"<tr><td>x".repeat(300);
    let commas = format!("{}\n", ",".repeat(600_000));
    let bars = format!("{}\n", "|".repeat(600_000));
    for (name, text) in [("a.html", page), ("a.html", reaching), ("a.csv", commas), ("a.txt", bars)]
    {
        let found = fault(name, text.as_bytes());
        assert!(matches!(found, DocumentFault::TooManyCells { .. }), "{name}: {found:?}");
    }
}

/// A column that holds 区区区 and 区区区区 made every cell of them a riddle with as many answers as it has parts.
#[test]
fn names_that_can_be_parted_in_many_ways_are_parted_at_once() {
    let row = |unit: &str| format!("甲\t{unit}\t2022年底前\n");
    let riddle = format!("{}x", "区".repeat(150));
    let text =
        format!("任务\t责任单位\t完成时限\n{}{}{}", row("区区区"), row("区区区区"), row(&riddle));
    let document = Document::read("a.txt", text.as_bytes()).unwrap();
    assert_eq!(extract(&document, &[], None).duties.len(), 3);
}

/// A long paragraph broken into lines was counted again for every line, and a sheet's merged areas for every cell.
#[test]
fn what_is_merged_and_what_is_wrapped_is_looked_at_once() {
    let wrapped = format!("{}\n", "任务分工明确责任落实到位持续推进，".repeat(3)).repeat(20_000);
    let cell = format!("\t任务\n\t{wrapped}");
    for text in [&wrapped, &cell] {
        assert_eq!(Document::read("a.txt", text.as_bytes()).unwrap().blocks.len(), 1);
    }
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    for top in (0..30_000_u32).step_by(2) {
        sheet.merge_range(top, 0, top + 1, 0, "区教委", &plain).unwrap();
        sheet.write_string(top + 1, 5, "x").unwrap();
    }
    let document = Document::read("a.xlsx", &workbook.save_to_buffer().unwrap()).unwrap();
    let [Block::Table(rows)] = &document.blocks[..] else { panic!() };
    let merged = rows.iter().filter(|row| row[0].merge == VerticalMerge::Merged).count();
    assert_eq!((rows.len(), merged), (30_000, 15_000));
}
