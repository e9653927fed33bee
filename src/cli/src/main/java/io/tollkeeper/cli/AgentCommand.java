package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.client.Agent;
import io.tollkeeper.client.AgentStatus;
import io.tollkeeper.client.ClientClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "agent",
        description = "Meters one agreement on this machine.",
        subcommands = {AgentCommand.Run.class, AgentCommand.Status.class})
@SuppressWarnings("NullAway.Init") // Fields are set by picocli.
final class AgentCommand {
    @Command(
            name = "run",
            description = {
                "Opens a session and meters until it is told to end (SIGTERM, SIGINT), or as long as CMD runs.",
                "At the end it signs off (STOP) and waits until a node has stored all that was measured;",
                "what cannot be delivered stays in the spool for the next run."
            })
    static final class Run implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--config", required = true, paramLabel = "FILE", description = "The agent's configuration.")
        private Path configFile;

        @Option(
                names = "--journal",
                paramLabel = "FILE",
                description =
                        "Keeps every reading, signed record, acknowledgement and proof here, a JSON object a line.")
        private Optional<Path> journal = Optional.empty();

        @Parameters(paramLabel = "CMD", description = "The command to meter, after --.")
        private List<String> command = List.of();

        @Override
        public Integer call() throws Exception {
            var config = AgentConfig.read(configFile);
            var clock = ClientClock.system();
            var chain = ChainEndpoints.of(config.chain());
            var agent = Agent.open(
                    config.settings(journal),
                    new ChainAnchors(chain, config.chain()),
                    () -> config.begin(clock),
                    clock);
            return new AgentRun(
                            agent, chain, config, command, spec.commandLine().getErr())
                    .run();
        }
    }

    @Command(
            name = "status",
            description = "Shows the servers' states, the spool, what was acknowledged and what is proven anchored.")
    static final class Status implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--config", required = true, paramLabel = "FILE", description = "The agent's configuration.")
        private Path configFile;

        @Option(names = "--json", description = "Prints the status file's object.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            var config = AgentConfig.read(configFile);
            var status = AgentStatus.read(config.spoolFolder());
            if (status.isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println("tollkeeper: NOT_RUNNING: expected the status of an agent in " + config.spoolFolder()
                                + ", actual none: none has run with this configuration");
                return ExitCode.NOT_RUNNING;
            }
            var out = spec.commandLine().getOut();
            var runs = StatusTable.isRunning(status.get());
            if (json) {
                out.println(status.get().toJson());
            } else {
                out.print(StatusTable.of(status.get(), runs, System.currentTimeMillis()));
            }
            out.flush();
            return runs ? ExitCode.OK : ExitCode.NOT_RUNNING;
        }
    }
}
