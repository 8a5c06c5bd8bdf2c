//! What may it cost us? Attempts × success × loss, in the terms of FAIR, played through many times.
//!
//! [`Problem`] is an AND/OR graph of attack steps with those who try and what is lost, [`Scenarios`] play its years, and
//! [`sensitivity`] tells which inputs the result hangs on most. Nothing here knows where the graph came from. The model with
//! its assumptions is written down in `docs/risk-model.md`.

mod chance;
mod curve;
mod defaults;
mod distribution;
mod problem;
mod random;
mod reach;
mod sensitivity;
mod simulate;

#[cfg(test)]
mod tests;

pub(crate) use curve::cents;
pub use curve::{Exceedance, YearlyLoss};
pub use defaults::{attempts, loss_of, loss_of_kind};
pub use problem::{Attacker, Barrier, Event, Exposed, Fact, LossOn, Problem, Property, Simulation, Step};
pub use sensitivity::{Influence, Input, sensitivity};
pub use simulate::{Outcome, PairRisk, Scenarios};
