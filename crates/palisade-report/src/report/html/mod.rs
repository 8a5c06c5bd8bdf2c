//! The report as one HTML file that needs nothing else: no script, no font, no request.
//!
//! Each part is a value of plain text made in Rust and a template that lays it out. The templates escape all of it; what they
//! take as it is are our own drawings, which escape by themselves, and the style sheet. A content security policy in the page
//! forbids scripts and requests, so that a mistake there would still run nothing.

mod coverage;
mod filters;
mod findings;
mod ledger;
mod matrix;
mod parts;
mod paths;
mod requirements;
mod risk;
mod roadmap;
mod summary;

use askama::Template;

use self::coverage::CoverageView;
use self::parts::SystemView;
use self::summary::SystemRow;
use super::place::Places;
use super::{Audience, Dossier};
use crate::diagram::{MARKERS, STYLE as DIAGRAM_STYLE};

const STYLE: &str = include_str!("../../../templates/report/style.css");
const TREE_STYLE: &str = include_str!("../tree/style.css");

/// Systems that are told in full.
const FEW_SYSTEMS: usize = 4;

#[derive(Template)]
#[template(path = "report/page.html")]
struct Page<'a> {
    title: String,
    subtitle: String,
    styles: [&'static str; 3],
    markers: &'static str,
    version: &'a str,
    /// All systems in a line each, where there are several.
    rows: Vec<SystemRow<'a>>,
    systems: Vec<SystemView<'a>>,
    systems_left_out: usize,
    coverage: CoverageView,
    /// Long lists are unfolded.
    is_open: bool,
}

/// The whole report as HTML.
pub fn report_html(dossier: &Dossier<'_>) -> Result<String, askama::Error> {
    let places = Places {
        template: dossier.source,
    };
    let mut order: Vec<_> = dossier.assessment.systems.iter().collect();
    // Stable: where nothing is at risk the systems stay in their order.
    order.sort_by_key(|system| std::cmp::Reverse(system.risk.as_ref().map(|risk| risk.current.mean)));
    let is_one = order.len() == 1;
    let systems: Vec<SystemView<'_>> = order
        .iter()
        .take(FEW_SYSTEMS)
        .enumerate()
        .map(|(index, system)| SystemView::new(system, dossier, places, index + 1))
        .collect();
    let title = match order.as_slice() {
        [one] => format!("Threat model of {}", one.system.root),
        several => format!("Threat models of {} systems", several.len()),
    };
    let when = dossier.as_of.map(|day| day.to_string()).unwrap_or_default();
    let subtitle: Vec<&str> = [dossier.audience.word(), &when]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    let page = Page {
        title,
        subtitle: subtitle.join(" · "),
        styles: [STYLE, DIAGRAM_STYLE, TREE_STYLE],
        markers: MARKERS,
        version: &dossier.assessment.version,
        rows: if is_one {
            Vec::new()
        } else {
            order.iter().map(|it| SystemRow::new(it)).collect()
        },
        systems_left_out: order.len().saturating_sub(systems.len()),
        systems,
        coverage: CoverageView::new(dossier, places),
        is_open: dossier.audience == Audience::Auditor,
    };
    page.render()
}

/// A list that is cut: what is shown of it, and how many more there are.
pub(crate) struct Cut<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) left_out: usize,
}

impl<T> Cut<T> {
    /// The first so many of a list.
    pub(crate) fn first<S>(list: &[S], most: usize, row: impl FnMut(&S) -> T) -> Self {
        Self {
            rows: list.iter().take(most).map(row).collect(),
            left_out: list.len().saturating_sub(most),
        }
    }
}
