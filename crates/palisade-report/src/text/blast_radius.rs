//! What the compromise of one element gives.

use std::collections::BTreeMap;

use palisade_engine::assessment::AssetKind;
use palisade_engine::{BlastRadius, Gain};
use palisade_knowledge::Holding;

use super::page::{Page, count, span};
use super::{TextOptions, style};
use crate::words;

/// Gains of one sort that are shown.
const FEW_GAINS: usize = 8;

/// What follows from holding an element, in each system that has it: the most that is gained first, by sort.
pub fn blast_radius(found: &[(&str, BlastRadius)], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    for (root, radius) in found {
        let title = format!("Blast radius of {}", radius.element);
        let remark = if found.len() > 1 {
            format!("{} in {root}", count(radius.gains.len(), "gain"))
        } else {
            count(radius.gains.len(), "gain")
        };
        page.heading(&title, &remark);
        if radius.gains.is_empty() {
            let text = format!(
                "Who holds this {} gains nothing else by it.",
                words::holding(radius.holding)
            );
            page.indented(2, &[span(style::PLAIN, text)]);
        }
        for (holding, gains) in by_sort(&radius.gains) {
            page.gap();
            page.indented(
                2,
                &[
                    span(style::BOLD, words::gained(holding)),
                    span(style::DIM, format!("  {}", gains.len())),
                ],
            );
            let shown = options.limit(FEW_GAINS).min(gains.len());
            for gain in gains.iter().take(shown) {
                one(&mut page, gain);
            }
            if gains.len() > shown {
                page.indented(
                    4,
                    &[span(
                        style::DIM,
                        format!("and {} more; -v shows all", gains.len() - shown),
                    )],
                );
            }
        }
    }
    page.finish()
}

/// The worst sort first, each in the order of the gains.
fn by_sort(gains: &[Gain]) -> Vec<(Holding, Vec<&Gain>)> {
    let mut sorts: BTreeMap<(usize, Holding), Vec<&Gain>> = BTreeMap::new();
    for gain in gains {
        sorts.entry((rank(gain.holding), gain.holding)).or_default().push(gain);
    }
    sorts
        .into_iter()
        .map(|((_, holding), gains)| (holding, gains))
        .collect()
}

fn rank(holding: Holding) -> usize {
    const WORST_FIRST: [Holding; 9] = [
        Holding::ClusterAdmin,
        Holding::Node,
        Holding::CloudRole,
        Holding::Identity,
        Holding::Secret,
        Holding::Data,
        Holding::Workload,
        Holding::NodeFiles,
        Holding::Availability,
    ];
    WORST_FIRST
        .iter()
        .position(|known| *known == holding)
        .unwrap_or(WORST_FIRST.len())
}

fn one(page: &mut Page, gain: &Gain) {
    let last = &gain.last;
    let is_great = matches!(gain.asset_kind, Some(AssetKind::ClusterAdmin | AssetKind::Node));
    let margin = [span(style::PLAIN, " ".repeat(6))];
    page.line(
        &[span(style::PLAIN, "    ")],
        &margin,
        &[
            span(if is_great { style::HIGH } else { style::NAME }, gain.element.as_str()),
            span(
                style::DIM,
                format!(
                    "  {} likely, {}",
                    words::percent(gain.likelihood),
                    count(gain.steps, "step")
                ),
            ),
        ],
    );
    page.line(
        &margin,
        &margin,
        &[
            span(style::PLAIN, format!("{} from {}", last.title, last.from)),
            span(style::DIM, format!("  {}  {}", last.step, last.techniques.join(" "))),
        ],
    );
    if let Some(evidence) = last.evidence.first() {
        page.line(&margin, &margin, &[span(style::DIM, words::position(evidence))]);
    }
}
