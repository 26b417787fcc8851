//! A document as text with its paragraphs and tables.
//!
//! Must not know: kinds of files, what the text says.

use crate::domain::hidden::without_hidden;

/// Largest text a document may unpack to, in bytes.
pub(super) const LARGEST_TEXT: u64 = 16 * 1024 * 1024;
/// Most cells of all tables together.
pub(super) const MOST_CELLS: usize = 500_000;

/// The text of a document, and what stands where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The text as read: paragraphs on lines, cells between tabs.
    pub text: String,
    /// Paragraphs and tables in order.
    pub blocks: Vec<Block>,
    /// What the file hides or strikes out, which is not in `text`: rows of sheets, runs of paragraphs.
    pub removed: Vec<String>,
    /// Characters of `text`.
    pub(super) length: usize,
}

/// A paragraph or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(TextSpan),
    /// Rows of cells.
    Table(Vec<Vec<Cell>>),
}

/// A part of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextSpan {
    /// Its first character, counted from 0 in the document's text.
    pub start: usize,
    /// What it says; its line ends are those of the document's text.
    pub text: String,
}

impl TextSpan {
    /// The part from byte `from` until byte `until`, without white space at its ends; empty outside the text.
    #[must_use]
    pub fn part(&self, from: usize, until: usize) -> Self {
        let whole = self.text.get(from..until).unwrap_or_default();
        let text = whole.trim_start();
        let begin = from + whole.len() - text.len();
        let before = self.text.get(..begin).unwrap_or_default().chars().count();
        Self { start: self.start + before, text: text.trim_end().to_owned() }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says; empty when it is merged with the cell above.
    pub span: TextSpan,
    /// How the table marks that the cell above holds here too.
    pub merge: VerticalMerge,
}

/// Whether the cell above holds for a cell too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerticalMerge {
    /// Merged with it.
    Merged,
    /// The cell stands alone.
    #[default]
    Separate,
    /// The file has no merged cells: an empty cell may mean either.
    Unknown,
}

/// A cell on its way into a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawCell {
    pub(super) text: String,
    pub(super) merge: VerticalMerge,
}

impl Document {
    /// How many cells of its tables hold something.
    pub fn filled_cells(&self) -> usize {
        let tables = self.blocks.iter().filter_map(|block| match block {
            Block::Table(rows) => Some(rows),
            Block::Paragraph(_) => None,
        });
        tables.flatten().flatten().filter(|cell| !cell.span.text.is_empty()).count()
    }

    /// The same document with each character replaced; places stay.
    #[must_use]
    pub fn with_characters(&self, replaced: fn(char) -> char) -> Self {
        let text = |text: &str| text.chars().map(replaced).collect::<String>();
        let span = |span: &TextSpan| TextSpan { start: span.start, text: text(&span.text) };
        let cell = |cell: &Cell| Cell { span: span(&cell.span), merge: cell.merge };
        let row = |row: &Vec<Cell>| row.iter().map(cell).collect();
        let block = |block: &Block| match block {
            Block::Paragraph(paragraph) => Block::Paragraph(span(paragraph)),
            Block::Table(rows) => Block::Table(rows.iter().map(row).collect()),
        };
        let blocks = self.blocks.iter().map(block).collect();
        let removed = self.removed.iter().map(|removed| text(removed)).collect();
        Self { text: text(&self.text), blocks, removed, length: self.length }
    }

    /// Adds a paragraph on a line of its own.
    pub(super) fn push_paragraph(&mut self, text: &str) {
        let text = text.trim_end();
        if text.trim().is_empty() {
            return;
        }
        let span = self.push_span(text);
        self.push_text("\n");
        self.blocks.push(Block::Paragraph(span));
    }

    /// Adds a table, each row on a line of its own.
    pub(super) fn push_table(&mut self, rows: Vec<Vec<RawCell>>) {
        let mut table = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for RawCell { text, merge } in row {
                if !cells.is_empty() {
                    self.push_text("\t");
                }
                cells.push(Cell { span: self.push_span(text.trim()), merge });
            }
            self.push_text("\n");
            table.push(cells);
        }
        if !table.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }

    fn push_span(&mut self, text: &str) -> TextSpan {
        let start = self.length;
        // what nobody sees is no part of what the document says
        let text = without_hidden(text);
        self.push_text(&text);
        TextSpan { start, text: text.into_owned() }
    }

    fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        self.length += text.chars().count();
    }
}
