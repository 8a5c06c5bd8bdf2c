//! Years, played through: how often who tries, what each attempt gains, and what that costs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;
use palisade_knowledge::ControlKind;
use schemars::JsonSchema;
use serde::Serialize;

use super::chance::chance;
use super::curve::{YearlyLoss, cents, in_cents};
use super::distribution::{Lognormal, poisson};
use super::problem::{Attacker, Barrier, Event, Exposed, LossOn, Problem, Simulation};
use super::random::Stream;
use super::reach::{Reach, Scenario};

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

/// A problem made ready to be played, with any controls in place.
#[derive(Debug)]
pub struct Scenarios<'p> {
    pub(super) problem: &'p Problem,
    pub(super) simulation: Simulation,
    pub(super) exposures: Vec<Exposure<'p>>,
    /// What each actor costs each asset a year with controls that matter to them in place: few of those that are asked for
    /// matter to all actors.
    means: RefCell<Means>,
}

/// The mean loss of a year of each asset, in cents, by actor and controls in place.
type Means = BTreeMap<(usize, Vec<usize>), Vec<f64>>;

/// What one actor can come by.
#[derive(Debug)]
pub(super) struct Exposure<'p> {
    pub(super) attacker: &'p Attacker,
    pub(super) losses: Vec<Losing<'p>>,
    pub(super) reach: Reach,
    /// The controls that make a difference to them, by their place in the problem.
    controls: FixedBitSet,
}

impl<'p> Scenarios<'p> {
    /// Draws all that is to be drawn.
    pub fn new(problem: &'p Problem, simulation: Simulation) -> Self {
        let of = |attacker: &'p Attacker| {
            let losses = losses(problem, attacker, simulation.seed);
            let targets: Vec<_> = losses.iter().map(|loss| &*loss.on.facts).collect();
            let chances: Vec<f64> = problem.events.iter().map(|event| base(event, attacker)).collect();
            let drawn = (simulation.seed, simulation.trials);
            let reach = Reach::new(problem, attacker, &targets, &chances, drawn);
            Exposure {
                attacker,
                controls: controls(problem, &reach, &losses),
                reach,
                losses,
            }
        };
        Self {
            problem,
            simulation,
            exposures: problem.actors.iter().map(of).collect(),
            means: RefCell::default(),
        }
    }

    /// Plays the years with these controls in place, by their place in the problem.
    pub fn simulate(&self, in_place: &BTreeSet<usize>) -> Outcome {
        let mut outcome = Outcome {
            years: vec![0; usize::try_from(self.simulation.years).unwrap_or_default()],
            ..Outcome::default()
        };
        let mut mean = 0.0;
        for exposure in &self.exposures {
            let gained = exposure.reach.gained(&self.scenario(exposure, in_place));
            let leaves = self.leaves(exposure, in_place);
            let by_trial = by_trial(&gained);
            let assets = self.problem.assets.len();
            let tallies = play(exposure, &leaves, &by_trial, assets, self.simulation);
            let means = exposure.means(&gained, &leaves, assets);
            for ((asset, tally), expected) in self.problem.assets.iter().zip(tallies).zip(means) {
                if expected > 0.0 {
                    let mut risk = tally.risk(exposure.attacker, asset, self.simulation);
                    risk.loss.mean = cents(expected);
                    outcome.risks.push(risk);
                    mean += expected;
                    for (total, year) in outcome.years.iter_mut().zip(&tally.years) {
                        *total = total.saturating_add(*year);
                    }
                }
            }
        }
        outcome.total = YearlyLoss::of(&outcome.years);
        outcome.total.mean = cents(mean);
        outcome
    }

    /// The mean loss of a year in cents with these controls in place, of the actors and assets (by their place) that count.
    ///
    /// It is the same as that of [`Scenarios::simulate`]: rates and losses enter by their means, so that only the trials are
    /// random.
    pub fn mean(&self, in_place: &BTreeSet<usize>, counts: &dyn Fn(usize, usize) -> bool) -> f64 {
        let mut known = self.means.borrow_mut();
        let mut of = |(actor, exposure): (usize, &Exposure<'_>)| {
            let matter = in_place
                .iter()
                .copied()
                .filter(|control| exposure.controls.contains(*control));
            let matter: Vec<usize> = matter.collect();
            let means = known.entry((actor, matter)).or_insert_with_key(|(_, matter)| {
                let in_place = matter.iter().copied().collect();
                let gained = exposure.reach.gained(&self.scenario(exposure, &in_place));
                exposure.means(&gained, &self.leaves(exposure, &in_place), self.problem.assets.len())
            });
            let counted = means.iter().enumerate().filter(|(asset, _)| counts(actor, *asset));
            counted.map(|(_, mean)| mean).sum::<f64>()
        };
        self.exposures.iter().enumerate().map(&mut of).sum()
    }

    /// What following the attack graph from the start costs, in words that are looked at.
    pub fn work(&self) -> usize {
        self.exposures.iter().map(|exposure| exposure.reach.work()).sum()
    }

    /// What following the attack graph has cost so far, in words that were looked at: the same on every machine.
    pub fn spent(&self) -> usize {
        self.exposures.iter().map(|exposure| exposure.reach.spent()).sum()
    }

    /// How many steps matter to any of the actors.
    pub fn steps(&self) -> usize {
        self.exposures.iter().map(|exposure| exposure.reach.steps()).sum()
    }

    /// Whether an event matters to any of the actors.
    pub fn depends_on(&self, event: usize) -> bool {
        self.exposures
            .iter()
            .any(|exposure| exposure.reach.number(event).is_some())
    }

    /// What differs with these controls in place.
    pub(super) fn scenario(&self, exposure: &Exposure<'_>, in_place: &BTreeSet<usize>) -> Scenario {
        let reach = &exposure.reach;
        let mut by_kind: BTreeMap<ControlKind, Vec<&Barrier>> = BTreeMap::new();
        for barrier in self.controls(in_place) {
            by_kind.entry(barrier.kind).or_default().push(barrier);
        }
        let mut left = vec![1.0; reach.events()];
        for barriers in by_kind.into_values() {
            // Of those of one kind the strongest.
            let mut strongest = vec![1.0_f64; left.len()];
            for (event, leaves) in barriers.into_iter().flat_map(|barrier| &barrier.events) {
                if let Some(strongest) = reach.number(*event).and_then(|event| strongest.get_mut(event)) {
                    *strongest = strongest.min(leaves.clamp(0.0, 1.0));
                }
            }
            for (left, strongest) in left.iter_mut().zip(strongest) {
                *left *= strongest;
            }
        }
        let as_it_is = Scenario::default();
        let lessened = left.into_iter().enumerate().filter(|(_, left)| *left < 1.0);
        let chances = lessened.map(|(event, left)| (event, reach.chance(event, &as_it_is) * left));
        Scenario::new(chances.collect(), in_place.iter().copied().collect())
    }

    fn controls(&self, in_place: &BTreeSet<usize>) -> impl Iterator<Item = &'p Barrier> {
        in_place.iter().filter_map(|index| self.problem.controls.get(*index))
    }

    /// For each loss, the part of it that controls leave.
    pub(super) fn leaves(&self, exposure: &Exposure<'_>, in_place: &BTreeSet<usize>) -> Vec<f64> {
        let of = |losing: &Losing<'_>| {
            let lessened = self.controls(in_place).flat_map(|barrier| &barrier.losses);
            let lessened =
                lessened.filter(|(asset, property, _)| (*asset, *property) == (losing.asset, losing.on.property));
            lessened
                .map(|(_, _, leaves)| leaves.clamp(0.0, 1.0))
                .fold(1.0, f64::min)
        };
        exposure.losses.iter().map(of).collect()
    }
}

impl Exposure<'_> {
    pub(super) fn attempts(&self) -> Lognormal {
        Lognormal::between(self.attacker.attempts.0, self.attacker.attempts.1)
    }

    /// The mean loss of a year of each asset, in cents.
    fn means(&self, gained: &[Vec<u64>], leaves: &[f64], assets: usize) -> Vec<f64> {
        let rate = self.attempts().mean();
        let mut means = vec![0.0; assets];
        for ((loss, words), leaves) in self.losses.iter().zip(gained).zip(leaves) {
            if let Some(mean) = means.get_mut(loss.asset) {
                *mean += rate * share(words) * loss.cost.mean() * leaves;
            }
        }
        means
    }
}

/// The share of trials that are marked.
pub(super) fn share(words: &[u64]) -> f64 {
    let gained: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
    let share = gained as f64 / (words.len().max(1) * 64) as f64;
    share
}

/// The chance of an event for an attacker, without any control.
pub(super) fn base(event: &Event, attacker: &Attacker) -> f64 {
    let deed = event
        .difficulty
        .map_or(1.0, |difficulty| chance(difficulty, attacker.capability));
    event.certainty.clamp(0.0, 1.0) * deed
}

/// A way in which an asset is lost, as an attempt meets it.
#[derive(Debug)]
pub(super) struct Losing<'p> {
    pub(super) on: &'p LossOn,
    /// The asset's place in the problem.
    pub(super) asset: usize,
    /// What one incident costs, in cents, before controls.
    pub(super) cost: Lognormal,
    draws: Stream,
}

/// Everything that can be lost.
fn losses<'p>(problem: &'p Problem, attacker: &Attacker, seed: u64) -> Vec<Losing<'p>> {
    let assets = problem.assets.iter().enumerate();
    assets
        .flat_map(|(index, asset)| asset.losses.iter().map(move |on| (index, asset, on)))
        .map(|(index, asset, on)| Losing {
            on,
            asset: index,
            cost: Lognormal::above(in_cents(on.likely), in_cents(on.worst)),
            draws: Stream::of(seed, ["loss", &attacker.id, &asset.id, on.property.word()]),
        })
        .collect()
}

/// The controls that make a difference to what is reached or lost, by their place in the problem.
fn controls(problem: &Problem, reach: &Reach, losses: &[Losing<'_>]) -> FixedBitSet {
    let lost: BTreeSet<_> = losses.iter().map(|losing| (losing.asset, losing.on.property)).collect();
    let matters = |barrier: &Barrier| {
        let stops = barrier.events.iter().any(|(event, _)| reach.number(*event).is_some());
        stops
            || barrier
                .losses
                .iter()
                .any(|(asset, property, _)| lost.contains(&(*asset, *property)))
    };
    let all = problem.controls.iter().enumerate();
    let mut controls: FixedBitSet = all.filter(|(_, one)| matters(one)).map(|(index, _)| index).collect();
    controls.grow(problem.controls.len());
    controls.union_with(reach.added_by());
    controls
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
    fn risk(&self, attacker: &Attacker, asset: &Exposed, simulation: Simulation) -> PairRisk {
        let years = simulation.years.max(1);
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let events = self.events as f64 / f64::from(years);
        PairRisk {
            actor: attacker.id.clone(),
            asset: asset.id.clone(),
            events,
            loss: if self.years.is_empty() {
                YearlyLoss::of(&vec![0; usize::try_from(years).unwrap_or_default()])
            } else {
                YearlyLoss::of(&self.years)
            },
        }
    }
}

/// More attempts a year than can be told apart.
const MOST_ATTEMPTS: u64 = 1 << 20;

fn play(
    exposure: &Exposure<'_>,
    leaves: &[f64],
    by_trial: &[Vec<usize>],
    assets: usize,
    simulation: Simulation,
) -> Vec<Tally> {
    let none = Tally {
        years: Vec::new(),
        events: 0,
    };
    let Exposure { attacker, losses, .. } = exposure;
    let mut tallies = vec![none; assets];
    let draws = |what| Stream::of(simulation.seed, [what, &*attacker.id]);
    let (rates, counts, picks) = (draws("rate"), draws("attempts"), draws("trial"));
    let rate = exposure.attempts();
    let trials = by_trial.len() as u64;
    if trials == 0 {
        return tallies;
    }
    for year in 0..simulation.years {
        let at = u64::from(year);
        for attempt in 0..poisson(rate.quantile(rates.unit(at)), counts, at) {
            let index = at * MOST_ATTEMPTS + attempt;
            let trial = usize::try_from(picks.at(index) % trials).unwrap_or_default();
            let mut last = None;
            for loss in by_trial.get(trial).into_iter().flatten() {
                let (Some(losing), Some(leaves)) = (losses.get(*loss), leaves.get(*loss)) else {
                    continue;
                };
                let Some(tally) = tallies.get_mut(losing.asset) else {
                    continue;
                };
                if tally.years.is_empty() {
                    tally.years = vec![0; usize::try_from(simulation.years).unwrap_or_default()];
                }
                let cost = cents(losing.cost.quantile(losing.draws.unit(index)) * leaves).cents();
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
