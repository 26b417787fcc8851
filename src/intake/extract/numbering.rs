//! List numbers at the head of a text: 一、, （一）, 1．, (1), 第一条.
//!
//! Must not know: what the list is about.

/// How deep a list number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// 一、.
    Chapter,
    /// （一）.
    Section,
    /// 1．, 第一条.
    Item,
    /// （1）.
    Point,
}

/// The list number `text` begins with, as written in a reference, and what follows it.
pub(super) fn number_of(text: &str) -> Option<(Level, String, &str)> {
    let text = text.trim_start();
    if let Some(inside) = text.strip_prefix(['（', '(']) {
        let (number, rest) = inside.split_once(['）', ')'])?;
        return if is_chinese(number) {
            Some((Level::Section, format!("（{number}）"), rest))
        } else if is_arabic(number) {
            Some((Level::Point, format!("（{number}）"), rest))
        } else {
            None
        };
    }
    if let Some(article) = article_of(text) {
        return Some(article);
    }
    let end = text.find(|c: char| !is_numeral(c))?;
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start();
    if is_chinese(number) {
        return rest.strip_prefix('、').map(|rest| (Level::Chapter, format!("{number}、"), rest));
    }
    let rest = rest.strip_prefix(['．', '.', '、', '﹒'])?;
    let is_item =
        is_arabic(number) && !rest.starts_with(|c: char| c.is_ascii_digit() && number.len() > 2);
    is_item.then(|| (Level::Item, number.to_owned(), rest))
}

/// 第十二条 of a regulation; 第一条件 is none.
fn article_of(text: &str) -> Option<(Level, String, &str)> {
    let (number, rest) = text.strip_prefix('第')?.split_once('条')?;
    let is_article =
        (is_chinese(number) || is_arabic(number)) && !rest.starts_with(['件', '款', '例']);
    is_article.then(|| (Level::Item, format!("第{number}条"), rest.trim_start()))
}

fn is_numeral(character: char) -> bool {
    character.is_ascii_digit() || "一二三四五六七八九十百".contains(character)
}

fn is_chinese(number: &str) -> bool {
    (1..=4).contains(&number.chars().count())
        && number.chars().all(|c| "一二三四五六七八九十百".contains(c))
}

fn is_arabic(number: &str) -> bool {
    (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_numbers_are_told_by_their_marks() {
        for (text, level, number, rest) in [
            ("三、提高", Level::Chapter, "三、", "提高"),
            ("（十）优化", Level::Section, "（十）", "优化"),
            ("2.持续", Level::Item, "2", "持续"),
            ("3．2020年10月", Level::Item, "3", "2020年10月"),
            ("（1）切实", Level::Point, "（1）", "切实"),
            ("第十二条　行政机关", Level::Item, "第十二条", "行政机关"),
        ] {
            assert_eq!(number_of(text), Some((level, number.to_owned(), rest)), "{text}");
        }
        for text in ["2020年底前", "（含区县）", "十四五", "按月", "第一条件"] {
            assert_eq!(number_of(text), None, "{text}");
        }
    }
}
