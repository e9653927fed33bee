package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A system for which there is no libsecp256k1: the same program without the jars that hold it. */
class WithoutNativeLibraryTest {
    private static final Bytes32 DIGEST = Samples.filled(0x42);

    /** Signs and recovers in a process of its own. */
    public static final class Program {
        private Program() {}

        static void main(String[] arguments) {
            Signature signature = Samples.SIGNER.sign(DIGEST);
            System.out.println(Curve.BEST.getClass().getSimpleName()
                    + " " + signature
                    + " " + signature.recover(DIGEST).orElseThrow());
        }
    }

    @Test
    void signsAndRecoversInJavaWithTheSameResult() throws Exception {
        String classpath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("secp256k1-kmp-jni"))
                .collect(Collectors.joining(File.pathSeparator));
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classpath,
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output.strip())
                    .isEqualTo("JavaCurve " + Samples.SIGNER.sign(DIGEST) + " " + Samples.SIGNER.address());
        } finally {
            program.destroyForcibly();
        }
    }
}
