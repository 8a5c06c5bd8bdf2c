//! Everything that can be verified, over a shop whose back end is open in one namespace and isolated in another.

use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Date};

use super::{Check, CheckKind, CheckOutcome, Known, Verification, verify};
use crate::intent::tests::intent;
use crate::testing::catalogue;
use crate::{Model, Settings};

const SHOP: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: web, image: 'example.com/web:1', env: [{name: DB, value: 'postgres://db:5432'}], ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web-reads, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
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
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch, namespace: shop, annotations: {palisade.dev/ignore.PAL-W0*: 'until 2027-03-20: soon gone'}}
spec:
  selector: {matchLabels: {app: batch}}
  template:
    metadata: {labels: {app: batch}}
    spec: {containers: [{name: batch, image: 'example.com/batch:1', securityContext: {privileged: true}}]}
";

fn verified(declared: &str) -> Verification {
    let reading = palisade_sources::read_bytes("shop.yaml", SHOP.as_bytes());
    let as_of = Some(Date::parse("2027-03-01").unwrap());
    let settings = Settings {
        intent: Arc::new(intent(declared)),
        as_of,
        ..Settings::default()
    };
    let mut model = Model::new(Arc::clone(catalogue()), settings.clone());
    model.apply(
        reading
            .resources
            .into_iter()
            .map(|resource| Change::Upsert(Box::new(resource))),
    );
    let assessment = model.assess(Coverage::default());
    let known = Known {
        catalogue: catalogue(),
        intent: &settings.intent,
        as_of,
        soon: 30,
    };
    verify(&assessment, &known)
}

/// What comes of one claim.
fn claim(holds: &str) -> Check {
    let declared = format!(
        "assumptions: [{{name: a, says: b, holds: \"{}\"}}]",
        holds.replace('"', "\\\"")
    );
    let verification = verified(&declared);
    let found = verification
        .checks
        .into_iter()
        .find(|check| check.kind == CheckKind::Assumption);
    found.unwrap()
}

#[test]
fn claims_hold_or_are_broken_by_what_is_so() {
    for (holds, broken_by) in [
        ("reachable('Deployment/shop/web', 'StatefulSet/shop/db')", None),
        ("reachable('Deployment/shop/web', 'StatefulSet/shop/db', 5432)", None),
        ("!reachable('Deployment/shop/web', 'StatefulSet/shop/db', 22)", None),
        ("!reachable('Deployment/shop/batch', 'StatefulSet/shop/db')", None),
        ("!reachable('External/internet', 'StatefulSet/shop/db')", None),
        ("reachable('External/internet', 'Deployment/shop/web')", None),
        ("!reachable('External/internet', 'Deployment/shop/batch')", None),
        (
            "!reachable('Deployment/shop/web', 'StatefulSet/shop/db')",
            Some((
                "Deployment/shop/web reaches StatefulSet/shop/db on TCP 5432",
                "NetworkPolicy shop/db allows TCP 5432",
            )),
        ),
        (
            "reachable('Deployment/shop/batch', 'StatefulSet/shop/db')",
            Some((
                "Deployment/shop/batch does not reach StatefulSet/shop/db",
                "NetworkPolicy shop/db isolates it",
            )),
        ),
        ("can('ServiceAccount/shop/web', 'get', 'secrets', 'shop')", None),
        ("!can('ServiceAccount/shop/web', 'get', 'secrets')", None),
        ("!can('ServiceAccount/shop/web', 'list', 'secrets', 'shop')", None),
        (
            "!can('Deployment/shop/web', 'get', 'secrets', 'shop')",
            Some(("ServiceAccount/shop/web may get secrets in shop", "binds Role reader")),
        ),
        ("exposed('Deployment/shop/web') && exposed('Service/shop/web')", None),
        ("!exposed('Service/shop/db')", None),
        (
            "!exposed('Service/shop/web')",
            Some(("External/internet calls Deployment/shop/web by Service/shop/web", "")),
        ),
        ("isolated('StatefulSet/shop/db')", None),
        (
            "isolated('Deployment/shop/web')",
            Some(("no policy isolates all pods of Deployment/shop/web", "")),
        ),
        ("flows('*/shop/web', '*/shop/db')", None),
        (
            "found('PAL-W001', '*/shop/web')",
            Some(("PAL-W001 is found nowhere in */shop/web", "")),
        ),
        ("!found('PAL-W001', '*')", None),
        (
            "elements('Deployment/*').all(e, !exposed(e))",
            Some(("External/internet calls Deployment/shop/web", "")),
        ),
        ("attackable('External/internet', 'StatefulSet/shop/db')", None),
        ("!attackable('ServiceAccount/shop/web', 'StatefulSet/shop/db')", None),
    ] {
        let check = claim(holds);
        match broken_by {
            None => assert_eq!(check.outcome, CheckOutcome::Holds, "{holds}: {check:#?}"),
            Some((says, note)) => {
                assert_eq!(check.outcome, CheckOutcome::Broken, "{holds}");
                let counterexample = check.counterexamples.first().unwrap();
                assert!(
                    counterexample.says.starts_with(says),
                    "{holds}: {}",
                    counterexample.says
                );
                let notes: Vec<&str> = counterexample.evidence.iter().map(|evidence| &*evidence.note).collect();
                assert!(
                    notes.iter().any(|known| known.contains(note)) || note.is_empty() && !says.contains("calls"),
                    "{holds}: {notes:?}"
                );
            }
        }
    }
}

#[test]
fn an_attack_that_breaks_a_claim_is_told_step_by_step() {
    let check = claim("!attackable('External/internet', 'StatefulSet/shop/db')");
    assert_eq!(check.outcome, CheckOutcome::Broken);
    let steps = &check.counterexamples.first().unwrap().steps;
    assert_eq!(steps.first().unwrap().from.as_str(), "External/internet");
    assert_eq!(steps.last().unwrap().to.as_str(), "StatefulSet/shop/db");
    assert!(steps.windows(2).all(|pair| pair[0].to == pair[1].from));
    assert!(steps.iter().all(|step| !step.evidence.is_empty()));
}

#[test]
fn what_can_not_be_told_is_not_evaluated() {
    for (holds, reason) in [
        (
            "!reachable('Deployment/shop/wbe', 'StatefulSet/shop/db')",
            "nothing here is called `Deployment/shop/wbe`",
        ),
        (
            "!can('ServiceAccount/shop/wbe', 'get', 'secrets', 'shop')",
            "did you mean `ServiceAccount/shop/web`?",
        ),
        (
            "!can('ServiceAccount/shop/web', 'get', 'secretz', 'shop')",
            "`secretz` is no resource",
        ),
        (
            "!reachable('Deployment/shop/web', 'Service/shop/db')",
            "no pods stand behind `Service/shop/db`",
        ),
        (
            "encrypted('Deployment/shop/batch', 'StatefulSet/shop/db')",
            "there is no flow",
        ),
        ("!found('PAL-W999', '*')", "there is no weakness"),
        ("!exposed('Deployment/core/web')", "nothing here is called"),
        (
            "elements('Deployment/core/*').all(e, exposed(e))",
            "nothing here is called",
        ),
    ] {
        let check = claim(holds);
        assert_eq!(check.outcome, CheckOutcome::NotEvaluated, "{holds}");
        assert!(check.reason.contains(reason), "{holds}: {}", check.reason);
    }
    let written_down = verified("assumptions: [{name: a, says: b}]");
    assert!(written_down.any(CheckOutcome::NotEvaluated));
}

#[test]
fn everything_of_a_view_must_meet_a_condition() {
    let of_view = |holds: &str| {
        let declared = format!("assumptions: [{{name: a, says: b, applies_to: container, holds: \"{holds}\"}}]");
        let known = palisade_sources::Known {
            views: ["container".to_owned()].into(),
            ..crate::intent::tests::known()
        };
        let intent = palisade_sources::read_intent("palisade.yaml", declared.as_bytes(), &known).unwrap();
        let reading = palisade_sources::read_bytes("shop.yaml", SHOP.as_bytes());
        let mut model = Model::new(Arc::clone(catalogue()), Settings::default());
        model.apply(
            reading
                .resources
                .into_iter()
                .map(|resource| Change::Upsert(Box::new(resource))),
        );
        let assessment = model.assess(Coverage::default());
        let known = Known {
            catalogue: catalogue(),
            intent: &intent,
            as_of: None,
            soon: 30,
        };
        let mut checks = verify(&assessment, &known).checks.into_iter();
        checks.find(|check| check.kind == CheckKind::Assumption).unwrap()
    };
    let holds = of_view("has(container.image)");
    assert_eq!(holds.outcome, CheckOutcome::Holds, "{}", holds.reason);
    let broken = of_view("!container.?securityContext.?privileged.orValue(false)");
    assert_eq!(broken.outcome, CheckOutcome::Broken);
    assert_eq!(
        broken.counterexamples.first().unwrap().says,
        "it does not hold for Deployment/shop/batch"
    );
    let unknown = of_view("!container.securityContext.privileged");
    assert_eq!(
        unknown.outcome,
        CheckOutcome::Broken,
        "one thing breaks it, whatever the others"
    );
    let unknown = of_view("container.securityContext.privileged");
    assert_eq!(unknown.outcome, CheckOutcome::NotEvaluated);
    assert_eq!(unknown.reason, "it has no value for 2 of 3");
}

#[test]
fn what_is_borne_ends_on_its_day() {
    let declared = "
waivers:
  - {rule: PAL-W001, elements: ['*/shop/web'], reason: a, owner: o, until: 2027-02-28}
  - {rule: PAL-W002, elements: ['*/shop/web'], reason: b, owner: o, until: 2027-03-01}
  - {rule: PAL-S001, elements: ['*/shop/web'], reason: c, owner: o, until: 2027-03-31}
  - {rule: PAL-W052, elements: ['*/shop/web'], reason: d, owner: o, until: 2027-04-01}
dispositions:
  - {element: StatefulSet/shop/db, category: tampering, state: accepted, reason: e, owner: o, until: 2027-03-15}
";
    let checks = verified(declared).checks;
    let told: Vec<(&str, CheckOutcome, &str)> = checks
        .iter()
        .map(|check| (check.says.as_str(), check.outcome, check.reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("a", CheckOutcome::Broken, "it ended on 2027-02-28, and counts again"),
            ("e", CheckOutcome::EndsSoon, "it ends in 14 days"),
            ("b", CheckOutcome::EndsSoon, "it ends today"),
            ("c", CheckOutcome::EndsSoon, "it ends in 30 days"),
            ("soon gone", CheckOutcome::EndsSoon, "it ends in 19 days"),
            ("d", CheckOutcome::Holds, ""),
        ]
    );
}

#[test]
fn what_is_declared_is_held_against_what_is_seen() {
    let declared = "
controls: [{control: PAL-C001, evidence: the platform team says so}]
requirements:
  - {id: SR-1, says: Nothing is privileged., controls: [PAL-C001]}
  - {id: SR-2, says: Answered., threats: [TM-0123456789]}
  - {id: SR-3, says: Tested., tests: [tests/login.sh]}
";
    let checks = verified(declared).checks;
    let of = |name: &str| checks.iter().find(|check| check.name == name).unwrap();
    let control = of("PAL-C001");
    assert_eq!(control.outcome, CheckOutcome::Broken);
    assert!(!control.counterexamples.first().unwrap().evidence.is_empty());
    assert_eq!(
        of("SR-1").outcome,
        CheckOutcome::Holds,
        "it is declared, and that is another check"
    );
    assert_eq!(of("SR-2").outcome, CheckOutcome::NotEvaluated);
    assert_eq!(
        (of("SR-3").outcome, of("SR-3").reason.as_str()),
        (CheckOutcome::Holds, "tested by tests/login.sh")
    );
}
