//! Every weakness of the catalogue over every thing it applies to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use palisade_inventory::{Node, ResourceId};
use palisade_knowledge::{Catalogue, Verdict, View, Weakness};

use super::memory::{Judged, Matched, Memory, Source};
use super::place::place;
use crate::assessment::{Finding, FindingPosition, NotEvaluated};
use crate::rbac::Authorizer;
use crate::stable_id::stable_id;
use crate::system::{ElementId, Evidence, Flow, System};
use crate::views::{BuiltViews, Joins, Subject, Verdicts, is_own, of_kinds, of_resource, of_template, own_templates};

/// What the catalogue's conditions said.
#[derive(Debug, Default)]
pub(crate) struct Weaknesses {
    /// Those that matched, the worst first.
    pub(crate) findings: Vec<Finding>,
    /// Those that could not be evaluated.
    pub(crate) not_evaluated: Vec<NotEvaluated>,
}

/// Evaluates every weakness over every thing it applies to.
pub(crate) fn find<'a>(system: &'a System, catalogue: &'a Catalogue, memory: &'a mut Memory) -> Weaknesses {
    let mut finder = Finder {
        system,
        catalogue,
        memory,
        found: HashSet::new(),
        findings: Vec::new(),
        not_evaluated: BTreeSet::new(),
    };
    let of_view = by_view(catalogue);
    finder.templates(&of_view);
    let authorizer = Authorizer::new(&system.resources);
    finder.resources(&of_view, &authorizer);
    finder.built_views(&of_view, &authorizer);
    let mut findings = finder.findings;
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    Weaknesses {
        findings,
        not_evaluated: finder.not_evaluated.into_iter().collect(),
    }
}

/// The worst first; then by rule, element, container and place.
fn order(finding: &Finding) -> impl Ord + '_ {
    (
        Reverse(finding.severity),
        &finding.rule,
        &finding.element,
        &finding.to,
        &finding.container,
        &finding.position,
        &finding.path,
    )
}

type OfView<'c> = BTreeMap<View, Vec<&'c Weakness>>;

fn by_view(catalogue: &Catalogue) -> OfView<'_> {
    let mut of_view = OfView::new();
    for weakness in catalogue.weaknesses.values() {
        of_view.entry(weakness.applies_to).or_default().push(weakness);
    }
    of_view
}

struct Finder<'a> {
    system: &'a System,
    catalogue: &'a Catalogue,
    memory: &'a mut Memory,
    /// Rule, element, other end, container: what was found once is not found again in another pod of the same workload.
    found: HashSet<(&'a str, ElementId, Option<ElementId>, Option<String>)>,
    findings: Vec<Finding>,
    not_evaluated: BTreeSet<NotEvaluated>,
}

impl<'a> Finder<'a> {
    /// Containers, pods and workloads: over the distinct templates of each element.
    fn templates(&mut self, of_view: &OfView<'a>) {
        for view in [View::Container, View::Pod, View::Workload] {
            let Some(weaknesses) = of_view.get(&view) else { continue };
            for element in &self.system.elements {
                for template in own_templates(view, element) {
                    let source = Source {
                        view,
                        document: &template.document,
                        file: &template.file,
                        is_own: is_own(element, template),
                    };
                    let subjects = || of_template(view, element, template);
                    self.document(weaknesses, &element.id, source, subjects);
                }
            }
        }
    }

    /// Single objects. A role that nothing binds gives nobody anything, so that it is not judged.
    fn resources(&mut self, of_view: &OfView<'a>, authorizer: &Authorizer) {
        let elements: HashMap<&ResourceId, &ElementId> = self
            .system
            .elements
            .iter()
            .filter_map(|element| Some((element.resource.as_ref()?, &element.id)))
            .collect();
        for (&view, weaknesses) in of_view {
            for resource in of_kinds(&self.system.resources, view) {
                if view == View::Role && !authorizer.is_bound(&resource.id) {
                    continue;
                }
                let id = elements
                    .get(&resource.id)
                    .map_or_else(|| ElementId::new(resource.id.to_string()), |id| (*id).clone());
                let source = Source {
                    view,
                    document: &resource.content,
                    file: &resource.content_file,
                    is_own: true,
                };
                self.document(weaknesses, &id, source, || of_resource(view, resource));
            }
        }
    }

    /// Views that the engine builds from several objects.
    fn built_views(&mut self, of_view: &OfView<'a>, authorizer: &Authorizer) {
        let joins = Joins::new(self.system, authorizer, self.catalogue);
        for (&view, weaknesses) in of_view.iter().filter(|(view, _)| **view != View::Flow) {
            let variable = view.variables().first().copied().unwrap_or_default();
            for joined in joins.of(view) {
                for weakness in weaknesses {
                    if self.matches(weakness, &joined.element, &[(variable, &joined.node)]) {
                        let place = joined.place(weakness);
                        self.report(weakness, &joined.element, None, joined.part.clone(), place);
                    }
                }
            }
        }
        if let Some(weaknesses) = of_view.get(&View::Flow) {
            let views = BuiltViews::new(self.system, self.catalogue);
            for flow in &self.system.flows {
                self.flow(weaknesses, flow, &views.flow(flow));
            }
        }
    }

    fn flow(&mut self, weaknesses: &[&'a Weakness], flow: &Flow, node: &Node) {
        for weakness in weaknesses {
            if self.matches(weakness, &flow.from, &[("flow", node)])
                && let Some(evidence) = flow.evidence.first()
            {
                self.report(weakness, &flow.from, Some(flow.to.clone()), None, evidence);
            }
        }
    }

    /// The things of a view in one document. What was said of a document holds as long as it is the same.
    fn document<'d>(
        &mut self,
        weaknesses: &[&'a Weakness],
        element: &ElementId,
        source: Source<'_>,
        subjects: impl FnOnce() -> Vec<Subject<'d>>,
    ) {
        let judged = self
            .memory
            .of(source, |verdicts| judge(weaknesses, subjects(), verdicts));
        for matched in &judged.matched {
            if let Some(weakness) = weaknesses.get(matched.weakness) {
                self.report(weakness, element, None, matched.container.clone(), &matched.evidence);
            }
        }
        for (weakness, reason) in &judged.not_evaluated {
            if let Some(weakness) = weaknesses.get(*weakness) {
                self.not_evaluated.insert(NotEvaluated {
                    rule: weakness.id.clone(),
                    element: element.clone(),
                    reason: reason.clone(),
                });
            }
        }
    }

    fn matches(
        &mut self,
        weakness: &'a Weakness,
        element: &ElementId,
        bindings: &[palisade_knowledge::Binding<'_>],
    ) -> bool {
        match self.memory.verdicts.of(&weakness.when, bindings) {
            Verdict::Match => true,
            Verdict::NoMatch => false,
            Verdict::NotEvaluated(reason) => {
                self.not_evaluated.insert(NotEvaluated {
                    rule: weakness.id.clone(),
                    element: element.clone(),
                    reason: reason.clone(),
                });
                false
            }
        }
    }

    fn report(
        &mut self,
        weakness: &'a Weakness,
        element: &ElementId,
        to: Option<ElementId>,
        container: Option<String>,
        evidence: &Evidence,
    ) {
        let key = (weakness.id.as_str(), element.clone(), to.clone(), container.clone());
        if !self.found.insert(key) {
            return;
        }
        let other = to.as_ref().map_or("", ElementId::as_str);
        let words = [
            &*weakness.id,
            element.as_str(),
            other,
            container.as_deref().unwrap_or(""),
        ];
        self.findings.push(Finding {
            id: stable_id("FD", words),
            rule: weakness.id.clone(),
            title: weakness.title.clone(),
            element: element.clone(),
            severity: weakness.severity(),
            container,
            position: FindingPosition {
                file: evidence.file.to_string(),
                line: evidence.line,
                column: evidence.column,
            },
            path: evidence.path.clone(),
            to,
            waiver: None,
            since: None,
        });
    }
}

/// Evaluates weaknesses over the things of a view in one document.
fn judge(weaknesses: &[&Weakness], subjects: Vec<Subject<'_>>, verdicts: &mut Verdicts) -> Judged {
    let mut judged = Judged::default();
    for subject in subjects {
        for (index, weakness) in weaknesses.iter().enumerate() {
            match verdicts.of(&weakness.when, &subject.bindings) {
                Verdict::Match => {
                    let path = subject.path.join(&place(weakness, &subject.bindings));
                    judged.matched.push(Matched {
                        weakness: index,
                        container: subject.container().map(str::to_owned),
                        evidence: Evidence::at(subject.file, subject.document, &path, ""),
                    });
                }
                Verdict::NoMatch => {}
                Verdict::NotEvaluated(reason) => judged.not_evaluated.push((index, reason.clone())),
            }
        }
    }
    judged
}
