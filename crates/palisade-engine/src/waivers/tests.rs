//! Waivers in every form over one privileged pod.

use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Date, Intent};

use super::{annotation, peers};
use crate::assessment::{Assessment, Finding};
use crate::testing::catalogue;
use crate::{Model, Settings};

const PRIVILEGED: &str = "PAL-W001";

fn assess(annotations: &str, waivers: &str, as_of: &str) -> Assessment {
    let pod = format!(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n  namespace: ops\n  annotations: {{{annotations}}}\n\
         spec:\n  selector: {{matchLabels: {{app: agent}}}}\n  template:\n    metadata: {{labels: {{app: agent}}}}\n    \
         spec: {{containers: [{{name: agent, image: 'agent:1', securityContext: {{privileged: true}}}}]}}\n"
    );
    let reading = palisade_sources::read_bytes("agent.yaml", pod.as_bytes());
    let mut intent = Intent::default();
    if !waivers.is_empty() {
        intent = crate::intent::tests::intent(waivers);
    }
    let settings = Settings {
        intent: Arc::new(intent),
        as_of: Some(Date::parse(as_of).unwrap()),
        ..Settings::default()
    };
    let mut model = Model::new(Arc::clone(catalogue()), settings);
    model.apply(
        reading
            .resources
            .into_iter()
            .map(|resource| Change::Upsert(Box::new(resource))),
    );
    model.assess(Coverage::default())
}

fn privileged(assessment: &Assessment) -> &Finding {
    let mut findings = assessment.systems.iter().flat_map(|system| &system.findings);
    findings.find(|finding| finding.rule == PRIVILEGED).unwrap()
}

#[test]
fn an_annotation_waives_until_it_ends() {
    let ours = "palisade.dev/ignore.PAL-W001: 'until 2027-03-31 by platform: the driver needs the device'";
    let assessment = assess(ours, "", "2027-03-31");
    let finding = privileged(&assessment);
    let waiver = finding.waiver.as_ref().unwrap();
    assert!(!finding.counts());
    assert_eq!(
        (waiver.reason.as_str(), waiver.owner.as_deref()),
        ("the driver needs the device", Some("platform"))
    );
    assert_eq!((waiver.evidence.line, waiver.has_ended), (6, false));

    let assessment = assess(ours, "", "2027-04-01");
    let finding = privileged(&assessment);
    assert!(finding.counts() && finding.waiver.as_ref().unwrap().has_ended);
}

#[test]
fn an_annotation_that_can_not_be_read_waives_nothing_and_says_so() {
    for value in [
        "because",
        "until tomorrow: x",
        "until 2027-03-31",
        "until 2027-03-31:",
        "until 2027-03-31 x: y",
    ] {
        let assessment = assess(&format!("palisade.dev/ignore.PAL-W001: '{value}'"), "", "2027-01-01");
        assert!(privileged(&assessment).waiver.is_none(), "{value}");
        let codes: Vec<&str> = assessment.coverage.notices.iter().map(|notice| &*notice.code).collect();
        assert_eq!(codes, ["waiver-unreadable"], "{value}");
    }
}

#[test]
fn what_is_declared_waives_by_rule_and_element() {
    let waiver = |rule: &str, elements: &str| {
        format!("waivers: [{{rule: {rule}, elements: ['{elements}'], reason: r, owner: o, until: 2027-03-31}}]")
    };
    for (rule, elements, is_waived) in [
        ("PAL-W001", "DaemonSet/ops/agent", true),
        ("PAL-W0*", "*/ops/*", true),
        ("PAL-W002", "*/ops/*", false),
        ("PAL-W001", "*/shop/*", false),
    ] {
        let assessment = assess("", &waiver(rule, elements), "2027-01-01");
        assert_eq!(privileged(&assessment).waiver.is_some(), is_waived, "{rule} {elements}");
    }
}

#[test]
fn a_waived_step_waives_the_paths_over_it() {
    let waiver = "waivers: [{rule: 'PAL-S*', reason: r, owner: o, until: 2027-03-31}]";
    let assessment = assess("", waiver, "2027-01-01");
    let paths: Vec<_> = assessment.systems.iter().flat_map(|system| &system.paths).collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| !path.counts()));
    assert!(privileged(&assessment).waiver.is_none());
}

#[test]
fn a_waiver_that_is_about_nothing_is_told() {
    let waiver = "waivers: [{rule: PAL-W052, reason: r, owner: o, until: 2027-03-31}]";
    let assessment = assess("", waiver, "2027-01-01");
    let told: Vec<&str> = assessment
        .coverage
        .notices
        .iter()
        .map(|notice| &*notice.message)
        .collect();
    assert_eq!(
        told,
        ["nothing that was found is what this waives, or another waiver is about it already"]
    );
}

#[test]
fn other_checkers_words_are_understood() {
    for (annotation, tool) in [
        (
            "ignore-check.kube-linter.io/privileged-container: 'needs the device'",
            "kube-linter",
        ),
        ("kube-linter.io/ignore-all: 'needs the device'", "kube-linter"),
        ("checkov.io/skip1: 'CKV_K8S_16=needs the device'", "checkov"),
        (
            "kube-score/ignore: 'pod-probes, container-security-context-privileged'",
            "kube-score",
        ),
        ("polaris.fairwinds.com/runAsPrivileged-exempt: 'true'", "polaris"),
        ("polaris.fairwinds.com/exempt: 'true'", "polaris"),
    ] {
        let assessment = assess(annotation, "", "2027-01-01");
        let waiver = privileged(&assessment).waiver.as_ref();
        assert_eq!(
            waiver.and_then(|waiver| waiver.tool.as_deref()),
            Some(tool),
            "{annotation}"
        );
    }
    for annotation in [
        "ignore-check.kube-linter.io/host-pid: x",
        "checkov.io/skip1: CKV_K8S_17=x",
        "polaris.fairwinds.com/runAsPrivileged-exempt: 'false'",
    ] {
        assert!(
            privileged(&assess(annotation, "", "2027-01-01")).waiver.is_none(),
            "{annotation}"
        );
    }
}

#[test]
fn every_counterpart_is_a_weakness() {
    for (check, rules) in peers::ALL.into_iter().flatten() {
        assert!(
            rules.iter().all(|rule| catalogue().weaknesses.contains_key(*rule)),
            "{check}"
        );
    }
    assert_eq!(annotation::read("example.com/team", Some("shop")), None);
}
