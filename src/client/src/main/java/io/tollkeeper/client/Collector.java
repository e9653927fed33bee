package io.tollkeeper.client;

import java.io.IOException;
import java.util.List;

/**
 * Something that can be measured. A collector counts from zero at its creation, which is the start of its session, and
 * what it counts never falls: a source that starts over or wraps is the collector's own business.
 */
public interface Collector {
    /** What is measured, for people: {@code time}, {@code network eth0}. */
    String name();

    /**
     * The use since this collector was created.
     *
     * @throws IOException when the source cannot be read now; what it counted before is not lost by that
     */
    Counters read() throws IOException;

    /** Makes the collectors of a session. */
    @FunctionalInterface
    interface Start {
        /**
         * @throws IOException when something that is to be measured is not there
         */
        List<Collector> begin() throws IOException;
    }
}
