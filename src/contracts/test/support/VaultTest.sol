// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {BaseUnits} from "../../src/types/BaseUnits.sol";
import {vm} from "./Vm.sol";

/// @notice A usage record as a client signs it
struct Reading {
    uint32 branch;
    uint64 seq;
    uint40 asOf;
    uint96 amount;
    uint8 kind;
    bytes32 body;
}

/// @notice A vault, one plan, and a client who signs. Digests are written out here a second time, not taken from the
/// contract, so that a change there is seen
abstract contract VaultTest {
    uint8 internal constant START = 1;
    uint8 internal constant INTERIM = 2;
    uint8 internal constant STOP = 3;
    uint8 internal constant CLOSE = 4;

    uint8 internal constant BY_STOP = 1;
    uint8 internal constant BY_OFFLINE = 2;
    uint8 internal constant BY_TIME = 4;

    uint256 internal constant PAYER_KEY = 0xa11ce;
    uint256 internal constant SIGNER_KEY = 0x51681;
    address internal constant PAYEE = address(0xbee);
    address internal constant ANYBODY = address(0xa0b);
    uint256 internal constant NOW = 1_800_000_015; // 15 s into a period of 30 s

    IFeeVault internal vault;
    address internal payer;
    address internal signer;
    bytes32 internal planId;

    function setUp() public virtual {
        vm.warp(NOW);
        vault = deploy();
        payer = vm.addr(PAYER_KEY);
        signer = vm.addr(SIGNER_KEY);
        planId = register(plan());
        vm.deal(payer, 1000 ether);
        vm.deal(ANYBODY, 1000 ether);
    }

    function deploy() internal returns (IFeeVault) {
        return IFeeVault(vm.deployCode("FeeVault.sol:FeeVault"));
    }

    /// The plan of the tests: STOP and TIME with 30 s; OFFLINE after 20 s.
    function plan() internal pure returns (IFeeVault.Plan memory p) {
        p.payee = PAYEE;
        p.tariff = keccak256("tariff");
        p.engineVersion = 1;
        p.methods = 1;
        p.conditions = BY_STOP | BY_TIME;
        p.period = 30;
        p.offlineAfter = 20;
        p.withdrawDelay = 120;
        p.reportEvery = 2;
        p.grace = 2;
    }

    function register(IFeeVault.Plan memory p) internal returns (bytes32) {
        vm.prank(p.payee);
        return vault.registerPlan(p);
    }

    /// A record of the client's that measures up to `asOf`.
    function reading(uint96 amount, uint8 kind, uint256 asOf) internal pure returns (Reading memory) {
        return Reading({branch: 1, seq: 7, asOf: uint40(asOf), amount: amount, kind: kind, body: keccak256("body")});
    }

    /// A record that may be collected at once in every plan that has STOP.
    function signOff(uint96 amount) internal view returns (Reading memory) {
        return reading(amount, STOP, block.timestamp);
    }

    function open(uint96 deposit) internal returns (bytes32) {
        return openFor(SIGNER_KEY, 0, deposit);
    }

    function openFor(uint256 signerKey, uint40 nonce, uint96 deposit) internal returns (bytes32) {
        return openUnder(planId, signerKey, nonce, deposit);
    }

    function openUnder(bytes32 plan_, uint256 signerKey, uint40 nonce, uint96 deposit) internal returns (bytes32) {
        bytes32 digest = openingDigest(plan_, payer, vm.addr(signerKey), nonce);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        bytes memory signerSignature = signCompact(signerKey, digest);
        vm.deal(payer, deposit);
        vm.prank(payer);
        return vault.open{value: deposit}(plan_, payer, vm.addr(signerKey), nonce, payerSignature, signerSignature);
    }

    /// One row of `settle`, signed by the client for the agreement with nonce 0.
    function row(Reading memory r) internal view returns (bytes memory) {
        return rowFor(planId, SIGNER_KEY, 0, r);
    }

    function rowFor(bytes32 plan_, uint256 signerKey, uint40 nonce, Reading memory r)
        internal
        view
        returns (bytes memory)
    {
        (bytes32 sigR, bytes32 sigVs) = vm.signCompact(signerKey, digestOf(plan_, vm.addr(signerKey), nonce, r));
        return packed(vm.addr(signerKey), nonce, r, sigR, sigVs);
    }

    function packed(address signer_, uint40 nonce, Reading memory r, bytes32 sigR, bytes32 sigVs)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(signer_, nonce, r.branch, r.seq, r.asOf, r.amount, r.kind, r.body, sigR, sigVs);
    }

    function settle(bytes memory rows) internal returns (uint256 collected) {
        vm.prank(ANYBODY);
        return vault.settle(plan(), rows);
    }

    function digestOf(bytes32 plan_, address signer_, uint40 nonce, Reading memory r) internal view returns (bytes32) {
        bytes32 typehash = keccak256(
            "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)"
        );
        bytes32 agreement = vault.agreementIdOf(plan_, signer_, nonce);
        return
            typedDigest(keccak256(abi.encode(typehash, agreement, r.branch, r.seq, r.asOf, r.amount, r.kind, r.body)));
    }

    function openingDigest(bytes32 plan_, address payer_, address signer_, uint40 nonce)
        internal
        view
        returns (bytes32)
    {
        bytes32 typehash = keccak256("Opening(bytes32 plan,address payer,address signer,uint40 nonce)");
        return typedDigest(keccak256(abi.encode(typehash, plan_, payer_, signer_, nonce)));
    }

    function typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domainSeparator(block.chainid, address(vault)), structHash));
    }

    function domainSeparator(uint256 chain, address verifier) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tollkeeper"),
                keccak256("1"),
                chain,
                verifier
            )
        );
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signCompact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 vs) = vm.signCompact(key, digest);
        return abi.encodePacked(r, vs);
    }

    function depositOf(bytes32 agreement) internal view returns (uint256) {
        return BaseUnits.unwrap(vault.agreementOf(agreement).deposit);
    }

    function chargedOf(bytes32 agreement) internal view returns (uint256) {
        return BaseUnits.unwrap(vault.agreementOf(agreement).charged);
    }

    function credits() internal view returns (uint256) {
        return vault.creditsOf(PAYEE, address(0));
    }
}
