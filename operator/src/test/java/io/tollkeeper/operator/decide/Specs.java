package io.tollkeeper.operator.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.api.BillingNodeSpec;

/** Specifications as users write them. */
final class Specs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Specs() {}

    static BillingNodeSpec spec(String json) {
        try {
            return JSON.readValue(json, BillingNodeSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
