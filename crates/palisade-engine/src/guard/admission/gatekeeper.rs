//! Gatekeeper's `ConstraintTemplate` with the engine `K8sNativeValidation`, and its constraint.

use palisade_inventory::Node;

use super::rule::{Rule, metadata};
use super::{Form, Written};
use crate::guard::{Application, Target};
use crate::views::nodes::{list, map, text};

/// The engine that evaluates CEL.
pub(super) const ENGINE: &str = "K8sNativeValidation";

pub(super) fn written(rule: &Rule<'_>) -> Written {
    let (name, file) = (rule.name(), format!("gatekeeper/{}.yaml", rule.slug()));
    let kind = kind(rule);
    let lower = kind.to_ascii_lowercase();
    Written {
        target: Target::Gatekeeper,
        application: Application::Outside,
        documents: vec![template(rule, &kind), constraint(rule, &kind, Form::Enforcing)],
        trial: vec![template(rule, &kind), constraint(rule, &kind, Form::Warning)],
        companions: Vec::new(),
        rollout: vec![
            format!("kubectl apply -f trial/{file}, twice: Gatekeeper has to make the kind {kind} in between"),
            format!("kubectl get {lower} {name} -o yaml, and look at status.violations; nothing is refused yet"),
            format!("kubectl apply -f {file}"),
        ],
        undo: format!("kubectl delete {lower} {name}; kubectl delete constrainttemplate {lower}"),
        file,
    }
}

/// `PalisadePALW001`: the kind of the constraint.
fn kind(rule: &Rule<'_>) -> String {
    let plain = rule.weakness.id.chars().filter(char::is_ascii_alphanumeric);
    format!("Palisade{}", plain.collect::<String>())
}

fn template(rule: &Rule<'_>, kind: &str) -> Node {
    let source = map([
        ("failurePolicy", text("Fail")),
        ("matchConditions", rule.match_conditions()),
        ("variables", rule.variables()),
        ("validations", rule.validations()),
    ]);
    let code = map([("engine", text(ENGINE)), ("source", source)]);
    let target = map([
        ("target", text("admission.k8s.gatekeeper.sh")),
        ("code", list([code].into_iter())),
    ]);
    let names = map([("kind", text(kind))]);
    map([
        ("apiVersion", text("templates.gatekeeper.sh/v1")),
        ("kind", text("ConstraintTemplate")),
        ("metadata", metadata(&kind.to_ascii_lowercase(), &rule.weakness.id)),
        (
            "spec",
            map([
                ("crd", map([("spec", map([("names", names)]))])),
                ("targets", list([target].into_iter())),
            ]),
        ),
    ])
}

fn constraint(rule: &Rule<'_>, kind: &str, form: Form) -> Node {
    let groups = super::kinds::by_group(&rule.kinds);
    let kinds = groups.into_iter().map(|((group, _), kinds)| {
        map([
            ("apiGroups", list([text(group)].into_iter())),
            ("kinds", list(kinds.iter().map(|kind| text(kind.kind)))),
        ])
    });
    let mut matches = vec![("kinds", list(kinds))];
    if let Some(selector) = rule.namespace_selector() {
        matches.push(("namespaceSelector", selector));
    }
    let action = match form {
        Form::Enforcing => "deny",
        Form::Warning => "warn",
    };
    map([
        ("apiVersion", text("constraints.gatekeeper.sh/v1beta1")),
        ("kind", text(kind)),
        ("metadata", metadata(&rule.name(), &rule.weakness.id)),
        (
            "spec",
            map([("enforcementAction", text(action)), ("match", map(matches))]),
        ),
    ])
}
