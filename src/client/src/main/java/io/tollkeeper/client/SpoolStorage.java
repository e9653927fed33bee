package io.tollkeeper.client;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The files of a spool. What is not yet forced may be lost, torn or kept by a crash, in any mixture. */
interface SpoolStorage extends Closeable {
    /** A file that only grows. */
    interface AppendFile extends Closeable {
        void append(byte[] bytes) throws IOException;

        /** Returns when all that was appended is on the disk. */
        void force() throws IOException;
    }

    /** Names of the files, in ascending order. */
    List<String> list() throws IOException;

    byte[] read(String name) throws IOException;

    /** Makes an empty file, in place of one of that name. */
    AppendFile create(String name) throws IOException;

    void delete(String name) throws IOException;

    /** Returns when the names that were made and deleted are on the disk. */
    void forceNames() throws IOException;

    @Override
    default void close() throws IOException {}
}
