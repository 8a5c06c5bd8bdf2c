//! Writes a `v1` List one item at a time, as `kubectl get -o json` prints it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// How the list is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// No white space, as `jq -c` leaves it.
    Compact,
    /// Four spaces a level, as kubectl prints.
    Indented,
}

const INDENT: &[u8] = b"    ";

/// A List being written. Keys are sorted, so `items` comes before `kind`.
#[derive(Debug)]
pub(super) struct ListWriter<W> {
    out: W,
    layout: Layout,
    empty: bool,
}

impl<W: Write> ListWriter<W> {
    /// Begins the list.
    pub(super) fn begin(mut out: W, layout: Layout) -> io::Result<Self> {
        out.write_all(match layout {
            Layout::Compact => br#"{"apiVersion":"v1","items":["#,
            Layout::Indented => b"{\n    \"apiVersion\": \"v1\",\n    \"items\": [",
        })?;
        Ok(Self {
            out,
            layout,
            empty: true,
        })
    }

    /// Adds an item.
    pub(super) fn item(&mut self, item: &Value) -> io::Result<()> {
        if !self.empty {
            self.out.write_all(b",")?;
        }
        self.empty = false;
        match self.layout {
            Layout::Compact => {
                item.serialize(&mut Serializer::with_formatter(&mut self.out, AsGo(CompactFormatter)))?;
            }
            Layout::Indented => {
                self.out.write_all(b"\n        ")?;
                let deeper = Deeper { out: &mut self.out };
                let pretty = PrettyFormatter::with_indent(INDENT);
                item.serialize(&mut Serializer::with_formatter(deeper, AsGo(pretty)))?;
            }
        }
        Ok(())
    }

    /// Ends the list.
    pub(super) fn end(mut self) -> io::Result<W> {
        self.out.write_all(match self.layout {
            Layout::Compact => br#"],"kind":"List","metadata":{"resourceVersion":""}}"#,
            Layout::Indented => {
                b"\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}"
            }
        })?;
        self.out.write_all(b"\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Moves every further line two levels to the right. Line breaks come from the formatter alone: strings escape theirs.
struct Deeper<'a, W> {
    out: &'a mut W,
}

impl<W: Write> Write for Deeper<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if index > 0 {
                self.out.write_all(b"\n        ")?;
            }
            self.out.write_all(line)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Escapes `<`, `>` and `&` inside strings, as Go's encoder does.
struct AsGo<F>(F);

impl<F: Formatter> Formatter for AsGo<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&']) {
            let (before, from) = rest.split_at(at);
            let (special, after) = from.split_at(1);
            writer.write_all(before.as_bytes())?;
            writer.write_all(match special {
                "<" => b"\\u003c",
                ">" => b"\\u003e",
                _ => b"\\u0026",
            })?;
            rest = after;
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Layout, ListWriter};

    fn written(layout: Layout) -> String {
        let mut list = ListWriter::begin(Vec::new(), layout).unwrap();
        list.item(&json!({"kind": "Pod", "apiVersion": "v1", "none": {}}))
            .unwrap();
        list.item(&json!({"args": ["a && b\n<c>"]})).unwrap();
        String::from_utf8(list.end().unwrap()).unwrap()
    }

    #[test]
    fn indented_as_kubectl_prints() {
        let expected = r#"{
    "apiVersion": "v1",
    "items": [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "none": {}
        },
        {
            "args": [
                "a \u0026\u0026 b\n\u003cc\u003e"
            ]
        }
    ],
    "kind": "List",
    "metadata": {
        "resourceVersion": ""
    }
}
"#;
        assert_eq!(written(Layout::Indented), expected);
    }

    #[test]
    fn compact() {
        let expected = concat!(
            r#"{"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","none":{}},"#,
            r#"{"args":["a \u0026\u0026 b\n\u003cc\u003e"]}],"kind":"List","metadata":{"resourceVersion":""}}"#,
            "\n"
        );
        assert_eq!(written(Layout::Compact), expected);
    }
}
