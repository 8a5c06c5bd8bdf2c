//! Intent over a small shop.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Date, Intent};
use palisade_sources::Known;

use crate::assessment::{Assessment, SystemAssessment, Threat, ThreatState};
use crate::system::{Basis, BoundaryKind, ElementKind};
use crate::testing::catalogue;
use crate::{Model, Settings};

const SHOP: &str = "
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: 'postgres:17', ports: [{containerPort: 5432}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'example.com/web:1', env: [{name: DB, value: 'db:5432'}]}]
";

/// A catalogue in small.
pub(crate) fn known() -> Known {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        actors: words(&["PAL-A001"]),
        controls: words(&["PAL-C001"]),
        rules: words(&["PAL-W001", "PAL-W002", "PAL-W052", "PAL-S001"]),
        frameworks: BTreeMap::new(),
        technologies: words(&["redis"]),
        categories: words(&["tampering", "spoofing", "information-disclosure"]),
        views: words(&[]),
        condition: |_, _| Ok(()),
        claim: |_| Ok(()),
    }
}

pub(crate) fn intent(text: &str) -> Intent {
    palisade_sources::read_intent("palisade.yaml", text.as_bytes(), &known())
        .unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn assess(text: &str, as_of: Option<&str>) -> Assessment {
    let reading = palisade_sources::read_bytes("shop.yaml", SHOP.as_bytes());
    let settings = Settings {
        intent: Arc::new(intent(text)),
        as_of: as_of.map(|date| Date::parse(date).unwrap()),
        ..Settings::default()
    };
    let mut model = Model::new(Arc::clone(catalogue()), settings);
    model.apply(
        reading
            .resources
            .into_iter()
            .map(|resource| Change::Upsert(Box::new(resource))),
    );
    model.assess(Coverage::default())
}

fn only(assessment: &Assessment) -> &SystemAssessment {
    assessment.systems.first().unwrap()
}

fn notices(assessment: &Assessment) -> Vec<String> {
    let notices = assessment.coverage.notices.iter();
    notices
        .map(|notice| format!("{}:{}:{}: {}", notice.file, notice.line, notice.column, notice.message))
        .collect()
}

#[test]
fn what_is_added_is_drawn_with_its_line_of_intent() {
    let text = "\
elements:
  - {id: External/bank, kind: external-entity, owner: the bank}
  - {id: Cache/shop/sessions, kind: data-store, technology: redis, boundary: namespace/shop}
flows:
  - {from: Deployment/shop/web, to: External/bank, application: https, ports: [443], encrypted: true}
";
    let assessment = assess(text, None);
    let system = &only(&assessment).system;
    let bank = system.element("External/bank").unwrap();
    assert_eq!(
        (bank.kind, &*bank.boundary, bank.owner.as_deref()),
        (ElementKind::ExternalEntity, "external-services", Some("the bank"))
    );
    assert_eq!(
        (&*bank.evidence[0].file, bank.evidence[0].line, &*bank.evidence[0].note),
        ("palisade.yaml", 2, "declared")
    );
    let cache = system.element("Cache/shop/sessions").unwrap();
    assert!(cache.store.is_some() && cache.namespace.as_deref() == Some("shop"));
    let flow = system
        .flows
        .iter()
        .find(|flow| flow.to.as_str() == "External/bank")
        .unwrap();
    assert_eq!(
        (flow.basis, flow.encrypted, flow.evidence[0].line),
        (Basis::Declared, Some(true), 5)
    );
    assert_eq!(flow.crosses, ["cluster", "external-services", "namespace/shop"]);
    assert!(
        system
            .boundaries
            .iter()
            .any(|boundary| boundary.id == "external-services")
    );
    // The ledger knows what is drawn.
    assert!(
        only(&assessment)
            .threats
            .iter()
            .any(|threat| threat.element.as_str() == "External/bank")
    );
    assert_eq!(notices(&assessment), Vec::<String>::new());
}

#[test]
fn what_is_corrected_or_removed_is_so() {
    let text = "\
elements:
  - {id: StatefulSet/shop/db, change: correct, owner: data team, reason: the label is missing}
flows:
  - {from: Deployment/shop/web, to: StatefulSet/shop/db, change: correct, encrypted: true, reason: TLS by the driver}
";
    let assessment = assess(text, None);
    let system = &only(&assessment).system;
    let db = system.element("StatefulSet/shop/db").unwrap();
    assert_eq!(db.owner.as_deref(), Some("data team"));
    assert_eq!(db.evidence.last().unwrap().note, "corrected: the label is missing");
    let between = |system: &crate::System| {
        let ends = |flow: &&crate::system::Flow| {
            flow.from.as_str() == "Deployment/shop/web" && flow.to.as_str() == "StatefulSet/shop/db"
        };
        system
            .flows
            .iter()
            .filter(ends)
            .map(|flow| flow.encrypted)
            .collect::<Vec<_>>()
    };
    assert_eq!(between(system), [Some(true)]);
    let text =
        "flows:\n  - {from: Deployment/shop/web, to: StatefulSet/shop/db, change: remove, reason: not any more}\n";
    assert!(between(&only(&assess(text, None)).system).is_empty());
    let text = "elements:\n  - {id: StatefulSet/shop/db, change: remove, reason: switched off}\n";
    let assessment = assess(text, None);
    let system = &only(&assessment).system;
    assert!(system.element("StatefulSet/shop/db").is_none());
    assert!(
        system
            .flows
            .iter()
            .all(|flow| flow.to.as_str() != "StatefulSet/shop/db")
    );
}

#[test]
fn a_boundary_that_is_declared_is_crossed() {
    let text = "boundaries:\n  - {id: zone/data, parent: namespace/shop, elements: ['StatefulSet/shop/*']}\n";
    let assessment = assess(text, None);
    let system = &only(&assessment).system;
    let zone = system
        .boundaries
        .iter()
        .find(|boundary| boundary.id == "zone/data")
        .unwrap();
    assert_eq!(
        (zone.kind, zone.parent.as_deref()),
        (BoundaryKind::Declared, Some("namespace/shop"))
    );
    let flow = system
        .flows
        .iter()
        .find(|flow| flow.to.as_str() == "StatefulSet/shop/db")
        .unwrap();
    assert_eq!(flow.crosses, ["zone/data"]);
}

fn row<'a>(assessment: &'a Assessment, category: &str) -> &'a Threat {
    let threats = &only(assessment).threats;
    let is_it = |threat: &&Threat| {
        threat.element.as_str() == "Deployment/shop/web"
            && threat.to.is_none()
            && crate::threats::word(threat.category) == category
    };
    threats.iter().find(is_it).unwrap()
}

#[test]
fn a_decision_changes_the_state_says_why_and_hides_nothing() {
    let before = assess("", None);
    let id = row(&before, "tampering").id.clone();
    let text = format!(
        "dispositions:\n  - {{threat: {id}, state: not-applicable, reason: read-only by the platform}}\n  \
         - {{element: '*/shop/web', category: spoofing, state: accepted, reason: soon, owner: lead, until: 2027-01-31}}\n"
    );
    let after = assess(&text, Some("2027-01-31"));
    assert_eq!(only(&after).threats.len(), only(&before).threats.len());
    let tampering = row(&after, "tampering");
    assert_eq!(tampering.state, ThreatState::NotApplicable);
    let decision = tampering.decision.as_ref().unwrap();
    assert_eq!(
        (decision.found, &*decision.reason, decision.evidence.line),
        (row(&before, "tampering").state, "read-only by the platform", 2)
    );
    assert_eq!(row(&after, "spoofing").state, ThreatState::Accepted);
    // The day after, it counts again, and the row says why it did not.
    let later = assess(&text, Some("2027-02-01"));
    let spoofing = row(&later, "spoofing");
    assert_eq!(spoofing.state, row(&before, "spoofing").state);
    assert!(spoofing.decision.as_ref().unwrap().has_ended);
}

#[test]
fn assets_are_found_with_their_owner_and_loss() {
    let text = "\
services: [{name: shop, owner: storefront}]
assets:
  - {name: orders, service: shop, elements: ['StatefulSet/shop/*'], loss: {integrity: {likely: 5k, worst: 80k}}}
  - {name: pages, elements: [Deployment/shop/web], classification: public}
";
    let assessment = assess(text, None);
    let [orders, pages] = &only(&assessment).assets[..] else {
        panic!("two assets")
    };
    assert_eq!(
        (orders.owner.as_deref(), orders.elements.len()),
        (Some("storefront"), 1)
    );
    assert_eq!(orders.loss.integrity.unwrap().worst.to_string(), "80000");
    assert!(orders.loss.confidentiality.is_none() && !orders.loss.is_assumed);
    assert!(pages.loss.is_assumed && pages.loss.availability.is_some());
}

#[test]
fn what_meets_nothing_is_told_with_what_was_meant() {
    let text = "\
assets:
  - {name: orders, elements: [StatefulSet/shop/bd, '*/gone/*']}
elements:
  - {id: Deployment/shop/wbe, change: correct, owner: us, reason: r}
dispositions:
  - {threat: TM-0123456789, state: not-applicable, reason: r}
requirements:
  - {id: SR-1, says: s, threats: [TM-0123456789]}
";
    insta::assert_snapshot!(notices(&assess(text, None)).join("\n"), @r"
    palisade.yaml:2:31: no element is `StatefulSet/shop/bd`; did you mean `StatefulSet/shop/db`?
    palisade.yaml:2:52: no element is `*/gone/*`
    palisade.yaml:4:6: no element is `Deployment/shop/wbe`; did you mean `Deployment/shop/web`?
    palisade.yaml:6:5: no threat is what this decides about
    palisade.yaml:8:35: there is no threat `TM-0123456789`
    ");
}
