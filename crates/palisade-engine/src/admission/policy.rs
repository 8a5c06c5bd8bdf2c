//! `ValidatingAdmissionPolicy` objects and their bindings.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};
use palisade_knowledge::{Binding, Condition, KubernetesVersion};

use super::request::{Operation, Request};
use super::variables::Variables;
use super::{Place, Refusal, matching};
use crate::kube::{Labels, Selector};
use crate::system::{Evidence, Resources};
use crate::views::nodes::{map, text};

/// What expressions of a policy may look at. `authorizer` is left out: what asks it is unknown.
const VARIABLES: [&str; 5] = ["object", "oldObject", "request", "params", "namespaceObject"];

/// A policy and a binding that makes it refuse.
#[derive(Debug)]
pub(super) struct BoundPolicy<'a> {
    policy: &'a Arc<Resource>,
    binding: &'a Arc<Resource>,
    params: Params<'a>,
    conditions: Vec<Expression<'a>>,
    validations: Vec<Expression<'a>>,
    /// What fails to evaluate refuses.
    fails_closed: bool,
}

/// The objects that a policy is parametrised by.
#[derive(Debug)]
enum Params<'a> {
    /// None are asked for.
    None,
    /// These: the policy is evaluated once for each.
    Known(Vec<&'a Arc<Resource>>),
    /// Some, but the input does not tell.
    Unknown(String),
}

/// One expression of a policy.
#[derive(Debug)]
struct Expression<'a> {
    /// Its place in the policy.
    path: FieldPath,
    /// None: it can't be evaluated here, and why.
    condition: Result<Condition, String>,
    /// What it says when it refuses.
    message: Option<&'a str>,
}

/// What a policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Passes,
    /// It refuses it.
    Refuses(Refusal),
    /// It can't be decided, and why.
    Unknown(String),
}

/// What an expression says.
enum Said {
    True,
    False,
    /// The API server would get the same error.
    Error(String),
    Unknown(String),
}

impl<'a> BoundPolicy<'a> {
    /// Every policy of the input with every binding whose action is to deny.
    pub(super) fn all(resources: &'a Resources, version: KubernetesVersion) -> Vec<Self> {
        let policies: BTreeMap<&str, &Arc<Resource>> = resources
            .of_kind("ValidatingAdmissionPolicy")
            .map(|policy| (&*policy.id.name, policy))
            .collect();
        let bindings = resources.of_kind("ValidatingAdmissionPolicyBinding");
        let denies = |binding: &&Arc<Resource>| {
            let mut actions = binding.content.items(&["spec", "validationActions"]).iter();
            actions.any(|action| action.as_str() == Some("Deny"))
        };
        bindings
            .filter(denies)
            .filter_map(|binding| {
                let policy = *policies.get(binding.content.text(&["spec", "policyName"])?)?;
                Some(Self::new(policy, binding, resources, version))
            })
            .collect()
    }

    fn new(
        policy: &'a Arc<Resource>,
        binding: &'a Arc<Resource>,
        resources: &'a Resources,
        version: KubernetesVersion,
    ) -> Self {
        let variables = Variables::of(&policy.content);
        let expressions = |field: &'static str| -> Vec<Expression<'a>> {
            let items = policy.content.items(&["spec", field]).iter().enumerate();
            items
                .filter_map(|(index, item)| {
                    let path = FieldPath::root().child("spec").child(field).child(index);
                    let expression = item.text(&["expression"])?;
                    Some(Expression {
                        path: path.child("expression"),
                        condition: compile(expression, &variables, version),
                        message: item.text(&["message"]),
                    })
                })
                .collect()
        };
        Self {
            conditions: expressions("matchConditions"),
            validations: expressions("validations"),
            params: Params::of(&policy.content, &binding.content, resources),
            fails_closed: policy.content.text(&["spec", "failurePolicy"]) != Some("Ignore"),
            policy,
            binding,
        }
    }

    /// Whether labels of the object decide whether it is looked at.
    pub(super) fn selects_objects(&self) -> bool {
        self.constraints().into_iter().any(matching::selects_objects)
    }

    /// Whether it looks at who asks.
    pub(super) fn reads_user(&self) -> bool {
        let conditions = self.conditions.iter().chain(&self.validations);
        let mut sources = conditions.filter_map(|expression| expression.condition.as_ref().ok());
        sources.any(|condition| condition.source().contains("userInfo"))
    }

    /// Whether it looks at neither what is asked for nor who asks, so that what it refuses once it refuses always. A pod may
    /// have been asked for by a controller, on behalf of somebody who wrote its template.
    pub(super) fn is_unconditional(&self) -> bool {
        let expressions = self.conditions.iter().chain(&self.validations);
        let mut known = expressions.map(|expression| expression.condition.as_ref().ok().map(Condition::source));
        let is_free_of =
            |source: &str| !source.contains("object") && !source.replace("request.namespace", "").contains("request");
        !self.selects_objects() && known.all(|source| source.is_some_and(is_free_of))
    }

    /// What it says of a request.
    pub(super) fn judge(&self, new: Request<'_>, place: &Place<'_>) -> Verdict {
        if !self
            .constraints()
            .into_iter()
            .all(|constraints| matching::matches(constraints, new, place))
        {
            return Verdict::Passes;
        }
        if new.user.is_none() && self.reads_user() {
            return Verdict::Unknown(format!("{} looks at who asks", self.policy.id));
        }
        match &self.params {
            Params::None => self.judge_with(&Node::default(), new, place),
            Params::Unknown(reason) => Verdict::Unknown(format!("{}: {reason}", self.policy.id)),
            Params::Known(params) => {
                let verdicts = params.iter().map(|params| self.judge_with(&params.content, new, place));
                let mut worst = Verdict::Passes;
                for verdict in verdicts {
                    match (&worst, verdict) {
                        (_, refuses @ Verdict::Refuses(_)) => return refuses,
                        (Verdict::Passes, unknown @ Verdict::Unknown(_)) => worst = unknown,
                        _ => {}
                    }
                }
                worst
            }
        }
    }

    fn constraints(&self) -> [Option<&'a Node>; 2] {
        [
            self.policy.content.at(&["spec", "matchConstraints"]),
            self.binding.content.at(&["spec", "matchResources"]),
        ]
    }

    fn judge_with(&self, params: &Node, new: Request<'_>, place: &Place<'_>) -> Verdict {
        let (request, none) = (new.variable(), Node::default());
        let old = match new.operation {
            Operation::Create => &none,
            Operation::Update(old) => old,
        };
        let bare = map([("metadata", map([("name", text(new.namespace))]))]);
        let namespace = place.object.map_or(&bare, |object| &object.content);
        let bindings: [Binding<'_>; 5] = [
            ("object", new.object),
            ("oldObject", old),
            ("request", &request),
            ("params", params),
            ("namespaceObject", namespace),
        ];
        let mut unknown = None;
        let mut error = None;
        for condition in &self.conditions {
            match self.evaluate(condition, &bindings) {
                Said::True => {}
                // One that is false is enough, whatever the others come to.
                Said::False => return Verdict::Passes,
                Said::Error(reason) => error = error.or(Some((condition, reason))),
                Said::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        if let Some(reason) = unknown {
            return Verdict::Unknown(reason);
        }
        if let Some((condition, reason)) = error {
            return self.failed(condition, reason);
        }
        let mut verdict = Verdict::Passes;
        for validation in &self.validations {
            match self.evaluate(validation, &bindings) {
                Said::True => {}
                Said::False => {
                    let source = validation.condition.as_ref().map(Condition::source);
                    let said = validation.message.or(source.ok()).unwrap_or_default();
                    return self.refuses(validation, said.to_owned());
                }
                Said::Error(reason) => match self.failed(validation, reason) {
                    Verdict::Passes => {}
                    refuses => return refuses,
                },
                Said::Unknown(reason) => verdict = Verdict::Unknown(reason),
            }
        }
        verdict
    }

    fn evaluate(&self, expression: &Expression<'_>, bindings: &[Binding<'_>]) -> Said {
        let unknown = |reason: &str| Said::Unknown(format!("{} ({}): {reason}", self.policy.id, expression.path));
        let condition = match &expression.condition {
            Ok(condition) => condition,
            Err(reason) => return unknown(reason),
        };
        match condition.evaluate(bindings) {
            palisade_knowledge::Verdict::Match => Said::True,
            palisade_knowledge::Verdict::NoMatch => Said::False,
            // Values of the input may have been dropped when it was read, so that an error says nothing.
            palisade_knowledge::Verdict::NotEvaluated(reason) if self.reads_input(condition) => unknown(&reason),
            palisade_knowledge::Verdict::NotEvaluated(reason) if reason.starts_with("cost:") => unknown(&reason),
            palisade_knowledge::Verdict::NotEvaluated(reason) => Said::Error(reason),
        }
    }

    fn reads_input(&self, condition: &Condition) -> bool {
        let source = condition.source();
        matches!(self.params, Params::Known(_)) || source.contains("namespaceObject")
    }

    fn failed(&self, expression: &Expression<'_>, reason: String) -> Verdict {
        if self.fails_closed {
            self.refuses(expression, reason)
        } else {
            Verdict::Passes
        }
    }

    fn refuses(&self, expression: &Expression<'_>, message: String) -> Verdict {
        let at = |resource: &Arc<Resource>, path: &FieldPath, note: String| {
            Evidence::at(&resource.content_file, &resource.content, path, note)
        };
        let action = FieldPath::parse("spec.validationActions");
        Verdict::Refuses(Refusal {
            by: self.policy.id.to_string(),
            evidence: vec![
                at(self.policy, &expression.path, message.clone()),
                at(self.binding, &action, format!("{} denies", self.binding.id)),
            ],
            message,
        })
    }
}

fn compile(expression: &str, variables: &Variables<'_>, version: KubernetesVersion) -> Result<Condition, String> {
    let expanded = variables.expand(expression);
    let expanded = expanded.ok_or_else(|| "its variables make it too long to be evaluated".to_owned())?;
    let condition = Condition::compile_for(&expanded, version).map_err(|error| error.to_string())?;
    condition.check(&VARIABLES).map_err(|error| error.to_string())?;
    Ok(condition)
}

impl<'a> Params<'a> {
    fn of(policy: &Node, binding: &Node, resources: &'a Resources) -> Self {
        let Some(kind) = policy.at(&["spec", "paramKind"]) else {
            return Self::None;
        };
        let Some(reference) = binding.at(&["spec", "paramRef"]) else {
            // `params` is null then, as without a kind.
            return Self::None;
        };
        let (api_version, kind) = (kind.text(&["apiVersion"]), kind.text(&["kind"]).unwrap_or_default());
        let group = api_version
            .and_then(|text| text.split_once('/'))
            .map_or("", |(group, _)| group);
        let namespace = reference.text(&["namespace"]);
        let mut found: Vec<&Arc<Resource>> = resources
            .of_kind(kind)
            .filter(|param| *param.id.group == *group)
            .filter(|param| namespace.is_none_or(|namespace| *param.id.namespace == *namespace))
            .collect();
        match (reference.text(&["name"]), reference.get("selector")) {
            (Some(name), _) => found.retain(|param| *param.id.name == *name),
            (None, selector) => {
                let selector = Selector::nullable(selector);
                found.retain(|param| selector.matches(&Labels::of(&param.content)));
            }
        }
        if found.is_empty() {
            return Self::Unknown(format!("the {kind} that it is parametrised by is not in the input"));
        }
        let is_read = |param: &&Arc<Resource>| {
            let mut entries = param.content.entries(&[]).iter();
            entries.any(|entry| !matches!(&*entry.key, "apiVersion" | "kind" | "metadata"))
        };
        if !found.iter().all(is_read) {
            return Self::Unknown(format!("what the {kind} says that it is parametrised by is not read"));
        }
        Self::Known(found)
    }
}
