// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {BaseUnits} from "../types/BaseUnits.sol";

/// @title Plans, deposits and the collection of what customers signed
/// @notice A *plan* is a payee's offer, registered once and immutable. An *agreement* is one payer under one plan, with a
/// signer whose key signs the usage records; it is opened with the signatures of both. Its deposit is charged by
/// {settle}, which anybody may call, up to the total that the signer signed and never beyond the deposit.
///
/// Every figure in a record is a running total, so that a record may be delivered any number of times, by anybody, in any
/// order: `charged` becomes the largest amount that was signed and for which a payment condition holds, or the deposit
/// where that is less.
///
/// Signatures are EIP-712 under the domain {name: "Tollkeeper", version: "1", chainId, verifyingContract: this}. Ids of
/// agreements use the domain separator of the deployment, and so outlive a change of the chain id; signatures use the
/// chain id of the day, so that nothing signed on one side of a fork counts on the other.
///
/// Not in this version, and refused by name: tokens, other payment methods than DEPOSIT, the conditions THRESHOLD,
/// LOW_FUNDS and WITHDRAW; withdrawal by the payer, refund, close, move and pausing.
interface IFeeVault {
    /// @notice The terms that a payee offers. planId is the EIP-712 hashStruct of it
    /// @param payee Who is paid
    /// @param token What is paid in; zero: the chain's native coin
    /// @param tariff Hash of the tariff document by which records are rated
    /// @param engineVersion Version of the rating rules
    /// @param methods Payment methods in order, three of 8 bits, the first in the lowest: DEPOSIT 1, ALLOWANCE 2,
    /// EXTERNAL 3, none 0
    /// @param conditions Mask of payment conditions: STOP 1, OFFLINE 2, TIME 4, THRESHOLD 8, LOW_FUNDS 16, WITHDRAW 32.
    /// OFFLINE holds in every plan, whether its bit is set or not
    /// @param period Seconds between two collections by TIME, counted from the Unix epoch
    /// @param threshold For THRESHOLD
    /// @param lowFunds For LOW_FUNDS
    /// @param offlineAfter Seconds of silence after which a signed amount may be collected
    /// @param withdrawDelay Seconds from a payer's request of withdrawal to its payment; at least twice offlineAfter
    /// @param reportEvery Seconds between two records of an active client
    /// @param grace Seconds that the service goes on beyond reportEvery
    /// @param credit What a customer may use beyond his deposit
    struct Plan {
        address payee;
        address token;
        bytes32 tariff;
        uint16 engineVersion;
        uint24 methods;
        uint8 conditions;
        uint32 period;
        BaseUnits threshold;
        BaseUnits lowFunds;
        uint32 offlineAfter;
        uint32 withdrawDelay;
        uint32 reportEvery;
        uint32 grace;
        BaseUnits credit;
    }

    /// @notice Where the money of an agreement stands
    /// @param payer Who deposits; zero: not open
    /// @param deposit All that was ever paid in
    /// @param charged All that was ever charged; never more than the deposit
    struct AgreementState {
        address payer;
        BaseUnits deposit;
        BaseUnits charged;
    }

    /// @notice What {settle} would do with a row now. Numbers are never reused
    /// @dev COLLECTABLE 0: charged · MALFORMED 1: never returned, a batch of broken length reverts · UNKNOWN 2: no such
    /// agreement is open under this plan · STALE 3: its amount is not above what is charged · UNFUNDED 4: all of the
    /// deposit is charged · EARLY 5: no payment condition holds · SIGNATURE_INVALID 6: not signed by the signer
    enum RowVerdict {
        COLLECTABLE,
        MALFORMED,
        UNKNOWN,
        STALE,
        UNFUNDED,
        EARLY,
        SIGNATURE_INVALID
    }

    /// @notice Emitted when a payee offers a plan
    event PlanRegistered(bytes32 indexed planId, address indexed payee, Plan plan);

    /// @notice Emitted when an agreement begins
    event Opened(
        bytes32 indexed agreement, bytes32 indexed planId, address indexed payer, address signer, uint40 nonce
    );

    /// @notice Emitted when money is paid in
    /// @param from Who paid, not always the payer
    /// @param amount What was paid now
    /// @param deposit All that was ever paid in, after this
    event Deposited(bytes32 indexed agreement, address indexed from, BaseUnits amount, BaseUnits deposit);

    /// @notice Emitted when a record is collected
    /// @param delta What was charged now
    /// @param charged All that was ever charged, after this
    /// @param digest EIP-712 digest of the record that justifies it: its identity in the nodes' logs
    /// @param condition The payment condition that held, the first of STOP 1, TIME 4, OFFLINE 2 in this order
    /// @dev The payee is the plan's: no topic for him, that is 400 gas a row.
    event Charged(bytes32 indexed agreement, BaseUnits delta, BaseUnits charged, bytes32 digest, uint8 condition);

    /// @notice Emitted once a batch when rows of it were skipped: stale, unfunded, early, unknown or badly signed
    /// @param bitmap Row i was skipped if bit `i % 8` (from the lowest) of byte `i / 8` is set
    event Skipped(bytes32 indexed planId, bytes bitmap);

    /// @notice Emitted when a payee takes what was collected for him
    event CreditsWithdrawn(address indexed payee, address indexed token, address to, uint256 amount);

    /// @notice Thrown when a plan is registered by another than its payee
    error NotPayee(address payee, address caller);

    /// @notice Thrown when a plan names a token; this version takes the native coin (zero) alone
    error TokenNotSupported(address token);

    /// @notice Thrown when a plan names other payment methods than DEPOSIT
    error MethodsNotSupported(uint24 supported, uint24 methods);

    /// @notice Thrown when a plan names conditions beyond this version's
    error ConditionsNotSupported(uint8 supported, uint8 conditions);

    /// @notice Thrown when a plan has the condition TIME and a period of zero
    error PeriodMissing();

    /// @notice Thrown when a payer could withdraw before a silent client's last record may be collected
    error WithdrawDelayTooShort(uint64 minimum, uint32 withdrawDelay);

    /// @notice Thrown when an agreement is opened under a plan that was not registered
    error PlanNotRegistered(bytes32 planId);

    /// @notice Thrown when an agreement is already open, for another payer
    error AgreementTaken(bytes32 agreement, address payer);

    /// @notice Thrown when an opening is not signed by its payer (ECDSA, or ERC-1271 where the payer is a contract)
    error PayerSignatureInvalid(address payer, bytes32 digest);

    /// @notice Thrown when an opening is not signed by its signer
    error SignerSignatureInvalid(address signer, bytes32 digest);

    /// @notice Thrown when money is paid into an agreement that is not open
    error AgreementNotOpen(bytes32 agreement);

    /// @notice Thrown when {deposit} comes without money
    error DepositMissing(bytes32 agreement);

    /// @notice Thrown when an agreement's deposits would pass 2^96 - 1
    error DepositTooLarge(uint256 max, uint256 deposit);

    /// @notice Thrown when a batch's length is not a multiple of a row's
    error RowsMalformed(uint256 rowBytes, uint256 length);

    /// @notice Thrown when there is nothing to withdraw
    error CreditsEmpty(address payee, address token);

    /// @notice Thrown when a withdrawal names no receiver
    error ReceiverMissing();

    /// @notice Offers a plan. Only by its payee. Repeated it changes nothing
    /// @return planId {planIdOf} the plan
    function registerPlan(Plan calldata plan) external returns (bytes32 planId);

    /// @notice Opens an agreement and pays in what is sent along. By anybody who has both signatures over the EIP-712
    /// struct Opening(bytes32 plan,address payer,address signer,uint40 nonce)
    /// @dev Repeated for the same payer it only pays in, so that nobody who opens first with copied signatures makes the
    /// payer's own transaction fail.
    /// @param planId A registered plan
    /// @param payer Whose agreement it is
    /// @param signer The key that signs its usage records
    /// @param nonce Tells agreements of one signer under one plan apart
    /// @param payerSignature 65 bytes, 64 bytes (EIP-2098), or whatever the payer's contract takes (ERC-1271)
    /// @param signerSignature 65 or 64 bytes
    /// @return agreement {agreementIdOf} plan, signer and nonce
    function open(
        bytes32 planId,
        address payer,
        address signer,
        uint40 nonce,
        bytes calldata payerSignature,
        bytes calldata signerSignature
    ) external payable returns (bytes32 agreement);

    /// @notice Pays into an open agreement. By anybody
    function deposit(bytes32 agreement) external payable;

    /// @notice Collects signed records of one plan. By anybody; a row that cannot be collected now is skipped, never a
    /// reason to fail. For each row the signature is verified, a payment condition must hold (seen from the row and the
    /// clock alone), and `min(amount - charged, deposit - charged)` is charged and credited to the payee
    /// @param plan The plan, in full
    /// @param rows Records, packed, 151 bytes each, big-endian:
    ///
    ///     0 20 signer | 20 5 nonce | 25 4 branch | 29 8 seq | 37 5 asOf | 42 12 amount | 54 1 kind | 55 32 body | 87 32 r
    ///     | 119 32 vs (EIP-2098)
    ///
    /// @return collected The sum of what was charged
    function settle(Plan calldata plan, bytes calldata rows) external returns (uint256 collected);

    /// @notice Pays out what was collected for the caller
    /// @param token The plans' token; zero: the native coin
    /// @param to Who receives it
    /// @return amount What was paid
    function withdrawCredits(address token, address to) external returns (uint256 amount);

    /// @notice What {settle} would do now with each row of this batch, for keepers and for those who ask why
    /// @dev Each row is judged by itself, as if it were alone in the batch.
    function preview(Plan calldata plan, bytes calldata rows) external view returns (RowVerdict[] memory verdicts);

    /// @notice Who offered a plan, and in which block; zero: not registered
    function planOf(bytes32 planId) external view returns (address payee, uint64 registeredBlock);

    /// @notice Where the money of an agreement stands
    function agreementOf(bytes32 agreement) external view returns (AgreementState memory);

    /// @notice What was collected for a payee and not yet withdrawn
    function creditsOf(address payee, address token) external view returns (uint256);

    /// @notice EIP-712 hashStruct of a plan
    function planIdOf(Plan calldata plan) external pure returns (bytes32);

    /// @notice keccak256(abi.encode(deploymentDomain, planId, signer, nonce))
    function agreementIdOf(bytes32 planId, address signer, uint40 nonce) external view returns (bytes32);

    /// @notice The EIP-712 domain separator at deployment, part of every agreement's id
    function deploymentDomain() external view returns (bytes32);
}
