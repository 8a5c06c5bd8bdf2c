//! Every format over the sample, over one with waivers and a baseline, and over hostile names.

use palisade_engine::Assessment;
use palisade_engine::assessment::{AppliedWaiver, Since};
use palisade_inventory::{Position, TextEdit};
use palisade_knowledge::Catalogue;

use super::{TextFixes, github, gitlab, junit, sarif};
use crate::sample;

fn catalogue() -> Catalogue {
    Catalogue::builtin().unwrap()
}

fn waiver(has_ended: bool) -> AppliedWaiver {
    AppliedWaiver {
        reason: "The driver needs the device.".to_owned(),
        owner: Some("platform".to_owned()),
        until: None,
        has_ended,
        tool: None,
        evidence: sample::evidence(7, "waived"),
    }
}

/// The sample, with one finding waived, one whose waiver has ended, and one that the baseline has.
fn decided() -> Assessment {
    let mut assessment = sample::assessment();
    let findings = &mut assessment.systems[0].findings;
    findings[0].waiver = Some(waiver(false));
    findings[1].waiver = Some(waiver(true));
    findings[2].since = Some(Since::Baseline);
    assessment.systems[0].paths[0].since = Some(Since::New);
    assessment
}

/// An edit that replaces, and one that inserts, for the first finding.
fn fixes(assessment: &Assessment) -> TextFixes {
    let system = &assessment.systems[0];
    let edit = |from, to, text: &str| TextEdit {
        from: Position::new(6, from),
        to: Position::new(6, to),
        text: text.to_owned(),
    };
    let key = (system.system.root.to_string(), system.findings[0].id.clone());
    TextFixes::from([(key, vec![edit(2, 2, "key: value\n  "), edit(8, 12, "false")])])
}

#[test]
fn sarif_reads_well() {
    insta::assert_snapshot!(sarif(&decided(), &catalogue(), &fixes(&decided())).unwrap());
}

#[test]
fn junit_reads_well() {
    insta::assert_snapshot!(junit(&decided(), &catalogue()));
}

#[test]
fn annotations_read_well() {
    insta::assert_snapshot!(github(&decided(), &catalogue()));
}

#[test]
fn code_quality_reads_well() {
    insta::assert_snapshot!(gitlab(&decided(), &catalogue()).unwrap());
}

/// The schema of OASIS, where the corpus is present.
#[test]
fn sarif_is_as_its_schema_says() {
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/schemas/sarif-2.1.0.schema.json");
    let Ok(schema) = std::fs::read_to_string(file) else {
        eprintln!("skipped: corpus not present");
        return;
    };
    let schema = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for assessment in [sample::assessment(), sample::two_systems(), decided(), hostile()] {
        let log = sarif(&assessment, &catalogue(), &fixes(&assessment)).unwrap();
        let log = serde_json::from_str(&log).unwrap();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

/// The sample with names that would break out of each format.
fn hostile() -> Assessment {
    const NAME: &str = "a\n::error::x\"<&>%0A,b:c\u{1b}]]>";
    let mut assessment = sample::assessment();
    let system = &mut assessment.systems[0];
    system.findings[0].position.file = format!("{NAME}.yaml");
    system.findings[0].element = NAME.into();
    system.findings[0].title = NAME.to_owned();
    system.paths[0].asset = NAME.into();
    assessment
}

#[test]
fn hostile_names_stay_inside() {
    let (assessment, catalogue) = (hostile(), catalogue());
    let lines = github(&assessment, &catalogue);
    assert_eq!(
        lines.lines().filter(|line| !line.starts_with("::")).count(),
        0,
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 4 + 2, "no line is torn: {lines}");
    assert!(!lines.contains('\u{1b}'));
    assert!(
        lines.contains("file=a%0A%3A%3Aerror%3A%3Ax\"<&>%250A%2Cb%3Ac]]>.yaml"),
        "{lines}"
    );
    let xml = junit(&assessment, &catalogue);
    assert!(!xml.contains("<&>") && !xml.contains('\u{1b}'), "{xml}");
    assert!(
        xml.contains("a ::error::x&quot;&lt;&amp;&gt;%0A,b:c\u{fffd}]]&gt;"),
        "{xml}"
    );
    let log: serde_json::Value =
        serde_json::from_str(&sarif(&assessment, &catalogue, &TextFixes::new()).unwrap()).unwrap();
    let uri = log
        .pointer("/runs/0/results/1/locations/0/physicalLocation/artifactLocation/uri")
        .unwrap();
    assert_eq!(uri, "a%0A%3A%3Aerror%3A%3Ax%22%3C%26%3E%250A%2Cb%3Ac%1B%5D%5D%3E.yaml");
}
