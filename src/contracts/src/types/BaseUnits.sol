// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice An amount of an agreement's token, in base units (wei for the native coin). Never negative.
type BaseUnits is uint96;

using {subtract as -, greaterThan as >, isZero, min, unwrap} for BaseUnits global;

function subtract(BaseUnits a, BaseUnits b) pure returns (BaseUnits) {
    return BaseUnits.wrap(BaseUnits.unwrap(a) - BaseUnits.unwrap(b));
}

function greaterThan(BaseUnits a, BaseUnits b) pure returns (bool) {
    return BaseUnits.unwrap(a) > BaseUnits.unwrap(b);
}

function isZero(BaseUnits a) pure returns (bool) {
    return BaseUnits.unwrap(a) == 0;
}

function min(BaseUnits a, BaseUnits b) pure returns (BaseUnits) {
    return a > b ? b : a;
}

function unwrap(BaseUnits a) pure returns (uint256) {
    return BaseUnits.unwrap(a);
}
