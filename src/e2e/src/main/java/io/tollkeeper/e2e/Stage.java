package io.tollkeeper.e2e;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.localcluster.Anvil;
import io.tollkeeper.localcluster.LocalCluster;
import io.tollkeeper.localcluster.TollkeeperImages;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Everything that the system needs, on this machine: a Kubernetes cluster with three zones, a chain with the contracts,
 * the operator from the chart, and the plans of one provider.
 */
public final class Stage implements AutoCloseable {
    /** Where BillingNodes of the demo and the tests live. */
    public static final String NAMESPACE = "billing";

    /** Where the chart is installed. */
    public static final String SYSTEM_NAMESPACE = "tollkeeper-system";

    public static final List<String> ZONES = List.of("zone-a", "zone-b", "zone-c");

    /** Tells at each start that v1alpha1 is not stable; held here, since loggers are collected. */
    private static final Logger KUBERNETES_LOG = Logger.getLogger("io.fabric8.kubernetes.client");

    private static final String PLANS = "plans";
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);

    private final Workspace workspace;
    private final LocalCluster cluster;
    private final Anvil anvil;
    private final Cli cli;
    private final Accounts accounts;
    private final Path chainFile;
    private final ChainView chain;
    private final Map<String, PlanFile> plans = new LinkedHashMap<>();

    private Stage(
            Workspace workspace,
            LocalCluster cluster,
            Anvil anvil,
            Cli cli,
            Accounts accounts,
            Path chainFile,
            ChainView chain) {
        this.workspace = workspace;
        this.cluster = cluster;
        this.anvil = anvil;
        this.cli = cli;
        this.accounts = accounts;
        this.chainFile = chainFile;
        this.chain = chain;
    }

    /** Starts cluster and chain, deploys the contracts and installs the chart; the operator runs when this returns. */
    public static Stage open(Workspace workspace, Narrator narrator) {
        KUBERNETES_LOG.setLevel(Level.SEVERE);
        var cluster = LocalCluster.builder()
                .zones(ZONES)
                .images(TollkeeperImages.of(workspace.operatorJar(), workspace.nodeJar()))
                .runs(workspace.clusterRuns())
                .restartBackOff(Duration.ofSeconds(1), Duration.ofSeconds(10))
                .progress(text -> narrator.say("cluster: %s", text))
                .start();
        try {
            narrator.say("Kubernetes runs: etcd, API server, scheduler, controller manager, three zones");
            var anvil = Anvil.start(cluster.children(), workspace.anvil());
            var cli = new Cli(workspace, cluster.children(), cluster.hostsFile());
            var accounts = Accounts.write(workspace);
            var chainFile = deploy(workspace, cli, accounts, anvil);
            narrator.say("the chain runs (anvil, a block a second), UsageAnchor and FeeVault are deployed");
            var chain = ChainView.open(chainFile);
            var stage = new Stage(workspace, cluster, anvil, cli, accounts, chainFile, chain);
            stage.install();
            narrator.say("helm has installed the chart, the operator runs");
            return stage;
        } catch (RuntimeException | Error e) {
            narrator.say("the cluster when that failed:%n%s", cluster.describe());
            cluster.close();
            throw e;
        }
    }

    private static Path deploy(Workspace workspace, Cli cli, Accounts accounts, Anvil anvil) {
        var chainFile = workspace.file("chain.yaml");
        cli.run(
                "contracts",
                "deploy",
                "--rpc",
                anvil.url(),
                "--key-file",
                accounts.admin().toString(),
                "--node-admin-key-file",
                accounts.nodeAdmin().toString(),
                "--out",
                chainFile.toString());
        return chainFile;
    }

    private void install() {
        var values = workspace.write("values.yaml", ChartValues.of(chain, accounts));
        cluster.helm()
                .run(
                        "install",
                        "tollkeeper",
                        workspace.chart().toString(),
                        "--namespace",
                        SYSTEM_NAMESPACE,
                        "--create-namespace",
                        "--values",
                        values.toString(),
                        "--wait",
                        "--timeout",
                        "90s");
        cluster.kubectl().run("create", "namespace", NAMESPACE);
    }

    public Workspace workspace() {
        return workspace;
    }

    public LocalCluster cluster() {
        return cluster;
    }

    public KubernetesClient kubernetes() {
        return cluster.client();
    }

    public Anvil anvil() {
        return anvil;
    }

    public Cli cli() {
        return cli;
    }

    public ChainView chain() {
        return chain;
    }

    public Path chainFile() {
        return chainFile;
    }

    public Accounts accounts() {
        return accounts;
    }

    /** Registers a plan of the provider on the chain; nodes serve it once {@link #publishPlans} has run. */
    public PlanFile registerPlan(String name, PlanFile plan) {
        var registered = registerPlanOnly(name, plan);
        plans.put(name + ".yaml", registered);
        return registered;
    }

    /** Registers a plan that no node here serves. */
    public PlanFile registerPlanOnly(String name, PlanFile plan) {
        var file = workspace.write("plans/" + name + ".yaml", plan.text());
        cli.run(
                "plan",
                "register",
                "--chain",
                chainFile.toString(),
                "--key-file",
                accounts.payee().toString(),
                file.toString());
        return plan.at(file);
    }

    /** Puts all registered plans into the ConfigMap that BillingNodes of the demo and the tests name. */
    public void publishPlans() {
        var data = new LinkedHashMap<String, String>();
        plans.forEach((name, plan) -> data.put(name, plan.text()));
        var plansMap = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(PLANS)
                .endMetadata()
                .withData(data)
                .build();
        kubernetes().resource(plansMap).serverSideApply();
    }

    /** Opens an agreement: payer and signer sign, the deposit is paid in. */
    public Agreement openAgreement(String name, PlanFile plan, int payer, String depositWei) {
        var signer = SignerKey.generate();
        var signerFile = workspace.file("keys/" + name + ".key");
        try {
            signer.writeTo(signerFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var opened = cli.json(
                "agreement",
                "open",
                "--chain",
                chainFile.toString(),
                "--plan",
                plan.file().toString(),
                "--payer-key-file",
                accounts.payer(payer).toString(),
                "--signer-key-file",
                signerFile.toString(),
                "--deposit",
                depositWei,
                "--json");
        return new Agreement(name, Bytes32.fromHex(opened.get("agreement").asText()), plan, signer, signerFile);
    }

    /** Applies a BillingNode as a user does, with the plans of this stage. */
    public void apply(Path manifest) {
        cluster.kubectl().run("apply", "--namespace", NAMESPACE, "--filename", manifest.toString());
    }

    /** The sample of {@code crds/samples}, under another name and with the plans of this stage. */
    public Path sample(String name) {
        try {
            var sample = Files.readString(workspace.root().resolve("crds/samples/billingnode.yaml"));
            return workspace.write(
                    name + ".yaml",
                    sample.replace("name: sample", "name: " + name)
                            .replace("configMaps: [sample-plan]", "configMaps: [" + PLANS + "]"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public BillingNodeStatus status(String billingNode) {
        return Optional.ofNullable(kubernetes()
                        .resources(BillingNode.class)
                        .inNamespace(NAMESPACE)
                        .withName(billingNode)
                        .get())
                .flatMap(resource -> Optional.ofNullable(resource.getStatus()))
                .orElse(BillingNodeStatus.EMPTY);
    }

    public NodeStatus node(String billingNode, String node) {
        return status(billingNode)
                .node(node)
                .orElseThrow(() -> new IllegalStateException("expected " + node + " in the status of " + billingNode));
    }

    /** Waits until every node of a BillingNode is Ready and registered on the chain. */
    public void awaitReady(String billingNode, int replicas) {
        Await.untilTrue(billingNode + " has " + replicas + " nodes, Ready and registered", READY_LIMIT, () -> {
            var status = status(billingNode);
            return status.readyReplicas() == replicas
                    && status.nodes().stream()
                            .allMatch(node ->
                                    node.failover() == null && Objects.equals(node.registeredEpoch(), node.epoch()));
        });
    }

    public List<Pod> pods(String billingNode) {
        return kubernetes()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel(NodeLabels.BILLING_NODE, billingNode)
                .list()
                .getItems();
    }

    public String podIp(String pod) {
        return kubernetes()
                .pods()
                .inNamespace(NAMESPACE)
                .withName(pod)
                .get()
                .getStatus()
                .getPodIP();
    }

    /** Name of the operator's pod. */
    public String operatorPod() {
        return kubernetes().pods().inNamespace(SYSTEM_NAMESPACE).list().getItems().stream()
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }

    /** Deletes a BillingNode as a user does, and waits until it is gone. */
    public void delete(String billingNode) {
        cluster.kubectl()
                .run(
                        "delete",
                        "billingnode",
                        billingNode,
                        "--namespace",
                        NAMESPACE,
                        "--ignore-not-found",
                        "--wait",
                        "--timeout",
                        "150s");
    }

    /** What the operator made for a BillingNode and is still there, as {@code kind/name}. */
    public List<String> objectsOf(String billingNode) {
        var kinds = "pods,services,serviceaccounts,roles,rolebindings,secrets,configmaps,leases";
        return cluster.kubectl()
                .run(
                        "get",
                        kinds,
                        "--namespace",
                        NAMESPACE,
                        "--selector",
                        NodeLabels.BILLING_NODE + "=" + billingNode,
                        "--output",
                        "name",
                        "--ignore-not-found")
                .lines()
                .filter(line -> line.contains("/"))
                .toList();
    }

    @Override
    public void close() {
        chain.close();
        cluster.close();
    }
}
