//! What is wrong with a list of units.
//!
//! Must not know: how it was found.

use crate::domain::address::Address;
use crate::words;
use crate::words::{Lang, Say};

/// Why a list of units is refused; `entry` is the place in the list, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum DirectoryFault {
    /// The alias already means another unit.
    AliasTaken { entry: usize, alias: String, holder: String },
    /// The superior is neither in the list nor in the ledger.
    UnknownParent { entry: usize, parent: String },
    /// A group would be a member of itself.
    OwnMember { entry: usize, group: String },
    /// The delegate is not another contact of the same unit.
    UnknownDelegate {
        entry: usize,
        unit: String,
        delegate: Address,
        /// The addresses of the contacts who could be delegates.
        known: Vec<Address>,
    },
    /// Groups would be members of each other, and so contain no unit.
    RingOfGroups {
        /// The entry that closes the ring.
        entry: usize,
        /// Each group is a member of the next one, the last of the first.
        ring: Vec<String>,
    },
    /// Units would stand above each other, or one above itself.
    RingOfUnits {
        /// The entry that closes the ring.
        entry: usize,
        /// Each stands below the next one, the last below the first.
        ring: Vec<String>,
    },
    /// The list gives a unit two superiors.
    TwoParents {
        /// The entry with the second superior.
        entry: usize,
        unit: String,
        /// The first superior.
        first: String,
    },
    /// The list gives a contact two different absences.
    TwoAbsences {
        /// The entry with the second absence.
        entry: usize,
        name: String,
    },
    /// The list gives a contact two addresses.
    TwoAddresses {
        /// The entry with the second address.
        entry: usize,
        name: String,
    },
}

impl Say for DirectoryFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::AliasTaken { alias, holder, .. } => words!(
                lang,
                zh = "别名：“{alias}”已是{holder}的名称；请删去其中一处",
                en = "别名: `{alias}` already stands for {holder}; remove it here or there",
            ),
            Self::UnknownParent { parent, .. } => words!(
                lang,
                zh = "上级单位：“{parent}”既不在本表，也不在单位表中；请为其增加一行",
                en = "上级单位: `{parent}` is neither in the file nor in the ledger; add a row for it",
            ),
            Self::OwnMember { group, .. } => words!(
                lang,
                zh = "单位组：“{group}”不能属于自己；请将该格留空",
                en = "单位组: `{group}` cannot be a member of itself; leave the cell empty",
            ),
            Self::UnknownDelegate { unit, delegate, known, .. } if known.is_empty() => words!(
                lang,
                zh = "外出：{delegate}不能代收，{unit}没有其他联系人；代收人请留空，由其他职级代收",
                en = "外出: {delegate} cannot stand in, {unit} has no other contact; name nobody, and another rank is told",
            ),
            Self::UnknownDelegate { unit, delegate, known, .. } => {
                let known: Vec<&str> = known.iter().map(Address::as_str).collect();
                words!(
                    lang,
                    zh = "外出：{delegate}不是{unit}的其他联系人；请从{known}中选填，或者不填",
                    en = "外出: {delegate} is not another contact of {unit}; name one of {known}, or nobody",
                    known = lang.list(&known),
                )
            }
            Self::RingOfGroups { ring, .. } => words!(
                lang,
                zh = "单位组：{ring}互相包含，其中没有单位；请将其中一组移出",
                en = "单位组: {ring} would contain each other and no unit; take one out of the other",
                ring = ring.join("、"),
            ),
            Self::RingOfUnits { ring, .. } => words!(
                lang,
                zh = "上级单位：{ring}互为上级；请更正其中一处",
                en = "上级单位: {ring} would stand above each other; correct one of them",
                ring = ring.join("、"),
            ),
            Self::TwoParents { unit, first, .. } => words!(
                lang,
                zh = "上级单位：{unit}在表中有两个上级单位，前一个是{first}；请保留一个",
                en = "上级单位: {unit} has two superiors in the file, first {first}; keep one",
            ),
            Self::TwoAbsences { name, .. } => words!(
                lang,
                zh = "外出：{name}在表中有两个不同的外出时间；请保留一个",
                en = "外出: {name} has two different absences in the file; keep one",
            ),
            Self::TwoAddresses { name, .. } => words!(
                lang,
                zh = "邮箱：{name}在表中有两个邮箱；请保留一个",
                en = "邮箱: {name} has two addresses in the file; keep one",
            ),
        }
    }
}

impl DirectoryFault {
    /// The entry at fault, from 0.
    pub fn entry(&self) -> usize {
        match self {
            Self::AliasTaken { entry, .. }
            | Self::UnknownParent { entry, .. }
            | Self::OwnMember { entry, .. }
            | Self::RingOfGroups { entry, .. }
            | Self::RingOfUnits { entry, .. }
            | Self::TwoParents { entry, .. }
            | Self::TwoAbsences { entry, .. }
            | Self::UnknownDelegate { entry, .. }
            | Self::TwoAddresses { entry, .. } => *entry,
        }
    }
}
