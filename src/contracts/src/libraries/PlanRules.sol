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

    /// The first condition that holds for a record of this kind and time, NONE where none does. Looks at the record and
    /// the clock, never at what was settled before: else whoever settles an old record could delay the next.
    function conditionFor(IFeeVault.Plan calldata plan, uint8 kind, uint40 asOf) internal view returns (uint8) {
        uint256 mask = plan.conditions;
        if (mask & STOP != 0 && kind == KIND_STOP) return STOP;
        if (mask & TIME != 0 && asOf <= block.timestamp - block.timestamp % plan.period) return TIME;
        if (block.timestamp >= uint256(asOf) + plan.offlineAfter) return OFFLINE;
        return NONE;
    }
}
