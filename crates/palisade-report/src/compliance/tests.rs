//! A framework by hand, as every format tells it.

use palisade_engine::assessment::{ControlState, FindingPosition};
use palisade_engine::compliance::{
    ComplianceCounts, ComplianceState, ControlTowards, DeclaredControl, FrameworkCompliance, RequirementCompliance,
    WeaknessAgainst,
};
use palisade_knowledge::{Baseline, Severity};

use super::{
    ComplianceDetail, SystemCompliance, compliance, compliance_csv, compliance_json, compliance_markdown, places,
};
use crate::sample;
use crate::text::TextOptions;

fn control(id: &str, state: ControlState, holds: usize) -> ControlTowards {
    ControlTowards {
        id: id.to_owned(),
        title: "Something stands against it".to_owned(),
        state,
        holds,
        of: 3,
        declared: None,
        evidence: (holds > 0).then(|| sample::evidence(12, "")),
        gap: (holds < 3 && state != ControlState::NotEvaluated).then(|| sample::evidence(21, "")),
        not_seen: (state == ControlState::NotEvaluated).then(|| "A setting of the cloud.".to_owned()),
    }
}

fn requirement(id: &str, state: ComplianceState, controls: Vec<ControlTowards>) -> RequirementCompliance {
    RequirementCompliance {
        id: id.to_owned(),
        title: format!("What {id} asks for"),
        heading: false,
        state,
        reason: "why it is so".to_owned(),
        controls,
        weaknesses: Vec::new(),
    }
}

pub(crate) fn found() -> Vec<SystemCompliance> {
    let mut gap = requirement(
        "AC-6",
        ComplianceState::Gap,
        vec![control("PAL-C001", ControlState::NotInPlace, 0)],
    );
    gap.weaknesses = vec![WeaknessAgainst {
        rule: "PAL-W001".to_owned(),
        title: "=cmd|' /C calc'!A0 <script>alert(1)</script>".to_owned(),
        severity: Severity::High,
        count: 2,
        first: FindingPosition {
            file: "shop/web.yaml".to_owned(),
            line: 55,
            column: 9,
        },
    }];
    let mut declared = control("PAL-C005", ControlState::NotEvaluated, 0);
    declared.declared = Some(DeclaredControl {
        known_from: "the auditor's letter".to_owned(),
        owner: Some("platform".to_owned()),
        in_part: false,
        evidence: sample::evidence(3, "declared"),
    });
    let mut heading = requirement("AC", ComplianceState::Partly, Vec::new());
    heading.heading = true;
    let requirements = vec![
        heading,
        requirement(
            "AC-3",
            ComplianceState::Met,
            vec![control("PAL-C002", ControlState::InPlace, 3)],
        ),
        requirement(
            "AC-4",
            ComplianceState::Partly,
            vec![control("PAL-C003", ControlState::Partly, 2)],
        ),
        requirement("AC-5", ComplianceState::Declared, vec![declared]),
        gap,
        requirement(
            "AU-2",
            ComplianceState::NotEvaluated,
            vec![control("PAL-C004", ControlState::NotEvaluated, 0)],
        ),
    ];
    vec![SystemCompliance {
        root: "shop".into(),
        frameworks: vec![FrameworkCompliance {
            framework: "nist-800-53-r5".to_owned(),
            title: "NIST SP 800-53".to_owned(),
            version: "5.1.1".to_owned(),
            baseline: Some(Baseline::Moderate),
            in_force: true,
            counts: ComplianceCounts {
                met: 1,
                declared: 1,
                partly: 1,
                gap: 1,
                not_evaluated: 1,
            },
            requirements,
        }],
    }]
}

fn text(verbose: bool) -> String {
    let options = TextOptions { width: 90, verbose };
    let text = compliance(&sample::assessment(), &found(), ComplianceDetail::InForce, options);
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn what_is_open_is_told_first() {
    insta::assert_snapshot!(text(false));
}

#[test]
fn everything_is_told_when_it_is_wanted() {
    let text = text(true);
    for id in ["AC-3", "AC-4", "AC-5", "AC-6", "AU-2"] {
        assert!(
            text.contains(&format!("{id}  What {id} asks for")),
            "{id} is missing in {text}"
        );
    }
    assert!(
        text.contains("declared: the auditor's letter (shop/web.yaml:3:5)"),
        "{text}"
    );
}

#[test]
fn markdown_reads_well() {
    insta::assert_snapshot!(compliance_markdown(&sample::assessment(), &found()));
}

#[test]
fn rows_read_well() {
    insta::assert_snapshot!(compliance_csv(&found()));
}

#[test]
fn json_holds_every_requirement() {
    let json: serde_json::Value =
        serde_json::from_str(&compliance_json(&sample::assessment(), &found()).unwrap()).unwrap();
    let states = json.pointer("/systems/0/frameworks/0/requirements").unwrap();
    let states: Vec<&str> = states
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.get("state")?.as_str())
        .collect();
    assert_eq!(states, ["partly", "met", "partly", "declared", "gap", "not-evaluated"]);
    assert!(json.pointer("/coverage/skipped/0/reason").is_some());
}

#[test]
fn what_is_open_names_a_place() {
    for requirement in &found()[0].frameworks[0].requirements {
        let is_open = matches!(requirement.state, ComplianceState::Gap | ComplianceState::Met);
        assert!(!is_open || !places(requirement).is_empty(), "{}", requirement.id);
    }
}

#[test]
fn a_heading_that_is_too_long_keeps_its_baseline() {
    let mut found = found();
    for framework in found.iter_mut().flat_map(|system| &mut system.frameworks) {
        framework.title = format!(
            "NIST SP 800-53 Revision 5, {}",
            "security and privacy controls ".repeat(4)
        );
        framework.baseline = Some(Baseline::Moderate);
    }
    let options = TextOptions {
        width: 90,
        verbose: false,
    };
    let text = compliance(&sample::assessment(), &found, ComplianceDetail::InForce, options);
    let text = anstream::adapter::strip_str(&text).to_string();
    assert!(
        text.lines()
            .any(|line| line.contains("NIST SP 800-53 Revision 5, moderate baseline ──")),
        "{text}"
    );
}
