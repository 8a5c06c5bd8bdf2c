//! What a change did, for a terminal.

use anstyle::Style;
use palisade_engine::assessment::AttackPath;
use palisade_engine::diff::{ChangeVerdict, PathChange, Presence, SystemDifference};
use palisade_engine::system::{ElementId, Flow};

use super::{
    Comparison, by_ends, by_weight, counts, doubts, drawn, excuse, sorted, subject, verdict, way, worst_first,
};
use crate::text::page::{Page, Span, span};
use crate::text::{TextOptions, style, walk};
use crate::words;

/// Things of one list before "and n more".
const FEW: usize = 8;
/// Attack paths told step by step.
const FEW_PATHS: usize = 3;
/// Columns before what is said.
const MARGIN: usize = 4;

/// The whole comparison: the verdict, and system by system what is new, gone and otherwise.
pub fn difference(comparison: &Comparison<'_>, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let difference = comparison.difference;
    let compared = format!("{} → {}", comparison.base.name, comparison.head.name);
    page.heading("Change", &compared);
    let style = match difference.verdict {
        ChangeVerdict::Worse => style::HIGH,
        ChangeVerdict::Mixed | ChangeVerdict::NotEvaluated => style::MEDIUM,
        ChangeVerdict::Better => style::GOOD,
        ChangeVerdict::Neutral | ChangeVerdict::Same => style::BOLD,
    };
    let mut spans = vec![span(style, verdict(difference.verdict).to_uppercase())];
    let counts = counts(difference);
    if !counts.is_empty() {
        spans.push(span(style::PLAIN, format!("  {}", counts.join(" · "))));
    }
    page.indented(2, &spans);
    for system in &difference.systems {
        if difference.systems.len() > 1 {
            page.heading(&system.root, verdict(system.verdict));
        }
        one(&mut page, system, options);
    }
    let doubts = doubts(comparison);
    if !doubts.is_empty() {
        page.heading("Not compared", "");
        for doubt in doubts {
            page.indented(2, &[span(style::MEDIUM, doubt)]);
        }
    }
    page.finish()
}

fn one(page: &mut Page, system: &SystemDifference, options: TextOptions) {
    match system.presence {
        Presence::Both => {}
        Presence::Added => page.indented(2, &[span(style::BOLD, "The system is new.")]),
        Presence::Gone => page.indented(2, &[span(style::BOLD, "The system is gone.")]),
    }
    let mut list = List {
        page,
        options,
        title: None,
    };
    list.title("System");
    list.all("+ ", style::BOLD, &sorted(&system.elements_added), |element| {
        vec![name(element.id.as_str()), dim(format!("  {}", words::role(element)))]
    });
    list.all("- ", style::BOLD, &sorted(&system.elements_gone), |element| {
        vec![name(element.id.as_str()), dim(format!("  {}", words::role(element)))]
    });
    list.all("~ ", style::DIM, &refs(&system.renamed), |rename| {
        vec![name(rename.from.as_str()), dim(" is now "), name(rename.to.as_str())]
    });
    list.all(
        "+ ",
        style::BOLD,
        &drawn(&system.flows_added).collect::<Vec<_>>(),
        flow_line,
    );
    list.all(
        "- ",
        style::BOLD,
        &drawn(&system.flows_gone).collect::<Vec<_>>(),
        flow_line,
    );
    list.all("~ ", style::BOLD, &refs(&system.flows_changed), |change| {
        let mut spans = flow_line(&change.after);
        spans.push(dim(format!("  was {}", words::flow(&change.before))));
        spans
    });
    list.title("Boundaries");
    let (crossed, no_longer) = (by_ends(&system.crossed), by_ends(&system.no_longer_crossed));
    list.all("+ ", style::MEDIUM, &refs(&crossed), crossing_line);
    list.all("- ", style::GOOD, &refs(&no_longer), crossing_line);
    list.title("Attack paths");
    opened(&mut list, &system.paths_opened);
    list.all("~ ", style::PLAIN, &refs(&system.paths_changed), |change| {
        path_change(change)
    });
    list.all("- ", style::GOOD, &by_weight(&system.paths_closed), |path| {
        vec![
            span(style::PLAIN, words::path(path)),
            dim(format!("  from {} · {}", path.entry, path.id)),
        ]
    });
    list.title("Risk");
    if let Some(risk) = &system.risk {
        let (sign, style) = if risk.after > risk.before {
            ("+ ", style::HIGH)
        } else {
            ("- ", style::GOOD)
        };
        list.line(sign, style, &[span(style::PLAIN, words::risk_move(risk))]);
    }
    list.title("Weaknesses");
    list.all("+ ", style::HIGH, &worst_first(&system.findings_new), |finding| {
        let position = &finding.position;
        let mut spans = vec![
            span(
                style::severity(finding.severity),
                words::level(finding.severity).to_uppercase(),
            ),
            span(style::PLAIN, format!(" {} {}  ", finding.rule, finding.title)),
            name(&subject(finding)),
            dim(format!(
                "  {}",
                words::place(&position.file, position.line, position.column)
            )),
        ];
        spans.extend(excuse(finding.waiver.as_ref()).map(|excuse| dim(format!("  {excuse}"))));
        spans
    });
    list.all("- ", style::GOOD, &worst_first(&system.findings_fixed), |finding| {
        vec![
            span(style::PLAIN, format!("{} {}  ", finding.rule, finding.title)),
            name(&subject(finding)),
        ]
    });
    list.title("Threats");
    list.all("+ ", style::HIGH, &refs(&system.threats_exposed), |threat| {
        vec![
            span(style::PLAIN, threat.statement.clone()),
            dim(format!("  {}", threat.id)),
        ]
    });
    list.all("- ", style::GOOD, &refs(&system.threats_answered), |threat| {
        vec![
            span(style::PLAIN, threat.statement.clone()),
            dim(format!("  {}", threat.id)),
        ]
    });
}

fn opened(list: &mut List<'_>, paths: &[AttackPath]) {
    let paths = by_weight(paths);
    let told = list.options.limit(FEW_PATHS);
    for path in paths.iter().take(told) {
        list.line("+ ", style::HIGH, &opened_line(path));
        walk(list.page, &path.steps, MARGIN, false);
    }
    let rest: Vec<&AttackPath> = paths.into_iter().skip(told).collect();
    list.all("+ ", style::HIGH, &rest, opened_line);
}

fn opened_line(path: &AttackPath) -> Vec<Span> {
    let mut spans = vec![
        span(
            style::severity(path.severity),
            words::level(path.severity).to_uppercase(),
        ),
        span(style::BOLD, format!(" {}", words::path(path))),
        dim(format!("  {} likely · {}", words::percent(path.likelihood), path.id)),
    ];
    spans.extend(excuse(path.waiver.as_ref()).map(|excuse| dim(format!("  {excuse}"))));
    spans
}

fn path_change(change: &PathChange) -> Vec<Span> {
    let path = &change.path;
    let (word, style) = if change.is_easier() {
        ("easier: ", style::HIGH)
    } else {
        ("harder: ", style::GOOD)
    };
    let (before, after) = (
        words::percent(change.likelihood_before),
        words::percent(path.likelihood),
    );
    let mut spans = vec![
        span(style, word),
        span(style::PLAIN, words::path(path)),
        dim(format!("  {before} → {after} likely · {}  by ", path.id)),
    ];
    for (index, id) in way(path).into_iter().enumerate() {
        spans.extend((index > 0).then(|| dim(" → ")));
        spans.push(name(id.as_str()));
    }
    spans
}

fn flow_line(flow: &Flow) -> Vec<Span> {
    let mut spans = vec![name(flow.from.as_str()), dim(" → "), name(flow.to.as_str())];
    spans.push(dim(format!("  {}", words::flow(flow))));
    spans.extend(
        flow.evidence
            .first()
            .map(|place| dim(format!("  {}", words::position(place)))),
    );
    spans
}

fn crossing_line((boundaries, from, to): &(String, &ElementId, &ElementId)) -> Vec<Span> {
    vec![
        span(style::BOLD, boundaries.clone()),
        dim(" by "),
        name(from.as_str()),
        dim(" → "),
        name(to.as_str()),
    ]
}

fn name(text: &str) -> Span {
    span(style::NAME, text)
}

fn dim(text: impl Into<String>) -> Span {
    span(style::DIM, text)
}

fn refs<T>(things: &[T]) -> Vec<&T> {
    things.iter().collect()
}

/// Lists under headings that are written once something stands under them.
struct List<'p> {
    page: &'p mut Page,
    options: TextOptions,
    title: Option<&'static str>,
}

impl List<'_> {
    fn title(&mut self, title: &'static str) {
        self.title = Some(title);
    }

    fn all<T>(&mut self, sign: &str, style: Style, things: &[&T], told: impl Fn(&T) -> Vec<Span>) {
        let shown = self.options.limit(FEW).min(things.len());
        for thing in things.iter().take(shown) {
            self.line(sign, style, &told(thing));
        }
        if things.len() > shown {
            self.line(
                sign,
                style,
                &[dim(format!("and {} more; -v shows all", things.len() - shown))],
            );
        }
    }

    fn line(&mut self, sign: &str, style: Style, spans: &[Span]) {
        if let Some(title) = self.title.take() {
            self.page.heading(title, "");
        }
        let rest = [span(style::PLAIN, " ".repeat(MARGIN))];
        self.page.line(&[span(style, format!("  {sign}"))], &rest, spans);
    }
}
