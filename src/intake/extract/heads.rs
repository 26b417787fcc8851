//! What the head of a column says about it, by the words of heads.txt.
//!
//! Must not know: the cells below.

use std::sync::LazyLock;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A short name of the task beside a longer description.
    Name,
    /// The title of the duty: 任务名称, 贯彻举措, or 工作任务 where nothing else says what is to be done.
    Measure,
    /// The chapter: 重点任务 beside 贯彻举措.
    Task,
    /// A column left of the measures under the same head.
    Section,
    /// 完成时限.
    Limit,
    /// 开始时间: no limit.
    Start,
    /// 实际完成时间, 销号时间, 上报时间: a limit only where the table has no other.
    ActualDay,
    /// 更新时间, 填报时间: never a limit.
    OtherDay,
    /// 进展情况.
    Status,
    /// 责任人, 牵头领导.
    Person,
    /// 牵头单位.
    Lead,
    /// 责任单位, 配合单位.
    Responsible,
    /// 一季度: what is written here is due in that period.
    Period,
    /// 序号.
    Number,
    Other,
}

impl Role {
    /// True for the columns that name units.
    pub(super) fn is_unit(self) -> bool {
        matches!(self, Self::Lead | Self::Responsible)
    }

    /// True for the columns that say what is to be done.
    pub(super) fn is_task(self) -> bool {
        matches!(self, Self::Name | Self::Measure | Self::Task)
    }
}

/// Longest head, in characters.
const LONGEST_HEAD: usize = 16;

/// The words that begin the lines of heads.txt.
const ROLES: &[(&str, Role)] = &[
    ("Name", Role::Name),
    ("Measure", Role::Measure),
    ("Task", Role::Task),
    ("Section", Role::Section),
    ("Limit", Role::Limit),
    ("Start", Role::Start),
    ("ActualDay", Role::ActualDay),
    ("OtherDay", Role::OtherDay),
    ("Status", Role::Status),
    ("Person", Role::Person),
    ("Lead", Role::Lead),
    ("Responsible", Role::Responsible),
    ("Number", Role::Number),
    ("Other", Role::Other),
];

/// The words of heads and their roles, the longest first.
static WORDS: LazyLock<Vec<(&str, Role)>> = LazyLock::new(|| {
    let lines = include_str!("heads.txt").lines().filter(|line| !line.starts_with('#'));
    let mut words: Vec<(&str, Role)> = lines
        .filter_map(|line| {
            let (role, words) = line.split_once(char::is_whitespace)?;
            let (_, role) = *ROLES.iter().find(|(name, _)| *name == role)?;
            Some(words.split_whitespace().map(move |word| (word, role)))
        })
        .flatten()
        .collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
    words
});

/// True for a text that is short enough to be a head.
pub(super) fn may_be_head(text: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).nth(LONGEST_HEAD).is_none() && !text.contains('。')
}

/// The role a head names: by the longest word in it. 任务状态 is a state, 责任科室 a unit.
pub(super) fn role_of(head: &str) -> Option<Role> {
    word_of(head).map(|(_, role)| role)
}

/// How much a head says, in characters of the word that names its role: 完成时限 says more than 时间.
pub(super) fn weight_of(head: &str) -> usize {
    word_of(head).map_or(0, |(word, _)| word.chars().count())
}

fn word_of(head: &str) -> Option<(&'static str, Role)> {
    if !may_be_head(head) {
        return None;
    }
    let head: String = head.split_whitespace().collect::<String>().to_lowercase();
    WORDS.iter().find(|(word, _)| is_in(word, &head)).copied()
}

/// A Latin word stands alone: no is not in notice.
fn is_in(word: &str, head: &str) -> bool {
    if !word.is_ascii() {
        return head.contains(word);
    }
    head.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_of_a_head_decides() {
        for (head, role) in [
            ("完成时限", Role::Limit),
            ("实际完成时间", Role::ActualDay),
            ("任务状态", Role::Status),
            ("任务名称", Role::Name),
            ("责任科室", Role::Responsible),
            ("牵头领导", Role::Person),
            ("完成 时限", Role::Limit),
            ("計量单位", Role::Responsible),
            ("计量单位", Role::Other),
            ("Deadline", Role::Limit),
        ] {
            assert_eq!(role_of(head), Some(role), "{head}");
        }
        for text in ["notice", "一、以公开助力", "2024年6月30日前完成全部整改任务并报送总结材料"]
        {
            assert_eq!(role_of(text), None, "{text}");
        }
    }

    #[test]
    fn every_line_of_the_words_names_a_role() {
        let lines = include_str!("heads.txt").lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let (role, words) = line.split_once(char::is_whitespace).unwrap();
            assert!(
                ROLES.iter().any(|(name, _)| *name == role) && !words.trim().is_empty(),
                "{line}"
            );
        }
    }
}
