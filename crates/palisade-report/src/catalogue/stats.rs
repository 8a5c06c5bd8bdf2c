//! `palisade catalogue stats`: the catalogue in numbers, and what of the ATT&CK Containers matrix it covers.

use palisade_knowledge::{
    Catalogue, ControlCount, ControlKind, EntryKind, Family, FrameworkUse, Layer, Stage, Statistics, TechniqueCoverage,
};

use super::list::capital;
use crate::text::page::{Page, Span, cut, span, width};
use crate::text::{TextOptions, style};
use crate::words::{self, name};

const KINDS: [ControlKind; 3] = [ControlKind::Preventive, ControlKind::Detective, ControlKind::Corrective];
const STAGES: [Stage; 4] = [Stage::Develop, Stage::Distribute, Stage::Deploy, Stage::Runtime];
const LAYERS: [Layer; 3] = [Layer::Compute, Layer::Storage, Layer::Access];

/// Cells of a bar.
const BAR: usize = 20;

/// The numbers as tables, for people.
pub fn stats(catalogue: &Catalogue, options: TextOptions) -> String {
    let statistics = catalogue.statistics();
    let mut page = Page::new(options.width);
    entries(&mut page, catalogue);
    techniques(&mut page, catalogue, &statistics.techniques);
    controls(&mut page, &statistics.controls);
    families(&mut page, &statistics.controls);
    frameworks(&mut page, &statistics.frameworks);
    page.finish()
}

/// The numbers as JSON.
pub fn stats_json(statistics: &Statistics) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(statistics).map(|text| text + "\n")
}

fn entries(page: &mut Page, catalogue: &Catalogue) {
    let counts = EntryKind::ALL.map(|kind| (kind, catalogue.count(kind)));
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    page.heading("The catalogue", &format!("{all} entries"));
    for (kind, count) in counts {
        let spans = [
            span(style::BOLD, format!("{count:>7}")),
            span(style::PLAIN, format!("  {}", kind.plural())),
        ];
        page.line(&spans, &[], &[]);
    }
}

fn techniques(page: &mut Page, catalogue: &Catalogue, coverage: &[TechniqueCoverage]) {
    let is_complete = |row: &&TechniqueCoverage| {
        let technique = catalogue.techniques.get(&row.id);
        technique.is_some_and(|technique| row.is_complete(technique))
    };
    let complete = coverage.iter().filter(is_complete).count();
    page.heading(
        "ATT&CK Containers matrix",
        &format!("{complete} of {} techniques covered", coverage.len()),
    );
    // Indent, id, and five columns of numbers.
    let names = page.width().saturating_sub(2 + 11 + 5 * 10).clamp(16, 46);
    let head = ["weaknesses", "steps", "prevent", "detect", "correct"];
    let head = head.map(|text| format!("{text:>10}")).concat();
    let indent = 2 + 11 + names;
    page.line(&[span(style::DIM, format!("{:indent$}{head}", ""))], &[], &[]);
    for row in coverage {
        let title = cut(&row.name, names);
        let padding = " ".repeat(names - width(&title));
        let mut spans = vec![
            span(style::NAME, format!("  {:<11}", row.id)),
            span(style::PLAIN, title + &padding),
        ];
        let found = row.weaknesses.len() + row.steps.len();
        spans.push(number(row.weaknesses.len(), 10, found == 0));
        spans.push(number(row.steps.len(), 10, found == 0));
        spans.push(number(row.preventive.len(), 10, row.preventive.is_empty()));
        spans.push(number(row.detective.len(), 10, row.detective.is_empty()));
        spans.push(number(row.corrective.len(), 10, false));
        page.line(&spans, &[], &[]);
        for reason in &row.because {
            let margin = " ".repeat(13);
            page.line(
                &[span(style::PLAIN, &*margin)],
                &[span(style::PLAIN, &*margin)],
                &[span(style::DIM, words::one_line(reason))],
            );
        }
    }
}

fn controls(page: &mut Page, counts: &[ControlCount]) {
    let all: usize = counts.iter().map(|sort| sort.count).sum();
    page.heading("Controls by stage and layer", &all.to_string());
    let mut head = vec![span(style::DIM, format!("  {:<12}", ""))];
    head.extend(LAYERS.map(|layer| span(style::DIM, format!("{:>10}", words::layer(layer)))));
    head.extend(kinds());
    page.line(&head, &[], &[]);
    for stage in STAGES {
        let sum = |matches: &dyn Fn(&ControlCount) -> bool| -> usize {
            let here = counts.iter().filter(|sort| sort.stage == stage && matches(sort));
            here.map(|sort| sort.count).sum()
        };
        let mut spans = vec![span(style::PLAIN, format!("  {:<12}", words::stage(stage)))];
        spans.extend(LAYERS.map(|layer| number(sum(&|sort| sort.layer == layer), 10, false)));
        spans.extend(KINDS.map(|kind| number(sum(&|sort| sort.kind == kind), 12, false)));
        page.line(&spans, &[], &[]);
    }
}

fn families(page: &mut Page, counts: &[ControlCount]) {
    page.heading(
        "Controls by family",
        "rows of the cloud-native white paper's runtime table",
    );
    let mut head = vec![span(style::DIM, format!("  {:<36}", ""))];
    head.extend(kinds());
    page.line(&head, &[], &[]);
    for family in Family::ALL.into_iter().map(Some).chain([None]) {
        let sum = |kind| -> usize {
            let here = counts.iter().filter(|sort| sort.family == family && sort.kind == kind);
            here.map(|sort| sort.count).sum()
        };
        let title = family.map_or_else(
            || "in no row of it".to_owned(),
            |family| format!("{:<9}{}", words::layer(family.layer()), name(family).replace('-', " ")),
        );
        let mut spans = vec![span(style::PLAIN, format!("  {title:<36}"))];
        spans.extend(KINDS.map(|kind| number(sum(kind), 12, false)));
        page.line(&spans, &[], &[]);
    }
}

fn frameworks(page: &mut Page, frameworks: &[FrameworkUse]) {
    page.heading("Frameworks", "requirements that a control refers to");
    let ids = frameworks.iter().map(|it| width(&it.id)).max().unwrap_or(0);
    for framework in frameworks {
        let filled = if framework.requirements == 0 {
            0
        } else {
            (framework.referenced * BAR).div_ceil(framework.requirements)
        };
        let first = [
            span(style::NAME, format!("  {:ids$}  ", framework.id)),
            span(style::GOOD, "█".repeat(filled)),
            span(style::DIM, "░".repeat(BAR.saturating_sub(filled))),
            span(
                style::PLAIN,
                format!("{:>5} of {:<5}", framework.referenced, framework.requirements),
            ),
        ];
        let rest = [span(style::PLAIN, " ".repeat(2 + ids + 2 + BAR + 14))];
        page.line(&first, &rest, &[span(style::DIM, capital(&framework.title))]);
    }
}

/// The heads of the columns of kinds.
fn kinds() -> [Span; 3] {
    KINDS.map(|kind| span(style::DIM, format!("{:>12}", name(kind))))
}

/// A number in its column; nothing where something should be is seen at once.
fn number(number: usize, columns: usize, is_missing: bool) -> Span {
    let style = match number {
        0 if is_missing => style::HIGH,
        0 => style::DIM,
        _ => style::PLAIN,
    };
    span(style, format!("{number:>columns$}"))
}
