//! Documents and tables in: the five seed documents against what people found in them, other kinds of files, hostile
//! ones, and the way into the ledger.

mod account;
mod built;
mod cases;
mod corpus;
pub(crate) mod fuzz;
mod gold;
mod hostile;
mod old_files;
mod own_tables;
mod round_trip;
mod seeds;
mod sitting;
mod table_probes;
