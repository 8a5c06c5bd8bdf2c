//! `palisade reach --all`: every connection that is allowed, one at a time.

use std::io::{self, Write};

use palisade_engine::network::Connection;
use serde::Serialize;

use super::Part;
use crate::cli::{Reach, ReachFormat};
use crate::console::Report;
use crate::failure::Outcome;
use crate::verbs::Done;

/// A connection, as programs read it.
#[derive(Serialize)]
struct Row<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'r str>,
    src: &'r str,
    dst: &'r str,
    conn: String,
}

pub(super) fn run(parts: Vec<Part>, args: &Reach) -> Done<'_> {
    let format = args.format;
    Done {
        report: Report::Stream(Box::new(move |out| match format {
            ReachFormat::Text => text(&parts, out),
            ReachFormat::Json => json(&parts, out),
            ReachFormat::Csv => csv(&parts, out),
        })),
        output: args.output.as_deref(),
        outcome: Outcome::Fine,
    }
}

/// A line a connection. Where there are several systems, each has its name above.
fn text(parts: &[Part], out: &mut dyn Write) -> io::Result<()> {
    for part in parts {
        if parts.len() > 1 {
            writeln!(out, "# {}", palisade_report::clean(&part.root.name))?;
        }
        for connection in part.network.connections().iter() {
            writeln!(out, "{}", palisade_report::clean(&connection.to_string()))?;
        }
    }
    Ok(())
}

/// An array with a line for each connection.
fn json(parts: &[Part], out: &mut dyn Write) -> io::Result<()> {
    let mut before = "[\n  ";
    for part in parts {
        for connection in part.network.connections().iter() {
            out.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *out, &row(parts, part, &connection))?;
            before = ",\n  ";
        }
    }
    out.write_all(if before.starts_with('[') { b"[]\n" } else { b"\n]\n" })
}

fn csv(parts: &[Part], out: &mut dyn Write) -> io::Result<()> {
    let system = if parts.len() > 1 { "system," } else { "" };
    writeln!(out, "{system}src,dst,conn")?;
    for part in parts {
        for connection in part.network.connections().iter() {
            let row = row(parts, part, &connection);
            let fields = row.system.into_iter().chain([row.src, row.dst, &row.conn]);
            let fields: Vec<String> = fields.map(quoted).collect();
            writeln!(out, "{}", fields.join(","))?;
        }
    }
    Ok(())
}

/// A field of a table; never one that a spreadsheet takes for a formula.
fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t']) {
        "'"
    } else {
        ""
    };
    if guard.is_empty() && !field.contains([',', '"', '\n', '\r']) {
        return field.to_owned();
    }
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

fn row<'r>(parts: &[Part], part: &'r Part, connection: &Connection<'r>) -> Row<'r> {
    Row {
        system: (parts.len() > 1).then_some(&*part.root.name),
        src: connection.from,
        dst: connection.to,
        conn: connection.ports.to_string(),
    }
}
