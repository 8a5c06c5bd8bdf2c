//! Which techniques of ATT&CK the system is open to, and to whom.

use std::collections::{BTreeMap, BTreeSet};

use palisade_engine::assessment::{SystemAssessment, ThreatState};
use palisade_engine::system::Evidence;
use palisade_knowledge::{Catalogue, Severity};

use crate::words;

/// How a system is open to a technique.
#[derive(Default)]
pub(crate) struct Exposure<'a> {
    /// Attack paths with a step of it.
    pub(crate) paths: BTreeSet<&'a str>,
    /// The worst severity among them.
    pub(crate) worst: Option<Severity>,
    /// Sorts of actors whose paths these are.
    pub(crate) actors: BTreeSet<&'a str>,
    /// Findings of weaknesses that enable it.
    pub(crate) findings: usize,
    /// Exposed threats that it would realise.
    pub(crate) threats: usize,
    /// The first places that tell, without repeating any.
    pub(crate) places: Vec<(&'a str, u32, u32)>,
}

/// Places that are kept of each technique.
const FEW_PLACES: usize = 5;

impl<'a> Exposure<'a> {
    /// 0 not at all, 1 a weakness or threat, 2 on an attack path, 3 on one of high severity.
    pub(crate) fn level(&self) -> u8 {
        match self.worst {
            Some(Severity::High) => 3,
            Some(_) => 2,
            None if self.findings + self.threats > 0 => 1,
            None => 0,
        }
    }

    /// `on 12 attack paths, 3 findings, 1 exposed threat`.
    pub(crate) fn says(&self) -> String {
        use crate::text::page::count;
        let mut parts = Vec::new();
        if !self.paths.is_empty() {
            parts.push(format!("on {}", count(self.paths.len(), "attack path")));
        }
        if self.findings > 0 {
            parts.push(count(self.findings, "finding"));
        }
        if self.threats > 0 {
            parts.push(count(self.threats, "exposed threat"));
        }
        parts.join(", ")
    }

    fn see(&mut self, file: &'a str, line: u32, column: u32) {
        let place = (file, line, column);
        if self.places.len() < FEW_PLACES && !self.places.contains(&place) {
            self.places.push(place);
        }
    }

    fn see_evidence(&mut self, evidence: &'a [Evidence]) {
        if let Some(first) = evidence.first() {
            self.see(&first.file, first.line, first.column);
        }
    }

    pub(crate) fn told_places(&self) -> Vec<String> {
        let places = self.places.iter();
        places
            .map(|(file, line, column)| words::place(file, *line, *column))
            .collect()
    }
}

/// By technique. What somebody bears or the baseline has is told as well: an attacker does not care.
pub(crate) fn exposures<'a>(system: &'a SystemAssessment, catalogue: &'a Catalogue) -> BTreeMap<&'a str, Exposure<'a>> {
    let mut found: BTreeMap<&str, Exposure<'_>> = BTreeMap::new();
    for path in &system.paths {
        for step in &path.steps {
            for technique in &step.techniques {
                let exposure = found.entry(technique).or_default();
                exposure.paths.insert(&path.id);
                exposure.actors.insert(&path.actor);
                exposure.worst = exposure.worst.max(Some(path.severity));
                exposure.see_evidence(&step.evidence);
            }
        }
    }
    for finding in &system.findings {
        let Some(weakness) = catalogue.weaknesses.get(&finding.rule) else {
            continue;
        };
        for technique in &weakness.techniques {
            let exposure = found.entry(technique).or_default();
            exposure.findings += 1;
            exposure.see(&finding.position.file, finding.position.line, finding.position.column);
        }
    }
    for threat in system.threats.iter().filter(|it| it.state == ThreatState::Exposed) {
        for technique in &threat.techniques {
            let exposure = found.entry(technique).or_default();
            exposure.threats += 1;
            exposure.see_evidence(&threat.evidence);
        }
    }
    found
}

/// The technique that stands for this one in a matrix: its parent, where that is known.
pub(crate) fn stands_for<'a>(id: &'a str, catalogue: &'a Catalogue) -> &'a str {
    let parent = catalogue.techniques.get(id).and_then(|it| it.parent.as_deref());
    parent
        .filter(|parent| catalogue.techniques.contains_key(*parent))
        .unwrap_or(id)
}

/// ATT&CK's tactics in the order of an attack: short name and name.
pub(crate) const TACTICS: [(&str, &str); 14] = [
    ("reconnaissance", "Reconnaissance"),
    ("resource-development", "Resource development"),
    ("initial-access", "Initial access"),
    ("execution", "Execution"),
    ("persistence", "Persistence"),
    ("privilege-escalation", "Privilege escalation"),
    ("defense-evasion", "Defense evasion"),
    ("credential-access", "Credential access"),
    ("discovery", "Discovery"),
    ("lateral-movement", "Lateral movement"),
    ("collection", "Collection"),
    ("command-and-control", "Command and control"),
    ("exfiltration", "Exfiltration"),
    ("impact", "Impact"),
];

/// The sorts of actors: short name, name and letter.
pub(crate) const ACTORS: [(&str, &str, &str); 5] = [
    ("outsider", "Outsider", "O"),
    ("insider", "Insider", "I"),
    ("supply-chain", "Supply chain", "S"),
    ("compromised-workload", "Compromised workload", "W"),
    ("accident", "Mistake", "M"),
];
