//! A derivation, told as steps in order.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::fact::Fact;
use super::graph::{FactId, Graph, Reason, Rule, RuleId, StepIndex};
use super::search::Searcher;
use super::world::{CONTROL_PLANE_NODE, SOME_NODE, World};
use crate::assessment::PathStep;
use crate::system::{ElementId, Evidence};

/// A derivation, told as steps in order.
#[derive(Clone, Debug)]
pub(super) struct Derived {
    /// The rules of each step: one of the catalogue's and those through hubs beside it.
    pub(super) steps: Vec<Told>,
    /// The product over all rules, each once.
    pub(super) likelihood: f64,
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) rules: Vec<RuleId>,
    from: FactId,
    to: FactId,
}

/// The best derivation of a fact that the searcher found last.
pub(super) fn derive(fact: FactId, graph: &Graph, found: &Searcher<'_>) -> Derived {
    let mut telling = Telling {
        graph,
        found,
        told: BTreeSet::new(),
        steps: Vec::new(),
    };
    telling.tell(fact);
    let rules: BTreeSet<RuleId> = telling
        .steps
        .iter()
        .flat_map(|step| step.rules.iter().copied())
        .collect();
    let chances = rules
        .iter()
        .filter_map(|rule| graph.rule(*rule))
        .map(|rule| rule.chance.likelihood);
    Derived {
        likelihood: chances.product(),
        steps: telling.steps,
    }
}

struct Telling<'s> {
    graph: &'s Graph,
    found: &'s Searcher<'s>,
    told: BTreeSet<FactId>,
    steps: Vec<Told>,
}

impl Telling<'_> {
    /// Tells how a shown fact comes about: first what it needs, then the step to it.
    fn tell(&mut self, fact: FactId) {
        if !self.told.insert(fact) {
            return;
        }
        let (mut rules, mut needs) = (Vec::new(), Vec::new());
        self.gather(fact, &mut rules, &mut needs);
        for &need in &needs {
            self.tell(need);
        }
        if let Some(&from) = needs.first() {
            self.steps.push(Told { rules, from, to: fact });
        }
    }

    /// The rules between a fact and the shown facts before it, in order, and those facts.
    fn gather(&self, fact: FactId, rules: &mut Vec<RuleId>, needs: &mut Vec<FactId>) {
        let Some((id, rule)) = self.found.rule(fact).and_then(|id| Some((id, self.graph.rule(id)?))) else {
            return;
        };
        for &premise in &rule.premises {
            if self.is_told(premise) {
                if !needs.contains(&premise) {
                    needs.push(premise);
                }
            } else {
                self.gather(premise, rules, needs);
            }
        }
        if !rules.contains(&id) {
            rules.push(id);
        }
    }

    /// Whether a fact is a stop of its own: not a hub, nor what another shown fact is anyway (root on a node has its files).
    fn is_told(&self, fact: FactId) -> bool {
        let is_shown = |fact: FactId| self.graph.fact(fact).and_then(Fact::shown).is_some();
        let rule = self.found.rule(fact).and_then(|id| self.graph.rule(id));
        let is_part = rule.is_some_and(|rule| rule.step.is_none() && rule.premises.iter().all(|it| is_shown(*it)));
        is_shown(fact) && !is_part
    }
}

impl Derived {
    /// The facts that it goes through, its end not among them.
    pub(super) fn facts_before<'g>(&self, graph: &'g Graph) -> impl Iterator<Item = &'g Fact> {
        let from: Vec<FactId> = self.steps.iter().map(|step| step.from).collect();
        from.into_iter().filter_map(|fact| graph.fact(fact))
    }

    /// All its rules.
    pub(super) fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.steps.iter().flat_map(|step| step.rules.iter().copied())
    }

    /// Where its last step starts, and which step that is.
    pub(super) fn last(&self, graph: &Graph) -> Option<(FactId, StepIndex)> {
        let last = self.steps.last()?;
        Some((last.from, last.rules(graph).find_map(|rule| rule.step)?))
    }

    /// The steps as people read them; `is_choke_point` says it of the rules of each.
    pub(super) fn shown(
        &self,
        graph: &Graph,
        world: &World<'_>,
        is_choke_point: &dyn Fn(&[RuleId]) -> Option<bool>,
    ) -> Vec<PathStep> {
        let mut steps: Vec<PathStep> = Vec::new();
        for told in &self.steps {
            let before = steps.last().map_or(&[][..], |step| &step.evidence);
            if let Some(mut step) = told.shown(before, graph, world) {
                step.choke_point = is_choke_point(&told.rules);
                steps.push(step);
            }
        }
        steps
    }

    /// One step as people read it.
    pub(super) fn shown_step(&self, at: usize, graph: &Graph, world: &World<'_>) -> Option<PathStep> {
        self.steps.get(at)?.shown(&[], graph, world)
    }
}

impl Told {
    /// A step by these rules, from one shown thing to another.
    pub(super) const fn new(rules: Vec<RuleId>, from: FactId, to: FactId) -> Self {
        Self { rules, from, to }
    }

    fn rules<'g>(&self, graph: &'g Graph) -> impl Iterator<Item = Cow<'g, Rule>> + use<'_, 'g> {
        self.rules.iter().filter_map(|rule| graph.rule(*rule))
    }

    pub(super) fn shown(&self, before: &[Evidence], graph: &Graph, world: &World<'_>) -> Option<PathStep> {
        let step = self.rules(graph).find_map(|rule| world.steps.get(rule.step?))?;
        let element = |fact| Some(graph.fact(fact)?.shown()?.1.clone());
        let (from, to) = (element(self.from)?, element(self.to)?);
        let mut evidence: Vec<Evidence> = Vec::new();
        for one in self.rules(graph).flat_map(|rule| evidence_of(&rule.reason, world)) {
            if !evidence.contains(&one) {
                evidence.push(one);
            }
        }
        if evidence.is_empty() {
            evidence = implied(&from, &to, before, world);
        }
        Some(PathStep {
            step: step.id.clone(),
            title: step.title.clone(),
            from,
            to,
            techniques: step.techniques.clone(),
            why: step.why.clone(),
            fix: step.fix.clone(),
            evidence,
            likelihood: rounded(self.rules(graph).map(|rule| rule.chance.likelihood).product()),
            choke_point: None,
        })
    }
}

/// What says that a rule holds.
pub(super) fn evidence_of(reason: &Reason, world: &World<'_>) -> Vec<Evidence> {
    match reason {
        Reason::Implied => Vec::new(),
        Reason::Written(evidence) => evidence.clone(),
        Reason::RunsOn(workload, node) => {
            let (field, said) = match node.as_str() {
                SOME_NODE => ("", format!("nothing here says on which node {workload} runs")),
                CONTROL_PLANE_NODE => {
                    let said = format!("{workload} may run on a node of the control plane");
                    ("spec.tolerations", said)
                }
                node => ("", format!("{workload} runs on {node}")),
            };
            let workload = world.workload(workload);
            workload
                .map(|workload| workload.evidence(field, said))
                .unwrap_or_default()
        }
    }
}

/// Where a step is believed because of what the things are: the thing gained, else the thing held, else what led there.
fn implied(from: &ElementId, to: &ElementId, before: &[Evidence], world: &World<'_>) -> Vec<Evidence> {
    let of = |id: &ElementId| {
        world
            .system
            .element(id.as_str())
            .and_then(|element| element.evidence.first())
    };
    let found = of(to).or_else(|| of(from)).or_else(|| before.last());
    found.cloned().into_iter().collect()
}

/// Four digits after the point: more would pretend to be known.
pub(super) fn rounded(likelihood: f64) -> f64 {
    (likelihood * 1e4).round() / 1e4
}
