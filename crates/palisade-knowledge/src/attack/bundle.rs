//! Reads an ATT&CK Enterprise bundle as MITRE publishes it: STIX 2.1, one JSON object with tens of thousands of others in it.
//!
//! Objects are read one at a time and forgotten but for the few fields that matter, so that memory does not grow with the
//! prose of the bundle.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

/// The kill chain that Enterprise tactics are phases of.
const KILL_CHAIN: &str = "mitre-attack";
/// The source whose external ids are ATT&CK's.
const SOURCE: &str = "mitre-attack";

/// A bundle that can't be used.
#[derive(Debug, Error)]
pub enum BundleError {
    /// It is no JSON, or not of the shape of a bundle.
    #[error("it is not a STIX bundle: {0}")]
    NotABundle(#[from] serde_json::Error),
    /// It is a bundle without techniques.
    #[error("it holds no ATT&CK technique: take enterprise-attack.json of a release")]
    NoTechnique,
}

/// What a release of ATT&CK says of techniques.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttackRelease {
    /// The release, as its collection says: `18.1`.
    pub version: Option<String>,
    /// Techniques by id.
    pub techniques: BTreeMap<String, AttackTechnique>,
}

/// A technique of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackTechnique {
    /// `T1611`, `T1552.001`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Short names of its tactics, in the order of the bundle.
    pub tactics: Vec<String>,
    /// Whether Containers is among its platforms.
    pub is_of_containers: bool,
    /// The version of its object: `1.8`.
    pub version: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The technique that stands in its place.
    pub revoked_by: Option<String>,
    /// Whether it was deprecated: withdrawn without another in its place.
    pub deprecated: bool,
}

impl AttackRelease {
    /// Reads a bundle.
    pub fn read(bundle: impl Read) -> Result<Self, BundleError> {
        let mut deserializer = serde_json::Deserializer::from_reader(bundle);
        let mut found = Found::default();
        deserializer.deserialize_map(&mut found)?;
        deserializer.end()?;
        let release = found.release();
        if release.techniques.is_empty() {
            return Err(BundleError::NoTechnique);
        }
        Ok(release)
    }

    /// The technique that stands in the place of a revoked one, through as many revocations as there are.
    pub fn successor(&self, id: &str) -> Option<&AttackTechnique> {
        let mut technique = self.techniques.get(id)?;
        // Longer than any chain, and an end to one that goes round.
        for _ in 0..16 {
            match &technique.revoked_by {
                Some(next) => technique = self.techniques.get(next)?,
                None => return Some(technique).filter(|technique| technique.id != id && !technique.revoked),
            }
        }
        None
    }
}

/// The fields of an object that matter here.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    external_references: Vec<Reference>,
    #[serde(default)]
    kill_chain_phases: Vec<Phase>,
    #[serde(default)]
    x_mitre_platforms: Vec<String>,
    #[serde(default)]
    x_mitre_version: Option<String>,
    #[serde(default)]
    x_mitre_deprecated: bool,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    relationship_type: Option<String>,
    #[serde(default)]
    source_ref: Option<String>,
    #[serde(default)]
    target_ref: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: String,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

#[derive(Deserialize)]
struct Phase {
    kill_chain_name: String,
    phase_name: String,
}

/// What has been read so far.
#[derive(Default)]
struct Found {
    version: Option<String>,
    /// Techniques by the ids of their objects.
    techniques: BTreeMap<String, AttackTechnique>,
    /// From the revoked object to the one in its place.
    revocations: BTreeMap<String, String>,
}

impl Found {
    fn add(&mut self, object: Object) {
        match &*object.kind {
            "x-mitre-collection" => self.version = object.x_mitre_version,
            "relationship" if object.relationship_type.as_deref() == Some("revoked-by") => {
                if let (Some(old), Some(new)) = (object.source_ref, object.target_ref) {
                    self.revocations.insert(old, new);
                }
            }
            "attack-pattern" => self.add_technique(object),
            _ => {}
        }
    }

    fn add_technique(&mut self, object: Object) {
        let is_its_own = |reference: &Reference| reference.source_name == SOURCE;
        let mut references = object.external_references.into_iter();
        let Some(reference) = references.find(is_its_own) else {
            return;
        };
        let (Some(id), Some(name)) = (reference.external_id, object.name) else {
            return;
        };
        if !is_id(&id) {
            return;
        }
        let phases = object.kill_chain_phases.into_iter();
        let phases = phases.filter(|phase| phase.kill_chain_name == KILL_CHAIN);
        let technique = AttackTechnique {
            id,
            name,
            tactics: phases.map(|phase| phase.phase_name).collect(),
            is_of_containers: object.x_mitre_platforms.iter().any(|platform| platform == "Containers"),
            version: object.x_mitre_version,
            url: reference.url,
            revoked: object.revoked,
            revoked_by: None,
            deprecated: object.x_mitre_deprecated,
        };
        self.techniques.insert(object.id, technique);
    }

    fn release(mut self) -> AttackRelease {
        for (old, new) in &self.revocations {
            let id = self.techniques.get(new).map(|technique| technique.id.clone());
            if let Some(technique) = self.techniques.get_mut(old) {
                technique.revoked_by = id.filter(|id| *id != technique.id);
            }
        }
        let mut techniques: BTreeMap<String, AttackTechnique> = BTreeMap::new();
        for technique in self.techniques.into_values() {
            // Of two objects with one id the one in force counts.
            let known = techniques.get(&technique.id);
            if known.is_none_or(|known| known.revoked || known.deprecated) {
                techniques.insert(technique.id.clone(), technique);
            }
        }
        AttackRelease {
            version: self.version,
            techniques,
        }
    }
}

/// `T1611` or `T1552.001`. Files are named after ids, so nothing else will do.
fn is_id(id: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = id.strip_prefix('T').unwrap_or_default();
    match number.split_once('.') {
        Some((number, part)) => digits(number, 4) && digits(part, 3),
        None => digits(number, 4),
    }
}

impl<'de> Visitor<'de> for &mut Found {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a STIX bundle")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut bundle: A) -> Result<(), A::Error> {
        while let Some(key) = bundle.next_key::<String>()? {
            if key == "objects" {
                bundle.next_value_seed(Objects(self))?;
            } else {
                bundle.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The objects of a bundle, taken in one by one.
struct Objects<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Objects<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Objects<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the objects of a bundle")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut objects: A) -> Result<(), A::Error> {
        while let Some(object) = objects.next_element::<Object>()? {
            self.0.add(object);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_bundle_is_refused() {
        let read = |text: &str| {
            AttackRelease::read(text.as_bytes())
                .expect_err("it is none")
                .to_string()
        };
        assert!(read("").starts_with("it is not a STIX bundle: "));
        assert!(read("[]").starts_with("it is not a STIX bundle: "));
        assert!(read("{\"objects\": 1}").starts_with("it is not a STIX bundle: "));
        assert!(read("{\"objects\": [{\"type\": 1}]}").contains("line 1"));
        assert!(read("{\"type\": \"bundle\", \"objects\": []}").starts_with("it holds no ATT&CK technique"));
    }

    #[test]
    fn ids_can_be_file_names() {
        assert!(is_id("T1611") && is_id("T1552.001"));
        for id in [
            "",
            "T",
            "T161",
            "T16111",
            "T1611.1",
            "T1611.0011",
            "T../x",
            "TA0001",
            "T1611/../x",
        ] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn a_revocation_that_goes_round_has_no_end() {
        let technique = |id: &str, by: &str| AttackTechnique {
            id: id.to_owned(),
            name: id.to_owned(),
            tactics: Vec::new(),
            is_of_containers: false,
            version: None,
            url: None,
            revoked: true,
            revoked_by: Some(by.to_owned()),
            deprecated: false,
        };
        let mut release = AttackRelease::default();
        for (id, by) in [("T1", "T2"), ("T2", "T1")] {
            release.techniques.insert(id.to_owned(), technique(id, by));
        }
        assert_eq!(release.successor("T1"), None);
    }
}
