//! Names and tactics of techniques against the tables of their publishers, where those are at hand.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may panic, and say what they skip; helpers outside of test functions as well"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use palisade_knowledge::{Catalogue, Matrix, Technique};

/// A row of a table, by the names of its columns.
type Row = BTreeMap<String, String>;

/// A table of the corpus; none where the corpus is not present.
fn table(name: &str) -> Option<Vec<Row>> {
    let root = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let path = root.join("reference").join(name);
    if !path.exists() {
        eprintln!("skipped: corpus not present");
        return None;
    }
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = columns.iter().zip(line.split('\t'));
        cells
            .map(|(column, cell)| ((*column).to_owned(), cell.to_owned()))
            .collect()
    };
    Some(lines.map(row).collect())
}

fn catalogue() -> Catalogue {
    Catalogue::builtin().unwrap()
}

/// `Lateral Movement, Impact` → their short names.
fn short_names(tactics: &str) -> BTreeSet<String> {
    let short = |tactic: &str| tactic.trim().to_lowercase().replace(' ', "-");
    tactics
        .split(',')
        .filter(|tactic| !tactic.is_empty())
        .map(short)
        .collect()
}

fn tactics(technique: &Technique) -> BTreeSet<String> {
    technique.tactics.iter().cloned().collect()
}

/// The ids of a matrix.
fn ids(catalogue: &Catalogue, matrix: Matrix) -> BTreeSet<String> {
    let techniques = catalogue.techniques.values();
    techniques
        .filter(|it| it.matrix == matrix)
        .map(|it| it.id.clone())
        .collect()
}

fn id_of(row: &Row) -> String {
    row["id"].clone()
}

#[test]
fn containers_techniques_are_those_of_attack() {
    let Some(rows) = table("attack_containers_techniques.tsv") else {
        return;
    };
    let catalogue = catalogue();
    assert_eq!(rows.len(), 48);
    assert_eq!(
        rows.iter().map(id_of).collect::<BTreeSet<_>>(),
        ids(&catalogue, Matrix::AttackContainers)
    );
    for row in rows {
        let technique = &catalogue.techniques[&row["id"]];
        assert_eq!(technique.name, row["name"]);
        assert_eq!(tactics(technique), short_names(&row["tactics"]), "{}", technique.id);
        assert_eq!(
            technique.version.as_ref(),
            Some(&row["object_version"]),
            "{}",
            technique.id
        );
        assert_eq!(technique.url, row["url"]);
        let parent = Some(&row["parent"]).filter(|parent| **parent != technique.id);
        assert_eq!(technique.parent.as_ref(), parent, "{}", technique.id);
    }
}

#[test]
fn kubernetes_techniques_are_those_of_the_threat_matrix() {
    let Some(rows) = table("ms_tm_k8s_techniques.tsv") else {
        return;
    };
    let catalogue = catalogue();
    assert_eq!(
        rows.iter().map(id_of).collect::<BTreeSet<_>>(),
        ids(&catalogue, Matrix::K8sThreatMatrix)
    );
    for row in rows {
        let technique = &catalogue.techniques[&row["id"]];
        assert_eq!(technique.name, row["nav_name"]);
        assert_eq!(tactics(technique), short_names(&row["nav_tactics"]), "{}", technique.id);
        let known = |id: &&str| catalogue.techniques.contains_key(*id);
        let links: BTreeSet<&str> = row["attack_ids"].split(',').filter(known).collect();
        let ours: BTreeSet<&str> = technique.links.iter().map(|id| &**id).collect();
        assert!(links.is_subset(&ours), "{}: {links:?} {ours:?}", technique.id);
    }
}

#[test]
fn atlas_techniques_are_as_published() {
    let (Some(rows), Some(names)) = (table("atlas_techniques.tsv"), table("atlas_tactics.tsv")) else {
        return;
    };
    let catalogue = catalogue();
    let names: BTreeMap<String, String> = names
        .iter()
        .map(|row| (row["id"].clone(), row["name"].clone()))
        .collect();
    let rows: BTreeMap<String, Row> = rows.into_iter().map(|row| (row["id"].clone(), row)).collect();
    for id in ids(&catalogue, Matrix::Atlas) {
        let technique = &catalogue.techniques[&id];
        let row = rows.get(&id).unwrap_or_else(|| panic!("ATLAS has no {id}"));
        assert_eq!(technique.name, row["name"]);
        let published = row["tactics"].split(',').filter_map(|tactic| names.get(tactic));
        let published: BTreeSet<String> = published.flat_map(|name| short_names(name)).collect();
        assert_eq!(tactics(technique), published, "{id}");
    }
}
