//! The ledger is complete, and its words have evidence.

use std::collections::BTreeMap;

use palisade_knowledge::Stride;

use super::{categories, ledger};
use crate::assessment::{Threat, ThreatState};
use crate::system::{Basis, ElementId, System};
use crate::testing::{catalogue, system};
use crate::threats::find;

const SHOP: &str = include_str!("../../../tests/data/shop.yaml");

fn rows(system: &System) -> Vec<Threat> {
    let found = find(system, catalogue());
    ledger(system, &found.findings, catalogue())
}

#[test]
fn every_drawn_element_and_flow_has_one_row_for_each_category() {
    let system = system(SHOP);
    let mut counts: BTreeMap<(String, Option<String>, Stride), usize> = BTreeMap::new();
    for row in rows(&system) {
        let to = row.to.map(|to| to.to_string());
        *counts.entry((row.element.to_string(), to, row.category)).or_default() += 1;
    }
    let mut expected = BTreeMap::new();
    for element in system.elements.iter().filter(|element| element.kind.is_drawn()) {
        for category in categories(element.kind) {
            expected.insert((element.id.to_string(), None, *category), 1);
        }
    }
    for flow in system.flows.iter().filter(|flow| flow.basis != Basis::Platform) {
        for category in [
            Stride::Tampering,
            Stride::InformationDisclosure,
            Stride::DenialOfService,
        ] {
            expected.insert((flow.from.to_string(), Some(flow.to.to_string()), category), 1);
        }
    }
    assert_eq!(counts, expected);
    assert!(counts.len() > 20, "the example has grown thin");
}

#[test]
fn only_the_unknown_may_be_without_evidence() {
    for row in rows(&system(SHOP)) {
        assert!(row.state == ThreatState::Unknown || !row.evidence.is_empty(), "{row:?}");
        assert!(row.state != ThreatState::Mitigated || row.rules.is_empty(), "{row:?}");
    }
}

#[test]
fn words_follow_from_what_is_written() {
    use Stride::{DenialOfService, ElevationOfPrivilege, InformationDisclosure, Spoofing, Tampering};
    use ThreatState::{Exposed, Mitigated};
    let rows = rows(&system(SHOP));
    let state = |element: &str, to: Option<&str>, category| {
        let row = rows.iter().find(|row| {
            row.element.as_str() == element && row.to.as_ref().map(ElementId::as_str) == to && row.category == category
        });
        row.map(|row| row.state)
    };
    assert_eq!(state("Deployment/shop/cart", None, Tampering), Some(Mitigated));
    assert_eq!(
        state("Deployment/shop/worker", None, ElevationOfPrivilege),
        Some(Exposed)
    );
    assert_eq!(
        state("Deployment/shop/cart", Some("StatefulSet/shop/db"), DenialOfService),
        Some(Mitigated)
    );
    assert_eq!(state("StatefulSet/shop/db", None, Spoofing), None);
    assert_eq!(
        state("Secret/shop/db-password", None, InformationDisclosure),
        Some(Exposed)
    );
}
