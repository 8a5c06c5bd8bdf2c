//! Layers for the ATT&CK Navigator, format 4.5.

use palisade_engine::assessment::SystemAssessment;
use palisade_knowledge::{Catalogue, Matrix};
use serde::Serialize;

use super::Dossier;
use super::exposure::{ACTORS, Exposure, exposures};

/// One layer for each system; a list where there are several, as the Navigator takes both.
pub fn navigator_layers(dossier: &Dossier<'_>) -> Result<String, serde_json::Error> {
    let systems = &dossier.assessment.systems;
    let layers: Vec<Layer> = systems.iter().map(|system| layer(system, dossier.catalogue)).collect();
    let text = match layers.as_slice() {
        [one] => serde_json::to_string_pretty(one),
        several => serde_json::to_string_pretty(several),
    };
    text.map(|text| text + "\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    name: String,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    layout: Layout,
    hide_disabled: bool,
    techniques: Vec<Scored>,
    gradient: Gradient,
    legend_items: Vec<LegendItem>,
    metadata: Vec<Metadata>,
    select_techniques_across_tactics: bool,
    select_subtechniques_with_parent: bool,
}

#[derive(Serialize)]
struct Versions {
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
struct Layout {
    #[serde(rename = "layout")]
    arranged: &'static str,
    #[serde(rename = "showID")]
    show_id: bool,
    #[serde(rename = "showName")]
    show_name: bool,
    #[serde(rename = "expandedSubtechniques")]
    expanded: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scored {
    #[serde(rename = "techniqueID")]
    technique_id: String,
    score: u32,
    comment: String,
    enabled: bool,
    metadata: Vec<Metadata>,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gradient {
    colors: [&'static str; 4],
    min_value: u32,
    max_value: u32,
}

#[derive(Serialize)]
struct LegendItem {
    label: &'static str,
    color: &'static str,
}

/// From nothing to a path of high severity.
const COLORS: [&str; 4] = ["#ffffff", "#fbe3c0", "#ee9b61", "#b8392f"];

fn layer(system: &SystemAssessment, catalogue: &Catalogue) -> Layer {
    let is_enterprise = |id: &str| {
        let technique = catalogue.techniques.get(id);
        technique.is_some_and(|it| matches!(it.matrix, Matrix::AttackContainers | Matrix::AttackEnterprise))
    };
    let exposures = exposures(system, catalogue);
    let techniques = exposures
        .iter()
        .filter(|(id, exposure)| is_enterprise(id) && exposure.level() > 0);
    Layer {
        name: format!("Palisade: {}", system.system.root),
        versions: Versions {
            navigator: "5.1.0",
            layer: "4.5",
        },
        domain: "enterprise-attack",
        description:
            "Techniques that this system is open to, by the attack paths, weaknesses and threats found in its \
                      artefacts. The score is ordinal."
                .to_owned(),
        sorting: 3,
        layout: Layout {
            arranged: "side",
            show_id: true,
            show_name: true,
            expanded: "annotated",
        },
        hide_disabled: false,
        techniques: techniques.map(|(id, exposure)| scored(id, exposure)).collect(),
        gradient: Gradient {
            colors: COLORS,
            min_value: 0,
            max_value: 3,
        },
        legend_items: vec![
            LegendItem {
                label: "a weakness or an exposed threat",
                color: COLORS[1],
            },
            LegendItem {
                label: "on an attack path",
                color: COLORS[2],
            },
            LegendItem {
                label: "on an attack path of high severity",
                color: COLORS[3],
            },
        ],
        metadata: vec![Metadata {
            name: "made by".to_owned(),
            value: format!("Palisade {}", env!("CARGO_PKG_VERSION")),
        }],
        select_techniques_across_tactics: true,
        select_subtechniques_with_parent: false,
    }
}

fn scored(id: &str, exposure: &Exposure<'_>) -> Scored {
    let actors = ACTORS.iter().filter(|(word, ..)| exposure.actors.contains(word));
    let actors: Vec<&str> = actors.map(|(_, name, _)| *name).collect();
    let mut metadata = vec![Metadata {
        name: "evidence".to_owned(),
        value: exposure.told_places().join(", "),
    }];
    if !actors.is_empty() {
        metadata.push(Metadata {
            name: "actors".to_owned(),
            value: actors.join(", "),
        });
    }
    Scored {
        technique_id: id.to_owned(),
        score: u32::from(exposure.level()),
        comment: exposure.says(),
        enabled: true,
        metadata,
    }
}
