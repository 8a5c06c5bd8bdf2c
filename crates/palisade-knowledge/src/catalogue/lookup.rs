//! From what a person typed to entries: ids of every kind, requirements of frameworks, names, and near misses.

use palisade_inventory::{ALIKE, likeness};

use crate::catalogue::Catalogue;
use crate::framework::{Framework, Requirement};
use crate::kind::EntryKind;

/// Ids offered for a near miss.
const FEW: usize = 3;

/// What a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// Entries; more than one where two kinds share an id, as the project and the technology `etcd` do.
    Entries(Vec<(EntryKind, &'a str)>),
    /// A requirement of a framework.
    Requirement(&'a Framework, &'a Requirement),
    /// Several frameworks have a requirement with this id: each as `framework:id`.
    Ambiguous(Vec<String>),
    /// Nothing. What is most like it, best first; may be empty.
    Nothing(Vec<String>),
}

impl Catalogue {
    /// What a text names: an entry's id, a requirement's id (`AC-6`, or `nist-800-53-r5:AC-6`), or an entry's name.
    /// Case does not count. With `framework` only requirements of frameworks whose id begins so are looked at.
    pub fn lookup(&self, text: &str, framework: Option<&str>) -> Lookup<'_> {
        let text = text.trim();
        if text.is_empty() {
            return Lookup::Nothing(Vec::new());
        }
        if framework.is_none() {
            let entries = self.find(|id, _| id.eq_ignore_ascii_case(text));
            if !entries.is_empty() {
                return Lookup::Entries(entries);
            }
        }
        let (framework, id) = match (framework, text.split_once(':')) {
            (Some(framework), _) => (framework, text),
            (None, Some((framework, id))) => (framework, id.trim_start()),
            (None, None) => ("", text),
        };
        match self.requirements(framework, id).as_slice() {
            [(framework, requirement)] => return Lookup::Requirement(framework, requirement),
            [] => {}
            several => {
                let shown = |(framework, requirement): &(&Framework, &Requirement)| {
                    format!("{}:{}", framework.id, requirement.id)
                };
                return Lookup::Ambiguous(several.iter().map(shown).collect());
            }
        }
        let named = self.find(|_, name| name.eq_ignore_ascii_case(text));
        if named.is_empty() {
            Lookup::Nothing(self.similar(text))
        } else {
            Lookup::Entries(named)
        }
    }

    /// Requirements with this id of the frameworks whose id begins with `framework`.
    fn requirements(&self, framework: &str, id: &str) -> Vec<(&Framework, &Requirement)> {
        let frameworks = self.frameworks.values().filter(|known| {
            let start = known.id.get(..framework.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(framework))
        });
        frameworks
            .filter_map(|known| {
                let requirement = known.requirements.iter().find(|it| it.id.eq_ignore_ascii_case(id))?;
                Some((known, requirement))
            })
            .collect()
    }

    /// Entries whose id, name or other name is as wanted, in the order of the kinds.
    fn find(&self, is_it: impl Fn(&str, &str) -> bool) -> Vec<(EntryKind, &str)> {
        let mut found: Vec<(EntryKind, &str)> = Vec::new();
        for kind in EntryKind::ALL {
            let entries = self.titles(kind).into_iter();
            found.extend(entries.filter(|(id, title)| is_it(id, title)).map(|(id, _)| (kind, id)));
        }
        for actor in self.actors.values() {
            let key = (EntryKind::Actors, &*actor.id);
            // MITRE's own ids of groups and software: `G0139`.
            let sources = actor.techniques.iter().map(|ascribed| &ascribed.source.url);
            let mut published =
                sources.filter_map(|url| url.strip_prefix("https://attack.mitre.org/")?.rsplit('/').next());
            let is_alias = actor.aliases.iter().any(|alias| is_it("", alias));
            if !found.contains(&key) && (is_alias || published.any(|id| is_it(id, ""))) {
                found.push(key);
            }
        }
        found
    }

    /// Ids that a text may have been meant to be, the most alike first.
    pub fn similar(&self, text: &str) -> Vec<String> {
        let wanted = text.to_lowercase();
        let likeness = |known: &str| likeness(&wanted, &known.to_lowercase());
        let mut alike: Vec<(f64, String)> = Vec::new();
        for kind in EntryKind::ALL {
            for (id, title) in self.titles(kind) {
                alike.push((likeness(id).max(likeness(title)), id.to_owned()));
            }
        }
        for framework in self.frameworks.values() {
            let ids = framework.requirements.iter().map(|requirement| &requirement.id);
            alike.extend(ids.map(|id| (likeness(id), format!("{}:{id}", framework.id))));
        }
        alike.retain(|(likeness, _)| *likeness >= ALIKE);
        alike.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
        alike.dedup_by(|(_, x), (_, y)| x == y);
        alike.into_iter().take(FEW).map(|(_, id)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, framework: Option<&str>) -> String {
        let catalogue = Catalogue::builtin().expect("the catalogue loads");
        match catalogue.lookup(text, framework) {
            Lookup::Entries(entries) => {
                let shown = |(kind, id): (EntryKind, &str)| format!("{kind}/{id}");
                entries.into_iter().map(shown).collect::<Vec<_>>().join(" ")
            }
            Lookup::Requirement(framework, requirement) => format!("{}:{}", framework.id, requirement.id),
            Lookup::Ambiguous(candidates) => format!("one of {}", candidates.join(" ")),
            Lookup::Nothing(similar) => format!("nothing, like {}", similar.join(" ")),
        }
    }

    #[test]
    fn every_kind_of_id_is_found() {
        for (text, expected) in [
            ("PAL-W001", "weaknesses/PAL-W001"),
            ("pal-s001", "steps/PAL-S001"),
            ("T1611", "techniques/T1611"),
            ("ms-ta9018", "techniques/MS-TA9018"),
            ("AML.T0105", "techniques/AML.T0105"),
            ("PAL-C001", "controls/PAL-C001"),
            ("nist-800-53-r5", "frameworks/nist-800-53-r5"),
            ("PAL-A020", "actors/PAL-A020"),
            ("TeamTNT", "actors/PAL-A020"),
            ("g0139", "actors/PAL-A020"),
            ("argo-cd", "projects/argo-cd"),
            ("etcd", "projects/etcd technologies/etcd"),
            ("PAL-I050", "incidents/PAL-I050"),
            ("postgresql", "technologies/postgresql"),
            ("AC-6", "nist-800-53-r5:AC-6"),
            ("cc6.1", "soc-2:CC6.1"),
            ("A.8.9", "iso-27001-2022:A.8.9"),
            ("nist-800-53-r5:AC-6(9)", "nist-800-53-r5:AC-6(9)"),
            ("iso: A.8.9", "iso-27001-2022:A.8.9"),
            ("5.2.2", "cis-kubernetes:5.2.2"),
        ] {
            assert_eq!(found(text, None), expected, "{text}");
        }
        assert_eq!(found("5.2.2", Some("cis")), "cis-kubernetes:5.2.2");
    }

    #[test]
    fn every_entry_is_found_by_its_id() {
        let catalogue = Catalogue::builtin().expect("the catalogue loads");
        for kind in EntryKind::ALL {
            for (id, _) in catalogue.titles(kind) {
                let Lookup::Entries(entries) = catalogue.lookup(id, None) else {
                    panic!("{id}");
                };
                assert!(entries.contains(&(kind, id)), "{id}");
            }
        }
        for framework in catalogue.frameworks.values() {
            for requirement in &framework.requirements {
                let id = format!("{}:{}", framework.id, requirement.id);
                assert_eq!(catalogue.lookup(&id, None), Lookup::Requirement(framework, requirement));
            }
        }
    }

    #[test]
    fn near_misses_are_offered() {
        assert!(
            found("T1661", None).starts_with("nothing, like T1611"),
            "{}",
            found("T1661", None)
        );
        assert!(found("postgre", None).contains("postgresql"));
        assert!(found("cis-kubernets", None).contains("cis-kubernetes"));
        assert_eq!(found("§§§§", None), "nothing, like ");
        assert_eq!(found(" ", None), "nothing, like ");
    }
}
