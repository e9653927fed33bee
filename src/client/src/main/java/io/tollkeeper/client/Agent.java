package io.tollkeeper.client;

import io.tollkeeper.protocol.Salt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Meters one agreement: a session begins with {@link #start} and ends with {@link #stop}. What was measured and could not
 * be delivered meanwhile stays in the spool for the next run.
 */
public final class Agent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final int NOTICES_KEPT = 20;
    private static final long PROVE_EVERY_MILLIS = 500;
    private static final long PROBE_LOOK_EVERY_MILLIS = 200;
    private static final long STATUS_EVERY_MILLIS = 1_000;
    private static final long DISK_RETRY_MILLIS = 1_000;

    private final AgentSettings settings;
    private final ClientClock clock;
    private final Journal journal;
    private final Spool spool;
    private final ServerList servers;
    private final ServerStates serverStates;
    private final Nodes nodes;
    private final RecordMaker maker;
    private final Sender sender;
    private final Prober prober;
    private final Prover prover;
    private final Meterer meterer;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Object work = new Object();
    private final Object delivered = new Object();
    private final Deque<AgentStatus.Notice> notices = new ArrayDeque<>();
    private Optional<AgentStatus.Acknowledged> lastAcknowledged = Optional.empty();
    private boolean workWaits;
    private volatile boolean metering;
    private volatile String state = "RUNNING";

    /**
     * Opens the spool and asks the servers where the agreement stands if the spool is empty.
     *
     * @param meters begun by {@link #start}: what they count from then on belongs to the session
     */
    public static Agent open(AgentSettings settings, AnchorReader chain, Collector.Start meters, ClientClock clock)
            throws IOException {
        return new Agent(
                settings,
                chain,
                meters,
                new GrpcNodes(settings.callTimeout()),
                clock,
                RandomGenerator.of("L64X128MixRandom"));
    }

    Agent(
            AgentSettings settings,
            AnchorReader chain,
            Collector.Start meters,
            Nodes nodes,
            ClientClock clock,
            RandomGenerator random)
            throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.nodes = nodes;
        this.spool = Spool.open(settings.spoolFolder(), settings.domain(), settings.spoolLimits());
        this.journal =
                settings.journal().isPresent() ? Journal.open(settings.journal().get(), clock) : Journal.NONE;
        this.serverStates = new ServerStates(settings.spoolFolder());
        this.servers = new ServerList(settings.servers(), serverStates.load(), clock, random);
        this.maker = new RecordMaker(settings.agreement(), settings.tariff(), Salt::random);
        Events events = this::notice;
        var receipts = new Receipts(settings.domain());
        var numberer = new Numberer(spool, maker, settings.key(), settings.domain(), journal);
        // The prover and the sender know each other: a broken promise is found by one and mended by the other.
        var resend = new Runnable() {
            private Optional<Sender> target = Optional.empty();

            @Override
            public void run() {
                target.ifPresent(Sender::resendUnanchored);
                wakeSender();
            }
        };
        this.prover = new Prover(
                settings.agreement(),
                settings.domain(),
                settings.key().address(),
                spool,
                chain,
                servers,
                receipts,
                resend,
                journal,
                clock,
                events);
        this.sender = new Sender(
                settings.agreement(),
                settings.domain(),
                spool,
                numberer,
                servers,
                nodes,
                receipts,
                journal,
                prover::offer,
                clock,
                random,
                events);
        resend.target = Optional.of(sender);
        this.prober = new Prober(servers, nodes);
        var recovered = spool.recovered();
        if (recovered.tornBytes() > 0) {
            notice("spool", "cut a torn tail of " + recovered.tornBytes() + " bytes");
        }
        new LostSpool(settings.agreement(), settings.domain(), settings.key(), nodes, clock, events)
                .recover(spool, settings.servers());
        this.meterer = new Meterer(spool, maker, settings.plan(), meters, journal, clock, random, events);
    }

    /** Opens the session (START) and begins to meter and to deliver. */
    public void start() throws IOException {
        meterer.endForgottenSession();
        meterer.start();
        metering = true;
        run("meter", this::meter);
        run("sender", this::send);
        run("prover", this::prove);
        run("prober", this::probe);
        run("status", this::report);
    }

    /**
     * Ends the session (STOP) and waits until a node has stored all that was measured. Where the agreement is stopped
     * nothing is waited for: nobody takes its records any more.
     *
     * @return whether that came to pass within {@code patience}; what is not delivered stays in the spool
     */
    public boolean stop(Duration patience) throws IOException, InterruptedException {
        state = "STOPPING";
        if (metering) {
            metering = false;
            synchronized (meterer) {
                meterer.stop();
            }
            wakeSender();
        }
        var deadline = clock.nanos() + patience.toNanos();
        synchronized (delivered) {
            while (!isDelivered() && spool.state().stopped().isEmpty() && clock.nanos() < deadline) {
                TimeUnit.NANOSECONDS.timedWait(delivered, Math.min(deadline - clock.nanos(), 200_000_000L));
            }
        }
        return isDelivered();
    }

    private boolean isDelivered() {
        var now = spool.state();
        return now.unsent().isEmpty() && now.unacknowledged().isEmpty();
    }

    /** Takes another list of servers. */
    public void useServers(List<String> urls) {
        servers.replace(urls);
        wakeSender();
    }

    public AgentStatus status() {
        var now = spool.state();
        List<AgentStatus.Notice> told;
        Optional<AgentStatus.Acknowledged> acknowledged;
        synchronized (notices) {
            told = List.copyOf(notices);
        }
        acknowledged = newestAcknowledged(now);
        return new AgentStatus(
                settings.agreement().hex(),
                settings.key().address().hex(),
                ProcessHandle.current().pid(),
                state,
                clock.unixMillis(),
                meterer.sessionNumber(),
                meterer.sessionStartSeconds() * 1000,
                maker.amountAt(now, now.local()).toString(),
                servers.current(),
                servers.views().stream()
                        .map(view -> new AgentStatus.Server(
                                view.url(),
                                view.state().name(),
                                view.moving(),
                                view.failuresInARow(),
                                view.goodAnswers(),
                                view.reason(),
                                view.sinceUnixMillis()))
                        .toList(),
                new AgentStatus.SpoolStatus(
                        now.unsent().size(),
                        now.unacknowledged().size(),
                        now.signed().size(),
                        spool.bytes(),
                        spool.full()),
                acknowledged,
                anchored(now),
                now.stopped(),
                told);
    }

    private synchronized Optional<AgentStatus.Acknowledged> newestAcknowledged(SpoolState now) {
        for (var record : now.signed().reversed()) {
            if (record.ack().isPresent()) {
                var ack = record.ack().get();
                lastAcknowledged = Optional.of(new AgentStatus.Acknowledged(
                        record.seq(),
                        record.digest().hex(),
                        record.record().kind().name(),
                        record.record().amount().toString(),
                        ack.atUnixMillis(),
                        ack.server()));
                break;
            }
        }
        return lastAcknowledged;
    }

    private static Optional<AgentStatus.Anchored> anchored(SpoolState now) {
        if (now.floor().isEmpty() || now.floorProof().isEmpty()) {
            return Optional.empty();
        }
        var floor = now.floor().get();
        try {
            var proof = io.tollkeeper.protocol.v1.AnchorProof.parseFrom(
                    now.floorProof().get());
            return Optional.of(new AgentStatus.Anchored(
                    floor.seq(),
                    floor.digest().hex(),
                    floor.record().amount().toString(),
                    io.tollkeeper.protocol.Bytes32.of(proof.getNodeId().toByteArray())
                            .hex(),
                    proof.getEpoch(),
                    proof.getBlockNumber(),
                    io.tollkeeper.protocol.Bytes32.of(proof.getTransactionHash().toByteArray())
                            .hex()));
        } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Ends at once; a session that was not stopped is signed off by the next start. */
    @Override
    public void close() throws IOException {
        metering = false;
        ending.countDown();
        wakeSender();
        nodes.close();
        // Never by interrupt: one that meets a write closes the spool's file under it.
        for (var thread : threads) {
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        state = "ENDED";
        status().write(settings.spoolFolder());
        serverStates.save(servers.views());
        spool.close();
        journal.close();
    }

    private interface Loop {
        void run() throws IOException, InterruptedException;
    }

    private void run(String name, Loop loop) {
        var thread = Thread.ofPlatform().name("tollkeeper-" + name).daemon().start(() -> {
            while (ending.getCount() > 0) {
                try {
                    loop.run();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return;
                } catch (IOException | RuntimeException failure) {
                    notice(name, String.valueOf(failure.getMessage()));
                    LOG.log(System.Logger.Level.DEBUG, name, failure);
                    if (rest(DISK_RETRY_MILLIS)) {
                        return;
                    }
                }
            }
        });
        threads.add(thread);
    }

    /** Whether the agent ends meanwhile. */
    private boolean rest(long millis) {
        try {
            return ending.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void meter() throws IOException, InterruptedException {
        if (ending.await(meterer.restMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        synchronized (meterer) {
            if (metering) {
                meterer.step();
            }
        }
        wakeSender();
    }

    private void send() throws IOException, InterruptedException {
        synchronized (work) {
            workWaits = false;
        }
        var rest = sender.step();
        synchronized (delivered) {
            delivered.notifyAll();
        }
        if (!rest.idle()) {
            rest(rest.millis());
            return;
        }
        var deadline = clock.millis() + rest.millis();
        synchronized (work) {
            while (!workWaits && clock.millis() < deadline) {
                work.wait(Math.max(1, deadline - clock.millis()));
            }
        }
    }

    private void wakeSender() {
        synchronized (work) {
            workWaits = true;
            work.notifyAll();
        }
    }

    private void prove() throws IOException {
        prover.step();
        rest(PROVE_EVERY_MILLIS);
    }

    private void probe() {
        prober.step();
        rest(PROBE_LOOK_EVERY_MILLIS);
    }

    private long savedChanges = -1;

    private void report() throws IOException {
        status().write(settings.spoolFolder());
        var changes = servers.changes();
        if (changes != savedChanges) {
            savedChanges = changes;
            serverStates.save(servers.views());
        }
        rest(STATUS_EVERY_MILLIS);
    }

    private void notice(String what, String detail) {
        LOG.log(System.Logger.Level.INFO, "{0}: {1}", what, detail);
        journal.event(what, detail);
        synchronized (notices) {
            notices.addLast(new AgentStatus.Notice(clock.unixMillis(), what, detail));
            while (notices.size() > NOTICES_KEPT) {
                notices.removeFirst();
            }
        }
    }
}
