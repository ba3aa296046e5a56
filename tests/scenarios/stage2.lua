-- SPDX-License-Identifier: MIT
-- An SMMU with stage 2 alone: the driver gives the DMA API stage-2 domains.

local m = machine { cpus = 2, smmu = { stage = 2 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("the DMA API works by stage 2", function()
	local buf = dev:map("8K")
	expect.ok(dev:write(buf.iova + 4090, "across a page"))
	expect.equal(buf:read(4090, 13), "across a page")
	expect.equal(m:stats()["smmu.fetches.cd"], 0, "context descriptors fetched")
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "IN", addr = buf.iova, ipa = buf.iova }
end)

case("a write to what is mapped for reading is a fault of stage 2", function()
	local buf = dev:map("4K", "to_device")
	expect.ok(dev:read(buf.iova, 4))
	expect.abort(dev:write(buf.iova, "no"))
	expect.event { "F_PERMISSION", sid = dev.sid, s2 = true, rnw = false, addr = buf.iova }
	expect.log "event 0x13 received:"
	buf:free()
end)
