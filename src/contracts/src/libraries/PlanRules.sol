// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../interfaces/IFeeVault.sol";

/// @title What a plan says
/// @notice Its id, what it may contain, and which of its conditions holds for a record.
library PlanRules {
    bytes32 internal constant TYPEHASH = keccak256(
        "Plan(address payee,address token,bytes32 tariff,uint16 engineVersion,uint24 methods,uint8 conditions,"
        "uint32 period,uint96 threshold,uint96 lowFunds,uint32 offlineAfter,uint32 withdrawDelay,uint32 reportEvery,"
        "uint32 grace,uint96 credit)"
    );

    uint24 internal constant DEPOSIT_ONLY = 1;

    uint8 internal constant NONE = 0;
    uint8 internal constant STOP = 1;
    uint8 internal constant OFFLINE = 2;
    uint8 internal constant TIME = 4;
    uint8 internal constant SUPPORTED = STOP | OFFLINE | TIME;

    uint8 private constant KIND_STOP = 3;

    /// EIP-712 hashStruct. A plan has fields of fixed size alone, so that its ABI encoding is the EIP-712 one.
    function id(IFeeVault.Plan calldata plan) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, plan));
    }

    function validate(IFeeVault.Plan calldata plan) internal pure {
        require(plan.token == address(0), IFeeVault.TokenNotSupported(plan.token));
        require(plan.methods == DEPOSIT_ONLY, IFeeVault.MethodsNotSupported(DEPOSIT_ONLY, plan.methods));
        require(plan.conditions & ~SUPPORTED == 0, IFeeVault.ConditionsNotSupported(SUPPORTED, plan.conditions));
        require(plan.conditions & TIME == 0 || plan.period > 0, IFeeVault.PeriodMissing());
        uint64 minimum = 2 * uint64(plan.offlineAfter);
        require(minimum <= plan.withdrawDelay, IFeeVault.WithdrawDelayTooShort(minimum, plan.withdrawDelay));
    }

    /// Up to when a record must measure for a condition of time to hold now; each bound itself is out.
    struct Due {
        bool byStop;
        uint256 byTimeBefore;
        uint256 byOfflineBefore;
    }

    /// What is due under a plan at this block's time. It depends on the clock alone, never on what was settled before: else
    /// whoever settles an old record could delay the next.
    function dueNow(IFeeVault.Plan calldata plan) internal view returns (Due memory due) {
        due.byStop = plan.conditions & STOP != 0;
        if (plan.conditions & TIME != 0) due.byTimeBefore = block.timestamp - block.timestamp % plan.period + 1;
        if (block.timestamp >= plan.offlineAfter) due.byOfflineBefore = block.timestamp - plan.offlineAfter + 1;
    }

    /// The first condition that holds for a record of this kind and time, NONE where none does.
    function conditionFor(Due memory due, uint8 kind, uint40 asOf) internal pure returns (uint8) {
        if (due.byStop && kind == KIND_STOP) return STOP;
        if (asOf < due.byTimeBefore) return TIME;
        if (asOf < due.byOfflineBefore) return OFFLINE;
        return NONE;
    }
}
