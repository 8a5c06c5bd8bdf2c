//! What runs: each workload with its pod shapes, instances and nodes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Position, Resource, ResourceId};

use crate::design::names::Names;
use crate::design::{ownership, variants};
use crate::kube::workload::{replicas, template_of};
use crate::kube::{LabelIndex, Labels, Pod, Selector};
use crate::system::{Confidence, ElementId, Evidence, PodTemplate, Resources};

/// Something that runs pods.
#[derive(Debug)]
pub(super) struct Workload<'a> {
    pub(super) id: ElementId,
    pub(super) kind: Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) name: Arc<str>,
    /// The object itself, unless it is only known from its pods.
    pub(super) resource: Option<&'a Arc<Resource>>,
    /// Its own template first, then what its pods look like.
    pub(super) shapes: Vec<Shape<'a>>,
    /// Pods that were seen and have not ended.
    pub(super) running: u32,
    /// Pods that were seen, ended or not.
    pub(super) seen: bool,
    pub(super) nodes: BTreeSet<Arc<str>>,
    pub(super) evidence: Evidence,
    pub(super) confidence: Confidence,
}

/// A pod template, or what pods look like.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) template: PodTemplate,
    /// The template's node.
    pub(super) node: &'a Node,
    /// It differs from the shapes before it in what matters, so that it is looked at as well.
    pub(super) distinct: bool,
}

/// All workloads of a root.
#[derive(Debug, Default)]
pub(super) struct Workloads<'a> {
    list: Vec<Workload<'a>>,
    by_id: HashMap<ElementId, usize>,
    by_label: BTreeMap<Arc<str>, LabelIndex<'a>>,
}

impl Workload<'_> {
    /// Pods seen, else those asked for.
    pub(super) fn instances(&self) -> u32 {
        match self.resource {
            Some(resource) if !self.seen => replicas(&resource.id, &resource.content),
            _ => self.running,
        }
    }

    /// The shapes worth looking at: equal ones once.
    pub(super) fn distinct_shapes(&self) -> impl Iterator<Item = &Shape<'_>> {
        self.shapes.iter().filter(|shape| shape.distinct)
    }
}

impl<'a> Shape<'a> {
    /// Its pod.
    pub(super) fn pod(&self) -> Pod<'a> {
        Pod::new(self.node)
    }

    /// Evidence at a path below the pod.
    pub(super) fn evidence(&self, path: &FieldPath, note: impl Into<String>) -> Evidence {
        let path = self.template.path.join(path);
        Evidence::at(&self.template.file, &self.template.document, &path, note)
    }

    /// Evidence at a position inside the value at a path below the pod.
    pub(super) fn evidence_at(&self, position: Position, path: &FieldPath, note: impl Into<String>) -> Evidence {
        let path = self.template.path.join(path);
        Evidence::at_position(&self.template.file, position, &path, note)
    }
}

impl<'a> Workloads<'a> {
    /// Finds all workloads of a root and puts every pod where it belongs.
    pub(super) fn of(resources: &'a Resources, names: &Names) -> Self {
        let mut workloads = Self::default();
        for resource in resources.but_pods() {
            workloads.add_template(resource, resources, names);
        }
        workloads.add_pods(resources, names);
        workloads.list.retain(|workload| !workload.shapes.is_empty());
        workloads.finish();
        workloads
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.list.iter()
    }

    /// One of them.
    pub(super) fn get(&self, index: usize) -> Option<&Workload<'a>> {
        self.list.get(index)
    }

    /// The workload that a running pod belongs to.
    pub(super) fn of_pod(&self, namespace: &str, name: &str, resources: &Resources, names: &Names) -> Option<usize> {
        let pod = resources.get(&ResourceId {
            kind: "Pod".into(),
            group: "".into(),
            namespace: namespace.into(),
            name: name.into(),
        })?;
        let ended = pod.pod.as_ref().is_some_and(|instance| instance.ended);
        let owner = ownership::Owners::of(resources).of_pod(pod);
        self.by_id.get(&names.id(&owner)).copied().filter(|_| !ended)
    }

    /// The workload whose element has this id.
    pub(super) fn of_id(&self, id: &ElementId) -> Option<&Workload<'a>> {
        self.get(*self.by_id.get(id)?)
    }

    /// The workloads of a namespace that a selector selects, ascending.
    pub(super) fn select(&self, namespace: &str, selector: &Selector<'_>) -> Vec<usize> {
        self.by_label
            .get(namespace)
            .map(|index| index.select(selector))
            .unwrap_or_default()
    }

    fn add_template(&mut self, resource: &'a Arc<Resource>, resources: &Resources, names: &Names) {
        let Some(template) = template_of(resource) else { return };
        let Some(node) = resource.content.lookup(&template.path) else {
            return;
        };
        let shape = Shape {
            template,
            node,
            distinct: true,
        };
        match ownership::owner_of_template(resource, node) {
            None => {
                let index = self.entry(&resource.id, names);
                let Some(workload) = self.list.get_mut(index) else {
                    return;
                };
                workload.resource = Some(resource);
                workload.evidence = whole(resource, format!("this {}", resource.id.kind));
                workload.confidence = Confidence::High;
                workload.shapes.insert(0, shape);
            }
            // Its template counts only where the owner's own is not there: an older revision is not what runs.
            Some(owner) if resources.get(&owner).is_none() && replicas(&resource.id, &resource.content) > 0 => {
                let index = self.entry(&owner, names);
                let Some(workload) = self.list.get_mut(index) else {
                    return;
                };
                if workload.shapes.is_empty() {
                    workload.evidence = whole(resource, format!("the {} that it owns", resource.id.kind));
                }
                workload.shapes.push(shape);
            }
            Some(_) => {}
        }
    }

    fn add_pods(&mut self, resources: &'a Resources, names: &Names) {
        let mut owners = ownership::Owners::of(resources);
        let mut contents: HashSet<(usize, *const Node)> = HashSet::new();
        for group in resources.pods() {
            let Some(pod) = group.first() else { continue };
            let ended = pod.pod.as_ref().is_some_and(|instance| instance.ended);
            let owner = owners.of_pod(pod);
            // An owner that nothing but ended pods tells of is gone as well.
            if ended && !self.by_id.contains_key(&names.id(&owner)) {
                continue;
            }
            let index = self.entry(&owner, names);
            let Some(workload) = self.list.get_mut(index) else {
                continue;
            };
            workload.seen = true;
            if ended {
                continue;
            }
            let running = u32::try_from(group.len()).unwrap_or(u32::MAX);
            workload.running = workload.running.saturating_add(running);
            workload.nodes.extend(group.nodes().cloned());
            if !contents.insert((index, Arc::as_ptr(&pod.content))) {
                continue;
            }
            let Some(template) = template_of(pod) else { continue };
            if workload.shapes.is_empty() {
                let is_itself = pod.id == owner;
                let note = if is_itself { "this Pod" } else { "a pod that it owns" };
                workload.evidence = whole(pod, note);
                if is_itself {
                    workload.resource = Some(pod);
                    workload.confidence = Confidence::High;
                }
            }
            workload.shapes.push(Shape {
                template,
                node: &pod.content,
                distinct: true,
            });
        }
    }

    /// The number of the workload with this id; a new one is only believed in so far.
    fn entry(&mut self, id: &ResourceId, names: &Names) -> usize {
        let element = names.id(id);
        if let Some(&index) = self.by_id.get(&element) {
            return index;
        }
        let index = self.list.len();
        self.by_id.insert(element.clone(), index);
        self.list.push(Workload {
            id: element,
            kind: Arc::clone(&id.kind),
            namespace: Arc::clone(&id.namespace),
            name: Arc::clone(&id.name),
            resource: None,
            shapes: Vec::new(),
            running: 0,
            seen: false,
            nodes: BTreeSet::new(),
            evidence: Evidence::at_position(&Arc::from(""), Position::default(), &FieldPath::root(), ""),
            confidence: Confidence::Medium,
        });
        index
    }

    /// Sorts by id, marks equal shapes and builds the indexes.
    fn finish(&mut self) {
        self.list.sort_by(|a, b| a.id.cmp(&b.id));
        self.by_id.clear();
        for (index, workload) in self.list.iter_mut().enumerate() {
            variants::mark(&mut workload.shapes);
            self.by_id.insert(workload.id.clone(), index);
            let labels = self.by_label.entry(Arc::clone(&workload.namespace)).or_default();
            for shape in &workload.shapes {
                labels.insert(Labels::of(shape.node), index);
            }
        }
    }
}

/// Evidence that is a whole resource.
pub(super) fn whole(resource: &Resource, note: impl Into<String>) -> Evidence {
    Evidence::at_position(
        &resource.origin.file,
        resource.origin.position,
        &FieldPath::root(),
        note,
    )
}
