//! What an id means: an entry of the catalogue, or something of a system.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::system::ElementId;
use palisade_knowledge::{AttackStep, Catalogue, Examples, Technique, Technology, Weakness};

use super::elements::elements;
use super::page::{Page, span};
use super::{TextOptions, paths, style, threats};
use crate::words::{self, name, one_line};

/// An entry of the catalogue; none: there is no such entry. Case does not count.
pub fn entry(catalogue: &Catalogue, id: &str, options: TextOptions) -> Option<String> {
    let mut page = Page::new(options.width);
    if let Some(weakness) = find(catalogue.weaknesses.values(), id, |weakness| &weakness.id) {
        write_weakness(&mut page, weakness, catalogue);
    } else if let Some(step) = find(catalogue.steps.values(), id, |step| &step.id) {
        write_step(&mut page, step, catalogue);
    } else if let Some(technique) = find(catalogue.techniques.values(), id, |technique| &technique.id) {
        write_technique(&mut page, technique, catalogue);
    } else if let Some(technology) = find(catalogue.technologies.values(), id, |technology| &technology.id) {
        write_technology(&mut page, technology);
    } else {
        return None;
    }
    Some(page.finish())
}

/// Something of the assessed systems: a path, a threat, an element; none: there is no such thing. Case does not count.
pub fn explain(assessment: &Assessment, id: &str, catalogue: &Catalogue, options: TextOptions) -> Option<String> {
    let mut page = Page::new(options.width);
    let several = assessment.systems.len() > 1;
    for system in &assessment.systems {
        let root = several.then_some(&*system.system.root);
        if let Some(path) = find(&system.paths, id, |path| &path.id) {
            page.heading(&format!("Attack path {}", path.id), &system.system.root);
            paths::one(&mut page, path, root, true);
            return Some(page.finish());
        }
        if let Some(threat) = find(&system.threats, id, |threat| &threat.id) {
            page.heading(&format!("Threat {}", threat.id), &system.system.root);
            threats::row(
                &mut page,
                threat,
                TextOptions {
                    verbose: true,
                    ..options
                },
            );
            let when = format!(
                "It arises in the stage {} and is about {}",
                words::stage(threat.stage),
                words::layer(threat.layer)
            );
            page.indented(13, &[span(style::DIM, when)]);
            for rule in &threat.rules {
                if let Some(weakness) = catalogue.weaknesses.get(rule) {
                    fact(&mut page, "fix", format!("{}: {}", weakness.title, weakness.fix.trim()));
                }
            }
            return Some(page.finish());
        }
    }
    let all = || assessment.systems.iter().flat_map(|system| &system.system.elements);
    let ids: BTreeSet<ElementId> = all()
        .filter(|element| element.id.as_str().eq_ignore_ascii_case(id))
        .map(|element| element.id.clone())
        .collect();
    (!ids.is_empty()).then(|| elements(assessment, &ids, catalogue, options))
}

fn find<'a, T>(entries: impl IntoIterator<Item = &'a T>, id: &str, id_of: impl Fn(&T) -> &String) -> Option<&'a T> {
    entries.into_iter().find(|entry| id_of(entry).eq_ignore_ascii_case(id))
}

fn fact(page: &mut Page, what: &str, text: impl Into<String>) {
    let text: String = text.into();
    if !text.trim().is_empty() {
        page.line(
            &[span(style::DIM, format!("{what:>14}  "))],
            &[span(style::PLAIN, " ".repeat(16))],
            &[span(style::PLAIN, one_line(&text))],
        );
    }
}

fn code(page: &mut Page, what: &str, text: &str) {
    for (index, line) in text.trim_end().lines().enumerate() {
        let what = if index == 0 { what } else { "" };
        page.line(
            &[span(style::DIM, format!("{what:>14}  ")), span(style::NAME, line)],
            &[],
            &[],
        );
    }
}

fn techniques(ids: &[String], catalogue: &Catalogue) -> String {
    let with_name = |id: &String| match catalogue.techniques.get(id) {
        Some(technique) => format!("{id} {}", technique.name),
        None => id.clone(),
    };
    ids.iter().map(with_name).collect::<Vec<_>>().join(", ")
}

fn write_weakness(page: &mut Page, weakness: &Weakness, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", weakness.id, weakness.title), "weakness");
    page.line(
        &[span(style::DIM, format!("{:>14}  ", "severity"))],
        &[],
        &[
            span(style::severity(weakness.severity()), words::level(weakness.severity())),
            span(
                style::DIM,
                format!(
                    "  impact {}, exploitability {}",
                    words::level(weakness.impact),
                    words::level(weakness.exploitability)
                ),
            ),
        ],
    );
    fact(page, "why", &*weakness.why);
    fact(page, "fix", &*weakness.fix);
    fact(
        page,
        "threatens",
        weakness
            .stride
            .iter()
            .map(|category| words::stride(*category))
            .collect::<Vec<_>>()
            .join(", "),
    );
    fact(page, "ATT&CK", techniques(&weakness.techniques, catalogue));
    fact(page, "CWE", weakness.cwe.join(", "));
    fact(
        page,
        "stage, layer",
        format!("{}, {}", words::stage(weakness.stage), words::layer(weakness.layer)),
    );
    let steps: Vec<&str> = catalogue
        .steps
        .values()
        .filter(|step| step.weakness.as_deref() == Some(&weakness.id))
        .map(|step| step.id.as_str())
        .collect();
    fact(page, "attack steps", steps.join(", "));
    fact(page, "looks at", format!("each {}", name(weakness.applies_to)));
    code(page, "when", weakness.when.source());
    example(page, &weakness.examples);
}

fn write_step(page: &mut Page, step: &AttackStep, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", step.id, step.title), "attack step");
    let reads = format!("{} —{}→ {}", name(step.from), name(step.via), name(step.to));
    fact(page, "holding", reads);
    fact(page, "difficulty", name(step.difficulty));
    fact(page, "why", &*step.why);
    fact(page, "fix", &*step.fix);
    fact(page, "ATT&CK", techniques(&step.techniques, catalogue));
    fact(page, "detected by", step.detected_by.join("; "));
    fact(page, "weakness", step.weakness.clone().unwrap_or_default());
    for permission in &step.permissions {
        code(page, "granted", &permission.to_string());
    }
    if let Some(when) = &step.when {
        let view = step.applies_to.map(name).unwrap_or_default();
        fact(page, "looks at", format!("{view} at the side {}", name(step.side)));
        code(page, "when", when.source());
    }
    example(page, &step.examples);
}

fn write_technique(page: &mut Page, technique: &Technique, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", technique.id, technique.name), "ATT&CK technique");
    fact(page, "tactics", technique.tactics.join(", "));
    let of = |ids: &[String]| ids.contains(&technique.id);
    for step in catalogue.steps.values().filter(|step| of(&step.techniques)) {
        fact(page, "attack step", format!("{}  {}", step.id, step.title));
    }
    for weakness in catalogue
        .weaknesses
        .values()
        .filter(|weakness| of(&weakness.techniques))
    {
        fact(page, "weakness", format!("{}  {}", weakness.id, weakness.title));
    }
}

fn write_technology(page: &mut Page, technology: &Technology) {
    page.heading(&technology.name, "technology");
    fact(page, "id", &*technology.id);
    fact(page, "keeps data", technology.store.map_or("no", words::store));
    fact(page, "images", technology.images.join(", "));
    fact(page, "but not", technology.not_images.join(", "));
    fact(
        page,
        "ports",
        technology
            .ports
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    );
    fact(page, "speaks", technology.application.clone().unwrap_or_default());
}

/// The first example that matches.
fn example(page: &mut Page, examples: &Examples) {
    if let Some(example) = examples.must_match.first() {
        page.gap();
        page.indented(
            2,
            &[span(style::DIM, format!("An example that matches: {}", example.name))],
        );
        code(page, "", &example.manifest);
    }
}
