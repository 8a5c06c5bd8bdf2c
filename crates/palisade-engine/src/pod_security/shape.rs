//! Whether the fields that the checks read have the types that the API server asks for.
//!
//! `privileged: "true"` is no boolean: the API server refuses the object, so that it is neither allowed nor forbidden.

use std::fmt;

use palisade_inventory::{FieldPath, Node, Segment, Value};

/// A field with a type that the API server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The field below the pod.
    pub path: FieldPath,
    /// What it must be: `a boolean`.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` must be {}; the API server refuses the object",
            self.path, self.expected
        )
    }
}

impl std::error::Error for Malformed {}

/// A type of the API.
#[derive(Clone, Copy)]
enum Type {
    Bool,
    Int,
    Text,
    /// A map with text values.
    Texts,
    /// A list of texts.
    List,
    /// A map of these fields; what else it has is of no interest.
    Map(&'static [(&'static str, Type)]),
    /// A list of such maps.
    Maps(&'static [(&'static str, Type)]),
}

const POD: Type = Type::Map(&[
    ("metadata", Type::Map(&[("annotations", Type::Texts)])),
    (
        "spec",
        Type::Map(&[
            ("containers", Type::Maps(CONTAINER)),
            ("initContainers", Type::Maps(CONTAINER)),
            ("ephemeralContainers", Type::Maps(CONTAINER)),
            ("hostIPC", Type::Bool),
            ("hostNetwork", Type::Bool),
            ("hostPID", Type::Bool),
            ("hostUsers", Type::Bool),
            ("os", Type::Map(&[("name", Type::Text)])),
            ("securityContext", Type::Map(POD_CONTEXT)),
            (
                "volumes",
                Type::Maps(&[("name", Type::Text), ("hostPath", Type::Map(&[]))]),
            ),
        ]),
    ),
]);

const CONTAINER: &[(&str, Type)] = &[
    ("name", Type::Text),
    ("securityContext", Type::Map(CONTAINER_CONTEXT)),
    (
        "ports",
        Type::Maps(&[("hostPort", Type::Int), ("containerPort", Type::Int)]),
    ),
    ("livenessProbe", Type::Map(HANDLER)),
    ("readinessProbe", Type::Map(HANDLER)),
    ("startupProbe", Type::Map(HANDLER)),
    (
        "lifecycle",
        Type::Map(&[("postStart", Type::Map(HANDLER)), ("preStop", Type::Map(HANDLER))]),
    ),
];

const HANDLER: &[(&str, Type)] = &[
    ("httpGet", Type::Map(&[("host", Type::Text)])),
    ("tcpSocket", Type::Map(&[("host", Type::Text)])),
];

const POD_CONTEXT: &[(&str, Type)] = &[
    APP_ARMOR,
    RUN_AS_NON_ROOT,
    RUN_AS_USER,
    SE_LINUX,
    SECCOMP,
    WINDOWS,
    ("sysctls", Type::Maps(&[("name", Type::Text)])),
];

const CONTAINER_CONTEXT: &[(&str, Type)] = &[
    APP_ARMOR,
    RUN_AS_NON_ROOT,
    RUN_AS_USER,
    SE_LINUX,
    SECCOMP,
    WINDOWS,
    ("allowPrivilegeEscalation", Type::Bool),
    ("capabilities", Type::Map(&[("add", Type::List), ("drop", Type::List)])),
    ("privileged", Type::Bool),
    ("procMount", Type::Text),
];

const APP_ARMOR: (&str, Type) = ("appArmorProfile", Type::Map(&[("type", Type::Text)]));
const RUN_AS_NON_ROOT: (&str, Type) = ("runAsNonRoot", Type::Bool);
const RUN_AS_USER: (&str, Type) = ("runAsUser", Type::Int);
const SE_LINUX: (&str, Type) = (
    "seLinuxOptions",
    Type::Map(&[("type", Type::Text), ("user", Type::Text), ("role", Type::Text)]),
);
const SECCOMP: (&str, Type) = ("seccompProfile", Type::Map(&[("type", Type::Text)]));
const WINDOWS: (&str, Type) = ("windowsOptions", Type::Map(&[("hostProcess", Type::Bool)]));

/// Checks the fields of a pod or pod template that the checks read. Null counts as absent, as in the API server.
pub(super) fn check(pod: &Node) -> Result<(), Malformed> {
    POD.check(pod, &FieldPath::root())
}

impl Type {
    fn check(self, node: &Node, path: &FieldPath) -> Result<(), Malformed> {
        let fits = match (self, &node.value) {
            // A text that was dropped while loading was a text.
            (_, Value::Null)
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_))
            | (Self::Text, Value::Text(_) | Value::Redacted(_)) => true,
            (Self::Texts, Value::Map(map)) => {
                let mut entries = map.entries().iter();
                return entries.try_for_each(|entry| Self::Text.check(&entry.value, &path.child(&*entry.key)));
            }
            (Self::List, Value::List(items)) => return check_items(items, path, Self::Text),
            (Self::Map(fields), Value::Map(_)) => {
                return fields.iter().try_for_each(|(key, kind)| match node.get(key) {
                    Some(below) => kind.check(below, &path.child(*key)),
                    None => Ok(()),
                });
            }
            (Self::Maps(fields), Value::List(items)) => return check_items(items, path, Self::Map(fields)),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(Malformed {
            path: path.clone(),
            expected: self.words(),
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int => "an integer",
            Self::Text => "a text",
            Self::Texts => "a map of texts",
            Self::List => "a list of texts",
            Self::Map(_) => "a map",
            Self::Maps(_) => "a list of maps",
        }
    }
}

fn check_items(items: &[Node], path: &FieldPath, kind: Type) -> Result<(), Malformed> {
    let mut numbered = items.iter().enumerate();
    numbered.try_for_each(|(index, item)| kind.check(item, &path.child(Segment::Index(index))))
}
