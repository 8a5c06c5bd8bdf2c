//! The API server's audit log: one event of `audit.k8s.io` a line.

use std::io::{self, BufRead};

use jiter::{JsonObject, JsonValue};
use palisade_inventory::{AuditLog, AuditedRequest};

/// Reads an audit log, as the API server writes it with `--audit-log-format=json`. What was asked counts where it was allowed;
/// of the stages of a request the last one does.
///
/// # Errors
/// The stream can't be read. Lines that are no event are named in the log.
pub fn read_audit_log(mut log: impl BufRead) -> io::Result<AuditLog> {
    let mut read = AuditLog::default();
    let mut line = Vec::new();
    let mut number = 0;
    while log.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if !line.trim_ascii().is_empty() {
            match event(line.trim_ascii()) {
                Some(request) => {
                    read.events += 1;
                    read.requests.extend(request);
                }
                None => read.not_understood.push(number),
            }
        }
        line.clear();
    }
    Ok(read)
}

/// What an event tells; the outer none: it is no event, the inner: nothing was allowed.
fn event(line: &[u8]) -> Option<Option<AuditedRequest>> {
    let JsonValue::Object(event) = JsonValue::parse(line, false).ok()? else {
        return None;
    };
    let is_event = text(&event, "kind") == "Event" && text(&event, "apiVersion").starts_with("audit.k8s.io/");
    if !is_event || text(&event, "verb").is_empty() {
        return None;
    }
    let is_over = matches!(text(&event, "stage"), "ResponseComplete" | "ResponseStarted");
    let annotations = object(&event, "annotations");
    let decision = annotations.map_or("", |annotations| text(annotations, "authorization.k8s.io/decision"));
    let is_refused = match decision {
        "" => object(&event, "responseStatus").is_some_and(|status| code(status) == Some(403)),
        decision => decision != "allow",
    };
    if !is_over || is_refused {
        return Some(None);
    }
    let user = object(&event, "impersonatedUser").or_else(|| object(&event, "user"))?;
    let target = object(&event, "objectRef");
    let of = |key: &str| target.map_or("", |target| text(target, key)).into();
    Some(Some(AuditedRequest {
        user: text(user, "username").into(),
        groups: texts(user, "groups"),
        verb: text(&event, "verb").into(),
        group: of("apiGroup"),
        resource: of("resource"),
        subresource: of("subresource"),
        namespace: of("namespace"),
        name: of("name"),
        url: match target {
            Some(_) => "".into(),
            None => text(&event, "requestURI").split('?').next().unwrap_or_default().into(),
        },
    }))
}

fn value<'j, 's>(object: &'j JsonObject<'s>, key: &str) -> Option<&'j JsonValue<'s>> {
    let found = object.iter().rev().find(|(known, _)| known == key);
    found.map(|(_, value)| value)
}

fn text<'j>(object: &'j JsonObject<'_>, key: &str) -> &'j str {
    match value(object, key) {
        Some(JsonValue::Str(text)) => text,
        _ => "",
    }
}

fn texts(object: &JsonObject<'_>, key: &str) -> Vec<Box<str>> {
    let Some(JsonValue::Array(items)) = value(object, key) else {
        return Vec::new();
    };
    let texts = items.iter().filter_map(|item| match item {
        JsonValue::Str(text) => Some(Box::from(&**text)),
        _ => None,
    });
    texts.collect()
}

fn object<'j, 's>(object: &'j JsonObject<'s>, key: &str) -> Option<&'j JsonObject<'s>> {
    match value(object, key) {
        Some(JsonValue::Object(object)) => Some(object),
        _ => None,
    }
}

fn code(status: &JsonObject<'_>) -> Option<i64> {
    match value(status, "code") {
        Some(JsonValue::Int(code)) => Some(*code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"RequestReceived","verb":"list","user":{"username":"ann"},"objectRef":{"resource":"pods","namespace":"shop"}}
{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"list","user":{"username":"ann","groups":["support"]},"objectRef":{"resource":"pods","namespace":"shop","apiVersion":"v1"},"responseStatus":{"code":200},"annotations":{"authorization.k8s.io/decision":"allow"}}
{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"create","user":{"username":"ann"},"objectRef":{"resource":"pods","subresource":"exec"},"responseStatus":{"code":403},"annotations":{"authorization.k8s.io/decision":"forbid"}}
not an event

{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"get","user":{"username":"admin"},"impersonatedUser":{"username":"bob"},"requestURI":"/healthz?verbose"}
"#;

    #[test]
    fn what_was_allowed_is_read() {
        let log = read_audit_log(LOG.as_bytes()).expect("it is read");
        assert_eq!((log.events, log.not_understood), (4, vec![4]));
        let told: Vec<_> = log
            .requests
            .iter()
            .map(|one| (&*one.user, &*one.verb, &*one.resource, &*one.url, one.groups.len()))
            .collect();
        assert_eq!(
            told,
            [("ann", "list", "pods", "", 1), ("bob", "get", "", "/healthz", 0)]
        );
    }

    #[test]
    fn what_is_cut_off_or_of_another_kind_is_named() {
        let cut = &LOG.as_bytes()[..100];
        assert_eq!(read_audit_log(cut).expect("it is read").not_understood, [1]);
        let other = br#"{"kind":"Pod","apiVersion":"v1"}"#;
        assert_eq!(read_audit_log(&other[..]).expect("it is read").not_understood, [1]);
    }
}
