//! Who can open a connection to whom.
//!
//! Policies decide it, for pods that they treat alike at once. A workload is led to its group, the groups that some pods let
//! in are led to a door, and the door leads to all pods that let in just these: so the graph grows with the groups and the
//! doors, and not with the square of the workloads. Flows that somebody declares are pairs, as many as there are such flows.

use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;
use palisade_knowledge::{AttackStep, Side};

use super::conditions::Conditions;
use super::cost::Chance;
use super::ends::{End, Instance};
use super::fact::Fact;
use super::graph::{Builder, Reason, Rule, StepIndex};
use super::world::{Workload, World, ports_of};
use crate::network::{Because, Direction, Network, Ports, Verdict};
use crate::system::{Basis, ElementId, Evidence};

/// Groups of sources that some workloads let in.
#[derive(Debug, Default)]
pub(super) struct Doors<'w> {
    /// The workloads of each group that there is.
    groups: BTreeMap<usize, Vec<&'w ElementId>>,
    doors: Vec<Door>,
}

/// Groups of sources, and the workloads that let in just these.
#[derive(Debug)]
struct Door {
    /// The first workload behind it, and which of that workload's doors it is.
    name: (ElementId, usize),
    admitted: Admitted,
    /// Workloads by number, and why they let in.
    targets: Vec<(usize, Because)>,
}

/// Groups of sources that get through. Those whose own policies are asked are apart, with what these said.
#[derive(Clone, Debug, Default)]
struct Admitted {
    open: FixedBitSet,
    restricted: BTreeMap<usize, Because>,
}

/// What a group lets in for one reason.
struct Opening {
    because: Because,
    admitted: Admitted,
    ports: Ports,
}

/// Finds the doors of all workloads that listen.
pub(super) fn doors<'w>(world: &'w World<'_>) -> Doors<'w> {
    let network = &*world.system.network;
    let mut groups: BTreeMap<usize, Vec<&ElementId>> = BTreeMap::new();
    for workload in &world.workloads {
        for class in network.classes_of(&workload.element.id) {
            groups.entry(class).or_default().push(&workload.element.id);
        }
    }
    let present: FixedBitSet = groups.keys().copied().collect();
    let egress: BTreeMap<usize, FixedBitSet> = groups
        .keys()
        .filter(|class| !network.is_open(Direction::Egress, **class))
        .map(|class| (*class, network.possible(Direction::Egress, *class)))
        .collect();
    let mut openings: BTreeMap<usize, Vec<Opening>> = BTreeMap::new();
    let mut doors: Vec<Door> = Vec::new();
    let mut known: BTreeMap<(FixedBitSet, Vec<(usize, Verdict)>), usize> = BTreeMap::new();
    for (number, workload) in world
        .workloads
        .iter()
        .enumerate()
        .filter(|(_, workload)| workload.listens.is_some())
    {
        let mut own = 0;
        for class in network.classes_of(&workload.element.id) {
            let openings = openings
                .entry(class)
                .or_insert_with(|| openings_of(network, class, &present, &egress));
            for (because, admitted) in merged(openings, &workload.listens_at) {
                for admitted in admitted.parts() {
                    let door = *known.entry(admitted.key()).or_insert_with(|| {
                        doors.push(Door {
                            name: (workload.element.id.clone(), own),
                            admitted,
                            targets: Vec::new(),
                        });
                        own += 1;
                        doors.len() - 1
                    });
                    if let Some(door) = doors.get_mut(door) {
                        door.targets.push((number, because.clone()));
                    }
                }
            }
        }
    }
    Doors { groups, doors }
}

impl Admitted {
    /// Those whom nothing restricts and those whom something does: they seldom go the same ways.
    fn parts(self) -> impl Iterator<Item = Self> {
        let restricted = Self {
            restricted: self.restricted,
            ..Self::default()
        };
        let open = Self {
            open: self.open,
            ..Self::default()
        };
        [open, restricted]
            .into_iter()
            .filter(|part| !part.open.is_clear() || !part.restricted.is_empty())
    }

    fn key(&self) -> (FixedBitSet, Vec<(usize, Verdict)>) {
        let restricted = self.restricted.iter().map(|(class, because)| (*class, because.verdict));
        (self.open.clone(), restricted.collect())
    }

    fn classes(&self) -> impl Iterator<Item = usize> {
        self.open.ones().chain(self.restricted.keys().copied())
    }
}

/// What a group lets in, by reason and ports.
fn openings_of(
    network: &Network,
    target: usize,
    present: &FixedBitSet,
    egress: &BTreeMap<usize, FixedBitSet>,
) -> Vec<Opening> {
    let mut sources = network.possible(Direction::Ingress, target);
    sources.intersect_with(present);
    let mut openings: Vec<Opening> = Vec::new();
    let mut plain: Option<usize> = None;
    let is_open = network.is_open(Direction::Ingress, target);
    for source in sources.ones() {
        if egress.get(&source).is_some_and(|possible| !possible.contains(target)) {
            continue;
        }
        // Most pairs: nobody's policies are asked.
        if is_open
            && !egress.contains_key(&source)
            && let Some(opening) = plain.and_then(|index| openings.get_mut(index))
        {
            opening.admitted.open.insert(source);
            continue;
        }
        let (out, into) = network.both(source, target, network.may_be_own_node(source, target));
        for because in into.because.into_iter().filter(|because| because.verdict.allows()) {
            let ports = because.ports.intersection(&out.ports);
            let found = openings
                .iter()
                .position(|known| known.because.verdict == because.verdict && known.ports == ports);
            if ports.is_empty() {
                continue;
            }
            let index = found.unwrap_or(openings.len());
            if found.is_none() {
                openings.push(Opening {
                    because,
                    admitted: Admitted {
                        open: FixedBitSet::with_capacity(network.class_count()),
                        restricted: BTreeMap::new(),
                    },
                    ports: ports.clone(),
                });
            }
            let Some(opening) = openings.get_mut(index) else {
                continue;
            };
            if egress.contains_key(&source) {
                let mut said = out.because.iter().filter(|because| because.verdict.allows());
                let said = said.find(|because| !because.ports.intersection(&ports).is_empty());
                opening
                    .admitted
                    .restricted
                    .extend(said.map(|said| (source, said.clone())));
            } else {
                opening.admitted.open.insert(source);
                plain = plain.or(is_open.then_some(index));
            }
        }
    }
    openings
}

/// The openings through which these ports are reached, those of one reason together.
fn merged(openings: &[Opening], listens_at: &Ports) -> Vec<(Because, Admitted)> {
    let mut merged: Vec<(Because, Admitted)> = Vec::new();
    for opening in openings
        .iter()
        .filter(|opening| !opening.ports.intersection(listens_at).is_empty())
    {
        let same = merged
            .iter_mut()
            .find(|(because, _)| because.verdict == opening.because.verdict);
        match same {
            Some((_, admitted)) => {
                admitted.open.union_with(&opening.admitted.open);
                for (class, said) in &opening.admitted.restricted {
                    admitted.restricted.entry(*class).or_insert_with(|| said.clone());
                }
            }
            None => merged.push((opening.because.clone(), opening.admitted.clone())),
        }
    }
    merged
}

/// Adds the rules of a step along [`Relation::Reaches`](palisade_knowledge::Relation::Reaches).
pub(super) fn add<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    doors: &Doors<'_>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    let chance = Chance::of(step.difficulty);
    for instance in declared(world) {
        if let Some(more) = conditions.hold(step, &instance) {
            let premise = builder.fact(instance.from.held_as(step.from));
            let conclusion = builder.fact(instance.to.held_as(step.to));
            builder.rule(Rule {
                premises: vec![premise],
                conclusion,
                step: Some(index),
                chance: chance.and(instance.chance),
                fixed_at: Some(instance.to.element()),
                reason: join(instance.reason, more),
            });
        }
    }
    let asks_source = step.when.is_some() && step.side == Side::From;
    let of_step = asks_source.then(|| step.id.clone());
    let network = &*world.system.network;
    let mut used: BTreeSet<usize> = BTreeSet::new();
    for door in &doors.doors {
        let hub = Fact::Door(of_step.clone(), door.name.0.clone(), door.name.1);
        let mut leads_on = false;
        for (target, because) in &door.targets {
            let Some(workload) = world.workloads.get(*target) else {
                continue;
            };
            let probe = instance(workload, workload);
            let more = if asks_source {
                Some(Vec::new())
            } else {
                conditions.hold(step, &probe)
            };
            let (Some(more), Some(listens)) = (more, &workload.listens) else {
                continue;
            };
            leads_on = true;
            let (premise, conclusion) = (builder.fact(hub.clone()), builder.fact(probe.to.held_as(step.to)));
            let open = [listens.clone()].into_iter().chain(lets_in(network, workload, because));
            builder.rule(Rule {
                premises: vec![premise],
                conclusion,
                step: Some(index),
                chance: chance.and(Chance::UNDECLARED),
                fixed_at: Some(workload.element.id.clone()),
                reason: Reason::Written(open.chain(more).collect()),
            });
        }
        if leads_on {
            for class in door.admitted.classes() {
                if let Some(group) = group(doors, network, of_step.as_deref(), class) {
                    used.insert(class);
                    let said = door
                        .admitted
                        .restricted
                        .get(&class)
                        .and_then(|said| network.evidence(said));
                    let reason = said.map_or(Reason::Implied, |said| Reason::Written(vec![said]));
                    builder.link(group, hub.clone(), reason);
                }
            }
        }
    }
    for class in used {
        let Some(group) = group(doors, network, of_step.as_deref(), class) else {
            continue;
        };
        let members = doors.groups.get(&class).into_iter().flatten();
        for workload in members.filter_map(|id| world.workload(id)) {
            let probe = instance(workload, workload);
            if !asks_source || conditions.hold(step, &probe).is_some() {
                builder.link(probe.from.held_as(step.from), group.clone(), Reason::Implied);
            }
        }
    }
}

/// The hub of a group.
fn group(doors: &Doors<'_>, network: &Network, of_step: Option<&str>, class: usize) -> Option<Fact> {
    let first = *doors.groups.get(&class)?.iter().min()?;
    let which = network.classes_of(first).into_iter().position(|one| one == class)?;
    Some(Fact::PolicyGroup(of_step.map(str::to_owned), first.clone(), which))
}

/// Pairs of workloads between which somebody says or allows a flow, and no policy forbids it.
fn declared<'w, 'a>(world: &'w World<'a>) -> impl Iterator<Item = Instance<'w, 'a>> {
    world.network_flows().filter_map(|flow| {
        let (from, to) = (world.workload(&flow.from)?, world.workload(&flow.to)?);
        let allowed = world.system.network.allowed(&flow.from, &flow.to);
        let wanted = Some(ports_of(flow))
            .filter(|ports| !ports.is_empty())
            .unwrap_or(Ports::All);
        if allowed.intersection(&wanted).is_empty() {
            return None;
        }
        let chance = match flow.basis {
            Basis::Declared | Basis::Observed => Chance::believed(flow.confidence),
            Basis::Allowed | Basis::Platform => Chance::UNDECLARED,
        };
        Some(Instance {
            chance,
            reason: Reason::Written(flow.evidence.clone()),
            flow: Some(flow),
            ..instance(from, to)
        })
    })
}

fn instance<'w, 'a>(from: &'w Workload<'a>, to: &'w Workload<'a>) -> Instance<'w, 'a> {
    Instance {
        from: End::Workload(from),
        to: End::Workload(to),
        chance: Chance::CERTAIN,
        reason: Reason::Implied,
        flow: None,
    }
}

/// Why a workload lets in: the rule that says so, or where a policy would have to select it if one did.
fn lets_in(network: &Network, workload: &Workload<'_>, because: &Because) -> Vec<Evidence> {
    let id = &workload.element.id;
    match because.verdict {
        Verdict::HostNetwork => {
            let note = format!("{id} shares its node's network, where policies do not apply");
            workload.evidence("spec.hostNetwork", note)
        }
        Verdict::OwnNode => {
            let note = format!("{id} may share a node with it, and a node and its pods always reach each other");
            workload.evidence("spec", note)
        }
        Verdict::Default | Verdict::Isolated(_) | Verdict::Rule(..) => {
            let rule = network.evidence(because).map(|rule| vec![rule]);
            rule.unwrap_or_else(|| {
                let note = format!(
                    "no network policy of namespace {} keeps it from {id}",
                    workload.namespace
                );
                workload.evidence("metadata.labels", note)
            })
        }
    }
}

/// A reason and what a condition adds to it.
pub(super) fn join(reason: Reason, more: Vec<Evidence>) -> Reason {
    match reason {
        Reason::Written(mut evidence) => {
            evidence.extend(more);
            Reason::Written(evidence)
        }
        Reason::Implied if !more.is_empty() => Reason::Written(more),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::network::tests::manifest::manifest;
    use crate::network::tests::property::{cases, world};
    use crate::testing::{catalogue, system};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases().cases / 4))]

        #[test]
        fn doors_lead_where_policies_let(random in world()) {
            let has_hosts = random.pods.iter().any(|pod| pod.host_network);
            let system = system(&manifest(&random));
            let world = World::new(&system, catalogue());
            let doors = doors(&world);
            for (number, target) in world.workloads.iter().enumerate().filter(|(_, target)| target.listens.is_some()) {
                let behind = doors.doors.iter().filter(|door| door.targets.iter().any(|(one, _)| *one == number));
                let admitted: BTreeSet<usize> = behind.flat_map(|door| door.admitted.classes()).collect();
                for source in &world.workloads {
                    let (from, to) = (&source.element.id, &target.element.id);
                    let allowed = system.network.allowed(from, to).intersection(&target.listens_at);
                    let leads = system.network.classes_of(from).iter().any(|class| admitted.contains(class));
                    // Where pods of one class run is only known of all of them together.
                    prop_assert!(leads || allowed.is_empty(), "{from} → {to}: {allowed}");
                    prop_assert!(has_hosts || leads != allowed.is_empty(), "{from} → {to}: {allowed}");
                }
            }
        }
    }

    #[test]
    fn the_graph_is_linear_where_everything_reaches_everything() {
        let many = |count: usize| {
            let pod = |number| {
                format!(
                    "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, labels: {{app: a{number}}}}}, spec: {{containers: [{{name: a, image: a, ports: [{{containerPort: 80}}]}}]}}}}\n"
                )
            };
            (0..count).map(pod).collect::<Vec<String>>().concat()
        };
        let isolated = "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}}\n";
        for policy in ["", isolated] {
            let system = system(&(many(40) + policy));
            let world = World::new(&system, catalogue());
            let doors = doors(&world);
            let groups: usize = doors.doors.iter().map(|door| door.admitted.classes().count()).sum();
            assert_eq!((doors.doors.len(), groups), (1, 1));
            assert_eq!(doors.doors.iter().map(|door| door.targets.len()).sum::<usize>(), 40);
        }
    }
}
