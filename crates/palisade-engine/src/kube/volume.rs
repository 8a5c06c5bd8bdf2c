//! The volumes of a pod.

use palisade_inventory::{FieldPath, Node};

/// A volume and where it stands below its pod.
#[derive(Clone, Debug)]
pub struct Volume<'a> {
    /// Its name within the pod.
    pub name: &'a str,
    /// What it holds.
    pub source: VolumeSource<'a>,
    /// The whole entry.
    pub node: &'a Node,
    /// Its path below the pod: `spec.volumes[2]`.
    pub path: FieldPath,
}

/// What a volume holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VolumeSource<'a> {
    /// A file or folder of the node: `hostPath.path`.
    HostPath(&'a str),
    /// A Secret: `secret.secretName`.
    Secret(&'a str),
    /// A ConfigMap: `configMap.name`.
    ConfigMap(&'a str),
    /// Several sources in one folder: `projected`.
    Projected(&'a Node),
    /// A claim: `persistentVolumeClaim.claimName`.
    Claim(&'a str),
    /// A claim that is made for each pod: `ephemeral.volumeClaimTemplate`.
    EphemeralClaim,
    /// A folder that ends with the pod: also what no source is written for.
    EmptyDir,
    /// Facts about the pod itself.
    DownwardApi,
    /// A driver that mounts inline: `csi.driver`.
    Csi(&'a str),
    /// An OCI image or artefact: `image.reference`.
    Image(&'a str),
    /// A server that is mounted directly: `nfs`, `cephfs` …
    Other(&'a str),
}

impl<'a> VolumeSource<'a> {
    /// Reads an entry of `spec.volumes`.
    pub fn of(volume: &'a Node) -> Self {
        let source = volume.entries(&[]).iter().find(|entry| &*entry.key != "name");
        let Some((key, node)) = source.map(|entry| (&*entry.key, &entry.value)) else {
            return Self::EmptyDir;
        };
        let text = |field: &str| node.text(&[field]).unwrap_or_default();
        match key {
            "hostPath" => Self::HostPath(text("path")),
            "secret" => Self::Secret(text("secretName")),
            "configMap" => Self::ConfigMap(text("name")),
            "projected" => Self::Projected(node),
            "persistentVolumeClaim" => Self::Claim(text("claimName")),
            "ephemeral" => Self::EphemeralClaim,
            "emptyDir" => Self::EmptyDir,
            "downwardAPI" => Self::DownwardApi,
            "csi" => Self::Csi(text("driver")),
            "image" => Self::Image(text("reference")),
            other => Self::Other(other),
        }
    }
}
