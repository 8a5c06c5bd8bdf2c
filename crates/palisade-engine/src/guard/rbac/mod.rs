//! Roles that grant less: a binding loses what attack steps need of it, and keeps the rest.
//!
//! A role that only these bindings give is narrowed where it is. Any other is left to those who have it: the binding gets a
//! role of its own, and as what a binding refers to can't be changed, takes another name.

mod proofs;
mod taken;

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{AuditedRequest, Node, ResourceId};
use palisade_knowledge::{Control, Permission, Weakness};

use self::taken::{Taken, taken};
use super::{Answers, Application, Guardrail, Input, Target};
use crate::rbac::{Authorizer, Grant, Identity, Request, Rule, Scope};
use crate::remedy::{narrowed, role_of, without};
use crate::system::ElementId;
use crate::views::nodes::{list, map, text};

const API_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// A role that is to grant less to those who have it by some bindings.
struct Narrowing<'a> {
    role: ResourceId,
    bindings: Vec<&'a ResourceId>,
    /// One for each subject of each binding. Never empty.
    grants: Vec<&'a Grant>,
    taken: Taken<'a>,
    /// What it grants so far, and what it is to grant.
    before: Vec<Node>,
    after: Vec<Node>,
    /// Whether it is to grant what the audit log shows, and no more.
    by_log: bool,
    /// Whether the role itself is changed.
    in_place: bool,
}

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    let authorizer = Authorizer::new(&input.system().resources);
    let mut by_role: BTreeMap<ResourceId, BTreeMap<&ResourceId, Taken<'_>>> = BTreeMap::new();
    for (binding, taken) in taken(input, &authorizer) {
        let role = input
            .system()
            .resources
            .get(binding)
            .and_then(|binding| role_of(binding));
        if let Some(role) = role {
            by_role.entry(role).or_default().insert(binding, taken);
        }
    }
    let mut guardrails = Vec::new();
    for (role, bindings) in by_role {
        let narrowings = narrowings(input, &authorizer, &role, bindings);
        guardrails.extend(narrowings.iter().map(|one| guardrail(input, &authorizer, one)));
    }
    guardrails
}

fn narrowings<'a>(
    input: &Input<'a>,
    authorizer: &'a Authorizer,
    role: &ResourceId,
    bindings: BTreeMap<&'a ResourceId, Taken<'a>>,
) -> Vec<Narrowing<'a>> {
    let is_of_role = |grant: &&Grant| {
        *grant.role == *role.name && grant.role_namespace == role.namespace && grant.role_kind() == &*role.kind
    };
    let given: Vec<&Grant> = authorizer.grants().iter().filter(is_of_role).collect();
    let written = input.system().resources.get(role);
    let is_own = written.is_some_and(|role| role.content.at(&["aggregationRule"]).is_none());
    let is_all = given.iter().all(|grant| bindings.contains_key(&grant.binding));
    let mut alike: Vec<(Vec<&ResourceId>, Taken<'_>)> = Vec::new();
    for (binding, taken) in bindings {
        match alike
            .iter_mut()
            .find(|(_, known)| known.permissions == taken.permissions)
        {
            Some((bindings, known)) => {
                bindings.push(binding);
                known.join(taken);
            }
            None => alike.push((vec![binding], taken)),
        }
    }
    let in_place = is_own && is_all && alike.len() == 1;
    let mut groups = Vec::new();
    for (bindings, taken) in alike {
        if in_place {
            groups.push((bindings, taken));
        } else {
            groups.extend(bindings.into_iter().map(|binding| (vec![binding], taken.clone())));
        }
    }
    let narrowings = groups.into_iter().filter_map(|(bindings, taken)| {
        let grants: Vec<&Grant> = given
            .iter()
            .copied()
            .filter(|grant| bindings.contains(&&grant.binding))
            .collect();
        let before: Vec<Node> = grants.first()?.rules().map(written_rule).collect();
        let (after, by_log) = match of_log(input, &grants, &before, &taken) {
            Some(after) => (after, true),
            None => (
                without(&before, &taken.permissions.iter().cloned().collect::<Vec<_>>())?,
                false,
            ),
        };
        Some(Narrowing {
            role: role.clone(),
            bindings,
            grants,
            taken,
            before,
            after,
            by_log,
            in_place,
        })
    });
    narrowings.collect()
}

/// Requests of an audit log that were allowed by a grant.
fn uses<'l>(input: &Input<'l>, grant: &Grant) -> impl Iterator<Item = &'l AuditedRequest> {
    let log = input.known.audit.into_iter();
    let requests = log.flat_map(|log| &log.requests).filter(move |request| {
        let is_theirs = match &grant.subject {
            Identity::Group(group) => request.groups.iter().any(|one| **one == **group),
            one => one.user().is_some_and(|user| *user == *request.user),
        };
        let is_there = match &grant.scope {
            Scope::Cluster => true,
            Scope::Namespace(namespace) => request.url.is_empty() && **namespace == *request.namespace,
        };
        is_theirs && is_there
    });
    requests
        .filter(|request| grant.rules().any(|rule| rule.allows(&asked(request))))
        .collect::<Vec<_>>()
        .into_iter()
}

fn asked(request: &AuditedRequest) -> Request<'_> {
    Request {
        verb: &request.verb,
        group: &request.group,
        resource: &request.resource,
        subresource: &request.subresource,
        namespace: &request.namespace,
        name: &request.name,
        url: (!request.url.is_empty()).then_some(&*request.url),
        on_node: None,
    }
}

fn permission(request: &AuditedRequest) -> Permission {
    Permission {
        verb: request.verb.clone(),
        group: request.group.clone(),
        resource: request.resource.clone(),
        subresource: request.subresource.clone(),
        name: None,
    }
}

/// The fewest rules that grant what the log shows, but what is to be taken. None where somebody is not seen in it: that says
/// nothing about what they need.
fn of_log(input: &Input<'_>, grants: &[&Grant], before: &[Node], taken: &Taken<'_>) -> Option<Vec<Node>> {
    let mut used = BTreeSet::new();
    for grant in grants {
        let mut uses = uses(input, grant).peekable();
        uses.peek()?;
        used.extend(uses.filter(|request| request.url.is_empty()).map(permission));
    }
    let mut rules = narrowed(&used.difference(&taken.permissions).cloned().collect());
    rules.extend(
        before
            .iter()
            .filter(|rule| rule.get("nonResourceURLs").is_some())
            .cloned(),
    );
    Some(rules)
}

/// A rule as it is written.
fn written_rule(rule: &Rule) -> Node {
    let fields = [
        ("apiGroups", &rule.groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.names),
        ("nonResourceURLs", &rule.urls),
        ("verbs", &rule.verbs),
    ];
    let fields = fields.into_iter().filter(|(_, words)| !words.is_empty());
    map(fields.map(|(field, words)| (field, list(words.iter().map(|word| text(word))))))
}

fn guardrail(input: &Input<'_>, authorizer: &Authorizer, narrowing: &Narrowing<'_>) -> Guardrail {
    let role = &narrowing.role;
    let binding = narrowing.bindings.first().copied();
    let about = if narrowing.in_place {
        role
    } else {
        binding.unwrap_or(role)
    };
    let file = file(about);
    let least = if narrowing.by_log {
        "grants what the audit log shows, and no more".to_owned()
    } else {
        format!("no longer grants {}", told(&narrowing.taken.permissions))
    };
    let (documents, removes) = if narrowing.in_place {
        (
            vec![written_role(&role.kind, &role.namespace, &role.name, &narrowing.after)],
            Vec::new(),
        )
    } else {
        replaced(input, narrowing, about)
    };
    let names: Vec<String> = removes.iter().map(|id| kubectl_name(id)).collect();
    let mut rollout = Vec::new();
    if input.known.audit.is_none() {
        rollout.push(
            "RBAC has no mode that only warns: write an audit log of a usual week, and hand it over with --audit-log to have \
             need proved"
                .to_owned(),
        );
    }
    rollout.push(format!("kubectl diff -f {file}"));
    rollout.push(format!("kubectl apply -f {file}"));
    rollout.extend(names.iter().map(|name| format!("kubectl delete {name}")));
    rollout.push("look for `forbid` of its subjects in the audit log".to_owned());
    let undo = if narrowing.in_place {
        format!(
            "apply {} as it was: keep `kubectl get {} -o yaml` before",
            role.name,
            kubectl_name(role)
        )
    } else {
        format!("apply {} as it was, then kubectl delete -f {file}", names.join(", "))
    };
    let mut guardrail = Guardrail {
        target: Target::Rbac,
        title: format!("{about} {least}"),
        file,
        documents,
        trial: Vec::new(),
        companions: Vec::new(),
        application: if narrowing.in_place {
            Application::Merge
        } else {
            Application::Objects
        },
        removes,
        answers: answers(input, narrowing),
        rollout,
        undo,
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: Vec::new(),
        proofs: Vec::new(),
    };
    guardrail.proofs = proofs::proofs(input, authorizer, narrowing, &guardrail);
    guardrail
}

/// `rbac/shop/role-support.yaml`.
fn file(id: &ResourceId) -> String {
    let plain: String = id
        .name
        .chars()
        .map(|c| if matches!(c, ':' | '/' | '*') { '-' } else { c })
        .collect();
    let kind = id.kind.to_ascii_lowercase();
    if id.namespace.is_empty() {
        format!("rbac/{kind}-{plain}.yaml")
    } else {
        format!("rbac/{}/{kind}-{plain}.yaml", id.namespace)
    }
}

fn kubectl_name(id: &ResourceId) -> String {
    let kind = id.kind.to_ascii_lowercase();
    if id.namespace.is_empty() {
        format!("{kind} {}", id.name)
    } else {
        format!("{kind} {} -n {}", id.name, id.namespace)
    }
}

fn written_role(kind: &str, namespace: &str, name: &str, rules: &[Node]) -> Node {
    map([
        ("apiVersion", text(API_VERSION)),
        ("kind", text(kind)),
        ("metadata", metadata(namespace, name)),
        ("rules", list(rules.iter().cloned())),
    ])
}

fn metadata(namespace: &str, name: &str) -> Node {
    let namespace = (!namespace.is_empty()).then(|| ("namespace", text(namespace)));
    map([("name", text(name))].into_iter().chain(namespace))
}

/// A role of its own for a binding, and the binding to it.
fn replaced(input: &Input<'_>, narrowing: &Narrowing<'_>, binding: &ResourceId) -> (Vec<Node>, Vec<ResourceId>) {
    let name = format!("{}-least", binding.name);
    let kind = if &*binding.kind == "RoleBinding" {
        "Role"
    } else {
        "ClusterRole"
    };
    let written = input.system().resources.get(binding);
    let subjects = written
        .map(|binding| binding.content.items(&["subjects"]))
        .unwrap_or_default();
    let role = written_role(kind, &binding.namespace, &name, &narrowing.after);
    let reference = map([
        ("apiGroup", text("rbac.authorization.k8s.io")),
        ("kind", text(kind)),
        ("name", text(&name)),
    ]);
    let bound = map([
        ("apiVersion", text(API_VERSION)),
        ("kind", text(&binding.kind)),
        ("metadata", metadata(&binding.namespace, &name)),
        ("roleRef", reference),
        ("subjects", list(subjects.iter().cloned())),
    ]);
    (vec![role, bound], vec![binding.clone()])
}

fn answers(input: &Input<'_>, narrowing: &Narrowing<'_>) -> Answers {
    let steps = &narrowing.taken.steps;
    let subjects: BTreeSet<ElementId> = narrowing.grants.iter().map(|grant| grant.subject.element()).collect();
    let controls: Vec<&Control> = narrowing.taken.controls.values().copied().collect();
    let weaknesses: Vec<&Weakness> = steps
        .values()
        .filter_map(|step| input.catalogue().weaknesses.get(step.weakness.as_ref()?))
        .collect();
    let elements: BTreeSet<&ElementId> = subjects.iter().collect();
    let is_stopped = |step: &crate::assessment::PathStep| {
        steps.contains_key(&*step.step) && (elements.contains(&step.from) || elements.contains(&step.to))
    };
    let paths = input
        .assessment
        .paths
        .iter()
        .filter(|path| path.steps.iter().any(is_stopped));
    let techniques: BTreeSet<String> = steps
        .values()
        .flat_map(|step| step.techniques.iter().cloned())
        .collect();
    Answers {
        steps: steps.keys().map(|id| (*id).to_owned()).collect(),
        paths: paths.map(|path| path.id.clone()).collect(),
        techniques: techniques.into_iter().collect(),
        ..input.answers(controls, weaknesses, Some(&elements))
    }
}

/// The first few permissions, and how many more.
fn told(permissions: &BTreeSet<Permission>) -> String {
    const FEW: usize = 3;
    let first: Vec<String> = permissions.iter().take(FEW).map(|one| format!("`{one}`")).collect();
    match permissions.len().saturating_sub(FEW) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
