//! Hostile input is normal: coverage with a position, bounded memory, never a panic.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of a test")]

use std::fmt::Write as _;
use std::io::Read;

use palisade_sources::{Reading, read_bytes, read_from};
use proptest::prelude::*;

fn code(text: impl AsRef<[u8]>) -> String {
    let reading = read_bytes("test", text.as_ref());
    let codes: Vec<_> = reading.coverage.skipped.iter().map(|skipped| &*skipped.code).collect();
    codes.join(" ")
}

#[test]
fn alias_bombs_are_defused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
    }
    assert_eq!(code(&bomb), "yaml-aliases");
    let large = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100_000));
    assert_eq!(code(&large), "yaml-aliases");
    let nested: String = (0..95)
        .flat_map(|level| [" ".repeat(level), format!("&a{level} a:\n")])
        .collect();
    let nested = format!("{nested}{}[{}]\n", " ".repeat(95), "x, ".repeat(200_000));
    assert!(!read_bytes("test", nested.as_bytes()).coverage.skipped.is_empty());
}

#[test]
fn merges_of_merges_are_bounded() {
    let mut bomb = String::from("a0: &a0 {k: v}\n");
    for level in 1..40 {
        let below = level - 1;
        writeln!(bomb, "a{level}: &a{level}\n  <<: [*a{below}, *a{below}]\n  k{level}: v").unwrap();
    }
    // Merged maps stay small: each key counts once.
    assert_eq!(code(&bomb), "not-kubernetes");
}

#[test]
fn depth_is_limited() {
    let yaml = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(code(yaml(100)), "not-kubernetes");
    assert_eq!(code(yaml(101)), "too-deep");
    assert_eq!(code(yaml(100_000)), "too-deep");
    let json = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(code(json(100)), "not-kubernetes");
    assert_eq!(code(json(101)), "too-deep");
    assert_eq!(code(json(1_000_000)), "too-deep");
    let block: String = (0..101)
        .flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()])
        .collect();
    assert_eq!(code(block), "too-deep");
}

#[test]
fn encodings() {
    assert_eq!(code(b"kind: \xff\n"), "encoding");
    assert_eq!(code(b"kind: a\0b\n"), "encoding");
    assert_eq!(code(b"\xff\xfek\0"), "not-kubernetes");
    assert_eq!(code(b""), "");
    assert_eq!(code(b"# nothing\n---\n\n--- # still\n"), "");
}

#[test]
fn wrong_types_are_told() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata: [a]\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: 1}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: yes}\n",
    ] {
        assert_eq!(code(text), "wrong-type", "{text}");
    }
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: [1], annotations: x, ownerReferences: 1}\nspec: [1]\nstatus: 3\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: {env: x}, volumes: 1, tolerations: {a: b}}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [1]\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: [1]\nstringData: 1\n",
    ] {
        assert_eq!(code(text), "", "{text}");
    }
    assert_eq!(code("apiVersion: [v1]\nkind: Pod\n"), "not-kubernetes");
    assert_eq!(code("kind: Pod\n"), "not-kubernetes");
    assert_eq!(code("apiVersion: v1\nkind: Pod\nmetadata: {}\n"), "no-name");
}

#[test]
fn a_null_rule_is_a_rule_that_allows_everything() {
    let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}, ingress: [null], egress: null}\n";
    let reading = read_bytes("test", text.as_bytes());
    let content = &reading.resources[0].content;
    assert_eq!(content.items(&["spec", "ingress"]).len(), 1);
    assert!(content.items(&["spec", "ingress"])[0].as_map().is_some());
    assert!(content.at(&["spec", "egress"]).is_none());
}

#[test]
fn texts_cut_off_anywhere_do_not_panic() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Pod, metadata: {name: \"x\\u00e9\"}}\n- ? - |2-\n    x\n  : !!binary aGk=\n\
                - *a\n- <<: [*a, {b: 'c'}]\n  \"q\": >+\n   folded\n...\n%YAML 1.1\n--- \n{\"a\": [1, 2e5, null, \"\\ud83d\\ude00\"]}\n";
    for end in 0..text.len() {
        if let Some(text) = text.get(..end) {
            read_bytes("test", text.as_bytes());
            read_bytes("test", text.replace('\n', "\r\n").as_bytes());
        }
    }
}

/// As many bytes as wanted, of which none is held here.
struct Endless<'a> {
    head: &'a [u8],
    body: &'a [u8],
    bytes: u64,
    at: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(target);
        }
        let length = target
            .len()
            .min(self.body.len() - self.at)
            .min(usize::try_from(self.bytes).unwrap());
        target[..length].copy_from_slice(&self.body[self.at..self.at + length]);
        self.at = (self.at + length) % self.body.len();
        self.bytes -= length as u64;
        Ok(length)
    }
}

fn endless(head: &str, body: &str, bytes: u64) -> Reading {
    let stream = Endless {
        head: head.as_bytes(),
        body: body.as_bytes(),
        bytes,
        at: 0,
    };
    read_from("test", stream).unwrap()
}

#[test]
fn scalars_without_end_are_given_up() {
    const SIZE: u64 = 66 << 20;
    for head in ["a: ", "{\"a\": \"", "- \"", "a: |\n  "] {
        let reading = endless(head, &"x".repeat(4096), SIZE);
        assert_eq!(reading.coverage.skipped[0].code, "too-large", "{head}");
    }
}

#[test]
fn a_large_scalar_is_fine() {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: {}}}\n",
        "x".repeat(1 << 20)
    );
    assert_eq!(code(text), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_bytes("test", &bytes);
    }

    #[test]
    fn arbitrary_yaml_like_texts_do_not_panic(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "apiVersion: v1\n", "kind: Pod\n", "kind: List\n", "items:\n", "- ", "metadata: ", "{", "}", "[", "]", "name: a", ", ",
            "spec:\n", "  containers:\n", "  - env:\n", "    - {name: A_URL, value: 'http://u:p@h:80/$(B)'}\n", "\n", "---\n", "? ", ": ",
            "&a ", "*a", "<<: ", "!!int ", "'", "\"", "\\", "|\n", ">-\n", "\t", "# x\n", "%TAG ! x\n", "...\n", "\u{feff}", "\r", "\u{2028}",
            "$(X) ${Y} ", "@", "://", "host=a port=1", "--x=", "\"a\"", "1e9", "null", "\u{1f389}",
        ]), 0..40)) {
        let text = parts.concat();
        read_bytes("test", text.as_bytes());
        read_bytes("test", format!("{{\"{text}\"").as_bytes());
    }

    #[test]
    fn both_formats_tell_the_same(names in proptest::collection::btree_set("[a-z]{1,8}", 1..6), chunk in 1..64usize) {
        let items: Vec<_> = names.iter().map(|name| serde_json::json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": {"app": name}, "x": "ä\n\"\\"}
        })).collect();
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
        let whole = read_bytes("test", serde_json::to_string_pretty(&list).unwrap().as_bytes());
        let minified = read_from("test", Slow { text: list.to_string().into_bytes(), at: 0, chunk }).unwrap();
        // A separator before it makes it YAML.
        let as_yaml = read_bytes("test", format!("---\n{list}").as_bytes());
        for other in [&minified, &as_yaml] {
            prop_assert_eq!(whole.resources.len(), other.resources.len());
            for (one, other) in whole.resources.iter().zip(&other.resources) {
                prop_assert_eq!(&one.id, &other.id);
                prop_assert_eq!(&one.content, &other.content);
            }
        }
        let positions: Vec<_> = minified.resources.iter().map(|resource| resource.origin.position.column).collect();
        let in_yaml: Vec<_> = as_yaml.resources.iter().map(|resource| resource.origin.position.column).collect();
        prop_assert_eq!(positions, in_yaml);
    }
}

/// Gives little at a time, to meet every boundary.
struct Slow {
    text: Vec<u8>,
    at: usize,
    chunk: usize,
}

impl Read for Slow {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.text[self.at..];
        let length = rest.len().min(self.chunk).min(target.len());
        target[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}
