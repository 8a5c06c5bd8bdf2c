//! The attack graph as a problem of risk: its steps, who tries, what is lost, and what each control would do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use palisade_inventory::{Amount, Intent, Pattern};
use palisade_knowledge::{ActorKind, AttackStep, Control, ControlKind, GuardrailKind, Holding, Relation};

use super::allowed::Allowed;
use super::assets::assets;
use super::attack_graph::AttackGraph;
use super::cost::Chance;
use super::cut::{About, Cuts, weakness_of};
use super::derive::evidence_of;
use super::entries::{Actor, Entry, entries};
use super::fact::Fact;
use super::graph::{FactId, Rule, RuleId, StepIndex};
use super::search::Searcher;
use crate::assessment::{
    AssetAssessment, AssetKind, AssetLoss, AssetLosses, AtStake, AttackPath, ControlAssessment, ControlState,
};
use crate::risk::{Attacker, Barrier, Event, Exposed, LossOn, Problem, Property, Step, attempts, loss_of_kind};
use crate::system::{ElementId, Evidence};

/// A system as a problem of risk, and what its parts stand for.
#[derive(Debug)]
pub(crate) struct AtRisk {
    pub(crate) problem: Problem,
    /// By asset of the problem.
    pub(crate) at_stake: Vec<AtStake>,
    /// The controls that are in place, by their place in the problem.
    pub(crate) in_place: BTreeSet<usize>,
    /// What could be put in place, by its place in the problem.
    pub(crate) measures: BTreeMap<usize, Measure>,
    /// The kind of entry that each actor of the problem begins at, as paths name it.
    pub(crate) sorts: Vec<&'static str>,
    /// Actors without anywhere to begin, and why.
    pub(crate) not_evaluated: BTreeMap<String, String>,
    /// By event that is a deed, the first rule that takes it.
    deeds: BTreeMap<usize, RuleId>,
}

/// A control that could be put in place, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measure {
    /// The control: a catalogue id.
    pub(crate) control: String,
    /// Only there: a binding that is narrowed. None: wherever it acts.
    pub(crate) only: Option<ElementId>,
    /// For each event that it stands against, the step, and the element to change.
    pub(crate) acts: Vec<(usize, String, ElementId)>,
    /// What it takes away whole: catalogue ids of steps or weaknesses, with the element.
    pub(crate) closes: BTreeSet<(String, ElementId)>,
}

/// Events, and the part of its chance that is left of each.
type Factors = Vec<(usize, f64)>;

/// What a preventive control leaves of a deed that it hinders without taking away what makes it possible.
const HINDERED: f64 = 0.3;
/// What detection leaves: the part of attempts that is not stopped in time.
const UNNOTICED: f64 = 0.7;
/// What is left where damage is limited or undone.
const UNDONE: f64 = 0.7;

impl AttackGraph<'_> {
    /// What risk is computed from.
    pub(crate) fn at_risk(&self, intent: &Intent, declared: &[AssetAssessment], seen: &[ControlAssessment]) -> AtRisk {
        let mut events = Events::default();
        let (mut steps, deeds) = self.steps(&mut events);
        let (actors, sorts, facts, not_evaluated) = self.actors(intent, &mut events, &mut steps);
        let at_stake = self.at_stake(declared);
        let (controls, in_place, measures) = self.controls(intent, seen, &deeds);
        let (at_stake, assets) = at_stake.into_iter().unzip();
        AtRisk {
            problem: Problem {
                facts,
                events: events.all,
                steps,
                actors,
                assets,
                controls,
            },
            at_stake,
            in_place,
            measures,
            sorts,
            not_evaluated,
            deeds,
        }
    }

    /// Where it is written that a deed is possible.
    pub(crate) fn evidence(&self, at_risk: &AtRisk, event: usize) -> Vec<Evidence> {
        let rule = at_risk.deeds.get(&event).and_then(|id| self.graph.rule(*id));
        rule.map(|rule| evidence_of(&rule.reason, &self.world))
            .unwrap_or_default()
    }

    /// Which of these paths lead nowhere, by any way, without the deeds that are `closed`. None: it would take more than
    /// `budget` looks at rules, and what is left of that otherwise stays there.
    pub(crate) fn closed(
        &self,
        at_risk: &AtRisk,
        closed: &BTreeSet<usize>,
        paths: &[&AttackPath],
        budget: &mut usize,
    ) -> Option<BTreeSet<String>> {
        let is_closed = |id: RuleId| {
            let deed = at_risk.problem.steps.get(id.index()).and_then(|step| step.deed);
            deed.is_some_and(|deed| closed.contains(&deed))
        };
        let allowed = Allowed::new(&self.graph, &self.world, |_| false);
        let mut goals: BTreeMap<(&ElementId, AssetKind), FactId> = BTreeMap::new();
        let assets = assets(&self.graph, &self.world);
        for asset in &assets {
            goals.insert((&asset.element, asset.kind), asset.fact);
        }
        let mut by_entry: BTreeMap<(&str, &ElementId), Vec<&AttackPath>> = BTreeMap::new();
        for path in paths {
            by_entry.entry((&path.actor, &path.entry)).or_default().push(path);
        }
        let mut searcher = Searcher::new(&self.graph);
        let mut found = BTreeSet::new();
        for entry in entries(&self.graph, &self.world) {
            let Some(paths) = by_entry.get(&(entry.actor.as_str(), &entry.element)) else {
                continue;
            };
            *budget = budget.checked_sub(self.graph.rule_count())?;
            searcher.search(entry.start, |rule| allowed.takes(&entry, rule) && !is_closed(rule));
            for path in paths {
                let goal = goals.get(&(&path.asset, path.asset_kind));
                if goal.is_some_and(|goal| searcher.cost(*goal).is_none()) {
                    found.insert(path.id.clone());
                }
            }
        }
        Some(found)
    }

    /// A step for each rule, and the rules whose deed each event is.
    fn steps(&self, events: &mut Events) -> (Vec<Step>, BTreeMap<usize, RuleId>) {
        type Key<'k> = (StepIndex, Option<&'k ElementId>, Option<FactId>);
        let mut known: HashMap<Key<'_>, usize> = HashMap::new();
        let mut deeds: BTreeMap<usize, RuleId> = BTreeMap::new();
        let step_of = |rule: &Rule| self.world.steps.get(rule.step?).copied();
        let steps = self.graph.rules_by_id().map(|(id, rule)| {
            let written = self.graph.written().get(id.index());
            let done = written.and_then(|rule| Some((rule, rule.step?, step_of(rule)?)));
            let deed = done.map(|(rule, index, step)| {
                // What one does at one place is one deed, whatever it starts from.
                let key = match &rule.fixed_at {
                    Some(element) => (index, Some(element), None),
                    None => (index, None, Some(rule.conclusion)),
                };
                *known.entry(key).or_insert_with(|| {
                    let place = match (&rule.fixed_at, self.graph.fact(rule.conclusion)) {
                        (Some(element), _) => element.to_string(),
                        (None, conclusion) => conclusion.map(Fact::name).unwrap_or_default(),
                    };
                    let event = events.add(format!("{}@{place}", step.id), Some(step.difficulty), 1.0);
                    deeds.insert(event, id);
                    event
                })
            });
            let of_deed = step_of(&rule).map_or(1.0, |step| Chance::of(step.difficulty).likelihood);
            let certainty = (rule.chance.likelihood / of_deed * 10_000.0).round() / 10_000.0;
            let given = (certainty < 1.0).then(|| {
                let names = rule.premises.iter().chain([&rule.conclusion]);
                let names = names.filter_map(|fact| self.graph.fact(*fact)).map(Fact::name);
                events.add(names.collect::<Vec<_>>().join(" > "), None, certainty)
            });
            Step {
                premises: rule.premises.iter().map(|fact| fact.index()).collect(),
                conclusion: rule.conclusion.index(),
                deed,
                given,
                added_by: None,
            }
        });
        (steps.collect(), deeds)
    }

    /// Who tries, where each begins, and how many facts there are then.
    fn actors(
        &self,
        intent: &Intent,
        events: &mut Events,
        steps: &mut Vec<Step>,
    ) -> (Vec<Attacker>, Vec<&'static str>, usize, BTreeMap<String, String>) {
        let allowed = Allowed::new(&self.graph, &self.world, |_| false);
        let entries = entries(&self.graph, &self.world);
        let mut facts = self.graph.fact_count();
        let (mut actors, mut sorts, mut not_evaluated) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut rates: BTreeMap<&str, (f64, f64)> = attempts(self.world.catalogue);
        for declared in &intent.declared.actors {
            if let Some(attempts) = declared.attempts {
                rates.insert(&declared.actor, (attempts.low, attempts.high));
            }
        }
        for (id, rate) in rates {
            let Some(actor) = self.world.catalogue.actors.get(id).filter(|_| rate.1 > 0.0) else {
                continue;
            };
            let sort = match actor.kind {
                ActorKind::Opportunist | ActorKind::TargetedOutsider => Actor::Outsider,
                ActorKind::Insider => Actor::Insider,
                ActorKind::CompromisedSupplier => Actor::SupplyChain,
                ActorKind::CompromisedWorkload => Actor::CompromisedWorkload,
                ActorKind::Accident => Actor::Accident,
            };
            let own: Vec<&Entry> = entries.iter().filter(|entry| entry.actor == sort).collect();
            let Some(any) = own.first() else {
                not_evaluated.insert(id.to_owned(), nowhere(sort).to_owned());
                continue;
            };
            let mut takes = (sort == Actor::Accident).then(|| {
                let rules = self.graph.rules_by_id().filter(|(rule, _)| allowed.takes(any, *rule));
                rules
                    .map(|(rule, _)| rule.index())
                    .collect::<fixedbitset::FixedBitSet>()
            });
            let starts = if sort == Actor::Outsider {
                own.iter().map(|entry| entry.start.index()).collect()
            } else {
                // An attempt begins at one of them, each as likely as the others: those that lead nowhere count as well.
                let all = match sort {
                    Actor::SupplyChain => self.world.images.len(),
                    _ => own.len(),
                };
                let root = facts;
                facts += 1;
                for entry in &own {
                    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
                    let share = 1.0 / all.max(own.len()).max(1) as f64;
                    let given = events.add(format!("begin as {sort:?} at {}", entry.element), None, share);
                    if let Some(takes) = &mut takes {
                        takes.grow(steps.len() + 1);
                        takes.insert(steps.len());
                    }
                    steps.push(Step {
                        premises: vec![root],
                        conclusion: entry.start.index(),
                        deed: None,
                        given: Some(given),
                        added_by: None,
                    });
                }
                vec![root]
            };
            sorts.push(sort.as_str());
            actors.push(Attacker {
                id: id.to_owned(),
                attempts: rate,
                capability: actor.capability,
                starts,
                takes,
            });
        }
        (actors, sorts, facts, not_evaluated)
    }

    /// What can be lost: what is declared, or else what the system itself shows to be worth it.
    fn at_stake(&self, declared: &[AssetAssessment]) -> Vec<(AtStake, Exposed)> {
        if declared.is_empty() {
            self.shown()
        } else {
            self.declared(declared)
        }
    }

    fn declared(&self, declared: &[AssetAssessment]) -> Vec<(AtStake, Exposed)> {
        let mut holding: BTreeMap<&ElementId, Vec<(Holding, usize)>> = BTreeMap::new();
        for (id, fact) in self.graph.facts() {
            if let Some((held, element)) = fact.shown() {
                holding.entry(element).or_default().push((held, id.index()));
            }
        }
        let of = |asset: &AssetAssessment| {
            let facts = |property: Property| {
                let elements = asset.elements.iter().filter_map(|element| holding.get(element));
                let lost = elements.flatten().filter(|(held, _)| loses(*held, property));
                lost.map(|(_, fact)| *fact).collect::<Vec<_>>()
            };
            let stake = AtStake {
                name: asset.name.clone(),
                kind: None,
                owner: asset.owner.clone(),
                elements: asset.elements.clone(),
                loss: asset.loss.clone(),
            };
            let losses = losses(&asset.loss, facts);
            (
                stake,
                Exposed {
                    id: asset.name.clone(),
                    losses,
                },
            )
        };
        declared.iter().map(of).collect()
    }

    /// Assets of one kind in one namespace are one.
    fn shown(&self) -> Vec<(AtStake, Exposed)> {
        let mut groups: BTreeMap<(AssetKind, String), (BTreeSet<ElementId>, Vec<usize>)> = BTreeMap::new();
        for asset in assets(&self.graph, &self.world) {
            let place = match asset.kind {
                AssetKind::ClusterAdmin | AssetKind::Node | AssetKind::Compute => String::new(),
                _ => namespace(&asset.element).to_owned(),
            };
            let group = groups.entry((asset.kind, place)).or_default();
            group.0.insert(asset.element);
            group.1.push(asset.fact.index());
        }
        let of = |((kind, place), (elements, facts)): ((AssetKind, String), (BTreeSet<ElementId>, Vec<usize>))| {
            let loss = AssetLosses::of(&loss_of_kind(kind), true);
            let name = if place.is_empty() {
                called(kind).to_owned()
            } else {
                format!("{} in {place}", called(kind))
            };
            let losses = losses(&loss, |_| facts.clone());
            let stake = AtStake {
                name: name.clone(),
                kind: Some(kind),
                owner: None,
                elements: elements.into_iter().collect(),
                loss,
            };
            (stake, Exposed { id: name, losses })
        };
        groups.into_iter().map(of).collect()
    }

    /// What each control does to the events that are deeds: those that are in place, and those that could be.
    fn controls(
        &self,
        intent: &Intent,
        seen: &[ControlAssessment],
        deeds: &BTreeMap<usize, RuleId>,
    ) -> (Vec<Barrier>, BTreeSet<usize>, BTreeMap<usize, Measure>) {
        let cuts = Cuts::new(&self.graph, &self.world);
        let (mut controls, mut in_place, mut measures) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        for control in self.world.catalogue.controls.values() {
            let state = seen.iter().find(|seen| seen.id == control.id);
            let declared: Vec<_> = intent
                .declared
                .controls
                .iter()
                .filter(|one| one.control == control.id)
                .collect();
            let (mut now, mut whole) = (Vec::new(), Measure::default());
            let mut factors = Vec::new();
            let mut narrowed: BTreeMap<&ElementId, (Measure, Factors)> = BTreeMap::new();
            for (event, id) in deeds {
                let rule = self.graph.written().get(id.index());
                let step = rule.and_then(|rule| self.world.steps.get(rule.step?).copied());
                let (Some(rule), Some(step)) = (rule, step) else {
                    continue;
                };
                let element = rule.fixed_at.clone().unwrap_or_else(|| ElementId::INTERNET.into());
                let Some(does) = self.does(control, step, cuts.of(*id).and_then(|cut| Some(cuts.get(cut)?.0))) else {
                    continue;
                };
                if let Some(share) = seen_share(state, control).filter(|_| does.leaves > 0.0) {
                    now.push((*event, 1.0 - (1.0 - does.leaves) * share));
                }
                let covers = |pattern: &String| Pattern::new(pattern).matches(element.as_str());
                if declared
                    .iter()
                    .any(|one| one.elements.is_empty() || one.elements.iter().any(covers))
                {
                    now.push((*event, does.leaves));
                }
                let answers = weakness_of(step).unwrap_or(&step.id).to_owned();
                let (measure, factors) = match (&rule.fixed_at, does.is_narrowed) {
                    (Some(binding), true) => {
                        let entry = narrowed.entry(binding).or_default();
                        (&mut entry.0, &mut entry.1)
                    }
                    _ => (&mut whole, &mut factors),
                };
                factors.push((*event, does.leaves));
                if does.leaves == 0.0 {
                    measure.closes.insert((answers.clone(), element.clone()));
                }
                measure.acts.push((*event, answers, element));
            }
            let mut add = |events: Vec<(usize, f64)>| {
                controls.push(Barrier {
                    id: control.id.clone(),
                    kind: control.kind,
                    events,
                    losses: Vec::new(),
                });
                controls.len() - 1
            };
            if !now.is_empty() {
                in_place.insert(add(now));
            }
            let is_there = state.is_some_and(|state| state.state == ControlState::InPlace) || !declared.is_empty();
            if !factors.is_empty() && !is_there {
                whole.control.clone_from(&control.id);
                measures.insert(add(factors), whole);
            }
            for (binding, (mut measure, factors)) in narrowed {
                measure.control.clone_from(&control.id);
                measure.only = Some(binding.clone());
                measures.insert(add(factors), measure);
            }
        }
        (controls, in_place, measures)
    }

    /// What a control does to a step.
    fn does(&self, control: &Control, step: &AttackStep, about: Option<About<'_>>) -> Option<Does> {
        let is_listed = control.steps.contains(&step.id);
        let does = |leaves, is_narrowed| Some(Does { leaves, is_narrowed });
        match control.kind {
            ControlKind::Detective | ControlKind::Corrective if !is_listed => None,
            ControlKind::Detective => does(UNNOTICED, false),
            ControlKind::Corrective => does(UNDONE, false),
            ControlKind::Preventive => {
                let weakness = weakness_of(step).and_then(|id| self.world.catalogue.weaknesses.get(id));
                let answers = weakness.is_some_and(|weakness| weakness.controls.contains(&control.id));
                let by_permission = matches!(step.via, Relation::May | Relation::Reconciles);
                match about {
                    Some(About::Permissions) if is_listed && control.guardrails.contains(&GuardrailKind::Rbac) => {
                        does(0.0, true)
                    }
                    Some(About::Rule(_) | About::Containment) if answers && !by_permission => does(0.0, false),
                    _ if is_listed => does(HINDERED, false),
                    _ => None,
                }
            }
        }
    }
}

/// What a control does to a deed.
struct Does {
    /// The part of its chance that it leaves.
    leaves: f64,
    /// By narrowing the binding that permits it.
    is_narrowed: bool,
}

/// The part of what a control could protect that it is seen to protect. None: not in place, or what it changes is in the
/// graph already.
fn seen_share(state: Option<&ControlAssessment>, control: &Control) -> Option<f64> {
    const IN_THE_GRAPH: [GuardrailKind; 4] = [
        GuardrailKind::Patch,
        GuardrailKind::NetworkPolicy,
        GuardrailKind::Rbac,
        GuardrailKind::PodSecurityLabels,
    ];
    let state = state?;
    let is_in_graph = control.guardrails.iter().any(|kind| IN_THE_GRAPH.contains(kind));
    if control.kind == ControlKind::Preventive && is_in_graph {
        return None;
    }
    match state.state {
        ControlState::InPlace => Some(1.0),
        // What runs is known, how it is set up is not.
        ControlState::Partly if state.of == 0 => Some(0.5),
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        ControlState::Partly => Some(state.holds as f64 / state.of as f64),
        ControlState::NotInPlace | ControlState::NotEvaluated => None,
    }
}

/// Events by id, each once.
#[derive(Default)]
struct Events {
    all: Vec<Event>,
    known: HashMap<String, usize>,
}

impl Events {
    fn add(&mut self, id: String, difficulty: Option<palisade_knowledge::Difficulty>, certainty: f64) -> usize {
        let next = self.all.len();
        *self.known.entry(id.clone()).or_insert_with(|| {
            self.all.push(Event {
                id,
                difficulty,
                certainty,
            });
            next
        })
    }
}

/// Why a sort of actor has nowhere to begin.
const fn nowhere(sort: Actor) -> &'static str {
    match sort {
        Actor::Outsider => "nothing that was read is exposed to the internet",
        Actor::Insider | Actor::Accident => "no binding that was read names people",
        Actor::SupplyChain => "every image that runs is pinned by digest, or none was read",
        Actor::CompromisedWorkload => "no workload leads anywhere",
    }
}

/// Whether holding something of an element loses a property of it.
const fn loses(held: Holding, property: Property) -> bool {
    match property {
        Property::Confidentiality => matches!(
            held,
            Holding::Data | Holding::Workload | Holding::Secret | Holding::Node | Holding::ClusterAdmin
        ),
        Property::Integrity => matches!(
            held,
            Holding::Data | Holding::Workload | Holding::Node | Holding::ClusterAdmin | Holding::Image
        ),
        Property::Availability => matches!(
            held,
            Holding::Availability
                | Holding::Data
                | Holding::Workload
                | Holding::Node
                | Holding::ClusterAdmin
                | Holding::Compute
        ),
    }
}

fn losses(loss: &AssetLosses, facts: impl Fn(Property) -> Vec<usize>) -> Vec<LossOn> {
    let all = [
        (Property::Confidentiality, loss.confidentiality),
        (Property::Integrity, loss.integrity),
        (Property::Availability, loss.availability),
    ];
    let of = |(property, loss): (Property, Option<AssetLoss>)| {
        let loss = loss.filter(|loss| loss.likely > Amount::ZERO)?;
        Some(LossOn {
            property,
            facts: facts(property),
            likely: loss.likely,
            worst: loss.worst,
        })
    };
    all.into_iter().filter_map(of).collect()
}

/// The namespace in an element's id; empty where there is none.
fn namespace(id: &ElementId) -> &str {
    let mut parts = id.as_str().split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(namespace), Some(_)) => namespace,
        _ => "",
    }
}

const fn called(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::ClusterAdmin => "Control over the cluster",
        AssetKind::Node => "Nodes",
        AssetKind::DataStore => "Data",
        AssetKind::Secret => "Secrets",
        AssetKind::Model => "Models",
        AssetKind::Source => "Source code and delivery",
        AssetKind::Image => "Images",
        AssetKind::Compute => "Computing power",
        AssetKind::Availability => "Services",
    }
}
