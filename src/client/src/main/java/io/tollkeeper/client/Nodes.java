package io.tollkeeper.client;

import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.ReportBatch;
import io.tollkeeper.protocol.v1.StatusAnswer;
import io.tollkeeper.protocol.v1.SubmitAck;
import java.io.Closeable;

/** Calls of billing nodes by their URL. Each returns or fails within the client's time-out. */
interface Nodes extends Closeable {
    SubmitAck submit(String url, ReportBatch batch) throws NodeCallException;

    StatusAnswer status(String url) throws NodeCallException;

    PositionAnswer position(String url, AgreementQuery query) throws NodeCallException;

    @Override
    void close();
}
