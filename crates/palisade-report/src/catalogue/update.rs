//! `palisade catalogue update`: what a release of ATT&CK changes.

use palisade_knowledge::{AttackUpdate, TechniqueChange};

use crate::text::page::{Page, count, span};
use crate::text::{TextOptions, style};
use crate::words::name;

/// What a release changes, for people.
pub fn update(update: &AttackUpdate, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let release = update.version.as_deref().unwrap_or("of unknown version");
    let remark = format!(
        "{} of {} change",
        update.changes.len(),
        count(update.named, "technique")
    );
    page.heading(&format!("ATT&CK {release}"), &remark);
    for change in &update.changes {
        one(&mut page, change);
    }
    if update.changes.is_empty() {
        page.indented(
            2,
            &[span(
                style::GOOD,
                "the techniques that are named here are as the release has them",
            )],
        );
    }
    if !update.new_in_containers.is_empty() {
        let new = update.new_in_containers.len().to_string();
        page.heading("Containers techniques that have no entry yet", &new);
    }
    for technique in &update.new_in_containers {
        let spans = [
            span(style::PLAIN, &*technique.name),
            span(style::DIM, format!("  {}", technique.tactics.join(", "))),
        ];
        page.line(&[span(style::NAME, format!("  {:<11}", technique.id))], &[], &spans);
    }
    page.finish()
}

/// What a release changes, as JSON.
pub fn update_json(update: &AttackUpdate) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(update).map(|text| text + "\n")
}

fn one(page: &mut Page, change: &TechniqueChange) {
    let mut what: Vec<String> = Vec::new();
    if let Some(name) = &change.renamed {
        what.push(format!("is now called {name}"));
    }
    if let Some((id, name)) = &change.revoked_by {
        what.push(format!("is revoked; {id} {name} stands in its place"));
    }
    if change.withdrawn {
        what.push("is withdrawn, and nothing stands in its place".to_owned());
    }
    if change.unknown {
        what.push("is not in this release".to_owned());
    }
    if let Some(tactics) = &change.tactics {
        what.push(format!("serves the tactics {}", tactics.join(", ")));
    }
    if let Some(matrix) = change.matrix {
        what.push(format!("is now of {}", name(matrix)));
    }
    if let Some((old, new)) = &change.version {
        what.push(format!("went from version {old} to {new}"));
    }
    let is_gone = change.revoked_by.is_some() || change.withdrawn || change.unknown;
    let style = if is_gone { style::MEDIUM } else { style::PLAIN };
    let margin = [span(style::PLAIN, " ".repeat(13))];
    page.line(
        &[span(style::NAME, format!("  {:<11}", change.id))],
        &margin,
        &[
            span(style::BOLD, &*change.name),
            span(style, format!("  {}", what.join("; "))),
        ],
    );
}
