package io.tollkeeper.cli;

/**
 * How the command ends. {@code agent run -- CMD} ends with the exit code of CMD instead, whatever became of the records:
 * what was not delivered is said on stderr and stays in the spool.
 */
final class ExitCode {
    static final int OK = 0;
    /** A fault of the program itself, or a file that cannot be written. */
    static final int FAILED = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** A configuration, plan, chain or key file is wrong; every fault of it is listed. */
    static final int CONFIGURATION = 3;
    /** The chain refused, or no endpoint answers. */
    static final int CHAIN = 4;
    /** {@code agent run} ended before a node had stored all that was measured; it is in the spool. */
    static final int NOT_DELIVERED = 5;
    /** {@code agent status}: no agent has run with this configuration, or the one that ran is not running now. */
    static final int NOT_RUNNING = 6;

    private ExitCode() {}
}
