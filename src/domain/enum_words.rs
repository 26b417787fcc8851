//! The words of an enum: one list gives its values, the word each has in data and what people call it.
//!
//! Must not know: any enum. Callers: every room that stores an enum or shows it.

/// Gives an enum without fields its words, from one list beside its declaration; a variant without words does not compile.
///
/// `ALL` holds the values in the order of the list, `word` the text in SQL, JSON, configuration and the journal, and
/// `from_word` reads that text. With names in both languages there is also `say`, which people read, and `from_text`, which
/// reads what people write.
///
/// ```
/// use duban::{words::Lang, words_of};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Color {
///     Red,
///     Blue,
/// }
///
/// words_of! {
///     Color {
///         Red = "red", zh = "红", en = "red";
///         Blue = "blue", zh = "蓝", en = "blue";
///     }
/// }
///
/// assert_eq!(Color::ALL, [Color::Red, Color::Blue]);
/// assert_eq!(Color::Blue.word(), "blue");
/// assert_eq!(Color::from_word("red"), Some(Color::Red));
/// assert_eq!(Color::from_word("红"), None);
/// assert_eq!(Color::from_text("红"), Some(Color::Red));
/// assert_eq!(Color::Red.say(Lang::Zh), "红");
/// ```
#[macro_export]
macro_rules! words_of {
    ($name:ident { $($variant:ident = $word:literal;)+ }) => {
        impl $name {
            /// Every value, in the order in which it is declared.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word used in data: SQL, JSON, configuration, the journal.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word used in data.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.word() == word)
            }
        }
    };
    ($name:ident { $($variant:ident = $word:literal, zh = $zh:literal, en = $en:literal;)+ }) => {
        $crate::words_of! { $name { $($variant = $word;)+ } }

        impl $name {
            /// What people call it.
            pub fn say(self, lang: $crate::words::Lang) -> &'static str {
                match self {
                    $(Self::$variant => lang.pick($zh, $en),)+
                }
            }

            /// Reads the word used in data, or what people call it in either language.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| {
                    text == value.word()
                        || text == value.say($crate::words::Lang::Zh)
                        || text == value.say($crate::words::Lang::En)
                })
            }
        }
    };
}
