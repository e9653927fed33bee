package io.tollkeeper.node.view;

import io.tollkeeper.chain.Follower;
import io.tollkeeper.chain.FollowerReport;
import io.tollkeeper.node.receiver.Agreements;
import io.tollkeeper.node.rules.Lookup;
import io.tollkeeper.protocol.Bytes32;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The thread that follows the chain. It also answers who asks for an agreement that nobody here knows: all that the chain
 * says of one is in its events, so the answer is what the book says after the next look at the chain's head.
 */
public final class FollowLoop implements Agreements, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FollowLoop.class);

    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** A look at the head ahead of time, for those who ask; not more often than this, whatever is asked. */
    private static final Duration BETWEEN_AT_LEAST = Duration.ofMillis(200);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final long RETRY_MILLIS = 2_000;
    private static final int QUESTIONS_MAX = 10_000;

    private record Question(Bytes32 agreement, CompletableFuture<Lookup> answer) {}

    private final Follower follower;
    private final AgreementBook book;
    private final Consumer<FollowerReport> afterTick;
    private final List<Question> questions = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    public FollowLoop(Follower follower, AgreementBook book, Consumer<FollowerReport> afterTick) {
        this.follower = follower;
        this.book = book;
        this.afterTick = afterTick;
        this.thread = Thread.ofPlatform().name("follower").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public Optional<Lookup.Found> known(Bytes32 agreement) {
        return book.facts(agreement).map(Lookup.Found::new);
    }

    @Override
    public CompletableFuture<Lookup> ask(Bytes32 agreement) {
        CompletableFuture<Lookup> answer = new CompletableFuture<>();
        synchronized (questions) {
            if (questions.size() >= QUESTIONS_MAX) {
                return CompletableFuture.completedFuture(unavailable("too many ask at once"));
            }
            questions.add(new Question(agreement, answer));
            questions.notifyAll();
        }
        return answer.completeOnTimeout(
                unavailable("the chain did not answer"), ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        String trouble = "";
        while (!closed) {
            List<Question> asked = takeQuestions();
            FollowerReport report;
            try {
                report = follower.tick();
            } catch (RuntimeException e) {
                // A listener's fault, such as a disk that takes no writes: the same run is told again by the next tick.
                LOG.error("the chain's events could not be taken in", e);
                report = new FollowerReport(
                        follower.finalUpTo(), follower.head(), false, Optional.of("events could not be stored"));
            }
            String now = report.trouble().orElse("");
            if (!now.equals(trouble)) {
                LOG.infof(now.isEmpty() ? "the chain answers again" : "the chain: %s", now);
                trouble = now;
            }
            answer(asked, report);
            afterTick.accept(report);
            if (!pause(report)) {
                return;
            }
        }
    }

    private List<Question> takeQuestions() {
        synchronized (questions) {
            List<Question> asked = List.copyOf(questions);
            questions.clear();
            return asked;
        }
    }

    private void answer(List<Question> asked, FollowerReport report) {
        for (Question question : asked) {
            Optional<Lookup.Found> found = known(question.agreement());
            if (found.isPresent()) {
                question.answer().complete(found.get());
            } else if (report.caughtUp()) {
                question.answer().complete(new Lookup.Absent());
            } else {
                question.answer().complete(unavailable(report.trouble().orElse("still reading the chain")));
            }
        }
    }

    private boolean pause(FollowerReport report) {
        boolean more = !report.caughtUp() && report.trouble().isEmpty();
        try {
            if (!more) {
                Thread.sleep(BETWEEN_AT_LEAST);
                synchronized (questions) {
                    if (questions.isEmpty() && !closed) {
                        questions.wait(BETWEEN.minus(BETWEEN_AT_LEAST).toMillis());
                    }
                }
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static Lookup unavailable(String why) {
        return new Lookup.Unavailable(why, RETRY_MILLIS);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
