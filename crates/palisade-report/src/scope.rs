//! Narrowing: the part of an assessment that some namespaces or owners care about.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::{Element, ElementId, ElementKind};
use palisade_inventory::Pattern;

/// Whose part of an assessment is wanted. Empty lists want everything.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Systems, by their root.
    pub systems: Vec<Pattern>,
    /// Namespaces.
    pub namespaces: Vec<Pattern>,
    /// Namespaces that are not wanted, whatever else says so.
    pub without_namespaces: Vec<Pattern>,
    /// Owners.
    pub owners: Vec<Pattern>,
}

impl Scope {
    /// Whether everything is wanted.
    pub fn is_everything(&self) -> bool {
        self.systems.is_empty() && self.is_every_element()
    }

    fn is_every_element(&self) -> bool {
        self.namespaces.is_empty() && self.without_namespaces.is_empty() && self.owners.is_empty()
    }

    fn wants(&self, element: &Element) -> bool {
        let namespace = namespace_of(element);
        let in_namespace = self.namespaces.is_empty() || namespace.is_some_and(|name| any(&self.namespaces, name));
        let excluded = namespace.is_some_and(|name| any(&self.without_namespaces, name));
        let owned = self.owners.is_empty() || element.owner.as_ref().is_some_and(|owner| any(&self.owners, owner));
        in_namespace && !excluded && owned
    }
}

/// The namespace that an element is in, or that it is.
fn namespace_of(element: &Element) -> Option<&str> {
    match element.kind {
        ElementKind::Namespace => element.id.as_str().strip_prefix("Namespace/"),
        _ => element.namespace.as_deref(),
    }
}

fn any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}

/// Leaves what is in the scope: its elements, the flows that begin or end there with those of their other ends that are
/// in no namespace, its findings and threats, the whole of each path that touches it, and what closes those paths.
///
/// Coverage stays whole: what was not understood may have been in the scope.
pub fn narrow(assessment: &mut Assessment, scope: &Scope) {
    if !scope.systems.is_empty() {
        let systems = &mut assessment.systems;
        systems.retain(|system| any(&scope.systems, &system.system.root));
    }
    if scope.is_every_element() {
        return;
    }
    let mut wanted_anywhere = BTreeSet::new();
    for system in &mut assessment.systems {
        let wanted: BTreeSet<ElementId> = system
            .system
            .elements
            .iter()
            .filter(|element| scope.wants(element))
            .map(|element| element.id.clone())
            .collect();
        narrow_system(system, &wanted);
        wanted_anywhere.extend(wanted);
    }
    assessment.systems.retain(|system| !system.system.elements.is_empty());
    assessment
        .not_evaluated
        .retain(|condition| wanted_anywhere.contains(&condition.element));
}

pub(crate) fn narrow_system(assessment: &mut SystemAssessment, wanted: &BTreeSet<ElementId>) {
    let system = &mut assessment.system;
    let wants_either = |from: &ElementId, to: &Option<ElementId>| {
        wanted.contains(from) || to.as_ref().is_some_and(|to| wanted.contains(to))
    };

    system
        .flows
        .retain(|flow| wanted.contains(&flow.from) || wanted.contains(&flow.to));
    let ends: BTreeSet<&ElementId> = system.flows.iter().flat_map(|flow| [&flow.from, &flow.to]).collect();
    system
        .elements
        .retain(|element| wanted.contains(&element.id) || (element.namespace.is_none() && ends.contains(&element.id)));
    if wanted.is_empty() {
        system.elements.clear();
    }
    system.dangling.retain(|dangling| wanted.contains(&dangling.from));
    system.unknowns.retain(|unknown| wanted.contains(&unknown.element));
    let mut standing: BTreeSet<String> = system.elements.iter().map(|element| element.boundary.clone()).collect();
    // Children follow their parents in no particular order, so look until nothing new turns up.
    while let Some(parent) = system.boundaries.iter().find_map(|boundary| {
        let parent = boundary.parent.as_ref()?;
        (standing.contains(&boundary.id) && !standing.contains(parent)).then(|| parent.clone())
    }) {
        standing.insert(parent);
    }
    system.boundaries.retain(|boundary| standing.contains(&boundary.id));

    assessment
        .findings
        .retain(|finding| wants_either(&finding.element, &finding.to));
    assessment
        .threats
        .retain(|threat| wants_either(&threat.element, &threat.to));
    for project in &mut assessment.projects {
        project.elements.retain(|part| wanted.contains(&part.element));
    }
    assessment.projects.retain(|project| !project.elements.is_empty());
    assessment.paths.retain(|path| {
        wanted.contains(&path.entry)
            || wanted.contains(&path.asset)
            || path
                .steps
                .iter()
                .any(|step| wanted.contains(&step.from) || wanted.contains(&step.to))
    });
    keep_fixes_of_paths(assessment);
}

/// Leaves fixes that close one of the paths that are left.
pub(crate) fn keep_fixes_of_paths(assessment: &mut SystemAssessment) {
    let paths: BTreeSet<&String> = assessment.paths.iter().map(|path| &path.id).collect();
    for fix in &mut assessment.fixes {
        fix.closes.retain(|path| paths.contains(path));
        fix.weakens.retain(|path| paths.contains(path));
    }
    // Their order stays: each counts on those before it.
    assessment
        .fixes
        .retain(|fix| !fix.closes.is_empty() || !fix.weakens.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn narrowed(scope: &Scope) -> Assessment {
        let mut assessment = sample::two_systems();
        narrow(&mut assessment, scope);
        assessment
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::new(*text)).collect()
    }

    #[test]
    fn everything_wanted_changes_nothing() {
        let whole = crate::pretty(&sample::two_systems()).unwrap();
        assert_eq!(crate::pretty(&narrowed(&Scope::default())).unwrap(), whole);
    }

    #[test]
    fn an_owner_keeps_what_is_theirs_and_whom_they_talk_to() {
        let assessment = narrowed(&Scope {
            systems: patterns(&["shop"]),
            owners: patterns(&["team-*"]),
            ..Scope::default()
        });
        let [system] = assessment.systems.as_slice() else {
            panic!("one system expected");
        };
        let ids: Vec<&str> = system
            .system
            .elements
            .iter()
            .map(|element| element.id.as_str())
            .collect();
        assert_eq!(ids, ["Deployment/shop/web", "External/internet"]);
        let ends: Vec<(&str, &str)> = system
            .system
            .flows
            .iter()
            .map(|flow| (flow.from.as_str(), flow.to.as_str()))
            .collect();
        assert_eq!(
            ends,
            [
                ("Deployment/shop/web", "Deployment/shop/cart"),
                ("External/internet", "Deployment/shop/web")
            ]
        );
        assert!(
            system
                .findings
                .iter()
                .all(|finding| finding.element.as_str() == "Deployment/shop/web")
        );
        assert!(system.paths.is_empty(), "the path goes elsewhere");
        assert!(system.fixes.is_empty(), "and so does the fix");
        assert_eq!(assessment.coverage, sample::assessment().coverage);
    }

    #[test]
    fn paths_through_the_scope_are_whole() {
        let assessment = narrowed(&Scope {
            namespaces: patterns(&["shop"]),
            ..Scope::default()
        });
        let path = assessment
            .systems
            .iter()
            .flat_map(|system| &system.paths)
            .next()
            .unwrap();
        assert_eq!(path.steps.len(), 2);
        assert_eq!(path.entry.as_str(), "External/internet");
    }

    #[test]
    fn nobody_wanted_leaves_nothing() {
        for scope in [
            Scope {
                namespaces: patterns(&["elsewhere"]),
                ..Scope::default()
            },
            Scope {
                namespaces: patterns(&["*"]),
                without_namespaces: patterns(&["shop"]),
                ..Scope::default()
            },
        ] {
            assert!(narrowed(&scope).systems.is_empty());
        }
    }
}
