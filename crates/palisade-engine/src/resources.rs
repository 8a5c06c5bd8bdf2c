//! The resources of one root, by kind; pods that look alike together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use palisade_inventory::{Owner, Resource, ResourceId};

/// The resources of one root, by kind. A clone shares everything until one of both changes.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    by_kind: BTreeMap<Arc<str>, Arc<BTreeMap<ResourceId, Arc<Resource>>>>,
    pods: Arc<HashMap<PodKey, PodGroup>>,
}

/// Pods of one owner with one content: what differs from pod to pod is the name and the node.
#[derive(Clone, Debug, Default)]
pub struct PodGroup {
    pods: BTreeMap<Arc<str>, Arc<Resource>>,
    /// How many of them run on each node.
    nodes: BTreeMap<Arc<str>, usize>,
}

/// What the pods of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PodKey {
    namespace: Arc<str>,
    /// The owner; for a pod without one, its own name.
    owner: Result<Owner, Arc<str>>,
    template_hash: Option<Arc<str>>,
    ended: bool,
    /// The address of the content, which the pods of the group keep alive.
    content: usize,
}

const POD: &str = "Pod";

impl Resources {
    /// Adds a resource, or replaces the one of that id.
    pub fn upsert(&mut self, resource: Arc<Resource>) {
        let of_kind = self.by_kind.entry(Arc::clone(&resource.id.kind)).or_default();
        let before = Arc::make_mut(of_kind).insert(resource.id.clone(), Arc::clone(&resource));
        if is_pod(&resource.id) {
            let groups = Arc::make_mut(&mut self.pods);
            if let Some(before) = before {
                take(groups, &before);
            }
            groups.entry(PodKey::of(&resource)).or_default().insert(resource);
        }
    }

    /// Removes a resource.
    pub fn delete(&mut self, id: &ResourceId) {
        let Some(of_kind) = self.by_kind.get_mut(&id.kind) else {
            return;
        };
        let gone = Arc::make_mut(of_kind).remove(id);
        if of_kind.is_empty() {
            self.by_kind.remove(&id.kind);
        }
        if let Some(pod) = gone.filter(|gone| is_pod(&gone.id)) {
            take(Arc::make_mut(&mut self.pods), &pod);
        }
    }

    /// All resources of a built-in kind, by id. Another group's kind of the same name comes along: check `id.group`.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Arc<Resource>> {
        self.by_kind.get(kind).into_iter().flat_map(|of_kind| of_kind.values())
    }

    /// One resource.
    pub fn get(&self, id: &ResourceId) -> Option<&Arc<Resource>> {
        self.by_kind.get(&id.kind)?.get(id)
    }

    /// All resources, by kind and id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.by_kind.values().flat_map(|of_kind| of_kind.values())
    }

    /// All resources but pods, by kind and id: what pods have to tell, [`Resources::pods`] tells group by group.
    pub fn but_pods(&self) -> impl Iterator<Item = &Arc<Resource>> {
        let kinds = self.by_kind.iter().filter(|(kind, _)| &***kind != POD);
        let others = self.of_kind(POD).filter(|resource| !is_pod(&resource.id));
        kinds.flat_map(|(_, of_kind)| of_kind.values()).chain(others)
    }

    /// Pods by group, in the order of each group's first pod.
    pub fn pods(&self) -> Vec<&PodGroup> {
        let mut groups: Vec<&PodGroup> = self.pods.values().collect();
        groups.sort_by_key(|group| group.first().map(|pod| &pod.id));
        groups
    }

    /// The kinds that there are, each with the API groups that have it.
    pub fn kinds(&self) -> impl Iterator<Item = (&Arc<str>, Vec<&Arc<str>>)> {
        self.by_kind.iter().map(|(kind, of_kind)| {
            // Ids are sorted by group first.
            let mut groups: Vec<&Arc<str>> = Vec::new();
            let last = of_kind.last_key_value().map(|(id, _)| &id.group);
            for id in of_kind.keys() {
                if groups.last() != Some(&&id.group) {
                    groups.push(&id.group);
                }
                if Some(&id.group) == last {
                    break;
                }
            }
            (kind, groups)
        })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }
}

impl PodGroup {
    /// The first of them by name: it stands for all.
    pub fn first(&self) -> Option<&Arc<Resource>> {
        self.pods.first_key_value().map(|(_, pod)| pod)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.pods.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pods.len()
    }

    /// Whether there is none. Never so for what [`Resources::pods`] gives.
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }

    /// The nodes that they run on, each once, sorted.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.nodes.keys()
    }

    fn insert(&mut self, pod: Arc<Resource>) {
        if let Some(node) = node_of(&pod) {
            *self.nodes.entry(Arc::clone(node)).or_default() += 1;
        }
        self.pods.insert(Arc::clone(&pod.id.name), pod);
    }

    fn remove(&mut self, pod: &Resource) {
        self.pods.remove(&pod.id.name);
        if let Some(node) = node_of(pod)
            && let Some(count) = self.nodes.get_mut(node)
        {
            *count -= 1;
            if *count == 0 {
                self.nodes.remove(node);
            }
        }
    }
}

impl PodKey {
    fn of(pod: &Resource) -> Self {
        let instance = pod.pod.as_ref();
        let owner = instance.and_then(|instance| instance.owner.clone());
        Self {
            namespace: Arc::clone(&pod.id.namespace),
            owner: match owner {
                // The kubelet's mirrors of static pods are workloads of their own.
                Some(owner) if &*owner.kind != "Node" => Ok(owner),
                _ => Err(Arc::clone(&pod.id.name)),
            },
            template_hash: instance.and_then(|instance| instance.template_hash.clone()),
            ended: instance.is_some_and(|instance| instance.ended),
            content: Arc::as_ptr(&pod.content).addr(),
        }
    }
}

fn take(groups: &mut HashMap<PodKey, PodGroup>, pod: &Resource) {
    let key = PodKey::of(pod);
    if let Some(group) = groups.get_mut(&key) {
        group.remove(pod);
        if group.is_empty() {
            groups.remove(&key);
        }
    }
}

fn is_pod(id: &ResourceId) -> bool {
    &*id.kind == POD && id.group.is_empty()
}

fn node_of(pod: &Resource) -> Option<&Arc<str>> {
    pod.pod.as_ref().and_then(|instance| instance.node.as_ref())
}
