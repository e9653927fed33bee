// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {IUsageAnchor} from "../src/interfaces/IUsageAnchor.sol";
import {RowHashes} from "../src/libraries/RowHashes.sol";
import {SettlementRows} from "../src/libraries/SettlementRows.sol";
import {BaseUnits} from "../src/types/BaseUnits.sol";
import {Rfc6962} from "./support/Rfc6962.sol";
import {VectorFiles} from "./support/VectorFiles.sol";
import {vm} from "./support/Vm.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice What the Java side computed, computed once more by the contracts: ids, digests, signatures and
/// bytes
contract VectorsTest is VectorFiles {
    struct PlanVector {
        address payee;
        address token;
        bytes32 tariff;
        uint16 engineVersion;
        uint24 methods;
        uint8 conditions;
        uint32 period;
        uint96 threshold;
        uint96 lowFunds;
        uint32 offlineAfter;
        uint32 withdrawDelay;
        uint32 reportEvery;
        uint32 grace;
        uint96 credit;
        bytes32 planId;
    }

    struct AgreementVector {
        uint256 chainId;
        address vault;
        bytes32 domainSeparator;
        bytes32 plan;
        address signer;
        uint40 nonce;
        bytes32 agreement;
    }

    struct OpeningVector {
        uint256 chainId;
        address vault;
        bytes32 plan;
        address payer;
        address signer;
        uint40 nonce;
        bytes payerSignature;
        bytes signerSignature;
    }

    struct RecordVector {
        uint256 chainId;
        address vault;
        bytes32 agreement;
        bytes canonical;
        bytes32 bodyHash;
        bytes32 leafHash;
        bytes32 digest;
        bytes signature;
        address signer;
    }

    struct SignatureVector {
        bytes32 digest;
        bytes signature;
        address signer;
    }

    struct RowsVector {
        uint256 count;
        bytes rows;
        bytes32 dataHash;
    }

    struct NodeVector {
        bytes32 fleet;
        string namespace;
        string billingNode;
        uint32 index;
        bytes32 nodeId;
    }

    uint256 internal constant SIGNATURE_BYTES = 64;
    uint256 internal constant FIXED_BYTES = 62; // of a canonical record, before its body

    function test_planIds() public {
        IFeeVault vault = IFeeVault(vm.deployCode("FeeVault.sol:FeeVault"));
        PlanVector[] memory vectors = abi.decode(
            read(
                "plans",
                "V(address payee,address token,bytes32 tariff,uint16 engineVersion,uint24 methods,uint8 conditions,uint32 period,uint96 threshold,uint96 lowFunds,uint32 offlineAfter,uint32 withdrawDelay,uint32 reportEvery,uint32 grace,uint96 credit,bytes32 planId)"
            ),
            (PlanVector[])
        );
        vm.assertGe(vectors.length, 1);
        for (uint256 i = 0; i < vectors.length; ++i) {
            vm.assertEq(vault.planIdOf(planOf(vectors[i])), vectors[i].planId);
        }
    }

    function test_agreementIdsAndDomains() public {
        AgreementVector[] memory vectors = abi.decode(
            read(
                "agreements",
                "V(uint256 chainId,address vault,bytes32 domainSeparator,bytes32 plan,address signer,uint40 nonce,bytes32 agreement)"
            ),
            (AgreementVector[])
        );
        vm.assertGe(vectors.length, 1);
        for (uint256 i = 0; i < vectors.length; ++i) {
            AgreementVector memory v = vectors[i];
            IFeeVault vault = vaultAt(v.chainId, v.vault);
            vm.assertEq(vault.deploymentDomain(), v.domainSeparator);
            vm.assertEq(vault.agreementIdOf(v.plan, v.signer, v.nonce), v.agreement);
        }
    }

    function test_openingsAreAccepted() public {
        OpeningVector[] memory vectors = abi.decode(
            read(
                "openings",
                "V(uint256 chainId,address vault,bytes32 plan,address payer,address signer,uint40 nonce,bytes payerSignature,bytes signerSignature)"
            ),
            (OpeningVector[])
        );
        vm.assertGe(vectors.length, 1);
        for (uint256 i = 0; i < vectors.length; ++i) {
            OpeningVector memory v = vectors[i];
            IFeeVault vault = vaultAt(v.chainId, v.vault);
            pretendRegistered(vault, v.plan);
            bytes32 id = vault.open(v.plan, v.payer, v.signer, v.nonce, v.payerSignature, v.signerSignature);
            vm.assertEq(vault.agreementOf(id).payer, v.payer);
        }
    }

    function test_records() public {
        RecordVector[] memory vectors = abi.decode(
            read(
                "records",
                "V(uint256 chainId,address vault,bytes32 agreement,bytes canonical,bytes32 bodyHash,bytes32 leafHash,bytes32 digest,bytes signature,address signer)"
            ),
            (RecordVector[])
        );
        vm.assertGe(vectors.length, 1);
        for (uint256 i = 0; i < vectors.length; ++i) {
            RecordVector memory v = vectors[i];
            vm.assertEq(Rfc6962.leafHash(v.canonical), v.leafHash);
            vm.assertEq(this.bodyHashOf(v.canonical), v.bodyHash);
            vm.assertEq(this.agreementIn(v.canonical), v.agreement);

            // The signed part of the canonical bytes stands in a settlement's row byte for byte.
            bytes memory row =
                bytes.concat(bytes20(v.signer), bytes5(0), this.signedPartOf(v.canonical), v.bodyHash, v.signature);
            bytes32 domain = vaultAt(v.chainId, v.vault).deploymentDomain();
            bytes32 digest = this.digestOfRow(row, domain, v.agreement);
            vm.assertEq(digest, v.digest);
            vm.assertEq(recovered(digest, v.signature), v.signer);
        }
    }

    function test_signatures() public view {
        SignatureVector[] memory vectors =
            abi.decode(read("signatures", "V(bytes32 digest,bytes signature,address signer)"), (SignatureVector[]));
        uint256 good = 0;
        for (uint256 i = 0; i < vectors.length; ++i) {
            // The file says zero for a signature that must be refused.
            vm.assertEq(recovered(vectors[i].digest, vectors[i].signature), vectors[i].signer);
            if (vectors[i].signer != address(0)) ++good;
        }
        vm.assertGe(good, 1);
        vm.assertGe(vectors.length, good + 1);
    }

    function test_anchorRows() public {
        RowsVector[] memory vectors =
            abi.decode(read("rows", "V(uint256 count,bytes rows,bytes32 dataHash)"), (RowsVector[]));
        IUsageAnchor usage = IUsageAnchor(vm.deployCode("UsageAnchor.sol:UsageAnchor", abi.encode(address(this))));
        usage.setFleet("fleet", address(this), 1, 1, 3600);
        bytes32 nodeId = usage.register("fleet", "billing", "metering", 0, 1, address(0xe1), "zone-a");
        for (uint64 i = 0; i < vectors.length; ++i) {
            RowsVector memory v = vectors[i];
            (, uint192 head,) = usage.log(nodeId, 1, address(0xe1));
            vm.prank(address(0xe1));
            usage.anchor(nodeId, 1, i + 1, bytes32(0), v.rows);
            (, uint192 after_,) = usage.log(nodeId, 1, address(0xe1));
            bytes32 link = keccak256(abi.encode(head, nodeId, uint64(1), i + 1, bytes32(0), v.dataHash));
            vm.assertEq(after_, uint192(uint256(link)));
            vm.assertEq(this.countOf(v.rows), v.count);
        }
    }

    function test_nodeIds() public {
        IUsageAnchor usage = IUsageAnchor(vm.deployCode("UsageAnchor.sol:UsageAnchor", abi.encode(address(this))));
        NodeVector[] memory vectors = abi.decode(
            read("nodes", "V(bytes32 fleet,string namespace,string billingNode,uint32 index,bytes32 nodeId)"),
            (NodeVector[])
        );
        vm.assertGe(vectors.length, 1);
        for (uint256 i = 0; i < vectors.length; ++i) {
            NodeVector memory v = vectors[i];
            vm.assertEq(usage.nodeIdOf(v.fleet, v.namespace, v.billingNode, v.index), v.nodeId);
        }
    }

    // External, so that bytes arrive as calldata, which can be cut.

    function bodyHashOf(bytes calldata canonical) external pure returns (bytes32) {
        return keccak256(canonical[FIXED_BYTES:]);
    }

    function agreementIn(bytes calldata canonical) external pure returns (bytes32) {
        return bytes32(canonical[:32]);
    }

    function signedPartOf(bytes calldata canonical) external pure returns (bytes memory) {
        return canonical[32:FIXED_BYTES];
    }

    function digestOfRow(bytes calldata row, bytes32 domain, bytes32 agreement) external pure returns (bytes32) {
        vm.assertEq(row.length, SettlementRows.ROW_BYTES);
        return RowHashes.recordDigest(SettlementRows.rowAt(row, 0), domain, agreement);
    }

    function countOf(bytes calldata rows) external pure returns (uint256 count) {
        while (rows.length != 0) {
            rows = rows[2 + uint16(bytes2(rows[:2])) + SIGNATURE_BYTES:];
            ++count;
        }
    }

    /// The vault as if it had been deployed on that chain at that address: its constructor runs there.
    function vaultAt(uint256 chain, address where) internal returns (IFeeVault) {
        vm.chainId(chain);
        vm.etch(where, vm.getCode("FeeVault.sol:FeeVault"));
        (bool constructed, bytes memory code) = where.call("");
        vm.assertTrue(constructed);
        vm.etch(where, code);
        return IFeeVault(where);
    }

    /// The plans of the vectors have no payee who could register them: their slot says that it was done.
    function pretendRegistered(IFeeVault vault, bytes32 planId) internal {
        uint256 plansSlot = 2;
        vm.store(address(vault), keccak256(abi.encode(planId, plansSlot)), bytes32(uint256(1) << 160));
        (, uint64 registeredBlock) = vault.planOf(planId);
        vm.assertEq(registeredBlock, 1);
    }

    function planOf(PlanVector memory v) internal pure returns (IFeeVault.Plan memory plan) {
        plan.payee = v.payee;
        plan.token = v.token;
        plan.tariff = v.tariff;
        plan.engineVersion = v.engineVersion;
        plan.methods = v.methods;
        plan.conditions = v.conditions;
        plan.period = v.period;
        plan.threshold = BaseUnits.wrap(v.threshold);
        plan.lowFunds = BaseUnits.wrap(v.lowFunds);
        plan.offlineAfter = v.offlineAfter;
        plan.withdrawDelay = v.withdrawDelay;
        plan.reportEvery = v.reportEvery;
        plan.grace = v.grace;
        plan.credit = BaseUnits.wrap(v.credit);
    }

    function recovered(bytes32 digest, bytes memory signature) internal pure returns (address signer) {
        vm.assertEq(signature.length, SIGNATURE_BYTES);
        (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
        (signer,,) = ECDSA.tryRecover(digest, r, vs);
    }
}
