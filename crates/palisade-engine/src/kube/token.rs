//! Whether a pod holds a token for the API server.

use palisade_inventory::{FieldPath, Node};

use super::pod::Pod;
use super::volume::VolumeSource;

/// A token for the API server in a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiToken {
    /// A projected volume mounts it; the path is below the pod.
    Projected(FieldPath),
    /// The pod's own setting asks for it; the path is below the pod.
    PodSetting(FieldPath),
    /// The service account's setting asks for it; the path is below the service account.
    AccountSetting(FieldPath),
    /// Nobody says otherwise, so Kubernetes mounts it. The path is below the pod: where one would say otherwise.
    Default(FieldPath),
}

impl Pod<'_> {
    /// The token for the API server that the pod's containers hold, if they do. `account` is the ServiceAccount, where known.
    ///
    /// A projected token counts if a container mounts it; otherwise the pod's `automountServiceAccountToken` decides, then
    /// the service account's, then the default: mounted.
    pub fn api_token(self, account: Option<&Node>) -> Option<ApiToken> {
        const SETTING: &str = "automountServiceAccountToken";
        if let Some(path) = self.projected_token() {
            return Some(ApiToken::Projected(path));
        }
        let path = FieldPath::root().child("spec").child(SETTING);
        match self.node().at(&["spec", SETTING]).and_then(Node::as_bool) {
            Some(true) => return Some(ApiToken::PodSetting(path)),
            Some(false) => return None,
            None => {}
        }
        match account.and_then(|node| node.get(SETTING)).and_then(Node::as_bool) {
            Some(true) => Some(ApiToken::AccountSetting(FieldPath::root().child(SETTING))),
            Some(false) => None,
            None => Some(ApiToken::Default(path)),
        }
    }

    fn projected_token(self) -> Option<FieldPath> {
        self.volumes().find_map(|volume| {
            let VolumeSource::Projected(projected) = volume.source else {
                return None;
            };
            let index = projected.items(&["sources"]).iter().position(|source| {
                source
                    .get("serviceAccountToken")
                    .is_some_and(|token| is_for_api_server(token.text(&["audience"])))
            })?;
            let path = volume.path.child("projected").child("sources").child(index);
            self.mounts(volume.name).then(|| path.child("serviceAccountToken"))
        })
    }
}

/// Whether the API server accepts tokens for this audience. None written means its own. Its name can be set; these are
/// the usual ones.
fn is_for_api_server(audience: Option<&str>) -> bool {
    let Some(audience) = audience.filter(|audience| !audience.is_empty()) else {
        return true;
    };
    let host = audience.strip_prefix("https://").unwrap_or(audience);
    let host = host.trim_end_matches('/');
    host == "api" || host == "kubernetes.default" || host == "kubernetes.default.svc" || {
        host.starts_with("kubernetes.default.svc.")
    }
}
