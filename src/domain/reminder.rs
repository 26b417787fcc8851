//! Decides which contacts must be told of which rungs as of a moment.
//!
//! Must not know: how a mail looks or travels, nor that a scheduler exists. It asks "what is due and not on record?",
//! never "is it exactly the day?".
