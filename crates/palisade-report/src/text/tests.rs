//! Snapshots of every page, without styles, and what must hold for all of them.

use palisade_knowledge::Catalogue;

use super::page::width;
use super::{TextOptions, assess, elements, explain, paths, threats};
use crate::sample;
use crate::select::focus;
use palisade_inventory::Pattern;

const OPTIONS: TextOptions = TextOptions {
    width: 90,
    verbose: false,
};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn one_system() {
    insta::assert_snapshot!(plain(&assess(&sample::assessment(), OPTIONS)));
}

#[test]
fn several_systems() {
    insta::assert_snapshot!(plain(&assess(&sample::two_systems(), OPTIONS)));
}

#[test]
fn the_ledger() {
    insta::assert_snapshot!(plain(&threats(&sample::assessment(), OPTIONS)));
}

#[test]
fn one_element() {
    let mut assessment = sample::assessment();
    let ids = focus(&mut assessment, &Pattern::new("Deployment/shop/worker"));
    let catalogue = Catalogue::default();
    insta::assert_snapshot!(plain(&elements(&assessment, &ids, &catalogue, OPTIONS)));
}

#[test]
fn every_path() {
    insta::assert_snapshot!(plain(&paths(&sample::assessment(), OPTIONS)));
}

#[test]
fn ids_are_explained_in_any_case() {
    let assessment = sample::assessment();
    let catalogue = Catalogue::default();
    let explain = |id| explain(&assessment, id, &catalogue, OPTIONS).map(|text| plain(&text));
    for id in ["ap-0000000001", "TM-0000000001", "deployment/shop/web"] {
        assert!(explain(id).is_some(), "{id}");
    }
    assert_eq!(explain("Deployment/shop/nobody"), None);
}

#[test]
fn nothing_is_wider_than_asked_for() {
    let assessment = sample::two_systems();
    for columns in [60, 80, 100] {
        let options = TextOptions {
            width: columns,
            verbose: true,
        };
        for page in [assess, threats, paths].map(|page| plain(&page(&assessment, options))) {
            for line in page.lines() {
                assert!(width(line) <= columns, "{} columns: {line}", width(line));
            }
        }
    }
}

#[test]
fn styles_end_where_they_should() {
    let text = assess(&sample::assessment(), OPTIONS);
    assert!(text.contains("\u{1b}["));
    for line in text.lines().filter(|line| line.contains("\u{1b}[")) {
        let last = line.rfind("\u{1b}[").and_then(|at| line.get(at..)).unwrap_or_default();
        assert!(last.starts_with("\u{1b}[0m"), "{line:?}");
    }
}
