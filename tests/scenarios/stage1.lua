-- SPDX-License-Identifier: MIT
-- An SMMU with stage 1 alone.

local m = machine { cpus = 2, smmu = { stage = 1 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma1"

case("the DMA API works by stage 1", function()
	local buf = dev:map("8K")
	expect.ok(dev:fill(buf.iova, "8K", 2))
	expect.ok(dev:check(buf.iova, "8K", 2))
	expect.equal(m:stats()["smmu.fetches.cd"] > 0, true, "a context descriptor was fetched")
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, class = "IN", addr = buf.iova }
end)
