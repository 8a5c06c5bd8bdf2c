//! Projects: open-source software that clusters run, and the threat models that come with it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::{matches, repository};
use crate::entry::Stride;
use crate::permission::Need;
use crate::reference::Source;

/// An open-source project: what implements controls, and what systems run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// `argo-cd`; the file's name.
    pub id: String,
    /// `Argo CD`.
    pub name: String,
    /// Plain words, one line: what it is for.
    pub does: String,
    /// Its repository or home page.
    pub home: String,
    /// How far it has come at the CNCF.
    pub maturity: Maturity,
    /// How a running instance is recognised. Empty for what does not run in a cluster.
    #[serde(default)]
    pub recognised_by: Recognition,
    /// The parts that it is made of when it runs.
    #[serde(default)]
    pub elements: Vec<ProjectElement>,
    /// What its parts say to each other and to others.
    #[serde(default)]
    pub flows: Vec<ProjectFlow>,
    /// What its usual installation may do, and what that means to one who takes it over.
    #[serde(default)]
    pub privileges: Vec<StandingPrivilege>,
    /// What is known to go wrong with it.
    #[serde(default)]
    pub threats: Vec<KnownThreat>,
    /// What to look at to run it safely.
    #[serde(default)]
    pub hardening: Vec<HardeningCheck>,
    /// Threat models, audits and documentation that the above was learned from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// How far a project has come at the Cloud Native Computing Foundation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Maturity {
    /// Graduated.
    Graduated,
    /// Incubating.
    Incubating,
    /// Sandbox.
    Sandbox,
    /// Maintained elsewhere.
    NotCncf,
}

/// How a running instance is recognised: any one of these is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Images' repositories without registry and tag, from the end, exact or with one `*`: `argoproj/argocd`.
    #[serde(default)]
    pub images: Vec<String>,
    /// API groups that its custom resources live in: `argoproj.io`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Custom resources by kind and group, where the group is shared with other projects: `Application.argoproj.io`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Labels that its objects carry, with their values.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl Recognition {
    /// The pattern that an image fits.
    pub fn image(&self, image: &str) -> Option<&str> {
        let repository = repository(image);
        let mut fitting = self.images.iter().filter(|pattern| matches(pattern, &repository));
        fitting.next().map(String::as_str)
    }

    /// Whether a custom resource of this group and kind is one of its own.
    pub fn is_own(&self, group: &str, kind: &str) -> bool {
        let is_kind = |written: &String| written.split_once('.') == Some((kind, group));
        self.groups.iter().any(|own| own == group) || self.kinds.iter().any(is_kind)
    }
}

/// A part of a running project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectElement {
    /// Short and unique in the project: `repo-server`.
    pub id: String,
    /// What it is in a data-flow diagram.
    pub kind: ElementKind,
    /// Plain words: what it does.
    pub does: String,
    /// Names that it goes by besides its id: of workloads, containers and images, from the end (`repo-server` is also
    /// `argocd-repo-server`); of a data store, the exact names of Secrets and ConfigMaps.
    #[serde(default)]
    pub names: Vec<String>,
}

/// A kind of element of a data-flow diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// People and systems outside of it.
    ExternalEntity,
    /// Code that runs.
    Process,
    /// Data that is kept.
    DataStore,
}

/// What one part says to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectFlow {
    /// The element that opens the connection.
    pub from: String,
    /// The element that it is opened to.
    pub to: String,
    /// What is said, a few words.
    pub carries: String,
    /// The protocol and, where it is fixed, the port: `grpc 8081`.
    #[serde(default)]
    pub protocol: Option<String>,
}

/// Permissions that a part of the usual installation holds all the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingPrivilege {
    /// The element that holds it.
    pub holder: String,
    /// What is granted, as attack steps write it; empty where the privilege is one of the node, not of the API.
    #[serde(default)]
    pub permissions: Vec<Need>,
    /// Plain words: what one who takes the holder over can do with it.
    pub means: String,
}

/// Something that is known to go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownThreat {
    /// One line: what goes wrong.
    pub title: String,
    /// The element that it happens to.
    pub element: String,
    /// The categories of STRIDE.
    pub stride: Vec<Stride>,
    /// Technique ids.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// Control ids that answer it.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Its id in a published threat model or audit of [`Project::sources`]: `ATM-011`.
    #[serde(default)]
    pub published_as: Option<String>,
    /// Ids of the hardening checks that settle it: mitigated where they hold, exposed where one does not.
    #[serde(default)]
    pub settled_by: Vec<String>,
}

/// Something to look at.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HardeningCheck {
    /// Short and unique in the project, where a threat refers to it.
    #[serde(default)]
    pub id: Option<String>,
    /// One line: how it should be.
    pub title: String,
    /// Where that can be read: the kind and name of the object and the field, or the setting.
    pub look_at: String,
    /// A condition over the project's own objects and custom resources that is true where it is as it should be; none:
    /// they can't tell.
    #[serde(default)]
    pub sign: Option<crate::control::Sign>,
}
