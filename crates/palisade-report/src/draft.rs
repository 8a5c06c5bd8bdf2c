//! A first `palisade.yaml` from what was seen: what can be filled in is, and the rest is there as comments to fill in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::{Element, ElementKind};
use palisade_knowledge::StoreKind;

/// An actor to be reckoned with, and how often they are assumed to try.
#[derive(Clone, Debug, PartialEq)]
pub struct ReckonedActor {
    /// A catalogue id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The 5th and 95th percentile of determined attempts in a year.
    pub attempts: (f64, f64),
}

/// The text of a first file of intent.
pub fn draft_intent(systems: &[SystemAssessment], actors: &[ReckonedActor]) -> String {
    let mut text = String::from(HEAD);
    services(&mut text, systems);
    assets(&mut text, systems);
    reckoned(&mut text, actors);
    text.push_str(TAIL);
    text
}

fn elements(systems: &[SystemAssessment]) -> impl Iterator<Item = &Element> {
    let elements = systems.iter().flat_map(|system| &system.system.elements);
    // What Kubernetes brings along is nobody's service.
    elements.filter(|element| {
        !element
            .namespace
            .as_deref()
            .is_some_and(|namespace| namespace.starts_with("kube-"))
    })
}

/// One a namespace: what else is one service, only people know.
fn services(text: &mut String, systems: &[SystemAssessment]) {
    let mut owners: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for element in elements(systems).filter(|element| element.kind == ElementKind::Process) {
        let Some(namespace) = element.namespace.as_deref() else {
            continue;
        };
        let owners = owners.entry(namespace).or_default();
        if let Some(owner) = element.owner.as_deref() {
            *owners.entry(owner).or_default() += 1;
        }
    }
    text.push_str(SERVICES);
    if owners.is_empty() {
        text.push_str("# services:\n#   - {name: shop, owner: storefront, elements: ['*/shop/*']}\n");
        return;
    }
    text.push_str("services:\n");
    for (namespace, owners) in owners {
        let _ = writeln!(text, "  - name: {}", quoted(namespace));
        let most = owners
            .iter()
            .max_by_key(|(owner, count)| (**count, std::cmp::Reverse(**owner)));
        match most {
            Some((owner, _)) => {
                let _ = writeln!(text, "    owner: {}", quoted(owner));
            }
            None => text.push_str("    # owner: who answers for it?\n"),
        }
        let _ = writeln!(text, "    elements: [{}]", quoted(&format!("*/{namespace}/*")));
    }
}

/// The stores that were recognised.
fn assets(text: &mut String, systems: &[SystemAssessment]) {
    let mut stores: BTreeMap<String, (BTreeSet<&str>, &Element)> = BTreeMap::new();
    for element in elements(systems).filter(|element| element.store.is_some()) {
        let id = element.id.as_str();
        let name = id.split_once('/').map_or(id, |(_, name)| name);
        let store = stores.entry(name.to_owned()).or_insert((BTreeSet::new(), element));
        store.0.insert(id);
    }
    text.push_str(ASSETS);
    if stores.is_empty() {
        text.push_str(
            "# assets:\n#   - {name: customer data, elements: [StatefulSet/shop/db], classification: confidential}\n",
        );
        return;
    }
    text.push_str("assets:\n");
    for (name, (ids, element)) in &stores {
        let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
        let _ = writeln!(text, "  - name: {}", quoted(name));
        let _ = writeln!(text, "    elements: [{}]", ids.join(", "));
        if let Some(service) = element
            .namespace
            .as_deref()
            .filter(|_| element.kind == ElementKind::Process || runs(element))
        {
            let _ = writeln!(text, "    service: {}", quoted(service));
        }
        let _ = writeln!(
            text,
            "    classification: {}  # what does it hold?",
            classification(element)
        );
        text.push_str("    # loss: {confidentiality: {likely: 100k, worst: 1M}, availability: {likely: 5k}}\n");
    }
}

/// Whether it runs in pods, so that its namespace became a service.
fn runs(element: &Element) -> bool {
    element.instances > 0 && element.namespace.is_some()
}

/// A guess, by what such stores usually hold.
fn classification(element: &Element) -> &'static str {
    match element.store {
        Some(StoreKind::Database | StoreKind::Object | StoreKind::KeyValue) => "confidential",
        _ => "internal",
    }
}

fn reckoned(text: &mut String, actors: &[ReckonedActor]) {
    text.push_str(ACTORS);
    for actor in actors {
        let (low, high) = actor.attempts;
        let _ = writeln!(text, "#   - actor: {}  # {}", actor.id, quoted(&actor.name));
        let _ = writeln!(text, "#     attempts: {{low: {low:.2}, high: {high:.1}}}");
    }
}

/// Between quotes, so that nothing of it can be taken for YAML, nor end a comment.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            // All that YAML might take for a line break, and all that does not print.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

const HEAD: &str = "\
# yaml-language-server: $schema=https://raw.githubusercontent.com/palisade-dev/palisade/main/docs/schema/intent.json
#
# What no artefact can tell: what matters, what losing it costs, who would attack it, what you assume and accept.
# This is a first version from what was read. Everything is optional: correct what is wrong, delete what does not apply.
# Amounts are written 120000, 120k or 1.5M; elements as `palisade model` shows them, with * for any text.

version: 1
currency: USD  # of every amount in this file

# How much loss in a year is acceptable. Above the upper boundary risk must be treated; between the two it is treated while
# a control costs less than it saves; below the lower one more spending is waste. The lower one is computed if you leave it out.
# appetite: {upper: 500k, lower: 50k}

# What a day of an engineer's work costs, and what may be spent on controls in a year.
# day_rate: 800
# budget: 60k
";

const SERVICES: &str = "\n# Business services, and who answers for them.\n";

const ASSETS: &str = "
# What is worth protecting. `likely` is what one incident costs as often more as less, `worst` is what one in twenty costs
# more than. Where you say nothing the losses are those of the classification: public, internal, confidential, restricted.
";

const ACTORS: &str = "
# Who tries, and how often in a year they make a determined attempt at this system: you are 95 % sure that it is more than
# `low`, and 95 % sure that it is less than `high`. These are the defaults; write down only what you know better.
# actors:
";

const TAIL: &str = "
# What no artefact shows of the system, or shows wrongly. `change` is add, correct or remove; the last two need a reason.
# elements:
#   - {id: External/card-provider, kind: external-entity}
# flows:
#   - {from: Deployment/shop/checkout, to: External/card-provider, application: https, ports: [443], encrypted: true}
# boundaries:
#   - {id: zone/card-data, parent: namespace/payments, elements: ['*/payments/*-db']}

# What you take for granted. With a condition it can be checked.
# assumptions:
#   - {name: encrypted disks, says: All disks of the nodes are encrypted.}
#   - name: nothing is privileged
#     says: No container of ours is privileged.
#     applies_to: container
#     holds: '!container.?securityContext.?privileged.orValue(false)'

# Risks that somebody bears, until a day.
# accepted_risks:
#   - {asset: customer data, owner: head of payments, reason: replaced in spring, until: 2027-06-30}

# What is decided about single threats: not-applicable, mitigated-elsewhere or accepted. None is hidden.
# dispositions:
#   - {threat: TM-0123456789, state: not-applicable, reason: the disk is read-only by the platform}
#   - {element: '*/shop/*', category: repudiation, state: mitigated-elsewhere, reason: the gateway logs every call}

# What the system must do for security, and what shows that it does.
# requirements:
#   - {id: SR-1, says: Card numbers never pass here., controls: [PAL-C094], tests: [tests/cards.py]}

# Controls that are in place although no artefact shows them, and what controls cost here.
# controls:
#   - {control: PAL-C094, evidence: the audit of last year}
# costs:
#   - {control: PAL-C001, once: 5k, yearly: 1k}

# Frameworks that are in force.
# frameworks:
#   - {framework: nist-800-53-r5, baseline: moderate}
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_is_seen_is_filled_in() {
        let assessment = sample::assessment();
        let actor = ReckonedActor {
            id: "PAL-A001".to_owned(),
            name: "Opportunist crew".to_owned(),
            attempts: (0.2, 4.0),
        };
        let draft = draft_intent(&assessment.systems, &[actor]);
        let filled: Vec<&str> = draft
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        insta::assert_snapshot!(filled.join("\n"));
        assert!(
            draft.contains("#   - actor: PAL-A001  # \"Opportunist crew\"\n#     attempts: {low: 0.20, high: 4.0}")
        );
    }

    #[test]
    fn nothing_seen_is_nothing_filled_in() {
        let draft = draft_intent(&[], &[]);
        let filled: Vec<&str> = draft
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        assert_eq!(filled, ["version: 1", "currency: USD  # of every amount in this file"]);
    }

    #[test]
    fn no_name_gets_out_of_its_quotes() {
        assert_eq!(quoted("a\"\n# b: \u{2028}\\"), r#""a\"\u000a# b: \u2028\\""#);
    }
}
