-- SPDX-License-Identifier: MIT
-- Without range invalidation the driver invalidates page by page.

local m = machine { cpus = 2, smmu = { ril = false } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("every page of a buffer is invalidated by a command of its own", function()
	local buf = dev:map("64K")
	expect.ok(dev:fill(buf.iova, "64K", 1))
	local before = m:stats()["smmu.commands"]
	buf:unmap()
	expect.equal(m:stats()["smmu.commands"] - before >= 16, true, "16 pages, at least 16 commands")
	for page = 0, 15 do
		local addr = buf.iova + page * 0x1000
		expect.abort(dev:read(addr, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = addr }
	end
end)
