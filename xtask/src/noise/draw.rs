//! Findings at random.

use std::fs;

use palisade_engine::Assessment;
use palisade_engine::assessment::Finding;

use crate::rng::Rng;

/// How many findings to draw from each system.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// That many; all of them where there are fewer.
    pub count: usize,
    /// What the choice follows from.
    pub seed: u64,
}

impl Draw {
    /// The findings drawn from a system, each at most once. Another system's findings change nothing.
    pub(super) fn of<'a>(&self, system: &str, assessment: &'a Assessment) -> Vec<&'a Finding> {
        let name: Vec<u64> = system.bytes().map(u64::from).collect();
        let mut rng = Rng::of(self.seed, &name);
        let mut findings: Vec<&Finding> = assessment.systems.iter().flat_map(|system| &system.findings).collect();
        let mut drawn = Vec::new();
        while drawn.len() < self.count && !findings.is_empty() {
            let at = usize::try_from(rng.below(findings.len() as u64)).unwrap_or(0);
            drawn.push(findings.swap_remove(at));
        }
        drawn
    }
}

/// A finding, with the line that it points at.
pub(super) fn shown(finding: &Finding) -> String {
    let position = &finding.position;
    let text = fs::read_to_string(&position.file).unwrap_or_default();
    let line = usize::try_from(position.line).unwrap_or(0).saturating_sub(1);
    let line = text.lines().nth(line).unwrap_or_default().trim();
    let container = finding.container.iter().map(|name| format!(" ({name})"));
    let to = finding.to.iter().map(|to| format!(" → {to}"));
    format!(
        "{} {}: {}{}\n   {}:{}:{} {}\n   `{line}`",
        finding.rule,
        finding.title,
        finding.element,
        container.chain(to).collect::<String>(),
        position.file,
        position.line,
        position.column,
        finding.path
    )
}
