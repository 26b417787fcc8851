//! Imports on record: `import list`.
//!
//! Must not know: the command line, what an import changed.

use serde::Serialize;

use super::dates::{minute, second};
use super::row::{Column, Row};
use crate::domain::moment::Moment;
use crate::storage::imports::ImportRecord;
use crate::words;
use crate::words::Lang;
use crate::workflows::import_obligations::{UndoObstacle, obstacle};

/// One import, and whether `undo --import` takes it back.
#[derive(Clone, Debug, Serialize)]
pub struct ImportRecordView {
    import: i64,
    list: String,
    file: String,
    at: String,
    by: String,
    added: i64,
    revised: i64,
    withdrawn: i64,
    undone_at: Option<String>,
    can_be_undone: bool,
    /// The later import that must be taken back first.
    changed_by: Option<i64>,
    #[serde(skip)]
    moment: Moment,
}

impl ImportRecordView {
    /// All imports, the newest first.
    pub fn all(imports: &[ImportRecord]) -> Vec<Self> {
        imports.iter().rev().map(|import| Self::of(import, imports)).collect()
    }

    fn of(import: &ImportRecord, imports: &[ImportRecord]) -> Self {
        let obstacle = obstacle(imports, import);
        Self {
            import: import.number,
            list: import.list.clone(),
            file: import.file.clone(),
            at: second(import.at),
            by: import.by.clone(),
            added: import.added,
            revised: import.revised,
            withdrawn: import.withdrawn,
            undone_at: import.undone_at.map(second),
            can_be_undone: obstacle.is_none(),
            changed_by: match obstacle {
                Some(UndoObstacle::ChangedBy { later }) => Some(later),
                Some(UndoObstacle::Undone) | None => None,
            },
            moment: import.at,
        }
    }

    fn undo(&self, lang: Lang) -> String {
        match self.changed_by {
            Some(later) => words!(lang, zh = "须先撤回{later}", en = "after {later}"),
            None if self.can_be_undone => lang.pick("可以", "yes").to_owned(),
            None => lang.pick("已撤回", "taken back").to_owned(),
        }
    }
}

impl Row for ImportRecordView {
    const KEYS: &'static [&'static str] = &[
        "import",
        "list",
        "file",
        "at",
        "by",
        "added",
        "revised",
        "withdrawn",
        "undone_at",
        "can_be_undone",
        "changed_by",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::number("导入", "Import", |it, _| it.import.to_string()),
            Column::whole("时间", "Time", |it, _| minute(it.moment)),
            Column::<Self>::whole("操作人", "By", |it, _| it.by.clone()).droppable(2),
            Column::text("清单", "List", |it, _| it.list.clone()),
            Column::<Self>::text("文件", "File", |it, _| it.file.clone()).droppable(1),
            Column::number("新增", "Added", |it, _| it.added.to_string()),
            Column::number("修改", "Revised", |it, _| it.revised.to_string()),
            Column::number("撤销", "Withdrawn", |it, _| it.withdrawn.to_string()),
            Column::whole("撤回", "Undo", Self::undo),
        ]
    }
}
