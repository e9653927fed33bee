package io.tollkeeper.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Opening;
import io.tollkeeper.protocol.SigningDomain;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "agreement",
        description = "Agreements: one payer under one plan.",
        subcommands = {AgreementCommand.Open.class, AgreementCommand.Show.class})
@SuppressWarnings("NullAway.Init") // Fields are set by picocli.
final class AgreementCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Command(
            name = "open",
            description = {
                "Opens an agreement with a deposit and prints its id.",
                "Payer and signer both sign; the payer's key pays."
            })
    static final class Open implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--chain", required = true, paramLabel = "FILE", description = "The chain's description.")
        private Path chainFile;

        @Option(names = "--plan", required = true, paramLabel = "FILE", description = "The plan document.")
        private Path planFile;

        @Option(names = "--payer-key-file", required = true, paramLabel = "FILE", description = "The payer's key.")
        private Path payerKeyFile;

        @Option(
                names = "--signer-key-file",
                required = true,
                paramLabel = "FILE",
                description = "The key with which the client will sign its records.")
        private Path signerKeyFile;

        @Option(names = "--deposit", required = true, paramLabel = "WEI", description = "Deposit in base units.")
        private BigInteger deposit;

        @Option(
                names = "--nonce",
                defaultValue = "0",
                paramLabel = "N",
                description = "Tells agreements of the same plan and signer apart. Default: ${DEFAULT-VALUE}")
        private long nonce;

        @Option(
                names = "--timeout",
                defaultValue = "300",
                paramLabel = "SECONDS",
                description = "Longest wait for a transaction. Default: ${DEFAULT-VALUE}")
        private long timeout;

        @Option(names = "--json", description = "Prints an object instead of the id alone.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            if (deposit.signum() < 0) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--deposit: expected at least 0, actual " + deposit);
            }
            var config = ChainFile.read(chainFile);
            var plan = PlanFile.read(planFile).terms();
            var payer = KeyFile.read(payerKeyFile);
            var signer = KeyFile.read(signerKeyFile);
            var domain = new SigningDomain(config.chainId(), config.feeVault());
            var opening = new Opening(plan.planId(), payer.address(), signer.address(), nonce);
            var agreement = AgreementIds.agreementId(domain, plan.planId(), signer.address(), nonce);
            try (var chain = ChainEndpoints.of(config)) {
                var vault = new FeeVaultGateway(chain, config.feeVault());
                var open = vault.agreement(agreement);
                if (open.isPresent()) {
                    throw new ChainRefusedException(
                            "opening of " + agreement.hex(),
                            "a plan, signer and nonce without an open agreement (--nonce takes another number)",
                            "open, with payer " + open.get().payer().hex());
                }
                var digest = domain.digest(opening);
                var receipt = new Provider(chain, payer, config.finalityDepth(), Duration.ofSeconds(timeout))
                        .send(
                                "opening of the agreement",
                                vault.open(opening, payer.sign(digest), signer.sign(digest), deposit));
                var answer = JSON.createObjectNode()
                        .put("agreement", agreement.hex())
                        .put("planId", plan.planId().hex())
                        .put("payer", payer.address().hex())
                        .put("signer", signer.address().hex())
                        .put("nonce", nonce)
                        .put("deposit", deposit.toString())
                        .put("blockNumber", receipt.blockNumber())
                        .put("transactionHash", receipt.transactionHash().hex());
                spec.commandLine().getOut().println(json ? answer.toPrettyString() : agreement.hex());
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "Prints where the money of an agreement stands, as JSON.")
    static final class Show implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--chain", required = true, paramLabel = "FILE", description = "The chain's description.")
        private Path chainFile;

        @Parameters(paramLabel = "AGREEMENT", description = "The agreement's id.")
        private String agreement;

        @Override
        public Integer call() throws Exception {
            var config = ChainFile.read(chainFile);
            Bytes32 id;
            try {
                id = Bytes32.fromHex(agreement);
            } catch (IllegalArgumentException _) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "expected an agreement's id, 32 bytes in hex, actual " + agreement);
            }
            try (var chain = ChainEndpoints.of(config)) {
                var state = new FeeVaultGateway(chain, config.feeVault()).agreement(id);
                if (state.isEmpty()) {
                    throw new ChainRefusedException("agreement " + id.hex(), "an open agreement", "none of this id");
                }
                spec.commandLine()
                        .getOut()
                        .println(JSON.createObjectNode()
                                .put("agreement", id.hex())
                                .put("payer", state.get().payer().hex())
                                .put("deposit", state.get().deposit().toString())
                                .put("charged", state.get().charged().toString())
                                .toPrettyString());
            }
            return ExitCode.OK;
        }
    }
}
