package io.tollkeeper.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What an agent is doing, as its status file says it. Times are Unix milliseconds, amounts decimal strings of base units.
 *
 * @param state {@code RUNNING}, {@code STOPPING} or {@code ENDED}, by the agent's own word
 * @param amount what the agreement owes at the newest reading
 * @param notices the newest things worth telling, oldest first
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record AgentStatus(
        String agreement,
        String signer,
        long pid,
        String state,
        long updatedAt,
        long session,
        long sessionStart,
        String amount,
        Optional<String> currentServer,
        List<Server> servers,
        SpoolStatus spool,
        Optional<Acknowledged> lastAcknowledged,
        Optional<Anchored> lastAnchored,
        Optional<String> stopped,
        List<Notice> notices) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * @param state {@code HEALTHY}, {@code SUSPECT} or {@code ABNORMAL}
     * @param moving whether it said MOVE and has not said since that it accepts
     */
    public record Server(
            String url, String state, boolean moving, int failuresInARow, int goodAnswers, String reason, long since) {}

    /**
     * @param unsent readings without a number
     * @param unacknowledged signed records that no node has stored
     * @param unanchored signed records that are not proven anchored
     */
    public record SpoolStatus(int unsent, int unacknowledged, int unanchored, long bytes, boolean full) {}

    public record Acknowledged(long seq, String digest, String kind, String amount, long at, String server) {}

    public record Anchored(
            long seq,
            String digest,
            String amount,
            String nodeId,
            long epoch,
            long blockNumber,
            String transactionHash) {}

    public record Notice(long at, String what, String detail) {}

    public AgentStatus {
        servers = List.copyOf(servers);
        notices = List.copyOf(notices);
    }

    public String toJson() throws IOException {
        return JSON.writeValueAsString(this);
    }

    public static AgentStatus fromJson(String json) throws IOException {
        return JSON.readValue(json, AgentStatus.class);
    }

    /** The status file in an agent's folder. */
    public static Path file(Path spoolFolder) {
        return spoolFolder.resolve("status.json");
    }

    /** Empty when no agent has run with this folder. */
    public static Optional<AgentStatus> read(Path spoolFolder) throws IOException {
        var file = file(spoolFolder);
        return Files.exists(file) ? Optional.of(fromJson(Files.readString(file))) : Optional.empty();
    }

    void write(Path spoolFolder) throws IOException {
        replace(file(spoolFolder), toJson() + "\n");
    }

    /** A reader sees the old content or the new one, never a part. */
    static void replace(Path file, String content) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, content);
        try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
