//! Tables.

/// A table of Markdown; nothing where there are no rows.
pub(super) fn table<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<String> = rows
        .into_iter()
        .map(|row| format!("| {} |\n", row.map(|cell| cell.replace('|', "\\|")).join(" | ")))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("| {} |\n|{}\n{}", columns.join(" | "), "---|".repeat(N), rows.concat())
}
