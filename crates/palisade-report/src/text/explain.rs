//! What an id of something of a system means.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::system::ElementId;
use palisade_knowledge::Catalogue;

use super::elements::elements;
use super::page::{Page, span};
use super::{TextOptions, paths, style, threats};
use crate::words::{self, one_line};

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
