//! Object metadata as the API server fills it in.

use serde_json::{Map, Value, json};

use super::names;
use crate::rng::Rng;

/// `metadata` of an object; an empty namespace is left out.
pub(super) fn meta(rng: &mut Rng, namespace: &str, name: &str) -> Map<String, Value> {
    let mut meta = Map::new();
    meta.insert("creationTimestamp".to_owned(), names::time(rng).into());
    meta.insert("name".to_owned(), name.into());
    if !namespace.is_empty() {
        meta.insert("namespace".to_owned(), namespace.into());
    }
    meta.insert("resourceVersion".to_owned(), names::version(rng).into());
    meta.insert("uid".to_owned(), names::uid(rng).into());
    meta
}

/// [`meta`] with labels.
pub(super) fn labelled(rng: &mut Rng, namespace: &str, name: &str, labels: Value) -> Map<String, Value> {
    let mut meta = meta(rng, namespace, name);
    meta.insert("labels".to_owned(), labels);
    meta
}

/// `metadata.ownerReferences` with one controlling owner.
pub(super) fn owned_by(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!([{
        "apiVersion": api_version,
        "blockOwnerDeletion": true,
        "controller": true,
        "kind": kind,
        "name": name,
        "uid": uid,
    }])
}

/// The annotation that `kubectl apply` leaves: the whole object once more, secrets included.
pub(super) fn last_applied(meta: &mut Map<String, Value>, applied: &Value) {
    let text = format!("{applied}\n");
    meta.insert(
        "annotations".to_owned(),
        json!({"kubectl.kubernetes.io/last-applied-configuration": text}),
    );
}

/// Adds `metadata.managedFields`: who wrote which field, as the API server keeps it.
pub(super) fn manage(object: &mut Value, manager: &str, time: &str) {
    let mut entries = Vec::new();
    if let Value::Object(parts) = object {
        let (status, written): (Vec<_>, Vec<_>) = parts
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind"))
            .partition(|(key, _)| key.as_str() == "status");
        let version = parts.get("apiVersion").cloned().unwrap_or_default();
        for (fields, manager, subresource) in [(written, manager, None), (status, "kubelet", Some("status"))] {
            if fields.is_empty() {
                continue;
            }
            let owned: Map<String, Value> = fields
                .into_iter()
                .map(|(key, value)| (format!("f:{key}"), field_set(value)))
                .collect();
            let mut entry = json!({
                "apiVersion": version,
                "fieldsType": "FieldsV1",
                "fieldsV1": owned,
                "manager": manager,
                "operation": "Update",
                "time": time,
            });
            if let (Some(subresource), Some(entry)) = (subresource, entry.as_object_mut()) {
                entry.insert("subresource".to_owned(), subresource.into());
            }
            entries.push(entry);
        }
    }
    if let Some(Value::Object(meta)) = object.get_mut("metadata") {
        meta.insert("managedFields".to_owned(), Value::Array(entries));
    }
}

/// The paths of a value as a `FieldsV1`: maps by field, lists of named things by name, anything else as one.
fn field_set(value: &Value) -> Value {
    match value {
        Value::Object(map) if !map.is_empty() => Value::Object(
            map.iter()
                .map(|(key, value)| (format!("f:{key}"), field_set(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Object(items.iter().filter_map(keyed).collect()),
        _ => json!({}),
    }
}

fn keyed(item: &Value) -> Option<(String, Value)> {
    let key = ["name", "type", "ip", "uid"]
        .into_iter()
        .find(|key| item.get(key).is_some())?;
    let mut fields = field_set(item);
    if let Some(fields) = fields.as_object_mut() {
        fields.insert(".".to_owned(), json!({}));
    }
    Some((format!("k:{}", json!({key: item.get(key)})), fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::manage;

    #[test]
    fn managed_fields_name_every_field() {
        let mut object = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
            "spec": {"containers": [{"name": "c", "image": "i"}]}, "status": {"phase": "Running"},
        });
        manage(&mut object, "kube-controller-manager", "2026-03-01T00:00:00Z");
        let fields = object
            .pointer("/metadata/managedFields/0/fieldsV1/f:spec/f:containers")
            .unwrap();
        assert_eq!(
            fields,
            &json!({"k:{\"name\":\"c\"}": {".": {}, "f:image": {}, "f:name": {}}})
        );
        assert_eq!(
            object.pointer("/metadata/managedFields/1/subresource"),
            Some(&json!("status"))
        );
    }
}
