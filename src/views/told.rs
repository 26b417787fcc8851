//! Reminders in words: which step of the ladder it was.
//!
//! Must not know: which reminders are due.

use crate::domain::ladder::Tone;
use crate::domain::reminder::Occasion;
use crate::words;
use crate::words::Lang;

/// `提示`, or `通报（第12次重复）`: what a reminder is about, a rung by its tone.
pub(super) fn step(occasion: &Occasion, tone: Tone, lang: Lang) -> String {
    match occasion {
        Occasion::DateMoved => lang.pick("日期变更", "date moved").to_owned(),
        Occasion::Correction { .. } => lang.pick("更正", "correction").to_owned(),
        Occasion::QuotaShort { .. } => lang.pick("次数不足", "quota in danger").to_owned(),
        Occasion::Rung { repeat: 0, .. } => tone.say(lang).to_owned(),
        Occasion::Rung { repeat, .. } => {
            let tone = tone.say(lang);
            words!(lang, zh = "{tone}（重复第{repeat}次）", en = "{tone} (repeat {repeat})")
        }
    }
}
