//! How likely a step works for whom: its resistance against the actor's capability.

use palisade_knowledge::{Capability, Difficulty};

/// The chance that one attempt of an actor who holds what a step begins with gets through it, 0 to 1.
///
/// The column of the skilled is that by which attack paths are compared. The others are judgement: what runs as others wrote
/// it fails where something must be adapted, and who can buy what is unknown is hardly slowed down. `docs/risk-model.md`
/// says what they rest on and how to see what hangs on them.
pub(super) const fn chance(difficulty: Difficulty, capability: Capability) -> f64 {
    let (scripts, skilled, resourced) = match difficulty {
        Difficulty::Trivial => (0.9, 0.95, 0.99),
        Difficulty::Easy => (0.5, 0.75, 0.9),
        Difficulty::Moderate => (0.1, 0.4, 0.7),
        Difficulty::Hard => (0.01, 0.1, 0.3),
    };
    match capability {
        Capability::Scripts => scripts,
        Capability::Skilled => skilled,
        Capability::Resourced => resourced,
    }
}

/// One degree easier; the easiest stays.
pub(super) const fn easier(difficulty: Difficulty) -> Difficulty {
    match difficulty {
        Difficulty::Trivial | Difficulty::Easy => Difficulty::Trivial,
        Difficulty::Moderate => Difficulty::Easy,
        Difficulty::Hard => Difficulty::Moderate,
    }
}

/// One degree harder; the hardest stays.
pub(super) const fn harder(difficulty: Difficulty) -> Difficulty {
    match difficulty {
        Difficulty::Trivial => Difficulty::Easy,
        Difficulty::Easy => Difficulty::Moderate,
        Difficulty::Moderate | Difficulty::Hard => Difficulty::Hard,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_capability_and_less_difficulty_are_never_a_smaller_chance() {
        let difficulties = [
            Difficulty::Hard,
            Difficulty::Moderate,
            Difficulty::Easy,
            Difficulty::Trivial,
        ];
        let capabilities = [Capability::Scripts, Capability::Skilled, Capability::Resourced];
        for capability in capabilities {
            assert!(
                difficulties
                    .map(|difficulty| chance(difficulty, capability))
                    .is_sorted()
            );
        }
        for difficulty in difficulties {
            assert!(
                capabilities
                    .map(|capability| chance(difficulty, capability))
                    .is_sorted()
            );
            assert!(chance(easier(difficulty), Capability::Skilled) >= chance(difficulty, Capability::Skilled));
            assert!(chance(harder(difficulty), Capability::Skilled) <= chance(difficulty, Capability::Skilled));
        }
    }
}
