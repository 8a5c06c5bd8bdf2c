//! Drilling down into elements: what each is, its flows, its threats, its findings with their fixes, and the paths through it.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::assessment::{AttackPath, Finding, SystemAssessment, Threat};
use palisade_engine::system::{Element, ElementId, Flow};
use palisade_knowledge::Catalogue;

use super::page::{Page, Span, count, span};
use super::{TextOptions, findings, paths, style, threats};
use crate::words;

/// Elements shown before "and n more".
const FEW_ELEMENTS: usize = 4;
/// Paths, and threats that are not exposed, of each element.
const FEW_ROWS: usize = 6;

/// What is known about these elements.
pub fn elements(
    assessment: &Assessment,
    ids: &BTreeSet<ElementId>,
    catalogue: &Catalogue,
    options: TextOptions,
) -> String {
    let mut page = Page::new(options.width);
    let mut elements: Vec<(&SystemAssessment, &Element)> = assessment
        .systems
        .iter()
        .flat_map(|system| system.system.elements.iter().map(move |element| (system, element)))
        .filter(|(_, element)| ids.contains(&element.id))
        .collect();
    // What runs code first, then by id.
    elements.sort_by_key(|(_, element)| !element.kind.is_drawn());
    let shown = options.limit(FEW_ELEMENTS).min(elements.len());
    for (system, element) in elements.iter().take(shown) {
        one(&mut page, system, element, catalogue, options);
    }
    if elements.len() > shown {
        page.gap();
        let rest = elements.iter().skip(shown).map(|(_, element)| element.id.as_str());
        let mut spans = vec![span(
            style::PLAIN,
            format!("and {}: ", count(elements.len() - shown, "more element")),
        )];
        spans.extend(super::systems::names(rest, elements.len() - shown));
        page.indented(0, &spans);
    }
    page.finish()
}

fn one(page: &mut Page, system: &SystemAssessment, element: &Element, catalogue: &Catalogue, options: TextOptions) {
    page.heading(element.id.as_str(), words::role(element));
    facts(page, system, element);
    flows(page, system, &element.id);

    let of_element = |finding: &&Finding| finding.element == element.id || finding.to.as_ref() == Some(&element.id);
    let found: Vec<&Finding> = system.findings.iter().filter(of_element).collect();
    section(page, "Findings", found.len());
    for finding in found {
        one_finding(page, finding, catalogue);
    }

    let of_element = |threat: &&Threat| threat.element == element.id || threat.to.as_ref() == Some(&element.id);
    let mut rows: Vec<&Threat> = system.threats.iter().filter(of_element).collect();
    threats::by_risk(&mut rows);
    section(page, "Threats", rows.len());
    limited(page, &rows, options, |page, threat| threats::row(page, threat, options));

    let through: Vec<&AttackPath> = system.paths.iter().filter(|path| touches(path, &element.id)).collect();
    section(page, "Attack paths through it", through.len());
    limited(page, &through, options, |page, path| paths::one(page, path, None, true));
}

/// Whether a path begins at, ends at or goes through an element.
pub(crate) fn touches(path: &AttackPath, id: &ElementId) -> bool {
    path.entry == *id || path.asset == *id || path.steps.iter().any(|step| step.from == *id || step.to == *id)
}

fn section(page: &mut Page, title: &str, n: usize) {
    page.gap();
    page.indented(
        2,
        &[
            span(style::BOLD, title),
            span(
                style::DIM,
                format!("  {}", if n == 0 { "none".to_owned() } else { n.to_string() }),
            ),
        ],
    );
}

fn limited<T>(page: &mut Page, rows: &[T], options: TextOptions, show: impl Fn(&mut Page, &T)) {
    let shown = options.limit(FEW_ROWS).min(rows.len());
    for row in rows.iter().take(shown) {
        show(page, row);
    }
    if rows.len() > shown {
        page.indented(
            4,
            &[span(
                style::DIM,
                format!("and {} more; -v shows all", rows.len() - shown),
            )],
        );
    }
}

/// What the element is: one fact a line.
fn facts(page: &mut Page, system: &SystemAssessment, element: &Element) {
    let mut facts: Vec<(&str, String)> = vec![("in", element.boundary.clone())];
    let mut add = |what, value: Option<String>| facts.extend(value.map(|value| (what, value)));
    add("is", element.technology.clone());
    add("part of", part_of(system, &element.id));
    add("owner", element.owner.clone());
    add("runs as", element.identity.as_ref().map(ToString::to_string));
    add("pods", (element.instances > 0).then(|| element.instances.to_string()));
    add("images", list(&element.images));
    add("nodes", list(&element.nodes));
    let isolation = [
        ("ingress", &element.isolation.ingress),
        ("egress", &element.isolation.egress),
    ];
    for (direction, policies) in isolation {
        let policies: Vec<&str> = policies.iter().map(ElementId::as_str).collect();
        add(
            "isolated",
            (!policies.is_empty()).then(|| format!("{direction} by {}", policies.join(", "))),
        );
    }
    for (what, value) in facts {
        fact(page, what, &[span(style::PLAIN, value)]);
    }
    if let Some(evidence) = element.evidence.first() {
        let spans = [
            span(style::DIM, words::position(evidence)),
            span(style::PLAIN, format!("  {}", evidence.note)),
        ];
        fact(page, "because", &spans);
    }
    for unknown in system
        .system
        .unknowns
        .iter()
        .filter(|unknown| unknown.element == element.id)
    {
        fact(page, "unknown", &[span(style::MEDIUM, &*unknown.question)]);
    }
    for reference in system
        .system
        .dangling
        .iter()
        .filter(|reference| reference.from == element.id)
    {
        let port = reference.port.map(|port| format!(":{port}")).unwrap_or_default();
        fact(
            page,
            "dangling",
            &[span(
                style::MEDIUM,
                format!("{}{port}: {}", reference.host, reference.reason),
            )],
        );
    }
}

/// The projects that an element is a part of: `Argo CD (repo-server)`.
fn part_of(system: &SystemAssessment, id: &ElementId) -> Option<String> {
    let parts: Vec<String> = system
        .projects
        .iter()
        .flat_map(|project| project.elements.iter().map(move |part| (project, part)))
        .filter(|(_, part)| part.element == *id)
        .map(|(project, part)| format!("{} ({})", project.name, part.part))
        .collect();
    list(&parts)
}

fn fact(page: &mut Page, what: &str, spans: &[Span]) {
    page.line(
        &[span(style::DIM, format!("  {what:>9}  "))],
        &[span(style::PLAIN, " ".repeat(13))],
        spans,
    );
}

fn list(names: &[impl AsRef<str>]) -> Option<String> {
    let list: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

fn flows(page: &mut Page, system: &SystemAssessment, id: &ElementId) {
    let flows: Vec<&Flow> = system
        .system
        .flows
        .iter()
        .filter(|flow| flow.from == *id || flow.to == *id)
        .collect();
    section(page, "Flows", flows.len());
    for flow in flows {
        let (arrow, other) = if flow.from == *id {
            ("→", &flow.to)
        } else {
            ("←", &flow.from)
        };
        let ports = words::ports(&flow.ports, &flow.protocol, flow.application.as_deref());
        let mut spans = vec![span(style::NAME, other.as_str())];
        if !ports.is_empty() {
            spans.push(span(style::BOLD, format!("  {ports}")));
        }
        let basis = format!(
            "  {}, {} confidence",
            words::basis(flow.basis),
            words::confidence(flow.confidence)
        );
        spans.push(span(style::PLAIN, basis));
        if let Some(evidence) = flow.evidence.first() {
            spans.push(span(style::DIM, format!("  {}", words::position(evidence))));
        }
        page.line(
            &[span(style::PLAIN, format!("    {arrow} "))],
            &[span(style::PLAIN, " ".repeat(8))],
            &spans,
        );
    }
}

fn one_finding(page: &mut Page, finding: &Finding, catalogue: &Catalogue) {
    let margin = [span(style::PLAIN, " ".repeat(11))];
    let container = finding
        .container
        .as_ref()
        .map(|name| format!(" (container {name})"))
        .unwrap_or_default();
    page.line(
        &[span(
            style::severity(finding.severity),
            format!("{:>10} ", words::level(finding.severity).to_uppercase()),
        )],
        &margin,
        &[
            span(style::PLAIN, format!("{}{container}", finding.title)),
            span(style::DIM, format!("  {}", finding.rule)),
        ],
    );
    page.line(
        &margin,
        &margin,
        &[span(
            style::DIM,
            format!("{}  {}", findings::position(finding), finding.path),
        )],
    );
    if let Some(weakness) = catalogue.weaknesses.get(&finding.rule) {
        page.line(
            &margin,
            &margin,
            &[span(style::PLAIN, format!("why: {}", weakness.why.trim()))],
        );
        page.line(
            &margin,
            &margin,
            &[span(style::GOOD, format!("fix: {}", weakness.fix.trim()))],
        );
    }
}
