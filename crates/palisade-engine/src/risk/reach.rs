//! Which trials of an attacker gain what.
//!
//! A trial is one attempt played through: each event is drawn once, and all ways to all assets share what was drawn. Up to
//! 4096 trials are played at once, one bit each, so that following the graph is `and` and `or` over words. What is gained is
//! the least fixed point: a circle of steps proves nothing by itself.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use fixedbitset::FixedBitSet;

use super::problem::{Attacker, Fact, Problem, Step};
use super::random::Stream;

/// Words of a block at most.
const WORDS: usize = 64;
/// Draws that are kept at most, of half a kilobyte each.
const MOST_DRAWN: usize = 1 << 16;
/// Words of what was held in scenarios before that are kept at most.
const MOST_KEPT: usize = 1 << 20;
/// A graph of fewer steps is followed from the start as fast as from a scenario before.
const SMALL: usize = if cfg!(test) { 1 } else { 500 };
/// What looking at a step costs beside its words, in words.
const LOOK: usize = 16;

/// What differs from how it is: the chances of events, and which controls are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenario {
    /// By [`Reach::number`], in order.
    chances: Vec<(usize, f64)>,
    /// By their place in the problem.
    controls: FixedBitSet,
}

impl Scenario {
    /// `chances` are in the order of their events' numbers, each once.
    pub(super) fn new(chances: Vec<(usize, f64)>, controls: FixedBitSet) -> Self {
        Self { chances, controls }
    }

    /// The same with another chance of one event.
    pub(super) fn with(&self, event: usize, chance: f64) -> Self {
        let mut other = self.clone();
        match other.chances.binary_search_by_key(&event, |(event, _)| *event) {
            Ok(at) => other.chances.splice(at..=at, [(event, chance)]),
            Err(at) => other.chances.splice(at..at, [(event, chance)]),
        };
        other
    }

    fn chance(&self, event: usize) -> Option<f64> {
        let at = self.chances.binary_search_by_key(&event, |(event, _)| *event).ok()?;
        self.chances.get(at).map(|(_, chance)| *chance)
    }
}

/// The part of a graph between what an attacker begins with and what can be lost.
#[derive(Debug)]
pub(super) struct Reach {
    /// The events that matter.
    events: Numbers,
    draws: Vec<Stream>,
    /// Their chances, as it is.
    chances: Vec<f64>,
    /// Words in which one bit stands for each trial of a block.
    width: usize,
    /// For each block, the trials in which each event happens, as it is, event after event.
    happens: Vec<Vec<u64>>,
    /// The trials of a block in which an event of another chance happens: scenarios ask for few chances, and often.
    drawn: RefCell<Drawn>,
    /// What was held in the scenarios before, the latest last.
    kept: RefCell<VecDeque<Kept>>,
    /// Words that were looked at so far.
    spent: Cell<usize>,
    links: Vec<Link>,
    /// The controls without which some of them are not there, by their place in the problem.
    added_by: FixedBitSet,
    premises: Vec<u32>,
    facts: usize,
    starts: Vec<u32>,
    /// `needing[needed_by[f]..needed_by[f + 1]]` are the links that need fact `f`.
    needed_by: Vec<usize>,
    needing: Vec<usize>,
    /// `on_event[by_event[e]..by_event[e + 1]]` are the links that hang on event `e`.
    by_event: Vec<usize>,
    on_event: Vec<usize>,
    /// For each target, the facts any of which is enough.
    targets: Vec<Vec<u32>>,
}

/// One bit a trial of a block, by block, event and the bits of its chance.
type Drawn = HashMap<(usize, usize, u64), Rc<[u64]>>;

/// What was held in a scenario before.
#[derive(Debug)]
struct Kept {
    block: usize,
    scenario: Scenario,
    held: Rc<Held>,
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
        let mut facts = onwards(problem, attacker, &used);
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
        // Those that are looked at together lie together.
        links.sort_by_key(|link| {
            premises
                .get(link.premises.0)
                .filter(|_| link.premises.0 < link.premises.1)
                .copied()
        });
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
        let hang = links.iter().enumerate().flat_map(|(number, link)| {
            let events = link.deed.into_iter().chain(link.given);
            events.map(move |event| (event, number))
        });
        let (by_event, on_event) = by_fact(events.order.len(), hang);
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
        let words = usize::try_from(trials.div_ceil(64)).unwrap_or_default();
        let width = words.clamp(1, WORDS);
        let block = |block: usize| {
            let streams = draws.iter().zip(&chances);
            streams
                .flat_map(|(draws, chance)| mask(*draws, *chance, block, width))
                .collect()
        };
        Self {
            happens: (0..words.div_ceil(width)).map(block).collect(),
            drawn: RefCell::default(),
            kept: RefCell::default(),
            spent: Cell::new(0),
            width,
            events,
            draws,
            chances,
            added_by: links.iter().filter_map(|link| link.added_by).collect(),
            links,
            premises,
            facts: facts.order.len(),
            starts,
            needed_by,
            needing,
            by_event,
            on_event,
            targets,
        }
    }

    /// What following the graph from the start costs, in words that are looked at.
    pub(super) fn work(&self) -> usize {
        self.links.len() * (self.width + LOOK) * self.happens.len()
    }

    /// What following the graph has cost so far, in words that were looked at.
    pub(super) fn spent(&self) -> usize {
        self.spent.get()
    }

    /// How many steps matter.
    pub(super) fn steps(&self) -> usize {
        self.links.len()
    }

    /// How many events matter.
    pub(super) fn events(&self) -> usize {
        self.events.order.len()
    }

    /// The number of an event here, if it matters.
    pub(super) fn number(&self, event: usize) -> Option<usize> {
        self.events.known(event).map(|number| number as usize)
    }

    /// The controls that bring steps with them.
    pub(super) fn added_by(&self) -> &FixedBitSet {
        &self.added_by
    }

    /// The chance of an event, by its number here.
    pub(super) fn chance(&self, event: usize, scenario: &Scenario) -> f64 {
        let as_it_is = || self.chances.get(event).copied();
        scenario.chance(event).or_else(as_it_is).unwrap_or_default()
    }

    /// For each target, one bit a trial: whether it was gained.
    pub(super) fn gained(&self, scenario: &Scenario) -> Vec<Vec<u64>> {
        let mut gained = vec![Vec::new(); self.targets.len()];
        for block in 0..self.happens.len() {
            let held = self.held(block, scenario, &mut self.happening(block, scenario));
            for (target, words) in self.targets.iter().zip(&mut gained) {
                let mut any = vec![0; self.width];
                for fact in target {
                    or(&mut any, held.of(*fact as usize));
                }
                words.extend(any);
            }
        }
        gained
    }

    /// In how many trials of the first block each deed was tried: all that it needs was held. By event.
    pub(super) fn tried(&self, scenario: &Scenario) -> BTreeMap<usize, u32> {
        let mut happening = self.happening(0, scenario);
        let held = self.held(0, scenario, &mut happening);
        let mut tried = BTreeMap::new();
        for link in &self.links {
            let Some(event) = link.deed.and_then(|deed| self.events.order.get(deed)) else {
                continue;
            };
            let mut bits = vec![u64::MAX; self.width];
            for premise in self.premises(link) {
                and(&mut bits, held.of(*premise as usize));
            }
            if let Some(given) = link.given {
                and(&mut bits, happening.of(given));
            }
            *tried.entry(*event).or_default() += bits.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        tried
    }

    /// The trials in which events happen.
    fn happening<'r>(&'r self, block: usize, scenario: &'r Scenario) -> Happening<'r> {
        let mut drawn = self.drawn.borrow_mut();
        if drawn.len() > MOST_DRAWN {
            drawn.clear();
        }
        let mut differs = vec![u32::MAX; self.draws.len()];
        for (at, (event, _)) in (0..).zip(&scenario.chances) {
            if let Some(differs) = differs.get_mut(*event) {
                *differs = at;
            }
        }
        Happening {
            reach: self,
            block,
            scenario,
            differs,
            drawn: vec![None; scenario.chances.len()],
        }
    }

    fn premises(&self, link: &Link) -> &[u32] {
        self.premises.get(link.premises.0..link.premises.1).unwrap_or_default()
    }

    /// What is held in the end: followed from the start, or from a scenario before in which less was possible.
    fn held(&self, block: usize, scenario: &Scenario, happening: &mut Happening<'_>) -> Rc<Held> {
        if self.links.len() < SMALL {
            return Rc::new(self.play(scenario, happening, None));
        }
        let before = self.nearest(block, scenario);
        let held = Rc::new(self.play(scenario, happening, before));
        let mut kept = self.kept.borrow_mut();
        kept.push_back(Kept {
            block,
            scenario: scenario.clone(),
            held: Rc::clone(&held),
        });
        while kept.len() * self.facts * self.width > MOST_KEPT && kept.len() > 1 {
            kept.pop_front();
        }
        held
    }

    /// Of the scenarios before with these and more controls that with the fewest more, if nothing was possible in it that is
    /// not now, and the links that may work in more trials than then.
    fn nearest(&self, block: usize, scenario: &Scenario) -> Option<(Rc<Held>, Vec<usize>)> {
        let kept = self.kept.borrow();
        let is_less = |kept: &&Kept| kept.block == block && scenario.controls.is_subset(&kept.scenario.controls);
        let nearest = kept
            .iter()
            .filter(is_less)
            .min_by_key(|kept| kept.scenario.controls.count_ones(..))?;
        let more = nearest.scenario.controls.difference(&scenario.controls);
        if more.into_iter().any(|control| self.added_by.contains(control)) {
            return None;
        }
        let events = self.likelier(&nearest.scenario, scenario)?;
        let links = events
            .into_iter()
            .flat_map(|event| range(&self.by_event, &self.on_event, event));
        Some((Rc::clone(&nearest.held), links.copied().collect()))
    }

    /// The events that are likelier now than then. None: some are less likely.
    fn likelier(&self, then: &Scenario, now: &Scenario) -> Option<Vec<usize>> {
        let mut events: Vec<usize> = then
            .chances
            .iter()
            .chain(&now.chances)
            .map(|(event, _)| *event)
            .collect();
        events.sort_unstable();
        events.dedup();
        let mut likelier = Vec::new();
        for event in events {
            let (was, is) = (self.chance(event, then), self.chance(event, now));
            if is < was {
                return None;
            }
            if is > was {
                likelier.push(event);
            }
        }
        Some(likelier)
    }

    /// Follows the graph until nothing is new.
    ///
    /// Facts are looked at in the order in which steps lead on, so that most are looked at once, with all that leads to
    /// them.
    fn play(&self, scenario: &Scenario, happening: &mut Happening<'_>, before: Option<(Rc<Held>, Vec<usize>)>) -> Held {
        let mut looks = 0;
        let mut works = vec![0; self.width];
        let mut take = |link: &Link, held: &mut Held| {
            looks += 1;
            let is_there = |control| scenario.controls.contains(control);
            if !link.added_by.is_none_or(is_there) {
                return false;
            }
            // Only where it would be new.
            for (word, held) in works.iter_mut().zip(held.of(link.conclusion as usize)) {
                *word = !held;
            }
            let premises = self.premises(link).iter();
            let any = { premises }.all(|fact| and(&mut works, held.of(*fact as usize)))
                && link
                    .deed
                    .iter()
                    .chain(&link.given)
                    .all(|event| and(&mut works, happening.of(*event)));
            any && or(held.of_mut(link.conclusion as usize), &works)
        };
        let mut waiting = Waiting::new(self.facts);
        let (mut held, first) = if let Some((held, links)) = before {
            (Held::clone(&held), links)
        } else {
            let mut held = Held {
                words: vec![0; self.facts * self.width],
                width: self.width,
            };
            for start in &self.starts {
                held.of_mut(*start as usize).fill(u64::MAX);
                waiting.put(*start as usize);
            }
            let bare = |(_, link): &(usize, &Link)| link.premises.0 == link.premises.1;
            let bare = self.links.iter().enumerate().filter(bare);
            (held, bare.map(|(number, _)| number).collect())
        };
        for link in first.iter().filter_map(|link| self.links.get(*link)) {
            if take(link, &mut held) {
                waiting.put(link.conclusion as usize);
            }
        }
        while let Some(fact) = waiting.next() {
            for link in range(&self.needed_by, &self.needing, fact) {
                if let Some(link) = self.links.get(*link)
                    && take(link, &mut held)
                {
                    waiting.put(link.conclusion as usize);
                }
            }
        }
        let prepared = self.facts * self.width + scenario.chances.len() * LOOK;
        self.spent
            .set(self.spent.get() + prepared + looks * (self.width + LOOK));
        held
    }
}

/// The trials of a block in which events happen, drawn as they are asked for.
struct Happening<'r> {
    reach: &'r Reach,
    block: usize,
    scenario: &'r Scenario,
    /// For each event, the place of its chance among those that differ, or a place that there is not.
    differs: Vec<u32>,
    drawn: Vec<Option<Rc<[u64]>>>,
}

impl Happening<'_> {
    fn of(&mut self, event: usize) -> &[u64] {
        let (reach, block) = (self.reach, self.block);
        let at = self.differs.get(event).map_or(usize::MAX, |at| *at as usize);
        let (Some(drawn), Some((_, chance))) = (self.drawn.get_mut(at), self.scenario.chances.get(at)) else {
            return reach
                .happens
                .get(block)
                .map_or(&[], |happens| part(happens, reach.width, event));
        };
        drawn.get_or_insert_with(|| {
            let stream = reach.draws.get(event).copied();
            let draw = || stream.map_or_else(|| [].into(), |draws| mask(draws, *chance, block, reach.width).collect());
            let mut known = reach.drawn.borrow_mut();
            Rc::clone(known.entry((block, event, chance.to_bits())).or_insert_with(draw))
        })
    }
}

/// For each fact, the trials in which it is held.
#[derive(Clone, Debug)]
struct Held {
    words: Vec<u64>,
    width: usize,
}

impl Held {
    fn of(&self, fact: usize) -> &[u64] {
        part(&self.words, self.width, fact)
    }

    fn of_mut(&mut self, fact: usize) -> &mut [u64] {
        let from = fact * self.width;
        self.words.get_mut(from..from + self.width).unwrap_or_default()
    }
}

/// Facts about which something is new, in rounds from the first to the last: in circles that saves most looks.
struct Waiting {
    /// One bit a fact.
    words: Vec<u64>,
    /// The fact at which the round is.
    at: usize,
}

impl Waiting {
    fn new(facts: usize) -> Self {
        Self {
            words: vec![0; facts.div_ceil(64)],
            at: 0,
        }
    }

    fn put(&mut self, fact: usize) {
        if let Some(word) = self.words.get_mut(fact / 64) {
            *word |= 1 << (fact % 64);
        }
    }

    fn next(&mut self) -> Option<usize> {
        let fact = self.from(self.at).or_else(|| self.from(0))?;
        if let Some(word) = self.words.get_mut(fact / 64) {
            *word &= !(1 << (fact % 64));
        }
        self.at = fact + 1;
        Some(fact)
    }

    /// The first that is not before this one.
    fn from(&self, fact: usize) -> Option<usize> {
        let mut onwards = u64::MAX << (fact % 64);
        for (at, word) in self.words.iter().enumerate().skip(fact / 64) {
            if word & onwards != 0 {
                return Some(at * 64 + (word & onwards).trailing_zeros() as usize);
            }
            onwards = u64::MAX;
        }
        None
    }
}

/// Numbers given out in the order in which they are asked for.
#[derive(Debug)]
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

/// The words of one of several things of the same width.
fn part(words: &[u64], width: usize, number: usize) -> &[u64] {
    words.get(number * width..(number + 1) * width).unwrap_or_default()
}

/// The trials of a block in which something of this chance happens. The larger of two chances happens wherever the smaller
/// does: a trial's draw is a number of 32 bits, and it happens where that number is below the chance.
///
/// The numbers of 64 trials are drawn bit by bit, the highest first, a word of the stream for all of them, until it is
/// settled for each whether it is below: about eight words instead of 64.
fn mask(draws: Stream, chance: f64, block: usize, width: usize) -> impl Iterator<Item = u64> {
    /// Chances are compared as parts of this, so that no rounding differs from machine to machine.
    const PARTS: f64 = 4_294_967_296.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 2^32"
    )]
    let below = (chance.clamp(0.0, 1.0) * PARTS) as u64;
    let first = block * width;
    (first..first + width).map(move |word| {
        if chance >= 1.0 {
            return u64::MAX;
        }
        let (mut is_below, mut equal) = (0_u64, u64::MAX);
        for bit in 0..32 {
            let bits = draws.at(word as u64 * 32 + bit);
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
        is_below
    })
}

/// Whether any is left.
fn and(bits: &mut [u64], other: &[u64]) -> bool {
    let mut left = 0;
    for (word, other) in bits.iter_mut().zip(other) {
        *word &= other;
        left |= *word;
    }
    left != 0
}

/// Whether anything is new.
fn or(bits: &mut [u64], other: &[u64]) -> bool {
    let mut fresh = 0;
    for (word, other) in bits.iter_mut().zip(other) {
        fresh |= other & !*word;
        *word |= other;
    }
    fresh != 0
}

/// Numbers for the facts of these steps, such that steps lead to higher ones, circles aside: the reverse of the order in
/// which a walk in depth leaves them.
fn onwards(problem: &Problem, attacker: &Attacker, used: &FixedBitSet) -> Numbers {
    let steps = || used.ones().filter_map(|index| problem.steps.get(index));
    let leads = steps().flat_map(|step| step.premises.iter().map(|fact| (*fact, step.conclusion)));
    let leads: Vec<(Fact, Fact)> = leads.collect();
    let highest = leads.iter().map(|(from, to)| *from.max(to) + 1).max();
    let facts = highest.unwrap_or_default().max(problem.facts);
    let (from, to) = by_fact(facts, leads.iter().copied());
    let bare = steps().filter(|step| step.premises.is_empty());
    let begin: Vec<Fact> = attacker
        .starts
        .iter()
        .copied()
        .chain(bare.map(|step| step.conclusion))
        .collect();
    let mut seen = FixedBitSet::with_capacity(facts);
    let mut left: Vec<Fact> = Vec::new();
    let mut walk: Vec<(Fact, usize)> = Vec::new();
    for fact in begin.into_iter().rev() {
        if fact >= facts || seen.put(fact) {
            continue;
        }
        walk.push((fact, 0));
        while let Some((fact, next)) = walk.last_mut() {
            if let Some(onward) = range(&from, &to, *fact).get(*next) {
                *next += 1;
                if !seen.put(*onward) {
                    walk.push((*onward, 0));
                }
            } else {
                left.push(*fact);
                walk.pop();
            }
        }
    }
    let mut numbers = Numbers::new(facts);
    for fact in left.into_iter().rev() {
        numbers.of(fact);
    }
    numbers
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
