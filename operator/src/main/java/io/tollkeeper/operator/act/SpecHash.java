package io.tollkeeper.operator.act;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tollkeeper.api.BillingNodeSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Tells whether two objects came from the same specification; the same in every process. */
final class SpecHash {
    private static final int BYTES = 8;
    private static final ObjectMapper SORTED =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private SpecHash() {}

    /** Over what a pod is made of; not over what only the operator looks at. */
    static String of(BillingNodeSpec spec, String image) {
        return of(List.of(
                image,
                spec.plans(),
                spec.anchor(),
                spec.storage(),
                spec.pod(),
                spec.health().renewInterval(),
                spec.health().leaseDuration(),
                spec.update().drainDeadline()));
    }

    static String of(Object value) {
        try {
            byte[] text = SORTED.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
