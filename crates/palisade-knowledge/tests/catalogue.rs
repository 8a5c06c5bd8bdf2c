//! What the catalogue that comes with Palisade must be, as a whole: complete, connected, and in form.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::{
    Ascription, Catalogue, Control, ControlKind, Family, Layer, Matrix, Maturity, Stage, Technique,
};

#[expect(clippy::expect_used, reason = "a catalogue that does not load fails every test")]
fn catalogue() -> Catalogue {
    Catalogue::builtin()
        .and_then(|catalogue| catalogue.with_files([]))
        .expect("every entry loads and every reference leads somewhere")
}

/// Fails with all that is wrong at once.
fn none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn is_numbered(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|number| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn of_matrix(catalogue: &Catalogue, matrix: Matrix) -> impl Iterator<Item = &Technique> {
    catalogue
        .techniques
        .values()
        .filter(move |technique| technique.matrix == matrix)
}

#[test]
fn ids_are_in_form() {
    let catalogue = catalogue();
    let numbered = [
        ("PAL-C", catalogue.controls.keys().collect::<Vec<_>>()),
        ("PAL-A", catalogue.actors.keys().collect()),
        ("PAL-I", catalogue.incidents.keys().collect()),
    ];
    for (prefix, ids) in numbered {
        none(ids.into_iter().filter(|id| !is_numbered(id, prefix)).cloned());
    }
    for technique in catalogue.techniques.values() {
        let prefix = match technique.matrix {
            Matrix::AttackContainers | Matrix::AttackEnterprise => "T1",
            Matrix::K8sThreatMatrix => "MS-TA9",
            Matrix::Atlas => "AML.T0",
        };
        assert!(technique.id.starts_with(prefix), "{}", technique.id);
    }
}

#[test]
fn the_matrices_are_whole() {
    let catalogue = catalogue();
    assert_eq!(of_matrix(&catalogue, Matrix::AttackContainers).count(), 48);
    assert_eq!(of_matrix(&catalogue, Matrix::K8sThreatMatrix).count(), 40);
    assert!(of_matrix(&catalogue, Matrix::Atlas).count() >= 40);
    assert!(of_matrix(&catalogue, Matrix::AttackEnterprise).count() >= 90);
}

#[test]
fn tactics_are_known() {
    const TACTICS: [&str; 16] = [
        "reconnaissance",
        "resource-development",
        "ai-model-access",
        "initial-access",
        "execution",
        "persistence",
        "privilege-escalation",
        "defense-evasion",
        "credential-access",
        "discovery",
        "lateral-movement",
        "collection",
        "ai-attack-staging",
        "command-and-control",
        "exfiltration",
        "impact",
    ];
    for technique in catalogue().techniques.values() {
        assert!(!technique.tactics.is_empty(), "{}", technique.id);
        for tactic in &technique.tactics {
            assert!(TACTICS.contains(&&**tactic), "{}: {tactic}", technique.id);
        }
    }
}

#[test]
fn every_technique_is_prevented_and_detected_or_says_why_not() {
    let catalogue = catalogue();
    let mut faults = Vec::new();
    let all = catalogue
        .techniques
        .values()
        .filter(|technique| technique.matrix != Matrix::AttackEnterprise);
    for technique in all {
        let covering = catalogue.covering(&technique.id);
        let has = |kind| covering.iter().any(|control| control.kind == kind);
        if has(ControlKind::Preventive) == technique.not_prevented.is_some() {
            faults.push(format!("{} {}: prevention", technique.id, technique.name));
        }
        if has(ControlKind::Detective) == technique.not_detected.is_some() {
            faults.push(format!("{} {}: detection", technique.id, technique.name));
        }
    }
    none(faults);
}

/// What adversaries do in containers is what this catalogue is about: nothing of it may be passed over in silence.
#[test]
fn the_containers_matrix_is_covered() {
    let catalogue = catalogue();
    let gaps = of_matrix(&catalogue, Matrix::AttackContainers).filter_map(|technique| {
        let coverage = catalogue.coverage_of(technique);
        let is_found = !coverage.weaknesses.is_empty() || !coverage.steps.is_empty();
        let fault = match (coverage.is_complete(technique), is_found, &technique.not_found) {
            (false, ..) => "is not covered and does not say why",
            (true, true, Some(_)) => "says why no weakness or step is about it, and one is",
            _ => return None,
        };
        Some(format!("{} {} {fault}: {coverage:?}", technique.id, technique.name))
    });
    none(gaps);
}

#[test]
fn every_step_is_prevented_and_detected() {
    let catalogue = catalogue();
    let mut kinds: BTreeMap<&str, BTreeSet<ControlKind>> = BTreeMap::new();
    for control in catalogue.controls.values() {
        for step in &control.steps {
            kinds.entry(step).or_default().insert(control.kind);
        }
    }
    let lacks = |step: &&String| {
        kinds
            .get(&***step)
            .is_none_or(|kinds| !kinds.contains(&ControlKind::Preventive) || !kinds.contains(&ControlKind::Detective))
    };
    none(catalogue.steps.keys().filter(lacks).cloned());
}

#[test]
fn every_technique_is_used() {
    let catalogue = catalogue();
    let weaknesses = catalogue.weaknesses.values().flat_map(|entry| &entry.techniques);
    let steps = catalogue.steps.values().flat_map(|entry| &entry.techniques);
    let controls = catalogue.controls.values().flat_map(|entry| &entry.techniques);
    let actors = catalogue.actors.values().flat_map(|entry| &entry.techniques);
    let incidents = catalogue.incidents.values().flat_map(|entry| &entry.techniques);
    let related = catalogue.techniques.values();
    let used: BTreeSet<&String> = weaknesses
        .chain(steps)
        .chain(controls)
        .chain(actors.flat_map(|ascribed| &ascribed.techniques))
        .chain(incidents)
        .chain(related.flat_map(|technique| technique.links.iter().chain(&technique.parent)))
        .collect();
    let unused = |technique: &&Technique| technique.matrix != Matrix::K8sThreatMatrix && !used.contains(&technique.id);
    none(
        catalogue
            .techniques
            .values()
            .filter(unused)
            .map(|technique| technique.id.clone()),
    );
}

#[test]
fn controls_cover_families_stages_and_layers() {
    let catalogue = catalogue();
    let controls: Vec<&Control> = catalogue.controls.values().collect();
    assert!(controls.len() >= 90, "{}", controls.len());
    for family in Family::ALL {
        let members = controls.iter().filter(|control| control.family == Some(family)).count();
        assert!(members >= 3, "{family:?}: {members}");
    }
    for stage in [Stage::Develop, Stage::Distribute, Stage::Deploy, Stage::Runtime] {
        for layer in [Layer::Compute, Layer::Storage, Layer::Access] {
            let any = controls
                .iter()
                .any(|control| control.stage == stage && control.layer == layer);
            assert!(any, "{stage:?} {layer:?}");
        }
    }
    for kind in [ControlKind::Preventive, ControlKind::Detective, ControlKind::Corrective] {
        assert!(
            controls.iter().filter(|control| control.kind == kind).count() >= 10,
            "{kind:?}"
        );
    }
}

#[test]
fn every_control_is_in_form() {
    for control in catalogue().controls.values() {
        let id = &control.id;
        assert!(!control.techniques.is_empty(), "{id}");
        assert!(control.references.contains_key("nist-800-53-r5"), "{id}: 800-53");
        assert!(
            control.title.chars().count() <= 110 && !control.title.ends_with('.'),
            "{id}"
        );
        assert!(control.does.ends_with('.') && control.does.len() >= 60, "{id}");
        let distinct: BTreeSet<_> = control.techniques.iter().collect();
        assert_eq!(distinct.len(), control.techniques.len(), "{id}: a technique twice");
    }
}

#[test]
fn every_framework_is_referred_to() {
    let catalogue = catalogue();
    for framework in catalogue.frameworks.keys() {
        let referring = catalogue
            .controls
            .values()
            .filter(|control| control.references.contains_key(framework))
            .count();
        assert!(referring >= 5, "{framework}: {referring}");
    }
}

#[test]
fn projects_are_used_or_modelled() {
    let catalogue = catalogue();
    let used: BTreeSet<&String> = catalogue
        .controls
        .values()
        .flat_map(|control| control.projects.iter().chain(&control.evidence.running))
        .collect();
    let idle = catalogue
        .projects
        .values()
        .filter(|project| project.elements.is_empty() && !used.contains(&project.id));
    none(idle.map(|project| project.id.clone()));
}

#[test]
fn what_clusters_run_comes_with_a_threat_model() {
    let catalogue = catalogue();
    for id in [
        "argo-cd",
        "bpfman",
        "cert-manager",
        "cilium",
        "coredns",
        "crossplane",
        "envoy-gateway",
        "etcd",
        "external-secrets",
        "falco",
        "flux",
        "gatekeeper",
        "harbor",
        "ingress-nginx",
        "istio",
        "kserve",
        "kubeflow",
        "kyverno",
        "linkerd",
        "longhorn",
        "prometheus",
        "rook",
        "spire",
        "tekton",
    ] {
        let project = catalogue.projects.get(id).unwrap_or_else(|| panic!("{id}"));
        assert!(!project.recognised_by.images.is_empty(), "{id}: images");
        assert!(
            project.elements.len() >= 4 && project.flows.len() >= 3,
            "{id}: elements, flows"
        );
        assert!(!project.privileges.is_empty(), "{id}: privileges");
        assert!(project.threats.len() >= 4, "{id}: threats");
        assert!(
            project.threats.iter().all(|threat| !threat.controls.is_empty()),
            "{id}: controls"
        );
        assert!(project.hardening.len() >= 3, "{id}: hardening");
        assert!(!project.sources.is_empty(), "{id}: sources");
    }
}

#[test]
fn what_shows_a_control_can_be_recognised() {
    let catalogue = catalogue();
    for control in catalogue.controls.values() {
        for id in &control.evidence.running {
            let recognition = catalogue.projects.get(id).map(|project| &project.recognised_by);
            let can_be =
                recognition.is_some_and(|by| !by.images.is_empty() || !by.groups.is_empty() || !by.labels.is_empty());
            assert!(can_be, "{}: {id}", control.id);
        }
    }
}

#[test]
fn actors_and_incidents_have_sources() {
    let catalogue = catalogue();
    for actor in catalogue.actors.values() {
        assert!(!actor.techniques.is_empty(), "{}", actor.id);
        assert!(!actor.starts_with.is_empty() && !actor.goals.is_empty(), "{}", actor.id);
        for ascribed in &actor.techniques {
            let official = ascribed.source.url.starts_with("https://attack.mitre.org/");
            assert_eq!(official, ascribed.by == Ascription::Attack, "{}", actor.id);
        }
    }
    assert!(catalogue.incidents.len() >= 100, "{}", catalogue.incidents.len());
    for incident in catalogue.incidents.values() {
        assert!((2003..=2026).contains(&incident.year), "{}", incident.id);
        assert!(incident.source.url.starts_with("http"), "{}", incident.id);
    }
}

#[test]
fn most_projects_are_of_the_foundation() {
    let catalogue = catalogue();
    let elsewhere = catalogue
        .projects
        .values()
        .filter(|project| project.maturity == Maturity::NotCncf)
        .count();
    assert!(elsewhere * 2 < catalogue.projects.len(), "{elsewhere}");
}
