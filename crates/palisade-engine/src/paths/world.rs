//! What the attack graph is made of: the system, looked at as an attacker would.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource, ResourceId};
use palisade_knowledge::{AttackStep, Binding, Catalogue, KubernetesVersion};

use super::cost::Chance;
use super::relations::image_id;
use crate::admission::Admission;
use crate::kube::container::port_number;
use crate::kube::{ApiToken, LabelIndex, Pod, Selector};
use crate::network::{Ports, Protocol};
use crate::rbac::{Authorizer, Identity};
use crate::system::{Basis, Element, ElementId, ElementKind, Evidence, Flow, System};
use crate::views::BuiltViews;

/// The element that stands for control over the whole cluster.
pub(crate) const CLUSTER_ADMIN: &str = "Platform/cluster-admin";
/// Some node: where pods run of which nobody says where.
pub(crate) const SOME_NODE: &str = "Node/*";
/// Some control-plane node: where pods may run that tolerate its taint.
pub(crate) const CONTROL_PLANE_NODE: &str = "Node/control-plane";

/// Labels and taints that mark a control-plane node.
const CONTROL_PLANE: [&str; 2] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
];

/// The system, looked at as an attacker would.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) system: &'a System,
    pub(super) catalogue: &'a Catalogue,
    /// The catalogue's steps, in the order of their ids.
    pub(super) steps: Vec<&'a AttackStep>,
    pub(super) views: BuiltViews<'a>,
    pub(super) authorizer: Authorizer,
    /// What keeps pods out of namespaces.
    pub(super) admission: Admission<'a>,
    /// Elements that run code, by id.
    pub(super) workloads: Vec<Workload<'a>>,
    /// Nodes by element id, and where it is written that one belongs to the control plane.
    pub(super) nodes: BTreeMap<ElementId, Option<Evidence>>,
    /// Whom the kubelets of those nodes make requests as, in the same order.
    pub(super) kubelets: BTreeMap<ElementId, Identity>,
    /// Known namespaces, and their objects where the input holds them.
    pub(super) namespaces: BTreeMap<Arc<str>, Option<&'a Arc<Resource>>>,
    /// Known Secrets by namespace.
    pub(super) secrets: BTreeMap<Arc<str>, BTreeSet<ElementId>>,
    /// Images that workloads run.
    pub(super) images: BTreeSet<ElementId>,
    /// Everybody who is bound to something or that something runs as.
    pub(super) identities: BTreeSet<Identity>,
    /// What runs on each node: workloads by number, and how likely they share it with somebody who is there.
    pub(super) hosted: BTreeMap<ElementId, Vec<(usize, Chance)>>,
    /// The identities, those together that are bound to the same: what one of them may do, all of them may.
    pub(super) alike: Vec<Vec<Identity>>,
    by_id: HashMap<&'a ElementId, usize>,
    node_objects: HashMap<ElementId, &'a Arc<Resource>>,
}

/// An element that runs code.
#[derive(Debug)]
pub(super) struct Workload<'a> {
    pub(super) element: &'a Element,
    pub(super) namespace: Arc<str>,
    /// Whom its pods run as.
    pub(super) identity: Identity,
    /// Where it is written that they hold a token for it.
    pub(super) token: Option<Evidence>,
    /// Secrets that they read, and where that is written.
    pub(super) secrets: BTreeMap<ElementId, Evidence>,
    /// Nodes that they run on, and how likely.
    pub(super) nodes: Vec<(ElementId, Chance)>,
    /// Something says that they accept connections.
    pub(super) listens: Option<Evidence>,
    /// The ports at which they are known to; all of them where nobody says.
    pub(super) listens_at: Ports,
}

impl<'a> World<'a> {
    /// Looks at a system.
    pub(super) fn new(system: &'a System, catalogue: &'a Catalogue) -> Self {
        let authorizer = Authorizer::new(&system.resources);
        let served = served(system);
        let workloads: Vec<Workload<'a>> = system
            .elements
            .iter()
            .filter(|element| element.instances > 0 && !element.templates.is_empty())
            .map(|element| Workload::new(system, element, served.get(&element.id)))
            .collect();
        let mut identities = authorizer.identities();
        identities.extend(accounts(system));
        identities.extend(workloads.iter().map(|workload| workload.identity.clone()));
        let mut nodes = control_plane(system);
        for (node, _) in workloads.iter().flat_map(|workload| &workload.nodes) {
            nodes.entry(node.clone()).or_default();
        }
        if nodes.is_empty() {
            nodes.insert(SOME_NODE.into(), None);
        }
        let secrets = secrets(system, &workloads);
        let hosted = hosted(&workloads);
        let alike = alike(&identities, &authorizer);
        let namespaces = namespaces(system, &workloads, &identities, &secrets);
        let by_id = workloads
            .iter()
            .enumerate()
            .map(|(index, workload)| (&workload.element.id, index));
        let images = workloads.iter().flat_map(|workload| &workload.element.images);
        Self {
            hosted,
            alike,
            images: images.map(|image| image_id(image)).collect(),
            by_id: by_id.collect(),
            node_objects: node_objects(system),
            views: BuiltViews::new(system, catalogue),
            system,
            catalogue,
            kubelets: nodes.keys().map(|node| (node.clone(), kubelet(node))).collect(),
            steps: catalogue.steps.values().collect(),
            authorizer,
            admission: Admission::new(&system.resources, KubernetesVersion::default()),
            workloads,
            nodes,
            namespaces,
            secrets,
            identities,
        }
    }

    /// The workload of this id, if it runs.
    pub(super) fn workload(&self, id: &ElementId) -> Option<&Workload<'a>> {
        self.workloads.get(*self.by_id.get(id)?)
    }

    /// The object of a node, where the input holds it.
    pub(super) fn node(&self, id: &ElementId) -> Option<&'a Arc<Resource>> {
        self.node_objects.get(id).copied()
    }

    /// The object of a service account, where the input holds it.
    pub(super) fn account(&self, identity: &Identity) -> Option<&'a Arc<Resource>> {
        match identity {
            Identity::ServiceAccount { namespace, name } => self.object("ServiceAccount", namespace, name),
            Identity::Group(_) | Identity::User(_) => None,
        }
    }

    /// An object of the core group.
    fn object(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Arc<Resource>> {
        self.system.resources.get(&ResourceId {
            kind: kind.into(),
            group: "".into(),
            namespace: namespace.into(),
            name: name.into(),
        })
    }

    /// Flows over the network that somebody says or allows, not those of the platform.
    pub(super) fn network_flows(&self) -> impl Iterator<Item = &'a Flow> {
        let over_network = |flow: &&Flow| flow.basis != Basis::Platform && !matches!(&*flow.protocol, "mount" | "env");
        self.system.flows.iter().filter(over_network)
    }
}

impl<'a> Workload<'a> {
    fn new(system: &'a System, element: &'a Element, served: Option<&Served>) -> Self {
        let namespace = element.namespace.clone().unwrap_or_else(|| "default".into());
        let pods = || {
            element
                .templates
                .iter()
                .map(|template| (template, Pod::new(template.node())))
        };
        let name = pods().next().map_or("default", |(_, pod)| pod.service_account().0);
        let listens = pods().find_map(|(template, pod)| {
            let port = pod.serving_ports().next()?;
            let path = template.path.join(&port.path);
            let note = format!("{} listens on port {}", element.id, port.port);
            Some(Evidence::at(&template.file, &template.document, &path, note))
        });
        Self {
            element,
            identity: Identity::service_account(Arc::clone(&namespace), name),
            token: token(system, element, &namespace),
            secrets: secrets_of(element, &namespace),
            nodes: nodes_of(element),
            listens: listens.or_else(|| served.map(|served| served.evidence.clone())),
            listens_at: listens_at(pods().map(|(_, pod)| pod), served),
            namespace,
        }
    }

    /// Whether a pod of it runs on every node that it may run on.
    pub(super) fn is_on_every_node(&self) -> bool {
        self.element.id.as_str().starts_with("DaemonSet/")
    }

    /// Evidence at its own pod template.
    pub(super) fn evidence(&self, below: &str, note: impl Into<String>) -> Vec<Evidence> {
        match self.element.templates.first() {
            Some(template) => {
                let path = template.path.join(&FieldPath::parse(below));
                vec![Evidence::at(&template.file, &template.document, &path, note)]
            }
            None => self.element.evidence.iter().take(1).cloned().collect(),
        }
    }

    /// The `element` variable of the view of that name.
    pub(super) fn view(&self, views: &BuiltViews<'_>) -> Option<Node> {
        views.element(self.element)
    }
}

/// Names a variable.
pub(super) fn bind<'n>(name: &'static str, node: &'n Node) -> [Binding<'n>; 1] {
    [(name, node)]
}

fn token(system: &System, element: &Element, namespace: &Arc<str>) -> Option<Evidence> {
    element.templates.iter().find_map(|template| {
        let pod = Pod::new(template.node());
        let (name, _) = pod.service_account();
        let id = ResourceId {
            kind: "ServiceAccount".into(),
            group: "".into(),
            namespace: Arc::clone(namespace),
            name: name.into(),
        };
        let account = system.resources.get(&id);
        let in_pod = |path: &FieldPath, note: String| {
            Evidence::at(&template.file, &template.document, &template.path.join(path), note)
        };
        Some(match pod.api_token(account.map(|account| &*account.content))? {
            ApiToken::Projected(path) => in_pod(&path, format!("a token of service account {name} is mounted")),
            ApiToken::PodSetting(path) => in_pod(&path, format!("the token of service account {name} is mounted")),
            ApiToken::Default(path) => in_pod(
                &path,
                format!("nothing says otherwise, so the token of service account {name} is mounted"),
            ),
            ApiToken::AccountSetting(path) => {
                let account = account?;
                let note = format!("service account {name} has its token mounted");
                Evidence::at(&account.content_file, &account.content, &path, note)
            }
        })
    })
}

fn secrets_of(element: &Element, namespace: &str) -> BTreeMap<ElementId, Evidence> {
    let mut secrets = BTreeMap::new();
    for template in &element.templates {
        for reference in Pod::new(template.node()).secrets() {
            let id = secret_id(namespace, reference.name);
            let note = format!(
                "{} reads Secret {} ({})",
                element.id,
                reference.name,
                reference.via.as_str()
            );
            let path = template.path.join(&reference.path);
            secrets
                .entry(id)
                .or_insert_with(|| Evidence::at(&template.file, &template.document, &path, note));
        }
    }
    secrets
}

/// The element id of a Secret.
pub(super) fn secret_id(namespace: &str, name: &str) -> ElementId {
    ElementId::new(format!("Secret/{namespace}/{name}"))
}

fn nodes_of(element: &Element) -> Vec<(ElementId, Chance)> {
    let seen = element.nodes.iter().map(|name| ElementId::new(format!("Node/{name}")));
    let mut nodes: Vec<_> = seen.map(|node| (node, Chance::CERTAIN)).collect();
    if nodes.is_empty() {
        let specs = || {
            element
                .templates
                .iter()
                .filter_map(|template| template.node().get("spec"))
        };
        if specs().any(is_pinned_to_control_plane) {
            return vec![(CONTROL_PLANE_NODE.into(), Chance::CERTAIN)];
        }
        nodes.push((SOME_NODE.into(), Chance::CERTAIN));
        if specs().any(tolerates_control_plane) {
            nodes.push((CONTROL_PLANE_NODE.into(), Chance::LANDS_THERE));
        }
    }
    nodes
}

fn hosted(workloads: &[Workload<'_>]) -> BTreeMap<ElementId, Vec<(usize, Chance)>> {
    let mut hosted: HashMap<&ElementId, Vec<(usize, Chance)>> = HashMap::new();
    for (number, workload) in workloads.iter().enumerate() {
        for (node, chance) in &workload.nodes {
            let is_certain = node.as_str() != SOME_NODE || workload.is_on_every_node();
            let shares = if is_certain {
                *chance
            } else {
                chance.and(Chance::SHARED_NODE)
            };
            hosted.entry(node).or_default().push((number, shares));
        }
    }
    hosted.into_iter().map(|(node, there)| (node.clone(), there)).collect()
}

fn alike(identities: &BTreeSet<Identity>, authorizer: &Authorizer) -> Vec<Vec<Identity>> {
    let mut alike: BTreeMap<(bool, bool, Vec<usize>), Vec<Identity>> = BTreeMap::new();
    for identity in identities {
        let grants = authorizer.grants_of(identity);
        let grants = grants.map(|grant| std::ptr::from_ref(grant).addr()).collect();
        let key = (Authorizer::is_superuser(identity), identity.is_anonymous(), grants);
        alike.entry(key).or_default().push(identity.clone());
    }
    alike.into_values().collect()
}

/// Its selector, or each term of what its affinity requires, asks for the label.
fn is_pinned_to_control_plane(spec: &Node) -> bool {
    const TERMS: [&str; 4] = [
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ];
    let asks = |expression: &Node| {
        let is_mark = expression
            .text(&["key"])
            .is_some_and(|key| CONTROL_PLANE.contains(&key));
        is_mark && matches!(expression.text(&["operator"]), Some("Exists" | "In"))
    };
    let terms = spec.items(&TERMS);
    let selector = spec.entries(&["nodeSelector"]);
    selector.iter().any(|entry| CONTROL_PLANE.contains(&&*entry.key))
        || (!terms.is_empty()
            && terms
                .iter()
                .all(|term| term.items(&["matchExpressions"]).iter().any(asks)))
}

fn tolerates_control_plane(spec: &Node) -> bool {
    spec.items(&["tolerations"]).iter().any(|toleration| {
        let schedules = matches!(toleration.text(&["effect"]), None | Some("" | "NoSchedule"));
        schedules
            && match toleration.text(&["key"]) {
                None | Some("") => toleration.text(&["operator"]) == Some("Exists"),
                Some(key) => CONTROL_PLANE.contains(&key),
            }
    })
}

fn node_objects(system: &System) -> HashMap<ElementId, &Arc<Resource>> {
    let nodes = system.resources.of_kind("Node").filter(|node| node.id.group.is_empty());
    let by_id = nodes.map(|node| (ElementId::new(format!("Node/{}", node.id.name)), node));
    by_id.collect()
}

/// Nodes of the input and whether they belong to the control plane.
fn control_plane(system: &System) -> BTreeMap<ElementId, Option<Evidence>> {
    let nodes = system.resources.of_kind("Node").filter(|node| node.id.group.is_empty());
    nodes
        .map(|node| {
            let mut labels = node.content.entries(&["metadata", "labels"]).iter();
            let mark = labels.find(|entry| CONTROL_PLANE.contains(&&*entry.key)).map(|entry| {
                let path = FieldPath::parse("metadata.labels").child(&*entry.key);
                Evidence::at(&node.content_file, &node.content, &path, "a node of the control plane")
            });
            (ElementId::new(format!("Node/{}", node.id.name)), mark)
        })
        .collect()
}

/// Whom a node's kubelet makes requests as.
fn kubelet(node: &ElementId) -> Identity {
    let name = node.as_str().strip_prefix("Node/").unwrap_or_default();
    Identity::User(format!("system:node:{name}").into())
}

fn accounts(system: &System) -> impl Iterator<Item = Identity> {
    let accounts = system
        .resources
        .of_kind("ServiceAccount")
        .filter(|account| account.id.group.is_empty());
    accounts.map(|account| Identity::service_account(Arc::clone(&account.id.namespace), Arc::clone(&account.id.name)))
}

fn secrets(system: &System, workloads: &[Workload<'_>]) -> BTreeMap<Arc<str>, BTreeSet<ElementId>> {
    let mut secrets: BTreeMap<Arc<str>, BTreeSet<ElementId>> = BTreeMap::new();
    for secret in system
        .resources
        .of_kind("Secret")
        .filter(|secret| secret.id.group.is_empty())
    {
        let of_namespace = secrets.entry(Arc::clone(&secret.id.namespace)).or_default();
        of_namespace.insert(secret_id(&secret.id.namespace, &secret.id.name));
    }
    for workload in workloads.iter().filter(|workload| !workload.secrets.is_empty()) {
        let of_namespace = secrets.entry(Arc::clone(&workload.namespace)).or_default();
        of_namespace.extend(workload.secrets.keys().cloned());
    }
    secrets
}

fn namespaces<'a>(
    system: &'a System,
    workloads: &[Workload<'_>],
    identities: &BTreeSet<Identity>,
    secrets: &BTreeMap<Arc<str>, BTreeSet<ElementId>>,
) -> BTreeMap<Arc<str>, Option<&'a Arc<Resource>>> {
    let of_workloads = workloads.iter().map(|workload| &workload.namespace);
    let of_identities = identities.iter().filter_map(|identity| match identity {
        Identity::ServiceAccount { namespace, .. } => Some(namespace),
        _ => None,
    });
    let names = of_workloads.chain(of_identities).chain(secrets.keys());
    let mut namespaces: BTreeMap<_, _> = names.map(|name| (Arc::clone(name), None)).collect();
    for namespace in system
        .resources
        .of_kind("Namespace")
        .filter(|object| object.id.group.is_empty())
    {
        namespaces.insert(Arc::clone(&namespace.id.name), Some(namespace));
    }
    namespaces
}

/// What a Service or a flow leads to.
struct Served {
    /// Where that is written.
    evidence: Evidence,
    /// The ports that it is led to.
    ports: Ports,
}

/// The ports that pods say they listen on, and those that something leads to.
fn listens_at<'p>(pods: impl Iterator<Item = Pod<'p>>, served: Option<&Served>) -> Ports {
    let declared = pods.flat_map(Pod::serving_ports).map(|port| {
        let protocol = Protocol::named(port.protocol).unwrap_or(Protocol::Tcp);
        Ports::one(protocol, port.port)
    });
    let led_to = served.map(|served| served.ports.clone()).unwrap_or_default();
    let all = declared.fold(led_to, |all, one| all.union(&one));
    if all.is_empty() { Ports::All } else { all }
}

/// Workloads that a Service or a flow leads to.
fn served(system: &System) -> HashMap<&ElementId, Served> {
    let mut by_namespace: BTreeMap<&str, (LabelIndex<'_>, Vec<&ElementId>)> = BTreeMap::new();
    for element in system.elements.iter().filter(|element| !element.templates.is_empty()) {
        let (index, ids) = by_namespace
            .entry(element.namespace.as_deref().unwrap_or_default())
            .or_default();
        for template in &element.templates {
            index.insert(Pod::new(template.node()).labels(), ids.len());
        }
        ids.push(&element.id);
    }
    let mut served: HashMap<&ElementId, Served> = HashMap::new();
    let mut add = |id, ports: &Ports, evidence: &dyn Fn() -> Evidence| {
        let known = served.entry(id).or_insert_with(|| Served {
            evidence: evidence(),
            ports: Ports::None,
        });
        known.ports = known.ports.union(ports);
    };
    for service in system
        .resources
        .of_kind("Service")
        .filter(|service| service.id.group.is_empty())
    {
        let Some((index, ids)) = by_namespace.get(&*service.id.namespace) else {
            continue;
        };
        let selector = Selector::of_map(service.content.at(&["spec", "selector"]));
        let ports = target_ports(&service.content);
        for id in index.select(&selector).into_iter().filter_map(|thing| ids.get(thing)) {
            add(id, &ports, &|| {
                let note = format!("{} leads to {id}", service.id);
                let path = FieldPath::parse("spec.selector");
                Evidence::at(&service.content_file, &service.content, &path, note)
            });
        }
    }
    for flow in system.flows.iter().filter(|flow| flow.basis == Basis::Declared) {
        if let Some(evidence) = flow.evidence.first()
            && system
                .element(flow.to.as_str())
                .is_some_and(|element| element.kind != ElementKind::ExternalEntity)
        {
            add(&flow.to, &ports_of(flow), &|| evidence.clone());
        }
    }
    served
}

/// The ports of pods that a Service leads to by number. Those that it names are the pods' own word.
fn target_ports(service: &Node) -> Ports {
    let ports = service.items(&["spec", "ports"]).iter().filter_map(|port| {
        let target = port.get("targetPort").or_else(|| port.get("port"))?;
        let protocol = port.text(&["protocol"]).map_or(Some(Protocol::Tcp), Protocol::named)?;
        Some(Ports::one(protocol, port_number(target)?))
    });
    ports.fold(Ports::None, |all, one| all.union(&one))
}

/// The ports that a flow goes to, where they are known.
pub(super) fn ports_of(flow: &Flow) -> Ports {
    let Some(protocol) = Protocol::named(&flow.protocol) else {
        return Ports::None;
    };
    let ports = flow.ports.iter().map(|port| Ports::one(protocol, *port));
    ports.fold(Ports::None, |all, one| all.union(&one))
}
