//! Annotations that may be kept: those that mean something to Kubernetes, to a cloud, a mesh, a checker or a team.

/// What becomes of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is kept, checked like any text.
    Text,
    /// It is kept only as far as its addresses go.
    Addresses,
    /// It is dropped with its key: a copy of the whole object.
    Nothing,
}

/// Annotations by name.
const NAMES: [&str; 24] = [
    "kubernetes.io/ingress.class",
    "kubernetes.io/psp",
    "kubernetes.io/service-account.name",
    "rbac.authorization.kubernetes.io/autoupdate",
    "scheduler.alpha.kubernetes.io/critical-pod",
    "net.beta.kubernetes.io/network-policy",
    "networking.gke.io/load-balancer-type",
    "cloud.google.com/load-balancer-type",
    "iam.gke.io/gcp-service-account",
    "eks.amazonaws.com/role-arn",
    "iam.amazonaws.com/role",
    "sidecar.istio.io/inject",
    "linkerd.io/inject",
    "config.linkerd.io/default-inbound-policy",
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "nginx.ingress.kubernetes.io/force-ssl-redirect",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/backend-protocol",
    "alb.ingress.kubernetes.io/backend-protocol",
    "alb.ingress.kubernetes.io/scheme",
    "appgw.ingress.kubernetes.io/use-private-ip",
    "nginx.ingress.kubernetes.io/whitelist-source-range",
    "argocd.argoproj.io/sync-wave",
    "argocd.argoproj.io/hook",
];

/// Annotations by how their name begins.
const BEGINNINGS: [&str; 23] = [
    "apparmor.security.beta.kubernetes.io/",
    "container.apparmor.security.beta.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "container.security.alpha.kubernetes.io/",
    "pod-security.kubernetes.io/",
    "azure.workload.identity/",
    "prometheus.io/",
    "traffic.sidecar.istio.io/",
    "ignore-check.kube-linter.io/",
    "kube-linter.io/ignore-all",
    "kube-score/ignore",
    "checkov.io/skip",
    "kubescape",
    "trivy.dev/",
    "palisade.dev/",
    "service.beta.kubernetes.io/",
    "service.kubernetes.io/",
    "controller.kubernetes.io/",
    "storageclass.kubernetes.io/",
    "ingressclass.kubernetes.io/",
    "deprecated.daemonset.template.generation",
    "deployment.kubernetes.io/revision",
];

/// Last parts of a name that tell who answers for an object.
const OWNERS: [&str; 9] = [
    "owner",
    "owners",
    "team",
    "squad",
    "tribe",
    "contact",
    "maintainer",
    "maintainers",
    "component",
];

/// What becomes of the annotation `name`.
pub(super) fn keep(name: &str) -> Keep {
    if name == "kubectl.kubernetes.io/last-applied-configuration" || name.ends_with("/last-applied") {
        return Keep::Nothing;
    }
    let last = name.rsplit(['/', '.']).next().unwrap_or(name);
    let is_kept = NAMES.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || OWNERS.contains(&last)
        || (name.starts_with("polaris.fairwinds.com/") && name.ends_with("-exempt"))
        || name.starts_with("polaris.fairwinds.com/exempt")
        || name.contains("load-balancer-internal")
        || name.contains("load-balancer-scheme");
    if is_kept { Keep::Text } else { Keep::Addresses }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations() {
        assert_eq!(keep("eks.amazonaws.com/role-arn"), Keep::Text);
        assert_eq!(keep("example.com/team"), Keep::Text);
        assert_eq!(
            keep("service.beta.kubernetes.io/aws-load-balancer-internal"),
            Keep::Text
        );
        assert_eq!(keep("example.com/webhook"), Keep::Addresses);
        assert_eq!(keep("kubectl.kubernetes.io/last-applied-configuration"), Keep::Nothing);
    }
}
