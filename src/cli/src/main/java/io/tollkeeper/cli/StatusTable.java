package io.tollkeeper.cli;

import io.tollkeeper.client.AgentStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** An agent's status for people. */
final class StatusTable {
    private StatusTable() {}

    /** The process that wrote the file is there and has not said that it ended. */
    static boolean isRunning(AgentStatus status) {
        return !status.state().equals("ENDED")
                && ProcessHandle.of(status.pid()).filter(ProcessHandle::isAlive).isPresent();
    }

    static String of(AgentStatus status, boolean runs, long nowUnixMillis) {
        var text = new StringBuilder();
        line(text, "agreement", status.agreement());
        line(text, "signer", status.signer());
        line(
                text,
                "agent",
                runs
                        ? "%s, process %d, written %s ago"
                                .formatted(
                                        status.state().toLowerCase(Locale.ROOT),
                                        status.pid(),
                                        ago(nowUnixMillis, status.updatedAt()))
                        : "not running (last written " + time(status.updatedAt()) + ")");
        line(text, "session", status.session() + " since " + time(status.sessionStart()));
        line(text, "amount", status.amount());
        status.stopped().ifPresent(why -> line(text, "STOPPED", why));
        line(
                text,
                "spool",
                "%d unsent, %d unacknowledged, %d not anchored, %d bytes%s"
                        .formatted(
                                status.spool().unsent(),
                                status.spool().unacknowledged(),
                                status.spool().unanchored(),
                                status.spool().bytes(),
                                status.spool().full() ? ", FULL" : ""));
        line(
                text,
                "acknowledged",
                status.lastAcknowledged()
                        .map(ack -> "seq %d (%s) amount %s by %s, %s ago"
                                .formatted(
                                        ack.seq(),
                                        ack.kind(),
                                        ack.amount(),
                                        ack.server(),
                                        ago(nowUnixMillis, ack.at())))
                        .orElse("nothing yet"));
        line(
                text,
                "anchored",
                status.lastAnchored()
                        .map(proof -> "seq %d amount %s in block %d, epoch %d"
                                .formatted(proof.seq(), proof.amount(), proof.blockNumber(), proof.epoch()))
                        .orElse("nothing yet"));
        text.append("\n  %-40s %-9s %-6s %-9s %s%n".formatted("SERVER", "STATE", "IN USE", "SINCE", "REASON"));
        for (var server : status.servers()) {
            text.append("  %-40s %-9s %-6s %-9s %s%n"
                    .formatted(
                            server.url(),
                            server.moving() ? "MOVING" : server.state(),
                            status.currentServer().filter(server.url()::equals).isPresent() ? "*" : "",
                            ago(nowUnixMillis, server.since()),
                            server.reason()));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-13s %s%n".formatted(name, value));
    }

    private static String time(long unixMillis) {
        return Instant.ofEpochMilli(unixMillis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String ago(long now, long then) {
        var seconds = Math.max(0, (now - then) / 1000);
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
