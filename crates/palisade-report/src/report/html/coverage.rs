//! What was read, and what was not: never left out.

use std::collections::BTreeMap;

use palisade_inventory::Skipped;

use super::Cut;
use crate::report::Dossier;
use crate::report::place::{Place, Places};
use crate::text::page::count;

/// Kinds, conditions and bounds that are told.
const FEW: usize = 12;

pub(super) struct CoverageView {
    pub(super) understood: u64,
    pub(super) documents: u64,
    /// How many, why, an example, and what helps.
    pub(super) skipped: Cut<SkippedRow>,
    pub(super) notices: String,
    pub(super) opaque: String,
    pub(super) not_evaluated: Cut<String>,
    pub(super) bounds: Vec<String>,
    pub(super) tools: String,
}

pub(super) struct SkippedRow {
    pub(super) count: usize,
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) help: String,
    pub(super) place: Place,
}

impl CoverageView {
    pub(super) fn new(dossier: &Dossier<'_>, places: Places<'_>) -> Self {
        let assessment = dossier.assessment;
        let coverage = &assessment.coverage;
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for notice in &coverage.notices {
            *codes.entry(&notice.code).or_default() += 1;
        }
        let notices = codes.iter().map(|(code, n)| format!("{n} {code}"));
        let mut opaque: Vec<(&String, &u64)> = coverage.opaque.iter().collect();
        opaque.sort_by_key(|(kind, n)| (std::cmp::Reverse(**n), *kind));
        let more = match opaque.len().saturating_sub(FEW) {
            0 => String::new(),
            n => format!(" and {}", count(n, "more kind")),
        };
        let kinds = opaque.iter().take(FEW).map(|(kind, n)| format!("{n} {kind}"));
        let tools = coverage
            .tools
            .iter()
            .map(|tool| format!("{} {}", tool.name, tool.version));
        Self {
            understood: coverage.understood,
            documents: coverage.documents,
            skipped: skipped(&coverage.skipped, dossier.audience.rows(), places),
            notices: notices.collect::<Vec<_>>().join(", "),
            opaque: kinds.collect::<Vec<_>>().join(", ") + &more,
            not_evaluated: Cut::first(&assessment.not_evaluated, FEW, |it| {
                format!("{} on {}: {}", it.rule, it.element, it.reason)
            }),
            bounds: assessment
                .systems
                .iter()
                .flat_map(|system| system.bounds_hit.clone())
                .take(FEW)
                .collect(),
            tools: tools.collect::<Vec<_>>().join(", "),
        }
    }
}

fn skipped(skipped: &[Skipped], most: usize, places: Places<'_>) -> Cut<SkippedRow> {
    let mut reasons: BTreeMap<(&str, &str), Vec<&Skipped>> = BTreeMap::new();
    for skip in skipped {
        reasons.entry((&skip.code, &skip.reason)).or_default().push(skip);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, skips)| (std::cmp::Reverse(skips.len()), *reason));
    let rows: Vec<SkippedRow> = reasons
        .iter()
        .filter_map(|((code, reason), skips)| {
            let first = skips.first()?;
            Some(SkippedRow {
                count: skips.len(),
                code: (*code).to_owned(),
                reason: (*reason).to_owned(),
                help: first.help.clone(),
                place: places.at(&first.file, first.line, first.column),
            })
        })
        .collect();
    let left_out = rows.iter().skip(most).map(|row| row.count).sum();
    Cut {
        rows: rows.into_iter().take(most).collect(),
        left_out,
    }
}
