//! Whether a data store asks its clients for a login, as far as its pods tell.

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::Login as Known;

use crate::kube::{Container, Pod, VolumeSource};
use crate::system::{Evidence, PodTemplate};

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

/// Whether a store asks for a login, and the setting that says so.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) asked: Asked,
    /// None where it follows from what the program does by itself.
    pub(super) setting: Option<Evidence>,
}

impl Login {
    /// Whether the store that these pods run asks for a login. What the environment or the arguments say wins over the
    /// default.
    pub(super) fn of(known: Option<&Known>, templates: &[PodTemplate]) -> Self {
        let by_itself = |asked| Self { asked, setting: None };
        let Some(known) = known else {
            return by_itself(Asked::Unknown);
        };
        let set = |asked, names: &[String]| {
            let setting = Some(templates.iter().find_map(|template| setting(template, names))?);
            Some(Self { asked, setting })
        };
        let is_open_ended = || {
            let mut pods = templates.iter().map(|template| Pod::new(template.node()));
            pods.any(may_be_configured_elsewhere)
        };
        set(Asked::No, &known.not_asked_by)
            .or_else(|| set(Asked::Yes, &known.asked_by))
            .or_else(|| set(Asked::No, &known.waived_by).filter(|_| !is_open_ended()))
            .unwrap_or_else(|| match known.by_default {
                Some(true) => by_itself(Asked::Yes),
                Some(false) if !is_open_ended() => by_itself(Asked::No),
                _ => by_itself(Asked::Unknown),
            })
    }
}

/// The first variable or option of one of these names that is given, and not as `false`.
fn setting(template: &PodTemplate, names: &[String]) -> Option<Evidence> {
    let pod = Pod::new(template.node());
    let mut of_containers = pod.containers().flat_map(|container| {
        let places = names.iter().filter_map(|name| place(&container, name));
        places.collect::<Vec<_>>()
    });
    let path = template.path.join(&of_containers.next()?);
    Some(Evidence::at(
        &template.file,
        &template.document,
        &path,
        "the login of the store",
    ))
}

/// Where a variable or an option is given. `NAME=value` asks for that value.
fn place(container: &Container<'_>, setting: &str) -> Option<FieldPath> {
    let (name, wanted) = match setting.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (setting, None),
    };
    let counts = |value: Option<&Node>| match (wanted, value.and_then(Node::as_str)) {
        (None, value) => !value.is_some_and(is_off),
        (Some(wanted), value) => value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)),
    };
    let mut variables = container.env().filter(|variable| variable.name == name);
    let variable = variables.find(|variable| counts(variable.node.get("value")));
    variable
        .map(|variable| variable.path)
        .or_else(|| option(container, name))
}

/// Where an option is given, with any value but `false`.
fn option(container: &Container<'_>, name: &str) -> Option<FieldPath> {
    if !name.starts_with('-') {
        return None;
    }
    let is_given = |argument: &Node| {
        let redacted = argument.as_redacted().and_then(|redacted| redacted.flag.as_deref());
        let mut words = argument.as_str().into_iter().flat_map(str::split_whitespace);
        redacted == Some(name.trim_start_matches('-'))
            || words.any(|word| {
                let (option, value) = word.split_once('=').unwrap_or((word, ""));
                option == name && !is_off(value)
            })
    };
    ["command", "args"].into_iter().find_map(|list| {
        let at = container.node.items(&[list]).iter().position(is_given)?;
        Some(container.path.child(list).child(at))
    })
}

fn is_off(value: &str) -> bool {
    ["false", "no", "0"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// A file, or what was masked while reading, may switch the login on.
fn may_be_configured_elsewhere(pod: Pod<'_>) -> bool {
    let by_file = pod.volumes().any(|volume| {
        matches!(volume.source, VolumeSource::ConfigMap(_) | VolumeSource::Secret(_)) && pod.mounts(volume.name)
    });
    let is_masked = |container: &Container<'_>| {
        let words = ["command", "args"]
            .into_iter()
            .flat_map(|list| container.node.items(&[list]));
        words.filter_map(Node::as_redacted).count() > 0
    };
    by_file
        || pod
            .containers()
            .any(|container| !container.node.items(&["envFrom"]).is_empty() || is_masked(&container))
}

#[cfg(test)]
mod tests {
    use palisade_knowledge::Catalogue;

    use super::*;
    use crate::testing::system;

    /// What is known of the login of a store of this image whose container has these fields besides.
    fn login_of(image: &str, fields: &str) -> &'static str {
        let catalogue = Catalogue::builtin().expect("the catalogue loads");
        let technology = catalogue.technology_of_image(image).expect("a known image");
        let manifest = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: data}}\nspec: {{containers: [{{name: app, image: {image}, {fields}}}]}}"
        );
        let system = system(&manifest);
        let element = system.element("Pod/default/data").expect("a pod");
        Login::of(technology.login.as_ref(), &element.templates).asked.word()
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
            ("redis:7", "command: [redis-server, --requirepass=secret]", "asked"),
            ("redis:7", "args: [/etc/redis/redis.conf, --port=x]", "unknown"),
            (
                "bitnami/redis:7",
                "env: [{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}]",
                "not-asked",
            ),
            (
                "bitnami/redis:7",
                "env: [{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}, {name: REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
                "asked",
            ),
            (
                "bitnami/redis:7",
                "envFrom: [{secretRef: {name: a}}], env: [{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}]",
                "unknown",
            ),
            (
                "postgres:17",
                "env: [{name: POSTGRES_HOST_AUTH_METHOD, value: scram-sha-256}]",
                "asked",
            ),
            ("neo4j:5", "env: [{name: NEO4J_AUTH, value: none}]", "not-asked"),
            (
                "elasticsearch:8",
                "env: [{name: xpack.security.enabled, value: 'false'}]",
                "not-asked",
            ),
            (
                "elasticsearch:8",
                "env: [{name: xpack.security.enabled, value: 'true'}]",
                "asked",
            ),
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
