package io.tollkeeper.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The states of the servers on the disk. They are advice: a file that cannot be read is an empty one. */
final class ServerStates {
    private static final System.Logger LOG = System.getLogger(ServerStates.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    ServerStates(Path spoolFolder) {
        this.file = spoolFolder.resolve("servers.json");
    }

    List<ServerList.View> load() {
        try {
            return Files.exists(file)
                    ? JSON.readValue(Files.readString(file), new TypeReference<List<ServerList.View>>() {})
                    : List.of();
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "states of the servers begin anew: " + failure.getMessage());
            return List.of();
        }
    }

    void save(List<ServerList.View> views) {
        try {
            AgentStatus.replace(file, JSON.writeValueAsString(views));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "states of the servers are not saved: " + failure.getMessage());
        }
    }
}
