//! Data stores that were recognised.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Node;

use super::built::store_word;
use super::joined::{Joined, Joins, places};
use super::login::{Asked, Login};
use super::nodes::{flag, int, list, map, text};
use crate::kube::{Pod, VolumeSource};
use crate::system::{Basis, Element, ElementId, Flow};

/// The recognised stores that run here.
pub(super) fn stores(joins: &Joins<'_>) -> Vec<Joined> {
    let mut clients: BTreeMap<&ElementId, Vec<&Flow>> = BTreeMap::new();
    for flow in joins.system.flows.iter().filter(|flow| flow.basis == Basis::Declared) {
        clients.entry(&flow.to).or_default().push(flow);
    }
    let joined = |element: &Element| {
        let clients = clients.get(&element.id).map(Vec::as_slice).unwrap_or_default();
        let login = joins.built.login(element);
        let node = node(joins, element, clients, &login)?;
        let mut joined = Joined::new(&element.id, node, element.evidence.first()?.clone());
        joined.places = places(element);
        joined
            .places
            .extend(login.setting.map(|setting| ("login".to_owned(), setting)));
        Some(joined)
    };
    joins.workloads().filter_map(joined).collect()
}

fn node(joins: &Joins<'_>, element: &Element, clients: &[&Flow], login: &Login) -> Option<Node> {
    let store = element.store?;
    let pods = || element.templates.iter().map(|template| Pod::new(template.node()));
    let namespaces: BTreeSet<&str> = clients
        .iter()
        .filter_map(|flow| joins.system.element(flow.from.as_str())?.namespace.as_deref())
        .collect();
    Some(map([
        ("id", text(element.id.as_str())),
        ("namespace", text(element.namespace.as_deref().unwrap_or_default())),
        ("technology", text(element.technology.as_deref().unwrap_or_default())),
        ("storeKind", text(store_word(store))),
        ("exposed", flag(joins.built.is_exposed(&element.id))),
        ("ingressIsolated", flag(!element.isolation.ingress.is_empty())),
        ("replicas", int(element.instances)),
        ("persistent", flag(is_persistent(joins, element))),
        ("login", text(login.asked.word())),
        (
            "loginSwitchedOff",
            flag(login.asked == Asked::No && login.setting.is_some()),
        ),
        ("readsSecret", flag(pods().any(|pod| !pod.secrets().is_empty()))),
        ("clientNamespaces", list(namespaces.into_iter().map(text))),
        (
            "plaintext",
            flag(clients.iter().any(|flow| flow.encrypted == Some(false))),
        ),
    ]))
}

/// Whether it keeps data on a volume that outlives its pods.
fn is_persistent(joins: &Joins<'_>, element: &Element) -> bool {
    let of_object = element.resource.as_ref().and_then(|id| joins.system.resources.get(id));
    let claims = of_object.is_some_and(|object| !object.content.items(&["spec", "volumeClaimTemplates"]).is_empty());
    let mut pods = element.templates.iter().map(|template| Pod::new(template.node()));
    claims
        || pods.any(|pod| {
            pod.volumes().any(|volume| {
                matches!(
                    volume.source,
                    VolumeSource::Claim(_)
                        | VolumeSource::EphemeralClaim
                        | VolumeSource::HostPath(_)
                        | VolumeSource::Csi(_)
                        | VolumeSource::Other(_)
                )
            })
        })
}
