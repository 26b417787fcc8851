//! The words by which duties are found in documents.
//!
//! Must not know: what is concluded from them. A list of words changes how sure a result is, hardly ever whether there is one.

use std::sync::LazyLock;

/// The part of a unit in a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Lead,
    Responsible,
}

/// What titles of documents end in.
pub(super) static TITLE_ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("TITLE_ENDINGS"));

/// What names of units end in.
pub(super) static UNIT_ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("UNIT_ENDINGS"));

/// What an open list is summed up by: 区教委、区财政局等有关部门.
pub(super) static LIST_SUMMARIES: LazyLock<Vec<&str>> = LazyLock::new(|| listed("LIST_SUMMARIES"));

/// Words that stand between two names without a mark.
pub(super) static CONJUNCTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("CONJUNCTIONS"));

/// A character before 等 that makes it part of a word, not the end of a list: 高等学校.
pub(super) const BEFORE_ETC_IN_WORDS: [char; 4] = ['高', '中', '初', '平'];

/// What no name of a unit begins with.
pub(super) static NOT_NAME_BEGINNINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| listed("NOT_NAME_BEGINNINGS"));

/// Words before a colon that name a part.
pub(super) const PARTY_LABELS: &[(&str, Part)] = &[
    ("牵头单位", Part::Lead),
    ("牵头部门", Part::Lead),
    ("主办单位", Part::Lead),
    ("牵头", Part::Lead),
    ("责任单位", Part::Responsible),
    ("责任部门", Part::Responsible),
    ("配合单位", Part::Responsible),
    ("配合部门", Part::Responsible),
    ("负责单位", Part::Responsible),
    ("协办单位", Part::Responsible),
    ("参与单位", Part::Responsible),
    ("参加单位", Part::Responsible),
    ("承办单位", Part::Responsible),
    ("落实单位", Part::Responsible),
    ("主责单位", Part::Lead),
    ("主责部门", Part::Lead),
    ("主办部门", Part::Lead),
    ("协同单位", Part::Responsible),
    ("协同部门", Part::Responsible),
    ("协助单位", Part::Responsible),
    ("协办部门", Part::Responsible),
    ("会办单位", Part::Responsible),
    ("承办部门", Part::Responsible),
    ("负责部门", Part::Responsible),
    ("实施单位", Part::Responsible),
    ("实施主体", Part::Responsible),
    ("责任主体", Part::Responsible),
    ("责任科室", Part::Responsible),
];

/// What ends the names of one role in 区教委牵头，区财政局配合; longer words first.
pub(super) const ROLE_VERBS: &[(&str, Part)] = &[
    ("牵头负责", Part::Lead),
    ("牵头落实", Part::Lead),
    ("牵头", Part::Lead),
    ("按照职责分工负责", Part::Responsible),
    ("按职责分工负责", Part::Responsible),
    ("按职责分工落实", Part::Responsible),
    ("按职责负责", Part::Responsible),
    ("分工负责", Part::Responsible),
    ("分别负责", Part::Responsible),
    ("共同负责", Part::Responsible),
    ("具体负责", Part::Responsible),
    ("负责落实", Part::Responsible),
    ("负责", Part::Responsible),
    ("协同配合", Part::Responsible),
    ("配合", Part::Responsible),
    ("参与", Part::Responsible),
    ("参加", Part::Responsible),
    ("协助", Part::Responsible),
    ("指导", Part::Responsible),
    ("落实", Part::Responsible),
];

/// What ends a remark between names: 2022年底前完成, 持续推进.
pub(super) static REMARK_ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("REMARK_ENDINGS"));

/// What a bracket begins with that explains the words before it: （以下简称区政府办）.
pub(super) static EXPLANATIONS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("EXPLANATIONS"));

/// What a name in a list says about its part: 区城管局（牵头）.
pub(super) const ROLE_SUFFIXES: &[(&str, Part)] = &[
    ("（牵头单位）", Part::Lead),
    ("（牵头）", Part::Lead),
    ("(牵头)", Part::Lead),
    ("（配合单位）", Part::Responsible),
    ("（配合）", Part::Responsible),
    ("(配合)", Part::Responsible),
    ("（负责）", Part::Responsible),
];

/// Verbs that follow the subject of a duty.
pub(super) static SUBJECT_VERBS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("SUBJECT_VERBS"));

/// Verbs of work that only units do.
pub(super) static DOING_VERBS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("DOING_VERBS"));

/// Verbs of a role that only units have.
pub(super) static UNIT_VERBS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("UNIT_VERBS"));

/// Endings that make the beginning of a clause a unit.
pub(super) static CERTAIN_ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| listed("CERTAIN_ENDINGS"));

/// What may follow a name and belong to it: 区政府办公室.
pub(super) static NAME_TAILS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("NAME_TAILS"));

/// Levels that stand in a list of units without more: 各省、自治区、直辖市民政部门.
pub(super) static LEVELS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("LEVELS"));

/// Endings that a word other than the name of a unit may have too.
pub(super) static UNCERTAIN_ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| listed("UNCERTAIN_ENDINGS"));

/// What names of units begin with, at their level.
pub(super) const LEVEL_CHARACTERS: [char; 9] =
    ['市', '区', '县', '省', '各', '全', '镇', '乡', '管'];

/// Words before a colon that name a time limit: 完成时限：2024年10月.
pub(super) static TIME_LABELS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("TIME_LABELS"));

/// Sentences that say that the first unit of each list leads: 列第一位者为牵头单位，下同.
pub(super) static FIRST_LEADS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("FIRST_LEADS"));

/// A group that a person must resolve to units: 有关部门.
pub(super) static VAGUE_GROUPS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("VAGUE_GROUPS"));

/// After one of these it is open whether the day is that of the draft or of the approval: 报市政府审定后印发.
pub(super) static APPROVALS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("APPROVALS"));

/// Endings of names that are parts in a document, not units.
pub(super) static ROLE_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ROLE_NAMES"));

/// The words of one list.
fn listed(name: &str) -> Vec<&'static str> {
    let lines = include_str!("words.txt").lines().filter_map(|line| line.split_once(' '));
    let words: Vec<&str> = lines
        .filter(|(of, _)| *of == name)
        .flat_map(|(_, words)| words.split_whitespace())
        .collect();
    debug_assert!(!words.is_empty(), "{name}");
    words
}
