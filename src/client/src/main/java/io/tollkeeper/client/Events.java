package io.tollkeeper.client;

/** Where a client tells what it does: a log, the status file, a test. */
@FunctionalInterface
interface Events {
    /**
     * @param what a short name: {@code server}, {@code failure}, {@code refused}, {@code branch}, {@code stopped}, …
     */
    void event(String what, String detail);
}
