//! Reports of the sample, in every format and for every audience.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_inventory::Date;
use palisade_knowledge::Catalogue;

use super::{Audience, Dossier, navigator_layers, report_html, report_markdown, risk_register};
use crate::compliance::tests::found;
use crate::sample;

const AUDIENCES: [Audience; 4] = [
    Audience::Everyone,
    Audience::Board,
    Audience::Engineer,
    Audience::Auditor,
];

fn with<T>(assessment: &Assessment, audience: Audience, tell: impl FnOnce(&Dossier<'_>) -> T) -> T {
    let catalogue = Catalogue::builtin().unwrap();
    tell(&Dossier {
        assessment,
        catalogue: &catalogue,
        compliance: &found(),
        questions: &[],
        trees: &[],
        as_of: Date::parse("2026-11-26").ok(),
        audience,
        source: Some("https://example.com/blob/main/{file}#L{line}"),
    })
}

fn html(assessment: &Assessment, audience: Audience) -> String {
    with(assessment, audience, |dossier| report_html(dossier).unwrap())
}

/// What stands between two marks, each time.
fn between<'t>(text: &'t str, from: &'t str, to: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split(to).next())
}

#[test]
fn every_link_within_the_page_leads_somewhere_and_no_place_is_named_twice() {
    for assessment in [sample::assessment(), sample::two_systems()] {
        for audience in AUDIENCES {
            let html = html(&assessment, audience);
            let ids: Vec<&str> = between(&html, " id=\"", "\"").collect();
            let known: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), known.len(), "{audience:?}: an id is there twice");
            let links = between(&html, "href=\"#", "\"").chain(between(&html, "aria-labelledby=\"", "\""));
            for id in links.flat_map(str::split_whitespace) {
                assert!(known.contains(id), "{audience:?}: nothing is called {id}");
            }
        }
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let html = html(&sample::assessment(), Audience::Everyone);
    for loads in ["<script", "<img", "<link", "<iframe", "src=", "@import", "url(http"] {
        assert!(!html.contains(loads), "{loads}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn claims_name_their_place_and_link_to_it() {
    let html = html(&sample::assessment(), Audience::Everyone);
    assert!(html.contains("href=\"https://example.com/blob/main/shop/web.yaml#L55\""));
    let links = html.matches("class=\"place\"").count();
    assert!(links > 10, "{links}");
}

#[test]
fn each_audience_has_its_parts() {
    let parts = |audience| {
        let html = html(&sample::assessment(), audience);
        ["paths", "threats", "attack", "compliance", "findings", "system"]
            .into_iter()
            .filter(|part| html.contains(&format!("id=\"s1-{part}\"")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        parts(Audience::Everyone),
        ["paths", "threats", "attack", "compliance", "findings", "system"]
    );
    assert_eq!(parts(Audience::Board), ["paths"]);
    assert_eq!(
        parts(Audience::Engineer),
        ["paths", "threats", "attack", "findings", "system"]
    );
    assert_eq!(
        parts(Audience::Auditor),
        ["paths", "threats", "compliance", "findings", "system"]
    );
    for audience in AUDIENCES {
        let html = html(&sample::assessment(), audience);
        assert!(html.contains("10 of 12 documents were understood"), "{audience:?}");
    }
}

#[test]
fn markdown_reads_well() {
    let text = with(&sample::assessment(), Audience::Everyone, report_markdown);
    insta::assert_snapshot!(text);
}

#[test]
fn a_register_without_risks_is_its_head() {
    assert_eq!(risk_register(&sample::assessment()).lines().count(), 1);
}

#[test]
fn layers_are_as_the_navigator_takes_them() {
    let schema = serde_json::from_str(include_str!("navigator-4.5.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let layers = with(&sample::two_systems(), Audience::Everyone, |dossier| {
        navigator_layers(dossier).unwrap()
    });
    let layers: Vec<serde_json::Value> = serde_json::from_str(&layers).unwrap();
    assert_eq!(layers.len(), 2);
    for layer in &layers {
        let errors: Vec<String> = validator.iter_errors(layer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert!(!layer["techniques"].as_array().unwrap().is_empty());
    }
    let of = |id: &str| {
        let techniques = layers[0]["techniques"].as_array().unwrap();
        techniques.iter().find(|it| it["techniqueID"] == id).unwrap()["score"].as_u64()
    };
    assert_eq!(of("T1190"), Some(3));
    assert_eq!(of("T1611"), Some(1));
}
