//! Word documents: paragraphs, and tables with cells merged across and down.
//!
//! Reads `word/document.xml` and nothing else. Deleted text of tracked changes, the second copy of text boxes and
//! comments are left out; what is struck out or hidden is kept apart. Must not know: what the text says.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::fault::DocumentFault;
use super::model::{Document, LARGEST_TEXT, MOST_CELLS, RawCell, VerticalMerge};

const DAMAGED: DocumentFault = DocumentFault::Damaged { part: "word/document.xml" };
/// Most columns a cell may span.
const WIDEST_SPAN: usize = 64;

/// Reads a docx file.
pub(super) fn read(bytes: &[u8]) -> Result<Document, DocumentFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let part = archive.by_name("word/document.xml").map_err(|_| DAMAGED)?;
    // the declared size can lie, so what really comes out is counted
    let mut limited = part.take(LARGEST_TEXT + 1);
    let document = parse(BufReader::new(&mut limited));
    if limited.limit() == 0 {
        return Err(DocumentFault::ExpandsTooFar { limit: LARGEST_TEXT });
    }
    document
}

fn parse(input: impl BufRead) -> Result<Document, DocumentFault> {
    let mut reader = Reader::from_reader(input);
    let mut body = Body::default();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(tag) if is_left_out(&tag) => {
                let end = tag.to_end().into_owned();
                let mut skipped = Vec::new();
                reader.read_to_end_into(end.name(), &mut skipped).map_err(|_| DAMAGED)?;
            }
            Event::Start(tag) => body.open(&tag),
            Event::Empty(tag) => body.empty(&tag),
            Event::End(tag) => body.close(tag.local_name().as_ref())?,
            Event::Text(text) => body.text(&text.xml10_content()),
            Event::GeneralRef(entity) => body.text(&character_of(&entity)),
            Event::Eof => return Ok(body.document),
            Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
        buffer.clear();
    }
}

fn is_left_out(tag: &BytesStart<'_>) -> bool {
    matches!(tag.local_name().as_ref(), "Fallback" | "del" | "moveFrom" | "instrText" | "pict")
}

fn character_of(entity: &quick_xml::events::BytesRef<'_>) -> String {
    match entity.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => match &**entity {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => "",
        }
        .to_owned(),
    }
}

/// The document as far as it is read.
#[derive(Default)]
struct Body {
    document: Document,
    paragraph: String,
    /// Text of the paragraph that is struck out or hidden.
    removed: String,
    is_struck: bool,
    in_text: bool,
    /// Open tables, the outermost first; what stands in an inner one joins its cell's text.
    depth: usize,
    rows: Vec<Vec<RawCell>>,
    row: Vec<RawCell>,
    cell: RawCell,
    columns: usize,
    cells: usize,
}

impl Body {
    fn open(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "tbl" => self.depth += 1,
            "tc" if self.depth == 1 => {
                self.cell = RawCell::default();
                self.columns = 1;
            }
            "t" => self.in_text = true,
            "r" => self.is_struck = false,
            _ => self.empty(tag),
        }
    }

    fn empty(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "gridSpan" if self.depth == 1 => {
                let columns = attribute(tag).and_then(|columns| columns.parse().ok()).unwrap_or(1);
                self.columns = usize::clamp(columns, 1, WIDEST_SPAN);
            }
            "vMerge"
                if self.depth == 1 && attribute(tag).is_none_or(|value| value != "restart") =>
            {
                self.cell.merge = VerticalMerge::Merged;
            }
            "strike" | "dstrike" | "vanish" => {
                self.is_struck =
                    attribute(tag).is_none_or(|value| !matches!(value.as_str(), "0" | "false"));
            }
            "tab" => self.paragraph.push(' '),
            "br" | "cr" => self.paragraph.push('\n'),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            let target = if self.is_struck { &mut self.removed } else { &mut self.paragraph };
            target.push_str(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), DocumentFault> {
        match name {
            "t" => self.in_text = false,
            "p" => self.close_paragraph(),
            "tc" if self.depth == 1 => self.close_cell()?,
            "tr" if self.depth == 1 => self.rows.push(std::mem::take(&mut self.row)),
            "tbl" => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    let rows = std::mem::take(&mut self.rows);
                    self.document.push_table(rows);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let removed = std::mem::take(&mut self.removed);
        self.is_struck = false;
        if !removed.trim().is_empty() {
            self.document.removed.push(removed.trim().to_owned());
        }
        if self.depth == 0 {
            self.document.push_paragraph(&paragraph);
        } else if !paragraph.trim().is_empty() {
            if !self.cell.text.is_empty() {
                self.cell.text.push('\n');
            }
            self.cell.text.push_str(paragraph.trim());
        }
    }

    /// A cell across several columns stands in the first of them; the others repeat it as empty cells.
    fn close_cell(&mut self) -> Result<(), DocumentFault> {
        let cell = std::mem::take(&mut self.cell);
        let merge = cell.merge;
        self.row.push(cell);
        self.row.extend((1..self.columns).map(|_| RawCell { text: String::new(), merge }));
        self.cells += self.columns;
        if self.cells > MOST_CELLS {
            return Err(DocumentFault::TooManyCells { limit: MOST_CELLS });
        }
        Ok(())
    }
}

/// The attribute `w:val`, whatever its prefix.
fn attribute(tag: &BytesStart<'_>) -> Option<String> {
    let value = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == "val")?;
    Some(value.value.into_owned())
}
