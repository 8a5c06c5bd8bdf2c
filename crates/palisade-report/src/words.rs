//! How things are called in text that people read.

use std::fmt::Write as _;

use palisade_engine::assessment::{
    AppliedWaiver, AssetKind, AttackPath, Decision, Finding, Since, ThreatSource, ThreatState,
};
use palisade_engine::diff::RiskMove;
use palisade_engine::system::{Basis, Confidence, Element, ElementKind, Evidence, Flow};
use palisade_engine::verify::{CheckKind, CheckOutcome};
use palisade_inventory::Amount;
use palisade_inventory::RootKind;
use palisade_knowledge::{Holding, Layer, Level, Stage, StoreKind, Stride};
use serde::Serialize;

/// Every category, in the order of the word STRIDE.
pub(crate) const STRIDE: [Stride; 6] = [
    Stride::Spoofing,
    Stride::Tampering,
    Stride::Repudiation,
    Stride::InformationDisclosure,
    Stride::DenialOfService,
    Stride::ElevationOfPrivilege,
];

/// A value as the catalogue writes it.
pub(crate) fn name(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Prose of the catalogue wraps to the page, not as it was written.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) const fn stride(category: Stride) -> &'static str {
    match category {
        Stride::Spoofing => "Spoofing",
        Stride::Tampering => "Tampering",
        Stride::Repudiation => "Repudiation",
        Stride::InformationDisclosure => "Information disclosure",
        Stride::DenialOfService => "Denial of service",
        Stride::ElevationOfPrivilege => "Elevation of privilege",
    }
}

pub(crate) const fn state(state: ThreatState) -> &'static str {
    match state {
        ThreatState::Exposed => "exposed",
        ThreatState::Unknown => "unknown",
        ThreatState::Accepted => "accepted",
        ThreatState::Mitigated => "mitigated",
        ThreatState::NotApplicable => "n/a",
    }
}

/// `accepted until 2027-06-30 by payments: reason (palisade.yaml:12:3)`; what has ended says so.
pub(crate) fn decision(decision: &Decision) -> String {
    let mut text = match decision.state {
        ThreatState::NotApplicable => "not applicable".to_owned(),
        ThreatState::Mitigated => "mitigated elsewhere".to_owned(),
        other => state(other).to_owned(),
    };
    if let Some(until) = decision.until {
        text = format!("{text} until {until}");
    }
    if let Some(owner) = &decision.owner {
        text = format!("{text} by {owner}");
    }
    let ended = if decision.has_ended { ", which has ended" } else { "" };
    format!("{text}{ended}: {} ({})", decision.reason, position(&decision.evidence))
}

/// `waived until 2027-06-30 by platform: reason (agent.yaml:7:5)`; what has ended says so.
pub(crate) fn waiver(waiver: &AppliedWaiver) -> String {
    let mut text = "waived".to_owned();
    if let Some(until) = waiver.until {
        text = format!("{text} until {until}");
    }
    if let Some(owner) = &waiver.owner {
        text = format!("{text} by {owner}");
    }
    if let Some(tool) = &waiver.tool {
        text = format!("{text} in the words of {tool}");
    }
    let ended = if waiver.has_ended { ", which has ended" } else { "" };
    format!("{text}{ended}: {} ({})", waiver.reason, position(&waiver.evidence))
}

/// What is added to a finding or path that somebody bears, or that a baseline was held against; else nothing.
pub(crate) fn excused(waived: Option<&AppliedWaiver>, since: Option<Since>) -> String {
    let since = match since {
        None => "",
        Some(Since::New) => "  new",
        Some(Since::Baseline) => "  known",
    };
    let waived = waived.map(|waived| format!("  {}", waiver(waived)));
    format!("{since}{}", waived.unwrap_or_default())
}

/// `, 2 waived, 3 known`: how many of these do not count, and why; else nothing.
pub(crate) fn not_counted<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let (mut waived, mut known) = (0, 0);
    for finding in findings.filter(|finding| !finding.counts()) {
        match finding.since {
            Some(Since::Baseline) => known += 1,
            _ => waived += 1,
        }
    }
    let mut told = String::new();
    for (n, word) in [(waived, "waived"), (known, "known")] {
        if n > 0 {
            let _ = write!(told, ", {n} {word}");
        }
    }
    told
}

pub(crate) const fn check_outcome(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Broken => "broken",
        CheckOutcome::NotEvaluated => "not evaluated",
        CheckOutcome::EndsSoon => "ends soon",
        CheckOutcome::Holds => "holds",
    }
}

pub(crate) const fn check_kind(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Assumption => "assumption",
        CheckKind::Control => "declared control",
        CheckKind::Requirement => "requirement",
        CheckKind::AcceptedRisk => "accepted risk",
        CheckKind::Disposition => "accepted threat",
        CheckKind::Waiver => "waiver",
        CheckKind::Guardrail => "guardrail",
    }
}

pub(crate) const fn level(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}

pub(crate) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Develop => "develop",
        Stage::Distribute => "distribute",
        Stage::Deploy => "deploy",
        Stage::Runtime => "runtime",
    }
}

pub(crate) const fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Compute => "compute",
        Layer::Storage => "storage",
        Layer::Access => "access",
    }
}

pub(crate) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Observed => "observed",
        Basis::Declared => "declared",
        Basis::Allowed => "allowed",
        Basis::Platform => "platform",
    }
}

pub(crate) const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

pub(crate) const fn root_kind(kind: RootKind) -> &'static str {
    match kind {
        RootKind::Given => "folder",
        RootKind::Kustomization => "kustomization",
        RootKind::Chart => "chart",
        RootKind::Variant => "variant",
    }
}

pub(crate) const fn store(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Database => "database",
        StoreKind::Cache => "cache",
        StoreKind::Broker => "broker",
        StoreKind::Object => "object store",
        StoreKind::Search => "search index",
        StoreKind::KeyValue => "key-value store",
        StoreKind::Registry => "registry",
    }
}

/// What an element is in the diagram.
pub(crate) fn role(element: &Element) -> &'static str {
    match (element.kind, element.store) {
        (_, Some(kind)) => store(kind),
        (ElementKind::ExternalEntity, _) => "external entity",
        (ElementKind::Process, _) => "process",
        (ElementKind::DataStore, _) => "data store",
        (ElementKind::Identity, _) => "identity",
        (ElementKind::Permission, _) => "permission",
        (ElementKind::Host, _) => "node",
        (ElementKind::Route, _) => "route",
        (ElementKind::Policy, _) => "policy",
        (ElementKind::Namespace, _) => "namespace",
    }
}

/// Who walks a path.
pub(crate) fn actor(actor: &str) -> String {
    match actor {
        "outsider" => "An outsider".to_owned(),
        "insider" => "An insider".to_owned(),
        "supply-chain" => "An attacker in the supply chain".to_owned(),
        "compromised-workload" => "A compromised workload".to_owned(),
        "accident" => "Somebody's mistake".to_owned(),
        other => format!("An attacker ({other})"),
    }
}

/// A path in a sentence: `An outsider takes over Node/n1`.
pub(crate) fn path(path: &AttackPath) -> String {
    let (actor, asset) = (actor(&path.actor), &path.asset);
    match path.asset_kind {
        AssetKind::ClusterAdmin => format!("{actor} takes over the whole cluster"),
        AssetKind::Node => format!("{actor} takes over {asset}"),
        AssetKind::DataStore => format!("{actor} reads and changes the data of {asset}"),
        AssetKind::Secret => format!("{actor} reads {asset}"),
        AssetKind::Model => format!("{actor} takes the model {asset}"),
        AssetKind::Source | AssetKind::Image => format!("{actor} changes {asset}"),
        AssetKind::Compute => format!("{actor} steals the computing power of {asset}"),
        AssetKind::Availability => format!("{actor} stops {asset}"),
    }
}

/// What is held.
pub(crate) const fn holding(holding: Holding) -> &'static str {
    match holding {
        Holding::Internet => "place on the internet",
        Holding::Workload => "workload",
        Holding::Node => "node",
        Holding::NodeFiles => "node's files",
        Holding::Identity => "identity",
        Holding::Secret => "Secret",
        Holding::Image => "image",
        Holding::Data => "data",
        Holding::CloudRole => "cloud role",
        Holding::ClusterAdmin => "control over the cluster",
        Holding::Availability => "service's availability",
        Holding::Compute => "computing power",
        _ => "scope",
    }
}

/// A heading over things that are gained.
pub(crate) const fn gained(holding: Holding) -> &'static str {
    match holding {
        Holding::Internet => "Places on the internet",
        Holding::Workload => "Code in workloads",
        Holding::Node => "Root on nodes",
        Holding::NodeFiles => "Files of nodes",
        Holding::Identity => "Identities",
        Holding::Secret => "Secrets",
        Holding::Image => "Images",
        Holding::Data => "Data",
        Holding::CloudRole => "Cloud roles",
        Holding::ClusterAdmin => "The whole cluster",
        Holding::Availability => "Services that can be stopped",
        Holding::Compute => "Computing power",
        _ => "Scopes",
    }
}

/// A chance as people compare it: whole percent, and less than one said so.
pub(crate) fn percent(chance: f64) -> String {
    let percent = (chance * 100.0).round();
    if percent < 1.0 && chance > 0.0 {
        "<1 %".to_owned()
    } else {
        format!("{percent:.0} %")
    }
}

/// `file:line:column`, as terminals and editors make a link of.
pub(crate) fn position(evidence: &Evidence) -> String {
    place(&evidence.file, evidence.line, evidence.column)
}

/// `file:line:column`, or the file alone when it is about all of it.
pub(crate) fn place(file: &str, line: u32, column: u32) -> String {
    if line == 0 {
        file.to_owned()
    } else {
        format!("{file}:{line}:{column}")
    }
}

/// Ports and protocol of a flow: `8080`, `5432 postgres`, `mount`.
pub(crate) fn ports(ports: &[u16], protocol: &str, application: Option<&str>) -> String {
    let mut words: Vec<String> = Vec::new();
    if ports.is_empty() {
        if !matches!(protocol, "TCP" | "unknown") {
            words.push(protocol.to_owned());
        }
    } else {
        let list = ports.iter().take(4).map(u16::to_string).collect::<Vec<_>>().join(",");
        let more = if ports.len() > 4 { ",…" } else { "" };
        words.push(format!("{list}{more}"));
        if !matches!(protocol, "TCP" | "unknown") {
            words.push(protocol.to_lowercase());
        }
    }
    words.extend(application.map(str::to_owned));
    words.join(" ")
}

/// A flow without its ends: `5432 postgres, declared, encrypted`.
pub(crate) fn flow(flow: &Flow) -> String {
    let mut words = vec![ports(&flow.ports, &flow.protocol, flow.application.as_deref())];
    words.push(basis(flow.basis).to_owned());
    words.extend(
        flow.encrypted
            .map(|is| if is { "encrypted" } else { "in the clear" }.to_owned()),
    );
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

/// `in the mean of years 1.2 million EUR → 1.7 million EUR`.
pub(crate) fn risk_move(risk: &RiskMove) -> String {
    let (before, after) = (rough(risk.before, &risk.currency), rough(risk.after, &risk.currency));
    format!("in the mean of years {before} → {after}")
}

/// The threat model that a threat comes from, and its id there.
pub(crate) fn source(source: &ThreatSource) -> String {
    match &source.published_as {
        Some(id) => format!("{} {id}", source.project),
        None => source.project.clone(),
    }
}

/// An amount in whole units: `1,234,500 EUR`.
pub(crate) fn money(amount: Amount, currency: &str) -> String {
    let units = ((amount.cents() + 50) / 100).to_string();
    let groups: Vec<&str> = units
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|digits| std::str::from_utf8(digits).ok())
        .collect();
    format!("{} {currency}", groups.join(",")).trim_end().to_owned()
}

/// An amount as one says it: `1.7 million EUR`, `18,000 EUR`, two digits that count.
pub(crate) fn rough(amount: Amount, currency: &str) -> String {
    let units = (amount.cents() + 50) / 100;
    let mut step = 1;
    while units / step >= 100 {
        step *= 10;
    }
    let rounded = (units + step / 2) / step * step;
    for (size, name) in [(1_000_000_000, "billion"), (1_000_000, "million")] {
        if rounded >= size {
            let tenths = rounded / (size / 10);
            let point = match tenths % 10 {
                0 => String::new(),
                tenth => format!(".{tenth}"),
            };
            return format!("{}{point} {name} {currency}", tenths / 10)
                .trim_end()
                .to_owned();
        }
    }
    money(Amount::from_cents(rounded * 100), currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_labelled_with_what_is_worth_saying() {
        assert_eq!(ports(&[8080], "TCP", None), "8080");
        assert_eq!(ports(&[53], "UDP", None), "53 udp");
        assert_eq!(ports(&[5432], "TCP", Some("postgres")), "5432 postgres");
        assert_eq!(ports(&[], "mount", None), "mount");
        assert_eq!(ports(&[], "unknown", None), "");
        assert_eq!(ports(&[1, 2, 3, 4, 5], "TCP", None), "1,2,3,4,…");
    }

    #[test]
    fn amounts_are_said_with_two_digits() {
        let said = |units: u64| rough(Amount::from_cents(units * 100), "EUR");
        assert_eq!(said(0), "0 EUR");
        assert_eq!(said(7), "7 EUR");
        assert_eq!(said(994), "990 EUR");
        assert_eq!(said(17_906), "18,000 EUR");
        assert_eq!(said(999_999), "1 million EUR");
        assert_eq!(said(1_693_737), "1.7 million EUR");
        assert_eq!(said(34_322_530), "34 million EUR");
        assert_eq!(said(2_150_000_000), "2.2 billion EUR");
    }

    #[test]
    fn a_small_chance_is_not_none() {
        assert_eq!(percent(0.001), "<1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.321), "32 %");
    }
}
