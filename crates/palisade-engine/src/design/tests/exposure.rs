//! Doors to the outside.

use super::*;

fn service(spec: &str, metadata: &str) -> String {
    app("web", None, "ports: [{name: http, containerPort: 8080}]")
        + &format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: web, {metadata}}}, spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: http}}], {spec}}}}}\n"
        )
}

#[test]
fn each_door_leads_in() {
    for spec in ["type: LoadBalancer", "type: NodePort", "externalIPs: [203.0.113.9]"] {
        let flows = declared(&service(spec, ""));
        assert_eq!(flows, ["External/internet → Deployment/web TCP 8080"], "{spec}");
    }
    assert_eq!(declared(&service("type: ClusterIP", "")), Vec::<String>::new());
}

#[test]
fn an_internal_load_balancer_is_not_the_internet() {
    let internal = ["External/internal-network → Deployment/web TCP 8080"];
    let azure = "annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: 'true'}";
    assert_eq!(declared(&service("type: LoadBalancer", azure)), internal);
    let ranges = "type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]";
    assert_eq!(declared(&service(ranges, "")), internal);
}

#[test]
fn host_ports_and_the_host_network_are_doors() {
    let host_port = app("agent", None, "ports: [{containerPort: 9100, hostPort: 9100}]");
    assert_eq!(declared(&host_port), ["External/internet → Deployment/agent TCP 9100"]);
    let local = app(
        "agent",
        None,
        "ports: [{containerPort: 9100, hostPort: 9100, hostIP: 127.0.0.1}]",
    );
    assert_eq!(declared(&local), Vec::<String>::new());
    let network = "---\n{apiVersion: v1, kind: Pod, metadata: {name: agent}, spec: {hostNetwork: true, containers: [{name: a, image: a, ports: [{containerPort: 53, protocol: UDP}]}]}}\n";
    assert_eq!(declared(network), ["External/internet → Pod/agent UDP 53"]);
}
