package io.tollkeeper.cli;

/** The chain did not do what it was asked for. */
final class ChainRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    ChainRefusedException(String what, String expected, String actual) {
        super("%s: expected %s, actual %s".formatted(what, expected, actual));
    }
}
