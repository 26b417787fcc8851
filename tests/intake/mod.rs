//! Documents and tables in: the five seed documents against what people found in them.

mod gold;
mod seeds;
