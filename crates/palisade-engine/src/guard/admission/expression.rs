//! From the condition of a weakness to the expressions of an admission policy.
//!
//! A condition speaks of `container`, `pod`, `role` and `kind`; a policy sees `object`. Names are put in place of names, and
//! nothing else of the condition changes, so that what is detected is what is kept out.

use std::collections::BTreeSet;

use palisade_knowledge::{View, template_holders};

/// A variable of a policy.
pub(super) type Variable = (&'static str, String);

/// A condition as a policy says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expressions {
    /// In the order in which they need each other.
    pub(super) variables: Vec<Variable>,
    /// True where the weakness is not there.
    pub(super) validation: String,
}

/// The word by which reading marks what may be a secret: the API server sees the text itself.
const MARK: &str = "«";

/// Why admission can't decide a condition over a view; none: it can.
pub(super) fn cannot_decide(view: View, condition: &str) -> Option<&'static str> {
    if view == View::AdmissionPolicy {
        return Some("the API server lets no admission policy look at admission policies");
    }
    if !view.is_enforceable() {
        return Some("it takes more than one object to see it, and admission sees one");
    }
    if condition.contains(MARK) {
        return Some("it is about texts that look like credentials, which no expression recognises");
    }
    None
}

/// The expressions of a policy that keeps a weakness out.
pub(super) fn expressions(view: View, condition: &str) -> Expressions {
    match view {
        View::Container => of_containers(condition),
        View::Pod => {
            let condition = renamed(condition, &[("pod", "variables.pod"), ("kind", "object.kind")]);
            Expressions {
                variables: templates(&condition),
                validation: unless_unchanged(&format!("!({condition})")),
            }
        }
        View::Workload => {
            let condition = renamed(condition, &[("pod", "variables.pod")]);
            let mut variables = templates(&condition);
            variables.retain(|(name, _)| *name == "pod");
            variables.push(changes(&condition));
            Expressions {
                variables,
                validation: unless_unchanged(&format!("!({condition})")),
            }
        }
        _ => Expressions {
            variables: vec![changes(condition)],
            validation: unless_unchanged(&format!("!({condition})")),
        },
    }
}

/// Where each list of containers stands, and what a condition sees as `role` there.
const LISTS: [(&str, &str); 3] = [
    ("containers", "'container'"),
    (
        "initContainers",
        "(container.?restartPolicy.orValue('') == 'Always' ? 'sidecar' : 'init')",
    ),
    ("ephemeralContainers", "'ephemeral'"),
];

fn of_containers(condition: &str) -> Expressions {
    let names = [("pod", "variables.pod"), ("kind", "object.kind")];
    let condition = renamed(condition, &names);
    let mut variables = templates(&condition);
    // A debug container that is added is judged by itself: what the pod has beside it was judged before.
    let list = |name: &str| {
        let items = format!("variables.pod.spec.?{name}.orValue([])");
        match name {
            "ephemeralContainers" => items,
            _ => format!("(request.subResource == 'ephemeralcontainers' ? [] : {items})"),
        }
    };
    let minds_role = renamed(&condition, &[("role", "")]) != condition;
    let any = if minds_role {
        let any = LISTS.map(|(name, role)| {
            let condition = renamed(&condition, &[("role", role)]);
            format!("{}.exists(container, {condition})", list(name))
        });
        any.join(" || ")
    } else {
        variables.push(("containers", LISTS.map(|(name, _)| list(name)).join(" + ")));
        format!("variables.containers.exists(container, {condition})")
    };
    Expressions {
        variables,
        validation: unless_unchanged(&format!("!({any})")),
    }
}

/// Variables for the pod template of whatever holds one, and whether it changes.
///
/// What runs already can be scaled, labelled and deleted: it is judged anew when its template changes.
fn templates(condition: &str) -> Vec<Variable> {
    let pod = |object: &str| {
        let special = template_holders().filter(|(_, _, keys)| *keys != ["spec", "template"]);
        let cases = special.map(|(_, kind, keys)| {
            let path = [&[object], keys].concat().join(".");
            format!("object.kind == '{kind}' ? {path} : ")
        });
        format!("{}{object}.spec.template", cases.collect::<String>())
    };
    let annotations = if condition.contains("annotations") {
        " || variables.pod.?metadata.?annotations.orValue({}) != variables.oldPod.?metadata.?annotations.orValue({})"
    } else {
        ""
    };
    // `dyn`: the kinds differ in their fields, and the API server would warn of each that one of them lacks.
    vec![
        ("pod", pod("dyn(object)")),
        ("oldPod", pod("dyn(oldObject)")),
        (
            "changes",
            format!(
                "oldObject == null || request.subResource != '' || variables.pod.spec != \
                 variables.oldPod.spec{annotations}"
            ),
        ),
    ]
}

/// Whether what a condition reads of an object changes: controllers may go on with what is there.
fn changes(condition: &str) -> Variable {
    let mut read: BTreeSet<String> = BTreeSet::new();
    let mut before = String::new();
    let mut path: Vec<&str> = Vec::new();
    for token in tokens(condition).chain([" "]) {
        let is_name = token.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_name && token == "object" && !selects(&before) {
            path = vec![token];
        } else if is_name && !path.is_empty() && selects(&before) {
            path.push(token);
        } else if !path.is_empty() && !matches!(token, "." | "?") {
            read.extend(part(&path));
            path.clear();
        }
        before.push_str(token);
    }
    if condition.contains("variables.pod") {
        read.insert("spec".to_owned());
    }
    let differs = read.iter().map(|path| {
        let path = path.replace('.', ".?");
        format!(" || dyn(object).?{path}.orValue({{}}) != dyn(oldObject).?{path}.orValue({{}})")
    });
    ("changes", format!("oldObject == null{}", differs.collect::<String>()))
}

/// The part of an object that holds a path: of its metadata one field, else all below the first field. Its kind and name
/// never change.
fn part(path: &[&str]) -> Option<String> {
    match path {
        ["object", "metadata", field, ..] if matches!(*field, "labels" | "annotations" | "ownerReferences") => {
            Some(format!("metadata.{field}"))
        }
        [_, field, ..] if !matches!(*field, "kind" | "metadata") => Some((*field).to_owned()),
        _ => None,
    }
}

fn unless_unchanged(validation: &str) -> String {
    format!("!variables.changes || {validation}")
}

/// The expression with free names replaced. Fields of those names, and words in texts, stay.
fn renamed(expression: &str, names: &[(&str, &str)]) -> String {
    let mut renamed = String::with_capacity(expression.len());
    for token in tokens(expression) {
        let replacement = names.iter().find(|(name, _)| *name == token);
        let replacement = replacement.filter(|_| !selects(&renamed));
        renamed.push_str(replacement.map_or(token, |(_, replacement)| replacement));
    }
    renamed
}

/// Whether what stands before a name makes it a field: `.` or `.?`. A `?` by itself is a choice.
fn selects(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with('.') || before.ends_with(".?")
}

/// Names, texts, and everything else character by character.
fn tokens(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = match first {
            '\'' | '"' => text_length(rest, first),
            _ if first.is_alphabetic() || first == '_' => rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        Some(token)
    })
}

/// The length of the text that begins here, its quotes included.
fn text_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_free_names_are_replaced() {
        let names = [("pod", "variables.pod"), ("kind", "object.kind"), ("role", "'init'")];
        for (before, after) in [
            ("pod.spec", "variables.pod.spec"),
            ("a.pod.kind", "a.pod.kind"),
            ("a.?pod", "a.?pod"),
            ("a ? pod : kind", "a ? variables.pod : object.kind"),
            ("a ?pod:kind", "a ?variables.pod:object.kind"),
            ("role in ['pod', \"kind\"]", "'init' in ['pod', \"kind\"]"),
            (r"x == 'it\'s a pod' && pod.a", r"x == 'it\'s a pod' && variables.pod.a"),
            ("podium + pods + _pod", "podium + pods + _pod"),
            ("é.exists(c, pod == c)", "é.exists(c, variables.pod == c)"),
            ("a\n  .pod", "a\n  .pod"),
        ] {
            assert_eq!(renamed(before, &names), after);
        }
    }

    #[test]
    fn an_object_is_judged_when_what_is_read_of_it_changes() {
        for (condition, fields) in [
            ("object.rules.exists(r, r.object.x)", vec!["rules"]),
            ("object.?spec.?type.orValue('') == 'object.data'", vec!["spec"]),
            (
                "has(object.metadata.labels) && object.kind == 'x'",
                vec!["metadata.?labels"],
            ),
            ("object.metadata.name == 'a'", vec![]),
            ("object.?data[?'a'].orValue('') == ''", vec!["data"]),
        ] {
            let (_, changes) = changes(condition);
            let expected: Vec<String> = fields
                .iter()
                .map(|field| format!("dyn(object).?{field}.orValue({{}}) != dyn(oldObject).?{field}.orValue({{}})"))
                .collect();
            let said: Vec<&str> = changes.split(" || ").skip(1).collect();
            assert_eq!(said, expected, "{condition}");
        }
    }

    #[test]
    fn containers_are_one_list_where_their_role_does_not_count() {
        let plain = expressions(View::Container, "container.a");
        assert_eq!(
            plain.validation,
            "!variables.changes || !(variables.containers.exists(container, container.a))"
        );
        let by_role = expressions(View::Container, "role == 'init'");
        assert!(by_role.validation.contains("initContainers"), "{}", by_role.validation);
        assert!(by_role.variables.iter().all(|(name, _)| *name != "containers"));
    }
}
