//! Charts of risk, drawn for the page they stand in: its colours, its type, light and dark.

mod axis;
mod curve;
mod range;

pub(crate) use curve::{Series, loss_exceedance};
pub(crate) use range::range;
