-- SPDX-License-Identifier: MIT
-- Context descriptors that cannot be read, from before the kernel boots on.

local m = machine { cpus = 2 }
m:fault("smmu.cd-fetch-abort", 1, 1000)
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

case("smmu.cd-fetch-abort: F_CD_FETCH", function()
	local dev = m:device "dma0"
	local buf = dev:map("4K")
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_CD_FETCH", sid = dev.sid }
	expect.log "event 0x09 received:"
	buf:free()
end)
