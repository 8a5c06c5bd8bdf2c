//! Drops every text that may be a secret, before anything but this crate sees it.
//!
//! Values of Secrets go whole. Of environment variables, arguments, annotations and ConfigMaps only the addresses they
//! name and a looks-like-a-credential mark stay, unless they are public words. All other texts lose user information of
//! URLs, and go when they have the form of a token or stand under the name of a credential.

mod annotations;
mod container;
pub(crate) mod credential;
mod harmless;

use palisade_inventory::{Endpoint, Map, Node, Position, Redacted, ResourceId, Value};

use self::annotations::Keep;
use self::credential::{has_token, holds_credential, is_credential_name, is_credential_value};
use crate::document::{Block, text_of_block};
use crate::endpoints::{self, Ports, Source, url};

/// Redacts the content of an object. `blocks` are its literal block scalars, in order.
pub(crate) fn redact(node: &mut Node, id: &ResourceId, blocks: &[Block]) {
    let redactor = Redactor { blocks };
    let Value::Map(map) = &mut node.value else { return };
    for entry in map.entries_mut() {
        match (&*id.group, &*id.kind, &*entry.key) {
            ("", "Secret", "data" | "stringData") => drop_values(&mut entry.value),
            // Who is mapped to which user: no secret, and a way into the cluster.
            ("", "ConfigMap", "data") if is_aws_auth(id) => redactor.any(&mut entry.value, &entry.key),
            ("", "ConfigMap", "data") => redactor.settings(&mut entry.value),
            ("", "ConfigMap", "binaryData") => drop_values_unmarked(&mut entry.value),
            ("apiserver.config.k8s.io", "EncryptionConfiguration", _) => drop_keys(&mut entry.value),
            ("helm.toolkit.fluxcd.io" | "argoproj.io", "HelmRelease" | "Application", "spec") => {
                redactor.chart_values(&mut entry.value);
                redactor.any(&mut entry.value, &entry.key);
            }
            _ => redactor.any(&mut entry.value, &entry.key),
        }
    }
}

struct Redactor<'a> {
    blocks: &'a [Block],
}

impl Redactor<'_> {
    fn any(&self, node: &mut Node, key: &str) {
        match (&mut node.value, key) {
            (Value::Map(_), "annotations") => self.annotations(node),
            (Value::Map(map), "labels" | "matchLabels" | "selector" | "nodeSelector") => {
                for entry in map.entries_mut() {
                    self.any(&mut entry.value, "");
                }
            }
            (Value::List(items), "httpHeaders") => items.iter_mut().for_each(header),
            (Value::List(items), _) => items.iter_mut().for_each(|item| self.any(item, key)),
            (Value::Map(map), _) => {
                container::redact(self, map);
                let is_credential = is_named_credential(map);
                for entry in map.entries_mut() {
                    match &*entry.key {
                        "env" => self.environment(&mut entry.value),
                        "args" | "command" => {}
                        "value" if is_credential => drop_value(&mut entry.value, true),
                        below => self.any(&mut entry.value, below),
                    }
                }
            }
            (Value::Text(text), _) => {
                if has_token(text) || (is_credential_name(key) && is_credential_value(text)) {
                    node.value = redacted(true, Vec::new());
                } else if let Some(masked) = without_user_info(text) {
                    *text = masked;
                }
            }
            (Value::Int(_) | Value::Float(_), _) if is_credential_name(key) => drop_value(node, true),
            _ => {}
        }
    }

    /// What of an environment [`container::redact`] did not make sense of must not stay.
    fn environment(&self, node: &mut Node) {
        let Value::List(variables) = &mut node.value else {
            return drop_value(node, false);
        };
        for variable in variables {
            let Value::Map(map) = &mut variable.value else {
                drop_value(variable, false);
                continue;
            };
            for entry in map.entries_mut() {
                match &*entry.key {
                    "name" | "valueFrom" => self.any(&mut entry.value, ""),
                    "value" if container::is_settled(&entry.value) => {}
                    _ => drop_value(&mut entry.value, false),
                }
            }
        }
    }

    fn annotations(&self, node: &mut Node) {
        let Value::Map(map) = &mut node.value else { return };
        map.entries_mut()
            .retain(|entry| annotations::keep(&entry.key) != Keep::Nothing);
        for entry in map.entries_mut() {
            let name = &*entry.key;
            let is_kept = annotations::keep(name) == Keep::Text;
            if is_kept {
                self.any(&mut entry.value, "");
            } else {
                self.setting(name, &mut entry.value, &Ports::default());
            }
        }
    }

    /// The values of a ConfigMap.
    fn settings(&self, node: &mut Node) {
        let Value::Map(map) = &mut node.value else {
            return drop_value(node, false);
        };
        let mut ports = Ports::default();
        for entry in map.entries() {
            if let Some(text) = entry.value.as_str() {
                ports.note(&entry.key, text);
            }
        }
        for entry in map.entries_mut() {
            self.setting(&entry.key, &mut entry.value, &ports);
        }
    }

    /// One named value: kept if it is a public word, otherwise reduced to its addresses.
    fn setting(&self, name: &str, node: &mut Node, ports: &Ports) {
        let is_credential = is_credential_name(name);
        match &node.value {
            Value::Text(text) if is_credential && harmless::is_switch(text) => {}
            Value::Text(text) if text.is_empty() || (!is_credential && harmless::is_setting(text)) => {}
            Value::Text(text) => {
                let mark = (is_credential && is_credential_value(text)) || holds_credential(text);
                let source = self.source(text, node.position);
                let addresses = if is_credential {
                    addresses_of_urls(source)
                } else if calls_nobody(name, text) {
                    Vec::new()
                } else {
                    endpoints::find(source, name, ports)
                };
                node.value = redacted(mark, addresses);
            }
            Value::Bool(_) | Value::Null => {}
            Value::Int(_) | Value::Float(_) if !is_credential => {}
            _ => drop_value(node, is_credential),
        }
    }

    /// What a `HelmRelease` or an `Application` hands to a chart: settings, however deep.
    fn chart_values(&self, node: &mut Node) {
        match &mut node.value {
            Value::Map(map) => {
                for entry in map.entries_mut() {
                    match &*entry.key {
                        "values" | "valuesObject" | "parameters" | "plugin" => self.deep_settings(&mut entry.value, ""),
                        _ => self.chart_values(&mut entry.value),
                    }
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.chart_values(item)),
            _ => {}
        }
    }

    fn deep_settings(&self, node: &mut Node, key: &str) {
        match &mut node.value {
            Value::Map(map) => {
                let name = map.get("name").and_then(Node::as_str).map(str::to_owned);
                for entry in map.entries_mut() {
                    let name = match (&*entry.key, &name) {
                        ("value", Some(name)) => name.clone(),
                        ("name", Some(_)) => continue,
                        (key, _) => key.to_owned(),
                    };
                    self.deep_settings(&mut entry.value, &name);
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.deep_settings(item, key)),
            // What a chart calls its hosts are the names it shall answer to.
            _ if matches!(key, "host" | "hosts" | "hostname" | "hostnames") => {
                self.setting("", node, &Ports::default());
            }
            _ => self.setting(key, node, &Ports::default()),
        }
    }

    fn source<'t>(&self, text: &'t str, position: Position) -> Source<'t> {
        Source {
            text,
            position,
            block: text_of_block(self.blocks, position),
        }
    }
}

/// Whether `value` of a map with `name` is a credential. A flag of a component of Kubernetes may sound like one.
fn is_named_credential(map: &Map) -> bool {
    let text = |key| map.get(key).and_then(Node::as_str);
    text("name").is_some_and(|name| {
        let is_public = text("value").is_some_and(|value| harmless::is_component_value(name, value));
        is_credential_name(name) && !is_public
    })
}

/// A header of a probe: its value goes, whatever it is called.
fn header(node: &mut Node) {
    let Value::Map(map) = &mut node.value else { return };
    let is_credential = map.get("name").and_then(Node::as_str).is_some_and(is_credential_name);
    for entry in map.entries_mut() {
        if &*entry.key == "value" {
            drop_value(&mut entry.value, is_credential);
        }
    }
}

/// A text whose addresses nobody calls: a copy of another object, a dashboard with its links, documentation.
fn calls_nobody(name: &str, text: &str) -> bool {
    let is_json = text.trim_start().starts_with('{');
    name == "_example" || (is_json && (text.contains("\"apiVersion\"") || text.contains("\"panels\"")))
}

/// Of a credential only the hosts of whole URLs may be told.
fn addresses_of_urls(source: Source<'_>) -> Vec<Endpoint> {
    let mut found = endpoints::find(source, "", &Ports::default());
    found.retain(|endpoint| endpoint.scheme.is_some());
    found
}

fn redacted(credential: bool, endpoints: Vec<Endpoint>) -> Value {
    Value::Redacted(Box::new(Redacted {
        credential,
        endpoints,
        flag: None,
    }))
}

/// Drops whatever stands there, but for what holds no secret.
fn drop_value(node: &mut Node, credential: bool) {
    if !matches!(node.value, Value::Null | Value::Bool(_) | Value::Redacted(_)) {
        node.value = redacted(credential, Vec::new());
    }
}

/// Whether it is the ConfigMap by which EKS maps cloud roles to users.
fn is_aws_auth(id: &ResourceId) -> bool {
    &*id.namespace == "kube-system" && &*id.name == "aws-auth"
}

/// The values of a Secret: keys stay.
fn drop_values(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            for entry in map.entries_mut() {
                entry.value.value = redacted(true, Vec::new());
            }
        }
        value => *value = redacted(true, Vec::new()),
    }
}

/// The keys of an `EncryptionConfiguration`, whatever they look like.
fn drop_keys(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            for entry in map.entries_mut() {
                if &*entry.key == "secret" {
                    entry.value.value = redacted(true, Vec::new());
                } else {
                    drop_keys(&mut entry.value);
                }
            }
        }
        Value::List(items) => items.iter_mut().for_each(drop_keys),
        _ => {}
    }
}

fn drop_values_unmarked(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => map
            .entries_mut()
            .iter_mut()
            .for_each(|entry| drop_value(&mut entry.value, false)),
        _ => drop_value(node, false),
    }
}

/// The text with the user information of its URLs masked, if it has any.
fn without_user_info(text: &str) -> Option<Box<str>> {
    memchr::memchr(b'@', text.as_bytes())?;
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for url in url::find(text) {
        if let Some(user_info) = url.user_info {
            masked.push_str(text.get(from..user_info.start)?);
            masked.push_str("***@");
            from = user_info.end;
        }
    }
    masked.push_str(text.get(from..)?);
    (from > 0).then(|| masked.into())
}
