//! Every weakness of the catalogue over every thing it applies to.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use palisade_inventory::{FieldPath, Resource, ResourceId};
use palisade_knowledge::{Catalogue, Verdict, View, Weakness};

use crate::assessment::{Finding, FindingPosition, NotEvaluated};
use crate::rbac::Authorizer;
use crate::system::{Element, ElementId, Evidence, Flow, System};
use crate::views::{BuiltViews, Subject, Verdicts, of_resource, of_templates};

/// What the catalogue's conditions said.
#[derive(Debug, Default)]
pub(crate) struct Weaknesses {
    /// Those that matched, the worst first.
    pub(crate) findings: Vec<Finding>,
    /// Those that could not be evaluated.
    pub(crate) not_evaluated: Vec<NotEvaluated>,
}

/// Evaluates every weakness over every thing it applies to.
pub(crate) fn find<'a>(system: &'a System, catalogue: &'a Catalogue) -> Weaknesses {
    let mut finder = Finder {
        system,
        catalogue,
        verdicts: Verdicts::default(),
        found: HashSet::new(),
        findings: Vec::new(),
        not_evaluated: BTreeSet::new(),
    };
    let of_view = by_view(catalogue);
    finder.templates(&of_view);
    finder.resources(&of_view);
    finder.built_views(&of_view);
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

type OfView<'c> = HashMap<View, Vec<&'c Weakness>>;

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
    verdicts: Verdicts<'a>,
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
                for subject in of_templates(view, element) {
                    self.subject(weaknesses, &element.id, &subject);
                }
            }
        }
    }

    /// Single objects. A role that nothing binds gives nobody anything, so that it is not judged.
    fn resources(&mut self, of_view: &OfView<'a>) {
        let elements: HashMap<&ResourceId, &ElementId> = self
            .system
            .elements
            .iter()
            .filter_map(|element| Some((element.resource.as_ref()?, &element.id)))
            .collect();
        let authorizer = Authorizer::new(&self.system.resources);
        let judged = |view, resource: &Resource| view != View::Role || authorizer.is_bound(&resource.id);
        let views = View::ALL.into_iter().filter(|view| !is_of_template(*view));
        for (view, weaknesses) in views.filter_map(|view| Some((view, of_view.get(&view)?))) {
            for resource in self.system.resources.iter() {
                for subject in of_resource(view, resource) {
                    if judged(view, resource) {
                        let id = elements
                            .get(&resource.id)
                            .map_or_else(|| ElementId::new(resource.id.to_string()), |id| (*id).clone());
                        self.subject(weaknesses, &id, &subject);
                    }
                }
            }
        }
    }

    /// Views that the engine builds from several objects.
    fn built_views(&mut self, of_view: &OfView<'a>) {
        let views = BuiltViews::new(self.system, self.catalogue);
        if let Some(weaknesses) = of_view.get(&View::Element) {
            for element in &self.system.elements {
                if let Some(node) = views.element(element) {
                    self.built(weaknesses, Target::Element(element), ("element", &node));
                }
            }
        }
        if let Some(weaknesses) = of_view.get(&View::Flow) {
            for flow in &self.system.flows {
                self.built(weaknesses, Target::Flow(flow), ("flow", &views.flow(flow)));
            }
        }
    }

    fn subject(&mut self, weaknesses: &[&'a Weakness], element: &ElementId, subject: &Subject<'_>) {
        for weakness in weaknesses {
            if self.matches(weakness, element, &subject.bindings) {
                let path = subject.path.join(&FieldPath::parse(&weakness.at));
                let evidence = Evidence::at(subject.file, subject.document, &path, "");
                let container = subject.container().map(str::to_owned);
                self.report(weakness, element, None, container, &evidence);
            }
        }
    }

    fn built(&mut self, weaknesses: &[&'a Weakness], target: Target<'_>, binding: palisade_knowledge::Binding<'_>) {
        for weakness in weaknesses {
            let (element, to, evidence) = match target {
                Target::Element(element) => (&element.id, None, element.evidence.first()),
                Target::Flow(flow) => (&flow.from, Some(flow.to.clone()), flow.evidence.first()),
            };
            if self.matches(weakness, element, &[binding])
                && let Some(evidence) = evidence
            {
                self.report(weakness, element, to, None, evidence);
            }
        }
    }

    fn matches(
        &mut self,
        weakness: &'a Weakness,
        element: &ElementId,
        bindings: &[palisade_knowledge::Binding<'_>],
    ) -> bool {
        match self.verdicts.of(&weakness.id, &weakness.when, bindings) {
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
        self.findings.push(Finding {
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
        });
    }
}

/// What a condition over a built view was about.
#[derive(Clone, Copy)]
enum Target<'a> {
    Element(&'a Element),
    Flow(&'a Flow),
}

fn is_of_template(view: View) -> bool {
    matches!(view, View::Container | View::Pod | View::Workload)
}
