// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IUsageAnchor} from "./interfaces/IUsageAnchor.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";

/// @title UsageAnchor
/// @notice See {IUsageAnchor}. Holds no money: what `register` is paid goes through to the signer. The registry is in the
/// same contract so that an anchor reads one cold slot and not two.
contract UsageAnchor is IUsageAnchor, Ownable2Step {
    using RateLimiter for RateLimiter.RefillingBucket;

    /// One epoch key, one slot:
    ///
    ///   bit 255      254..192   191..0
    ///       ended    size       head
    ///
    /// The top bit is free for `ended` because sizes are below 2^63 everywhere. A head is never zero, so that bits of zero
    /// say: never registered.
    struct EpochLog {
        uint256 bits;
    }

    uint256 private constant ENDED = 1 << 255;
    uint64 private constant SIZE_MAX = type(uint64).max >> 1;
    uint64 private constant EPOCH_STEP_MAX = 1000;
    uint256 private constant ROWS_MAX_BYTES = 65_536;

    /// All registrations of a fleet draw from one bucket.
    bytes32 private constant WHOLE_FLEET = 0;

    mapping(bytes32 fleetId => Fleet) private _fleets;
    mapping(bytes32 fleetId => RateLimiter.RefillingBucket) private _registrations;
    mapping(bytes32 nodeId => Node) private _nodes;
    mapping(bytes32 nodeId => mapping(uint256 epochAndSigner => EpochLog)) private _logs;

    constructor(address admin) Ownable(admin) {}

    /// @inheritdoc IUsageAnchor
    function setFleet(bytes32 fleetId, address nodeAdmin, uint32 maxNodes, uint32 burst, uint32 window)
        external
        onlyOwner
    {
        require(burst >= maxNodes, BurstBelowMaxNodes(maxNodes, burst));
        Fleet storage f = _fleets[fleetId];
        (f.nodeAdmin, f.maxNodes, f.burst, f.window) = (nodeAdmin, maxNodes, burst, window);
        _registrations[fleetId].sync(WHOLE_FLEET);
        _registrations[fleetId].updateSettings(window, burst);
        emit FleetSet(fleetId, nodeAdmin, maxNodes, burst, window);
    }

    /// @inheritdoc IUsageAnchor
    function register(
        bytes32 fleetId,
        string calldata namespace,
        string calldata billingNode,
        uint32 index,
        uint64 epoch,
        address signer,
        string calldata zone
    ) external payable returns (bytes32 nodeId) {
        _requireNodeAdmin(fleetId);
        nodeId = nodeIdOf(fleetId, namespace, billingNode, index);
        Node memory previous = _nodes[nodeId];
        if (previous.active && previous.epoch == epoch && previous.signer == signer) {
            _send(msg.sender, msg.value);
            return nodeId;
        }

        _requireNext(nodeId, previous, epoch, signer);
        _takeRegistration(fleetId, previous.active);
        (uint64 previousSize, uint192 previousHead) = _end(nodeId, previous);
        uint192 head = _link(previousHead, nodeId, epoch, 0, bytes32(uint256(uint160(signer))), 0);
        _nodes[nodeId] = Node(fleetId, epoch, signer, true, uint64(block.number));
        _log(nodeId, epoch, signer).bits = head;
        emit Registered(
            nodeId,
            epoch,
            signer,
            fleetId,
            namespace,
            billingNode,
            index,
            zone,
            previous.epoch,
            previousSize,
            previousHead,
            head
        );
        _send(signer, msg.value);
    }

    /// @inheritdoc IUsageAnchor
    function fence(bytes32 fleetId, string calldata namespace, string calldata billingNode, uint32 index, uint64 epoch)
        external
    {
        _requireNodeAdmin(fleetId);
        bytes32 nodeId = nodeIdOf(fleetId, namespace, billingNode, index);
        Node memory newest = _nodes[nodeId];
        require(epoch == newest.epoch, EpochNotNewest(nodeId, newest.epoch, epoch));
        if (!newest.active) return;

        _nodes[nodeId].active = false;
        --_fleets[fleetId].nodes;
        _end(nodeId, newest);
    }

    /// @inheritdoc IUsageAnchor
    function anchor(bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root) external {
        _anchor(nodeId, epoch, size, root, 0);
    }

    /// @inheritdoc IUsageAnchor
    function anchor(bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root, bytes calldata rows) external {
        bytes32 dataHash = 0;
        if (rows.length != 0) {
            require(rows.length <= ROWS_MAX_BYTES, RowsTooLong(ROWS_MAX_BYTES, rows.length));
            dataHash = keccak256(rows);
            emit Rows(nodeId, epoch, size, rows);
        }
        _anchor(nodeId, epoch, size, root, dataHash);
    }

    /// @inheritdoc IUsageAnchor
    function fleet(bytes32 fleetId) external view returns (Fleet memory) {
        return _fleets[fleetId];
    }

    /// @inheritdoc IUsageAnchor
    function node(bytes32 nodeId) external view returns (Node memory) {
        return _nodes[nodeId];
    }

    /// @inheritdoc IUsageAnchor
    function log(bytes32 nodeId, uint64 epoch, address signer)
        external
        view
        returns (uint64 size, uint192 head, bool active)
    {
        uint256 bits = _log(nodeId, epoch, signer).bits;
        return (_size(bits), uint192(bits), _isActive(bits));
    }

    /// @inheritdoc IUsageAnchor
    function nodeIdOf(bytes32 fleetId, string calldata namespace, string calldata billingNode, uint32 index)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(fleetId, namespace, billingNode, index));
    }

    function _link(uint192 head, bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root, bytes32 dataHash)
        private
        pure
        returns (uint192)
    {
        return uint192(uint256(keccak256(abi.encode(head, nodeId, epoch, size, root, dataHash))));
    }

    function _anchor(bytes32 nodeId, uint64 epoch, uint64 size, bytes32 root, bytes32 dataHash) private {
        EpochLog storage epochLog = _log(nodeId, epoch, msg.sender);
        uint256 bits = epochLog.bits;
        require(_isActive(bits), SignerNotActive(nodeId, epoch, msg.sender));
        require(size > _size(bits), SizeNotHigher(nodeId, epoch, _size(bits), size));
        require(size <= SIZE_MAX, SizeTooLarge(SIZE_MAX, size));

        uint192 head = _link(uint192(bits), nodeId, epoch, size, root, dataHash);
        epochLog.bits = uint256(size) << 192 | head;
        emit Anchored(nodeId, epoch, size, root, head, dataHash);
    }

    function _requireNodeAdmin(bytes32 fleetId) private view {
        address nodeAdmin = _fleets[fleetId].nodeAdmin;
        require(msg.sender == nodeAdmin, NotNodeAdmin(fleetId, nodeAdmin, msg.sender));
    }

    function _requireNext(bytes32 nodeId, Node memory previous, uint64 epoch, address signer) private pure {
        require(epoch > previous.epoch, EpochNotHigher(nodeId, previous.epoch, epoch));
        // Cannot overflow before 2^64 - 1,000, and then the checked addition refuses: 1.8e16 registrations away.
        uint64 highest = previous.epoch + EPOCH_STEP_MAX;
        require(epoch <= highest, EpochTooHigh(nodeId, highest, epoch));
        require(signer != address(0) && signer != previous.signer, SignerNotNew(nodeId, signer));
    }

    /// Draws one registration from the fleet's burst, and a place in the fleet for a node that has none.
    function _takeRegistration(bytes32 fleetId, bool hasPlace) private {
        Fleet storage f = _fleets[fleetId];
        if (!hasPlace) {
            require(f.nodes < f.maxNodes, FleetFull(fleetId, f.maxNodes));
            ++f.nodes;
        }
        require(
            _registrations[fleetId].tryConsume(WHOLE_FLEET, 1), RegistrationRateExceeded(fleetId, f.burst, f.window)
        );
    }

    /// Ends an epoch, if there is one and it has not ended yet. Returns its last size and head.
    function _end(bytes32 nodeId, Node memory ending) private returns (uint64 size, uint192 head) {
        EpochLog storage epochLog = _log(nodeId, ending.epoch, ending.signer);
        uint256 bits = epochLog.bits;
        (size, head) = (_size(bits), uint192(bits));
        if (_isActive(bits)) {
            epochLog.bits = bits | ENDED;
            emit Fenced(nodeId, ending.epoch, size, head);
        }
    }

    function _send(address to, uint256 amount) private {
        if (amount != 0) Address.sendValue(payable(to), amount);
    }

    function _log(bytes32 nodeId, uint64 epoch, address signer) private view returns (EpochLog storage) {
        return _logs[nodeId][uint256(epoch) << 160 | uint160(signer)];
    }

    function _size(uint256 bits) private pure returns (uint64) {
        return uint64(bits >> 192) & SIZE_MAX;
    }

    /// Registered and not ended: neither zero nor, with the top bit, negative.
    function _isActive(uint256 bits) private pure returns (bool) {
        return int256(bits) > 0;
    }
}
