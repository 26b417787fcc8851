//! Which column of a table holds what: by its head, by what its cells say, and by where it stands.
//!
//! Evidence is judged column by column: an unknown head makes its column `Other` and changes no other column.
//! Must not know: duties, names of units in the ledger.

use super::super::document::{Cell, TextSpan};
use super::heads::{Role, may_be_head, role_of, weight_of};
use super::name_list::is_list_of_units;
use super::time_cell::{is_limit, is_period_of_year};

/// How many rows of a table may precede its head.
const ROWS_ABOVE_HEAD: usize = 8;
/// How many rows tell what a column holds.
const SAMPLE: usize = 60;

/// A table under its head.
pub(super) struct TableLayout<'a> {
    pub(super) roles: Vec<Role>,
    /// Empty for a table whose columns are told by their cells alone.
    pub(super) head: &'a [Cell],
    /// A second row of heads.
    below: Option<&'a [Cell]>,
    pub(super) first_row: usize,
}

/// The texts of the cells in columns of some role, head and empty ones left out.
pub(super) fn cells_of_role(rows: &[Vec<Cell>], matches: fn(Role) -> bool) -> Vec<&str> {
    let Some(layout) = layout_of(rows) else { return Vec::new() };
    let below = rows.iter().skip(layout.first_row);
    below
        .flat_map(|row| {
            let roles = widened(layout.roles.clone(), row.len());
            row.iter()
                .zip(roles)
                .filter(|(_, role)| matches(*role))
                .map(|(cell, _)| cell.span.text.as_str())
        })
        .filter(|text| !text.is_empty())
        .collect()
}

pub(super) fn layout_of(rows: &[Vec<Cell>]) -> Option<TableLayout<'_>> {
    let head = rows.iter().take(ROWS_ABOVE_HEAD).position(|row| is_head(row));
    let Some(index) = head else { return layout_by_cells(rows) };
    let head = rows.get(index)?;
    let below = rows.get(index + 1).filter(|below| is_second_head(head, below));
    let first_row = index + 1 + usize::from(below.is_some());
    let width = rows.get(first_row).map_or(head.len(), Vec::len).max(head.len());
    let body = rows.get(first_row..).unwrap_or_default();
    let below = below.map(Vec::as_slice);
    let mut layout = TableLayout { roles: Vec::new(), head, below, first_row };
    layout.roles = chosen(roles_by_head(head, below), &layout.heads(), body, width)?;
    Some(layout)
}

impl TableLayout<'_> {
    /// The heads in one row: of two rows of heads the lower one, where it says anything.
    pub(super) fn heads(&self) -> Vec<String> {
        let text = |cell: &Cell| cell.span.text.split_whitespace().collect::<String>();
        let lower = |column: usize| self.below.and_then(|row| row.get(column)).map(text);
        let heads = self.head.iter().enumerate();
        heads
            .map(|(column, cell)| {
                lower(column).filter(|text| !text.is_empty()).unwrap_or_else(|| text(cell))
            })
            .collect()
    }
}

/// What the columns under `head` hold, by their heads and by the cells of `body`.
pub(super) fn roles_below(head: &[String], body: &[Vec<String>]) -> Vec<Role> {
    let cell =
        |text: &String| Cell { span: TextSpan { start: 0, text: text.clone() }, ..Cell::default() };
    let body: Vec<Vec<Cell>> = body.iter().map(|row| row.iter().map(cell).collect()).collect();
    let by_head: Vec<Option<Role>> = head.iter().map(|head| named(head)).collect();
    chosen(by_head, head, &body, head.len()).unwrap_or_else(|| vec![Role::Other; head.len()])
}

/// Roles for rows of `width` cells. Columns that the head lacks are inserted to the left of the measures.
pub(super) fn widened(mut roles: Vec<Role>, width: usize) -> Vec<Role> {
    let place = roles.iter().position(|role| *role == Role::Measure).unwrap_or_default();
    while roles.len() < width {
        roles.insert(place, Role::Section);
    }
    roles
}

/// The unit columns whose empty cells a row may take from the row above, in a file that cannot mark merged cells: all of them
/// when the row names no unit; those of responsible units when it names leads only, and has no number of its own.
pub(super) fn unit_roles_to_fill(row: &[Cell], roles: &[Role]) -> Vec<Role> {
    let cells = || row.iter().map(|cell| cell.span.text.as_str()).zip(roles);
    let names = |wanted: Role| cells().any(|(text, role)| *role == wanted && !text.is_empty());
    let names_number = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let is_numbered = cells().any(|(text, role)| *role == Role::Number && names_number(text));
    match (names(Role::Lead), names(Role::Responsible)) {
        (false, false) => vec![Role::Lead, Role::Responsible],
        (true, false) if !is_numbered => vec![Role::Responsible],
        _ => Vec::new(),
    }
}

/// True for a row of heads: short words, two of them known, one of which says by when or by whom.
fn is_head(row: &[Cell]) -> bool {
    let texts: Vec<&str> = filled(row).collect();
    let is_short = texts.iter().all(|text| may_be_head(text) && !is_number(text));
    if texts.len() < 2 || !is_short {
        return false;
    }
    let periods = texts.iter().filter(|text| is_period_of_year(text)).count();
    let roles: Vec<Role> = texts.iter().filter_map(|text| role_of(text)).collect();
    let has_limit = texts.iter().any(|text| !is_period_of_year(text) && is_limit(text));
    let decides = |role: &Role| {
        role.is_unit() || matches!(role, Role::Limit | Role::ActualDay | Role::Status)
    };
    !has_limit
        && roles.len() + periods >= 2
        && (roles.iter().any(decides) || periods >= 2 && !roles.is_empty())
}

/// True for a second row of heads: 牵头单位 and 配合单位 below 责任单位. It leaves the first column empty, and every word of
/// it is a known head below a cell that spans it, or below a head of units or times.
fn is_second_head(head: &[Cell], row: &[Cell]) -> bool {
    let is_below = |(column, cell): (usize, &Cell)| {
        let text = cell.span.text.as_str();
        let above = head.get(column).map_or("", |cell| cell.span.text.as_str());
        let may_stand_below = above.is_empty()
            || role_of(above).is_some_and(|role| role.is_unit() || role == Role::Limit);
        text.is_empty() || may_stand_below && (role_of(text).is_some() || is_period_of_year(text))
    };
    row.first().is_some_and(|cell| cell.span.text.is_empty())
        && filled(row).next().is_some()
        && row.iter().enumerate().all(is_below)
}

/// What each head says; `None` for a word nobody knows. A head over two columns leaves the second one empty.
fn roles_by_head(head: &[Cell], below: Option<&[Cell]>) -> Vec<Option<Role>> {
    let mut last = None;
    let roles = head.iter().enumerate().map(|(column, cell)| {
        let own = below.and_then(|row| row.get(column)).map_or("", |cell| cell.span.text.as_str());
        if !cell.span.text.is_empty() {
            last = Some(named(&cell.span.text));
        }
        if own.is_empty() { last.unwrap_or(Some(Role::Other)) } else { named(own) }
    });
    roles.collect()
}

fn named(head: &str) -> Option<Role> {
    if is_period_of_year(head) { Some(Role::Period) } else { role_of(head) }
}

/// What the cells of a column say.
struct Content {
    /// Filled cells.
    filled: usize,
    /// Of these, those that are a time limit as a whole.
    limits: usize,
    /// Those that are nothing but names of units.
    units: usize,
    /// Characters of all.
    characters: usize,
}

impl Content {
    fn of(body: &[Vec<Cell>], column: usize) -> Self {
        let mut content = Self { filled: 0, limits: 0, units: 0, characters: 0 };
        let cells = body.iter().take(SAMPLE).filter_map(|row| row.get(column));
        for text in cells.map(|cell| cell.span.text.as_str()).filter(|text| !text.is_empty()) {
            content.filled += 1;
            content.limits += usize::from(is_limit(text));
            content.units += usize::from(is_list_of_units(text));
            content.characters += text.chars().count();
        }
        content
    }

    fn are_limits(&self) -> bool {
        self.limits * 5 >= self.filled * 3 && self.limits > 0
    }

    fn are_units(&self) -> bool {
        self.units * 5 >= self.filled * 3 && self.units > 0
    }
}

/// One role for each column. `None` when neither heads nor cells say by when or by whom.
fn chosen(
    named: Vec<Option<Role>>,
    heads: &[String],
    body: &[Vec<Cell>],
    width: usize,
) -> Option<Vec<Role>> {
    let contents: Vec<Content> = (0..named.len()).map(|column| Content::of(body, column)).collect();
    let mut roles: Vec<Role> = named.iter().map(|role| role.unwrap_or(Role::Other)).collect();
    choose_limit(&mut roles, heads, &named, &contents);
    if !roles.iter().any(|role| role.is_unit()) {
        let unknown = named.iter().zip(&contents).map(|(role, content)| {
            role.is_none_or(|role| role == Role::Other) && content.are_units()
        });
        if let Some(column) = unknown.collect::<Vec<_>>().iter().position(|is_unit| *is_unit) {
            set(&mut roles, column, Role::Responsible);
        }
    }
    choose_title(&mut roles, heads, &named, &contents);
    let decides = |role: &Role| role.is_unit() || matches!(role, Role::Limit | Role::Period);
    roles.iter().any(decides).then(|| widened(roles, width))
}

/// One column of limits: of those whose head says so and whose cells are limits, the one whose head says most; else a column whose cells
/// are limits, unless its head says that they are days of something else.
fn choose_limit(
    roles: &mut [Role],
    heads: &[String],
    named: &[Option<Role>],
    contents: &[Content],
) {
    let best = |may_be: &dyn Fn(Option<Role>, &Content) -> bool| {
        let columns = named.iter().zip(contents).enumerate();
        let columns = columns.filter(|(_, (role, content))| may_be(**role, content));
        let rank = |column: usize, content: &Content| {
            let weight = heads.get(column).map_or(0, |head| weight_of(head));
            (content.are_limits(), weight, content.limits)
        };
        // of equals, `max_by_key` takes the last: the first column is wanted
        let best = columns.rev().max_by_key(|(column, (_, content))| rank(*column, content));
        best.map(|(column, _)| column)
    };
    let column = best(&|role, _| role == Some(Role::Limit))
        .or_else(|| {
            best(&|role, content| {
                content.are_limits()
                    && role.is_none_or(|role| matches!(role, Role::Status | Role::Other))
            })
        })
        .or_else(|| best(&|role, content| role == Some(Role::ActualDay) && content.are_limits()));
    for role in roles.iter_mut().filter(|role| **role == Role::Limit) {
        *role = Role::Other;
    }
    if let Some(column) = column {
        set(roles, column, Role::Limit);
    }
}

/// One column of titles: left of the first unit or limit if one stands there; a name before a measure before a task; of
/// several names the one whose head says most, of several measures the last. Without any, the unknown column with the longest texts.
fn choose_title(
    roles: &mut [Role],
    heads: &[String],
    named: &[Option<Role>],
    contents: &[Content],
) {
    let is_place = |role: &Role| role.is_unit() || matches!(role, Role::Limit | Role::Period);
    let first_place = roles.iter().position(is_place).unwrap_or(roles.len());
    let all: Vec<usize> = (0..roles.len())
        .filter(|column| roles.get(*column).is_some_and(|it| it.is_task()))
        .collect();
    let left: Vec<usize> = all.iter().copied().filter(|column| *column < first_place).collect();
    let candidates = if left.is_empty() { all } else { left };
    let of = |wanted: Role| {
        let named = candidates.iter().copied();
        let mut named = named.filter(|column| roles.get(*column) == Some(&wanted));
        // 议定事项 says more than the 名称 of 会议名称; of equals the first
        let weight = |column: &usize| heads.get(*column).map_or(0, |head| weight_of(head));
        if wanted == Role::Name { named.rev().max_by_key(weight) } else { named.next_back() }
    };
    let unknown = || {
        let columns = named.iter().zip(contents).enumerate();
        let columns = columns.filter(|(column, (named, _))| {
            named.is_none() && roles.get(*column) == Some(&Role::Other)
        });
        columns.max_by_key(|(_, (_, content))| content.characters).map(|(column, _)| column)
    };
    let title =
        of(Role::Name).or_else(|| of(Role::Measure)).or_else(|| of(Role::Task)).or_else(unknown);
    for role in roles.iter_mut().filter(|role| matches!(role, Role::Name | Role::Measure)) {
        *role = Role::Section;
    }
    if let Some(title) = title {
        set(roles, title, Role::Measure);
    }
}

fn set(roles: &mut [Role], column: usize, role: Role) {
    if let Some(slot) = roles.get_mut(column) {
        *slot = role;
    }
}

/// The layout of a table without a head, or under heads that nobody knows: told by its cells alone. It needs a column of
/// limits and another column.
fn layout_by_cells(rows: &[Vec<Cell>]) -> Option<TableLayout<'_>> {
    let width = rows.iter().map(Vec::len).max().filter(|width| *width >= 2)?;
    // a title over all columns
    let above = rows.iter().take_while(|row| filled(row).nth(1).is_none()).count();
    let body = rows.get(above..)?;
    let roles = chosen(vec![None; width], &[], body, width)?;
    let limit = roles.iter().position(|role| *role == Role::Limit)?;
    let first = body.first()?;
    let says_limit = first.get(limit).is_some_and(|cell| is_limit(&cell.span.text));
    let is_unknown_head = !says_limit && filled(first).all(may_be_head) && body.len() > 1;
    let head: &[Cell] = if is_unknown_head { first } else { &[] };
    let first_row = above + usize::from(is_unknown_head);
    Some(TableLayout { roles, head, below: None, first_row })
}

fn filled(row: &[Cell]) -> impl Iterator<Item = &str> {
    row.iter().map(|cell| cell.span.text.trim()).filter(|text| !text.is_empty())
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
