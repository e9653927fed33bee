package io.tollkeeper.chain;

import java.net.URI;

/** How one endpoint took a transaction. */
public sealed interface SendAnswer {
    record Accepted(URI endpoint) implements SendAnswer {}

    /** Not necessarily bad: "already known" comes this way too. The text is for people. */
    record Refused(URI endpoint, int code, String text) implements SendAnswer {}

    record Unreachable(URI endpoint, String why) implements SendAnswer {}
}
