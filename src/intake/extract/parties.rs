//! Who leads and who is responsible, out of brackets, labelled lines and the subject of a sentence.
//!
//! Must not know: tables, time limits.

use super::indexed_span::is_stop;
use super::name_list::{NameList, is_unit_like, may_name_a_unit, once_each};
use super::names::KnownNames;
use super::numbering::number_of;
use super::words::{
    CERTAIN_ENDINGS, DOING_VERBS, EXPLANATIONS, LEVEL_CHARACTERS, LEVELS, NAME_TAILS, PARTY_LABELS,
    Part, REMARK_ENDINGS, ROLE_NAMES, ROLE_SUFFIXES, ROLE_VERBS, SUBJECT_VERBS, UNCERTAIN_ENDINGS,
    UNIT_VERBS,
};

/// Who owes a duty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parties {
    pub(super) lead: Vec<String>,
    pub(super) responsible: Vec<String>,
    /// A list ended in 等.
    pub(super) is_open: bool,
}

/// Most characters of the units behind a sentence.
const LONGEST_RUN: usize = 60;
/// Longest name that a clause begins with, in characters.
const LONGEST_SUBJECT: usize = 16;
/// Longest label, in characters.
const LONGEST_LABEL: usize = 6;
/// Longest bracket that is looked into, in bytes.
const LONGEST_BRACKET: usize = 1200;
/// What ends a clause.
const CLAUSE_ENDS: [char; 8] = ['，', ',', '；', ';', '：', ':', '。', '\n'];

/// The parties of the first bracket in `text` that says who does what; else those of the first bracket behind a
/// sentence that holds nothing but names: …全部入库。（区教委、区财政局）.
pub(super) fn in_brackets(text: &str, known_names: &KnownNames) -> Option<Parties> {
    let brackets: Vec<(&str, &str)> = text
        .match_indices(['（', '('])
        .filter_map(|(place, mark)| {
            let opened = text.get(place + mark.len()..)?;
            let inside = inside_of_bracket(opened);
            let behind = opened.get(inside.len()..)?.trim_start_matches(['）', ')']);
            Some((inside, behind))
        })
        .collect();
    let told =
        |inside| labelled(inside, known_names).or_else(|| from_role_verbs(inside, known_names));
    brackets.iter().find_map(|(inside, _)| told(inside)).or_else(|| {
        let last = brackets.iter().filter(|(_, behind)| ends_a_sentence(behind));
        last.into_iter().find_map(|(inside, _)| bare_names(inside, known_names))
    })
}

fn ends_a_sentence(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with(['。', '；', ';', '\n'])
}

/// The parties of 区教委、区财政局, names of certain units and nothing else.
fn bare_names(text: &str, known_names: &KnownNames) -> Option<Parties> {
    let is_certain = |name: &String| {
        known_names.contains(name)
            || is_unit_like(name)
                && name.chars().nth(2).is_some()
                && (name.starts_with('各')
                    || !UNCERTAIN_ENDINGS.iter().any(|kind| name.ends_with(kind)))
    };
    let names = known_names.names_in(text);
    let explains = EXPLANATIONS.iter().any(|word| text.starts_with(word));
    let mut parties = Parties::default();
    if !explains && names.names.iter().all(is_certain) {
        parties.add(names, Part::Responsible);
    }
    parties.if_named()
}

/// The parties of a text such as 牵头单位：区教委；责任单位：区财政局；完成时限：10月. A label that comes again belongs to
/// another task.
pub(super) fn labelled(text: &str, known_names: &KnownNames) -> Option<Parties> {
    labelled_in(text, known_names).if_named()
}

/// The same, empty when no label names a part. A lead unit alone is not yet responsible: the next line may say who is.
pub(super) fn labelled_in(text: &str, known_names: &KnownNames) -> Parties {
    let mut parties = Parties::default();
    let mut seen = Vec::new();
    for LabelledValue { label, value, .. } in labels_in(text) {
        let Some((words, part)) = PARTY_LABELS.iter().find(|(words, _)| label.ends_with(words))
        else {
            continue;
        };
        if seen.contains(words) {
            break;
        }
        seen.push(*words);
        parties.add_cell(value, *part, known_names);
    }
    parties
}

/// A label of at most a few characters, its colon, and what it labels.
pub(super) struct LabelledValue<'t> {
    /// The byte at which the label begins.
    pub(super) start: usize,
    /// 责任单位.
    pub(super) label: &'t str,
    /// The byte at which the value begins.
    pub(super) from: usize,
    /// Until the end of the sentence or the next label, without the mark before it.
    pub(super) value: &'t str,
}

/// Everything in `text` that stands behind a label.
pub(super) fn labels_in(text: &str) -> Vec<LabelledValue<'_>> {
    const MARKS: [char; 10] = ['，', '；', '。', ',', ';', '（', '(', '\n', ' ', '　'];
    let colons = text.match_indices(['：', ':']).filter_map(|(place, colon)| {
        let before = text.get(..place)?.trim_end();
        // no label is longer; the rest of a page is not looked at for each colon
        let near = before.char_indices().rev().nth(LONGEST_LABEL).map_or(0, |(place, _)| place);
        let run = before.get(near..)?;
        let run = run.rsplit(MARKS).next().unwrap_or(run);
        let known = PARTY_LABELS.iter().find(|(label, _)| run.ends_with(label));
        let label = known.map_or(run, |(label, _)| *label);
        let is_label = known.is_some() || (2..=LONGEST_LABEL).contains(&run.chars().count());
        is_label.then_some((before.len() - label.len(), label, place + colon.len()))
    });
    let colons: Vec<_> = colons.collect();
    let ends = colons.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    let labelled = colons.iter().zip(ends).filter_map(|((start, label, from), until)| {
        let value = text.get(*from..until)?;
        let value = value.split('。').next().unwrap_or(value).trim_end_matches(MARKS);
        Some(LabelledValue { start: *start, label, from: *from, value })
    });
    labelled.collect()
}

/// The parties of 区教委牵头，区财政局、区民政局配合，10月底前完成; `None` unless one phrase ends in a verb of a role.
fn from_role_verbs(text: &str, known_names: &KnownNames) -> Option<Parties> {
    let mut parties = Parties::default();
    // names whose role a later phrase gives: 区教委，区财政局负责
    let mut pending = NameList::default();
    let mut has_verb = false;
    for phrase in text.split(['，', ',', '；', ';', '\n']).map(str::trim) {
        if REMARK_ENDINGS.iter().any(|ending| phrase.ends_with(ending)) {
            continue;
        }
        let with_verb =
            ROLE_VERBS.iter().find_map(|(verb, part)| Some((phrase.strip_suffix(verb)?, *part)));
        let listed = with_verb.map_or(phrase, |(names, _)| names);
        let names = known_names.names_in(listed.strip_prefix('由').unwrap_or(listed));
        // 牵头 and 配合 stand behind units only; 负责 and 落实 behind anything
        let proves_units = with_verb.is_some() && UNIT_VERBS.iter().any(|it| phrase.ends_with(it));
        let is_unit = |name: &String| {
            is_unit_like(name)
                || known_names.contains(name)
                || proves_units && may_name_a_unit(name)
        };
        if !names.names.iter().all(is_unit) {
            return None;
        }
        let Some((_, part)) = with_verb else {
            pending.names.extend(names.names);
            pending.is_open |= names.is_open;
            continue;
        };
        has_verb = true;
        parties.add(std::mem::take(&mut pending), part);
        parties.add(names, part);
    }
    parties.add(pending, Part::Responsible);
    if has_verb { parties.if_named() } else { None }
}

/// The parties of the clauses a sentence begins with: 区司法局牵头，各起草部门配合，3个工作日内发布.
pub(super) fn from_role_clauses(sentence: &str, known_names: &KnownNames) -> Option<Parties> {
    let sentence = number_of(sentence).map_or(sentence, |(_, _, rest)| rest);
    let mut end = 0;
    for clause in sentence.split_inclusive(['，', ',', '；', ';']) {
        let text = clause.trim_end_matches(['，', ',', '；', ';']).trim();
        if !ROLE_VERBS.iter().any(|(verb, _)| text.ends_with(verb)) {
            break;
        }
        end += clause.len();
    }
    from_role_verbs(sentence.get(..end)?.trim_end_matches(['，', ',', '；', ';']), known_names)
}

/// The units that a sentence, or one of its clauses, begins with: 各区县政府、市政府各部门要….
pub(super) fn subject(sentence: &str, known_names: &KnownNames) -> Option<Parties> {
    sentence.split(CLAUSE_ENDS).find_map(|clause| subject_of(clause, known_names))
}

/// True for names that may be anybody: 企业, 学校.
pub(super) fn are_uncertain(parties: &Parties) -> bool {
    let is_uncertain = |name: &String| UNCERTAIN_ENDINGS.iter().any(|ending| name == ending);
    parties.responsible.iter().all(is_uncertain)
}

/// The last of the subjects in `text`: in A要…，B要在10月底前 it is B.
pub(super) fn subject_before(text: &str, known_names: &KnownNames) -> Option<Parties> {
    text.rsplit(CLAUSE_ENDS).find_map(|clause| subject_of(clause, known_names))
}

fn subject_of(clause: &str, known_names: &KnownNames) -> Option<Parties> {
    let clause = number_of(clause).map_or(clause, |(_, _, rest)| rest).trim();
    let clause = clause.trim_start_matches(['请', '由']);
    // 各牵头单位 holds a verb, and is a name
    let role = ROLE_NAMES
        .iter()
        .find(|role| clause.strip_prefix('各').is_some_and(|it| it.starts_with(**role)));
    let from = role.map_or(0, |role| '各'.len_utf8() + role.len());
    let verbs = clause.get(from..)?;
    let end = SUBJECT_VERBS.iter().filter_map(|verb| verbs.find(verb)).map(|end| from + end);
    let end = end.filter(|end| *end > 0).min()?;
    let names = clause.get(..end)?;
    let names = names.rsplit('的').next().unwrap_or(names);
    let NameList { names, is_open } = known_names.names_in(names);
    // 各省、自治区、直辖市民政部门: the last name says what the others are
    let is_unit = |name: &String| {
        is_unit_like(name)
            || names.last().is_some_and(|last| is_unit_like(last))
                && LEVELS.iter().any(|level| name.ends_with(level))
    };
    let all_units = !names.is_empty() && names.iter().all(is_unit);
    let is_role = |name: &String| {
        !name.starts_with('各') && ROLE_NAMES.iter().any(|role| name.ends_with(role))
    };
    let is_role = names.iter().any(is_role);
    (all_units && !is_role).then_some(Parties { lead: Vec::new(), responsible: names, is_open })
}

/// The units that stand right before a time limit, and nothing else in their clause: 公安局5月底前完成排查.
pub(super) fn subject_right_before(text: &str, known_names: &KnownNames) -> Option<Parties> {
    let is_end = |c: char| CLAUSE_ENDS.contains(&c) || is_stop(c);
    let clause = text.rsplit(is_end).next()?.trim();
    let clause = number_of(clause).map_or(clause, |(_, _, rest)| rest);
    let clause = clause.trim_start_matches(['请', '由']);
    let NameList { names, is_open } = known_names.names_in(clause);
    let is_certain = |name: &String| {
        known_names.contains(name)
            || is_unit_like(name) && CERTAIN_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let is_subject = clause.chars().nth(LONGEST_SUBJECT).is_none()
        && !names.is_empty()
        && names.iter().all(is_certain);
    is_subject.then_some(Parties { lead: Vec::new(), responsible: names, is_open })
}

/// The unit that a text behind a time limit begins with: …前，区民政局制定实施细则.
pub(super) fn subject_behind(after: &str, known_names: &KnownNames) -> Option<Parties> {
    let clause = after.trim_start_matches(['，', ',']).split(CLAUSE_ENDS).next()?;
    let clause = clause.trim_start_matches(['请', '由']);
    let ends = clause.char_indices().map(|(place, _)| place).skip(4).take(LONGEST_SUBJECT);
    let candidates: Vec<&str> = ends.filter_map(|end| clause.get(..end)).collect();
    let is_known = |name: &&&str| known_names.contains(name);
    let is_certain = |name: &&&str| {
        is_unit_like(name) && CERTAIN_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    // 市委督查室组织复核: a unit by its beginning, its ending and what follows
    let is_doing = |name: &&&str| {
        let rest = clause.get(name.len()..).unwrap_or_default();
        is_unit_like(name)
            && name.starts_with(LEVEL_CHARACTERS)
            && DOING_VERBS.iter().any(|verb| rest.starts_with(verb))
    };
    let name = candidates
        .iter()
        .rev()
        .find(is_known)
        .or_else(|| candidates.iter().find(is_certain))
        .or_else(|| candidates.iter().find(is_doing))?;
    let rest = clause.get(name.len()..)?;
    let more = NAME_TAILS.iter().find(|tail| rest.starts_with(**tail)).map_or(0, |tail| tail.len());
    let names = known_names.names_in(clause.get(..name.len() + more)?);
    Some(Parties { lead: Vec::new(), responsible: names.names, is_open: names.is_open })
}

/// The units that a flattened table leaves behind the sentence: 市政府办公厅各区县政府（三）… is the lead, then those
/// responsible. `text` begins right behind the sentence.
pub(super) fn after_sentence(text: &str, known_names: &KnownNames) -> Option<Parties> {
    let end =
        text.find(|c: char| c.is_ascii_digit() || "。，；：".contains(c)).unwrap_or(text.len());
    let run = text.get(..end)?;
    let run = run
        .rsplit_once(['（', '('])
        .filter(|(_, inside)| inside.contains(['）', ')']))
        .map_or(run, |(names, _)| names);
    let units = |names: &str| {
        let names = known_names.names_in(names);
        let all = !names.names.is_empty() && names.names.iter().all(|name| is_unit_like(name));
        all.then_some(names)
    };
    let run = run.trim();
    if run.chars().nth(LONGEST_RUN).is_some() || !run.starts_with(LEVEL_CHARACTERS) {
        return None;
    }
    let junctions = run
        .char_indices()
        .skip(1)
        .filter(|(_, c)| LEVEL_CHARACTERS.contains(c))
        .map(|(place, _)| place);
    let (lead, responsible) = junctions
        .filter(|place| !run.get(..*place).is_some_and(|before| before.ends_with(['、', '，'])))
        .find_map(|place| Some((units(run.get(..place)?)?, units(run.get(place..)?)?)))
        .or_else(|| Some((NameList::default(), units(run)?)))?;
    let is_open = lead.is_open || responsible.is_open;
    Some(Parties { lead: lead.names, responsible: responsible.names, is_open })
}

fn inside_of_bracket(opened: &str) -> &str {
    let mut depth = 0_usize;
    let opened = opened.get(..opened.floor_char_boundary(LONGEST_BRACKET)).unwrap_or(opened);
    for (place, character) in opened.char_indices() {
        match character {
            '（' | '(' => depth += 1,
            '）' | ')' if depth == 0 => return opened.get(..place).unwrap_or_default(),
            '）' | ')' => depth -= 1,
            _ => {}
        }
    }
    ""
}

impl Parties {
    /// The parties in the unit cells of a row; a cell may name the roles itself: 区教委牵头，区财政局配合.
    pub(super) fn of_cells(lead: &str, responsible: &str, known_names: &KnownNames) -> Self {
        let mut parties = Self::default();
        parties.add_cell(lead, Part::Lead, known_names);
        parties.add_cell(responsible, Part::Responsible, known_names);
        parties.if_named().unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lead.is_empty() && self.responsible.is_empty()
    }

    fn add_cell(&mut self, cell: &str, part: Part, known_names: &KnownNames) {
        if let Some(told) = from_role_verbs(cell, known_names) {
            self.is_open |= told.is_open;
            self.lead.extend(told.lead);
            self.responsible.extend(told.responsible);
        } else {
            self.add(known_names.names_in(cell), part);
        }
    }

    fn add(&mut self, names: NameList, part: Part) {
        self.is_open |= names.is_open;
        for name in names.names {
            let own = ROLE_SUFFIXES
                .iter()
                .find_map(|(suffix, part)| Some((name.strip_suffix(suffix)?, *part)));
            let (name, part) = own.unwrap_or((&name, part));
            let list = match part {
                Part::Lead => &mut self.lead,
                Part::Responsible => &mut self.responsible,
            };
            list.push(name.to_owned());
        }
    }

    /// The parties, or `None` when there are none. Without a responsible unit the lead unit is responsible.
    pub(super) fn if_named(mut self) -> Option<Self> {
        if self.responsible.is_empty() {
            self.responsible.clone_from(&self.lead);
        }
        self.lead = once_each(self.lead);
        self.responsible = once_each(self.responsible);
        (!self.responsible.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::document::Document;
    use super::*;

    fn bracket(text: &str) -> (Vec<String>, Vec<String>, bool) {
        let known_names = KnownNames::of(&Document::default(), &[]);
        let parties = in_brackets(text, &known_names).or_else(|| labelled(text, &known_names));
        let parties = parties.unwrap_or_default();
        (parties.lead, parties.responsible, parties.is_open)
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn brackets_name_who_leads_and_who_is_responsible() {
        for (text, lead, responsible) in [
            (
                "（区教委牵头，区财政局、区民政局配合）",
                &["区教委"][..],
                &["区财政局", "区民政局"][..],
            ),
            ("（区教委负责）", &[], &["区教委"]),
            ("（区教委、区财政局按职责分工负责）", &[], &["区教委", "区财政局"]),
            (
                "（牵头单位：区教委，配合单位：区财政局、区民政局）",
                &["区教委"],
                &["区财政局", "区民政局"],
            ),
            ("（责任单位：区教委；各街道办事处）", &[], &["区教委", "各街道办事处"]),
            ("（区教委牵头）", &["区教委"], &["区教委"]),
            (
                "（财政部牵头，国务院相关部门及各地区按职责分工负责）",
                &["财政部"],
                &["国务院相关部门", "各地区"],
            ),
            ("（区教委、区财政局负责，2021年9月底前完成）", &[], &["区教委", "区财政局"]),
            ("（由区教委牵头，区财政局、各街道，持续推进）", &["区教委"], &["区财政局", "各街道"]),
            ("（区教委，区财政局共同负责）", &[], &["区教委", "区财政局"]),
            (
                "牵头单位：区教委；配合单位：区财政局；完成时限：2024年10月",
                &["区教委"],
                &["区财政局"],
            ),
            (
                "（责任单位：市大数据局牵头，市直各部门、各县区政府配合）",
                &["市大数据局"],
                &["市直各部门", "各县区政府"],
            ),
            ("全部入库。（区教委、各街道办事处）", &[], &["区教委", "各街道办事处"]),
            ("企业（事业单位）要公开", &[], &[]),
            ("由本办公室（以下简称区政府办）。", &[], &[]),
            ("各镇（含街道办事处）。", &[], &[]),
            ("责任单位：区教委。2.扩大公开。责任单位：区财政局", &[], &["区教委"]),
            ("（区教委、区财政局）共建的平台", &[], &[]),
            ("（一般不少于30日）", &[], &[]),
            (
                "公开（含区县），（各镇人民政府（街道办事处）负责）",
                &[],
                &["各镇人民政府（街道办事处）"],
            ),
        ] {
            assert_eq!(bracket(text), (names(lead), names(responsible), false), "{text}");
        }
        assert!(bracket("（区教委牵头，区财政局等按职责分工负责）").2);
    }

    #[test]
    fn a_flattened_table_leaves_lead_and_responsible_behind_the_sentence() {
        let known_names = KnownNames::of(&Document::default(), &[]);
        for (text, lead, responsible) in [
            ("市政府办公厅各区县政府（三）以行政", &["市政府办公厅"][..], &["各区县政府"][..]),
            (
                "市政府办公厅、市司法局市政府各部门2．各区县",
                &["市政府办公厅", "市司法局"],
                &["市政府各部门"],
            ),
            (
                "市政府办公厅市政府各部门、各区县政府2．严格",
                &["市政府办公厅"],
                &["市政府各部门", "各区县政府"],
            ),
        ] {
            let parties = after_sentence(text, &known_names).unwrap();
            assert_eq!(
                (parties.lead, parties.responsible),
                (names(lead), names(responsible)),
                "{text}"
            );
        }
        for text in ["三、加强监督检查，强化", "1．加大稳就业", "市场主体要公开", ""]
        {
            assert_eq!(after_sentence(text, &known_names), None, "{text}");
        }
    }

    #[test]
    fn the_subject_of_a_sentence_owes_the_duty() {
        let known_names = KnownNames::of(&Document::default(), &[]);
        for (text, responsible) in [
            (
                "2．各区县政府、市政府各部门要在2020年11月底前，系统梳理",
                &["各区县政府", "市政府各部门"][..],
            ),
            ("2022年底前，区教委应当完成", &["区教委"]),
            ("县级以上财政部门应当于6月底前公开", &["县级以上财政部门"]),
        ] {
            assert_eq!(
                subject(text, &known_names).unwrap().responsible,
                names(responsible),
                "{text}"
            );
        }
        for text in ["加强各部门要做的工作", "牵头单位要切实履行", "2022年底前全部入库"]
        {
            assert_eq!(subject(text, &known_names), None, "{text}");
        }
    }
}
