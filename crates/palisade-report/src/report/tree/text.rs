//! An attack tree as an outline.

use std::fmt::Write as _;

use palisade_engine::{AttackTree, TreeGoal, TreeWay};

use super::{goal, remark, title};
use crate::text::page::{Page, clean, span};
use crate::text::{TextOptions, style};
use crate::words;

/// The trees of one asset, each with the root of its system.
pub fn attack_tree(trees: &[(&str, AttackTree)], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    for (root, tree) in trees {
        page.heading(&title(tree), if trees.len() > 1 { root } else { "" });
        for actor in &tree.actors {
            page.gap();
            let chance = format!("  {} likely", words::percent(actor.goal.likelihood));
            page.indented(
                2,
                &[span(style::BOLD, words::actor(&actor.actor)), span(style::DIM, chance)],
            );
            tell(&mut page, &actor.goal, 2);
            for bound in &actor.bounds_hit {
                page.indented(2, &[span(style::MEDIUM, format!("cut short: {bound}"))]);
            }
        }
    }
    page.finish()
}

fn margin(indent: usize) -> [crate::text::page::Span; 1] {
    [span(style::PLAIN, " ".repeat(indent))]
}

fn tell(page: &mut Page, held: &TreeGoal, indent: usize) {
    let mut spans = vec![
        span(style::DIM, format!("{:>2} ", held.number)),
        span(style::NAME, goal(held)),
    ];
    spans.extend(remark(held).map(|remark| span(style::DIM, format!("  {remark}"))));
    if held.ways.len() > 1 {
        spans.push(span(style::BOLD, "  OR"));
    }
    page.line(&margin(indent), &margin(indent + 3), &spans);
    for way in &held.ways {
        tell_way(page, way, indent + 3);
    }
}

fn tell_way(page: &mut Page, way: &TreeWay, indent: usize) {
    let mut spans = match &way.step {
        Some(step) => vec![
            span(style::PLAIN, step.title.clone()),
            span(style::DIM, format!("  {}", step.techniques.join(" "))),
            span(style::DIM, format!("  {}", words::percent(step.likelihood))),
        ],
        None => vec![span(style::PLAIN, "comes with")],
    };
    if way.needs.len() > 1 {
        spans.push(span(style::BOLD, "  AND"));
    }
    if let Some(evidence) = way.step.as_ref().and_then(|step| step.evidence.first()) {
        spans.push(span(style::DIM, format!("  {}", words::position(evidence))));
    }
    let first = [span(style::PLAIN, " ".repeat(indent)), span(style::DIM, "◂ ")];
    page.line(&first, &margin(indent + 2), &spans);
    for need in &way.needs {
        tell(page, need, indent + 2);
    }
}

/// The tree of one actor as plain lines, two spaces a step.
pub(crate) fn outline(held: &TreeGoal) -> String {
    let mut lines = String::new();
    plain(&mut lines, held, 0);
    lines
}

fn plain(lines: &mut String, held: &TreeGoal, indent: usize) {
    let remark = remark(held).map(|remark| format!(" ({remark})")).unwrap_or_default();
    let or = if held.ways.len() > 1 { "  OR" } else { "" };
    let _ = writeln!(
        lines,
        "{:indent$}{} {}{remark}{or}",
        "",
        held.number,
        clean(&goal(held))
    );
    for way in &held.ways {
        let (step, place) = match &way.step {
            Some(step) => (
                &*step.title,
                step.evidence.first().map(words::position).unwrap_or_default(),
            ),
            None => ("comes with", String::new()),
        };
        let and = if way.needs.len() > 1 { "  AND" } else { "" };
        let line = format!("{:width$}◂ {step}{and}  {}", "", clean(&place), width = indent + 2);
        let _ = writeln!(lines, "{}", line.trim_end());
        for need in &way.needs {
            plain(lines, need, indent + 4);
        }
    }
}
