//! What a change did, as a comment on a pull request: the verdict in one line, the few things that matter in a table, all
//! the rest folded away.

use std::fmt::Write as _;

use palisade_engine::assessment::{AttackPath, Finding};
use palisade_engine::diff::{ChangeVerdict, PathChange, Presence, SystemDifference};
use palisade_engine::system::Flow;

use super::{
    Comparison, by_ends, by_weight, counts, doubts, drawn, excuse, sorted, subject, verdict, way, worst_first,
};
use crate::markdown::{code, plain};
use crate::words;

/// Things of one row before "and n more".
const FEW: usize = 3;
/// Things of one list among what is folded away.
const MANY: usize = 100;

/// The whole comparison.
pub fn difference_markdown(comparison: &Comparison<'_>) -> String {
    let difference = comparison.difference;
    let mark = match difference.verdict {
        ChangeVerdict::Worse => "🔴",
        ChangeVerdict::Mixed | ChangeVerdict::NotEvaluated => "🟠",
        ChangeVerdict::Better => "🟢",
        ChangeVerdict::Neutral | ChangeVerdict::Same => "⚪",
    };
    let mut text = format!("### {mark} Threat model: {}\n\n", verdict(difference.verdict));
    let counts = counts(difference);
    if !counts.is_empty() {
        let _ = writeln!(text, "**{}**\n", counts.join(" · "));
    }
    for system in &difference.systems {
        if difference.systems.len() > 1 {
            let _ = writeln!(text, "#### {}: {}\n", code(&system.root), verdict(system.verdict));
        }
        table(&mut text, system);
    }
    for doubt in doubts(comparison) {
        let _ = writeln!(text, "⚠️ {}\n", plain(&doubt));
    }
    let mut folded = String::new();
    for system in &difference.systems {
        details(&mut folded, system);
    }
    if !folded.is_empty() {
        let _ = writeln!(
            text,
            "<details><summary>Everything that is different</summary>\n\n{folded}\n</details>\n"
        );
    }
    let _ = writeln!(
        text,
        "<sub>palisade diff {} {}</sub>",
        code(comparison.base.name),
        code(comparison.head.name)
    );
    text
}

/// The few things that matter, a row for each sort.
fn table(text: &mut String, system: &SystemDifference) {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut row = |title, few: Vec<String>, all: usize| {
        if !few.is_empty() {
            let more = if all > few.len() {
                format!("<br>and {} more", all - few.len())
            } else {
                String::new()
            };
            rows.push((title, few.join("<br>") + &more));
        }
    };
    match system.presence {
        Presence::Both => {}
        Presence::Added => row("New system", vec![code(&system.root)], 1),
        Presence::Gone => row("System gone", vec![code(&system.root)], 1),
    }
    let ids = |elements: &[palisade_engine::system::Element]| -> Vec<String> {
        sorted(elements)
            .into_iter()
            .take(FEW)
            .map(|element| code(element.id.as_str()))
            .collect()
    };
    row("New", ids(&system.elements_added), system.elements_added.len());
    row("Gone", ids(&system.elements_gone), system.elements_gone.len());
    let renamed = system.renamed.iter().take(FEW);
    let renamed = renamed.map(|rename| format!("{} → {}", code(rename.from.as_str()), code(rename.to.as_str())));
    row("Renamed", renamed.collect(), system.renamed.len());
    row(
        "New flow",
        flows(drawn(&system.flows_added)),
        drawn(&system.flows_added).count(),
    );
    row(
        "Flow gone",
        flows(drawn(&system.flows_gone)),
        drawn(&system.flows_gone).count(),
    );
    let changed = system.flows_changed.iter().take(FEW);
    let changed = changed.map(|change| format!("{}, was {}", flow(&change.after), plain(&words::flow(&change.before))));
    row("Other flow", changed.collect(), system.flows_changed.len());
    let crossed = by_ends(&system.crossed);
    let few = crossed.iter().take(FEW).map(|(boundaries, from, to)| {
        format!(
            "{} by {} → {}",
            code(boundaries),
            code(from.as_str()),
            code(to.as_str())
        )
    });
    row("Boundary crossed", few.collect(), crossed.len());
    let opened = by_weight(&system.paths_opened);
    row(
        "**Path opened**",
        opened.iter().take(FEW).map(|path| opened_path(path)).collect(),
        opened.len(),
    );
    let paths = system.paths_changed.iter();
    let (easier, harder): (Vec<_>, Vec<_>) = paths.partition(|change| change.is_easier());
    for (title, changes) in [("**Path easier**", easier), ("Path harder", harder)] {
        let few = changes.iter().take(FEW).map(|change| changed_path(change));
        row(title, few.collect(), changes.len());
    }
    let closed = by_weight(&system.paths_closed);
    row(
        "Path closed",
        closed.iter().take(FEW).map(|path| plain(&words::path(path))).collect(),
        closed.len(),
    );
    row(
        "Risk",
        system.risk.iter().map(|risk| plain(&words::risk_move(risk))).collect(),
        1,
    );
    let new = worst_first(&system.findings_new);
    row(
        "**Weakness new**",
        new.iter().take(FEW).map(|finding| new_finding(finding)).collect(),
        new.len(),
    );
    let fixed = worst_first(&system.findings_fixed);
    row(
        "Weakness fixed",
        fixed.iter().take(FEW).map(|finding| old_finding(finding)).collect(),
        fixed.len(),
    );
    if rows.is_empty() {
        return;
    }
    text.push_str("| | |\n|---|---|\n");
    for (title, cell) in rows {
        let _ = writeln!(text, "| {title} | {cell} |");
    }
    text.push('\n');
}

fn changed_path(change: &PathChange) -> String {
    let path = &change.path;
    let (before, after) = (
        words::percent(change.likelihood_before),
        words::percent(path.likelihood),
    );
    let (level, says) = (words::level(path.severity), plain(&words::path(path)));
    format!("{level}: {says} ({before} → {after} likely)<br>{}", walked(path))
}

/// Every path step by step, every finding and threat.
fn details(text: &mut String, system: &SystemDifference) {
    let with_fixes = by_weight(&system.paths_opened);
    for path in with_fixes.iter().take(MANY) {
        let _ = writeln!(
            text,
            "**{}** ({}, {} likely, {})\n",
            plain(&words::path(path)),
            words::level(path.severity),
            words::percent(path.likelihood),
            path.id
        );
        for (number, step) in path.steps.iter().enumerate() {
            let place = step
                .evidence
                .first()
                .map(|place| format!(" {}", code(&words::position(place))));
            let fix = if step.fix.is_empty() {
                String::new()
            } else {
                format!(" *Fix:* {}", plain(&step.fix))
            };
            let _ = writeln!(
                text,
                "{}. {} → {}: {}.{}{fix}",
                number + 1,
                code(step.from.as_str()),
                code(step.to.as_str()),
                plain(&step.title),
                place.unwrap_or_default()
            );
        }
        text.push('\n');
    }
    let mut list = |title: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        let _ = writeln!(text, "**{title}** in {}\n", code(&system.root));
        for line in lines.iter().take(MANY) {
            let _ = writeln!(text, "- {line}");
        }
        if lines.len() > MANY {
            let _ = writeln!(text, "- and {} more", lines.len() - MANY);
        }
        text.push('\n');
    };
    let ids = |elements| {
        sorted(elements)
            .into_iter()
            .map(|element| code(element.id.as_str()))
            .collect()
    };
    list("New elements", ids(&system.elements_added));
    list("Elements gone", ids(&system.elements_gone));
    list("New flows", drawn(&system.flows_added).map(flow).collect());
    list("Flows gone", drawn(&system.flows_gone).map(flow).collect());
    list(
        "New weaknesses",
        worst_first(&system.findings_new).into_iter().map(new_finding).collect(),
    );
    list(
        "Weaknesses fixed",
        worst_first(&system.findings_fixed)
            .into_iter()
            .map(old_finding)
            .collect(),
    );
    let told = |threats: &[palisade_engine::assessment::Threat]| -> Vec<String> {
        threats
            .iter()
            .map(|threat| format!("{} ({})", plain(&threat.statement), threat.id))
            .collect()
    };
    list("Threats newly exposed", told(&system.threats_exposed));
    list("Threats answered", told(&system.threats_answered));
}

fn flows<'f>(flows: impl Iterator<Item = &'f Flow>) -> Vec<String> {
    flows.take(FEW).map(flow).collect()
}

fn flow(flow: &Flow) -> String {
    let (from, to) = (code(flow.from.as_str()), code(flow.to.as_str()));
    format!("{from} → {to} {}", plain(&words::flow(flow)))
        .trim_end()
        .to_owned()
}

/// What is reached, by which way, and where the first step of it is written.
fn opened_path(path: &AttackPath) -> String {
    let excuse = excuse(path.waiver.as_ref()).map(|excuse| format!(" ({})", plain(&excuse)));
    format!(
        "{}: {} ({} likely){}<br>{}",
        words::level(path.severity),
        plain(&words::path(path)),
        words::percent(path.likelihood),
        excuse.unwrap_or_default(),
        walked(path)
    )
}

fn walked(path: &AttackPath) -> String {
    let way: Vec<String> = way(path).into_iter().map(|id| code(id.as_str())).collect();
    way.join(" → ")
}

fn new_finding(finding: &Finding) -> String {
    let position = &finding.position;
    let excuse = excuse(finding.waiver.as_ref()).map(|excuse| format!(" ({})", plain(&excuse)));
    format!(
        "{}: {} {} in {} {}{}",
        words::level(finding.severity),
        finding.rule,
        plain(&finding.title),
        code(&subject(finding)),
        code(&words::place(&position.file, position.line, position.column)),
        excuse.unwrap_or_default()
    )
}

fn old_finding(finding: &Finding) -> String {
    format!(
        "{} {} in {}",
        finding.rule,
        plain(&finding.title),
        code(&subject(finding))
    )
}
