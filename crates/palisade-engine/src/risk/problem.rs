//! What risk is computed from: an AND/OR graph of steps, who tries, and what is lost. Plain values, whatever they come from.

use palisade_inventory::Amount;
use palisade_knowledge::{Capability, Difficulty};

/// Something an attacker may hold, by number: from 0 to [`Problem::facts`].
pub type Fact = usize;

/// A system as far as risk is concerned.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// How many things an attacker may hold.
    pub facts: usize,
    /// How holding some of them leads to another. Several steps to one thing: any of them is enough.
    pub steps: Vec<Step>,
    /// Who tries.
    pub actors: Vec<Attacker>,
    /// What is lost.
    pub assets: Vec<Exposed>,
    /// What can be put in the way.
    pub controls: Vec<Barrier>,
}

/// A step of an attack.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is called. Steps of one id succeed and fail together: they are the same deed.
    pub id: String,
    /// What must be held, all of it.
    pub premises: Vec<Fact>,
    /// What is held then.
    pub conclusion: Fact,
    /// How hard it is. None: it takes no deed, only that it is so.
    pub difficulty: Option<Difficulty>,
    /// How sure it is that the step is there at all, 0 to 1.
    pub certainty: f64,
}

/// Somebody who tries.
#[derive(Clone, Debug)]
pub struct Attacker {
    /// An id of the catalogue.
    pub id: String,
    /// The 5th and 95th percentile of how often they make a determined attempt, in attempts per year.
    pub attempts: (f64, f64),
    /// What they are able to do.
    pub capability: Capability,
    /// What they hold before their first step.
    pub starts: Vec<Fact>,
}

/// Something that can be lost.
#[derive(Clone, Debug)]
pub struct Exposed {
    /// What it is called.
    pub id: String,
    /// What of it is lost by what. Each counts once an attempt.
    pub losses: Vec<LossOn>,
}

/// One way in which something is lost.
#[derive(Clone, Debug)]
pub struct LossOn {
    /// What is lost.
    pub property: Property,
    /// Holding any of these loses it.
    pub facts: Vec<Fact>,
    /// What that costs as often more as less.
    pub likely: Amount,
    /// What one incident in twenty costs more than.
    pub worst: Amount,
}

/// What can be lost of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Somebody reads it who must not.
    Confidentiality,
    /// Somebody changes it who must not.
    Integrity,
    /// It is gone, or does not answer.
    Availability,
}

impl Property {
    /// `confidentiality`.
    pub const fn word(self) -> &'static str {
        match self {
            Property::Confidentiality => "confidentiality",
            Property::Integrity => "integrity",
            Property::Availability => "availability",
        }
    }
}

/// A control, and what it does once it is in place. It only ever takes away: what a component adds to a system is a
/// [`Step`] of another problem.
#[derive(Clone, Debug)]
pub struct Barrier {
    /// An id of the catalogue.
    pub id: String,
    /// The steps it stands against, by their place in [`Problem::steps`], and the part of their chance that it leaves, 0 to 1.
    pub steps: Vec<(usize, f64)>,
    /// The assets whose loss it lessens, by their place in [`Problem::assets`], and the part of it that it leaves, 0 to 1.
    pub losses: Vec<(usize, Property, f64)>,
}

/// How to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// What everything that looks random follows from.
    pub seed: u64,
    /// How many years are simulated.
    pub years: u32,
    /// How many attempts of each actor are played through; the attempts of the years are drawn from these.
    pub trials: u32,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            seed: 1,
            years: 10_000,
            trials: 32_768,
        }
    }
}
