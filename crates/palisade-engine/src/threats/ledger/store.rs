//! What is known about the threats to a data store: a database, a claim, a Secret, a ConfigMap.

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::{Permission, Stride};

use super::process::place;
use super::standing::Standing;
use super::{Ledger, hardening};
use crate::system::{Element, Evidence};

/// How many of those who have a permission are named.
const NAMED: usize = 3;

impl Ledger<'_> {
    /// What is known about a category of threat to a data store.
    pub(super) fn store(&mut self, element: &Element, category: Stride) -> Standing {
        if element.templates.is_empty() {
            self.object(element, category)
        } else {
            self.database(element, category)
        }
    }

    fn database(&self, element: &Element, category: Stride) -> Standing {
        let isolated = || self.policies(&element.isolation.ingress);
        match category {
            Stride::Tampering | Stride::InformationDisclosure if !isolated().is_empty() => {
                Standing::mitigated("only what a NetworkPolicy names can connect", isolated())
            }
            Stride::Tampering => Standing::unknown(
                "nothing here says who may write to it; a NetworkPolicy and a login for each client would settle it",
                place(element),
            ),
            Stride::InformationDisclosure => Standing::unknown(
                "nothing here says who may read it, or whether it is encrypted at rest",
                place(element),
            ),
            Stride::DenialOfService => match hardening::durable(element) {
                Some(evidence) => Standing::mitigated("it is limited, probed and runs more than once", evidence),
                None => Standing::unknown("limits, probes, a replica and backups would settle it", place(element)),
            },
            _ => self.database_record(element),
        }
    }

    /// A Secret, a ConfigMap, a claim: what RBAC says of it.
    fn object(&mut self, element: &Element, category: Stride) -> Standing {
        let resource = element.id.as_str().split('/').next().map(|kind| match kind {
            "Secret" => "secrets",
            "ConfigMap" => "configmaps",
            _ => "",
        });
        let resource = resource.filter(|resource| !resource.is_empty());
        match (category, resource) {
            (Stride::Tampering, Some(resource)) => {
                if let Some(evidence) = self.immutable(element) {
                    return Standing::mitigated("it is immutable", evidence);
                }
                let verbs = ["update", "patch"];
                self.held(
                    element,
                    resource,
                    &verbs,
                    "change",
                    "nobody here is allowed to change it",
                )
            }
            (Stride::InformationDisclosure, Some("secrets")) => {
                let verbs = ["get", "list", "watch"];
                self.held(element, "secrets", &verbs, "read", "nobody here is allowed to read it")
            }
            (Stride::InformationDisclosure, Some(_)) => Standing::unknown(
                "whether any of it should be a Secret, only its owners know",
                place(element),
            ),
            (Stride::InformationDisclosure | Stride::Tampering, None) => Standing::unknown(
                "nothing here says whether it is encrypted, or who else mounts it",
                place(element),
            ),
            (Stride::DenialOfService, _) => Standing::unknown(
                "nothing here says whether it is backed up, or who may delete it",
                place(element),
            ),
            _ => self.object_record(element, resource),
        }
    }

    /// Exposed to those who hold a permission over it; service accounts and people alike.
    fn held(&mut self, element: &Element, resource: &str, verbs: &[&str], may: &str, question: &str) -> Standing {
        let permissions: Vec<Permission> = verbs
            .iter()
            .filter_map(|verb| format!("{verb} {resource}").parse().ok())
            .collect();
        let name = element.id.as_str().rsplit('/').next().unwrap_or_default();
        let namespace = element.namespace.as_deref().unwrap_or_default();
        let holders = self.holders.of(&permissions, namespace, name);
        if holders.is_empty() {
            return Standing::unknown(
                format!("{question}; who else may in the cluster is not part of what was read"),
                place(element),
            );
        }
        let mut names: Vec<String> = holders
            .iter()
            .take(NAMED)
            .map(|holder| holder.identity.to_string())
            .collect();
        if holders.len() > NAMED {
            names.push(format!("{} more", holders.len() - NAMED));
        }
        let evidence = holders
            .into_iter()
            .take(NAMED)
            .flat_map(|holder| holder.evidence)
            .collect();
        Standing::exposed(format!("{} may {may} it", names.join(", ")), evidence)
    }

    fn immutable(&self, element: &Element) -> Option<Vec<Evidence>> {
        let resource = self.system.resources.get(element.resource.as_ref()?)?;
        let said = resource.content.get("immutable").and_then(Node::as_bool) == Some(true);
        let path = FieldPath::root().child("immutable");
        said.then(|| {
            vec![Evidence::at(
                &resource.content_file,
                &resource.content,
                &path,
                "can't be changed",
            )]
        })
    }
}
