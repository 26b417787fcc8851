//! Word documents and spreadsheets built by hand, as office programs save them.

use std::io::{Cursor, Write as _};

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
    body.push_str("<w:tbl><w:tblPr/>");
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
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())])
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
