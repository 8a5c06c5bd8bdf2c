//! Patches that no kustomization refers to: parts of workloads, which would be judged for what stands in the rest.

use palisade_inventory::{Node, ResourceId};

/// Whether this is only a part of a workload: without `spec.selector` and the labels that it selects the API server refuses
/// it, and its file's name or a container without an image says that something else was meant to complete it.
pub(crate) fn is_fragment(id: &ResourceId, object: &Node, file: &str) -> bool {
    let needs_selector = &*id.group == "apps"
        && object.text(&["apiVersion"]) == Some("apps/v1")
        && matches!(&*id.kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet");
    let is_incomplete =
        object.at(&["spec", "selector"]).is_none() && object.at(&["spec", "template", "metadata", "labels"]).is_none();
    needs_selector && is_incomplete && (is_named_patch(file) || lacks_image(object))
}

/// What stands in a folder of patches or overlays, or is called a patch.
fn is_named_patch(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    let mut parts = file.rsplit(['/', '\\']);
    let is_patch = parts.next().is_some_and(|name| name.contains("patch"));
    is_patch || parts.any(|folder| matches!(folder, "patches" | "overlays"))
}

fn lacks_image(object: &Node) -> bool {
    let containers = object.items(&["spec", "template", "spec", "containers"]);
    containers.is_empty() || containers.iter().any(|container| container.get("image").is_none())
}

#[cfg(test)]
mod tests {
    use crate::read_bytes;

    fn is_read(file: &str, container: &str, rest: &str) -> bool {
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{template: {{spec: {{containers: [{container}]}}}}{rest}}}"
        );
        let reading = read_bytes(file, text.as_bytes());
        let is_told = reading.coverage.notices.iter().any(|notice| notice.code == "fragment");
        assert_eq!(reading.coverage.understood, 1);
        assert_eq!(is_told, reading.resources.is_empty());
        !reading.resources.is_empty()
    }

    #[test]
    fn only_what_must_be_a_part_is_left_out() {
        assert!(!is_read("config/web_patch.yaml", "{name: web, image: web:1}", ""));
        assert!(!is_read("overlays/web.yaml", "{name: web, image: web:1}", ""));
        assert!(!is_read("config/patches/web.yaml", "{name: web, image: web:1}", ""));
        assert!(!is_read("config/web.yaml", "{name: web, args: [-v]}", ""));
        assert!(is_read("config/web.yaml", "{name: web, image: web:1}", ""));
        let selector = ", selector: {matchLabels: {app: web}}";
        assert!(is_read("config/web_patch.yaml", "{name: web, args: [-v]}", selector));
        assert!(is_read("overlays/web.yaml", "{name: web, image: web:1}", selector));
    }
}
