//! What we are working on, in a few lines; several systems as a table.

use std::collections::BTreeSet;

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::{Basis, BoundaryKind, ElementId, ElementKind, Flow};
use palisade_knowledge::Severity;

use super::page::{Page, Span, count, cut, span, width};
use super::{TextOptions, style};
use crate::words;

/// Elements named in a sentence before "and n more".
const FEW_NAMES: usize = 6;
/// Rows of the table of systems.
const FEW_SYSTEMS: usize = 20;

/// One system in a few lines.
pub(crate) fn one(page: &mut Page, assessment: &SystemAssessment) {
    let system = &assessment.system;
    page.heading(&format!("System {}", system.root), words::root_kind(system.root_kind));
    // Kubernetes itself is neither theirs nor outside.
    let own = || {
        system
            .elements
            .iter()
            .filter(|element| !element.id.as_str().starts_with("Platform/"))
    };
    let elements = |kind| own().filter(move |element| element.kind == kind);
    let is_store = |kind| elements(kind).filter(|element| element.store.is_some()).count();
    let claims_and_such = elements(ElementKind::DataStore).count() - is_store(ElementKind::DataStore);
    let namespaces = system
        .boundaries
        .iter()
        .filter(|boundary| boundary.kind == BoundaryKind::Namespace)
        .count();
    let stores = count(is_store(ElementKind::DataStore), "data store");
    let parts = [
        count(elements(ElementKind::Process).count(), "process"),
        match claims_and_such {
            0 => stores,
            n => format!("{stores} (and {n} volumes, secrets, config maps)"),
        },
        match elements(ElementKind::ExternalEntity).count() {
            1 => "1 external entity".to_owned(),
            n => format!("{n} external entities"),
        },
    ];
    let boundaries = format!(
        "{}, {}",
        count(namespaces, "namespace"),
        match system.boundaries.len() {
            1 => "1 trust boundary".to_owned(),
            n => format!("{n} trust boundaries"),
        }
    );
    page.indented(
        2,
        &[span(style::PLAIN, format!("{} in {boundaries}", parts.join(", ")))],
    );
    page.indented(2, &[span(style::PLAIN, flows(&system.flows))]);

    let exposed: BTreeSet<&ElementId> = system
        .flows
        .iter()
        .filter(|flow| flow.from.as_str() == ElementId::INTERNET)
        .map(|flow| &flow.to)
        .collect();
    let margin = [span(style::PLAIN, "  ")];
    if exposed.is_empty() {
        page.line(
            &margin,
            &margin,
            &[span(style::PLAIN, "Nothing is known to be reachable from the internet")],
        );
    } else {
        let mut spans = vec![span(style::PLAIN, "Reachable from the internet: ")];
        spans.extend(names(exposed.iter().map(|id| id.as_str()), exposed.len()));
        page.line(&margin, &[span(style::PLAIN, "    ")], &spans);
    }
}

/// Names in a row, and how many more there are.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>, total: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, name) in names.take(FEW_NAMES).enumerate() {
        if index > 0 {
            spans.push(span(style::PLAIN, ", "));
        }
        spans.push(span(style::NAME, name));
    }
    if total > FEW_NAMES {
        spans.push(span(style::DIM, format!(" and {} more", total - FEW_NAMES)));
    }
    spans
}

fn flows(flows: &[Flow]) -> String {
    let by_basis = [Basis::Observed, Basis::Declared, Basis::Allowed, Basis::Platform]
        .into_iter()
        .map(|basis| (basis, flows.iter().filter(|flow| flow.basis == basis).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(basis, n)| format!("{n} {}", words::basis(basis)))
        .collect::<Vec<_>>()
        .join(", ");
    if by_basis.is_empty() {
        "0 flows".to_owned()
    } else {
        format!("{}: {by_basis}", count(flows.len(), "flow"))
    }
}

/// Several systems, the worst first.
pub(super) fn table(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    page.heading("Systems", &systems.len().to_string());
    let mut rows: Vec<&SystemAssessment> = systems.iter().collect();
    rows.sort_by_cached_key(|system| {
        (
            std::cmp::Reverse(severities(system)),
            std::cmp::Reverse(system.paths.len()),
            system.system.root.clone(),
        )
    });
    let shown = options.limit(FEW_SYSTEMS).min(rows.len());
    // The numbers take 46 columns beside the name.
    let name_width = rows
        .iter()
        .take(shown)
        .map(|system| width(&system.system.root))
        .max()
        .unwrap_or(0)
        .clamp(6, page.width().saturating_sub(46).max(12));
    let head = format!(
        "{:<name_width$}  {:>8} {:>6} {:>6} {:>6} {:>6} {:>5}",
        "root", "elements", "flows", "paths", "high", "medium", "low"
    );
    row(page, &[span(style::DIM, head)]);
    for system in rows.iter().take(shown) {
        let [high, medium, low] = severities(system);
        let name = cut(&system.system.root, name_width);
        let padding = " ".repeat(name_width.saturating_sub(width(&name)));
        let drawn = system
            .system
            .elements
            .iter()
            .filter(|element| element.kind.is_drawn())
            .count();
        let number =
            |n: usize, columns: usize, style| span(if n == 0 { style::DIM } else { style }, format!("{n:>columns$}"));
        row(
            page,
            &[
                span(style::NAME, name),
                span(style::PLAIN, format!("{padding}  ")),
                number(drawn, 8, style::PLAIN),
                number(system.system.flows.len(), 7, style::PLAIN),
                number(system.paths.len(), 7, style::PLAIN),
                number(high, 7, style::HIGH),
                number(medium, 7, style::MEDIUM),
                number(low, 6, style::LOW),
            ],
        );
    }
    if rows.len() > shown {
        page.indented(
            2,
            &[span(
                style::DIM,
                format!("and {} more; --system ROOT narrows to one", rows.len() - shown),
            )],
        );
    }
}

/// A row of the table: laid out already, so it must not wrap.
fn row(page: &mut Page, spans: &[Span]) {
    let mut all = vec![span(style::PLAIN, "  ")];
    all.extend_from_slice(spans);
    page.line(&all, &[], &[]);
}

/// Findings by severity: high, medium, low.
fn severities(system: &SystemAssessment) -> [usize; 3] {
    [Severity::High, Severity::Medium, Severity::Low].map(|severity| {
        system
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    })
}
