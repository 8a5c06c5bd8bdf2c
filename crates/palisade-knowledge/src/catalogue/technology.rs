//! Recognises programs by their images.

use crate::catalogue::Catalogue;
use crate::entry::Technology;

impl Catalogue {
    /// The technology that an image is of, from its repository alone: registry, tag and digest do not count.
    ///
    /// Of several that match, an exact pattern is better than one with `*`, a longer better than a shorter, and then the
    /// first id.
    pub fn technology_of_image(&self, image: &str) -> Option<&Technology> {
        let repository = repository(image);
        let mut best: Option<(Specificity, &Technology)> = None;
        for technology in self.technologies.values() {
            let specificity = technology
                .images
                .iter()
                .filter(|pattern| matches(pattern, &repository))
                .map(|pattern| (!pattern.contains('*'), pattern.len()))
                .max();
            let is_not = || {
                technology
                    .not_images
                    .iter()
                    .any(|pattern| matches(pattern, &repository))
            };
            if let Some(specificity) = specificity
                && best.is_none_or(|(known, _)| specificity > known)
                && !is_not()
            {
                best = Some((specificity, technology));
            }
        }
        best.map(|(_, technology)| technology)
    }
}

/// Exact before wildcard, then longer before shorter.
type Specificity = (bool, usize);

/// `ghcr.io/org/name:tag@digest` → `ghcr.io/org/name`, in lower case.
pub(crate) fn repository(image: &str) -> String {
    let without_digest = image.split('@').next().unwrap_or(image);
    let name_start = without_digest.rfind('/').map_or(0, |slash| slash + 1);
    let tag_start = without_digest
        .rfind(':')
        .filter(|colon| *colon > name_start)
        .unwrap_or(without_digest.len());
    without_digest
        .get(..tag_start)
        .unwrap_or(without_digest)
        .to_ascii_lowercase()
}

/// Whether a pattern is the end of a repository's path: as many parts as the pattern has, its `*` standing for anything.
pub(crate) fn matches(pattern: &str, repository: &str) -> bool {
    let end = pattern.split_once('*').map_or(pattern, |(_, end)| end);
    // Nearly always this settles it.
    if !repository.ends_with(end) {
        return false;
    }
    let parts = pattern.matches('/').count() + 1;
    let start = repository
        .rmatch_indices('/')
        .nth(parts - 1)
        .map_or(0, |(slash, _)| slash + 1);
    let tail = repository.get(start..).unwrap_or_default();
    match pattern.split_once('*') {
        None => tail == pattern,
        Some((prefix, suffix)) => tail.strip_prefix(prefix).is_some_and(|rest| rest.ends_with(suffix)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_repository_counts() {
        for (image, expected) in [
            ("redis", "redis"),
            ("redis:7", "redis"),
            ("localhost:5000/redis", "localhost:5000/redis"),
            (
                "Registry.Example.com:443/a/Redis:7@sha256:00",
                "registry.example.com:443/a/redis",
            ),
            ("redis@sha256:00", "redis"),
            ("", ""),
        ] {
            assert_eq!(repository(image), expected);
        }
    }

    #[test]
    fn patterns_match_whole_path_parts_from_the_end() {
        assert!(matches("redis", "docker.io/library/redis"));
        assert!(matches("redis-*", "bitnami/redis-cluster"));
        assert!(matches(
            "ingress-nginx/controller*",
            "registry.k8s.io/ingress-nginx/controller-chroot"
        ));
        assert!(!matches("redis", "example.com/my-redis"));
        assert!(!matches("controller", "example.com/controller/redis"));
        assert!(!matches("a/b", "b"));
        assert!(!matches("aba*aba", "aba"));
    }

    #[test]
    fn well_known_images_are_recognised() {
        let catalogue = Catalogue::builtin().expect("the catalogue loads");
        let id = |image| catalogue.technology_of_image(image).map(|technology| &*technology.id);
        for (image, expected) in [
            ("redis:alpine", Some("redis")),
            ("oliver006/redis_exporter:v1", None),
            ("mongo:4", Some("mongodb")),
            ("mongo-express:1", None),
            ("docker.io/bitnami/postgresql:16@sha256:00", Some("postgresql")),
            ("quay.io/prometheuscommunity/postgres-exporter", None),
            ("rabbitmq:3-management", Some("rabbitmq")),
            (
                "registry.k8s.io/ingress-nginx/controller:v1.11.0",
                Some("ingress-nginx"),
            ),
            ("registry.k8s.io/etcd:3.5.0-0", Some("etcd")),
            ("minio/minio", Some("minio")),
            ("minio/mc", None),
            ("example.com/shop/frontend:1", None),
        ] {
            assert_eq!(id(image), expected, "{image}");
        }
    }
}
