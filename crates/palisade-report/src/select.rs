//! Picking out: by severity, by element, by the ends of a path; and saying what there is to pick from.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::assessment::Since;
use palisade_engine::system::{Element, ElementId, ElementKind};
use palisade_inventory::Pattern;
use palisade_knowledge::Severity;

use crate::scope::{keep_fixes_of_paths, narrow_system};

/// Names listed in a hint before "…".
const FEW_NAMES: usize = 12;

/// Leaves findings, threats and paths of at least this severity, and fixes that close one of those paths.
pub fn keep_at_least(assessment: &mut Assessment, severity: Severity) {
    for system in &mut assessment.systems {
        system.findings.retain(|finding| finding.severity >= severity);
        system.threats.retain(|threat| threat.severity >= severity);
        system.paths.retain(|path| path.severity >= severity);
        keep_fixes_of_paths(system);
    }
}

/// Leaves findings and paths that the baseline does not have, and fixes that close one of those paths.
pub fn keep_new(assessment: &mut Assessment) {
    for system in &mut assessment.systems {
        system.findings.retain(|finding| finding.since == Some(Since::New));
        system.paths.retain(|path| path.since == Some(Since::New));
        keep_fixes_of_paths(system);
    }
}

/// Leaves what concerns the elements with this id or, when there is none, those whose id the pattern finds.
///
/// Gives those elements; when there are none, nothing changes.
pub fn focus(assessment: &mut Assessment, pattern: &Pattern) -> BTreeSet<ElementId> {
    let with = |matches: &dyn Fn(&Element) -> bool| -> BTreeSet<ElementId> {
        let elements = assessment.systems.iter().flat_map(|system| &system.system.elements);
        elements
            .filter(|element| matches(element))
            .map(|element| element.id.clone())
            .collect()
    };
    let mut wanted = with(&|element| element.id.as_str() == pattern.as_str());
    if wanted.is_empty() {
        wanted = with(&|element| pattern.finds(element.id.as_str()));
    }
    if wanted.is_empty() {
        return wanted;
    }
    for system in &mut assessment.systems {
        let here = system.system.elements.iter().map(|element| &element.id);
        let here = here.filter(|id| wanted.contains(*id)).cloned().collect();
        narrow_system(system, &here);
    }
    assessment.systems.retain(|system| !system.system.elements.is_empty());
    assessment
        .not_evaluated
        .retain(|condition| wanted.contains(&condition.element));
    wanted
}

/// Leaves paths that begin and end at these elements, and fixes that close one of them.
pub fn keep_paths(assessment: &mut Assessment, from: Option<&Pattern>, to: Option<&Pattern>) {
    let fits = |pattern: Option<&Pattern>, id: &ElementId| pattern.is_none_or(|pattern| pattern.finds(id.as_str()));
    for system in &mut assessment.systems {
        system
            .paths
            .retain(|path| fits(from, &path.entry) && fits(to, &path.asset));
        keep_fixes_of_paths(system);
    }
}

/// What there is to narrow to: systems, namespaces and owners.
pub fn choices(assessment: &Assessment) -> String {
    let systems = &assessment.systems;
    let elements = || systems.iter().flat_map(|system| &system.system.elements);
    let roots: BTreeSet<&str> = systems.iter().map(|system| &*system.system.root).collect();
    let namespaces: BTreeSet<&str> = elements()
        .filter(|element| element.kind != ElementKind::Namespace)
        .filter_map(|element| element.namespace.as_deref())
        .collect();
    let owners: BTreeSet<&str> = elements().filter_map(|element| element.owner.as_deref()).collect();
    [("systems", roots), ("namespaces", namespaces), ("owners", owners)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {}", few(names.iter().copied())))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Ids of drawn elements that are most like the text.
pub fn similar(assessment: &Assessment, text: &str) -> Vec<String> {
    let elements = assessment.systems.iter().flat_map(|system| &system.system.elements);
    let drawn = elements.filter(|element| element.kind.is_drawn());
    most_like(drawn.map(|element| element.id.as_str()), text)
}

/// The few ids that share the longest part with the text.
pub fn most_like<'a>(ids: impl IntoIterator<Item = &'a str>, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let ids = ids.into_iter();
    let mut ids: Vec<(usize, &str)> = ids.map(|id| (shared(&id.to_lowercase(), &text), id)).collect();
    ids.sort_by_key(|&(shared, id)| (std::cmp::Reverse(shared), id));
    ids.dedup();
    ids.into_iter().take(3).map(|(_, id)| id.to_owned()).collect()
}

/// The length of the longest text that both hold.
fn shared(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row = vec![0; b.len() + 1];
    let mut longest = 0;
    for x in a.chars() {
        let mut diagonal = 0;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let length = if x == *y { diagonal + 1 } else { 0 };
            diagonal = std::mem::replace(cell, length);
            longest = longest.max(length);
        }
    }
    longest
}

fn few<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    let more = names.len() > FEW_NAMES;
    names.truncate(FEW_NAMES);
    let list = names.join(", ");
    if more { format!("{list}, …") } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_text_is_the_longest_common_part() {
        assert_eq!(shared("deployment/shop/checkout", "chekout"), 4);
        assert_eq!(shared("abc", "xyz"), 0);
    }
}
