//! `ValidatingAdmissionPolicy` and its binding: what the API server enforces by itself since Kubernetes 1.30.

use palisade_inventory::Node;

use super::rule::{Rule, metadata};
use super::{Form, Written};
use crate::guard::{Application, Target};
use crate::views::nodes::{list, map, text};

const API_VERSION: &str = "admissionregistration.k8s.io/v1";

pub(super) fn written(rule: &Rule<'_>) -> Written {
    let (name, file) = (rule.name(), format!("admission/{}.yaml", rule.slug()));
    Written {
        target: Target::AdmissionVap,
        application: Application::Objects,
        documents: documents(rule, Form::Enforcing),
        trial: documents(rule, Form::Warning),
        companions: Vec::new(),
        rollout: vec![
            format!("kubectl apply -f trial/{file}"),
            format!(
                "look for validation.policy.admission.k8s.io/validation_failure of {name} in the audit log, and at the warnings \
                 that kubectl shows; nothing is refused yet"
            ),
            format!("kubectl apply -f {file}"),
        ],
        undo: format!("kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy {name}"),
        file,
    }
}

fn documents(rule: &Rule<'_>, form: Form) -> Vec<Node> {
    let name = rule.name();
    let metadata = || metadata(&name, &rule.weakness.id);
    let policy = map([
        ("apiVersion", text(API_VERSION)),
        ("kind", text("ValidatingAdmissionPolicy")),
        ("metadata", metadata()),
        (
            "spec",
            map([
                ("failurePolicy", text("Fail")),
                ("matchConstraints", map([("resourceRules", rule.resource_rules())])),
                ("matchConditions", rule.match_conditions()),
                ("variables", rule.variables()),
                ("validations", rule.validations()),
            ]),
        ),
    ]);
    let actions = match form {
        Form::Enforcing => ["Deny", "Audit"],
        Form::Warning => ["Warn", "Audit"],
    };
    let mut spec = vec![
        ("policyName", text(&name)),
        ("validationActions", list(actions.into_iter().map(text))),
    ];
    if let Some(selector) = rule.namespace_selector() {
        spec.push(("matchResources", map([("namespaceSelector", selector)])));
    }
    let binding = map([
        ("apiVersion", text(API_VERSION)),
        ("kind", text("ValidatingAdmissionPolicyBinding")),
        ("metadata", metadata()),
        ("spec", map(spec)),
    ]);
    vec![policy, binding]
}
