//! What has another name and is otherwise alike: by images, flows, weaknesses, identity, technology.
//!
//! Taking two things for one can hide nothing: what is found in the one and was not in the other is new all the same.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::likeness;

use super::snapshot::SystemSnapshot;
use crate::system::{Element, ElementId};

/// How alike two things must be, from 0 to 1.
const ALIKE: f64 = 0.6;

/// Pairs of gone and added elements of one sort that are compared each with each; beyond, only equals are found.
const MOST_PAIRS: usize = 40_000;

/// What base elements are called now, by what they were called.
pub(super) type Renames = BTreeMap<ElementId, ElementId>;

/// Finds what was renamed.
pub(super) fn renames(base: &SystemSnapshot, head: &SystemSnapshot) -> Renames {
    let gone = only_in(base, head);
    let added = only_in(head, base);
    let mut gone_by_sort = by_sort(base, &gone);
    let mut renames = Renames::new();
    for (sort, now) in by_sort(head, &added) {
        if let Some(before) = gone_by_sort.remove(&sort) {
            match_up(&before, &now, &mut renames);
        }
    }
    namesakes(&gone, &added, &mut renames);
    renames
}

fn only_in<'s>(one: &'s SystemSnapshot, other: &SystemSnapshot) -> BTreeSet<&'s ElementId> {
    let others: BTreeSet<&ElementId> = other.elements.iter().map(|element| &element.id).collect();
    let ids = one.elements.iter().map(|element| &element.id);
    ids.filter(|id| !others.contains(id)).collect()
}

/// What tells one element from another, except its name.
type Facts = BTreeSet<String>;

/// The changed elements of each kind that run the same images.
type BySort<'s> = BTreeMap<(String, Vec<String>), Vec<(&'s ElementId, Facts)>>;

/// Elements by kind and images: only those of one sort can be the same thing.
fn by_sort<'s>(system: &'s SystemSnapshot, changed: &BTreeSet<&ElementId>) -> BySort<'s> {
    let mut facts = facts(system, changed);
    let mut sorts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for element in system.elements.iter().filter(|element| changed.contains(&element.id)) {
        let images = element.images.iter().map(|image| untagged(image).to_owned()).collect();
        let facts = facts.remove(&element.id).unwrap_or_default();
        let sort = (kind(&element.id).to_owned(), images);
        sorts.entry(sort).or_default().push((&element.id, facts));
    }
    sorts
}

/// What is known of each changed element. Others that are changed as well stand there by their kind alone.
fn facts<'s>(system: &'s SystemSnapshot, changed: &BTreeSet<&ElementId>) -> BTreeMap<&'s ElementId, Facts> {
    let mut facts: BTreeMap<&ElementId, Facts> = BTreeMap::new();
    let shown = |id: &ElementId| {
        if changed.contains(id) {
            format!("{}/?", kind(id))
        } else {
            id.to_string()
        }
    };
    for element in system.elements.iter().filter(|element| changed.contains(&element.id)) {
        facts.insert(&element.id, of_element(element, &shown));
    }
    for flow in &system.flows {
        let what = format!("{:?} {} {:?}", flow.basis, flow.protocol, flow.ports);
        if let Some(facts) = facts.get_mut(&flow.from) {
            facts.insert(format!("to {} {what}", shown(&flow.to)));
        }
        if let Some(facts) = facts.get_mut(&flow.to) {
            facts.insert(format!("from {} {what}", shown(&flow.from)));
        }
    }
    for finding in &system.findings {
        if let Some(facts) = facts.get_mut(&finding.element) {
            facts.insert(format!("has {} {}", finding.rule, finding.path));
        }
    }
    facts
}

fn of_element(element: &Element, shown: &dyn Fn(&ElementId) -> String) -> Facts {
    let mut facts: Facts = element.images.iter().map(|image| format!("runs {image}")).collect();
    facts.extend(
        element
            .identity
            .as_ref()
            .map(|identity| format!("as {}", shown(identity))),
    );
    facts.extend(element.technology.as_ref().map(|technology| format!("is {technology}")));
    facts.extend(element.owner.as_ref().map(|owner| format!("of {owner}")));
    facts
}

/// The best pairs first. Equally good ones by how alike their names are.
fn match_up(before: &[(&ElementId, Facts)], now: &[(&ElementId, Facts)], renames: &mut Renames) {
    let is_small = before.len().saturating_mul(now.len()) <= MOST_PAIRS;
    let mut pairs: Vec<(f64, f64, &ElementId, &ElementId)> = Vec::new();
    let mut equals: BTreeMap<&Facts, Vec<&ElementId>> = BTreeMap::new();
    for (id, facts) in now {
        equals.entry(facts).or_default().push(id);
    }
    for (old, facts) in before.iter().filter(|(_, facts)| !facts.is_empty()) {
        let mut consider = |new: &'_ ElementId, alike: f64| {
            if alike >= ALIKE
                && let Some((new, _)) = now.iter().find(|(id, _)| *id == new)
            {
                pairs.push((alike, likeness(old.as_str(), new.as_str()), old, new));
            }
        };
        if is_small {
            for (new, others) in now {
                consider(new, jaccard(facts, others));
            }
        } else if let Some(new) = equals.get(facts).and_then(|equals| equals.first()) {
            consider(new, 1.0);
        }
    }
    pairs.sort_by(|a, b| {
        let by_likeness = b.0.total_cmp(&a.0).then_with(|| b.1.total_cmp(&a.1));
        by_likeness.then_with(|| (a.2, a.3).cmp(&(b.2, b.3)))
    });
    let mut taken: BTreeSet<&ElementId> = BTreeSet::new();
    for (_, _, old, new) in pairs {
        if !renames.contains_key(old) && taken.insert(new) {
            renames.insert(old.clone(), new.clone());
        }
    }
}

/// What goes by the name of something that was renamed: its Service, its account, its policy.
fn namesakes(gone: &BTreeSet<&ElementId>, added: &BTreeSet<&ElementId>, renames: &mut Renames) {
    let names: BTreeSet<(String, String)> = renames
        .iter()
        .map(|(old, new)| (named(old).to_owned(), named(new).to_owned()))
        .collect();
    let taken: BTreeSet<ElementId> = renames.values().cloned().collect();
    for (old_name, new_name) in names {
        for old in gone.iter().filter(|id| named(id) == old_name) {
            let now = ElementId::new(format!("{}/{new_name}", kind(old)));
            if !renames.contains_key(*old) && !taken.contains(&now) && added.contains(&now) {
                renames.insert((*old).clone(), now);
            }
        }
    }
}

/// `Deployment` of `Deployment/shop/web`.
fn kind(id: &ElementId) -> &str {
    id.as_str().split_once('/').map_or(id.as_str(), |(kind, _)| kind)
}

/// `shop/web` of `Deployment/shop/web`.
fn named(id: &ElementId) -> &str {
    id.as_str().split_once('/').map_or("", |(_, name)| name)
}

/// An image without tag and digest.
pub(super) fn untagged(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// What two sets share among all that is in either, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "sets of facts are small")]
pub(super) fn jaccard(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let shared = a.intersection(b).count();
    match (a.len() + b.len() - shared).cmp(&0) {
        Ordering::Equal => 0.0,
        _ => shared as f64 / (a.len() + b.len() - shared) as f64,
    }
}
