//! Which trials of an attacker gain what.
//!
//! A trial is one attempt played through: each event is drawn once, and all ways to all assets share what was drawn. 4096
//! trials are played at once, one bit each, so that following the graph is `and` and `or` over words. What is gained is the
//! least fixed point: a circle of steps proves nothing by itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use fixedbitset::FixedBitSet;

use super::problem::{Attacker, Fact, Problem, Step};
use super::random::Stream;

const WORDS: usize = 64;
/// Trials that are played at once.
pub(super) const BLOCK: u32 = 4096;

/// One bit a trial of a block.
type Bits = [u64; WORDS];

const NONE: Bits = [0; WORDS];
const ALL: Bits = [u64::MAX; WORDS];

/// Draws that are kept at most, of half a kilobyte each.
const MOST_DRAWN: usize = 1 << 16;

/// What differs from how it is: the chances of events, by event, and which controls are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenario {
    pub(super) chances: BTreeMap<usize, f64>,
    /// By their place in the problem.
    pub(super) controls: FixedBitSet,
}

/// The part of a graph between what an attacker begins with and what can be lost.
#[derive(Debug)]
pub(super) struct Reach {
    /// The events that matter, by their place in the problem.
    events: Vec<usize>,
    draws: Vec<Stream>,
    /// Their chances, as it is.
    chances: Vec<f64>,
    /// For each block, the trials in which each event happens, as it is.
    happens: Vec<Vec<Bits>>,
    /// The trials of a block in which an event of another chance happens: scenarios ask for few chances, and often.
    drawn: RefCell<HashMap<(usize, usize, u64), Rc<Bits>>>,
    links: Vec<Link>,
    premises: Vec<u32>,
    facts: usize,
    starts: Vec<u32>,
    /// `needing[needed_by[f]..needed_by[f + 1]]` are the links that need fact `f`.
    needed_by: Vec<usize>,
    needing: Vec<usize>,
    /// For each target, the facts any of which is enough.
    targets: Vec<Vec<u32>>,
}

/// A step, with facts and events numbered anew.
#[derive(Debug)]
struct Link {
    /// Where its premises begin and end in [`Reach::premises`].
    premises: (usize, usize),
    conclusion: u32,
    deed: Option<usize>,
    given: Option<usize>,
    added_by: Option<usize>,
}

impl Reach {
    /// The part of the graph that can matter to this attacker and these targets, and `trials` drawn. `chances` are those of
    /// the problem's events, in order.
    pub(super) fn new(
        problem: &Problem,
        attacker: &Attacker,
        targets: &[&[Fact]],
        chances: &[f64],
        (seed, trials): (u64, u32),
    ) -> Self {
        let used = useful(problem, attacker, targets);
        let mut facts = Numbers::new(problem.facts);
        let mut events = Numbers::new(problem.events.len());
        let mut premises = Vec::new();
        let mut links = Vec::with_capacity(used.count_ones(..));
        for step in used.ones().filter_map(|index| problem.steps.get(index)) {
            let from = premises.len();
            premises.extend(step.premises.iter().map(|fact| facts.of(*fact)));
            let mut event = |event: Option<usize>| event.map(|event| events.of(event) as usize);
            links.push(Link {
                premises: (from, premises.len()),
                conclusion: facts.of(step.conclusion),
                deed: event(step.deed),
                given: event(step.given),
                added_by: step.added_by,
            });
        }
        let starts = attacker.starts.iter().map(|fact| facts.of(*fact)).collect();
        let known = |fact: &Fact| facts.known(*fact);
        let targets = targets
            .iter()
            .map(|facts| facts.iter().filter_map(known).collect())
            .collect();
        let needs = links.iter().enumerate().flat_map(|(number, link)| {
            let premises = premises.get(link.premises.0..link.premises.1).unwrap_or_default();
            premises.iter().map(move |fact| (*fact as usize, number))
        });
        let (needed_by, needing) = by_fact(facts.order.len(), needs);
        let draws: Vec<Stream> = events
            .order
            .iter()
            .map(|event| {
                let id = problem.events.get(*event).map_or("", |event| &event.id);
                Stream::of(seed, ["event", &attacker.id, id])
            })
            .collect();
        let chance = |event: &usize| chances.get(*event).copied().unwrap_or(0.0);
        let chances: Vec<f64> = events.order.iter().map(chance).collect();
        let block = |block: u32| {
            let streams = draws.iter().zip(&chances);
            streams.map(|(draws, chance)| mask(*draws, *chance, block)).collect()
        };
        Self {
            happens: (0..trials.div_ceil(BLOCK)).map(block).collect(),
            drawn: RefCell::default(),
            events: events.order,
            draws,
            chances,
            links,
            premises,
            facts: facts.order.len(),
            starts,
            needed_by,
            needing,
            targets,
        }
    }

    /// How many steps matter.
    pub(super) fn steps(&self) -> usize {
        self.links.len()
    }

    /// Whether an event matters.
    pub(super) fn depends_on(&self, event: usize) -> bool {
        self.events.contains(&event)
    }

    /// The chance of an event, if it matters.
    pub(super) fn chance(&self, event: usize, scenario: &Scenario) -> Option<f64> {
        let number = self.events.iter().position(|known| *known == event)?;
        scenario
            .chances
            .get(&event)
            .or_else(|| self.chances.get(number))
            .copied()
    }

    /// For each target, one bit a trial: whether it was gained.
    pub(super) fn gained(&self, scenario: &Scenario) -> Vec<Vec<u64>> {
        let mut gained = vec![Vec::new(); self.targets.len()];
        for block in 0..self.happens.len() {
            let held = self.play(block, scenario, &self.differing(block, scenario));
            for (target, words) in self.targets.iter().zip(&mut gained) {
                let mut any = NONE;
                for fact in target {
                    or(&mut any, bits(&held, *fact));
                }
                words.extend(any);
            }
        }
        gained
    }

    /// In how many trials of the first block each deed was tried: all that it needs was held. By event.
    pub(super) fn tried(&self, scenario: &Scenario) -> BTreeMap<usize, u32> {
        let differing = self.differing(0, scenario);
        let held = self.play(0, scenario, &differing);
        let mut tried = BTreeMap::new();
        for link in &self.links {
            let Some(event) = link.deed.and_then(|deed| self.events.get(deed)) else {
                continue;
            };
            let mut bits = self.ready(link, &held);
            if let Some(given) = link.given {
                and(&mut bits, self.event(0, given, &differing));
            }
            *tried.entry(*event).or_default() += bits.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        tried
    }

    /// The trials in which events happen whose chance is another than it is, by their number here.
    fn differing(&self, block: usize, scenario: &Scenario) -> BTreeMap<usize, Rc<Bits>> {
        let mut drawn = self.drawn.borrow_mut();
        if drawn.len() > MOST_DRAWN {
            drawn.clear();
        }
        let of = |(number, event): (usize, &usize)| {
            let (chance, draws) = (scenario.chances.get(event)?, self.draws.get(number)?);
            let bits = drawn
                .entry((block, number, chance.to_bits()))
                .or_insert_with(|| Rc::new(mask(*draws, *chance, u32::try_from(block).unwrap_or_default())));
            Some((number, Rc::clone(bits)))
        };
        if scenario.chances.is_empty() {
            return BTreeMap::new();
        }
        self.events.iter().enumerate().filter_map(of).collect()
    }

    fn event<'b>(&'b self, block: usize, number: usize, differing: &'b BTreeMap<usize, Rc<Bits>>) -> &'b Bits {
        let as_it_is = || self.happens.get(block).and_then(|block| block.get(number));
        let differing = differing.get(&number).map(AsRef::as_ref);
        differing.or_else(as_it_is).unwrap_or(&NONE)
    }

    /// The trials in which all that a link needs is held.
    fn ready(&self, link: &Link, held: &[Bits]) -> Bits {
        let mut ready = ALL;
        for premise in self.premises.get(link.premises.0..link.premises.1).unwrap_or_default() {
            and(&mut ready, bits(held, *premise));
        }
        ready
    }

    /// What is held in the end, for each fact.
    fn play(&self, block: usize, scenario: &Scenario, differing: &BTreeMap<usize, Rc<Bits>>) -> Vec<Bits> {
        let mut held = vec![NONE; self.facts];
        let mut waiting: VecDeque<usize> = VecDeque::new();
        let mut waits = FixedBitSet::with_capacity(self.facts);
        for start in &self.starts {
            if let Some(bits) = held.get_mut(*start as usize) {
                *bits = ALL;
                if !waits.put(*start as usize) {
                    waiting.push_back(*start as usize);
                }
            }
        }
        let take = |link: &Link, held: &mut Vec<Bits>| {
            if link
                .added_by
                .is_some_and(|control| !scenario.controls.contains(control))
            {
                return false;
            }
            let mut works = self.ready(link, held);
            for event in link.deed.iter().chain(&link.given) {
                and(&mut works, self.event(block, *event, differing));
            }
            held.get_mut(link.conclusion as usize)
                .is_some_and(|conclusion| or(conclusion, &works))
        };
        for link in self.links.iter().filter(|link| link.premises.0 == link.premises.1) {
            if take(link, &mut held) && !waits.put(link.conclusion as usize) {
                waiting.push_back(link.conclusion as usize);
            }
        }
        while let Some(fact) = waiting.pop_front() {
            waits.set(fact, false);
            for link in range(&self.needed_by, &self.needing, fact) {
                if let Some(link) = self.links.get(*link)
                    && take(link, &mut held)
                    && !waits.put(link.conclusion as usize)
                {
                    waiting.push_back(link.conclusion as usize);
                }
            }
        }
        held
    }
}

/// Numbers given out in the order in which they are asked for.
struct Numbers {
    of: Vec<u32>,
    order: Vec<usize>,
}

impl Numbers {
    fn new(size: usize) -> Self {
        Self {
            of: vec![u32::MAX; size],
            order: Vec::new(),
        }
    }

    fn of(&mut self, thing: usize) -> u32 {
        if thing >= self.of.len() {
            self.of.resize(thing + 1, u32::MAX);
        }
        let next = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        match self.of.get_mut(thing) {
            Some(number) if *number == u32::MAX => {
                *number = next;
                self.order.push(thing);
                next
            }
            Some(number) => *number,
            None => next,
        }
    }

    fn known(&self, thing: usize) -> Option<u32> {
        self.of.get(thing).copied().filter(|number| *number != u32::MAX)
    }
}

fn bits(held: &[Bits], fact: u32) -> &Bits {
    held.get(fact as usize).unwrap_or(&NONE)
}

/// The trials of a block in which something of this chance happens. The larger of two chances happens wherever the smaller
/// does: a trial's draw is a number of 32 bits, and it happens where that number is below the chance.
///
/// The numbers of 64 trials are drawn bit by bit, the highest first, a word of the stream for all of them, until it is
/// settled for each whether it is below: about eight words instead of 64.
fn mask(draws: Stream, chance: f64, block: u32) -> Bits {
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
    let below = (chance.max(0.0) * PARTS) as u32;
    let mut word = u64::from(block) * WORDS as u64;
    NONE.map(|_| {
        let (mut is_below, mut equal) = (0_u64, u64::MAX);
        for bit in 0..32 {
            let bits = draws.at(word * 32 + bit);
            if below >> (31 - bit) & 1 == 1 {
                is_below |= equal & !bits;
                equal &= bits;
            } else {
                equal &= !bits;
            }
            if equal == 0 {
                break;
            }
        }
        word += 1;
        is_below
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

/// The steps that could happen if every event did, and from which a target can be reached.
fn useful(problem: &Problem, attacker: &Attacker, targets: &[&[Fact]]) -> FixedBitSet {
    let takes = |index: usize| attacker.takes.as_ref().is_none_or(|takes| takes.contains(index));
    let size = |step: &Step| {
        step.premises
            .iter()
            .copied()
            .chain([step.conclusion])
            .max()
            .unwrap_or(0)
            + 1
    };
    let starts = attacker.starts.iter().map(|fact| fact + 1);
    let facts = problem
        .steps
        .iter()
        .map(size)
        .chain(starts)
        .max()
        .unwrap_or(0)
        .max(problem.facts);
    let steps = || problem.steps.iter().enumerate().filter(|(index, _)| takes(*index));

    let mut missing: Vec<u32> = vec![u32::MAX; problem.steps.len()];
    let (needed_by, needing) = by_fact(
        facts,
        steps().flat_map(|(index, step)| step.premises.iter().map(move |fact| (*fact, index))),
    );
    let mut ready: Vec<Fact> = attacker.starts.clone();
    for (index, step) in steps() {
        if let Some(missing) = missing.get_mut(index) {
            *missing = u32::try_from(step.premises.len()).unwrap_or(u32::MAX);
        }
        if step.premises.is_empty() {
            ready.push(step.conclusion);
        }
    }
    let mut held = FixedBitSet::with_capacity(facts);
    let mut possible = FixedBitSet::with_capacity(problem.steps.len());
    possible.extend(
        steps()
            .filter(|(_, step)| step.premises.is_empty())
            .map(|(index, _)| index),
    );
    while let Some(fact) = ready.pop() {
        if held.put(fact) {
            continue;
        }
        for index in range(&needed_by, &needing, fact) {
            let (Some(missing), Some(step)) = (missing.get_mut(*index), problem.steps.get(*index)) else {
                continue;
            };
            *missing -= 1;
            if *missing == 0 {
                possible.insert(*index);
                ready.push(step.conclusion);
            }
        }
    }

    let leading = possible
        .ones()
        .filter_map(|index| Some((problem.steps.get(index)?.conclusion, index)));
    let leading: Vec<(Fact, usize)> = leading.collect();
    let (leads_to, leading) = by_fact(facts, leading.iter().copied());
    let mut used = FixedBitSet::with_capacity(problem.steps.len());
    let mut seen = FixedBitSet::with_capacity(facts);
    let mut wanted: Vec<Fact> = targets
        .iter()
        .flat_map(|target| target.iter().copied())
        .filter(|fact| *fact < facts)
        .collect();
    while let Some(fact) = wanted.pop() {
        if seen.put(fact) {
            continue;
        }
        for index in range(&leads_to, &leading, fact) {
            used.insert(*index);
            wanted.extend(
                problem
                    .steps
                    .get(*index)
                    .map(|step| &*step.premises)
                    .unwrap_or_default(),
            );
        }
    }
    used
}

/// Steps by fact, side by side: `steps[starts[f]..starts[f + 1]]` are those of fact `f`.
fn by_fact(facts: usize, pairs: impl Iterator<Item = (Fact, usize)> + Clone) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; facts + 1];
    for (fact, _) in pairs.clone() {
        if let Some(count) = starts.get_mut(fact + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut steps = vec![0; sum];
    for (fact, step) in pairs {
        if let Some(next) = next.get_mut(fact) {
            if let Some(slot) = steps.get_mut(*next) {
                *slot = step;
            }
            *next += 1;
        }
    }
    (starts, steps)
}

fn range<'s>(starts: &[usize], steps: &'s [usize], fact: Fact) -> &'s [usize] {
    let range = starts.get(fact).zip(starts.get(fact + 1));
    range.and_then(|(from, to)| steps.get(*from..*to)).unwrap_or_default()
}
