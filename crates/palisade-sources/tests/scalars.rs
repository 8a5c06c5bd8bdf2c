//! Scalars mean what `kubectl` says they mean: values and keys against a recorded table.
//!
//! `PALISADE_RECORD_SCALARS=1 cargo test --test scalars` asks `kubectl` again and writes the table anew.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisade_inventory::{Node, Value};
use palisade_sources::read_bytes;

const REFUSED: &str = "refused";

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scalars.tsv")
}

fn manifest(place: &str, scalar: &str) -> String {
    let field = match place {
        "key" => format!("{scalar}: 1"),
        _ => format!("value: {scalar}"),
    };
    format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  {field}\n")
}

/// The `spec` that `kubectl` reads, as JSON.
fn ask_kubectl(manifest: &str) -> String {
    let mut kubectl = Command::new("kubectl")
        .args(["annotate", "--local=true", "-o", "json", "-f", "-", "palisade=x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    kubectl.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
    let output = kubectl.wait_with_output().unwrap();
    match serde_json::from_slice::<serde_json::Value>(&output.stdout) {
        Ok(object) => object.get("spec").unwrap().to_string(),
        Err(_) => REFUSED.to_owned(),
    }
}

/// The `spec` that we read, as JSON.
fn ask_ourselves(manifest: &str) -> String {
    let reading = read_bytes("test", manifest.as_bytes());
    match reading.resources.first() {
        Some(service) => json(service.content.get("spec").unwrap()).to_string(),
        None => REFUSED.to_owned(),
    }
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => (&**text).into(),
        Value::Map(map) => {
            let entries = map.entries().iter();
            entries
                .map(|entry| (entry.key.to_string(), json(&entry.value)))
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The recorded answer in our terms: null values are dropped while loading, as the server does, and an integer beyond
/// 64 bits is the float that it is after the way through JSON.
fn in_our_terms(spec: &str) -> String {
    let Ok(spec) = serde_json::from_str::<serde_json::Value>(spec) else {
        return spec.to_owned();
    };
    let fields = spec.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    let fields = fields.map(|(key, value)| {
        let value = match value.as_f64() {
            Some(float) if value.as_i64().is_none() => float.into(),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    serde_json::Value::Object(fields.collect()).to_string()
}

#[test]
fn scalars_mean_what_kubectl_says() {
    let table = std::fs::read_to_string(table()).unwrap();
    let mut rows = 0;
    for row in table.lines() {
        let [place, scalar, expected] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let expected = in_our_terms(expected);
        let answer = in_our_terms(&ask_ourselves(&manifest(place, scalar)));
        assert_eq!(answer, expected, "{place} {scalar}");
        rows += 1;
    }
    assert!(rows > 80, "{rows}");
}

#[test]
fn record() {
    if std::env::var_os("PALISADE_RECORD_SCALARS").is_none() {
        return;
    }
    let mut rows = String::new();
    let values = VALUES.iter().map(|value| ("value", value));
    for (place, scalar) in values.chain(KEYS.iter().map(|key| ("key", key))) {
        let answer = ask_kubectl(&manifest(place, scalar));
        writeln!(rows, "{place}\t{scalar}\t{answer}").unwrap();
    }
    std::fs::write(table(), rows).unwrap();
}

#[rustfmt::skip]
const VALUES: &[&str] = &[
    "y", "Y", "yes", "Yes", "YES", "yEs", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "oFF",
    "true", "True", "TRUE", "tRUE", "false", "False", "FALSE", "t", "f",
    "~", "null", "Null", "NULL", "nULL", "", "''", "\"\"", "nil", "None",
    "0", "-0", "+1", "-1", "12", "0644", "0777", "00", "08", "09", "0o14", "0O14", "0o8", "-0o14", "0x1F", "0XfF", "-0x10", "0xg",
    "0b101", "0B11", "-0b11", "0b12", "1_000", "1__0", "_1", "1_", "0x_1f", "1_000.5", "0_7",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775809",
    "1.0", "1.5", "-1.5", "+1.5", "1.", ".5", "-.5", "+.5", "1e3", "1E3", "1e+3", "1e-3", "1.5e3", "1e21", "1e20", "123456789012345678901", "1e400", "1e", "e1", "0.1", "1.10",
    ".inf", "-.inf", "+.Inf", ".nan", ".NaN", ".Nan", "inf", "nan", "Infinity", ".", "..", ".5.", "._5",
    "1:30", "190:20:30", "1:30.5", "12:30:45", "2001-12-15", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10", "2001-1-1", "!!timestamp 2001-12-15",
    "'yes'", "\"yes\"", "'1'", "\"0644\"", "! yes", "! '12'", "!!str yes", "!!str 12", "!!str", "!!int 12", "!!int '12'", "!!int 1.5", "!!float 3", "!!float '1.5'", "!!float x",
    "!!bool yes", "!!bool 'on'", "!!bool 1", "!!null ''", "!!null x", "!custom 12", "!custom yes", "!!binary aGVsbG8=", "!!binary '%'",
    "1.2.3", "1.2.3.4", "v1", "-", "--", "-x", "+", "+-1", "1+1", "0x", "0b", "0o", "<<", "=", "100m", "1Gi", "5s", "0.0.0.0/0", "a b", "yes no", "12 # comment", "#x", "a#b",
];

#[rustfmt::skip]
const KEYS: &[&str] = &[
    "y", "n", "yes", "No", "on", "off", "true", "FALSE", "1", "0x10", "0644", "1_000", "1.5", "1.0", "1e3", "1e6", "1e21", "1.10", "0.0001", "0.00001", "123456789.5",
    "~", "null", "''", "'yes'", "\"1\"", "!!str yes", "!!str 1", "2001-12-15", ".inf", "-.inf", ".nan", "18446744073709551615", "9223372036854775807", "<<", "'<<'", "a.b/c", "-1", "? x",
];
