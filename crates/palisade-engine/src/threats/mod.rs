//! What can go wrong? Weaknesses found by the catalogue's conditions, and the STRIDE ledger.

mod find;
mod ledger;
mod memory;
mod place;
#[cfg(test)]
mod tests;

pub(crate) use find::find;
pub(crate) use ledger::{ledger, page as stride_page, sort, word};
pub(crate) use memory::Memory;
