//! What risk is computed from: an AND/OR graph of steps, who tries, and what is lost. Plain values, whatever they come from.

use fixedbitset::FixedBitSet;
use palisade_inventory::Amount;
use palisade_knowledge::{Capability, ControlKind, Difficulty};

/// Something an attacker may hold, by number: from 0 to [`Problem::facts`].
pub type Fact = usize;

/// A system as far as risk is concerned.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// How many things an attacker may hold.
    pub facts: usize,
    /// What may or may not be so in an attempt.
    pub events: Vec<Event>,
    /// How holding some of them leads to another. Several steps to one thing: any of them is enough.
    pub steps: Vec<Step>,
    /// Who tries.
    pub actors: Vec<Attacker>,
    /// What is lost.
    pub assets: Vec<Exposed>,
    /// What can be put in the way.
    pub controls: Vec<Barrier>,
}

/// What may or may not be so in an attempt: that a deed succeeds, that something is as it is believed to be. It is drawn once
/// an attempt, and all steps that depend on it share what was drawn.
#[derive(Clone, Debug)]
pub struct Event {
    /// What it is called: unique in the problem, the same from run to run.
    pub id: String,
    /// How hard the deed is. None: it takes no deed, only that it is so.
    pub difficulty: Option<Difficulty>,
    /// How sure it is, 0 to 1.
    pub certainty: f64,
}

/// A step of an attack.
#[derive(Clone, Debug)]
pub struct Step {
    /// What must be held, all of it.
    pub premises: Vec<Fact>,
    /// What is held then.
    pub conclusion: Fact,
    /// The deed that it takes, by its place in [`Problem::events`]; none: it goes without saying.
    pub deed: Option<usize>,
    /// What must be so for the step to be there at all, likewise.
    pub given: Option<usize>,
    /// The control without which it is not there, by its place in [`Problem::controls`]: what a control installs can be
    /// attacked.
    pub added_by: Option<usize>,
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
    /// The steps that they would take, by their place in [`Problem::steps`]. None: any.
    pub takes: Option<FixedBitSet>,
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

/// A control, and what it does once it is in place.
///
/// It only ever takes away. What a component that it installs adds to a system are steps that are [`Step::added_by`] it.
#[derive(Clone, Debug)]
pub struct Barrier {
    /// An id of the catalogue.
    pub id: String,
    /// How it works. Of controls that work alike on the same event only the strongest counts: the second scanner of images
    /// stops little that the first let through.
    pub kind: ControlKind,
    /// The events it stands against, by their place in [`Problem::events`], and the part of their chance that it leaves, 0 to 1.
    pub events: Vec<(usize, f64)>,
    /// The assets whose loss it lessens, by their place in [`Problem::assets`], and the part of it that it leaves, 0 to 1.
    pub losses: Vec<(usize, Property, f64)>,
}

/// How to play.
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
