//! Rows for a spreadsheet: RFC 4180, and nothing that a spreadsheet would run.

/// Writes rows of comma-separated values with the lines' ends that RFC 4180 asks for.
pub(crate) struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// A table with a row of headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(Vec::new());
        let mut table = Self { writer };
        table.row(headings);
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[impl AsRef<str>]) {
        // Writing to memory does not fail, and rows of any length are taken.
        let _ = self
            .writer
            .write_record(cells.iter().map(|cell| harmless(cell.as_ref())));
    }

    /// The whole table.
    pub(crate) fn finish(self) -> String {
        let bytes = self.writer.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins as formulas do gets an apostrophe, as OWASP advises.
/// Control characters become spaces.
fn harmless(cell: &str) -> String {
    let text: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_number = text.parse::<f64>().is_ok();
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') if !is_number => format!("'{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_not_become_formulas() {
        let mut table = Table::new(&["name", "amount"]);
        for name in [
            "=HYPERLINK(\"http://x\")",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "\r=1",
        ] {
            table.row(&[name, "-5"]);
        }
        let text = table.finish();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            let first = record.get(0).unwrap();
            assert!(first.starts_with('\''), "{first:?}");
            // A number stays one.
            assert_eq!(record.get(1), Some("-5"));
        }
    }

    #[test]
    fn quotes_commas_and_lines_stay_in_their_cell() {
        let mut table = Table::new(&["a", "b"]);
        table.row(&["x\"y, z", "one\ntwo"]);
        assert_eq!(table.finish(), "a,b\r\n\"x\"\"y, z\",one two\r\n");
    }
}
