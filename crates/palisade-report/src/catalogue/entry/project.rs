//! A project, with the threat model that comes with it.

use palisade_knowledge::{Catalogue, Control, Maturity, Project};

use super::parts::{code, entries, fact, sources};
use crate::text::page::{Page, span};
use crate::text::style;
use crate::words::{self, name};

pub(super) fn write(page: &mut Page, project: &Project, catalogue: &Catalogue) {
    page.heading(&project.name, "project");
    fact(page, "id", &project.id);
    fact(page, "what", &project.does);
    let maturity = match project.maturity {
        Maturity::NotCncf => "not of the CNCF".to_owned(),
        stage => format!("{} at the CNCF", name(stage)),
    };
    fact(page, "maturity", maturity);
    fact(page, "home", &project.home);
    fact(page, "images", project.recognised_by.images.join(", "));
    fact(page, "API groups", project.recognised_by.groups.join(", "));
    let labels = project.recognised_by.labels.iter();
    let labels: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
    fact(page, "labels", labels.join(", "));
    let implements = |control: &&Control| control.projects.contains(&project.id);
    let controls = catalogue.controls.values().filter(implements);
    entries(page, "implements", controls.map(|it| (&*it.id, &*it.title)));
    model(page, project);
    threats(page, project);
    if !project.hardening.is_empty() {
        page.heading("To run it safely", &project.hardening.len().to_string());
    }
    for check in &project.hardening {
        page.indented(2, &[span(style::PLAIN, &*check.title)]);
        page.indented(4, &[span(style::DIM, words::one_line(&check.look_at))]);
    }
    if !project.sources.is_empty() {
        page.gap();
        sources(page, &project.sources);
    }
}

/// Its parts, what they say to each other, and what they may do.
fn model(page: &mut Page, project: &Project) {
    if project.elements.is_empty() {
        return;
    }
    page.heading("What it is made of", &project.elements.len().to_string());
    for element in &project.elements {
        let spans = [
            span(style::NAME, &*element.id),
            span(style::DIM, format!("  {}  ", name(element.kind).replace('-', " "))),
            span(style::PLAIN, words::one_line(&element.does)),
        ];
        page.indented(2, &spans);
    }
    for flow in &project.flows {
        let protocol = flow.protocol.as_deref().unwrap_or_default();
        let spans = [
            span(style::NAME, format!("{} → {}", flow.from, flow.to)),
            span(style::PLAIN, format!("  {}", words::one_line(&flow.carries))),
            span(style::DIM, format!("  {protocol}")),
        ];
        page.indented(2, &spans);
    }
    if !project.privileges.is_empty() {
        page.heading("What it may always do", &project.privileges.len().to_string());
    }
    for privilege in &project.privileges {
        let spans = [
            span(style::NAME, &*privilege.holder),
            span(style::PLAIN, format!("  {}", words::one_line(&privilege.means))),
        ];
        page.indented(2, &spans);
        for need in &privilege.permissions {
            code(page, "", &need.to_string());
        }
    }
}

fn threats(page: &mut Page, project: &Project) {
    if !project.threats.is_empty() {
        page.heading("What is known to go wrong", &project.threats.len().to_string());
    }
    for threat in &project.threats {
        let categories: Vec<&str> = threat.stride.iter().map(|category| words::stride(*category)).collect();
        let spans = [
            span(style::NAME, &*threat.element),
            span(style::PLAIN, format!("  {}", threat.title)),
            span(style::DIM, format!("  {}", categories.join(", "))),
        ];
        page.indented(2, &spans);
        let mut notes: Vec<&str> = threat.published_as.iter().map(String::as_str).collect();
        notes.extend(threat.techniques.iter().chain(&threat.controls).map(String::as_str));
        page.indented(4, &[span(style::DIM, notes.join("  "))]);
    }
}
