//! What is known to go wrong with a project, as rows beside the ledger.

use palisade_knowledge::{KnownThreat, Layer, Project, Severity, Stage, Stride};

use super::parts::Parts;
use crate::assessment::{HardeningAssessment, HardeningState, Threat, ThreatSource, ThreatState};
use crate::stable_id::stable_id;
use crate::system::Element;

/// The known threats of a project that runs here, each on the element that it happens to; else on its main process.
pub(super) fn threats(project: &Project, parts: &Parts<'_>, checks: &[HardeningAssessment]) -> Vec<Threat> {
    let known = project.threats.iter();
    known
        .filter_map(|threat| Some(row(project, threat, parts.element(&threat.element)?, checks)))
        .collect()
}

fn row(project: &Project, threat: &KnownThreat, element: &Element, checks: &[HardeningAssessment]) -> Threat {
    let settling: Vec<&HardeningAssessment> = project
        .hardening
        .iter()
        .zip(checks)
        .filter(|(check, _)| check.id.as_ref().is_some_and(|id| threat.settled_by.contains(id)))
        .map(|(_, assessed)| assessed)
        .collect();
    let of_state = |state| settling.iter().find(|check| check.state == state).copied();
    let (state, because, evidence) = if let Some(check) = of_state(HardeningState::Fails) {
        let because = format!("it is not so that {}", lower(&check.title));
        (ThreatState::Exposed, because, check.evidence.iter().cloned().collect())
    } else if let Some(check) = of_state(HardeningState::Unknown) {
        let because = format!("nothing here tells; look at {}", check.look_at);
        (ThreatState::Unknown, because, place(element))
    } else if settling.is_empty() {
        (
            ThreatState::Unknown,
            "nothing that was read could tell".to_owned(),
            place(element),
        )
    } else {
        let evidence = settling.iter().filter_map(|check| check.evidence.clone()).collect();
        let titles: Vec<String> = settling.iter().map(|check| lower(&check.title)).collect();
        (ThreatState::Mitigated, titles.join(", and "), evidence)
    };
    let category = threat.stride.first().copied().unwrap_or(Stride::ElevationOfPrivilege);
    let severity = match state {
        ThreatState::Exposed if threat.stride.contains(&Stride::ElevationOfPrivilege) => Severity::High,
        ThreatState::Exposed => Severity::Medium,
        _ => Severity::Low,
    };
    Threat {
        decision: None,
        id: stable_id("TM", [&*project.id, &*threat.title, element.id.as_str()]),
        category,
        element: element.id.clone(),
        to: None,
        state,
        severity,
        statement: format!("{} ({}): {because}.", threat.title, project.name),
        evidence,
        rules: Vec::new(),
        techniques: threat.techniques.clone(),
        stage: Stage::Deploy,
        layer: layer(category),
        source: Some(ThreatSource {
            project: project.id.clone(),
            published_as: threat.published_as.clone(),
        }),
    }
}

fn layer(category: Stride) -> Layer {
    match category {
        Stride::Spoofing | Stride::Repudiation | Stride::ElevationOfPrivilege => Layer::Access,
        Stride::InformationDisclosure => Layer::Storage,
        Stride::Tampering | Stride::DenialOfService => Layer::Compute,
    }
}

fn place(element: &Element) -> Vec<crate::system::Evidence> {
    element.evidence.iter().take(1).cloned().collect()
}

/// A title as part of a sentence.
fn lower(title: &str) -> String {
    let mut chars = title.chars();
    let first = chars.next().map(char::to_lowercase).into_iter().flatten();
    first.chain(chars).collect()
}
