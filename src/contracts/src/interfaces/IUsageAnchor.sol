// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Who may write, and what was written: the registry of billing nodes and the anchors of their logs
/// @notice A *fleet* is a set of billing nodes under one NODE_ADMIN key (an operator of one cluster). A *node* keeps its
/// id for life. Each pod of it is an *epoch* with a *signer* key of its own. An epoch's key anchors checkpoints (size and
/// RFC 6962 root) of that epoch's append-only log until it is *fenced*: by the registration of its successor or by
/// {fence}. From that block on the chain refuses it.
///
/// Per epoch key the contract keeps one slot, `size | head`. The head chains everything the key ever anchored:
///
///     head' = link(head, nodeId, epoch, size, root, dataHash)
///           = the low 192 bits of keccak256(abi.encode(head, nodeId, epoch, size, root, dataHash))
///
/// and an epoch's first head is seeded from its predecessor's last (zero for a node's first epoch):
///
///     head0 = link(previousHead, nodeId, epoch, 0, signer, 0)
///
/// so that whoever holds the events of one node can check that none is missing, across epochs.
interface IUsageAnchor {
    /// @notice A set of nodes under one key
    /// @param nodeAdmin The only key that registers and fences nodes of this fleet; zero: the fleet is closed
    /// @param maxNodes How many nodes may be active at once
    /// @param burst How many registrations may follow each other at once; at least maxNodes, so that all can move
    /// @param window Seconds in which a used-up burst is whole again
    /// @param nodes How many nodes are active now
    struct Fleet {
        address nodeAdmin;
        uint32 maxNodes;
        uint32 burst;
        uint32 window;
        uint32 nodes;
    }

    /// @notice What the registry knows of a node
    /// @param fleet The fleet it belongs to; zero: never registered
    /// @param epoch Its newest epoch
    /// @param signer The key of that epoch
    /// @param active Whether that key may anchor; false after {fence}
    /// @param registeredBlock The block in which that epoch was registered
    struct Node {
        bytes32 fleet;
        uint64 epoch;
        address signer;
        bool active;
        uint64 registeredBlock;
    }

    /// @notice Emitted when a fleet is authorised or its terms change
    event FleetSet(bytes32 indexed fleet, address indexed nodeAdmin, uint32 maxNodes, uint32 burst, uint32 window);

    /// @notice Emitted when an epoch begins
    /// @param nodeId {nodeIdOf} of fleet, namespace, billingNode and index
    /// @param epoch The new epoch
    /// @param signer Its key
    /// @param fleet The fleet
    /// @param namespace The Kubernetes namespace of the BillingNode
    /// @param billingNode The name of the BillingNode
    /// @param index The node's number within it
    /// @param zone The availability zone in which the epoch runs, as the operator reports it
    /// @param previousEpoch The epoch before (0: none)
    /// @param previousSize The last size that the epoch before anchored
    /// @param previousHead Its last head
    /// @param head The first head of the new epoch
    event Registered(
        bytes32 indexed nodeId,
        uint64 indexed epoch,
        address indexed signer,
        bytes32 fleet,
        string namespace,
        string billingNode,
        uint32 index,
        string zone,
        uint64 previousEpoch,
        uint64 previousSize,
        uint192 previousHead,
        uint192 head
    );

    /// @notice Emitted when an epoch ends, by its successor's registration or by {fence}: this block is the fence
    /// @param size The last size that the epoch anchored
    /// @param head Its last head
    event Fenced(bytes32 indexed nodeId, uint64 indexed epoch, uint64 size, uint192 head);

    /// @notice Emitted for each checkpoint
    /// @param size Number of records in the epoch's log
    /// @param root RFC 6962 root (SHA-256) over all of them
    /// @param head The chained head after this checkpoint
    /// @param dataHash keccak-256 of the rows that came with it (FULL mode), zero without rows (DIGEST mode)
    /// @dev `epoch` is no topic: that keeps an anchor below 31,000 gas, and a node's events are found by its id.
    event Anchored(bytes32 indexed nodeId, uint64 epoch, uint64 size, bytes32 root, uint192 head, bytes32 dataHash);

    /// @notice Emitted before {Anchored} in FULL mode
    /// @param rows Concatenation of {uint16 length of the canonical record, canonical record, 64-byte signature}: the
    /// newest record of each agreement touched since the anchor before
    event Rows(bytes32 indexed nodeId, uint64 indexed epoch, uint64 size, bytes rows);

    /// @notice Thrown when the burst of a fleet could not move all of its nodes at once
    error BurstBelowMaxNodes(uint32 maxNodes, uint32 burst);

    /// @notice Thrown when the caller is not the NODE_ADMIN of the fleet
    error NotNodeAdmin(bytes32 fleet, address nodeAdmin, address caller);

    /// @notice Thrown when the fleet has as many active nodes as it may have
    error FleetFull(bytes32 fleet, uint32 maxNodes);

    /// @notice Thrown when the fleet has used up its burst of registrations
    error RegistrationRateExceeded(bytes32 fleet, uint32 burst, uint32 window);

    /// @notice Thrown when an epoch is registered that is not above the newest one
    error EpochNotHigher(bytes32 nodeId, uint64 newest, uint64 offered);

    /// @notice Thrown when an epoch rises by more than 1,000: a stolen NODE_ADMIN key cannot use up all epochs
    error EpochTooHigh(bytes32 nodeId, uint64 highest, uint64 offered);

    /// @notice Thrown when a signer is zero or the key of the epoch before: each epoch has a key of its own
    error SignerNotNew(bytes32 nodeId, address signer);

    /// @notice Thrown when an epoch is fenced that is not the newest one
    error EpochNotNewest(bytes32 nodeId, uint64 newest, uint64 offered);

    /// @notice Thrown when an anchor comes from a key that is not active for this node and epoch: never registered, or
    /// fenced
    error SignerNotActive(bytes32 nodeId, uint64 epoch, address signer);

    /// @notice Thrown when a checkpoint does not grow its log
    error SizeNotHigher(bytes32 nodeId, uint64 epoch, uint64 size, uint64 offered);

    /// @notice Thrown when a size is not below 2^63
    error SizeTooLarge(uint64 max, uint64 offered);

    /// @notice Thrown when one anchor carries more bytes of rows than 65,536: split it, a size for each part
    error RowsTooLong(uint256 max, uint256 actual);

    /// @notice Authorises a fleet, changes its terms or replaces its key. Only by the owner
    /// @dev Active nodes above a lowered maxNodes stay; no further one is registered until enough are fenced. A replaced
    /// NODE_ADMIN loses every right at once; what it registered stays until the new one changes it.
    /// @param fleet Any id, chosen by the owner
    /// @param nodeAdmin The key that registers and fences; zero closes the fleet
    /// @param maxNodes How many nodes may be active at once
    /// @param burst How many registrations may follow each other at once, at least maxNodes
    /// @param window Seconds in which a used-up burst is whole again
    function setFleet(bytes32 fleet, address nodeAdmin, uint32 maxNodes, uint32 burst, uint32 window) external;

    /// @notice Begins an epoch of a node and ends the one before in the same transaction. Only by the fleet's NODE_ADMIN.
    /// What is sent along goes to the new signer: its gas money
    /// @dev Repeated identically (same epoch, same signer, still active) it changes nothing and pays back what was sent.
    /// @param fleet The fleet
    /// @param namespace The Kubernetes namespace of the BillingNode
    /// @param billingNode The name of the BillingNode
    /// @param index The node's number within it
    /// @param epoch Above the newest epoch by 1 to 1,000
    /// @param signer The key of the new epoch, not that of the epoch before
    /// @param zone The availability zone in which the epoch runs
    /// @return nodeId {nodeIdOf} of the first four
    function register(
        bytes32 fleet,
        string calldata namespace,
        string calldata billingNode,
        uint32 index,
        uint64 epoch,
        address signer,
        string calldata zone
    ) external payable returns (bytes32 nodeId);

    /// @notice Ends a node's newest epoch without a successor (scale-down, deletion). Only by the fleet's NODE_ADMIN
    /// @dev Repeated it changes nothing.
    /// @param epoch The newest epoch
    function fence(bytes32 fleet, string calldata namespace, string calldata billingNode, uint32 index, uint64 epoch)
        external;

    /// @notice Writes a checkpoint of an epoch's log, DIGEST mode. Only by the key of that epoch, until it is fenced
    /// @param nodeId The node
    /// @param epoch Its epoch
    /// @param size Number of records in the log, above the last anchored one and below 2^63
    /// @param root RFC 6962 root over all of them
    function anchor(bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root) external;

    /// @notice Writes a checkpoint of an epoch's log together with records of it, FULL mode. Only by the key of that
    /// epoch, until it is fenced
    /// @dev Without rows the same as DIGEST mode, for some 300 gas more. More than 65,536 bytes of rows: several anchors,
    /// each up to the size that its rows reach.
    /// @param nodeId The node
    /// @param epoch Its epoch
    /// @param size Number of records in the log, above the last anchored one and below 2^63
    /// @param root RFC 6962 root over all of them
    /// @param rows The newest record of each touched agreement, as {Rows} has them; at most 65,536 bytes
    function anchor(bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root, bytes calldata rows) external;

    /// @notice The terms and the count of a fleet
    function fleet(bytes32 fleetId) external view returns (Fleet memory);

    /// @notice The newest epoch of a node
    function node(bytes32 nodeId) external view returns (Node memory);

    /// @notice The log of one epoch key, also after its fence
    /// @return size Number of records anchored last
    /// @return head The head after that; zero: this key was never registered for this epoch
    /// @return active Whether the key may anchor
    function log(bytes32 nodeId, uint64 epoch, address signer)
        external
        view
        returns (uint64 size, uint192 head, bool active);

    /// @notice keccak256(abi.encode(fleet, namespace, billingNode, index))
    function nodeIdOf(bytes32 fleetId, string calldata namespace, string calldata billingNode, uint32 index)
        external
        pure
        returns (bytes32);
}
