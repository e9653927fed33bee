package io.tollkeeper.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which server an agreement uses. Pure: the caller says what happened and when, on a clock that never goes back.
 *
 * <p>The order of the list decides, among servers of the best state; an agreement stays with its server while that is
 * healthy. One failure makes a server SUSPECT and the next one is tried at once. It is ABNORMAL after
 * {@value #FAILURES_IN_A_ROW} failures in a row, {@value #REFUSALS_IN_A_ROW} refused connections in a row, half of at
 * least {@value #CALLS_IN_WINDOW_MIN} calls in {@value #WINDOW_MILLIS} ms failed, or a broken anchor promise. Servers that
 * are not healthy are probed at {@value #PROBE_FIRST_MILLIS} ms × 1.6 up to {@value #PROBE_MAX_MILLIS} ms, ± 20 %;
 * {@value #GOOD_ANSWERS} good answers in a row unmark an abnormal one, one is enough for a suspect one. MOVE is no
 * failure: the server is passed over until it says that it accepts again. The last server is never given up: with none
 * healthy the least bad one is used, and of equals the one that was tried the longest ago.
 */
final class ServerList {
    static final int FAILURES_IN_A_ROW = 3;
    static final int REFUSALS_IN_A_ROW = 2;
    static final int CALLS_IN_WINDOW_MIN = 10;
    static final long WINDOW_MILLIS = 10_000;
    static final long PROBE_FIRST_MILLIS = 5_000;
    static final long PROBE_MAX_MILLIS = 60_000;
    static final double PROBE_FACTOR = 1.6;
    static final double JITTER = 0.2;
    static final int GOOD_ANSWERS = 3;

    enum State {
        HEALTHY,
        SUSPECT,
        ABNORMAL
    }

    /** How a call failed. */
    enum Failure {
        TIMEOUT,
        REFUSED,
        /** Anything else: a broken connection, an answer that is not what was asked for. */
        ERROR
    }

    /** A server as it is persisted and shown. */
    record View(
            String url,
            State state,
            boolean moving,
            int failuresInARow,
            int goodAnswers,
            String reason,
            long sinceUnixMillis) {}

    private static final class Server {
        private final String url;
        private State state = State.HEALTHY;
        private boolean moving;
        private int failuresInARow;
        private int refusalsInARow;
        private int goodAnswers;
        private String reason = "";
        private long sinceUnixMillis;
        /** Number of the attempt; the server tried the longest ago has the lowest. */
        private long tried;

        private long probeIntervalMillis = PROBE_FIRST_MILLIS;
        private long nextProbeAt;
        private boolean probing;
        private final Deque<Call> calls = new ArrayDeque<>();

        private Server(String url, long unixMillis) {
            this.url = url;
            this.sinceUnixMillis = unixMillis;
        }

        private boolean usable() {
            return state == State.HEALTHY && !moving;
        }
    }

    private record Call(long at, boolean good) {}

    private final ClientClock clock;
    private final RandomGenerator random;
    private final List<Server> servers = new ArrayList<>();
    private Optional<Server> current = Optional.empty();
    private long changes;
    private long attempts;

    ServerList(List<String> urls, List<View> persisted, ClientClock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        replace(urls);
        for (var view : persisted) {
            find(view.url()).ifPresent(server -> {
                server.state = view.state();
                server.moving = view.moving();
                server.failuresInARow = view.failuresInARow();
                server.goodAnswers = view.goodAnswers();
                server.reason = view.reason();
                server.sinceUnixMillis = view.sinceUnixMillis();
                server.nextProbeAt = clock.millis();
            });
        }
    }

    /** Takes another list, keeping what is known of the servers that are in both. */
    synchronized void replace(List<String> urls) {
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("expected at least one server, actual none");
        }
        var next = new ArrayList<Server>();
        for (var url : urls) {
            next.add(find(url).orElseGet(() -> new Server(url, clock.unixMillis())));
        }
        servers.clear();
        servers.addAll(next);
        current = current.filter(servers::contains);
        changes++;
    }

    /** The server for the next call. */
    synchronized String choose() {
        var chosen = current.filter(Server::usable).orElseGet(this::best);
        chosen.tried = ++attempts;
        current = Optional.of(chosen);
        return chosen.url;
    }

    private Server best() {
        return servers.stream().filter(Server::usable).findFirst().orElseGet(() -> servers.stream()
                .min(Comparator.<Server, Boolean>comparing(server -> server.moving)
                        .thenComparing(server -> server.state)
                        .thenComparing(server -> server.tried))
                .orElseThrow());
    }

    /** A call or a probe was answered as it should be. */
    synchronized void succeeded(String url) {
        find(url).ifPresent(server -> {
            remember(server, true);
            server.moving = false;
            good(server);
        });
    }

    synchronized void failed(String url, Failure failure, String detail) {
        find(url).ifPresent(server -> {
            remember(server, false);
            fail(server, failure, detail);
        });
    }

    /** The server lives and says that another one should be used. No failure. */
    synchronized void moved(String url, String why) {
        find(url).ifPresent(server -> {
            server.failuresInARow = 0;
            server.refusalsInARow = 0;
            if (!server.moving) {
                server.moving = true;
                server.reason = "MOVE: " + why;
                server.sinceUnixMillis = clock.unixMillis();
                scheduleProbe(server, PROBE_FIRST_MILLIS);
                changes++;
            }
        });
    }

    /** The server promised an anchor by a time that is final on the chain, and there is none. */
    synchronized void brokePromise(String url, String detail) {
        find(url).ifPresent(server -> {
            server.goodAnswers = 0;
            mark(server, State.ABNORMAL, "broken anchor promise: " + detail);
            scheduleProbe(server, PROBE_FIRST_MILLIS);
        });
    }

    /** Servers to probe now; each is due again only after {@link #probed} or {@link #probeFailed}. */
    synchronized List<String> dueProbes() {
        var now = clock.millis();
        var due = new ArrayList<String>();
        for (var server : servers) {
            if (!server.usable() && !server.probing && server.nextProbeAt <= now) {
                server.probing = true;
                due.add(server.url);
            }
        }
        return List.copyOf(due);
    }

    /** A probe was answered; {@code accepting} as the server said. Alive but not accepting is neither good nor a failure. */
    synchronized void probed(String url, boolean accepting, String why) {
        find(url).ifPresent(server -> {
            server.probing = false;
            if (accepting) {
                server.moving = false;
                good(server);
                scheduleProbe(server, PROBE_FIRST_MILLIS);
            } else {
                server.goodAnswers = 0;
                if (!server.moving) {
                    server.moving = true;
                    server.reason = "MOVE: " + why;
                    changes++;
                }
                scheduleProbe(server, PROBE_FIRST_MILLIS);
            }
        });
    }

    synchronized void probeFailed(String url, Failure failure, String detail) {
        find(url).ifPresent(server -> {
            server.probing = false;
            fail(server, failure, detail);
            scheduleProbe(server, Math.min(PROBE_MAX_MILLIS, Math.round(server.probeIntervalMillis * PROBE_FACTOR)));
        });
    }

    synchronized List<View> views() {
        return servers.stream()
                .map(server -> new View(
                        server.url,
                        server.state,
                        server.moving,
                        server.failuresInARow,
                        server.goodAnswers,
                        server.reason,
                        server.sinceUnixMillis))
                .toList();
    }

    synchronized Optional<String> current() {
        return current.map(server -> server.url);
    }

    synchronized Optional<State> stateOf(String url) {
        return find(url).map(server -> server.state);
    }

    synchronized int size() {
        return servers.size();
    }

    /** Whether any server is healthy and accepts. */
    synchronized boolean anyUsable() {
        return servers.stream().anyMatch(Server::usable);
    }

    /** Rises with every change that is worth persisting. */
    synchronized long changes() {
        return changes;
    }

    private void good(Server server) {
        server.failuresInARow = 0;
        server.refusalsInARow = 0;
        switch (server.state) {
            case HEALTHY -> server.goodAnswers = 0;
            case SUSPECT -> mark(server, State.HEALTHY, "");
            case ABNORMAL -> {
                server.goodAnswers++;
                changes++;
                if (server.goodAnswers >= GOOD_ANSWERS) {
                    mark(server, State.HEALTHY, "");
                }
            }
        }
    }

    private void fail(Server server, Failure failure, String detail) {
        server.failuresInARow++;
        server.refusalsInARow = failure == Failure.REFUSED ? server.refusalsInARow + 1 : 0;
        server.goodAnswers = 0;
        changes++;
        if (server.failuresInARow >= FAILURES_IN_A_ROW) {
            mark(server, State.ABNORMAL, server.failuresInARow + " failures in a row, last: " + detail);
        } else if (server.refusalsInARow >= REFUSALS_IN_A_ROW) {
            mark(server, State.ABNORMAL, "connection refused " + server.refusalsInARow + " times in a row");
        } else if (halfFailed(server)) {
            mark(server, State.ABNORMAL, "half of the calls of the last 10 s failed, last: " + detail);
        } else if (server.state == State.HEALTHY) {
            mark(server, State.SUSPECT, detail);
            scheduleProbe(server, PROBE_FIRST_MILLIS);
        }
    }

    private void mark(Server server, State state, String reason) {
        server.reason = reason;
        if (server.state == state) {
            return;
        }
        if (server.state == State.ABNORMAL) {
            server.calls.clear();
        }
        server.state = state;
        server.sinceUnixMillis = clock.unixMillis();
        changes++;
        if (state == State.HEALTHY) {
            server.goodAnswers = 0;
        }
        if (state == State.ABNORMAL) {
            server.goodAnswers = 0;
            scheduleProbe(server, PROBE_FIRST_MILLIS);
        }
    }

    private void scheduleProbe(Server server, long intervalMillis) {
        server.probeIntervalMillis = intervalMillis;
        var jitter = 1 - JITTER + 2 * JITTER * random.nextDouble();
        server.nextProbeAt = clock.millis() + Math.round(intervalMillis * jitter);
    }

    private void remember(Server server, boolean good) {
        var now = clock.millis();
        server.calls.addLast(new Call(now, good));
        forget(server, now);
    }

    private static void forget(Server server, long now) {
        while (!server.calls.isEmpty() && server.calls.getFirst().at() <= now - WINDOW_MILLIS) {
            server.calls.removeFirst();
        }
    }

    private boolean halfFailed(Server server) {
        forget(server, clock.millis());
        var failed = server.calls.stream().filter(call -> !call.good()).count();
        return server.calls.size() >= CALLS_IN_WINDOW_MIN && 2 * failed >= server.calls.size();
    }

    private Optional<Server> find(String url) {
        return servers.stream().filter(server -> server.url.equals(url)).findFirst();
    }
}
