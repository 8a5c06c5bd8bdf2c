//! Reading small texts whole: formats, lists, positions, coverage.

use palisade_inventory::Position;
use palisade_sources::{Reading, read_bytes};

fn read(text: &str) -> Reading {
    read_bytes("test", text.as_bytes())
}

fn ids(reading: &Reading) -> Vec<String> {
    reading
        .resources
        .iter()
        .map(|resource| resource.id.to_string())
        .collect()
}

fn skipped(reading: &Reading) -> Vec<(u32, u32, &str)> {
    let skipped = reading.coverage.skipped.iter();
    skipped
        .map(|skipped| (skipped.line, skipped.column, &*skipped.code))
        .collect()
}

#[test]
fn documents_of_a_file_stand_alone() {
    let reading = read(
        "# first\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n---\nkind: [\n--- # third\n\n\
         apiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n  namespace: nonsense\n",
    );
    assert_eq!(ids(&reading), ["ServiceAccount/default/a", "Namespace/b"]);
    assert_eq!(reading.resources[1].origin.position, Position::new(9, 0));
    assert_eq!(skipped(&reading), [(8, 1, "yaml-syntax")]);
    assert_eq!((reading.coverage.documents, reading.coverage.understood), (3, 2));
}

#[test]
fn a_missing_last_newline_and_windows_line_ends_are_fine() {
    let reading = read("\u{feff}apiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: a");
    assert_eq!(ids(&reading), ["Secret/default/a"]);
    assert_eq!(
        reading.resources[0]
            .content
            .locate(&palisade_inventory::FieldPath::parse("metadata.name")),
        Position::new(3, 2)
    );
}

#[test]
fn utf_16_is_read() {
    let text = "\u{feff}apiVersion: v1\nkind: Namespace\nmetadata: {name: käse}\n";
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        assert_eq!(ids(&read_bytes("test", &bytes)), ["Namespace/käse"]);
    }
}

#[test]
fn lists_in_both_formats() {
    let yaml = "apiVersion: v1\nitems:\n- metadata: {name: a, namespace: ns}\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: b\nkind: PodList\n";
    let json = "{\"apiVersion\": \"v1\",\n \"items\": [{\"metadata\": {\"name\": \"a\", \"namespace\": \"ns\"}},\n  {\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"b\"}}],\n \"kind\": \"PodList\"}";
    for text in [yaml, json] {
        let reading = read(text);
        let mut ids = ids(&reading);
        ids.sort();
        assert_eq!(ids, ["Pod/ns/a", "Service/default/b"]);
        assert_eq!((reading.coverage.documents, reading.coverage.understood), (2, 2));
    }
    let positions: Vec<_> = read(json).resources.iter().map(|r| r.origin.position).collect();
    assert_eq!(positions, [Position::new(1, 11), Position::new(2, 2)]);
}

#[test]
fn json_lines_and_json_followed_by_yaml() {
    let line =
        |name| format!("{{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{{\"name\":\"{name}\"}}}}\n");
    let reading = read(&format!(
        "{}{}---\nkind: Namespace\napiVersion: v1\nmetadata: {{name: c}}\n",
        line("a"),
        line("b")
    ));
    assert_eq!(ids(&reading), ["Namespace/a", "Namespace/b", "Namespace/c"]);
    assert_eq!(reading.resources[2].origin.position, Position::new(3, 0));
}

#[test]
fn flow_yaml_that_looks_like_json_is_yaml() {
    let reading = read("{\"apiVersion\": v1, 'kind': Namespace, metadata: {name: a}}");
    assert_eq!(ids(&reading), ["Namespace/a"]);
    let reading = read("{\"apiVersion\": \"v1\",\n \"kind\" \"Namespace\"}");
    assert_eq!(skipped(&reading), [(2, 9, "json-syntax")]);
}

#[test]
fn one_bad_item_does_not_take_its_list_along() {
    let reading = read(
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"a\":tru},{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"}}]}",
    );
    assert_eq!(ids(&reading), ["Node/n"]);
    assert_eq!(reading.coverage.skipped.len(), 1);
}

#[test]
fn a_cut_off_dump_keeps_what_was_read() {
    let whole = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"}},{\"apiV";
    let reading = read(whole);
    assert_eq!(ids(&reading), ["Node/n"]);
    assert_eq!(skipped(&reading).len(), 1);
}
