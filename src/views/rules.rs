//! The statutory terms: `rules`.
//!
//! Must not know: the file they come from, the command line.

use jiff::civil::Date;
use serde::Serialize;

use super::row::{Column, Row};
use super::words::word;
use crate::domain::rule::{
    AllowedAdjustment, AllowedChange, Direction, Evidence, Rule, RuleVersion,
};
use crate::domain::term::{Period, Term};
use crate::words;
use crate::words::{Lang, Say as _};

/// One version of a rule.
#[derive(Serialize)]
pub struct RuleView {
    name: String,
    code: Option<String>,
    version: String,
    from: Date,
    through: Option<Date>,
    /// Short form.
    #[serde(rename = "term")]
    short_term: String,
    counts: &'static str,
    trigger: String,
    law: String,
    article: String,
    #[serde(serialize_with = "word")]
    evidence: Evidence,
    ladder: Option<String>,
    then: Vec<String>,
    starts: &'static str,
    counting: String,
    allows: Vec<AllowedView>,
    note: String,
    #[serde(skip)]
    in_words: RuleVersion,
}

#[derive(Serialize)]
struct AllowedView {
    change: &'static str,
    ground: String,
    /// Short form: of an extension, or of a suspension on this ground.
    at_most: Option<String>,
    article: String,
    #[serde(skip)]
    effect: AllowedChange,
    #[serde(skip)]
    within: Option<Period>,
}

impl Row for RuleView {
    const KEYS: &'static [&'static str] = &[
        "name", "code", "from", "through", "term", "counts", "trigger", "law", "article",
        "evidence", "ladder",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("规则", "Rule", |it, _| it.name.clone()),
            Column::<Self>::whole("代码", "Code", |it, _| it.code.clone().unwrap_or_default())
                .droppable(2),
            Column::text("期限", "Term", Self::term),
            Column::<Self>::text("起算", "Trigger", |it, _| it.trigger.clone()).droppable(3),
            Column::<Self>::text("依据", "Legal basis", Self::basis).droppable(1),
            Column::<Self>::text("施行", "In force", Self::in_force).droppable(4),
            Column::<Self>::text("可调整", "May be adjusted", Self::adjustments).droppable(6),
            Column::<Self>::whole("督办阶梯", "Ladder", |it, _| {
                it.ladder.clone().unwrap_or_default()
            })
            .droppable(7),
            Column::<Self>::text("备注", "Note", |it, _| it.note.clone()).droppable(8),
        ]
    }
}

impl RuleView {
    pub fn of(rule: &Rule, version: &RuleVersion) -> Self {
        Self {
            name: rule.name.clone(),
            code: rule.code.clone(),
            version: version.id(),
            from: version.from,
            through: version.through,
            short_term: version.term.to_string(),
            counts: version.counts.word(),
            trigger: rule.trigger.clone(),
            law: version.law.clone(),
            article: version.article.clone(),
            evidence: version.evidence,
            ladder: rule.ladder.clone(),
            then: rule.then.clone(),
            starts: rule.starts.word(),
            counting: rule.counting.clone(),
            allows: version.allows.iter().map(AllowedView::of).collect(),
            note: version.note.clone(),
            in_words: version.clone(),
        }
    }

    fn term(&self, lang: Lang) -> String {
        match (&self.in_words.term, self.in_words.counts) {
            (Term::Within(period), Direction::Before) => {
                words!(lang, zh = "{period}前", en = "{period} before", period = period.say(lang))
            }
            (term, _) => term.say(lang),
        }
    }

    fn basis(&self, lang: Lang) -> String {
        self.in_words.say_basis(lang)
    }

    fn in_force(&self, lang: Lang) -> String {
        let from = self.from;
        match self.through {
            Some(through) => {
                words!(lang, zh = "{from}起至{through}", en = "{from} through {through}")
            }
            None => words!(lang, zh = "{from}起", en = "since {from}"),
        }
    }

    fn adjustments(&self, lang: Lang) -> String {
        let lines: Vec<String> = self.allows.iter().map(|allowed| allowed.line(lang)).collect();
        lines.join("\n")
    }
}

impl AllowedView {
    fn of(allowed: &AllowedAdjustment) -> Self {
        let at_most = match allowed.change {
            AllowedChange::Extend(at_most) => Some(at_most.to_string()),
            AllowedChange::Suspend | AllowedChange::Restart => {
                allowed.within.as_ref().map(|within| within.period.to_string())
            }
        };
        Self {
            change: allowed.change.kind().word(),
            ground: allowed.ground.clone(),
            at_most,
            article: allowed.article.clone(),
            effect: allowed.change,
            within: allowed.within.as_ref().map(|within| within.period),
        }
    }

    fn line(&self, lang: Lang) -> String {
        let ground = &self.ground;
        match self.effect {
            AllowedChange::Extend(at_most) => words!(
                lang,
                zh = "延期：{ground}，最长{at_most}",
                en = "extend: {ground}, at most {at_most}",
                at_most = at_most.say(lang),
            ),
            AllowedChange::Suspend => {
                let within = self.within.map(|period| {
                    let period = period.say(lang);
                    words!(lang, zh = "，最长{period}", en = ", at most {period}")
                });
                let within = within.unwrap_or_default();
                words!(lang, zh = "中止：{ground}{within}", en = "suspend: {ground}{within}")
            }
            AllowedChange::Restart => {
                words!(lang, zh = "重新起算：{ground}", en = "restart: {ground}")
            }
        }
    }
}
