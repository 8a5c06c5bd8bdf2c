//! What is gone, what stays, and whether what stays is enough.

use std::collections::BTreeSet;

use palisade_inventory::Node;
use palisade_knowledge::{Need, Permission};

use super::{Narrowing, asked, told, uses};
use crate::assessment::PrivilegeState;
use crate::guard::{Guardrail, Input, Proof};
use crate::rbac::{Authorizer, Grant, Rule};
use crate::remedy::spelled_out;

pub(super) fn proofs(
    input: &Input<'_>,
    authorizer: &Authorizer,
    narrowing: &Narrowing<'_>,
    guardrail: &Guardrail,
) -> Vec<Proof> {
    let resources = input.with([guardrail]);
    let after = Authorizer::new(&resources);
    let mut proofs = vec![is_gone(authorizer, &after, narrowing)];
    proofs.extend(elsewhere(&after, narrowing));
    if !narrowing.by_log {
        proofs.push(is_kept(narrowing));
    }
    proofs.push(is_enough(input, &after, narrowing));
    proofs
}

/// What was to be taken is no longer granted by these bindings, nor by what takes their place.
fn is_gone(before: &Authorizer, after: &Authorizer, narrowing: &Narrowing<'_>) -> Proof {
    let about = format!("{} is no longer granted here", told(&narrowing.taken.permissions));
    let others: BTreeSet<_> = before.grants().iter().map(|grant| &grant.binding).collect();
    let is_new = |grant: &Grant| !others.contains(&grant.binding) || narrowing.bindings.contains(&&grant.binding);
    let mut left = Vec::new();
    for grant in &narrowing.grants {
        for permission in &narrowing.taken.permissions {
            let still = after.granted(&grant.subject, permission);
            let still = still.iter().filter(|granted| is_new(granted.grant));
            left.extend(still.map(|granted| format!("{} gives `{permission}`", granted.grant.binding)));
        }
    }
    if left.is_empty() {
        Proof::proved(about, "authorisation was decided again for every subject")
    } else {
        Proof::refuted(about, left.join("; "))
    }
}

/// Others that give the same to the same subjects.
fn elsewhere(after: &Authorizer, narrowing: &Narrowing<'_>) -> Option<Proof> {
    let mut left = BTreeSet::new();
    for grant in &narrowing.grants {
        for permission in &narrowing.taken.permissions {
            for granted in after.granted(&grant.subject, permission) {
                left.insert(format!(
                    "{} gives {} `{permission}`",
                    granted.grant.binding,
                    grant.subject.element()
                ));
            }
        }
    }
    let first: Vec<String> = left.iter().take(3).cloned().collect();
    (!left.is_empty()).then(|| {
        Proof::cannot(
            "its subjects have it from nowhere else",
            format!("{}: narrow that as well", first.join("; ")),
        )
    })
}

/// All else that the rules granted, they grant.
fn is_kept(narrowing: &Narrowing<'_>) -> Proof {
    let about = "everything else that it granted, it still grants";
    let rules: Vec<Rule> = narrowing.after.iter().map(Rule::of).collect();
    let mut lost = Vec::new();
    let mut kept = 0;
    for rule in narrowing.before.iter().map(spelled_out) {
        for permission in permissions(&rule) {
            let unnamed = Permission {
                name: None,
                ..permission.clone()
            };
            if narrowing.taken.permissions.contains(&unnamed) {
                continue;
            }
            if rules.iter().any(|rule| rule.grants(&permission).is_some()) {
                kept += 1;
            } else {
                lost.push(format!("`{permission}`"));
            }
        }
    }
    if lost.is_empty() {
        Proof::proved(about, format!("{kept} permissions compared"))
    } else {
        Proof::refuted(about, format!("lost: {}", lost.join(", ")))
    }
}

/// Every permission that a rule names, word by word.
fn permissions(rule: &Node) -> Vec<Permission> {
    let rule = Rule::of(rule);
    let names: Vec<Option<Box<str>>> = if rule.names.is_empty() {
        vec![None]
    } else {
        rule.names.iter().cloned().map(Some).collect()
    };
    let mut all = Vec::new();
    for verb in &rule.verbs {
        for group in &rule.groups {
            for resource in &rule.resources {
                let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                // A request to create an object carries no name, so that a rule with names never grants it.
                let names = names
                    .iter()
                    .filter(|name| name.is_none() || &**verb != "create" || !subresource.is_empty());
                all.extend(names.map(|name| Permission {
                    verb: verb.clone(),
                    group: group.clone(),
                    resource: resource.into(),
                    subresource: subresource.into(),
                    name: name.clone(),
                }));
            }
        }
    }
    all
}

/// Whether the subjects can still do what they need: what the log shows, and what their project is known to need.
fn is_enough(input: &Input<'_>, after: &Authorizer, narrowing: &Narrowing<'_>) -> Proof {
    let about = "its subjects can still do what they need";
    let mut missing = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    let mut known = BTreeSet::new();
    for grant in &narrowing.grants {
        let element = grant.subject.element();
        let mut is_known = false;
        for request in uses(input, grant) {
            is_known = true;
            let (user, groups) = (
                &*request.user,
                request.groups.iter().map(ToString::to_string).collect::<Vec<_>>(),
            );
            if after.allowing(Some(user), &groups, &asked(request)).next().is_none() {
                let what = super::permission(request);
                missing.insert(format!("the audit log shows that {element} uses `{what}`"));
            }
        }
        if is_known {
            known.insert("the audit log".to_owned());
        }
        for project in input.assessment.projects.iter().filter(|project| project.runs) {
            let needs = project.privileges.iter().filter(|privilege| {
                privilege.identity.as_ref() == Some(&element)
                    && matches!(privilege.state, PrivilegeState::Cluster | PrivilegeState::Narrowed)
            });
            for privilege in needs {
                is_known = true;
                known.insert(format!("what {} is known to need", project.name));
                let need: Option<Need> = privilege.permission.parse().ok();
                let is_left = need.is_some_and(|need| {
                    let mut any = need.any_of.iter();
                    any.any(|one| !after.granted(&grant.subject, &one.permission).is_empty())
                });
                if !is_left {
                    missing.insert(format!("{} needs `{}`", project.name, privilege.permission));
                }
            }
        }
        if !is_known {
            unknown.insert(element.to_string());
        }
    }
    let list = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join(", ");
    if !missing.is_empty() {
        return Proof::refuted(about, list(missing));
    }
    if !unknown.is_empty() {
        return Proof::cannot(
            about,
            format!(
                "neither an audit log nor the profile of a project tells what {} needs",
                list(unknown)
            ),
        );
    }
    Proof::proved(about, format!("compared with {}", list(known)))
}
