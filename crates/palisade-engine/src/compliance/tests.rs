//! Compliance of small systems, told in lines.

use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Declared, FrameworkInForce, Intent, UnseenControl};

use super::{ComplianceState, FrameworkCompliance, RequirementCompliance, compliance};
use crate::assessment::{ControlState, SystemAssessment};
use crate::testing::catalogue;
use crate::{Model, Settings};

const PRIVILEGED: &str = "
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop}
spec:
  containers: [{name: agent, image: 'example.com/agent:1', securityContext: {privileged: true}}]
";

const PLAIN: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers: [{name: web, image: 'example.com/web:1', securityContext: {privileged: false}}]
";

fn assessed(yaml: &str) -> SystemAssessment {
    let reading = palisade_sources::read_bytes("test.yaml", yaml.as_bytes());
    let mut model = Model::new(Arc::clone(catalogue()), Settings::default());
    model.apply(reading.resources.into_iter().map(|it| Change::Upsert(Box::new(it))));
    model.assess(Coverage::default()).systems.remove(0)
}

fn judged(yaml: &str, declared: Declared) -> Vec<FrameworkCompliance> {
    let intent = Intent {
        declared,
        ..Intent::default()
    };
    compliance(&assessed(yaml), catalogue(), &intent)
}

fn requirement<'a>(found: &'a [FrameworkCompliance], framework: &str, id: &str) -> &'a RequirementCompliance {
    let framework = found.iter().find(|it| it.framework == framework).expect("it is there");
    framework
        .requirements
        .iter()
        .find(|it| it.id == id)
        .expect("it is there")
}

#[test]
fn a_finding_is_a_gap_with_a_place() {
    let found = judged(PRIVILEGED, Declared::default());
    let privileged = requirement(&found, "cis-kubernetes", "5.2.2");
    assert_eq!(privileged.state, ComplianceState::Gap, "{privileged:?}");
    assert!(
        privileged
            .weaknesses
            .iter()
            .any(|it| it.rule == "PAL-W001" && it.first.line == 6)
    );
    let control = privileged.controls.iter().find(|it| it.id == "PAL-C001").unwrap();
    assert_eq!(
        (control.state, control.holds, control.of),
        (ControlState::NotInPlace, 0, 1)
    );
    assert!(control.gap.is_some());
}

#[test]
fn what_is_seen_in_place_is_met() {
    let found = judged(PLAIN, Declared::default());
    let privileged = requirement(&found, "cis-kubernetes", "5.2.2");
    assert_eq!(privileged.state, ComplianceState::Met, "{privileged:?}");
    assert!(privileged.controls.iter().all(|control| control.evidence.is_some()));
}

#[test]
fn nothing_is_met_without_evidence() {
    for yaml in [PRIVILEGED, PLAIN] {
        let found = judged(yaml, Declared::default());
        for requirement in found.iter().flat_map(|framework| &framework.requirements) {
            assert!(!requirement.reason.is_empty());
            if requirement.heading {
                continue;
            }
            let is_shown = requirement
                .controls
                .iter()
                .all(|it| it.evidence.is_some() && it.holds == it.of);
            match requirement.state {
                ComplianceState::Met => assert!(is_shown && !requirement.controls.is_empty(), "{requirement:?}"),
                ComplianceState::Declared => panic!("nothing is declared: {requirement:?}"),
                ComplianceState::NotEvaluated => assert!(requirement.controls.iter().all(|it| it.not_seen.is_some())),
                ComplianceState::Partly | ComplianceState::Gap => {}
            }
        }
    }
}

#[test]
fn every_requirement_in_force_is_there_once() {
    let found = judged(PLAIN, Declared::default());
    for framework in catalogue().frameworks.values() {
        let views: Vec<_> = found.iter().filter(|it| it.framework == framework.id).collect();
        assert!(!views.is_empty(), "{}", framework.id);
        for view in views {
            let asked = framework.requirements.iter().filter(|it| !it.withdrawn);
            let asked = asked.filter(|it| view.baseline.is_none_or(|baseline| it.baselines.contains(&baseline)));
            let ids: Vec<&String> = asked.map(|it| &it.id).collect();
            assert_eq!(view.requirements.iter().map(|it| &it.id).collect::<Vec<_>>(), ids);
            let headings = view.requirements.iter().filter(|it| it.heading).count();
            assert_eq!(view.counts.total() + headings, ids.len());
        }
    }
}

#[test]
fn declared_is_not_seen() {
    let mut declared = Declared::default();
    declared.controls.push(UnseenControl {
        control: "PAL-C001".to_owned(),
        elements: Vec::new(),
        evidence: "the platform's contract".to_owned(),
        owner: None,
    });
    let found = judged(PRIVILEGED, declared);
    let privileged = requirement(&found, "cis-kubernetes", "5.2.2");
    // The word stands against a finding: it is not taken for it.
    assert_eq!(privileged.state, ComplianceState::Partly, "{privileged:?}");
}

#[test]
fn frameworks_in_force_come_first_at_their_baseline() {
    let mut declared = Declared::default();
    declared.frameworks.push(FrameworkInForce {
        framework: "nist-800-53-r5".to_owned(),
        baseline: Some("low".to_owned()),
    });
    let found = judged(PLAIN, declared);
    assert!(found[0].in_force && found[0].framework == "nist-800-53-r5");
    assert_eq!(found.iter().filter(|it| it.framework == "nist-800-53-r5").count(), 1);
    assert_eq!(found[0].baseline, Some(palisade_knowledge::Baseline::Low));
}
