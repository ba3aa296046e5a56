-- SPDX-License-Identifier: MIT
-- What a virtual machine's monitor learns of the SMMU through the driver: the registers, in the
-- words of IHI 0070 6.3, of a machine that differs from the default in each of these fields.

machine { cpus = 2, smmu = { oas = 40, ssidsize = 5, ril = false, stage = 2 } }
local k = kernel { { "7" } }

local ARM_SMMUV3, TEGRA241_CMDQV = 2, 3 -- enum iommu_hw_info_type
local SIZE = 40 -- of struct iommu_hw_info_arm_smmuv3

local function bits(word, high, low) return word >> low & (1 << high - low + 1) - 1 end

case("the driver tells the type and the registers", function()
	local kind, info = k:call("iommu.hw_info", { buf = ("\xff"):rep(SIZE) }, 0, 0)
	expect.equal(kind, ARM_SMMUV3)
	local flags, reserved, idr0, idr1, _, idr3, _, idr5 = ("<I4I4I4I4I4I4I4I4"):unpack(info)
	expect.equal(flags, 0, "no erratum")
	expect.equal(reserved, 0)
	expect.equal(bits(idr0, 0, 0), 1, "IDR0.S2P")
	expect.equal(bits(idr0, 1, 1), 0, "IDR0.S1P")
	expect.equal(bits(idr0, 3, 2), 2, "IDR0.TTF: AArch64")
	expect.equal(bits(idr1, 10, 6), 5, "IDR1.SSIDSIZE")
	expect.equal(bits(idr3, 10, 10), 0, "IDR3.RIL")
	expect.equal(bits(idr5, 2, 0), 2, "IDR5.OAS: 40 bits")
	expect.equal(bits(idr5, 4, 4), 1, "IDR5.GRAN4K")
end)

case("a type of another implementation is refused", function()
	expect.error(k:call("iommu.hw_info", { buf = ("\0"):rep(SIZE) }, 0, TEGRA241_CMDQV), "EOPNOTSUPP")
end)
