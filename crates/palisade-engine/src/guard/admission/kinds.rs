//! The resources that a policy looks at.

use std::collections::BTreeMap;

use palisade_knowledge::{View, template_holders};

use crate::kube::api::RESOURCES;

/// A resource of the API by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_field_names, reason = "`kind` is what Kubernetes calls it")]
pub(super) struct Kind {
    /// The API group; empty for the core group.
    pub(super) group: &'static str,
    /// `Deployment`.
    pub(super) kind: &'static str,
    /// `deployments`.
    pub(super) plural: &'static str,
    /// The version that its objects are read in; `*` for kinds whose versions do not differ in what conditions read.
    pub(super) version: &'static str,
}

/// The resources that conditions over a view look at.
pub(super) fn kinds(view: View) -> Vec<Kind> {
    if view.is_of_template() {
        return template_holders()
            .filter_map(|(group, kind, _)| of(group, kind))
            .collect();
    }
    view.kinds()
        .iter()
        .filter_map(|(group, kind)| of(group, kind))
        .collect()
}

/// Groups whose objects the API server itself converts to `v1`.
const BUILT_IN: [&str; 9] = [
    "",
    "apps",
    "batch",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "admissionregistration.k8s.io",
    "storage.k8s.io",
    "apiregistration.k8s.io",
    "certificates.k8s.io",
];

fn of(group: &'static str, kind: &'static str) -> Option<Kind> {
    Some(Kind {
        group,
        kind,
        plural: plural(group, kind)?,
        version: if BUILT_IN.contains(&group) { "v1" } else { "*" },
    })
}

/// The plural of a kind, where it is known.
pub(super) fn plural(group: &str, kind: &str) -> Option<&'static str> {
    let singular = kind.to_ascii_lowercase();
    let known = RESOURCES
        .iter()
        .find(|resource| resource.group == group && resource.singular == singular);
    known.map(|resource| resource.plural).or_else(|| custom(kind))
}

/// The plural of kinds that no API server has of itself.
fn custom(kind: &str) -> Option<&'static str> {
    const PLURALS: [(&str, &str); 20] = [
        ("Rollout", "rollouts"),
        ("DeploymentConfig", "deploymentconfigs"),
        ("Gateway", "gateways"),
        ("HTTPRoute", "httproutes"),
        ("GRPCRoute", "grpcroutes"),
        ("TLSRoute", "tlsroutes"),
        ("TCPRoute", "tcproutes"),
        ("UDPRoute", "udproutes"),
        ("ReferenceGrant", "referencegrants"),
        ("AppProject", "appprojects"),
        ("PeerAuthentication", "peerauthentications"),
        ("AuthorizationPolicy", "authorizationpolicies"),
        ("RequestAuthentication", "requestauthentications"),
        ("DestinationRule", "destinationrules"),
        ("Sidecar", "sidecars"),
        ("ServiceEntry", "serviceentries"),
        ("Server", "servers"),
        ("ServerAuthorization", "serverauthorizations"),
        ("MeshTLSAuthentication", "meshtlsauthentications"),
        ("NetworkAuthentication", "networkauthentications"),
    ];
    PLURALS
        .iter()
        .find(|(known, _)| *known == kind)
        .map(|(_, plural)| *plural)
}

/// Kinds by group and version, as rules name them.
pub(super) fn by_group(kinds: &[Kind]) -> BTreeMap<(&'static str, &'static str), Vec<Kind>> {
    let mut groups: BTreeMap<_, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        groups.entry((kind.group, kind.version)).or_default().push(*kind);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_a_view_names_has_a_resource() {
        for view in View::ALL.into_iter().filter(|view| view.is_enforceable()) {
            let named = if view.is_of_template() {
                template_holders().count()
            } else {
                view.kinds().len()
            };
            assert_eq!(kinds(view).len(), named, "{view:?}");
        }
    }
}
