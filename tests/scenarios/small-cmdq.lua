-- SPDX-License-Identifier: MIT
-- The smallest command queue that the driver takes: one batch of 64 and a CMD_SYNC.

local m = machine { cpus = 4, smmu = { cmdqs = 7, ril = false } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("the queue wraps many times", function()
	expect.log "allocated 128 entries for cmdq"
	for round = 1, 20 do
		local buf = dev:map("128K")
		expect.ok(dev:fill(buf.iova, "128K", round))
		expect.ok(dev:check(buf.iova, "128K", round))
		buf:unmap()
		expect.abort(dev:read(buf.iova, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
		buf:free()
	end
	expect.equal(m:stats()["smmu.commands"] > 512, true, "the queue has wrapped")
end)
