//! The explanation of a date as it goes into a file: what the duty is, its date, the law, and each day; as facts and as a page.
//!
//! Must not know: how a date is worked out, which command asks.

use jiff::civil::Date;

use super::argument::{self, Fact, STEP_HEADINGS, step_rows};
use super::dates::with_weekday;
use super::explanation::LegalBasis;
use super::html::{element, escaped};
use crate::words;
use crate::words::Lang;
use crate::workflows::explain::Explained;

/// What one sheet explains.
pub struct Sheet<'a> {
    pub explained: &'a Explained,
    pub basis: LegalBasis<'a>,
}

const STYLE: &str = "\
body{font-family:'Songti SC',SimSun,'Noto Serif CJK SC',serif;font-size:14px;line-height:1.6;max-width:52em;margin:2em auto;\
padding:0 1em}h1{text-align:center;font-size:20px}table{border-collapse:collapse;width:100%;margin:1em 0}\
th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}td.number{text-align:right}\
.facts th{width:8em;font-weight:normal;white-space:nowrap}.signature{text-align:right}\
@media print{body{margin:0;max-width:none}section{break-after:page}tr{break-inside:avoid}}";

/// What is known of the duty and of its date.
pub fn facts(
    explained: &Explained,
    basis: LegalBasis<'_>,
    printed_on: Date,
    lang: Lang,
) -> Vec<Fact> {
    let inputs = &explained.obligation.inputs;
    let of_the_duty = [
        (lang.pick("事项", "Title"), inputs.title.clone()),
        (lang.pick("编号", "Reference"), inputs.full_reference()),
        (lang.pick("来源", "Source"), inputs.source.clone()),
        (lang.pick("牵头单位", "Lead units"), lang.list(&explained.lead)),
        (lang.pick("责任单位", "Responsible units"), lang.list(&explained.responsible)),
        (lang.pick("时限原文", "Term as written"), inputs.written.clone()),
    ];
    let mut facts: Vec<Fact> =
        of_the_duty.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    facts.extend(argument::facts(&explained.explanation, basis, lang));
    facts.extend(argument::changes_since(explained, lang));
    facts.push((lang.pick("说明日期", "Explained on"), with_weekday(printed_on, lang)));
    facts
}

/// One page to print, a sheet for each duty, that needs nothing else.
pub fn html(sheets: &[Sheet<'_>], office: &str, printed_on: Date, lang: Lang) -> String {
    let title = lang.pick("期限计算说明", "How the due date was worked out");
    let language = lang.pick("zh-CN", "en");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n"
    );
    for sheet in sheets {
        page.push_str(&section(sheet, title, office, printed_on, lang));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn section(sheet: &Sheet<'_>, title: &str, office: &str, printed_on: Date, lang: Lang) -> String {
    let Sheet { explained, basis } = sheet;
    let mut section = format!("<section>\n{}\n<table class=\"facts\">\n", element("h1", title));
    let facts = facts(explained, *basis, printed_on, lang);
    for (name, text) in facts.iter().filter(|(_, text)| !text.is_empty()) {
        let row = element("th", name) + &element("td", text);
        section.push_str(&format_row(&row));
    }
    section.push_str("</table>\n");
    let rows = step_rows(&explained.explanation, *basis, lang);
    if !rows.is_empty() {
        let headings = STEP_HEADINGS.iter().map(|(zh, en)| element("th", lang.pick(*zh, *en)));
        section.push_str("<table>\n");
        section.push_str(&format_row(&headings.collect::<String>()));
        for row in rows {
            let cells: String = row.iter().map(|cell| element("td", cell)).collect();
            section.push_str(&format_row(&cells));
        }
        section.push_str("</table>\n");
    }
    let day = with_weekday(printed_on, lang);
    let signed = words!(lang, zh = "{office}　{day}", en = "{office}, {day}");
    section + &format!("<p class=\"signature\">{}</p>\n</section>\n", escaped(&signed))
}

fn format_row(cells: &str) -> String {
    format!("<tr>{cells}</tr>\n")
}
