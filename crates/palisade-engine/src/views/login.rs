//! Whether a data store asks its clients for a login, as far as its pods tell.

use palisade_inventory::Node;
use palisade_knowledge::Login;

use crate::kube::{Container, Pod, VolumeSource};

/// What is known of a store's login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Yes,
    No,
    Unknown,
}

impl Asked {
    /// The word that conditions compare with.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Yes => "asked",
            Self::No => "not-asked",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether the store that these pods run asks for a login. What the environment or the arguments say wins over the default.
pub(super) fn asked<'a>(login: Option<&Login>, pods: &(impl Iterator<Item = Pod<'a>> + Clone)) -> Asked {
    let Some(login) = login else {
        return Asked::Unknown;
    };
    let is_set = |names: &[String]| {
        let mut containers = pods.clone().flat_map(Pod::containers);
        containers.any(|container| names.iter().any(|name| sets(&container, name)))
    };
    if is_set(&login.not_asked_by) {
        Asked::No
    } else if login.by_default || is_set(&login.asked_by) {
        Asked::Yes
    } else if pods.clone().any(may_be_configured_elsewhere) {
        Asked::Unknown
    } else {
        Asked::No
    }
}

/// Whether a variable or an option of this name is given, and not as `false`.
fn sets(container: &Container<'_>, name: &str) -> bool {
    let by_variable = || {
        let mut variables = container.env().filter(|variable| variable.name == name);
        variables.any(|variable| !variable.node.get("value").is_some_and(is_off))
    };
    let by_option = || {
        arguments(container).any(|argument| {
            let words = argument.as_str().into_iter().flat_map(str::split_whitespace);
            words
                .map(|word| word.split_once('=').unwrap_or((word, "")))
                .any(|(option, value)| option == name && !matches!(value, "false" | "no" | "0"))
        })
    };
    by_variable() || by_option()
}

fn arguments<'a>(container: &Container<'a>) -> impl Iterator<Item = &'a Node> + use<'a> {
    let node = container.node;
    ["command", "args"].into_iter().flat_map(|list| node.items(&[list]))
}

fn is_off(value: &Node) -> bool {
    value
        .as_str()
        .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "0"))
}

/// A file, or what was masked while reading, may switch the login on.
fn may_be_configured_elsewhere(pod: Pod<'_>) -> bool {
    let by_file = pod.volumes().any(|volume| {
        matches!(volume.source, VolumeSource::ConfigMap(_) | VolumeSource::Secret(_)) && pod.mounts(volume.name)
    });
    by_file
        || pod.containers().any(|container| {
            !container.node.items(&["envFrom"]).is_empty()
                || arguments(&container).any(|argument| argument.as_redacted().is_some())
        })
}

#[cfg(test)]
mod tests {
    use palisade_knowledge::Catalogue;
    use palisade_sources::read_bytes;

    use super::*;

    /// What is known of the login of a store of this image whose container has these fields besides.
    fn login_of(image: &str, fields: &str) -> &'static str {
        let catalogue = Catalogue::builtin().expect("the catalogue loads");
        let technology = catalogue.technology_of_image(image).expect("a known image");
        let manifest = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: data}}\nspec: {{containers: [{{name: app, image: {image}, {fields}}}]}}"
        );
        let reading = read_bytes("pod.yaml", manifest.as_bytes());
        let pod = &reading.resources.first().expect("a pod").content;
        asked(technology.login.as_ref(), &std::iter::once(Pod::new(pod))).word()
    }

    #[test]
    fn what_is_said_wins_over_the_default() {
        for (image, fields, expected) in [
            ("postgres:17", "", "asked"),
            (
                "postgres:17",
                "env: [{name: POSTGRES_HOST_AUTH_METHOD, value: trust}]",
                "not-asked",
            ),
            (
                "bitnami/mysql:8",
                "env: [{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}]",
                "not-asked",
            ),
            (
                "bitnami/mysql:8",
                "env: [{name: ALLOW_EMPTY_PASSWORD, value: 'no'}]",
                "asked",
            ),
            ("cockroachdb/cockroach:v24", "args: [start, --insecure]", "not-asked"),
            ("redis:7", "", "not-asked"),
            ("redis:7", "args: [--requirepass, secret]", "asked"),
            ("redis:7", "command: [redis-server, --requirepass=secret]", "unknown"),
            (
                "mongo:8",
                "env: [{name: MONGO_INITDB_ROOT_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
                "asked",
            ),
            ("mongo:8", "envFrom: [{secretRef: {name: a}}]", "unknown"),
            ("elasticsearch:8", "", "unknown"),
        ] {
            assert_eq!(login_of(image, fields), expected, "{image} {fields}");
        }
    }
}
