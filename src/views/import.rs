//! What an import does to a list: its JSON, and the lines that people read.
//!
//! Must not know: the command line, how rows are compared.

use jiff::civil::Date;
use serde::Serialize;

use crate::words;
use crate::words::{Lang, Say as _};
use crate::workflows::import_obligations::{
    ChangedRow, Comparison, Doubt, FieldChange, GoneDuty, ListComparison, Named, Pair, Resemblance,
    Side, Undone,
};

/// Names listed in one line of text; JSON has up to a thousand.
const IN_A_LINE: usize = 10;
/// Rows described one by one in text.
const IN_LINES: usize = 50;

/// An import of one list.
#[derive(Debug, Serialize)]
pub struct ImportView<'a> {
    list: &'a str,
    file: &'a str,
    /// The number that `undo --import` takes; nothing when nothing was written.
    import: Option<i64>,
    rows: usize,
    added: usize,
    added_refs: &'a [String],
    revised: usize,
    changes: Vec<ChangeView<'a>>,
    unchanged: usize,
    gone: Vec<GoneView<'a>>,
    withdrawn: bool,
    suspicious: Vec<PairView<'a>>,
    similar: Vec<PairView<'a>>,
    resembles: Option<&'a str>,
    dated: usize,
    undated: &'a [String],
    late: Vec<LateView<'a>>,
    ended: &'a [String],
    beside: &'a [String],
}

#[derive(Debug, Serialize)]
struct ChangeView<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    fields: Vec<FieldView<'a>>,
}

#[derive(Debug, Serialize)]
struct FieldView<'a> {
    field: &'static str,
    before: &'a str,
    after: &'a str,
}

#[derive(Debug, Serialize)]
struct GoneView<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    due: Option<Date>,
}

#[derive(Debug, Serialize)]
struct LateView<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    due: Date,
}

#[derive(Debug, Serialize)]
struct PairView<'a> {
    line: usize,
    #[serde(rename = "ref")]
    reference: &'a str,
    why: &'static str,
    ledger: SideView<'a>,
    row: SideView<'a>,
}

#[derive(Debug, Serialize)]
struct SideView<'a> {
    title: &'a str,
    when: &'a str,
    due: Option<Date>,
    units: &'a [String],
}

impl<'a> ImportView<'a> {
    /// The lists of an import.
    pub fn all(comparison: &'a Comparison) -> Vec<Self> {
        comparison.lists.iter().map(Self::of).collect()
    }

    fn of(list: &'a ListComparison) -> Self {
        Self {
            list: &list.list,
            file: &list.file,
            import: list.number,
            rows: list.rows,
            added: list.added.count,
            added_refs: &list.added.first,
            revised: list.changed.count,
            changes: list.changed.first.iter().map(ChangeView::of).collect(),
            unchanged: list.unchanged,
            gone: list.gone.first.iter().map(GoneView::of).collect(),
            withdrawn: list.withdraws_gone,
            suspicious: list.suspicious.iter().map(PairView::of).collect(),
            similar: list.similar.iter().map(PairView::of).collect(),
            resembles: list.resembles.as_ref().map(|it| it.list.as_str()),
            dated: list.dated,
            undated: &list.undated.first,
            late: list
                .late
                .first
                .iter()
                .map(|(reference, due)| LateView { reference, due: *due })
                .collect(),
            ended: &list.ended,
            beside: &list.beside,
        }
    }
}

impl<'a> ChangeView<'a> {
    fn of(ChangedRow { reference, title, fields }: &'a ChangedRow) -> Self {
        let fields = fields.iter().map(|FieldChange { field, before, after }| FieldView {
            field: field.word(),
            before,
            after,
        });
        Self { reference, title, fields: fields.collect() }
    }
}

impl<'a> GoneView<'a> {
    fn of(GoneDuty { reference, title, due }: &'a GoneDuty) -> Self {
        Self { reference, title, due: *due }
    }
}

impl<'a> PairView<'a> {
    fn of(Pair { line, reference, why, known, row }: &'a Pair) -> Self {
        let why = match why {
            Doubt::OtherDuty => "other-duty",
            Doubt::Closed | Doubt::ClosedOther => "closed",
            Doubt::Withdrawn => "withdrawn",
            Doubt::Similar => "similar",
        };
        Self { line: *line, reference, why, ledger: SideView::of(known), row: SideView::of(row) }
    }
}

impl<'a> SideView<'a> {
    fn of(Side { title, term, due, units }: &'a Side) -> Self {
        Self { title, when: term, due: *due, units }
    }
}

/// What an import of a list did, or would do: one fact a line.
pub fn lines(list: &ListComparison, lang: Lang) -> Vec<String> {
    let mut lines = vec![counts(list, lang)];
    lines.extend(list.number.map(|number| {
        words!(
            lang,
            zh = "清单“{name}”，第{number}次导入；撤回用 duban undo --import {number}",
            en = "list \"{name}\", import {number}; `duban undo --import {number}` takes it back",
            name = list.list
        )
    }));
    lines.extend(list.changed.first.iter().take(IN_LINES).map(|row| changed(row, lang)));
    lines.extend(list.ended.iter().map(|reference| {
        words!(
            lang,
            zh = "{reference}：时限已改，原周期事项不再产生新一期",
            en = "{reference}: its term has changed; the old series opens no further occurrence",
        )
    }));
    lines.extend(list.beside.iter().map(|reference| {
        words!(
            lang,
            zh = "{reference}仍须办理，与新时限并存；如已不需要，请用 duban withdraw {reference} 撤销",
            en = "{reference} is still owed beside the new term; if it is not: `duban withdraw {reference}`",
        )
    }));
    lines.extend(gone(list, lang));
    lines.extend(dates(list, lang));
    lines
}

fn counts(list: &ListComparison, lang: Lang) -> String {
    let rows = list.rows;
    if !list.changes_something() {
        return words!(
            lang,
            zh = "读入{rows}行：没有新内容",
            en = "{rows} rows read: nothing new."
        );
    }
    words!(
        lang,
        zh = "读入{rows}行：新增{added}项，修改{revised}项，未变{unchanged}项",
        en =
            "{rows} rows read: {added} obligations added, {revised} revised, {unchanged} unchanged",
        added = list.added.count,
        revised = list.changed.count,
        unchanged = list.unchanged,
    )
}

fn changed(ChangedRow { reference, title, fields }: &ChangedRow, lang: Lang) -> String {
    let none = lang.pick("（空）", "(none)");
    let or_none = |text: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let field = |it: &FieldChange| {
        let (field, before, after) = (it.field.say(lang), or_none(&it.before), or_none(&it.after));
        words!(lang, zh = "{field}：{before} → {after}", en = "{field}: {before} → {after}")
    };
    let fields: Vec<String> = fields.iter().map(field).collect();
    let fields = fields.join(lang.pick("；", "; "));
    words!(
        lang,
        zh = "修改：{reference} {title}：{fields}",
        en = "revised: {reference} {title}: {fields}"
    )
}

fn gone(list: &ListComparison, lang: Lang) -> Vec<String> {
    let mut lines: Vec<String> = list
        .gone
        .first
        .iter()
        .take(IN_LINES)
        .map(|GoneDuty { reference, title, .. }| {
            if list.withdraws_gone {
                return words!(
                    lang,
                    zh = "{reference} {title}：表中已没有，撤销",
                    en = "{reference} {title} is no longer in the table: withdrawn"
                );
            }
            words!(
                lang,
                zh = "{reference} {title}：表中已没有，台账中仍须办理",
                en = "{reference} {title} is no longer in the table and still owed in the ledger"
            )
        })
        .collect();
    if list.gone.count > lines.len() {
        let more = list.gone.count - lines.len();
        lines.push(words!(lang, zh = "另有{more}项", en = "and {more} more"));
    }
    if !list.gone.is_empty() && !list.withdraws_gone {
        lines.push(
            lang.pick(
                "如已不需要，请加 --complete 重新导入，以撤销表中没有的事项",
                "if they are not needed any more, import again with --complete, which withdraws what the table lacks",
            )
            .to_owned(),
        );
    }
    lines
}

/// Which of the rows added and changed have no date, or are late.
fn dates(list: &ListComparison, lang: Lang) -> Option<String> {
    if list.added.is_empty() && list.changed.is_empty() {
        return None;
    }
    let mut text = words!(lang, zh = "有日期{dated}项", en = "{dated} dated", dated = list.dated);
    if !list.undated.is_empty() {
        let names = some(&list.undated, lang, Clone::clone);
        text += &words!(
            lang,
            zh = "，没有日期{count}项：{names}",
            en = ", {count} without a date: {names}",
            count = list.undated.count
        );
    }
    if !list.late.is_empty() {
        let names = some(&list.late, lang, |(reference, due)| {
            words!(lang, zh = "{reference}（{due}）", en = "{reference} ({due})")
        });
        text += &words!(
            lang,
            zh = "；已逾期{count}项：{names}",
            en = "; {count} late already: {names}",
            count = list.late.count
        );
    }
    Some(text)
}

fn some<T>(named: &Named<T>, lang: Lang, say: impl Fn(&T) -> String) -> String {
    let names: Vec<String> = named.first.iter().take(IN_A_LINE).map(say).collect();
    let more = named.count - names.len();
    let list = lang.list(&names);
    match more {
        0 => list,
        more => words!(lang, zh = "{list}等，另有{more}项", en = "{list} and {more} more"),
    }
}

/// A row and the duty of the ledger that it may be about, one under the other.
pub fn pair_lines(file: &str, pair: &Pair, lang: Lang) -> Vec<String> {
    let Pair { line, reference, why, known, row } = pair;
    let why = match why {
        Doubt::OtherDuty => lang.pick(
            "台账中同一编号的事项，名称和时限都不同",
            "the ledger's duty of this reference has another title and another date",
        ),
        Doubt::Closed => {
            lang.pick("台账中的这一事项已销号", "the ledger's duty of this reference is closed")
        }
        Doubt::ClosedOther => lang.pick(
            "台账中的这一事项已销号，名称和时限也都不同",
            "the ledger's duty of this reference is closed, and has another title and another date",
        ),
        Doubt::Withdrawn => {
            lang.pick("台账中的这一事项已撤销", "the ledger's duty of this reference is withdrawn")
        }
        Doubt::Similar => lang.pick(
            "像是台账中某一事项的修改",
            "this looks like a revision of a duty that the table has no more",
        ),
    };
    vec![
        words!(
            lang,
            zh = "{place}：{reference}：{why}",
            en = "{place}: {reference}: {why}",
            place = lang.line_of(file, line)
        ),
        words!(lang, zh = "  台账：{side}", en = "  ledger: {side}", side = side(known, lang)),
        words!(lang, zh = "  表中：{side}", en = "  table:  {side}", side = side(row, lang)),
    ]
}

fn side(Side { title, term, due, units }: &Side, lang: Lang) -> String {
    let due = due.map(|due| words!(lang, zh = "{due}到期", en = "due {due}"));
    let parts = [title.clone(), term.clone(), due.unwrap_or_default(), lang.list(units)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(lang.pick("；", "; "))
}

/// What has to be asked before a list is imported, with the option that answers.
pub fn questions(list: &ListComparison, is_complete: bool, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(Resemblance { list: other, shared, of }) = &list.resembles {
        lines.push(words!(
            lang,
            zh = "{file}的{of}行中，有{shared}行与清单“{other}”相同",
            en = "{shared} of {of} rows of {file} stand in the list \"{other}\" already",
            file = list.file
        ));
        lines.push(words!(
            lang,
            zh = "同一清单的新表，请加 --list {other}；确为另一清单，请加 --list {name}",
            en = "a new table of that list: add --list \"{other}\"; a list of its own: --list \"{name}\"",
            name = list.list
        ));
    }
    for pair in list.similar.iter().take(IN_LINES) {
        lines.extend(pair_lines(&list.file, pair, lang));
    }
    if !list.similar.is_empty() {
        lines.push(
            lang.pick(
                "同一事项，请加 --revise；确为另一事项，请加 --new",
                "the same duty: add --revise; a duty of its own: --new",
            )
            .to_owned(),
        );
    }
    for (reference, doubt) in list.doubtful.first.iter().take(IN_LINES) {
        let what = doubt.say(lang);
        lines.push(words!(
            lang,
            zh = "{reference}{what}；确认无误的，请加 {option}",
            en = "{reference} {what}; if it is right, add {option}",
            option = doubt.option()
        ));
    }
    if let Some(more @ 1..) = list.doubtful.count.checked_sub(IN_LINES) {
        lines.push(words!(lang, zh = "另有{more}项", en = "and {more} more"));
    }
    if is_complete && !list.gone.is_empty() && !list.withdraws_gone {
        for GoneDuty { reference, title, .. } in list.gone.first.iter().take(IN_LINES) {
            lines.push(words!(
                lang,
                zh = "将撤销：{reference} {title}",
                en = "would be withdrawn: {reference} {title}"
            ));
        }
        let count = list.gone.count;
        lines.push(words!(
            lang,
            zh = "撤销这{count}项，请加 --complete --yes",
            en = "to withdraw these {count}: --complete --yes"
        ));
    }
    lines
}

/// What an undo did.
pub fn undone_lines(undone: &Undone, lang: Lang) -> Vec<String> {
    let Undone { import, removed, withdrawn, mailed, restored } = undone;
    let mut lines = vec![words!(
        lang,
        zh = "已撤回第{number}次导入（清单“{list}”）：删去{removed}项，撤销{withdrawn}项，恢复原样{restored}项",
        en = "import {number} (list \"{list}\") is taken back: {removed} removed, {withdrawn} withdrawn, {restored} as before",
        number = import.number,
        list = import.list,
        withdrawn = withdrawn.len(),
        restored = restored.len()
    )];
    if !mailed.is_empty() {
        lines.push(words!(
            lang,
            zh = "已发出邮件的：{list}；收件人须另行告知",
            en = "mail has gone out about {list}; its recipients have to be told",
            list = lang.list(mailed)
        ));
    }
    lines
}

/// The JSON of an undo.
#[derive(Debug, Serialize)]
pub struct UndoneView<'a> {
    import: i64,
    list: &'a str,
    removed: usize,
    withdrawn: &'a [String],
    mailed: &'a [String],
    restored: &'a [String],
}

impl<'a> UndoneView<'a> {
    pub fn of(undone: &'a Undone) -> Self {
        let Undone { import, removed, withdrawn, mailed, restored } = undone;
        let (number, list) = (import.number, import.list.as_str());
        Self { import: number, list, removed: *removed, withdrawn, mailed, restored }
    }
}
