//! One script for many: full-width and traditional characters, dashes and inner spaces brought to one form.
//!
//! Owns the map back to the text as written. Must not know: terms, grammar.

use std::sync::LazyLock;

/// Text in one form, and where each of its characters stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NormalizedText {
    /// Half-width, simplified, without white space except line ends that separate.
    pub(super) text: String,
    /// For each character of `text`, its place in the original, counted in characters; ascending.
    pub(super) origin: Vec<usize>,
}

/// Traditional characters of time expressions and of the words around them, each followed by its simplified form.
const TRADITIONAL: &str = "個个內内後后時时間间號号於于從从開开發发單单牽牵頭头責责終终結结總总週周兩两報报變变實实現现進进與与應应達达會会辦办機机關关長长過过準准數数點点級级區区縣县當当隨随適适續续動动態态\
    舉举場场組组織织負负務务門门導导評评訂订製制啟启審审執执處处歲岁穩稳備备複复復复對对劃划資资訊讯調调齊齐協协請请據据項项為为東东馬马鎮镇鄉乡廳厅黨党員员國国農农業业衛卫環环財财稅税\
    險险規规則则產产網网書书記记錄录參参○〇零〇劵券寫写\
    職职臨临監监領领義义學学醫医廣广電电視视傳传類类圖图屬属歸归專专聯联擬拟議议護护營营運运輸输設设計计築筑積积極极減减災灾檔档訓训練练試试驗验認认證证糧粮蘇苏龍龙灣湾漢汉陽阳陰阴岡冈澤泽匯汇來来條条確确樣样標标範范圍围違违紀纪權权給给約约維维齡龄養养療疗婦妇殘残團团軍军轉转戰战貿贸質质檢检統统氣气鐵铁郵邮銀银優优壓压縮缩額额價价糾纠紛纷歷历遞递獎奖勵励懲惩罰罚廢废廠厂礦矿橋桥樓楼灘滩溝沟濟济瀋沈潔洁淨净濕湿綠绿園园藝艺術术體体戲戏館馆";

impl NormalizedText {
    /// Brings `text` to one form. White space goes; a line end stays unless it stands inside a date or a period.
    pub(super) fn of(text: &str) -> Self {
        let mut normalized = Self { text: String::with_capacity(text.len()), origin: Vec::new() };
        let mut pending_line_end = None;
        for (at, character) in text.chars().enumerate() {
            match character {
                '\n' => pending_line_end = pending_line_end.or(Some(at)),
                space if space.is_whitespace() || is_invisible(space) => {}
                other => {
                    let form = normal_form(other);
                    if let Some(line_end) = pending_line_end.take()
                        && !normalized.goes_on_with(form)
                    {
                        normalized.push('\n', line_end);
                    }
                    normalized.push(form, at);
                }
            }
        }
        normalized
    }

    fn push(&mut self, form: char, at: usize) {
        if form == '≥' {
            self.text.push('>');
            self.origin.push(at);
            return self.push('=', at);
        }
        self.text.push(form);
        self.origin.push(at);
    }

    /// True when a line was only wrapped: the date or period before it is unfinished and `next` carries it on.
    fn goes_on_with(&self, next: char) -> bool {
        let Some(last) = self.text.chars().next_back() else { return true };
        match last {
            '年' => next.is_ascii_digit() || "底末内上中下".contains(next),
            '月' => next.is_ascii_digit() || "底末初上中下".contains(next),
            '个' => "工月".contains(next),
            '工' => next == '作',
            '作' => next == '日',
            '日' | '底' | '末' | '旬' => "前内以之".contains(next),
            digit if digit.is_ascii_digit() => "年月日号个天".contains(next),
            _ => false,
        }
    }
}

/// `character` in simplified script, for the characters around expressions of time; any other as it is.
pub fn in_simplified_script(character: char) -> char {
    if character < '\u{2e80}' { character } else { simplified(character) }
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

fn normal_form(character: char) -> char {
    match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        '\u{ff01}'..='\u{ff5e}' => {
            let half = u32::from(character) - 0xff01 + 0x21;
            char::from_u32(half).map_or(character, |half| half.to_ascii_lowercase())
        }
        '—' | '–' | '―' | '−' | '─' | '‐' | '‑' => '-',
        '〜' | '∼' | '〰' => '~',
        other if other < '\u{2e80}' && other != '○' => other,
        other => simplified(other),
    }
}

fn simplified(character: char) -> char {
    /// The pairs of [`TRADITIONAL`], sorted: every character of a document is looked up.
    static SORTED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
        let (traditional, simple) =
            (TRADITIONAL.chars().step_by(2), TRADITIONAL.chars().skip(1).step_by(2));
        let mut pairs: Vec<_> = traditional.zip(simple).collect();
        pairs.sort_unstable();
        pairs
    });
    let place = SORTED.binary_search_by_key(&character, |(traditional, _)| *traditional);
    place.ok().and_then(|place| SORTED.get(place)).map_or(character, |(_, simple)| *simple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_traditional_and_spaced_text_comes_to_one_form() {
        assert_eq!(NormalizedText::of("２０個工作日 內").text, "20个工作日内");
        assert_eq!(NormalizedText::of("12月 5　日前").text, "12月5日前");
    }

    #[test]
    fn every_character_knows_where_it_stood() {
        let normalized = NormalizedText::of(" 5 月\n底前");
        assert_eq!((normalized.text.as_str(), normalized.origin), ("5月底前", vec![1, 3, 5, 6]));
    }

    #[test]
    fn a_line_end_between_two_cells_stays() {
        assert_eq!(NormalizedText::of("序号\n\n2\n10月底前").text, "序号\n2\n10月底前");
    }

    #[test]
    fn the_table_of_traditional_characters_holds_whole_pairs() {
        assert_eq!(TRADITIONAL.chars().count() % 2, 0);
    }
}
