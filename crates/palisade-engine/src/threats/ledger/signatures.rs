//! Admission that lets in only images whose signature it verified.

use palisade_inventory::{FieldPath, Node, Resource};

use crate::system::{Element, Evidence, System};

/// The images that a policy verifies, as patterns, and where it says so.
#[derive(Debug)]
struct Verifies {
    patterns: Vec<String>,
    evidence: Evidence,
}

/// The policies of a system that verify signatures and refuse what has none.
#[derive(Debug)]
pub(super) struct Signatures {
    policies: Vec<Verifies>,
}

impl Signatures {
    pub(super) fn of(system: &System) -> Self {
        let kinds = ["ClusterImagePolicy", "ClusterPolicy", "ImageValidatingPolicy"];
        let resources = kinds.into_iter().flat_map(|kind| system.resources.of_kind(kind));
        Self {
            policies: resources.filter_map(|resource| verifies(resource)).collect(),
        }
    }

    /// Where it is said that the signatures of all images of an element are verified.
    pub(super) fn verified(&self, element: &Element) -> Option<Vec<Evidence>> {
        let of_image = |image: &String| {
            let policy = self
                .policies
                .iter()
                .find(|policy| policy.patterns.iter().any(|pattern| fits(pattern, image)))?;
            Some(policy.evidence.clone())
        };
        let mut evidence: Vec<Evidence> = element.images.iter().map(of_image).collect::<Option<_>>()?;
        evidence.dedup();
        (!evidence.is_empty()).then_some(evidence)
    }
}

fn verifies(resource: &Resource) -> Option<Verifies> {
    let content = &resource.content;
    let (path, patterns) = match (&*resource.id.group, &*resource.id.kind) {
        ("policy.sigstore.dev", "ClusterImagePolicy") if content.text(&["spec", "mode"]) != Some("warn") => {
            ("spec.images", texts(content.items(&["spec", "images"]), "glob"))
        }
        ("kyverno.io", "ClusterPolicy") if content.text(&["spec", "validationFailureAction"]) != Some("Audit") => {
            let rules = content.items(&["spec", "rules"]).iter();
            let verified = rules.flat_map(|rule| rule.items(&["verifyImages"]));
            let references = verified.flat_map(|verified| verified.items(&["imageReferences"]));
            let patterns = references.filter_map(|reference| reference.as_str().map(str::to_owned));
            ("spec.rules", patterns.collect())
        }
        ("policies.kyverno.io", "ImageValidatingPolicy") => (
            "spec.matchImageReferences",
            texts(content.items(&["spec", "matchImageReferences"]), "glob"),
        ),
        _ => return None,
    };
    let note = "signatures of images are verified";
    let path = FieldPath::parse(path);
    (!patterns.is_empty()).then(|| Verifies {
        patterns,
        evidence: Evidence::at(&resource.content_file, content, &path, note),
    })
}

fn texts(items: &[Node], field: &str) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| item.text(&[field]).map(str::to_owned))
        .collect()
}

/// Whether a pattern with `*` (`**` alike) fits an image as it is written.
fn fits(pattern: &str, image: &str) -> bool {
    let mut parts = pattern.split('*').filter(|part| !part.is_empty());
    let mut rest = image;
    if !pattern.starts_with('*') {
        let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else {
            return false;
        };
        rest = after;
    }
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    pattern.ends_with('*') || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        for pattern in ["*", "**", "ghcr.io/shop/*", "ghcr.io/**/web:*", "ghcr.io/shop/web:1"] {
            assert!(fits(pattern, "ghcr.io/shop/web:1"), "{pattern}");
        }
        for pattern in ["docker.io/*", "ghcr.io/shop/web", "*/api:*", "shop/*"] {
            assert!(!fits(pattern, "ghcr.io/shop/web:1"), "{pattern}");
        }
    }
}
