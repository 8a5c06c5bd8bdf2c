//! Files of intent that are right, and every way in which one is wrong.

use std::fmt::Write as _;

use palisade_inventory::{Amount, Classification, DispositionState, FieldPath};
use proptest::prelude::*;

use super::{IntentError, Known, read_intent};

/// A catalogue in small.
fn known() -> Known {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        actors: set(&["PAL-A001", "PAL-A002"]),
        controls: set(&["PAL-C001", "PAL-C094"]),
        rules: set(&["PAL-W001", "PAL-S015"]),
        frameworks: [
            ("nist-800-53-r5", set(&["low", "moderate", "high"])),
            ("soc-2", set(&[])),
        ]
        .map(|(id, baselines)| (id.to_owned(), baselines))
        .into(),
        technologies: set(&["postgresql", "redis"]),
        categories: set(&["spoofing", "tampering", "information-disclosure"]),
        views: set(&["workload", "flow"]),
        condition: |_, condition| match condition {
            "true" => Ok(()),
            _ => Err(format!("the condition `{condition}` does not parse")),
        },
        claim: |claim| match claim {
            "true" => Ok(()),
            _ => Err(format!("the claim `{claim}` does not parse")),
        },
    }
}

const WHOLE: &str = "\
version: 1
currency: EUR
day_rate: 950.50
budget: 120k
appetite: {upper: 500k, lower: 50k}
services:
  - name: shop
    owner: storefront
    description: Where customers buy.
    elements: ['*/shop/*']
assets:
  - name: customer data
    service: shop
    elements: [StatefulSet/shop/db]
    classification: confidential
    loss:
      confidentiality: {likely: 200k, worst: 1.5M}
      availability: {likely: 20000}
actors:
  - actor: PAL-A002
    attempts: {low: 0.2, high: 3}
    reason: what our insurer sees
elements:
  - id: External/card-provider
    kind: external-entity
  - id: Deployment/shop/old
    change: remove
    reason: switched off in May
flows:
  - {from: Deployment/shop/web, to: External/card-provider, application: https, ports: [443], encrypted: true}
boundaries:
  - {id: zone/cards, parent: namespace/shop, elements: [StatefulSet/shop/db]}
assumptions:
  - {name: encrypted disks, says: All disks are encrypted.}
  - {name: no root, says: Nothing runs as root., applies_to: workload, holds: 'true'}
waivers:
  - {rule: PAL-W001, elements: ['*/shop/*'], reason: The driver needs it., owner: platform, until: 2027-06-30}
accepted_risks:
  - {asset: customer data, actor: PAL-A001, owner: cfo, reason: being replaced, until: 2027-06-30}
dispositions:
  - {threat: TM-20c1a679a4, state: not-applicable, reason: no user can write there}
  - {element: '*/shop/*', category: tampering, state: accepted, reason: soon, owner: lead, until: '2027-01-31'}
requirements:
  - {id: SR-1, says: Cards never pass here., controls: [PAL-C094], tests: [tests/cards.py], threats: [TM-20c1a679a4]}
controls:
  - {control: PAL-C001, evidence: the audit of 2026, elements: ['*/shop/*']}
costs:
  - {control: PAL-C094, once: 12k, yearly: 3k}
frameworks:
  - {framework: nist-800-53-r5, baseline: moderate}
  - framework: soc-2
";

fn read(text: &str) -> Result<palisade_inventory::Intent, Vec<IntentError>> {
    read_intent("palisade.yaml", text.as_bytes(), &known())
}

#[test]
fn everything_that_can_be_declared_is_read() {
    let intent = read(WHOLE).unwrap();
    let declared = &intent.declared;
    assert_eq!(
        (declared.currency(), declared.day_rate()),
        ("EUR", Amount::from_cents(95_050))
    );
    assert_eq!(declared.appetite.upper, Some(Amount::from_cents(50_000_000)));
    let asset = &declared.assets[0];
    assert_eq!(asset.classification, Classification::Confidential);
    let loss = asset.loss.as_ref().unwrap();
    assert_eq!(loss.confidentiality.unwrap().worst(), Amount::from_cents(150_000_000));
    assert_eq!(loss.availability.unwrap().worst(), Amount::from_cents(20_000_000));
    assert_eq!(loss.integrity, None);
    assert_eq!(declared.dispositions[1].state, DispositionState::Accepted);
    assert_eq!(declared.accepted_risks[0].until.to_string(), "2027-06-30");
    assert_eq!(declared.frameworks.len(), 2);
    let at = intent.locate(&FieldPath::parse("assets[0].loss.availability"));
    assert_eq!(at.to_string(), "18:7");
}

#[test]
fn what_is_read_is_as_the_schema_says() {
    let schema = schemars::generate::SchemaSettings::draft07().into_generator();
    let schema = schema.into_root_schema_for::<palisade_inventory::Declared>();
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    let value = |text: &str| serde_saphyr::from_str::<serde_json::Value>(text).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value(WHOLE))
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    for wrong in [
        "weather: fine",
        "budget: -5",
        "budget: lots",
        "assets: [{name: a}]",
        "version: one",
    ] {
        assert!(!validator.is_valid(&value(wrong)), "{wrong}");
    }
}

#[test]
fn nothing_need_be_declared() {
    for text in [
        "",
        "# nothing yet\n",
        "{}",
        "assets:\n  # - name: …\nactors:\n",
        "---\nversion: 1\n",
        "\u{feff}version: 1",
    ] {
        let intent = read(text).unwrap_or_else(|errors| panic!("{text:?}: {errors:?}"));
        assert!(intent.declared.assets.is_empty());
        assert_eq!(
            (intent.declared.currency(), intent.declared.day_rate().to_string()),
            ("USD", "800".into())
        );
    }
}

/// Each kind of mistake, and a file that makes it.
const MISTAKES: &[(&str, &str)] = &[
    ("no YAML", "assets: [\n"),
    ("no map", "- assets\n"),
    ("tabs", "assets:\n\t- name: a\n"),
    ("a second document", "version: 1\n---\nversion: 1\n"),
    ("a key twice", "currency: EUR\nassets: []\ncurrency: USD\n"),
    ("a template", "currency: {{ .Values.currency }}\n"),
    ("a format that is not there yet", "version: 2\n"),
    ("an unknown key", "asset: []\n"),
    ("a key that is like none", "weather: fine\n"),
    ("a Kubernetes list", "items:\n  - kind: Pod\n"),
    (
        "an unknown key deep inside",
        "assets:\n  - name: a\n    elements: [A/b]\n    loss: {confidentialty: {likely: 1}}\n",
    ),
    ("a text for a list", "services: shop\n"),
    ("a map for a list", "services: {name: shop}\n"),
    ("a list for a map", "appetite: [1, 2]\n"),
    ("a number for a text", "services:\n  - name: 2027\n"),
    ("a truth for a text", "services:\n  - name: shop\n    owner: no\n"),
    (
        "a text for a truth",
        "flows:\n  - {from: A/b, to: A/c, encrypted: maybe}\n",
    ),
    (
        "a text for a number",
        "actors:\n  - {actor: PAL-A001, attempts: {low: often, high: 2}}\n",
    ),
    ("something missing", "assets:\n  - elements: [A/b]\n"),
    ("something empty", "services:\n  - name: ''\n"),
    (
        "an unknown word",
        "assets:\n  - {name: a, elements: [A/b], classification: confidental}\n",
    ),
    ("no amount", "budget: lots\n"),
    ("a negative amount", "budget: -5k\n"),
    ("an amount with its currency", "budget: 120k EUR\n"),
    ("an amount with commas", "budget: '1,500,000'\n"),
    ("an amount of the moon", "budget: 5000bn\n"),
    (
        "likely above worst",
        "assets:\n  - {name: a, elements: [A/b], loss: {integrity: {likely: 2M, worst: 100k}}}\n",
    ),
    (
        "likely nothing, worst something",
        "assets:\n  - {name: a, elements: [A/b], loss: {integrity: {likely: 0, worst: 100k}}}\n",
    ),
    ("lower above upper", "appetite:\n  upper: 10k\n  lower: 20k\n"),
    ("a service twice", "services: [{name: shop}, {name: shop}]\n"),
    (
        "an asset twice",
        "assets:\n  - {name: a, elements: [A/b]}\n  - {name: a, elements: [A/c]}\n",
    ),
    ("an asset nowhere", "assets:\n  - name: a\n"),
    ("no id of an element", "assets:\n  - {name: a, elements: [database]}\n"),
    (
        "an unknown service",
        "services: [{name: storefront}]\nassets:\n  - {name: a, elements: [A/b], service: storefornt}\n",
    ),
    ("an unknown actor", "actors:\n  - actor: PAL-A003\n"),
    ("an actor twice", "actors: [{actor: PAL-A001}, {actor: PAL-A001}]\n"),
    (
        "attempts the wrong way round",
        "actors:\n  - {actor: PAL-A001, attempts: {low: 3, high: 0.5}}\n",
    ),
    (
        "negative attempts",
        "actors:\n  - {actor: PAL-A001, attempts: {low: -1, high: 0.5}}\n",
    ),
    (
        "attempts from nothing",
        "actors:\n  - {actor: PAL-A001, attempts: {low: 0, high: 2}}\n",
    ),
    (
        "attempts like rain",
        "actors:\n  - {actor: PAL-A001, attempts: {low: 1, high: 1000000}}\n",
    ),
    ("an element of no kind", "elements:\n  - id: External/bank\n"),
    (
        "many elements at once",
        "elements:\n  - {id: External/*, kind: process}\n",
    ),
    (
        "an element corrected without a reason",
        "elements:\n  - {id: A/b, change: correct, owner: us}\n",
    ),
    (
        "an element removed without a reason",
        "elements:\n  - {id: A/b, change: remove}\n",
    ),
    (
        "an unknown technology",
        "elements:\n  - {id: A/b, kind: data-store, technology: postgres}\n",
    ),
    (
        "an unknown boundary",
        "elements:\n  - {id: A/b, kind: process, boundary: clutser}\n",
    ),
    ("a flow to itself", "flows:\n  - {from: A/b, to: A/b}\n"),
    (
        "a port that is none",
        "flows:\n  - {from: A/b, to: A/c, ports: [443, 70000]}\n",
    ),
    ("port 0", "flows:\n  - {from: A/b, to: A/c, ports: [0]}\n"),
    (
        "an application for a protocol",
        "flows:\n  - {from: A/b, to: A/c, protocol: https}\n",
    ),
    (
        "a boundary in itself",
        "boundaries:\n  - {id: zone/a, parent: zone/b}\n  - {id: zone/b, parent: zone/a}\n",
    ),
    ("a boundary that is there", "boundaries:\n  - id: namespace/shop\n"),
    (
        "a condition that does not parse",
        "assumptions:\n  - {name: a, says: b, applies_to: flow, holds: 'true &&'}\n",
    ),
    (
        "a claim that does not parse",
        "assumptions:\n  - {name: a, says: b, holds: 'true &&'}\n",
    ),
    (
        "a waiver of a rule that is not there",
        "waivers:\n  - {rule: PAL-W002, reason: r, owner: o, until: 2027-01-01}\n",
    ),
    (
        "a waiver without end",
        "waivers:\n  - {rule: PAL-W001, reason: r, owner: o}\n",
    ),
    (
        "an unknown view",
        "assumptions:\n  - {name: a, says: b, applies_to: workloads, holds: 'true'}\n",
    ),
    (
        "an unknown asset",
        "accepted_risks:\n  - {asset: data, owner: o, reason: r, until: 2027-01-01}\n",
    ),
    (
        "an acceptance without an owner",
        "assets: [{name: a, elements: [A/b]}]\naccepted_risks:\n  - {asset: a, reason: r, until: 2027-01-01}\n",
    ),
    (
        "a date in another form",
        "assets: [{name: a, elements: [A/b]}]\naccepted_risks:\n  - {asset: a, owner: o, reason: r, until: 1.1.2027}\n",
    ),
    (
        "a day that is not",
        "assets: [{name: a, elements: [A/b]}]\naccepted_risks:\n  - {asset: a, owner: o, reason: r, until: 2027-02-30}\n",
    ),
    (
        "no id of a threat",
        "dispositions:\n  - {threat: TM-1, state: not-applicable, reason: r}\n",
    ),
    (
        "a disposition of nothing",
        "dispositions:\n  - {state: not-applicable, reason: r}\n",
    ),
    (
        "a disposition of two things",
        "dispositions:\n  - {threat: TM-20c1a679a4, element: A/b, state: not-applicable, reason: r}\n",
    ),
    (
        "an unknown category",
        "dispositions:\n  - {element: A/b, category: temper, state: not-applicable, reason: r}\n",
    ),
    (
        "accepted by nobody for ever",
        "dispositions:\n  - {threat: TM-20c1a679a4, state: accepted, reason: r}\n",
    ),
    (
        "an end of what does not end",
        "dispositions:\n  - {threat: TM-20c1a679a4, state: not-applicable, reason: r, until: 2027-01-01}\n",
    ),
    (
        "a requirement that hangs in the air",
        "requirements:\n  - {id: SR-1, says: Be good.}\n",
    ),
    (
        "an unknown control",
        "controls:\n  - {control: PAL-C904, evidence: e}\n",
    ),
    (
        "a cost twice",
        "costs: [{control: PAL-C001, once: 1}, {control: PAL-C001, once: 2}]\n",
    ),
    ("a cost of nothing", "costs:\n  - control: PAL-C001\n"),
    ("an unknown framework", "frameworks:\n  - framework: nist-800-53\n"),
    (
        "an unknown baseline",
        "frameworks:\n  - {framework: nist-800-53-r5, baseline: medium}\n",
    ),
    (
        "a baseline of a framework without",
        "frameworks:\n  - {framework: soc-2, baseline: high}\n",
    ),
];

fn shown(errors: &[IntentError]) -> String {
    let mut text = String::new();
    for error in errors {
        let _ = write!(text, "  {error}");
        if !error.help.is_empty() {
            let _ = write!(text, " ({})", error.help);
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_mistake_has_its_message() {
    let mut messages = String::new();
    for (name, text) in MISTAKES {
        let errors = read(text).expect_err(name);
        let _ = writeln!(messages, "{name}");
        messages.push_str(&shown(&errors));
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn all_mistakes_are_told_at_once_and_none_twice() {
    let text = "\
currency: [EUR]
assets:
  - name: 7
    elements: [A/b]
  - name: fine
    elements: [nowhere]
    loss: {confidentiality: {likely: -1, worst: 2k}, integrity: {likely: 3k, worst: 2k}}
  - name: also fine
    elemnts: [A/b]
    elements: [A/b, 5]
accepted_risks:
  - {asset: fine, owner: o, reason: r, until: never}
  - {asset: also fin, owner: o, reason: r, until: 2027-01-01}
";
    let errors = read(text).unwrap_err();
    insta::assert_snapshot!(shown(&errors));
}

#[test]
fn too_large_too_deep_and_not_text() {
    let large = format!("# {}\n", "x".repeat(1 << 20));
    let deep = format!("assets: {}{}", "[".repeat(200), "]".repeat(200));
    for (text, expected) in [
        (large.as_bytes(), "larger than intent can be"),
        (deep.as_bytes(), "levels deep"),
        (b"a: \xff", "UTF-8"),
    ] {
        let errors = read_intent("palisade.yaml", text, &known()).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].message.contains(expected), "{}", errors[0].message);
    }
}

#[test]
fn a_thousand_mistakes_end_after_a_hundred() {
    let text = "flows:\n".to_owned() + &"  - {from: 1, to: 2}\n".repeat(1000);
    assert_eq!(read(&text).unwrap_err().len(), 100);
}

proptest! {
    /// Whatever is taken out of a file or put in: it is read, or something is wrong at a place that is there.
    #[test]
    fn no_text_is_answered_with_silence(at in 0..WHOLE.len(), length in 0_usize..12, put in "[-:{}\\[\\]a-z0-9 \n'*]{0,6}") {
        prop_assume!(WHOLE.is_char_boundary(at));
        let end = (at + length).min(WHOLE.len());
        let text = format!("{}{put}{}", &WHOLE[..at], &WHOLE[end..]);
        if let Err(errors) = read(&text) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!((error.position.line as usize) <= text.lines().count(), "{}", error);
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}
