-- SPDX-License-Identifier: MIT
-- With --fault mem.alloc:1@iommu_device_sysfs_add the SMMU driver gives up at boot, near the
-- end of its probe. Now each allocation from number N on fails whenever it is tried again,
-- until one that the driver does without: then it stays.
local N = 1
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

local function probe_without(n)
	local _, before = m:fault_count "mem.alloc"
	m:fault("mem.alloc", n, 1, { caller = "arm_smmu_device_probe" })
	local result = k:call("dma.bind", { buf = "9050000.iommu\0" })
	m:fault("mem.alloc", 1 << 60, 1)
	local _, after = m:fault_count "mem.alloc"
	return result == 0, after > before
end

case("probe", function()
	local n, bound, fired = N - 1, false, false
	local function attempt()
		bound, fired = probe_without(n)
		if bound then error("there to stay", 0) end
		if not fired then error("refused without a reason", 0) end
	end
	repeat
		n = n + 1
		local clean, why = pcall(expect.no_leak, attempt, 5)
		if not (clean or bound) then error(("allocation %d: %s"):format(n, why), 0) end
	until bound
	print(("%s %d"):format(fired and "does without allocation" or "there is no allocation", n))
end)
