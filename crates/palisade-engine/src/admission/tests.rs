//! Admission of pods, by namespaces, cluster-wide defaults and policies.

use palisade_knowledge::{KubernetesVersion, StartedPod};

use super::{Admission, Admitted, NewPod};
use crate::rbac::Identity;
use crate::testing::resources;

/// What becomes of a privileged pod in namespace `shop`: for this one pod, and for every such pod.
fn privileged(yaml: &str) -> (String, String) {
    privileged_by(yaml, None)
}

fn privileged_by(yaml: &str, user: Option<&Identity>) -> (String, String) {
    let (_, resources) = resources(yaml);
    let admission = Admission::new(&resources, KubernetesVersion::NEWEST);
    let pod = super::sample::pod(StartedPod::Privileged);
    let (namespace, pod) = ("shop", &pod);
    let one = admission.admits(NewPod { namespace, pod, user });
    let every = admission.keeps_out(StartedPod::Privileged, namespace, user);
    (word(&one), word(&every))
}

fn word(admitted: &Admitted) -> String {
    match admitted {
        Admitted::Yes => "yes".to_owned(),
        Admitted::No(refusal) => format!("no: {}", refusal.by),
        Admitted::Unknown(reasons) => format!("unknown: {}", reasons.join("; ")),
    }
}

fn same(answer: &str) -> (String, String) {
    (answer.to_owned(), answer.to_owned())
}

const SHOP: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: web}}\n";

fn labelled(labels: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {{{labels}}}}}\n")
}

#[test]
fn a_namespace_enforces_the_level_of_its_label() {
    let enforce = |level: &str| labelled(&format!("pod-security.kubernetes.io/enforce: {level}"));
    assert_eq!(privileged(SHOP), same("yes"));
    assert_eq!(privileged(&enforce("privileged")), same("yes"));
    assert_eq!(privileged(&enforce("baseline")), same("no: Pod Security admission"));
    assert_eq!(privileged(&enforce("restricted")), same("no: Pod Security admission"));
    // The plugin takes a word that it does not know for the strictest level.
    assert_eq!(privileged(&enforce("strict")), same("no: Pod Security admission"));
    // Auditing and warning let everything in.
    assert_eq!(
        privileged(&labelled("pod-security.kubernetes.io/audit: restricted")),
        same("yes")
    );
}

#[test]
fn the_version_of_a_label_counts() {
    let yaml =
        labelled("pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.7");
    let (_, resources) = resources(&yaml);
    let admission = Admission::new(&resources, KubernetesVersion::NEWEST);
    let escalating = crate::views::nodes::map([(
        "spec",
        crate::views::nodes::map([(
            "containers",
            crate::views::nodes::list(std::iter::once(crate::views::nodes::map([
                ("name", crate::views::nodes::text("a")),
                (
                    "securityContext",
                    crate::views::nodes::map([("runAsNonRoot", crate::views::nodes::flag(true))]),
                ),
            ]))),
        )]),
    )]);
    let new = NewPod {
        namespace: "shop",
        pod: &escalating,
        user: None,
    };
    // allowPrivilegeEscalation is asked for since 1.8.
    assert_eq!(admission.admits(new), Admitted::Yes);
}

const CONFIGURATION: &str = "---
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: {enforce: baseline, enforce-version: latest}
      exemptions: {usernames: [eve], namespaces: [kube-system], runtimeClasses: []}
";

#[test]
fn the_cluster_has_defaults_and_exemptions() {
    let with = |namespace: &str| format!("{namespace}{CONFIGURATION}");
    assert_eq!(privileged(&with(SHOP)), same("no: Pod Security admission"));
    let open = labelled("pod-security.kubernetes.io/enforce: privileged");
    assert_eq!(privileged(&with(&open)), same("yes"));
    let exempt = with(SHOP).replace("[kube-system]", "[shop]");
    assert_eq!(privileged(&exempt), same("yes"));
    let eve = Identity::User("eve".into());
    assert_eq!(privileged_by(&with(SHOP), Some(&eve)), same("yes"));
    let bob = Identity::User("bob".into());
    assert_eq!(
        privileged_by(&with(SHOP), Some(&bob)),
        same("no: Pod Security admission")
    );
}

#[test]
fn a_configuration_in_another_file_is_unknown_where_it_decides() {
    let elsewhere = "---\napiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: \
                     PodSecurity, path: podsecurity.yaml}]\n";
    let (one, _) = privileged(&format!("{SHOP}{elsewhere}"));
    assert!(one.starts_with("unknown"), "{one}");
    let labelled = labelled("pod-security.kubernetes.io/enforce: baseline");
    assert_eq!(
        privileged(&format!("{labelled}{elsewhere}")),
        same("no: Pod Security admission")
    );
}

/// A policy that refuses what does not meet the expression, and its binding; `more` goes into the policy's spec.
fn policy(expression: &str, more: &str) -> String {
    format!(
        "{SHOP}---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: guard}}
spec:
  matchConstraints:
    resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}}]
{more}
  validations:
    - expression: >-
        {expression}
      message: no privileged pods
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: guard}}
spec: {{policyName: guard, validationActions: [Deny]}}
"
    )
}

const NO_PRIVILEGED: &str = "object.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))";

#[test]
fn a_policy_that_denies_keeps_pods_out() {
    let yaml = policy(NO_PRIVILEGED, "");
    assert_eq!(privileged(&yaml), same("no: ValidatingAdmissionPolicy/guard"));
    assert_eq!(privileged(&yaml.replace("[Deny]", "[Warn, Audit]")), same("yes"));
    assert_eq!(
        privileged(&yaml.replace("policyName: guard", "policyName: other")),
        same("yes")
    );
    assert_eq!(privileged(&yaml.replace("[CREATE, UPDATE]", "[UPDATE]")), same("yes"));
    assert_eq!(
        privileged(&yaml.replace("resources: [pods]", "resources: [deployments]")),
        same("yes")
    );
}

#[test]
fn the_evidence_is_the_expression_and_the_binding() {
    let (_, resources) = resources(&policy(NO_PRIVILEGED, ""));
    let admission = Admission::new(&resources, KubernetesVersion::NEWEST);
    let Admitted::No(refusal) = admission.keeps_out(StartedPod::Privileged, "shop", None) else {
        panic!("it is refused");
    };
    assert_eq!(refusal.message, "no privileged pods");
    let paths: Vec<&str> = refusal.evidence.iter().map(|evidence| evidence.path.as_str()).collect();
    assert_eq!(paths, ["spec.validations[0].expression", "spec.validationActions"]);
}

#[test]
fn selectors_and_match_conditions_narrow_a_policy() {
    let no = same("no: ValidatingAdmissionPolicy/guard");
    let here = policy(NO_PRIVILEGED, "    namespaceSelector: {matchLabels: {team: web}}");
    assert_eq!(privileged(&here), no);
    let named = policy(
        NO_PRIVILEGED,
        "    namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}",
    );
    assert_eq!(privileged(&named), same("yes"));
    let excluded = policy(
        NO_PRIVILEGED,
        "    excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods]}]",
    );
    assert_eq!(privileged(&excluded), same("yes"));
    let conditional = policy(
        NO_PRIVILEGED,
        "  matchConditions: [{name: c, expression: \"request.namespace != 'shop'\"}]",
    );
    assert_eq!(privileged(&conditional), same("yes"));
    let bound = here.replace(
        "validationActions: [Deny]",
        "validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {team: other}}}",
    );
    assert_eq!(privileged(&bound), same("yes"));
}

#[test]
fn what_attackers_are_free_to_choose_closes_nothing() {
    let image = policy("object.spec.containers.all(c, c.image.startsWith('ghcr.io/'))", "");
    let (one, every) = privileged(&image);
    assert_eq!(one, "no: ValidatingAdmissionPolicy/guard");
    assert!(every.starts_with("unknown"), "{every}");
    let by_label = policy(
        NO_PRIVILEGED,
        "    objectSelector: {matchExpressions: [{key: exempt, operator: DoesNotExist}]}",
    );
    let (one, every) = privileged(&by_label);
    assert_eq!(one, "no: ValidatingAdmissionPolicy/guard");
    assert!(every.starts_with("unknown"), "{every}");
}

#[test]
fn variables_stand_for_their_expressions() {
    let variables = "  variables:
    - {name: containers, expression: object.spec.containers}
    - {name: bad, expression: 'variables.containers.filter(c, c.?securityContext.?privileged.orValue(false))'}";
    let yaml = policy("size(variables.bad) == 0", variables);
    assert_eq!(privileged(&yaml), same("no: ValidatingAdmissionPolicy/guard"));
}

#[test]
fn errors_go_by_the_failure_policy() {
    let failing = "object.spec.nothing.there == 1";
    let (one, every) = privileged(&policy(failing, ""));
    assert_eq!(one, "no: ValidatingAdmissionPolicy/guard");
    assert!(every.starts_with("unknown"), "{every}");
    assert_eq!(privileged(&policy(failing, "  failurePolicy: Ignore")), same("yes"));
}

#[test]
fn what_cannot_be_evaluated_is_unknown() {
    let unknown = |yaml: &str| {
        let (one, every) = privileged(yaml);
        assert!(
            one.starts_with("unknown") && every.starts_with("unknown"),
            "{one} {every}"
        );
    };
    // Too much work, a variable that only a server has, parameters that are not there.
    let list = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]";
    let nested = (0..6).fold("true".to_owned(), |inner, depth| {
        format!("{list}.all(x{depth}, {inner})")
    });
    unknown(&policy(&nested, ""));
    unknown(&policy(
        "authorizer.group('').resource('pods').check('create').allowed()",
        "",
    ));
    let with_params = policy(NO_PRIVILEGED, "  paramKind: {apiVersion: example.com/v1, kind: Limit}");
    unknown(&with_params.replace(
        "validationActions",
        "paramRef: {name: l, namespace: x}, validationActions",
    ));
    unknown(&policy("request.userInfo.username != 'x'", ""));
}

#[test]
fn parameters_of_the_input_count() {
    let yaml = policy(
        "object.spec.containers.size() <= int(params.data.most) && !object.spec.containers[0].?securityContext.?privileged.orValue(false)",
        "  paramKind: {apiVersion: v1, kind: ConfigMap}",
    );
    let yaml = yaml.replace(
        "validationActions",
        "paramRef: {name: limits, namespace: ops}, validationActions",
    );
    let limits = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits, namespace: ops}\ndata: {most: '1'}\n";
    let (one, _) = privileged(&format!("{yaml}{limits}"));
    assert!(one.starts_with("no") || one.starts_with("unknown"), "{one}");
}

#[test]
fn who_asks_may_decide() {
    let yaml = policy(
        NO_PRIVILEGED,
        "  matchConditions: [{name: c, expression: \"request.userInfo.username != 'eve'\"}]",
    );
    let (eve, bob) = (Identity::User("eve".into()), Identity::User("bob".into()));
    assert_eq!(privileged_by(&yaml, Some(&eve)), same("yes"));
    assert_eq!(
        privileged_by(&yaml, Some(&bob)),
        same("no: ValidatingAdmissionPolicy/guard")
    );
}

#[test]
fn a_harmless_pod_is_let_in_everywhere() {
    let yaml = labelled("pod-security.kubernetes.io/enforce: restricted");
    let (_, resources) = resources(&yaml);
    let admission = Admission::new(&resources, KubernetesVersion::NEWEST);
    let pod = super::sample::harmless();
    let new = NewPod {
        namespace: "shop",
        pod: &pod,
        user: None,
    };
    assert_eq!(admission.admits(new), Admitted::Yes);
    for sort in [StartedPod::HostPath, StartedPod::HostNamespaces] {
        assert!(matches!(admission.keeps_out(sort, "shop", None), Admitted::No(_)));
        assert_eq!(admission.keeps_out(sort, "elsewhere", None), Admitted::Yes);
    }
}

/// What the attack graph leaves undecided about starting privileged pods in `shop`, where `worker` may create pods.
fn undecided(yaml: &str) -> (bool, Vec<String>) {
    let may_create = "---
apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {serviceAccountName: worker, containers: [{name: web, image: a}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: worker, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: worker, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: worker}
subjects: [{kind: ServiceAccount, name: worker, namespace: shop}]
";
    let system = crate::testing::system(&format!("{yaml}{may_create}"));
    let graph = crate::paths::AttackGraph::new(&system, crate::testing::catalogue());
    let attacks = graph.ask(&crate::paths::Question::default());
    let mut steps = attacks.paths.iter().flat_map(|path| &path.steps);
    let undecided = attacks.not_evaluated.into_iter().filter(|one| one.rule == "PAL-S042");
    let reasons = undecided
        .map(|one| format!("{}: {}", one.element, one.reason))
        .collect();
    (steps.any(|step| step.step == "PAL-S042"), reasons)
}

#[test]
fn what_is_unknown_closes_no_step_and_is_told() {
    let image = policy("object.spec.containers.all(c, c.image.startsWith('ghcr.io/'))", "");
    let (fires, reasons) = undecided(&image);
    assert!(fires);
    let [reason] = reasons.as_slice() else {
        panic!("one reason: {reasons:?}");
    };
    assert!(
        reason.starts_with("Namespace/shop: ValidatingAdmissionPolicy/guard refuses"),
        "{reason}"
    );
    assert_eq!(undecided(SHOP), (true, Vec::new()));
    assert_eq!(undecided(&policy(NO_PRIVILEGED, "")), (false, Vec::new()));
}
