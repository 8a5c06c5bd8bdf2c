//! The pods of a cluster, as many as policies could tell apart, and what each is called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource, ResourceId};

use super::fault::Fault;
use super::ports::Protocol;
use crate::design::names::Names;
use crate::design::ownership::{Owners, owner_of_template};
use crate::kube::Pod;
use crate::kube::workload::{replicas, template_of};
use crate::system::{ElementId, Evidence, PodTemplate, Resources};

/// Pods of one template, or a template whose pods were not seen.
#[derive(Debug)]
pub struct PodGroup {
    /// The workload that they belong to.
    pub element: ElementId,
    /// `namespace/name[Kind]`: the workload as far as the input holds it, else the nearest controller that pods name.
    pub shown: Arc<str>,
    /// Their namespace.
    pub namespace: Arc<str>,
    /// They share their node's network.
    pub host_network: bool,
    /// All of them have ended.
    pub ended: bool,
    /// Where they run, as numbers; empty where nobody says.
    pub(super) nodes: BTreeSet<u32>,
    /// What policies see of them.
    pub(super) class: usize,
    pub(super) template: PodTemplate,
}

impl PodGroup {
    /// Evidence at a field below their pod template.
    pub fn evidence(&self, below: &str, note: impl Into<String>) -> Evidence {
        let path = self.template.path.join(&FieldPath::parse(below));
        Evidence::at(&self.template.file, &self.template.document, &path, note)
    }

    /// It stands for ingress controllers, which may be anywhere.
    pub(super) fn is_stand_in(&self) -> bool {
        &*self.shown == super::controllers::STAND_IN
    }

    /// The view of their pod template.
    pub(super) fn pod(&self) -> Pod<'_> {
        Pod::new(self.template.node())
    }

    /// Whether a pod of the input is one of them.
    pub(super) fn holds(&self, pod: &Resource) -> bool {
        Arc::ptr_eq(&self.template.document, &pod.content)
    }
}

/// All pods of a root.
#[derive(Debug, Default)]
pub(super) struct Pods {
    pub(super) groups: Vec<PodGroup>,
    /// Names of the nodes by number.
    pub(super) nodes: Vec<Arc<str>>,
    pub(super) faults: Vec<Fault>,
}

/// Collects pods.
struct Collector<'a> {
    resources: &'a Resources,
    names: Names,
    pods: Pods,
    node_numbers: HashMap<Arc<str>, u32>,
    known: HashMap<(Arc<str>, *const Node), usize>,
}

impl Pods {
    pub(super) fn of(resources: &Resources) -> Self {
        let mut collector = Collector {
            resources,
            names: Names::of(resources),
            pods: Self::default(),
            node_numbers: HashMap::new(),
            known: HashMap::new(),
        };
        collector.add_templates();
        collector.add_pods();
        let mut pods = collector.pods;
        pods.groups.sort_by(|a, b| {
            let position = |group: &PodGroup| group.evidence("", "");
            (&a.shown, &a.element)
                .cmp(&(&b.shown, &b.element))
                .then_with(|| position(a).cmp(&position(b)))
        });
        pods
    }
}

impl<'a> Collector<'a> {
    fn add_templates(&mut self) {
        let resources = self.resources;
        for resource in resources.but_pods().filter(|one| &*one.id.kind != "PodTemplate") {
            let Some(template) = template_of(resource) else {
                continue;
            };
            let Some(node) = resource.content.lookup(&template.path) else {
                continue;
            };
            let owner = owner_of_template(resource, node);
            // What an owner that is here owns is what its own template says, or an older revision of it.
            let counts = owner
                .as_ref()
                .is_none_or(|owner| resources.get(owner).is_none() && replicas(&resource.id, &resource.content) > 0);
            if counts {
                let element = self.names.id(owner.as_ref().unwrap_or(&resource.id));
                self.add(resource, element, &shown(&resource.id), template, false);
            }
        }
    }

    fn add_pods(&mut self) {
        let resources = self.resources;
        let mut owners = Owners::of(resources);
        let mut ended: Vec<(&'a Arc<Resource>, ElementId, Arc<str>)> = Vec::new();
        for group in resources.pods() {
            let Some(pod) = group.first() else { continue };
            let owner = owners.of_pod(pod);
            let nearest = pod.pod.as_ref().and_then(|instance| instance.owner.as_ref());
            let nearest = nearest.filter(|nearest| &*nearest.kind != "Node");
            let shown = match nearest {
                Some(nearest) if resources.get(&owner).is_none() => shown(&ResourceId {
                    kind: Arc::clone(&nearest.kind),
                    group: Arc::clone(&nearest.group),
                    namespace: Arc::clone(&pod.id.namespace),
                    name: Arc::clone(&nearest.name),
                }),
                _ => shown(&owner),
            };
            let element = self.names.id(&owner);
            if pod.pod.as_ref().is_some_and(|instance| instance.ended) {
                ended.push((pod, element, shown));
            } else if let Some(template) = template_of(pod) {
                let added = self.add(pod, element, &shown, template, false);
                let nodes: Vec<u32> = group.nodes().map(|node| self.node_number(node)).collect();
                if let Some(added) = self.pods.groups.get_mut(added) {
                    added.nodes.extend(nodes);
                }
            }
        }
        let running: BTreeSet<Arc<str>> = self.pods.groups.iter().map(|group| Arc::clone(&group.shown)).collect();
        for (pod, element, shown) in ended.into_iter().filter(|(_, _, shown)| !running.contains(shown)) {
            if let Some(template) = template_of(pod) {
                self.add(pod, element, &shown, template, true);
            }
        }
    }

    /// Adds pods of a template, unless there are such already; says which group they are.
    fn add(
        &mut self,
        resource: &'a Arc<Resource>,
        element: ElementId,
        shown: &Arc<str>,
        template: PodTemplate,
        ended: bool,
    ) -> usize {
        let next = self.pods.groups.len();
        let key = (Arc::clone(shown), Arc::as_ptr(&template.document));
        let index = *self.known.entry(key).or_insert(next);
        if index != next {
            return index;
        }
        if let Some(fault) = fault_of(resource, &template) {
            self.pods.faults.push(fault);
        }
        self.pods.groups.push(PodGroup {
            element,
            shown: Arc::clone(shown),
            namespace: Arc::clone(&resource.id.namespace),
            host_network: Pod::new(template.node()).host_network(),
            ended,
            nodes: BTreeSet::new(),
            class: 0,
            template,
        });
        index
    }

    fn node_number(&mut self, name: &Arc<str>) -> u32 {
        let next = u32::try_from(self.pods.nodes.len()).unwrap_or(u32::MAX);
        *self.node_numbers.entry(Arc::clone(name)).or_insert_with(|| {
            self.pods.nodes.push(Arc::clone(name));
            next
        })
    }
}

/// `namespace/name[Kind]`.
fn shown(id: &ResourceId) -> Arc<str> {
    format!("{}/{}[{}]", id.namespace, id.name, id.kind).into()
}

/// What is wrong with the parts of a pod that policies look at.
fn fault_of(resource: &Resource, template: &PodTemplate) -> Option<Fault> {
    let node = template.node();
    let fault = |path: FieldPath, reason: &str| Some(Fault::new(resource, &template.path.join(&path), reason));
    for entry in node.entries(&["metadata", "labels"]) {
        if entry.value.as_str().is_none() {
            let path = FieldPath::parse("metadata.labels").child(&*entry.key);
            return fault(path, "a label's value must be a text");
        }
    }
    for container in Pod::new(node).containers() {
        let path = container.path.child("ports");
        let Some(ports) = container.node.get("ports") else {
            continue;
        };
        let Some(ports) = ports.as_list() else {
            return fault(path, "not a list");
        };
        for (index, port) in ports.iter().enumerate() {
            let path = path.child(index);
            let number = port.get("containerPort");
            if number.is_some_and(|number| crate::kube::container::port_number(number).is_none()) {
                return fault(path.child("containerPort"), "a port is a number from 1 to 65535");
            }
            if Protocol::of(port).is_none() {
                return fault(path.child("protocol"), "the protocol is TCP, UDP or SCTP");
            }
        }
    }
    None
}

/// The ports that pods call by these names, by name.
pub(super) fn named_ports(pod: Pod<'_>, wanted: &BTreeSet<&str>) -> BTreeMap<Box<str>, BTreeSet<(Protocol, u16)>> {
    let mut named: BTreeMap<Box<str>, BTreeSet<_>> = BTreeMap::new();
    if wanted.is_empty() {
        return named;
    }
    for port in pod.serving_ports() {
        if let (Some(name), Some(protocol)) = (
            port.name.filter(|name| wanted.contains(name)),
            Protocol::named(port.protocol),
        ) {
            named.entry(name.into()).or_default().insert((protocol, port.port));
        }
    }
    named
}
