//! Years, played through: how often who tries, what each attempt gains, and what that costs.

use std::collections::BTreeSet;

use palisade_inventory::Amount;
use schemars::JsonSchema;
use serde::Serialize;

use super::chance::chance;
use super::curve::{YearlyLoss, cents};
use super::distribution::{Lognormal, poisson};
use super::problem::{Attacker, Exposed, LossOn, Problem, Simulation};
use super::random::Stream;
use super::reach::{BLOCK, Reach};

/// What simulating comes to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Each actor and asset between which anything was ever lost, by actor and asset as the problem has them.
    pub risks: Vec<PairRisk>,
    /// Everything together.
    pub total: YearlyLoss,
    /// What each year costs, in cents, in the order of simulation: the n-th years of two outcomes of one seed can be compared.
    pub years: Vec<u64>,
}

/// What one actor costs one asset.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PairRisk {
    /// The actor: a catalogue id.
    pub actor: String,
    /// The asset.
    pub asset: String,
    /// Loss events per year, in the mean.
    pub events: f64,
    /// What a year of it costs.
    pub loss: YearlyLoss,
}

/// Plays the years of a system with these controls in place, by their place in the problem.
pub fn simulate(problem: &Problem, in_place: &BTreeSet<usize>, simulation: Simulation) -> Outcome {
    let mut outcome = Outcome {
        years: vec![0; usize::try_from(simulation.years).unwrap_or_default()],
        ..Outcome::default()
    };
    for attacker in &problem.actors {
        let chances = chances(problem, in_place, attacker);
        let losses = losses(problem, in_place, attacker, simulation.seed);
        let targets: Vec<_> = losses.iter().map(|loss| &*loss.on.facts).collect();
        let gained = Reach::new(problem, attacker, &targets, simulation.seed).gained(&chances, simulation.trials);
        let by_trial = by_trial(&gained);
        let tallies = play(attacker, &losses, &by_trial, problem.assets.len(), simulation);
        for (asset, tally) in problem.assets.iter().zip(tallies) {
            if tally.events > 0 {
                outcome.risks.push(tally.risk(attacker, asset));
                for (total, year) in outcome.years.iter_mut().zip(&tally.years) {
                    *total = total.saturating_add(*year);
                }
            }
        }
    }
    outcome.total = YearlyLoss::of(&outcome.years);
    outcome
}

/// The chance of each step for an attacker, with these controls in place.
pub(super) fn chances(problem: &Problem, in_place: &BTreeSet<usize>, attacker: &Attacker) -> Vec<f64> {
    let base = |step: &super::problem::Step| {
        let difficulty = step
            .difficulty
            .map_or(1.0, |difficulty| chance(difficulty, attacker.capability));
        step.certainty.clamp(0.0, 1.0) * difficulty
    };
    let mut chances: Vec<f64> = problem.steps.iter().map(base).collect();
    for barrier in controls(problem, in_place) {
        for (step, leaves) in &barrier.steps {
            if let Some(chance) = chances.get_mut(*step) {
                *chance *= leaves.clamp(0.0, 1.0);
            }
        }
    }
    chances
}

fn controls<'p>(
    problem: &'p Problem,
    in_place: &BTreeSet<usize>,
) -> impl Iterator<Item = &'p super::problem::Barrier> + use<'p> {
    let found: Vec<_> = in_place
        .iter()
        .filter_map(|index| problem.controls.get(*index))
        .collect();
    found.into_iter()
}

/// A way in which an asset is lost, as an attempt meets it.
pub(super) struct Losing<'p> {
    pub(super) on: &'p LossOn,
    /// The asset's place in the problem.
    pub(super) asset: usize,
    /// What one incident costs, in cents, before controls.
    pub(super) cost: Lognormal,
    /// The part of it that controls leave.
    pub(super) leaves: f64,
    draws: Stream,
}

impl Losing<'_> {
    /// What one incident costs in the mean, in cents.
    pub(super) fn mean(&self) -> f64 {
        self.cost.mean() * self.leaves
    }
}

/// Everything that can be lost.
pub(super) fn losses<'p>(
    problem: &'p Problem,
    in_place: &BTreeSet<usize>,
    attacker: &Attacker,
    seed: u64,
) -> Vec<Losing<'p>> {
    let leaves = |asset: usize, on: &LossOn| {
        let factors = controls(problem, in_place).flat_map(|barrier| &barrier.losses);
        factors
            .filter(|(at, property, _)| (*at, *property) == (asset, on.property))
            .fold(1.0, |left, (_, _, leaves)| left * leaves.clamp(0.0, 1.0))
    };
    let assets = problem.assets.iter().enumerate();
    assets
        .flat_map(|(index, asset)| asset.losses.iter().map(move |on| (index, asset, on)))
        .map(|(index, asset, on)| Losing {
            on,
            asset: index,
            cost: Lognormal::above(in_cents(on.likely), in_cents(on.worst)),
            leaves: leaves(index, on),
            draws: Stream::of(seed, ["loss", &attacker.id, &asset.id, on.property.word()]),
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "the largest amount is below 2^53 cents")]
fn in_cents(amount: Amount) -> f64 {
    amount.cents() as f64
}

/// For each trial, what is lost in it.
fn by_trial(gained: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let words = gained.first().map_or(0, Vec::len);
    let mut by_trial = vec![Vec::new(); words * 64];
    for (loss, words) in gained.iter().enumerate() {
        for (trials, word) in by_trial.chunks_mut(64).zip(words) {
            for (bit, trial) in trials.iter_mut().enumerate() {
                if word >> bit & 1 == 1 {
                    trial.push(loss);
                }
            }
        }
    }
    by_trial
}

/// What one actor does to one asset over the years.
#[derive(Clone)]
struct Tally {
    years: Vec<u64>,
    events: u64,
}

impl Tally {
    fn risk(&self, attacker: &Attacker, asset: &Exposed) -> PairRisk {
        let years = self.years.len().max(1);
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let events = self.events as f64 / years as f64;
        PairRisk {
            actor: attacker.id.clone(),
            asset: asset.id.clone(),
            events,
            loss: YearlyLoss::of(&self.years),
        }
    }
}

/// More attempts a year than can be told apart.
const MOST_ATTEMPTS: u64 = 1 << 20;

fn play(
    attacker: &Attacker,
    losses: &[Losing<'_>],
    by_trial: &[Vec<usize>],
    assets: usize,
    simulation: Simulation,
) -> Vec<Tally> {
    let none = Tally {
        years: Vec::new(),
        events: 0,
    };
    let mut tallies = vec![none; assets];
    let draws = |what| Stream::of(simulation.seed, [what, &*attacker.id]);
    let (rates, counts, picks) = (draws("rate"), draws("attempts"), draws("trial"));
    let rate = Lognormal::between(attacker.attempts.0, attacker.attempts.1);
    let trials = u64::from(simulation.trials.div_ceil(BLOCK)) * u64::from(BLOCK);
    if trials == 0 || by_trial.is_empty() {
        return tallies;
    }
    for year in 0..simulation.years {
        let at = u64::from(year);
        for attempt in 0..poisson(rate.quantile(rates.unit(at)), counts, at) {
            let index = at * MOST_ATTEMPTS + attempt;
            let trial = usize::try_from(picks.at(index) % trials).unwrap_or_default();
            let mut last = None;
            for loss in by_trial.get(trial).into_iter().flatten() {
                let Some(losing) = losses.get(*loss) else { continue };
                let Some(tally) = tallies.get_mut(losing.asset) else {
                    continue;
                };
                if tally.years.is_empty() {
                    tally.years = vec![0; usize::try_from(simulation.years).unwrap_or_default()];
                }
                let cost = cents(losing.cost.quantile(losing.draws.unit(index)) * losing.leaves).cents();
                if let Some(sum) = usize::try_from(year).ok().and_then(|year| tally.years.get_mut(year)) {
                    *sum = sum.saturating_add(cost);
                }
                // Several properties of one asset lost in one attempt are one event.
                tally.events += u64::from(last != Some(losing.asset));
                last = Some(losing.asset);
            }
        }
    }
    tallies
}
