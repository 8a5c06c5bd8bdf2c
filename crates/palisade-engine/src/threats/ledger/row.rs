//! One row: what can go wrong in a sentence, and what findings make of it.

use std::collections::BTreeSet;

use palisade_knowledge::{Layer, Severity, Stage, Stride};

use super::Ledger;
use super::causes::Cause;
use super::standing::Standing;
use crate::assessment::{Threat, ThreatState};
use crate::stable_id::stable_id;
use crate::system::{Element, ElementId, ElementKind, Evidence, Flow};

/// What a row is about.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// An element.
    Element(&'a Element),
    /// All flows from one element to another. Never empty.
    Flows(&'a [&'a Flow]),
}

impl Ledger<'_> {
    /// What is known about a category of threat to an element.
    pub(super) fn element(&mut self, element: &Element, category: Stride) -> Standing {
        match element.kind {
            ElementKind::ExternalEntity => self.external(element, category),
            ElementKind::DataStore => self.store(element, category),
            _ => self.process(element, category),
        }
    }

    /// The row, exposed where findings say so.
    pub(super) fn row(&self, target: Target<'_>, category: Stride, standing: Standing) -> Threat {
        let (element, to) = target.ends();
        let mut causes = self.causes.of(element, to, category);
        if let Target::Element(element) = target
            && causes.iter().any(is_about_origin)
            && self.signatures.verified(element).is_some()
        {
            causes.retain(|cause| !is_about_origin(cause));
        }
        let worst = causes.iter().max_by_key(|cause| cause.finding.severity);
        let (state, severity) = match worst {
            Some(worst) => (ThreatState::Exposed, worst.finding.severity),
            None => (standing.state, self.severity(target, category, standing.state)),
        };
        let because = match worst {
            Some(worst) => because_of(worst, causes.len()),
            None => standing.because,
        };
        let evidence = if causes.is_empty() {
            standing.evidence
        } else {
            places(&causes)
        };
        let rules: BTreeSet<&String> = causes.iter().map(|cause| &cause.finding.rule).collect();
        let techniques: BTreeSet<String> = match worst {
            Some(_) => causes
                .iter()
                .flat_map(|cause| cause.weakness.techniques.iter().cloned())
                .collect(),
            None => self.usual_techniques(target, category).map(str::to_owned).collect(),
        };
        let (best_met, layer) = match worst {
            Some(worst) => (worst.weakness.stage, worst.weakness.layer),
            None => usual_place(target, category),
        };
        Threat {
            decision: None,
            id: stable_id(
                "TM",
                [word(category), element.as_str(), to.map_or("", ElementId::as_str)],
            ),
            category,
            element: element.clone(),
            to: to.cloned(),
            state,
            severity,
            statement: format!("{}: {because}.", self.harm(target, category)),
            evidence,
            rules: rules.into_iter().cloned().collect(),
            techniques: techniques.into_iter().collect(),
            stage: best_met,
            layer,
            source: None,
        }
    }

    /// What would happen, as the beginning of a sentence.
    fn harm(&self, target: Target<'_>, category: Stride) -> String {
        let (element, to) = target.ends();
        let name = name(element);
        if let (Target::Flows(flows), Some(to)) = (target, to) {
            let to = self::name(to);
            let what = match spoken(flows) {
                Some(spoken) => format!("{spoken} from {name} to {to}"),
                None => format!("what {name} gets from {to}"),
            };
            return match category {
                Stride::Tampering => format!("Somebody changes {what}"),
                Stride::DenialOfService => format!("Somebody keeps {name} from reaching {to}"),
                Stride::Spoofing => format!("Somebody passes for {name} or {to} in {what}"),
                Stride::Repudiation => format!("{name} or {to} denies {what}"),
                Stride::ElevationOfPrivilege => format!("Whoever runs code in {name} gains the node by its files"),
                Stride::InformationDisclosure => format!("Somebody reads {what}"),
            };
        }
        let is_store = self
            .system
            .element(element.as_str())
            .is_some_and(|it| it.kind == ElementKind::DataStore);
        match (category, is_store) {
            (Stride::Spoofing, _) => format!("Somebody passes for {name} or for one of its callers"),
            (Stride::Tampering, true) => format!("Somebody changes what {name} holds"),
            (Stride::Tampering, false) => format!("Somebody changes what {name} runs"),
            (Stride::Repudiation, _) => format!("{name} denies what it did, or what was done to it"),
            (Stride::InformationDisclosure, true) => format!("Somebody reads what {name} holds"),
            (Stride::InformationDisclosure, false) => format!("Somebody gets out of {name} what it knows"),
            (Stride::DenialOfService, _) => format!("Somebody keeps {name} from its work"),
            (Stride::ElevationOfPrivilege, _) => format!("Whoever runs code in {name} gains more than it has"),
        }
    }

    /// How much a row matters that no finding exposes: what holds data or meets the outside matters more.
    fn severity(&self, target: Target<'_>, category: Stride, state: ThreatState) -> Severity {
        if state == ThreatState::Mitigated {
            return Severity::Low;
        }
        let matters = match target {
            Target::Flows(flows) => flows.iter().any(|flow| {
                let is_outside = |id: &str| id == "outside" || id == "cluster";
                let crosses = flow.crosses.iter().any(|boundary| is_outside(boundary));
                crosses && category != Stride::DenialOfService
            }),
            Target::Element(element) => match category {
                Stride::Tampering | Stride::InformationDisclosure => {
                    element.store.is_some() || element.id.as_str().starts_with("Secret/")
                }
                Stride::Spoofing | Stride::ElevationOfPrivilege => self
                    .flows
                    .contains_key(&(&ElementId::new(ElementId::INTERNET), &element.id)),
                _ => false,
            },
        };
        if matters { Severity::Medium } else { Severity::Low }
    }

    /// The technique that comes first to mind, if the catalogue knows it.
    fn usual_techniques(&self, target: Target<'_>, category: Stride) -> impl Iterator<Item = &'static str> {
        let technique = match (target, category) {
            (Target::Flows(_), Stride::Spoofing | Stride::Tampering | Stride::InformationDisclosure) => "T1557",
            (Target::Flows(_), Stride::Repudiation) => "T1070",
            (Target::Flows(_), Stride::ElevationOfPrivilege) => "T1611",
            (Target::Flows(_), _) => "T1498",
            (_, Stride::Spoofing) => "T1078",
            (_, Stride::Tampering) => "T1565",
            (_, Stride::Repudiation) => "T1070",
            (_, Stride::InformationDisclosure) => "T1552",
            (_, Stride::DenialOfService) => "T1499",
            (_, Stride::ElevationOfPrivilege) => "T1611",
        };
        [technique]
            .into_iter()
            .filter(|id| self.catalogue.techniques.contains_key(*id))
    }
}

impl<'a> Target<'a> {
    fn ends(self) -> (&'a ElementId, Option<&'a ElementId>) {
        static NOWHERE: std::sync::LazyLock<ElementId> = std::sync::LazyLock::new(|| ElementId::new(""));
        match self {
            Self::Element(element) => (&element.id, None),
            Self::Flows(flows) => flows
                .first()
                .map_or((&NOWHERE, None), |flow| (&flow.from, Some(&flow.to))),
        }
    }
}

/// Whether it is only about which program stands behind the name of an image: a signature that is verified tells.
fn is_about_origin(cause: &Cause<'_>) -> bool {
    cause.weakness.at == "image" && cause.weakness.stride == [Stride::Tampering]
}

/// `title of the worst`, and how many more.
fn because_of(worst: &Cause<'_>, count: usize) -> String {
    let title = &worst.weakness.title;
    let mut chars = title.chars();
    let title = chars
        .next()
        .map(char::to_lowercase)
        .into_iter()
        .flatten()
        .chain(chars)
        .collect::<String>();
    match count {
        1 => title,
        2 => format!("{title}, and one more weakness"),
        more => format!("{title}, and {} more weaknesses", more - 1),
    }
}

/// Where the findings are, the worst first.
fn places(causes: &[Cause<'_>]) -> Vec<Evidence> {
    const SHOWN: usize = 5;
    let place = |cause: &Cause<'_>| Evidence {
        file: cause.finding.position.file.as_str().into(),
        line: cause.finding.position.line,
        column: cause.finding.position.column,
        path: cause.finding.path.clone(),
        note: cause.finding.title.clone(),
    };
    causes.iter().take(SHOWN).map(place).collect()
}

/// The stage at which it is best met, and the part of the runtime it is about.
fn usual_place(target: Target<'_>, category: Stride) -> (Stage, Layer) {
    match (target, category) {
        (Target::Flows(_), _) => (Stage::Runtime, Layer::Compute),
        (_, Stride::Spoofing | Stride::Repudiation) => (Stage::Runtime, Layer::Access),
        (Target::Element(element), _) if element.kind == ElementKind::DataStore => (Stage::Runtime, Layer::Storage),
        (_, Stride::Tampering) => (Stage::Distribute, Layer::Compute),
        (_, Stride::InformationDisclosure) => (Stage::Deploy, Layer::Access),
        _ => (Stage::Deploy, Layer::Compute),
    }
}

/// `the grpc traffic on port 50051`; none for what the kubelet hands over.
fn spoken(flows: &[&Flow]) -> Option<String> {
    const SHOWN: usize = 4;
    if flows.iter().all(|flow| matches!(&*flow.protocol, "mount" | "env")) {
        return None;
    }
    let application = flows
        .iter()
        .find_map(|flow| flow.application.as_deref())
        .unwrap_or("network");
    let ports: BTreeSet<u16> = flows.iter().flat_map(|flow| flow.ports.iter().copied()).collect();
    let shown: Vec<String> = ports.iter().take(SHOWN).map(u16::to_string).collect();
    Some(match shown.as_slice() {
        [] => format!("the {application} traffic"),
        [port] => format!("the {application} traffic on port {port}"),
        ports => format!("the {application} traffic on ports {}", ports.join(", ")),
    })
}

/// `checkout (Deployment in shop)`, as people say it.
fn name(id: &ElementId) -> String {
    let parts: Vec<&str> = id.as_str().split('/').collect();
    match parts.as_slice() {
        ["External", "internet"] => "the internet".to_owned(),
        ["External" | "Platform", name] => (*name).to_owned(),
        [kind, namespace, name] => format!("{name} ({kind} in {namespace})"),
        [kind, name] => format!("{name} ({kind})"),
        _ => id.to_string(),
    }
}

/// The stable word of a category.
pub(crate) fn word(category: Stride) -> &'static str {
    match category {
        Stride::Spoofing => "spoofing",
        Stride::Tampering => "tampering",
        Stride::Repudiation => "repudiation",
        Stride::InformationDisclosure => "information-disclosure",
        Stride::DenialOfService => "denial-of-service",
        Stride::ElevationOfPrivilege => "elevation-of-privilege",
    }
}
