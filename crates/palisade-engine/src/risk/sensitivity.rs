//! Which inputs move the result most: each at the ends of its range, all others as they are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Amount;
use schemars::JsonSchema;
use serde::Serialize;

use super::chance::{easier, harder};
use super::curve::cents;
use super::distribution::Lognormal;
use super::problem::{Attacker, Problem, Property, Simulation};
use super::reach::Reach;
use super::simulate::{Losing, chances, losses};

/// Steps that are looked at, those that are tried most.
const MOST_STEPS: usize = 64;

/// An input, and what the mean loss of a year becomes at the ends of its range.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Influence {
    /// The input.
    pub input: Input,
    /// The mean loss of a year where the input is at the end that costs least.
    pub low: Amount,
    /// The same, where it is at the end that costs most.
    pub high: Amount,
}

/// An input of the model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Input {
    /// How often an actor tries: from its 5th to its 95th percentile.
    Attempts {
        /// A catalogue id.
        actor: String,
    },
    /// What losing something costs: from its 5th to its 95th percentile.
    Loss {
        /// The asset.
        asset: String,
        /// `confidentiality`, `integrity` or `availability`.
        property: String,
    },
    /// How hard a step is: from one degree harder to one degree easier.
    Step {
        /// The step's id.
        step: String,
    },
}

/// What the trials of an actor tell: how often each loss happens.
struct Exposure<'p> {
    attacker: &'p Attacker,
    losses: Vec<Losing<'p>>,
    reach: Reach<'p>,
    chances: Vec<f64>,
    /// For each loss, the share of attempts that it happens in.
    shares: Vec<f64>,
}

impl<'p> Exposure<'p> {
    fn new(problem: &'p Problem, in_place: &BTreeSet<usize>, attacker: &'p Attacker, simulation: Simulation) -> Self {
        let losses = losses(problem, in_place, attacker, simulation.seed);
        let targets: Vec<_> = losses.iter().map(|loss| &*loss.on.facts).collect();
        let reach = Reach::new(problem, attacker, &targets, simulation.seed);
        let chances = chances(problem, in_place, attacker);
        let shares = shares(&reach, &chances, simulation);
        Self {
            attacker,
            losses,
            reach,
            chances,
            shares,
        }
    }

    fn attempts(&self) -> Lognormal {
        Lognormal::between(self.attacker.attempts.0, self.attacker.attempts.1)
    }

    /// What an attempt costs in the mean, in cents.
    fn per_attempt(&self, shares: &[f64]) -> f64 {
        let costs = self.losses.iter().zip(shares).map(|(loss, share)| loss.mean() * share);
        costs.sum()
    }
}

/// For each loss, the share of trials that it happens in.
fn shares(reach: &Reach<'_>, chances: &[f64], simulation: Simulation) -> Vec<f64> {
    let share = |words: &Vec<u64>| {
        let gained: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let share = gained as f64 / (words.len().max(1) * 64) as f64;
        share
    };
    reach.gained(chances, simulation.trials).iter().map(share).collect()
}

/// All inputs, that which moves the mean loss of a year most first.
pub fn sensitivity(problem: &Problem, in_place: &BTreeSet<usize>, simulation: Simulation) -> Vec<Influence> {
    let of = |attacker| Exposure::new(problem, in_place, attacker, simulation);
    let exposures: Vec<Exposure<'_>> = problem.actors.iter().map(of).collect();
    let mean = |it: &Exposure<'_>| it.attempts().mean() * it.per_attempt(&it.shares);
    let total: f64 = exposures.iter().map(mean).sum();
    let mut influences = Vec::new();
    let mut add = |input, one: f64, other: f64| {
        let (low, high) = (cents(one.min(other)), cents(one.max(other)));
        influences.push(Influence { input, low, high });
    };
    for it in &exposures {
        let rest = total - mean(it);
        let at = |rate: f64| rest + rate * it.per_attempt(&it.shares);
        let actor = it.attacker.id.clone();
        add(
            Input::Attempts { actor },
            at(it.attacker.attempts.0),
            at(it.attacker.attempts.1),
        );
    }
    for (input, moved) in by_loss(problem, &exposures) {
        add(input, total + moved.0, total + moved.1);
    }
    for (step, moved) in by_step(problem, &exposures, simulation) {
        add(Input::Step { step }, total + moved.0, total + moved.1);
    }
    influences.retain(|influence| influence.low != influence.high);
    influences.sort_by(|a, b| order(a).cmp(&order(b)));
    influences
}

fn order(influence: &Influence) -> impl Ord + '_ {
    let swing = influence.high.cents() - influence.low.cents();
    (Reverse(swing), &influence.input)
}

/// What moves where a loss is at the ends of its range.
fn by_loss(problem: &Problem, exposures: &[Exposure<'_>]) -> BTreeMap<Input, (f64, f64)> {
    let mut moved: BTreeMap<(usize, Property), (f64, f64)> = BTreeMap::new();
    for it in exposures {
        for (loss, share) in it.losses.iter().zip(&it.shares) {
            let events = it.attempts().mean() * share * loss.leaves;
            let entry = moved.entry((loss.asset, loss.on.property)).or_default();
            entry.0 += events * (loss.cost.quantile(0.05) - loss.cost.mean());
            entry.1 += events * (loss.cost.quantile(0.95) - loss.cost.mean());
        }
    }
    let named = moved.into_iter().filter_map(|((asset, property), moved)| {
        let input = Input::Loss {
            asset: problem.assets.get(asset)?.id.clone(),
            property: property.word().to_owned(),
        };
        Some((input, moved))
    });
    named.collect()
}

/// What moves where a step is harder, and where it is easier.
fn by_step(problem: &Problem, exposures: &[Exposure<'_>], simulation: Simulation) -> BTreeMap<String, (f64, f64)> {
    let mut tried: BTreeMap<&str, u32> = BTreeMap::new();
    for it in exposures {
        for (step, trials) in it.reach.tried(&it.chances) {
            *tried.entry(step).or_default() += trials;
        }
    }
    let deeds = problem.steps.iter().filter(|step| step.difficulty.is_some());
    let deeds: BTreeSet<&str> = deeds.map(|step| &*step.id).collect();
    let mut tried: Vec<(&str, u32)> = tried.into_iter().filter(|(step, _)| deeds.contains(step)).collect();
    tried.sort_by_key(|(step, trials)| (Reverse(*trials), *step));
    tried
        .into_iter()
        .take(MOST_STEPS)
        .map(|(id, _)| {
            let moved = |change| {
                exposures
                    .iter()
                    .map(|it| it.moved(problem, id, change, simulation))
                    .sum()
            };
            (id.to_owned(), (moved(harder), moved(easier)))
        })
        .collect()
}

impl Exposure<'_> {
    /// By how much the mean loss of a year moves where a deed is of another difficulty, in cents.
    fn moved(&self, problem: &Problem, id: &str, change: Change, simulation: Simulation) -> f64 {
        let mut chances = self.chances.clone();
        let mut is_here = false;
        for (step, chance) in problem.steps.iter().zip(&mut chances).filter(|(step, _)| step.id == id) {
            if let Some(difficulty) = step.difficulty {
                let of = |difficulty| super::chance::chance(difficulty, self.attacker.capability);
                *chance = (*chance / of(difficulty) * of(change(difficulty))).min(1.0);
                is_here = true;
            }
        }
        if !is_here {
            return 0.0;
        }
        let shares = shares(&self.reach, &chances, simulation);
        self.attempts().mean() * (self.per_attempt(&shares) - self.per_attempt(&self.shares))
    }
}

/// From one degree of difficulty to another.
type Change = fn(palisade_knowledge::Difficulty) -> palisade_knowledge::Difficulty;
