package io.tollkeeper.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeStatus;
import io.tollkeeper.api.NodeStatus;
import io.tollkeeper.operator.act.DesiredObjects;
import io.tollkeeper.operator.chain.ChainWorker;
import io.tollkeeper.operator.decide.Action;
import io.tollkeeper.operator.decide.ChainTask;
import io.tollkeeper.operator.decide.Decide;
import io.tollkeeper.operator.decide.Deletion;
import io.tollkeeper.operator.decide.NodePlan;
import io.tollkeeper.operator.decide.Plan;
import io.tollkeeper.operator.observe.NodeFacts;
import io.tollkeeper.operator.observe.World;
import io.tollkeeper.operator.report.Note;
import io.tollkeeper.operator.report.Report;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A pass: observe, decide, act, report. What a pass decides it writes to the status with the resourceVersion that it
 * decided from; the next pass does it. It never waits for the chain or for a node.
 */
@ControllerConfiguration(
        name = "billingnode",
        finalizerName = BillingNode.FINALIZER,
        fieldManager = Names.FIELD_MANAGER,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = -1, initialInterval = 500, intervalMultiplier = 1.5, maxInterval = 5_000)
public class BillingNodeReconciler implements Reconciler<BillingNode>, Cleaner<BillingNode> {
    private static final Logger LOG = Logger.getLogger(BillingNodeReconciler.class);
    private static final Duration AT_ONCE = Duration.ofMillis(5);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Operation operation;
    private final KubernetesClient client;

    public BillingNodeReconciler(Operation operation, KubernetesClient client) {
        this.operation = operation;
        this.client = client;
    }

    @Override
    public List<EventSource<?, BillingNode>> prepareEventSources(EventSourceContext<BillingNode> context) {
        return operation.watch(context).all();
    }

    @Override
    public UpdateControl<BillingNode> reconcile(BillingNode cached, Context<BillingNode> context) {
        operation.metrics().leader(true);
        Optional<BillingNode> present = fresh(cached);
        if (present.isEmpty() || present.get().getMetadata().getDeletionTimestamp() != null) {
            return UpdateControl.noUpdate();
        }
        BillingNode billingNode = present.get();
        World world = operation.observer().observe(billingNode);
        Plan plan = Decide.plan(world);
        List<String> failures = new ArrayList<>();
        shared(billingNode, world, failures);
        List<NodeStatus> nodes = perform(billingNode, plan, failures);
        work(billingNode, plan);
        BillingNodeStatus next = Report.status(
                world,
                plan,
                nodes,
                outcome(world, failures),
                billingNode.getMetadata().getGeneration());
        operation.publishServers(billingNode, next.servers());
        boolean changed = !next.equals(world.status());
        if (changed && !write(billingNode, next)) {
            return UpdateControl.<BillingNode>noUpdate().rescheduleAfter(AT_ONCE);
        }
        operation.report(billingNode, world.status(), next);
        return UpdateControl.<BillingNode>noUpdate().rescheduleAfter(pause(world, plan, nodes, changed, failures));
    }

    /**
     * The resource as the server has it, where the cache may be behind: acting on an old status could do again what a
     * later pass has undone.
     */
    private Optional<BillingNode> fresh(BillingNode cached) {
        return Optional.ofNullable(client.resource(cached).get());
    }

    private List<NodeStatus> perform(BillingNode billingNode, Plan plan, List<String> failures) {
        List<NodeStatus> nodes = new ArrayList<>();
        for (NodePlan node : plan.nodes()) {
            try {
                for (Action action : node.actions()) {
                    operation.actor().perform(billingNode, action);
                }
                node.next().ifPresentOrElse(nodes::add, () -> operation.forget(billingNode, node.now()));
            } catch (KubernetesClientException e) {
                // What was not done is not written down as done; the next pass sees the world anew.
                failures.add(node.now().name() + ": " + why(e));
                operation.metrics().actionFailed();
                nodes.add(node.now());
            }
        }
        return nodes;
    }

    /** What all nodes of a BillingNode share: the description of the chain. */
    private void shared(BillingNode billingNode, World world, List<String> failures) {
        try {
            operation.chains().keys(world.spec().chain()).ifPresent(keys -> operation
                    .actor()
                    .apply(new DesiredObjects(billingNode).chain(keys)));
        } catch (KubernetesClientException e) {
            failures.add("chain ConfigMap: " + why(e));
        }
    }

    private void work(BillingNode billingNode, Plan plan) {
        for (NodePlan node : plan.nodes()) {
            node.chainTask().ifPresent(task -> want(billingNode, task));
        }
    }

    private void want(BillingNode billingNode, ChainTask task) {
        operation
                .worker()
                .want(
                        billingNode.getMetadata().getNamespace(),
                        billingNode.getMetadata().getName(),
                        billingNode.getSpec().chain(),
                        task);
    }

    private Report.Outcome outcome(World world, List<String> failures) {
        Optional<ChainWorker.Health> health =
                operation.worker().health(world.spec().chain());
        Optional<Boolean> funded = health.flatMap(ChainWorker.Health::funded);
        return new Report.Outcome(
                failures,
                health.map(ChainWorker.Health::reachable),
                health.map(ChainWorker.Health::trouble).orElse(""),
                funded);
    }

    private boolean write(BillingNode billingNode, BillingNodeStatus next) {
        BillingNode changed = new BillingNode();
        changed.setMetadata(billingNode.getMetadata());
        changed.setSpec(billingNode.getSpec());
        changed.setStatus(next);
        try {
            client.resource(changed)
                    .lockResourceVersion(billingNode.getMetadata().getResourceVersion())
                    .updateStatus();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private static Duration pause(
            World world, Plan plan, List<NodeStatus> nodes, boolean changed, List<String> failures) {
        boolean moved = plan.nodes().stream().anyMatch(node -> !node.next()
                .map(NodeStatus::failover)
                .equals(Optional.ofNullable(node.now().failover())));
        boolean removing = nodes.stream().anyMatch(node -> node.removal() != null);
        if (changed && (moved || removing)) {
            return AT_ONCE;
        }
        if (!failures.isEmpty()) {
            return SOON;
        }
        Duration untilWake =
                plan.wake().map(wake -> Duration.between(world.now(), wake)).orElse(Duration.ofMinutes(1));
        return untilWake.compareTo(AT_ONCE) < 0 ? AT_ONCE : untilWake;
    }

    @Override
    public DeleteControl cleanup(BillingNode cached, Context<BillingNode> context) {
        Optional<BillingNode> present = fresh(cached);
        if (present.isEmpty()) {
            return DeleteControl.defaultDelete();
        }
        BillingNode billingNode = present.get();
        Instant deletedAt = Optional.ofNullable(billingNode.getMetadata().getDeletionTimestamp())
                .map(Instant::parse)
                .orElseGet(() -> operation.clock().instant());
        World world = operation.observer().observe(billingNode);
        Deletion deletion = Deletion.plan(world, deletedAt, operation.namespaceEnding(world.namespace()));
        for (NodeFacts node : world.nodes()) {
            want(billingNode, new ChainTask.Look(node.status().index()));
        }
        deletion.fence().forEach(task -> want(billingNode, task));
        for (Action action : deletion.actions()) {
            try {
                operation.actor().perform(billingNode, action);
            } catch (KubernetesClientException e) {
                LOG.warnf("%s/%s: %s", world.namespace(), world.name(), why(e));
            }
        }
        if (!deletion.done()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(SOON.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (!deletion.unfenced().isEmpty()) {
            operation
                    .events()
                    .record(
                            billingNode,
                            new Note(
                                    true,
                                    "NotFenced",
                                    "the chain did not confirm the fence of "
                                            + String.join(", ", deletion.unfenced())));
        }
        operation.forget(billingNode, world.status());
        return DeleteControl.defaultDelete();
    }

    private static String why(KubernetesClientException e) {
        return Objects.requireNonNullElse(
                e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage(), "unknown");
    }
}
