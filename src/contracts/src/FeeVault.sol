// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "./interfaces/IFeeVault.sol";
import {PlanRules} from "./libraries/PlanRules.sol";
import {RowHashes} from "./libraries/RowHashes.sol";
import {Row, SettlementRows} from "./libraries/SettlementRows.sol";
import {BaseUnits} from "./types/BaseUnits.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title FeeVault
/// @notice See {IFeeVault}. Immutable, without owner: no function moves a customer's deposit but {settle}, and that only
/// up to what his signer signed.
contract FeeVault is IFeeVault, EIP712 {
    using PlanRules for Plan;
    using PlanRules for PlanRules.Due;

    /// {settle} reads and writes the first slot alone; the second is for the payer's own calls.
    struct Agreement {
        BaseUnits deposit;
        BaseUnits charged;
        uint24 extNonce; // of requests by the method EXTERNAL (not yet)
        uint8 flags;
        // second slot
        address payer;
        BaseUnits pendingWithdrawal; // (not yet)
    }

    struct RegisteredPlan {
        address payee;
        uint64 registeredBlock;
    }

    /// What all rows of a batch have in common.
    struct Batch {
        bytes32 planId;
        bytes32 domain;
        PlanRules.Due due;
    }

    bytes32 private constant OPENING_TYPEHASH =
        keccak256("Opening(bytes32 plan,address payer,address signer,uint40 nonce)");
    uint8 private constant OPEN = 1;

    /// @inheritdoc IFeeVault
    bytes32 public immutable deploymentDomain;

    mapping(bytes32 planId => RegisteredPlan) private _plans;
    mapping(bytes32 agreementId => Agreement) private _agreements;
    mapping(address payee => mapping(address token => uint256)) private _credits;

    constructor() EIP712("Tollkeeper", "1") {
        deploymentDomain = _domainSeparatorV4();
    }

    /// @inheritdoc IFeeVault
    function registerPlan(Plan calldata plan) external returns (bytes32 planId) {
        require(msg.sender == plan.payee, NotPayee(plan.payee, msg.sender));
        plan.validate();
        planId = plan.id();
        if (_plans[planId].registeredBlock != 0) return planId;

        _plans[planId] = RegisteredPlan(plan.payee, uint64(block.number));
        emit PlanRegistered(planId, plan.payee, plan);
    }

    /// @inheritdoc IFeeVault
    function open(
        bytes32 planId,
        address payer,
        address signer,
        uint40 nonce,
        bytes calldata payerSignature,
        bytes calldata signerSignature
    ) external payable returns (bytes32 agreementId) {
        agreementId = agreementIdOf(planId, signer, nonce);
        Agreement storage agreement = _agreements[agreementId];
        if (agreement.flags & OPEN == 0) {
            require(_plans[planId].registeredBlock != 0, PlanNotRegistered(planId));
            _requireSigned(planId, payer, signer, nonce, payerSignature, signerSignature);
            agreement.flags = OPEN;
            agreement.payer = payer;
            emit Opened(agreementId, planId, payer, signer, nonce);
        }
        require(agreement.payer == payer, AgreementTaken(agreementId, agreement.payer));
        if (msg.value != 0) _credit(agreementId, agreement);
    }

    /// @inheritdoc IFeeVault
    function deposit(bytes32 agreementId) external payable {
        Agreement storage agreement = _agreements[agreementId];
        require(agreement.flags & OPEN != 0, AgreementNotOpen(agreementId));
        require(msg.value != 0, DepositMissing(agreementId));
        _credit(agreementId, agreement);
    }

    /// @inheritdoc IFeeVault
    function settle(Plan calldata plan, bytes calldata rows) external returns (uint256 collected) {
        uint256 count = _countOf(rows);
        Batch memory batch = _batch(plan);
        bytes memory skipped = new bytes((count + 7) / 8);
        bool anySkipped = false;
        for (uint256 i = 0; i < count; ++i) {
            BaseUnits delta = _collect(batch, SettlementRows.rowAt(rows, i));
            collected += delta.unwrap();
            if (delta.isZero()) {
                skipped[i / 8] |= bytes1(0x01) << (i % 8);
                anySkipped = true;
            }
        }
        if (collected != 0) _credits[plan.payee][plan.token] += collected;
        if (anySkipped) emit Skipped(batch.planId, skipped);
    }

    /// @inheritdoc IFeeVault
    function withdrawCredits(address token, address to) external returns (uint256 amount) {
        require(to != address(0), ReceiverMissing());
        amount = _credits[msg.sender][token];
        require(amount != 0, CreditsEmpty(msg.sender, token));
        _credits[msg.sender][token] = 0;
        emit CreditsWithdrawn(msg.sender, token, to, amount);
        // Credits exist in the native coin alone: registerPlan refuses every token.
        Address.sendValue(payable(to), amount);
    }

    /// @inheritdoc IFeeVault
    function preview(Plan calldata plan, bytes calldata rows) external view returns (RowVerdict[] memory verdicts) {
        verdicts = new RowVerdict[](_countOf(rows));
        Batch memory batch = _batch(plan);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            Row row = SettlementRows.rowAt(rows, i);
            bytes32 agreementId = agreementIdOf(batch.planId, row.signer(), row.nonce());
            Agreement storage agreement = _agreements[agreementId];
            (verdicts[i],,) = _judge(batch, row, agreementId, agreement.deposit, agreement.charged, agreement.flags);
        }
    }

    /// @inheritdoc IFeeVault
    function planOf(bytes32 planId) external view returns (address payee, uint64 registeredBlock) {
        RegisteredPlan storage plan = _plans[planId];
        return (plan.payee, plan.registeredBlock);
    }

    /// @inheritdoc IFeeVault
    function agreementOf(bytes32 agreementId) external view returns (AgreementState memory) {
        Agreement storage agreement = _agreements[agreementId];
        return AgreementState(agreement.payer, agreement.deposit, agreement.charged);
    }

    /// @inheritdoc IFeeVault
    function creditsOf(address payee, address token) external view returns (uint256) {
        return _credits[payee][token];
    }

    /// @inheritdoc IFeeVault
    function planIdOf(Plan calldata plan) external pure returns (bytes32) {
        return plan.id();
    }

    /// @inheritdoc IFeeVault
    function agreementIdOf(bytes32 planId, address signer, uint40 nonce) public view returns (bytes32) {
        return RowHashes.agreementId(deploymentDomain, planId, signer, nonce);
    }

    function _batch(Plan calldata plan) private view returns (Batch memory) {
        return Batch(plan.id(), _domainSeparatorV4(), plan.dueNow());
    }

    /// Charges one row, if it may be collected now. Returns what was charged, zero for a row to skip.
    function _collect(Batch memory batch, Row row) private returns (BaseUnits delta) {
        bytes32 agreementId = agreementIdOf(batch.planId, row.signer(), row.nonce());
        Agreement storage agreement = _agreements[agreementId];
        (BaseUnits paidIn, BaseUnits chargedBefore) = (agreement.deposit, agreement.charged);
        (RowVerdict verdict, uint8 condition, bytes32 digest) =
            _judge(batch, row, agreementId, paidIn, chargedBefore, agreement.flags);
        if (verdict != RowVerdict.COLLECTABLE) return delta;

        BaseUnits charged = row.amount().min(paidIn);
        delta = charged - chargedBefore;
        agreement.charged = charged;
        emit Charged(agreementId, delta, charged, digest, condition);
    }

    /// The checks of one row, the cheap ones first: what is stale never reaches a hash of its record or a recovery.
    function _judge(Batch memory batch, Row row, bytes32 agreementId, BaseUnits paidIn, BaseUnits charged, uint8 flags)
        private
        pure
        returns (RowVerdict verdict, uint8 condition, bytes32 digest)
    {
        if (flags & OPEN == 0) return (RowVerdict.UNKNOWN, 0, 0);
        if (!(row.amount() > charged)) return (RowVerdict.STALE, 0, 0);
        if (!(paidIn > charged)) return (RowVerdict.UNFUNDED, 0, 0);
        condition = batch.due.conditionFor(row.kind(), row.asOf());
        if (condition == PlanRules.NONE) return (RowVerdict.EARLY, 0, 0);
        digest = RowHashes.recordDigest(row, batch.domain, agreementId);
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecover(digest, row.r(), row.vs());
        if (err != ECDSA.RecoverError.NoError || recovered != row.signer()) {
            return (RowVerdict.SIGNATURE_INVALID, 0, 0);
        }
        return (RowVerdict.COLLECTABLE, condition, digest);
    }

    function _credit(bytes32 agreementId, Agreement storage agreement) private {
        uint256 total = agreement.deposit.unwrap() + msg.value;
        require(total <= type(uint96).max, DepositTooLarge(type(uint96).max, total));
        agreement.deposit = BaseUnits.wrap(uint96(total));
        emit Deposited(agreementId, msg.sender, BaseUnits.wrap(uint96(msg.value)), agreement.deposit);
    }

    function _requireSigned(
        bytes32 planId,
        address payer,
        address signer,
        uint40 nonce,
        bytes calldata payerSignature,
        bytes calldata signerSignature
    ) private view {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(OPENING_TYPEHASH, planId, payer, signer, nonce)));
        bool payerSigned = payer.code.length == 0
            ? _isSignedByKey(payer, digest, payerSignature)
            : SignatureChecker.isValidERC1271SignatureNowCalldata(payer, digest, payerSignature);
        require(payerSigned, PayerSignatureInvalid(payer, digest));
        // A signer is a key, never a contract: records are verified without calling anybody.
        require(_isSignedByKey(signer, digest, signerSignature), SignerSignatureInvalid(signer, digest));
    }

    /// Takes 65 bytes, and 64 (EIP-2098), which OpenZeppelin's SignatureChecker does not.
    function _isSignedByKey(address signer, bytes32 digest, bytes calldata sig) private pure returns (bool) {
        (uint8 v, bytes32 r, bytes32 s) = ECDSA.parseCalldata(sig);
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecover(digest, v, r, s);
        return err == ECDSA.RecoverError.NoError && recovered == signer;
    }

    function _countOf(bytes calldata rows) private pure returns (uint256) {
        uint256 rowBytes = SettlementRows.ROW_BYTES;
        require(rows.length % rowBytes == 0, RowsMalformed(rowBytes, rows.length));
        return rows.length / rowBytes;
    }
}
