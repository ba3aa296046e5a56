-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): a request that never ends.
-- It has a scenario of its own, because the kernel is of no use behind it.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ril = true, ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("a range of less than a page is invalidated, or refused",
	{ xfail = "with range commands, the rest of a range that is no multiple of 4 KiB is sent for ever, with the CPU and the command queue taken",
	  shows = "hung: nested.cache_invalidate has not ended after 0.01 s" }, function()
	local guest = dev:nested { s2 = { [0x40000000] = "4M" } }
	k:hung_task_timeout "10ms"
	guest:try_invalidate { addr = 0x1000, asid = 1, granule = 1, count = 1 }
end)
