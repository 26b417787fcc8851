//! What the columns of a table were taken for, and what a person says they are (`--map 列=字段`).
//!
//! Must not know: which columns a kind of table has, the cells.

use crate::words;
use crate::words::{Lang, Say};

/// What a person says about one column: the header as written and the field it holds; an empty field leaves the column out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChoice {
    pub head: String,
    pub field: String,
}

/// How it was told what a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappedBy {
    /// The header is one of the declared names.
    Name,
    /// The header and the cells say so.
    Evidence,
    Person,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    pub head: String,
    /// The field by its Chinese name; `None` for a column that is not read.
    pub field: Option<&'static str>,
    pub by: MappedBy,
}

/// What each column was taken for, in the order of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMapping {
    pub columns: Vec<MappedColumn>,
}

impl ColumnMapping {
    /// True when every column has a declared name, so that there is nothing to say.
    pub fn is_by_names(&self) -> bool {
        self.columns.iter().all(|column| column.by == MappedBy::Name || column.head.is_empty())
    }

    /// The options that say the same.
    pub fn as_options(&self) -> String {
        let named = self.columns.iter().filter(|column| !column.head.is_empty());
        let options = named.map(|MappedColumn { head, field, .. }| {
            let head: String = head.split_whitespace().collect();
            format!("--map {head}={}", field.unwrap_or_default())
        });
        options.collect::<Vec<_>>().join(" ")
    }
}

/// One line: what was taken for what, and what is not read.
impl Say for ColumnMapping {
    fn say(&self, lang: Lang) -> String {
        let options = self.as_options();
        let unread = self.columns.iter().filter(|it| it.field.is_none() && !it.head.is_empty());
        let unread: Vec<&str> = unread.map(|it| it.head.as_str()).collect();
        let taken = words!(lang, zh = "列的对应：{options}", en = "columns: {options}");
        if unread.is_empty() {
            return taken;
        }
        let unread = lang.list(&unread);
        words!(lang, zh = "{taken}（未用：{unread}）", en = "{taken} (not read: {unread})")
    }
}

/// Reads `列=字段`.
pub fn read_choice(text: &str) -> Option<ColumnChoice> {
    let (head, field) = text.split_once(['=', '＝'])?;
    let (head, field) = (head.trim(), field.trim());
    (!head.is_empty()).then(|| ColumnChoice { head: head.to_owned(), field: field.to_owned() })
}
