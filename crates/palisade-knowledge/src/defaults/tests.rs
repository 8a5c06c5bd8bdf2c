//! Objects of some kinds, filled as Kubernetes documents it.

use palisade_inventory::Node;

use super::defaulted;

/// The one object of a manifest as it would be kept.
fn shown(manifest: &str) -> Node {
    let reading = palisade_sources::read_bytes("test.yaml", manifest.as_bytes());
    let [resource] = reading.resources.as_slice() else {
        panic!("{:?}", reading.coverage);
    };
    defaulted(&resource.id, &resource.content)
}

#[test]
fn a_deployment_is_filled_down_to_its_containers() {
    let object = shown(
        "apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      hostNetwork: true
      serviceAccountName: a
      containers:
        - name: a
          image: a
          ports: [{containerPort: 80}]
          resources: {limits: {cpu: '1'}}
          livenessProbe: {httpGet: {port: 80}}
          securityContext: {}
        - {name: b, image: 'r:5000/b:1', resources: null}
      volumes: [{name: v}, {name: s, secret: {secretName: s}}, {name: h, hostPath: {path: /}}]
",
    );
    let spec = object.at(&["spec"]).unwrap();
    assert_eq!(spec.text(&["strategy", "type"]), Some("RollingUpdate"));
    assert_eq!(spec.text(&["strategy", "rollingUpdate", "maxSurge"]), Some("25%"));
    let pod = spec.at(&["template", "spec"]).unwrap();
    assert_eq!(pod.text(&["dnsPolicy"]), Some("ClusterFirst"));
    assert_eq!(pod.text(&["serviceAccount"]), Some("a"));
    let [a, b] = pod.items(&["containers"]) else { panic!() };
    assert_eq!(a.text(&["imagePullPolicy"]), Some("Always"));
    assert_eq!(b.text(&["imagePullPolicy"]), Some("IfNotPresent"));
    assert_eq!(a.text(&["resources", "requests", "cpu"]), Some("1"));
    assert!(b.at(&["resources"]).is_some(), "null counts as absent");
    assert_eq!(
        a.items(&["ports"])[0].at(&["hostPort"]).and_then(Node::as_int),
        Some(80)
    );
    assert_eq!(a.text(&["livenessProbe", "httpGet", "scheme"]), Some("HTTP"));
    assert_eq!(a.text(&["securityContext", "procMount"]), Some("Default"));
    let [bare, secret, host] = pod.items(&["volumes"]) else {
        panic!()
    };
    assert!(bare.at(&["emptyDir"]).is_some());
    assert_eq!(secret.at(&["secret", "defaultMode"]).and_then(Node::as_int), Some(420));
    assert_eq!(host.text(&["hostPath", "type"]), Some(""));
}

#[test]
fn what_is_written_stays() {
    let object = shown(
        "apiVersion: v1
kind: Service
metadata: {name: a}
spec: {type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, targetPort: http, protocol: UDP}]}
",
    );
    assert_eq!(object.text(&["spec", "externalTrafficPolicy"]), Some("Local"));
    let port = &object.items(&["spec", "ports"])[0];
    assert_eq!(port.text(&["targetPort"]), Some("http"));
    assert_eq!(port.text(&["protocol"]), Some("UDP"));
}

#[test]
fn the_directions_of_a_policy_follow_its_rules() {
    let types = |spec: &str| {
        let manifest = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec: {{podSelector: {{}}, {spec}}}\n"
        );
        let object = shown(&manifest);
        let types = object.items(&["spec", "policyTypes"]).iter().filter_map(Node::as_str);
        types.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(types("ingress: []"), ["Ingress"]);
    assert_eq!(types("egress: [{}]"), ["Ingress", "Egress"]);
    assert_eq!(types("policyTypes: [Egress]"), ["Egress"]);
}

#[test]
fn filling_twice_changes_nothing() {
    let manifest = "apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: a:1}]}}}}}
";
    let reading = palisade_sources::read_bytes("test.yaml", manifest.as_bytes());
    let id = &reading.resources[0].id;
    let once = defaulted(id, &reading.resources[0].content);
    assert_eq!(defaulted(id, &once), once);
}
