-- SPDX-License-Identifier: MIT
-- Linear stream and context tables: few StreamIDs (up to 8 bits the driver takes a
-- linear stream table), no 2-level tables, and PASIDs.

local m = machine { cpus = 2, smmu = { st2l = false, sidsize = 6, cd2l = false, ssidsize = 6 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0" -- dma1's StreamID 0x108 does not fit into 6 bits

case("DMA through linear tables", function()
	local buf = dev:map("8K")
	expect.ok(dev:fill(buf.iova, "8K", 3))
	expect.ok(dev:check(buf.iova, "8K", 3))
	buf:free()
end)

case("a PASID that nobody has set up", function()
	expect.abort(dev:read(0x1000, 8, { ssid = 5 }))
	expect.event { "C_BAD_CD", sid = dev.sid, ssid = 5 }
	expect.log "event 0x0a received:"
end)

case("a PASID beyond the SMMU's SubstreamIDs", function()
	expect.abort(dev:read(0x1000, 8, { ssid = 1 << 6 }))
	expect.event { "C_BAD_SUBSTREAMID", sid = dev.sid, substream = 1 << 6 }
	expect.log "event 0x08 received:"
end)

case("a StreamID beyond the table has no translation", function()
	expect.abort(m:device("dma1"):read(0x1000, 8))
	expect.event { "C_BAD_STREAMID", sid = 0x108 }
	expect.log "event 0x02 received:"
end)
