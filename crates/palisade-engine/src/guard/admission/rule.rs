//! A weakness as an admission rule: what all policy engines are told, each in its own words.

use palisade_inventory::Node;
use palisade_knowledge::Weakness;

use super::expression::{Expressions, expressions};
use super::kinds::{Kind, by_group, kinds};
use super::scope::Scope;
use crate::views::nodes::{list, map, text};

/// A rule that keeps a weakness out.
#[derive(Clone, Debug)]
pub(super) struct Rule<'a> {
    pub(super) weakness: &'a Weakness,
    /// The resources that it looks at.
    pub(super) kinds: Vec<Kind>,
    pub(super) expressions: Expressions,
    /// What it looks into and lets through.
    pub(super) scope: Scope,
}

/// Who sees to it that the roles that every cluster is born with are as they should be.
const KEEPERS_OF_ROLES: [&str; 2] = [
    "system:apiserver",
    "system:serviceaccount:kube-system:clusterrole-aggregation-controller",
];

impl<'a> Rule<'a> {
    pub(super) fn new(weakness: &'a Weakness, scope: Scope) -> Self {
        Self {
            kinds: kinds(weakness.applies_to),
            expressions: expressions(weakness.applies_to, weakness.when.source().trim()),
            weakness,
            scope,
        }
    }

    /// `pal-w001`: what the files and objects are called after.
    pub(super) fn slug(&self) -> String {
        self.weakness.id.to_ascii_lowercase()
    }

    /// The name of the policy's object.
    pub(super) fn name(&self) -> String {
        format!("palisade-{}", self.slug())
    }

    /// What whoever is refused reads, on one line.
    pub(super) fn message(&self) -> String {
        let Weakness { id, title, fix, .. } = self.weakness;
        let words: Vec<&str> = fix.split_whitespace().collect();
        format!("{id}: {title}. {}", words.join(" "))
    }

    /// `resourceRules`: the rules about resources that policies and webhooks share.
    pub(super) fn resource_rules(&self) -> Node {
        let minds_debugging = self.weakness.applies_to == palisade_knowledge::View::Container;
        let rules = by_group(&self.kinds).into_iter().map(|((group, version), kinds)| {
            let plurals = kinds.iter().map(|kind| text(kind.plural));
            let debugging = kinds.iter().any(|kind| kind.plural == "pods") && minds_debugging;
            let plurals = plurals.chain(debugging.then(|| text("pods/ephemeralcontainers")));
            map([
                ("apiGroups", list([text(group)].into_iter())),
                ("apiVersions", list([text(version)].into_iter())),
                ("operations", list(["CREATE", "UPDATE"].into_iter().map(text))),
                ("resources", list(plurals)),
            ])
        });
        list(rules)
    }

    /// The namespaces that it looks into, as a selector; none where its objects are in none.
    pub(super) fn namespace_selector(&self) -> Option<Node> {
        if self.scope.namespaces.is_empty() {
            return None;
        }
        let names = self.scope.namespaces.iter().map(|name| text(name));
        let is_in = map([
            ("key", text("kubernetes.io/metadata.name")),
            ("operator", text("In")),
            ("values", list(names)),
        ]);
        Some(map([("matchExpressions", list([is_in].into_iter()))]))
    }

    /// Conditions under which the rule looks at a request, by name.
    pub(super) fn conditions(&self) -> Vec<(String, String)> {
        let mut conditions = vec![(
            "not-being-deleted".to_owned(),
            "!has(object.metadata.deletionTimestamp)".to_owned(),
        )];
        if self.kinds.iter().any(|kind| kind.plural.ends_with("roles")) {
            let keepers = KEEPERS_OF_ROLES.map(super::scope::quoted);
            conditions.push((
                "not-of-the-cluster-itself".to_owned(),
                format!("!(request.userInfo.username in [{}])", keepers.join(", ")),
            ));
        }
        let exempt = self.scope.exempt.iter().enumerate();
        conditions.extend(exempt.map(|(index, exempt)| (format!("exempt-{}", index + 1), exempt.condition())));
        conditions
    }

    /// `matchConditions`.
    pub(super) fn match_conditions(&self) -> Node {
        let conditions = self.conditions();
        list(
            conditions
                .iter()
                .map(|(name, expression)| map([("name", text(name)), ("expression", text(expression))])),
        )
    }

    /// `variables`.
    pub(super) fn variables(&self) -> Node {
        let variables = self.expressions.variables.iter();
        list(variables.map(|(name, expression)| map([("name", text(name)), ("expression", text(expression))])))
    }

    /// `validations`.
    pub(super) fn validations(&self) -> Node {
        let validation = map([
            ("expression", text(&self.expressions.validation)),
            ("message", text(&self.message())),
        ]);
        list([validation].into_iter())
    }
}

/// `metadata` of what is written here.
pub(super) fn metadata(name: &str, weakness: &str) -> Node {
    map([
        ("name", text(name)),
        (
            "labels",
            map([
                ("app.kubernetes.io/managed-by", text("palisade")),
                ("palisade.dev/rule", text(weakness)),
            ]),
        ),
    ])
}
