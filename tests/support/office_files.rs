//! Word documents and spreadsheets built by hand, as office programs save them.

use std::io::{Cursor, Write as _};

use duban::intake::document::{Block, Cell, Document};
use rust_xlsxwriter::{Format, Workbook};
use zip::write::SimpleFileOptions;

/// A cell of a table in a Word document.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordCell {
    /// Paragraphs, apart by line ends.
    pub(crate) text: String,
    /// Columns it spans; 0 counts as 1.
    pub(crate) columns: usize,
    /// Merged with the cell above.
    pub(crate) continues: bool,
}

/// A zip file with these parts.
pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A docx file with paragraphs above one table.
pub(crate) fn docx(paragraphs: &[&str], rows: &[Vec<WordCell>]) -> Vec<u8> {
    let mut body = String::new();
    for text in paragraphs {
        body.push_str(&paragraph(text));
    }
    body.push_str(&word_table(rows));
    word_file(&body)
}

/// A docx file with the paragraphs and tables of a document, in their order.
pub(crate) fn docx_of(document: &Document) -> Vec<u8> {
    let parts = document.blocks.iter().map(|block| match block {
        Block::Paragraph(span) => span.text.lines().map(paragraph).collect(),
        Block::Table(rows) => {
            let cell = |cell: &Cell| WordCell {
                text: cell.span.text.clone(),
                columns: 1,
                continues: false,
            };
            let rows: Vec<Vec<WordCell>> =
                rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            word_table(&rows)
        }
    });
    word_file(&parts.collect::<String>())
}

/// An xlsx file with each paragraph and each row of a table of a document in a row of its own.
pub(crate) fn xlsx_of(document: &Document) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut line = 0;
    for block in &document.blocks {
        let rows: Vec<Vec<String>> = match block {
            Block::Paragraph(span) => vec![vec![span.text.clone()]],
            Block::Table(rows) => {
                let width = rows.iter().map(Vec::len).max().unwrap_or_default();
                // a head over two columns stands in the first of them
                let wide = |row: &'_ Vec<Cell>| {
                    let mut texts: Vec<String> =
                        row.iter().map(|cell| cell.span.text.clone()).collect();
                    while texts.len() < width {
                        texts.insert(1.min(texts.len()), String::new());
                    }
                    texts
                };
                rows.iter().map(wide).collect()
            }
        };
        for row in rows {
            for (column, text) in (0_u16..).zip(row).filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(line, column, text).unwrap();
            }
            line += 1;
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn word_table(rows: &[Vec<WordCell>]) -> String {
    let mut body = "<w:tbl><w:tblPr/>".to_owned();
    for row in rows {
        body.push_str("<w:tr>");
        for cell in row {
            body.push_str("<w:tc><w:tcPr>");
            if cell.columns > 1 {
                body.extend(["<w:gridSpan w:val=\"", &cell.columns.to_string(), "\"/>"]);
            }
            body.push_str(if cell.continues {
                "<w:vMerge/>"
            } else {
                "<w:vMerge w:val=\"restart\"/>"
            });
            body.push_str("</w:tcPr>");
            cell.text.split('\n').for_each(|text| body.push_str(&paragraph(text)));
            body.push_str("</w:tc>");
        }
        body.push_str("</w:tr>");
    }
    body.push_str("</w:tbl>");
    body
}

fn word_file(body: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/word/document.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relations = "<?xml version=\"1.0\"?>\
                     <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                     <Relationship Id=\"r1\" Target=\"word/document.xml\" \
                     Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/>\
                     </Relationships>";
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", xml.as_bytes()),
    ])
}

/// A paragraph in two runs, as Word cuts them: a run may end in the middle of a date.
fn paragraph(text: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(place, _)| place);
    let (first, second) = text.split_at(middle);
    format!(
        "<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r><w:r><w:t>{}</w:t></w:r></w:p>",
        escaped(first),
        escaped(second)
    )
}

/// An xlsx file: a title over all columns, then the rows; equal neighbours in the first `merged` columns are one cell.
pub(crate) fn xlsx(title: &str, rows: &[Vec<String>], merged: usize) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    let width = u16::try_from(rows[0].len()).unwrap();
    sheet.merge_range(0, 0, 0, width - 1, title, &plain).unwrap();
    for column in 0..rows[0].len() {
        let at = u16::try_from(column).unwrap();
        let mut top = 0;
        while top < rows.len() {
            let same =
                rows[top..].iter().take_while(|row| row[column] == rows[top][column]).count();
            let bottom = if column < merged { top + same } else { top + 1 };
            let (first, last) = (u32::try_from(top + 1).unwrap(), u32::try_from(bottom).unwrap());
            let text = &rows[top][column];
            if last > first {
                sheet.merge_range(first, at, last, at, text, &plain).unwrap();
            } else {
                sheet.write_string(first, at, text).unwrap();
            }
            top = bottom;
        }
    }
    workbook.save_to_buffer().unwrap()
}
