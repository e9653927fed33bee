package io.tollkeeper.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Builds a group of the specification the way an empty object is read: every field has its default. */
final class Defaults {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Defaults() {}

    static <T> T of(Class<T> type) {
        try {
            return JSON.treeToValue(JsonNodeFactory.instance.objectNode(), type);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("no defaults for " + type, e);
        }
    }
}
