//! The ladder (督办阶梯): which reminder goes to whom, so many working days before or after the act-by date.
//!
//! Must not know: concrete contacts, what was already sent (`reminder`), the file it was read from.
