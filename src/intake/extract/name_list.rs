//! Lists of names: where one name of a unit ends and the next begins, and what in a list is no unit.
//!
//! Must not know: the document, the ledger, who leads and who is responsible.

use std::collections::HashSet;

use crate::domain::expression::{ParseContext, read, search};

use super::super::columns::is_none;
use super::words::{
    BEFORE_ETC_IN_WORDS, CONJUNCTIONS, LIST_SUMMARIES, NOT_NAME_BEGINNINGS, UNIT_ENDINGS,
    VAGUE_GROUPS,
};

/// Longest text that is taken apart into names, in characters; a longer one is no list of names.
pub(super) const LONGEST_JOINED: usize = 200;
const SEPARATORS: [char; 20] = [
    '、', '；', ';', '，', ',', '\n', '/', '／', '+', '＋', '①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧',
    '⑨', '⑩',
];

/// What stands in a bracket behind a unit and is no person.
const ROLES_IN_BRACKETS: [&str; 8] =
    ["牵头", "配合", "负责", "主办", "协办", "牵头单位", "配合单位", "责任单位"];
/// Longest name of a person, in characters.
const LONGEST_PERSON: usize = 4;
const BRACKETS: [(char, char); 5] =
    [('（', '）'), ('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕')];

/// The names of one cell or phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NameList {
    pub(super) names: Vec<String>,
    /// The list ends in 等: it is open.
    pub(super) is_open: bool,
}

/// True for a text that is a name of a unit by its ending and beginning.
pub(super) fn is_unit_like(name: &str) -> bool {
    let length = name.chars().count();
    (2..=30).contains(&length)
        && ends_like_a_unit(name)
        && !name.ends_with("全部")
        && !NOT_NAME_BEGINNINGS.iter().any(|verb| name.starts_with(verb))
        && !name.contains(|c: char| c.is_ascii_digit() || "。：“”《》".contains(c))
}

/// True for a text that is names of units and nothing else.
pub(super) fn is_list_of_units(text: &str) -> bool {
    text.chars().nth(LONGEST_JOINED).is_none() && {
        let names = split(text).names;
        !names.is_empty() && names.iter().all(|name| is_unit_like(name))
    }
}

/// True for a text that may name a unit where its place says that it does, whatever it ends in: 供销社牵头.
pub(super) fn may_name_a_unit(name: &str) -> bool {
    (2..=20).contains(&name.chars().count())
        && !NOT_NAME_BEGINNINGS.iter().any(|verb| name.starts_with(verb))
        && !name.contains(|c: char| c.is_ascii_digit() || "。：“”《》".contains(c))
}

fn ends_like_a_unit(name: &str) -> bool {
    // 街道办事处 in 各镇人民政府（街道办事处）
    name.ends_with(['）', ')']) && name.contains(['（', '('])
        || UNIT_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Splits a list of names. A name broken over two lines is put together again; 、 behind a single character (市、区县政府)
/// and inside brackets joins.
pub(super) fn split(text: &str) -> NameList {
    let text = text.trim().trim_end_matches(['。', '；', ';', '，']);
    let mut is_open = text.ends_with('等');
    let mut names: Vec<String> = Vec::new();
    let mut name = String::new();
    let mut depth = 0_usize;
    for character in text.trim_end_matches('等').chars() {
        match character {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || !SEPARATORS.contains(&character) {
            name.push(character);
        } else if character == '、' && name.trim().chars().count() == 1 {
            name = format!("{}、", name.trim());
        } else if character != '\n' || ends_like_a_unit(name.trim()) {
            names.push(std::mem::take(&mut name));
        }
    }
    names.push(name);
    let mut whole = Vec::new();
    let names = names
        .iter()
        .flat_map(|name| parted_by_blanks(without_person(without_stray_brackets(name))));
    for name in names.filter(|name| !is_none(name) && !is_time(name)) {
        if name.chars().nth(LONGEST_JOINED).is_some() {
            whole.push(name);
            continue;
        }
        let (before, behind) = around_et_cetera(&name);
        is_open |= behind.is_some();
        whole.extend(unjoined(before));
        whole.extend(behind.into_iter().flat_map(unjoined).filter(|name| !is_summary(name)));
    }
    NameList { names: once_each(whole), is_open }
}

/// 教育局 财政局 are two names, and of 教育局 赵某 the second is a person's; any other blank inside a name means nothing.
fn parted_by_blanks(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.split_whitespace().collect();
    let is_person =
        |part: &&str| (2..=LONGEST_PERSON).contains(&part.chars().count()) && !is_unit_like(part);
    let (units, others): (Vec<&str>, Vec<&str>) = parts.iter().partition(|part| is_unit_like(part));
    let begins_with_unit = parts.first().is_some_and(|first| is_unit_like(first));
    if parts.len() > 1 && begins_with_unit && others.iter().all(is_person) {
        return units.into_iter().map(str::to_owned).collect();
    }
    vec![parts.concat()]
}

/// 财政局） without the bracket that was opened before the list.
fn without_stray_brackets(name: &str) -> &str {
    let name = name.trim();
    let closes = |pair: (char, char)| name.ends_with(pair.1) && !name.contains(pair.0);
    let opens = |pair: (char, char)| name.starts_with(pair.0) && !name.contains(pair.1);
    let mark = BRACKETS.into_iter().find(|pair| closes(*pair) || opens(*pair));
    mark.map_or(name, |(open, close)| name.trim_end_matches(close).trim_start_matches(open).trim())
}

/// 工信局（李某） without the person; 人民政府（街道办事处） names a second unit.
fn without_person(name: &str) -> &str {
    let bracket = name.strip_suffix(['）', ')']).and_then(|name| name.rsplit_once(['（', '(']));
    let person = bracket.filter(|(unit, inside)| {
        let is_short = (2..=LONGEST_PERSON).contains(&inside.chars().count());
        let is_place =
            inside.contains(['、', '市', '区', '县', '室', '处', '科', '级', '内', '外']);
        is_short && !is_place && is_unit_like(unit) && !ends_like_a_unit(inside)
    });
    person.filter(|(_, inside)| !ROLES_IN_BRACKETS.contains(inside)).map_or(name, |(unit, _)| unit)
}

/// 6月底完成, 持续推进: a remark about time between names.
fn is_time(name: &str) -> bool {
    const ANY_YEAR: ParseContext = ParseContext { year: Some(2000) };
    !is_unit_like(name)
        && (read(name, &ANY_YEAR).is_ok()
            || search(name, &ANY_YEAR).first().is_some_and(|limit| limit.start == 0))
}

/// The last name of an open list, and what follows its 等: 区商务委等部门, 税务总局等国务院相关部门及各地区.
fn around_et_cetera(name: &str) -> (&str, Option<&str>) {
    let ends = name.match_indices('等').map(|(place, _)| name.split_at(place));
    ends.map(|(before, behind)| (before, behind.trim_start_matches('等')))
        .find(|(before, behind)| {
            is_unit_like(before)
                && !before.ends_with(BEFORE_ETC_IN_WORDS)
                && ends_like_a_unit(behind)
        })
        .map_or((name, None), |(before, behind)| (before, Some(behind)))
}

fn is_summary(name: &str) -> bool {
    LIST_SUMMARIES.contains(&name)
        || VAGUE_GROUPS.iter().any(|word| name.contains(word))
            && (name.ends_with("部门") || name.ends_with("单位"))
}

/// The names of 区教委和区财政局; 人力资源和社会保障局 is one, for 人力资源 is none.
fn unjoined(name: &str) -> Vec<String> {
    let is_whole = |name: &str| {
        is_unit_like(name) && (name.chars().nth(2).is_some() || name.starts_with('各'))
    };
    let parts = CONJUNCTIONS.iter().find_map(|joint| {
        name.match_indices(joint).find_map(|(place, _)| {
            let (first, rest) = (name.get(..place)?, name.get(place + joint.len()..)?);
            (is_whole(first) && is_whole(rest)).then_some((first, rest))
        })
    });
    parts.map_or_else(
        || vec![name.to_owned()],
        |(first, rest)| std::iter::once(first.to_owned()).chain(unjoined(rest)).collect(),
    )
}

/// `names` without repetitions, in order.
pub(super) fn once_each(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        split(text).names
    }

    #[test]
    fn a_name_broken_over_two_lines_is_one_name() {
        assert_eq!(
            names("党工委编办\n政务服务和大\n\n数据管理局"),
            ["党工委编办", "政务服务和大数据管理局"]
        );
        assert_eq!(names("人力资源和社会\n\n保障局"), ["人力资源和社会保障局"]);
        assert_eq!(
            names("管委会各部门\n各镇人民政府（街道办事处）"),
            ["管委会各部门", "各镇人民政府（街道办事处）"]
        );
        assert_eq!(names("区卫生健康委、\n\n区政府新闻办"), ["区卫生健康委", "区政府新闻办"]);
    }

    #[test]
    fn lists_are_split_and_open_lists_are_told() {
        assert_eq!(
            names("区政府各部门、管委会，区党政信息中心"),
            ["区政府各部门", "管委会", "区党政信息中心"]
        );
        assert_eq!(names("市、区县政府门户网站主办单位"), ["市、区县政府门户网站主办单位"]);
        assert!(names("—").is_empty());
        assert!(split("区商务委、区交通局等").is_open);
        for (text, listed) in [
            ("区商务委、区交通局等部门", &["区商务委", "区交通局"][..]),
            ("公安部、税务总局等国务院相关部门及各地区", &["公安部", "税务总局", "各地区"]),
        ] {
            let open = split(text);
            assert_eq!(open.names, listed, "{text}");
            assert!(open.is_open, "{text}");
        }
    }

    #[test]
    fn words_join_names_only_between_names() {
        assert_eq!(names("区教委和区财政局"), ["区教委", "区财政局"]);
        assert_eq!(
            names("各镇人民政府、国务院相关部门及各地区"),
            ["各镇人民政府", "国务院相关部门", "各地区"]
        );
        for whole in ["区人力资源和社会保障局", "住房和城乡建设局", "各部门和单位", "市高等学校"]
        {
            assert_eq!(names(whole), [whole]);
        }
    }
}
