//! How hard a step is, as a chance and as an integer cost.
//!
//! The chances are ordinal: they compare paths, they forecast nothing. Costs are −1000·log₂ of the chances, rounded, so
//! that the cheapest derivation is the most likely one and sums can't differ from machine to machine.

use palisade_knowledge::Difficulty;

use crate::system::Confidence;

/// The chance that something works, and its cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chance {
    /// From 0 to 1.
    pub(super) likelihood: f64,
    /// −1000·log₂ of it.
    pub(super) cost: u32,
}

impl Chance {
    /// It always works.
    pub(super) const CERTAIN: Self = Self::new(1.0, 0);
    /// An open network path that nobody says is used: its other end must be found first.
    pub(super) const UNDECLARED: Self = Self::new(0.95, 74);
    /// Two pods of which nobody says where they run share a node.
    pub(super) const SHARED_NODE: Self = Self::new(0.5, 1000);
    /// A pod that may run on a control-plane node does.
    pub(super) const LANDS_THERE: Self = Self::new(0.5, 1000);

    /// What somebody concluded, with this confidence, is so.
    pub(super) const fn believed(confidence: Confidence) -> Self {
        match confidence {
            Confidence::High => Self::CERTAIN,
            Confidence::Medium => Self::new(0.7, 515),
            Confidence::Low => Self::new(0.3, 1737),
        }
    }

    const fn new(likelihood: f64, cost: u32) -> Self {
        Self { likelihood, cost }
    }

    /// Both work.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            likelihood: self.likelihood * other.likelihood,
            cost: self.cost.saturating_add(other.cost),
        }
    }

    /// The chance of one step for a determined attacker who holds its starting point.
    pub(super) const fn of(difficulty: Difficulty) -> Self {
        match difficulty {
            Difficulty::Trivial => Self::new(0.95, 74),
            Difficulty::Easy => Self::new(0.75, 415),
            Difficulty::Moderate => Self::new(0.4, 1322),
            Difficulty::Hard => Self::new(0.1, 3322),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_the_logarithms_of_the_chances() {
        let chances = [
            Chance::CERTAIN,
            Chance::UNDECLARED,
            Chance::SHARED_NODE,
            Chance::LANDS_THERE,
            Chance::believed(Confidence::Medium),
            Chance::believed(Confidence::Low),
        ];
        let difficulties = [
            Difficulty::Trivial,
            Difficulty::Easy,
            Difficulty::Moderate,
            Difficulty::Hard,
        ];
        for chance in chances.into_iter().chain(difficulties.map(Chance::of)) {
            let cost = -1000.0 * chance.likelihood.log2();
            assert!((f64::from(chance.cost) - cost).abs() <= 0.5, "{chance:?}");
        }
    }
}
