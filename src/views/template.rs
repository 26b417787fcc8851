//! Empty tables for `import`, as workbooks: heads with explanations, drop-down lists, an example row that no import reads.
//!
//! Must not know: the ledger, the command line.

use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Formula, Note, Workbook, XlsxError,
};

use crate::domain::unit::Rank;
use crate::intake::EXAMPLE;
use crate::words::Lang;

/// Rows for which the lists hold.
const ROWS: u32 = 2000;
/// Longest list that is kept in the column itself; Excel allows 255 characters.
const LONGEST_LIST: usize = 200;
/// The sheet that holds the names of units.
const UNITS: &str = "单位名单";

/// A column of a template.
struct TemplateColumn {
    head: &'static str,
    width: u16,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
    list: List,
}

/// What a cell may be chosen from.
enum List {
    None,
    Words(Vec<String>),
    /// Names of units; others and several are allowed.
    Units,
}

/// An empty table of units.
///
/// # Errors
///
/// [`XlsxError`] when the workbook cannot be made.
pub fn of_units(lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let ranks = Rank::ALL.map(|rank| rank.say(Lang::Zh).to_owned()).to_vec();
    let column = |head, width, zh, en, example| TemplateColumn {
        head,
        width,
        zh,
        en,
        example,
        list: List::None,
    };
    let columns = [
        column("单位", 24, "必填：全称", "required: the full name", "区教育委员会"),
        column("别名", 24, "简称，多个用；分隔", "short names, separated by ；", "区教委；教育局"),
        column("上级单位", 16, "督办它的单位", "who supervises it", "区政府办公室"),
        column("单位组", 20, "所属的组，多个用；分隔", "groups, separated by ；", "区政府各部门"),
        column("联系人", 14, "每行一名联系人", "one contact a row", "张三"),
        column(
            "邮箱",
            28,
            "填写联系人的必填",
            "required with a contact",
            "zhangsan@bureau.example",
        ),
        TemplateColumn {
            list: List::Words(ranks),
            ..column("职级", 12, "从列表中选择", "choose from the list", "承办人")
        },
        column(
            "外出",
            34,
            "首日..末日→代收人邮箱",
            "first day..last day→address of the stand-in",
            "",
        ),
    ];
    workbook("单位", &columns, &[], lang)
}

/// An empty table of obligations; `units` and `rules` are names to choose from.
///
/// # Errors
///
/// [`XlsxError`] when the workbook cannot be made.
pub fn of_obligations(
    units: &[String],
    rules: Vec<String>,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let column = |head, width, zh, en, example| TemplateColumn {
        head,
        width,
        zh,
        en,
        example,
        list: List::None,
    };
    let unit = |head, width, zh, en, example| TemplateColumn {
        list: List::Units,
        ..column(head, width, zh, en, example)
    };
    let words = |list: &[&str]| List::Words(list.iter().map(|it| (*it).to_owned()).collect());
    let columns = [
        column("编号", 10, "本表内不重复", "different in each row", "1"),
        column("事项", 36, "必填：办什么", "required: what is to be done", "政策咨询事项全部入库"),
        TemplateColumn {
            list: words(&[
                "2026年12月底前",
                "收到之日起20个工作日内",
                "每月10日前",
                "每季度末前",
                "每年至少1次",
            ]),
            ..column(
                "时限",
                24,
                "必填：按文件的写法",
                "required: as the document writes it",
                "2026年12月底前",
            )
        },
        column("起算日", 14, "时限从某日起算的，写该日", "the day from which the term runs", ""),
        unit("牵头单位", 18, "可空", "may be empty", "区政府办公室"),
        unit("责任单位", 30, "必填，多个用；分隔", "required, separated by ；", "区教委；区财政局"),
        TemplateColumn {
            list: List::Words(rules),
            ..column("规则", 18, "适用的法定时限", "the statutory rule", "")
        },
        column("来源", 24, "文件名、文号", "the document", ""),
        column("备注", 24, "", "", ""),
        TemplateColumn {
            list: words(&["已办结", "办理中"]),
            ..column("状态", 10, "从列表中选择", "choose from the list", "办理中")
        },
        column("办结日期", 14, "已办结的必填", "required for what is done", ""),
        column("佐证", 24, "网址或文号", "an address or a number", ""),
    ];
    workbook("事项", &columns, units, lang)
}

fn workbook(
    sheet: &str,
    columns: &[TemplateColumn],
    units: &[String],
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00DC_E6F1))
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center);
    let example = Format::new().set_italic().set_font_color(Color::Gray);
    // a date that Excel would change stays as it is typed
    let text = Format::new().set_num_format("@").set_text_wrap();
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(sheet)?.set_freeze_panes(1, 0)?;
    for (place, column) in (0_u16..).zip(columns) {
        worksheet.set_column_width(place, column.width)?.set_column_format(place, &text)?;
        worksheet.write_string_with_format(0, place, column.head, &head)?;
        let told = lang.pick(column.zh, column.en);
        if !told.is_empty() {
            worksheet.insert_note(0, place, &Note::new(told).add_author_prefix(false))?;
        }
        let mark = if place == 0 { EXAMPLE } else { "" };
        worksheet.write_string_with_format(
            1,
            place,
            format!("{mark}{}", column.example),
            &example,
        )?;
        if let Some(list) = validation(&column.list, units)? {
            worksheet.add_data_validation(1, place, ROWS, place, &list)?;
        }
    }
    if !units.is_empty() {
        let names = workbook.add_worksheet();
        names.set_name(UNITS)?.set_column_width(0, 30)?;
        for (row, unit) in (0_u32..).zip(units) {
            names.write_string(row, 0, unit)?;
        }
    }
    workbook.save_to_buffer()
}

/// The drop-down list of a column. Names of units only propose: a cell may hold several.
fn validation(list: &List, units: &[String]) -> Result<Option<DataValidation>, XlsxError> {
    let open = |list: DataValidation| Some(list.show_error_message(false));
    Ok(match list {
        List::Units if !units.is_empty() => {
            let formula = format!("={UNITS}!$A$1:$A${}", units.len());
            open(DataValidation::new().allow_list_formula(Formula::new(formula)))
        }
        List::Words(words) => {
            let mut length = 0;
            let fits = words.iter().take_while(|word| {
                length += word.chars().count() + 1;
                length <= LONGEST_LIST
            });
            let words: Vec<&String> = fits.collect();
            if words.is_empty() {
                None
            } else {
                open(DataValidation::new().allow_list_strings(&words)?)
            }
        }
        List::Units | List::None => None,
    })
}
