//! What the columns of a table hold, told by their headers.
//!
//! Must not know: the rows below.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// 工作任务: the chapter.
    Task,
    /// A column left of the measures under the same header: the section.
    Section,
    /// 贯彻举措: what is to be done.
    Measure,
    /// 牵头单位.
    Lead,
    /// 责任单位, 配合单位.
    Responsible,
    /// 完成时限.
    Time,
    /// Anything else.
    Other,
}

/// Words of headers and the role they name, in order: the first that occurs in a header decides.
const HEADERS: &[(&[&str], Role)] = &[
    (&["责任人", "责任领导", "联系人", "联系方式", "电话", "备注", "责任科室"], Role::Other),
    (&["牵头", "主办", "主责", "lead"], Role::Lead),
    (
        &["责任", "负责", "承办", "配合", "协办", "参与", "落实单位", "实施单位", "responsible"],
        Role::Responsible,
    ),
    (&["时限", "时间", "期限", "进度", "节点", "when", "deadline"], Role::Time),
    (&["section"], Role::Section),
    (&["举措", "措施", "要求", "内容", "事项", "做法", "measure", "title"], Role::Measure),
    (&["任务", "目标", "领域", "类别", "重点工作", "工作", "task"], Role::Task),
    (&["序号", "编号", "row", "号"], Role::Other),
];
/// Longest header, in characters.
const LONGEST_HEADER: usize = 16;

impl Role {
    /// True for the columns that name units.
    pub(super) fn is_unit(self) -> bool {
        matches!(self, Self::Lead | Self::Responsible)
    }

    /// The role a header names.
    fn of(header: &str) -> Option<Self> {
        let header: String = header.split_whitespace().collect();
        if header.chars().nth(LONGEST_HEADER).is_some() || header.contains('。') {
            return None;
        }
        let header = header.to_lowercase();
        let names = |words: &&[&str]| words.iter().any(|word| header.contains(word));
        HEADERS.iter().find(|(words, _)| names(words)).map(|(_, role)| *role)
    }
}

/// The roles of `headers`, when they are headers: one of them must name units or a time, and no cell may say more.
pub(super) fn roles_of(headers: &[&str]) -> Option<Vec<Role>> {
    let roles: Vec<_> = headers.iter().map(|header| Role::of(header)).collect();
    let filled = headers.iter().filter(|header| !header.trim().is_empty()).count();
    let told = roles.iter().flatten().count();
    let decides = |role: &Role| role.is_unit() || *role == Role::Time;
    if told < 2 || told < filled || !roles.iter().flatten().any(decides) {
        return None;
    }
    // a header over two columns leaves the second one empty
    let mut last = Role::Other;
    let spread =
        roles.into_iter().map(|role| *role.as_ref().inspect(|role| last = **role).unwrap_or(&last));
    let mut spread: Vec<_> = spread.collect();
    if !spread.contains(&Role::Measure)
        && let Some(task) = spread.iter_mut().rev().find(|role| **role == Role::Task)
    {
        *task = Role::Measure;
    }
    Some(sectioned(spread))
}

/// Roles for rows of `width` cells: what the header lacks stands left of the measures.
pub(super) fn widened(mut roles: Vec<Role>, width: usize) -> Vec<Role> {
    let place = roles.iter().position(|role| *role == Role::Measure).unwrap_or_default();
    while roles.len() < width {
        roles.insert(place, Role::Section);
    }
    roles
}

/// Of several neighbouring measure columns only the last holds measures.
fn sectioned(mut roles: Vec<Role>) -> Vec<Role> {
    let last = roles.iter().rposition(|role| *role == Role::Measure);
    for (index, role) in roles.iter_mut().enumerate() {
        if *role == Role::Measure && Some(index) != last {
            *role = Role::Section;
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_what_columns_hold() {
        use Role::{Lead, Measure, Other, Responsible, Section, Task, Time};
        let roles = roles_of(&["工作任务", "贯彻举措", "牵头单位", "责任单位"]).unwrap();
        assert_eq!(roles, [Task, Measure, Lead, Responsible]);
        assert_eq!(widened(roles, 5), [Task, Section, Measure, Lead, Responsible]);
        assert_eq!(
            roles_of(&["重点任务", "贯彻举措", "", "牵头单位", "责任单位"]).unwrap(),
            [Task, Section, Measure, Lead, Responsible]
        );
        assert_eq!(
            roles_of(&["序号", "工作任务", "责任部门", "完成时限"]).unwrap(),
            [Other, Measure, Responsible, Time]
        );
        assert_eq!(roles_of(&["一、以公开助力", "（一）加强"]), None);
    }
}
