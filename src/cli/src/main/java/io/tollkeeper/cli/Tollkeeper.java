package io.tollkeeper.cli;

import io.tollkeeper.chain.ChainException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code tollkeeper} command. */
@Command(
        name = "tollkeeper",
        description = "Metering that proves itself, on billing nodes that move between zones.",
        mixinStandardHelpOptions = true,
        versionProvider = Tollkeeper.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            AgentCommand.class,
            ContractsCommand.class,
            PlanCommand.class,
            AgreementCommand.class,
            KeyCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:a fault of the program, or a file that cannot be written",
            " 2:the command line is wrong",
            " 3:a configuration, plan, chain or key file is wrong; every fault is listed",
            " 4:the chain refused, or no endpoint answers",
            " 5:agent run: ended before a node had stored all that was measured (it is in the spool)",
            " 6:agent status: no agent is running with this configuration"
        },
        footer = {"", "`agent run -- CMD` ends with the exit code of CMD."})
public final class Tollkeeper implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "expected a command, actual none");
    }

    public static void main(String[] arguments) {
        configureLogging();
        System.exit(execute(commandLine(), arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Tollkeeper())
                .setExecutionExceptionHandler((failure, commandLine, _) -> report(failure, commandLine.getErr()))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    static int execute(CommandLine commandLine, String... arguments) {
        return commandLine.execute(arguments);
    }

    private static int report(Exception failure, PrintWriter err) {
        switch (failure) {
            case FaultsException wrong -> {
                wrong.faults().forEach(fault -> err.println("tollkeeper: " + fault));
                err.flush();
                return ExitCode.CONFIGURATION;
            }
            case ChainRefusedException refused -> {
                err.println("tollkeeper: CHAIN_REFUSED: " + refused.getMessage());
                err.flush();
                return ExitCode.CHAIN;
            }
            case ChainException away -> {
                err.println("tollkeeper: CHAIN_AWAY: " + away.getMessage());
                err.flush();
                return ExitCode.CHAIN;
            }
            case IOException io -> {
                err.println("tollkeeper: IO: " + (io.getMessage() == null ? io.toString() : io.getMessage()));
                err.flush();
                return ExitCode.FAILED;
            }
            default -> {
                err.println("tollkeeper: FAULT: " + failure);
                failure.printStackTrace(err);
                err.flush();
                return ExitCode.FAILED;
            }
        }
    }

    /** One line an event, on stderr: stdout belongs to what was asked for. */
    private static void configureLogging() {
        try (InputStream settings = Tollkeeper.class.getResourceAsStream("logging.properties")) {
            if (settings != null && System.getProperty("java.util.logging.config.file") == null) {
                LogManager.getLogManager().readConfiguration(settings);
            }
        } catch (IOException failure) {
            System.err.println("tollkeeper: logs as the JVM does: " + failure.getMessage());
        }
    }

    /** The version that the jar's manifest names. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Tollkeeper.class.getPackage().getImplementationVersion();
            return new String[] {"tollkeeper " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
