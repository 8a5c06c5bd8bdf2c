//! Kyverno's `ValidatingPolicy`, with the test that `kyverno test` runs.

use palisade_inventory::Node;

use super::examples::Case;
use super::rule::{Rule, metadata};
use super::{Form, Written};
use crate::guard::{Application, Companion, Target};
use crate::views::nodes::{list, map, text};

pub(super) fn written(rule: &Rule<'_>, cases: &[Case]) -> Written {
    let (name, slug) = (rule.name(), rule.slug());
    let file = format!("kyverno/{slug}/policy.yaml");
    Written {
        target: Target::Kyverno,
        application: Application::Outside,
        documents: vec![policy(rule, Form::Enforcing)],
        trial: vec![policy(rule, Form::Warning)],
        companions: test(rule, &slug, cases),
        rollout: vec![
            format!("kyverno test kyverno/{slug}"),
            format!("kubectl apply -f trial/{file}"),
            format!("kubectl get policyreports -A, and look at what they say of {name}; nothing is refused yet"),
            format!("kubectl apply -f {file}"),
        ],
        undo: format!("kubectl delete validatingpolicies.policies.kyverno.io {name}"),
        file,
    }
}

fn policy(rule: &Rule<'_>, form: Form) -> Node {
    let actions = match form {
        Form::Enforcing => ["Deny", "Audit"],
        Form::Warning => ["Warn", "Audit"],
    };
    let mut constraints = vec![("resourceRules", rule.resource_rules())];
    if let Some(selector) = rule.namespace_selector() {
        constraints.push(("namespaceSelector", selector));
    }
    map([
        ("apiVersion", text("policies.kyverno.io/v1")),
        ("kind", text("ValidatingPolicy")),
        ("metadata", metadata(&rule.name(), &rule.weakness.id)),
        (
            "spec",
            map([
                ("validationActions", list(actions.into_iter().map(text))),
                ("failurePolicy", text("Fail")),
                // The rule knows every kind that holds a pod template by itself.
                (
                    "autogen",
                    map([("podControllers", map([("controllers", list(std::iter::empty()))]))]),
                ),
                ("matchConstraints", map(constraints)),
                ("matchConditions", rule.match_conditions()),
                ("variables", rule.variables()),
                ("validations", rule.validations()),
            ]),
        ),
    ])
}

/// The examples of the weakness, each expected to pass or fail. They are moved into a namespace that the policy looks into.
fn test(rule: &Rule<'_>, slug: &str, cases: &[Case]) -> Vec<Companion> {
    let name = rule.name();
    let results = cases.iter().map(|case| {
        map([
            ("policy", text(&name)),
            ("isValidatingPolicy", crate::views::nodes::flag(true)),
            ("kind", text(case.object.text(&["kind"]).unwrap_or_default())),
            ("resources", list([text(&case.resource)].into_iter())),
            ("result", text(if case.is_refused { "fail" } else { "pass" })),
        ])
    });
    let test = map([
        ("apiVersion", text("cli.kyverno.io/v1alpha1")),
        ("kind", text("Test")),
        ("metadata", map([("name", text(&name))])),
        ("policies", list([text("policy.yaml")].into_iter())),
        ("resources", list([text("resources.yaml")].into_iter())),
        ("results", list(results)),
    ]);
    vec![
        Companion {
            file: format!("kyverno/{slug}/kyverno-test.yaml"),
            documents: vec![test],
        },
        Companion {
            file: format!("kyverno/{slug}/resources.yaml"),
            documents: cases.iter().map(|case| case.object.clone()).collect(),
        },
    ]
}
