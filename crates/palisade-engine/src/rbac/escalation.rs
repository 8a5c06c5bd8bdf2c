//! Who may give what: the checks that keep people from granting themselves more than they have.
//!
//! Writing a role takes the verb `escalate` on it, or holding everything that the role allows; making a binding takes the
//! verb `bind` on the role, or the same. Without either, `create rolebindings` is no way to more permissions.

use std::fmt;

use super::authorizer::Authorizer;
use super::request::Request;
use super::role::GROUP;
use super::rule::{Rule, url_covers};

/// A role, and how somebody may come to hand it out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bindable {
    /// The role's namespace; empty for a ClusterRole.
    pub namespace: String,
    /// The role's name.
    pub name: String,
    /// By the verb `bind`; otherwise because everything that it allows is held already, so that nothing is gained.
    pub by_verb: bool,
}

impl fmt::Display for Bindable {
    /// `ClusterRole/view`, `Role/shop/reader`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.namespace {
            "" => write!(f, "ClusterRole/{}", self.name),
            namespace => write!(f, "Role/{namespace}/{}", self.name),
        }
    }
}

impl Authorizer {
    /// Whether a subject may write a role with these rules in a namespace; empty for a ClusterRole.
    pub fn may_write_role(
        &self,
        (user, groups): (Option<&str>, &[String]),
        namespace: &str,
        name: &str,
        rules: &[Rule],
    ) -> bool {
        let resource = if namespace.is_empty() { "clusterroles" } else { "roles" };
        let escalate = Request {
            verb: "escalate",
            group: GROUP,
            resource,
            namespace,
            name,
            ..Request::default()
        };
        self.decide(user, groups, &escalate).is_allowed() || self.holds((user, groups), namespace, rules)
    }

    /// The roles that a subject may bind to somebody in a namespace; without one, in the whole cluster, where only
    /// ClusterRoles can be bound.
    pub fn bindable(&self, (user, groups): (Option<&str>, &[String]), namespace: &str) -> Vec<Bindable> {
        let known = self.roles().all();
        let usable = known.filter(|((of, _), _)| of.is_empty() || **of == *namespace);
        usable
            .filter_map(|((of, name), rules)| {
                let bind = Request {
                    verb: "bind",
                    group: GROUP,
                    resource: if of.is_empty() { "clusterroles" } else { "roles" },
                    namespace,
                    name,
                    ..Request::default()
                };
                let by_verb = self.decide(user, groups, &bind).is_allowed();
                let rules: Vec<Rule> = rules.iter().map(|sourced| sourced.rule.clone()).collect();
                (by_verb || self.holds((user, groups), namespace, &rules)).then(|| Bindable {
                    namespace: of.to_string(),
                    name: name.to_string(),
                    by_verb,
                })
            })
            .collect()
    }

    /// Whether a subject is allowed everything that these rules allow, in a namespace or everywhere.
    fn holds(&self, (user, groups): (Option<&str>, &[String]), namespace: &str, rules: &[Rule]) -> bool {
        let held: Vec<&Rule> = self.rules_of(user, groups, namespace).collect();
        rules
            .iter()
            .flat_map(Rule::parts)
            .all(|part| held.iter().any(|rule| rule.holds(&part)))
    }
}

/// The least that a rule allows: one word of each list.
#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Object {
        verb: &'a str,
        group: &'a str,
        resource: &'a str,
        /// None: every object.
        name: Option<&'a str>,
    },
    Url {
        verb: &'a str,
        url: &'a str,
    },
}

impl Rule {
    /// What a rule allows, piece by piece.
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let names: Vec<Option<&str>> = if self.names.is_empty() {
            vec![None]
        } else {
            self.names.iter().map(|name| Some(&**name)).collect()
        };
        let objects = self.verbs.iter().flat_map(move |verb| {
            let names = names.clone();
            self.groups.iter().flat_map(move |group| {
                let names = names.clone();
                self.resources.iter().flat_map(move |resource| {
                    names.clone().into_iter().map(move |name| Part::Object {
                        verb,
                        group,
                        resource,
                        name,
                    })
                })
            })
        });
        let urls = self
            .verbs
            .iter()
            .flat_map(|verb| self.urls.iter().map(move |url| Part::Url { verb, url }));
        objects.chain(urls)
    }

    /// Whether it allows at least this. A word with `*` is only covered by one.
    fn holds(&self, part: &Part<'_>) -> bool {
        let has = |words: &[Box<str>], word: &str| words.iter().any(|held| **held == *"*" || **held == *word);
        match *part {
            Part::Object {
                verb,
                group,
                resource,
                name,
            } => {
                let of_any = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
                has(&self.verbs, verb)
                    && has(&self.groups, group)
                    && (has(&self.resources, resource)
                        || of_any.is_some_and(|of_any| self.resources.iter().any(|held| **held == *of_any)))
                    && (self.names.is_empty() || name.is_some_and(|name| self.names.iter().any(|held| **held == *name)))
            }
            Part::Url { verb, url } => has(&self.verbs, verb) && self.urls.iter().any(|held| url_covers(held, url)),
        }
    }
}
