//! Pod Security admission: the level that a namespace enforces, cluster-wide defaults, and who is exempt.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};
use palisade_knowledge::KubernetesVersion;

use super::{Admitted, NewPod, Place, Refusal};
use crate::pod_security::{self, Level};
use crate::rbac::Identity;
use crate::system::{Evidence, Resources};

/// The label that says which level a namespace enforces.
pub(super) const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";
const BY: &str = "Pod Security admission";

/// The plugin as it is set up.
#[derive(Debug)]
pub(super) struct PodSecurity<'a> {
    version: KubernetesVersion,
    /// The `AdmissionConfiguration`, and the plugin's part of it.
    configuration: Option<(&'a Arc<Resource>, FieldPath)>,
}

impl<'a> PodSecurity<'a> {
    /// As the input sets it up.
    pub(super) fn new(resources: &'a Resources, version: KubernetesVersion) -> Self {
        let mut documents = resources.of_kind("AdmissionConfiguration");
        let configuration = documents.find_map(|document| {
            let mut plugins = document.content.items(&["plugins"]).iter();
            let index = plugins.position(|plugin| plugin.text(&["name"]) == Some("PodSecurity"))?;
            Some((document, FieldPath::root().child("plugins").child(index)))
        });
        Self { version, configuration }
    }

    /// Whether a pod would be let in.
    pub(super) fn judge(&self, new: NewPod<'_>, place: &Place<'_>) -> Admitted {
        let user = new.user.and_then(Identity::user);
        let runtime_class = new.pod.text(&["spec", "runtimeClassName"]);
        let is_exempt = self.exempts("namespaces", Some(new.namespace))
            || self.exempts("usernames", user.as_deref())
            || self.exempts("runtimeClasses", runtime_class);
        if is_exempt {
            return Admitted::Yes;
        }
        let label = place.labels.get(ENFORCE);
        if label.is_none() && self.is_elsewhere() {
            let reason = "the PodSecurity plugin is configured in a file that is not part of the input";
            return Admitted::Unknown(vec![reason.to_owned()]);
        }
        // The plugin takes a word that it does not know for `restricted`, and such a version for the latest.
        let level = label
            .or_else(|| self.default("enforce"))
            .map_or(Level::Privileged, level);
        let version = place
            .labels
            .get(ENFORCE_VERSION)
            .or_else(|| self.default("enforce-version"));
        let version = version.and_then(|text| text.parse().ok()).unwrap_or(self.version);
        match pod_security::evaluate(new.pod, level, version) {
            Ok(violations) if violations.is_empty() => Admitted::Yes,
            Ok(violations) => {
                let said: Vec<String> = violations.iter().map(ToString::to_string).collect();
                Admitted::No(Refusal {
                    by: BY.to_owned(),
                    message: format!(
                        "violates PodSecurity \"{level}:{}\": {}",
                        shown(version),
                        said.join(", ")
                    ),
                    evidence: self.evidence(level, label.is_some(), place).into_iter().collect(),
                })
            }
            Err(malformed) => Admitted::No(Refusal {
                by: "the API server".to_owned(),
                message: malformed.to_string(),
                evidence: Vec::new(),
            }),
        }
    }

    /// Whether who asks may make a difference.
    pub(super) fn exempts_users(&self) -> bool {
        !self.exemptions("usernames").is_empty()
    }

    fn plugin(&self) -> Option<&'a Node> {
        let (document, path) = self.configuration.as_ref()?;
        document.content.lookup(path)
    }

    fn default(&self, field: &str) -> Option<&'a str> {
        self.plugin()?.text(&["configuration", "defaults", field])
    }

    fn exemptions(&self, field: &str) -> &'a [Node] {
        self.plugin()
            .map(|plugin| plugin.items(&["configuration", "exemptions", field]))
            .unwrap_or_default()
    }

    fn exempts(&self, field: &str, value: Option<&str>) -> bool {
        let mut exemptions = self.exemptions(field).iter();
        value.is_some_and(|value| exemptions.any(|exempt| exempt.as_str() == Some(value)))
    }

    /// Whether its configuration stands in another file.
    fn is_elsewhere(&self) -> bool {
        let plugin = self.plugin();
        plugin.is_some_and(|plugin| plugin.get("configuration").is_none() && plugin.get("path").is_some())
    }

    fn evidence(&self, level: Level, is_labelled: bool, place: &Place<'_>) -> Option<Evidence> {
        if is_labelled {
            let namespace = place.object?;
            let path = FieldPath::parse("metadata.labels").child(ENFORCE);
            let note = format!("{} enforces {level}", namespace.id);
            return Some(Evidence::at(&namespace.content_file, &namespace.content, &path, note));
        }
        let (document, plugin) = self.configuration.as_ref()?;
        let path = plugin.join(&FieldPath::parse("configuration.defaults.enforce"));
        let note = format!("{level} is enforced where a namespace says nothing else");
        Some(Evidence::at(&document.content_file, &document.content, &path, note))
    }
}

fn level(word: &str) -> Level {
    match word {
        "privileged" => Level::Privileged,
        "baseline" => Level::Baseline,
        _ => Level::Restricted,
    }
}

fn shown(version: KubernetesVersion) -> String {
    if version == KubernetesVersion::NEWEST {
        "latest".to_owned()
    } else {
        format!("v{version}")
    }
}
