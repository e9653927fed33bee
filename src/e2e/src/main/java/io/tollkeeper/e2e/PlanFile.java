package io.tollkeeper.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.rating.Tariff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A plan document of the provider.
 *
 * @param text the document
 * @param file where it lies once it is registered
 */
public record PlanFile(String text, Path file) {
    private static final String DOCUMENT = """
            apiVersion: tollkeeper.io/v1
            plan:
              payee: "%s"
              token: "0x0000000000000000000000000000000000000000"
              methods: [DEPOSIT]
              conditions: [%s]
              period: %ds
              threshold: "0"
              lowFunds: "0"
              offlineAfter: %ds
              withdrawDelay: 240s
              reportEvery: 2s
              grace: 2s
              credit: "0"
            tariff:
              version: "1"
              engineVersion: 1
              window: none
              meters:
                - {id: 1, name: time, unit: s}
                - {id: 2, name: rx, unit: B}
                - {id: 3, name: tx, unit: B}
              lines:
                - {name: time, meter: time, kind: perUnit, price: "%d", per: "1", rounding: DOWN}
                - {name: received, meter: rx, kind: perUnit, price: "7", per: "1024", rounding: DOWN}
                - {name: sent, meter: tx, kind: perUnit, price: "11", per: "1024", rounding: UP}
            """;

    /**
     * A plan for seconds of use and bytes of traffic.
     *
     * @param payee address of the provider
     * @param condition STOP, TIME, or empty for OFFLINE alone
     * @param periodSeconds of TIME
     * @param offlineAfterSeconds of OFFLINE
     * @param pricePerSecond base units
     */
    public static PlanFile of(
            String payee, String condition, int periodSeconds, int offlineAfterSeconds, int pricePerSecond) {
        return new PlanFile(
                DOCUMENT.formatted(payee, condition, periodSeconds, offlineAfterSeconds, pricePerSecond), Path.of(""));
    }

    PlanFile at(Path place) {
        return new PlanFile(text, place);
    }

    public Tariff tariff() {
        return Tariff.fromDocument(document());
    }

    public PlanTerms terms() {
        return PlanTerms.fromDocument(document(), Bytes32.of(tariff().hash()));
    }

    private JsonNode document() {
        try {
            return new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
