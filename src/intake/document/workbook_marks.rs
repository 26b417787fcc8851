//! What a workbook hides or strikes out: rows and cells that a person no longer counts.
//!
//! Must not know: what the cells say. A part that cannot be read marks nothing.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Longest part that is looked at, in bytes.
const LONGEST_PART: u64 = 64 * 1024 * 1024;

/// The marks of one sheet; rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct SheetMarks {
    pub(super) hidden_rows: HashSet<u32>,
    pub(super) struck: HashSet<(u32, u32)>,
}

/// The marks of each sheet, by its name.
pub(super) fn marks_of(bytes: &[u8]) -> HashMap<String, SheetMarks> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return HashMap::new() };
    let mut part = |name: &str| {
        let mut text = String::new();
        let part = archive.by_name(name).ok()?;
        part.take(LONGEST_PART).read_to_string(&mut text).ok()?;
        Some(text)
    };
    let struck = part("xl/styles.xml").map(|styles| struck_styles(&styles)).unwrap_or_default();
    let targets = part("xl/_rels/workbook.xml.rels").map(|it| targets(&it)).unwrap_or_default();
    let sheets = part("xl/workbook.xml").map(|it| sheets(&it)).unwrap_or_default();
    let marks = sheets.into_iter().filter_map(|(name, id)| {
        let target = targets.get(&id)?.trim_start_matches('/');
        let path =
            if target.starts_with("xl/") { target.to_owned() } else { format!("xl/{target}") };
        Some((name, marks_in(&part(&path)?, &struck)))
    });
    marks.collect()
}

/// Calls `see` for every tag that opens, until the text ends or is damaged.
fn for_each_tag(xml: &str, mut see: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => see(&tag),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// True for `<strike/>` and `hidden="1"`, false for `val="0"`.
fn is_on(value: Option<String>) -> bool {
    value.is_none_or(|value| !matches!(value.as_str(), "0" | "false"))
}

/// The numbers of the cell styles whose font is struck out.
fn struck_styles(styles: &str) -> HashSet<usize> {
    let (mut fonts, mut formats) = (Vec::new(), Vec::new());
    let mut is_in_formats = false;
    for_each_tag(styles, |tag| match tag.local_name().as_ref() {
        "font" => fonts.push(false),
        "strike" => {
            if let Some(font) = fonts.last_mut() {
                *font = is_on(attribute(tag, "val"));
            }
        }
        "cellXfs" => is_in_formats = true,
        "cellStyles" | "dxfs" => is_in_formats = false,
        "xf" if is_in_formats => {
            formats.push(attribute(tag, "fontId").and_then(|font| font.parse::<usize>().ok()));
        }
        _ => {}
    });
    let is_struck = |font: Option<usize>| font.and_then(|font| fonts.get(font)) == Some(&true);
    formats
        .into_iter()
        .enumerate()
        .filter(|(_, font)| is_struck(*font))
        .map(|(style, _)| style)
        .collect()
}

/// The file of each relation.
fn targets(relations: &str) -> HashMap<String, String> {
    let mut targets = HashMap::new();
    for_each_tag(relations, |tag| {
        if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
            targets.insert(id, target);
        }
    });
    targets
}

/// The name of each sheet with its relation.
fn sheets(workbook: &str) -> Vec<(String, String)> {
    let mut sheets = Vec::new();
    for_each_tag(workbook, |tag| {
        if tag.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
        {
            sheets.push((name, id));
        }
    });
    sheets
}

fn marks_in(sheet: &str, struck: &HashSet<usize>) -> SheetMarks {
    let mut marks = SheetMarks::default();
    for_each_tag(sheet, |tag| match tag.local_name().as_ref() {
        "row" => {
            let hidden = attribute(tag, "hidden").is_some_and(|value| is_on(Some(value)));
            let row = attribute(tag, "r").and_then(|row| row.parse::<u32>().ok());
            if let Some(row) = row.filter(|_| hidden).and_then(|row| row.checked_sub(1)) {
                marks.hidden_rows.insert(row);
            }
        }
        "c" => {
            let style = attribute(tag, "s").and_then(|style| style.parse().ok());
            let is_struck = style.is_some_and(|style| struck.contains(&style));
            let place = attribute(tag, "r").and_then(|place| place_of(&place));
            marks.struck.extend(place.filter(|_| is_struck));
        }
        _ => {}
    });
    marks
}

/// The row and column of `B4`.
fn place_of(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = cell.split_at_checked(digits)?;
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let value = u32::from(letter.checked_sub(b'A')?) + 1;
        column.checked_mul(26)?.checked_add(value)
    });
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column?.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_row_and_a_column() {
        assert_eq!(place_of("A1"), Some((0, 0)));
        assert_eq!(place_of("AB12"), Some((11, 27)));
        assert_eq!(place_of("7"), None);
        assert_eq!(place_of("A"), None);
    }
}
