//! Questions about small systems.

use std::sync::Arc;

use palisade_inventory::{Amount, Change, Coverage, Intent, Skipped};

use super::{Answer, OpenQuestion, QuestionKind, questions};
use crate::assessment::{Assessment, AssetLoss, AssetLosses, AtStake, Risk, RiskSummary, Treatment};
use crate::risk::{Influence, Input, YearlyLoss};
use crate::testing::catalogue;
use crate::{Model, Settings};

const SHOP: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
    - name: web
      image: 'example.com/web:1'
      securityContext: {privileged: true}
      env: [{name: PAYMENTS, value: 'http://payments.partner:8080'}]
      ports: [{containerPort: 80}]
";

fn assessed() -> Assessment {
    let reading = palisade_sources::read_bytes("test.yaml", SHOP.as_bytes());
    let mut model = Model::new(Arc::clone(catalogue()), Settings::default());
    model.apply(reading.resources.into_iter().map(|it| Change::Upsert(Box::new(it))));
    model.assess(Coverage {
        skipped: vec![Skipped {
            file: "chart".to_owned(),
            line: 0,
            column: 0,
            code: "helm-not-rendered".to_owned(),
            reason: "the chart was not rendered".to_owned(),
            help: "install helm".to_owned(),
        }],
        ..Coverage::default()
    })
}

fn asked(assessment: &Assessment) -> Vec<OpenQuestion> {
    questions(assessment, catalogue(), &Intent::default())
}

fn amount(units: u64) -> Amount {
    Amount::from_cents(units * 100)
}

/// The assessment with a risk for its worst path, and inputs that move it.
fn with_risk() -> Assessment {
    let mut assessment = assessed();
    let system = &mut assessment.systems[0];
    let path = system.paths.first().expect("there is a path").clone();
    let mean = |units| YearlyLoss {
        mean: amount(units),
        ..YearlyLoss::default()
    };
    let loss = AssetLosses {
        is_assumed: true,
        confidentiality: Some(AssetLoss {
            likely: amount(1000),
            worst: amount(9000),
        }),
        integrity: None,
        availability: None,
    };
    let influence = |input, low, high| Influence {
        input,
        low: amount(low),
        high: amount(high),
    };
    let attempts = |actor: &str| Input::Attempts {
        actor: actor.to_owned(),
    };
    system.risk = Some(RiskSummary {
        currency: "EUR".to_owned(),
        seed: 1,
        years: 1,
        trials: 1,
        at_stake: vec![AtStake {
            name: "Nodes".to_owned(),
            kind: None,
            owner: None,
            elements: vec![path.asset.clone()],
            loss,
        }],
        inherent: mean(900),
        current: mean(500),
        residual: mean(100),
        accepted: Amount::ZERO,
        sensitivity: vec![
            influence(attempts("PAL-A001"), 100, 2000),
            influence(
                Input::Loss {
                    asset: "Nodes".to_owned(),
                    property: "confidentiality".to_owned(),
                },
                300,
                900,
            ),
        ],
    });
    system.risks = vec![Risk {
        id: "RK-1".to_owned(),
        actor: "PAL-A001".to_owned(),
        actor_name: "Opportunist".to_owned(),
        asset: "Nodes".to_owned(),
        events: 0.1,
        inherent: amount(900),
        current: mean(500),
        residual: amount(100),
        treatment: Treatment::Treat,
        acceptance: None,
        paths: vec![path.id.clone()],
        controls: Vec::new(),
    }];
    assessment
}

#[test]
fn what_moves_the_risk_most_is_asked_first() {
    let asked = asked(&with_risk());
    let amounts: Vec<_> = asked
        .iter()
        .map(|question| question.hangs.unwrap_or_default())
        .collect();
    assert!(amounts.is_sorted_by(|a, b| a >= b), "{amounts:?}");
    assert_eq!(
        (asked[0].kind, asked[0].hangs),
        (QuestionKind::Attempts, Some(amount(1900)))
    );
    assert!(
        asked
            .iter()
            .any(|it| it.kind == QuestionKind::Worth && it.hangs == Some(amount(600)))
    );
    // On what a path goes through hangs the risk that comes from it.
    let callee = asked
        .iter()
        .find(|it| it.kind == QuestionKind::Callee)
        .expect("a host dangles");
    assert_eq!(callee.hangs, Some(amount(500)));
}

#[test]
fn without_risk_the_order_is_that_of_the_kinds() {
    let asked = asked(&assessed());
    let kinds: Vec<QuestionKind> = asked.iter().map(|question| question.kind).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    for kind in [
        QuestionKind::NotRead,
        QuestionKind::Worth,
        QuestionKind::Callee,
        QuestionKind::Threat,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is missing of {kinds:?}");
    }
}

#[test]
fn every_question_says_how_it_is_answered() {
    for assessment in [assessed(), with_risk()] {
        for question in asked(&assessment) {
            assert!(!question.answers.is_empty(), "{question:?}");
            assert!(
                question.asks.ends_with('?') || question.kind == QuestionKind::Diagram,
                "{}",
                question.asks
            );
            assert!(question.why.ends_with('.'), "{}", question.why);
            for answer in &question.answers {
                if let Answer::Intent(lines) = answer {
                    let is_field = |line: &str| line.starts_with(' ') || line.ends_with(':');
                    assert!(lines.lines().all(is_field), "{lines}");
                }
            }
        }
    }
}

#[test]
fn what_is_declared_is_not_asked() {
    let assessment = with_risk();
    let mut intent = Intent::default();
    intent.declared.actors.push(palisade_inventory::ActorIntent {
        actor: "PAL-A001".to_owned(),
        attempts: Some(palisade_inventory::Attempts { low: 1.0, high: 2.0 }),
        reason: None,
    });
    let asked = questions(&assessment, catalogue(), &intent);
    assert!(asked.iter().all(|question| question.kind != QuestionKind::Attempts));
}
