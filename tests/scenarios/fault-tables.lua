-- SPDX-License-Identifier: MIT
-- Stream table entries that cannot be read, from before the kernel boots on.

local m = machine { cpus = 2 }
m:fault("smmu.ste-fetch-abort", 1, 1000)
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

case("smmu.ste-fetch-abort: F_STE_FETCH", function()
	for _, name in ipairs { "dma0", "dma1" } do
		local dev = m:device(name)
		local buf = dev:map("4K")
		expect.abort(dev:write(buf.iova, "x"))
		expect.event { "F_STE_FETCH", sid = dev.sid }
		expect.log "event 0x03 received:"
		buf:free()
	end
end)
