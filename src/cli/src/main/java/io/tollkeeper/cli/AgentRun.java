package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.client.Agent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run of an agent, from its session's start to its end: by a signal, or by the end of the metered command. */
final class AgentRun {
    private static final long SERVERS_LOOK_SECONDS = 5;
    /** What is left of the time between SIGTERM and SIGKILL for the command, before metering ends. */
    private static final long COMMAND_PATIENCE_SECONDS = 10;

    private final Agent agent;
    private final ChainEndpoints chain;
    private final AgentConfig config;
    private final List<String> command;
    private final PrintWriter err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile Optional<Process> child = Optional.empty();
    private volatile boolean bySignal;
    private volatile int exitCode = ExitCode.FAILED;

    AgentRun(Agent agent, ChainEndpoints chain, AgentConfig config, List<String> command, PrintWriter err) {
        this.agent = agent;
        this.chain = chain;
        this.config = config;
        this.command = List.copyOf(command);
        this.err = err;
    }

    int run() throws IOException, InterruptedException {
        var hook = new Thread(this::endBySignal, "tollkeeper-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            agent.start();
            if (command.isEmpty()) {
                waitForSignal();
            } else {
                runCommand();
            }
            exitCode = end();
        } catch (IOException | RuntimeException failure) {
            if (bySignal) {
                // The hook ends the process before anybody else can say it.
                say("FAILED: " + failure);
            }
            throw failure;
        } finally {
            ended.countDown();
        }
        if (bySignal) {
            // The hook ends the process, with the exit code that is known now.
            new CountDownLatch(1).await();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
        return exitCode;
    }

    private void runCommand() throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).inheritIO().start();
        child = Optional.of(process);
        watchServersWhile(() -> process.waitFor(SERVERS_LOOK_SECONDS, TimeUnit.SECONDS));
    }

    private void waitForSignal() throws InterruptedException {
        watchServersWhile(() -> told.await(SERVERS_LOOK_SECONDS, TimeUnit.SECONDS));
    }

    private interface Wait {
        /** Whether what is waited for has come. */
        boolean passed() throws InterruptedException;
    }

    private void watchServersWhile(Wait wait) throws InterruptedException {
        var seen = config.serversFile().flatMap(AgentRun::modified);
        while (!wait.passed()) {
            var now = config.serversFile().flatMap(AgentRun::modified);
            if (now.isPresent() && !now.equals(seen)) {
                seen = now;
                takeServers(config.serversFile().orElseThrow());
            }
        }
    }

    private void takeServers(Path file) {
        try {
            agent.useServers(AgentConfigReader.serversOf(file));
        } catch (FaultsException wrong) {
            wrong.faults().forEach(fault -> say(fault + "; the list stays as it was"));
        }
    }

    private static Optional<FileTime> modified(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private int end() throws IOException, InterruptedException {
        var delivered = agent.stop(config.stopPatience());
        var left = agent.status().spool();
        agent.close();
        chain.close();
        if (!delivered) {
            say("NOT_DELIVERED: expected every record acknowledged within %d s, actual %d readings and %d records left"
                    .formatted(config.stopPatience().toSeconds(), left.unsent(), left.unacknowledged()));
        }
        if (child.isPresent()) {
            return child.get().exitValue();
        }
        return delivered ? ExitCode.OK : ExitCode.NOT_DELIVERED;
    }

    /** SIGTERM, SIGINT: passes it on, lets the main thread end the session, then ends the process. */
    private void endBySignal() {
        bySignal = true;
        told.countDown();
        try {
            if (child.isPresent()) {
                child.get().destroy();
                if (!child.get().waitFor(COMMAND_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    say("the command does not end: killed");
                    child.get().destroyForcibly();
                }
            }
            ended.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private void say(String what) {
        err.println("tollkeeper: " + what);
        err.flush();
    }
}
