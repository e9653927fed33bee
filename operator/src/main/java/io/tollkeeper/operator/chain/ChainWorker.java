package io.tollkeeper.operator.chain;

import io.tollkeeper.operator.chain.NodeRegistry.Entry;
import io.tollkeeper.operator.chain.NodeRegistry.NodeName;
import io.tollkeeper.operator.decide.ChainTask;
import io.tollkeeper.operator.observe.ChainFacts;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Works on the chain beside reconcile: repeats what each node's newest task asks for until the chain shows it. Keeps
 * nothing that matters: after a restart the next pass asks for the same tasks again.
 */
public final class ChainWorker implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ChainWorker.class);

    /** How soon to look again at what is not yet as it should be. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How often to look at what is as it should be: balances fall, and somebody may have fenced a node by hand. */
    private static final Duration WATCH = Duration.ofSeconds(30);

    private final Chains chains;
    private final Clock clock;
    private final BiConsumer<String, String> changed;
    private final Map<NodeName, Job> jobs = new ConcurrentHashMap<>();
    private final Map<String, Health> health = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** What the operator knows of a chain as a whole. */
    public record Health(
            boolean reachable,
            String trouble,
            Optional<BigInteger> adminBalance,
            Optional<Boolean> funded,
            Instant at) {}

    private static final class Job {
        private final NodeName node;
        private volatile String chain;
        private volatile ChainTask task;
        private volatile Instant due = Instant.MIN;
        private volatile Optional<ChainFacts> facts = Optional.empty();
        private final AtomicBoolean working = new AtomicBoolean();

        Job(NodeName node, String chain, ChainTask task) {
            this.node = node;
            this.chain = chain;
            this.task = task;
        }
    }

    /** {@code changed} is told namespace and name of a BillingNode whose facts have changed. */
    public ChainWorker(Chains chains, Clock clock, BiConsumer<String, String> changed) {
        this.chains = chains;
        this.clock = clock;
        this.changed = changed;
    }

    /** From now on this is what the chain should show for the node. */
    public void want(String namespace, String billingNode, String chain, ChainTask task) {
        NodeName node = new NodeName(namespace, billingNode, task.index());
        Job job = jobs.computeIfAbsent(node, _ -> new Job(node, chain, task));
        if (!job.task.equals(task) || !job.chain.equals(chain)) {
            job.chain = chain;
            job.task = task;
            job.due = Instant.MIN;
        }
    }

    public void forget(String namespace, String billingNode, int index) {
        jobs.remove(new NodeName(namespace, billingNode, index));
    }

    /** Forgets a whole BillingNode, except what still has to be fenced. */
    public void forget(String namespace, String billingNode) {
        jobs.keySet()
                .removeIf(node -> node.namespace().equals(namespace)
                        && node.billingNode().equals(billingNode)
                        && !(Optional.ofNullable(jobs.get(node))
                                        .map(job -> job.task)
                                        .orElse(null)
                                instanceof ChainTask.Fence));
    }

    public Optional<ChainFacts> facts(String namespace, String billingNode, int index) {
        return Optional.ofNullable(jobs.get(new NodeName(namespace, billingNode, index)))
                .flatMap(job -> job.facts);
    }

    public Optional<Health> health(String chain) {
        return Optional.ofNullable(health.get(chain));
    }

    /** Starts whatever is due. Called a few times a second. */
    public void tick() {
        Instant now = clock.instant();
        for (Job job : jobs.values()) {
            if (!now.isBefore(job.due) && job.working.compareAndSet(false, true)) {
                threads.execute(() -> {
                    try {
                        work(job);
                    } finally {
                        job.working.set(false);
                    }
                });
            }
        }
    }

    private void work(Job job) {
        ChainTask task = job.task;
        String chain = job.chain;
        try {
            Optional<NodeRegistry> registry = chains.registry(chain);
            if (registry.isEmpty()) {
                if (job.facts.isEmpty()) {
                    heard(job, ChainFactsOf.nothing());
                }
                trouble(chain, "there is no usable chain of this name");
                job.due = clock.instant().plus(RETRY);
                return;
            }
            boolean done = step(job, task, registry.get());
            BigInteger balance = registry.get().adminBalance();
            boolean funded = registry.get().canFund(balance, jobs.size());
            Health before =
                    health.put(chain, new Health(true, "", Optional.of(balance), Optional.of(funded), clock.instant()));
            if (before == null || !before.reachable() || !before.funded().equals(Optional.of(funded))) {
                callAll(chain);
            }
            if (job.task.equals(task)) {
                job.due = clock.instant().plus(done ? WATCH : RETRY);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warnf("chain %s, %s: %s", chain, job.node, e);
            trouble(chain, String.valueOf(e.getMessage()));
            if (job.facts.isEmpty()) {
                heard(job, ChainFactsOf.nothing());
            }
            job.due = clock.instant().plus(RETRY);
        }
    }

    private void trouble(String chain, String text) {
        Optional<BigInteger> funds = health(chain).flatMap(Health::adminBalance);
        Optional<Boolean> funded = health(chain).flatMap(Health::funded);
        Health before = health.put(chain, new Health(false, text, funds, funded, clock.instant()));
        if (before == null || before.reachable()) {
            callAll(chain);
        }
    }

    private void callAll(String chain) {
        jobs.values().stream()
                .filter(job -> job.chain.equals(chain))
                .forEach(job -> changed.accept(job.node.namespace(), job.node.billingNode()));
    }

    /** One look and at most one transaction; true when the chain shows what it should. */
    private boolean step(Job job, ChainTask task, NodeRegistry registry) throws Exception {
        Optional<Entry> entry = look(job, registry);
        switch (task) {
            case ChainTask.Look _ -> {
                return true;
            }
            case ChainTask.Register register -> {
                if (shows(entry, register)) {
                    publishFunds(job, registry.topUp(register.signer()));
                    return true;
                }
                if (entry.map(Entry::epoch).orElse(0L) >= register.epoch()) {
                    return true; // passed: the next pass decides on a new epoch
                }
                registry.register(job.node, register.epoch(), register.signer(), register.zone());
                return shows(look(job, registry), register);
            }
            case ChainTask.Fence _ -> {
                if (entry.isEmpty() || !entry.get().active()) {
                    return true;
                }
                registry.fence(job.node, entry.get().epoch());
                return look(job, registry).map(now -> !now.active()).orElse(true);
            }
        }
    }

    private static boolean shows(Optional<Entry> entry, ChainTask.Register register) {
        return entry.map(one -> one.active()
                        && one.epoch() == register.epoch()
                        && one.signer().equalsIgnoreCase(register.signer()))
                .orElse(false);
    }

    private Optional<Entry> look(Job job, NodeRegistry registry) throws Exception {
        Optional<Entry> entry = registry.read(job.node);
        heard(job, ChainFactsOf.entry(registry.nodeId(job.node), entry, job.facts, clock.instant()));
        return entry;
    }

    private void publishFunds(Job job, BigInteger funds) {
        job.facts.ifPresent(facts -> heard(job, ChainFactsOf.funds(facts, funds)));
    }

    private void heard(Job job, ChainFacts facts) {
        Optional<ChainFacts> before = job.facts;
        job.facts = Optional.of(facts);
        if (!before.equals(job.facts)) {
            changed.accept(job.node.namespace(), job.node.billingNode());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
