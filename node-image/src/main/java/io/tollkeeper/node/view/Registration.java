package io.tollkeeper.node.view;

import io.tollkeeper.chain.ChainException;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.chain.UsageAnchorGateway.LogState;
import io.tollkeeper.chain.UsageAnchorGateway.NodeState;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.gate.Closed;
import io.tollkeeper.node.gate.Gate;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.protocol.Address;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Whether the chain takes anchors from this epoch's key. Asked again and again, for a fence can come at any time; what
 * the chain says closes or opens the {@link Gate}.
 */
public final class Registration {
    private static final Logger LOG = Logger.getLogger(Registration.class);

    private final NodeSettings settings;
    private final UsageAnchorGateway gateway;
    private final UsageLog log;
    private final Gate gate;
    private volatile boolean active;
    private volatile long anchoredSize;

    public Registration(NodeSettings settings, UsageAnchorGateway gateway, UsageLog log, Gate gate) {
        this.settings = settings;
        this.gateway = gateway;
        this.log = log;
        this.gate = gate;
    }

    /** Whether this epoch's key may anchor, when last asked. */
    public boolean isActive() {
        return active;
    }

    /** The size that the chain's newest block has of this epoch's log, when last asked. */
    public long anchoredSize() {
        return anchoredSize;
    }

    /** An anchor of this size has become final. */
    public void anchored(long size) {
        anchoredSize = Math.max(anchoredSize, size);
    }

    /** Asks the chain; false when it did not answer. */
    public boolean refresh() {
        try {
            Optional<NodeState> node = gateway.node(settings.nodeId());
            Optional<LogState> own = gateway.log(
                    settings.nodeId(), settings.epoch(), settings.key().address());
            heard(node, own);
            return true;
        } catch (ChainException away) {
            return false;
        }
    }

    private void heard(Optional<NodeState> node, Optional<LogState> own) {
        anchoredSize = own.map(LogState::size).orElse(0L);
        boolean was = active;
        active = own.map(LogState::active).orElse(false);
        if (active && !was) {
            LOG.infof("epoch %d is registered on the chain: anchoring", settings.epoch());
        }
        Optional<String> ended = node.flatMap(this::whyEnded);
        if (ended.isPresent()) {
            if (gate.close(Closed.FENCED, ended.get())) {
                LOG.warnf("read-only: %s", ended.get());
            }
        } else {
            gate.open(Closed.FENCED);
        }
        if (anchoredSize > log.size()) {
            String words = "the chain has " + anchoredSize + " records of this epoch, the disk " + log.size();
            if (gate.close(Closed.LOG_BEHIND_CHAIN, words)) {
                LOG.errorf("read-only: %s", words);
            }
        }
    }

    /** A node that was never registered, or whose epoch is yet to be, has not ended. */
    private Optional<String> whyEnded(NodeState node) {
        Address own = settings.key().address();
        if (node.epoch() > settings.epoch()) {
            return Optional.of("epoch " + node.epoch() + " is registered, this is epoch " + settings.epoch());
        }
        if (node.epoch() < settings.epoch()) {
            return Optional.empty();
        }
        if (!node.signer().equals(own)) {
            return Optional.of("epoch " + node.epoch() + " is registered for "
                    + node.signer().hex() + ", this is " + own.hex());
        }
        return node.active() ? Optional.empty() : Optional.of("epoch " + node.epoch() + " is fenced");
    }
}
