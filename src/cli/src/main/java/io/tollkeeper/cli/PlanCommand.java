package io.tollkeeper.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.FeeVaultGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description = "Plans: what a payee offers.",
        subcommands = {PlanCommand.Register.class, PlanCommand.Id.class})
@SuppressWarnings("NullAway.Init") // Fields are set by picocli.
final class PlanCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Command(
            name = "register",
            description = "Registers a plan on the chain and prints its id. Repeated it changes nothing.")
    static final class Register implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--chain", required = true, paramLabel = "FILE", description = "The chain's description.")
        private Path chainFile;

        @Option(names = "--key-file", required = true, paramLabel = "FILE", description = "The payee's key.")
        private Path keyFile;

        @Option(
                names = "--timeout",
                defaultValue = "300",
                paramLabel = "SECONDS",
                description = "Longest wait for a transaction. Default: ${DEFAULT-VALUE}")
        private long timeout;

        @Option(names = "--json", description = "Prints an object instead of the id alone.")
        private boolean json;

        @Parameters(paramLabel = "PLAN", description = "The plan document.")
        private Path planFile;

        @Override
        public Integer call() throws Exception {
            var config = ChainFile.read(chainFile);
            var key = KeyFile.read(keyFile);
            var plan = PlanFile.read(planFile).terms();
            if (!key.address().equals(plan.payee())) {
                throw new FaultsException(java.util.List.of(new Fault(
                        Fault.Rule.MISMATCH,
                        planFile + ": plan.payee",
                        "the address of --key-file, " + key.address().hex(),
                        plan.payee().hex())));
            }
            try (var chain = ChainEndpoints.of(config)) {
                var vault = new FeeVaultGateway(chain, config.feeVault());
                if (vault.plan(plan.planId()).isEmpty()) {
                    new Provider(chain, key, config.finalityDepth(), Duration.ofSeconds(timeout))
                            .send("registration of the plan", vault.registerPlan(plan));
                }
                var answer = JSON.createObjectNode()
                        .put("planId", plan.planId().hex())
                        .put("payee", plan.payee().hex())
                        .put("tariff", plan.tariff().hex());
                spec.commandLine()
                        .getOut()
                        .println(json ? answer.toPrettyString() : plan.planId().hex());
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "id", description = "Checks a plan document and prints the id of its plan; asks no chain.")
    static final class Id implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "PLAN", description = "The plan document.")
        private Path planFile;

        @Override
        public Integer call() throws FaultsException {
            spec.commandLine()
                    .getOut()
                    .println(PlanFile.read(planFile).terms().planId().hex());
            return ExitCode.OK;
        }
    }
}
