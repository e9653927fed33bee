package io.tollkeeper.cli;

import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "key",
        description = "Key files: a private key, 32 bytes in hex.",
        subcommands = {KeyCommand.New.class, KeyCommand.Show.class})
@SuppressWarnings("NullAway.Init") // Fields are set by picocli.
final class KeyCommand {
    @Command(name = "new", description = "Makes a key file that only its owner may read, and prints its address.")
    static final class New implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file; must not be there yet.")
        private Path out;

        @Override
        public Integer call() throws IOException {
            var key = SignerKey.generate();
            try {
                key.writeTo(out);
            } catch (FileAlreadyExistsException _) {
                throw new IOException("expected a file that is not there yet, actual: " + out + " exists");
            }
            spec.commandLine().getOut().println(key.address().hex());
            return ExitCode.OK;
        }
    }

    @Command(name = "address", description = "Prints the address of a key file.")
    static final class Show implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "The key file.")
        private Path file;

        @Override
        public Integer call() throws FaultsException {
            spec.commandLine().getOut().println(KeyFile.read(file).address().hex());
            return ExitCode.OK;
        }
    }
}
