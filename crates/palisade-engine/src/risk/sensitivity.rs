//! Which inputs move the result most: each at the ends of its range, all others as they are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Amount;
use palisade_knowledge::Difficulty;
use schemars::JsonSchema;
use serde::Serialize;

use super::chance::{chance, easier, harder};
use super::curve::cents;
use super::problem::{Problem, Property};
use super::reach::Scenario;
use super::simulate::{Exposure, Scenarios, share};

/// Steps that are looked at, those that are tried most.
const MOST_STEPS: usize = 64;
/// Words that may be looked at for them.
const EFFORT: usize = 50_000_000;

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
struct Told<'s, 'p> {
    exposure: &'s Exposure<'p>,
    scenario: Scenario,
    /// For each loss, the part of it that controls leave.
    leaves: Vec<f64>,
    /// For each loss, the share of attempts that it happens in.
    shares: Vec<f64>,
}

impl Told<'_, '_> {
    /// What an attempt costs in the mean, in cents.
    fn per_attempt(&self, shares: &[f64]) -> f64 {
        let costs = self.exposure.losses.iter().zip(shares).zip(&self.leaves);
        costs
            .map(|((loss, share), leaves)| loss.cost.mean() * leaves * share)
            .sum()
    }

    fn attempts(&self) -> f64 {
        self.exposure.attempts().mean()
    }
}

/// For each loss, the share of trials that it happens in.
fn shares(exposure: &Exposure<'_>, scenario: &Scenario) -> Vec<f64> {
    exposure
        .reach
        .gained(scenario)
        .iter()
        .map(|words| share(words))
        .collect()
}

/// All inputs, that which moves the mean loss of a year most first.
pub fn sensitivity(scenarios: &Scenarios<'_>, in_place: &BTreeSet<usize>) -> Vec<Influence> {
    let problem = scenarios.problem;
    let told = scenarios.exposures.iter().map(|exposure| {
        let scenario = scenarios.scenario(exposure, in_place);
        Told {
            leaves: scenarios.leaves(exposure, in_place),
            shares: shares(exposure, &scenario),
            exposure,
            scenario,
        }
    });
    let told: Vec<Told<'_, '_>> = told.collect();
    let mean = |it: &Told<'_, '_>| it.attempts() * it.per_attempt(&it.shares);
    let total: f64 = told.iter().map(mean).sum();
    let mut influences = Vec::new();
    let mut add = |input, one: f64, other: f64| {
        let (low, high) = (cents(one.min(other)), cents(one.max(other)));
        influences.push(Influence { input, low, high });
    };
    for it in &told {
        let rest = total - mean(it);
        let at = |rate: f64| rest + rate * it.per_attempt(&it.shares);
        let (actor, (low, high)) = (it.exposure.attacker.id.clone(), it.exposure.attacker.attempts);
        add(Input::Attempts { actor }, at(low), at(high));
    }
    for (input, moved) in by_loss(problem, &told) {
        add(input, total + moved.0, total + moved.1);
    }
    for (step, moved) in by_step(scenarios, &told) {
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
fn by_loss(problem: &Problem, told: &[Told<'_, '_>]) -> BTreeMap<Input, (f64, f64)> {
    let mut moved: BTreeMap<(usize, Property), (f64, f64)> = BTreeMap::new();
    for it in told {
        for ((loss, share), leaves) in it.exposure.losses.iter().zip(&it.shares).zip(&it.leaves) {
            let events = it.attempts() * share * leaves;
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

/// What moves where a deed is harder, and where it is easier.
fn by_step(scenarios: &Scenarios<'_>, told: &[Told<'_, '_>]) -> BTreeMap<String, (f64, f64)> {
    let mut tried: BTreeMap<usize, u32> = BTreeMap::new();
    for it in told {
        for (event, trials) in it.exposure.reach.tried(&it.scenario) {
            *tried.entry(event).or_default() += trials;
        }
    }
    let deeds = tried.into_iter().filter_map(|(event, trials)| {
        let known = scenarios.problem.events.get(event)?;
        Some((Reverse(trials), &known.id, event, known.difficulty?))
    });
    let mut deeds: Vec<_> = deeds.collect();
    deeds.sort();
    let before = scenarios.spent();
    let deeds = deeds
        .into_iter()
        .take(MOST_STEPS)
        .take_while(|_| scenarios.spent() - before < EFFORT);
    let moved = deeds.map(|(_, id, event, difficulty)| {
        let slopes: Vec<f64> = told.iter().map(|it| it.slope(event)).collect();
        let moved = |to| {
            let each = told.iter().zip(&slopes);
            each.map(|(it, slope)| slope * it.moved(event, difficulty, to)).sum()
        };
        (id.clone(), (moved(harder(difficulty)), moved(easier(difficulty))))
    });
    moved.collect()
}

impl Told<'_, '_> {
    /// By how much the chance of a deed moves where it is of another difficulty.
    fn moved(&self, event: usize, from: Difficulty, to: Difficulty) -> f64 {
        let of = |difficulty| chance(difficulty, self.exposure.attacker.capability);
        let Some(event) = self.exposure.reach.number(event) else {
            return 0.0;
        };
        let now = self.exposure.reach.chance(event, &self.scenario);
        (now / of(from) * of(to)).min(1.0) - now
    }

    /// What certainty of an event would add to the mean loss of a year, in cents: that is a straight line in the chance of
    /// each event, so that two points of it tell all.
    fn slope(&self, event: usize) -> f64 {
        let Some(event) = self.exposure.reach.number(event) else {
            return 0.0;
        };
        let now = self.exposure.reach.chance(event, &self.scenario);
        let other = if now < 0.9 { 1.0 } else { 0.0 };
        let shares = shares(self.exposure, &self.scenario.with(event, other));
        self.attempts() * (self.per_attempt(&shares) - self.per_attempt(&self.shares)) / (other - now)
    }
}
