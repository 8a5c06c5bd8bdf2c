//! Which trials of an attacker gain what.
//!
//! A trial is one attempt played through: each step is drawn once, and all ways to all assets share what was drawn. 4096
//! trials are played at once, one bit each, so that following the graph is `and` and `or` over words. What is gained is the
//! least fixed point: a circle of steps proves nothing by itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::problem::{Attacker, Fact, Problem, Step};
use super::random::Stream;

const WORDS: usize = 64;
/// Trials that are played at once.
pub(super) const BLOCK: u32 = 4096;

/// One bit a trial of a block.
type Bits = [u64; WORDS];

const NONE: Bits = [0; WORDS];
const ALL: Bits = [u64::MAX; WORDS];

/// The part of a graph between what an attacker begins with and what can be lost.
pub(super) struct Reach<'p> {
    steps: Vec<Link<'p>>,
    facts: usize,
    starts: Vec<usize>,
    /// For each fact, the steps that need it.
    needed_by: Vec<Vec<usize>>,
    /// For each target, the facts any of which is enough.
    targets: Vec<Vec<usize>>,
}

/// A step, with facts numbered anew.
struct Link<'p> {
    /// Its place in the problem.
    step: usize,
    premises: Vec<usize>,
    conclusion: usize,
    draws: Stream,
    id: &'p str,
}

impl<'p> Reach<'p> {
    /// The part of the graph that can matter to this attacker and these targets.
    pub(super) fn new(problem: &'p Problem, attacker: &Attacker, targets: &[&[Fact]], seed: u64) -> Self {
        let possible = possible(problem, attacker);
        let used = useful(problem, &possible, targets);
        let mut numbers: BTreeMap<Fact, usize> = BTreeMap::new();
        let mut number = |fact: Fact| {
            let next = numbers.len();
            *numbers.entry(fact).or_insert(next)
        };
        let steps: Vec<Link<'p>> = used
            .into_iter()
            .map(|(index, step)| Link {
                step: index,
                premises: step.premises.iter().map(|fact| number(*fact)).collect(),
                conclusion: number(step.conclusion),
                draws: Stream::of(seed, ["step", &attacker.id, &step.id]),
                id: &step.id,
            })
            .collect();
        let starts: Vec<usize> = attacker.starts.iter().map(|fact| number(*fact)).collect();
        let targets = targets
            .iter()
            .map(|facts| facts.iter().filter_map(|fact| numbers.get(fact).copied()).collect())
            .collect();
        let mut needed_by = vec![Vec::new(); numbers.len()];
        for (position, link) in steps.iter().enumerate() {
            for premise in &link.premises {
                if let Some(list) = needed_by.get_mut(*premise) {
                    list.push(position);
                }
            }
        }
        Self {
            steps,
            facts: numbers.len(),
            starts,
            needed_by,
            targets,
        }
    }

    /// For each target, one bit a trial: whether it was gained. `chances` are those of the problem's steps, in order.
    pub(super) fn gained(&self, chances: &[f64], trials: u32) -> Vec<Vec<u64>> {
        let mut gained = vec![Vec::new(); self.targets.len()];
        for block in 0..trials.div_ceil(BLOCK) {
            let held = self.play(&self.masks(chances, block));
            for (target, words) in self.targets.iter().zip(&mut gained) {
                let mut any = NONE;
                for fact in target {
                    or(&mut any, held.get(*fact).unwrap_or(&NONE));
                }
                words.extend(any);
            }
        }
        gained
    }

    /// In how many trials of the first block each deed was tried: all that it needs was held. By id.
    pub(super) fn tried(&self, chances: &[f64]) -> BTreeMap<&'p str, u32> {
        let held = self.play(&self.masks(chances, 0));
        let mut tried = BTreeMap::new();
        for link in &self.steps {
            let mut bits = ALL;
            for premise in &link.premises {
                and(&mut bits, held.get(*premise).unwrap_or(&NONE));
            }
            *tried.entry(link.id).or_default() += bits.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        tried
    }

    /// For each step, the trials in which it works.
    fn masks(&self, chances: &[f64], block: u32) -> Vec<Bits> {
        let first = u64::from(block) * u64::from(BLOCK);
        let of = |link: &Link<'_>| {
            let chance = chances.get(link.step).copied().unwrap_or(0.0);
            mask(link.draws, chance, first)
        };
        self.steps.iter().map(of).collect()
    }

    /// What is held in the end, for each fact.
    fn play(&self, masks: &[Bits]) -> Vec<Bits> {
        let mut held = vec![NONE; self.facts];
        for start in &self.starts {
            if let Some(bits) = held.get_mut(*start) {
                *bits = ALL;
            }
        }
        let mut waiting: VecDeque<usize> = (0..self.steps.len()).collect();
        let mut is_waiting = vec![true; self.steps.len()];
        while let Some(position) = waiting.pop_front() {
            if let Some(flag) = is_waiting.get_mut(position) {
                *flag = false;
            }
            let (Some(link), Some(mask)) = (self.steps.get(position), masks.get(position)) else {
                continue;
            };
            let mut works = *mask;
            for premise in &link.premises {
                and(&mut works, held.get(*premise).unwrap_or(&NONE));
            }
            let Some(conclusion) = held.get_mut(link.conclusion) else {
                continue;
            };
            if !or(conclusion, &works) {
                continue;
            }
            for next in self.needed_by.get(link.conclusion).into_iter().flatten() {
                if let Some(flag) = is_waiting.get_mut(*next).filter(|flag| !**flag) {
                    *flag = true;
                    waiting.push_back(*next);
                }
            }
        }
        held
    }
}

/// The trials in which something of this chance works. The larger of two chances works wherever the smaller does.
fn mask(draws: Stream, chance: f64, first: u64) -> Bits {
    /// Chances are compared as parts of this, so that no rounding differs from machine to machine.
    const PARTS: f64 = 4_294_967_296.0;
    if chance >= 1.0 {
        return ALL;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 2^32"
    )]
    let below = (chance.max(0.0) * PARTS) as u64;
    let mut trial = first;
    NONE.map(|_| {
        let mut word = 0;
        for bit in 0..u64::BITS {
            word |= u64::from(draws.at(trial) >> 32 < below) << bit;
            trial += 1;
        }
        word
    })
}

fn and(bits: &mut Bits, other: &Bits) {
    for (word, other) in bits.iter_mut().zip(other) {
        *word &= other;
    }
}

/// Whether anything is new.
fn or(bits: &mut Bits, other: &Bits) -> bool {
    let mut fresh = 0;
    for (word, other) in bits.iter_mut().zip(other) {
        fresh |= other & !*word;
        *word |= other;
    }
    fresh != 0
}

/// What the attacker could hold if every step worked.
fn possible(problem: &Problem, attacker: &Attacker) -> BTreeSet<Fact> {
    let mut needed_by: BTreeMap<Fact, Vec<usize>> = BTreeMap::new();
    let mut missing: Vec<usize> = Vec::with_capacity(problem.steps.len());
    let mut ready: Vec<Fact> = attacker.starts.clone();
    for (index, step) in problem.steps.iter().enumerate() {
        let premises: BTreeSet<Fact> = step.premises.iter().copied().collect();
        missing.push(premises.len());
        if premises.is_empty() {
            ready.push(step.conclusion);
        }
        for premise in premises {
            needed_by.entry(premise).or_default().push(index);
        }
    }
    let mut held = BTreeSet::new();
    while let Some(fact) = ready.pop() {
        if !held.insert(fact) {
            continue;
        }
        for index in needed_by.get(&fact).into_iter().flatten() {
            let (Some(missing), Some(step)) = (missing.get_mut(*index), problem.steps.get(*index)) else {
                continue;
            };
            *missing -= 1;
            if *missing == 0 {
                ready.push(step.conclusion);
            }
        }
    }
    held
}

/// The steps that could happen and from which a target can be reached, in order.
fn useful<'p>(problem: &'p Problem, possible: &BTreeSet<Fact>, targets: &[&[Fact]]) -> BTreeMap<usize, &'p Step> {
    let mut leads_to: BTreeMap<Fact, Vec<(usize, &Step)>> = BTreeMap::new();
    for (index, step) in problem.steps.iter().enumerate() {
        if step.premises.iter().all(|premise| possible.contains(premise)) {
            leads_to.entry(step.conclusion).or_default().push((index, step));
        }
    }
    let mut used = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut wanted: Vec<Fact> = targets.iter().flat_map(|facts| facts.iter().copied()).collect();
    while let Some(fact) = wanted.pop() {
        if !seen.insert(fact) {
            continue;
        }
        for (index, step) in leads_to.get(&fact).into_iter().flatten() {
            used.insert(*index, *step);
            wanted.extend(&step.premises);
        }
    }
    used
}
