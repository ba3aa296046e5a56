-- SPDX-License-Identifier: MIT
-- With range invalidation one command covers a buffer.

local m = machine { cpus = 2, smmu = { ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("a buffer of 16 pages takes few commands", function()
	local buf = dev:map("64K")
	expect.ok(dev:fill(buf.iova, "64K", 1))
	local before = m:stats()["smmu.commands"]
	buf:unmap()
	expect.equal(m:stats()["smmu.commands"] - before < 16, true, "16 pages, less than 16 commands")
	for page = 0, 15 do
		local addr = buf.iova + page * 0x1000
		expect.abort(dev:read(addr, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = addr }
	end
end)
