//! The units a row names: units and groups as they stand, or the units a person has chosen from a group.
//!
//! Must not know: files. 有关 (some of a group) and 等 (and others) do not name units: the program asks and never guesses. The
//! answer is written into the same cell: `区政府有关部门=区教委+区民政局`. Callers: this folder.

use crate::domain::directory::Directory;
use crate::domain::similar::most_similar;
use crate::domain::unit::UnitId;
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::names::unit_names;

/// Words that stand for some of a group.
const SOME: [&str; 2] = ["有关", "相关"];

/// What is wrong with the units of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyFault {
    UnknownUnit {
        name: String,
        similar: Option<String>,
    },
    /// Some of a group (有关), or an open list (等); `members` can be chosen, as far as they are known.
    WhichOf {
        name: String,
        members: Vec<String>,
    },
    /// A unit chosen from a group it does not belong to.
    NotOfGroup {
        name: String,
        group: String,
        members: Vec<String>,
    },
    /// Groups that hold nothing but each other.
    EmptyGroups {
        names: Vec<String>,
    },
}

impl Say for PartyFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::UnknownUnit { name, similar: Some(similar) } => words!(
                lang,
                zh = "没有名为“{name}”的单位、单位组或者别名，是否应为“{similar}”？如为新单位，请用 duban import units 导入",
                en = "no unit, group or alias is called `{name}`; did you mean `{similar}`? else add it with `duban import units FILE`"
            ),
            Self::UnknownUnit { name, similar: None } => words!(
                lang,
                zh = "没有名为“{name}”的单位、单位组或者别名，请用 duban import units 导入",
                en = "no unit, group or alias is called `{name}`; add it with `duban import units FILE`"
            ),
            Self::WhichOf { name, members } => which_of(lang, name, members),
            Self::NotOfGroup { name, group, members } => words!(
                lang,
                zh = "“{name}”不属于{group}，请从{list}中选择",
                en = "`{name}` does not belong to {group}; choose from {list}",
                list = members.join("、")
            ),
            Self::EmptyGroups { names } => words!(
                lang,
                zh = "{list}互相包含，其中没有任何单位；请用 duban units leave 移出一个",
                en = "{list} hold no unit, only groups that contain each other; `duban units leave GROUP UNIT` takes one out",
                list = names.join("、")
            ),
        }
    }
}

fn which_of(lang: Lang, name: &str, members: &[String]) -> String {
    let example = match members {
        [] => "单位甲+单位乙".to_owned(),
        [only] => format!("{only}+单位乙"),
        [first, second, ..] => format!("{first}+{second}"),
    };
    let known = match members {
        [] | [_] => String::new(),
        several => {
            let list = several.join("、");
            words!(lang, zh = "，可选单位：{list}", en = ", from {list}")
        }
    };
    words!(
        lang,
        zh = "“{name}”没有写明具体单位；请写成 {name}={example}{known}",
        en = "`{name}` does not name its units; write {name}={example}{known}"
    )
}

/// The units of these names, each once, in order; names that do not say who is meant become faults.
pub(super) fn units(
    directory: &Directory,
    names: &[String],
    faults: &mut Vec<PartyFault>,
) -> Vec<UnitId> {
    let mut units = Vec::new();
    for name in names {
        match named(directory, name) {
            Ok(meant) => {
                for unit in meant {
                    if !units.contains(&unit) {
                        units.push(unit);
                    }
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    units
}

fn named(directory: &Directory, name: &str) -> Result<Vec<UnitId>, PartyFault> {
    if let Some((group, chosen)) = name.split_once(['=', '＝']) {
        return chosen_from(directory, group.trim(), chosen);
    }
    let which = |members: Vec<UnitId>| PartyFault::WhichOf {
        name: name.to_owned(),
        members: unit_names(directory, &members),
    };
    match directory.find(name) {
        // A group that carries the word in its name and has members is a choice the office has made for good.
        Some(unit) if !is_some(name) || !unit.members.is_empty() => Ok(vec![unit.id]),
        Some(_) => Err(which(Vec::new())),
        None if is_some(name) => Err(which(members_meant(directory, name))),
        None => match name.strip_suffix('等') {
            Some(first) => Err(which(directory.find(first).map(|it| it.id).into_iter().collect())),
            None => Err(unknown(directory, name)),
        },
    }
}

/// What a person has chosen; only members can be chosen out of a group that is known.
fn chosen_from(
    directory: &Directory,
    group: &str,
    chosen: &str,
) -> Result<Vec<UnitId>, PartyFault> {
    let members = members_meant(directory, group);
    let mut units = Vec::new();
    for name in chosen.split(['+', '＋']).map(str::trim) {
        let unit = directory.find(name).ok_or_else(|| unknown(directory, name))?;
        if !members.is_empty() && !members.contains(&unit.id) {
            return Err(PartyFault::NotOfGroup {
                name: name.to_owned(),
                group: group.to_owned(),
                members: unit_names(directory, &members),
            });
        }
        units.push(unit.id);
    }
    Ok(units)
}

/// The members of the group that a name with 有关 is about: 区政府有关部门 is about 区政府各部门. Empty when it is not known.
fn members_meant(directory: &Directory, name: &str) -> Vec<UnitId> {
    let plain = |by: &str| SOME.iter().fold(name.to_owned(), |name, some| name.replace(some, by));
    let candidates = [name.to_owned(), plain("各"), plain("")];
    let group = candidates.iter().filter_map(|name| directory.find(name));
    let members = group.map(|group| directory.expand(&group.members));
    members.into_iter().find(|members| !members.is_empty()).unwrap_or_default()
}

fn is_some(name: &str) -> bool {
    SOME.iter().any(|some| name.contains(some))
}

fn unknown(directory: &Directory, name: &str) -> PartyFault {
    let similar = most_similar(directory.names(), name);
    PartyFault::UnknownUnit { name: name.to_owned(), similar }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::uid::Uid;
    use crate::domain::unit::{Unit, UnitUid};

    fn unit(id: i64, name: &str, members: &[i64]) -> Unit {
        Unit {
            id: UnitId(id),
            uid: UnitUid(Uid::random([u8::try_from(id).unwrap(); 16])),
            name: name.into(),
            aliases: Vec::new(),
            parent: None,
            members: members.iter().copied().map(UnitId).collect(),
            former: Vec::new(),
            standing: crate::domain::unit::Standing::InOffice,
        }
    }

    fn directory() -> Directory {
        Directory::new(
            vec![
                unit(1, "区教委", &[]),
                unit(2, "区民政局", &[]),
                unit(3, "区交通局", &[]),
                unit(4, "区政府各部门", &[1, 2]),
                unit(5, "市政府有关部门", &[2, 3]),
                unit(6, "有关单位", &[]),
            ],
            Vec::new(),
        )
    }

    fn read(name: &str) -> Result<Vec<i64>, PartyFault> {
        let mut faults = Vec::new();
        let units = units(&directory(), &[name.to_owned()], &mut faults);
        match faults.pop() {
            Some(fault) => Err(fault),
            None => Ok(units.into_iter().map(|unit| unit.0).collect()),
        }
    }

    fn which(name: &str, members: &[&str]) -> Result<Vec<i64>, PartyFault> {
        Err(PartyFault::WhichOf {
            name: name.into(),
            members: members.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    #[test]
    fn some_of_a_group_is_asked_for_and_never_guessed() {
        assert_eq!(read("区政府有关部门"), which("区政府有关部门", &["区教委", "区民政局"]));
        assert_eq!(read("区政府相关部门"), which("区政府相关部门", &["区教委", "区民政局"]));
        assert_eq!(read("县有关部门"), which("县有关部门", &[]));
        assert_eq!(read("有关单位"), which("有关单位", &[]));
    }

    #[test]
    fn an_open_list_is_asked_to_be_closed() {
        assert_eq!(read("区交通局等"), which("区交通局等", &["区交通局"]));
        assert_eq!(read("区交通局等=区交通局+区教委"), Ok(vec![3, 1]));
    }

    #[test]
    fn a_choice_is_of_members_only() {
        assert_eq!(read("区政府有关部门=区民政局"), Ok(vec![2]));
        assert_eq!(read("区政府有关部门＝区民政局＋区教委"), Ok(vec![2, 1]));
        let refused = read("区政府有关部门=区交通局");
        assert!(matches!(refused, Err(PartyFault::NotOfGroup { .. })), "{refused:?}");
        let refused = read("区政府有关部门=区教委+");
        assert!(matches!(refused, Err(PartyFault::UnknownUnit { .. })), "{refused:?}");
    }

    #[test]
    fn a_group_whose_members_the_office_has_named_is_a_choice_made_for_good() {
        assert_eq!(read("市政府有关部门"), Ok(vec![5]));
    }
}
