//! What one change takes away: the unit of fixes and of choke points.

use std::collections::BTreeMap;

use palisade_knowledge::{AttackStep, Difficulty, Relation};

use super::graph::{Graph, Rule, RuleId};
use super::world::World;
use crate::system::ElementId;

/// A change: what it is about, and the element to change.
pub(super) type Cut<'a> = (About<'a>, &'a ElementId);

/// A change's place in [`Cuts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CutId(u32);

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About<'a> {
    /// All that a binding permits.
    Permissions,
    /// All plain ways from a workload to its node.
    Containment,
    /// The weakness that shows a step's condition, or the step itself.
    Rule(&'a str),
    /// A step that is what the element is there for: nobody would change it.
    Purpose(&'a str),
}

/// Every change that takes anything away, and what each takes.
#[derive(Debug)]
pub(super) struct Cuts<'a> {
    all: Vec<Cut<'a>>,
    /// By rule; ways to and from nodes are nobody's to change.
    of_rule: Vec<Option<CutId>>,
    /// By change, ascending.
    rules: Vec<Vec<RuleId>>,
}

impl<'a> Cuts<'a> {
    /// The changes of a graph.
    pub(super) fn new(graph: &'a Graph, world: &World<'a>) -> Self {
        Self::by(graph, |rule| cut_of(rule, world))
    }

    /// The changes of a graph, where `cut_of` says which one takes a rule away.
    pub(super) fn by(graph: &'a Graph, cut_of: impl Fn(&'a Rule) -> Option<Cut<'a>>) -> Self {
        let mut by_cut: BTreeMap<Cut<'a>, Vec<RuleId>> = BTreeMap::new();
        for (id, rule) in graph.written_by_id() {
            if let Some(cut) = cut_of(rule) {
                by_cut.entry(cut).or_default().push(id);
            }
        }
        let mut of_rule = vec![None; graph.written().len()];
        for (cut, rules) in by_cut.values().enumerate() {
            for rule in rules {
                if let Some(slot) = of_rule.get_mut(rule.index()) {
                    *slot = Some(CutId(u32::try_from(cut).unwrap_or(u32::MAX)));
                }
            }
        }
        let (all, rules) = by_cut.into_iter().unzip();
        Self { all, of_rule, rules }
    }

    /// All of them.
    #[cfg(test)]
    pub(super) fn ids(&self) -> impl Iterator<Item = CutId> + use<> {
        (0..u32::try_from(self.all.len()).unwrap_or(u32::MAX)).map(CutId)
    }

    /// The change that takes a rule away.
    pub(super) fn of(&self, rule: RuleId) -> Option<CutId> {
        self.of_rule.get(rule.index()).copied().flatten()
    }

    /// What a change is.
    pub(super) fn get(&self, cut: CutId) -> Option<Cut<'a>> {
        self.all.get(cut.index()).copied()
    }

    /// What a change takes away.
    pub(super) fn rules(&self, cut: CutId) -> &[RuleId] {
        self.rules.get(cut.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether somebody would make the change.
    pub(super) fn is_fix(&self, cut: CutId) -> bool {
        !matches!(self.get(cut), None | Some((About::Purpose(_), _)))
    }
}

impl CutId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

fn cut_of<'a>(rule: &'a Rule, world: &World<'a>) -> Option<Cut<'a>> {
    let step: &'a AttackStep = world.steps.get(rule.step?)?;
    let about = match step.via {
        Relation::May | Relation::Reconciles => About::Permissions,
        // What hardly anybody manages is left for a change of its own.
        Relation::RunsOn if step.when.is_some() && step.difficulty != Difficulty::Hard => About::Containment,
        _ if is_fixable(step) => About::Rule(weakness_of(step).unwrap_or(&step.id)),
        _ => About::Purpose(&step.id),
    };
    Some((about, rule.fixed_at.as_ref()?))
}

/// The weakness that shows a step's condition. A step without one only has a weakness to refer to.
pub(super) fn weakness_of(step: &AttackStep) -> Option<&str> {
    step.weakness.as_deref().filter(|_| step.when.is_some())
}

/// Whether one would change something because of a step. What a thing is there for (to be reached, to keep data, to read
/// its Secrets) asks for no condition.
fn is_fixable(step: &AttackStep) -> bool {
    let of_credentials = matches!(step.via, Relation::UsesIdentity | Relation::TokenOf);
    of_credentials || step.via == Relation::Reaches || step.when.is_some()
}
