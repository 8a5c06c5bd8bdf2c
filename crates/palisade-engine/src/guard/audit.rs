//! The audit policy of the API server: what the steps of attack paths ask of it is recorded, whatever else is.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Node;
use palisade_knowledge::Permission;

use super::{Application, Guardrail, Input, Proof, Target};
use crate::views::nodes::{list, map, text};

/// Requests with these bodies are recorded without them: they hold secrets, or what may be one.
const SECRETIVE: [&str; 8] = [
    "secrets",
    "configmaps",
    "serviceaccounts",
    "tokenreviews",
    "pods",
    "deployments",
    "daemonsets",
    "statefulsets",
];
/// Groups of which it matters what exactly was asked for.
const TELLING: [&str; 2] = ["rbac.authorization.k8s.io", "admissionregistration.k8s.io"];
/// Changes, of anything.
const WRITES: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];
/// Verbs that no request has: they are asked about beside one, which is recorded.
const UNASKED: [&str; 7] = ["approve", "attest", "bind", "escalate", "impersonate", "sign", "use"];
/// Steps that are told by name.
const TOLD: usize = 8;

/// One rule: verbs at resources of a group.
struct Rule {
    level: &'static str,
    group: Option<String>,
    resources: BTreeSet<String>,
    verbs: BTreeSet<String>,
}

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    let is_asked = input.known.wanted.targets.contains(&Target::AuditPolicy);
    let mut controls = input.controls_for(Target::AuditPolicy);
    if controls.is_empty() && is_asked && input.known.wanted.controls.is_empty() {
        let all = input.catalogue().controls.values();
        let all = all.filter(|one| {
            Target::AuditPolicy
                .kinds()
                .iter()
                .any(|kind| one.guardrails.contains(kind))
        });
        controls = all.map(|control| (&*control.id, control)).collect();
    }
    if controls.is_empty() {
        return Vec::new();
    }
    let requests = requests(input);
    let rules = rules(requests.values().flatten().copied());
    let weaknesses = input
        .weaknesses(&controls)
        .into_values()
        .filter(|(_, findings)| !findings.is_empty());
    let weaknesses: Vec<_> = weaknesses.map(|(weakness, _)| weakness).collect();
    let mut answers = input.answers(controls.values().copied(), weaknesses, None);
    let paths = input.assessment.paths.iter();
    let seen = paths.filter(|path| path.steps.iter().any(|step| requests.contains_key(&*step.step)));
    answers.paths = seen.map(|path| path.id.clone()).collect();
    answers.steps = requests.keys().map(|id| (*id).to_owned()).collect();
    vec![Guardrail {
        target: Target::AuditPolicy,
        title: "What steps of attack paths ask of the API server is recorded".to_owned(),
        file: "audit/policy.yaml".to_owned(),
        documents: vec![policy(&rules)],
        trial: Vec::new(),
        companions: Vec::new(),
        application: Application::Outside,
        removes: Vec::new(),
        answers,
        rollout: vec![
            "copy it to each node of the control plane, name it by --audit-policy-file and say where the log goes \
             (--audit-log-path or --audit-webhook-config-file): the API server starts anew"
                .to_owned(),
            "a managed cluster has a policy of its provider: compare, it can't be changed".to_owned(),
            "watch the size of the log for a day".to_owned(),
        ],
        undo: "put back the policy that was there before, and start the API server anew".to_owned(),
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: Vec::new(),
        proofs: proofs(input, &requests, &rules),
    }]
}

/// The steps of attack paths that are requests to the API server, each with what it may ask for.
fn requests<'a>(input: &Input<'a>) -> BTreeMap<&'a str, Vec<&'a Permission>> {
    let on_paths: BTreeSet<&str> = input
        .assessment
        .paths
        .iter()
        .flat_map(|path| &path.steps)
        .map(|step| &*step.step)
        .collect();
    let steps = on_paths.into_iter().filter_map(|id| input.catalogue().steps.get(id));
    let steps = steps.map(|step| {
        let permissions = step
            .permissions
            .iter()
            .flat_map(|need| &need.any_of)
            .map(|one| &one.permission);
        (
            &*step.id,
            permissions
                .filter(|one| !UNASKED.contains(&&*one.verb))
                .collect::<Vec<_>>(),
        )
    });
    steps.filter(|(_, permissions)| !permissions.is_empty()).collect()
}

fn rules<'a>(permissions: impl Iterator<Item = &'a Permission>) -> Vec<Rule> {
    let mut by_target: BTreeMap<(&'static str, &str, String), BTreeSet<String>> = BTreeMap::new();
    // Who may do anything is seen by what they change.
    for permission in permissions.filter(|one| &*one.group != "*") {
        let level = if TELLING.contains(&&*permission.group) && !SECRETIVE.contains(&&*permission.resource) {
            "Request"
        } else {
            "Metadata"
        };
        let verbs = by_target
            .entry((level, &permission.group, target(permission)))
            .or_default();
        verbs.insert(permission.verb.to_string());
    }
    // Resources of one group with the same verbs are one rule.
    let mut alike: BTreeMap<(&'static str, &str, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((level, group, resource), verbs) in by_target {
        alike.entry((level, group, verbs)).or_default().insert(resource);
    }
    let rules = alike.into_iter().map(|((level, group, verbs), resources)| Rule {
        level,
        group: Some(group.to_owned()),
        resources,
        verbs: if verbs.contains("*") { BTreeSet::new() } else { verbs },
    });
    let writes = Rule {
        level: "Metadata",
        group: None,
        resources: BTreeSet::new(),
        verbs: WRITES.map(str::to_owned).into(),
    };
    let rest = Rule {
        level: "None",
        group: None,
        resources: BTreeSet::new(),
        verbs: BTreeSet::new(),
    };
    rules.chain([writes, rest]).collect()
}

/// `pods/exec`.
fn target(permission: &Permission) -> String {
    match &*permission.subresource {
        "" => permission.resource.to_string(),
        below => format!("{}/{below}", permission.resource),
    }
}

fn policy(rules: &[Rule]) -> Node {
    let rules = rules.iter().map(|rule| {
        let words = |words: &BTreeSet<String>| list(words.iter().map(|word| text(word)));
        let verbs = (!rule.verbs.is_empty()).then(|| ("verbs", words(&rule.verbs)));
        let resources = rule.group.as_ref().map(|group| {
            let resources = map([("group", text(group)), ("resources", words(&rule.resources))]);
            ("resources", list([resources].into_iter()))
        });
        map([("level", text(rule.level))].into_iter().chain(verbs).chain(resources))
    });
    map([
        ("apiVersion", text("audit.k8s.io/v1")),
        ("kind", text("Policy")),
        ("omitStages", list([text("RequestReceived")].into_iter())),
        ("rules", list(rules)),
    ])
}

/// The level of the first rule that is about a request, as the API server takes them.
fn level(rules: &[Rule], permission: &Permission) -> &'static str {
    let resource = target(permission);
    let verb = if &*permission.verb == "*" {
        "create"
    } else {
        &*permission.verb
    };
    let is_about = |rule: &&Rule| {
        let is_of_group = rule.group.as_ref().is_none_or(|group| {
            **group == *permission.group && (rule.resources.contains(&resource) || rule.resources.contains("*"))
        });
        is_of_group && (rule.verbs.is_empty() || rule.verbs.contains(verb))
    };
    rules.iter().find(is_about).map_or("None", |rule| rule.level)
}

fn proofs(input: &Input<'_>, requests: &BTreeMap<&str, Vec<&Permission>>, rules: &[Rule]) -> Vec<Proof> {
    let about = "each request that a step of an attack path makes is recorded";
    let missed = requests
        .iter()
        .filter(|(_, all)| all.iter().any(|one| level(rules, one) == "None"));
    let missed: Vec<&str> = missed.map(|(id, _)| *id).collect();
    let recorded = if missed.is_empty() {
        Proof::proved(
            about,
            format!(
                "{} steps, each alternative looked up in the rules in their order",
                requests.len()
            ),
        )
    } else {
        Proof::refuted(about, format!("not recorded: {}", missed.join(", ")))
    };
    let steps = input.assessment.paths.iter().flat_map(|path| &path.steps);
    let unseen: BTreeSet<&str> = steps
        .map(|step| &*step.step)
        .filter(|id| !requests.contains_key(id))
        .collect();
    let about = "every step of an attack path leaves a trace in this log";
    let traces = if unseen.is_empty() {
        Proof::proved(about, "all of them are requests to the API server")
    } else {
        let told: Vec<&str> = unseen.iter().take(TOLD).copied().collect();
        let more = if unseen.len() > told.len() {
            format!(" and {} more", unseen.len() - told.len())
        } else {
            String::new()
        };
        let why = format!(
            "{} of {} steps are requests to the API server; these are not, and only an agent on the node or the network sees \
             them: {}{more}",
            requests.len(),
            requests.len() + unseen.len(),
            told.join(", ")
        );
        Proof::cannot(about, why)
    };
    vec![recorded, traces]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::catalogue;

    #[test]
    fn every_request_of_every_step_is_recorded_and_plain_reading_is_not() {
        let steps = catalogue().steps.values();
        let needs = steps.flat_map(|step| &step.permissions).flat_map(|need| &need.any_of);
        let permissions = needs
            .map(|one| &one.permission)
            .filter(|one| !UNASKED.contains(&&*one.verb));
        let permissions: Vec<&Permission> = permissions.collect();
        let all = rules(permissions.iter().copied());
        assert!(permissions.len() > 100, "{}", permissions.len());
        let missed: Vec<_> = permissions.iter().filter(|one| level(&all, one) == "None").collect();
        assert!(missed.is_empty(), "{missed:?}");
        let read: Permission = "list nodes.metrics.k8s.io".parse().expect("it reads");
        assert_eq!(level(&all, &read), "None");
        let of_secrets = all
            .iter()
            .filter(|rule| rule.resources.iter().any(|one| SECRETIVE.contains(&&**one)));
        assert!(of_secrets.into_iter().all(|rule| rule.level == "Metadata"));
    }
}
